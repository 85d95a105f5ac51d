"""Phrase lists of constraints: looking up first words finds what searching each list would find."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.items.constraints.phrases import all_phrases, begun, ends, is_phrase, opens, says, take_amounts

USES = sorted(
    {use for each in all_phrases() for use, listed in each.lists.items() if isinstance(listed, list)}
)
PHRASES = sorted(
    {phrase for each in all_phrases() for use in USES for phrase in each.lists.get(use, ()) if phrase.strip()}
)


@given(st.lists(st.sampled_from(PHRASES), max_size=4), st.sampled_from([" ", ", ", "  ", ". ", "-", "5 "]))
def test_first_words_miss_no_phrase(phrases: list[str], between: str) -> None:
    text = between.join(phrases)
    for use in USES:
        searched = any(each.regex(use).search(text) for each in all_phrases())
        assert says(use, text) == searched
        assert opens(use, text) == any(each.regex(use).match(text) for each in all_phrases())
        assert not searched or use in begun(text)


@pytest.mark.parametrize("use", USES)
def test_a_phrase_alone_is_one_of_its_list(use: str) -> None:
    for each in all_phrases():
        for phrase in filter(str.strip, each.lists.get(use, ())):
            assert is_phrase(use, phrase)
            assert says(use, f"well {phrase}")
            assert ends(use, f"well {phrase} ")
    assert not is_phrase(use, "quince")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a nice one", []),
        ("a hundred", [100]),
        ("two hundred and fifty", [250]),
        ("hundertfünfzig", [150]),
        ("neunundneunzig", [99]),
        ("one", []),
        ("٥٠ please", [50]),
    ],
)
def test_numbers_in_words_are_looked_for_where_there_may_be_some(text: str, values: list[float]) -> None:
    assert [amount.value for amount in take_amounts(text)[1]] == values
