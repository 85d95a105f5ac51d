"""Preference pairs as one call: samples and a model in, a record of pairs out."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, overload

from usbrec import pairs as pairs_room
from usbrec import stages
from usbrec.config.loading import GivenSettings
from usbrec.dialogue import PreferencePair
from usbrec.engine import Progress
from usbrec.errors import InputError
from usbrec.library import tables
from usbrec.library.enhancing import Enhanced
from usbrec.library.evaluating import called
from usbrec.library.in_memory import given_folder, held_in_memory
from usbrec.library.loading import CatalogueSource, SamplesSource, given_catalogue, given_path, given_samples
from usbrec.library.progress import progress_shown
from usbrec.library.seats import Seat, named_seats, tell_of_nobody
from usbrec.library.settings import laid_over
from usbrec.library.wording import for_python, in_python
from usbrec.storage import parse_json, read_text, write_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Pairs(Sequence[PreferencePair]):
    """What :func:`usbrec.make_pairs` made: a sequence of :class:`PreferencePair`.

    `path` is the run folder, None where nothing was kept; `results` is what its ``results.json`` holds: how
    many samples gave a pair, why others gave none, what it cost. Pairs are read when they are first asked
    for.
    """

    name: str
    path: Path | None
    results: Mapping[str, Any] = field(repr=False)
    _pairs: tuple[PreferencePair, ...] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """A finished folder of `usbrec pairs`. Raises InputError."""
        folder = Path(path)
        try:
            results = parse_json(read_text(folder / "results.json"))
        except ValueError as problem:
            raise InputError(f"{folder / 'results.json'}: {problem}. Run the same command again.") from None
        return cls(folder.resolve().name, folder, results)

    @functools.cached_property
    def pairs(self) -> tuple[PreferencePair, ...]:
        """All of them, in the order of the samples."""
        if self._pairs is not None:
            return self._pairs
        return () if self.path is None else read_made(self.path)

    def __len__(self) -> int:
        return len(self.pairs)

    @overload
    def __getitem__(self, place: int) -> PreferencePair: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[PreferencePair]: ...
    def __getitem__(self, place: int | slice) -> PreferencePair | Sequence[PreferencePair]:
        return self.pairs[place]

    def __iter__(self) -> Iterator[PreferencePair]:
        return iter(self.pairs)

    def to_pandas(self) -> pd.DataFrame:
        """A row a pair, whose columns docs/api.md lists. Raises ConfigError without pandas (extra
        ``frames``)."""
        return tables.frame_of(map(tables.pair_cells, self.pairs), tables.PAIR_COLUMNS)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write what :meth:`to_pandas` holds. Raises InputError where the file cannot be written."""
        rows = map(tables.pair_cells, self.pairs)
        return write_text(Path(path), tables.csv_of(rows, tables.PAIR_COLUMNS))


@in_python
def make_pairs(
    samples: SamplesSource,
    *,
    recommender: Seat | None = None,
    catalogue: CatalogueSource | None = None,
    seeker: Seat | None = None,
    judge: Seat | None = None,
    rounds: int | None = None,
    drafts: int | None = None,
    candidates: int | None = None,
    ranker: str | os.PathLike[str] | None = None,
    interactions: str | os.PathLike[str] | None = None,
    base_url: str | None = None,
    concurrency: int | None = None,
    limit: int | None = None,
    seed: int | None = None,
    config: GivenSettings | None = None,
    out: str | os.PathLike[str] | None = None,
    replay: str | os.PathLike[str] | None = None,
    progress: Progress | bool | None = None,
) -> Pairs:
    """Draw first replies to every sample, play each to its score, and keep which is better than which.

    Arguments are those of :func:`usbrec.evaluate`; `drafts` is how many replies are drawn (4). Which pairs
    are kept, the settings ``[pairs]`` say; ``results["advice"]`` of what comes back says what to change where
    few rows gave one, and standard error does as soon as the first rows gave none. Raises what
    :func:`usbrec.evaluate` raises.

    Source: USB-Rec (RecSys 2025), section 3 (PODCS).

    ```python
    import usbrec

    pairs = usbrec.make_pairs(
        "docs/examples/books.jsonl",
        recommender="scripted:docs/examples/book-model.jsonl",
        catalogue="docs/examples/books.csv",
    )
    print(len(pairs), pairs.results["dropped"])
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
        horizon=rounds,
        pair_drafts=drafts,
        candidates=candidates,
        ranker=ranker,
        base_url=base_url,
        concurrency=concurrency,
        limit=limit,
        seed=seed,
        **seats.settings,
    )
    given: dict[str, Any] = {
        "config": settings,
        "catalogue": given_catalogue(catalogue, settings.catalogue),
        "interactions": given_path(interactions),
        "replay": given_path(replay),
        "progress": progress_shown(progress),
        "tell": (lambda line: None) if progress is False else _told,
    }
    if seats.objects:
        given["objects"] = seats.objects
    loaded = given_samples(samples)
    tell_of_nobody(config, recommender)
    if (folder := given_folder(out)) is not None:
        return Pairs(folder.resolve().name, folder, stages.make_pairs(loaded, folder, **given))
    with held_in_memory() as kept:
        results = stages.make_pairs(loaded, kept, **given)
        return Pairs(called(results), None, results, read_made(kept))


def _told(line: str) -> None:
    print(for_python(line, inspect.signature(make_pairs).parameters), file=sys.stderr)


def read_made(folder: Path) -> tuple[PreferencePair, ...]:
    """The pairs of a finished run; none where all were dropped. Raises InputError."""
    path = folder / "pairs.jsonl"
    return () if path.is_file() and path.stat().st_size == 0 else pairs_room.read_pairs(path)
