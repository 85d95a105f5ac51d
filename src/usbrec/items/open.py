"""Catalogue opening: read from the file or, when large, from an index that is written once.

The index lies in the user's cache folder, under a key of everything that decides the items: the file's
content, the field map, the table and the version of our format. A changed file has another key, a damaged
index is made anew, and the whole cache may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import warnings
from dataclasses import asdict
from pathlib import Path

from usbrec import storage
from usbrec.errors import InputError
from usbrec.items.catalogue import Catalogue
from usbrec.items.files.columns import FieldMap
from usbrec.items.files.formats import read_items
from usbrec.items.linking.linker import Linker
from usbrec.items.store import DiskItemStore, write_store
from usbrec.keys import digest

#: Raise it whenever the same file would give other items, or the files of the index change.
FORMAT = 1
#: Below this, reading the file takes a second or two, and items in memory are quicker to use.
INDEX_FROM = 50_000


def load_catalogue(
    path: str | Path,
    fields: FieldMap | None = None,
    *,
    table: str | None = None,
    cache: Path | None = None,
    index_from: int = INDEX_FROM,
) -> Catalogue:
    """Read a catalogue from a file, or open its index where it has `index_from` items or more.

    JSON: an object of id -> attributes (id2info.json), or a list of objects. JSONL: one object a line.
    CSV (also tab or semicolon): a header, then one item a line. Parquet. SQLite: `table`, or the only
    table there is. Columns go by their usual names, or by `fields`. A title may carry its year,
    "Title (1999)"; an id that is missing is the title with year. Lists may be written as one text with
    commas. Where the id column is one of a register of works (IMDb, ISBN), a second row with the same id
    and another title is kept as "ID#2".

    The index is kept in `cache`, by default a folder in the user's cache (USBREC_CACHE moves it); where
    it cannot be written the items stay in memory, and a warning says so.

    Raises InputError for a file that is missing, unreadable, not UTF-8, broken, empty or without a title
    column, and for Parquet without pyarrow; BadLines listing the rows without a title and the ids that
    stand twice; ConfigError when `fields` or `table` names what is not there.
    """
    path = Path(path)
    folder = (cache or _cache()) / _key(path, fields, table)
    items_folder = folder / "items"
    if storage.is_whole(items_folder):
        return Catalogue.on_store(DiskItemStore(items_folder), folder)
    items = read_items(path, fields, table)
    first = list(itertools.islice(items, index_from))
    if len(first) < index_from:
        return Catalogue(first)
    try:
        with storage.atomic_folder(items_folder) as partial:
            write_store(partial, itertools.chain(first, items))
    except OSError as error:
        warnings.warn(f"{folder}: no index can be kept ({error}), so {path} is read anew", stacklevel=2)
        return Catalogue(read_items(path, fields, table))
    return Catalogue.on_store(DiskItemStore(items_folder), folder)


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


def _key(path: Path, fields: FieldMap | None, table: str | None) -> str:
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
    return digest([FORMAT, contents, path.suffix.casefold(), fields_given, table])[:32]
