"""Models of the seats: each is opened once, recorded where there is a journal, and metered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from usbrec.config import Config
from usbrec.enhancement.budget import MeteredModel
from usbrec.journal import Journal
from usbrec.llm import ChatModel, ModelOpener, RecordedModel, Seat, Unreachable, model_name, read_seat
from usbrec.llm.prices import PricedModel, prices_of
from usbrec.stages.own_seats import models_given


class SeatModels:
    """The models of a run, by their seats' texts; see :func:`usbrec.stages.wiring.seat_participants`.

    `opened` are those that somebody has asked for, `given` those that were handed in, and `stands_in` says
    that another opener than ours opens them.
    """

    def __init__(
        self,
        config: Config,
        journal: Journal | None,
        replay: Journal | None,
        reuse: Journal | None,
        objects: Mapping[str, object] | None,
        before: Mapping[str, ChatModel],
        opener: Callable[[str], ChatModel] | None,
    ) -> None:
        self._config = config
        self._journal, self._replay, self._reuse = journal, replay, reuse
        self._before = before
        self._open = opener or ModelOpener(config.models, config.servers).open
        self._backends: dict[str, ChatModel] = {}
        self.given = models_given(config, objects)
        self.opened: dict[str, ChatModel] = {}
        self.stands_in = opener is not None

    @property
    def journaled(self) -> bool:
        return self._journal is not None

    def seat(self, seat: str) -> Seat:
        return read_seat(seat, self._config.servers)

    def _opened(self, seat: str) -> ChatModel:
        if self._replay is not None:
            return Unreachable(model_name(seat, self._config.servers))
        there = self.given.get(seat) or self._before.get(seat)
        return self._open(seat) if there is None else there

    def opened_once(self, seat: str) -> ChatModel:
        if seat not in self._backends:
            self._backends[seat] = self._opened(seat)
        return self._backends[seat]

    def recorded(self, model: ChatModel) -> ChatModel:
        if self._journal is None:
            return model
        return RecordedModel(model, self._journal, replay=self._replay, reuse=self._reuse)

    def model(self, seat: str) -> MeteredModel:
        """The metered model of a seat, recorded where there is a journal; opened once, whoever asks."""
        if seat not in self.opened:
            self.opened[seat] = self.recorded(self.opened_once(seat))
        prices = prices_of(seat, self._config.servers)
        model = self.opened[seat]
        return MeteredModel(model if prices is None else PricedModel(model, prices))
