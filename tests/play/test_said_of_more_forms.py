"""Calls in tags, lengths, wrappers and headings that only look alike: what of a reply is said."""

from __future__ import annotations

import json

import pytest

from usbrec.play.said import said

SAID = "Try Dracula (1897)."
TITLE = "Jane Eyre (1847)"


@pytest.mark.parametrize(
    "call",
    [
        f"<search>{TITLE}</search>",
        f"<query>{TITLE}</query>",
        f"<search>{TITLE}</search><information>{TITLE} is a novel</information>",
        f"<|begin_search_query|>{TITLE}<|end_search_query|>",
        f'<tool_use><name>search</name><arguments>{{"q": "{TITLE}"}}</arguments></tool_use>',
        f'<function>search(q="{TITLE}")</function>',
        f'<tool>search("{TITLE}")</tool>',
        f'<python>search("{TITLE}")</python>',
        f'<execute>search("{TITLE}")</execute>',
    ],
)
def test_calls_in_tags_are_none_of_the_reply(call: str) -> None:
    found = said(f"{call}\n{SAID}")
    assert (found.text, TITLE in found.reasoning) == (SAID, True)
    assert said(f"{SAID}\n{call}").text == SAID
    assert said(call).text == ""


def test_a_search_that_its_server_ended_before_the_closing_tag_is_a_call() -> None:
    assert said(f"{SAID}\n<search>{TITLE}").text == SAID


@pytest.mark.parametrize(
    "reply",
    [
        "The HTML tag <search> is new; <query> is no tag.",
        "<function>Heat</function> is a tag.",
        "Write <search>Heat</search>: it is a tag of HTML.",
        "```html\n<search>Heat</search>\n```",
        "Type `<search>Heat</search>` there.",
        "<tool>Hammer</tool>",
        "<python> is a snake (2001)",
        "The Tell-Tale Heart (1843) by Poe.\nLength: 2200 words",
        "[Reasoning: 4/5] [Mood: dark] Se7en (1995) is a good one.",
        "Final Answer: The Movie (2019)\nis a documentary about a quiz.",
        "<answer>Yes</answer> or <answer>no</answer>?",
        "```python\nfilm = 'Heat'\n```",
    ],
)
def test_what_only_looks_alike_is_said(reply: str) -> None:
    assert said(reply).text == reply


@pytest.mark.parametrize(
    "answer",
    [
        f"{SAID}\n\n(Length: 12 words)",
        f"{SAID}\n\nWord count: 3",
        f"<answer>{SAID}</answer>",
        f"<response>\n{SAID}\n</response>",
        f"```\n\n{SAID}\n```",
        json.dumps({"thoughts": {"text": TITLE}, "speak": SAID}),
        json.dumps({"thoughts": {"text": TITLE, "plan": "x", "speak": SAID}, "command": {"name": "say"}}),
    ],
)
def test_what_is_around_a_reply_is_none_of_it(answer: str) -> None:
    assert said(answer).text == SAID
