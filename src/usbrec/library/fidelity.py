"""A simulated seeker held against people as one call: recorded dialogues and a seeker in, differences out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.engine import Progress
from usbrec.evaluation.comparison.export import latex_of
from usbrec.evaluation.fidelity.summary import SCHEMA
from usbrec.library import tables
from usbrec.library.in_memory import kept_or_held
from usbrec.library.loading import CatalogueSource, given_catalogue, given_path
from usbrec.library.progress import progress_shown
from usbrec.library.scoring import DialoguesSource, finished, given_dialogues
from usbrec.library.seats import Seat, named_seats
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.storage import write_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Fidelity:
    """What :func:`usbrec.fidelity` found.

    `results` is what ``results.json`` holds (docs/results.md): ``results["measures"]["accepts"]`` has
    ``people``, ``seeker`` and ``difference``, ``results["mind"]`` what to know of the seeker. `rows` has a
    mapping an answer: a line of ``turns.jsonl``, with what the person and the seeker said. `path` is the
    folder; None where the run was held in memory alone.
    """

    name: str
    path: Path | None
    results: Mapping[str, Any] = field(repr=False)
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A finished folder, as `usbrec fidelity -o` writes it too. Raises InputError."""
        return cls(*finished(Path(path), "fidelity", "turns.jsonl", SCHEMA))

    @property
    def failures(self) -> Mapping[str, str]:
        """Answer id -> why the seeker gave none: the error's kind and message."""
        return {row["id"]: row["failed"] for row in self.rows if row["failed"] is not None}

    def to_pandas(self) -> pd.DataFrame:
        """A row a measure, whose columns docs/api.md lists. Raises ConfigError without pandas (extra
        ``frames``)."""
        return tables.frame_of(tables.fidelity_cells(self.results), tables.FIDELITY_COLUMNS)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write what :meth:`to_pandas` holds. Raises InputError where the file cannot be written."""
        cells = tables.fidelity_cells(self.results)
        return write_text(Path(path), tables.csv_of(cells, tables.FIDELITY_COLUMNS))

    def to_latex(self) -> str:
        """The measures, and what else was found of the seeker, as ``tabular`` environments (package
        booktabs)."""
        from usbrec.evaluation.fidelity.tables import further_table, measures_table

        return latex_of([measures_table(self.results), further_table(self.results)])


@in_python
def fidelity(
    dialogues: DialoguesSource,
    *,
    catalogue: CatalogueSource,
    seeker: Seat | None = None,
    checks: bool = True,
    base_url: str | None = None,
    concurrency: int | None = None,
    limit: int | None = None,
    seed: int | None = None,
    config: GivenSettings | None = None,
    out: str | os.PathLike[str] | None = None,
    replay: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
) -> Fidelity:
    """Hold a simulated seeker against the people of recorded dialogues, answer by answer.

    At each answer of a person the `seeker` ("rules", the default, a model's seat, or an object with
    ``reply(conversation, targets)``) answers the same turns, told what the person liked but for what is
    recommended just then; docs/fidelity.md says what is compared. `dialogues` are as in :func:`usbrec.score`:
    raw ReDial, whose forms say what was liked, or dialogues with `targets`. With `checks` some
    recommendations are also replaced by a target and by something unlike all targets.

    `limit` counts dialogues. The other arguments are those of :func:`usbrec.evaluate`. Raises InputError
    (BadLines, ConfigError, RunFolderError), ModelRefused where nothing was answered, and Interrupted on
    Ctrl-C.

    ```python
    import usbrec

    found = usbrec.fidelity("docs/examples/recorded-dialogues.jsonl", catalogue="docs/examples/books.csv")
    words = found.results["measures"]["words"]
    print(words["people"]["mean"], words["seeker"]["mean"], words["difference"]["ci95"])
    ```
    """
    seats = named_seats(simulator=seeker)
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
        "checks": checks,
        "replay": given_path(replay),
        "progress": progress_shown(progress),
        "objects": seats.objects,
    }
    return Fidelity(
        *kept_or_held(
            stages.fidelity,
            given_dialogues(dialogues),
            out,
            "turns.jsonl",
            lambda results: str(results["seeker"]),
            **given,
        )
    )
