"""Persona of a simulated seeker: how long they bear with it, how straight they are, how much they say.

A persona travels in ``Sample.seeker`` as JSON. Samples of people have none; then the seeker never loses
patience, says everything straight, one thing at a time, and hints at what the targets have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from usbrec.play.seekers.facts import Fact


@dataclass(frozen=True, slots=True)
class Persona:
    """One simulated seeker's manner, and what they have told.

    `patience` is with how many recommendations that do not suit them they leave (None: never), counted
    over the whole dialogue. `vagueness` is the share of facts that are first told vaguely,
    `talkativeness` how much is told at once, both in [0, 1]. `revealed` is what the context tells,
    `remaining` what they can still say, in that order (None: what is known of the targets).
    """

    patience: int | None = None
    vagueness: float = 0.0
    talkativeness: float = 0.0
    revealed: tuple[str, ...] = ()
    remaining: tuple[Fact, ...] | None = None

    def to_json(self) -> dict[str, Any]:
        """What :meth:`from_json` reads; what is as in the default persona may be missing there."""
        remaining = self.remaining
        return {
            "patience": self.patience,
            "vagueness": self.vagueness,
            "talkativeness": self.talkativeness,
            "revealed": list(self.revealed),
            "remaining": None if remaining is None else [_fact_to_json(fact) for fact in remaining],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The persona of a checked sample (data/own.py checks what comes from a file)."""
        remaining = data.get("remaining")
        return cls(
            patience=data.get("patience"),
            vagueness=data.get("vagueness", 0.0),
            talkativeness=data.get("talkativeness", 0.0),
            revealed=tuple(data.get("revealed", ())),
            remaining=None
            if remaining is None
            else tuple(
                Fact(fact["kind"], tuple(fact["words"]), fact.get("vague", False), fact.get("column", ""))
                for fact in remaining
            ),
        )

    def manner(self) -> str:
        """The persona in words, for a model that plays it."""
        straight = (
            "you only half say what you want, and hint rather than tell"
            if self.vagueness >= 0.5
            else "you say straight what you want"
        )
        words = "you like to talk" if self.talkativeness >= 0.5 else "you use few words"
        return f"{straight}; {words}"


def _fact_to_json(fact: Fact) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": fact.kind, "words": list(fact.words)}
    if fact.vague:
        written["vague"] = True
    if fact.column:
        written["column"] = fact.column
    return written
