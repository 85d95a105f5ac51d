"""Claims of four more trades: hotels, books, tyres and films with further columns."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

HOTELS = load_catalogue(
    [
        {
            "name": "Hotel Seeblick",
            "chain": "",
            "city": "Kiel",
            "country": "Germany",
            "stars": "4 Sterne",
            "price_per_night": "119 €",
            "breakfast": "yes",
            "pool": "no",
            "type": "hotel",
            "description": "Quiet rooms at the harbour, ten minutes from the station.",
        },
        {
            "name": "Casa Marina",
            "chain": "Solana",
            "city": "Málaga",
            "country": "Spain",
            "stars": "3",
            "price_per_night": "84,50 €",
            "breakfast": "no",
            "pool": "yes",
            "type": "guest house",
            "description": "By the beach.",
        },
        {
            "name": "Gate Inn Berlin",
            "chain": "Inn&Go",
            "city": "Berlin",
            "country": "Germany",
            "stars": "3",
            "price_per_night": "95 €",
            "breakfast": "yes",
            "pool": "no",
            "type": "hotel",
            "description": "Near the Brandenburg Gate.",
        },
        {
            "name": "Alpenhof",
            "chain": "Solana",
            "city": "Innsbruck",
            "country": "Austria",
            "stars": "5",
            "price_per_night": "240 €",
            "breakfast": "yes",
            "pool": "yes",
            "type": "hotel",
            "description": "With a view of the mountains.",
        },
    ]
)
BOOKS = load_catalogue(
    [
        {
            "title": "The Glass Harbour",
            "author": "Nora Weld",
            "publisher": "Lantern Press",
            "year": 2011,
            "price": "12.99",
            "genre": "mystery",
            "description": "A harbour freezes over.",
        },
        {
            "title": "Salt and Iron",
            "author": "Tomas Reyl",
            "publisher": "Northgate",
            "year": 2015,
            "price": "9.50",
            "genre": "fantasy",
            "description": "Two smiths go to war.",
        },
        {
            "title": "Quiet Orchards",
            "author": "Nora Weld",
            "publisher": "Lantern Press",
            "year": 2018,
            "price": "14.00",
            "genre": "romance",
            "description": "An orchard and its heir.",
        },
    ]
)
TYRES = load_catalogue(
    [
        {
            "title": "Winterkraft 3 195/65 R15",
            "brand": "Norvik",
            "category": "winter tyre",
            "price": "62,90 €",
            "stock": 12,
            "load": "91",
            "speed": "T",
            "noise": "70 dB",
            "season": "winter",
        },
        {
            "title": "SportGrip 205/55 R16",
            "brand": "Corsa",
            "category": "summer tyre",
            "price": "74,00 €",
            "stock": 4,
            "load": "94",
            "speed": "V",
            "noise": "71 dB",
            "season": "summer",
        },
        {
            "title": "AllRound 2 205/55 R16",
            "brand": "Norvik",
            "category": "all-season tyre",
            "price": "69,50 €",
            "stock": 0,
            "load": "91",
            "speed": "H",
            "noise": "72 dB",
            "season": "all",
        },
    ]
)
FILMS = load_catalogue(
    [
        {
            "title": "Cold Harbour",
            "year": 1999,
            "genres": "thriller, drama",
            "director": "Ann Lowe",
            "actors": "Tim Rast, Lea Voss",
            "studio": "Moonlit",
            "country": "France",
            "text": "A detective returns.",
        },
        {
            "title": "Paper Sun",
            "year": 2004,
            "genres": "comedy",
            "director": "Joel Marr",
            "actors": "Lea Voss",
            "studio": "Bluefield",
            "country": "Japan",
            "text": "Two sisters open a shop.",
        },
    ]
)

CATALOGUES = {"hotels": HOTELS, "books": BOOKS, "tyres": TYRES, "films": FILMS}
CHECKS = {
    name: ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0)) for name, catalogue in CATALOGUES.items()
}
HEARD = heard_in((seeker("I am looking for something nice."),))


@pytest.mark.parametrize(
    ("trade", "reply"),
    [
        ("hotels", "I recommend Gate Inn Berlin, near the Brandenburg Gate."),
        ("hotels", "Gate Inn Berlin is in Berlin, close to the Brandenburg Gate and the Spree."),
        ("hotels", "Hotel Seeblick in Kiel is by the Baltic Sea."),
        ("hotels", "Hotel Seeblick costs 119 € per night."),
        ("hotels", "Three nights at Hotel Seeblick cost 357 €."),
        ("hotels", "Das Hotel Seeblick liegt in Kiel an der Ostsee."),
        ("hotels", "Das Zimmer kostet 119 € pro Nacht. Ich empfehle Hotel Seeblick."),
        ("hotels", "Casa Marina is located in Málaga."),
        ("hotels", "Alpenhof is 30 minutes from Kiel by plane."),
        ("hotels", "Das Alpenhof in Innsbruck hat einen Pool und Frühstück."),
        ("hotels", "Die Übernachtung kostet 240 €: Alpenhof."),
        ("hotels", "How about the Alpenhof in Austria?"),
        ("books", "Try The Glass Harbour by Nora Weld."),
        ("books", "Try The Glass Harbour by Nora Weld, published by Lantern Press in 2011."),
        ("books", "Nora Weld wrote The Glass Harbour and Quiet Orchards."),
        ("books", "If you enjoyed Tomas Reyl, try The Glass Harbour by Nora Weld."),
        ("books", "Quiet Orchards, also by Nora Weld, is 14.00."),
        ("books", "Quiet Orchards is by the author of The Glass Harbour."),
        ("books", "Two books for 26.99: The Glass Harbour and Quiet Orchards together."),
        ("books", "Salt and Iron is a fantasy novel by Tomas Reyl for 9.50."),
        ("books", "Ich empfehle Salt and Iron von Tomas Reyl aus dem Verlag Northgate."),
        ("books", "Salt and Iron is loved by readers of Nora Weld."),
        ("tyres", "The Winterkraft 3 195/65 R15 by Norvik costs 62,90 €."),
        ("tyres", "Four Winterkraft 3 195/65 R15 cost 251,60 €."),
        ("tyres", "Vier Reifen kosten 251,60 €: Winterkraft 3 195/65 R15."),
        ("tyres", "The SportGrip 205/55 R16 from Corsa is in stock."),
        ("tyres", "Der Winterkraft 3 195/65 R15 von Norvik ist ein Winterreifen."),
        ("films", "Cold Harbour (1999) by Ann Lowe is a thriller with Tim Rast."),
        ("films", "Cold Harbour (1999), directed by Ann Lowe, is great."),
        ("films", "Paper Sun (2004) is a comedy starring Lea Voss."),
        ("films", "Paper Sun (2004) comes from Japan."),
        ("films", "Paper Sun (2004) was produced by Bluefield."),
        ("films", "Paper Sun (2004) is about a woman from France."),
        ("films", "Cold Harbour (1999) was shot in Spain and is from the nineties."),
        ("films", "Cold Harbour (1999) is loved by critics."),
        ("films", "Cold Harbour (1999) is a thriller, by far the best."),
        ("films", "Cold Harbour (1999) follows a man haunted by Paris."),
        ("hotels", "Hotel Seeblick is in Kiel."),
        ("films", "Paper Sun (2004) tells of a girl who is from France."),
        ("films", "Paper Sun (2004) is a comedy from Japan."),
    ],
)
def test_what_agrees_with_the_columns_is_said(trade: str, reply: str) -> None:
    """What agrees with an item's columns is said."""
    assert CHECKS[trade].made_up(reply, CATALOGUES[trade].items, HEARD) == ()


