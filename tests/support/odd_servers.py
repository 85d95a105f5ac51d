"""A small OpenAI-compatible model behind a server that does all a server should, or leaves something out.

    with LocalServer(odd_server(ignores_n=True)) as server:
        probe_seat("openai:m", config_of(server))

It knows the words it is told, draws by seed and temperature, stops where it should, counts its tokens (four
letters each) and streams.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from support.servers import Answer, Seen, complaint, stream

_COUNT = "one, two, three, four, five, six, seven, eight, nine"
_NAMES = ("Ada", "Bo", "Cleo", "Dan", "Edda", "Finn", "Gus", "Hedy")
_TOWNS = ("Arden", "Birch", "Colm", "Dover", "Elm", "Firth", "Glen", "Holt")


@dataclass(frozen=True)
class Odd:
    """What the server does otherwise. `cuts_at` tokens of a prompt's end are read; `reasons` says where its
    thoughts stand ("content", or a field's name); `lists` is how many log-probabilities it gives;
    with `splits` a digit has two tokens."""

    ignores_n: bool = False
    copies: bool = False
    refuses_n: bool = False
    ignores_temperature: bool = False
    refuses_temperature: bool = False
    always_draws: bool = False
    ignores_seed: bool = False
    ignores_stop: bool = False
    ignores_penalties: bool = False
    ignores_max_tokens: bool = False
    refuses_system: bool = False
    drops_system: bool = False
    drops_history: bool = False
    cuts_at: int | None = None
    refuses_longer_than: int | None = None
    lists: int = 20
    splits: bool = False
    mass: float = 0.95
    refuses_logprobs: bool = False
    reasons: str = ""
    counts: bool = True
    streams: bool = True
    ends_streams: bool = True
    repeats_streams: bool = False
    constrains: str = "grammar"
    judges: Sequence[str] = ("1",)
    names: Sequence[str] = ("m", "another")


def odd_server(**switches: Any) -> Callable[[Seen], Answer]:
    odd, calls = Odd(**switches), itertools.count()

    def answer(seen: Seen) -> Answer:
        if seen.method == "GET":
            return Answer(body={"object": "list", "data": [{"id": name} for name in odd.names]})
        return _answer(odd, seen.body, next(calls))

    return answer


def _answer(odd: Odd, body: dict[str, Any], call: int) -> Answer:
    messages = body["messages"]
    if odd.refuses_system and any(message["role"] == "system" for message in messages):
        return complaint("System role not supported")
    if odd.refuses_temperature and "temperature" in body:
        return complaint("Unsupported parameter: 'temperature' is not supported with this model.")
    if odd.refuses_n and body.get("n", 1) > 1:
        return complaint("n must be 1")
    if odd.refuses_logprobs and body.get("logprobs"):
        return complaint("logprobs is not supported")
    if odd.drops_system:
        messages = [message for message in messages if message["role"] != "system"]
    if odd.drops_history:
        messages = [*(one for one in messages if one["role"] == "system"), messages[-1]]
    text = "\n".join(message["content"] for message in messages)
    tokens = len(text) // 4
    if odd.refuses_longer_than is not None and tokens > odd.refuses_longer_than:
        return complaint(f"This model's maximum context length is {odd.refuses_longer_than} tokens.")
    if odd.cuts_at is not None and tokens > odd.cuts_at:
        text, tokens = text[-4 * odd.cuts_at :], odd.cuts_at
    count = 1 if odd.ignores_n else body.get("n", 1)
    said = [_reply(odd, body, text, 0 if odd.copies else index, call) for index in range(count)]
    if body.get("logprobs") and odd.lists:
        said = [_one("1", logprobs=_listed(odd))]
    usage = {"prompt_tokens": tokens, "completion_tokens": sum(one.pop("tokens") for one in said)}
    if body.get("stream") and odd.streams:
        return _streamed(odd, said[0], usage)
    choices = [{"index": index, **one} for index, one in enumerate(said)]
    counted = {"usage": usage} if odd.counts else {}
    return Answer(body={"id": "c", "object": "chat.completion", "model": "m", "choices": choices, **counted})


def _reply(odd: Odd, body: dict[str, Any], text: str, index: int, call: int) -> dict[str, Any]:
    said = _constrained(odd, body) or _said(odd, body, text, index, call)
    for end in () if odd.ignores_stop else body.get("stop", ()):
        said = said.partition(end)[0]
    thought = "Okay, the user wants an answer. Let me think." if _thinks(odd, body) else ""
    whole = f"<think>{thought}</think>{said}" if thought and odd.reasons == "content" else said
    words = whole.split(" ")
    limit = len(words) if odd.ignores_max_tokens else body["max_tokens"]
    cut = len(words) > limit
    answer = _one(" ".join(words[:limit]), cut=cut)
    if thought and odd.reasons != "content":
        answer["message"][odd.reasons] = thought
    return answer


def _one(text: str, *, cut: bool = False, logprobs: Any = None) -> dict[str, Any]:
    return {
        "message": {"role": "assistant", "content": text},
        "finish_reason": "length" if cut else "stop",
        "logprobs": logprobs,
        "tokens": len(text.split()),
    }


def _thinks(odd: Odd, body: dict[str, Any]) -> bool:
    off = body.get("chat_template_kwargs", {}).get("enable_thinking") is False
    return bool(odd.reasons) and not off


def _constrained(odd: Odd, body: dict[str, Any]) -> str:
    if odd.constrains == "grammar" and "grammar" in body:
        return str(json.loads(body["grammar"].removeprefix("root ::= ").split(" | ")[0]))
    if odd.constrains == "structured" and "structured_outputs" in body:
        return str(body["structured_outputs"]["choice"][0])
    if odd.constrains and body.get("response_format", {}).get("type") == "json_schema":
        schema = body["response_format"]["json_schema"]["schema"]
        return json.dumps({name: one["enum"][0] for name, one in schema["properties"].items()})
    return ""


def _said(odd: Odd, body: dict[str, Any], text: str, index: int, call: int) -> str:
    if "secret word is saffron" in text:
        return "saffron"
    if "and it is marjoram" in text:
        return "marjoram"
    if "What is the code word" in text:
        return "cinnabar" if "code word is cinnabar" in text else "I cannot say."
    if "Count from one" in text:
        return _COUNT
    if "the word moon" in text:
        penalised = body.get("frequency_penalty") or body.get("presence_penalty")
        return "moon sun star sky" if penalised and not odd.ignores_penalties else " ".join(["moon"] * 30)
    if "digit" in text[-600:]:
        return odd.judges[index % len(odd.judges)]
    temperature = 0.0 if odd.ignores_temperature else body.get("temperature", 1.0)
    if odd.always_draws:
        temperature = 1.0
    place = (0, 0) if not temperature else (call if odd.ignores_seed else body.get("seed", 0), index)
    drawn = hashlib.sha256(repr(place).encode()).digest()
    name, town = _NAMES[drawn[0] % 8], _TOWNS[drawn[1] % 8]
    return f"{name} of {town} has {drawn[2]} pins and {drawn[3]} keys. Try Dracula (1897)."


def _listed(odd: Odd) -> dict[str, Any]:
    shares = {"1": 0.6 * odd.mass, "2": 0.3 * odd.mass, "0": 0.1 * odd.mass}
    if odd.splits:
        shares = {"1": 0.4 * odd.mass, "2": 0.3 * odd.mass, " 1": 0.2 * odd.mass, "0": 0.1 * odd.mass}
    rest = (1.0 - odd.mass) / 17
    tokens = [*shares.items(), *((f"word{number}", rest) for number in range(17))][: odd.lists]
    listed = [{"token": token, "logprob": math.log(share)} for token, share in tokens]
    return {"content": [{"token": "1", "logprob": listed[0]["logprob"], "top_logprobs": listed}]}


def _streamed(odd: Odd, said: dict[str, Any], usage: dict[str, int]) -> Answer:
    words = said["message"]["content"].split(" ")
    pieces = [f"{word} " for word in words]
    if odd.repeats_streams:
        pieces = ["".join(pieces[: place + 1]) for place in range(len(pieces))]
    events: list[Any] = [{"choices": [{"delta": {"content": piece}}]} for piece in pieces]
    events.append({"choices": [{"delta": {}, "finish_reason": said["finish_reason"]}]})
    if odd.counts:
        events.append({"choices": [], "usage": usage})
    return stream(*events, done=odd.ends_streams)
