"""In which language rules play a run, and that they refuse one they do not know."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import usbrec
from support.command import refused
from support.films import CATALOGUE, film_files
from usbrec.config import Config
from usbrec.errors import InputError, UnknownLanguage
from usbrec.llm.scripted import ScriptedModel
from usbrec.serve.failures import failure_of
from usbrec.stages import evaluate
from usbrec.stages.inputs import read_inputs

SEARCHED = ("--ses-simulator", "rules")
TEXTS = {
    "en": "I liked Goodfellas (1990), what would you recommend?",
    "de": "Mir hat Goodfellas (1990) sehr gefallen, was würden Sie mir empfehlen?",
    "zh": "我很喜欢Goodfellas (1990)，请推荐类似的电影",
    "fr": "J'ai beaucoup aimé Goodfellas (1990), que me conseillez-vous ?",
}


def _samples(folder: Path, *languages: str) -> Path:
    path = folder / "languages.jsonl"
    rows = [
        {
            "id": f"row-{number}",
            "dialogue": [{"role": "user", "text": TEXTS[language]}],
            "targets": ["Casino (1995)"],
        }
        for number, language in enumerate(languages)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def _config(**changes: object) -> Config:
    seats = {"recommender": "rules:retriever", "simulator": "rules", "judge": "rules"}
    return Config().with_(seats=seats, judging={"second": False}, **changes)


def _played(out: Path) -> list[list[str]]:
    rows = [json.loads(line) for line in (out / "episodes.jsonl").read_text("utf-8").splitlines()]
    return [[turn["text"] for turn in row["episode"]["played"]] for row in rows]


def test_each_dialogue_is_played_in_its_own_language(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    evaluate(
        _samples(tmp_path, "de", "en", "de"), tmp_path / "run", config=_config(), catalogue=files["catalogue"]
    )
    opened = [played[0] for played in _played(tmp_path / "run")]
    assert [one.split(" ")[0] for one in opened] == ["Ich", "I", "Ich"]


def test_a_language_that_is_set_is_spoken_whatever_is_heard(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    samples = _samples(tmp_path, "zh", "en")
    evaluate(samples, tmp_path / "run", config=_config(language="de"), catalogue=files["catalogue"])
    assert all(played[0].startswith("Ich empfehle ") for played in _played(tmp_path / "run"))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--recommender", "rules:retriever", "--seeker", "rules"], "--seeker rules"),
        (["--recommender", "rules:retriever", "--seeker", "scripted:{m}"], "--recommender rules:retriever"),
        (["--recommender", "rules:retriever", "--mode", "ask"], "--mode ask"),
        (
            ["--recommender", "scripted:{m}", "--seeker", "scripted:{m}", "--ses", *SEARCHED],
            "--ses-simulator",
        ),
    ],
)
def test_rules_refuse_a_language_that_they_do_not_know_and_name_the_rows(
    arguments: list[str], told: str, tmp_path: Path
) -> None:
    files, model = film_files(tmp_path), tmp_path / "m.jsonl"
    model.write_text(json.dumps({"say": "Casino (1995)."}) + "\n")
    out = tmp_path / "run"
    command = ["evaluate", str(_samples(tmp_path, "en", "zh", "fr")), "--catalogue", str(files["catalogue"])]
    command += [argument.format(m=model) for argument in arguments]
    said = refused(*command, "--judge", "rules", "-o", str(out))
    for part in ("2 of 3 rows", "row-1: Chinese (zh)", "row-2: French (fr)", 'language = "en"', told):
        assert part in said
    assert not out.exists()


@pytest.mark.parametrize("language", ["zh", "fr"])
def test_a_seeker_by_rules_accepts_in_any_language_and_refuses_to_say_more(
    language: str, tmp_path: Path
) -> None:
    files = film_files(tmp_path)
    model = tmp_path / "m.jsonl"
    model.write_text(json.dumps({"say": "《Casino》(1995)。"}) + "\n", encoding="utf-8")
    seats = {"recommender": f"scripted:{model}", "simulator": "rules", "judge": "rules"}
    config = _config().with_(seats=seats)
    samples = _samples(tmp_path, language)
    results = evaluate(samples, tmp_path / "right", config=config, catalogue=files["catalogue"])
    assert (results["hit"]["mean"], results["ieval"]["mean"]) == (1.0, 2.0)
    model.write_text(json.dumps({"say": "Goodfellas (1990)."}) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=rf"1 of 1 rows[^$]*--seeker rules[^$]*row-0: \w+ \({language}\)"):
        evaluate(samples, tmp_path / "wrong", config=config, catalogue=files["catalogue"])
    assert not (tmp_path / "wrong" / "results.json").exists()


def test_models_play_in_any_language_where_no_rule_has_to_speak(tmp_path: Path) -> None:
    files, model = film_files(tmp_path), tmp_path / "m.jsonl"
    model.write_text(json.dumps({"say": "Casino (1995)。"}) + "\n")
    seat = f"scripted:{model}"
    config = _config().with_(seats={"recommender": seat, "simulator": seat, "judge": "rules"})
    results = evaluate(
        _samples(tmp_path, "zh", "fr"), tmp_path / "run", config=config, catalogue=files["catalogue"]
    )
    assert results["hit"]["mean"] == 1.0
    assert len(_played(tmp_path / "run")) == 2


def test_a_ranking_alone_needs_no_words(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    config = Config().with_(mode="retrieval")
    assert evaluate(_samples(tmp_path, "zh"), tmp_path / "run", config=config, catalogue=files["catalogue"])


# What decides a run


def _decides(folder: Path, samples: Path, **changes: object) -> dict[str, object]:
    return read_inputs(_config(**changes), samples, film_files(folder)["catalogue"], None).decides()


def test_an_english_run_is_decided_by_what_decided_it_before(tmp_path: Path) -> None:
    samples = _samples(tmp_path, "en", "en")
    before = {"samples", "catalogue", "prompts", "ranker"}
    assert set(_decides(tmp_path, samples)) == before
    assert _decides(tmp_path, samples) == _decides(tmp_path, samples, language="en")


def test_language_kind_and_sentences_decide_a_run_where_they_are_others(tmp_path: Path) -> None:
    samples = _samples(tmp_path, "en", "de")
    own = tmp_path / "own.toml"
    own.write_text('[films]\naccept = ["Sold!"]\n')
    seen = [
        _decides(tmp_path, samples),
        _decides(tmp_path, samples, language="en"),
        _decides(tmp_path, samples, language="de"),
        _decides(tmp_path, samples, language="en", catalogue={"kind": "books"}),
        _decides(tmp_path, samples, language="en", seekers={"templates": str(own)}),
    ]
    assert len({json.dumps(one, sort_keys=True) for one in seen}) == len(seen)


def test_inside_the_search_a_conversation_in_another_language_is_answered_and_the_trace_says_why() -> None:
    model = ScriptedModel(lambda request: "Casino (1995).")
    enhanced = usbrec.enhance(model, catalogue=CATALOGUE, seeker="rules", judge="rules", drafts=2)
    french = enhanced.reply_sync([{"role": "user", "content": TEXTS["fr"]}])
    german = enhanced.reply_sync([{"role": "user", "content": TEXTS["de"]}])
    enhanced.close()
    assert french.text == german.text == "Casino (1995)."
    assert any("UnknownLanguage: The seeker speaks French" in one for one in french.trace["failures"])
    assert "failures" not in german.trace
    assert "Goodfellas" in german.trace["profile"]


def test_a_service_tells_the_caller_of_a_language_that_the_rules_do_not_know() -> None:
    failure = failure_of(UnknownLanguage("The seeker speaks French."))
    assert (failure.status, failure.code) == (400, "language_not_known")


def test_ask_mode_asks_and_answers_in_german(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    config = _config().with_(mode="ask", play={"rounds": 3})
    evaluate(_samples(tmp_path, "de", "en"), tmp_path / "run", config=config, catalogue=files["catalogue"])
    german, english = (" ".join(played) for played in _played(tmp_path / "run"))
    assert "Das würde ich empfehlen: " in german
    assert not any(word in german for word in ("recommend", "the genre", "hoping"))
    assert "Das" not in english


def test_a_fallback_is_said_in_the_language_of_the_dialogue_and_read_back(tmp_path: Path) -> None:
    files, model = film_files(tmp_path), tmp_path / "m.jsonl"
    model.write_text(json.dumps({"say": 'Unbedingt "Der Ungesehene Film (1901)" ansehen.'}) + "\n")
    config = _config().with_(
        seats={"recommender": f"scripted:{model}"}, play={"candidates": 3, "rounds": 1, "examples": 0}
    )
    samples = _samples(tmp_path, "de", "zh", "en")
    config = config.with_(seats={"simulator": f"scripted:{model}"})
    evaluate(samples, tmp_path / "run", config=config, catalogue=files["catalogue"])
    rows = [
        json.loads(line) for line in (tmp_path / "run" / "episodes.jsonl").read_text("utf-8").splitlines()
    ]
    said = [row["episode"]["played"][0]["text"] for row in rows]
    assert [row["episode"]["facts"]["fallback"] for row in rows] == [[True]] * 3
    assert said[0].startswith("Ich würde ")
    assert said[0].endswith("vorschlagen.")
    assert said[1].startswith("我推荐《")
    assert said[2].startswith("I would suggest ")
    assert all(row["episode"]["facts"]["new"] != [None] for row in rows)
