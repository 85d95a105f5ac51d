"""Comparison of runs as one call."""

from __future__ import annotations

import operator
import os
from collections.abc import Sequence

from usbrec import evaluation
from usbrec.config.results import FEWEST_RESAMPLES
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation import Comparison
from usbrec.library.run import Run
from usbrec.library.wording import in_python


@in_python
def compare(
    *runs: Run | str | os.PathLike[str],
    names: Sequence[str] | None = None,
    reference: str | None = None,
    seed: int = 0,
    resamples: int = 2000,
    power: bool = False,
) -> Comparison:
    """Hold runs against one another, on the rows that they share.

    `runs` are what :func:`usbrec.evaluate` returned, or run folders; `names` what they are called, by default
    the names of their folders. Every pair is compared, or with `reference` (a name) each run with that one.
    Differences are paired; the p values of those in score and hit are adjusted together (Holm). Intervals
    (95 %) resample dialogues `resamples` times from `seed`. With `power`, what is returned says how many rows
    each difference needs.

    What is returned has `systems`, `differences` and `warnings` (what a reader must know before believing
    a difference), and ``to_pandas()``, ``to_csv(path)``, ``to_latex()`` and ``save(path)``, which writes what
    the ending says: .csv, .html (the report), .json, .md or .tex.

    Raises InputError without runs or for a folder that holds no finished run, and ConfigError where a name
    is missing or `reference` is none of them.

    ```python
    import usbrec

    books = {"samples": "docs/examples/books.jsonl", "catalogue": "docs/examples/books.csv"}
    best = usbrec.evaluate(recommender="rules:best", **books)
    random = usbrec.evaluate(recommender="rules:random", **books)
    both = usbrec.compare(random, best, names=["random", "best"])
    print(both.between("best", "ieval").difference.mean)
    both.save("comparison.csv")
    ```
    """
    for run in runs:
        if not isinstance(run, Run | str | os.PathLike):
            raise InputError(
                f"compare: {type(run).__name__} is neither a run nor a run's folder. "
                "Write compare(one, other), of a list compare(*runs)."
            )
    if isinstance(names, str):
        raise ConfigError(f"names={names!r}: a text. Give a list with a name for each run.")
    loaded = [run if isinstance(run, Run) else Run.load(run) for run in runs]
    if names is not None and len(names) != len(loaded):
        raise ConfigError(f"names: {len(names)} for {len(loaded)} runs. Give one for each.")
    if names is not None and len(set(names)) < len(names):
        raise ConfigError(f"names={list(names)!r}: two runs of one name. Give each its own.")
    seed, resamples = _whole_number("seed", seed), _whole_number("resamples", resamples)
    if resamples < FEWEST_RESAMPLES:
        raise ConfigError(
            f"resamples={resamples}: intervals need at least {FEWEST_RESAMPLES}; 2000 are usual."
        )
    records = [
        run.record(str(name)) for run, name in zip(loaded, names or [run.name for run in loaded], strict=True)
    ]
    return evaluation.compare(records, reference=reference, seed=seed, resamples=resamples, power=power)


def _whole_number(name: str, value: int) -> int:
    """The number as JSON has it, also where it is numpy's. Raises ConfigError."""
    try:
        if not isinstance(value, bool):
            return operator.index(value)
    except TypeError:
        pass
    raise ConfigError(f"{name}={value!r}: a whole number is wanted.")
