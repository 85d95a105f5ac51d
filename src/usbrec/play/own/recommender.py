"""User-supplied recommender: a conversation in, a text or a Reply with items out."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from numbers import Integral
from typing import Any

from usbrec.dialogue import Conversation, Item, Reply, Usage
from usbrec.errors import ModelUnavailable, UnusableAnswer
from usbrec.items import Catalogue
from usbrec.items.id_spellings import SpellingWatch
from usbrec.llm.controls import without_controls
from usbrec.llm.reasoning import ReasoningMarks, separate
from usbrec.llm.recorded import Recorder
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.own.calls import OwnObject
from usbrec.play.protocol import Drawn, Sampling

#: Said of an answer whose thoughts have no end.
OPEN = "the answer breaks off in its thoughts, so there is no reply. Allow its model more tokens."

#: Asks the system for one reply, whose usage says what it cost. Raises ModelError.
Ask = Callable[[Conversation], Awaitable[Reply]]


@dataclass(frozen=True)
class OwnRecommender:
    """The Recommender that asks a system of the user's own, once for each reply.

    `ask` asks it; None where a replay answers. `candidates` looks items up where some were asked for. What it
    says is recorded by `recorder`, its thoughts between `marks` apart from its reply: many such systems hand
    on what a model wrote. Ids that the `catalogue` lacks are taken out of a reply's items and kept beside it;
    the others stand behind the text as "Title (year)", unless it has them word for word.
    """

    name: str
    identity: Mapping[str, Any]
    ask: Ask | None
    recorder: Recorder
    catalogue: Catalogue | None = None
    candidates: Grounding | None = None
    parallel: bool = True
    close: Callable[[], Awaitable[None]] | None = None
    marks: ReasoningMarks = "auto"
    spellings: SpellingWatch = field(default_factory=SpellingWatch, repr=False, compare=False)

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """`n` replies, each asked for. Raises ModelError."""
        if self.candidates is not None:
            held = await self.candidates.read_constraints(conversation, seed=sampling.seed)
            conversation = replace(conversation, constraints=held)
        conversation = self._shown(conversation)
        started = time.monotonic()
        asked = [self._reply(conversation, sampling.seed, place) for place in range(sampling.n)]
        try:
            async with asyncio.timeout(sampling.deadline):
                replies = await all_replies(asked)
        except TimeoutError:
            raise ModelUnavailable(f"{self.name}: no reply within {sampling.deadline:g} seconds.") from None
        if sampling.on_delta is not None and sampling.n == 1:
            sampling.on_delta(replies[0].text)
        usage = Usage(calls=sampling.n, seconds=round(time.monotonic() - started, 6))
        return Drawn(tuple(replies), usage)

    async def aclose(self) -> None:
        if self.close is not None:
            await self.close()

    def _shown(self, conversation: Conversation) -> Conversation:
        """What the system is given: candidates where they were asked for, of a focus only those, and no
        system text."""
        if self.candidates is not None and not conversation.candidates:
            conversation = self.candidates.with_candidates(conversation)
        if conversation.focus is not None:
            asked = set(conversation.focus)
            kept = tuple(item for item in conversation.candidates if item.id in asked)
            conversation = replace(conversation, candidates=kept)
        return replace(conversation, system=None)

    async def _reply(self, conversation: Conversation, seed: int, place: int) -> Reply:
        asked = {**asked_of(conversation), "seed": seed, "place": place}
        answer = await self.recorder.answer("reply", self.name, asked, lambda: self._asked(conversation))
        reply = self._told(answer["text"], answer["items"], conversation)
        return replace(reply, reasoning=answer.get("reasoning", ""))

    async def _asked(self, conversation: Conversation) -> Mapping[str, Any]:
        assert self.ask is not None, "a replay answers before anybody is asked"
        reply = await self.ask(conversation)
        found = separate(reply.text, self.marks)
        if found.open and not reply.items:
            raise UnusableAnswer(f"{self.name}: {OPEN}")
        thought = "\n".join(part for part in (reply.reasoning, found.reasoning) if part)
        return {
            "text": found.text,
            "items": None if reply.items is None else list(reply.items),
            "usage": reply.usage.to_json(),
            # Left out where there is none, so that recorded answers keep their bytes.
            **({"reasoning": thought} if thought else {}),
        }

    def _told(self, text: str, items: list[str] | None, conversation: Conversation) -> Reply:
        """The reply as it is said: its items behind the text, unknown ids beside it."""
        about: dict[str, Any] = {}
        if self.candidates is not None:
            shown = [item.id for item in conversation.candidates]
            about = {"candidates": shown, "redraws": 0, "mended": False, "fallback": False}
            about |= self.candidates.told_of(conversation.turns)
        if items is None or self.catalogue is None:
            # Without a catalogue nobody knows the items: the text is all there is.
            unknown = {} if items is None else {"unknown": list(items)}
            return Reply(text.strip(), grounding={**about, **unknown} or None)
        ids = tuple(dict.fromkeys(items))
        known: list[Item] = [item for item_id in ids if (item := self.catalogue.get(item_id)) is not None]
        unknown_ids = [item_id for item_id in ids if self.catalogue.get(item_id) is None]
        self.spellings.look(self.name, unknown_ids, self.catalogue)
        names = ", ".join(item.name for item in known if not stands_in(text, item.name))
        said = " ".join(part for part in (text.strip(), names) if part)
        return Reply(said, tuple(item.id for item in known), grounding={**about, "unknown": unknown_ids})


def asked_of(conversation: Conversation) -> dict[str, Any]:
    """What decides a system's answer to a conversation, as JSON."""
    return {
        "turns": [turn.to_json() for turn in conversation.turns],
        "round": conversation.round,
        "rounds": conversation.rounds,
        "candidates": [item.id for item in conversation.candidates],
        "focus": None if conversation.focus is None else list(conversation.focus),
        "profile": conversation.profile,
        # Left out where there are none, so that recorded answers are found again.
        **({"constraints": [one.to_json() for one in told]} if (told := conversation.constraints) else {}),
        **({"task": dict(conversation.task)} if conversation.task else {}),
    }


