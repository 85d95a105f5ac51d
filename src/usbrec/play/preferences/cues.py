"""Preference cues: which words of a clause say that something is liked, disliked, unknown or wished for.

The words stand in the lexicon (``lexicon/<language>/preferences.toml``); here they become expressions.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.lexicon import any_of, whole_words, words

_DENIED_WITHIN = r"(?:\w+ ){0,3}?"


@dataclass(frozen=True)
class Cues:
    """The cue words of one language, each as an expression; what each is for stands in the lexicon."""

    language: str
    against: re.Pattern[str]
    liked: re.Pattern[str]
    unseen: re.Pattern[str]
    refusal: re.Pattern[str]
    wish: re.Pattern[str]
    own: re.Pattern[str]
    only_yes: re.Pattern[str]
    only_no: re.Pattern[str]
    clause: re.Pattern[str]
    joined: re.Pattern[str]
    _decades: tuple[tuple[re.Pattern[str], int], ...]

    def decades(self, text: str) -> frozenset[int]:
        """The first years of the decades that a text names."""
        return frozenset(
            year or int(found["year"]) for pattern, year in self._decades for found in pattern.finditer(text)
        )


@functools.cache
def cues(language: str) -> Cues:
    """The cue words of a language. Raises KeyError for one that the lexicon lacks."""
    lists = words(language, "preferences")
    denied = f"{any_of(lists['denials'])} {_DENIED_WITHIN}{any_of(lists['denied'])}"
    return Cues(
        language=language,
        # Their beginning is enough: "avoided".
        against=re.compile(rf"\b{any_of([*lists['against'], denied])}", re.IGNORECASE),
        liked=whole_words(lists["for"]),
        unseen=whole_words(lists["unseen"]),
        refusal=whole_words(lists["refusal"]),
        wish=whole_words(lists["wish"]),
        own=re.compile(rf"^{any_of(lists['own_first'])}\b|\b{any_of(lists['own'])}\b", re.IGNORECASE),
        only_yes=_alone(lists["only_yes"]),
        only_no=_alone(lists["only_no"]),
        clause=re.compile(rf",\s+|\s+(?={any_of(lists['turns'])}\b)", re.IGNORECASE),
        # With a capital it opens a sentence.
        joined=re.compile(rf"\s+{any_of(lists['joins'])}\b"),
        _decades=tuple(
            (re.compile(rf"\b(?:{pattern})\b"), int(year)) for pattern, year in lists["decades"].items()
        ),
    )


def _alone(phrases: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"\W*{any_of(phrases)}\W*", re.IGNORECASE)