@pytest.mark.parametrize(
    ("trade", "reply"),
    [
        ("hotels", "Three nights at Hotel Seeblick cost 300 €."),
        ("hotels", "Das Hotel Seeblick liegt in Berlin."),
        ("hotels", "Casa Marina is located in Kiel."),
        ("hotels", "How about the Grand Hotel Europa?"),
        ("hotels", "Ich empfehle das Hotel Adlon."),
        ("books", "Try The Glass Harbour by Tomas Reyl."),
        ("books", "Try The Glass Harbour by Stephen King."),
        ("books", "Try The Glass Harbour by Nora Weld, published by Northgate."),
        ("books", "Try The Glass Harbour, written by Tomas Reyl."),
        ("books", "Nora Weld wrote Salt and Iron."),
        ("books", "Salt and Iron is a fantasy novel by Nora Weld for 9.50."),
        ("books", "Ich empfehle Salt and Iron von Nora Weld."),
        ("tyres", "Four Winterkraft 3 195/65 R15 cost 240 €."),
        ("tyres", "The SportGrip 205/55 R16 by Norvik costs 74 €."),
        ("tyres", "The AllRound 2 205/55 R16 is in stock."),
        ("tyres", "Try the Michelin Alpin 6."),
        ("tyres", "Der Winterkraft 3 195/65 R15 von Corsa ist ein Winterreifen."),
        ("films", "Cold Harbour (1999), directed by Joel Marr, is great."),
        ("films", "Paper Sun (2004) is a comedy starring Tim Rast."),
        ("films", "Paper Sun (2004) comes from France."),
        ("films", "Paper Sun (2004) was produced by Moonlit."),
        ("hotels", "Hotel Seeblick is in Berlin."),
        ("films", "Paper Sun (2004) is a comedy from France."),
    ],
)
def test_what_does_not_agree_with_the_columns_is_a_fault(trade: str, reply: str) -> None:
    """What does not agree with an item's columns, or names none of ours, is a fault."""
    assert CHECKS[trade].made_up(reply, CATALOGUES[trade].items, HEARD)
