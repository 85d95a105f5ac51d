"""Item positions: what a strict check refuses where a sentence puts a second item beside one of ours."""

from __future__ import annotations

from typing import Any

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from support.seats import after, draw, grounded
from usbrec.items import AttributeRetriever
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.play.protocol import Drawn
from usbrec.prompts import Prompts

STRICT = ReplyCheck(KNOWLEDGE, strict=True)
WISH = (seeker("I want a tense film for tonight, please."),)
HEARD = heard_in(WISH)


def _refused(text: str) -> bool:
    return bool(STRICT.made_up(text, CATALOGUE.items, HEARD))


@pytest.mark.parametrize(
    "reply",
    [
        "If you can't find Heat, the outsiders will do just as well.",
        "Where Heat shouts, midnight rivers whisper and the square is calm.",
        "Compared to Heat, portrait of a sailor on fire is much gentler.",
        "The obvious answer is Heat; the better answer is broken lives.",
        "That rules out Heat. What remains is the return.",
        "Somewhere between Heat and a fairy tale you will find the undertow.",
        "In that case I'd pick drug war over Heat.",
        "Both speed of darkness and Heat are worth a look.",
        "Top of my list: the father. Runner-up: Heat.",
        "If it has to be funny, wings of hope; if it has to be sad, Heat.",
        "There are two options here: Heat if you want laughs, the stranger if you want tears.",
        "I'd skip Heat and head straight for the maelstrom.",
        "You liked Heat? Then have a go at the embassy.",
        "It's between the avalanche and Heat.",
    ],
)
def test_what_stands_where_an_item_does_is_an_item_of_ours(reply: str) -> None:
    assert _refused(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "If you can't find Heat, you could watch Alien.",
        "Compared to Heat, it is much gentler and Alien is darker.",
        "The obvious answer is Heat; the better answer is Alien.",
        "Heat is long, but the ending is worth it.",
        "Both Alien and Heat are worth a look.",
        "I'd pick a comedy over Heat.",
        "If you like the 70s, Alien is from that time.",
        "There are two options here: Heat if you want action, Alien if you want to be scared.",
        "Have you thought about giving Heat a second chance?",
        "Tonight I would start with Heat, then Alien, then a good night's sleep.",
        "The rest of the story is in Heat.",
    ],
)
def test_pronouns_parts_and_kinds_stand_there_too(reply: str) -> None:
    assert not _refused(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Heat to Alien is a good choice.",
        "I suggest J. Heat for tonight.",
        "Let the Heat is the bold one.",
        "His Heat would be my pick.",
        "My tip: Before Heat.",
        "Two words: Heat: Redemption.",
        "Team Marvin: Heat was directed with a steady hand.",
        "Woman of Tokyo is a quiet film.",
        "Heat is fun, though Nothing to Declare is the deeper film.",
        "Heat the 13th is what you need.",
    ],
)
def test_a_title_may_not_be_a_piece_of_another_name(reply: str) -> None:
    assert _refused(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Wenn du Heat mochtest, wirst du 1912 lieben.",
        "Statt Heat lieber 1948, der ist kürzer.",
        "Was halten Sie vom signal?",
    ],
)
def test_german_positions_are_known_too(reply: str) -> None:
    assert _refused(reply)


def test_a_year_told_in_german_belongs_to_the_title_before_it() -> None:
    assert not _refused("Ein Geheimtipp ist Heat aus dem Jahr 1995.")


async def _drawn(model: ScriptedModel, naming: Any, *, slots: bool = False) -> Drawn:
    retriever = AttributeRetriever(CATALOGUE, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    grounding = Grounding(KNOWLEDGE, retriever, Prompts(), 5, slots=slots)
    return await draw(grounded(model, grounding, naming=naming, redraws=0), after(*WISH))


async def test_the_fixed_sentence_of_a_strict_way_keeps_the_candidate_that_was_chosen() -> None:
    retriever = AttributeRetriever(CATALOGUE, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    shown = Grounding(KNOWLEDGE, retriever, Prompts(), 5).candidates(WISH)
    chosen = next(item for item in shown[1:] if item.title == item.title.title())
    refused = f"I'd pick drug war over {chosen.name}."
    strict = await _drawn(ScriptedModel(lambda request: refused), "strict")
    assert (strict.replies[0].grounding or {})["fallback"] is True
    assert KNOWLEDGE.named(strict.text) == (chosen.id,)


async def test_strict_slots_fill_titles_in_and_refuse_names_in_words() -> None:
    filled = await _drawn(ScriptedModel(lambda request: "You could try [2]."), "strict-slots", slots=True)
    assert (filled.replies[0].grounding or {})["fallback"] is False
    assert (filled.replies[0].grounding or {})["naming"] == "strict-slots"
    beside = await _drawn(
        ScriptedModel(lambda request: "I'd pick drug war over [2]."), "strict-slots", slots=True
    )
    assert (beside.replies[0].grounding or {})["fallback"] is True
