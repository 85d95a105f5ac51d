"""Retrieval: the baseline ranks by what a dialogue names and mentions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import SHARED
from usbrec.dialogue import Item, Turn, alternate_backwards
from usbrec.errors import InputWarning
from usbrec.items import (
    AttributeRetriever,
    Catalogue,
    Linker,
    Retriever,
    Similarity,
    load_catalogue,
    popularity_from,
)

CATALOGUE = Catalogue.from_items(
    [
        Item("w1", "Trench Song", 1990, ("war",), ("Ann Lee",)),
        Item("w2", "Iron Rain", 1992, ("war",), ("Bo Hill",)),
        Item("w3", "Mud and Glory", 1991, ("war",), ("Ann Lee",)),
        Item("c1", "Pie Fight Club", 2012, ("comedy",), ("Cy Dunn",), popularity=40),
        Item("c2", "Wedding of Fools", 2010, ("comedy",), ("Cy Dunn",), popularity=3),
    ]
)
RETRIEVER = AttributeRetriever(CATALOGUE, Linker(CATALOGUE), Similarity())


def said(texts: Iterable[str]) -> tuple[Turn, ...]:
    return alternate_backwards(texts)


def ranked(*texts: str, k: int = 5) -> list[str]:
    return [item_id for item_id, _ in RETRIEVER.rank(said(texts), k)]


def test_the_baseline_is_a_retriever() -> None:
    assert isinstance(RETRIEVER, Retriever)


def test_items_like_the_named_one_come_first_and_the_named_one_not_at_all() -> None:
    assert ranked("I liked Trench Song", k=2) == ["w3", "w2"]
    assert "w1" not in ranked("I liked Trench Song")


def test_mentioned_genres_and_people_count() -> None:
    assert set(ranked("some war film please", k=3)) == {"w1", "w2", "w3"}
    assert ranked("anything with Bo Hill", k=1) == ["w2"]


def test_a_genre_inside_a_title_is_no_wish() -> None:
    catalogue = Catalogue.from_items([*CATALOGUE, Item("t", "War of Cakes", 2011, ("comedy",))])
    retriever = AttributeRetriever(catalogue, Linker(catalogue), Similarity())
    assert retriever.rank(said(["I saw War of Cakes (2011)"]), 1)[0][0] == "c1"


def test_without_anything_to_go_by_the_popular_come_first_and_ties_by_id() -> None:
    assert ranked("hello") == ["c1", "c2", "w1", "w2", "w3"]
    assert ranked() == ["c1", "c2", "w1", "w2", "w3"]


def test_no_more_than_k_items_are_given_and_none_for_zero() -> None:
    assert len(ranked("hello", k=2)) == 2
    assert ranked("hello", k=0) == []
    assert len(ranked("I liked Trench Song", k=99)) == 4


@given(st.lists(st.text(max_size=30) | st.sampled_from([item.name for item in CATALOGUE]), max_size=4))
@settings(max_examples=50)
def test_any_dialogue_gives_one_ranking_with_falling_scores(texts: list[str]) -> None:
    ranking = RETRIEVER.rank(said(texts), 5)
    scores = [score for _, score in ranking]
    assert scores == sorted(scores, reverse=True)
    assert len({item_id for item_id, _ in ranking}) == len(ranking)
    assert RETRIEVER.rank(said(texts), 5) == ranking


def test_the_order_of_the_catalogue_does_not_matter() -> None:
    turned = Catalogue.from_items(reversed(CATALOGUE.items))
    other = AttributeRetriever(turned, Linker(turned), Similarity())
    text = ["a war film with Ann Lee, like Iron Rain"]
    assert other.rank(said(text), 5) == RETRIEVER.rank(said(text), 5)


@pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not beside the checkout")
def test_on_redial_it_beats_popularity_and_answers_in_less_than_fifty_milliseconds() -> None:
    catalogue = load_catalogue(SHARED / "redial/id2info.json")
    with pytest.warns(InputWarning, match="not in the catalogue"):
        counts = popularity_from(SHARED / "redial/item_mentions_train.jsonl", catalogue)
    catalogue = catalogue.with_popularity(counts)
    retriever = AttributeRetriever(catalogue, Linker(catalogue), Similarity())
    popular = sorted(catalogue, key=lambda item: (-item.popularity, item.id))
    rows = [json.loads(line) for line in (SHARED / "redial/valid.jsonl").read_text("utf-8").splitlines()[::8]]
    retriever.rank(said(["warm up"]), 1)
    began = time.process_time()
    answers = [retriever.rank(said(row["context"]), 50) for row in rows]
    seconds = (time.process_time() - began) / len(rows)
    linker = Linker(catalogue)
    hits = hits_popular = 0
    for row, answer in zip(rows, answers, strict=True):
        targets = {item.id for item in catalogue.resolve(row["rec"])}
        named = {mention.item_id for text in row["context"] for mention in linker.link(text)}
        hits += bool(targets & {item_id for item_id, _ in answer})
        best = [item.id for item in popular if item.id not in named][:50]
        hits_popular += bool(targets & set(best))
    assert hits > 1.1 * hits_popular
    assert seconds < 0.05
