"""Closed vocabulary in other shops: no value is handed to a second item, and no feature is made up."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

HEARD = heard_in((Turn("seeker", "I want something good, please."),))
PHONES = load_catalogue(
    [
        {"id": "1", "title": "Norva 12", "brand": "Orbit", "storage": "128 GB", "price": "£399", "stock": "3",
         "colour": "black, blue", "os": "Tork", "text": "With a microphone for calls."},
        {"id": "2", "title": "Norva 12", "brand": "Bea", "storage": "64 GB", "price": "£149", "stock": "2",
         "colour": "red", "os": "Tork", "text": ""},
        {"id": "3", "title": "Luxio 9", "brand": "Lumen", "storage": "128 GB", "price": "£329", "stock": "4",
         "colour": "green", "os": "Tork", "text": "For kids from eight years on."},
        {"id": "4", "title": "Brelko 16", "brand": "Pear", "storage": "256 GB", "price": "£899", "stock": "0",
         "colour": "white, pink", "os": "pOS", "text": ""},
    ]
)  # fmt: skip
WINES = load_catalogue(
    [
        {"Art.-Nr.": "1", "Weinname": "Kalkstein Ossel", "Weingut": "Kolm", "Land": "Italien",
         "Preis": "39,00 €", "Bestand": "3", "Alkohol (%)": "14"},
        {"Art.-Nr.": "2", "Weinname": "Tolke Auslese", "Weingut": "Renn", "Land": "Portugal",
         "Preis": "89,00 €", "Bestand": "0", "Alkohol (%)": "20"},
    ]
)  # fmt: skip
HOTELS = load_catalogue(
    [
        {"hotel_id": "1", "hotel_name": "Marbel Lodge", "city": "Konstanz", "price_per_night": "129 €",
         "amenities": "gym, wifi", "rooms": "12"},
        {"hotel_id": "2", "hotel_name": "Tolke Hall", "city": "Berlin", "price_per_night": "89 €",
         "amenities": "wifi", "rooms": "40"},
    ]
)  # fmt: skip
RECIPES = load_catalogue(
    [
        {"id": "1", "title": "Ossel Soup", "difficulty": "easy", "time": "35 min"},
        {"id": "2", "title": "Marbel Strudel", "difficulty": "hard", "time": "90 min"},
    ]
)
FILMS = load_catalogue(
    [
        {"id": "1", "title": "Ossel Bay", "genres": "comedy", "year": "1999"},
        {"id": "2", "title": "Marbel Street", "genres": "thriller, crime", "year": "2004"},
    ]
)


def said(text: str, catalogue: Catalogue = PHONES) -> bool:
    check = ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0), strict=True, closed=True)
    return not check.made_up(text, tuple(catalogue), HEARD)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The Luxio 9 is green, and so is the Brelko 16.", False),
        ("The Luxio 9 is green, and the Brelko 16 too.", False),
        ("The Brelko 16 costs £899, and so does the Luxio 9.", False),
        ("The Brelko 16 is like the Luxio 9, green.", False),
        ("If you like the Brelko 16, the Luxio 9 costs £329.", True),
        ("The Luxio 9 costs £329, the Brelko 16 costs £899.", True),
        ("The Luxio 9 (£329) or the Brelko 16 (£899) would be great.", True),
        ("The Luxio 9 has 128 GB of storage.", True),
        ("The Luxio 9 has 64 GB of storage.", False),
    ],
)
def test_what_is_true_of_one_is_not_said_of_another_by_a_word(text: str, right: bool) -> None:
    assert said(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("I suggest the Brelko 16 and the Luxio 9 by Lumen.", False),
        ("Take the Brelko 16 or the Luxio 9 in green.", False),
        ("The Luxio 9 and the Brelko 16 are green.", False),
        ("The Luxio 9, not the Brelko 16, is white.", False),
        ("I suggest the Luxio 9 and the Brelko 16 (£899).", True),
    ],
)
def test_what_is_said_of_titles_in_one_breath_is_true_of_all(text: str, right: bool) -> None:
    assert said(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The Norva 12 by Bea costs £149.", True),
        ("The Norva 12 by Bea costs £399.", False),
        ("The Norva 12 is made by Bea and costs £399.", False),
        ("The Norva 12 is red and costs £149.", True),
        ("The Norva 12 is red and costs £399.", False),
    ],
)
def test_what_is_said_of_a_title_of_several_is_true_of_one_of_them(text: str, right: bool) -> None:
    assert said(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("The Luxio 9 is for children.", True),
        ("The Brelko 16 is for children.", False),
        ("The Brelko 16 has a microphone.", False),
        ("The Norva 12 by Orbit has a microphone.", True),
        ("The Brelko 16 has noise cancelling.", False),
        ("The Brelko 16 comes with a case.", False),
        ("The Brelko 16 has no microphone.", True),
        ("The Norva 12 by Orbit has no microphone.", False),
        ("In that case, the Brelko 16 is a great choice.", True),
        ("Do you need a microphone?", True),
    ],
)
def test_what_a_thing_has_and_for_whom_it_is_stands_in_its_cells(text: str, right: bool) -> None:
    assert said(text) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Der Kalkstein Ossel ist aus Italien, und der Tolke Auslese auch.", False),
        ("Der Tolke Auslese kostet 89 Euro, genau wie der Kalkstein Ossel.", False),
        ("Der Tolke Auslese ist heute noch da.", False),
        ("Der Kalkstein Ossel ist noch da.", True),
        ("Der Kalkstein Ossel ist leider nicht aus Italien.", False),
        ("Der Kalkstein Ossel ist ein Wein für Kinder.", False),
        ("Der Kalkstein Ossel kostet 39 Euro im Monat.", False),
        ("Der Kalkstein Ossel kostet 39 Euro.", True),
    ],
)
def test_the_same_in_german(text: str, right: bool) -> None:
    assert said(text, WINES) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Marbel Lodge and Tolke Hall have a gym.", False),
        ("Tolke Hall and Marbel Lodge have a gym.", False),
        ("Marbel Lodge has a gym.", True),
        ("Tolke Hall costs 89 € a week.", False),
        ("Tolke Hall costs 89 € for two.", False),
        ("Tolke Hall costs 89 € a night.", True),
        ("Tolke Hall has 40 rooms.", True),
        ("Tolke Hall has 12 rooms.", False),
    ],
)
def test_amenities_prices_and_rooms_of_hotels(text: str, right: bool) -> None:
    assert said(text, HOTELS) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Ossel Bay ist eine Komödie.", True),
        ("Ossel Bay ist ein Krimi.", False),
        ("Marbel Street ist ein Krimi.", True),
        ("Marbel Street ist eine Komödie.", False),
        ("Magst du lieber eine Komödie?", True),
    ],
)
def test_genres_in_another_language_are_those_of_the_film(text: str, right: bool) -> None:
    assert said(text, FILMS) is right


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Ossel Soup is easy.", True),
        ("Marbel Strudel is easy.", False),
        ("Ossel Soup takes 35 min.", True),
        ("Ossel Soup takes 90 min.", False),
    ],
)
def test_what_a_column_grades_is_said_as_the_column_has_it(text: str, right: bool) -> None:
    assert said(text, RECIPES) is right


CREDITED = load_catalogue(
    [
        {"id": "1", "title": "Ossel Bay", "director": "Ann Kolm", "cast": "Bo Renn, Jo Perl", "year": "1999"},
        {"id": "2", "title": "Marbel Street", "director": "Bo Renn", "cast": "Ida Lund", "year": "2004"},
    ]
)


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("Ossel Bay stars Bo Renn.", True),
        ("Ossel Bay stars Ann Kolm.", False),
        ("Ossel Bay, starring Ann Kolm, is great.", False),
        ("Ossel Bay by Ann Kolm is great.", True),
        ("Ossel Bay by Jo Perl is great.", False),
        ("Ossel Bay ist von Bo Renn.", False),
        ("Ossel Bay ist von Ann Kolm.", True),
    ],
)
def test_who_plays_has_not_made_it_and_the_other_way_round(text: str, right: bool) -> None:
    """Where columns tell the two apart."""
    assert said(text, CREDITED) is right
