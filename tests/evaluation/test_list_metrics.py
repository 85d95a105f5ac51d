"""NDCG, recall and reciprocal rank of lists, held against sums written out."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.dialogue import Usage
from usbrec.evaluation.comparison.lists import lists_in_words, lists_table
from usbrec.evaluation.metrics.lists import BESIDE, claimed_ranks, list_summary, ndcg, recall, reciprocal_rank
from usbrec.evaluation.runs.rows import check_row

listed = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6)


@given(items=listed, targets=st.sets(st.sampled_from("abcdefgh"), min_size=1, max_size=5))
def test_measures_are_those_of_the_field(items: list[str], targets: set[str]) -> None:
    length = 6
    ranks = claimed_ranks(items, [{one} for one in sorted(targets)])
    gains = [1 / math.log2(place + 2) for place, item in enumerate(items) if item in targets]
    best = [1 / math.log2(place + 2) for place in range(min(length, len(targets)))]
    assert ndcg(ranks, length) == pytest.approx(sum(gains) / sum(best))
    assert recall(ranks, length) == pytest.approx(len(gains) / len(targets))
    first = next((1 / (place + 1) for place, item in enumerate(items) if item in targets), 0.0)
    assert reciprocal_rank(ranks, length) == pytest.approx(first)


def test_an_item_stands_for_one_target_and_a_target_for_one_place() -> None:
    either = [{"a", "b"}, {"b"}]
    assert claimed_ranks(["b"], either) == [1, None]
    assert claimed_ranks(["b", "a"], either) == [1, None]
    assert claimed_ranks(["a", "b"], either) == [1, 2]
    assert claimed_ranks(["a", "x"], [set(), {"a"}]) == [None, 1]


def row(number: int, ranks: list[int | None], retrieved: list[int | None], **told: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "length": 3,
        "items": ["a", "b"],
        "retrieved": ["a", "b", "c"],
        "ranks": ranks,
        "retrieved_ranks": retrieved,
        "unknown_targets": 0,
        **dict.fromkeys(BESIDE, 0),
    }
    return {
        "sample_id": f"d{number}:1",
        "dialogue_id": f"d{number}",
        "repeat": number == 0,
        "episode": {},
        "list": {**found, **told},
    }


ROWS = [row(0, [1], [2]), row(1, [None, 2], [1, None], made_up=2), row(2, [None], [None])]
FAILED = {"sample_id": "d3:1", "dialogue_id": "d3", "repeat": False, "episode": None, "failed": "gone"}


def test_rows_are_averaged_beside_the_retrievers_order_and_failed_ones_left_out() -> None:
    found = list_summary([*ROWS, FAILED], seed=0, resamples=200)
    assert found is not None
    assert (found["length"], found["rows"]) == (3, 3)
    second = 1 / math.log2(3)
    pair = 1 + second
    assert found["ndcg"]["reply"]["mean"] == pytest.approx((1 + second / pair + 0) / 3)
    assert found["ndcg"]["retriever"]["mean"] == pytest.approx((second + 1 / pair + 0) / 3)
    assert found["ndcg"]["difference"]["mean"] == pytest.approx(
        found["ndcg"]["reply"]["mean"] - found["ndcg"]["retriever"]["mean"]
    )
    assert found["recall"]["reply"]["mean"] == pytest.approx((1 + 0.5) / 3)
    assert found["mrr"]["retriever"]["mean"] == pytest.approx((0.5 + 1) / 3)
    assert found["non_repeats"]["recall"]["reply"]["n"] == 2
    assert (found["places"], found["short"], found["as_shown"]) == (2.0, 1.0, 0.0)
    assert found["beside"]["made_up"] == pytest.approx(2 / 3)
    low, high = found["ndcg"]["reply"]["ci95"]
    assert low <= found["ndcg"]["reply"]["mean"] <= high
    assert list_summary([FAILED], seed=0) is None


def test_tables_say_both_orders_and_what_is_missing() -> None:
    found = list_summary([*ROWS, row(4, [3], [3], unknown_targets=1)], seed=0, resamples=200)
    assert found is not None
    table = lists_table(found)
    assert table.headings[0] == "lists of 3, 4 rows"
    names = [cells[0].text for cells in table.rows]
    assert names[:4] == ["NDCG@3", "recall@3", "MRR@3", "NDCG@3, not repeated"]
    assert table.rows[1][1].text == f"{found['recall']['reply']['mean']:.3f}"
    told = lists_in_words(found)
    assert "2.0 of 3 places" in told
    assert "titles that the catalogue lacks 0.50" in told
    assert "1 targets are in no catalogue" in told


@pytest.mark.parametrize(
    "wrong",
    [
        {"ranks": [0]},
        {"ranks": [4]},
        {"ranks": [True]},
        {"ranks": [1, 2]},
        {"items": [1]},
        {"length": 0},
        {"length": None},
        {"made_up": -1},
        {"unknown_targets": None},
    ],
)
def test_a_row_whose_list_is_not_whole_is_refused(wrong: dict[str, Any]) -> None:
    whole = {**FAILED, "usage": Usage().to_json(), "list": row(0, [1], [2])["list"]}
    assert check_row(whole)["list"] == whole["list"]
    with pytest.raises(ValueError, match="field list"):
        check_row({**whole, "list": {**whole["list"], **wrong}})
