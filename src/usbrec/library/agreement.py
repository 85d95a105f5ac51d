"""A judge held against people's ratings as one call: rated dialogues and a judge in, correlations out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.engine import Progress
from usbrec.evaluation.agreement.summary import SCHEMA
from usbrec.evaluation.comparison.export import latex_of
from usbrec.library import tables
from usbrec.library.in_memory import kept_or_held
from usbrec.library.loading import CatalogueSource, given_catalogue, given_path
from usbrec.library.progress import progress_shown
from usbrec.library.scoring import DialoguesSource, finished, given_dialogues, judge_of
from usbrec.library.seats import Seat, named_seats
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.storage import write_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Agreement:
    """What :func:`usbrec.agreement` found.

    `results` is what ``results.json`` holds (docs/results.md): ``results["agreement"]["dialogue_overall"]
    ["redial"]["pearson"]`` has ``value`` and ``ci95``, ``results["mind"]`` what to know before that is
    believed. `rows` has a mapping a dialogue: a line of ``dialogues.jsonl``. `path` is the folder; None where
    the run was held in memory alone.
    """

    name: str
    path: Path | None
    results: Mapping[str, Any] = field(repr=False)
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A finished folder, as `usbrec agreement -o` writes it too. Raises InputError."""
        return cls(*finished(Path(path), "agreement", "dialogues.jsonl", SCHEMA))

    @property
    def failures(self) -> Mapping[str, str]:
        """Dialogue id -> why it failed: the error's kind and message."""
        return {row["id"]: row["failed"] for row in self.rows if row["failed"] is not None}

    def to_pandas(self) -> pd.DataFrame:
        """A row a rating and data set, whose columns docs/api.md lists. Raises ConfigError without pandas
        (extra ``frames``)."""
        return tables.frame_of(tables.agreement_cells(self.results), tables.AGREEMENT_COLUMNS)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write what :meth:`to_pandas` holds. Raises InputError where the file cannot be written."""
        cells = tables.agreement_cells(self.results)
        return write_text(Path(path), tables.csv_of(cells, tables.AGREEMENT_COLUMNS))

    def to_latex(self) -> str:
        """The correlations as a ``tabular`` environment (package booktabs)."""
        from usbrec.evaluation.agreement.tables import correlations_table

        return latex_of([correlations_table(self.results)])


@in_python
def agreement(
    dialogues: DialoguesSource,
    *,
    judge: Seat | None = None,
    catalogue: CatalogueSource | None = None,
    aspects: Iterable[str] | None = None,
    checks: bool = True,
    base_url: str | None = None,
    concurrency: int | None = None,
    limit: int | None = None,
    seed: int | None = None,
    config: GivenSettings | None = None,
    out: str | os.PathLike[str] | None = None,
    replay: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
) -> Agreement:
    """Hold a judge against people who rated the same dialogues: correlations with intervals, and checks.

    `dialogues` are as in :func:`usbrec.score`, with `ratings` of dialogues or turns by people; those without
    are left out. `judge` is a model's seat or :func:`usbrec.open_model`, which is asked the `aspects` (by
    default those that people rated), "trained" or "trained:DIR", an object with ``score(conversation,
    targets)``, or "rules", which need a `catalogue`. With `checks` some dialogues are also rated with a
    compliment and with empty words behind every reply.

    What was found of a model or a trained judge is kept in the user's cache and stands beside its later
    scores, as after the command. The other arguments are those of :func:`usbrec.evaluate`. Raises InputError
    (BadLines, ConfigError, RunFolderError), ModelRefused where nothing was rated, and Interrupted on Ctrl-C.

    ```python
    import usbrec

    found = usbrec.agreement(
        "docs/examples/rated-dialogues.jsonl", judge="scripted:docs/examples/rating-model.jsonl"
    )
    for dataset, told in found.results["agreement"]["dialogue_overall"].items():
        print(dataset, told["pearson"]["value"], told["pearson"]["ci95"], told["n"])
    ```
    """
    seats = named_seats(judge=judge)
    settings = laid_over(
        config,
        seats.named,
        base_url=base_url,
        concurrency=concurrency,
        limit=limit,
        seed=seed,
        **seats.settings,
    )
    given: dict[str, Any] = {
        "config": settings,
        "catalogue": given_catalogue(catalogue, settings.catalogue),
        "aspects": aspects if aspects is None or isinstance(aspects, str) else list(aspects),
        "checks": checks,
        "replay": given_path(replay),
        "progress": progress_shown(progress),
        "objects": seats.objects,
    }
    return Agreement(
        *kept_or_held(stages.agreement, given_dialogues(dialogues), out, "dialogues.jsonl", judge_of, **given)
    )
