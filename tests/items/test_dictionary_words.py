"""Chinese titles that are words of a dictionary need more beside them than those that are none."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker
from usbrec.items.linking import chinese

TITLES = (
    *("花样年华", "无间道", "三体", "花生", "密码锁", "痛风", "致青春", "说不定", "ヨロイ戦記"),
    "流金岁月",
)


def named(text: str) -> list[str]:
    linker = Linker([Item(str(place), title) for place, title in enumerate(TITLES)])
    return [mention.title for mention in linker.link(text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("隔壁的老王昨晚聊起花样年华来着", ["花样年华"]),
        ("想起花樣年華就難過", ["花样年华"]),
        ("我讨厌三体", ["三体"]),
        ("除了三体和无间道还有别的吗", ["三体", "无间道"]),
        ("除了花生还有什么？", []),
        ("你听说过痛风吗？", []),
        ("我换了密码锁。", []),
        ("无间道理我都懂", []),
        ("隔壁的老王昨晚聊起流金岁月刊来着", []),
        ("说不定会下雨", []),
        ("《花生》看过吗", ["花生"]),
        ("花生的结局我没看懂", ["花生"]),
    ],
)
def test_what_a_dictionary_holds_needs_more_than_what_it_lacks(text: str, titles: list[str]) -> None:
    assert named(text) == titles


def test_the_list_holds_words_of_two_to_four_characters_and_folds_what_is_asked() -> None:
    words = chinese._words()
    assert {len(word) for word in words} == {2, 3, 4}
    assert len(words) > 70_000
    assert chinese.is_a_word("電腦") is chinese.is_a_word("电脑") is True
    assert not chinese.is_a_word("花样年华")


@pytest.mark.parametrize("word", ["三体", "教父", "密码锁", "我爱大家", "ヨロイ戦", "a三体"])
def test_short_titles_everyday_phrases_and_other_scripts_may_be_words(word: str) -> None:
    assert not chinese.is_no_word(word)
