"""Ratings of recorded dialogues by rules: what facts say of the aspects that people rate.

Was something real recommended, was it new, did it come in time, was it taken, was anything repeated, was
anything asked? The formulas were written down before they were held against people, and no number in them was
chosen by any ratings: they are what facts alone are worth as a judge.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import RecordedDialogue, Score
from usbrec.judge.aspects import ASPECTS
from usbrec.judge.recorded import RecordedFacts

#: Something real is in time up to this reply.
IN_TIME = 3


@dataclass(frozen=True)
class RulesRater:
    """Rates by :class:`RecordedFacts`, which need a catalogue."""

    facts: RecordedFacts

    def rate(
        self, dialogue: RecordedDialogue, turns: Sequence[Mapping[str, Any]], whole: Mapping[str, Any]
    ) -> tuple[list[dict[str, Score]], dict[str, Score]]:
        """Of each reply, and of the dialogue, whose facts these are."""
        said: set[str] = set()
        rated: list[dict[str, float]] = []
        again: list[bool] = []
        for told in turns:
            text = " ".join(dialogue.turns[told["turn"]].text.casefold().split())
            again.append(text in said or not text)
            said.add(text)
            new, asked = bool(told["new"]), told["questions"] > 0
            relevance = 0.0 if again[-1] else 2.0 * new or 1.0 * asked
            interest = relevance
            if told["answer"] == "declined":
                relevance = min(relevance, 1.0)
            rated.append({"relevance": relevance, "interestingness": interest})
        fresh = _mean(bool(told["new"]) for told in turns)
        asked = _mean(told["questions"] > 0 for told in turns)
        first = whole["first_recommendation"]
        in_time = float(first is not None and first <= IN_TIME)
        accepted, unrepeated = float(bool(whole["accepted"])), 1.0 - _mean(again)
        found = {
            "understanding": _mean(one["relevance"] for one in rated),
            "task_completion": 2.0 * accepted or 1.0 * (first is not None),
            "interest_arousal": 2.0 * fresh,
            "preference_elicitation": 2.0 * min(1.0, 2.0 * asked),
            "efficiency": in_time * unrepeated,
            "overall": 4.0 * _mean([fresh, in_time, accepted, unrepeated]),
        }
        return (
            [{name: _score(name, value) for name, value in one.items()} for one in rated],
            {name: _score(name, value) for name, value in found.items()},
        )

    @property
    def aspects(self) -> tuple[str, ...]:
        """What it rates: whether something is explained, facts do not tell."""
        return tuple(name for name in ASPECTS if name != "explanation")


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else 0.0


def _score(aspect: str, value: float) -> Score:
    return Score(round(min(value, float(ASPECTS[aspect].top)), 6), "rules")
