"""The steps of an experiment are known before any is run, and the plan touches no file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.config import Config, Dataset, load_config
from usbrec.errors import ConfigError
from usbrec.experiment.binding import check_names
from usbrec.experiment.plan import CellPlan, best_of, rising
from usbrec.stages.resolve import for_experiment

OUT = Path("nowhere/run")
FILES = Dataset(train="train.jsonl", test="test.jsonl", catalogue="items.csv")
ROWS = {"test": 9, "sft": 20, "pairs": 10, "held_out": 0, "unused": 5}


def _config(**settings: Any) -> Config:
    seats = {"recommender": "smollm2-135m", "simulator": "rules", "judge": "rules"}
    return for_experiment(load_config(None, {"seats": seats, "seed": 5, "limit": 3, **settings}))


def _plan(files: Dataset = FILES, **settings: Any) -> CellPlan:
    return CellPlan.of(OUT, "books", files, "smollm2-135m", _config(**settings))


def _at(path: Path | None) -> str | None:
    return None if path is None else path.relative_to(OUT).as_posix()


def test_every_system_has_a_folder_and_plain_replies_are_taken_from_the_search_before_them() -> None:
    plan = _plan(experiment={"controls": ["random"]})
    adapters = (plan.sft(5).out, plan.iteration(5, 1, plan.sft(5).out).train.out)
    steps = (*plan.untrained(), *plan.trained(5, *adapters), *plan.untrained_random_draft())
    assert [(step.system, _at(step.out), _at(step.reuse)) for step in steps] == [
        ("SES", "ses", None),
        ("B/L", "bl", "ses"),
        ("rules:random", "rules-random", None),
        ("RL+SES", "seed-5/rl-ses", None),
        ("RL", "seed-5/rl", "seed-5/rl-ses"),
        ("SFT+SES", "seed-5/sft-ses", None),
        ("SFT", "seed-5/sft", "seed-5/sft-ses"),
        ("RL+SES, random draft", "seed-5/rl-ses-random", "seed-5/rl-ses"),
        ("SES, random draft", "ses-random", "ses"),
    ]
    assert {step.rows for step in steps} == {OUT / "rows" / "test.jsonl"}
    assert [step.config.enhanced for step in steps] == [step.system.find("SES") >= 0 for step in steps]
    assert {step.config.search.choice for step in steps if "random draft" in step.system} == {"random"}
    assert {step.config.seed for step in steps} == {5}, "tests have one seed, whatever the training's"
    assert {step.config.limit for step in steps} == {None}, "the rows are chosen already"
    seats = {step.system: step.config.seats.recommender for step in steps}
    assert seats["RL"] == f"hf:smollm2-135m+{OUT / 'seed-5' / 'rl-adapter'}"
    assert seats["SFT+SES"] == f"hf:smollm2-135m+{OUT / 'seed-5' / 'sft-adapter'}"
    assert seats["B/L"] == "hf:smollm2-135m"


def test_no_random_draft_is_played_where_none_is_wanted() -> None:
    plan = _plan(experiment={"random_draft": False})
    tests = (*plan.trained(5, OUT / "a", OUT / "b"), *plan.untrained_random_draft())
    assert [step.system for step in tests] == ["RL+SES", "RL", "SFT+SES", "SFT"]
    with pytest.raises(ConfigError, match="no system is called 'SES, random draft'"):
        check_names(
            _config(experiment={"random_draft": False, "also_compare": [["SES, random draft", "SES"]]})
        )


def test_what_is_learnt_from_has_a_judge_rounds_and_a_seed_of_its_own() -> None:
    plan = _plan(experiment={"pairs_judge": "rules:belief", "pair_rounds": 1, "sft": {"epochs": 1.0}})
    sft, step = plan.sft(8), plan.iteration(8, 1, OUT / "seed-8" / "sft-adapter")
    assert step.pairs is not None
    for config in (sft.config, step.pairs.config, step.train.config):
        assert (config.seed, config.common_seed) == (8, 5)
        assert (config.seats.judge, config.play.rounds) == ("rules:belief", 1)
    assert (sft.method, sft.config.train.epochs, step.train.config.train.epochs) == ("sft", 1.0, 2.0)
    assert (sft.data, step.pairs.rows) == (OUT / "rows" / "sft.jsonl", OUT / "rows" / "pairs.jsonl")
    assert (step.train.method, step.train.data, step.held_out) == ("simpo", step.pairs.out, None)
    assert plan.untrained()[0].config.seats.judge == "rules"


def test_a_method_that_plays_draws_no_pairs() -> None:
    step = _plan(experiment={"method": "grpo"}).iteration(5, 1, OUT / "a")
    assert (step.pairs, step.train.data) == (None, OUT / "rows" / "pairs.jsonl")


def test_each_iteration_goes_on_from_the_last_adapter_and_is_scored_on_rows_kept_apart() -> None:
    plan = _plan(experiment={"iterations": 3})
    first = plan.iteration(5, 1, OUT / "sft")
    second = plan.iteration(5, 2, first.train.out)
    assert first.pairs is not None
    assert second.pairs is not None
    assert (_at(second.pairs.out), _at(second.train.out)) == ("seed-5/pairs-2", "seed-5/rl-adapter-2")
    assert [first.pairs.config.enhanced, second.pairs.config.enhanced] == [False, True]
    assert second.train.config.seats.recommender == f"hf:smollm2-135m+{first.train.out}"
    held_out = [plan.held_out(5, 0, OUT / "sft"), first.held_out, second.held_out]
    assert [_at(one.out) for one in held_out if one is not None] == [f"seed-5/held-out-{n}" for n in range(3)]
    assert {one.rows for one in held_out if one is not None} == {OUT / "rows" / "held_out.jsonl"}


def test_rankers_are_trained_on_what_the_rows_they_serve_do_not_hold() -> None:
    plan = _plan(experiment={"train_rankers": True})
    steps = plan.rankers_to_train(ROWS)
    assert [(step.parts, [_at(path) for path in step.leave_out]) for step in steps] == [
        (("test",), ["rows/test.jsonl"]),
        (("sft",), ["rows/sft.jsonl"]),
        (("pairs",), ["rows/pairs.jsonl"]),
    ]
    served = plan.with_rankers(steps)
    assert served.untrained()[0].config.ranker == str(OUT / "ranker-test")
    assert served.sft(5).config.ranker == str(OUT / "ranker-sft")
    assert served.iteration(5, 1, OUT / "a").train.config.ranker == str(OUT / "ranker-pairs")
    given = _plan(FILES.with_(ranker="own"), experiment={"train_rankers": True})
    served = given.with_rankers(given.rankers_to_train(ROWS))
    assert served.untrained()[0].config.ranker == "own", "a ranker that is there serves the tests"
    assert _plan().rankers_to_train(ROWS) == ()


def test_controls_need_a_catalogue_and_a_base_takes_all_seats_that_name_it() -> None:
    alone = _plan(Dataset(train="a", test="b"))
    assert [step.system for step in alone.untrained()] == ["SES", "B/L"]
    config = for_experiment(load_config(None, {}))
    own = CellPlan.of(OUT, "books", FILES, "smollm2-135m", config)
    assert own.config.seats.judge == own.config.seats.recommender == "hf:smollm2-135m"


@pytest.mark.parametrize(
    ("scores", "goes_on"), [([0.5, 0.6], True), ([0.5, 0.5], False), ([0.5, 0.4], False), ([None, 0.4], True)]
)
def test_expert_iteration_goes_on_while_the_held_out_score_rises(
    scores: Sequence[float | None], goes_on: bool
) -> None:
    assert rising(scores) is goes_on


@given(scores=st.lists(st.none() | st.floats(0, 2), min_size=2, max_size=6))
def test_the_best_iteration_is_kept_and_never_the_adapter_before_the_first(
    scores: list[float | None],
) -> None:
    best = best_of(scores)
    assert best >= 1
    assert all((scores[best] or 0.0) >= (score or 0.0) for score in scores[1:])


def test_a_plan_touches_no_file() -> None:
    plan = _plan(experiment={"train_rankers": True, "iterations": 2})
    plan = plan.with_rankers(plan.rankers_to_train(ROWS))
    plan.untrained()
    plan.trained(5, plan.sft(5).out, plan.iteration(5, 1, OUT / "a").train.out)
    assert not OUT.exists()
