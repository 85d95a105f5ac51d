"""What people say of films: decades, hours, genres that are not wanted, countries, certificates, ratings; and
bounds in another order, of goods too."""

from __future__ import annotations

import pytest

from support.shop import asked_in_words
from usbrec import load_catalogue
from usbrec.items import open_linker
from usbrec.items.constraints.reading import ConstraintReader

FILMS = load_catalogue(
    [
        {"title": "Ossel", "year": "1995", "genres": "Action|Crime", "runtime": "170",
         "language": "English", "rating": "8.3", "country": "USA",
         "certificate": "R", "director": "Ana Kolm"},
        {"title": "Virrane", "year": "2001", "genres": "Comedy|Romance", "runtime": "122",
         "language": "French", "rating": "7.3", "country": "France",
         "certificate": "R", "director": "Jo Perl"},
        {"title": "Marbel", "year": "2009", "genres": "Animation|Family", "runtime": "96",
         "language": "English", "rating": "6.1", "country": "USA",
         "certificate": "PG", "director": "Ana Kolm"},
        {"title": "Tolke", "year": "1981", "genres": "Drama|War", "runtime": "149", "language": "German",
         "rating": "8.4", "country": "Germany",
         "certificate": "PG-13", "director": "Udo Renn"},
        {"title": "Quessin", "year": "2019", "genres": "Horror", "runtime": "132", "language": "Korean",
         "rating": "8.5", "country": "South Korea",
         "certificate": "R", "director": "Pak Min"},
    ]
)  # fmt: skip
GOODS = load_catalogue(
    [
        {"title": "Falun Kettle", "brand": "Wesko", "price": "49,90 €", "rating": "4.5", "reviews": "200",
         "weight": "1200 g", "battery hours": "30", "size": "43"},
        {"title": "Norr Kettle", "brand": "Altro", "price": "79 €", "rating": "3.9", "reviews": "20",
         "weight": "900 g", "battery hours": "8", "size": "38"},
    ]
)  # fmt: skip
OF_FILMS = ConstraintReader(FILMS, open_linker(FILMS))
OF_GOODS = ConstraintReader(GOODS, open_linker(GOODS))


def years(first: int, last: int) -> list[str]:
    return [f"year at least {first}", f"year at most {last}"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Something from the 90s.", years(1990, 1999)),
        ("an 80s movie", years(1980, 1989)),
        ("a 90s action movie", years(1990, 1999)),
        ("70s or 80s", years(1970, 1989)),
        ("from the 50s to the 70s", years(1950, 1979)),
        ("a comedy from the late 90s", years(1995, 1999)),
        ("early 2000s", years(2000, 2004)),
        ("since the nineties", ["year at least 1990"]),
        ("before the 80s", ["year below 1980"]),
        ("older than the '70s", ["year below 1970"]),
        ("aus den 90ern", years(1990, 1999)),
        ("aus den frühen 80ern", years(1980, 1984)),
        ("etwas aus den Neunzigern", years(1990, 1999)),
        ("ein 80er-Jahre-Film", years(1980, 1989)),
        ("not from the 80s", ["year none of 1980-1989"]),
        ("pre-2000", ["year below 2000"]),
        ("post 2010, please", ["year above 2010"]),
        ("I grew up in the 90s.", []),
        ("a film about the sixties", []),
        ("80s nostalgia", []),
        ("What were the 90s like?", []),
    ],
)
def test_decades_are_years(text: str, expected: list[str]) -> None:
    assert asked_in_words(OF_FILMS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a film under two hours", ["runtime below 120"]),
        ("runtime under 2 hours", ["runtime below 120"]),
        ("at most 2h", ["runtime at most 120"]),
        ("no more than 1h 30", ["runtime at most 90"]),
        ("at most 1:45 h", ["runtime at most 105"]),
        ("2 hours 15 minutes at most", ["runtime at most 135"]),
        ("less than an hour and a half", ["runtime below 90"]),
        ("at least two and a half hours", ["runtime at least 150"]),
        ("between one and two hours", ["runtime at least 60", "runtime at most 120"]),
        ("unter zweieinhalb Stunden", ["runtime below 150"]),
        ("höchstens anderthalb Stunden", ["runtime at most 90"]),
        ("zwischen einer und zwei Stunden", ["runtime at least 60", "runtime at most 120"]),
        ("no longer than 90 minutes", ["runtime at most 90"]),
        ("My flight took an hour and a half.", []),
    ],
)
def test_hours_of_a_column_in_minutes_are_minutes(text: str, expected: list[str]) -> None:
    assert asked_in_words(OF_FILMS, text) == expected


