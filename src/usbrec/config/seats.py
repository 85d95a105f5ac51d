"""Settings: which model sits where, and how models are run and reached."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from usbrec.config.servers import without_secrets
from usbrec.config.stage import Stage, free


class Seats(Stage):
    """Who sits where. A seat is `smollm2-135m`, a .gguf path, `hf:BASE[+ADAPTER]`, `openai:NAME`,
    `SERVER:NAME` for a server of `[servers.SERVER]`, `scripted:FILE`, rules, a trained judge or seeker, or an
    own object as `python:MODULE:THING` or `plugin:NAME`."""

    recommender: str = "smollm2-135m"
    """The model in the recommender's seat; also `rules:random`, `rules:popular`, `rules:retriever`,
    `rules:best`, or the address `http://HOST/PATH` of a recommender that is no language model."""
    simulator: str = "smollm2-135m"
    """The model in the seeker's seat; also `rules`, `rules:people` (who react, tell and ask as often as
    people do), or `trained:DIR` (as people of your own dialogues do). May be written `seeker`."""
    judge: str = "smollm2-135m"
    """Who gives the score; also `rules` (by the targets), `rules:belief` (expected over what the
    retriever believes is wanted, reading no target: to make pairs and rewards of, not to test with), and
    `trained` or `trained:DIR` (learnt from people's ratings, reading no target)."""

    @model_validator(mode="before")
    @classmethod
    def _seeker_is_the_simulator(cls, data: Any) -> Any:
        return one_seeker(data)


def one_seeker(seats: Any) -> Any:
    """Seats with `seeker` under the name it has in records. Raises ValueError when both are there."""
    if not isinstance(seats, Mapping) or "seeker" not in seats:
        return seats
    if "simulator" in seats:
        raise ValueError("seeker and simulator are one seat: give one of them")
    return {("simulator" if name == "seeker" else name): seat for name, seat in seats.items()}


class Models(Stage):
    """How models are run and reached."""

    moved: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("headers", "extra_body", "system_role"),
        "a server's own: [servers.NAME] for seats NAME:MODEL, [servers.openai] for openai:MODEL; models in "
        "this process take none",
    )

    context: int = Field(4096, ge=256)
    """Tokens of prompt and reply together, for models in this process."""
    threads: int = Field(1, ge=1)
    """Threads of one instance, for models in this process."""
    batch: int = Field(8, ge=1)
    """Units of work whose replies an hf: model draws together, up to four requests of each; more are quicker
    and take more memory. They change how sums are rounded and so, rarely, a word."""
    device: str = free("auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    """Where hf: models run and are trained: auto (a GPU that is there, else the processor), cpu or cuda."""
    concurrency: int | None = free(None, ge=1)
    """Units of work at once; by default the number of cores (at most 4) in process, 8 with a server."""
    processes: int = free(1, ge=1)
    """Processes that play the rows of `usbrec evaluate` and draw those of `usbrec pairs` (`--workers`); all
    else is done in one. `concurrency` is that of all together. Each reads files and opens models for itself.
    On a cluster (`[engine]`), where it is not set, there are as many as it has processors."""
    base_url: str | None = free(None)
    """Address of the OpenAI-compatible server; by default OPENAI_BASE_URL."""
    timeout: float = free(240.0, gt=0)
    """Seconds one request may take, retries included; one try gets half of it, so that there is a second."""
    max_retries: int = free(5, ge=0)
    """How often a failed request to a server is repeated."""
    constrain: Literal["none", "grammar", "structured", "guided"] = "none"
    """How a server limits an answer to given words: grammar (llama.cpp), structured or guided (vLLM)."""

    reasoning: Literal["auto", "off"] | tuple[str, str] = "auto"
    """What marks the thoughts of a model that reasons first, which are no part of its replies: all known
    marks (auto), none (off: everything is the reply), or an opening and a closing mark of your own."""
    thinking: bool = False
    """Whether models in this process that can reason before they reply do so; a trained one never does. For a
    model on a server its own switch goes into `extra_body`."""

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, url: str | None) -> str | None:
        return without_secrets(url)

    def workers(self, *, in_process: bool) -> int:
        """Units worked on at once. A model in this process has an instance for each, with caches of its
        own, so there are no more than cores, and at most four."""
        return self.concurrency or (min(4, os.cpu_count() or 1) if in_process else 8)
