"""Passing values: what columns of categories hold, as replies may say it, colours in every form.

"Rotem", "red" and "rot" are one colour to a catalogue that has any of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from usbrec.items import normalise_title
from usbrec.items.constraints.colours import all_colours, colour_forms


class PassingValues:
    """The values that the columns of one catalogue have, as replies may say them."""

    def __init__(self, values: Mapping[str, frozenset[str]]) -> None:
        by_column: dict[str, list[str]] = {}
        for value, columns in values.items():
            for column in columns:
                by_column.setdefault(column, []).append(value)
        colours = {column: forms for column, names in by_column.items() if (forms := colour_forms(names))}
        self.colour_columns = frozenset(colours)
        #: What may be said, in normal form: the value of the catalogue, or a colour's English name, by the
        #: column.
        self.said: dict[str, dict[str, str]] = {}
        for column, names in by_column.items():
            forms = all_colours() if column in colours else {}
            for said, value in [
                *forms.items(),
                *colours.get(column, {}).items(),
                *((one, one) for one in names),
            ]:
                self.said.setdefault(normalise_title(said), {})[column] = value
        longest = sorted(self.said, key=len, reverse=True)
        self._any = re.compile(rf"(?<![\w-])(?:{'|'.join(map(_as_said, longest))})(?!\w)", re.IGNORECASE)

    def in_text(self, text: str) -> Iterator[re.Match[str]]:
        return self._any.finditer(text)


def _as_said(value: str) -> str:
    """A value in its normal form as an expression for what is written."""
    return re.escape(value).replace("\\ ", "[ -]").replace("ss", "(?:ss|ß)")