def test_hours_are_not_read_where_nobody_knows_what_a_column_is_told_in() -> None:
    songs = load_catalogue(
        [{"title": name, "artist": "Ana Kolm", "duration": seconds, "price": "1 €"}
         for name, seconds in (("Ossel", "213"), ("Marbel", "355"), ("Tolke", "248"))]
    )  # fmt: skip
    reader = ConstraintReader(songs, open_linker(songs))
    assert asked_in_words(reader, "under 2 hours") == []
    assert asked_in_words(reader, "duration under 300") == ["duration below 300"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no horror movies, please", ["genres not Horror"]),
        ("keine Horrorfilme", ["genres not Horror"]),
        ("nothing scary", ["genres not Horror"]),
        ("nichts Gruseliges", ["genres not Horror"]),
        ("nothing animated", ["genres not Animation"]),
        ("I hate animated movies.", ["genres not Animation"]),
        ("keine Zeichentrickfilme", ["genres not Animation"]),
        ("I'm not a big horror fan", []),
        ("scary movies", []),
        ("American movies only", ["country is USA"]),
        ("not American", ["country not USA"]),
        ("keine amerikanischen Filme", ["country not USA"]),
        ("a French film", ["language is French"]),
        ("PG or lower", ["certificate one of PG"]),
        ("up to PG-13", ["certificate one of PG, PG-13"]),
        ("nothing above PG", ["certificate one of PG"]),
        ("PG-13 or higher", ["certificate one of PG-13, R"]),
        ("nothing rated R", ["certificate not R"]),
        ("rated above 7.5 and under two hours", ["rating above 7.5", "runtime below 120"]),
        ("IMDb above 8.4", ["rating above 8.4"]),
        ("mindestens 8,4 auf IMDb", ["rating at least 8.4"]),
    ],
)
def test_genres_countries_and_certificates_are_read_as_people_say_them(
    text: str, expected: list[str]
) -> None:
    assert asked_in_words(OF_FILMS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("minimum rating 4", ["rating at least 4"]),
        ("min. rating: 4", ["rating at least 4"]),
        ("Mindestbewertung 4", ["rating at least 4"]),
        ("max price 50", ["price at most 50"]),
        ("maximum weight of 1000 g", ["weight at most 1000"]),
        ("minimum battery life 20 hours", ["battery hours at least 20"]),
        ("Maximalgewicht 1 kg", ["weight at most 1000"]),
        ("max 50", ["price at most 50"]),
        ("something sub-20 euro", ["price below 20"]),
        ("sub €50, please", ["price below 50"]),
        ("around 50 euro, not more", ["price at most 50"]),
        ("ca. 50 Euro, nicht mehr", ["price at most 50"]),
        ("around 50 euro", []),
        ("Größe 43", ["size exactly 43"]),
        ("reviews over 200", []),
        ("at least 200 reviews", []),
        ("Under 100. Actually, up to 150 is fine.", ["price at most 150"]),
        ("Under 100, and under 1 kg.", ["price below 100", "weight below 1000"]),
    ],
)
def test_bounds_are_read_in_whatever_order_they_are_said(text: str, expected: list[str]) -> None:
    assert asked_in_words(OF_GOODS, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wow, that movie came out in 1979.", []),
        ("That was released in 1981.", []),
        ("I know Ossel (1995) is from 1995, but it is good.", []),
        ("One of my favorites from 2009.", []),
        ("Is that an old movie from 1981?", []),
        ("from 1981?", []),
        ("It's not really scary though.", []),
        ("I know it's not horror but still.", []),
        ("That's not really an action movie.", []),
        ("Isn't that a horror movie?", []),
        ("not too scary, please", []),
        ("Das ist nicht wirklich gruselig.", []),
        ("They push movies more than six months in advance.", []),
        ("It's hard not to like Ana Kolm.", []),
        ("Neither is Ana Kolm.", []),
        ("I don't like Ana Kolm.", ["people not Ana Kolm"]),
        ("Do you have something that came out in 2019?", ["year exactly 2019"]),
        ("Do you have one from 2019?", ["year exactly 2019"]),
        ("It has to be from 2019.", ["year exactly 2019"]),
        ("I don't really like scary movies.", ["genres not Horror"]),
        ("It should not be horror.", ["genres not Horror"]),
        ("It must not be a horror film.", ["genres not Horror"]),
    ],
)
def test_what_is_told_of_one_film_asks_for_nothing(text: str, expected: list[str]) -> None:
    assert asked_in_words(OF_FILMS, text) == expected


