"""Search trace: what was considered, kept with every enhanced reply and shown in the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from usbrec.dialogue import Reply, Score, Turn, Usage


@dataclass(frozen=True, slots=True)
class PlayedLeaf:
    """One way the dialogue could go on after a draft, and the internal judge's score of it."""

    turns: tuple[Turn, ...]
    score: Score

    def to_json(self) -> dict[str, Any]:
        return {
            "turns": [turn.to_json() for turn in self.turns],
            "value": self.score.value,
            "score": self.score.to_json(),
        }


@dataclass
class Draft:
    """A candidate reply while its leaves come in. `note` says why it has no value, `look` is what the judge
    gave it where it stands, where it was asked for that."""

    reply: Reply
    leaves: list[PlayedLeaf] = field(default_factory=list)
    note: str | None = None
    look: float | None = None

    @property
    def text(self) -> str:
        return self.reply.text

    @property
    def value(self) -> float | None:
        """The mean over the leaves that could be scored; None without any."""
        scores = [leaf.score.value for leaf in self.leaves if leaf.score.value is not None]
        return sum(scores) / len(scores) if scores else None

    @property
    def rank(self) -> tuple[int, float]:
        """Less is better: by what it was worth played on, else where it stands, else last."""
        if (value := self.value) is not None:
            return (0, -value)
        return (2, 0.0) if self.look is None else (1, -self.look)

    def to_json(self) -> dict[str, Any]:
        value = self.value
        note = self.note or ("no score could be read" if self.leaves else "not played")
        return {
            "text": self.text,
            "value": None if value is None else round(value, 6),
            "unfinished": self.reply.unfinished,
            "leaves": [leaf.to_json() for leaf in self.leaves],
            "note": None if value is not None else note,
            **({} if self.look is None else {"look": round(self.look, 6)}),
        }


def trace_json(
    *,
    search: str,
    profile: str,
    drafts: list[Draft],
    chosen: int,
    stopped: str | None,
    failures: list[str],
    usage: Usage,
) -> Mapping[str, Any]:
    """The trace as JSON: ``chosen`` is an index into ``drafts``, ``stopped`` the limit that ended the
    search early or None, ``failures`` why drafts could not be drawn, or the
    profile not be made (there if any)."""
    return {
        "search": search,
        "profile": profile,
        "drafts": [draft.to_json() for draft in drafts],
        "chosen": chosen,
        "stopped": stopped,
        **({"failures": failures} if failures else {}),
        "usage": usage.to_json(),
    }
