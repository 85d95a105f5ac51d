"""Demands in words: wishes, doubts and what others bought ask for nothing, and later turns widen."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words, said
from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

PHONES = load_catalogue(
    [
        {"title": "Tarn X2", "brand": "Wesko", "category": "phones", "price": "499 €", "storage": "128 GB",
         "colour": "black", "waterproof": "yes", "in_stock": "yes", "city": "Vienna"},
        {"title": "Brim Mini", "brand": "Brelko", "category": "phones", "price": "249 €", "storage": "64 GB",
         "colour": "red", "waterproof": "no", "in_stock": "no", "city": "Brighton"},
        {"title": "Oller Max", "brand": "Omnia", "category": "tablets", "price": "1099 €",
         "storage": "512 GB", "colour": "white", "waterproof": "yes", "in_stock": "yes", "city": "Vienna"},
        {"title": "Sund Lite", "brand": "Wesko", "category": "phones", "price": "159 €", "storage": "32 GB",
         "colour": "blue", "waterproof": "no", "in_stock": "yes", "city": "Innsbruck"},
    ]
)  # fmt: skip
READER = ConstraintReader(PHONES, open_linker(PHONES))


def read(*texts: str) -> list[str]:
    return asked_in_words(READER, *texts)


@pytest.mark.parametrize(
    "text",
    [
        "waterproof is not a must",
        "waterproof is not important",
        "it can be waterproof",
        "in stock would be nice but is not needed",
        "not waterproof is okay",
        "waterproof would be nice",
        "red would be okay",
        "it may be red",
        "black would be great",
        "preferably black",
        "ideally black",
        "if possible in stock",
        "wenn möglich auf Lager",
        "am liebsten schwarz",
        "schwarz wäre schön",
        "no phones under 100 please",
        "keine Handys unter 100",
        "my sister spent under 200 on hers",
        "my friend paid less than 200 for his",
        "the last one was under 200",
        "I doubt there is one under 200",
        "I don't trust phones under 100",
        "no Omnia unless it is under 200",
        "not from Wesko unless it is red",
        "I live in Vienna",
        "we come from Vienna",
        "I am in Vienna right now",
        "from Brighton to Vienna",
    ],
)
def test_what_is_no_demand_is_not_read(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # What holds in every case.
        ("max 300 – or 350 if it's waterproof", ["price at most 350"]),
        ("waterproof is a must", ["waterproof: yes"]),
        ("it must be waterproof", ["waterproof: yes"]),
        ("not waterproof", ["waterproof: no"]),
        ("it should be waterproof, red would be nice", ["waterproof: yes"]),
        ("I want black, ideally under 300", ["colour is black"]),
        ("something under 300 would be great", ["price below 300"]),
        ("it can't be red", ["colour not red"]),
        ("a nice black phone", ["colour is black"]),
        ("must be in stock", ["in stock: yes"]),
        ("no phones over 600", ["price at most 600"]),
        ("nothing under 100", ["price at least 100"]),
        ("no Wesko under 300", ["brand not Wesko", "price below 300"]),
        ("not again Vienna", ["city not Vienna"]),
        ("in Vienna", ["city is Vienna"]),
        ("we want to stay in Vienna", ["city is Vienna"]),
        ("not Wesko, Brelko", ["brand not Wesko"]),
        ("not black, red", ["colour not black"]),
        ("not from Wesko, Brelko or Omnia", ["brand not Brelko", "brand not Omnia", "brand not Wesko"]),
        ("keine rote oder blaue", ["colour not blue", "colour not red"]),
        ("under 300, no Omnia unless it is red", ["price below 300"]),
        ("my budget is under 200", ["price below 200"]),
        ("cheaper than 250", ["price below 250"]),
        ("billiger als 250", ["price below 250"]),
        ("not cheaper than 250", ["price at least 250"]),
    ],
)
def test_demands_beside_them_are_read(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("black", "or white", ["colour one of black, white"]),
        ("schwarz", "oder weiß", ["colour one of black, white"]),
        ("black", "white is fine too", ["colour one of black, white"]),
        ("black", "white or red is fine too", ["colour one of black, white, red"]),
        ("black", "white, then", ["colour is white"]),
        ("under 300 and black", "colour doesn't matter", ["price below 300"]),
        ("black", "any colour", []),
        ("black", "any colour but red", ["colour is black", "colour not red"]),
        ("must be waterproof", "waterproof is not important", []),
        ("at least 128 GB", "storage doesn't matter", []),
        ("under 300", "actually no limit", []),
        ("under 300", "no limit on storage", ["price below 300"]),
    ],
)
def test_a_later_turn_widens_what_an_earlier_one_asked_for(
    first: str, then: str, expected: list[str]
) -> None:
    assert read(first, "ok", then) == expected


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        ("at least 128 GB", "64 GB is ok too", ["storage at least 64"]),
        ("mindestens 128 GB", "64 GB gehen auch", ["storage at least 64"]),
        ("under 300 and at least 128 GB", "64 GB is ok too", ["price below 300", "storage at least 64"]),
        ("at most 128 GB", "256 GB would be fine too", ["storage at most 256"]),
        ("64 GB storage", "128 GB is ok too", ["storage one of 64, 128"]),
        ("at least 64 GB", "128 GB is ok too", ["storage at least 64"]),
        ("under 300", "64 GB is ok too", ["price below 300"]),
        ("under 300", "350 would be ok too", ["price at most 350"]),
    ],
)
def test_a_measure_that_is_fine_too_widens_its_bound(first: str, then: str, expected: list[str]) -> None:
    assert read(first, "ok", then) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("300 max, 64 storage", ["price at most 300", "storage exactly 64"]),
        ("128 GB Speicher", ["storage exactly 128"]),
        ("under 300 euro and 64 GB storage", ["price below 300", "storage exactly 64"]),
        ("64GB storage and under 300€", ["price below 300", "storage exactly 64"]),
        ("about 64 GB storage", []),
        ("is the 64 GB storage enough?", []),
        ("wasserdicht", ["waterproof: yes"]),
        ("nicht wasserdicht", ["waterproof: no"]),
        ("wasserdicht ist mir egal", []),
        ("nothing waterproof", ["waterproof: no"]),
        ("waterproof regardless of the colour", ["waterproof: yes"]),
        ("seventeen euros at most", ["price at most 17"]),
        ("höchstens neunzehn Euro", ["price at most 19"]),
    ],
)
def test_measures_and_columns_by_their_names_in_two_languages(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("under £50", "50 £"),
        ("under ₹500", "500 INR"),
        ("max 500 kr", "500 KR"),
        ("under A$300", "300 AUD"),
        ("at most 300 zł", "300 PLN"),
        ("unter 300 Franken", "300 CHF"),
    ],
)
def test_another_currency_than_the_catalogues_binds_nothing_and_is_told(text: str, amount: str) -> None:
    assert read(text) == []
    assert READER.unread(said(text)) == (amount,)


@pytest.mark.parametrize(
    ("ratings", "text", "expected"),
    [
        ((4.5, 3.9), "rated at least 8 out of 10", ["rating at least 4"]),
        ((4.5, 3.9), "rated at least 4 of 5", ["rating at least 4"]),
        ((8.5, 6.9), "at least 4/5 stars", ["rating at least 8"]),
        ((8.5, 6.9), "mindestens 4 von 5", ["rating at least 8"]),
        ((8.5, 6.9), "9 out of 10 at least", ["rating at least 9"]),
        ((85, 69), "rated at least 4 of 5", ["rating at least 80"]),
        ((8.5, 6.9), "at least 2 of 5 rooms", []),
    ],
)
def test_a_rating_is_told_on_the_catalogues_scale(
    ratings: tuple[float, float], text: str, expected: list[str]
) -> None:
    titles = ("Casa Sol", "Villa Morgana")
    catalogue = load_catalogue(
        [{"title": title, "rating": rating} for title, rating in zip(titles, ratings, strict=True)]
    )
    assert asked_in_words(ConstraintReader(catalogue, open_linker(catalogue)), text) == expected


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("How much storage?", "64", ["storage exactly 64"]),
        ("How much storage do you need?", "at least 128", ["storage at least 128"]),
        ("How much storage?", "under 300 euro", ["price below 300"]),
        ("What is your budget and how much storage?", "at least 128", []),
        ("Budget?", "300", ["price at most 300"]),
        ("Budget?", "300 max, 64 storage", ["price at most 300", "storage exactly 64"]),
        ("The Tarn X2 has 128 GB storage. What do you think?", "under 300", ["price below 300"]),
    ],
)
def test_a_number_answers_what_was_asked(question: str, answer: str, expected: list[str]) -> None:
    turns = [Turn("seeker", "a phone"), Turn("recommender", question), Turn("seeker", answer)]
    assert sorted(map(in_words, READER.read(turns))) == expected
