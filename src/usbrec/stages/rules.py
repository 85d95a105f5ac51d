"""Rules in the seats: what they are called where a seat is named."""

from __future__ import annotations

from typing import get_args

from usbrec.play.baselines import BaselineKind

RULES = "rules"
RULES_BELIEF = "rules:belief"
#: Seekers by rules who react, tell and ask as often as people do.
RULES_PEOPLE = "rules:people"
SEEKERS_BY_RULES = (RULES, RULES_PEOPLE)
BASELINES = tuple(f"rules:{kind}" for kind in get_args(BaselineKind))
