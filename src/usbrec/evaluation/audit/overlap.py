"""Overlap: which rows of a test stand in what was trained on, by their words and by their dialogue's id.

Another file may give the same dialogue another id, so ids are the least of it. Rows are held against training
data in three further ways: by the same turns, word for word; by turns that are nearly the same; and by
sequences of eight words, as test sets of language models are (Brown et al. 2020 take 13, which few turns of a
dialogue have). The first two find short dialogues, which have no such sequence, the last parts of long ones.
Case, marks and where one message ends and the next begins make no difference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from usbrec.patterns import LazyPattern

#: Words of a sequence, and the share of a row's sequences from which on it counts as seen.
WORDS = 8
SEEN = 0.5

_WORD = LazyPattern(r"\w+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def sequences(words: Sequence[str], length: int = WORDS) -> Iterator[tuple[str, ...]]:
    """Every sequence of so many words; none of a shorter text."""
    return (tuple(words[start : start + length]) for start in range(len(words) - length + 1))


#: How a row is found again, the surest first -> what that is.
WAYS: Mapping[str, str] = {
    "same_turns": "the same turns",
    "near_turns": "nearly the same turns",
    "words": "half of its sequences of eight words",
    "id": "the dialogue's id",
}
#: Words that a whole context needs to be known again by its turns, and a part of one.
_SHORT, _LONG = 4, 16
#: Words of the sequences by which turns are nearly the same, how many a row needs, and the share of them that
#: has to stand in one training dialogue.
_NEAR_WORDS, _NEAR_LEAST, _NEAR = 3, 6, 0.8


class Seen:
    """What was trained on: the sequences of its `texts`, the ids of its `dialogues`, and its `contexts`, each
    the turns of one row with a name for the dialogue that they are of."""

    def __init__(
        self,
        texts: Iterable[str],
        dialogues: Iterable[str] = (),
        contexts: Iterable[tuple[object, Sequence[str]]] = (),
    ) -> None:
        self._hashes = {hash(one) for text in texts for one in sequences(words_of(text))}
        self._dialogues = frozenset(dialogues)
        self._beginnings: set[int] = set()
        self._by_sequence: dict[int, set[int]] = {}
        places: dict[object, int] = {}
        for name, turns in contexts:
            self._beginnings.update(one for one, _, _ in _beginnings(turns))
            place = places.setdefault(name, len(places))
            for one in _near_sequences(turns):
                self._by_sequence.setdefault(one, set()).add(place)

    def holds_dialogue(self, dialogue_id: str) -> bool:
        return dialogue_id in self._dialogues

    def share(self, texts: Iterable[str]) -> float | None:
        """The share of the texts' sequences that were trained on; None where they have none."""
        found = [hash(one) in self._hashes for text in texts for one in sequences(words_of(text))]
        return sum(found) / len(found) if found else None

    def ways(self, dialogue_id: str, turns: Sequence[str], label: str = "") -> tuple[str, ...] | None:
        """The ways (:data:`WAYS`) in which a row is found again, its `turns` those of its context; None where
        it has too few words to be told from any other, and its id is not there."""
        share = self.share([*turns, label])
        whole = list(_beginnings(turns))
        near = _near_sequences(turns)
        found = {
            "same_turns": any(
                one in self._beginnings and (words >= _LONG or (last and words >= _SHORT))
                for one, words, last in whole
            ),
            "near_turns": self._is_near(near),
            "words": share is not None and share >= SEEN,
            "id": self.holds_dialogue(dialogue_id),
        }
        if not any(found.values()) and share is None and sum(len(words_of(turn)) for turn in turns) < _SHORT:
            return None
        return tuple(way for way in WAYS if found[way])

    def _is_near(self, near: set[int]) -> bool:
        if len(near) < _NEAR_LEAST:
            return False
        shared = Counter(place for one in near for place in self._by_sequence.get(one, ()))
        return bool(shared) and max(shared.values()) >= _NEAR * len(near)


def _beginnings(turns: Sequence[str]) -> Iterator[tuple[int, int, bool]]:
    """A hash of the words up to the end of each turn, how many these are, and whether that is all."""
    said: list[str] = []
    ends = []
    for turn in turns:
        if words := words_of(turn):
            said += words
            ends.append(len(said))
    for end in ends:
        yield hash(tuple(said[:end])), end, end == len(said)


def _near_sequences(turns: Sequence[str]) -> set[int]:
    return {hash(one) for one in sequences([word for turn in turns for word in words_of(turn)], _NEAR_WORDS)}


def copied(text: str, earlier: Iterable[str], length: int = 5) -> float:
    """The largest share of a text's sequences of five words that stand in one earlier text; 0 where it has
    fewer than three of them, because a title and a phrase are no copy."""
    own = set(sequences(words_of(text), length))
    if len(own) < 3:
        return 0.0
    return max((len(own & set(sequences(words_of(one), length))) / len(own) for one in earlier), default=0.0)
