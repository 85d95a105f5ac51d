"""Catalogues and samples from files and from what a program holds in memory."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeAlias, get_args

from usbrec.config import CatalogueFile
from usbrec.data import read_samples
from usbrec.data.reading import sharing_turns
from usbrec.data.samples import collect_samples
from usbrec.dialogue import Item, Role, Sample
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.items import Catalogue, FieldMap, known_targets, popularity_from
from usbrec.items import load_catalogue as read_catalogue
from usbrec.items.constraints.column_types import TYPES, ColumnType
from usbrec.items.files.formats import Tell, table_items
from usbrec.items.files.report import ReadingReport
from usbrec.items.files.rows import Row, Table
from usbrec.items.open import told_of
from usbrec.library.rows import Frame, plain, rows_of_frame, rows_of_mappings, with_read_cells
from usbrec.library.wording import in_python

CatalogueSource: TypeAlias = (
    "str | os.PathLike[str] | Catalogue | Frame | Iterable[Item] | Iterable[Mapping[str, Any]] "
    "| Mapping[str, Mapping[str, Any]]"
)
SamplesSource: TypeAlias = "str | os.PathLike[str] | Frame | Iterable[Sample] | Iterable[Mapping[str, Any]]"


@in_python
def load_catalogue(
    source: CatalogueSource,
    *,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    table: str | None = None,
    encoding: str | None = None,
    strict: bool = False,
    interactions: str | os.PathLike[str] | None = None,
    types: Mapping[str, ColumnType] | None = None,
) -> Catalogue:
    """The items that can be recommended, from a file or from memory.

    `source` is a file (CSV, JSON, JSON lines, Parquet, SQLite; of the last `table`, where there are several),
    a pandas or polars frame, a list of mappings, a mapping of id to attributes, a list of :class:`Item`, or a
    catalogue, which is given back. Columns go by their usual names (docs/own-catalogue.md has them), or by
    `columns`: ``{"title": "Naam", "people": ["Regie", "Cast"]}``. Only a title is owed; a missing id is the
    title with its year. `encoding` is that of a text file that is not UTF-8 (``"cp1252"``). `interactions` is
    a file of mentions, clicks or samples to count popularity from. `types` says what further columns hold,
    where their cells do not tell it: ``{"price": "number"}``, else "yes-no", "category" or "text".

    A row without a title or with an id that another row has is left out, and a cell that opens like a list
    and is none counts as unknown. Both are told by an :class:`usbrec.errors.InputWarning` and stand in the
    catalogue's ``report``, beside which columns were taken for what; with `strict` they are an error.

    Raises InputError where there is no title column or no item, BadLines naming the rows that cannot be used
    (counted from 1) where they are more than half or `strict` is set, and ConfigError where `columns` names
    what is not there.

    ```python
    import usbrec

    catalogue = usbrec.load_catalogue(
        [{"title": "Dune", "year": 1965, "genre": "science fiction"}, {"title": "Emma", "year": 1815}]
    )
    print(len(catalogue), catalogue.find("Dune")[0].name)
    ```
    """
    fields = _fields(columns)
    if isinstance(source, str | os.PathLike):
        items = read_catalogue(
            Path(source), fields, table=table, encoding=encoding, strict=strict, types=_types(types)
        )
    elif encoding is not None:
        raise ConfigError(f"encoding={encoding!r} is for text files. Leave it out for what is in memory.")
    elif table is not None:
        raise ConfigError(f"table={table!r} is for SQLite files. Leave it out for what is in memory.")
    elif isinstance(source, Catalogue):
        if columns is not None:
            raise ConfigError("columns=... is for files, frames and mappings. A catalogue has its items.")
        if types is not None:
            raise ConfigError("types=... is for files, frames and mappings. A catalogue has its columns.")
        items = source
    else:
        items = _catalogue_of(source, fields, strict, _types(types))
    return (
        items if interactions is None else items.with_popularity(popularity_from(Path(interactions), items))
    )


class LoadedSamples(tuple[Sample, ...]):
    """Samples in their order, with those that were left out of them."""

    left_out: tuple[str, ...] = ()
    """The samples that the catalogue has no target of, each as its id and why, and before them what of the
    file cannot be used, each as its place and why."""

    @classmethod
    def of(cls, samples: Sequence[Sample], left_out: Sequence[str]) -> LoadedSamples:
        """`samples`, with what was left out of them."""
        loaded = cls(samples)
        loaded.left_out = tuple(left_out)
        return loaded


@in_python
def load_samples(
    source: SamplesSource,
    *,
    kind: str | None = None,
    catalogue: CatalogueSource | None = None,
    strict: bool = False,
) -> tuple[Sample, ...]:
    """Points in recorded dialogues where a recommendation is due, from a file or from memory; at least one.

    `source` is a file of our own format or of a published data set (docs/own-catalogue.md lists them), a list
    of :class:`Sample`, or a list of mappings or a pandas or polars frame with the fields of our own format:
    ``id``, ``turns`` (a list of mappings with ``role`` and ``text``), ``targets`` (a list of titles), and,
    where known, ``dialogue_id`` and ``label``. In a frame a list may also be written as JSON. The content
    tells the format; `kind` says it where it does not: redial, ievalm, opendialkg, inspired, crslab,
    zero-shot, llm-redial, tau-rec, dialoguekit, crsarena-dial, crsarena-eval, mg-shopdial, sharegpt,
    turn-log, own.

    What of a file should give samples and cannot be used is left out, told by an
    :class:`usbrec.errors.InputWarning`, and named in ``left_out`` of what is given back; so are, with a
    `catalogue`, samples of whose targets it has none. With `strict`, or where they are more than half, they
    are an error. (What plays with rules does this by itself.)

    Raises BadLines naming each row that cannot be used (counted from 1) and its field, InputError where there
    is no sample, and ConfigError for an unknown `kind`.

    ```python
    import usbrec

    samples = usbrec.load_samples(
        [
            {
                "id": "s1",
                "dialogue": [{"role": "user", "text": "Something slow and dark, please."}],
                "targets": ["Zodiac (2007)"],
            }
        ]
    )
    print(samples[0].turns[-1].text)
    ```
    """
    loaded, unusable = _samples(source, kind, strict)
    if catalogue is None:
        return LoadedSamples.of(loaded, unusable)
    items = catalogue if isinstance(catalogue, Catalogue) else load_catalogue(catalogue, strict=strict)
    where = os.fspath(source) if isinstance(source, str | os.PathLike) else "samples"
    kept, left_out = known_targets(
        loaded, items, where, "Add the targets' items to the catalogue, or leave it out.", strict=strict
    )
    return LoadedSamples.of(kept, (*unusable, *left_out))


def _samples(
    source: SamplesSource, kind: str | None, strict: bool
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """The samples, and what was left out of them."""
    if isinstance(source, str | os.PathLike):
        read = read_samples(source, kind, strict=strict)
        return tuple(read.found), read.left_out
    where = "samples"
    rows = rows_of_frame(source, where)
    if rows is None:
        listed = _listed(source, where, "samples")
        if listed and all(isinstance(row, Sample) for row in listed):
            # As read back from a file: checked, and lists in place of tuples set right.
            collect_samples(where, rows_of_mappings(map(plain, listed), where).numbered(), "own")
            _check_roles(listed, where)
            shared = sharing_turns(
                Sample.from_json(row.to_json()) for row in listed if isinstance(row, Sample)
            )
            return shared, ()
        rows = rows_of_mappings(map(plain, listed), where)
    else:
        rows = with_read_cells(rows)
    gathered = collect_samples(where, rows.numbered(), kind, strict=strict)
    return tuple(gathered.found), gathered.left_out


def _check_roles(listed: Sequence[object], where: str) -> None:
    """Raises BadLines for turns of nobody's: in a record the roles have one name each."""
    problems = [
        f"row {number}: turns: role {turn.role!r} of a Turn is neither 'seeker' nor 'recommender'"
        for number, sample in enumerate(listed, start=1)
        if isinstance(sample, Sample)
        for turn in sample.turns
        if turn.role not in get_args(Role)
    ]
    if problems:
        raise BadLines(where, problems)


