"""Ratings in words: stars, points and "rated" are about the column of ratings, whatever it is called."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items.constraints.reading import ConstraintReader
from usbrec.items.open import open_linker


def asked(text: str, **columns: list[float]) -> list[tuple[str, str, object]]:
    """What is asked for of items with a price and further columns of numbers."""
    rows = zip(*columns.values(), strict=True)
    catalogue = load_catalogue(
        [
            {
                "id": str(place),
                "title": f"Thing {chr(65 + place)}",
                "price": 10 + place,
                **dict(zip(columns, row, strict=True)),
            }
            for place, row in enumerate(rows)
        ]
    )
    found = ConstraintReader(catalogue, open_linker(catalogue)).read([Turn("seeker", text)])
    return [(one.column, one.operator, one.value) for one in found]


@pytest.mark.parametrize("column", ["average_rating", "stars", "customer_rating", "review_score", "rating"])
@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("At least 4 stars, please.", (">=", 4.0)),
        ("Rated 4.5 or higher.", (">=", 4.5)),
        ("With a rating of at least 4.5.", (">=", 4.5)),
        ("4+ stars", (">=", 4.0)),
        ("mindestens 4 Sterne", (">=", 4.0)),
    ],
)
def test_a_rating_is_about_the_column_of_ratings(column: str, text: str, bound: tuple[str, float]) -> None:
    """And not about the price, which any of these numbers could be."""
    assert asked(text, **{column: [4.2, 4.7, 3.9]}) == [(column, *bound)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rated 90+, please.", [("score", ">=", 90.0)]),
        ("mindestens 90 Punkte", [("score", ">=", 90.0)]),
        ("At least 4 stars.", []),
        ("Rated 4.5 or higher.", []),
    ],
)
def test_a_number_of_another_scale_asks_for_nothing(text: str, found: list[tuple[str, str, float]]) -> None:
    """Four stars are no four points of a hundred."""
    assert asked(text, score=[88, 92, 95]) == found


def test_a_hotels_stars_are_not_its_guests_rating() -> None:
    """Both are there: stars are the hotel's, what is rated the guests'."""
    both: dict[str, list[float]] = {"stars": [3, 4, 5], "guest_rating": [8.1, 9.2, 7.7]}
    assert asked("At least 4 stars.", **both) == [("stars", ">=", 4.0)]
    assert asked("Rated 8 or higher.", **both) == [("guest_rating", ">=", 8.0)]


def test_better_than_a_number_of_stars_is_not_that_number() -> None:
    assert asked("Better than 4 stars.", stars=[4.2, 4.7, 3.9]) == [("stars", ">", 4.0)]


@pytest.mark.parametrize("text", ["Rated 4.5 or higher.", "At least 4 stars."])
def test_without_ratings_it_is_no_price(text: str) -> None:
    """How often something was rated is no rating."""
    assert asked(text, rating_count=[120, 3, 70], weight=[1.5, 2.5, 3]) == []
