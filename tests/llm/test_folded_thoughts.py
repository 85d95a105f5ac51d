"""Folds, tags and headings: which hold thoughts, and which are a part of the reply, whole and streamed."""

from __future__ import annotations

import pytest

from support.streamed import streamed
from usbrec.llm.reasoning import Separated, separate

SAID = "Try Dracula (1897)."
THOUGHT = "The user wants castles: Jane Eyre (1847)?"


@pytest.mark.parametrize(
    "answer",
    [
        "<details><summary>💭 Thoughts</summary>\n{}\n</details>\n{}",
        "<details>\n<summary><b>Thinking</b></summary>{}</details>\n{}",
        "<details><summary>🧠 <strong>Thinking process:</strong></summary>{}</details>{}",
        "<details><summary>Thought for 5 seconds</summary>\n{}\n</details>\n{}",
        "<details><summary>Reasoning (3 s)</summary>{}</details>{}",
        "<details><summary>Gedankengang</summary>{}</details>{}",
        "<inner_thought>{}</inner_thought>{}",
        "<REASONING_SCRATCHPAD>{}</REASONING_SCRATCHPAD>{}",
        "<step-by-step>{}</step-by-step>{}",
        "<ponder>{}</ponder>{}",
        "推理：{}\n回答：{}",
        "【推理】{}\n【回答】{}",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_thoughts_in_folds_and_tags_are_told_apart(answer: str, size: int) -> None:
    whole = answer.format(THOUGHT, SAID)
    assert separate(whole) == Separated(SAID, THOUGHT)
    assert streamed(whole, size).strip() == SAID


@pytest.mark.parametrize(
    "reply",
    [
        "<details><summary>Thinking of buying? Look here</summary>Heat costs 5.</details> Casino costs 4.",
        "See <details><summary>Thoughts on Heat</summary>It is long</details> Heat (1995)",
        "<details><summary><b>Analysis of Heat</b></summary>It is long</details> Heat (1995)",
        "<details><summary>Reasoning, a novel</summary>It is long</details> Emma (1815)",
        "推理：《嫌疑人X的献身》\n科幻：《三体》\n回答：两本都有货。",
        "推理：《白夜行》、《嫌疑人X的献身》\n回答：两本都有货。",
        "【推理】《嫌疑人X的献身》\n【答案】有货",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_folds_and_genres_of_a_reply_stay_in_it(reply: str, size: int) -> None:
    assert separate(reply) == Separated(reply)
    assert streamed(reply, size) == reply


@pytest.mark.parametrize("between", ["", "\n\n", " "])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_closing_mark_at_the_very_end_keeps_a_reply_and_no_thought(between: str, size: int) -> None:
    assert separate(f"{SAID}{between}</think>").text == SAID
    assert streamed(f"{SAID}{between}</think>", size).strip() == SAID
    for thought in (THOUGHT, "Jane Eyre (1847)?", "Try Emma? The user has read it."):
        assert separate(f"{thought}{between}</think>") == Separated("", thought)
    assert separate(f"{SAID}{between}</think>", cut=True) == Separated("", SAID)
