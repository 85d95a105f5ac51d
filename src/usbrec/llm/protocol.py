"""Chat model protocol: the two questions, `chat` and `choose`, that every room above asks.

A backend implements :class:`ChatModel` and nothing else; who recommends is another protocol
(play/protocol.py). Requests and replies are frozen records that turn to JSON, so that any call can be
recorded and served again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from usbrec.dialogue import Usage
from usbrec.keys import derive_seed
from usbrec.llm.grammar import TitleGrammar

ChatRole = Literal["system", "user", "assistant"]
ScoringMethod = Literal["exact", "votes", "forced"]


@dataclass(frozen=True, slots=True)
class Message:
    role: ChatRole
    content: str

    def to_json(self) -> dict[str, str]:
        return {"role": self.role, "content": self.content}


@dataclass(frozen=True, slots=True)
class AsWritten:
    """What a client wrote that texts cannot hold: `messages` in OpenAI's form (with calls of tools and their
    results), and `fields` of the body, such as ``tools`` and ``response_format``."""

    messages: tuple[Mapping[str, Any], ...]
    fields: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {"messages": [dict(message) for message in self.messages], "fields": dict(self.fields)}


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """Messages in, `n` replies out.

    `temperature` 0 means greedy. `frequency_penalty` (0 to 2, as OpenAI defines it) is taken off a
    token's logit for each time it was said; small models go round in circles without it. `seed` makes a
    draw repeatable where the backend can. `deadline` is in seconds from the call (None: the backend's
    own timeout). `on_delta` receives pieces of text as they come (n=1 only); it is not part of what decides
    the answer, nor is `deadline`. `as_written` is for backends that take its fields (see :func:`takes`), and
    none else is given it; `messages` then say the same as far as texts can. `grammar` limits what a reply may
    be written with, for backends that can (:mod:`usbrec.llm.grammar`).
    """

    messages: tuple[Message, ...]
    n: int = 1
    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 128
    frequency_penalty: float = 0.0
    stop: tuple[str, ...] = ()
    seed: int = 0
    as_written: AsWritten | None = field(default=None, hash=False)
    grammar: TitleGrammar | None = None
    deadline: float | None = field(default=None, compare=False)
    on_delta: Callable[[str], None] | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Everything that decides the answer."""
        written = {} if self.as_written is None else {"as_written": self.as_written.to_json()}
        # Left out where there is none, so that recorded calls keep their keys.
        written |= {} if self.grammar is None else {"grammar": self.grammar.to_json()}
        return {
            "messages": [message.to_json() for message in self.messages],
            "n": self.n,
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "frequency_penalty": self.frequency_penalty,
            "stop": list(self.stop),
            "seed": self.seed,
            **written,
        }


@dataclass(frozen=True, slots=True)
class Completion:
    """One reply. `finish` is "stop" when the model ended by itself, "length" when it was cut off.

    `reasoning` are the model's thoughts, where it had any: kept in the record, and never part of the text.
    `tool_calls` are the calls that the model asks for, in OpenAI's form, where it was given tools.
    """

    text: str
    finish: Literal["stop", "length"] = "stop"
    reasoning: str = ""
    tool_calls: tuple[Mapping[str, Any], ...] = field(default=(), hash=False)

    def to_json(self) -> list[Any]:
        """The text, the finish and, where there are any, the reasoning and the calls."""
        calls = [dict(call) for call in self.tool_calls]
        reasoning = [self.reasoning] if self.reasoning or calls else []
        return [self.text, self.finish, *reasoning, *([calls] if calls else [])]

    @classmethod
    def from_json(cls, data: Sequence[Any]) -> Completion:
        text, finish, *more = data
        calls = tuple(more[1]) if len(more) > 1 else ()
        return cls(text, finish, reasoning=more[0] if more else "", tool_calls=calls)


