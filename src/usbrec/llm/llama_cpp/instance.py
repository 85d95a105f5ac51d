"""Instance of a GGUF model: one loaded copy, what its slots hold, and what it is asked through them."""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from usbrec.dialogue import Usage
from usbrec.errors import ModelError, PromptTooLong, UnusableAnswer
from usbrec.keys import derive_seed
from usbrec.llm.chat_template import TemplateRefusal
from usbrec.llm.choices import read_option
from usbrec.llm.drawn_choices import drawn_votes, looked_at
from usbrec.llm.llama_cpp.streamed import StreamedReplies
from usbrec.llm.llama_cpp.template import FileTemplate
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion, Message, temper

#: Slots of one instance: the most replies one request can draw.
SLOTS = 4
#: What is heeded of a client's own fields: llama.cpp makes a grammar of it.
TAKES = frozenset({"response_format"})
#: How deep raw log-probabilities are read before the grammar-limited second look of `choose`.
_TOP = 64
#: So many characters at the beginning of two first messages are worth keeping for the second.
_WORTH = 200


@dataclass(slots=True)
class Instance:
    """One loaded model and what its slots hold. Methods run in a worker thread, under `lock`."""

    load: Callable[[], Any]
    template: Callable[[], FileTemplate]
    server: Any = None
    unit: str | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: The conversation each slot computed last in this unit; None is cold.
    held: list[tuple[Message, ...] | None] = field(default_factory=lambda: [None] * SLOTS)

    def draw(
        self, request: ChatRequest, count: int, seed: int, deadline: float | None, stop: threading.Event
    ) -> tuple[list[Completion], Usage]:
        body = {
            **self._place(request.messages, count),
            "n": count,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "frequency_penalty": request.frequency_penalty,
            "max_tokens": request.max_tokens,
            "stop": [*request.stop, *self.template().stop],
            "seed": seed,
        }
        if request.as_written is not None:
            fields = request.as_written.fields
            body |= {name: fields[name] for name in TAKES & fields.keys()}
        if request.grammar is not None:
            body["grammar"] = request.grammar.gbnf
        on_delta = request.on_delta if request.n == 1 else None
        stream = StreamedReplies(count, deadline, stop, on_delta)
        started = time.monotonic()
        self._ask({**body, "stream": True, "stream_options": {"include_usage": True}}, stream)
        return stream.completions(), stream.usage(time.monotonic() - started)

    def choose(self, request: ChoiceRequest, stop: threading.Event) -> Choice:
        started = time.monotonic()

        def draw(asked: ChatRequest) -> ChatReply:
            completions: list[Completion] = []
            usage = Usage()
            while len(completions) < asked.n and not stop.is_set():
                seed = asked.seed if not completions else derive_seed(asked.seed, len(completions))
                drawn, cost = self.draw(asked, min(SLOTS, asked.n - len(completions)), seed, None, stop)
                completions, usage = completions + drawn, usage + cost
            return ChatReply(tuple(completions), usage)

        if request.way == "votes":
            # With a length of their own they are the model's words; else a grammar limits them.
            free = request.max_tokens is not None
            return drawn_votes(request, draw) if free else self._vote(request, Usage(), started, stop)
        return looked_at(self._choose(request, started, stop), request, draw)

    def _choose(self, request: ChoiceRequest, started: float, stop: threading.Event) -> Choice:
        answer = self._one_token(request, {"logprobs": True, "top_logprobs": _TOP})
        tokens = [(token["token"], float(token["logprob"])) for token in _top(answer, "top_logprobs")]
        usage = _usage(answer)
        raw = _over_options([(token, math.exp(logprob)) for token, logprob in tokens], request.options)
        mass = None if raw is None else sum(raw.values())
        probabilities = raw if raw is not None and all(raw.values()) else None
        if probabilities is None and raw is not None:
            # An option is too unlikely to be listed: a grammar leaves only the options standing.
            limited = {"post_sampling_probs": True, **_limit(request.options)}
            answer = self._one_token(request, {"logprobs": True, "top_logprobs": _TOP, **limited})
            usage += _usage(answer)
            listed = [(token["token"], float(token["prob"])) for token in _top(answer, "top_probs")]
            probabilities = _over_options(listed, request.options)
        told = probabilities is not None and sum(probabilities.values()) > 0.0
        if told or request.way == "exact":
            return Choice(
                temper(probabilities, request.temperature) if told and probabilities else None,
                "exact",
                mass=mass,
                usage=_timed(usage, time.monotonic() - started),
            )
        return self._vote(request, usage, started, stop)

    def _vote(self, request: ChoiceRequest, usage: Usage, started: float, stop: threading.Event) -> Choice:
        longest = max(len(option.encode()) for option in request.options)
        texts: list[str] = []
        while len(texts) < request.votes and not stop.is_set():
            count = min(SLOTS, request.votes - len(texts))
            body = {
                **self._place(request.messages, count),
                **_limit(request.options),
                "n": count,
                "temperature": request.temperature,
                "max_tokens": longest + 1,
                "seed": derive_seed(request.seed, len(texts)),
            }
            answer = self._ask(body)
            usage += _usage(answer)
            texts += [choice["message"]["content"] or "" for choice in answer["choices"]]
        read = [option for text in texts if (option := read_option(text, request.options)) is not None]
        shares = {option: read.count(option) / len(read) for option in request.options} if read else None
        return Choice(
            shares,
            "forced",
            votes=len(texts),
            unreadable=len(texts) - len(read),
            usage=_timed(usage, time.monotonic() - started),
        )

    def _one_token(self, request: ChoiceRequest, extra: Mapping[str, Any]) -> Any:
        body = {"max_tokens": 1, "temperature": 1.0, "top_p": 1.0, "seed": request.seed, "n": 1}
        return self._ask({**self._place(request.messages, 1), **body, **extra})

    def _place(self, messages: tuple[Message, ...], count: int) -> dict[str, Any]:
        """Write the prompt, choose the slot, say whether its prefix may be used. Raises UnusableAnswer."""
        try:
            prompt = self.template().chat.prompt([message.to_json() for message in messages])
        except TemplateRefusal as refusal:
            raise UnusableAnswer(f"The model's chat template refuses the dialogue ({refusal}).") from None
        shared = [0 if held is None else _shared(held, messages) for held in self.held]
        slot = max(range(SLOTS), key=lambda index: (shared[index], self.held[index] is None, index))
        warm = shared[slot] > 0
        # The other replies of a request copy its prompt into the first other slots, whatever these held.
        for other in [index for index in range(SLOTS) if index != slot][: count - 1]:
            self.held[other] = None
        self.held[slot] = messages
        return {
            "messages": [{"role": "user", "content": prompt}],
            "id_slot": slot,
            "cache_prompt": warm,
            # Its own defaults are top-k 40 and min-p 0.05: the request says what it wants, no more.
            "top_k": 0,
            "min_p": 0.0,
        }

    def _ask(self, body: Mapping[str, Any], stream: StreamedReplies | None = None) -> Any:
        if self.server is None:
            self.server = self.load()
        try:
            if stream is None:
                answer = self.server.handle_chat_completions(dict(body))
            else:
                self.server.handle_chat_completions(dict(body), stream.receive)
                answer = stream.error
        except ValueError as error:
            # Some bodies are refused by an exception instead of an error document.
            raise ModelError(f"llama.cpp refused the request: {error}") from None
        _raise_error(answer)
        return answer


