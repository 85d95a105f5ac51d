"""Titles that people write otherwise than the catalogue: numbers, letters, marks, other languages."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker
from usbrec.items.linking.title_variants import numbered, respelt
from usbrec.items.titles import normalise_title
from usbrec.lexicon.short_texts import tell

TITLES = (
    *("Splendor", "Azul", "Heat", "Roma", "¡Átame!", "[REC]", "[REC] 2", "11/22/63", "8 apellidos vascos"),
    *("Se7en", "WALL·E", "Amélie", "M*A*S*H", "Pride & Prejudice", "Sense and Sensibility", "Golf"),
    *("(500) Days of Summer", "Crazy, Stupid, Love.", "…And Justice for All", "Rocky", "Rocky II"),
    *("The Godfather Part II", "Rambo III", "Star Wars: Episode IV – A New Hope", "S.W.A.T.", "JFK"),
    *("Hellboy II: The Golden Army", "Kill Bill: Vol. 2", "Toy Story 3", "Ocean's Eleven", "Mar adentro"),
    *("1921", "12 Angry Men", "Two Weeks", "50/50", "It Chapter Two", "(2007)", "Party", "진통제"),
)
LINKER = Linker([Item(title, title) for title in TITLES])


def named(text: str) -> list[str]:
    return [mention.title for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Rocky 2 is better", ["Rocky II"]),
        ("I saw Rocky and Rocky 2", ["Rocky", "Rocky II"]),
        ("He visto Rocky 2", ["Rocky II"]),
        ("Ich mag Rocky 2", ["Rocky II"]),
        ("我喜欢Rocky 2", ["Rocky II"]),
        ("Rambo 3 was loud", ["Rambo III"]),
        ("The Godfather 2 was the best", ["The Godfather Part II"]),
        ("Godfather II was the best", ["The Godfather Part II"]),
        ("The Godfather: Part 2 was the best", ["The Godfather Part II"]),
        ("Hellboy 2 was good", ["Hellboy II: The Golden Army"]),
        ("Kill Bill 2 and Kill Bill Volume 2", ["Kill Bill: Vol. 2"] * 2),
        ("Star Wars Episode 4: A New Hope is it", ["Star Wars: Episode IV – A New Hope"]),
        ("Toy Story III made me cry", ["Toy Story 3"]),
        ("Oceans 11 is fun", ["Ocean's Eleven"]),
        ("Have you seen Twelve Angry Men?", ["12 Angry Men"]),
        ("Ocho apellidos vascos me encantó", ["8 apellidos vascos"]),
        # Numbers that count something else, another part, or nobody's.
        ("I saw Rocky 2 times", ["Rocky"]),
        ("Rocky 4 is silly", []),
        ("We stayed there for 2 weeks", []),
        ("it 2 was fine", []),
    ],
)
def test_a_number_in_a_title_is_read_however_it_is_written(text: str, titles: list[str]) -> None:
    """Roman, Arabic and spelt numbers of a title are one; another number is another part."""
    assert named(text) == titles


@pytest.mark.parametrize(
    ("title", "some", "none"),
    [
        ("Dune: Part Two", {"dune 2", "dune ii", "dune part 2"}, {"dune"}),
        ("Mission: Impossible III", {"mission impossible 3"}, {"mission 3"}),
        ("X-Men", set(), {"10 men"}),
        ("I, Robot", set(), {"1 robot"}),
        ("1984", set(), set()),
        ("It Chapter Two", {"it chapter 2"}, {"it 2"}),
        ("The Three Musketeers", set(), {"the 3 musketeers"}),
    ],
)
def test_variants_of_numbers(title: str, some: set[str], none: set[str]) -> None:
    """A number is written otherwise where it ends or opens a title, and nowhere else."""
    found = set(numbered(title, normalise_title(title)))
    assert some <= found
    assert not none & found
    assert bool(found) == bool(some)


def test_the_title_that_is_written_so_goes_before_a_variant() -> None:
    """A title that is written so goes before another one that could be."""
    linker = Linker([Item("a", "Rocky II"), Item("b", "Rocky 2"), Item("c", "Seven"), Item("d", "Se7en")])
    assert [mention.title for mention in linker.link("Rocky 2 and Rocky II")] == ["Rocky 2", "Rocky II"]
    assert [mention.title for mention in linker.link("I watched Seven and Se7en.")] == ["Seven", "Se7en"]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("I loved Se7en and I loved Seven", ["Se7en", "Se7en"]),
        ("WALL-E, Wall E or walle", ["WALL·E"] * 3),
        ("Amelie is lovely", ["Amélie"]),
        ("MASH is a classic", ["M*A*S*H"]),
        ("I loved M*A*S*H", ["M*A*S*H"]),
        ("Pride and Prejudice or Sense & Sensibility", ["Pride & Prejudice", "Sense and Sensibility"]),
        ("500 Days of Summer is sad", ["(500) Days of Summer"]),
        ("Crazy Stupid Love was fun", ["Crazy, Stupid, Love."]),
        ("I saw ...And Justice for All", ["…And Justice for All"]),
        ("SWAT was ok", ["S.W.A.T."]),
        ("we mash the potatoes", []),
        ("The SWAT team came to JFK airport", []),
        ("I LOVE THE SWAT TEAM", []),
    ],
)
def test_letters_and_marks_of_a_title_are_read_however_they_are_written(text: str, titles: list[str]) -> None:
    """Digits for letters, letters with marks between, "&" and brackets are read however they are written."""
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Have you seen [REC]?", ["[REC]"]),
        ("I loved REC", ["[REC]"]),
        ("[REC] 2 is scarier", ["[REC] 2"]),
        ("¿Has visto ¡Átame!?", ["¡Átame!"]),
        ("Me encanta ¡Átame! de Almodóvar", ["¡Átame!"]),
        ("If you liked that.. (2007) was good", []),
        ("please [rec me a film]", []),
    ],
)
def test_the_marks_of_a_title_itself_tell_it(text: str, titles: list[str]) -> None:
    """Brackets and marks that a title opens and closes with tell it where a text has them, too."""
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Did you read 11/22/63?", ["11/22/63"]),
        ("He leído 11/22/63", ["11/22/63"]),
        ("Hast du 11/22/63 gelesen?", ["11/22/63"]),
        ("I saw 50/50", ["50/50"]),
        ("推荐1921", ["1921"]),
        ("《1921》很好看", ["1921"]),
        ("I was born on 11/22/63", []),
        ("The odds are 50/50", []),
        ("他生于1921年", []),
        ("推荐一部1921年的片子", []),
    ],
)
def test_numbers_are_titles_where_they_are_read_or_seen(text: str, titles: list[str]) -> None:
    """Numbers and dates are titles where they are read, seen or in marks, and dates elsewhere."""
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Splendor ist ein schönes Spiel.", ["Splendor"]),
        ("Splendor kann man auch zu zweit spielen.", ["Splendor"]),
        ("Splendor gefällt uns sehr.", ["Splendor"]),
        ("Azul ist toll, und wir mögen es.", ["Azul"]),
        ("Heat ist spannend.", ["Heat"]),
        ("Heat habe ich schon gesehen.", ["Heat"]),
        ("Roma es una película preciosa", ["Roma"]),
        ("Roma me gustó mucho.", ["Roma"]),
        ("me encantó mar adentro", ["Mar adentro"]),
        ("영화 진통제 봤어요?", ["진통제"]),
        # Words that German has borrowed, places where somebody is, things that are recommended.
        ("Party ist um acht bei uns.", []),
        ("Golf spielen wir oft.", []),
        ("Heat ist da, wo wir wohnen, nie.", ["Heat"]),
        ("Viajé a Roma el año pasado.", []),
        ("Vivo en Roma", []),
        ("I went to Roma last year", []),
        ("진통제 추천받았어.", []),
    ],
)
def test_a_title_of_another_language_opens_a_sentence(text: str, titles: list[str]) -> None:
    """A title that is an ordinary word of another language is read where a sentence is about it."""
    assert named(text) == titles


@pytest.mark.parametrize(
    ("key", "letters"),
    [
        ("m a s h", "mash"),
        ("se7en", "seven"),
        ("s1m0ne", "simone"),
        ("p s i love you", None),
        ("heat 2", None),
    ],
)
def test_letters_in_disguise(key: str, letters: str | None) -> None:
    """Only single letters and digits inside a word are read as a word."""
    assert respelt(key) == letters


@pytest.mark.parametrize(
    "text", ["action star show", "golf club tour", "horror action fantasy", "rock album"]
)
def test_words_that_german_has_borrowed_tell_no_german(text: str) -> None:
    """English words that German has as nouns leave an English text English."""
    assert tell(text) == "en"
