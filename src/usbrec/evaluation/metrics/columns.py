"""Columns of a run's rows: numbers that are taken once and held instead of the rows.

Rows may lie on the disk (long_lists.py); what means, intervals and differences need of each is a few numbers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, overload

import numpy as np
import numpy.typing as npt

Row = Mapping[str, Any]
Measure = Callable[[Row], float | None]
Floats = npt.NDArray[np.float64]
Found = TypeVar("Found")
#: A table of texts may be so many times as large as they are.
_WIDEST = 8


class Texts(Sequence[str]):
    """Texts as the bytes that they are, without an object for each."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._bytes = bytearray()
        self._ends = array("q", [0])
        for text in texts:
            self.append(text)

    @classmethod
    def of(cls, joined: bytes, ends: Iterable[int]) -> Texts:
        """What :meth:`joined` and `ends` say."""
        texts = cls()
        texts._bytes, texts._ends = bytearray(joined), array("q", ends)
        return texts

    def joined(self) -> bytes:
        """All texts, one behind the other."""
        return bytes(self._bytes)

    @property
    def ends(self) -> Sequence[int]:
        """Where each text ends in these, behind a first 0."""
        return self._ends

    def ranks(self) -> tuple[npt.NDArray[np.int32], int]:
        """Each text's place among the different ones in order, and how many those are."""
        lengths = np.diff(np.array(self._ends, dtype=np.int64))
        width = int(lengths.max(initial=0))
        # In a table of bytes, a text that ends with a zero byte looks like one that does not, and a long one
        # widens all. Bytes of UTF-8 stand in the order of what they write.
        if 0 < width * len(self) <= _WIDEST * len(self._bytes) and 0 not in self._bytes:
            table = np.zeros((len(self), width), dtype=np.uint8)
            table[np.arange(width) < lengths[:, None]] = np.frombuffer(bytes(self._bytes), dtype=np.uint8)
            different, places = np.unique(table.view(f"S{width}").ravel(), return_inverse=True)
            return places.astype(np.int32), len(different)
        order = {text: place for place, text in enumerate(sorted(set(self)))}
        return np.fromiter((order[text] for text in self), dtype=np.int32, count=len(self)), len(order)

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(len(self))[index]]
        place = range(len(self))[index]
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Texts):
            return NotImplemented
        return self._ends == other._ends and self._bytes == other._bytes

    __hash__ = None  # type: ignore[assignment]


class Columns(Sequence[Row]):
    """Rows, with what was taken of them. They must not change from then on."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        self._values: dict[Measure, npt.NDArray[Any]] = {}
        self._known: dict[Any, Any] = {}

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Columns:
        """The rows themselves where they have columns already."""
        if isinstance(rows, Columns):
            return rows
        return cls(rows if isinstance(rows, Sequence) else tuple(rows))

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._rows[index]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(one == two for one, two in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Columns({len(self)} rows)"

    def prepare(self, measures: Iterable[Measure]) -> None:
        """Take what the measures say of each row, all in one reading of the rows."""
        wanted = [measure for measure in dict.fromkeys(measures) if measure not in self._values]
        if not wanted:
            return
        # Rows before the first that a measure says something of are not held: of most runs, some say nothing.
        taken = [(measure, array("d")) for measure in wanted]
        fresh = "ids" not in self._known
        # Names as bytes: an object and an entry for each dialogue would be more than all that is kept.
        ids, dialogues, repeats = Texts(), Texts(), bytearray()
        fields, facts = set[str](), set[str]()
        for row in self._rows:
            for measure, values in taken:
                value = measure(row)
                if value is not None:
                    values.append(value)
                elif values:
                    values.append(np.nan)
            if fresh:
                ids.append(row["sample_id"])
                dialogues.append(row["dialogue_id"])
                repeats.append(_REPEATS[row["repeat"]])
                fields.update(name for name, value in row.items() if value)
                if (episode := row["episode"]) is not None:
                    facts.update(episode.get("facts") or ())
                    if any(episode.get("traces", ())):
                        fields.add("traces")
        for measure, values in taken:
            self._values[measure] = _packed(values, len(self))
        if fresh:
            codes, number = dialogues.ranks()
            flags = np.frombuffer(bytes(repeats), dtype=np.uint8)
            self._known |= {"ids": ids, "dialogues": codes, "repeats": flags, "number": number}
            self._known |= {"fields": fields, "facts": facts}

    def values(self, measure: Measure) -> Floats:
        """What a measure says of each row; NaN for None."""
        self.prepare((measure,))
        return self._values[measure].astype(np.float64)

    def packed(self, measure: Measure) -> npt.NDArray[Any]:
        """The same in few bytes."""
        self.prepare((measure,))
        return self._values[measure]

    def take_back(self, values: Mapping[Measure, npt.NDArray[Any]], known: Mapping[str, Any]) -> None:
        """Hold what was taken of the same rows before (runs/index.py)."""
        self._values.update(values)
        self._known.update(known)

    @property
    def fields(self) -> Collection[str]:
        """What :meth:`has` knows."""
        return self._general("fields")  # type: ignore[no-any-return]

    @property
    def facts(self) -> Collection[str]:
        """What :meth:`has_fact` knows."""
        return self._general("facts")  # type: ignore[no-any-return]

    @property
    def flags(self) -> npt.NDArray[np.uint8]:
        """Whether each row repeats: 0 where nobody knows, 1 for no, 2 for yes."""
        return self._general("repeats")  # type: ignore[no-any-return]

    def has(self, field: str) -> bool:
        """Whether any row has something in a field, or "traces" of a search in its episode."""
        return field in self.fields

    def has_fact(self, name: str) -> bool:
        """Whether the facts of any row know of something."""
        return name in self.facts

    def remembered(self, key: Any, make: Callable[[], Found]) -> Found:
        """What `make` gives, made once for a key."""
        if key not in self._known:
            self._known[key] = make()
        found: Found = self._known[key]
        return found

    @property
    def ids(self) -> Texts:
        """The sample of each row."""
        return self._general("ids")  # type: ignore[no-any-return]

    @property
    def dialogues(self) -> npt.NDArray[np.int32]:
        """The dialogue of each row as its place among all dialogues' ids in order."""
        return self._general("dialogues")  # type: ignore[no-any-return]

    @property
    def dialogue_number(self) -> int:
        return int(self._general("number"))

    @property
    def repeats(self) -> npt.NDArray[np.bool_]:
        """Whether a row repeats what its context named; false where nobody knows."""
        return np.equal(self.flags, _REPEATS[True])

    @property
    def fresh(self) -> npt.NDArray[np.bool_]:
        """Whether a row repeats nothing; false where nobody knows."""
        return np.equal(self.flags, _REPEATS[False])

    def _general(self, name: str) -> Any:
        if name not in self._known:
            self._known.pop("ids", None)
            self.prepare((_nothing,))
        return self._known[name]


