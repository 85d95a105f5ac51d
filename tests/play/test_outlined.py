"""Outlines of answers: thoughts under more headings and in further notations, and the reply."""

from __future__ import annotations

import pytest

from usbrec.llm.reasoning import separate
from usbrec.play.said import said

REPLY = "Try Ran (1985), a stormy epic."
THOUGHT = "The user wants something like Jane Eyre (1847)."


def spoken(answer: str) -> str:
    return said(separate(answer).text).text


@pytest.mark.parametrize(
    "heading",
    [
        "Proceso de pensamiento",
        "Processus de réflexion",
        "Processus de pensée",
        "Processo di pensiero",
        "Processo de pensamento",
        "Процесс размышления",
        "Мысль",
        "Думаю",
        "Nachdenken",
        "Gedanke",
        "Denken",
        "Myślenie",
        "Proces myślowy",
        "Myšlení",
        "Tankeprocess",
        "Ajatusprosessi",
        "Gondolkodási folyamat",
        "Pensando",
        "思路",
        "想法",
        "内心想法",
        "思考内容",
        "考察",
        "사고과정",
    ],
)
def test_thoughts_under_a_heading_are_not_said(heading: str) -> None:
    assert spoken(f"{heading}: {THOUGHT}\n\nAnswer: {REPLY}") == REPLY
    assert spoken(f"**{heading}**\n{THOUGHT}\n\n**Answer**\n{REPLY}") == REPLY


@pytest.mark.parametrize(("heading", "reply"), [("思考", "返事"), ("생각", "답장")])
def test_a_reply_under_its_heading_is_said(heading: str, reply: str) -> None:
    assert spoken(f"{heading}：{THOUGHT}\n\n{reply}：{REPLY}") == REPLY


@pytest.mark.parametrize(
    "answer",
    [
        f'[{{"type": "thinking", "thinking": "{THOUGHT}"}}, {{"type": "text", "text": "{REPLY}"}}]',
        f"Thinking\n========\n{THOUGHT}\n\nResponse\n========\n{REPLY}",
        f"Thinking\n--------\n{THOUGHT}\n\nResponse\n--------\n{REPLY}",
        f"--- thinking ---\n{THOUGHT}\n--- end thinking ---\n{REPLY}",
        f"=== Thinking ===\n{THOUGHT}\n=== End of thinking ===\n{REPLY}",
        f"<b>Thinking:</b> {THOUGHT}<br><b>Answer:</b> {REPLY}",
        f"<p><strong>Thinking:</strong> {THOUGHT}</p>\n<p><strong>Answer:</strong> {REPLY}</p>",
        f'{{"response": {{"thought": "{THOUGHT}", "text": "{REPLY}"}}}}',
        f"thought: |\n  {THOUGHT}\n  And more.\nreply: |\n  {REPLY}",
        f"thought: >-\n  {THOUGHT}\nreply: >-\n  {REPLY}\n",
        f'[{{"type": "reasoning", "text": "{THOUGHT}"}}, {{"type": "text", "text": "{REPLY}"}}]',
    ],
)
def test_the_reply_is_told_apart_in_other_notations(answer: str) -> None:
    assert spoken(answer) == REPLY
    found = separate(answer)
    assert "Jane Eyre" in found.reasoning + said(found.text).reasoning


def test_a_block_of_lines_in_yaml_keeps_its_lines() -> None:
    answer = f"thought: |\n  {THOUGHT}\nreply: |\n  {REPLY}\n  Enjoy it."
    assert spoken(answer) == f"{REPLY}\nEnjoy it."


@pytest.mark.parametrize(
    "reply",
    [
        "Pensando: it is a film by Viola (2001).",
        "Gedanke: Versuch es mit Heat (1995).",
        "Думаю, вам понравится «Сталкер» (1979).",
        "Думаю: вам понравится «Сталкер» (1979).",
        "想法：看看《英雄》。",
        "Thinking\n========\nby Jane Doe\n\nHeat\n====\nby Y",
        '[{"title": "Heat"}, {"title": "Ran"}]',
        '[{"type":"film","text":"Heat"},{"type":"text","text":"Ran"}]',
        "Options:\n========\nHeat (1995)\n\nResponse\n========\nRan",
        '{"response": {"title": "Heat", "text": "x"}}',
        "title: |\n  Heat\nreply: |\n  Ran",
        "思路：《英雄》很好。",
        "<b>Heat:</b> a film<br><b>Answer:</b> Ran",
        "--- films ---\nHeat\n--- end films ---\nRan",
        "| Film | Year |\n| --- | --- |\n| Ran | 1985 |",
        ">\n a quotation",
        "> Ran (1985)\n> Heat (1995)",
        "Films\n=====\nRan (1985)",
    ],
)
def test_an_ordinary_reply_stays_whole(reply: str) -> None:
    assert spoken(reply) == reply