def given_samples(source: SamplesSource) -> str | Path | tuple[Sample, ...]:
    """Samples as a stage takes them: a path, or what was read from memory."""
    return Path(source) if isinstance(source, str | os.PathLike) else load_samples(source)


def given_catalogue(source: CatalogueSource | None, file: CatalogueFile) -> Path | Catalogue | None:
    """The same of a catalogue; `file` says which columns of a frame hold what."""
    if source is None or isinstance(source, Catalogue):
        return source
    if isinstance(source, str | os.PathLike):
        return Path(source)
    columns = file.model_dump(include=set(FieldMap.__dataclass_fields__), exclude_none=True)
    return load_catalogue(source, columns=columns or None, strict=file.strict, types=file.columns or None)


def given_path(path: str | os.PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)


def _fields(columns: Mapping[str, str | Sequence[str]] | None) -> FieldMap | None:
    if columns is None:
        return None
    known = FieldMap.__dataclass_fields__
    for name in columns:
        if name not in known:
            raise ConfigError(f"columns: no attribute is called {name!r}. There are: {', '.join(known)}.")
    return FieldMap(**{name: _column(name, column) for name, column in columns.items()})


def _types(types: Mapping[str, ColumnType] | None) -> Mapping[str, ColumnType]:
    for name, kind in (types or {}).items():
        if kind not in TYPES:
            raise ConfigError(f"types: {name} is {kind!r}. A column holds one of {', '.join(TYPES)}.")
    return types or {}


def _column(name: str, column: object) -> str | tuple[str, ...]:
    """A column's name, or several; those of a frame may be numbers."""
    if isinstance(column, str | int):
        return str(column)
    if isinstance(column, Iterable) and not isinstance(column, Mapping | bytes):
        return tuple(map(str, column))
    raise ConfigError(f"columns: {name} is {column!r}. Give the name of a column, or a list of them.")


