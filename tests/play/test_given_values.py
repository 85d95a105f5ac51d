"""Colours, kinds and stocks that replies give an item in passing, and what only speaks of them."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

SHOP = load_catalogue(
    [
        {"title": title, "brand": brand, "category": kind, "price": f"{price} €", "stock": stock,
         "colour": colour}
        for title, brand, kind, price, stock, colour in (
            ("Park Jogger", "Altro", "running", 59, 4, "blue"),
            ("City Sprint", "Marwen", "running", 79, 2, "black"),
            ("Summit Boot", "Kolbe", "boots", 149, 0, "grey"),
            ("Storm Shell", "Nordvik", "rain", 219, 5, "red"),
            ("Wool Hat", "Nordvik", "hiking", 22, 12, "red"),
            ("Sun Cap", "Altro", "running", 17, 0, "yellow"),
            ("Quay Coat", "Kolbe", "rain", 99, 3, "navy"),
        )
    ]
)  # fmt: skip
CHECK = ReplyCheck(Knowledge.of(SHOP, Similarity(), seed=0))
HEARD = heard_in((seeker("I want something red for my runs."),))


def made_up(reply: str) -> tuple[str, ...]:
    return CHECK.made_up(reply, SHOP.items, HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "The Park Jogger in a bright red would look great.",
        "The Park Jogger in red fits most feet.",
        "How about the Wool Hat in black?",
        "The green Wool Hat is warm.",
        "The Wool Hat, a green model, is warm.",
        "It's a green one, the Wool Hat, and it is warm.",
        "The Wool Hat has a nice green colour.",
        "Its green shell makes the Storm Shell easy to see.",
        "The Wool Hat is warm. It comes in green too.",
        "The Wool Hat is warm. Colour-wise it is green.",
        "Take the Wool Hat (black).",
        "The colour of the Wool Hat is green.",
        "Go for the Wool Hat: green, simple and sturdy.",
        "Die Farbe der Wool Hat ist grün.",
        "Wool Hat – black – 22 €",
        "The Wool Hat would be the black option.",
        "Der Wool Hat in Grün wärmt.",
        "Der grüne Wool Hat wärmt.",
        "Die Storm Shell gibt es auch in Grün.",
        "Wie wäre es mit dem Wool Hat in Schwarz?",
        "Try the rain version of the Park Jogger.",
        "The Quay Coat in red is light.",
    ],
)
def test_a_value_of_another_item_is_given_to_none(reply: str) -> None:
    assert made_up(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "The Park Jogger goes well with black jeans.",
        "The Park Jogger matches a red jacket.",
        "If red is too loud for you, the Park Jogger is calmer.",
        "The Storm Shell keeps you dry, and red is easy to see in the fog.",
        "Try the blue Park Jogger.",
        "The Park Jogger has a blue upper with white soles.",
        "Not the red one: take the Park Jogger.",
        "The Park Jogger isn't red, but it is light.",
        "Would you rather have red or black? The City Sprint is black.",
        "The Wool Hat is warm on cold, grey days.",
        "The Wool Hat in red and the City Sprint in black would do.",
        "The red Wool Hat and the black City Sprint go together.",
        "Do you want the Wool Hat for the white winter?",
        "Die rote Storm Shell ist wasserdicht.",
        "Der Storm Shell in Rot passt zu blauem Himmel.",
        "The Quay Coat in blue is light.",
        "The Quay Coat in navy is light.",
        "You want it red for your runs, so the Wool Hat is it.",
    ],
)
def test_what_it_goes_with_or_is_not_is_no_value_of_an_item(reply: str) -> None:
    assert made_up(reply) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "We have no {} left.",
        "The {} can't be ordered at the moment.",
        "There are none of the {} left in the warehouse.",
        "The {} will be back next week.",
        "You'd have to wait for the {}, it's gone.",
        "The last {} was sold yesterday.",
        "Unfortunately we've run out of the {}.",
        "We don't have the {} right now.",
        "We're waiting for a new delivery of the {}.",
        "Den {} haben wir nicht mehr.",
        "Die {} sind leider weg.",
        "Der {} ist momentan nicht erhältlich.",
    ],
)
def test_what_is_there_is_not_said_to_be_gone(reply: str) -> None:
    assert made_up(reply.format("Wool Hat"))
    assert made_up(reply.format("Summit Boot")) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "You can pick up the {} today.",
        "There are still a few {} left.",
        "The {} can be with you tomorrow.",
        "We still have the {}.",
        "The {} is on our shelves now.",
        "The {} is available from us immediately.",
        "The {} is back in stock.",
        "The {} ships within two days.",
        "Den {} haben wir noch da.",
        "Der {} ist morgen bei dir.",
    ],
)
def test_what_is_gone_is_not_said_to_be_there(reply: str) -> None:
    assert made_up(reply.format("Summit Boot"))
    assert made_up(reply.format("Wool Hat")) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "With the Storm Shell the rain is gone from your mind.",
        "I have run out of ideas, but the Wool Hat is warm.",
        "The Wool Hat is for runs when the sun is gone.",
        "Put the Wool Hat on the shelf by the door.",
        "The Wool Hat will be with you on every walk.",
        "You can wait for the rain with the Storm Shell.",
    ],
)
def test_other_things_may_be_gone_or_there(reply: str) -> None:
    assert made_up(reply) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Sadly we don't have the Wool Hat in black.",
        "Leider haben wir den Wool Hat nicht in Schwarz.",
        "The case of the Wool Hat is green, though.",
    ],
)
def test_what_an_item_is_not_says_nothing_of_its_stock(reply: str) -> None:
    assert made_up(reply) == ()


def test_how_many_are_left_is_not_made_up() -> None:
    unknown = load_catalogue(
        [
            {"title": "Wool Hat", "price": "22 €", "stock": ""},
            {"title": "Sun Cap", "price": "17 €", "stock": "4"},
            {"title": "Rain Hood", "price": "19 €", "stock": "2"},
        ]
    )
    check = ReplyCheck(Knowledge.of(unknown, Similarity(), seed=0))
    assert check.made_up("There are 8 of Wool Hat left.", unknown.items, HEARD)
    assert check.made_up("There are 4 of Sun Cap left.", unknown.items, HEARD) == ()


PICTURES = load_catalogue(
    [
        {"title": "Wool Hat", "price": "22 €", "url": "https://shop.example/hat", "image": "/img/hat.jpg"},
        {"title": "Sun Cap", "price": "17 €", "url": "https://shop.example/cap?c=1", "image": "/img/cap.jpg"},
    ]
)


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("The Wool Hat: https://shop.example/hat.", ()),
        ("[Wool Hat](https://shop.example/hat) is warm.", ()),
        ("The Sun Cap is at https://shop.example/cap?c=1, have a look.", ()),
        ("The page https://blog.example/hats has the Wool Hat, as you say.", ()),
        ("The Wool Hat: https://shop.example/hats.", ("https://shop.example/hats",)),
        ("![Wool Hat](https://elsewhere.example/a.jpg) is warm.", ("https://elsewhere.example/a.jpg",)),
        ("See www.hats.example for the Wool Hat.", ("www.hats.example",)),
    ],
)
def test_an_address_is_that_of_an_item_or_the_seekers(reply: str, wrong: tuple[str, ...]) -> None:
    check = ReplyCheck(Knowledge.of(PICTURES, Similarity(), seed=0))
    heard = heard_in((seeker("I read https://blog.example/hats and want one."),))
    assert set(wrong) <= set(found := check.made_up(reply, PICTURES.items, heard))
    assert bool(found) is bool(wrong)
