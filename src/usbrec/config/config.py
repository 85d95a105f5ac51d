"""Settings of one run, all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from usbrec.config.catalogue import CatalogueFile, Seekers
from usbrec.config.engine import Engine
from usbrec.config.experiment import Experiment
from usbrec.config.pairs import Pairs
from usbrec.config.play import Asking, Judging, Play
from usbrec.config.results import Statistics
from usbrec.config.search import Search
from usbrec.config.seats import Models, Seats
from usbrec.config.servers import NO_SERVERS, Server
from usbrec.config.serving import Serving
from usbrec.config.stage import Stage, deciding, free
from usbrec.config.training import Training


class Config(Stage):
    """All settings of one run."""

    later: ClassVar[Mapping[str, Any]] = {"encoder": "english", "trials": 1, "engine": {}}

    seed: int = Field(0, gt=-(2**63), lt=2**63)
    """Every random draw of the run comes from it."""
    common_seed: int | None = Field(None, gt=-(2**63), lt=2**63)
    """Seed of what is alike for all that is played together: the worked examples, and the items that the
    rules' judge takes for random ones; by default `seed`."""
    limit: int | None = Field(None, ge=1)
    """Only the first so many samples, by hash of their id: the same rows whatever the seed."""
    trials: int = Field(1, ge=1, le=64)
    """How often each sample is played in an evaluation, each time with draws of its own (tau-Rec: 4); the
    share of samples that succeed in all of k trials is then told (pass^k)."""
    enhanced: bool = False
    """Whether the recommender is self-enhanced (--ses)."""
    # What it decides stands in a run's inputs, where rows are not in English.
    language: Literal["auto", "en", "de"] = free("auto")
    """Language in which rules read dialogues and answer, masks and fixed sentences included: English (en),
    German (de), or what the seeker's turns show in each dialogue (auto; where they show none, what all rows
    together do). In another language rules refuse to play; models play in any."""
    ranker: str | None = free(None)
    """Folder of `usbrec train ranker` that retrieves items (by its content it decides a run); without one
    they are ranked by attributes."""
    # A ranker keeps the name of its encoder, and the second judge's opinions that of theirs.
    encoder: Literal["english", "multilingual"] = free("english")
    """Sentence encoder of the second judge, and of rankers that are trained (a trained one keeps its own):
    the packaged one, which knows English (english, extra `retrieval`), or one of 16 languages (multilingual,
    extra `multilingual`)."""
    mode: Literal["episode", "retrieval", "ask"] = "episode"
    """What is evaluated: free chat (episode), the ranking alone (retrieval), or attribute questions (ask)."""
    seats: Seats = Seats()
    """Who sits where."""
    models: Models = Models()
    """How models are run and reached."""
    engine: Engine = free(Engine())
    """Where rows are played."""
    # What decides answers of a server stands in the identities of the models that use it.
    servers: dict[str, Server] = free({})
    """Servers by name."""
    catalogue: CatalogueFile = CatalogueFile()
    """Which columns of the catalogue hold what."""
    play: Play = Play()
    """How episodes are played."""
    judging: Judging = Judging()
    """How episodes are scored."""
    asking: Asking = Asking()
    """Attribute questions."""
    search: Search = Search()
    """Self-enhancement."""
    pairs: Pairs = Pairs()
    """Preference pairs."""
    train: Training = free(Training())
    """Training of a model."""
    experiment: Experiment = free(Experiment())
    """The six systems."""
    seekers: Seekers = free(Seekers())
    """Seekers made from a catalogue."""
    statistics: Statistics = Statistics()
    """Intervals."""
    serving: Serving = free(Serving())
    """The service."""

    @field_validator("servers")
    @classmethod
    def _can_be_named(cls, servers: dict[str, Server]) -> dict[str, Server]:
        for name, server in servers.items():
            if name in NO_SERVERS:
                raise ValueError(
                    f"{name} begins another kind of seat, which takes no fields or headers of a server; give "
                    "a server another name"
                )
            if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
                raise ValueError(f"{name!r}: a server's name has letters, digits, _ and - only")
            if server.base_url is None and name != "openai":
                raise ValueError(f'{name}: base_url is missing, such as base_url = "http://HOST:PORT/v1"')
        return servers

    @field_validator("servers")
    @classmethod
    def _have_one_currency(cls, servers: dict[str, Server]) -> dict[str, Server]:
        found = {server.currency for server in servers.values() if server.price_input is not None}
        if len(found) > 1:
            named = " and ".join(sorted(currency or "none" for currency in found))
            raise ValueError(f"prices in {named}: give all of them in one currency, which is then the sum's")
        return servers

    def decides(self) -> dict[str, Any]:
        """The settings that decide answers, as nested JSON."""
        decided = deciding(self)
        # Left out as they are by default, so that runs of before go on.
        if self.play.constraints != "auto":
            decided["play"]["constraints"] = self.play.constraints
        if self.play.filter:
            decided["play"]["filter"] = self.play.filter
        return decided
