"""Spans are looked up as if each were gone through, and a request of a hundred thousand words is read at
once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.steps import steps_of
from usbrec.dialogue import Item, Turn
from usbrec.items import Catalogue, Linker
from usbrec.items.retrieval import RequestRetriever
from usbrec.items.retrieval.spans import Spans, mark_before
from usbrec.items.similarity import Similarity

PLACES = st.integers(0, 30)


@given(st.lists(st.tuples(PLACES, PLACES)), PLACES, PLACES)
def test_spans_say_what_going_through_them_says(spans: list[tuple[int, int]], start: int, end: int) -> None:
    """Whether a place lies in a span, and whether a run of characters shares one, is as by going through
    all."""
    looked_up = Spans(spans)
    assert looked_up.hold(start) == any(one <= start < other for one, other in spans)
    if start < end:
        assert looked_up.meet(start, end) == any(
            one < end and start < other for one, other in spans if one < other
        )


@given(st.text(st.sampled_from("ab .\n\t\u2003"), max_size=12), st.integers(0, 12))
def test_the_mark_before_a_place_is_that_of_the_text_before(text: str, place: int) -> None:
    """The mark before a place is the last character of what stands before it, without blanks."""
    place = min(place, len(text))
    assert mark_before(text, place) == text[:place].rstrip()[-1:]


@pytest.mark.parametrize(
    "sentence", ["I like Crime by Ann Lee, not Drama. ", "Quiet crime and Lee, nothing else "]
)
def test_a_long_request_takes_steps_for_each_word_alone(sentence: str) -> None:
    """Twice as long a request takes twice as many steps, whatever it names and excludes."""
    item = Item("a", "Dune", 1965, ("Crime", "Drama"), ("Ann Lee",))
    catalogue = Catalogue([item])
    retriever = RequestRetriever(catalogue, Linker(catalogue), Similarity())

    def steps(times: int) -> int:
        turn = Turn("seeker", sentence * times)
        return steps_of(lambda: retriever.read_turn(turn))

    steps(10)
    assert steps(800) < 2.5 * steps(400)
