"""Reasoning told apart from replies: marks of every family, whole and while they stream."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.llm.reasoning import ReasoningFilter, ReasoningMarks, Separated, separate

SAID = "Try Dracula (1897), because nobody built a better castle."
THOUGHT = "An old house. Jane Eyre (1847) is too obvious, so no."

FAMILIES = {
    "think": f"<think>\n{THOUGHT}\n</think>\n\n{SAID}",
    "capitals": f"<Think>{THOUGHT}</Think>{SAID}",
    "thinking": f"<thinking>{THOUGHT}</thinking> {SAID}",
    "thought": f"<thought>{THOUGHT}</thought>\n{SAID}",
    "reasoning": f"<reasoning>{THOUGHT}</reasoning>\n{SAID}",
    "brackets": f"[THINK]{THOUGHT}[/THINK]{SAID}",
    "triangles": f"◁think▷{THOUGHT}◁/think▷{SAID}",
    "longcat": f"<longcat_think>\n{THOUGHT}\n</longcat_think>\n{SAID}",
    "box": f"<think>{THOUGHT}</think>\n<|begin_of_box|>{SAID}<|end_of_box|>",
    "seed": f"<seed:think>{THOUGHT}</seed:think>{SAID}",
    "begin of thought": (
        f"<|begin_of_thought|>\n{THOUGHT}\n<|end_of_thought|>\n\n"
        f"<|begin_of_solution|>\n{SAID}\n<|end_of_solution|>"
    ),
    "start thinking": f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{SAID}<|END_RESPONSE|>",
    "answer tags": f"<think>{THOUGHT}</think>\n<answer>\n{SAID}\n</answer>",
    "inner prefix": f"<|inner_prefix|>{THOUGHT}<|inner_suffix|>{SAID}",
    "channels": (
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{SAID}<|return|>"
    ),
    "channels without special tokens": f"analysis{THOUGHT}assistantfinal{SAID}",
    "prose": f"Here is my thought process: {THOUGHT}\n\nHere is my response: {SAID}",
}
CLOSING_ALONE = {
    name: f"{THOUGHT}\n{mark}\n\n{SAID}"
    for name, mark in {
        "think": "</think>",
        "brackets": "[/THINK]",
        "triangles": "◁/think▷",
        "seed": "</seed:think>",
    }.items()
}
OPEN = {
    "think": f"<think>\n{THOUGHT}",
    "brackets": f"[THINK]{THOUGHT}",
    "channels": f"<|channel|>analysis<|message|>{THOUGHT}",
    "channels without special tokens": f"analysis{THOUGHT}",
    "prose": f"Here is my thought process: {THOUGHT}",
}


def streamed(answer: str, length: int, marks: ReasoningMarks = "auto", *, holds: bool = False) -> str:
    """What is passed on of an answer that comes in pieces of this length."""
    filtered = ReasoningFilter(marks, holds=holds)
    pieces = [filtered.feed(answer[start : start + length]) for start in range(0, len(answer), length)]
    rest, whole = filtered.end()
    assert whole == separate(answer, marks)
    return "".join(pieces) + rest


@pytest.mark.parametrize("name", FAMILIES)
def test_thoughts_of_every_family_are_told_apart(name: str) -> None:
    assert separate(FAMILIES[name]) == Separated(SAID, THOUGHT)


@pytest.mark.parametrize("name", CLOSING_ALONE)
def test_a_closing_mark_alone_ends_thoughts_that_began_in_the_prompt(name: str) -> None:
    assert separate(CLOSING_ALONE[name]) == Separated(SAID, THOUGHT)


@pytest.mark.parametrize("name", OPEN)
def test_an_answer_that_breaks_off_in_its_thoughts_is_open_and_says_nothing(name: str) -> None:
    found = separate(OPEN[name])
    assert found.open
    assert found.text == ""
    assert THOUGHT in found.reasoning


@pytest.mark.parametrize(
    "answer",
    [
        SAID,
        "",
        "  ",
        "I <3 that one [1], a <b>bold</b> choice: 2 < 3 > 1",
        "Analysis shows that you like drama.",
        "analysis of your taste: drama",
        "commentary is free",
        "Here is my pick: Dracula (1897).",
        "What do you think? I think [thinking aloud] it is fine.",
    ],
)
def test_an_answer_without_marks_is_the_reply_as_it_is(answer: str) -> None:
    assert separate(answer) == Separated(answer)
    assert streamed(answer, 1) == answer


def test_several_blocks_and_marks_inside_thoughts_leave_only_what_is_said() -> None:
    answer = f"<think>I write </think> at the end.</think><think>{THOUGHT}</think>{SAID}"
    assert separate(answer).text == SAID
    assert separate(f"<think>the mark <think> opens</think>{SAID}").text == SAID


def test_marks_can_be_named_or_switched_off() -> None:
    answer = f"((musing)){THOUGHT}((said)){SAID}"
    assert separate(answer, ("((musing))", "((said))")) == Separated(SAID, THOUGHT)
    assert separate(answer).text == answer
    assert separate(FAMILIES["think"], "off").text == FAMILIES["think"]
    assert streamed(FAMILIES["think"], 3, "off") == FAMILIES["think"]
    assert streamed(answer, 2, ("((musing))", "((said))")) == SAID


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("length", [1, 2, 7, 1000])
def test_of_a_stream_only_the_reply_is_passed_on(name: str, length: int) -> None:
    assert streamed(FAMILIES[name], length) == SAID


@pytest.mark.parametrize("name", OPEN)
def test_of_a_stream_that_breaks_off_in_its_thoughts_nothing_is_passed_on(name: str) -> None:
    assert streamed(OPEN[name], 3) == ""


@pytest.mark.parametrize("name", CLOSING_ALONE)
def test_a_stream_that_is_held_back_passes_no_thought_on(name: str) -> None:
    assert streamed(CLOSING_ALONE[name], 3, holds=True) == SAID


def test_a_reply_without_marks_comes_as_it_is_written() -> None:
    filtered = ReasoningFilter()
    assert [filtered.feed(piece) for piece in ("Try ", "Dracula ", "(1897).")] == [
        "Try ",
        "Dracula ",
        "(1897).",
    ]


@given(st.text(max_size=60), st.integers(1, 9))
def test_whatever_streams_ends_as_the_whole_answer_does(answer: str, length: int) -> None:
    found = separate(answer)
    assert streamed(answer, length, holds=True) == ("" if found.open else found.text)


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "[THINK]", "<|channel|>", "final", "a ", "\n"]), max_size=9
    )
)
def test_marks_in_any_order_never_raise_and_never_stay_in_the_reply(parts: list[str]) -> None:
    found = separate("".join(parts))
    assert "<think>" not in found.text
    assert "</think>" not in found.text


def test_a_long_answer_that_does_not_begin_like_a_thought_is_not_held_to_its_end() -> None:
    filtered = ReasoningFilter(holds=True)
    told = [filtered.feed("A word about Dracula. ") for _ in range(60)]
    assert not any(told[:25])
    assert all(told[35:])
    thinking = ReasoningFilter(holds=True)
    assert not any(thinking.feed("Okay, the user wants a castle. ") for _ in range(60))


@pytest.mark.parametrize("size", [1, 3, 7])
def test_what_was_said_before_a_thought_that_never_ends_is_streamed_whole(size: int) -> None:
    answer, passing = "Try Dracula (1897).<think>Emma (1815)", ReasoningFilter()
    pieces = [passing.feed(answer[place : place + size]) for place in range(0, len(answer), size)]
    assert "".join([*pieces, passing.end()[0]]) == "Try Dracula (1897)."


@pytest.mark.parametrize(
    "answer",
    [
        "&lt;think&gt;Jane Eyre (1847)?&lt;/think&gt;Try Emma (1815).",
        "<|think|>Jane Eyre (1847)?<|end|><|begin|>assistant<|content|>Try Emma (1815).",
        "analysis\nJane Eyre (1847)?\nassistantfinal\nTry Emma (1815).",
        "**Here is my thought process:**\nJane Eyre (1847)?\n**Here is my response:**\nTry Emma (1815).",
        "<think>Jane Eyre (1847)?</think><output>Try Emma (1815).</output>",
    ],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_rarer_marks_are_known_whole_and_in_pieces(answer: str, size: int) -> None:
    found = separate(answer)
    assert found.text == "Try Emma (1815)."
    assert "Jane Eyre" in found.reasoning
    stream = ReasoningFilter()
    told = "".join(stream.feed(answer[at : at + size]) for at in range(0, len(answer), size))
    rest, whole = stream.end()
    assert (told + rest).strip() == found.text
    assert whole == found
