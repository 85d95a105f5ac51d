"""Text overlap: which rows of a test stand in what was trained on, by the words they share.

Rows are held against training texts by sequences of eight words, as test sets of language models are (Brown
et al. 2020 take 13, which few turns of a dialogue have). Greetings and what else everybody says are shorter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

#: Words of a sequence, and the share of a row's sequences from which on it counts as seen.
WORDS = 8
SEEN = 0.5

_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def sequences(words: Sequence[str], length: int = WORDS) -> Iterator[tuple[str, ...]]:
    """Every sequence of so many words; none of a shorter text."""
    return (tuple(words[start : start + length]) for start in range(len(words) - length + 1))


class Seen:
    """What was trained on: the sequences of its texts, and its dialogues' ids."""

    def __init__(self, texts: Iterable[str], dialogues: Iterable[str] = ()) -> None:
        self._hashes = {hash(one) for text in texts for one in sequences(words_of(text))}
        self._dialogues = frozenset(dialogues)

    def holds_dialogue(self, dialogue_id: str) -> bool:
        return dialogue_id in self._dialogues

    def share(self, texts: Iterable[str]) -> float | None:
        """The share of the texts' sequences that were trained on; None where they have none."""
        found = [hash(one) in self._hashes for text in texts for one in sequences(words_of(text))]
        return sum(found) / len(found) if found else None


def copied(text: str, earlier: Iterable[str], length: int = 5) -> float:
    """The largest share of a text's sequences of five words that stand in one earlier text; 0 where it has
    fewer than three of them, because a title and a phrase are no copy."""
    own = set(sequences(words_of(text), length))
    if len(own) < 3:
        return 0.0
    return max((len(own & set(sequences(words_of(one), length))) / len(own) for one in earlier), default=0.0)
