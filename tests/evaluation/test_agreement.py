"""Agreement with people held against scipy, orders of systems, checks, power, judges at odds."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from support.fake_runs import row, run_of
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.evaluation import compare
from usbrec.evaluation.agreement.correlation import Rated, agreement_of, ranking_of
from usbrec.evaluation.agreement.measured import in_words, measured_of, no_measure, values_of
from usbrec.evaluation.agreement.summary import people_and_judge, summarise_agreement
from usbrec.evaluation.comparison.estimates import estimates
from usbrec.evaluation.comparison.power import power_of
from usbrec.evaluation.comparison.tables import power_table
from usbrec.judge.aspects import ASPECTS, OWN


def rated(n: int = 60, noise: float = 1.0, systems: int = 4) -> list[Rated]:
    rng = np.random.default_rng(3)
    people = rng.integers(0, 5, n)
    judge = people + rng.normal(0, noise, n)
    return [Rated(f"d{at}", f"s{at % systems}", float(people[at]), float(judge[at])) for at in range(n)]


def test_correlations_are_those_of_scipy_and_lie_in_their_intervals() -> None:
    pairs = rated()
    told = agreement_of(pairs, seed=0, resamples=1000)
    people, judge = [one.people for one in pairs], [one.judge for one in pairs]
    for name, wanted in (("pearson", stats.pearsonr), ("spearman", stats.spearmanr)):
        assert told[name]["value"] == pytest.approx(wanted(people, judge)[0])
        low, high = told[name]["ci95"]
        assert low < told[name]["value"] < high
    assert (told["n"], told["dialogues"], told["systems"]) == (60, 60, 4)


def test_a_few_dialogues_have_no_interval() -> None:
    """Two of them drawn again are each alone, or both as they were: an interval without a width."""
    for n, told in ((2, False), (3, False), (4, True)):
        pairs = [Rated(f"d{at // 2}", "s", float(at), float(at * at % 7)) for at in range(2 * n)]
        for name in ("pearson", "spearman"):
            interval = agreement_of(pairs, seed=0, resamples=200)[name]["ci95"]
            assert (interval != [None, None]) is told


def test_an_interval_of_dialogues_covers_about_as_fishers_does() -> None:
    pairs = rated(200)
    told = agreement_of(pairs, seed=0, resamples=2000)["pearson"]
    fisher = stats.pearsonr([one.people for one in pairs], [one.judge for one in pairs]).confidence_interval()
    assert told["ci95"] == pytest.approx([fisher.low, fisher.high], abs=0.04)


def test_turns_of_one_dialogue_are_drawn_together() -> None:
    alone = rated(40)
    fourfold = [one for one in alone for _ in range(4)]
    once, four = (
        agreement_of(pairs, seed=0, resamples=2000)["pearson"]["ci95"] for pairs in (alone, fourfold)
    )
    assert four == pytest.approx(once, abs=0.02)


def test_constant_ratings_have_no_correlation_and_two_systems_no_interval_over_systems() -> None:
    constant = [Rated(f"d{at}", "s", 2.0, float(at)) for at in range(9)]
    told = agreement_of(constant, seed=0, resamples=200)
    assert told["pearson"] == {"value": None, "ci95": [None, None], "ci95_systems": [None, None]}
    two = agreement_of(rated(systems=2), seed=0, resamples=200)
    assert two["pearson"]["ci95_systems"] == [None, None]
    assert two["pearson"]["ci95"][0] is not None


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_systems_is_kendalls_tau_of_their_means(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = [
        Rated(f"d{at}", f"s{at % 5}", float(rng.integers(0, 5)), float(rng.integers(0, 5)))
        for at in range(40)
    ]
    told = ranking_of(pairs, seed=0, resamples=200)
    assert told is not None
    means = [
        [np.mean([getattr(one, who) for one in pairs if one.system == f"s{at}"]) for at in range(5)]
        for who in ("people", "judge")
    ]
    assert told["kendall"]["value"] == pytest.approx(stats.kendalltau(*means).statistic)
    low, high = told["kendall"]["ci95"]
    assert -1 <= low <= high <= 1
    people = [one["people"] for one in told["systems"].values()]
    assert people == sorted(people, reverse=True)
    assert ranking_of(pairs[:1], seed=0, resamples=10) is None


TURNS = (
    Turn("seeker", "Hi"),
    Turn("recommender", "One."),
    Turn("seeker", "And?"),
    Turn("recommender", "Two."),
)


def dialogue(number: int, overall: float, **given: Any) -> RecordedDialogue:
    turn_ratings = ({}, {"relevance": 1.0}, {}, {"relevance": 2.0})
    fields: dict[str, Any] = {"dataset": "shop", "source": "own", "turn_ratings": turn_ratings} | given
    return RecordedDialogue(
        f"d{number}", TURNS, f"s{number % 2}", ratings={"dialogue_overall": overall, "charm": 3.0}, **fields
    )


def judged(overall: float | None, late: float = 2.0, words: int = 2) -> dict[str, Any]:
    return {
        "failed": None,
        "facts": {"words": words},
        "aspects": {"overall": {"value": overall}},
        "turns": [
            {"turn": 1, "aspects": {"relevance": {"value": 1.0}}},
            {"turn": 3, "aspects": {"relevance": {"value": late}}},
        ],
    }


def test_ratings_are_paired_by_the_files_names_and_what_nobody_read_is_no_pair() -> None:
    dialogues = [dialogue(0, 3.0), dialogue(1, 1.0, dataset="club"), dialogue(2, 2.0), dialogue(3, 0.0)]
    rows = [judged(2.5), judged(0.5), judged(None), {**judged(4.0), "failed": "lost"}]
    pairs = people_and_judge(dialogues, rows, tuple(ASPECTS.values()))
    assert set(pairs) == {"dialogue_overall", "relevance"}
    overall = pairs["dialogue_overall"]
    assert [(one.people, one.judge) for one in overall["shop"]] == [(3.0, 2.5)]
    assert [(one.people, one.judge) for one in overall["club"]] == [(1.0, 0.5)]
    assert len(overall["all"]) == 2
    assert len(pairs["relevance"]["shop"]) == 4


def test_one_rating_under_two_names_is_one_rating() -> None:
    """Dialogues of two files put together: each half had figures of its own. In one it counts once."""
    dialogues = [dialogue(0, 3.0), dialogue(1, 1.0), dialogue(2, 2.0)]
    dialogues[1] = replace(dialogues[1], ratings={"overall": 1.0})
    dialogues[2] = replace(dialogues[2], ratings={"dialogue_overall": 2.0, "overall": 2.0})
    rows = [judged(2.5), judged(0.5), judged(2.0)]
    pairs = people_and_judge(dialogues, rows, tuple(ASPECTS.values()))
    assert set(pairs) == {"dialogue_overall", "relevance"}
    found = [(one.people, one.judge) for one in pairs["dialogue_overall"]["shop"]]
    assert found == [(3.0, 2.5), (1.0, 0.5), (2.0, 2.0)]


def test_a_judge_of_ones_own_is_held_against_the_overall_satisfaction() -> None:
    rows = [{**judged(None), "aspects": {"score": {"value": 1.5}}, "turns": []}]
    pairs = people_and_judge([dialogue(0, 3.0)], rows, (OWN,))
    assert [(one.people, one.judge) for one in pairs["dialogue_overall"]["shop"]] == [(3.0, 1.5)]


def test_what_moves_the_judge_beside_the_dialogue_is_told_of_and_what_does_not_is_not() -> None:
    dialogues = [dialogue(at, float(at % 5)) for at in range(30)]
    rows = [judged(float(at % 5)) for at in range(30)]

    def shifted(by: float) -> dict[str, Any]:
        return {f"d{at}": {"overall": {"value": min(4.0, at % 4 + by)}} for at in range(30)}

    varied = {"unchanged": shifted(0.0), "flattery": shifted(0.5), "padding": shifted(0.01)}
    told = summarise_agreement(dialogues, rows, tuple(ASPECTS.values()), varied, seed=0, resamples=200)
    assert told["checks"]["flattery"]["mean"] == pytest.approx(0.5)
    minded = " ".join(told["mind"])
    assert "Flattery moves the judge: by +0.50 of 4" in minded
    assert "Length moves" not in minded
    assert "Place moves" not in minded
    generous = [judged(float(at % 5), late=0.5) for at in range(30)]
    told = summarise_agreement(dialogues, generous, tuple(ASPECTS.values()), {}, seed=0, resamples=200)
    assert told["checks"]["position"]["mean"] == -1.5
    assert "Place moves the judge" in " ".join(told["mind"])
    assert told["published"] == {}
    of_face = [dialogue(at, float(at % 5), source="crsarena-eval") for at in range(30)]
    told = summarise_agreement(of_face, rows, tuple(ASPECTS.values()), {}, seed=0, resamples=200)
    assert told["published"]["FACE"] == {"redial": 0.712, "opendialkg": 0.766}


def test_what_was_measured_is_said_in_words_and_what_was_not_too() -> None:
    dialogues = [dialogue(at, float(at % 5)) for at in range(30)]
    rows = [judged(float((at * 3) % 5)) for at in range(30)]
    results = summarise_agreement(dialogues, rows, tuple(ASPECTS.values()), {}, seed=0, resamples=200)
    told = {"judge": "court", "measured": True, **measured_of(dialogues, results)}
    sentence = in_words(told)
    assert sentence.startswith("Judge court: agrees with people by ")
    assert (
        "on shop (Pearson, overall satisfaction), measured on 30 recorded dialogues of 2 systems" in sentence
    )
    assert sentence.endswith("not on the dialogues scored here.")
    assert len(values_of(told)) == 1
    nothing = no_measure("court", "nobody looked")
    assert in_words(nothing) == "Judge court: agreement with people not measured (nobody looked)."
    assert values_of(nothing) == []


def two_runs(gap: float, spread: float, n: int = 40, second: float | None = None) -> list[Any]:
    """Two runs whose differences alternate around `gap`; `second` is the second judge's difference."""
    rows: list[list[dict[str, Any]]] = [[], []]
    for at in range(n):
        for system, value in enumerate((0.5, 0.5 + gap + (spread if at % 2 else -spread))):
            one = row(f"r{at}", round(value, 6), dialogue_id=f"d{at}")
            one["second_judge"] = (
                None if second is None else {"name": "m", "item": None, "value": 1.0 + second * system}
            )
            rows[system].append(one)
    return [run_of("plain", rows[0]), run_of("other", rows[1])]


