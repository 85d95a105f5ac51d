"""Evaluation as one call: samples and a recommender in, a record of the run out."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.engine import Progress
from usbrec.errors import ConfigError
from usbrec.event_loop import in_thread
from usbrec.library.enhancing import Enhanced
from usbrec.library.in_memory import given_folder, held_in_memory
from usbrec.library.loading import CatalogueSource, SamplesSource, given_catalogue, given_path, given_samples
from usbrec.library.progress import progress_shown
from usbrec.library.run import Run, read_rows
from usbrec.library.seats import Seat, named_seats, tell_of_nobody
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.storage import json_problem, parse_json

P = ParamSpec("P")
T = TypeVar("T")


@in_python
def evaluate(
    samples: SamplesSource,
    *,
    recommender: Seat | None = None,
    catalogue: CatalogueSource | None = None,
    seeker: Seat | None = None,
    judge: Seat | None = None,
    rounds: int | None = None,
    candidates: int | None = None,
    ses: bool | None = None,
    second_judge: bool | None = None,
    mode: str | None = None,
    ranker: str | os.PathLike[str] | None = None,
    interactions: str | os.PathLike[str] | None = None,
    base_url: str | None = None,
    concurrency: int | None = None,
    limit: int | None = None,
    trials: int | None = None,
    tools: bool | None = None,
    seed: int | None = None,
    filter: Mapping[str, Any] | None = None,  # noqa: A002 - as requests call it
    config: GivenSettings | None = None,
    out: str | os.PathLike[str] | None = None,
    replay: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
) -> Run:
    """Play every sample with a simulated seeker, score it, and say what came out, with intervals.

    `samples` and `catalogue` are files or what :func:`usbrec.load_samples` and :func:`usbrec.load_catalogue`
    take. A seat is a text as on the command line (``"openai:my-model"``, ``"rules:retriever"``, ...) or an
    object: a recommender has ``reply(conversation)``, a seeker ``reply(conversation, targets)``, a judge
    ``score(conversation, targets)`` from 0 to 2, each plain or async; a model of :func:`usbrec.open_model`
    may sit anywhere. With a catalogue, seeker and judge go by rules unless they are named; without one the
    packaged model takes the seats that nobody is named for.

    `rounds` is how many replies an episode has at most (2), `candidates` how many retrieved items are laid
    before the recommender (0), `ses` whether it is self-enhanced, `second_judge` whether a sentence model
    scores the dialogues, too (yes, with the extra ``retrieval``), `mode` what is evaluated ("episode",
    "retrieval", "ask"), `limit` how many samples, the same whatever the `seed` (0),
    `trials` how often each is played (1), `tools` whether the recommender's model calls tools that search
    the catalogue (docs/tasks.md), `filter` what every recommended item must be (docs/constraints.md).
    `config` holds everything else (docs/configuration.md), as :class:`usbrec.Config`, mapping or TOML file;
    arguments go before it.

    `out` is a folder that keeps the run: the same call goes on where it was stopped, and `replay` names such
    a folder to answer in place of the models. Without it nothing is kept but what is returned. `progress`
    is drawn in a notebook or on a terminal; False draws nothing.

    Works in a script and in a notebook; in an async program use :func:`usbrec.aevaluate`. A failure of a
    model on one row is recorded there and the others go on. Raises InputError (BadLines, ConfigError,
    RunFolderError), ModelRefused where no row was answered, and Interrupted on Ctrl-C.

    Source: USB-Rec (RecSys 2025), section 3, and iEvaLM (EMNLP 2023) for the score.

    ```python
    import usbrec

    class Librarian:
        def reply(self, conversation):
            return "Have you read Dune (1965)?"

    run = usbrec.evaluate(
        "docs/examples/books.jsonl", recommender=Librarian(), catalogue="docs/examples/books.csv"
    )
    print(run.scores["ieval"].mean, run.scores["hit"].ci95)
    ```
    """
    if isinstance(recommender, Enhanced):
        config, recommender = recommender.under(config), recommender.model
    seats = named_seats(recommender=recommender, simulator=seeker, judge=judge)
    settings = laid_over(
        config,
        seats.named,
        rules=catalogue is not None or ranker is not None,
        rounds=rounds,
        candidates=candidates,
        ses=ses,
        second_judge=second_judge,
        mode=mode,
        ranker=ranker,
        base_url=base_url,
        concurrency=concurrency,
        limit=limit,
        trials=trials,
        tools=tools,
        seed=seed,
        filter=None if filter is None else _conditions(filter),
        **seats.settings,
    )
    given: dict[str, Any] = {
        "config": settings,
        "catalogue": given_catalogue(catalogue, settings.catalogue),
        "interactions": given_path(interactions),
        "replay": given_path(replay),
        "progress": progress_shown(progress),
        "objects": seats.objects,
    }
    loaded = given_samples(samples)
    if settings.mode != "retrieval":
        tell_of_nobody(config, recommender)
    if (folder := given_folder(out)) is not None:
        return Run(folder.resolve().name, folder, stages.evaluate(loaded, folder, **given))
    with held_in_memory() as kept:
        results = stages.evaluate(loaded, kept, **given)
        name = called(results)
        if settings.mode == "retrieval":
            name = "attributes" if settings.ranker is None else Path(settings.ranker).name
        return Run(name, None, results, read_rows(kept, results))


def _conditions(given: object) -> dict[str, Any]:
    """What a filter holds, also one that is written as JSON, as on the command line. Raises ConfigError."""
    if isinstance(given, str):
        try:
            given = parse_json(given)
        except ValueError as problem:
            raise ConfigError(f"filter={given!r}: not readable as JSON ({json_problem(problem)}).") from None
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"filter={given!r}: a mapping is wanted, of columns to what they must be: "
            '{"price": {"max": 50}}.'
        )
    return dict(given)


def called(results: Mapping[str, Any]) -> str:
    """What a run is called that has no folder: as its recommender is."""
    seat = str(results["config"]["seats"]["recommender"])
    kind, _, name = seat.partition(":")
    # Of a class that stands inside of a function, its own name.
    return {"object": name.rpartition(".")[2], "model": name}.get(kind, seat)


def awaited(function: Callable[P, T], name: str, documentation: str) -> Callable[P, Coroutine[Any, Any, T]]:
    """The function as one that is awaited, with the same arguments."""

    @functools.wraps(function)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return await in_thread(functools.partial(function, *args, **kwargs))

    call.__name__ = call.__qualname__ = name
    call.__doc__ = documentation
    return call


aevaluate = awaited(
    evaluate,
    "aevaluate",
    """:func:`usbrec.evaluate` for async programs: with the same arguments, awaited.

    The work goes on in a thread of its own. Async methods of objects at the seats run in the caller's loop,
    so that they may use its connections. Whoever is cancelled stops the run, which the same call goes on with
    where `out` is given. Raises what :func:`usbrec.evaluate` raises.

    ```python
    import asyncio
    import usbrec

    async def main():
        run = await usbrec.aevaluate(
            "docs/examples/books.jsonl", recommender="rules:retriever", catalogue="docs/examples/books.csv"
        )
        print(run.scores["hit"].mean)

    asyncio.run(main())
    ```
    """,
)
