"""Genres and people of a catalogue in texts without blanks."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Catalogue
from usbrec.items.attributes import genres_in, people_in

CATALOGUE = Catalogue.from_items(
    [
        Item("1", "活着", genres=("剧情", "家庭"), people=("张艺谋", "成龙", "克里斯托弗·诺兰")),
        Item("2", "기생충", genres=("드라마", "스릴러"), people=("봉준호",)),
        Item("3", "羅生門", genres=("ドラマ", "時代劇"), people=("黒澤明", "三船敏郎")),
        Item("4", "Зеркало", genres=("драма",), people=("Андрей Тарковский",)),
        Item("5", "Heat", genres=("Crime",), people=("Michael Mann", "Cher")),
    ]
)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("我喜欢张艺谋的电影", ("张艺谋",)),
        ("有没有克里斯托弗·诺兰导演的？", ("克里斯托弗·诺兰",)),
        ("봉준호가 감독한 영화", ("봉준호",)),
        ("三船敏郎と黒澤明が好きです", ("三船敏郎", "黒澤明")),
        ("Мне нравится Андрей Тарковский", ("Андрей Тарковский",)),
        ("Michael Mann, not Cher", ("Michael Mann",)),
        ("他想成龙成凤", ()),
    ],
)
def test_people_are_found_by_their_full_names(text: str, people: tuple[str, ...]) -> None:
    assert people_in(text, CATALOGUE) == people


@pytest.mark.parametrize(
    ("text", "genres"),
    [("想看剧情片", ("剧情",)), ("드라마를 찾고 있어요", ("드라마",)), ("時代劇が見たい", ("時代劇",))],
)
def test_genres_are_found_inside_a_sentence(text: str, genres: tuple[str, ...]) -> None:
    assert genres_in(text, CATALOGUE) == genres
