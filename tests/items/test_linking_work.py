"""Linking takes work in proportion to a text, also where one sentence goes on without end."""

from __future__ import annotations

import random

import pytest

from support.films import CATALOGUE
from support.steps import steps_of
from usbrec.items import Linker

#: Titles of one word and of several, with and without capitals, and words around them.
TITLES = ("Heat", "Alien (1979)", "Pretty Woman", "True Grit", "The Thing")
WORDS = (
    *TITLES,
    "heat",
    "the thing",
    "Nemo",
    "and",
    "I loved",
    "with people",
    "movie",
    "Jack Black",
    "is",
    "3",
    "of",
)


@pytest.mark.parametrize("between", [", ", " ", " and ", ": "])
@pytest.mark.parametrize("words", [TITLES, WORDS], ids=["titles", "more"])
def test_twice_as_long_a_sentence_takes_twice_as_many_steps(words: tuple[str, ...], between: str) -> None:
    linker = Linker(CATALOGUE)
    drawn = random.Random(0).choices(words, k=2_000)

    def steps(number: int) -> int:
        text = between.join(drawn[:number])
        return steps_of(lambda: linker.link(text))

    steps(50)
    assert steps(1_600) < 2.5 * steps(800)
