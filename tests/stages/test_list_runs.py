"""Runs whose replies are ranked lists: what is written, what is shown, and what does not go with them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.films import film_files, sample
from usbrec import stages
from usbrec.cli import app
from usbrec.config import Config, load_config
from usbrec.errors import ConfigError
from usbrec.evaluation import compare, load_run
from usbrec.stages.policy import RolloutRewards
from usbrec.stages.resolve import for_experiment, in_mode, resolve, to_serve
from usbrec.training.settings import Reward

LISTS = {
    "seats": {"simulator": "rules", "judge": "rules"},
    "play": {"candidates": 6, "list_length": 3},
    "statistics": {"resamples": 100},
    "judging": {"second": False},
}
GOOD = "1. Casino (1995)\n2. Heat (1995)\n3. Collateral (2004)"
POOR = "1. Blorp (2031)\n2. Finding Nemo (2003)\n3. Casino (1995)"


def settings(folder: Path, say: str | list[str], **further: Any) -> Config:
    script = folder / "model.jsonl"
    script.write_text(json.dumps({"say": say}) + "\n")
    seats = {**LISTS["seats"], "recommender": f"scripted:{script}", **further.pop("seats", {})}
    play = {**LISTS["play"], **further.pop("play", {})}
    return load_config(None, {**LISTS, "seats": seats, "play": play, **further})


def evaluated(folder: Path, say: str | list[str], out: str = "run", **further: Any) -> dict[str, Any]:
    files = film_files(folder)
    config = settings(folder, say, **further)
    stages.evaluate(files["samples"], folder / out, config=config, catalogue=files["catalogue"])
    return json.loads((folder / out / "results.json").read_text())


def test_the_list_is_measured_beside_the_retrievers_order_of_the_same_candidates(tmp_path: Path) -> None:
    results = evaluated(tmp_path, POOR)
    lists = results["lists"]
    rows = [json.loads(line) for line in (tmp_path / "run/episodes.jsonl").read_text().splitlines()]
    assert lists["rows"] == len(rows) == 4
    for row in rows:
        told, candidates = row["list"], row["episode"]["facts"]["candidates"][0]
        assert told["items"] == ["f16", "f4"]
        assert told["ranks"] == [2]
        assert told["retrieved"] == candidates[:3]
        where = candidates.index("f4") + 1
        assert told["retrieved_ranks"] == [where if where <= 3 else None]
        assert (told["made_up"], told["not_shown"]) == (1, "f16" not in candidates)
        # The score is the judge's, of the same list.
        assert row["episode"]["score"]["detail"]["items"] == told["items"]
    assert lists["ndcg"]["reply"]["mean"] == pytest.approx(0.63093)
    assert lists["mrr"]["reply"]["mean"] == 0.5
    assert lists["short"] == 1.0
    assert results["rounds_played"] == 1.0
    assert "Ranked lists" in (tmp_path / "run/report.html").read_text()


def test_a_row_that_failed_is_failed_and_not_nought(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    config = settings(tmp_path, "")
    script = tmp_path / "model.jsonl"
    files["samples"].write_text(
        "".join(
            json.dumps(sample(f"I liked {title}.", id_=f"{name}:1").to_json()) + "\n"
            for name, title in (("a", "Goodfellas (1990)"), ("b", "Alien (1979)"))
        )
    )
    script.write_text(
        json.dumps({"when": "I liked Alien", "error": "unavailable"})
        + "\n"
        + json.dumps({"say": GOOD})
        + "\n"
    )
    results = stages.evaluate(files["samples"], tmp_path / "run", config=config, catalogue=files["catalogue"])
    assert (results["n"], results["failed"], results["lists"]["rows"]) == (2, 1, 1)
    assert results["lists"]["ndcg"]["reply"]["mean"] == 1.0


def test_two_runs_of_lists_are_compared_by_their_ndcg(tmp_path: Path) -> None:
    evaluated(tmp_path, POOR, "poor")
    evaluated(tmp_path, GOOD, "good")
    both = compare([load_run(tmp_path / name) for name in ("poor", "good")], resamples=100)
    found = both.between("good", "ndcg")
    assert found is not None
    assert found.difference.mean == pytest.approx(1 - 0.63093, abs=1e-5)
    assert found.adjusted is None
    assert both.systems[1].to_json()["ndcg"]["mean"] == 1.0
    told = {row["measure"]: row for row in json.loads(both.to_pandas().to_json(orient="records"))}
    assert told["ndcg"]["value"] is not None
    plain = compare([load_run(tmp_path / "good")], resamples=100)
    assert "NDCG" in plain.to_markdown()


def test_the_command_shows_the_lists(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    file = tmp_path / "lists.toml"
    script = tmp_path / "model.jsonl"
    script.write_text(json.dumps({"say": POOR}) + "\n")
    file.write_text(
        "[play]\nlist_length = 3\ncandidates = 6\n[seats]\nsimulator = 'rules'\njudge = 'rules'\n"
        f"recommender = 'scripted:{script}'\n"
    )
    command = [
        "evaluate",
        str(files["samples"]),
        "--catalogue",
        str(files["catalogue"]),
        "--config",
        str(file),
    ]
    done = CliRunner().invoke(app, [*command, "--no-second-judge", "-o", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    assert "NDCG@3" in done.output
    assert "titles that the catalogue lacks 1.00" in done.output.replace("\n", " ")


def test_a_search_says_the_draft_whose_list_gains_most_by_the_profile(tmp_path: Path) -> None:
    results = evaluated(
        tmp_path,
        ["Finding Nemo (2003)\nAlien (1979)\nToy Story (1995)", POOR, GOOD],
        enhanced=True,
        search={"drafts": 16},
    )
    assert results["lists"]["ndcg"]["reply"]["mean"] == 1.0
    assert results["ses"]["drafts"] == 3.0
    row = json.loads((tmp_path / "run/episodes.jsonl").read_text().splitlines()[0])
    assert row["episode"]["played"][0]["text"] == GOOD


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"play": {"candidates": 2}}, "--candidates N"),
        ({"play": {"rounds": 2}}, "--rounds 1"),
        ({"play": {"naming": "strict"}}, "play.naming"),
        ({"seats": {"judge": "openai:judge"}}, "--judge rules"),
        ({"seats": {"recommender": "rules:retriever"}}, "no language model"),
        ({"mode": "ask"}, "--mode ask"),
        ({"mode": "retrieval"}, "--mode retrieval"),
        ({"enhanced": True, "search": {"alike": True}}, "search.alike"),
        ({"enhanced": True, "search": {"judge": "openai:judge"}}, "--ses-judge rules"),
    ],
)
def test_what_does_not_go_with_lists_is_refused_with_what_to_change(
    changes: dict[str, Any], why: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=r"play\.list_length = 3: ") as refused:
        evaluated(tmp_path, GOOD, **changes)
    assert why in str(refused.value)


def test_lists_need_a_catalogue_and_are_for_no_service_and_no_experiment(tmp_path: Path) -> None:
    config = settings(tmp_path, GOOD)
    files = film_files(tmp_path)
    with pytest.raises(ConfigError, match="--catalogue FILE"):
        stages.evaluate(files["samples"], tmp_path / "run", config=config)
    for refused in (
        lambda: to_serve(config, catalogue=True),
        lambda: for_experiment(config),
        lambda: in_mode(config.with_(mode="ask")),
    ):
        with pytest.raises(ConfigError, match="leave it out here"):
            refused()


def test_settings_that_follow_from_lists_give_way_to_those_that_are_set(tmp_path: Path) -> None:
    plain = resolve(Config(), None).play
    assert (plain.rounds, plain.frequency_penalty, plain.max_tokens) == (2, 0.5, 64)
    listed = resolve(load_config(None, {"play": {"list_length": 5}}), None).play
    assert (listed.rounds, listed.frequency_penalty, listed.max_tokens) == (1, 0.0, 120)
    own = {"list_length": 5, "frequency_penalty": 0.25, "max_tokens": 40}
    kept = resolve(load_config(None, {"play": own}), None).play
    assert (kept.rounds, kept.frequency_penalty, kept.max_tokens) == (1, 0.25, 40)
    assert resolve(resolve(load_config(None, {"play": own}), None), None).play == kept


def test_what_was_run_without_lists_is_written_as_before(tmp_path: Path) -> None:
    assert "list_length" not in Config().model_dump_json()
    assert "list_length" not in json.dumps(Config().decides())
    with RolloutRewards.open(
        settings(tmp_path, GOOD, play={"list_length": 1, "rounds": 1}),
        film_files(tmp_path)["samples"],
        film_files(tmp_path)["catalogue"],
        None,
        None,
    ) as rewards:
        assert rewards.try_out([("d0:1", "Casino (1995)")]) == [Reward(2.0, hit=True)]
