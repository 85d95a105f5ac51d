"""Answers in tags, of which one is the reply's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.play.said import said

REPLY = "Try Dracula (1897)."
OTHER = "Jane Eyre (1847)"
NAMES = ("candidates", "user_needs", "foo", "analysis_of_user", "notes", "思考", "Wünsche")
REPLIES = ("answer", "reply", "final_answer", "回答", "Antwort", "respuesta")


@given(
    before=st.lists(st.sampled_from(NAMES), max_size=3),
    behind=st.lists(st.sampled_from(NAMES), max_size=2),
    tag=st.sampled_from(REPLIES),
    between=st.sampled_from(["", "\n", "\n\n"]),
)
def test_what_stands_beside_the_tag_of_the_reply_is_none_of_it(
    before: list[str], behind: list[str], tag: str, between: str
) -> None:
    if not before and not behind:
        return
    first, last = (f"<{name}>{OTHER}</{name}>" for name in ("a_1", "a_2"))
    parts = [
        *(first if name == "foo" else f"<{name}>{OTHER}</{name}>" for name in before),
        f"<{tag}>{REPLY}</{tag}>",
        *(last if name == "foo" else f"<{name}>{OTHER}</{name}>" for name in behind),
    ]
    found = said(between.join(parts))
    assert found.text == REPLY
    assert OTHER in found.reasoning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<candidates n='2'>{OTHER}</candidates>\n<answer>{REPLY}", REPLY),
        (f"<b>{OTHER}</b> <answer>{REPLY}</answer>", None),
        (f"<note>{REPLY}</note>", None),
        (f"<one>{OTHER}</one><two>{REPLY}</two>", None),
        (f"<one>{OTHER}</one> I like <answer>{REPLY}</answer>", None),
        (f"<one>{OTHER} <answer>{REPLY}</answer>", None),
        (f"<answer>{REPLY}</answer><answer>{OTHER}</answer>", None),
    ],
)
def test_text_beside_tags_and_tags_without_a_reply_are_said(text: str, expected: str | None) -> None:
    assert said(text).text == (text if expected is None else expected)