def test_power_counts_the_rows_that_a_difference_needs() -> None:
    plain, other = two_runs(0.1, 0.5)
    found = next(one for one in power_of(plain, other) if one.measure == "ieval")
    # 40 alternating differences of +-.5 around .1: sd .5 * sqrt(40 / 39), error sd / sqrt(40).
    error = 0.5 / math.sqrt(39)
    assert (found.rows, found.dialogues, found.difference) == (40, 40, pytest.approx(0.1))
    assert found.error == pytest.approx(error)
    assert found.detectable == pytest.approx(_errors(40) * error)
    assert found.needed_for[0.1] == found.needed
    for size, needed in found.needed_for.items():
        assert needed is not None
        for rows, enough in ((needed, True), (needed - 1, False)):
            assert (_errors(rows) * error * math.sqrt(40 / rows) <= size + 1e-9) is enough
    told = compare([plain, other], power=True).to_json()["power"]
    assert told[0]["rows_needed_for"]["0.1"] == found.needed
    assert "power" not in compare([plain, other]).to_json()


def _errors(n: int) -> float:
    return float(stats.t.ppf(0.975, n - 1) + stats.t.ppf(0.8, n - 1))


def test_power_promises_nothing_that_no_number_of_signs_can_tell() -> None:
    """Flipping the signs of five dialogues has no pattern rarer than 2 of 32; of equal differences nobody
    knows the spread."""
    for n, detectable in ((5, False), (6, True)):
        plain, other = two_runs(0.3, 0.01, n=n)
        found = next(one for one in power_of(plain, other) if one.measure == "ieval")
        assert (found.detectable is not None) is detectable
        assert found.needed == 6
        p = compare([plain, other]).between("other", "ieval")
        assert p is not None
        assert p.difference.p_value is not None
        assert (p.difference.p_value < 0.05) is detectable
    equal = next(iter(power_of(*two_runs(0.3, 0.0, n=10))))
    assert (equal.detectable, equal.needed, set(equal.needed_for.values())) == (None, None, {None})
    assert power_table(compare([*two_runs(0.3, 0.0, n=10)], power=True)) is not None


