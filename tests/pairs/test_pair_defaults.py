"""What `usbrec pairs` makes when nothing is set, and what is said of a run that makes little."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.films import film_files
from usbrec.cli import app
from usbrec.config import Config, Pairs, Play, Seats
from usbrec.errors import InputError
from usbrec.library.pairing import make_pairs as library_pairs
from usbrec.library.training import train as library_train
from usbrec.pairs import export_pairs, read_pairs
from usbrec.stages import make_pairs, train_model
from usbrec.stages.resolve import to_draw_pairs

#: Replies of which none names what is wanted.
NEITHER = ("I would try Heat (1995) tonight.", "How about Collateral (2004) for a start?")
UNREACHABLE = "the label cannot be reached from the candidates"


@pytest.fixture
def films(tmp_path: Path) -> Mapping[str, Path]:
    return film_files(tmp_path, label="Pulp Fiction is the one.")


def _model(folder: Path, *say: str) -> str:
    script = folder / "model.jsonl"
    script.write_text(json.dumps({"say": say}) + "\n", encoding="utf-8")
    return f"scripted:{script}"


def _many(films: Mapping[str, Path], rows: int, **change: Any) -> Path:
    """The films' first sample under so many names."""
    row = json.loads(films["samples"].read_text().splitlines()[0])
    many = films["samples"].parent / "many.jsonl"
    rows_of = [{**row, "id": f"m{n}:1", "dialogue_id": f"m{n}", **change} for n in range(rows)]
    many.write_text("".join(json.dumps(one) + "\n" for one in rows_of), encoding="utf-8")
    return many


def _rules(model: str, *, candidates: int = 0, judge: str = "rules", **pairs: Any) -> Config:
    seats = Seats(recommender=model, simulator="rules", judge=judge)
    return Config(seats=seats, play=Play(candidates=candidates), pairs=Pairs(**pairs))


def test_rules_and_candidates_give_pairs_although_no_reply_names_a_target(
    tmp_path: Path, films: Mapping[str, Path]
) -> None:
    """The label names nothing that is shown, and no draft names a target."""
    model = _model(tmp_path, *NEITHER)
    config = _rules(model, candidates=10)
    results = make_pairs(films["samples"], tmp_path / "run", config=config, catalogue=films["catalogue"])
    assert results["rows_with_pairs"] == results["n"] == 4
    assert results["origins"]["chosen"]["counterfactual"] > 0
    assert results["advice"] == []


@pytest.mark.parametrize(
    ("config", "labels", "expected"),
    [
        (_rules("scripted:x"), True, {"accept_at": 2.0, "reject_below": 2.0, "counterfactual": 0}),
        (_rules("scripted:x"), False, {"accept_at": 0.5, "reject_below": 2.0, "declined": 0}),
        (
            _rules("scripted:x", candidates=5),
            True,
            {"accept_at": 0.5, "reject_below": 2.0, "counterfactual": 3, "focused": 2, "declined": 2},
        ),
        (
            _rules("scripted:x", candidates=5, judge="rules:belief"),
            True,
            {"accept_at": 0.0, "reject_below": 2.0, "min_margin": 0.05, "counterfactual": 3},
        ),
        (
            _rules("scripted:x", candidates=5, judge="scripted:y"),
            True,
            {"accept_at": 1.5, "reject_below": 1.5, "min_margin": 0.2, "counterfactual": 0, "focused": 0},
        ),
        (_rules("scripted:x", candidates=5, accept_at=1.0), True, {"accept_at": 1.0, "reject_below": 1.0}),
        (
            _rules("scripted:x", candidates=5, counterfactual=0, declined=1, min_margin=0.0),
            True,
            {"counterfactual": 0, "declined": 1, "min_margin": 0.0, "focused": 2},
        ),
    ],
)
def test_defaults_follow_the_judge_the_list_and_the_labels_and_what_is_set_stays(
    config: Config, labels: bool, expected: Mapping[str, float]
) -> None:
    drawn = to_draw_pairs(config, labelled=labels)
    assert {name: getattr(drawn.pairs, name) for name in expected} == expected
    assert to_draw_pairs(drawn, labelled=labels) == drawn


def test_a_run_that_gives_no_pair_says_so_after_eight_rows_and_at_the_end(
    tmp_path: Path, films: Mapping[str, Path]
) -> None:
    told: list[tuple[int, str]] = []
    config = _rules(_model(tmp_path, "What do you like?"), candidates=5)
    played: list[bool] = []

    class Rows:
        def start(self, label: str, total: int, done: int, unit: str = "rows") -> None: ...

        def advance(self, *, failed: bool) -> None:
            played.append(failed)

        def finish(self) -> None: ...

    results = make_pairs(
        _many(films, 24, targets=["Airplane! (1980)"]),
        tmp_path / "run",
        config=config.with_(models={"concurrency": 1}),
        catalogue=films["catalogue"],
        progress=Rows(),
        tell=lambda line: told.append((len(played), line)),
    )
    ((after, line),) = told
    assert after < 9, "while there is still time to stop"
    assert "\n" not in line
    assert "\n" not in line
    assert f"None of 8 rows gave a pair (8: {UNREACHABLE})." in line
    assert "pairs.accept_at = 0.5" in line
    assert "another folder (-o)" in line
    (advice,) = results["advice"]
    assert f"None of 24 rows gave a pair (24: {UNREACHABLE})." in advice
    assert json.loads((tmp_path / "run" / "results.json").read_text())["advice"] == [advice]


