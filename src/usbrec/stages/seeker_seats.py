"""Seekers' seats: settings become those who play a seeker, with targets or inside a search."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import LANGUAGES
from usbrec.play.languages import Languages
from usbrec.play.seekers.base import InternalSimulator, TargetSimulator
from usbrec.play.seekers.manner import PEOPLE, Manner, open_manner
from usbrec.prompts import Prompts
from usbrec.stages.own_seats import OwnSeats
from usbrec.stages.rules import RULES, RULES_PEOPLE, is_fitted, is_seeker_by_rules
from usbrec.stages.seat_models import SeatModels

# Each kind of seeker is imported where it is seated: a chat has none.
if TYPE_CHECKING:
    from usbrec.play.seekers.model import ModelSimulator
    from usbrec.play.seekers.voices import Voices


class SeekerSeats:
    """Seats seekers. `known` gives the knowledge of items that rules need, and refuses whoever lacks it."""

    def __init__(
        self,
        config: Config,
        prompts: Prompts,
        languages: Languages,
        models: SeatModels,
        own: OwnSeats,
        known: Callable[[str], Knowledge],
    ) -> None:
        self._config, self._prompts, self._languages = config, prompts, languages
        self._models, self._own, self._known = models, own, known
        #: Those that were fitted to recorded dialogues, by their seats.
        self.fitted: dict[str, Manner] = {}

    def _simulating(self, seat: str) -> ModelSimulator:
        from usbrec.play.seekers.model import ModelSimulator

        play = self._config.play
        return ModelSimulator(
            self._models.model(seat),
            self._prompts,
            play.simulator_temperature,
            play.max_tokens,
            play.frequency_penalty,
            self._languages,
        )

    def _voices(self, knowledge: Knowledge) -> Voices:
        """How seekers by rules speak of the items."""
        from usbrec.play.seekers.voices import Voices

        kind, own = self._config.catalogue.kind, self._config.seekers.templates
        return Voices.about(
            knowledge.catalogue,
            self._languages,
            kind=None if kind == "auto" else kind,
            own=None if own is None else Path(own),
        )

    def _explain(self) -> Mapping[str, str]:
        """The question why something was recommended, in each language of the rules."""
        return {language: self._prompts.say("explain", language) for language in LANGUAGES}

    def target(self, seat: str) -> TargetSimulator:
        if is_seeker_by_rules(seat):
            from usbrec.play.seekers.rules import RulesTargetSimulator

            knowledge = self._known(f"--seeker {seat}")
            manner = PEOPLE if seat == RULES_PEOPLE else None
            if is_fitted(seat):
                manner = open_manner(seat.partition(":")[2])
                self.fitted[seat] = manner
            return RulesTargetSimulator(knowledge, self._explain(), self._voices(knowledge), manner)
        if self._models.seat(seat).kind == "trained":
            raise ConfigError(
                f"--seeker {seat}: no seeker comes trained. Name the folder that `usbrec train seeker -o` "
                "wrote: --seeker trained:DIR, or take rules:people."
            )
        if self._models.seat(seat).is_own:
            from usbrec.play.own.seeker import OwnTargetSimulator

            return OwnTargetSimulator(self._own.simulator(seat), self._languages)
        from usbrec.play.seekers.model import ModelTargetSimulator

        return ModelTargetSimulator(self._simulating(seat))

    def internal(self, seat: str) -> InternalSimulator:
        if seat == RULES:
            from usbrec.play.seekers.rules import RulesInternalSimulator

            knowledge = self._known("--ses-simulator rules")
            return RulesInternalSimulator(knowledge, self._explain(), voices=self._voices(knowledge))
        if self._models.seat(seat).is_own:
            from usbrec.play.own.seeker import OwnInternalSimulator

            return OwnInternalSimulator(self._own.simulator(seat))
        from usbrec.play.seekers.model import ModelInternalSimulator

        return ModelInternalSimulator(self._simulating(seat))
