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
        #: What may be said, by the word that it begins with: one expression for the thousands of values that
        #: a catalogue may have would be tried out at each place of a reply.
        self._begun: dict[str, list[str]] = {}
        for said in sorted(self.said, key=len, reverse=True):
            word = _WORD.match(said)
            self._begun.setdefault(_key(word[0]) if word else "", []).append(said)
        self._patterns: dict[str, re.Pattern[str]] = {}

    def in_text(self, text: str) -> Iterator[re.Match[str]]:
        """Where values stand, from the left, the longest at each place; none within another."""
        end = 0
        for word in _WORD.finditer(text):
            if word.start() < end or text[word.start() - 1 : word.start()] == "-":
                continue
            key = _key(word[0])
            if key in self._begun and (match := self._pattern(key).match(text, word.start())) is not None:
                end = match.end()
                yield match

    def _pattern(self, key: str) -> re.Pattern[str]:
        if key not in self._patterns:
            values = "|".join(map(_as_said, self._begun[key]))
            self._patterns[key] = re.compile(rf"(?:{values})(?!\w)", re.IGNORECASE)
        return self._patterns[key]


_WORD = re.compile(r"\w+")


def _key(word: str) -> str:
    return word.lower().replace("ß", "ss")


def _as_said(value: str) -> str:
    """A value in its normal form as an expression for what is written."""
    return re.escape(value).replace("\\ ", "[ -]").replace("ss", "(?:ss|ß)")
