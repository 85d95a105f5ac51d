"""Bodies of chat completions in the shapes that servers really send."""

from __future__ import annotations

import json
from typing import Any

import pytest

from usbrec.llm.openai.responses import Body, BodyChoice, BodyMessage, Chunk
from usbrec.llm.reasoning import Separated

SAID = "Try Dracula (1897)."
THOUGHT = "An old house. Jane Eyre? Too obvious."

MESSAGES: dict[str, dict[str, Any]] = {
    "thinking parts (Mistral)": {
        "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": THOUGHT}]},
            {"type": "text", "text": SAID},
        ]
    },
    "thinking as a text": {
        "content": [{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": SAID}]
    },
    "reasoning parts": {
        "content": [{"type": "reasoning", "text": THOUGHT}, {"type": "output_text", "text": SAID}]
    },
    "parts of a kind with a point in its name": {
        "content": [{"type": "reasoning.text", "text": THOUGHT}, {"type": "text", "text": SAID}]
    },
    "parts that became JSON in a text": {
        "content": json.dumps(
            [{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": SAID}], indent=1
        )
    },
    "parts that became Python in a text": {
        "content": str([{"type": "thinking", "thinking": THOUGHT}, {"type": "text", "text": SAID}])
    },
    "reasoning_content (vLLM, DeepSeek)": {"content": SAID, "reasoning_content": THOUGHT},
    "reasoning (routers, Ollama)": {"content": SAID, "reasoning": THOUGHT},
    "both fields": {"content": SAID, "reasoning": THOUGHT, "reasoning_content": THOUGHT},
    "reasoning_details": {
        "content": SAID,
        "reasoning_details": [{"type": "reasoning.text", "text": THOUGHT, "format": None}],
    },
    "thinking blocks": {"content": SAID, "thinking_blocks": [{"type": "thinking", "thinking": THOUGHT}]},
    "marks in the content": {"content": f"<think>{THOUGHT}</think>{SAID}"},
}


def body(message: dict[str, Any], finish: str = "stop") -> Body:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
    return Body.read(json.dumps({"id": "c", "choices": [choice]}))


@pytest.mark.parametrize("shape", MESSAGES)
def test_reply_and_thoughts_are_told_apart_whatever_their_shape(shape: str) -> None:
    assert body(MESSAGES[shape]).choices[0].separated() == Separated(SAID, THOUGHT)


@pytest.mark.parametrize(
    "text", ['[{"type": "text", "text": "a"}]', '[{"type": "thinking"', '[{"type": "thinking"}, 7]', "[{x}]"]
)
def test_a_reply_that_looks_like_a_list_stays_as_it_is(text: str) -> None:
    assert body({"content": text}).choices[0].text == text


def test_pieces_of_text_are_joined_without_what_is_no_text() -> None:
    content = [
        {"type": "text", "text": "Try "},
        {"type": "image_url", "image_url": {}},
        "Dracula",
        {"text": "."},
        7,
    ]
    assert BodyMessage(content=content).text == "Try Dracula."
    assert BodyMessage(content=content).reasoning == ""


def test_thoughts_that_used_all_tokens_up_leave_an_open_answer() -> None:
    choice = body({"content": None, "reasoning_content": THOUGHT}, "length").choices[0]
    assert choice.separated() == Separated("", THOUGHT, open=True)
    assert "still reasoning" in choice.why_empty()


def test_half_a_surrogate_pair_in_a_string_becomes_a_question_mark() -> None:
    text = '{"choices": [{"message": {"content": "Try \\ud83d Dracula"}}]}'
    assert Body.read(text).choices[0].message.text == "Try ? Dracula"


@pytest.mark.parametrize(
    "event",
    [
        {"choices": []},
        {"choices": None},
        {"choices": [{"index": 0, "finish_reason": None, "delta": None}]},
        {"choices": [{"index": 0, "finish_reason": "stop"}]},
        {"usage": {"prompt_tokens": 3}},
    ],
)
def test_events_without_words_are_read(event: dict[str, Any]) -> None:
    chunk = Chunk.model_validate(event)
    assert all(choice.delta is None for choice in chunk.choices or ())


@pytest.mark.parametrize("content", [3, True])
def test_a_content_that_is_neither_text_nor_parts_is_no_completion(content: Any) -> None:
    with pytest.raises(ValueError, match="content"):
        body({"content": content})


def _read_content(content: Any) -> BodyChoice:
    return _read(message={"role": "assistant", "content": content})


@pytest.mark.parametrize(
    "thought",
    [
        *(
            {"type": kind, "text": "Emma?"}
            for kind in (
                "analysis",
                "chain_of_thought",
                "chain-of-thought",
                "plan",
                "Internal",
                "internal_note",
            )
        ),
        {"type": "plan", "plan": "Emma?"},
        {"type": "analysis", "content": [{"type": "text", "text": "Emma?"}]},
        {"type": "text", "text": "Emma?", "is_thought": True},
        {"type": "text", "text": "Emma?", "thought": True},
        {"type": "output_text", "text": "Emma?", "phase": "commentary"},
        {"type": "text", "text": "Emma?", "channel": "analysis"},
        {"type": "message", "channel": "commentary", "content": [{"type": "text", "text": "Emma?"}]},
        {"type": "message", "content": [{"type": "reasoning", "text": "Emma?"}]},
    ],
)
def test_parts_that_are_called_or_marked_as_thoughts_are_none_of_the_reply(thought: Any) -> None:
    found = _read_content([thought, {"type": "text", "text": "Try Dracula."}])
    assert found.separated() == Separated("Try Dracula.", "Emma?")
    assert found.message.unknown_part == ""


@pytest.mark.parametrize("kind", ["hunch", "evidence", "search_result", 7])
def test_words_in_parts_that_nobody_knows_are_left_out(kind: Any) -> None:
    found = _read_content([{"type": kind, "text": "Emma?"}, {"type": "text", "text": "Try Dracula."}])
    assert found.separated() == Separated("Try Dracula.")
    assert found.message.unknown_part == str(kind)


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "content": "Try Dracula."}],
        [{"type": "output_text", "text": None, "content": "Try Dracula."}],
        [{"type": "text", "text": [{"type": "text", "text": "Try "}, {"text": "Dracula."}]}],
        [{"type": "message", "content": [{"type": "output_text", "text": "Try Dracula."}]}],
        [{"type": "message", "message": {"role": "assistant", "content": "Try Dracula."}}],
        {"text": "Try Dracula."},
        {"text": {"value": "Try Dracula."}},
        {"parts": [{"text": "Try "}, {"text": "Dracula."}]},
        {"content": "Try Dracula."},
    ],
)
@pytest.mark.parametrize("thinks", [True, False])
def test_what_is_said_is_read_wherever_a_part_holds_it(content: Any, thinks: bool) -> None:
    if thinks:
        given = content if isinstance(content, list) else [content]
        content = [{"type": "reasoning", "summary": [{"type": "summary_text", "text": "Emma?"}]}, *given]
    found = _read_content(content)
    assert found.separated() == Separated("Try Dracula.", "Emma?" if thinks else "")
    assert found.message.unknown_part == ""


