"""Order of the rows of a log with a row a turn: by their numbers, else by their times, else as they stand.

Exports come newest first, sorted as text ("10" before "2") or sorted by another column, and joined files have
rows twice or two dialogues of one id.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.data.opening import Entry
from usbrec.data.turn_columns import known_seats
from usbrec.patterns import LazyPattern

_NUMBERED = LazyPattern(r"([^0-9]*)([0-9]{1,15})(?:\.0)?")
#: As far as the clock may go in a log, in seconds, milliseconds, microseconds and nanoseconds since 1970.
_EPOCH = LazyPattern(r"[0-9]{9,19}(?:\.[0-9]+)?")
#: Ways to write a time, beside ISO's. Of those in a row that read a time each in its way nobody knows which
#: is meant, but where both give the same order.
_FORMS = (
    ("%d.%m.%Y %H:%M:%S",),
    ("%d.%m.%Y %H:%M",),
    ("%Y/%m/%d %H:%M:%S",),
    ("%Y/%m/%d %H:%M",),
    ("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S"),
    ("%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"),
    ("%m/%d/%Y %I:%M:%S %p", "%d/%m/%Y %I:%M:%S %p"),
    ("%m/%d/%Y %I:%M %p", "%d/%m/%Y %I:%M %p"),
    ("%H:%M:%S",),
    ("%H:%M",),
)


#: The length of those without a date, and a day's seconds.
_CLOCK_ALONE, _DAY = len("%H:%M:%S"), 86_400


@dataclass(frozen=True, eq=False)
class Row:
    """A row with its place in the file, its speaker's name and words, and all its cells; `numbers` and
    `times` are those that may tell its order."""

    at: int
    entry: Entry
    name: str
    text: str
    cells: Mapping[str, Any]
    numbers: Mapping[str, Any]
    times: Mapping[str, Any]


class OutOfOrder(Exception):
    """Nothing says in which order the rows stand, though they are not in it."""


@dataclass(frozen=True)
class Ordered:
    """Rows in order. `by` is the column by which they were moved, "" where they stood in it; `twice` how many
    stand again and are left away; `unknown` is true where there are times, and they cannot be read."""

    rows: list[Row]
    by: str = ""
    twice: int = 0
    unknown: bool = False


def ordered(rows: Sequence[Row]) -> Ordered:
    """The rows of a dialogue in order: by the number of a turn, else by a time, else by the number of a
    message, which may be any number that no other has.

    Raises OutOfOrder where a number stands for two rows and nothing says which was first.
    """
    kept, twice = _once(rows)
    clock = _clock(kept)
    turns = [name for name in rows[0].numbers if not _IDS.search(name)]
    if (found := _by_numbers(kept, turns, clock)) is None and clock is not None:
        found = _by_keys(kept, *clock)
    if found is None:
        found = _by_numbers(kept, [name for name in rows[0].numbers if name not in turns], None)
    if found is not None:
        return Ordered(*found, twice)
    unread = any(any(row.times.values()) for row in kept) and not any(map(_readable(kept), rows[0].times))
    return Ordered(kept, "", twice, unread and len(kept) > 1)


#: Names of numbers that may be any, of messages and not of turns.
_IDS = LazyPattern(r"^(?!turn|tur).*id$", re.IGNORECASE)


def _by_numbers(
    rows: list[Row], names: Sequence[str], clock: tuple[str, list[float]] | None
) -> tuple[list[Row], str] | None:
    """The rows by the first of these columns that has a whole number on each and tells them apart, with the
    clock within a number; None where there is none."""
    for name in names:
        numbers = _whole_numbers([row.numbers[name] for row in rows])
        if numbers is None or len(set(numbers)) < 2:
            continue
        if _rises(numbers) or _rises(numbers[::-1]):
            if clock is not None and len(set(numbers)) < len(numbers):
                return _by_keys(rows, name, list(zip(numbers, clock[1], strict=True)))
            return _by_keys(rows, name, numbers)
        keys = list(zip(numbers, clock[1] if clock else numbers, strict=True))
        if len(set(keys)) == len(keys):
            return _sorted(rows, keys), name
        number = next(one for one, key in zip(numbers, keys, strict=True) if keys.count(key) > 1)
        raise OutOfOrder(
            f"{name} {number} stands twice, and the rows are not in the order of {name}; do two dialogues "
            "share the id?"
        )
    return None


def _by_keys(rows: list[Row], name: str, keys: Sequence[Any]) -> tuple[list[Row], str]:
    """The rows by these keys, and the column's name if any moved. Where the keys fall they are turned round
    as a whole, or else each key's rows stay as they stand: whichever lets the seeker begin more of those keys
    that several rows share."""
    if _rises(keys):
        return rows, ""
    each = _sorted(rows, keys)
    if not _rises(keys[::-1]):
        return each, name
    whole = rows[::-1]
    return (each if _asked(each, sorted(keys)) > _asked(whole, sorted(keys)) else whole), name


def _asked(rows: Sequence[Row], keys: Sequence[Any]) -> int:
    """How many of those keys that several rows share begin with the seeker."""
    firsts = [
        at for at in range(len(rows) - 1) if keys[at] == keys[at + 1] and (not at or keys[at] != keys[at - 1])
    ]
    return sum(known_seats().get(rows[at].name) == "seeker" for at in firsts)


def _sorted(rows: Sequence[Row], keys: Sequence[Any]) -> list[Row]:
    return [rows[at] for at in sorted(range(len(rows)), key=keys.__getitem__)]


def _once(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """The rows, each once: those that stand again with all their cells, where numbers or times tell rows
    apart, and else a whole run of the dialogue that stands again behind rows of others, or all of its rows
    twice in a row."""
    tells = any(_whole_numbers([row.numbers[name] for row in rows]) for name in rows[0].numbers)
    if tells or _clock(rows) is not None:
        seen: dict[str, Row] = {}
        for row in rows:
            seen.setdefault(_content(row), row)
        return list(seen.values()), len(rows) - len(seen)
    runs: list[list[Row]] = []
    for row in rows:
        if not runs or row.at != runs[-1][-1].at + 1:
            runs.append([])
        runs[-1].append(row)
    known: list[list[str]] = []
    kept: list[Row] = []
    for run in runs:
        said = [_content(row) for row in run]
        if len(said) > 1 and said in known:
            continue
        known.append(said)
        kept += run
    half = len(kept) // 2
    said = [_content(row) for row in kept]
    if half > 1 and said[:half] == said[half:] and len(said) == 2 * half:
        kept = kept[:half]
    elif half > 1 and said[::2] == said[1::2]:
        kept = kept[::2]
    return kept, len(rows) - len(kept)


def _content(row: Row) -> str:
    return repr(sorted(row.cells.items(), key=repr))


def _rises(numbers: Sequence[Any]) -> bool:
    return all(one <= other for one, other in itertools.pairwise(numbers))


def _whole_numbers(values: Sequence[Any]) -> list[int] | None:
    """The numbers of all rows, "msg_12" is 12; None where one has none or they are of different things."""
    found: list[int] = []
    kinds: set[str] = set()
    for value in values:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        number = _NUMBERED.fullmatch(str(value).strip())
        if number is None:
            return None
        kinds.add(number[1])
        found.append(int(number[2]))
    return found if len(kinds) == 1 else None


def _clock(rows: Sequence[Row]) -> tuple[str, list[float]] | None:
    """The times of all rows, by the first column that has one on each and tells them apart."""
    for name in rows[0].times:
        times = _times([row.times[name] for row in rows])
        if times is not None and len(set(times)) > 1:
            return name, times
    return None


def _readable(rows: Sequence[Row]) -> Callable[[str], bool]:
    return lambda name: _times([row.times[name] for row in rows]) is not None


def _times(values: Sequence[Any]) -> list[float] | None:
    """The values as seconds or another unit since 1970; None where one cannot be read."""
    texts = [_text(value) for value in values]
    if all(_EPOCH.fullmatch(text) for text in texts):
        return [float(text) for text in texts]
    read = _all(datetime.datetime.fromisoformat, texts)
    if read is not None:
        return read
    for forms in _FORMS:
        ways = [read for form in forms if (read := _all(_by(form), texts)) is not None]
        if ways:
            if len(forms[0]) <= _CLOCK_ALONE:
                return _past_midnight(ways[0])
            orders = {tuple(sorted(range(len(way)), key=way.__getitem__)) for way in ways}
            return ways[0] if len(orders) == 1 else None
    return None


def _past_midnight(times: list[float]) -> list[float]:
    """Times of a day without the day: where they fall once, and by more than half a day, one has passed."""
    falls = [at for at in range(1, len(times)) if times[at] < times[at - 1]]
    if len(falls) != 1 or times[falls[0] - 1] - times[falls[0]] <= _DAY / 2:
        return times
    return [time + (_DAY if at >= falls[0] else 0) for at, time in enumerate(times)]


def _text(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return "" if value is None or isinstance(value, bool) else str(value).strip()


def _by(form: str) -> Callable[[str], datetime.datetime]:
    return lambda text: datetime.datetime.strptime(text, form)


def _all(read: Callable[[str], datetime.datetime], texts: Sequence[str]) -> list[float] | None:
    try:
        return [_stamp(read(text)) for text in texts]
    except (ValueError, OverflowError):
        return None


def _stamp(value: datetime.datetime) -> float:
    return (value if value.tzinfo else value.replace(tzinfo=datetime.UTC)).timestamp()
