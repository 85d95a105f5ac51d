"""Years in replies: a wrong one is set right where it is plainly the item's, others are left alone."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

CATALOGUE = load_catalogue(
    [
        {"title": title, "year": year, "director": director, "genres": genre}
        for title, year, director, genre in (
            ("The Silver Anchor", 2012, "Mara Quist", "drama"),
            ("Paper Lanterns", 2007, "Tobias Renner", "thriller"),
            ("Wild Apples!", 1954, "Ines Calder", "horror"),
            ("Winter Harbour", 1998, "Helen Oduya", "comedy"),
        )
    ]
)
CHECK = ReplyCheck(Knowledge.of(CATALOGUE, Similarity(), seed=0))
HEARD = heard_in([seeker("A good film, please")])


def _year_faults(reply: str) -> set[str]:
    return {one for one in CHECK.made_up(reply, list(CATALOGUE), HEARD) if one[:4].isdigit()}


@pytest.mark.parametrize(
    "reply",
    [
        "The Silver Anchor won the prize for the best picture in 2013.",
        "The Silver Anchor is about the ship that sank in 1866.",
        "The Silver Anchor, the 2013 Golden Bear winner, is sad.",
        "The Silver Anchor is a 2013 Oscar winner.",
        "The Silver Anchor is a love story from 1935 to 1940.",
        "The Silver Anchor, a novel from 2009, became a film.",
        "The Silver Anchor was made in 2011 and released in 2012.",
        "The Silver Anchor takes us to the coast in 1858.",
        "The Silver Anchor is set in the winter of 1947.",
        "The Silver Anchor is set in the 1920s.",
        "Mara Quist, born in 1970, directed The Silver Anchor.",
        "The Silver Anchor, released in 2012, was shown again in 2024.",
        "The Silver Anchor was re-released in 3D in 2022.",
        "The Silver Anchor will be replaced in 2026.",
        "The Silver Anchor is a remake of the film from 1933.",
        "The Silver Anchor is a remake of the 1969 western.",
        "The book that The Silver Anchor is based on was published in 2002.",
        "The novel behind The Silver Anchor came out in 2009.",
        "The novel The Silver Anchor was published in 2009.",
        "The sequel to The Silver Anchor from 2015 is weaker.",
        "The Silver Anchor is good. You can keep it until 2030.",
        "Der Roman zu The Silver Anchor erschien 2009.",
        "Die zweite Auflage von The Silver Anchor erschien 2014.",
        "The Silver Anchor hat im Jahr 2013 vier Preise gewonnen.",
        "The Silver Anchor spielt im Jahr 1866.",
    ],
)
def test_a_year_that_is_not_plainly_the_items_is_left_alone(reply: str) -> None:
    assert CHECK.mended(reply, HEARD) == reply
    assert not _year_faults(reply)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("The Silver Anchor from 2013 is great.", "The Silver Anchor from 2012 is great."),
        ("The 2013 film The Silver Anchor is great.", "The 2012 film The Silver Anchor is great."),
        ("The Silver Anchor is a drama from 2013.", "The Silver Anchor is a drama from 2012."),
        ("Released in 2013, The Silver Anchor is great.", "Released in 2012, The Silver Anchor is great."),
        ("2013's The Silver Anchor is great.", "2012's The Silver Anchor is great."),
        ("The Silver Anchor was made in 2001.", "The Silver Anchor was made in 2012."),
        ("Made in 2019, The Silver Anchor is great.", "Made in 2012, The Silver Anchor is great."),
        ("Wild Apples! is from 1960.", "Wild Apples! is from 1954."),
        ("The Silver Anchor is a 2013 drama.", "The Silver Anchor is a 2012 drama."),
        ("The Silver Anchor, a drama from 2013, is sad.", "The Silver Anchor, a drama from 2012, is sad."),
        ("The Silver Anchor was released in 2013.", "The Silver Anchor was released in 2012."),
        ("The Silver Anchor, which first came out in 2013, is sad.",
         "The Silver Anchor, which first came out in 2012, is sad."),
        ("I recommend The Silver Anchor. It was released in 2013.",
         "I recommend The Silver Anchor. It was released in 2012."),
        ("Try The Silver Anchor from 2013 or Paper Lanterns from 2007.",
         "Try The Silver Anchor from 2012 or Paper Lanterns from 2007."),
        ("The Silver Anchor kam 2013 in die Kinos.", "The Silver Anchor kam 2012 in die Kinos."),
        ("The Silver Anchor aus dem Jahr 2013 ist gut.", "The Silver Anchor aus dem Jahr 2012 ist gut."),
    ],
)  # fmt: skip
def test_a_wrong_year_that_is_plainly_the_items_is_set_right(wrong: str, right: str) -> None:
    assert CHECK.mended(wrong, HEARD) == right


@pytest.mark.parametrize(
    "reply",
    ["The Silver Anchor is a drama from the 1990s.", "The Silver Anchor, a 1990s drama.",
     "The Silver Anchor and Paper Lanterns came out in 1999."],
)  # fmt: skip
def test_a_year_that_cannot_be_set_right_is_a_fault(reply: str) -> None:
    assert CHECK.mended(reply, HEARD) == reply
    assert _year_faults(reply)


GOODS = load_catalogue(
    [
        {"title": title, "brand": brand, "year": year, "price": f"{price} €", "category": "headphones"}
        for title, brand, year, price in (
            ("Velto R7", "Velto", 2021, 59), ("Sundal Runner", "Sundal", 2019, 69),
        )
    ]
)  # fmt: skip
GOODS_CHECK = ReplyCheck(Knowledge.of(GOODS, Similarity(), seed=0))


@pytest.mark.parametrize(
    "frame",
    [
        "{t} has been around since {y}.",
        "The {t} appeared in {y}.",
        "The {t} arrived in {y}.",
        "The {t} hit the shops in {y}.",
        "{t}, new in {y}, is light.",
        "{t} - {y} - light and soft",
        "The {t}, a {y} model, is light.",
        "Der {t} kam {y} heraus.",
    ],
)
@pytest.mark.parametrize("title", ["Velto R7", "Velto R7 (2021)"])
def test_goods_are_of_the_year_that_is_said_of_them(frame: str, title: str) -> None:
    right, wrong = (frame.format(t=title, y=year) for year in (2021, 2017))
    assert GOODS_CHECK.made_up(right, list(GOODS), HEARD) == ()
    assert GOODS_CHECK.mended(right, HEARD) == right
    assert "2017" in GOODS_CHECK.made_up(wrong, list(GOODS), HEARD)


@pytest.mark.parametrize(
    ("reply", "year"),
    [
        ("Back in 2001, The Silver Anchor was in all cinemas.", "2001"),
        ("In 2001, The Silver Anchor came out.", "2001"),
        ("2001 kam The Silver Anchor in die Kinos.", "2001"),
        ("Im Jahr 2001 lief The Silver Anchor in allen Kinos.", "2001"),
        ("The Silver Anchor has been on the market since 2001.", "2001"),
        ("The Silver Anchor (2012), a film from 2001, is sad.", "2001"),
        ("The Silver Anchor gibt es seit 2001.", "2001"),
        ("Back in 2012, The Silver Anchor was in all cinemas.", ""),
        ("In 2001, The Silver Anchor was only a dream.", ""),
        ("2012 kam The Silver Anchor in die Kinos.", ""),
        ("The Silver Anchor (2012), a tale from 2001, is sad.", ""),
    ],
)
def test_the_year_in_which_something_was_in_cinemas_is_its_own(reply: str, year: str) -> None:
    assert _year_faults(reply) == ({year} if year else set())