def test_a_picture_in_a_reply_is_no_part_that_nobody_knows() -> None:
    picture = {"type": "image_url", "image_url": "http://127.0.0.1/cover.png"}
    found = _read_content([picture, {"type": "text", "text": "Try Dracula."}])
    assert (found.text, found.message.unknown_part) == ("Try Dracula.", "")


def _read(**choice: Any) -> BodyChoice:
    return Body.read(json.dumps({"choices": [{"index": 0, "finish_reason": "stop", **choice}]})).choices[0]


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "text", "thought": True, "text": "Emma?"}, {"type": "text", "text": "Try Dracula."}],
        [{"type": "thought", "text": "Emma?"}, {"type": "output_text", "text": "Try Dracula."}],
        [{"type": "Thinking", "thinking": "Emma?"}, {"type": "text", "text": {"value": "Try Dracula."}}],
    ],
)
def test_a_part_that_is_marked_as_a_thought_in_any_way_is_none_of_the_reply(content: Any) -> None:
    found = _read(message={"role": "assistant", "content": content}).separated()
    assert (found.text, found.reasoning) == ("Try Dracula.", "Emma?")


@pytest.mark.parametrize(
    "choice",
    [
        {"message": {"content": {"type": "text", "text": "Try Dracula."}}},
        {"message": {"content": "Try Dracula."}, "finish_reason": {"type": "stop"}},
        {"message": {"content": "Try Dracula."}, "finish_reason": 1},
    ],
)
def test_a_complete_reply_in_an_odd_form_is_read(choice: Any) -> None:
    read = _read(**choice)
    assert (read.text, read.cut) == ("Try Dracula.", False)


@pytest.mark.parametrize("reason", ["token_limit", "MAX_OUTPUT_TOKENS", {"type": "max_tokens"}])
def test_a_reply_that_the_limit_cut_is_known_by_any_of_its_names(reason: Any) -> None:
    assert _read(message={"content": "Try Dra"}, finish_reason=reason).cut


def test_a_body_behind_a_byte_order_mark_is_read() -> None:
    text = json.dumps({"choices": [{"message": {"content": "Try Dracula."}}]})
    assert Body.read(f"\ufeff{text}").choices[0].text == "Try Dracula."


def test_reasoning_without_a_reply_is_told_as_that() -> None:
    read = _read(message={"content": None, "reasoning_content": "Emma?"})
    assert read.why_empty() == "reasoning and no reply behind it"


@pytest.mark.parametrize("left_out", [-9999.0, float("-inf"), -1e9])
def test_a_token_that_sampling_left_out_is_not_listed(left_out: float) -> None:
    # Its probability is not 0: greedy or cut sampling had none left for it.
    listed = [{"token": "2", "logprob": 0.0}, *({"token": one, "logprob": left_out} for one in ("0", "x"))]
    logprobs = {"content": [{"token": "2", "logprob": 0.0, "top_logprobs": listed}]}
    choice = BodyChoice.model_validate({"message": {"content": "2"}, "logprobs": logprobs})
    assert choice.top_tokens() == [("2", 1.0)]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_listed_probability_that_is_no_number_makes_all_of_them_unknown(place: int) -> None:
    listed: list[dict[str, Any]] = [{"token": digit, "logprob": -1.2} for digit in "012"]
    logprobs = {"content": [{"token": "2", "logprob": -1.2, "top_logprobs": listed}]}
    message = {"message": {"content": "2"}, "logprobs": logprobs}
    assert len(BodyChoice.model_validate(message).top_tokens()) == 3
    listed[place]["logprob"] = float("nan")
    assert BodyChoice.model_validate(message).top_tokens() == []
