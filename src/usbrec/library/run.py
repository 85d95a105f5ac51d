"""Run record: scores with intervals, episodes, and a flat table of them."""

from __future__ import annotations

import functools
import html
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from usbrec.dialogue import Episode
from usbrec.errors import InputError
from usbrec.evaluation import Comparison, compare, load_run
from usbrec.evaluation.metrics import Row
from usbrec.evaluation.runs.results import Run as RunRecord
from usbrec.evaluation.statistics import Interval
from usbrec.library import tables
from usbrec.library.wording import in_python
from usbrec.storage import json_lines, parse_json, read_text, write_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Run:
    """What :func:`usbrec.evaluate` found.

    `name` is the run folder's, or the recommender's where nothing was kept. `path` is that folder; None where
    the run was held in memory alone. `results` is what ``results.json`` holds (docs/tutorial.md has its
    fields). Episodes are read from the folder when they are first asked for.

    ```python
    import usbrec

    run = usbrec.evaluate(
        "docs/examples/books.jsonl", recommender="rules:retriever", catalogue="docs/examples/books.csv"
    )
    score = run.scores["ieval"]
    print(score.mean, score.ci95, score.n)
    print(run.episodes[0].turns[-1].text)
    run.to_csv("episodes.csv")
    ```
    """

    name: str
    path: Path | None
    results: Mapping[str, Any] = field(repr=False)
    _rows: tuple[Row, ...] | None = field(default=None, repr=False, compare=False)

    @classmethod
    @in_python
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A finished run folder, as `usbrec evaluate -o` writes it too. Raises InputError."""
        folder = Path(path)
        if (folder / "rankings.jsonl").is_file():
            return cls(folder.resolve().name, folder, parse_json(read_text(folder / "results.json")))
        record = load_run(folder)
        return cls(record.name, folder, record.results, tuple(record.rows))

    @property
    def scores(self) -> Mapping[str, Interval]:
        """Every mean of the results that has an interval, by its place in them.

        "ieval" (0 to 2) and "hit" (a share of rows) are the outcomes, "non_repeats.hit" is the hit on rows
        whose context had not named a target. Each has `mean`, `ci95` (low, high; 95 %, dialogues resampled),
        `n` (rows it is taken over) and `clusters` (dialogues); None where there is no row. A run that only
        ranks has "recall.10", "ndcg.10" and the like.
        """
        found = dict(_intervals(self.results))
        if not self._ranks:
            return found
        return {name.removeprefix("intervals."): one for name, one in found.items() if one.n}

    @functools.cached_property
    def rows(self) -> tuple[Row, ...]:
        """One mapping a sample, failed ones too: a line of ``episodes.jsonl`` (``rankings.jsonl``)."""
        if self._rows is not None:
            return self._rows
        return () if self.path is None else read_rows(self.path, self.results)

    @functools.cached_property
    def episodes(self) -> tuple[Episode, ...]:
        """The dialogues that were played, in the order of the samples; failed rows have none."""
        if self._ranks:
            return ()
        return tuple(Episode.from_json(row["episode"]) for row in self.rows if row["episode"] is not None)

    @property
    def failures(self) -> Mapping[str, str]:
        """Sample id -> why its row failed: the error's kind and message."""
        return {row["sample_id"]: row["failed"] for row in self.rows if row["failed"] is not None}

    def to_pandas(self) -> pd.DataFrame:
        """A row an episode, failed ones too, whose columns docs/api.md lists. Raises
        ConfigError without pandas (extra ``frames``)."""
        return tables.frame_of(self._cells(), self._columns)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write what :meth:`to_pandas` holds. Raises InputError where the file cannot be written."""
        return write_text(Path(path), tables.csv_of(self._cells(), self._columns))

    def to_latex(self) -> str:
        """The outcomes, costs and reply counts as ``tabular`` environments (package booktabs)."""
        return self._alone().to_latex()

    @in_python
    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write results as the ending says: .html (the report), .json, .md, .tex, or .csv (estimates;
        episodes are in :meth:`to_csv`). Raises ConfigError for another ending, InputError."""
        return self._alone().save(Path(path))

    def record(self, name: str | None = None) -> RunRecord:
        """The run as the room of evaluation has it, under another name if given. Raises InputError for one
        that only ranks: it has no score to compare."""
        if self._ranks:
            raise InputError(
                f"{self.name}: this run ranks and plays nothing (mode retrieval). See its `results`."
            )
        record = RunRecord(self.name, self.path or Path(), self.results, self.rows)
        return record if name is None else replace(record, name=name)

    def _alone(self) -> Comparison:
        return compare([self.record()])

    @property
    def _ranks(self) -> bool:
        return only_ranks(self.results)

    @property
    def _columns(self) -> Mapping[str, str]:
        return tables.RANKING_COLUMNS if self._ranks else tables.EPISODE_COLUMNS

    def _cells(self) -> Iterator[dict[str, Any]]:
        of: Callable[[Row], dict[str, Any]] = tables.ranking_cells if self._ranks else tables.episode_cells
        return map(of, self.rows)

    def _repr_html_(self) -> str:
        if not self._ranks:
            return self._alone()._repr_html_()
        told = ((name, interval) for name, interval in self.scores.items() if interval.mean is not None)
        lines = (f"<tr><td>{html.escape(name)}</td><td>{one.mean:.3f}</td></tr>" for name, one in told)
        return f"<table><caption>{html.escape(self.name)}</caption>{''.join(lines)}</table>"


def read_rows(folder: Path, results: Mapping[str, Any]) -> tuple[Row, ...]:
    """The lines of ``episodes.jsonl``, or of ``rankings.jsonl``. Raises InputError."""
    if not only_ranks(results):
        return tuple(load_run(folder).rows)
    rows = json_lines(read_text(folder / "rankings.jsonl"))
    return tuple(row for _, row in rows if not isinstance(row, str))


def only_ranks(results: Mapping[str, Any]) -> bool:
    """Whether a run plays nothing (mode retrieval)."""
    return bool(results["config"].get("mode") == "retrieval")


def _intervals(results: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Interval]]:
    for name, value in results.items():
        if name == "config" or not isinstance(value, Mapping):
            continue
        if "ci95" in value and "clusters" in value:
            yield f"{place}{name}", Interval.from_json(value)
        else:
            yield from _intervals(value, f"{place}{name}.")