def _catalogue_of(
    source: object, fields: FieldMap | None, strict: bool, types: Mapping[str, ColumnType]
) -> Catalogue:
    reports: list[ReadingReport] = []
    catalogue = Catalogue(_items(source, fields, reports.append, types))
    for report in reports:
        if strict:
            report.refuse()
        told_of(catalogue.reported(report).report or report)
    return catalogue


def _items(
    source: object, fields: FieldMap | None, tell: Tell, types: Mapping[str, ColumnType]
) -> Iterator[Item]:
    where = "catalogue"
    keys: tuple[str, ...] | None = None
    rows = rows_of_frame(source, where)
    if rows is None and isinstance(source, Mapping):
        keys = tuple(str(_as_text(key)).strip() for key in source)
        rows = rows_of_mappings(source.values(), where)
    if rows is None:
        listed = _listed(source, where, "items")
        if any(isinstance(row, Item) for row in listed):
            if fields is not None:
                raise ConfigError(
                    "columns=... is for files, frames and mappings. An Item has its attributes."
                )
            if types:
                raise ConfigError("types=... is for files, frames and mappings. Items have their texts.")
            return _checked(listed, where, tell)
        rows = rows_of_mappings(listed, where)
    table = Table(
        rows.columns,
        (
            f"{place}: {row}" if isinstance(row, str) else Row(place, row, key)
            for (place, row), key in zip(rows.numbered(), keys or itertools.repeat(None), strict=False)
        ),
        keyed=keys is not None,
        again=lambda: (row for _, row in rows.numbered()),
    )
    return table_items(table, where, fields, name_it='columns={"title": "..."}', tell=tell, types=types)


def _listed(source: object, where: str, what: str) -> list[object]:
    if isinstance(source, Iterable) and not isinstance(source, Mapping | bytes):
        return list(source)
    raise InputError(
        f"{where}: {type(source).__name__} is nothing that {what} are read from. "
        "Give a file's path, a frame, or a list."
    )


def _checked(listed: Sequence[object], where: str, tell: Tell) -> Iterator[Item]:
    """The items whose ids differ. Raises BadLines where less than half are."""
    items: list[Item] = []
    problems: list[str] = []
    first: dict[str, int] = {}
    for number, item in enumerate(listed, start=1):
        if not isinstance(item, Item):
            problems.append(f"row {number}: expected an Item, found {type(item).__name__}")
            continue
        item = replace(item, id=_as_text(item.id), title=_as_text(item.title), extra=_as_cells(item.extra))
        wrong = _wrong_with(item)
        if wrong is not None:
            problems.append(f"row {number}: {wrong}")
        elif item.id in first:
            problems.append(f"row {number}: id {item.id!r} stands already in row {first[item.id]}")
        else:
            first[item.id] = number
            genres, people, also = tuple(item.genres), tuple(item.people), tuple(item.also)
            items.append(replace(item, genres=genres, people=people, also=also))
    if len(items) < len(problems):
        raise BadLines(where, problems, "Every row needs a title and an id of its own.")
    tell(ReadingReport(where, ids_from="the items", items=len(items), left_out=tuple(problems)))
    return iter(items)


def _as_text(value: Any) -> Any:
    """Whole numbers as the texts that ids and titles are; numpy's are numbers, too, and so are fractions that
    are whole."""
    if isinstance(value, Integral) or (isinstance(value, float) and value.is_integer()):
        return value if isinstance(value, bool) else str(int(value))
    return value


def _as_cells(extra: Any) -> Any:
    """Further attributes as the texts that they are in files; what is unknown is left out."""
    if not isinstance(extra, Mapping):
        return extra
    return {
        str(name): str(value).lower()
        if isinstance(value, bool)
        else str(_as_text(value))
        if isinstance(value, Real)
        else value
        for name, value in extra.items()
        if value is not None
    }


def _wrong_with(item: Item) -> str | None:
    """What an item holds that is of another type than the record says, if anything."""
    if not isinstance(item.id, str):
        return f"id: expected a text, found {type(item.id).__name__}"
    if not isinstance(item.title, str) or not item.title.strip():
        return "no title"
    if item.year is not None and not isinstance(item.year, Integral):
        return f"year: expected a whole number, found {type(item.year).__name__}"
    for name, value in (("genres", item.genres), ("people", item.people), ("also", item.also)):
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            return f"{name}: expected a list of texts, found {value!r}"
    if not isinstance(item.text, str):
        return f"text: expected a text, found {type(item.text).__name__}"
    number = item.popularity
    if isinstance(number, bool) or not isinstance(number, Real) or not math.isfinite(number):
        return f"popularity: expected a number, found {number!r}"
    if not isinstance(item.extra, Mapping):
        return f"extra: expected a mapping, found {type(item.extra).__name__}"
    for name, value in item.extra.items():
        if not isinstance(value, str):
            return f"extra: {name}: expected a text or a number, found {type(value).__name__}"
    return None
