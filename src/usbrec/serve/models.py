"""Served models: the plain one and the self-enhanced one on the same base, with what they know.

Inside the search rules play the seeker and judge where a catalogue is there and nobody says otherwise,
because they answer at once and people are waiting; without a catalogue the model itself does both.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from usbrec.config import Config, settled
from usbrec.dialogue import Constraint, Conversation, Item, Turn
from usbrec.enhancement import SelfEnhanced
from usbrec.errors import ConfigError, InputError, UnusableAnswer
from usbrec.items import Catalogue, genres_in, people_in
from usbrec.items.constraints.column_roles import is_fee
from usbrec.items.constraints.column_types import is_price, name_words
from usbrec.items.constraints.filters import read_filter, unknown_column
from usbrec.items.knowledge import Knowledge
from usbrec.items.open import told_of
from usbrec.llm import ChatModel, read_seat
from usbrec.patterns import LazyPattern
from usbrec.play.baselines import BaselineRecommender
from usbrec.play.language_model import LanguageModel
from usbrec.play.protocol import Recommender, Sampling
from usbrec.play.recommender import RecommenderSeat
from usbrec.prompts import Prompts
from usbrec.stages.inputs import read_catalogue_anew
from usbrec.stages.resolve import SERVED_AT_ONCE, resolve, to_serve
from usbrec.stages.wiring import Participants, seat_participants

#: What genres and people are looked for in only so that they are gathered.
_ANY_WORD = "a"
#: Characters of a turn above which looking for titles in it takes more than some milliseconds.
_LONG = 2_000


@dataclass(frozen=True)
class ServedModel:
    """One model as clients see it."""

    name: str
    recommender: Recommender
    enhanced: bool


@dataclass(frozen=True)
class ServedModels:
    """All that answers. `models` is in the order of the list, the first one answers where none is named;
    `seat` has the plain one, and what it reads. `at_once` is how many replies may be worked on side by side,
    `behind` everyone to close at the end; `show` are the columns that are given back with an item."""

    models: Mapping[str, ServedModel]
    seat: RecommenderSeat
    knowledge: Knowledge | None = None
    at_once: int = SERVED_AT_ONCE
    behind: Participants | None = None
    show: tuple[str, ...] = ()

    @property
    def catalogue(self) -> Catalogue | None:
        return None if self.knowledge is None else self.knowledge.catalogue

    @property
    def first(self) -> ServedModel:
        return next(iter(self.models.values()))

    @property
    def plain(self) -> ServedModel:
        """The one that answers at once, without a search."""
        return next((model for model in self.models.values() if not model.enhanced), self.first)

    @property
    def language_model(self) -> ChatModel | None:
        """What words come from in the end; None where rules or somebody's own system recommend."""
        recommender: object = self.seat.recommender
        while recommender is not None and not isinstance(recommender, LanguageModel):
            recommender = getattr(recommender, "inner", None)
        return self.seat.model if recommender is None else recommender.model

    @property
    def candidates(self) -> int:
        return 0 if self.seat.grounding is None else self.seat.grounding.count

    def system(self, conversation: Conversation) -> str:
        """The system text that is read: the application's own in place of ours."""
        return self.seat.template.system if conversation.system is None else conversation.system

    def items(self, turns: Sequence[Turn], reply: Turn) -> tuple[Item, ...]:
        """The items that a reply after `turns` recommends or names, each once."""
        knowledge = self.knowledge
        if knowledge is None:
            return ()
        ids = dict.fromkeys(knowledge.named_by(reply, knowledge.named_in(turns)))
        found = (knowledge.catalogue.get(item_id) for item_id in ids)
        return tuple(item for item in found if item is not None)

    @property
    def has_pictures(self) -> bool:
        """Whether pictures are given back with items."""
        return any(_PICTURE.search(name_words(name)) for name in self.show)

    def shown(self, item: Item) -> dict[str, Any]:
        """What an item has in the columns that are given back; those that it lacks are left out."""
        if self.knowledge is None or not self.show:
            return {}
        columns = self.knowledge.columns
        found = {name: columns.value(item, name) for name in self.show}
        return {name: value for name, value in found.items() if value is not None}

    @property
    def units(self) -> dict[str, str]:
        """The currency or unit of the columns that are given back, where one is known."""
        if self.knowledge is None:
            return {}
        found = {name: self.knowledge.columns.column(name) for name in self.show}
        units = {name: column.currency or column.unit for name, column in found.items() if column is not None}
        return {name: unit for name, unit in units.items() if unit}

    def filtered(self, given: Mapping[str, Any]) -> tuple[Constraint, ...]:
        """The constraints of a request's filter. Raises InputError for what nobody could hold to here."""
        if self.knowledge is None:
            raise InputError("filter: this service has no catalogue, so nothing can be filtered.")
        if self.seat.grounding is None and self.language_model is not None:
            raise InputError(
                "filter: the model here is shown no candidates, so nothing holds it to a filter. Start the "
                "service with --candidates 10."
            )
        return read_filter(given, self.knowledge.columns)

    def not_understood(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """Words of the last message that no item has; none where nobody reads them: a model without
        candidates."""
        reader = self.seat.grounding or self._rules
        return () if reader is None or not turns else reader.not_understood(turns)

    def constraints(self, conversation: Conversation) -> tuple[Constraint, ...]:
        """What an item had to be: what came with the request and with the settings, and what was read in the
        seeker's words by rules; none where nobody holds to them: a model without candidates."""
        if not conversation.turns:
            return ()
        if self.seat.grounding is not None:
            return self.seat.grounding.constraints(conversation)
        if self.knowledge is None or self.language_model is not None:
            return ()
        return self.knowledge.constraints(conversation.turns, conversation.constraints)

    @property
    def _rules(self) -> BaselineRecommender | None:
        """The rules in the recommender's seat, where they are."""
        recommender: object = self.seat.recommender
        while recommender is not None and not isinstance(recommender, BaselineRecommender):
            recommender = getattr(recommender, "inner", None)
        return recommender

    async def read(self, turns: Sequence[Turn]) -> None:
        """Read long turns in a thread: the event loop is everybody's. What was read stays read, so whoever
        asks next has it at once."""
        knowledge = self.knowledge
        if knowledge is None:
            return
        long = [turn for turn in turns if len(turn.text) > _LONG]
        for turn in long:
            await asyncio.to_thread(turn.read_by, knowledge.linker)
        if long and self.seat.grounding is not None:
            # Whoever retrieves reads more in them: genres, people, what a sentence model makes of them.
            await asyncio.to_thread(self.seat.candidates, turns)

    def at_least(self, conversation: Conversation) -> str | None:
        """What can be said without a model: the first candidate, or that nothing fits; None without
        candidates."""
        turns, grounding = conversation.turns, self.seat.grounding
        if not turns or grounding is None:
            return None
        constraints = grounding.constraints(conversation)
        if (sentence := grounding.nothing_fits(constraints, turns)) is not None:
            return sentence
        found = self.seat.candidates(turns, constraints)
        language = grounding.languages.told(turns)
        return self.seat.template.format.suggestion(found[0], language) if found else None

    async def warm_up(self) -> None:
        """Build what candidates are looked up in, load a model that runs in this process, and prefill what
        every prompt begins with: whoever asks first has a deadline, too."""
        self.build()
        await self.prefill()

    def build(self) -> None:
        """Build what is otherwise built when it is first looked up in."""
        self.at_least(Conversation((Turn("seeker", self.seat.template.opening),)))
        if self.knowledge is not None and (self.show or self.knowledge.reader is not None):
            _ = self.knowledge.columns
        if self.catalogue is not None:
            genres_in(_ANY_WORD, self.catalogue)
            people_in(_ANY_WORD, self.catalogue)

    async def prefill(self) -> None:
        """Have a model that runs in this process read what every prompt begins with."""
        recommender = self.seat.recommender
        if not recommender.parallel:
            opening = Conversation((Turn("seeker", self.seat.template.opening),))
            # One token may be no word yet; the prompt has been prefilled all the same.
            with contextlib.suppress(UnusableAnswer):
                await recommender.draw(opening, Sampling(max_tokens=1))

    async def aclose(self) -> None:
        if self.behind is not None:
            await self.behind.aclose()


def open_models(config: Config, catalogue: Path | None, interactions: Path | None = None) -> ServedModels:
    """Read the catalogue and seat the models; they load when first asked. Raises InputError."""
    items = None if catalogue is None else read_catalogue_anew(catalogue, interactions, config.catalogue)
    if items is not None and items.report is not None:
        told_of(items.report)
    return seat_models(config, items)


def seat_models(config: Config, items: Catalogue | None, before: ServedModels | None = None) -> ServedModels:
    """The same with a catalogue that is there already. The models of `before`, which the same settings have
    made with another catalogue, go on as they are, and are closed with these."""
    config = resolve(to_serve(config, catalogue=items is not None), items)
    controls = read_seat(config.seats.recommender, config.servers).is_rules
    settings = config.with_(enhanced=not controls)
    participants = seat_participants(
        settings, Prompts(config.play.prompts), items, before=None if before is None else before.behind
    )
    best = participants.runner.recommender.recommender
    served = [ServedModel(best.name, best, enhanced=False)]
    if isinstance(best, SelfEnhanced):
        served = [
            ServedModel(best.inner.name, best.inner, enhanced=False),
            ServedModel(best.name, best, enhanced=True),
        ]
    if config.enhanced:
        served.reverse()
    plain = next(model.recommender for model in served if not model.enhanced)
    return ServedModels(
        {model.name: model for model in served},
        replace(participants.runner.recommender, recommender=plain),
        participants.runner.knowledge,
        settled(config.serving.at_once, "serving.at_once"),
        participants,
        _shown_columns(config.serving.show, participants.runner.knowledge),
    )


#: Names of columns that are given back unless the settings say which.
_SHOWN = LazyPattern(
    r"(?:^|_)(?:url|link|href|image|images|img|picture|photo|thumbnail|cover|poster|bild|foto)s?(?:_|$)"
)


_PICTURE = LazyPattern(r"(?:^|_)(?:image|images|img|picture|photo|thumbnail|cover|poster|bild|foto)s?(?:_|$)")


def _shown_columns(wanted: tuple[str, ...] | None, knowledge: Knowledge | None) -> tuple[str, ...]:
    """The columns that are given back with an item. Raises ConfigError for one that there is not."""
    if knowledge is None:
        if wanted:
            raise ConfigError("serving.show names columns of a catalogue: add --catalogue FILE.")
        return ()
    if wanted is None:
        types = knowledge.catalogue.types
        # What a shop pays itself, or takes beside the price, is for nobody who did not ask.
        return tuple(
            one.name
            for one in types
            if (is_price(one.name) and not is_fee(one.name)) or _SHOWN.search(name_words(one.name))
        )
    columns = knowledge.columns
    for name in wanted:
        if columns.column(name) is None:
            raise ConfigError(f"serving.show: {unknown_column(name, columns)}.")
    return tuple(dict.fromkeys(column.name for name in wanted if (column := columns.column(name))))
