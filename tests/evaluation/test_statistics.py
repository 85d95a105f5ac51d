"""Intervals and tests over rows that come in clusters."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from usbrec.evaluation import quantiles, statistics
from usbrec.evaluation.statistics import (
    SCORE,
    SHARE,
    Interval,
    expanded_tail,
    holm,
    mean_interval,
    paired_difference,
)

# Quarters: sums of them are exact, so the laws hold to the last bit where they are laws.
VALUES = st.lists(
    st.tuples(st.integers(0, 8).map(lambda number: number / 4), st.sampled_from("abcdefg")),
    min_size=1,
    max_size=40,
)
FEW = settings(max_examples=40, deadline=None)


def interval(rows: list[tuple[float, str]], seed: int = 3, **more: float) -> Interval:
    return mean_interval([value for value, _ in rows], [home for _, home in rows], seed=seed, **more)


@FEW
@given(VALUES, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert interval(shuffled) == interval(rows)


@FEW
@given(VALUES, st.integers(-5, 5))
def test_shifting_all_values_shifts_the_interval_and_nothing_else(rows, shift):
    before, after = interval(rows), interval([(value + shift, home) for value, home in rows])
    assert after.mean == pytest.approx(before.mean + shift)
    if before.low is None:
        assert after.low is None
    else:
        assert after.low == pytest.approx(before.low + shift)
        assert after.high == pytest.approx(before.high + shift)


@FEW
@given(VALUES)
def test_the_interval_lies_within_the_values_and_in_order(rows):
    found = interval(rows)
    values = [value for value, _ in rows]
    assert found.n == len(rows)
    assert found.clusters == len({home for _, home in rows})
    if found.clusters < 2:
        assert (found.low, found.high) == (None, None)
    else:
        assert min(values) <= found.low <= found.high <= max(values)


def test_no_values_have_no_mean_and_one_cluster_has_no_interval():
    assert mean_interval([], [], seed=1) == Interval(None, None, None, 0, 0)
    assert mean_interval([1.0, 2.0], ["a", "a"], seed=1) == Interval(1.5, None, None, 2, 1)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others():
    rows = [(value, str(index)) for index, value in enumerate(np.random.default_rng(0).random(25))]
    assert interval(rows, seed=5) == interval(rows, seed=5)
    assert interval(rows, seed=5) != interval(rows, seed=6)


def test_with_very_many_dialogues_the_interval_is_the_normal_one():
    """So many that the draws come in several blocks."""
    values = np.random.default_rng(2).normal(size=2500)
    found = mean_interval(list(values), [str(index) for index in range(2500)], seed=1)
    width = 2 * 1.96 * values.std() / 50
    assert found.high - found.low == pytest.approx(width, rel=0.07)
    assert (found.high + found.low) / 2 == pytest.approx(values.mean(), abs=0.05 * width)


def test_the_interval_agrees_with_scipys_bootstrap_of_the_ratio():
    rng = np.random.default_rng(1)
    homes = [str(home) for home in rng.integers(0, 30, size=150)]
    values = rng.normal(size=150)
    names = sorted(set(homes))
    sums = np.array([sum(v for v, h in zip(values, homes, strict=True) if h == name) for name in names])
    counts = np.array([homes.count(name) for name in names], dtype=float)
    theirs = stats.bootstrap(
        (sums, counts),
        lambda s, c, axis: s.sum(axis=axis) / c.sum(axis=axis),
        paired=True,
        vectorized=True,
        n_resamples=20000,
        confidence_level=1 - 2 * expanded_tail(0.95, len(names)),
        method="percentile",
        rng=np.random.default_rng(2),
    ).confidence_interval
    ours = mean_interval(list(values), homes, seed=2, resamples=20000)
    width = theirs.high - theirs.low
    assert ours.low == pytest.approx(theirs.low, abs=0.03 * width)
    assert ours.high == pytest.approx(theirs.high, abs=0.03 * width)


@pytest.mark.parametrize("p", [0.0005, 0.025, 0.1, 0.3, 0.499, 0.8, 0.975])
def test_students_quantiles_are_scipys(p):
    from scipy.special import stdtrit

    for degrees in (*range(1, 60), 99, 100, 999, 1000, 1001, 1002, 20_000, 10**6):
        assert quantiles.student(degrees, p) == pytest.approx(
            float(stdtrit(degrees, p)), rel=1e-10, abs=1e-12
        )


def test_a_quantile_of_nothing_is_refused():
    for p, degrees in ((0.0, 3), (1.0, 3), (0.025, 0)):
        with pytest.raises(ValueError, match="no quantile"):
            quantiles.student(degrees, p)


def test_an_interval_widens_when_the_rows_of_a_cluster_agree():
    values = [float(value) for value in np.random.default_rng(4).random(20) for _ in range(10)]
    apart = mean_interval(values, [str(index) for index in range(200)], seed=1)
    together = mean_interval(values, [str(index // 10) for index in range(200)], seed=1)
    assert together.high - together.low > 2 * (apart.high - apart.low)


@pytest.mark.parametrize(("clusters", "size"), [(8, 3), (40, 2)])
def test_about_95_of_100_intervals_hold_the_true_mean(clusters, size):
    """Few and many dialogues, rows of one dialogue alike; the true mean is 0."""
    held, trials = 0, 400
    for trial in range(trials):
        rng = np.random.default_rng([trial, clusters])
        values = np.repeat(rng.normal(size=clusters), size) + 0.5 * rng.normal(size=clusters * size)
        homes = [str(index // size) for index in range(clusters * size)]
        found = mean_interval(list(values), homes, seed=trial, resamples=500)
        held += found.low <= 0 <= found.high
    assert 0.915 <= held / trials <= 0.985


def test_values_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        mean_interval([float("nan")], ["a"], seed=1)


@FEW
@given(VALUES)
def test_equal_runs_differ_by_0_with_p_1(rows):
    scores = {str(index): value for index, (value, _) in enumerate(rows)}
    homes = {str(index): home for index, (_, home) in enumerate(rows)}
    found = paired_difference(scores, scores, homes, seed=1, flips=199)
    assert (found.mean, found.p_value, found.n) == (0.0, 1.0, len(rows))


@FEW
@given(VALUES, VALUES)
def test_exchanging_the_runs_turns_the_difference_round(first, second):
    n = min(len(first), len(second))
    homes = {str(index): first[index][1] for index in range(n)}
    a = {str(index): first[index][0] for index in range(n)}
    b = {str(index): second[index][0] for index in range(n)}
    there = paired_difference(a, b, homes, seed=1, flips=199)
    back = paired_difference(b, a, homes, seed=1, flips=199)
    assert back.mean == -there.mean
    assert back.p_value == there.p_value
    assert 1 / 200 <= there.p_value <= 1


def test_only_rows_that_both_have_are_compared():
    homes = {"a": "1", "b": "2", "c": "3"}
    found = paired_difference({"a": 0.0, "b": 1.0}, {"b": 1.5, "c": 9.0}, homes, seed=1)
    assert (found.mean, found.n) == (0.5, 1)
    nothing = paired_difference({"a": 0.0}, {"c": 1.0}, homes, seed=1)
    assert (nothing.mean, nothing.p_value, nothing.n) == (None, None, 0)


def test_p_agrees_with_scipys_exact_sign_flips():
    differences = np.random.default_rng(7).normal(0.5, 1.0, size=12)
    rows = {str(index): 0.0 for index in range(12)}
    found = paired_difference(
        rows,
        {str(index): float(value) for index, value in enumerate(differences)},
        {row: row for row in rows},
        seed=1,
        flips=40_000,
    )
    exact = stats.permutation_test(
        (differences,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    ).pvalue
    assert found.p_value == pytest.approx(exact, abs=0.01)


def test_a_dialogue_counts_once_however_many_rows_it_has():
    """Ten equal rows of one dialogue say no more about chance than one row of it does."""
    rng = np.random.default_rng(8)
    gains = rng.normal(0.4, 1.0, size=8)
    one = paired_difference(
        {str(d): 0.0 for d in range(8)},
        {str(d): float(gains[d]) for d in range(8)},
        {str(d): str(d) for d in range(8)},
        seed=1,
    )
    keys = [f"{d}-{r}" for d in range(8) for r in range(10)]
    ten = paired_difference(
        dict.fromkeys(keys, 0.0),
        {key: float(gains[int(key.split("-")[0])]) for key in keys},
        {key: key.split("-")[0] for key in keys},
        seed=1,
    )
    assert ten.p_value == pytest.approx(one.p_value, abs=0.02)
    assert ten.p_value > 0.01


def test_runs_that_do_not_differ_are_seldom_called_different():
    small = 0
    for trial in range(300):
        rng = np.random.default_rng([trial, 9])
        rows = [str(index) for index in range(20)]
        found = paired_difference(
            dict(zip(rows, rng.random(20), strict=True)),
            dict(zip(rows, rng.random(20), strict=True)),
            {row: str(int(row) // 2) for row in rows},
            seed=trial,
            resamples=100,
            flips=499,
        )
        small += found.p_value <= 0.05
    assert 0.02 <= small / 300 <= 0.085


def test_holm_gives_the_textbook_numbers_in_the_order_given():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@FEW
@given(st.lists(st.floats(0, 1), max_size=12))
def test_holm_never_lowers_a_p_value_and_keeps_their_order(p_values):
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    ranked = sorted(range(len(p_values)), key=p_values.__getitem__)
    assert [adjusted[index] for index in ranked] == sorted(adjusted)


def _plainly(sums: np.ndarray, seed: int, flips: int = 9999, most: int = 2_000_000) -> int:
    """How many patterns of signs are at least as extreme as all pluses, drawn as numpy draws numbers."""
    rng, extreme = np.random.default_rng([seed, 1]), 0
    threshold = abs(sums.sum()) - 1e-9 * np.abs(sums).sum()
    size = max(1, most // len(sums))
    for start in range(0, flips, size):
        heads = rng.integers(0, 2, size=(min(size, flips - start), len(sums)), dtype=np.int8)
        extreme += int((np.abs(2.0 * (heads @ sums) - sums.sum()) >= threshold).sum())
    return extreme


@pytest.mark.parametrize("dialogues", [2, 3, 7, 8, 9, 61, 400, 1001, 2999])
def test_signs_are_those_that_numpy_tosses(dialogues):
    """Also where a block of patterns ends in the middle of a random number."""
    rng = np.random.default_rng(dialogues)
    for values in (rng.normal(size=dialogues), rng.integers(-2, 4, size=dialogues).astype(float)):
        rows = {f"{index:05}": float(value) for index, value in enumerate(values)}
        homes = {name: name for name in rows}
        found = paired_difference(dict.fromkeys(rows, 0.0), rows, homes, seed=dialogues)
        assert found.p_value == (1 + _plainly(values, dialogues)) / 10000


@pytest.mark.parametrize("dialogues", [7, 41, 700, 1999, 3001])
def test_small_blocks_toss_as_numpy_does_in_such_blocks(dialogues, monkeypatch):
    monkeypatch.setattr(statistics, "_BLOCK", 7000)
    values = np.random.default_rng(dialogues).integers(-2, 4, size=dialogues).astype(float)
    rows = {f"{index:05}": float(value) for index, value in enumerate(values)}
    homes = {name: name for name in rows}
    found = paired_difference(dict.fromkeys(rows, 0.0), rows, homes, seed=3, flips=999)
    assert found.p_value == (1 + _plainly(values, 3, 999, 7000)) / 1000


def test_draws_of_dialogues_are_those_that_numpy_draws():
    rng = np.random.default_rng(11)
    values, homes = list(rng.normal(size=900)), [str(home) for home in rng.integers(0, 300, size=900)]
    names = sorted(set(homes))
    sums = np.array([math.fsum(v for v, h in zip(values, homes, strict=True) if h == name) for name in names])
    counts = np.array([homes.count(name) for name in names], dtype=float)
    drawn = np.random.default_rng(5).integers(0, len(names), size=(2000, len(names)))
    tail = expanded_tail(0.95, len(names))
    low, high = np.quantile(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1), [tail, 1 - tail])
    found = mean_interval(values, homes, seed=5)
    assert (found.low, found.high) == (low, high)


def test_values_that_are_all_zero_have_no_width_and_differ_from_nothing():
    assert mean_interval([0.0] * 4, list("abca"), seed=1) == Interval(0.0, 0.0, 0.0, 4, 3)
    rows = {"a": 1.0, "b": 2.0, "c": 0.0}
    found = paired_difference(rows, rows, {name: name for name in rows}, seed=1)
    assert (found.mean, found.low, found.high, found.p_value) == (0.0, 0.0, 0.0, 1.0)
    # Within a dialogue what is gained and what is lost may cancel out; between two it may not.
    gained = {"a": 2.0, "b": 1.0, "c": 0.0}
    assert paired_difference(rows, gained, dict.fromkeys(rows, "home"), seed=1).p_value == 1.0
    assert paired_difference(rows, gained, {name: name for name in rows}, seed=1).p_value == 1.0


@pytest.mark.parametrize(("value", "low", "high"), [(0.0, 0.0, 0.06017), (1.0, 0.93983, 1.0)])
def test_no_hit_in_sixty_dialogues_leaves_six_in_a_hundred_open(value, low, high):
    names = [f"dialogue {one}" for one in range(60)]
    found = mean_interval([value] * 60, names, seed=1, within=SHARE)
    assert (found.mean, found.low, found.high) == pytest.approx((value, low, high), abs=1e-5)
    # Ten rows a dialogue tell no more than one does, and a score of two points has twice the width.
    rows = mean_interval([value] * 600, names * 10, seed=1, within=SHARE)
    assert (rows.low, rows.high, rows.n, rows.clusters) == (found.low, found.high, 600, 60)
    scored = mean_interval([2 * value] * 60, names, seed=1, within=SCORE)
    assert (scored.low, scored.high) == pytest.approx((2 * low, 2 * high), abs=2e-5)
    # One value apart from the others is drawn again as ever.
    mixed = [1 - value, *[value] * 59]
    assert mean_interval(mixed, names, seed=1, within=SHARE) == mean_interval(mixed, names, seed=1)


def test_dialogues_as_numbers_in_their_order_are_the_same_as_by_name() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=400)
    names = [f"d{number}" for number in rng.integers(0, 90, size=400)]
    order = {name: place for place, name in enumerate(sorted(set(names)))}
    codes = np.array([order[name] for name in names], dtype=np.int32)
    assert mean_interval(values.tolist(), names, seed=3) == mean_interval(values, codes, seed=3)


def test_sums_of_dialogues_are_rounded_once() -> None:
    values = [1e16, 1.0, -1e16, 0.1, 0.2, 0.3, -0.0]
    sums, counts = statistics._by_cluster(values, list("aaabbbc"))
    assert sums.tolist() == [1.0, math.fsum([0.1, 0.2, 0.3]), 0.0]
    assert math.copysign(1, sums[2]) == 1
    assert counts.tolist() == [3, 3, 1]


def test_coins_of_many_dialogues_are_tossed_as_those_of_few(monkeypatch: pytest.MonkeyPatch) -> None:
    sums = np.random.default_rng(1).normal(size=1003)
    whole = np.concatenate(list(statistics._sums_of_heads(sums, 7, 300)))
    monkeypatch.setattr(statistics, "_EIGHTS", 0)
    halves = np.concatenate(list(statistics._sums_of_heads(sums, 7, 300)))
    assert np.allclose(whole, halves, rtol=0, atol=1e-9)


def test_an_interval_needs_no_scipy() -> None:
    """It costs a tenth of a command's start."""
    script = """
import sys
from usbrec.evaluation.statistics import mean_interval, paired_difference
assert mean_interval([0.0, 1.0, 2.0], ["a", "b", "c"], seed=0).low is not None
assert paired_difference({"a": 1.0, "b": 2.0}, {"a": 0.0, "b": 0.5}, {"a": "x", "b": "y"}, seed=0).p_value
assert "scipy" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
