"""Rules in the seats: what they are called where a seat is named."""

from __future__ import annotations

from typing import get_args

from usbrec.play.baselines import BaselineKind

RULES = "rules"
RULES_BELIEF = "rules:belief"
#: Seekers by rules who react, tell and ask as often as people do.
RULES_PEOPLE = "rules:people"
SEEKERS_BY_RULES = (RULES, RULES_PEOPLE)
#: What a seeker who was fitted to recorded dialogues is called, before its folder.
_FITTED = "trained:"
BASELINES = tuple(f"rules:{kind}" for kind in get_args(BaselineKind))


def is_fitted(seat: str) -> bool:
    """Whether a seeker's seat is `trained:DIR`: rules with a manner of one's own."""
    return seat.startswith(_FITTED) and seat != _FITTED


def is_seeker_by_rules(seat: str) -> bool:
    return seat in SEEKERS_BY_RULES or is_fitted(seat)
