"""Served catalogue: the files it comes from, how they stand now, and what is told of it."""

from __future__ import annotations

import csv
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Literal

from usbrec.serve.models import ServedModels

#: How a file stands: when and how it was changed last, how large it is, and which one it is. A file that is
#: renamed into place may have the size and the time of the one before; None: there is none.
Stamp = tuple[int, int, int, int] | None

#: Why a changed catalogue is not taken up.
Why = Literal["vanished", "unusable", "unfinished", "shrunk", "changing", "failed"]
_TABLES = frozenset({".csv", ".tsv", ".txt"})
_JSON_LINES = frozenset({".jsonl", ".ndjson"})


class Ending(IntEnum):
    """How a file of lines ends, the better first: with the end of a line, or without, as some programs write
    it; or in the middle of a row. Files of other kinds are whole, or cannot be read."""

    WHOLE = 0
    OPEN = 1
    TORN = 2


@dataclass(frozen=True)
class CatalogueSource:
    """The files that a served catalogue is read from."""

    catalogue: Path
    interactions: Path | None = None
    #: The folder of the ranker, which is whole when its `ranker.json` is there.
    ranker: Path | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        ranker = None if self.ranker is None else self.ranker / "ranker.json"
        return tuple(path for path in (self.catalogue, self.interactions, ranker) if path is not None)

    def stamps(self) -> tuple[Stamp, ...]:
        """How all of them stand, and beside them what a database has not yet taken over from its log."""
        log = self.catalogue.with_name(f"{self.catalogue.name}-wal")
        return tuple(_stamp(path) for path in (*self.files, log))

    def missing(self) -> Path | None:
        """The first file that is not there."""
        return next((path for path in self.files if _stamp(path) is None), None)

    def ending(self) -> Ending:
        """How the catalogue's file ends."""
        kind = self.catalogue.suffix.lower()
        if kind not in _TABLES and kind not in _JSON_LINES:
            return Ending.WHOLE
        try:
            with self.catalogue.open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - 2))
                if file.read().rstrip(b"\0")[-1:] in (b"\n", b"\r"):
                    return Ending.WHOLE
                file.seek(0)
                # Of UTF-16 what matters here is as it is in ASCII.
                text = file.read().replace(b"\0", b"")
        except OSError:
            return Ending.WHOLE
        torn = _torn_row(text) if kind in _TABLES else _torn_object(text)
        return Ending.TORN if torn else Ending.OPEN


def _torn_row(text: bytes) -> bool:
    """Whether the last row of a table that ends without the end of a line lacks cells, or ends in quotes."""
    if text.count(b'"') % 2:
        return True
    lines = text.splitlines()
    header, last = lines[0], lines[-1]
    between = max((b",", b";", b"\t", b"|"), key=header.count).decode()
    if last.count(b'"') % 2:  # the end of a cell with several lines
        return False
    rows = csv.reader([header.decode("latin-1"), last.decode("latin-1")], delimiter=between)
    return len(next(rows)) > len(next(rows, []))


def _torn_object(text: bytes) -> bool:
    try:
        json.loads(text.splitlines()[-1])
    except (ValueError, RecursionError):
        return True
    return False


def _stamp(path: Path) -> Stamp:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a changed catalogue was not taken up. `message` names files, and may quote them."""

    code: Why
    message: str
    at: float


@dataclass(frozen=True, slots=True)
class CatalogueStatus:
    """What is served: how many items, the digest of all of them, since when (seconds since 1970), how many
    seconds it took to read them, how many rows were left out, how often a changed catalogue was taken up,
    and what became of the last change if it was not."""

    items: int
    digest: str
    loaded: float
    seconds: float | None
    left_out: int
    reloads: int = 0
    loading: bool = False
    problem: Problem | None = None

    @classmethod
    def of(
        cls, served: ServedModels, seconds: float | None = None, reloads: int = 0
    ) -> CatalogueStatus | None:
        """None without a catalogue."""
        catalogue = served.catalogue
        if catalogue is None:
            return None
        left_out = 0 if catalogue.report is None else len(catalogue.report.left_out)
        return cls(len(catalogue), catalogue.digest, time.time(), seconds, left_out, reloads)

    def to_json(self, *, whole: bool) -> Mapping[str, Any]:
        """Without `whole` a problem has no message: that is for whoever may come in."""
        problem = None
        if self.problem is not None:
            problem = {"code": self.problem.code, "at": _moment(self.problem.at)}
            if whole:
                problem["message"] = self.problem.message
        return {
            "items": self.items,
            "digest": self.digest,
            "loaded": _moment(self.loaded),
            "seconds": None if self.seconds is None else round(self.seconds, 3),
            "left_out": self.left_out,
            "reloads": self.reloads,
            "loading": self.loading,
            "problem": problem,
        }


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