@dataclass(frozen=True, slots=True)
class ChatReply:
    """`completions` has exactly `n` entries."""

    completions: tuple[Completion, ...]
    usage: Usage = field(default_factory=Usage)

    @property
    def text(self) -> str:
        return self.completions[0].text

    def to_json(self) -> dict[str, Any]:
        return {
            "completions": [completion.to_json() for completion in self.completions],
            "usage": self.usage.to_json(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ChatReply:
        return cls(
            completions=tuple(map(Completion.from_json, data["completions"])),
            usage=Usage.from_json(data["usage"]),
        )


@dataclass(frozen=True, slots=True)
class ChoiceRequest:
    """Messages and at least two distinct non-empty options in; a probability for each option out.

    `temperature` (> 0) tempers the probabilities, p^(1/T) renormalised. Where no log-probabilities are to
    be had, `votes` answers are drawn at that temperature: the same quantity, with the noise of sampling.
    `way` "exact" asks for log-probabilities alone (no probabilities where there are none), "votes" for votes
    alone, and "auto" for votes where log-probabilities do not tell. `max_tokens` is the longest vote (None:
    as long as an option), so that a model that reasons first can end. `ends_within` (tokens) has backends
    that see an answer go on look at all of it: log-probabilities of its first token then tell only where the
    answer is read as that option. It shows more of the answer and does not decide it.
    """

    messages: tuple[Message, ...]
    options: tuple[str, ...]
    temperature: float = 1.0
    votes: int = 10
    seed: int = 0
    way: Literal["auto", "exact", "votes"] = "auto"
    max_tokens: int | None = None
    ends_within: int | None = field(default=None, compare=False)
    deadline: float | None = field(default=None, compare=False)

    def to_json(self) -> dict[str, Any]:
        return {
            "messages": [message.to_json() for message in self.messages],
            "options": list(self.options),
            "temperature": self.temperature,
            "votes": self.votes,
            "seed": self.seed,
            "way": self.way,
            "max_tokens": self.max_tokens,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """Probabilities over the options, or None when no answer could be read.

    `method` says where they come from: "exact" log-probabilities, "votes", or "forced" votes, which a grammar
    limits to the options, so that nobody sees what the model would have said. For votes, `votes` is
    how many were drawn and `unreadable` how many of them were no option; `reasoned` says that the model
    reasons before it answers. For exact, `mass` is the probability the model put on the options before
    renormalising (None where it was not to be had), `listed` has the options' own probabilities before
    tempering, without those that the server did not list, of which none is above `least`. `hidden` is the
    most that forms of an option (" 0" beside "0") may hold which the server did not list, where its list
    shows that there are several. `untold` says why there are no probabilities, where an answer shows it.
    """

    probabilities: Mapping[str, float] | None
    method: ScoringMethod
    votes: int = 0
    unreadable: int = 0
    mass: float | None = None
    listed: Mapping[str, float] | None = None
    least: float | None = None
    reasoned: bool = False
    usage: Usage = field(default_factory=Usage)
    hidden: Mapping[str, float] = field(default_factory=dict)
    untold: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "probabilities": None if self.probabilities is None else dict(self.probabilities),
            "method": self.method,
            "votes": self.votes,
            "unreadable": self.unreadable,
            "mass": self.mass,
            "listed": None if self.listed is None else dict(self.listed),
            "least": self.least,
            "reasoned": self.reasoned,
            "usage": self.usage.to_json(),
            # Left out where there is none, so that recorded answers keep their bytes.
            **({"hidden": dict(self.hidden)} if self.hidden else {}),
            **({"untold": self.untold} if self.untold else {}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Choice:
        return cls(
            probabilities=data["probabilities"],
            method=data["method"],
            votes=data["votes"],
            unreadable=data["unreadable"],
            mass=data["mass"],
            listed=data.get("listed"),
            least=data.get("least"),
            reasoned=data.get("reasoned", False),
            usage=Usage.from_json(data["usage"]),
            hidden=data.get("hidden", {}),
            untold=data.get("untold", ""),
        )


@runtime_checkable
class ChatModel(Protocol):
    """A model that answers.

    `name` says which model it is, in records and reports. `identity` is what decides its answers
    beside the request (file digest, sampler defaults), as JSON. `parallel` says whether several
    requests may be in flight at once; where it is False callers go one after another, because the
    order of requests is then part of the answer (but as strands of a lockstep batch, which keeps an order).

    Both methods raise :class:`usbrec.errors.ModelError` when this request failed, and
    :class:`usbrec.errors.ModelRefused` when every request would. Both can be cancelled.
    """

    @property
    def name(self) -> str: ...

    @property
    def identity(self) -> Mapping[str, Any]: ...

    @property
    def parallel(self) -> bool: ...

    async def chat(self, request: ChatRequest) -> ChatReply: ...

    async def choose(self, request: ChoiceRequest) -> Choice: ...

    async def aclose(self) -> None: ...


class Around:
    """A ChatModel around another, `inner`: what a subclass does not do otherwise, that one does."""

    def __init__(self, inner: ChatModel) -> None:
        self.inner = inner

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def identity(self) -> Mapping[str, Any]:
        return self.inner.identity

    @property
    def parallel(self) -> bool:
        return self.inner.parallel

    @property
    def takes(self) -> frozenset[str]:
        return takes(self.inner)

    async def chat(self, request: ChatRequest) -> ChatReply:
        return await self.inner.chat(request)

    async def choose(self, request: ChoiceRequest) -> Choice:
        return await self.inner.choose(request)

    async def aclose(self) -> None:
        await self.inner.aclose()


def takes(model: object) -> frozenset[str]:
    """The fields of a client's request that a model heeds as they are written, such as ``tools`` and
    ``response_format``: its attribute `takes`, none without it."""
    found: frozenset[str] = getattr(model, "takes", frozenset())
    return found


def one_by_one_seed(seed: int, place: int) -> int:
    """The seed of one of several answers to a request of this seed, where each is a request of its own."""
    return derive_seed(seed, "choice", place) if place else seed


def temper(probabilities: Mapping[str, float], temperature: float) -> dict[str, float]:
    """p^(1/T), renormalised. All-zero input is spread evenly, because nothing tells the options apart."""
    powered = {option: value ** (1.0 / temperature) for option, value in probabilities.items()}
    total = sum(powered.values())
    if total <= 0.0:
        return {option: 1.0 / len(powered) for option in powered}
    return {option: value / total for option, value in powered.items()}
