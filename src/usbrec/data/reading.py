"""JSON-lines reading: fields one by one, with errors that name line and field.

A format is one function: it takes what stands on a line and gives the samples in it, or raises
:class:`InputError` with "field: what is wrong". :func:`collect` runs it over a file, adds the line
numbers, and raises all complaints at once, one for each line.
"""

from __future__ import annotations

import codecs
import json
import math
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import is_not
from pathlib import Path
from typing import Any

from usbrec.dialogue import Sample, Turn
from usbrec.errors import BadLines, InputError
from usbrec.patterns import LazyPattern

_BOM = b"\xef\xbb\xbf"
_PEEKED = 8192
_DECODER = json.JSONDecoder()
NO_NUMBER = frozenset({"", "na", "n/a", "none", "null", "nan", "-"})

# Halves of surrogate pairs cannot be written as UTF-8, and C libraries end a string at NUL.
_UNWRITABLE = LazyPattern("[\x00\ud800-\udfff]")


class FileMissing(InputError):
    """A file that belongs to the data is missing or broken: nothing of them can be read, on any line."""


def read_lines(path: str | os.PathLike[str]) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers from 1, as bytes without a byte-order mark.

    Lines end at LF alone (a CR before it is white space to JSON): U+2028 and its like may stand inside
    JSON strings. Raises InputError when the file is missing, unreadable, a directory or binary.
    """
    for number, line in enumerate(raw_lines(path), start=1):
        content = line.removeprefix(_BOM).strip()
        if content:
            yield number, content


def raw_lines(path: str | os.PathLike[str]) -> Iterator[bytes]:
    """All lines of a file as they are, errors as in :func:`read_lines`."""
    try:
        with Path(path).open("rb") as file:
            # JSON never holds a raw NUL; UTF-16, most archives and /dev/zero do, near the beginning. A
            # peek, because the first line of such a file may have no end.
            if b"\x00" in (opening := file.peek(_PEEKED)):
                wide = opening.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
                what = "it is UTF-16: save it as UTF-8" if wide else "unpack archives and save text as UTF-8"
                raise InputError(f"{os.fspath(path)}: not a text file in UTF-8; {what}")
            yield from file
    except FileNotFoundError:
        raise InputError(f"{os.fspath(path)}: no such file; check the path") from None
    except IsADirectoryError:
        raise InputError(f"{os.fspath(path)}: a directory; name the file in it") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{os.fspath(path)}: cannot be read: {reason}") from None
    except ValueError:
        raise InputError(f"{os.fspath(path)!r}: no possible file name; check the path") from None


def parse_line(line: bytes) -> Any:
    """The JSON value on a line. Raises InputError saying what is broken, and where in the line."""
    try:
        text = line.decode("utf-8")
        value, end = _DECODER.raw_decode(text)
        # The usual reader looks for blanks before and behind, of which there are none on most lines.
        return value if end == len(text) else json.loads(text)
    except UnicodeDecodeError as error:
        raise InputError(f"not UTF-8: byte 0x{line[error.start]:02x} at position {error.start + 1}") from None
    except json.JSONDecodeError as error:
        raise InputError(f"broken JSON: {error.msg} at column {error.colno}") from None
    except ValueError:
        raise InputError("broken JSON: a whole number with thousands of digits") from None
    except RecursionError:
        raise InputError("broken JSON: lists or objects nested too deeply") from None


def collect(
    path: str | os.PathLike[str],
    lines: Iterable[tuple[int, bytes]],
    samples_on: Callable[[Any], Iterable[Sample]],
) -> tuple[Sample, ...]:
    """All samples of the numbered `lines` of `path`, in order, at least one, their ids all different.

    Raises BadLines with the first complaint of every unusable line, and InputError when there is
    nothing in the file or no sample in any of its lines.
    """
    where = os.fspath(path)
    samples: list[Sample] = []
    problems: list[str] = []
    first_seen: dict[str, str] = {}
    place = None
    for number, line in lines:
        place = f"line {number}"
        try:
            for sample in samples_on(parse_line(line)):
                if sample.id in first_seen:
                    raise InputError(f"id: {show(sample.id)} already stands on {first_seen[sample.id]}")
                first_seen[sample.id] = place
                samples.append(sample)
        except InputError as problem:
            problems.append(f"{place}: {problem}")
    if problems:
        raise BadLines(where, problems)
    if place is None:
        raise InputError(f"{where}: empty; expected one JSON value on each line")
    if not samples:
        raise InputError(
            f"{where}: no sample in it: no recommender turn after a seeker's names a title "
            "that the seeker did not reject"
        )
    return sharing_turns(samples)


def sharing_turns(samples: Iterable[Sample]) -> tuple[Sample, ...]:
    """The same samples, in which equal turns are one object: rows of a dialogue repeat its beginning, and
    what is read in a turn is carried with it (:meth:`Turn.read_by`)."""
    known: dict[tuple[Any, ...], Turn] = {}
    firsts: set[int] = set()
    shared = tuple(samples)
    for sample in shared:
        turns = sample.turns
        if firsts.issuperset(map(id, turns)):
            continue
        first = tuple(
            # Keys of the language's own tuples: those of a record cost five times as much.
            [known.setdefault((one.role, one.text, one.items, one.reasoning, one.data), one) for one in turns]
        )
        firsts.update(map(id, first))
        if any(map(is_not, first, turns)):
            # They are equal: the record says the same as before.
            object.__setattr__(sample, "turns", first)
    return shared


def clean(text: str) -> str:
    """`text` with NUL and lone surrogates as U+FFFD, so that it can be stored and sent."""
    if text.isascii() and "\x00" not in text:
        return text
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def as_object(value: Any, field: str) -> Mapping[str, Any]:
    """`value` if it is a JSON object. Raises InputError naming `field` otherwise, as all below do."""
    if not isinstance(value, dict):
        raise expected("an object", value, field)
    return value


def as_list(value: Any, field: str) -> list[Any]:
    """`value` if it is a JSON list."""
    if not isinstance(value, list):
        raise expected("a list", value, field)
    return value


def as_text(value: Any, field: str) -> str:
    """`value` if it is text, cleaned."""
    if not isinstance(value, str):
        raise expected("text", value, field)
    return clean(value)


def as_texts(value: Any, field: str) -> list[str]:
    """A list of text, cleaned."""
    listed = as_list(value, field)
    try:
        joined = "".join(listed)
        if joined.isascii() and "\x00" not in joined:
            return list(listed)
        return [clean(text) for text in listed]
    except TypeError:
        return [as_text(text, f"{field}[{index}]") for index, text in enumerate(listed)]


def as_number(value: Any, field: str) -> float | None:
    """A finite number, also where it is written as text; None for null, blank text and words for "none"."""
    if isinstance(value, str):
        if value.strip().casefold() in NO_NUMBER:
            return None
        try:
            value = float(value)
        except ValueError:
            raise expected("a number", value, field) from None
    if value is None:
        return None
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise expected("a number", value, field)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise InputError(f"{field}: expected a number, found one that is not finite")
    return number


def as_ratings(value: Any, field: str) -> dict[str, float]:
    """An object of numbers, without those that are missing; nothing for null."""
    ratings: dict[str, float] = {}
    for name, one in ({} if value is None else as_object(value, field)).items():
        number = as_number(one, f"{field}[{show(name)}]")
        if number is not None:
            ratings[clean(name)] = number
    return ratings


def as_words(value: Any, field: str) -> str:
    """What somebody says: cleaned text, nothing for null."""
    return "" if value is None else as_text(value, field)


def as_optional_text(value: Any, field: str) -> str | None:
    """Cleaned text, or None for null and blank text."""
    text = "" if value is None else as_text(value, field)
    return text if text.strip() else None


def as_id(value: Any, field: str) -> str:
    """A whole number or text that is not blank, as text. It is never cleaned: two ids must stay two."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        raise expected("text or a whole number", value, field)
    if value.isascii() and value.isprintable() and value and value[0] != " ":
        return value
    if not value.strip() or _UNWRITABLE.search(value):
        raise InputError(f"{field}: {show(value)} cannot be an id; use letters and digits")
    return value


