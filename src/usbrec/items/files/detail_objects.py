"""Details of an item in an object of its row: Amazon's "details", Yelp's "attributes", a shop's "specs".

    {"name": "Lamp", "attributes": {"Color": "red", "WiFi": "u'free'", "OutdoorSeating": "False"}}

Their fields are read as columns of their own; as a list of values nobody would know what "False" is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from usbrec.items.files.cells import NAME_KEYS, amount_in, hours_in, is_by_language, text_of
from usbrec.items.files.column_names import any_use, column_key
from usbrec.patterns import LazyPattern

#: How many fields become columns, the most frequent.
_MOST = 40
#: Of so many fields a "label" or "value" is the object's name; of more it is a detail, as of a record.
_FEW = 3
_NAME = LazyPattern(r"[^\W\d_][\w .&()'/%-]{0,39}")
#: As Python 2 wrote a text into a text.
_PYTHON_TEXT = LazyPattern(r"u?'([^']*)'|u\"([^\"]*)\"")


class DetailObjects:
    """The columns of objects whose fields are columns. `first` are the first rows, `kept` the columns that
    the user names."""

    def __init__(
        self, header: Sequence[str], first: Sequence[Mapping[str, Any]], kept: Collection[str] = ()
    ) -> None:
        self._fields: dict[str, dict[str, str]] = {}
        taken = {column_key(name) for name in header}
        for column in header:
            cells = [cell for row in first if isinstance(cell := row.get(column), Mapping) and cell]
            if not cells or column in kept or any_use(column_key(column)) or not all(map(_details, cells)):
                continue
            often = Counter(key for cell in cells for key in cell if _is_field(key, cell[key]))
            if len(cells) > 1 and max(often.values(), default=0) < 2:
                continue  # names of values, each another
            names: dict[str, str] = {}
            for key, _ in often.most_common(_MOST):
                name = key if not any_use(column_key(key)) else f"{column} {key}"
                if column_key(name) not in taken:
                    taken.add(column_key(name))
                    names[key] = name
            if names:
                self._fields[column] = names
        more = (name for names in self._fields.values() for name in names.values())
        self.header = tuple(dict.fromkeys((*header, *more)))

    def __bool__(self) -> bool:
        return bool(self._fields)

    def opened(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row with the fields as columns; what else the objects hold stays there, with its name."""
        found = dict(row)
        for column, names in self._fields.items():
            cell = row.get(column)
            if isinstance(cell, Mapping):
                found |= {name: _plain(cell[key]) for key, name in names.items() if key in cell}
                found[column] = _rest({key: value for key, value in cell.items() if key not in names})
        return found

    def told(self) -> str:
        """What was read so, in a sentence."""
        columns = ", ".join(map(repr, self._fields))
        return f"Fields of the objects in {columns} are read as columns." if columns else ""


def _details(cell: Mapping[Any, Any]) -> bool:
    """Whether an object says several things of an item: it has no name, and is no amount, no hours, no text
    in several languages and no list of what is there ({"Action": 1, "Drama": 0})."""
    keys = {column_key(str(key)) for key in cell}
    named = not keys.isdisjoint(("name", "title")) or (len(keys) <= _FEW and not keys.isdisjoint(NAME_KEYS))
    if named or amount_in(cell) or hours_in(cell) or is_by_language(cell):
        return False
    return any(isinstance(value, str) for value in cell.values())


def _is_field(key: Any, value: Any) -> bool:
    return isinstance(key, str) and _NAME.fullmatch(key) is not None and not isinstance(value, Mapping)


def _rest(fields: Mapping[Any, Any]) -> Any:
    if any(isinstance(value, Mapping | list) for value in fields.values()):
        return fields
    return ", ".join(f"{key}: {text}" for key, value in fields.items() if (text := text_of(_plain(value))))


def _plain(value: Any) -> Any:
    found = _PYTHON_TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
    return value if found is None else found[1] if found[1] is not None else found[2]
