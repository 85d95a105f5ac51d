"""The six systems side by side: rows, the whole way on the packaged model, pooling over seeds."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from support import ROOT
from support.command import program
from support.fake_runs import row, run_of
from support.films import CATALOGUE
from support.results_page import undocumented
from support.small_model import small_checkpoint
from usbrec.cli import app
from usbrec.config import Config, Dataset, load_config
from usbrec.data import load_samples
from usbrec.dialogue import Sample, Turn
from usbrec.errors import ConfigError, InputError, RunFolderError
from usbrec.evaluation.comparison.planned_contrasts import PLANNED, differences_of, pooled
from usbrec.experiment import RANDOM_DRAFT, SYSTEMS, experiment, rankers_for
from usbrec.experiment.estimating import estimate_experiment
from usbrec.llm.transformers.checkpoint import HF
from usbrec.stages.estimating import Estimate
from usbrec.stages.rows import PARTS, choose_rows
from usbrec.stages.training import read_training

WISHES = ("I loved Goodfellas (1990), more crime please.", "Something like Heat (1995)?", "A film for kids.")


def _rows(path: Path, number: int, prefix: str, *, label: bool = True) -> Path:
    """Samples of as many dialogues; every fourth context names its target."""
    rows = []
    for index in range(number):
        target = CATALOGUE.get(f"f{index % 20 + 1}")
        assert target is not None
        said = f"{WISHES[index % 3]} Not {target.name} again." if index % 4 == 3 else WISHES[index % 3]
        rows.append(
            Sample(
                f"{prefix}{index}:1",
                f"{prefix}{index}",
                (Turn("seeker", said),),
                (target.name,),
                f"Watch {target.name}." if label else None,
            )
        )
    path.write_text("".join(json.dumps(row.to_json()) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def files(tmp_path: Path) -> Dataset:
    catalogue = tmp_path / "films.csv"
    lines = [
        f'{item.id},"{item.title}",{item.year},"{"|".join(item.genres)}","{"|".join(item.people)}"'
        for item in CATALOGUE
    ]
    catalogue.write_text("id,title,year,genres,people\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return Dataset(
        train=str(_rows(tmp_path / "train.jsonl", 40, "a")),
        test=str(_rows(tmp_path / "test.jsonl", 12, "b")),
        catalogue=str(catalogue),
    )


def _config(**experiment_settings: Any) -> Config:
    return Config.model_validate(
        {
            "limit": 4,
            "seats": {"recommender": "smollm2-135m", "simulator": "rules", "judge": "rules"},
            "play": {"rounds": 1, "candidates": 6, "examples": 0, "max_tokens": 16, "fallback": "ask"},
            "search": {"drafts": 2},
            "pairs": {"drafts": 4, "temperature": 1.2, "accept_at": 0.0, "reject_below": 2.0}
            | {"min_margin": 0.0, "one_item": False},
            "train": {"max_steps": 2, "batch": 2, "accumulate": 1, "layers": 2, "held_out": 0.0},
            "statistics": {"resamples": 100},
            "experiment": {"train_rows": 24, **experiment_settings},
        }
    )


#: As little as can be learnt, played and told apart.
FEW = """
[seats]
simulator = "rules"
judge = "rules"
[models]
batch = 4
[play]
rounds = 1
candidates = 6
examples = 0
max_tokens = 16
fallback = "ask"
[search]
drafts = 2
[pairs]
drafts = 4
temperature = 1.2
accept_at = 0.0
reject_below = 2.0
min_margin = 0.0
one_item = false
[train]
batch = 2
accumulate = 1
layers = 2
held_out = 0.0
max_length = 4096
[statistics]
resamples = 100
[experiment]
train_rows = 24
"""


@pytest.mark.model
def test_the_recipe_for_one_card_goes_its_whole_way_on_a_cpu(files: Dataset, tmp_path: Path) -> None:
    base, out, settings = small_checkpoint(tmp_path / "base"), tmp_path / "gpu", tmp_path / "few.toml"
    settings.write_text(FEW.replace("train_rows = 24", "train_rows = 12"), encoding="utf-8")
    script = ROOT / "recipes" / "gpu" / "six_systems.py"
    # The rankers, which are trained on the way, take a text of every row.
    few = _rows(tmp_path / "few.jsonl", 20, "a")
    data = [str(few), str(files.test), "--catalogue", str(files.catalogue)]
    way = ("--device", "cpu", "--rows", "2", "--max-steps", "1", "--config", str(settings))
    done = program(script, *data, *way, "--model", f"{HF}{base}", "-o", out, cwd=tmp_path, models=True)
    assert done.returncode == 0, done.stderr[-2000:]
    record = json.loads((out / "six_systems.json").read_text(encoding="utf-8"))
    assert (record["card"], record["rows"], set(record["seconds"])) == ("none", 2, {"six systems"})
    systems = record["systems"]
    assert {"bl", "ses", "seed-0/sft", "seed-0/rl", "seed-0/sft-ses", "seed-0/rl-ses"} <= set(systems)
    assert systems["bl"]["n"] == 2
    assert systems["bl"]["completion_tokens_per_second"] > 0
    assert systems["rules-retriever"]["completion_tokens_per_second"] is None
    assert load_config(ROOT / "recipes" / "gpu" / "six_systems.toml").experiment.pair_rows == 60


def _calls(folder: Path) -> set[tuple[str, str]]:
    with sqlite3.connect(folder / "run.db") as db:
        return {(unit, key) for unit, key in db.execute("SELECT unit, key FROM calls")}


def _parts(folder: Path) -> dict[str, tuple[Sample, ...]]:
    return {part: load_samples(folder / f"{part}.jsonl") for part in PARTS if _has_rows(folder, part)}


def _has_rows(folder: Path, part: str) -> bool:
    return (folder / f"{part}.jsonl").stat().st_size > 0


def test_rows_are_new_to_the_dialogue_and_no_dialogue_is_in_two_parts(files: Dataset, tmp_path: Path) -> None:
    counts = choose_rows(_config(iterations=2, held_out_rows=5), files, tmp_path / "rows")
    parts = _parts(tmp_path / "rows")
    # 30 rows name no target; of the other six dialogues nothing is learnt.
    assert {part: len(rows) for part, rows in parts.items()} | {"unused": 6} == counts
    assert counts["test"] == 4
    assert counts["held_out"] == 5
    assert sum(counts[part] for part in PARTS) == 4 + 24
    dialogues = [sample.dialogue_id for rows in parts.values() for sample in rows]
    assert len(dialogues) == len(set(dialogues))
    assert not any("again" in sample.turns[-1].text for rows in parts.values() for sample in rows)
    assert choose_rows(_config(new_targets=False, train_rows=None), files, tmp_path / "all")["sft"] > 15


def test_pairs_can_be_drawn_on_fewer_rows_without_changing_the_other_parts(
    files: Dataset, tmp_path: Path
) -> None:
    whole = choose_rows(_config(), files, tmp_path / "whole")
    fewer = choose_rows(_config(pair_rows=3), files, tmp_path / "fewer")
    assert fewer == {**whole, "pairs": 3}
    before, after = _parts(tmp_path / "whole"), _parts(tmp_path / "fewer")
    assert before["sft"] == after["sft"]
    assert set(after["pairs"]) < set(before["pairs"])


def test_one_ranker_serves_all_that_is_learnt_from_where_enough_is_left_for_it() -> None:
    rows = {"test": 9, "sft": 20, "pairs": 10, "held_out": 0, "unused": 30}
    assert rankers_for(rows, tests=False) == [("sft", "pairs")]
    assert rankers_for({**rows, "unused": 29}, tests=True) == [("test",), ("sft",), ("pairs",)]
    assert rankers_for({**rows, "held_out": 5}, tests=False) == [("sft",), ("pairs", "held_out")]
    assert rankers_for({**rows, "held_out": 5, "unused": 40}, tests=False) == [("sft", "pairs", "held_out")]


def test_the_same_file_for_both_is_divided(files: Dataset, tmp_path: Path) -> None:
    choose_rows(_config(), files.model_copy(update={"train": files.test}), tmp_path / "rows")
    parts = _parts(tmp_path / "rows")
    tested = {sample.id for sample in parts["test"]}
    assert not tested & {sample.id for part in ("sft", "pairs") for sample in parts[part]}


def test_a_part_without_rows_is_an_error_that_says_which(files: Dataset, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no rows are left for (sft|pairs)"):
        choose_rows(_config(sft_share=0.000001), files, tmp_path / "rows")


@settings(deadline=None, max_examples=15)
@given(scores=st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2), st.floats(0, 2)), min_size=2, max_size=12))
def test_pooling_seeds_keeps_means_and_counts_people_once(scores: list[tuple[float, ...]]) -> None:
    base = run_of("bl", [row(f"s{index}", one[0]) for index, one in enumerate(scores)])
    trained = [
        run_of(f"sft{seed}", [row(f"s{index}", one[1 + seed]) for index, one in enumerate(scores)])
        for seed in range(2)
    ]
    systems = {"B/L": pooled([base], 2, resamples=100), "SFT": pooled(trained, 2, resamples=100)}
    ((other, baseline), *_) = [pair for pair in PLANNED if set(pair) == set(systems)]
    told = differences_of(systems, PLANNED, seed=0, resamples=100)
    found = [one for one in told if one.measure == "ieval"]
    (one,) = found
    assert (one.other, one.baseline) == (other, baseline)
    expected = sum((first + second) / 2 - plain for plain, first, second in scores) / len(scores)
    assert one.difference.mean == pytest.approx(expected, abs=1e-6)
    assert one.difference.n == 2 * len(scores)
    assert {row_["dialogue_id"] for row_ in systems["SFT"].rows} == {f"s{n}" for n in range(len(scores))}


def test_more_training_seeds_and_comparisons_are_no_other_experiment(files: Dataset, tmp_path: Path) -> None:
    def begin(**changed: Any) -> None:
        """Binds the folder and goes no further: no rows are left to learn from."""
        with pytest.raises(InputError) as raised:
            experiment(tmp_path / "x", config=_config(sft_share=0.000001, **changed), dataset=files)
        if "no rows are left" not in str(raised.value):
            raise raised.value

    begin()
    begin(training_seeds=3, also_compare=(("SFT", "SES"),))
    with pytest.raises(RunFolderError, match=r"experiment\.pair_rows"):
        begin(pair_rows=7)


def test_a_system_that_needs_no_training_is_as_diverse_over_three_seeds_as_over_one() -> None:
    facts = [{"new": [item], "targets": ["t"]} for item in ("a", "b", "a", "c")]
    run = run_of("bl", [row(f"s{place}", 1.0, facts=one) for place, one in enumerate(facts)])
    one, three = (pooled([run], seeds, resamples=100).results["replies"]["diversity"] for seeds in (1, 3))
    assert (one["distinct"], one["recommended"]) == (3, 4)
    assert (three["distinct"], three["recommended"]) == (9, 12)
    assert (three["share"], three["entropy"]) == pytest.approx((one["share"], one["entropy"]))


@pytest.mark.model
def test_the_whole_way_on_a_checkpoint_and_again_without_work(files: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "run"
    told: list[str] = []
    settings = _config(train_rankers=True, sft={"epochs": 1.0}, rl={"learning_rate": 1e-4}, pair_rows=6)
    # A folder, as users have them. Its model is small and names films; docs/tutorial.md goes the whole way on
    # the packaged one, which takes a minute.
    base = small_checkpoint(tmp_path / "base")
    seats = settings.seats.model_copy(update={"recommender": f"{HF}{base}"})
    # Two rows a system: what they say is not looked at here.
    train = settings.train.model_copy(update={"max_length": 4096})  # a token is a letter
    settings = settings.model_copy(update={"seats": seats, "limit": 2, "train": train})
    (cell,) = experiment(out, config=settings, dataset=files, tell=told.append)
    trained = [read_training(out / "seed-0" / f"{name}-adapter")["settings"] for name in ("sft", "rl")]
    assert [(one["epochs"], one["learning_rate"]) for one in trained] == [(1.0, 2e-4), (2.0, 1e-4)]
    assert set(cell.systems) == {*SYSTEMS, *RANDOM_DRAFT, "rules:random", "rules:retriever", "rules:best"}
    assert all(run.results["n"] == 2 for run in cell.systems.values())
    assert {run.results["config"]["play"]["candidates"] for run in cell.systems.values()} == {6}
    shown = {
        name: [line["episode"]["facts"]["candidates"][0] for line in run.rows]
        for name, run in cell.systems.items()
        if not name.startswith("rules:")
    }
    assert all(lists == shown["B/L"] for lists in shown.values()), "every system is shown the same items"
    results = json.loads((out / "results.json").read_text(encoding="utf-8"))
    (told_cell,) = results["cells"]
    assert undocumented("usbrec experiment", results) == set()
    assert {one.baseline for one in (*cell.first.differences, *cell.pooled.differences)} == {"B/L"}
    assert undocumented("usbrec train", read_training(out / "seed-0" / "sft-adapter")) == set()
    assert told_cell["training"][0]["rl"][0]["pairs"]["pairs"] > 0
    assert {(one["other"], one["baseline"]) for one in told_cell["planned"]} <= set(PLANNED)
    assert (out / "report.html").is_file()
    adapter = json.loads((out / "seed-0" / "rl-adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert adapter["peft_type"] == "LORA"
    # The ranker that serves a part has not seen its dialogues.
    counts = json.loads((out / "rows" / "rows.json").read_text(encoding="utf-8"))
    learnt = {
        part: json.loads((out / f"ranker-{part}" / "ranker.json").read_text(encoding="utf-8"))["samples"]
        for part in ("test", "sft", "pairs")
    }
    assert learnt == {"test": 40, "sft": 40 - counts["sft"], "pairs": 40 - counts["pairs"]}
    assert cell.systems["SES"].results["config"]["ranker"] == str(out / "ranker-test")
    assert cell.systems["SES"].results["config"]["search"]["judge"] == "rules:belief", "it is the default"
    assert "expected over what may be wanted" in (out / "ses" / "episodes.jsonl").read_text(encoding="utf-8")
    # One round: a random draft is one of those that the search drew, which is not drawn again.
    assert _calls(out / "ses-random") <= _calls(out / "ses")

    before = {path: path.stat().st_mtime_ns for path in out.rglob("run.db") if path.parent != out}
    (again,) = experiment(out, config=settings, dataset=files)
    assert again.to_json() == cell.to_json()
    assert {path: path.stat().st_mtime_ns for path in before} == before, "finished parts are left alone"

    pairs = (("SES", "rules:retriever"), ("RL+SES", "rules:best"))
    chosen = settings.experiment.model_copy(update={"also_compare": pairs})
    wider = settings.model_copy(update={"experiment": chosen})
    (more,) = experiment(out, config=wider, dataset=files)
    assert [(one.other, one.baseline) for one in more.also if one.measure == "ieval"] == list(pairs)
    assert more.planned == cell.planned
    assert {path: path.stat().st_mtime_ns for path in before} == before, "to compare more plays nothing"
    assert "Not planned" in (out / "report.html").read_text(encoding="utf-8")
    same = (out / "config.toml").read_text(encoding="utf-8")

    control = out / "rules-random" / "results.json"
    whole = control.read_text(encoding="utf-8")
    control.write_text(json.dumps(json.loads(whole) | {"failed": 1}), encoding="utf-8")
    experiment(out, config=settings, dataset=files)
    assert control.read_text(encoding="utf-8") == whole, "rows that failed are tried again"

    (out / "seed-0" / "rl-ses" / "results.json").unlink()
    command = [
        "experiment",
        "--train",
        files.train,
        "--test",
        files.test,
        "--catalogue",
        str(files.catalogue),
    ]
    file = tmp_path / "same.toml"
    file.write_text(same, encoding="utf-8")
    shown_again = CliRunner().invoke(app, [*command, "--config", str(file), "-o", str(out)])
    assert shown_again.exit_code == 0, shown_again.output
    assert "Planned" in shown_again.output
    assert "Not planned" in shown_again.output
    assert (out / "seed-0" / "rl-ses" / "results.json").is_file()
    with pytest.raises(RunFolderError, match=r"settings\.limit: was 2, is 3"):
        experiment(out, config=settings.model_copy(update={"limit": 3}), dataset=files)
    with Path(files.test).open("a", encoding="utf-8") as file:
        file.write("\n")
    with pytest.raises(RunFolderError, match=r"datasets\.test\.test: was"):
        experiment(out, config=settings, dataset=files)


def test_an_experiment_without_rows_or_weights_is_refused_at_once(files: Dataset, tmp_path: Path) -> None:
    def refused(*arguments: str) -> str:
        shown = CliRunner().invoke(app, ["experiment", *arguments, "-o", str(tmp_path / "x")])
        assert isinstance(shown.exception, InputError), "which the command line turns into exit code 2"
        return str(shown.exception)

    assert "--train SAMPLES --test SAMPLES" in refused()
    assert "go together" in refused("--train", files.train)
    assert "nowhere.jsonl: cannot be read" in refused("--train", "nowhere.jsonl", "--test", files.test)
    remote = refused("--train", files.train, "--test", files.test, "--model", "openai:big")
    assert "only a model whose weights are here can be trained" in remote
    two = {"a-b": {"train": files.train, "test": files.test}, "a": {"train": files.train, "test": files.test}}
    settings = _config(datasets=two, models=["c.gguf", "b-c.gguf"])
    for name in ("c.gguf", "b-c.gguf"):
        (tmp_path / name).touch()
    with pytest.raises(ConfigError, match="would share the folder"):
        experiment(tmp_path / "x", config=settings)
    with pytest.raises(ConfigError, match=r"name datasets \(a-b, a\)"):
        experiment(tmp_path / "x", config=settings, dataset=files)
    for pair, why in ((("SFT", "GPT"), "no system is called 'GPT'"), (("SFT", "SFT"), "against itself")):
        with pytest.raises(ConfigError, match=why):
            experiment(tmp_path / "x", config=_config(also_compare=(pair,)), dataset=files)
    # What the first evaluation would refuse, after hours of training a ranker.
    anchored = _config().with_(judging={"anchors": 1}, play={"rounds": 2})
    for judge, why in (("openai:j", "Name as many as there are rounds"), ("rules", "--judge rules is none")):
        with pytest.raises(ConfigError, match=why):
            experiment(tmp_path / "x", config=anchored.with_(seats={"judge": judge}), dataset=files)
    assert not (tmp_path / "x").exists()


def test_an_estimate_counts_tests_and_pairs_and_asks_nobody(files: Dataset, tmp_path: Path) -> None:
    def asked(**more: Any) -> Estimate:
        config = _config(controls=[], **more)
        server = {"base_url": "http://127.0.0.1:9/v1", "price_input": 2.0, "price_output": 10.0}
        judged = config.with_(seats={"judge": "shop:j"}).model_dump(mode="json")
        judged["servers"] = {"shop": {**server, "currency": "EUR"}}
        return estimate_experiment(Config.model_validate(judged), files, rows=2)

    once, twice = asked(), asked(training_seeds=2)
    judge = once.models["shop:j"]
    # Eight systems of four rows, and the pairs' replies, are scored once each at least.
    assert judge.calls > 8 * 4
    assert judge.cost
    assert judge.calls < twice.models["shop:j"].calls < 2 * judge.calls
    assert "counted whole" in once.how
    told = CliRunner().invoke(
        app,
        [
            *(
                "experiment",
                "--train",
                files.train,
                "--test",
                files.test,
                "--catalogue",
                str(files.catalogue),
            ),
            *("--seeker", "rules", "--judge", "rules", "--limit", "2", "--estimate"),
        ],
    )
    assert told.exit_code == 0, told.output
    assert "Estimated from" in told.output
    assert not (tmp_path / "rows").exists()
    without = CliRunner().invoke(app, ["experiment", "--train", files.train, "--test", files.test])
    assert "-o FOLDER" in str(without.exception)