def as_titles(value: Any, field: str) -> tuple[str, ...]:
    """A list of text, stripped, each once and in order, blanks left out; at least one must remain."""
    titles = tuple(dict.fromkeys(filter(None, map(str.strip, as_texts(value, field)))))
    if not titles:
        raise InputError(f"{field}: no targets; at least one title is needed")
    return titles


def as_finite(value: Any, field: str) -> Any:
    """Any value of JSON, in which all numbers are finite: "NaN" is written by many and is no JSON."""
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        raise InputError(f"{field}: holds a number that is not finite") from None
    return value


def required(row: Mapping[str, Any], field: str) -> Any:
    """The value of `field`, whatever it is; raises InputError when it is missing."""
    if field not in row:
        raise InputError(f"{field}: missing")
    return row[field]


def expected(what: str, found: Any, field: str) -> InputError:
    """The complaint about a value of the wrong type, to be raised by the caller."""
    return InputError(f"{field}: expected {what}, found {_kind(found)}")


def show(text: str) -> str:
    """`text` in quotes, cut to a length that fits a message, odd characters escaped."""
    return ascii(text if len(text) <= 60 else text[:57] + "...")


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return show(value)
    if isinstance(value, int | float):
        return "a number"
    return "a list" if isinstance(value, list) else "an object"
