"""Constraints in words: what seekers ask of price, stock and brand in two languages, and what they do not."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.films import CATALOGUE as FILMS
from support.films import KNOWLEDGE as FILM_KNOWLEDGE
from support.shop import asked_in_words, said
from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.phrases import take_amounts
from usbrec.items.constraints.reading import ConstraintReader
from usbrec.items.constraints.words_read import reads_words
from usbrec.lexicon import LANGUAGES, words

CATALOGUE = load_catalogue(
    [
        {"title": "WH-1000XM5", "brand": "Sony", "category": "headphones", "price": "349 €", "in_stock": 1,
         "colour": "black", "wireless": "yes", "size": "42", "rating": 4.6, "memory": "16 GB",
         "audience": "adults", "stock_count": 3},
        {"title": "QuietComfort 45", "brand": "Bose", "category": "headphones", "price": "279 €",
         "in_stock": 0, "colour": "white", "wireless": "yes", "size": "43", "rating": 4.1, "memory": "8 GB",
         "audience": "kids", "stock_count": 0},
        {"title": "Tune 110", "brand": "JBL", "category": "headphones", "price": "9,99 €", "in_stock": 1,
         "colour": "red", "wireless": "no", "size": "44", "rating": 3.6, "memory": "8 GB",
         "audience": "adults", "stock_count": 9},
        {"title": "Momentum 4", "brand": "Sennheiser", "category": "earphones", "price": "49,99 €",
         "in_stock": 1, "colour": "blue", "wireless": "no", "size": "44", "rating": 3.6, "memory": "8 GB",
         "audience": "adults", "stock_count": 9},
    ]
)  # fmt: skip
READER = ConstraintReader(CATALOGUE, open_linker(CATALOGUE))


def read(*texts: str) -> list[str]:
    return asked_in_words(READER, *texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Something under 50 euro, please.", ["price below 50"]),
        ("At most €80.", ["price at most 80"]),
        ("between 20 and 30", ["price at least 20", "price at most 30"]),
        ("20-30 euros would be fine", ["price at least 20", "price at most 30"]),
        ("from 20 to 30 euros", ["price at least 20", "price at most 30"]),
        ("under fifty euros", ["price below 50"]),
        ("up to a hundred", ["price at most 100"]),
        ("My budget is two hundred and fifty euros.", ["price at most 250"]),
        ("less than a hundred euros", ["price below 100"]),
        ("100 euro or less", ["price at most 100"]),
        ("50€ max", ["price at most 50"]),
        ("I can spend 2k", ["price at most 2000"]),
        ("under €1,299.00", ["price below 1299"]),
        ("I don't want to spend more than 60", ["price at most 60"]),
        ("It must not cost more than 40.", ["price at most 40"]),
        ("nothing over 100", ["price at most 100"]),
        ("no headphones over 60", ["price at most 60"]),
        ("Do you have anything over 100?", ["price above 100"]),
        ("in stock, please", ["in stock: yes"]),
        ("one that is available now", ["in stock: yes"]),
        ("not from Sony", ["brand not Sony"]),
        ("no Bose", ["brand not Bose"]),
        ("anything but JBL", ["brand not JBL"]),
        ("not from Sony, Bose or JBL", ["brand not Bose", "brand not JBL", "brand not Sony"]),
        ("no Sony under 50", ["brand not Sony", "price below 50"]),
        ("only Sony or Bose", ["brand one of Sony, Bose"]),
        ("for children", ["audience one of kids"]),
        ("for my son", ["audience one of kids"]),
        ("two of them, please", ["stock count at least 2"]),
        ("red or blue", ["colour one of red, blue"]),
        ("black, not white", ["colour is black", "colour not white"]),
        ("size 42", ["size exactly 42"]),
        ("wireless ones", ["wireless: yes"]),
        ("without wireless", ["wireless: no"]),
        ("at least 16 GB", ["memory at least 16"]),
        ("at least 4.5 stars rating", ["rating at least 4.5"]),
        ("It has to be earphones.", ["genres is earphones"]),
        ("I need shoes under 80 euros that you have in stock.", ["in stock: yes", "price below 80"]),
        ("unter 50 €", ["price below 50"]),
        ("höchstens 80 Euro", ["price at most 80"]),
        ("unter 1.299 €", ["price below 1299"]),
        ("fünfundachtzig Euro maximal", ["price at most 85"]),
        ("unter dreißig Euro", ["price below 30"]),
        ("größer als 100 Euro", ["price above 100"]),
        ("Ich möchte nicht mehr als 50 ausgeben", ["price at most 50"]),
        ("zwischen 20 und 30 €", ["price at least 20", "price at most 30"]),
        ("mein Budget liegt bei 70 Euro", ["price at most 70"]),
        ("nicht von Sony", ["brand not Sony"]),
        ("kein Sony, bitte. Unter fünfzig Euro.", ["brand not Sony", "price below 50"]),
        ("alles außer Bose", ["brand not Bose"]),
        ("auf Lager", ["in stock: yes"]),
        ("für Kinder", ["audience one of kids"]),
        ("zwei Stück", ["stock count at least 2"]),
    ],
)  # fmt: skip
def test_what_is_asked_for_is_read(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Something cheap.",
        "I have 2 kids.",
        "something from 1984",
        "Is the WH-1000XM5 any good?",
        "Is it under 50?",
        "Is it in stock?",
        "I am over 18.",
        "within 2 days",
        "more than 2 hours of battery",
        "I paid over 200 dollars last time.",
        "I bought a red one last year.",
        "I have a Sony TV.",
        "I have no Sony.",
        "Sony's WH-1000XM5",
        "I want headphones",
        "I don't need wireless",
        "The price doesn't matter.",
        "100",
        "not only cheap",
        "Ist es unter 50 Euro?",
        "Ich bin über 18.",
    ],
)
def test_what_asks_for_nothing_is_not_read(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("Under 50.", "ok", "Actually up to 100 is fine."), ["price at most 100"]),
        (("Under 50.", "ok", "Do you have anything over 100?"), ["price above 100"]),
        (("Over 20.", "ok", "And under 50."), ["price above 20", "price below 50"]),
        (("under 50 euro", "ok", "any price is fine"), []),
        (("no Sony", "ok", "Sony is fine after all"), []),
        (("no Sony", "ok", "no Bose either"), ["brand not Bose", "brand not Sony"]),
        (("a red one", "ok", "then a blue one"), ["colour is blue"]),
        (("not red", "ok", "red, then"), ["colour is red"]),
        (("Hello", "What is your budget?", "60"), ["price at most 60"]),
        (("Hallo", "Wie viel möchten Sie ausgeben?", "etwa 60"), ["price at most 60"]),
        (("Hello", "Which colour?", "60"), []),
        (("Hi", "How about Momentum 4?", "Something cheaper, please."), ["price below 49.99"]),
        (
            ("Hi", "How about Momentum 4?", "Is it in stock?", "Yes, it is.", "Too expensive."),
            ["price below 49.99"],
        ),
        (
            ("Hi", "Momentum 4?", "How much is it?", "It costs 49.99.", "Anything cheaper?"),
            ["price below 49.99"],
        ),
        (("What does the Momentum 4 cost?", "It costs 49.99.", "Too expensive."), ["price below 49.99"]),
        (
            ("Hallo", "Momentum 4?", "Was kostet es?", "Es kostet 49,99.", "Das ist zu teuer."),
            ["price below 49.99"],
        ),
        (("Hallo", "Momentum 4?", "Gibt es etwas Günstigeres?"), ["price below 49.99"]),
        (("Hallo", "Momentum 4?", "Haben Sie auch eine billigere Marke?"), ["price below 49.99"]),
        (("Hi", "How may I help?", "Something cheaper, please."), []),
        (("Under 30.", "Momentum 4?", "Too expensive."), ["price below 30"]),
        (("Hi", "Under 50 euro?", "Yes"), []),
    ],
)
def test_later_turns_go_before_earlier_ones(texts: tuple[str, ...], expected: list[str]) -> None:
    assert read(*texts) == expected


def test_each_constraint_has_the_turn_and_the_words_that_ask_for_it() -> None:
    (one,) = READER.read(said("Hello.", "Hi, what may it cost?", "I think under 50 euro. Thanks."))
    assert (one.turn, one.words) == (2, "I think under 50 euro.")
    assert one.to_json() == {
        "column": "price", "operator": "<", "value": 50.0, "turn": 2, "words": "I think under 50 euro."
    }  # fmt: skip


def test_words_are_read_where_there_is_a_price_a_stock_or_a_brand() -> None:
    assert reads_words(CATALOGUE)
    assert reads_words(load_catalogue([{"title": "A", "brand": "B"}]))
    assert not reads_words(FILMS)
    assert FILM_KNOWLEDGE.reader is None
    assert not reads_words(
        load_catalogue([{"title": "A", "runtime": "120"}, {"title": "B", "runtime": "90"}])
    )


_PIECES = st.sampled_from(
    [
        *(
            "under",
            "over",
            "not",
            "no",
            "from",
            "Sony",
            "Bose",
            "red",
            "50",
            "1.299",
            "€",
            "$",
            "-",
            "and",
            ",",
        ),
        *(
            "between",
            "max",
            "in stock",
            "for my son",
            "but",
            "unter",
            "nicht von",
            "hundert",
            "zwei",
            "of them",
        ),
        *(
            "between",
            "1e400",
            "9" * 400,
            "\ue000",
            "\ue0000\ue001",
            "‏",
            "½",
            "٣",
            "k",
            "?",
            ".",
            "\n",
            "'",
            "size",
        ),
    ]
)


@given(st.lists(_PIECES | st.text(max_size=6), max_size=30).map(" ".join))
@example("\ue0003\ue001 euro")
@example("between 5 and")
def test_the_reader_never_raises(text: str) -> None:
    for one in READER.read((Turn("seeker", text),)):
        assert READER.table.column(one.column) is not None
        assert READER.table.allowed((one,)).count >= 0


@given(
    st.integers(1, 99_999), st.sampled_from(["under {} euro", "under €{}", "unter {} Euro", "at most {}€"])
)
def test_every_whole_price_is_read_as_it_is(number: int, form: str) -> None:
    written = f"{number:,}" if "€{" in form else str(number)
    (one,) = READER.read((Turn("seeker", form.format(written)),))
    assert one.value == float(number)


def test_long_turns_are_read_quickly_and_only_at_their_beginning() -> None:
    text = "not from Sony and under 50 euro " + "between 5 and 10 or so, not no never " * 20_000
    assert "brand not Sony" in read(text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("two hundred and fifty", [250]),
        ("eighty-five", [85]),
        ("two thousand", [2000]),
        ("hundertfünfzig", [150]),
        ("zweitausendfünfhundert", [2500]),
        ("one of them", []),
        ("wh-1000xm5 and qc45", []),
        ("2 or 3", [2, 3]),
        ("1.299,00", [1299]),
        ("3,5", [3.5]),
    ],
)
def test_numbers_are_read_in_digits_and_in_words(text: str, values: list[float]) -> None:
    assert [amount.value for amount in take_amounts(text)[1]] == values


def test_every_language_has_the_same_lists() -> None:
    lists = {language: words(language, "constraints") for language in LANGUAGES}
    assert len({frozenset(each) for each in lists.values()}) == 1
    assert len({frozenset(each["say"]) for each in lists.values()}) == 1
    for each in lists.values():
        for name, value in each.items():
            if isinstance(value, list):
                assert all(isinstance(phrase, str) and phrase == phrase.lower() for phrase in value), name
                assert not any(re.search(r"\s{2}|^\s|\s$", phrase) for phrase in value), name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It should not be red.", ["colour not red"]),
        ("it must not be in red", ["colour not red"]),
        ("nothing in red, please", ["colour not red"]),
        ("I don't want anything red", ["colour not red"]),
        ("She does not like blue.", ["colour not blue"]),
        ("neither red nor blue", ["colour not blue", "colour not red"]),
        ("rather blue than red", []),
        ("blue instead of red", ["colour is blue", "colour not red"]),
        ("anywhere but red", ["colour not red"]),
        ("Es darf nicht in red sein.", ["colour not red"]),
        ("lieber blue als red", []),
        ("nicht mit red", ["colour not red"]),
        ("not necessarily red", []),
        ("nicht unbedingt red", []),
        ("not for children", ["audience none of kids"]),
        ("nicht für Kinder", ["audience none of kids"]),
        ("It's not for my son, but for adults.", ["audience none of kids", "audience one of adults"]),
        # A negation of something else in the clause is none of the name.
        ("no more than 50 euro in red", ["colour is red", "price at most 50"]),
    ],
)
def test_a_negation_goes_over_small_words_to_what_it_excludes(text: str, expected: list[str]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a puzzle with 500 pieces", []),
        ("500 pieces puzzle", []),
        ("a set of 10 pieces", []),
        ("We need three pieces.", ["stock count at least 3"]),
        ("5 pieces, please", ["stock count at least 5"]),
        ("wir brauchen 4 Stück", ["stock count at least 4"]),
    ],
)
def test_pieces_that_something_is_made_of_need_not_be_in_stock(text: str, expected: list[str]) -> None:
    assert read(text) == expected


HOTELS = load_catalogue(
    [
        {"title": f"{name} House", "city": city, "stars": stars, "price": price, "runtime": runtime}
        for name, city, stars, price, runtime in (
            ("Alder", "Bonn", "4", "80 €", 90),
            ("Birch", "Bonn", "5", "120 €", 95),
            ("Cedar", "Kiel", "3", "60 €", 120),
        )
    ]
)
BOOTS = [
    ("Alder", "rot", "ja"),
    ("Birch", "schwarz", "nein"),
    ("Cedar", "weiß", "3"),
    ("Daisy", "blau", "12"),
]
GERMAN = load_catalogue(
    [{"title": f"Boot {n}", "brand": "Vantor", "Farbe": c, "Bestand": s, "Preis": "9 €"} for n, c, s in BOOTS]
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("at least 4 stars", ["stars at least 4"]),
        ("a four-star hotel in Bonn", ["city is Bonn", "stars exactly 4"]),
        ("a 4 star hotel", ["stars exactly 4"]),
        ("ein Vier-Sterne-Hotel", ["stars exactly 4"]),
        ("mindestens vier Sterne", ["stars at least 4"]),
        ("Is it a 4 star hotel?", []),
        ("at most 90 minutes", ["runtime at most 90"]),
        ("höchstens 90 Minuten", ["runtime at most 90"]),
        ("I have 90 minutes", []),
    ],
)
def test_stars_and_minutes_are_numbers_of_their_columns(text: str, expected: list[str]) -> None:
    reader = ConstraintReader(HOTELS, open_linker(HOTELS))
    assert asked_in_words(reader, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rote Schuhe bitte", ["Farbe is rot"]),
        ("schwarze oder rote", ["Farbe one of schwarz, rot"]),
        ("keine weißen", ["Farbe not weiß"]),
        ("nicht in blau", ["Farbe not blau"]),
        ("something red", ["Farbe is rot"]),
        ("Ich weiß nicht, was ich will.", []),
        ("weiß ich leider nicht", []),
        ("lila bitte", []),
        ("auf Lager", ["Bestand above 0"]),
    ],
)
def test_colours_are_read_in_the_forms_of_german_and_in_english(text: str, expected: list[str]) -> None:
    reader = ConstraintReader(GERMAN, open_linker(GERMAN))
    assert asked_in_words(reader, text) == expected


def test_german_colours_ask_for_what_an_english_catalogue_has() -> None:
    assert read("schwarze Kopfhörer, bitte") == ["colour is black"]
    assert read("keine roten") == ["colour not red"]
    # A column of something else has no colours: "orange" may be a fruit.
    fruit = load_catalogue(
        [{"title": f"Jar {n}", "taste": n, "price": "2 €"} for n in ("orange", "fig", "plum")]
    )
    assert ConstraintReader(fruit, open_linker(fruit)).read(said("rote Marmelade")) == ()
