"""Seekers by rules who react as people do: what they like, tell and ask, and what stays as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, film_files, recommender, sample, seeker
from usbrec import stages
from usbrec.config import load_config
from usbrec.dialogue import Turn
from usbrec.items.kinds import KINDS
from usbrec.judge.recorded import RecordedFacts
from usbrec.lexicon import LANGUAGES
from usbrec.play.languages import Languages
from usbrec.play.seekers.manner import PEOPLE, Manner
from usbrec.play.seekers.phrases import phrases
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.targets import Targets

SAYS = [
    (language, sentence) for language in LANGUAGES for sentence in phrases(language, "films").choices("likes")
]
SILENT = [
    (language, sentence)
    for language in LANGUAGES
    for name in ("undecided", "asks_about", "asks_for", "small_talk")
    for sentence in phrases(language, "films").choices(name)
]


def answer(text: str, *, seed: int = 0, manner: Manner | None = PEOPLE, wanted: str = "Casino (1995)") -> Any:
    simulator = RulesTargetSimulator(KNOWLEDGE, "Why?", manner=manner)
    one = simulator.seat_by_rules(Targets.of(sample("Hello there.", targets=(wanted,)), KNOWLEDGE))
    return one.say((seeker("Hello there."), recommender(text)), explain=False, seed=seed)


def read(language: str, sentence: str) -> Any:
    facts = RecordedFacts(KNOWLEDGE, Languages(fixed=language))
    return facts.answer_to((Turn("recommender", "Goodfellas (1990)."),), sentence)


@pytest.mark.parametrize(("language", "sentence"), SAYS)
def test_what_says_that_something_is_liked_is_read_so(language: str, sentence: str) -> None:
    assert read(language, sentence) == "accepted"


@pytest.mark.parametrize(("language", "sentence"), SILENT)
def test_what_says_nothing_of_an_offer_is_read_so(language: str, sentence: str) -> None:
    assert read(language, sentence) == "open"


def test_every_kind_of_item_has_the_sentences_in_every_language() -> None:
    for language in LANGUAGES:
        for kind in KINDS:
            for name in ("likes", "undecided", "asks_about", "asks_for", "small_talk"):
                assert len(set(phrases(language, kind).choices(name))) > 2


def test_what_is_near_is_liked_what_is_far_is_not_and_the_target_ends_it() -> None:
    facts = RecordedFacts(KNOWLEDGE)
    near, far = "Try Goodfellas (1990).", "Try Finding Nemo (2003)."
    said: dict[str, list[Any]] = {near: [], far: []}
    for seed in range(150):
        for text, likes in ((near, True), (far, False)):
            given = answer(text, seed=seed)
            assert given.likes is likes
            assert not given.accepted, "they go on looking"
            said[text].append(facts.answer_to((recommender(text),), given.text))
        assert answer("Try Casino (1995).", seed=seed).accepted
        assert answer("Hello.", seed=seed).likes is None
    assert "declined" not in said[near]
    assert "accepted" not in said[far]
    assert said[near].count("accepted") / 150 == pytest.approx(PEOPLE.says_liked, abs=0.1)
    assert said[far].count("declined") / 150 == pytest.approx(PEOPLE.says_declined, abs=0.1)
    assert facts.answer_to((recommender(near),), answer(near, manner=None).text) == "declined"


@given(
    st.integers(0, 2**31 - 1),
    st.sampled_from(["Hello.", "Try Goodfellas (1990).", "Try Alien (1979).", "Which genre do you like?"]),
)
def test_no_answer_names_a_target_or_is_empty_and_each_is_the_same_again(seed: int, text: str) -> None:
    said = answer(text, seed=seed)
    assert said.text
    assert "casino" not in said.text.lower()
    assert answer(text, seed=seed) == said


def test_a_question_for_a_fact_is_answered_and_what_was_told_is_not_told_again() -> None:
    for seed in range(10):
        assert "crime" in answer("Which genre do you like?", seed=seed).text
        assert "drama" not in answer("Which genre do you like?", seed=seed).text, "one genre at a time"


def test_shares_are_those_of_the_manner() -> None:
    told = [answer("Hello.", seed=seed).text for seed in range(400)]
    names = ("crime", "drama", "1990s", "Scorsese", "De Niro", "Stone")
    tells = sum(any(name in text for name in names) for text in told) / len(told)
    asks = sum("?" in text for text in told) / len(told)
    assert tells == pytest.approx(PEOPLE.tells_else, abs=0.07)
    assert asks == pytest.approx(PEOPLE.asks_else, abs=0.07)
    always = replace(PEOPLE, tells_else=1.0, asks_else=1.0, chats_else=1.0)
    assert all("?" in answer("Hello.", seed=seed, manner=always).text for seed in range(20))


def test_they_sit_where_rules_can_and_hit_as_often(tmp_path: Path) -> None:
    files = film_files(tmp_path)
    found = {}
    for seat in ("rules", "rules:people"):
        config = load_config(
            None,
            {
                "seats": {"recommender": "rules:random", "simulator": seat, "judge": "rules"},
                "statistics": {"resamples": 100},
                "judging": {"second": False},
            },
        )
        found[seat] = stages.evaluate(
            files["samples"], tmp_path / seat.replace(":", "-"), config=config, catalogue=CATALOGUE
        )
        assert found[seat]["config"]["search"]["simulator"] == "rules", "inside a search they sit as before"
        assert found[seat]["failed"] == 0
    assert found["rules"]["hit"]["n"] == found["rules:people"]["hit"]["n"] == 4
