"""Rows of entities: tables that Wikidata's query service gives, with a row for each value of each item.

    item,itemLabel,genreLabel
    http://www.wikidata.org/entity/Q221113,Heat,crime film
    http://www.wikidata.org/entity/Q221113,Heat,heist film

The rows of one entity are read together, each value of a column once. A label stands for the address beside
it, and is no name where it is the entity's number, which says that there is none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from usbrec.items.files.cells import text_of
from usbrec.patterns import LazyPattern

_ENTITY = LazyPattern(r"(?:https?://www\.wikidata\.org/entity/|wd:)?(?P<id>[QLM][1-9][0-9]{0,11})")
_LABEL = "Label"


class _Row(Protocol):
    @property
    def columns(self) -> Mapping[str, Any]: ...


R = TypeVar("R", bound=_Row)


class EntityRows:
    """Puts the rows of entities together. `header` are the columns that they have then; `first` are the first
    rows, which say whether it is such a table."""

    def __init__(
        self, header: Sequence[str], first: Sequence[Mapping[str, Any]], kept: Collection[str] = ()
    ) -> None:
        """`kept` are columns that keep their names, because the user says what they are."""
        self._entity = _entity_column(header, first)
        self.header = tuple(header)
        self._names: dict[str, str] = {}
        self.count = 0
        if self._entity is None:
            return
        labelled = [name for name in header if name.endswith(_LABEL) and len(name) > len(_LABEL)]
        self._title = f"{self._entity}{_LABEL}"
        for label in labelled:
            of = label.removesuffix(_LABEL)
            called = of if label != self._title else "title"
            if label not in kept and (of != self._entity or "title" not in header):
                self._names[label] = called
        if self._entity not in kept and "id" not in header:
            self._names[self._entity] = "id"
        replaced = {label.removesuffix(_LABEL) for label in labelled} - {self._entity, *kept}
        taken = dict.fromkeys(name for name in header if name not in replaced)
        self.header = tuple(dict.fromkeys(self._names.get(name, name) for name in taken))
        self._read = tuple(taken)

    def __bool__(self) -> bool:
        return self._entity is not None

    def together(self, rows: Iterable[R | str]) -> Iterator[tuple[R, dict[str, Any]] | str]:
        """The first row of each entity with the columns of all of its rows, and what is no row."""
        found: dict[str, tuple[R, list[Mapping[str, Any]]]] = {}
        for row in rows:
            if isinstance(row, str):
                yield row
                continue
            self.count += 1
            entity = _number(row.columns.get(self._entity or ""))
            if not entity:
                yield row, self._joined([row.columns], "")
                continue
            found.setdefault(entity, (row, []))[1].append(row.columns)
        self.count -= len(found)
        for entity, (row, columns) in found.items():
            yield row, self._joined(columns, entity)

    def _joined(self, rows: Sequence[Mapping[str, Any]], entity: str) -> dict[str, Any]:
        joined: dict[str, Any] = {}
        for name in self._read:
            values = list(dict.fromkeys(text for row in rows if (text := text_of(row.get(name)))))
            called = self._names.get(name, name)
            if name == self._entity:
                joined[called] = entity
            elif name == self._title:
                joined[called] = next((one for one in values if one != entity), "")
            elif values and _is_time(values[0]):
                joined[called] = min(values)  # a film has a date for each country
            else:
                joined[called] = values if len(values) > 1 else "".join(values)
        return joined

    def told(self) -> str:
        """What was put together, in a sentence."""
        if self._entity is None:
            return ""
        labels = ", ".join(f"{name!r} as {of!r}" for name, of in self._names.items())
        return (
            f"Rows of one entity are read together ({self.count} more rows than items); read were {labels}."
        )


def _entity_column(header: Sequence[str], first: Sequence[Mapping[str, Any]]) -> str | None:
    """The first column with a label whose cells are all entities; None where there is none."""
    for name in header:
        if f"{name}{_LABEL}" in header:
            cells = [text for row in first if (text := text_of(row.get(name)))]
            if cells and all(map(_ENTITY.fullmatch, cells)):
                return name
    return None


def _number(value: Any) -> str:
    found = _ENTITY.fullmatch(text_of(value))
    return "" if found is None else found["id"]


_TIME = LazyPattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T.*)?")


def _is_time(text: str) -> bool:
    return _TIME.fullmatch(text) is not None
