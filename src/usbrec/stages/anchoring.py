"""Anchors of a run: whether the judge can be asked about fixed replies, and the model that runs share."""

from __future__ import annotations

import time
from typing import Any

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.llm import ChatModel, Seat, read_seat
from usbrec.llm.open import base_url_of
from usbrec.llm.shared_choices import SharedChoices
from usbrec.storage import cache_folder

#: What servers make anew with each answer.
_EACH_TIME = frozenset({"created", "permission", "status", "state", "in_cache", "loaded"})


def refuse_anchors(config: Config, *, catalogue: bool) -> None:
    """Raises ConfigError where `judging.anchors` asks for what cannot be."""
    if not config.judging.anchors:
        return
    judge = read_seat(config.seats.judge, config.servers)
    if not catalogue:
        raise ConfigError("judging.anchors draws items of a catalogue: add --catalogue FILE.")
    if not judge.is_model:
        raise ConfigError(
            "judging.anchors: a model's score is held against its own of fixed replies, and --judge "
            f"{judge.text} is none. Name a model, or leave anchors at 0."
        )
    if config.mode == "ask":
        raise ConfigError("judging.anchors: attribute questions end with lists. Use it in episodes.")
    if config.judging.anchors < config.play.rounds:
        # The best of several replies lies above fewer random items by being the best of more.
        raise ConfigError(
            f"judging.anchors = {config.judging.anchors} with play.rounds = {config.play.rounds}: the best "
            "of a row's replies is held against the best of as many random items. Name as many as there "
            "are rounds."
        )


def shared_model(config: Config, seat: Seat, model: ChatModel) -> ChatModel:
    """A seat's model, of which it is remembered across runs what it says of fixed replies.

    A model in this process is known by its weights. Which one a server has behind a name nobody knows for
    long: its answers are shared for a day, and while the server lists it in the same words. Scripts and a
    program's own objects answer each run anew.
    """
    file = cache_folder() / "choices" / "anchors.sqlite"
    if seat.is_here:
        return SharedChoices(model, file)
    if seat.kind == "server":
        at = base_url_of(seat.server, config.models, config.servers)
        about = {"at": at, "day": time.strftime("%Y-%m-%d", time.gmtime())}
        return SharedChoices(model, file, about, lambda: served_as(config, seat, model))
    return model


async def served_as(config: Config, seat: Seat, model: ChatModel) -> Any:
    """What a server lists of a model, but for what is another each time: a digest of the weights, where they
    lie, their size, whatever tells two checkpoints of one name apart. None where it lists nothing."""
    from usbrec.stages.probing_seats import server_asker

    asker = server_asker(model, config)
    listed = None if asker is None else await asker.models()
    row = (listed or {}).get(seat.rest)
    return None if row is None else {name: one for name, one in row.items() if name not in _EACH_TIME}
