"""The field's own table: recall a mention, success rate and reward a turn, by hand and by law."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.evaluation.metrics.mentions import difference_of_mentions, summarise_mentions


def row(sample_id: str, ranks: list[int | None], repeated: list[bool], **other: Any) -> dict[str, Any]:
    dialogue = sample_id.split(":")[0]
    return {
        "sample_id": sample_id,
        "dialogue_id": dialogue,
        "length": 10,
        "ranks": ranks,
        "fresh_ranks": ranks,
        "repeated": repeated,
        "unknown": 0,
        "failed": None,
    } | other


ROWS = [
    row("a:1", [1, 12], [False, True]),
    row("a:5", [1], [True]),
    row("b:1", [None, 3], [False, False]),
    row("c:1", [51], [False]),
]


def mean(told: Any, view: str, name: str) -> Any:
    return told[view][name]["mean"]


def test_the_table_of_a_few_turns_is_what_counting_by_hand_gives() -> None:
    told = summarise_mentions(ROWS, seed=0)
    assert (told["turns"], told["dialogues"], told["mentions"], told["repeats"]) == (4, 3, 6, 2)
    assert mean(told, "full", "recall@1") == pytest.approx(2 / 6)
    assert mean(told, "full", "recall@10") == pytest.approx(3 / 6)
    assert mean(told, "full", "recall@50") == pytest.approx(4 / 6)
    assert mean(told, "full", "success_rate") == pytest.approx(1 / 3)
    assert mean(told, "full", "reward_per_turn") == pytest.approx((2 / 10) / 3)
    assert told["without_repeats"]["recall@1"]["n"] == 4
    assert mean(told, "without_repeats", "recall@1") == pytest.approx(1 / 4)
    assert mean(told, "without_repeats", "recall@10") == pytest.approx(2 / 4)
    assert mean(told, "without_repeats", "reward_per_turn") == pytest.approx((1 / 10) / 3)


def test_a_failed_turn_is_left_out_and_counted() -> None:
    told = summarise_mentions([*ROWS, row("d:1", [None], [False], failed="timed out")], seed=0)
    assert (told["failed"], told["full"]["recall@1"]["n"]) == (1, 6)
    assert mean(told, "full", "success_rate") == pytest.approx(1 / 3)


def test_a_difference_is_paired_on_the_mentions_that_both_have() -> None:
    worse = [row("a:1", [2, 12], [False, True]), row("b:1", [None, 3], [False, False])]
    told = difference_of_mentions(ROWS, worse, seed=0)
    assert told["full"]["recall@1"]["n"] == 4
    assert told["full"]["recall@1"]["mean"] == pytest.approx(1 / 4)
    assert told["full"]["recall@10"]["mean"] == 0.0


_RANKS = st.lists(st.one_of(st.none(), st.integers(1, 60)), min_size=1, max_size=3)


@given(st.lists(_RANKS, min_size=1, max_size=6))
def test_recall_grows_with_the_cutoff_and_a_dialogue_gains_no_more_than_its_turns(ranks: Any) -> None:
    rows = [row(f"d{i % 2}:{i}", one, [False] * len(one)) for i, one in enumerate(ranks)]
    told = summarise_mentions(rows, seed=0, resamples=10)["full"]
    assert told["recall@1"]["mean"] <= told["recall@10"]["mean"] <= told["recall@50"]["mean"] <= 1
    assert told["reward_per_turn"]["mean"] <= 6 / 10
    assert (told["success_rate"]["mean"] > 0) == (told["recall@1"]["mean"] > 0)
