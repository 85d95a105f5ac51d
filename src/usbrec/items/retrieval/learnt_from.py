"""What a ranker was learnt from, as digests: whether dialogues that it is measured on are among them.

A dialogue is known again by its id and how it begins, or by the words of its turns, whatever id another file
gives it: every turn of eight words or more has a digest, and most of such words have to be there. Sessions
have no words; one is known by its id and an item of it. Digests say nothing of what was said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from usbrec.dialogue import Sample
from usbrec.items.interactions import Session
from usbrec.patterns import LazyPattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The file of it in a ranker's folder.
FILE = "learnt_from.npy"
#: Words that a turn needs to have a digest, those of which have to be known again at least, and their share.
#: Greetings that everybody says have fewer than twice the former.
WORDS, LEAST, SHARE = 8, 16, 0.5

_WORD = LazyPattern(r"\w+")


@dataclass(frozen=True)
class LearntFrom:
    """Digests of dialogues, turns and sessions, sorted, shape (n,)."""

    digests_n: NDArray[np.uint64]

    @classmethod
    def of(cls, samples: Iterable[Sample], sessions: Iterable[Session]) -> LearntFrom:
        """What `samples` and `sessions` leave behind in a ranker."""
        found: set[int] = set()
        for sample in samples:
            said = _said(sample)
            found.add(_beginning(sample, said))
            found.update(long_turns(said).values())
        for session in sessions:
            found.update(_digest("session", session.id, item_id) for item_id, _ in session.items)
        return cls(np.array(sorted(found), dtype=np.uint64))

    def holds(self, samples: Sequence[Sample], items: Iterable[str] = ()) -> bool:
        """Whether a dialogue was learnt from, given all its samples and the ids of its targets."""
        if any(self._has(_beginning(sample, _said(sample))) for sample in samples):
            return True
        if mostly_known((words for sample in samples for words in _said(sample)), self._has):
            return True
        dialogues = {sample.dialogue_id for sample in samples}
        return any(self._has(_digest("session", one, item_id)) for one in dialogues for item_id in items)

    def _has(self, digest: int) -> bool:
        at = int(np.searchsorted(self.digests_n, np.uint64(digest)))
        return at < len(self.digests_n) and int(self.digests_n[at]) == digest


def write_learnt_from(folder: Path, learnt: LearntFrom) -> None:
    np.save(folder / FILE, learnt.digests_n)


def read_learnt_from(folder: str | Path) -> LearntFrom | None:
    """What stands in a ranker's folder; None where it was trained before rankers said so, or it cannot be
    read."""
    try:
        digests_n = np.load(Path(folder) / FILE, allow_pickle=False)
    except (OSError, ValueError):
        return None
    return LearntFrom(digests_n) if digests_n.dtype == np.uint64 and digests_n.ndim == 1 else None


def words_of(texts: Iterable[str]) -> list[tuple[str, ...]]:
    """The words of each text, without differences of case and of marks between them."""
    return [tuple(_WORD.findall(text.casefold())) for text in texts]


def long_turns(said: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """The turns, as words, that are long enough to be known again, each with its digest of 64 bits."""
    return {words: _digest("turn", *words) for words in said if len(words) >= WORDS}


def mostly_known(said: Iterable[tuple[str, ...]], known: Callable[[int], bool]) -> bool:
    """Whether half of the words in long turns stand in turns whose digest is `known`, and enough of them."""
    turns = long_turns(said)
    there = sum(len(words) for words, digest in turns.items() if known(digest))
    return there >= LEAST and there >= SHARE * sum(map(len, turns))


def _said(sample: Sample) -> list[tuple[str, ...]]:
    return words_of((*(turn.text for turn in sample.turns), sample.label or ""))


def _beginning(sample: Sample, said: Sequence[tuple[str, ...]]) -> int:
    """The dialogue by its id and its first words: ids such as "1" stand in many files."""
    first = next((words for words in said if words), ())
    return _digest("dialogue", sample.dialogue_id, *first)


def _digest(*parts: str) -> int:
    said = "\0".join(parts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "big")