#: Of a failed row nobody may know.
_REPEATS: Mapping[Any, int] = {None: 0, False: 1, True: 2}


def _nothing(row: Row) -> None:
    return None


def _packed(last: array[float], length: int) -> npt.NDArray[Any]:
    """So many values, the last ones as given and NaN before, in as few bytes as hold them exactly."""
    if not last:
        return np.broadcast_to(np.float16(np.nan), (length,))
    values = np.full(length, np.nan)
    values[length - len(last) :] = last
    for kind in (np.float16, np.float32):
        with np.errstate(over="ignore"):
            short = values.astype(kind)
        if np.array_equal(short.astype(np.float64), values, equal_nan=True):
            return short
    return values


class Clustered:
    """Numbers with the dialogue each belongs to, for an interval (:meth:`interval_of`)."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.values = array("d")
        self._codes: array[int] | None = array("i") if isinstance(rows, Columns) else None
        self._names: list[str] = []

    def add(self, value: float, cluster: Any) -> None:
        self.values.append(value)
        if self._codes is None:
            self._names.append(cluster)
        else:
            self._codes.append(cluster)

    @property
    def clusters(self) -> Sequence[str] | npt.NDArray[np.int32]:
        return self._names if self._codes is None else np.array(self._codes, dtype=np.int32)

    def __len__(self) -> int:
        return len(self.values)


def with_clusters(rows: Iterable[Row]) -> Iterator[tuple[Any, Row]]:
    """Each row behind its dialogue: what :class:`Clustered` of the same rows takes."""
    if isinstance(rows, Columns):
        yield from zip(array("i", rows.dialogues.tobytes()), rows, strict=True)
    else:
        for row in rows:
            yield row["dialogue_id"], row


def may_have(rows: Iterable[Row], field: str) -> bool:
    """Whether it is worth to look for a field: :meth:`Columns.has`, of other rows nobody knows."""
    return not isinstance(rows, Columns) or rows.has(field)


def may_have_fact(rows: Iterable[Row], name: str) -> bool:
    """The same of a fact."""
    return not isinstance(rows, Columns) or rows.has_fact(name)


class Tally:
    """The mean of whole numbers that pass one by one; None of nothing."""

    def __init__(self) -> None:
        self.total = self.n = 0

    def add(self, value: int) -> None:
        self.total += value
        self.n += 1

    @property
    def mean(self) -> float | None:
        return self.total / self.n if self.n else None
