"""A title of several items is that of the one whose id comes with the reply, and so is what is said."""

from __future__ import annotations

import pytest

from support.seats import after, draw, grounded
from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import AttributeRetriever, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.languages import Languages
from usbrec.prompts import Prompts

PHONES = load_catalogue(
    [
        {"id": "a", "title": "Norva 12", "brand": "Orbit", "price": "399 €", "stock": "3", "sales": "90"},
        {"id": "b", "title": "Norva 12", "brand": "Bea", "price": "149 €", "stock": "2", "sales": "5"},
        {"id": "c", "title": "Luxio 9", "brand": "Lumen", "price": "329 €", "stock": "4", "sales": "7"},
    ]
)
HOTELS = load_catalogue(
    [
        {"hotel_id": "1", "hotel_name": "Marbel Lodge", "city": "Konstanz", "price": "129 €"},
        {"hotel_id": "2", "hotel_name": "Marbel Lodge", "city": "Starnberg", "price": "99 €"},
        {"hotel_id": "3", "hotel_name": "Tolke Hall", "city": "Berlin", "price": "89 €"},
    ]
)


def knowledge_of(catalogue: object) -> Knowledge:
    return Knowledge.of(catalogue, Similarity(), seed=0)  # type: ignore[arg-type]


async def said(reply: str, *turns: Turn, naming: str = "checked") -> str:
    knowledge = knowledge_of(PHONES)
    retriever = AttributeRetriever(PHONES, knowledge.linker, knowledge.similarity)
    grounding = Grounding(knowledge, retriever, Prompts(), 4, languages=Languages())
    seat = grounded(ScriptedModel(lambda request: reply), grounding, redraws=0, naming=naming)
    return (await draw(seat, after(*turns))).replies[0].text


WISH = Turn("seeker", "A good phone, please.")


@pytest.mark.parametrize("naming", ["checked", "strict", "closed"])
async def test_what_is_said_of_a_title_is_true_of_the_item_that_it_means(naming: str) -> None:
    """The reply's item would be the other Norva, which costs 399 €."""
    assert "149" not in await said("The Norva 12 costs 149 €.", WISH, naming=naming)
    for right in ("The Norva 12 costs 399 €.", "The Norva 12 by Bea costs 149 €."):
        assert await said(right, WISH, naming=naming) == right


async def test_after_another_item_of_that_title_was_named_it_means_that_one() -> None:
    turns = (WISH, Turn("recommender", "Take the Norva 12 by Bea."), Turn("seeker", "How much is it?"))
    reply = "The Norva 12 costs 149 €, and I like it."
    assert await said(reply, *turns) == reply


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Marbel Lodge in Starnberg is lovely.", "2"),
        ("Take the Marbel Lodge (Starnberg).", "2"),
        ("**Marbel Lodge** (Konstanz)", "1"),
        ("Marbel Lodge in May is quiet.", "1"),
    ],
)
def test_places_tell_items_of_one_title_apart(text: str, item: str) -> None:
    (mention,) = knowledge_of(HOTELS).linker.link(text)
    assert mention.item_id == item


def test_an_item_is_said_with_what_tells_it_apart() -> None:
    knowledge = knowledge_of(HOTELS)
    assert [knowledge.told_apart_by(item) for item in HOTELS] == ["Konstanz", "Starnberg", None]


def test_a_colour_tells_two_of_one_group_apart() -> None:
    """As a merchant's feed lists each colour."""
    rows = [("r", "red"), ("b", "Blue"), ("w", "white")]
    shirts = load_catalogue(
        [{"id": one, "title": "Ossel Shirt", "brand": "Norr", "color": hue} for one, hue in rows]
    )
    linker = knowledge_of(shirts).linker
    texts = ("Take the Ossel Shirt in blue.", "Ossel Shirt (red)", "the Ossel Shirt in white")
    assert [linker.link(text)[0].item_id for text in texts] == ["b", "r", "w"]
