"""The law of streams: however an answer is cut into pieces, what is passed on is what the whole one says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.streamed import split
from usbrec.llm.reasoning import closes_alone, separate

SAID = "Try Ran (1985), a stormy epic."
THOUGHT = "The user wants castles: Jane Eyre (1847)?"

#: What answers begin with: tokens of templates, thoughts between marks, tags that hold thoughts or a plan.
FIRST = (
    *("", "<s>", "<|im_start|>assistant\n", f"<think>{THOUGHT}</think>\n", "<plan>An evening.</plan>\n"),
    *(f"<plan>{THOUGHT}</plan>", f"<plan>\n{THOUGHT}\n</plan>\n\n", f"<internal>{THOUGHT}</internal>"),
    *(f"<planning>So the user? </planning><plan>{THOUGHT}</plan>\n", f"<plan>{THOUGHT}"),
    f"<think>So.</think><plan>\n{THOUGHT}\n</plan>\n",
)
#: Thoughts under headings, in outlines and between marks, each up to the reply.
ABOVE = (
    *("", "<answer>", "Answer: ", "**Answer:** ", f"<plan>{THOUGHT}</plan>", f"<think>{THOUGHT}</think>"),
    *(f"Thinking: {THOUGHT}\n\nAnswer: ", f"**Thinking**\n{THOUGHT}\n\n**Answer**\n"),
    *(f"## Analysis\n{THOUGHT}\n\n## Response\n", f"Analysis: {THOUGHT}\n---\n"),
    *(f"Analysis: {THOUGHT}\nRecommendation: ", f"Plan: {THOUGHT}\n\nReply: "),
    *(f"> **Reasoning**\n> {THOUGHT}\n\n", f"*Thinking...*\n\n> {THOUGHT}\n\n"),
    *(f"【思考】{THOUGHT}\n【回答】", f"[Thinking] {THOUGHT}\n[Answer] "),
    *(f"Thinking...\n{THOUGHT}\n...done thinking.\n\n", f"```thinking\n{THOUGHT}\n```\n"),
    *(f"Here is my reasoning: {THOUGHT} Here is my answer: ", f"analysis{THOUGHT}assistantfinal"),
    *(f"My thoughts: {THOUGHT}\nMy answer: ", f"1. Thoughts: {THOUGHT}\n2. Answer: "),
    f"1. **Analyze the request:** {THOUGHT}\n   - Castles.\n\n2. **Pick:** Ran.\n\n",
    f"1. Analyse the request: {THOUGHT}\n2. Final answer: ",
    f"1. Understand the question: {THOUGHT}\n\n**Answer:** ",
    f"Thinking Process:\n\n1.  **Analyze the Request:** {THOUGHT}\n\n",
    f"Here's a thinking process:\n1. **Deconstruct the user's request**: {THOUGHT}\n\n",
    f"1. **分析用户请求**：{THOUGHT}\n2. 选择：乱。\n\n",
)
BEHIND = (
    *("", SAID, f"{SAID}\n", f"{SAID}</answer>", f"{SAID}<|im_end|>", f"{SAID}\nAnswer: yes"),
    *(f"\n{SAID}\n\nThinking: more", f"{SAID}\n\n1. Ran (1985)\n2. Heat (1995)\n3. Ronin (1998)"),
)


@settings(max_examples=300)
@given(
    st.sampled_from(FIRST),
    st.sampled_from(ABOVE),
    st.just("") | st.sampled_from(ABOVE),
    st.sampled_from(BEHIND),
    st.lists(st.integers(0, 400), max_size=12) | st.integers(1, 9),
    st.booleans(),
)
def test_any_cut_of_a_stream_passes_on_what_the_whole_says(
    first: str, above: str, further: str, behind: str, places: list[int] | int, holds: bool
) -> None:
    answer = f"{first}{above}{further}{behind}"
    cuts = range(0, len(answer), places) if isinstance(places, int) else places
    if holds or not closes_alone(answer):
        assert split(answer, cuts, holds=holds).strip() == separate(answer).text.strip()


@pytest.mark.parametrize("first", ["", *FIRST[5:9], FIRST[10]])
@pytest.mark.parametrize("above", ABOVE[6:])
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_thoughts_under_headings_behind_a_plan_are_told_apart_whole_and_streamed(
    first: str, above: str, size: int
) -> None:
    answer = f"{first}{above}{SAID}"
    found = separate(answer)
    assert (found.text.strip(), found.open) == (SAID, False)
    assert "Jane Eyre" in found.reasoning
    assert split(answer, range(0, len(answer), size)).strip() == SAID


@pytest.mark.parametrize(
    "reply",
    [
        "1. Identify your needs: how big is the room?\n2. Compare prices.\n\nShall I show you some?",
        "1. Analyze This (1999)\n2. Analyze That (2002)\n\nBoth are funny.",
        "1. Understand the question: what do you like?\n2. Tell me.\n\nThen I can find a film.",
        "Here's a thinking process for choosing a film: ask who comes along.\n\n1. Ran (1985)\n\nGood?",
        "1. Ran (1985)\n2. Analyze the request: a novel.\n\nBoth are long.",
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_list_that_a_reply_is_stays_whole(reply: str, size: int) -> None:
    assert separate(reply).text == reply
    assert split(reply, range(0, len(reply), size)) == reply


def test_an_outline_is_the_reply_where_it_is_all_and_thought_where_the_limit_cut_it() -> None:
    outline = f"1. Analyze the request: {THOUGHT}\n2. Suggest Ran (1985)."
    assert separate(outline).text == outline
    found = separate(outline, cut=True)
    assert (found.text, found.reasoning, found.open) == ("", outline, True)
