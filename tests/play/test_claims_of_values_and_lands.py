"""Values of columns, comparisons of prices, discounts, stocks in words and lands, in replies of shops."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

SOUND = load_catalogue(
    [
        {
            "title": title,
            "brand": brand,
            "price": f"{price} €",
            "stock": stock,
            "colour": colour,
            "genres": kind,
        }
        for title, brand, price, stock, colour, kind in (
            ("Arlo Q4", "Arlo", 59, 7, "blue", "on-ear"),
            ("Besk Tide", "Besk", 329, 1, "black", "over-ear"),
            ("Besk Drum", "Besk", 29, 40, "red", "in-ear"),
            ("Corma Hush", "Corma", 99, 0, "green", "in-ear"),
        )
    ]
)
WINES = load_catalogue(
    [
        {"title": title, "winery": title.split()[0], "country": country, "region": region, "colour": colour,
         "price": f"{price} €"}
        for title, country, region, colour, price in (
            ("Marnac Vieux", "France", "Bordeaux", "red", 42),
            ("Lavoir Blanc", "France", "Loire", "white", 19),
            ("Verdino Classico", "Italy", "Tuscany", "red", 9),
            ("Belgioia Secco", "Italy", "Veneto", "sparkling", 12),
            ("Hollerberg Trocken", "Germany", "Mosel", "white", 11),
        )
    ]
)  # fmt: skip
BOOKS = load_catalogue(
    [
        {"title": "The Tin Ledger", "author": "Mara Quill", "price": "14 €", "language": "English",
         "binding": "hardcover", "genres": "crime"},
        {"title": "Der kalte Garten", "author": "Jan Weid", "price": "12 €", "language": "German",
         "binding": "paperback", "genres": "novel"},
        {"title": "A Map for Owls", "author": "Ines Cal", "price": "18 €", "language": "English",
         "binding": "hardcover", "genres": "children"},
    ]
)  # fmt: skip
HOUSES = load_catalogue(
    [
        {"title": "Hotel Uferblick", "city": "Konstanz", "price_per_night": "129 €"},
        {"title": "Motel Polarstern", "city": "Hamburg", "price_per_night": "49 €"},
    ]
)
REDUCED = load_catalogue(
    [
        {"title": "Ando Lamp", "brand": "Ando", "price": "40 €", "old_price": "50 €", "colour": "red"},
        {"title": "Birka Lamp", "brand": "Birka", "price": "30 €", "old_price": "60 €", "colour": "blue"},
    ]
)
ALL = (SOUND, WINES, BOOKS, HOUSES, REDUCED)
CHECKS = {id(one): ReplyCheck(Knowledge.of(one, Similarity(), seed=0)) for one in ALL}


def made_up(catalogue: Catalogue, reply: str) -> tuple[str, ...]:
    """What is made up in a reply to a seeker without wishes of their own."""
    return CHECKS[id(catalogue)].made_up(reply, list(catalogue), heard_in([seeker("Something nice, please")]))


@pytest.mark.parametrize(
    ("catalogue", "reply", "wrong"),
    [
        (SOUND, "The Arlo Q4 is red.", "red"),
        (SOUND, "Das Arlo Q4 ist rot.", "rot"),
        (SOUND, "The Arlo Q4 comes in red.", "red"),
        (SOUND, "I suggest the Arlo Q4. It is red.", "red"),
        (SOUND, "The Arlo Q4 is a red on-ear model.", "red"),
        (WINES, "Marnac Vieux is a white wine.", "white"),
        (WINES, "Marnac Vieux ist ein Weißwein.", "Weißwein"),
        (BOOKS, "The Tin Ledger is a paperback.", "paperback"),
        (BOOKS, "The Tin Ledger is in German.", "German"),
        (BOOKS, "The Tin Ledger is for children.", "children"),
        (SOUND, "The Arlo Q4 is free.", "free"),
        (SOUND, "Das Arlo Q4 ist gratis.", "gratis"),
        (SOUND, "The Arlo Q4 is 20 % off today.", "20 % off"),
        (SOUND, "The Arlo Q4 was half price until yesterday.", "half price"),
        (REDUCED, "The Ando Lamp is 30 % off.", "30 % off"),
        (SOUND, "The Arlo Q4 is cheaper than the Besk Drum.", "cheaper than"),
        (SOUND, "The Arlo Q4 is the same price as the Besk Tide.", "the same price as"),
        (SOUND, "The Arlo Q4 costs twice as much as the Besk Tide.", "twice as much as"),
        (SOUND, "Das Arlo Q4 ist teurer als das Besk Tide.", "teurer als"),
        (SOUND, "I have the Arlo Q4 and the Besk Drum; the Arlo Q4 is the cheapest.", "the cheapest"),
        (SOUND, "We have twenty Besk Tide in stock.", "twenty"),
        (SOUND, "We have plenty of Corma Hush.", "plenty"),
        (SOUND, "Vom Arlo Q4 ist nur noch einer da.", "nur noch einer da"),
        (WINES, "Marnac Vieux comes from Burgundy.", "Burgundy"),
        (WINES, "Marnac Vieux kommt aus dem Burgund.", "Burgund"),
        (WINES, "Verdino Classico kommt aus Sizilien.", "Sizilien"),
        (WINES, "Marnac Vieux is Italian.", "Italian"),
        (WINES, "Verdino Classico ist ein französischer Rotwein.", "französischer"),
        (HOUSES, "In Hamburg I recommend Hotel Uferblick.", "Hamburg"),
    ],
)
def test_another_value_or_price_or_place_than_the_catalogue_has_is_a_fault(
    catalogue: Catalogue, reply: str, wrong: str
) -> None:
    assert any(wrong in said for said in made_up(catalogue, reply))


@pytest.mark.parametrize(
    ("catalogue", "reply"),
    [
        (SOUND, "The Arlo Q4 is blue."),
        (SOUND, "The Arlo Q4 is not red."),
        (SOUND, "Is the Arlo Q4 red?"),
        (SOUND, "If you want red, the Arlo Q4 is not for you."),
        (SOUND, "The Arlo Q4 is blue, the Besk Drum is red."),
        (SOUND, "The case of the Arlo Q4 is red."),
        (SOUND, "The Arlo Q4 is blue rather than red."),
        (SOUND, "The Arlo Q4 is a better choice than the red Besk Drum."),
        (WINES, "Marnac Vieux is a red wine for white meat."),
        (WINES, "Marnac Vieux is a great white meat wine."),
        (WINES, "Marnac Vieux ist ein Rotwein."),
        (BOOKS, "The Tin Ledger is a crime novel."),
        (BOOKS, "The Tin Ledger is a hardcover in English."),
        (BOOKS, "A Map for Owls is a children's book."),
        (SOUND, "The Arlo Q4 is free of harsh tones."),
        (SOUND, "The Arlo Q4 is not 20 % off."),
        (HOUSES, "Hotel Uferblick is free."),
        (REDUCED, "The Ando Lamp is 20 % off."),
        (REDUCED, "The Birka Lamp is half price."),
        (SOUND, "The Arlo Q4 is cheaper than the Besk Tide."),
        (SOUND, "Das Arlo Q4 ist günstiger als das Besk Tide."),
        (SOUND, "The Arlo Q4 costs about twice as much as the Besk Drum."),
        (SOUND, "The cheapest is the Besk Drum."),
        (SOUND, "I have the Arlo Q4 and the Besk Tide; the Arlo Q4 is the cheapest."),
        (SOUND, "We have plenty of Besk Drum."),
        (SOUND, "Vom Besk Tide ist nur noch einer da."),
        (WINES, "Marnac Vieux comes from Bordeaux in France."),
        (WINES, "Marnac Vieux is French."),
        (WINES, "Verdino Classico kommt aus der Toskana."),
        (WINES, "Verdino Classico ist ein italienischer Rotwein."),
        (WINES, "Marnac Vieux is perfect with Italian food."),
        (SOUND, "The Arlo Q4 is a French press."),
        (HOUSES, "In Hamburg I recommend Motel Polarstern."),
        (HOUSES, "In Hamburg there is nothing like Hotel Uferblick."),
    ],
)
def test_what_the_catalogue_has_and_what_claims_nothing_may_be_said(catalogue: Catalogue, reply: str) -> None:
    assert made_up(catalogue, reply) == ()