def object_reply(own: OwnObject) -> Ask:
    """How an object is asked. Raises SeatFailed."""

    async def ask(conversation: Conversation) -> Reply:
        answer, seconds = await own.call(conversation)
        reply = read_reply(own, answer)
        return replace(reply, usage=reply.usage + one_call(seconds))

    return ask


def one_call(seconds: float) -> Usage:
    """What one call costs that took so long."""
    return Usage(calls=1, seconds=round(seconds, 6))


def read_reply(own: OwnObject, answer: object) -> Reply:
    """What an object returned, if it is a reply. Raises SeatFailed."""
    if isinstance(answer, str):
        return said_reply(answer, None)
    if not isinstance(answer, Reply) or not isinstance(answer.text, str):
        raise own.returned(answer, "a text or usbrec.Reply(text, items)")
    ids = None if answer.items is None else [item_id(one) for one in answer.items]
    if ids is not None and None in ids:
        wrong = next(one for one, read in zip(answer.items or (), ids, strict=True) if read is None)
        raise own.returned(wrong, "an id in Reply.items (a text or a whole number)")
    items = None if ids is None else tuple(one for one in ids if one is not None)
    reply, thought = said_reply(answer.text, items), answer.reasoning
    if not isinstance(thought, str):
        raise own.returned(thought, "a text in Reply.reasoning")
    return replace(reply, reasoning=without_controls(printable(thought))[0]) if thought else reply


def said_reply(text: str, items: tuple[str, ...] | None) -> Reply:
    """The reply without control characters, which its usage counts."""
    said, removed = without_controls(printable(text))
    return Reply(said, items, usage=Usage(removed_characters=removed))


def item_id(value: object) -> str | None:
    """An id as catalogues have it; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Integral) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    return None


def stands_in(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def printable(text: str) -> str:
    """The text with half of a surrogate pair, which no file can hold, as "?"."""
    return text.encode("utf-8", "replace").decode("utf-8")


async def all_replies(asked: list[Any]) -> list[Reply]:
    """The answers in order; the first failure cancels the others and is raised."""
    if len(asked) == 1:
        return [await asked[0]]
    tasks: list[asyncio.Task[Reply]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks += [group.create_task(one) for one in asked]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
