"""Dialogue context of retrieval: who said which words and named which items, how long ago.

Items are rows of an :class:`ItemIndex`, the catalogue's items in the order of their ids, so that every score
is an array over the same rows and a stable sort breaks ties by id.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.dialogue import Item, Turn
from usbrec.items.linking.linker import Linker
from usbrec.patterns import LazyPattern

#: What an utterance weighs against the one after it.
DECAY = 0.85

_WORD = LazyPattern(r"[^\W_]+(?:['’][^\W_]+)*")


@functools.lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


@functools.cache
def _stemmer() -> Any:
    # Its package imports the stemmers of forty languages.
    import snowballstemmer

    return snowballstemmer.stemmer("english")


def stems(text: str) -> tuple[str, ...]:
    """The words of a text in lower case, stemmed."""
    return tuple(_stem(word) for word in _WORD.findall(text.casefold()))


class ItemIndex:
    """The items of a catalogue in the order of their ids, by row."""

    def __init__(self, catalogue: Iterable[Item]) -> None:
        self.items: tuple[Item, ...] = tuple(sorted(catalogue, key=lambda item: item.id))
        self.row = {item.id: row for row, item in enumerate(self.items)}

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn, read: rows of the items it names, stems of its other words, the text itself."""

    seeker: bool
    items: tuple[int, ...]
    stems: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """A dialogue, read. The last utterance weighs 1, each earlier one `DECAY` of the next."""

    utterances: tuple[Utterance, ...]

    def weighted(self) -> Iterable[tuple[Utterance, float]]:
        last = len(self.utterances) - 1
        return ((utterance, DECAY ** (last - place)) for place, utterance in enumerate(self.utterances))

    def named(self) -> dict[int, float]:
        """Row -> weight of its latest mention, in order of first mention."""
        weights: dict[int, float] = {}
        for utterance, weight in self.weighted():
            for row in utterance.items:
                weights[row] = weight
        return weights

    def latest(self) -> dict[int, tuple[int, bool]]:
        """Row -> (how many utterances ago it was named last, whether by the seeker)."""
        last = len(self.utterances) - 1
        return {
            row: (last - place, utterance.seeker)
            for place, utterance in enumerate(self.utterances)
            for row in utterance.items
        }

    def moved(self, rows: Sequence[int]) -> Context:
        """The same on another item index: `rows` says where each row stands there, -1 for nowhere."""
        return Context(
            tuple(
                replace(utterance, items=tuple(rows[row] for row in utterance.items if rows[row] >= 0))
                for utterance in self.utterances
            )
        )

    def text(self, characters: int) -> str:
        """The end of the dialogue as one text of at most that many characters."""
        return " ".join(utterance.text for utterance in self.utterances)[-characters:]


class Reader:
    """Reads turns against a catalogue. A turn carries its utterance from then on."""

    def __init__(self, index: ItemIndex, linker: Linker) -> None:
        self._index = index
        self._linker = linker

    def read(self, turns: Sequence[Turn]) -> Context:
        return Context(tuple(turn.read_by(self) for turn in turns))

    def read_turn(self, turn: Turn) -> Utterance:
        linked = turn.read_by(self._linker)
        found = (self._index.row.get(mention.item_id) for mention in linked.mentions)
        rows = tuple(row for row in found if row is not None)
        return Utterance(turn.role == "seeker", rows, stems(" ".join(linked.beside)), turn.text)
