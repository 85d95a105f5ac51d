"""Column arrays: one typed column of a catalogue, and which rows have a name, a number or words in it.

Words are looked for in all texts at once. Few places are found one by one; where there are more, the rarest
four bytes of what is looked for are compared with each place of the file, and only what agrees is looked at
further: one by one, words that stand in every one of a million texts would take a second.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.items.constraints.column_types import TypedColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

#: Yes and no as they are stored.
UNKNOWN = -1
#: So many rows with the words are looked for one by one.
_FEW = 5_000
#: So many bytes of a text, at its beginning, middle and end, say how frequent a few bytes are in it.
_SAMPLED = 1 << 15
#: Of a long needle so many places are looked at for its rarest bytes.
_MOST_PLACES = 64


def as_mask(compared: Any) -> Mask:
    """What comparing an array gives, with its type."""
    mask: Mask = compared
    return mask


def folded(text: str) -> str:
    """A category's name or a text as it is compared."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True)
class Column:
    """A column with its arrays: `values` of numbers, yes and no; `names` with `codes`, or with `ends` and
    `rows`, of categories; `text` (as UTF-8, or the file that has it) and `ends` of texts."""

    about: TypedColumn
    arrays: Mapping[str, NDArray[Any]]
    names: Sequence[str] = ()
    text: bytes | Path = b""

    @functools.cached_property
    def _searched(self) -> bytes:
        # In memory once it is searched: a search of mapped pages is many times slower.
        return self.text if isinstance(self.text, bytes) else self.text.read_bytes()

    @functools.cached_property
    def place(self) -> Mapping[str, int]:
        return {folded(name): place for place, name in enumerate(self.names)}

    def known(self, size: int) -> Mask:
        """Where the column says anything, shape (n,)."""
        if self.about.type == "number":
            return as_mask(~np.isnan(self.arrays["values"]))
        if self.about.type == "yes-no":
            return as_mask(self.arrays["values"] != UNKNOWN)
        if "codes" in self.arrays:
            return as_mask(self.arrays["codes"] != len(self.names))
        if self.about.type == "category":
            mask = np.zeros(size, dtype=np.bool_)
            mask[self.arrays["rows"]] = True
            return mask
        return np.diff(self.arrays["ends"]) > 0

    def with_name(self, name: str, size: int) -> Mask:
        """Where a column of categories has a name."""
        mask = np.zeros(size, dtype=np.bool_)
        place = self.place.get(folded(name))
        if place is not None and "codes" in self.arrays:
            return as_mask(self.arrays["codes"] == place)
        if place is not None:
            ends = self.arrays["ends"]
            mask[self.arrays["rows"][ends[place] : ends[place + 1]]] = True
        return mask

    def containing(self, words: str, size: int) -> Mask:
        """Where these words stand in the column's text, or in a category's name."""
        wanted = folded(words)
        mask = np.zeros(size, dtype=np.bool_)
        if self.about.type == "category":
            for name in self.names:
                if wanted in folded(name):
                    mask |= self.with_name(name, size)
            return mask
        needle, ends = wanted.encode("utf-8", "surrogatepass"), self.arrays["ends"]
        if not needle:
            return self.known(size)
        text, found = self._searched, 0
        for _ in range(_FEW):
            found = text.find(needle, found)
            if found < 0:
                return mask
            row = int(ends.searchsorted(found, side="right")) - 1
            mask[row] = True
            found = int(ends[row + 1])
        # A mark stands between two texts, so that what is found lies within one.
        mask[ends.searchsorted(places_of(needle, text), side="right") - 1] = True
        return mask


def compared_ranges(column: Column, operator: str, value: float) -> Mask:
    """Where a column of ranges meets a bound: what counts reaches it, what measures is within it."""
    least_n, most_n = column.arrays["values"], column.arrays["most"]
    if operator == "=":
        return as_mask(compared(least_n, "<=", value) & compared(most_n, ">=", value))
    upper = operator in ("<=", "<")
    return compared(most_n if upper == column.about.is_measure else least_n, operator, value)


def compared(values_n: NDArray[np.float64], operator: str, value: float) -> Mask:
    # What is not known is no number, and compares with none.
    with np.errstate(invalid="ignore"):
        mask: Mask = {
            "<=": np.less_equal,
            "<": np.less,
            ">=": np.greater_equal,
            ">": np.greater,
            "=": np.equal,
        }[operator](values_n, value)
    return mask


def places_of(needle: bytes, text: bytes) -> NDArray[np.int64]:
    """Where a text has a needle of at least one byte, in rising order; places may overlap."""
    width = 4 if len(needle) > 3 else min(len(needle), 2)
    middle = len(text) // 2
    sample = text[:_SAMPLED] + text[middle : middle + _SAMPLED] + text[-_SAMPLED:]
    offsets = range(min(len(needle) - width + 1, _MOST_PLACES))
    offset = min(offsets, key=lambda place: sample.count(needle[place : place + width]))
    rare = needle[offset : offset + width]
    wanted = np.frombuffer(rare, dtype=f"<u{width}")[0]
    found = []
    for start in range(width):
        count = (len(text) - start) // width
        if count > 0:
            words_n = np.frombuffer(text, dtype=f"<u{width}", offset=start, count=count)
            found.append(np.flatnonzero(words_n == wanted) * width + start)
    places = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
    places -= offset
    places = places[(places >= 0) & (places <= len(text) - len(needle))]
    bytes_n = np.frombuffer(text, dtype=np.uint8)
    for place, byte in enumerate(needle):
        if not offset <= place < offset + width:
            places = places[bytes_n[places + place] == byte]
    places.sort()
    return places
