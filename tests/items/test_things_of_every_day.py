"""Korean, Chinese and Arabic words for food, tools and services need what is said of films alone."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

_TITLES = "순두부찌개|치과의사|부산행|糖醋排骨|红楼梦|النعناع|الممر"
LINKER = Linker([Item(title, title) for title in _TITLES.split("|")])


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    "text",
    [
        "순두부찌개 제일 좋아해요.",
        "치과의사 추천 좀 해 주세요.",
        "他做的糖醋排骨不错。",
        "أحب النعناع كثيرا.",
    ],
)
def test_a_word_for_a_thing_that_is_liked_names_no_title(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("부산행 재미있었어요.", "부산행"),
        ("영화 순두부찌개 봤어요.", "순두부찌개"),
        ("《糖醋排骨》不错。", "糖醋排骨"),
        ("红楼梦读了三遍", "红楼梦"),
        ("شاهدت فيلم الممر أمس", "الممر"),
    ],
)
def test_other_words_and_marked_ones_are_titles(text: str, title: str) -> None:
    assert named(text) == [title]