def test_a_run_that_gives_pairs_says_nothing_early(tmp_path: Path, films: Mapping[str, Path]) -> None:
    told: list[str] = []
    model = _model(tmp_path, *NEITHER)
    config = _rules(model, candidates=10)
    make_pairs(
        _many(films, 9), tmp_path / "run", config=config, catalogue=films["catalogue"], tell=told.append
    )
    assert told == []


def test_pairs_whose_chosen_sides_are_all_labels_are_told_for_what_they_are(
    tmp_path: Path, films: Mapping[str, Path]
) -> None:
    samples = _many(films, 3, label="Casino (1995), surely.")
    out = tmp_path / "run"
    seats = ["--recommender", _model(tmp_path, "What do you like?", "Tell me more, please.")]
    seats += ["--simulator", "rules", "--judge", "rules", "--catalogue", str(films["catalogue"])]
    shown = CliRunner().invoke(app, ["pairs", str(samples), "-o", str(out), *seats])
    assert shown.exit_code == 0, shown.output
    text = " ".join(shown.stdout.split())
    assert "0 drafts, 3 labels" in text
    assert "Every chosen side is a label" in text
    assert "--candidates 10" in text


@pytest.mark.parametrize("name", ["", "pairs.jsonl"])
def test_training_on_a_run_without_pairs_says_why_there_are_none(
    name: str, tmp_path: Path, films: Mapping[str, Path]
) -> None:
    run = tmp_path / "run"
    config = _rules(_model(tmp_path, "What do you like?"), candidates=5)
    samples = _many(films, 4, targets=["Airplane! (1980)"])
    make_pairs(samples, run, config=config, catalogue=films["catalogue"])
    with pytest.raises(InputError) as refused:
        train_model("simpo", run / name, tmp_path / "adapter")
    assert f"4: {UNREACHABLE}" in str(refused.value)
    assert "pairs.accept_at" in str(refused.value)
    assert not (tmp_path / "adapter").exists()
    with pytest.raises(InputError, match=UNREACHABLE):
        export_pairs(run, "trl", tmp_path / "out")


def test_an_empty_file_that_no_run_wrote_is_called_empty(tmp_path: Path) -> None:
    (tmp_path / "pairs.jsonl").write_text("")
    with pytest.raises(InputError, match="the file is empty"):
        read_pairs(tmp_path)
    (tmp_path / "results.json").write_text('{"schema": "something else"}')
    with pytest.raises(InputError, match="the file is empty"):
        read_pairs(tmp_path)


def test_a_reply_is_scored_where_it_stands_and_not_by_what_is_recommended_after_it(
    tmp_path: Path, films: Mapping[str, Path]
) -> None:
    """Played on for two rounds, a first reply would be worth what the second one names."""
    model = _model(tmp_path, *NEITHER)
    config = _rules(model, candidates=10)
    make_pairs(films["samples"], tmp_path / "run", config=config, catalogue=films["catalogue"])
    lines = (tmp_path / "run" / "candidates.jsonl").read_text().splitlines()
    candidates = [one for line in lines for one in json.loads(line)["candidates"]]
    played = [one for one in candidates if one["origin"] == "draft"]
    assert {len(one["played"]) for one in played} == {1}
    scores = {(one["text"], one["score"]["value"]) for one in played}
    assert len(scores) == 2, "the same reply is worth the same in every row"
    pairs = [json.loads(line) for line in (tmp_path / "run" / "pairs.jsonl").read_text().splitlines()]
    assert {pair["provenance"]["rounds"] for pair in pairs} == {1}
    on = _rules(model, candidates=10, horizon=2)
    make_pairs(films["samples"], tmp_path / "on", config=on, catalogue=films["catalogue"])
    lines = (tmp_path / "on" / "candidates.jsonl").read_text().splitlines()
    assert any(len(one["played"]) > 1 for line in lines for one in json.loads(line)["candidates"])


def test_the_library_says_why_there_is_no_pair_and_takes_rounds_as_the_command_does(
    tmp_path: Path, films: Mapping[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, Any] = {"catalogue": films["catalogue"], "seeker": "rules", "judge": "rules"}
    samples = _many(films, 9, targets=["Airplane! (1980)"])
    silent = _model(tmp_path, "What do you like?")
    none = library_pairs(samples, recommender=silent, candidates=5, **given)
    assert "None of 8 rows gave a pair" in capsys.readouterr().err
    with pytest.raises(InputError, match=UNREACHABLE):
        library_train("simpo", none, base="smollm2-135m", out=tmp_path / "adapter")
    speaking = _model(tmp_path, *NEITHER)
    for rounds, played in ((None, {1}), (2, {2})):
        made = library_pairs(films["samples"], recommender=speaking, candidates=10, rounds=rounds, **given)
        assert {pair.provenance["rounds"] for pair in made} == played
