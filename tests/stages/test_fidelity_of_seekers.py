"""`usbrec fidelity` end to end: who is asked what, what is written, replayed, refused and given to Python."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support.command import refused
from support.command import usbrec as command
from support.films import CATALOGUE, film_files
from support.results_page import undocumented
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.errors import ConfigError, InputError
from usbrec.llm import ScriptedModel

WANTED = ("Heat (1995)", "Casino (1995)", "Collateral (2004)")


def dialogue(number: int, *, targets: tuple[str, ...] = WANTED) -> RecordedDialogue:
    turns = (
        Turn("seeker", f"Hello {number}, I like crime films."),
        Turn("recommender", f"Have you seen {WANTED[number % 3]}?"),
        Turn("seeker", "Not yet. That sounds good, I'll watch it." if number % 2 else "I hated it."),
        Turn("recommender", "What else do you like?"),
        Turn("seeker", "Some drama, and you?"),
    )
    return RecordedDialogue(f"d{number}", turns, targets=targets)


DIALOGUES = tuple(map(dialogue, range(12)))


def settings(**given: Any) -> Any:
    return load_config(None, {"statistics": {"resamples": 100}, **given})


def fidelity(folder: Path, dialogues: Any = DIALOGUES, **given: Any) -> Mapping[str, Any]:
    options = {"config": settings(), "catalogue": CATALOGUE, **given}
    return stages.fidelity(dialogues, folder, **options)


def rows_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "turns.jsonl").read_text().splitlines()]


def test_rules_take_their_target_alone_and_that_is_told(tmp_path: Path) -> None:
    results = fidelity(tmp_path / "out")
    assert (results["dialogues"], results["points"], results["failed"], results["calls"]) == (12, 24, 0, 0)
    accepts = results["measures"]["accepts"]
    assert accepts["people"]["mean"] == 0.5
    assert accepts["seeker"]["mean"] == 0.0, "what is recommended is never among its targets"
    assert accepts["people"]["n"] == 12
    assert results["counterfactual"]["good"]["mean"] == 1.0
    assert results["counterfactual"]["bad"]["mean"] == 0.0
    assert results["measures"]["says_yes"]["people"]["mean"] == 0.5
    assert results["counterfactual"]["good"]["n"] == 12
    assert undocumented("usbrec fidelity", results) == set()
    for row in rows_of(tmp_path / "out"):
        named = [title for title in row["targets"] if title in row["recommender"]]
        assert not named
        assert row["seeker"]["text"]


def test_a_model_is_asked_once_an_answer_and_twice_more_where_it_is_checked(tmp_path: Path) -> None:
    asked: list[str] = []

    def says(request: Any) -> str:
        asked.append(request.messages[-1].content)
        return "Great, that sounds good, I'll watch it!"

    model = ScriptedModel(says, name="eager")
    results = fidelity(tmp_path / "out", objects={"seeker": model})
    assert len(asked) == results["calls"] == 24 + 2 * 12
    assert results["counterfactual"]["bad"]["mean"] == 1.0
    assert any("unlike all that it wants" in one for one in results["over_cooperative"])
    assert sum(words.startswith("I would suggest ") for words in asked) == 24
    fewer = fidelity(tmp_path / "fewer", objects={"seeker": model}, checks=False)
    assert fewer["calls"] == 24
    assert fewer["counterfactual"]["good"]["n"] == 0


def test_the_same_command_and_a_replay_write_the_same_bytes(tmp_path: Path) -> None:
    model = ScriptedModel(lambda _: "No, something else, a drama perhaps?", name="picky")
    names = ("results.json", "turns.jsonl")
    for objects in ({}, {"seeker": model}):
        first = tmp_path / str(len(objects))
        fidelity(first / "a", objects=objects)
        before = [(first / "a" / name).read_bytes() for name in names]
        fidelity(first / "a", objects=objects)
        assert [(first / "a" / name).read_bytes() for name in names] == before
        fidelity(first / "b", objects=objects, replay=first / "a")
        assert [(first / "b" / name).read_bytes() for name in names] == before


def test_answers_that_fail_are_counted_and_left_out(tmp_path: Path) -> None:
    script = tmp_path / "script.jsonl"
    script.write_text('{"when": "What else", "error": "unavailable"}\n{"say": "No, thanks."}\n')
    config = settings(seats={"simulator": f"scripted:{script}"})
    results = fidelity(tmp_path / "out", config=config)
    assert (results["points"], results["failed"]) == (24, 12)
    assert results["measures"]["words"]["people"]["n"] == 12
    assert all(row["seeker"] is None for row in rows_of(tmp_path / "out") if row["failed"])


def test_the_forms_of_raw_redial_say_what_was_liked(tmp_path: Path) -> None:
    def message(worker: int, text: str) -> dict[str, Any]:
        return {"senderWorkerId": worker, "text": text, "messageId": 1, "timeOffset": 0}

    raw = {
        "conversationId": "7",
        "initiatorWorkerId": 1,
        "respondentWorkerId": 2,
        "movieMentions": {"11": "Heat  (1995)", "12": "Casino (1995)", "13": "Airplane! (1980)"},
        "initiatorQuestions": {
            "11": {"suggested": 1, "seen": 1, "liked": 1},
            "13": {"suggested": 1, "seen": 0, "liked": 0},
            "12": {"suggested": 1, "seen": 0, "liked": 1},
        },
        "respondentQuestions": [],
        "messages": [
            message(1, "Hi, a crime film?"),
            message(2, "@11 maybe"),
            message(1, "Maybe."),
            message(2, "@13 then"),
            message(1, "Hm."),
            message(2, "@12 ?"),
            message(1, "Bye."),
        ],
    }
    file = tmp_path / "raw.jsonl"
    file.write_text(json.dumps(raw) + "\n")
    results = fidelity(tmp_path / "out", file)
    assert results["reactions"]["by"] == {"form": 3, "words": 0}
    assert results["measures"]["accepts"]["people"]["mean"] == pytest.approx(2 / 3, abs=1e-6)
    # What a seeker thinks and may not say stands beside what a form says.
    config = settings(seats={"simulator": "rules:people"})
    people = fidelity(tmp_path / "people", file, config=config)
    assert people["measures"]["accepts"]["seeker"]["mean"] == pytest.approx(2 / 3, abs=1e-6)
    assert people["reactions"]["same"]["mean"] == 1.0
    assert [row["targets"] for row in rows_of(tmp_path / "out")] == [
        ["Casino (1995)"],
        ["Casino (1995)", "Heat (1995)"],
        ["Heat (1995)"],
    ]


def test_dialogues_in_a_language_that_rules_lack_can_be_answered_by_a_model(tmp_path: Path) -> None:
    def french(number: int) -> tuple[Turn, ...]:
        return (
            Turn(
                "seeker", f"Bonjour {number}, je cherche un film policier pour ce soir, avec de bons acteurs."
            ),
            Turn("recommender", "Avez-vous vu Heat (1995) ?"),
            Turn("seeker", "Non, je ne l'ai pas vu, mais cela me plairait beaucoup."),
        )

    spoken = [RecordedDialogue(f"f{n}", french(n), targets=WANTED) for n in range(3)]
    model = ScriptedModel(lambda _: "Oui, avec plaisir.", name="polie")
    results = fidelity(tmp_path / "model", spoken, objects={"seeker": model})
    assert results["measures"]["words"]["seeker"]["mean"] == 3.0
    assert results["measures"]["tells"]["people"]["n"] == 0, "attributes are read in known languages alone"
    with pytest.raises(InputError, match="language that rules do not know"):
        fidelity(tmp_path / "rules", spoken)


def test_what_cannot_be_held_against_people_is_refused_with_what_to_do(tmp_path: Path) -> None:
    bare = [dialogue(number, targets=()) for number in range(3)]
    with pytest.raises(InputError, match="none of 6 answers of seekers can be held against a simulated one"):
        fidelity(tmp_path / "bare", bare)
    with pytest.raises(ConfigError, match=r"no seeker\. Name rules, rules:people, trained:DIR, a model"):
        fidelity(tmp_path / "odd", config=settings(seats={"simulator": "rules:best"}))
    files = film_files(tmp_path)
    file = tmp_path / "recorded.jsonl"
    file.write_text("".join(json.dumps(one.to_json()) + "\n" for one in DIALOGUES))
    told = refused("fidelity", file, "-o", tmp_path / "x")
    assert "add --catalogue FILE" in told
    assert not (tmp_path / "x").exists()
    assert "no such file" in refused(
        "fidelity", tmp_path / "no", "--catalogue", files["catalogue"], "-o", tmp_path / "y"
    )


def test_the_command_prints_people_beside_the_seeker(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    file = tmp_path / "recorded.jsonl"
    file.write_text("".join(json.dumps(one.to_json()) + "\n" for one in DIALOGUES))
    ended = command(
        "fidelity", file, "--catalogue", files["catalogue"], "--limit", "10", "-o", tmp_path / "out"
    )
    assert ended.returncode == 0, ended.stderr
    assert "20 answers of 10 dialogues" in ended.stdout
    assert "told from people, area" in ended.stdout
    assert "accepts: share of recommendations" in ended.stdout


def test_python_gets_the_same_record_with_tables(tmp_path: Path) -> None:
    given: dict[str, Any] = {"config": {"statistics": {"resamples": 100}}, "progress": False}
    found = usbrec.fidelity(DIALOGUES, catalogue=CATALOGUE, **given)
    assert (found.name, found.path, found.failures) == ("rules", None, {})
    kept = usbrec.fidelity(DIALOGUES, catalogue=CATALOGUE, out=tmp_path / "kept", **given)
    loaded = usbrec.Fidelity.load(tmp_path / "kept")
    assert loaded.results["measures"] == kept.results["measures"] == found.results["measures"]
    assert len(loaded.rows) == len(found.rows) == 24
    frame = loaded.to_pandas().set_index("measure")
    assert frame.loc["accepts", "people"] == 0.5
    assert frame.loc["words", "n"] == 24
    assert (
        loaded.to_csv(tmp_path / "f.csv").read_text().splitlines()[0].startswith("measure,n,dialogues,people")
    )
    assert loaded.to_latex().count("\\begin{tabular}") == 2
    assert "words" in loaded.to_latex()
    with pytest.raises(InputError, match="no finished folder of `usbrec agreement`"):
        usbrec.Agreement.load(tmp_path / "kept")
