"""What is decided at a glance of an answer, or remembered of it, is what reading it in full says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.llm.openai.responses import LETTERS_A_TOKEN, Body, BodyMessage, letters
from usbrec.llm.reasoning import separate, separate_so_far

_TEXTS = st.text(alphabet=st.sampled_from("ab  \n–é你好이𝒳\ud83d"), max_size=900)


@given(st.lists(_TEXTS, min_size=1, max_size=3), st.integers(0, 400))
def test_a_prompt_is_cut_where_its_letters_say_so(texts: list[str], counted: int) -> None:
    sent = sum(letters(" ".join(text.split())) for text in texts)
    body = Body.model_validate(
        {"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": counted}}
    )
    cost = body.cost(0.0, sent={"messages": [{"role": "user", "content": text} for text in texts]})
    assert cost.cut_prompts == (counted > 0 and sent >= 200 and counted * LETTERS_A_TOKEN < sent)


_PIECES = st.sampled_from(
    ["2", " ", "\n", "**", "1.", "<think>", "</think>", "Answer:", "Thought:", "[", "<|im_end|>", "0"]
)


@given(st.lists(_PIECES, max_size=6).map("".join), st.booleans())
def test_short_answers_are_separated_alike_each_time(answer: str, cut: bool) -> None:
    whole = separate_so_far(answer, cut=cut).found
    assert separate(answer, cut=cut) == whole
    assert separate(answer, cut=cut) == whole


@pytest.mark.parametrize(
    ("fields", "thought"),
    [
        ({"role": "assistant"}, ""),
        ({"role": "assistant", "reasoning_content": "Hm."}, "Hm."),
        ({"thinking": [{"type": "thinking", "thinking": "Hm."}]}, "Hm."),
        ({"reasoning": None, "name": "bot"}, ""),
    ],
)
def test_thoughts_are_found_beside_any_other_field(fields: dict[str, object], thought: str) -> None:
    assert BodyMessage.model_validate({"content": "Yes.", **fields}).reasoning == thought


def test_a_kind_of_parts_that_a_stream_held_is_named() -> None:
    assert BodyMessage.of("Yes.", unknown="riddle").unknown_part == "riddle"
    assert BodyMessage.of("Yes.").unknown_part == ""
    listed = [{"type": "text", "text": "Yes."}, {"type": "riddle", "text": "?"}]
    assert BodyMessage.model_validate({"content": listed}).unknown_part == "riddle"
