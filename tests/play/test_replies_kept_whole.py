"""Replies under headings and in tags that hold thoughts elsewhere stay whole, at once and in pieces."""

from __future__ import annotations

import pytest

from usbrec.llm.reasoning import Separated, separate
from usbrec.llm.reasoning_filter import ReasoningFilter
from usbrec.play.said import Said, said

SAID = "Try Ran (1985), a stormy epic."


def streamed(answer: str, size: int) -> str:
    """What is passed on of an answer that comes in pieces of this size."""
    passing = ReasoningFilter()
    told = [passing.feed(answer[start : start + size]) for start in range(0, len(answer), size)]
    return "".join([*told, passing.end()[0]])


@pytest.mark.parametrize(
    "reply",
    [
        "My thoughts: Heat (1995) is superb, Ran (1985) is grand.\n\nRecommendation: Heat (1995).",
        "Thoughts: Heat (1995) is good, and I would watch it again.\n\nRecommendation: Heat (1995).",
        "Réflexion : Heat (1995) est superbe, Ran (1985) est grand.\n\nRecommandation : Heat (1995).",
        "Ran (1985) is slow; Heat (1995) is fast. Both are long.\n\nFinal answer: Heat (1995).",
        "Ran (1985) ist lang, Heat (1995) schnell.\n\nEndgültige Antwort: Heat (1995).",
    ],
)
def test_what_is_told_of_titles_without_weighing_them_is_said(reply: str) -> None:
    assert said(reply) == Said(reply)


@pytest.mark.parametrize(
    "answer",
    [
        "My thoughts: maybe Jane Eyre (1847), it would fit.\n\nRecommendation: {}",
        "Réflexion : Jane Eyre (1847) est trop long.\n\nRecommandation : {}",
        "Jane Eyre (1847) is slow. Dracula (1897) is too short.\n\nFinal answer: {}",
        "Jane Eyre (1847) ist zu lang.\n\nEndgültige Antwort: {}",
        "The candidates are Jane Eyre (1847) and Ran (1985).\n\nFinal answer: {}",
        "Thinking: Jane Eyre (1847) is long.\n\nRecommendation: {}",
    ],
)
def test_where_titles_are_weighed_it_is_thought(answer: str) -> None:
    found = said(answer.format(SAID))
    assert (found.text, "Jane Eyre" in found.reasoning) == (SAID, True)


WHOLE = [
    "Reasoning: 7/10\nStyle: 9/10\n\nResponse: 8/10",
    "**Analysis:** 4 stars\n**Answer:** 3 stars",
    "```html\n<details><summary>Thoughts</summary>old</details>\n```",
    "```xml\n<thinking>slow</thinking>\n```",
    f"<notes>Bring snacks.</notes>\n{SAID}",
    "<plan>\n1. Ran (1985)\n2. Heat (1995)</plan>\nEnjoy.",
    "<plan>You could ask a friend, then watch Ran (1985).</plan>\nEnjoy.",
]


@pytest.mark.parametrize("reply", WHOLE)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_card_an_example_and_a_plan_for_the_other_are_no_thoughts(reply: str, size: int) -> None:
    assert separate(reply) == Separated(reply)
    assert streamed(reply, size) == reply


THOUGHTS = [
    f"Reasoning: 7/10 fits, the user likes it.\n\nResponse: {SAID}",
    f"<notes>The user likes Jane Eyre (1847).</notes>\n{SAID}",
    f"<plan>Ask about mood, then recommend Jane Eyre (1847).</plan>\n{SAID}",
    f"<plan>I will name Jane Eyre (1847).</plan>\n{SAID}",
    f"<inner_voice>Jane Eyre (1847) is long.</inner_voice>\n{SAID}",
]


@pytest.mark.parametrize("answer", THOUGHTS)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_what_speaks_of_the_user_or_to_itself_is_a_thought(answer: str, size: int) -> None:
    found = separate(answer)
    assert (found.text, bool(found.reasoning)) == (SAID, True)
    assert streamed(answer, size) == SAID


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_thought_in_a_block_with_a_reply_in_or_behind_it_is_none_of_the_reply(size: int) -> None:
    for answer in (f"```\n<think>old</think>\n{SAID}\n```", f"```\n<think>old</think>\n```\n{SAID}"):
        found = separate(answer)
        assert (found.reasoning, "old" in found.text, SAID in found.text) == ("old", False, True)
        assert streamed(answer, size) == found.text
