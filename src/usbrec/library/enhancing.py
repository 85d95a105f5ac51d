"""Self-enhancement of a model as one call: a conversation in, the best of several drafts out."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self, TypeAlias

from usbrec.config import Config, load_config
from usbrec.config.loading import GivenSettings
from usbrec.data.own import read_turns
from usbrec.dialogue import Conversation, Reply, Turn, alternate_backwards
from usbrec.errors import InputError
from usbrec.event_loop import LoopThread
from usbrec.items import Catalogue
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.filters import read_filter
from usbrec.library.loading import CatalogueSource, given_catalogue, given_path
from usbrec.library.rows import plain
from usbrec.library.seats import Seat, named_seats
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.prompts import Prompts
from usbrec.stages.inputs import read_catalogue
from usbrec.stages.own_seats import with_objects
from usbrec.stages.resolve import resolve, to_serve
from usbrec.stages.wiring import Participants, seat_participants

#: A dialogue so far, which ends with the seeker: the record, turns, mappings with ``role`` and ``text``, or
#: what was said by turns, as texts.
Talk: TypeAlias = "Conversation | str | Sequence[Turn] | Sequence[Mapping[str, Any]] | Sequence[str]"


class Enhanced:
    """A recommender that drafts several replies, plays each forward, and says the best (USB-Rec's SES).

    Made by :func:`usbrec.enhance`. `settings` is what it works by, `model` what it was made of. It may sit in
    the recommender's seat of :func:`usbrec.evaluate`, which then runs the model self-enhanced as here.
    """

    def __init__(
        self, model: Seat, given: Config, catalogue: Catalogue | None, objects: Mapping[str, object]
    ) -> None:
        self.model = model
        self.catalogue = catalogue
        self.settings = resolve(to_serve(given, catalogue=catalogue is not None), catalogue)
        self._given = given
        self._objects = objects
        # Everyone is seated now: what is wrong with settings is said before anybody asks.
        self._seated: Participants | None = self._seat()
        # One loop for whoever asks: connections belong to a loop.
        self._loop: LoopThread | None = None

    def under(self, config: GivenSettings | None) -> Config:
        """Settings of a run in which this model is self-enhanced as it is here, where they do not say
        otherwise."""
        own = {
            "enhanced": True,
            "ranker": self._given.ranker,
            "search": self._given.search.model_dump(exclude_unset=True),
            "play": {"candidates": self.settings.play.candidates},
        }
        return load_config(own, load_config(config).model_dump(exclude_unset=True))

    @property
    def name(self) -> str:
        return self._participants().runner.recommender.name

    async def reply(
        self,
        conversation: Talk,
        *,
        seed: int = 0,
        drafts: int | None = None,
        deadline: float | None = None,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 - as requests call it
    ) -> Reply:
        """The reply to a dialogue that ends with the seeker.

        `conversation` is a :class:`usbrec.Conversation`, or turns: records, mappings with ``role`` and
        ``text``, or texts said by turns, the last one by the seeker. `drafts` goes before the settings;
        `deadline` is in seconds: what is best by then is said. `filter` is what a recommended item must be,
        such as ``{"price": {"max": 50}, "in_stock": True}`` (docs/constraints.md).

        The reply has `text`, `items` (ids of the items that it names, in order; None without a catalogue),
        `trace` (the drafts, how they were played on and scored), and `usage` (calls, tokens, seconds of all
        models). Raises InputError for what is no dialogue, ModelError where the model failed, ModelRefused.
        """
        talk = self._filtered(conversation_of(conversation), filter)
        return await self._in_loop().call(self._reply(talk, seed, drafts, deadline))

    def reply_sync(
        self,
        conversation: Talk,
        *,
        seed: int = 0,
        drafts: int | None = None,
        deadline: float | None = None,
        filter: Mapping[str, Any] | None = None,  # noqa: A002 - as requests call it
    ) -> Reply:
        """:meth:`reply` for plain code, in a script or in a notebook."""
        talk = self._filtered(conversation_of(conversation), filter)
        return self._in_loop().run(self._reply(talk, seed, drafts, deadline))

    def _filtered(self, talk: Conversation, wanted: Mapping[str, Any] | None) -> Conversation:
        """The conversation with a filter's constraints. Raises InputError."""
        if wanted is None:
            return talk
        if self.catalogue is None:
            raise InputError("filter: a filter is about columns of a catalogue: give catalogue=...")
        constraints = read_filter(wanted, open_columns(self.catalogue))
        return replace(talk, constraints=(*talk.constraints, *constraints))

    async def aclose(self) -> None:
        """Close connections, or free a model in this process. Whoever asks again opens it again."""
        seated, self._seated = self._seated, None
        if seated is not None:
            await self._in_loop().call(seated.aclose())
        self._end()

    def close(self) -> None:
        """:meth:`aclose` for plain code."""
        seated, self._seated = self._seated, None
        if seated is not None:
            self._in_loop().run(seated.aclose())
        self._end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.aclose()

    async def _reply(
        self, talk: Conversation, seed: int, drafts: int | None, deadline: float | None
    ) -> Reply:
        participants = self._participants()
        seat, knowledge = participants.runner.recommender, participants.runner.knowledge
        asked = replace(seat, sampling=replace(seat.sampling, drafts=drafts, deadline=deadline))
        reply = await asked.reply(talk, seed=seed)
        if knowledge is None or reply.items is not None:
            return reply
        named = knowledge.named(reply.text, knowledge.named_in(talk.turns))
        return replace(reply, items=tuple(dict.fromkeys(named)))

    def _in_loop(self) -> LoopThread:
        if self._loop is None:
            self._loop = LoopThread()
            weakref.finalize(self, self._loop.close)
        return self._loop

    def _end(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.close()

    def _participants(self) -> Participants:
        if self._seated is None:
            self._seated = self._seat()
        return self._seated

    def _seat(self) -> Participants:
        prompts = Prompts(self.settings.play.prompts)
        return seat_participants(self.settings, prompts, self.catalogue, objects=self._objects)

    def __repr__(self) -> str:
        return f"Enhanced({self.name!r})"


@in_python
def enhance(
    model: Seat,
    *,
    catalogue: CatalogueSource | None = None,
    drafts: int | None = None,
    rounds: int | None = None,
    candidates: int | None = None,
    seeker: str | None = None,
    judge: str | None = None,
    ranker: str | os.PathLike[str] | None = None,
    interactions: str | os.PathLike[str] | None = None,
    base_url: str | None = None,
    config: GivenSettings | None = None,
) -> Enhanced:
    """Put self-enhancement around a model: it drafts, plays each draft forward, and says the best.

    `model` is what :func:`usbrec.open_model` gave or a text. `drafts` is how many replies are drafted (4),
    `rounds` how far each is played forward (2), `candidates` how many retrieved items are laid before the
    model (10 with a catalogue, else 0). Inside, `seeker` and `judge` go by rules where there is a catalogue,
    else the model is both. Everything else is in the settings ``[search]`` and ``[play]``.

    Raises InputError and ConfigError; nobody is asked yet.

    Source: USB-Rec (RecSys 2025), section 3 (SES).

    ```python
    import usbrec

    better = usbrec.enhance(
        "scripted:docs/examples/book-model.jsonl", catalogue="docs/examples/books.csv", drafts=3
    )
    reply = better.reply_sync(["I would like a murder mystery, please."])
    print(reply.text, reply.items, len(reply.trace["drafts"]), reply.usage.calls)
    ```
    """
    seats = named_seats(recommender=model)
    settings = laid_over(
        config,
        seats.named,
        search_drafts=drafts,
        search_rounds=rounds,
        candidates=candidates,
        ses_simulator=seeker,
        ses_judge=judge,
        ranker=ranker,
        base_url=base_url,
        ses=True,
        **seats.settings,
    )
    given = given_catalogue(catalogue, settings.catalogue)
    items = None if given is None else read_catalogue(given, given_path(interactions), settings.catalogue)
    return Enhanced(model, with_objects(settings, seats.objects), items, seats.objects)


def conversation_of(talk: Talk) -> Conversation:
    """A dialogue as a record. Raises InputError."""
    if isinstance(talk, Conversation):
        return talk
    if isinstance(talk, str):
        talk = [talk]
    listed = list(talk) if isinstance(talk, Iterable) else [talk]
    if listed and all(isinstance(turn, str) for turn in listed):
        turns = alternate_backwards(str(turn) for turn in listed)
        if not turns:
            raise InputError("conversation: nothing is said in it.")
        return Conversation(turns)
    return Conversation(read_turns(list(map(plain, listed)), "conversation"))
