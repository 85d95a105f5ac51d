"""Made-up seekers in a model's words: what stays, what is drawn again, masked and counted."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest

from support.command import refused, usbrec
from support.films import KNOWLEDGE, film_files
from usbrec.data import load_samples
from usbrec.dialogue import Sample, Turn
from usbrec.llm.scripted import Rule, Script, ScriptedModel
from usbrec.play.seekers.persona import Persona
from usbrec.prompts import Prompts
from usbrec.synth.writing import SeekerWriter, Written, told

OPENING = "I really liked Goodfellas (1990). I am in the mood for crime."


def _sample() -> Sample:
    persona = Persona(revealed=("crime", "Goodfellas (1990)"), remaining=())
    turns = (Turn("seeker", OPENING), Turn("recommender", "Heat (1995)?"), Turn("seeker", "Not quite it."))
    return Sample("s", "s", turns, ("Casino (1995)",), seeker=persona.to_json())


def _written(*rules: Rule, language: str = "en") -> Written:
    writer = SeekerWriter(ScriptedModel(Script(rules)), Prompts(), KNOWLEDGE, language, "film")
    return asyncio.run(writer.write(_sample(), seed=1))


def _says(when: str, *say: str) -> Rule:
    return Rule(when=re.compile(when), say=say)


SECOND = _says("Not quite", "No, that one misses it.")


def test_the_seekers_turns_are_the_models_and_the_recommenders_stay() -> None:
    written = _written(_says("crime", "Goodfellas (1990) was great, so more crime for me!"), SECOND)
    assert [turn.text for turn in written.sample.turns] == [
        "Goodfellas (1990) was great, so more crime for me!",
        "Heat (1995)?",
        "No, that one misses it.",
    ]
    assert told([written]) == {"wrote": 2, "leaked": 0, "masked": 0, "kept": 0}
    assert written.sample.seeker == _sample().seeker


def test_the_model_hears_the_manner_the_noun_and_the_language_and_no_target() -> None:
    heard = Rule(
        seat=re.compile(r"looking for film, in German\.\n.*you say straight what you want"),
        say=("Goodfellas (1990), crime.",),
    )
    assert _written(heard, language="de").wrote >= 1
    naming = Rule(seat=re.compile("Casino"), say=("Goodfellas (1990), crime.",))
    assert _written(naming).wrote == 0


def test_a_paraphrase_that_names_the_target_is_drawn_again_or_masked_and_counted() -> None:
    written = _written(_says("crime", "Goodfellas (1990) and Casino (1995), crime please"), SECOND)
    assert written.sample.turns[0].text == "Goodfellas (1990) and that one, crime please"
    assert told([written]) == {"wrote": 2, "leaked": 1, "masked": 1, "kept": 0}
    masked = _written(
        _says("crime", "Goodfellas (1990) und Casino (1995), crime bitte"), SECOND, language="de"
    )
    assert "das gesuchte Stück" in masked.sample.turns[0].text


@pytest.mark.parametrize(
    "said",
    [
        "More crime, please.",
        "Goodfellas (1990), please.",
        "Goodfellas (1990) and Alien (1979), crime.",
        "Goodfellas (1990), crime. " + "I talk and talk. " * 20,
    ],
)
def test_what_leaves_a_fact_or_title_out_adds_one_or_rambles_is_not_taken(said: str) -> None:
    written = _written(_says("crime", said), SECOND)
    assert written.sample.turns[0].text == OPENING
    assert told([written]) == {"wrote": 1, "leaked": 0, "masked": 0, "kept": 1}


def test_a_model_that_fails_leaves_the_rules_words() -> None:
    written = _written(Rule(error="unavailable"))
    assert written.sample == _sample()
    assert written.kept == 2


def test_a_writer_that_never_answers_is_told_with_its_failure(tmp_path: Path) -> None:
    files, script = film_files(tmp_path), tmp_path / "w.jsonl"
    script.write_text('{"error": "unavailable"}\n')
    command = ("samples", "catalogue", files["catalogue"], "-o", tmp_path / "s.jsonl")
    refusal = refused(*command, "--writer", f"scripted:{script}")
    assert "The last failure: ModelUnavailable: " in refusal
    assert "Try another model" not in refusal


def test_the_command_writes_the_models_words_and_says_how_many(tmp_path: Path) -> None:
    files, script = film_files(tmp_path), tmp_path / "w.jsonl"
    script.write_text(
        json.dumps({"when": "^That is not quite it", "say": "Nope."}) + "\n" + '{"say": "Hm, more?"}\n'
    )
    command = ("samples", "catalogue", files["catalogue"], "-o", tmp_path / "s.jsonl")
    refusal = refused(*command, "--writer", "rules")
    assert "--writer rules: is no model" in refusal
    done = usbrec(*command, "--writer", f"scripted:{script}")
    # A reply that says none of the facts stays out, so that what was told is what is said.
    assert done.returncode == 2
    assert "wrote nothing that could stay" in done.stderr
    assert usbrec(*command).returncode == 0
    first = load_samples(tmp_path / "s.jsonl")[0].turns[-1].text
    script.write_text(json.dumps({"when": f"^{re.escape(first)}$", "say": f"{first} Hm."}) + "\n")
    done = usbrec(*command, "--writer", f"scripted:{script}")
    assert done.returncode == 0
    assert re.search(r"[1-9]\d* of \d+ turns are in the writer's words; 0 named a target", done.stdout)
    assert load_samples(tmp_path / "s.jsonl")[0].turns[-1].text == f"{first} Hm."


def test_a_catalogue_in_another_language_is_not_spoken_of_in_english_unasked(tmp_path: Path) -> None:
    rows = "id,title,year,genres\n1,山海归人,1993,剧情;爱情\n2,夜色之城,2001,悬疑;犯罪\n"
    (tmp_path / "films.csv").write_text(rows, encoding="utf-8")
    command = ("samples", "catalogue", tmp_path / "films.csv", "-o", tmp_path / "s.jsonl")
    told = refused(*command)
    assert "is in Chinese" in told
    assert "--language" in told
    assert usbrec(*command, "--language", "de").returncode == 0


def test_genres_that_are_german_words_too_make_no_german_seekers(tmp_path: Path) -> None:
    rows = "id,title,genres\n" + "".join(f"{n},Film {n} of War,War|Drama|Western\n" for n in range(12))
    (tmp_path / "films.csv").write_text(rows, encoding="utf-8")
    assert usbrec("samples", "catalogue", tmp_path / "films.csv", "-o", tmp_path / "s.jsonl").returncode == 0
    said = "\n".join(turn.text for one in load_samples(tmp_path / "s.jsonl") for turn in one.turns)
    assert not re.search(r"\b(Ich|Mir|etwas|Haben|ist)\b", said)


def test_a_catalogue_of_german_genres_has_german_seekers_without_a_description(tmp_path: Path) -> None:
    rows = "id,title,genres\n" + "".join(f"{n},See {n},{('Krimi', 'Komödie')[n % 2]}\n" for n in range(12))
    (tmp_path / "regal.csv").write_text(rows, encoding="utf-8")
    assert usbrec("samples", "catalogue", tmp_path / "regal.csv", "-o", tmp_path / "s.jsonl").returncode == 0
    said = "\n".join(turn.text for one in load_samples(tmp_path / "s.jsonl") for turn in one.turns)
    assert re.search(r"\b(Ich|Mir|etwas|Haben)\b", said)


def test_a_german_catalogue_has_german_seekers(tmp_path: Path) -> None:
    rows = "id,title,genres,text\n"
    rows += "".join(
        f"{n},Buch {n} vom See,Krimi,Ein Mann kommt in das Dorf und weiß nicht wer er ist.\n"
        for n in range(12)
    )
    (tmp_path / "regal.csv").write_text(rows, encoding="utf-8")
    assert usbrec("samples", "catalogue", tmp_path / "regal.csv", "-o", tmp_path / "s.jsonl").returncode == 0
    said = "\n".join(turn.text for one in load_samples(tmp_path / "s.jsonl") for turn in one.turns)
    assert "Krimi" in said
    assert re.search(r"\b(Ich|Mir|etwas|Haben)\b", said)
