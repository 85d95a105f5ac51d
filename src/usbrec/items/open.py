"""Catalogue opening: read from the file or, when large, from an index that is written once.

The index lies in the user's cache folder, under a key of everything that decides the items: the file's
content, the field map, the table and the version of our format. A changed file has another key, a damaged
index is made anew, and the whole cache may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import logging
import warnings
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

from usbrec import storage
from usbrec.errors import InputError, InputWarning
from usbrec.items.catalogue import Catalogue
from usbrec.items.constraints.column_types import ColumnType
from usbrec.items.files.columns import FieldMap
from usbrec.items.files.formats import read_items
from usbrec.items.files.report import ReadingReport
from usbrec.items.linking.linker import Linker
from usbrec.items.store import DiskItemStore, write_store
from usbrec.keys import digest

#: Raise it whenever the same file would give other items, or the files of the index change.
FORMAT = 12
#: Below this, reading the file takes a second or two, and items in memory are quicker to use.
INDEX_FROM = 50_000
#: Says of every catalogue that is read whole which columns were taken for what.
LOG = logging.getLogger("usbrec.catalogue")
_REPORT = "report.json"


def load_catalogue(
    path: str | Path,
    fields: FieldMap | None = None,
    *,
    table: str | None = None,
    encoding: str | None = None,
    strict: bool = False,
    cache: Path | None = None,
    index_from: int = INDEX_FROM,
    types: Mapping[str, ColumnType] | None = None,
) -> Catalogue:
    """Read a catalogue from a file, or open its index where it has `index_from` items or more.

    JSON: an object of id -> attributes (id2info.json), or a list of objects. JSONL: one object a line.
    CSV (also tab or semicolon): a header, then one item a line. Parquet. SQLite: `table`, or the only
    table there is. Columns go by their usual names, or by `fields`. A title may carry its year,
    "Title (1999)"; an id that is missing is the title with year. Lists may be written as one text with
    commas. Where the id column is one of a register of works (IMDb, ISBN), a second row with the same id
    and another title is kept as "ID#2". `encoding` is that of a text file that is not UTF-8. Types of further
    columns are inferred unless `types` says them.

    A row without a title or with an id that stands already is left out, and a cell that opens like a list and
    is none counts as unknown. Both are told by an InputWarning and stand in the catalogue's `report`; with
    `strict` they are an error.

    The index is kept in `cache`, by default a folder in the user's cache (USBREC_CACHE moves it); where
    it cannot be written the items stay in memory, and a warning says so.

    Raises InputError for a file that is missing, unreadable, not UTF-8, broken, empty or without a title
    column, and for Parquet without pyarrow; BadLines listing lines that are no JSON, or the rows that cannot
    be used where they are more than half or `strict` is set; ConfigError when `fields` or `table` names what
    is not there, or `encoding` is none.
    """
    catalogue = open_catalogue(
        path,
        fields,
        table=table,
        encoding=encoding,
        strict=strict,
        cache=cache,
        index_from=index_from,
        types=types,
    )
    if catalogue.report is not None:
        told_of(catalogue.report)
    return catalogue


def open_catalogue(
    path: str | Path,
    fields: FieldMap | None = None,
    *,
    table: str | None = None,
    encoding: str | None = None,
    strict: bool = False,
    cache: Path | None = None,
    index_from: int = INDEX_FROM,
    types: Mapping[str, ColumnType] | None = None,
) -> Catalogue:
    """The same for whoever tells by themselves what was left out: it stands in the catalogue's `report`."""
    return _opened(Path(path), fields, table, encoding, strict, cache or _cache(), index_from, types or {})


def told_of(report: ReadingReport) -> None:
    """Say what a catalogue's reading left out or had to guess, else (in the log) which columns it took for
    what."""
    if report.whole and not report.doubtful:
        LOG.info("%s: %d items. %s", report.where, report.items, report.columns_told())
    else:
        warnings.warn(report.told(), InputWarning, stacklevel=4)


def _opened(
    path: Path,
    fields: FieldMap | None,
    table: str | None,
    encoding: str | None,
    strict: bool,
    cache: Path,
    index_from: int,
    types: Mapping[str, ColumnType],
) -> Catalogue:
    folder = cache / _key(path, fields, table, encoding, types)
    items_folder = folder / "items"
    if storage.is_whole(items_folder):
        return _on_disk(folder, str(path), strict)
    reports: list[ReadingReport] = []

    def tell(report: ReadingReport) -> None:
        if strict:
            report.refuse()
        reports.append(report)

    items = read_items(path, fields, table, encoding=encoding, tell=tell, types=types)
    first = list(itertools.islice(items, index_from))
    if len(first) < index_from:
        return Catalogue(first).reported(reports[-1])
    try:
        with storage.atomic_folder(items_folder) as partial:
            write_store(partial, itertools.chain(first, items))
            (partial / _REPORT).write_text(json.dumps(reports[-1].to_json()), encoding="utf-8")
    except OSError as error:
        warnings.warn(f"{folder}: no index can be kept ({error}), so {path} is read anew", stacklevel=3)
        found = Catalogue(read_items(path, fields, table, encoding=encoding, tell=tell, types=types))
        return found.reported(reports[-1])
    return _on_disk(folder, str(path), strict)


def _on_disk(folder: Path, where: str, strict: bool) -> Catalogue:
    """The catalogue of an index. The report goes by the name of this file, of which another may be a copy."""
    items_folder = folder / "items"
    written = json.loads((items_folder / _REPORT).read_text(encoding="utf-8"))
    report = replace(ReadingReport.from_json(written), where=where)
    if strict:
        report.refuse()
    return Catalogue.on_store(DiskItemStore(items_folder), folder).reported(report)


def open_linker(catalogue: Catalogue) -> Linker:
    """The linker of a catalogue. One that has an index gets its linker beside it, and opens that later."""
    if catalogue.folder is None:
        return Linker(catalogue)
    # Popularity, which may be counted anew, decides what a shared title means.
    folder = catalogue.folder / f"linker-{catalogue.digest[:16]}"
    if storage.is_whole(folder):
        # One that another version of the linker wrote is made anew.
        with contextlib.suppress(InputError):
            return Linker.open(folder, catalogue)
    linker = Linker(catalogue)
    try:
        with storage.atomic_folder(folder) as partial:
            linker.save(partial)
    except OSError as error:
        warnings.warn(f"{folder}: no index of titles can be kept ({error})", stacklevel=2)
    return linker


def _cache() -> Path:
    return storage.cache_folder() / "catalogues"


def _key(
    path: Path,
    fields: FieldMap | None,
    table: str | None,
    encoding: str | None,
    types: Mapping[str, ColumnType],
) -> str:
    """Everything that decides the items, the suffix among it; a file that cannot be read has none."""
    contents = []
    # What a database has not yet taken over from its log stands beside it.
    for part in (path, path.with_name(f"{path.name}-wal")):
        try:
            with part.open("rb") as file:
                contents.append(hashlib.file_digest(file, "sha256").hexdigest())
        except (OSError, ValueError):
            contents.append("")
    fields_given = asdict(fields or FieldMap())
    decides = [FORMAT, contents, path.suffix.casefold(), fields_given, table, encoding]
    return digest([*decides, dict(types)] if types else decides)[:32]
