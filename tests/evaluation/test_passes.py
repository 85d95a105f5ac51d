"""pass^k: the estimate over trials, what counts as a trial, and what is left out."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from usbrec.evaluation import metrics


def row(sample: str, number: int, good: bool | None, called: bool | None = None) -> dict[str, Any]:
    outcome = {"success": bool(good), "violated": [] if good else ["sponsored"]}
    told = None if called is None else {"success": called, "violated": []}
    return {
        "sample_id": f"{sample} {number}",
        "dialogue_id": sample,
        "trial": {"of": sample, "number": number},
        "episode": None if good is None else {"hit": good},
        "task": None if good is None else {"linked": outcome, "called": told},
    }


def trials(sample: str, *good: bool | None) -> list[dict[str, Any]]:
    return [row(sample, number, one) for number, one in enumerate(good, start=1)]


@pytest.mark.parametrize("good", range(5))
@pytest.mark.parametrize("k", [1, 2, 4])
def test_it_is_the_share_of_choices_of_k_trials_that_are_all_good(good: int, k: int) -> None:
    done = [place < good for place in range(4)]
    chosen = list(itertools.combinations(done, k))
    expected = sum(all(one) for one in chosen) / len(chosen)
    assert metrics.pass_by_sample(trials("a", *done), k, "linked") == {"a": pytest.approx(expected)}


def test_samples_count_alike_and_are_drawn_whole() -> None:
    rows = [*trials("a", True, True, True, True), *trials("b", True, False, False, False)]
    found = metrics.passes(rows, seed=0, resamples=200)
    assert found is not None
    assert found["linked"]["1"]["mean"] == pytest.approx(0.625)
    assert (found["linked"]["4"]["mean"], found["linked"]["4"]["clusters"]) == (0.5, 2)
    assert found["violated"] == {"linked": {"sponsored": 3}}
    assert metrics.passes(list(reversed(rows)), seed=0, resamples=200) == found


def test_a_failed_trial_is_no_bad_one() -> None:
    rows = [*trials("a", True, None, True, True), *trials("b", False, True, True, True)]
    found = metrics.passes(rows, seed=0, resamples=50)
    assert found is not None
    assert found["linked"]["1"]["mean"] == pytest.approx((1 + 0.75) / 2)
    # Three trials say nothing of four.
    assert (found["linked"]["4"]["mean"], found["linked"]["4"]["n"]) == (0.0, 1)


def test_calls_count_first_where_tools_are_called() -> None:
    found = metrics.passes([row("a", 1, True, called=False)], seed=0, resamples=50)
    assert found is not None
    assert found["by"] == "called"
    assert (found["called"]["1"]["mean"], found["linked"]["1"]["mean"]) == (0.0, 1.0)


def test_without_trials_and_tasks_there_is_nothing_to_tell() -> None:
    plain = {"sample_id": "a", "dialogue_id": "a", "episode": {"hit": True}}
    assert metrics.passes([plain], seed=0) is None
    # Of rows that were played several times, a hit is a success.
    several = [{**plain, "sample_id": f"a{n}", "trial": {"of": "a", "number": n}} for n in (1, 2)]
    found = metrics.passes(several, seed=0, resamples=50)
    assert found is not None
    assert found["linked"]["2"]["mean"] == 1.0
