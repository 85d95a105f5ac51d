"""A second part behind a colon makes another film of a title; what is said of the title does not."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

_TITLES = "Black Panther|Joker|Drive|Moana|Star Wars|Kingsman|Ghostbusters|Heat|The Matrix|Toy Story"
LINKER = Linker([Item(title, title, 2000) for title in _TITLES.split("|")])


def read(text: str) -> tuple[list[str], list[str]]:
    linked = LINKER.read(text)
    return [mention.item_id for mention in linked.mentions], [text[a:b] for a, b in linked.unknown]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("Black Panther: Wakanda Forever", "Black Panther: Wakanda Forever"),
        ("1. Black Panther: Wakanda Forever", "Black Panther: Wakanda Forever"),
        ("Try Black Panther: Wakanda Forever", "Black Panther: Wakanda Forever"),
        ("Black Panther - Wakanda Forever", "Black Panther - Wakanda Forever"),
        ("Black Panther: Wakanda Forever (2022)", "Black Panther: Wakanda Forever (2022)"),
        ("I saw Joker: Folie à Deux yesterday", "Joker: Folie à Deux"),
        ("Star Wars: A New Hope", "Star Wars: A New Hope"),
        ("I liked Kingsman: The Golden Circle.", "Kingsman: The Golden Circle"),
        ("Ghostbusters: Frozen Empire", "Ghostbusters: Frozen Empire"),
        ("I loved Drive My Car", "Drive My Car"),
        ("Ich mag Black Panther: Wakanda Forever", "Black Panther: Wakanda Forever"),
        ("Мне понравился Black Panther: Wakanda Forever", "Black Panther: Wakanda Forever"),
    ],
)
def test_a_second_part_that_the_catalogue_lacks_is_another_film(text: str, unknown: str) -> None:
    assert read(text) == ([], [unknown])


@pytest.mark.parametrize("text", ["Joker: Folie à Deux", "Drive My Car", "Drive My Car is great"])
def test_an_everyday_word_before_a_second_part_names_nothing(text: str) -> None:
    assert read(text)[0] == []


def test_beside_another_title_both_are_read() -> None:
    text = "Have you seen Black Panther: Wakanda Forever and Moana?"
    assert read(text) == (["Moana"], ["Black Panther: Wakanda Forever"])


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Moana: Great Movie", ["Moana"]),
        ("Moana: Pure Magic", ["Moana"]),
        ("Moana: A Masterpiece", ["Moana"]),
        ("Moana: The Best Disney Film", ["Moana"]),
        ("Moana: Dwayne Johnson", ["Moana"]),
        ("Moana: Animated Adventure", ["Moana"]),
        ("Moana: Fun For The Whole Family", ["Moana"]),
        ("Moana: You Will Love It", ["Moana"]),
        ("Moana: 10/10", ["Moana"]),
        ("2. Moana: A girl sails", ["Moana"]),
        ("Moana - Great Film", ["Moana"]),
        ("Moana - The Matrix - Toy Story", ["Moana", "The Matrix", "Toy Story"]),
        ("I recommend The Matrix: Keanu Reeves is great.", ["The Matrix"]),
        ("Black Panther: Chadwick Boseman", ["Black Panther"]),
        ("Black Panther: Superhero", ["Black Panther"]),
        ("I loved Drive my car broke though", ["Drive"]),
        ("I love Drive My Favorite Film", ["Drive"]),
        ("I loved The Matrix My Friend", ["The Matrix"]),
    ],
)
def test_what_is_said_behind_a_colon_leaves_the_title(text: str, items: list[str]) -> None:
    assert read(text) == (items, [])


@pytest.mark.parametrize(
    "text",
    [
        "Clos du Moulin – Made in France.",
        "- Clos du Moulin – Tempranillo from Bordeaux",
        "I would take Clos du Moulin: Old Vines from Bordeaux.",
    ],
)
def test_what_has_no_year_has_a_description_behind_it_and_no_second_part(text: str) -> None:
    linker = Linker([Item("w", "Clos du Moulin")])
    linked = linker.read(text)
    assert [mention.item_id for mention in linked.mentions] == ["w"]
    assert not linked.unknown
