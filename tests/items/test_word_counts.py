"""Words of a text, counted also where no blanks stand between them."""

from __future__ import annotations

import pytest

from support.films import KNOWLEDGE, recommender, seeker
from usbrec.dialogue import RecordedDialogue
from usbrec.items.scripts import count_words
from usbrec.judge.recorded import RecordedFacts


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Have you seen Heat (1995)?", 5),
        ("Schönes Wetter, oder?", 3),
        ("你好，我想看一部科幻电影。", 11),
        ("我推荐《Heat》 (1995) 吧", 6),
        ("トトロを見た？", 6),
        ("안녕하세요 여러분", 2),
        ("Привет, мир", 2),
        ("", 0),
    ],
)
def test_characters_of_scripts_without_blanks_are_words(text: str, words: int) -> None:
    assert count_words(text) == words


def test_facts_of_a_chinese_dialogue_count_what_is_said() -> None:
    dialogue = RecordedDialogue(
        "d", (seeker("我想看电影。"), recommender("你看过《流浪地球》吗？非常好看。"))
    )
    (turn,), whole = RecordedFacts(KNOWLEDGE).of(dialogue)
    assert (turn["words"], whole["words"], whole["seeker_words"]) == (12, 12, 5)
