"""Long texts that repeat: only some repetitions are read, and every title of every repetition is found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.films import CATALOGUE
from usbrec.dialogue import Item
from usbrec.items import Linker
from usbrec.items.linking.reading import LinkedText
from usbrec.items.linking.repeats import without_repeats

TWICE = Item("twice", "Heat Heat", 2001)


class MeteredLinker(Linker):
    """Counts the characters that are linked one by one."""

    def __init__(self, *items: Item) -> None:
        super().__init__([*CATALOGUE, *items])
        self.read_characters = 0

    def _linked(self, text: str) -> LinkedText:
        self.read_characters += len(text)
        return super()._linked(text)

    def in_full(self, text: str) -> LinkedText:
        return super()._linked(text)


LINKER = MeteredLinker()


@pytest.mark.parametrize(
    ("piece", "named"),
    [
        ("Heat (1995), ", ["f1"]),
        ("casablanca and ", ["f19"]),
        ("I loved Goodfellas (1990) and Alien, have you seen The Thing?\n", ["f3", "f8", "f9"]),
        ("Finding Nmeo (2003); ", ["f16"]),
    ],
)
def test_a_megabyte_that_repeats_titles_is_read_in_a_hundredth_and_each_is_found(
    piece: str, named: list[str]
) -> None:
    linker = MeteredLinker()
    times = 1_000_000 // len(piece)
    text = piece * times
    mentions = linker.link(text)
    assert linker.read_characters < len(text) / 50
    found = [mention.item_id for mention in mentions]
    assert found == named * times, found[:10]
    assert all(text[mention.start : mention.end] == mention.text for mention in mentions)
    distance = {mention.start % len(piece) for mention in mentions}
    assert len(distance) == len(named)


def test_what_alternates_with_every_other_repetition_is_put_back_as_it_alternates() -> None:
    linker = MeteredLinker(TWICE)
    text = "Heat " * 4_001
    linked = linker.read(text)
    assert linker.read_characters < len(text) / 10
    assert linked.mentions == linker.in_full(text).mentions
    assert [mention.item_id for mention in linked.mentions] == ["twice"] * 2_000 + ["f1"]


def test_titles_without_end_that_stand_for_nothing_known_are_told_as_often_as_they_stand() -> None:
    text = "Heat (1931), " * 5_000
    linked = LINKER.read(text)
    assert sorted(linked.unknown) == sorted(LINKER.in_full(text).unknown)
    assert len(linked.unknown) == 5_000
    assert linked.out_of_catalogue == ("Heat (1931)",)


def test_the_number_of_repetitions_is_kept_where_it_is_no_round_one() -> None:
    for times in (4_000, 4_001, 4_059, 4_060):
        assert len(LINKER.link("so: Heat (1995)\n" * times + "Alien!")) == times + 1


_pieces = st.lists(
    st.sampled_from(
        [
            *("Heat (1995), ", "heat and ", "Heat Heat ", "Alien\n", "- Heat: ok\n1. Alien\n", "Heat 7 "),
            *("I saw Alien. Then heat, ", "film movie ", "Finding Nmeo (2003); ", "Blorp (2031) ", "Heat"),
            *(
                "casablanca, ",
                "the ",
                "or ",
                "\n",
                " ",
                "is it the thing? ",
                '"Heat" ',
                "(1995) ",
                "toy story 2",
            ),
        ]
    ),
    min_size=1,
    max_size=4,
).map("".join)


@settings(max_examples=3, deadline=None)
@given(parts=st.lists(st.tuples(_pieces, _pieces), min_size=1, max_size=1), end=_pieces)
def test_a_text_with_repeats_is_read_as_if_each_were_read(parts: list[tuple[str, str]], end: str) -> None:
    text = "".join(before + piece * (17_000 // len(piece)) for before, piece in parts) + end
    linked, full = LINKER.read(text), LINKER.in_full(text)
    assert linked.mentions == full.mentions
    assert sorted(linked.unknown) == sorted(full.unknown)


@given(st.text("ab ", min_size=1, max_size=40), st.text("abc ", max_size=3_000))
def test_what_is_left_out_of_a_text_is_whole_repetitions(piece: str, around: str) -> None:
    text = around + piece * (60_000 // len(piece)) + around
    short, cuts = without_repeats(text, 4)
    assert len(short) < len(text) / 2
    restored, done = "", 0
    for cut in cuts:
        restored += short[done : cut.place]
        period = restored[-cut.period :]
        assert cut.length % cut.period == 0
        restored += period * (cut.length // cut.period)
        done = cut.place
    assert restored + short[done:] == text


def test_a_text_without_repeats_is_left_as_it_is() -> None:
    text = " ".join(f"{number} Heat {number * number}" for number in range(20_000))
    assert without_repeats(text, 30) == (text, ())
