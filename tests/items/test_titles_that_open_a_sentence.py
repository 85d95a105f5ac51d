"""A title of one word of the dictionary opens a sentence: what stands behind tells whether it is one."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

_TITLES = "Titanic|Inception|Heat|Drive|Traffic|Breakfast|Weather|Note|Emma|Predictable|Zombies|Arrival"
LINKER = Linker([Item(title, title, 2000) for title in _TITLES.split("|")])


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Titanic: Great movie", "Titanic"),
        ("Titanic: a classic", "Titanic"),
        ("Titanic: Loved it", "Titanic"),
        ("Titanic: Leonardo DiCaprio and Kate Winslet", "Titanic"),
        ("Inception 10/10", "Inception"),
        ("Inception - 9/10", "Inception"),
        ("Drive 4.5 stars", "Drive"),
        ("Inception: you'll love it", "Inception"),
        ("Inception – a mind-bending thriller", "Inception"),
        ("Heat: a great thriller by Mann", "Heat"),
        ("Heat - great cast", "Heat"),
        ("Drive, obviously.", "Drive"),
        ("Inception because it's clever", "Inception"),
        ("Inception would be my pick", "Inception"),
        ("Inception never gets old", "Inception"),
        ("Inception for me", "Inception"),
        ("Inception by Nolan", "Inception"),
        ("Heat I loved", "Heat"),
        ("Arrival, I've seen that", "Arrival"),
        ("Arrival might be my favorite film with her", "Arrival"),
        ("Drive is great", "Drive"),
    ],
)
def test_what_is_said_behind_it_makes_a_title_of_the_first_word(text: str, title: str) -> None:
    assert named(text) == [title]


@pytest.mark.parametrize(
    "text",
    [
        "Breakfast: included",
        "Breakfast: great",
        "Breakfast would be nice",
        "Breakfast because I'm hungry",
        "Weather: great today",
        "Heat: up to 40 degrees",
        "Traffic would be a problem",
        "Traffic never stops",
        "Note: great movie",
        "Emma: I love it",
        "Drive 10 miles",
        "Drive carefully",
        "Heat the oven",
        "Breakfast I saw them eat",
        "Zombies would be great",
        "Predictable, because it is so small",
    ],
)
def test_an_everyday_word_that_opens_a_sentence_names_nothing(text: str) -> None:
    assert named(text) == []
