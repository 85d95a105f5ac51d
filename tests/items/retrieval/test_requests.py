"""The request retriever: words of seekers beside titles, genres and full names."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item, Turn
from usbrec.items import AttributeRetriever, Catalogue, Similarity
from usbrec.items.linking.linker import Linker
from usbrec.items.retrieval import RequestReader, RequestRetriever
from usbrec.items.retrieval.item_words import ItemWords, term
from usbrec.items.retrieval.request_words import Era, eras_in, excluded_in

ITEMS = (
    Item("a", "Sonara WH-310", 2015, ("over-ear",), ("Sonara",), "Folding headphones with a long cable."),
    Item("b", "Sonara Kite", 2021, ("in-ear",), ("Sonara",), "Small buds, three sizes of tips."),
    Item(
        "c", "Marlow Kite 2", 2022, ("over-ear",), ("Marlow",), "Whales on the cup.", extra={"Colour": "red"}
    ),
    Item("d", "Marlow Drift", 2012, ("sports",), ("Marlow",), "For runners in the rain."),
    Item("e", "Old Harbour", 1987, ("sports",), ("Jane Penrose",), "A long winter by the sea."),
    Item("f", "Tall Order", 1996, ("sports",), ("Rose Rivers",), "Rivers and a marlow grow side by side."),
)
CATALOGUE = Catalogue(ITEMS)
LINKER = Linker(CATALOGUE)
REQUESTS = RequestRetriever(CATALOGUE, LINKER, Similarity())
ATTRIBUTES = AttributeRetriever(CATALOGUE, LINKER, Similarity())


def _first(*said: str, count: int = 1) -> list[str]:
    return [item_id for item_id, _ in REQUESTS.rank([Turn("seeker", text) for text in said], count)]


def _unknown(text: str) -> tuple[str, ...]:
    return REQUESTS.not_understood([Turn("seeker", text)])


@pytest.mark.parametrize(
    "said", ["Hello there!", "Something over-ear, please.", "I liked Old Harbour (1987).", ""]
)
def test_where_nothing_else_is_said_the_ranking_is_that_of_the_attributes(said: str) -> None:
    turns = [Turn("seeker", said)]
    assert REQUESTS.rank(turns, 6) == ATTRIBUTES.rank(turns, 6)


def test_what_the_recommender_says_asks_for_nothing() -> None:
    turns = [
        Turn("recommender", "Do you want something older by Sonara, with whales?"),
        Turn("seeker", "Hm."),
    ]
    assert REQUESTS.rank(turns, 6) == ATTRIBUTES.rank(turns, 6)


def test_a_name_that_descriptions_use_as_a_word_counts_only_with_its_capital() -> None:
    assert set(_first("something from Marlow", count=2)) == {"c", "d"}
    assert _first("rivers and marlow in it") == ["f"]


def test_a_brand_is_found_with_one_letter_wrong_or_two_swapped() -> None:
    assert {*_first("sonarra", count=2), *_first("snoara", count=2)} == {"a", "b"}


def test_a_surname_stands_for_the_person() -> None:
    assert _first("anything by penrose") == ["e"]


@pytest.mark.parametrize("written", ["WH-310", "wh 310", "wh310", "310"])
def test_a_model_number_is_found_however_it_is_written(written: str) -> None:
    assert _first(f"have you got the {written}?") == ["a"]


def test_words_of_descriptions_and_columns_are_found_in_other_forms() -> None:
    assert _first("with a whale") == ["c"]
    assert _first("for a runner") == ["d"]
    assert _first("in red") == ["c"]


def test_what_is_excluded_comes_last() -> None:
    ranked = _first("nothing by Sonara", count=6)
    assert set(ranked[-2:]) == {"a", "b"}
    assert set(_first("no sports", count=3)) == {"a", "b", "c"}
    assert _first("not by Rose Rivers", count=6)[-1] == "f"


def test_words_after_a_contrast_are_wanted() -> None:
    assert set(_first("not Sonara but from Marlow", count=2)) == {"c", "d"}


@pytest.mark.parametrize(
    ("said", "first"),
    [("from the 80s", "e"), ("from the 1980s", "e"), ("die achtziger", "e"), ("from 1996", "f")],
)
def test_an_era_brings_its_items_forward(said: str, first: str) -> None:
    assert _first(said) == [first]


def test_older_and_newer_are_told_from_the_middle_of_the_catalogue() -> None:
    assert set(_first("something older", count=3)) == {"d", "e", "f"}
    assert set(_first("something newer", count=3)) == {"a", "b", "c"}


def test_two_digits_mean_the_last_such_decade_that_the_catalogue_has() -> None:
    assert eras_in("the 20s, the 90s and the 1890s", 1850, 2024) == (
        (4, 7, Era(2020, 2029)),
        (13, 16, Era(1990, 1999)),
        (25, 30, Era(1890, 1899)),
    )
    assert [read.era for read in eras_in("the 20s", 1850, 1990)] == [Era(1920, 1929)]
    assert eras_in("the 2840 and 1815", 1990, 2024) == ()


def test_an_exclusion_goes_on_through_a_list_of_names_alone() -> None:
    text = "not from Sony, Bose or JBL. Red."
    (found,) = excluded_in(text)
    assert text[found.start : found.end] == " from Sony"
    assert text[found.start : found.names_end] == " from Sony, Bose or JBL"
    assert excluded_in("not only Sony") == excluded_in("why not Sony") == ()


def test_words_that_no_item_has_are_told_once_as_they_were_written() -> None:
    assert _unknown("Please find me Graphene earcups, graphene, by Sonara with a cable!") == (
        "Graphene",
        "earcups",
        "graphene",
    )
    assert _unknown("Hello, something good for my sister, please.") == ()
    assert _unknown("") == REQUESTS.not_understood([]) == ()


def test_only_the_last_message_is_told_of() -> None:
    turns = [Turn("seeker", "graphene"), Turn("recommender", "unobtainium?"), Turn("seeker", "sports")]
    assert REQUESTS.not_understood(turns) == ()


def test_a_retriever_that_reads_no_words_is_no_request_reader() -> None:
    assert isinstance(REQUESTS, RequestReader)
    assert not isinstance(ATTRIBUTES, RequestReader)


def test_an_item_has_the_share_of_the_words_by_their_rarity() -> None:
    words = ItemWords(ITEMS, ITEMS.__getitem__)
    keys = [term("cable"), term("long"), term("whales")]
    share_n = words.share(keys)
    assert share_n[0] == pytest.approx(1 - words.rarity(keys[2]) / sum(map(words.rarity, keys)))
    assert share_n[4] < share_n[0] < 1
    assert share_n[1] == 0


def test_a_catalogue_without_words_years_or_names_is_ranked() -> None:
    catalogue = Catalogue([Item("1", "???"), Item("2", "???!")])
    retriever = RequestRetriever(catalogue, Linker(catalogue), Similarity())
    turns = [Turn("seeker", "older whales by Sony from the 80s, not WH-310")]
    assert [item_id for item_id, _ in retriever.rank(turns, 5)] == ["1", "2"]
