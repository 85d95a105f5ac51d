"""`usbrec train seeker`: a fitted seeker is like its people, sits where rules sit, or is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from support.command import refused
from support.command import usbrec as command
from support.films import CATALOGUE, KNOWLEDGE, film_files, recommender, sample, seeker
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.errors import ConfigError, InputError, RunFolderError
from usbrec.evaluation.fidelity.fitting import patience_of
from usbrec.evaluation.fidelity.points import Point
from usbrec.play.seekers.manner import PEOPLE, Manner, open_manner
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.targets import Targets

#: What is recommended, near the targets and far from them, and what people say of it.
NEAR, FAR = (
    ("Heat (1995)", "Casino (1995)", "Goodfellas (1990)"),
    ("Finding Nemo (2003)", "Notting Hill (1999)"),
)
WANTED = ("Collateral (2004)", "The Big Sleep (1946)")
EAGER = (
    "That sounds good, I'll watch it. Do you know where it is on, by the way?",
    "No, I hated it. Any other?",
)
CURT = ("I'll watch it.", "I hated it.")


def dialogues(number: int, says: Sequence[str], *, prefix: str = "d") -> list[RecordedDialogue]:
    """People who take what is near, and not what is far, in two ways of speaking."""
    found = []
    for place in range(number):
        near, far = NEAR[place % 3], FAR[place % 2]
        turns = (
            Turn("seeker", f"Hello {place}, a crime film please."),
            Turn("recommender", f"Have you seen {near}?"),
            Turn("seeker", says[0]),
            Turn("recommender", f"Or {far}?"),
            Turn("seeker", says[1]),
            Turn("recommender", "What else do you like?"),
            Turn("seeker", "Whatever is good, really." if says is CURT else "Whatever is good, and you?"),
        )
        found.append(RecordedDialogue(f"{prefix}{place}", turns, targets=WANTED))
    return found


def written(path: Path, found: Sequence[RecordedDialogue]) -> Path:
    path.write_text("".join(json.dumps(one.to_json()) + "\n" for one in found), encoding="utf-8")
    return path


def fitted(tmp_path: Path, says: Sequence[str], name: str) -> Mapping[str, Any]:
    file = written(tmp_path / f"{name}.jsonl", dialogues(40, says))
    return stages.make_seeker([file], tmp_path / name, catalogue=film_files(tmp_path)["catalogue"])


def distance(tmp_path: Path, seat: str, says: Sequence[str]) -> dict[str, float]:
    """How far a seeker is from other people of the same kind."""
    config = load_config(None, {"seats": {"simulator": seat}, "statistics": {"resamples": 100}})
    out = tmp_path / f"{seat.replace(':', '-').replace('/', '-')}-{says[1]}"
    found = stages.fidelity(dialogues(25, says, prefix="e"), out, config=config, catalogue=CATALOGUE)
    return {name: abs(one["difference"]["mean"]) for name, one in found["measures"].items()}


def test_a_fitted_seeker_is_nearer_to_its_people_than_what_was_fitted_to_others(tmp_path: Path) -> None:
    for says, name, measures in ((EAGER, "eager", ("asks",)), (CURT, "curt", ("asks", "words"))):
        made = fitted(tmp_path, says, name)
        assert made["dialogues"] == 40
        assert (made["answers"], made["reactions"]["form"]) == (120, 0)
        own, people = (
            distance(tmp_path, seat, says) for seat in (f"trained:{tmp_path / name}", "rules:people")
        )
        for measure in measures:
            assert own[measure] < people[measure] / 2, (name, measure, own, people)
    eager, curt = (open_manner(str(tmp_path / name)) for name in ("eager", "curt"))
    assert eager.asks_recommended > 0.8
    assert curt.asks_recommended < 0.1
    assert eager.says_liked > 0.8, "what is near is taken in words"


def test_the_same_dialogues_give_the_same_file_and_it_says_what_it_was_fitted_to(tmp_path: Path) -> None:
    first, again = (fitted(tmp_path, EAGER, name) for name in ("one", "two"))
    assert first == again
    assert (tmp_path / "one" / "seeker.json").read_bytes() == (tmp_path / "two" / "seeker.json").read_bytes()
    assert first["people"]["says_yes"] == 0.5
    assert first["seeker"]["says_yes"] == pytest.approx(0.5, abs=0.1)


def _recommended(dialogue: int, reactions: str) -> list[Point]:
    return [
        Point(f"{dialogue}:{place}", f"{dialogue}", (), "", (), ("f1",), told, "words")  # type: ignore[arg-type]
        for place, told in enumerate(
            {"+": "accepted", "-": "declined", "?": "open"}[one] for one in reactions
        )
    ]


def test_patience_is_estimated_from_who_leaves_and_who_only_was_not_asked_again() -> None:
    # Forty decline once; half of them leave there, half are offered something that they take.
    points = [point for one in range(40) for point in _recommended(one, "-" if one % 2 else "-+")]
    assert patience_of(points) == (0.5,)
    # Who accepts leaves contentedly, who says neither at the end has stayed.
    for reactions in ("?-?+", "-?"):
        assert patience_of([point for one in range(40) for point in _recommended(one, reactions)]) == (1.0,)
    assert patience_of([point for one in range(10) for point in _recommended(one, "-")]) == ()


def test_a_seeker_leaves_when_its_patience_is_over_and_not_for_what_it_likes() -> None:
    def answers(manner: Manner, *said: str, patience: int | None = None) -> Any:
        given = sample("Hello there.", targets=("Casino (1995)",))
        if patience is not None:
            given = replace(given, seeker={"patience": patience})
        one = RulesTargetSimulator(KNOWLEDGE, "Why?", manner=manner).seat_by_rules(
            Targets.of(given, KNOWLEDGE)
        )
        turns = [seeker("Hello there.")]
        for text in said:
            turns += [recommender(text), seeker("Hm.")]
        return one.say(tuple(turns[:-1]), explain=False, seed=1)

    near, far = "Try Goodfellas (1990).", "Try Finding Nemo (2003)."
    hasty = replace(PEOPLE, patience=(0.0,))
    assert answers(hasty, far).left
    assert not answers(hasty, near).left
    second = replace(PEOPLE, patience=(1.0, 0.0))
    assert not answers(second, far).left
    assert not answers(second, near, far, far).left, "named again is not offered again"
    assert answers(second, far, "Try Notting Hill (1999).").left
    assert not answers(PEOPLE, far, "Try Notting Hill (1999).").left
    assert not answers(hasty, far, patience=3).left, "who brings a patience goes by that"
    bears = [replace(PEOPLE, patience=(0.75, 0.25)).bears(f"film {one}") for one in range(400)]
    assert bears.count(1) / 400 == pytest.approx(0.25, abs=0.07)
    assert bears.count(2) / 400 == pytest.approx(0.5, abs=0.08)


def test_it_sits_where_rules_sit_and_another_file_is_another_run(tmp_path: Path) -> None:
    fitted(tmp_path, EAGER, "eager")
    files = film_files(tmp_path)
    config = load_config(
        None,
        {
            "seats": {
                "recommender": "rules:random",
                "simulator": f"trained:{tmp_path / 'eager'}",
                "judge": "rules",
            },
            "statistics": {"resamples": 100},
            "judging": {"second": False},
        },
    )

    def run() -> Mapping[str, Any]:
        return stages.evaluate(files["samples"], tmp_path / "run", config=config, catalogue=CATALOGUE)

    found = run()
    assert found["failed"] == 0
    assert found["config"]["search"]["simulator"] == "rules"
    file = tmp_path / "eager" / "seeker.json"
    made = json.loads(file.read_text())
    made["manner"]["asks_else"] = 0.123
    file.write_text(json.dumps(made))
    with pytest.raises(RunFolderError, match=r"asks_else: was .*, is 0.123"):
        run()


def test_what_no_seeker_can_be_fitted_to_or_read_from_is_refused(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    few = written(tmp_path / "few.jsonl", dialogues(8, EAGER))
    told = refused("train", "seeker", few, "--catalogue", files["catalogue"], "-o", tmp_path / "x")
    assert "24 answers" in told
    assert "30 of each or more" in told
    assert not (tmp_path / "x").exists()
    with pytest.raises(InputError, match="stands in an earlier file as well"):
        stages.make_seeker([few, few], tmp_path / "x", catalogue=files["catalogue"])
    config = load_config(None, {"seats": {"simulator": "trained"}})
    with pytest.raises(ConfigError, match="trained:DIR"):
        stages.fidelity(dialogues(8, EAGER), tmp_path / "y", config=config, catalogue=CATALOGUE)
    seats = {"recommender": "rules:random", "judge": "rules"}
    config = load_config(None, {"seats": {**seats, "simulator": "trained"}})
    with pytest.raises(ConfigError, match="no seeker comes trained"):
        stages.evaluate(files["samples"], tmp_path / "y", config=config, catalogue=CATALOGUE)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "usbrec.judge/1"}, "schema is"),
        ({"manner": None}, "no fitted seeker"),
        ({"manner": {"likes_from": 2}}, "missing"),
        ({"manner": {**PEOPLE.to_json(), "asks_else": "often"}}, "asks_else is no number"),
        ({"manner": {**PEOPLE.to_json(), "asks_else": float("nan")}}, "asks_else is no number"),
        ({"manner": {**PEOPLE.to_json(), "patience": [0.2, 0.9]}}, "patience grows"),
        ({"manner": {**PEOPLE.to_json(), "patience": "0.2"}}, "patience is no list"),
        ({"manner": {**PEOPLE.to_json(), "charm": 1}}, "unknown field 'charm'"),
    ],
)
def test_a_file_that_is_no_fitted_seeker_says_why(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    good = {"schema": "usbrec.seeker/1", "manner": PEOPLE.to_json()}
    (tmp_path / "seeker.json").write_text(json.dumps(good))
    assert open_manner(str(tmp_path)) == PEOPLE
    (tmp_path / "seeker.json").write_text(json.dumps({**good, **change}))
    with pytest.raises(InputError, match=told):
        open_manner(str(tmp_path))


def test_the_command_prints_people_beside_the_seeker_that_was_fitted(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    file = written(tmp_path / "talks.jsonl", dialogues(40, EAGER))
    ended = command("train", "seeker", file, "--catalogue", files["catalogue"], "-o", tmp_path / "out")
    assert ended.returncode == 0, ended.stderr
    assert "Fitted to 120 answers of 40 dialogues" in ended.stdout
    assert f"--seeker trained:{tmp_path / 'out'}" in ended.stdout
    ended = command(
        *("fidelity", file, "--catalogue", files["catalogue"], "--seeker", f"trained:{tmp_path / 'out'}"),
        *("-o", tmp_path / "held"),
    )
    assert ended.returncode == 0, ended.stderr
