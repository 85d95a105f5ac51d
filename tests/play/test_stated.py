"""What a seeker's words ask of an item, and how a belief heeds it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, recommender, seeker
from support.retriever import ScriptedRetriever
from usbrec.items import AttributeRetriever, Traits
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.record import Constraints
from usbrec.play.preferences.scores import PreferenceScorer

COLLATERAL, AIRPLANE, NAKED_GUN, PRETTY_WOMAN = (
    KNOWLEDGE.traits[item_id] for item_id in ("f2", "f5", "f6", "f13")
)


@pytest.mark.parametrize(
    ("words", "fits"),
    [
        ("I am in the mood for comedy.", (0.0, 1.0, 1.0, 1.0)),
        ("A crime comedy would be nice.", (0.5, 0.5, 1.0, 0.5)),
        ("Anything with Leslie Nielsen catches my eye.", (0.0, 1.0, 1.0, 0.0)),
        ("Something from the 1980s would suit me.", (0.0, 1.0, 1.0, 0.0)),
        ("I hate romance.", (1.0, 1.0, 1.0, 0.0)),
        ("What else comes to your mind?", (1.0, 1.0, 1.0, 1.0)),
        # Who names a film says what they like, and asks for nothing that can be met in part.
        ("I enjoyed Alien (1979).", (1.0, 1.0, 1.0, 1.0)),
    ],
)
def test_an_item_fits_as_far_as_it_meets_what_was_asked_for(words: str, fits: tuple[float, ...]) -> None:
    stated = RulesExtractor(KNOWLEDGE).stated(
        (seeker("Some horror?"), recommender("Alien (1979)?"), seeker(words))
    )
    assert tuple(map(stated.fit, (COLLATERAL, AIRPLANE, NAKED_GUN, PRETTY_WOMAN))) == pytest.approx(fits)


@given(words=st.text(max_size=80), item_id=st.sampled_from([item.id for item in CATALOGUE]))
def test_a_fit_is_a_share_whatever_is_said(words: str, item_id: str) -> None:
    assert 0.0 <= RulesExtractor(KNOWLEDGE).stated((seeker(words),)).fit(KNOWLEDGE.traits[item_id]) <= 1.0


def test_a_dialogue_without_a_seeker_asks_for_nothing() -> None:
    assert RulesExtractor(KNOWLEDGE).stated((recommender("Hello! A comedy?"),)).fit(COLLATERAL) == 1.0


def test_a_belief_moves_to_what_the_seekers_answer_asks_for() -> None:
    turns = (
        seeker("I loved Heat (1995), more crime please."),
        recommender("Collateral (2004)?"),
        seeker("Not really what I am after. I am in the mood for comedy."),
    )
    retriever = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    comedies = [item.id for item in CATALOGUE if "Comedy" in item.genres]

    def believed(answers: float) -> float:
        belief = Beliefs(KNOWLEDGE, retriever, answers=answers).after(turns).belief or ()
        assert sum(probability for _, probability in belief) == pytest.approx(1.0)
        return sum(probability for item_id, probability in belief if item_id in comedies)

    assert believed(0.0) < believed(1.0) < believed(6.0)
    assert believed(6.0) > 0.95


def test_what_is_read_of_a_dialogue_holds_what_its_last_words_ask_for() -> None:
    turns = (seeker("I love Alien (1979), but no romance."), recommender("Heat (1995)?"), seeker("A comedy!"))
    read = RulesExtractor(KNOWLEDGE).read(turns)
    assert (read.likes.items, read.likes.genres) == (("Alien (1979)",), ("comedy",))
    assert read.dislikes.genres == ("romance",)
    assert read.constraints == Constraints(wanted=Traits.of(["comedy"]))
    assert read.belief is None
    retriever = ScriptedRetriever([("f5", 0.0)])
    believed = PreferenceScorer(KNOWLEDGE, Beliefs(KNOWLEDGE, retriever)).after(turns, read).preferences
    assert believed == replace(read, belief=(("f5", 1.0),))