def test_power_stands_in_every_file_of_a_comparison_where_it_was_asked_for(tmp_path: Path) -> None:
    runs = two_runs(0.1, 0.5)
    asked, plain = compare(runs, power=True), compare(runs)
    found = next(one for one in asked.power if one.measure == "ieval")
    assert (found.needed, found.detectable) != (None, None)
    needed = f"{found.needed:,}"
    for ending in (".tex", ".md", ".html"):
        with_power, without = (
            one.save(tmp_path / f"{name}{ending}").read_text()
            for name, one in (("with", asked), ("without", plain))
        )
        heading = "Rows\nneeded" if ending == ".html" else "rows needed"
        assert heading in with_power
        assert heading not in without
        assert needed in with_power
    rows = {one["measure"]: one for one in estimates(asked) if one["kind"] == "power"}
    assert rows["ieval.rows_needed"]["value"] == rows["ieval.rows_needed.0.1"]["value"] == found.needed
    assert rows["ieval.detectable"]["value"] == found.detectable
    assert (rows["ieval.detectable"]["reference"], rows["ieval.detectable"]["n"]) == ("plain", 40)
    assert not [one for one in estimates(plain) if one["kind"] == "power"]


def test_a_test_of_so_many_rows_finds_the_difference_in_four_of_five_repetitions() -> None:
    rng = np.random.default_rng(0)
    size, sd = 0.2, 0.5
    needed = math.ceil(((1.959964 + 0.841621) * sd / size) ** 2)
    draws = rng.normal(size, sd, size=(2000, needed))
    t = draws.mean(axis=1) / (draws.std(axis=1, ddof=1) / math.sqrt(needed))
    assert np.mean(np.abs(t) > 1.96) == pytest.approx(0.8, abs=0.03)


def test_a_difference_that_the_data_cannot_support_is_marked() -> None:
    weak, strong = compare(two_runs(0.1, 0.5)), compare(two_runs(0.4, 0.1))
    assert [one.supported for one in weak.differences if one.measure == "ieval"] == [False]
    assert [one.supported for one in strong.differences if one.measure == "ieval"] == [True]
    assert "+0.10 ?" in weak.to_markdown()
    assert "+0.40 ?" not in strong.to_markdown()


@pytest.mark.parametrize(
    ("gap", "second", "warned"),
    [(0.4, -0.5, True), (-0.4, 0.5, True), (0.4, 0.5, False), (0.4, None, False), (0.001, -0.5, True)],
)
def test_two_judges_that_disagree_about_who_is_better_are_warned_of(
    gap: float, second: float | None, warned: bool
) -> None:
    warnings = " ".join(compare(two_runs(gap, 0.1, second=second)).warnings)
    assert ("the judges disagree about plain and other" in warnings) is warned
    if warned and gap > 0:
        assert "the judge finds other better" in warnings
        assert "the second judge plain" in warnings
