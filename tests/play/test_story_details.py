"""Story details in replies: roles, places and dates of an item make nothing up, other items do."""

from __future__ import annotations

from importlib import resources

import pytest

from support.seats import after, draw, grounded
from support.shop import KNOWLEDGE as GOODS
from support.shop import SHOP
from usbrec.dialogue import Turn
from usbrec.items import AttributeRetriever, Similarity, load_catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.prompts import Prompts

FILMS = load_catalogue(str(resources.files("usbrec.data") / "demo" / "catalogue.csv"))
KNOWLEDGE = Knowledge.of(FILMS, Similarity(), seed=0)
GROUNDING = Grounding(
    KNOWLEDGE, AttributeRetriever(FILMS, KNOWLEDGE.linker, KNOWLEDGE.similarity), Prompts(), 5
)


async def said(text: str) -> str:
    model = ScriptedModel(lambda request: text)
    drawn = await draw(grounded(model, GROUNDING), after(Turn("seeker", "I want a good film for tonight.")))
    return str(drawn.text)


@pytest.mark.parametrize(
    "text",
    [
        "The Grand Budapest Hotel (2014) is pure Wes Anderson, set in the fictional Republic of Zubrowka.",
        "The King's Speech (2010) has Colin Firth as King George VI, stammer and all.",
        "Selma (2014) is about Martin Luther King and the marches in Alabama.",
        "The Social Network (2010) is about Mark Zuckerberg, Harvard and the early days of Facebook.",
        "Argo (2012) is a true story: in 1979, the CIA faked a film shoot in Tehran.",
        "Long story short: 12 Years a Slave (2013). Bring tissues.",
        "Le Samouraï (1967), with Alain Delon as Jef Costello in a trench coat.",
        "Guardians of the Galaxy (2014) is great fun, and the soundtrack is all 70s hits.",
        "Apocalypse Now (1979): Coppola in the Philippines, Vietnam as an opera.",
        "From Fargo (1996) you will remember Frances McDormand as Marge Gunderson in Minnesota.",
        "Back to the Future (1985) has Marty McFly and Doc Brown.",
        "Blade Runner (1982), no contest. Los Angeles, rain, neon, Harrison Ford.",
    ],
)
async def test_roles_places_and_dates_of_a_film_are_said_as_they_are(text: str) -> None:
    assert await said(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Skyfall (2012) ist ein spannender Agentenfilm aus England.",
        "Da würde ich Whiplash (2014) vorschlagen, ein Drama über einen jungen Schlagzeuger.",
        "Argo (2012) spielt 1979 in Teheran und beruht auf einer wahren Geschichte.",
        "Vielleicht The Artist (2011)? Ein Stummfilm aus Frankreich, der fünf Oscars gewann.",
        "Casablanca (1942) ist ein Klassiker, der in Marokko spielt.",
        "In The King's Speech (2010) kämpft Colin Firth gegen sein Stottern.",
    ],
)
async def test_german_nouns_of_no_list_are_said_as_they_are(text: str) -> None:
    assert await said(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Wie wäre es mit Zalvora?",
        "Heat (1995) ist gut, aber Zalvora ist besser.",
        "Schauen Sie Heat (1995) oder Zalvora.",
        "Heat (1995) ist lang. Zalvora ist kürzer.",
        "Lieber Zalvora als Heat (1995).",
    ],
)
async def test_another_german_name_beside_one_of_ours_is_not_said(text: str) -> None:
    assert "Zalvora" not in await said(text)


@pytest.mark.parametrize(
    "text",
    [
        "Heat (1995) is fun, but Shadow Falls has more depth.",
        "Argo (2012) is like the twist in Shadow Falls.",
        "If you like Argo (2012), look at Shadow Falls as well.",
        "Argo (2012) is tense. How about Shadow Falls?",
        "Argo (2012) is better than the story of Shadow Falls.",
        "Argo (2012), and in Shadow Falls it gets better.",
        "Argo in Shadow Falls is a good one.",
        "Argo (2012) is by the makers of Shadow Falls.",
        "Argo (2012) is tense, Shadow Falls is funny.",
        "Argo (2012). Shadow Falls is funny.",
    ],
)
async def test_another_item_beside_one_of_ours_is_not_said(text: str) -> None:
    assert "Shadow Falls" not in await said(text)


async def test_a_year_in_the_story_is_not_set_to_that_of_the_film() -> None:
    assert await said("Argo (2012) begins in 1979.") == "Argo (2012) begins in 1979."
    assert await said("Argo (2012) was released in 1979.") == "Argo (2012) was released in 2012."


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("Park Jogger ist ein guter Schuh mit Schnürung für Anfänger.", True),
        ("Ich empfehle Park Jogger, einen Schuh mit Gelpolster.", True),
        ("Der Park Jogger ist gut, der Zalvora ist besser.", False),
        ("Nehmen Sie den Park Jogger oder den Zalvora.", False),
        ("Der Park Jogger von Zalvora ist gut.", False),
        ("Statt Park Jogger einen Zalvora?", False),
    ],
)
async def test_of_goods_nouns_are_said_and_makers_that_are_not_there_are_not(
    text: str, is_said: bool
) -> None:
    retriever = AttributeRetriever(SHOP, GOODS.linker, GOODS.similarity)
    model = ScriptedModel(lambda request: text)
    seat = grounded(model, Grounding(GOODS, retriever, Prompts(), 5))
    drawn = await draw(seat, after(Turn("seeker", "Ich suche Laufschuhe.")))
    assert (drawn.text == text) is is_said
