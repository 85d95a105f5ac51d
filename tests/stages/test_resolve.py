"""Settings are resolved once, at the door of a stage; what a run folder holds is what was read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import ROOT
from support.films import CATALOGUE
from usbrec.config import Config, Dataset, Experiment, Play, Seats, Server, dump_config, load_config
from usbrec.errors import ConfigError, RunFolderError
from usbrec.journal import Journal
from usbrec.prompts import Prompts
from usbrec.stages import evaluate
from usbrec.stages.resolve import for_experiment, in_mode, resolve, to_make_seekers, to_play, to_serve
from usbrec.stages.wiring import seat_participants

EXAMPLES = ROOT / "docs" / "examples"
BOOKS = f"scripted:{EXAMPLES / 'book-model.jsonl'}"
SEATS = ("rules", "rules:belief", "openai:m", "smollm2-135m")


def _config(**settings: Any) -> Config:
    return load_config(None, settings)


def _seats(recommender: str = "openai:m", simulator: str = "rules", judge: str = "rules") -> dict[str, str]:
    return {"recommender": recommender, "simulator": simulator, "judge": judge}


def _run(out: Path, **settings: Any) -> Any:
    config = _config(limit=3, seats=_seats(BOOKS), **settings)
    return evaluate(EXAMPLES / "books.jsonl", out, config=config, catalogue=EXAMPLES / "books.csv")


@pytest.mark.parametrize(
    ("seats", "ranker", "simulator", "judge"),
    [
        (_seats(), None, "rules", "rules"),
        (_seats(), "some/ranker", "rules", "rules:belief"),
        (_seats(judge="rules:belief"), None, "rules", "rules"),
        (_seats(simulator="openai:m", judge="openai:j"), None, "openai:m", "openai:m"),
        (_seats("rules:best", "openai:s", "openai:j"), "some/ranker", "rules", "rules"),
        (_seats("rules:best"), "some/ranker", "rules", "rules:belief"),
    ],
)
def test_who_sits_inside_the_search_follows_the_outer_seats(
    seats: dict[str, str], ranker: str | None, simulator: str, judge: str
) -> None:
    search = resolve(_config(seats=seats, ranker=ranker), None).search
    assert (search.simulator, search.judge) == (simulator, judge)


@given(
    simulator=st.sampled_from(SEATS),
    judge=st.sampled_from(SEATS),
    recommender=st.sampled_from(("rules:best", "openai:m", "smollm2-135m")),
    inner=st.sampled_from((None, "rules", "openai:x")),
    seed=st.integers(0, 5),
    common=st.none() | st.integers(0, 5),
    mode=st.sampled_from(("episode", "ask", "retrieval")),
)
def test_resolving_again_changes_nothing_and_what_was_set_stays(
    simulator: str,
    judge: str,
    recommender: str,
    inner: str | None,
    seed: int,
    common: int | None,
    mode: str,
) -> None:
    config = _config(
        seats=_seats(recommender, simulator, judge),
        search={"judge": inner},
        seed=seed,
        common_seed=common,
        mode=mode,
    )
    once = resolve(in_mode(config), CATALOGUE)
    assert resolve(once, CATALOGUE) == once
    assert once.common_seed == (seed if common is None else common)
    assert once.search.judge == inner or inner is None
    assert None not in (once.search.simulator, once.search.judge, once.models.concurrency)
    assert (once.asking.attributes is not None) == (mode == "ask")


def test_what_is_filled_in_does_not_count_as_set() -> None:
    given = _config(search={"judge": "rules"})
    resolved = resolve(given, None)
    assert resolved.model_fields_set == given.model_fields_set == {"search"}
    assert resolved.search.model_fields_set == {"judge"}


def test_a_runs_config_holds_what_was_read_marks_what_followed_and_is_taken_back(tmp_path: Path) -> None:
    results = _run(tmp_path / "run")
    written = (tmp_path / "run" / "config.toml").read_text()
    assert 'judge = "rules"  # derived' in written
    assert "common_seed = 0  # derived" in written
    assert "rounds = 2\n" in written
    again = load_config(tmp_path / "run" / "config.toml")
    assert again.model_dump(mode="json") == {
        name: value for name, value in results["config"].items() if name != "inputs"
    }
    assert resolve(again, None) == again
    # The same settings go on in the folder, as they were given and as they were written down.
    assert _run(tmp_path / "run") == results
    rows, catalogue = EXAMPLES / "books.jsonl", EXAMPLES / "books.csv"
    assert evaluate(rows, tmp_path / "run", config=again, catalogue=catalogue) == results


def test_a_folder_is_bound_to_resolved_settings(tmp_path: Path) -> None:
    results = _run(tmp_path / "run")
    # Said, it is what it would have been anyway.
    assert _run(tmp_path / "run", search={"judge": "rules"})["ieval"] == results["ieval"]
    with pytest.raises(RunFolderError, match=r'search\.judge: was "rules", is "rules:belief"'):
        _run(tmp_path / "run", search={"judge": "rules:belief"})


def test_a_server_has_what_it_does_not_set_from_models(tmp_path: Path) -> None:
    server = {"base_url": "http://gpu:8000/v1", "max_retries": 0}
    config = resolve(_config(servers={"gpu": server}, models={"timeout": 7.0}), None)
    found = config.servers["gpu"]
    assert (found.timeout, found.max_retries, found.reasoning) == (7.0, 0, "auto")
    written = dump_config(config)
    assert "timeout = 7.0  # derived" in written.partition("[servers.gpu]")[2]
    assert "max_retries = 0\n" in written
    (tmp_path / "config.toml").write_text(written)
    assert load_config(tmp_path / "config.toml") == config


@pytest.mark.parametrize(
    ("seat", "given", "examples"),
    [
        ("openai:m", None, 0),
        ("front:m", None, 0),
        ("openai:m", 3, 3),
        ("smollm2-135m", None, 2),
        ("hf:smollm2-135m", None, 2),
        ("hf:smollm2-135m", 0, 0),
    ],
)
def test_worked_examples_are_for_models_in_this_process_unless_they_are_asked_for(
    seat: str, given: int | None, examples: int
) -> None:
    play = Play() if given is None else Play(examples=given)
    servers = {"front": Server(base_url="http://localhost:1/v1")}
    config = Config(
        seats=Seats(recommender=seat, simulator="rules", judge="rules"), play=play, servers=servers
    )
    assert resolve(config, None).play.examples == examples


def test_settings_without_anything_derived_are_written_as_they_are() -> None:
    assert "derived" not in dump_config(_config(seats=_seats(), limit=3))


def test_who_is_seated_with_unresolved_settings_is_told_so(tmp_path: Path) -> None:
    config = _config(seats=_seats(BOOKS))
    with pytest.raises(ConfigError, match=r"common_seed has no value yet.*usbrec\.stages\.resolve"):
        seat_participants(config, Prompts(), CATALOGUE, Journal(tmp_path / "run.db"))


@pytest.mark.parametrize(
    ("recommender", "concurrency", "at_once"), [("openai:m", 512, 512), ("smollm2-135m", 1, 1)]
)
def test_a_service_takes_rules_beside_a_catalogue_and_shows_candidates(
    recommender: str, concurrency: int, at_once: int
) -> None:
    served = to_serve(_config(seats={"recommender": recommender}), catalogue=True)
    assert (served.seats.simulator, served.seats.judge, served.play.candidates) == ("rules", "rules", 10)
    assert (served.models.concurrency, served.serving.at_once) == (concurrency, at_once)
    named = to_serve(_config(seats={"judge": "openai:j"}, play={"candidates": 0}), catalogue=True)
    assert (named.seats.judge, named.play.candidates) == ("openai:j", 0)
    alone = to_serve(_config(seats={"recommender": recommender}), catalogue=False)
    assert (alone.seats.simulator, alone.play.candidates) == (recommender, 0)


def test_replies_of_a_model_in_training_are_played_without_a_search() -> None:
    played = to_play(_config(enhanced=True, mode="ask", seats={"judge": "openai:j"}), catalogue=True)
    assert (played.enhanced, played.mode) == (False, "episode")
    assert (played.seats.simulator, played.seats.judge) == ("rules", "openai:j")


@pytest.mark.parametrize(
    ("file", "noun"), [("books.csv", "book"), ("my-film_list.csv", "film"), ("stock.csv", "item")]
)
def test_an_item_is_called_what_its_file_is_called(file: str, noun: str) -> None:
    assert to_make_seekers(Config(), Path("some") / file).seekers.noun == noun
    assert to_make_seekers(_config(seekers={"noun": "tune"}), Path(file)).seekers.noun == "tune"


def test_sft_and_rl_take_their_training_from_train_but_for_what_is_set_apart() -> None:
    settings = {
        "train": {"preset": "paper", "epochs": 3.0},
        "experiment": {"sft": {"learning_rate": 1e-3}, "rl": {"preset": "cpu", "max_steps": 7}},
    }
    chosen = for_experiment(_config(**settings)).experiment
    assert (chosen.sft.learning_rate, chosen.sft.epochs, chosen.sft.rank) == (1e-3, 3.0, 8)
    assert (chosen.rl.learning_rate, chosen.rl.epochs, chosen.rl.max_steps) == (1e-5, 3.0, 7)


def test_an_experiment_takes_from_the_tests_what_it_does_not_set() -> None:
    files = {"one": Dataset(train="a", test="b"), "two": Dataset(train="a", test="b", ranker="own")}
    config = Config(ranker="shared", experiment=Experiment(datasets=files)).with_(
        seats={"recommender": "hf:base", "judge": "rules"}, play={"rounds": 3}
    )
    chosen = for_experiment(config).experiment
    assert (chosen.models, chosen.pairs_judge, chosen.pair_rounds) == (("hf:base",), "rules", 3)
    assert [one.ranker for one in chosen.datasets.values()] == ["shared", "own"]
    # Who sits inside the search depends on the system that is tested.
    assert for_experiment(config).search.judge is None


@pytest.mark.parametrize(
    ("settings", "horizon"),
    [
        ({"play": {"rounds": 3}}, 3),
        ({"play": {"rounds": 3, "candidates": 5}}, 1),
        ({"play": {"rounds": 3, "candidates": 5}, "experiment": {"pair_rounds": 2}}, 2),
        ({"play": {"rounds": 3}, "experiment": {"pair_rounds": 2}, "pairs": {"horizon": 1}}, 1),
    ],
)
def test_pairs_of_an_experiment_are_played_as_far_as_it_says_and_resolving_again_changes_nothing(
    settings: dict[str, Any], horizon: int, tmp_path: Path
) -> None:
    once = for_experiment(_config(seats=_seats("hf:base"), **settings))
    assert once.pairs.horizon == horizon
    assert for_experiment(once) == once
    (tmp_path / "config.toml").write_text(dump_config(once))
    assert for_experiment(load_config(tmp_path / "config.toml")) == once