@pytest.mark.parametrize(
    ("name", "cells", "text", "expected"),
    [
        ("duration_s", ("213", "355", "248"), "under 4 minutes", ["duration s below 240"]),
        ("duration_ms", ("213000", "355000", "248000"), "under 4 minutes", ["duration ms below 240000"]),
        ("play_time", ("45", "120", "30"), "an hour at most", ["play time at most 60"]),
        ("play_time", ("45", "120", "30"), "höchstens eine halbe Stunde", ["play time at most 30"]),
        ("length (min)", ("90", "120", "100"), "less than 2 hours", ["length (min) below 120"]),
        ("battery time", ("8", "30", "20"), "at least 20 hours of battery time", []),
        ("delivery_time", ("2", "10", "14"), "under 2 hours", []),
    ],
)
def test_a_columns_name_says_what_its_times_are_told_in(
    name: str, cells: tuple[str, ...], text: str, expected: list[str]
) -> None:
    rows = [
        {"title": f"Ossel {'ABC'[place]}", "artist": "Ana Kolm", name: cell}
        for place, cell in enumerate(cells)
    ]
    items = load_catalogue(rows)
    assert asked_in_words(ConstraintReader(items, open_linker(items)), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Over two hours is too much.", ["runtime at most 120"]),
        ("Movies over 2 hours are too long.", ["runtime at most 120"]),
        ("Under 90 minutes is too short.", ["runtime at least 90"]),
        ("2 hours is too long.", ["runtime below 120"]),
        ("Alles über zwei Stunden ist mir zu lang.", ["runtime at most 120"]),
        ("It was over two hours long and I was bored.", []),
        ("That film lasted over three hours.", []),
        ("Der Film dauerte über zwei Stunden.", []),
        ("I don't speak French.", ["language not French"]),
        ("I don't watch French films.", ["language not French"]),
        ("We saw a French film yesterday.", []),
        ("French fries and a movie, please.", []),
    ],
)
def test_what_is_too_long_or_not_spoken_is_not_asked_for(text: str, expected: list[str]) -> None:
    assert asked_in_words(OF_FILMS, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Free shipping over 50 euros?",
        "Is there a discount for orders over 60 euros?",
        "Gibt es Rabatt über 60 Euro?",
        "a voucher over 50 euros",
    ],
)
def test_an_amount_behind_shipping_or_a_discount_is_no_price(text: str) -> None:
    assert asked_in_words(OF_GOODS, text) == []
    assert asked_in_words(OF_GOODS, "with free shipping and under 60 euros") == ["price below 60"]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Which countries should I avoid?", "France", ["country not France"]),
        ("Welche Sprache magst du nicht?", "Deutsch", ["language not German"]),
        ("Is there any decade you don't like?", "The 80s", []),
    ],
)
def test_an_answer_to_what_to_avoid_is_not_wanted(question: str, answer: str, expected: list[str]) -> None:
    assert asked_in_words(OF_FILMS, "A film, please.", question, answer) == expected