def _shared(held: Sequence[Message], messages: Sequence[Message]) -> int:
    """How many characters of whole leading messages two conversations have in common; where the first
    messages differ, as in questions about one dialogue, how many these begin with, if it is worth a slot."""
    length = 0
    for ours, theirs in zip(messages, held, strict=False):
        if ours != theirs:
            break
        length += len(ours.content) + 1
    if not length and messages[0].role == held[0].role:
        begin = _alike(messages[0].content, held[0].content)
        return begin if begin >= _WORTH else 0
    return length


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))


def _over_options(tokens: Sequence[tuple[str, float]], options: Sequence[str]) -> dict[str, float] | None:
    """The probability of each option's first token; None when a token could begin two options."""
    mass = dict.fromkeys(options, 0.0)
    for token, probability in tokens:
        text = token.strip()
        begins = [option for option in options if text and option.startswith(text)]
        if len(begins) > 1:
            return None
        if begins:
            mass[begins[0]] += probability
    return mass


def _limit(options: Sequence[str]) -> dict[str, str]:
    alternatives = " | ".join(json.dumps(option, ensure_ascii=False) for option in options)
    return {"grammar": f"root ::= {alternatives}"}


def _top(answer: Any, field_name: str) -> Sequence[Mapping[str, Any]]:
    content = (answer["choices"][0].get("logprobs") or {}).get("content") or []
    return content[0].get(field_name, []) if content else []


def _usage(answer: Any) -> Usage:
    usage = answer.get("usage", {})
    return Usage(
        calls=1,
        prompt_tokens=int(usage.get("prompt_tokens", 0)),
        completion_tokens=int(usage.get("completion_tokens", 0)) * len(answer["choices"]),
        cached_tokens=int((usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)),
    )


def _timed(usage: Usage, seconds: float) -> Usage:
    return usage + Usage(seconds=round(seconds, 6))


def _raise_error(answer: Any) -> None:
    if not (isinstance(answer, Mapping) and "error" in answer):
        return
    error = answer["error"]
    message = str(error.get("message", error))
    if error.get("type") == "exceed_context_size_error":
        raise PromptTooLong(f"{message}; set a larger context under [models] in the configuration")
    raise ModelError(f"llama.cpp refused the request: {message}")
