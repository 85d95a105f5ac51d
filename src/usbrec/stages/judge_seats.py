"""Judges' seats: settings become those who judge, with targets or by a profile."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from usbrec.config import Config, settled
from usbrec.items.knowledge import Knowledge
from usbrec.judge.base import ProfileJudge, TargetJudge
from usbrec.judge.lists import ProfileListJudge, RulesListJudge
from usbrec.judge.rules import RulesBeliefJudge, RulesProfileJudge, RulesTargetJudge
from usbrec.play.languages import Languages
from usbrec.play.preferences.belief import Beliefs
from usbrec.prompts import Prompts
from usbrec.stages.anchoring import shared_model
from usbrec.stages.own_seats import OwnSeats
from usbrec.stages.rules import RULES, RULES_BELIEF
from usbrec.stages.seat_models import SeatModels

if TYPE_CHECKING:
    from usbrec.judge.anchors import AnchorJudge
    from usbrec.judge.model import ModelJudge
    from usbrec.judge.persuasion import PersuasionJudge
    from usbrec.judge.trained.model import TrainedJudge


class JudgeSeats:
    """Seats judges. `known` gives the knowledge of items that rules need, `beliefs` what is believed of a
    seeker, both when first asked for; `opened` are the model judges and `trained` the trained ones, by their
    seats' texts."""

    def __init__(
        self,
        config: Config,
        prompts: Prompts,
        languages: Languages,
        models: SeatModels,
        own: OwnSeats,
        known: Callable[[str], Knowledge],
        beliefs: Callable[[], Beliefs],
    ) -> None:
        self._config, self._prompts, self._languages = config, prompts, languages
        self._models, self._own, self._known, self._beliefs = models, own, known, beliefs
        self.opened: dict[str, ModelJudge] = {}
        self.trained: dict[str, TrainedJudge] = {}

    def persuasion(self, judge: str) -> PersuasionJudge | None:
        if not (self._config.judging.persuasion and self._models.seat(judge).is_model):
            return None
        from usbrec.judge.persuasion import PersuasionJudge

        return PersuasionJudge(self._judging(judge))

    def _belief_judge(self, option: str) -> RulesBeliefJudge:
        return RulesBeliefJudge(self._known(f"{option} {RULES_BELIEF}"), self._beliefs())

    def _judging(self, seat: str) -> ModelJudge:
        """The model judge of a seat: one for all who ask it, so that it scores in one way."""
        judging = self._config.judging
        if seat not in self.opened:
            from usbrec.judge.model import ModelJudge

            self.opened[seat] = ModelJudge(
                self._models.model(seat),
                self._prompts,
                judging.temperature,
                judging.votes,
                judging.mass_floor,
            )
        return self.opened[seat]

    def _trained_judge(self, seat: str) -> TrainedJudge:
        """The trained judge of a seat, opened once, whoever asks."""
        if seat not in self.trained:
            from usbrec.stages.trained_seat import open_judge  # the sentence encoder's room

            self.trained[seat] = open_judge(seat, self._languages)
        return self.trained[seat]

    @functools.cached_property
    def anchors(self) -> AnchorJudge | None:
        config, seat = self._config, self._config.seats.judge
        if not config.judging.anchors:
            return None
        from usbrec.judge.anchors import AnchorJudge
        from usbrec.judge.model import ModelTargetJudge

        model = self._models.opened_once(seat)
        if not self._models.stands_in and self._models.journaled:
            model = shared_model(config, self._models.seat(seat), model)
        # The same judge, in the way of scoring that is found out for it.
        judge = ModelTargetJudge(replace(self._judging(seat), model=self._models.recorded(model)))
        return AnchorJudge(
            judge,
            self._known("judging.anchors"),
            config.judging.anchors,
            settled(config.common_seed, "common_seed"),
            self._languages,
        )

    def target(self, seat: str) -> TargetJudge:
        if (length := self._config.play.list_length) > 1 and seat == RULES:
            return RulesListJudge(self._known("--judge rules"), length)
        if (judge := self._list_judge(seat, "--judge")) is not None:
            return judge
        if seat == RULES:
            return RulesTargetJudge(self._known("--judge rules"))
        if seat == RULES_BELIEF:
            return self._belief_judge("--judge")
        if self._models.seat(seat).is_own:
            from usbrec.judge.own import OwnTargetJudge

            return OwnTargetJudge(self._own.judge(seat))
        if self._models.seat(seat).kind == "trained":
            return self._trained_judge(seat)
        from usbrec.judge.model import ModelTargetJudge

        return ModelTargetJudge(self._judging(seat))

    def _list_judge(self, seat: str, option: str) -> ProfileListJudge | None:
        """The judge of lists who knows no targets; None where it is another's to judge."""
        length = self._config.play.list_length
        if length == 1 or seat not in (RULES, RULES_BELIEF):
            return None
        beliefs = self._beliefs() if seat == RULES_BELIEF else None
        return ProfileListJudge(self._known(f"{option} {seat}"), length, beliefs)

    def profile(self, seat: str) -> ProfileJudge:
        if (judge := self._list_judge(seat, "--ses-judge")) is not None:
            return judge
        if seat == RULES:
            return RulesProfileJudge(self._known("--ses-judge rules"))
        if seat == RULES_BELIEF:
            return self._belief_judge("--ses-judge")
        if self._models.seat(seat).is_own:
            from usbrec.judge.own import OwnProfileJudge

            return OwnProfileJudge(self._own.judge(seat))
        if self._models.seat(seat).kind == "trained":
            return self._trained_judge(seat)
        from usbrec.judge.model import ModelProfileJudge

        return ModelProfileJudge(self._judging(seat))
