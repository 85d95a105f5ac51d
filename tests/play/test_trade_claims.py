"""Claims in any trade: makers, origins, kinds and prices that a reply tells agree with the item's columns."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Catalogue, Similarity
from usbrec.items.constraints.column_roles import (
    is_former_price,
    is_maker,
    is_origin,
    is_present_price,
    present_prices,
)
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

GAMES = load_catalogue(
    [
        {"title": "Harbour Lights", "publisher": "Kobold", "designer": "Ana Petri", "category": "family",
         "price": "24,90 €", "old_price": "34,90 €", "players": "2-4", "made_in": "Germany",
         "description": "Collect lamps along the pier."},
        {"title": "Salt Road", "publisher": "Tortuga", "designer": "Jon Vance", "category": "strategy",
         "price": "39,00 €", "old_price": "", "players": "1-5", "made_in": "Poland",
         "description": "Trade salt across the Alps."},
        {"title": "Night Orchard", "publisher": "Kobold", "designer": "Mia Lund", "category": "family",
         "price": "15 €", "old_price": "", "players": "2-6", "made_in": "Germany",
         "description": "Pick fruit in the dark."},
        {"title": "Baltic Run", "publisher": "Pinewood Games", "designer": "Ole Brandt",
         "category": "strategy", "price": "49,50 €", "old_price": "59,50 €", "players": "2-4",
         "made_in": "Germany", "description": "Sail the Baltic Sea from Kiel to Riga."},
    ]
)  # fmt: skip
WINES = load_catalogue(
    [
        {"title": "Riesling Kabinett Steinberg", "producer": "Weingut Kessler", "region": "Mosel",
         "country": "Germany", "grape": "Riesling", "price": "11.50", "rrp": "13.90", "stock": 12,
         "category": "white wine"},
        {"title": "Tinto Viejo Reserva", "producer": "Bodegas Alba", "region": "Rioja", "country": "Spain",
         "grape": "Tempranillo", "price": "15.00", "rrp": "", "stock": 0, "category": "red wine"},
        {"title": "Clos du Moulin", "producer": "Château Perrin", "region": "Bordeaux", "country": "France",
         "grape": "Merlot", "price": "22.00", "rrp": "", "stock": 5, "category": "red wine"},
        {"title": "Brut Nature Elena", "producer": "Bodegas Alba", "region": "Penedès", "country": "Spain",
         "grape": "Macabeo", "price": "9.90", "rrp": "12.00", "stock": 50, "category": "sparkling wine"},
    ]
)  # fmt: skip
CHECKS = {
    id(catalogue): ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0)) for catalogue in (GAMES, WINES)
}
HEARD = heard_in((seeker("I am looking for something nice."),))


def made_up(catalogue: Catalogue, reply: str) -> tuple[str, ...]:
    return CHECKS[id(catalogue)].made_up(reply, catalogue.items, HEARD)


GAMES_SO = [
    "I recommend Harbour Lights by Kobold.",
    "I recommend Harbour Lights by Ana Petri.",
    "Harbour Lights, published by Kobold, is fun.",
    "Baltic Run from Pinewood Games is fun.",
    "Kobold's Harbour Lights is fun.",
    "Ich empfehle Harbour Lights von Kobold.",
    "Ich empfehle dir Harbour Lights vom Verlag Kobold.",
    "Harbour Lights, erschienen bei Kobold, ist toll.",
    "Night Orchard was designed by Mia Lund.",
    "The publisher of Harbour Lights is Kobold.",
    "Harbour Lights (Kobold) is nice.",
    "Harbour Lights costs 24,90 €.",
    "Harbour Lights costs 24,90 € instead of 34,90 €.",
    "Harbour Lights is 24,90 €, it was 34,90 €.",
    "Harbour Lights kostet 24,90 € statt 34,90 €.",
    "Harbour Lights is reduced from 34,90 € to 24,90 €.",
    "You save 10 € on Harbour Lights.",
    "Three copies of Harbour Lights cost 74,70 €.",
    "Three copies of Night Orchard for 45 €.",
    "Night Orchard: three for 45 €.",
    "Harbour Lights is made in Germany.",
    "Sail the Baltic Sea in Baltic Run.",
    "Try Baltic Run, a game about the Baltic Sea.",
    "Salt Road and Harbour Lights cost 63,90 € together.",
    "Harbour Lights by Kobold plays well, and Salt Road by Tortuga is for experts.",
    "If you like Salt Road by Tortuga, you will like Harbour Lights by Kobold.",
    "Harbour Lights arrives by Friday.",
    "Harbour Lights will be delivered by DHL.",
    "Harbour Lights is loved by families.",
    "Harbour Lights is loved by Tortuga fans too.",
    "Harbour Lights ships from Poland.",
    "Harbour Lights is different from Salt Road.",
    "Unlike games by Tortuga, Harbour Lights is light.",
    "Harbour Lights, by the publisher Kobold, is light.",
    "Harbour Lights is from Kobold.",
    "Harbour Lights stammt von Kobold.",
    "Harbour Lights ist ein Spiel von Ana Petri, erschienen bei Kobold.",
    "Harbour Lights kommt aus Deutschland.",
    "Harbour Lights: 24,90 € (UVP 34,90 €).",
    "Harbour Lights was 34,90 € and now costs 24,90 €.",
    "Harbour Lights costs 24,90 €; the recommended price is 34,90 €.",
    "Harbour Lights is 10 € off.",
    "Mit Harbour Lights sparst du 10 €.",
    "Vier Exemplare von Night Orchard kosten 60 €.",
    "3x Night Orchard: 45 €.",
    "Two Night Orchards cost 30 €.",
    "Both Salt Road and Night Orchard are 54 € together.",
    "Salt Road is 24 € more than Night Orchard.",
    "Harbour Lights by Kobold Games is fun.",
    "Harbour Lights von Kobold kostet 24,90 €.",
    "Wie wäre es mit Harbour Lights von Kobold?",
    "Baltic Run is a strategy game by Pinewood Games.",
]
GAMES_NOT_SO = [
    "I recommend Harbour Lights by Tortuga.",
    "I recommend Harbour Lights by Jon Vance.",
    "Harbour Lights, published by Tortuga, is fun.",
    "Harbour Lights from Pinewood Games is fun.",
    "Tortuga's Harbour Lights is fun.",
    "Harbour Lights is made by Ravensburger.",
    "Try Harbour Lights by Zoch.",
    "Ich empfehle Harbour Lights von Tortuga.",
    "Ich empfehle dir Harbour Lights vom Verlag Tortuga.",
    "Harbour Lights, erschienen bei Tortuga, ist toll.",
    "Harbour Lights was designed by Mia Lund.",
    "The publisher of Harbour Lights is Tortuga.",
    "Harbour Lights (Tortuga) is nice.",
    "Harbour Lights costs 24,90 € instead of 44,90 €.",
    "Harbour Lights kostet 24,90 € statt 39,90 €.",
    "Salt Road was 59 €.",
    "You save 15 € on Harbour Lights.",
    "Three copies of Harbour Lights cost 49,80 €.",
    "Two copies of Night Orchard for 45 €.",
    "Night Orchard is for 3 to 6 players and costs 45 €.",
    "Night Orchard costs 30 €, for 2-6 players.",
    "Night Orchard: two for 45 €.",
    "Harbour Lights is made in Poland.",
    "Salt Road and Harbour Lights cost 60,90 € together.",
    "Harbour Lights by Tortuga plays well, and Salt Road by Kobold is for experts.",
    "Harbour Lights, by the publisher Tortuga, is light.",
    "Harbour Lights stammt von Tortuga.",
    "Harbour Lights ist von Pegasus.",
    "Harbour Lights ist ein Spiel von Ana Petri, erschienen bei Tortuga.",
    "Harbour Lights kommt aus Poland.",
    "Harbour Lights: 24,90 € (UVP 39,90 €).",
    "Harbour Lights was 24,90 € and now costs 34,90 €.",
    "Harbour Lights is 12 € off.",
    "Mit Harbour Lights sparst du 20 €.",
    "Vier Exemplare von Night Orchard kosten 50 €.",
    "Night Orchard has 2 boards and costs 30 €.",
    "Night Orchard takes 20 to 30 minutes, for 45 €.",
    "Baltic Run is a strategy game by Kobold.",
    "Baltic Run is a strategy game from Kobold.",
    "Kobold made Baltic Run.",
    "Tortuga publishes Harbour Lights.",
]
WINES_SO = [
    "I recommend Tinto Viejo Reserva from Rioja.",
    "Tinto Viejo Reserva by Bodegas Alba is great.",
    "Tinto Viejo Reserva is made by Bodegas Alba.",
    "Clos du Moulin von Château Perrin passt gut.",
    "Der Riesling Kabinett Steinberg vom Weingut Kessler passt gut.",
    "The Riesling Kabinett Steinberg costs 11.50.",
    "Brut Nature Elena is 9.90 euro instead of 12 euro.",
    "Die Flasche kostet 22 Euro. Ich empfehle Clos du Moulin.",
    "Ich empfehle Clos du Moulin. Die Flasche kostet 22 Euro.",
    "Clos du Moulin is a red wine from France.",
    "Is the Riesling what you are looking for? Riesling Kabinett Steinberg is a good one.",
    "Is the Riesling Kabinett Steinberg fine for you?",
    "Try Clos du Moulin, a Merlot from Bordeaux.",
    "The Clos du Moulin comes from Bordeaux in France.",
    "Brut Nature Elena, a Macabeo from Penedès in Spain, costs 9.90.",
    "Brut Nature Elena goes well with fish from the Baltic Sea.",
    "Clos du Moulin ist ein Merlot aus Bordeaux.",
    "Der Tinto Viejo Reserva ist ausverkauft.",
    "Das Weingut Kessler macht den Riesling Kabinett Steinberg.",
    "Zwei Flaschen Clos du Moulin kosten 44 Euro.",
    "Sechs Flaschen kosten 132 Euro. Ich empfehle Clos du Moulin.",
    "For two people, Clos du Moulin costs 22.",
    "Tinto Viejo Reserva comes from Spain, made near the Brandenburg Gate.",
    "Clos du Moulin is from the south of France.",
    "Clos du Moulin goes with Italian food from Tuscany.",
    "Clos du Moulin passt zu Fisch von der Ostsee.",
    "Clos du Moulin ist von Anfang an beliebt.",
    "Clos du Moulin, made in France.",
    "Le recomiendo Tinto Viejo Reserva, un vino tinto de Rioja.",
    "Te recomiendo Clos du Moulin.",
    "Je vous conseille Clos du Moulin, un vin rouge de Bordeaux.",
    "Le consiglio Clos du Moulin.",
    "Prueba Tinto Viejo Reserva.",
    "Is the Riesling still available? Yes, Riesling Kabinett Steinberg is in stock.",
    "Die Flasche Clos du Moulin kostet 22 Euro.",
    "Der Wein kommt aus Frankreich: Clos du Moulin.",
    "Made in France: Clos du Moulin.",
    "Clos du Moulin – Made in France.",
    "Vom Bodensee bis zur Ostsee beliebt: Clos du Moulin.",
]
WINES_NOT_SO = [
    "I recommend Tinto Viejo Reserva from Mosel.",
    "Tinto Viejo Reserva by Weingut Kessler is great.",
    "Tinto Viejo Reserva from Domaine Romanée is great.",
    "Tinto Viejo Reserva is made by Domaine Leroy.",
    "Clos du Moulin von Weingut Kessler passt gut.",
    "Der Riesling Kabinett Steinberg vom Weingut Müller passt gut.",
    "Clos du Moulin is a red wine from Spain.",
    "Try Clos du Moulin, a Tempranillo from Bordeaux.",
    "Brut Nature Elena, a Macabeo from Rioja in Spain, costs 9.90.",
    "Clos du Moulin ist ein Riesling aus Bordeaux.",
    "Der Tinto Viejo Reserva ist lieferbar.",
    "Das Weingut Kessler macht den Tinto Viejo Reserva.",
    "Zwei Flaschen Clos du Moulin kosten 40 Euro.",
    "For two people, Clos du Moulin costs 44.",
    "Prueba Viña Esmeralda.",
    "Je vous conseille Château Margaux.",
    "I recommend Château Margaux.",
    "Try the Barolo Riserva 2015.",
]


@pytest.mark.parametrize("reply", GAMES_SO)
def test_what_the_columns_of_a_game_say_is_said(reply: str) -> None:
    """What the columns of a game say, and what follows from its prices, is said."""
    assert made_up(GAMES, reply) == ()


@pytest.mark.parametrize("reply", GAMES_NOT_SO)
def test_what_the_columns_of_a_game_do_not_say_is_a_fault(reply: str) -> None:
    """Another maker, origin or price than the columns of a game have is a fault."""
    assert made_up(GAMES, reply)


@pytest.mark.parametrize("reply", WINES_SO)
def test_what_the_columns_of_a_wine_say_is_said(reply: str) -> None:
    """What the columns of a wine say, and places of the world beside it, is said."""
    assert made_up(WINES, reply) == ()


@pytest.mark.parametrize("reply", WINES_NOT_SO)
def test_what_the_columns_of_a_wine_do_not_say_is_a_fault(reply: str) -> None:
    """Another maker, region, grape or price than the columns of a wine have is a fault."""
    assert made_up(WINES, reply)


@pytest.mark.parametrize(
    ("catalogue", "reply", "said"),
    [
        (GAMES, "Harbour Lights costs 34,90 €.", "Harbour Lights costs 24,90 €."),
        (
            WINES,
            "The Riesling Kabinett Steinberg costs $13.90.",
            "The Riesling Kabinett Steinberg costs $11.50.",
        ),
    ],
)
def test_a_price_of_before_is_set_right_where_it_is_said_to_be_the_price(
    catalogue: Catalogue, reply: str, said: str
) -> None:
    """A price of before that is said to be the price is set right."""
    assert CHECKS[id(catalogue)].mended(reply, HEARD) == said


@pytest.mark.parametrize(
    ("column", "role"),
    [
        ("price", "present"), ("Preis", "present"), ("sale_price", "present"), ("price_per_night", "present"),
        ("Bruttopreis", "present"), ("old_price", "former"), ("UVP", "former"), ("RRP", "former"),
        ("compare_at_price", "former"), ("original price", "former"), ("list_price", "former"),
        ("shipping_cost", ""), ("price_currency", ""), ("price_range", ""), ("deposit price", ""),
        ("publisher", "maker"), ("Winery", "maker"), ("Hersteller", "maker"), ("manufacturers", "maker"),
        ("author", "maker"), ("country_of_origin", "origin"), ("region", "origin"),
        ("Herkunftsland", "origin"),
        ("made in", "origin"), ("colour", ""), ("landing_page", ""), ("description", ""),
    ],
)  # fmt: skip
def test_a_columns_role_follows_from_its_name(column: str, role: str) -> None:
    """A column's name says whether it is a price of today or of before, a maker or an origin."""
    found = {
        "present": is_present_price(column),
        "former": is_former_price(column),
        "maker": is_maker(column),
        "origin": is_origin(column),
    }
    assert [name for name, holds in found.items() if holds] == ([role] if role else [])


def test_under_an_amount_is_about_todays_price_wherever_its_column_stands() -> None:
    """A constraint on the price is one on what an item costs, not on what it cost before."""
    catalogue = load_catalogue(
        [
            {"title": "A", "old_price": "30", "price": "20", "sale_price": "15"},
            {"title": "B", "old_price": "60", "price": "50", "sale_price": ""},
        ]
    )
    assert [column.name for column in present_prices(catalogue.types)] == [
        "current price",
        "price",
        "sale_price",
    ]
    knowledge = Knowledge.of(catalogue, Similarity(), seed=0)
    (one,) = knowledge.constraints((seeker("Something under 25, please."),))
    assert (one.column, one.operator, one.value) == ("current price", "<", 25.0)
