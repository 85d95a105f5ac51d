"""A list is scored by the discounted gain of its places, by the law that scores single items."""

from __future__ import annotations

import asyncio
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, recommender, sample, seeker
from usbrec.dialogue import Score
from usbrec.items import score_law
from usbrec.judge.lists import ProfileListJudge, RulesListJudge
from usbrec.judge.rules import RulesProfileJudge, RulesTargetJudge
from usbrec.play.preferences.record import Preferences, Tastes
from usbrec.play.targets import Targets

TITLES = [f"{film.title} ({film.year})" for film in CATALOGUE]
WANTED = sample("I liked Goodfellas (1990).", targets=("Casino (1995)", "Heat (1995)"))
scores = st.lists(st.floats(0, 2), max_size=6)


def judged(text: str, length: int = 3, wanted: tuple[str, ...] = WANTED.targets) -> Score:
    row = sample("I liked Goodfellas (1990).", targets=wanted)
    return RulesListJudge(KNOWLEDGE, length).judge(
        row.turns, (recommender(text),), Targets.of(row, KNOWLEDGE)
    )


@given(places=scores, length=st.integers(1, 6), targets=st.integers(1, 8))
def test_the_law_is_the_sum_of_discounted_scores_over_that_of_the_best_list(
    places: list[float], length: int, targets: int
) -> None:
    best = sum((2.0 if rank <= targets else 1.0) / math.log2(rank + 1) for rank in range(1, length + 1))
    got = sum(score / math.log2(rank + 1) for rank, score in enumerate(places[:length], start=1))
    assert score_law.list_score(places, length, targets) == pytest.approx(2.0 * got / best)


@pytest.mark.parametrize("title", TITLES[:8])
def test_a_list_of_one_is_scored_as_its_item_is(title: str) -> None:
    row = sample("I liked Finding Nemo (2003).", targets=("Casino (1995)",))
    targets = Targets.of(row, KNOWLEDGE)
    one = RulesTargetJudge(KNOWLEDGE).judge(row.turns, (recommender(f"{title}."),), targets)
    listed = RulesListJudge(KNOWLEDGE, 1).judge(row.turns, (recommender(f"{title}."),), targets)
    assert listed.value == pytest.approx(one.value, abs=1e-6)


def test_the_targets_first_are_the_best_and_each_place_further_down_is_worth_less() -> None:
    values = [
        judged("Casino (1995)\nHeat (1995)\nCollateral (2004)").value,
        judged("Casino (1995)\nCollateral (2004)\nHeat (1995)").value,
        judged("Collateral (2004)\nCasino (1995)\nHeat (1995)").value,
        judged("Finding Nemo (2003)\nCasino (1995)\nHeat (1995)").value,
        judged("Finding Nemo (2003)\nCasino (1995)").value,
        judged("Finding Nemo (2003)").value,
    ]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=True)
    assert len(set(known)) == len(values) == 6
    assert known[-1] >= 0.0
    assert known[0] <= 2.0


@pytest.mark.parametrize(
    "further",
    ["\nBlorp (2031)", "\nCasino (1995)", "\nGoodfellas (1990)", "\nGreat choice!", "\nAlien (1979)"],
)
def test_nothing_behind_a_whole_list_changes_its_score(further: str) -> None:
    whole = "Casino (1995)\nCollateral (2004)\nUnforgiven (1992)"
    assert judged(whole + further).value == judged(whole).value


def test_what_is_no_list_scores_nought_and_rows_without_a_known_target_are_not_scored() -> None:
    assert judged("What do you like?").value == 0.0
    assert judged("Blorp (2031)\nGoodfellas (1990)").value == 0.0
    unknown = judged("Casino (1995)", wanted=("Nowhere to be found (2031)",))
    assert unknown.value is None
    assert unknown.unreadable == 1


def test_the_detail_says_what_each_place_is_worth_alone() -> None:
    detail = judged("Collateral (2004)\nCasino (1995)").detail
    assert detail["items"] == ["f2", "f4"]
    row = sample("I liked Goodfellas (1990).", targets=WANTED.targets)
    alone = RulesTargetJudge(KNOWLEDGE).judge(
        row.turns, (recommender("Collateral (2004)"),), Targets.of(row, KNOWLEDGE)
    )
    assert detail["places"] == [alone.value, 2.0]


def test_inside_a_search_lists_are_scored_by_the_profile_in_the_same_way() -> None:
    likes = Preferences(likes=Tastes(items=("Goodfellas (1990)",)))
    context = (seeker("I liked Goodfellas (1990)."),)

    def listed(text: str, length: int) -> float:
        judge = ProfileListJudge(KNOWLEDGE, length)
        value = asyncio.run(judge.score(context, (recommender(text),), likes, seed=0)).value
        assert value is not None
        return value

    for title in TITLES[3:9]:
        one = RulesProfileJudge(KNOWLEDGE).judge(context, (recommender(title),), likes)
        assert listed(title, 1) == pytest.approx(one.value, abs=1e-6)
    assert listed("Casino (1995)\nAlien (1979)", 2) > listed("Alien (1979)\nCasino (1995)", 2) > 0.0
