"""Manner of a seeker by rules: how it takes what it does not wait for, and how often it tells and asks.

Seekers by rules decline whatever is no target, tell something each time and never ask. People like most of
what they are offered and seldom say so, tell little and ask now and then (docs/log/fidelity.md). A manner
makes a seeker like what is near its targets; it goes on looking all the same, so that what ends an episode is
as before. One's own is fitted to recorded dialogues (`usbrec train seeker`) and read from a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

from usbrec.errors import InputError
from usbrec.keys import derive_seed
from usbrec.storage import parse_json, read_text

#: The file of a folder of `usbrec train seeker`, and what it says of itself.
FILE, SCHEMA = "seeker.json", "usbrec.seeker/1"


@dataclass(frozen=True, slots=True)
class Manner:
    """What a seeker does beside waiting for its targets.

    It likes an item whose best similarity to a target is at least `likes_from`, in [0, 1], and says what it
    thinks of it in the share `says_liked` or `says_declined` of answers: people often do not. `tells_...` are
    the shares of answers that tell something unasked, `asks_...` of those with a question, `chats_...` of
    those with a further sentence that tells nothing: after a recommendation (one that is liked, or is
    declined), and where nothing new was recommended. `patience` is the share of seekers who are still there
    after the first, second ... recommendation that they did not like; after the last of these nobody leaves.
    """

    likes_from: float
    says_liked: float
    says_declined: float
    tells_liked: float
    tells_declined: float
    tells_else: float
    asks_recommended: float
    asks_else: float
    chats_recommended: float
    chats_else: float
    patience: tuple[float, ...] = ()

    def bears(self, *whose: str) -> int | None:
        """With how many recommendations that they did not like one seeker leaves, told by words that are
        theirs alone; None: never."""
        drawn = derive_seed(0, "patience", *whose) / 2**31
        return next((place for place, left in enumerate(self.patience, start=1) if left <= drawn), None)

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "patience": list(self.patience)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Raises ValueError for what is no manner."""
        names = {field.name for field in fields(cls)}
        if unknown := sorted(set(data) - names):
            raise ValueError(f"unknown field {unknown[0]!r}")
        if missing := sorted(names - set(data)):
            raise ValueError(f"{missing[0]} is missing")
        shares = {name: _share(name, data[name]) for name in names - {"patience"}}
        if not isinstance(data["patience"], Sequence) or isinstance(data["patience"], str):
            raise ValueError("patience is no list")
        patience = tuple(_share("patience", one) for one in data["patience"])
        if list(patience) != sorted(patience, reverse=True):
            raise ValueError("patience grows: of those who left nobody comes back")
        return cls(**shares, patience=patience)


def _share(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{name} is no number from 0 to 1")
    return float(value)


def open_manner(folder: str) -> Manner:
    """The manner of a seat ``trained:FOLDER``. Raises InputError."""
    path = Path(folder) / FILE
    try:
        data = parse_json(read_text(path))
        if data["schema"] != SCHEMA:
            raise ValueError(f"schema is {data['schema']!r}, this version reads {SCHEMA!r}")
        return Manner.from_json(data["manner"])
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise InputError(
            f"{path}: no fitted seeker ({problem}). Name a folder that `usbrec train seeker -o` wrote."
        ) from None


#: As people are. Fitted on training dialogues of ReDial by ``bench/fit_seekers.py``, which says how.
PEOPLE = Manner(
    likes_from=0.144,
    says_liked=0.492,
    says_declined=0.278,
    tells_liked=0.185,
    tells_declined=0.167,
    tells_else=0.333,
    asks_recommended=0.169,
    asks_else=0.208,
    chats_recommended=0.213,
    chats_else=0.215,
)
