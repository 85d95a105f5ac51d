"""Recorded dialogues scored as one call: dialogues and a judge in, a record with intervals out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.data import collect_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.engine import Progress
from usbrec.errors import InputError
from usbrec.evaluation.agreement.summary import SCHEMA as AGREEMENT
from usbrec.evaluation.runs.recorded import SCHEMA
from usbrec.evaluation.statistics import Interval
from usbrec.library import tables
from usbrec.library.evaluating import awaited
from usbrec.library.in_memory import kept_or_held, read_rows
from usbrec.library.loading import CatalogueSource, given_catalogue, given_path
from usbrec.library.progress import progress_shown
from usbrec.library.rows import Frame, plain, rows_of_frame, rows_of_mappings, with_read_cells
from usbrec.library.seats import Seat, named_seats
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.stages.recorded_inputs import GivenDialogues
from usbrec.storage import parse_json, read_text, write_text

if TYPE_CHECKING:
    import pandas as pd

#: The file of a folder's rows.
_ROWS = "dialogues.jsonl"
#: What errors call dialogues in memory.
_WHERE = "dialogues"
DialoguesSource: TypeAlias = "str | os.PathLike[str] | Frame | Iterable[RecordedDialogue | Mapping[str, Any]]"


@dataclass(frozen=True)
class ScoredDialogues:
    """What :func:`usbrec.score` found.

    `results` is what ``results.json`` holds (docs/results.md), `rows` a mapping a dialogue, failed ones too:
    a line of ``dialogues.jsonl``, with the dialogue and what people thought of it beside facts and ratings.
    `path` is the folder; None where the run was held in memory alone.
    """

    name: str
    path: Path | None
    results: Mapping[str, Any] = field(repr=False)
    rows: tuple[Mapping[str, Any], ...] = field(repr=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A finished folder, as `usbrec score -o` writes it too. Raises InputError."""
        return cls(*finished(Path(path), "score", _ROWS, SCHEMA, AGREEMENT))

    @property
    def scores(self) -> Mapping[str, Interval]:
        """Every mean that has an interval, by its place in `results`: "aspects.relevance",
        "facts.dialogue.accepted", "by_system.NAME.aspects.overall" and the like."""
        return dict(_intervals(self.results))

    @property
    def failures(self) -> Mapping[str, str]:
        """Dialogue id -> why it failed: the error's kind and message."""
        return {row["id"]: row["failed"] for row in self.rows if row["failed"] is not None}

    def to_pandas(self) -> pd.DataFrame:
        """A row a dialogue, failed ones too, whose columns docs/api.md lists. Raises ConfigError without
        pandas (extra ``frames``)."""
        return tables.frame_of(map(tables.recorded_cells, self.rows), self._columns)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write what :meth:`to_pandas` holds. Raises InputError where the file cannot be written."""
        return write_text(Path(path), tables.csv_of(map(tables.recorded_cells, self.rows), self._columns))

    @property
    def _columns(self) -> Mapping[str, str]:
        """Those of every dialogue, then one an aspect."""
        aspects = dict.fromkeys(self.results["aspects"], tables.ASPECT_COLUMN)
        return {**tables.RECORDED_COLUMNS, **aspects}


@in_python
def score(
    dialogues: DialoguesSource,
    *,
    judge: Seat | None = None,
    catalogue: CatalogueSource | None = None,
    aspects: Iterable[str] | None = None,
    base_url: str | None = None,
    concurrency: int | None = None,
    limit: int | None = None,
    seed: int | None = None,
    config: GivenSettings | None = None,
    out: str | os.PathLike[str] | None = None,
    replay: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
) -> ScoredDialogues:
    """Score dialogues that people had with any system: facts by rules, aspects by a judge, with intervals.

    `dialogues` is a file of any format that is read (docs/own-catalogue.md), a store of `usbrec serve`,
    :class:`usbrec.RecordedDialogue` records, or a pandas or polars frame or a list of mappings with the
    fields of such records or of a file's rows. With a `catalogue`, facts say what
    was recommended, whether it exists and is new, and how the seeker took it. `judge` is a model's seat or
    :func:`usbrec.open_model`, which is asked the `aspects` ("relevance" and "interestingness" of each turn;
    "understanding", "task_completion", "interest_arousal", "preference_elicitation", "explanation",
    "efficiency" and "overall" of each dialogue; by
    default all), or an object with ``score(conversation, targets)``, which gives one score of the dialogue
    from 0 to 2; "rules" (where nobody is named) asks nobody.

    The other arguments are those of :func:`usbrec.evaluate`. Raises InputError (BadLines, ConfigError,
    RunFolderError), ModelRefused where nothing was rated, and Interrupted on Ctrl-C.

    ```python
    import usbrec

    scored = usbrec.score(
        "docs/examples/recorded-dialogues.jsonl",
        catalogue="docs/examples/books.csv",
        judge="scripted:docs/examples/rating-model.jsonl",
    )
    print(scored.scores["aspects.overall"].mean, scored.scores["facts.dialogue.accepted"].ci95)
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
        "replay": given_path(replay),
        "progress": progress_shown(progress),
        "objects": seats.objects,
    }
    return ScoredDialogues(
        *kept_or_held(stages.score, given_dialogues(dialogues), out, _ROWS, judge_of, **given)
    )


def judge_of(results: Mapping[str, Any]) -> str:
    """The seat of the judge whose results these are."""
    return str(results["seats"]["judge"]["seat"])


def finished(
    folder: Path, command: str, rows: str, *schemas: str
) -> tuple[str, Path, Mapping[str, Any], tuple[Mapping[str, Any], ...]]:
    """The name, the folder, the results and the rows of a finished folder of a command, whose rows stand in
    the file `rows` and whose results are of one of the `schemas`. Raises InputError."""
    try:
        results = parse_json(read_text(folder / "results.json"))
        schema = results.get("schema") if isinstance(results, dict) else None
        if schema not in schemas or not (folder / rows).is_file():
            raise ValueError
    except (InputError, ValueError):
        raise InputError(
            f"{folder}: no finished folder of `usbrec {command}`. Name the one that -o named."
        ) from None
    return folder.resolve().name, folder, results, read_rows(folder / rows)


def given_dialogues(source: DialoguesSource) -> GivenDialogues:
    """Dialogues as the stage takes them: mappings and frames are read as a file's rows are. Raises BadLines,
    and InputError for what holds none."""
    if isinstance(source, str | os.PathLike):
        return Path(source)
    rows = rows_of_frame(source, _WHERE)
    if rows is not None:
        return collect_dialogues(_WHERE, with_read_cells(rows).numbered())
    if not isinstance(source, Iterable) or isinstance(source, Mapping):
        raise InputError(
            f"{_WHERE}: a file's path, a frame or a list of dialogues is wanted, not {type(source).__name__}."
        )
    listed = list(source)
    records = tuple(one for one in listed if isinstance(one, RecordedDialogue))
    if len(records) == len(listed):
        return records
    return collect_dialogues(_WHERE, rows_of_mappings(map(plain, listed), _WHERE).numbered())


def _intervals(results: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Interval]]:
    for name, value in results.items():
        if name == "config" or not isinstance(value, Mapping):
            continue
        if "ci95" in value and "clusters" in value:
            yield f"{place}{name}", Interval.from_json(value)
        else:
            yield from _intervals(value, f"{place}{name}.")


ascore = awaited(
    score,
    "ascore",
    """:func:`usbrec.score` for async programs: with the same arguments, awaited.

    Raises what :func:`usbrec.score` raises.

    ```python
    import asyncio
    import usbrec

    async def main():
        scored = await usbrec.ascore(
            "docs/examples/recorded-dialogues.jsonl", catalogue="docs/examples/books.csv"
        )
        print(scored.scores["facts.turn.recommends"].mean)

    asyncio.run(main())
    ```
    """,
)
