"""What a reply without a title says of the item that was recommended before is held against that item."""

from __future__ import annotations

import asyncio

import pytest

from support.films import seeker
from support.seats import after, draw, grounded
from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import AttributeRetriever, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.prompts import Prompts

SHOP = load_catalogue(
    [
        {"id": name, "name": name, "brand": brand, "category": kind, "price": price, "stock": stock,
         "colour": colour}
        for name, brand, kind, price, stock, colour in (
            ("Tindari Grinder Uno", "Tindari", "grinder", "41.50", "0", "black"),
            ("Aromika Grinder Grande", "Aromika", "grinder", "189.90", "3", "steel"),
            ("Velloce Moka Pot Luna", "Velloce", "moka pot", "36.90", "11", "red"),
        )
    ]
)  # fmt: skip
KNOWLEDGE = Knowledge.of(SHOP, Similarity(), seed=0)
PROMPTS = Prompts()
#: The price and stock of yesterday: the catalogue was swapped since.
RECOMMENDED = (
    seeker("A grinder, please."),
    Turn("recommender", "Take the Tindari Grinder Uno, it costs 36.90 and 11 are in stock."),
)


def said(reply: str, question: str, before: tuple[Turn, ...] = RECOMMENDED) -> str:
    """What is said where a model answers so, each time that it is asked."""
    retriever = AttributeRetriever(SHOP, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    recommender = grounded(ScriptedModel(lambda _: reply), Grounding(KNOWLEDGE, retriever, PROMPTS, 3, 0))
    return asyncio.run(draw(recommender, after(*before, seeker(question)))).replies[0].text


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("Is it still there?", "Yes, it is in stock."),
        ("Is it available?", "Yes, it is available."),
        ("Which colour is it?", "It is red."),
        ("Gibt es ihn noch?", "Ja, er ist auf Lager."),
        ("I take it.", "A great choice, it is in stock."),
    ],
)
def test_what_is_not_so_of_it_is_not_said(question: str, reply: str) -> None:
    assert said(reply, question) != reply


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("What did it cost again?", "It costs 41.50."),
        ("What did it cost again?", "41.50 euros."),
        ("Which colour is it?", "It is black."),
        ("Is it in stock?", "No, it is sold out."),
        ("Was kostet er?", "Er kostet 41,50 Euro."),
    ],
)
def test_what_is_so_of_it_is_said(question: str, reply: str) -> None:
    assert said(reply, question) == reply


def test_a_question_is_about_what_is_wanted_and_not_about_it() -> None:
    question = "Would you like one that is in stock?"
    assert said(question, "I do not like it.") == question


#: An item that the catalogue of yesterday had and this one has not.
GONE = (
    seeker("A grinder, please."),
    Turn("recommender", "Take the Zorbex Mill Duo, it costs 20 euros and is in stock."),
)
PRICE_ASKED = (*RECOMMENDED, seeker("What does it cost?"), Turn("recommender", "It costs 41.50."))


@pytest.mark.parametrize(
    ("reply", "is_said"),
    [
        ("Yes, it is in stock.", False),
        ("Yes, still available.", False),
        ("Sure, we still have it.", False),
        ("Ja, sie ist noch auf Lager.", False),
        ("Ja, sie ist noch da.", False),
        ("It is still there, only two are left.", False),
        ("I am sorry, it is no longer available.", True),
        ("It is not in stock, I am afraid.", True),
        ("Leider ist sie ausverkauft.", True),
        ("Many grinders are in stock. What is your budget?", True),
    ],
)
def test_what_has_left_the_catalogue_is_not_in_stock(reply: str, is_said: bool) -> None:
    assert (said(reply, "Is it still there?", GONE) == reply) is is_said


@pytest.mark.parametrize(
    ("before", "question", "reply", "is_said"),
    [
        ((), "Is it in stock?", "Yes, it is in stock.", False),
        ((), "Is the Tindari Grinder Uno in stock?", "Yes, it is in stock.", False),
        ((), "Is the Aromika Grinder Grande in stock?", "Yes, it is in stock.", True),
        ((), "Is the Aromika Grinder Grande in stock?", "It is red.", False),
        ((), "I take the Aromika Grinder Grande.", "A good choice, it is in stock.", True),
        (PRICE_ASKED, "Is it in stock?", "Yes, it is in stock.", False),
        (PRICE_ASKED, "Is it in stock?", "No, it is sold out.", True),
        (RECOMMENDED, "Is it there?", "The Tindari Grinder Uno is still there.", False),
        (RECOMMENDED, "Is it there?", "Yes, we still have it.", False),
        (RECOMMENDED, "Is the Aromika Grinder Grande there?", "Yes, it is still there.", True),
        (RECOMMENDED, "Gibt es den Aromika Grinder Grande noch?", "Ja, er ist noch da.", True),
        (RECOMMENDED, "Gibt es ihn noch?", "Ja, er ist noch da.", False),
    ],
)
def test_it_is_what_was_named_last_whoever_named_it(
    before: tuple[Turn, ...], question: str, reply: str, is_said: bool
) -> None:
    assert (said(reply, question, before) == reply) is is_said


def test_a_price_is_set_right_of_what_was_just_named_and_of_nothing_further_back() -> None:
    assert said("It costs 36.90.", "Is the Tindari Grinder Uno cheap?", ()) == "It costs 41.50."
    assert "41.50" not in said(
        "It costs 39.",
        "And with the voucher?",
        (
            *PRICE_ASKED,
            seeker("Hm."),
            Turn("recommender", "Yes."),
        ),
    )
