"""One law of scores by facts, whoever reads it: 2 for a target, else nearness, else 0."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, recommender, sample, seeker
from usbrec.items.score_law import NOTHING, TARGET, counting, score
from usbrec.judge.rules import RulesTargetJudge
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.targets import Targets

SHARES = st.floats(0.0, 1.0)
IDS = st.lists(st.sampled_from([item.id for item in CATALOGUE]), max_size=5)


def _expected(belief: tuple[tuple[str, float], ...], recommended: list[str]) -> float:
    return PreferenceScores.of(Preferences(belief=belief), KNOWLEDGE).expected(recommended)


@given(similarity=SHARES, mean=SHARES, is_target=st.booleans())
def test_a_score_is_2_for_a_target_and_else_between_0_and_1(
    similarity: float, mean: float, is_target: bool
) -> None:
    value = score(is_target=is_target, similarity=similarity, mean=mean)
    assert (value == TARGET) if is_target else (NOTHING <= value <= 1.0)


@given(one=SHARES, other=SHARES, mean=SHARES)
def test_the_nearer_item_has_no_lower_score_and_a_harder_baseline_no_higher_one(
    one: float, other: float, mean: float
) -> None:
    low, high = sorted((one, other))
    assert score(is_target=False, similarity=low, mean=mean) <= score(
        is_target=False, similarity=high, mean=mean
    )
    assert (
        score(is_target=False, similarity=mean, mean=high)
        <= score(is_target=False, similarity=mean, mean=low) + 1e-12
    )


@given(mean=st.floats(0.0, 0.99))
def test_a_random_item_is_at_0_and_the_like_of_a_target_at_1(mean: float) -> None:
    assert score(is_target=False, similarity=mean, mean=mean) == NOTHING
    assert score(is_target=False, similarity=1.0, mean=mean) == 1.0


@given(recommended=IDS, targets=IDS)
def test_the_first_target_counts_and_else_the_last_item(recommended: list[str], targets: list[str]) -> None:
    place = counting(recommended, targets)
    if not recommended:
        assert place is None
    elif hits := [index for index, item in enumerate(recommended) if item in targets]:
        assert place == hits[0]
    else:
        assert place == len(recommended) - 1


@given(recommended=IDS.filter(bool), target=st.sampled_from(CATALOGUE.items))
def test_a_belief_that_is_sure_of_a_target_expects_what_the_targets_judge_gives(
    recommended: list[str], target: object
) -> None:
    item = next(item for item in CATALOGUE if item == target)
    names = [next(one.name for one in CATALOGUE if one.id == item_id) for item_id in recommended]
    played = [turn for name in names for turn in (recommender(f"Try {name}."), seeker("No."))]
    known = Targets.of(sample("hi", targets=(item.name,)), KNOWLEDGE)
    if [one.id for one in known.items] != [item.id]:
        return
    judged = RulesTargetJudge(KNOWLEDGE).judge((seeker("hi"),), played, known)
    # An item counts in the first reply that names it: later ones name nothing new.
    new = list(dict.fromkeys(recommended))
    expected = _expected(((item.id, 1.0),), new)
    assert judged.value == pytest.approx(expected, abs=1e-6)


@given(recommended=IDS, weights=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=4))
def test_what_a_belief_expects_is_the_mean_over_what_may_be_wanted(
    recommended: list[str], weights: list[float]
) -> None:
    total = math.fsum(weights)
    wanted = tuple((item.id, weight / total) for item, weight in zip(CATALOGUE, weights, strict=False))
    parts = [share * _expected(((item_id, 1.0),), recommended) for item_id, share in wanted]
    assert _expected(wanted, recommended) == pytest.approx(math.fsum(parts))
