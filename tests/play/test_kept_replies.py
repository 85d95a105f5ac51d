"""Complete replies with words of thoughts in them stay whole: recommended titles, cards, quotations."""

from __future__ import annotations

import json

import pytest

from usbrec.llm.reasoning import separate
from usbrec.play.said import Said, said

SAID = "Try Dracula (1897)."


def spoken(answer: str) -> str:
    """What is said in an answer, thoughts of every kind left out."""
    return said(separate(answer).text).text


@pytest.mark.parametrize(
    "reply",
    [
        "You could take Jane Eyre (1847) or Dracula (1897).\n\n**Final answer:** the first one!",
        "I'd say Heat (1995).\nFinal answer: yes, it's on Netflix.",
        "I recommend Heat (1995), and I will say why.\n\nFinal answer: it is short, if you ask me.",
        "Try Heat (1995).\n### Final Answer\nIt is on tonight.",
        "Ich empfehle Heat (1995).\nEndgültige Antwort: Ja, er läuft heute.",
        "Wie wäre es für Sie mit Heat (1995)?\nEndgültige Antwort: Ja, er läuft heute.",
        "Je vous conseille Heat (1995).\nRéponse finale : oui, il passe ce soir.",
        "Te recomiendo Heat (1995).\nRespuesta final: sí, está en Netflix.",
        "Рекомендую «Схватку» (1995).\nОкончательный ответ: да.",
        "我推荐《盗火线》(1995)。\n最终答案：有货。",
        "Heat (1995)\n_Final Answer_\nQuiz Show (1994)",
        "Both fit: Heat (1995), Casino (1995).\n\n**Final Answer:** Both of them are on Netflix.",
        "1. Jane Eyre (1847)\n2. Dracula (1897)\n\nFinal answer: both are in stock.",
        "Heat is great.\n\nFinal answer\n\nis a film from 2003.",
    ],
)
def test_what_is_said_to_the_other_above_a_final_answer_is_kept(reply: str) -> None:
    assert said(reply) == Said(reply)


@pytest.mark.parametrize(
    "thought",
    [
        "The user wants castles, and you could say Jane Eyre (1847). I'd say no.",
        "Jane Eyre (1847) would fit. It is too long.",
        "I should say Jane Eyre (1847).",
        "Let me think. Try Jane Eyre (1847)?",
        "Je pense à Jane Eyre (1847).",
        "Der Nutzer mag Schlösser. Ich empfehle Jane Eyre (1847)?",
        "用户喜欢城堡，可以推荐 Jane Eyre (1847)。",
        "1. Thought: I'd say Jane Eyre (1847)\nAction: none",
        "Jane Eyre (1847)? No.",
    ],
)
def test_how_a_final_answer_was_found_is_none_of_it(thought: str) -> None:
    assert said(f"{thought}\n\nFinal answer: {SAID}") == Said(SAID, thought.removeprefix("1. Thought: "))


@pytest.mark.parametrize(
    "reply",
    [
        "*Thought: A Very Short Introduction* (2013) is what I would give you.",
        "*Reasoning: A Social Picture* (2012), then *Heat*.",
        "_Analysis: A Novel_ — a fine pick.",
        "_Thinking: A Novel_, by X.",
        "[Thought: A Novel] (2011)",
        "[Analysis: A Novel]: a fine pick.",
        "*Thinking: A Novel*\nBy Jane Writer. You'd like it.",
        "*Thoughts: Poems* (Writer, 2011) fits.",
        "*Réflexion : un film* (2001) est bien.",
        "*Gedanken: Ein Roman* (1990) passt.",
        "*Thinking: Fast and Slow* - a classic.",
        "* Analysis: x\n* Response: y\n* Item: Heat (1995)",
        "* Thought: A Novel\n* Emma\n* Dracula",
    ],
)
def test_a_title_in_italics_or_brackets_is_no_aside(reply: str) -> None:
    assert spoken(reply) == reply


@pytest.mark.parametrize(
    "thought",
    ["*Thinking: maybe Jane Eyre (1847)?*", "_Thought: Jane Eyre (1847)._", "[Analysis: Jane Eyre (1847)?]"],
)
@pytest.mark.parametrize("between", [" ", "\n", "\n\n"])
def test_an_aside_of_thoughts_is_none_of_the_reply(thought: str, between: str) -> None:
    assert spoken(f"{thought}{between}{SAID}") == SAID


THOUGHT = "Jane Eyre (1847)?"


@pytest.mark.parametrize(
    "answer",
    [
        f"[My thoughts: {THOUGHT}]\n{SAID}",
        f"(Note to self: {THOUGHT}) {SAID}",
        f"[Internal note: {THOUGHT}]\n{SAID}",
        json.dumps({"inner_thoughts": THOUGHT, "message": SAID}),
        json.dumps({"internal_reasoning": THOUGHT, "reply": SAID}),
        json.dumps({"user_analysis": THOUGHT, "answer": SAID}),
        json.dumps({"plan": THOUGHT, "utterance": SAID}),
        json.dumps({"role": "assistant", "reasoning_content": THOUGHT, "content": SAID}),
        json.dumps({"thought": THOUGHT, "action": "recommend", "reply": SAID}),
    ],
)
def test_fields_and_asides_of_thoughts_are_none_of_the_reply(answer: str) -> None:
    found = said(answer)
    assert (found.text, THOUGHT in found.reasoning) == (SAID, True)


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"role": "Dracula", "plan": "Read it", "content": SAID}),
        json.dumps({"thought": "a", "action": "Heat (1995)", "reply": SAID}),
        json.dumps({"plan": "Dracula (1897) on Monday"}),
        "(Note: it is long.) Dracula (1897)",
        "[My thoughts: A Memoir] (2011)",
    ],
)
def test_fields_and_brackets_of_a_reply_stay(reply: str) -> None:
    assert said(reply) == Said(reply)


@pytest.mark.parametrize(
    "before",
    [
        "<|im_start|>assistant\n<think>{}</think>\n",
        "<|assistant|><think>{}</think>",
        "<s>[THINK]{}[/THINK]",
        "\ufeff<think>{}</think>",
        "\u200b<think>{}</think>\n",
        "**<think>**\n{}\n**</think>**\n",
    ],
)
def test_marks_left_over_before_a_reply_are_none_of_it(before: str) -> None:
    assert spoken(before.format(THOUGHT) + SAID) == SAID


@pytest.mark.parametrize("reply", ["<s>Emma</s> Dracula", "**Dracula**\nis dark.", "**", "<|assistant|>"])
def test_marks_that_are_a_reply_stay(reply: str) -> None:
    assert said(reply).text == reply
