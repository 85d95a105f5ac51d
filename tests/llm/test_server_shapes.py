"""Answers in the shapes that vLLM's and Ollama's documents give: words, thoughts, streams and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, stream
from usbrec.errors import ModelRefused, PromptTooLong
from usbrec.llm import ChatReply, ChatRequest, Choice, ChoiceRequest, Message
from usbrec.llm.openai.client import OpenAIModel

ASKED = (Message("system", "You recommend books."), Message("user", "Something dark?"))
THOUGHT = "They want something dark. Frankenstein would do, Dracula is better."


def vllm(seen: Seen) -> Answer:
    """vLLM with a parser for reasoning, one name served, 4,096 tokens of context, and choices heeded."""
    body = seen.body
    if body["model"] != "qwen3":
        said = f"The model `{body['model']}` does not exist."
        return Answer(404, _vllm_error(said, "NotFoundError", 404, "model"))
    if sum(len(message["content"]) for message in body["messages"]) > 20_000:
        said = (
            "This model's maximum context length is 4096 tokens. However, your request has 5013 input "
            "tokens. Please reduce the length of the input messages."
        )
        return Answer(400, _vllm_error(said, "BadRequestError", 400, "input_tokens"))
    if body.get("stream"):
        return stream(*_pieces("reasoning", "chatcmpl-1"), _usage_event(21, 19))
    texts = ["Try Dracula (1897)."] * body.get("n", 1)
    if choices := body.get("structured_outputs", {}).get("choice"):
        texts = [choices[-1]] * len(texts)
    return Answer(
        200,
        {
            "id": "chatcmpl-5f1",
            "object": "chat.completion",
            "created": 1790000000,
            "model": "qwen3",
            "choices": [
                {
                    "index": index,
                    "message": {
                        "role": "assistant",
                        "content": text,
                        "refusal": None,
                        "annotations": None,
                        "audio": None,
                        "function_call": None,
                        "tool_calls": [],
                        "reasoning": THOUGHT,
                    },
                    "logprobs": None,
                    "finish_reason": "stop",
                    "stop_reason": None,
                    "token_ids": None,
                }
                for index, text in enumerate(texts)
            ],
            "service_tier": None,
            "system_fingerprint": None,
            "usage": {
                "prompt_tokens": 21,
                "total_tokens": 40,
                "completion_tokens": 19,
                "prompt_tokens_details": None,
            },
            "prompt_logprobs": None,
            "kv_transfer_params": None,
        },
    )


def ollama(seen: Seen) -> Answer:
    """Ollama: one reply whatever `n` says, thoughts in a field of their own, an unknown model as a 404."""
    body = seen.body
    if body["model"] != "qwen3:8b":
        said = f'model "{body["model"]}" not found, try pulling it first'
        error = {"message": said, "type": "not_found_error", "param": None, "code": None}
        return Answer(404, {"error": error})
    if body.get("stream"):
        return stream(*_pieces("reasoning", "chatcmpl-2"), _usage_event(26, 22))
    return Answer(
        200,
        {
            "id": "chatcmpl-2",
            "object": "chat.completion",
            "created": 1790000000,
            "model": "qwen3:8b",
            "system_fingerprint": "fp_ollama",
            "choices": [
                {
                    "index": 0,
                    "message": {
                        "role": "assistant",
                        "content": "Try Dracula (1897).",
                        "reasoning": THOUGHT,
                    },
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 26, "completion_tokens": 22, "total_tokens": 48},
        },
    )


def _vllm_error(message: str, kind: str, code: int, param: str) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _pieces(thoughts: str, name: str) -> list[dict[str, Any]]:
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": ""},
        {thoughts: THOUGHT[:20]},
        {thoughts: THOUGHT[20:]},
        {"content": "Try "},
        {"content": "Dracula (1897)."},
    ]
    chunks = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    chunks.append({"index": 0, "delta": {"content": ""}, "finish_reason": "stop"})
    return [{"id": name, "object": "chat.completion.chunk", "choices": [chunk]} for chunk in chunks]


def _usage_event(prompt: int, said: int) -> dict[str, Any]:
    return {"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": said}}


SERVERS: dict[str, tuple[Callable[[Seen], Answer], str]] = {
    "vLLM": (vllm, "qwen3"),
    "Ollama": (ollama, "qwen3:8b"),
}


def asked(name: str, work: Callable[[OpenAIModel], Any], model: str | None = None, **setup: Any) -> Any:
    answer, served = SERVERS[name]

    async def run(url: str) -> Any:
        one = OpenAIModel(model or served, base_url=url, max_retries=0, **setup)
        try:
            return await work(one)
        finally:
            await one.aclose()

    with LocalServer(answer) as server:
        return asyncio.run(run(server.url))


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("streamed", [False, True])
def test_words_thoughts_and_tokens_come_apart(name: str, streamed: bool) -> None:
    heard: list[str] = []
    request = ChatRequest(ASKED, on_delta=heard.append if streamed else None)
    reply: ChatReply = asked(name, lambda model: model.chat(request))
    assert reply.text == "Try Dracula (1897)."
    assert reply.completions[0].reasoning == THOUGHT
    assert "".join(heard) == (reply.text if streamed else "")
    assert reply.usage.prompt_tokens > 20
    assert reply.usage.completion_tokens > 18


@pytest.mark.parametrize("name", SERVERS)
def test_as_many_replies_come_as_are_asked_for(name: str) -> None:
    reply: ChatReply = asked(name, lambda model: model.chat(ChatRequest(ASKED, n=3)))
    assert [one.text for one in reply.completions] == ["Try Dracula (1897)."] * 3
    assert reply.usage.calls == (1 if name == "vLLM" else 3)


def test_votes_on_vllm_are_limited_to_the_options() -> None:
    request = ChoiceRequest(ASKED, options=("0", "1", "2"), votes=4)
    choice: Choice = asked("vLLM", lambda model: model.choose(request), constrain="structured")
    assert (choice.method, choice.probabilities, choice.unreadable) == (
        "forced",
        {"0": 0.0, "1": 0.0, "2": 1.0},
        0,
    )


@pytest.mark.parametrize("name", SERVERS)
def test_a_model_that_is_not_there_is_named(name: str) -> None:
    with pytest.raises(ModelRefused, match=r"no model 'llama'"):
        asked(name, lambda model: model.chat(ChatRequest(ASKED)), model="llama")


def test_a_prompt_beyond_vllms_context_is_too_long() -> None:
    long = (Message("user", "A book? " * 3000),)
    with pytest.raises(PromptTooLong, match="4096"):
        asked("vLLM", lambda model: model.chat(ChatRequest(long)))
