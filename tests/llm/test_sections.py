"""Sections under headings, fences, brackets and tokens before a reply: thoughts told apart, replies left."""

from __future__ import annotations

import pytest

from support.streamed import streamed
from usbrec.llm.reasoning import Separated, closes_alone, separate
from usbrec.play.said import Said, said

SAID = "Try Dracula (1897)."
THOUGHT = "Castles, so Jane Eyre (1847) is too obvious."
OF_THE_USER = "The user wants castles: Jane Eyre (1847)?"


@pytest.mark.parametrize(
    "form",
    [
        "**Thinking**\n{}\n\n**Response:** {}",
        "**Thinking:** {}\n\n**Response**\n{}",
        "***Thinking***\n{}\n\n***Response***\n{}",
        "*Thinking*\n{}\n\n*Response*\n{}",
        "*** Thinking ***\n{}\n*** Response ***\n{}",
        "--- Thinking ---\n{}\n--- Response ---\n{}",
        "=== Reasoning ===\n{}\n=== Answer ===\n{}",
        "### 🧠 Thinking\n{}\n\n### 💬 Response\n{}",
        "🧐 **Thinking**\n{}\n\n✨ **Answer**\n{}",
        "## 🧠 Thought process:\n{}\n\n## ✨ Final answer:\n{}",
        "🧐 Thoughts: {}\n🎬 Reply: {}",
        "> **Thinking:**\n> {}\n\n{}",
        "> **Thinking:** {}\n\n{}",
        "> 💭 **Thinking**\n>\n> {}\n\n{}",
        "**Thinking**\n> {}\n\n**Response:** {}",
        "〈思考〉{}\n〈回答〉{}",
        "〔思考〕{}\n〔回答〕{}",
        "〈思考〉{}〈/思考〉{}",
        "《思考》{}《/思考》{}",
        "~~~thinking\n{}\n~~~\n{}",
        "~~~ reasoning\n{}\n~~~\n\n{}",
        "``` thinking\n{}\n```\n{}",
        "````thinking\n{}\n````\n{}",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_thoughts_in_a_section_or_a_block_of_their_own_are_told_apart(form: str, size: int) -> None:
    answer = form.format(THOUGHT, SAID)
    assert separate(answer) == Separated(SAID, THOUGHT)
    assert streamed(answer, size).strip() == SAID


@pytest.mark.parametrize(
    "form",
    [
        "Plan: {}\nResponse: {}",
        "**Rationale**\n{}\n\n**Reply**\n{}",
        "[Plan] {}\n[Response] {}",
        "Thoughts: {}\n\nRecommendation: {}",
        "Thought: {}\nSay: {}",
        "## Reasoning\n{}\n\n## Message\n{}",
        "Plan: {}\nOutput: {}",
        "**Thinking**\n{}\n\n---\n\n{}",
        "Thinking: {}\n***\n{}",
        "「思考」{}\n「回答」{}",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_what_may_be_a_part_of_the_reply_is_thought_where_it_speaks_of_the_user(form: str, size: int) -> None:
    answer = form.format(OF_THE_USER, SAID)
    assert separate(answer) == Separated(SAID, OF_THE_USER)
    assert streamed(answer, size).strip() == SAID


@pytest.mark.parametrize(
    "form",
    [
        "Thoughts: {}\nRecommendation: {}",
        "Thinking: {}\nOutput: {}",
        "Reflection: {}\nAnswer: {}",
        "Reasoning: {}\n---\n{}",
        "Thoughts: {}\nResponse: {}\nLength: 3 words",
    ],
)
def test_where_two_people_talk_what_speaks_to_neither_is_thought_as_well(form: str) -> None:
    answer = form.format(THOUGHT, SAID)
    found = said(answer)
    assert (found.text, THOUGHT in found.reasoning) == (SAID, True)


def test_thoughts_of_the_user_below_the_reply_are_none_of_it() -> None:
    assert said(f"Response: {SAID}\nThoughts: {OF_THE_USER}") == Said(SAID, OF_THE_USER)
    both = f"Response: {SAID}\nThoughts: dark and slow."
    assert said(both) == Said(both)


ORDINARY = [
    "Thoughts: it is dark and slow.\nLength: 170 minutes\nDirector: Mann",
    "Thoughts: dark and slow, the best of its year.\nRecommendation: watch it",
    "Reasoning: you liked Emma, so slow romance.\nRecommendation: Persuasion (1995)",
    "Rationale: you like crime films.\nRecommendation: Heat (1995)",
    "Plan: watch Heat (1995) tonight.\nMessage: crime does not pay.",
    "Plan: Heat (1995) on Friday, Ran (1985) later.\n\nRecommendation: start with Heat, as you like crime.",
    "Plan:\n1. Heat (1995)\n2. Ran (1985)\n\nOutput: two great evenings.",
    "Reflection: A Walk With the Dead (2013) is a film.\nAnswer: yes, it is sad.",
    "**Recommendation:** Heat (1995)\n**Rationale:** you like crime.\n**Length:** 170 minutes",
    "Title: Heat (1995)\nPlot: a thief\nMessage: crime does not pay",
    "**Thoughts**\n\n---\n\nby Jane Writer (2001)",
    "**Thoughts**\nIt is dark.\n\n---\n\n**Ratings**\n8/10",
    "**Thinking of crime?**\nHeat (1995)\n\n---\n\nRan (1985)",
    "*Thought*\nby Jane Writer\n*Answer*\nby Ann Other",
    "Here are two.\n\n---\n\nHeat (1995)\n\n***\n\nRan (1985)",
    "> **Heat (1995):** tense\n\nTry it.",
    '> "Thinking is hard"\n\nThat is from Heat (1995).',
    "~~~\nHeat (1995)\n~~~\nis the one.",
    "Write:\n\n````\n```thinking\nx\n```\n````\nHeat (1995)",
    "《思考》和《回答》都值得一读。",
    "《思考》\n《回答》\n两本都有货。",
    "「思考」という本をおすすめします。",
    "🤔 Thinking about crime? Heat (1995).\n✅ Answer to boredom: Ran (1985)",
    "*** Spoiler ***\nHeat ends badly.\n*** End ***\nTry Ran (1985).",
    "Heat (1995)\nLength: 170 minutes",
    "My plan: first Heat (1995), then Ran (1985).",
]


@pytest.mark.parametrize("reply", ORDINARY)
def test_an_ordinary_reply_that_looks_alike_is_left_whole_and_streamed(reply: str) -> None:
    assert separate(reply) == Separated(reply)
    assert {streamed(reply, size) for size in (1, 3, 1000)} == {reply}
    assert said(reply) == Said(reply)


TOKENS = [
    *("<s>", "<s> ", "<bos>", "<|assistant|>\n", "[/INST] ", "</s>", "<|im_end|>\n", "<｜Assistant｜>"),
    *("<|im_start|>assistant\n", "<start_of_turn>model\n", "<|begin_of_text|>", "<s><|im_start|>assistant\n"),
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
]


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_templates_tokens_before_a_reply_are_no_part_of_it(token: str, size: int) -> None:
    assert separate(f"{token}{SAID}") == Separated(SAID)
    assert streamed(f"{token}{SAID}", size) == SAID
    headed = f"{token}Thinking: {THOUGHT}\nResponse: {SAID}"
    assert separate(headed) == Separated(SAID, THOUGHT)
    assert streamed(headed, size) == SAID
    assert separate(f"<think>{THOUGHT}</think>{token}{SAID}") == Separated(SAID, THOUGHT)
    assert streamed(f"<think>{THOUGHT}</think>{token}{SAID}", size) == SAID


@pytest.mark.parametrize(
    "reply",
    [
        "<s>Emma (1815)</s> Dracula (1897) it is.",
        "<bos> is the first token.",
        "[/INST] ends what is asked.",
        "<s>, the tag, strikes words out.",
        "<b>Dracula</b> (1897)",
        "[Dracula](http://x) (1897)",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_token_that_a_reply_begins_with_and_speaks_of_stays(reply: str, size: int) -> None:
    assert separate(reply) == Separated(reply)
    assert streamed(reply, size) == reply


def test_behind_a_token_a_closing_mark_alone_reads_the_same_in_pieces_as_at_once() -> None:
    answer = "<s> [/THINK]<"
    assert separate(answer).text == "<"
    assert {streamed(answer, size) for size in range(1, len(answer) + 1)} == {"<"}
    assert closes_alone(answer)
