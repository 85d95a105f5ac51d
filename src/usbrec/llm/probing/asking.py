"""Requests of a probe, and whoever is asked: a server as it is, or any ChatModel."""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from usbrec.errors import ModelError, ModelRefused, ModelUnavailable, UnreadableAnswer
from usbrec.llm.choices import LOOKED_AT
from usbrec.llm.protocol import ChatModel, ChatRequest, ChoiceRequest, Message
from usbrec.llm.reasoning import separate

DIGITS = ("0", "1", "2")
ROOM, ROOM_TO_THINK = 32, 600
#: Where thoughts stand whose opening mark the chat template has written into the prompt.
CLOSED_ALONE = "in the text before a closing mark alone"


@dataclass(frozen=True, slots=True)
class Question:
    """A request of a probe. A `vote` is what a judge would draw; `extra` are further fields of a server's
    body, tried as they are."""

    messages: tuple[Message, ...]
    n: int = 1
    temperature: float = 0.0
    seed: int = 0
    max_tokens: int = 32
    stop: tuple[str, ...] = ()
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    top_logprobs: int = 0
    vote: bool = False
    stream: bool = False
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Said:
    """One reply: its text, the thoughts before it, where these stood ("" for none), whether it was cut."""

    text: str
    reasoning: str = ""
    place: str = ""
    cut: bool = False

    @property
    def whole(self) -> str:
        """Thoughts and text together: what the model wrote, wherever it stands."""
        return f"{self.reasoning}\n{self.text}".strip()


@dataclass(frozen=True, slots=True)
class Streamed:
    """How a stream came: pieces of text, whether usage, a finish and the closing mark stood in it, and
    whether it `repeats` its words."""

    pieces: int
    usage: bool
    finish: bool
    done: bool
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """What came. `tokens` are the first token's listed alternatives with their probabilities; `prompt` and
    `completion` tokens as the server counts them, None where it counts nothing. `untold`: why tokens that
    there are do not tell what the model answers."""

    said: tuple[Said, ...]
    tokens: tuple[tuple[str, float], ...] = ()
    prompt: int | None = None
    completion: int | None = None
    seconds: float = 0.0
    stream: Streamed | None = None
    untold: str = ""

    @property
    def first(self) -> Said:
        return self.said[0] if self.said else Said("")


@dataclass(frozen=True, slots=True)
class Declined:
    """What was not answered, and why; `gone` where nobody could be reached, or what came cannot be read: it
    says nothing of what was asked."""

    reason: str
    gone: bool = False


class Asker(Protocol):
    """Whoever answers a probe's questions.

    `is_server` says that a server is asked, of which nothing is known beforehand. Raises ModelError where
    this question failed, ModelRefused where every one would.
    """

    @property
    def is_server(self) -> bool: ...

    @property
    def settings(self) -> str:
        """The table of the settings that says how it is asked."""
        ...

    @property
    def left_out(self) -> frozenset[str]:
        """Parameters that were refused and are no longer sent."""
        ...

    @property
    def merges_system(self) -> bool:
        """Whether the system text goes before the first user message."""
        ...

    async def ask(self, question: Question) -> Answered: ...

    async def models(self) -> Mapping[str, Mapping[str, Any]] | None:
        """The models there are, by name, with what is said of each; None where nobody says."""
        ...


class ModelAsker:
    """Asks a ChatModel that is no server: in this process, scripted, or of a Python program."""

    is_server = False
    settings = "models"
    left_out: frozenset[str] = frozenset()
    merges_system = False

    def __init__(self, model: ChatModel) -> None:
        self._model = model

    async def ask(self, question: Question) -> Answered:
        if question.top_logprobs or question.vote:
            return await self._choose(question)
        reply = await self._model.chat(
            ChatRequest(
                question.messages,
                n=question.n,
                temperature=question.temperature,
                max_tokens=question.max_tokens,
                frequency_penalty=question.frequency_penalty,
                stop=question.stop,
                seed=question.seed,
            )
        )
        usage = reply.usage
        said = tuple(_said(one.text, one.reasoning, one.finish == "length") for one in reply.completions)
        counted = usage.prompt_tokens or None
        return Answered(said, (), counted, usage.completion_tokens if counted else None, usage.seconds)

    async def models(self) -> None:
        return None

    async def _choose(self, question: Question) -> Answered:
        way: Literal["votes", "exact"] = "votes" if question.vote else "exact"
        asked = ChoiceRequest(question.messages, DIGITS, votes=1, way=way, ends_within=LOOKED_AT)
        choice = await self._model.choose(asked)
        shares = choice.probabilities or {}
        if question.vote:
            return Answered((Said(max(shares, key=shares.__getitem__) if shares else "no digit"),))
        if choice.untold:
            return Answered((), seconds=choice.usage.seconds, untold=choice.untold)
        mass = 1.0 if choice.mass is None else choice.mass
        listed = choice.listed
        if listed is None:
            listed = {option: share * mass for option, share in shares.items()}
        # A model in this process knows every token's probability: none that matters goes unlisted.
        tokens = (*listed.items(), ("", choice.least or 0.0)) if listed else ()
        return Answered((), tokens, None, None, choice.usage.seconds)


def _said(text: str, reasoning: str, cut: bool) -> Said:
    found = separate(text)
    thought = "\n".join(part for part in (reasoning, found.reasoning) if part)
    place = "marks in the text" if found.reasoning or found.open else "told apart" if reasoning else ""
    return Said(found.text, thought, place, cut or found.open)


class Trial:
    """The questions of one probe, counted. A question that fails is Declined; where the first one is not
    answered at all, that is raised."""

    def __init__(self, asker: Asker) -> None:
        self.asker = asker
        self.calls = 0
        self.answers: list[Answered] = []
        #: Tokens that an answer gets; more where a model thinks unseen before its first word.
        self.room = ROOM

    async def ask(self, *messages: Message, **more: Any) -> Answered | Declined:
        """Raises ModelError or ModelRefused while nothing has been answered yet."""
        self.calls += 1
        try:
            answer = await self.asker.ask(replace(Question(messages), **more))
        except (ModelError, ModelRefused) as error:
            if not self.answers:
                raise
            return Declined(str(error), isinstance(error, ModelUnavailable | UnreadableAnswer))
        self.answers.append(answer)
        if len(self.answers) == 1 and answer.said and not answer.first.whole:
            self.room = ROOM_TO_THINK
        return answer

    async def say(self, *messages: Message, **more: Any) -> Answered | Declined:
        """The same with room for a short answer."""
        return await self.ask(*messages, max_tokens=self.room, **more)

    @property
    def seconds(self) -> float:
        return sum(answer.seconds for answer in self.answers)

    @property
    def median(self) -> float:
        """Seconds that half of the calls took at most."""
        return statistics.median(answer.seconds for answer in self.answers) if self.answers else 0.0

    @property
    def reasoning(self) -> str:
        """Where thoughts stood in some answer; "" where no answer had any."""
        places = [said.place for answer in self.answers for said in answer.said if said.place]
        return max(set(places), key=places.count) if places else ""


def user(text: str) -> Message:
    return Message("user", text)


def system(text: str) -> Message:
    return Message("system", text)
