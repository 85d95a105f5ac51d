"""Sample files as the commands use them: load of any kind, limit, digest, write."""

from __future__ import annotations

import contextlib
import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from usbrec.data import ievalm, inspired, own, redial
from usbrec.data.reading import collect, collect_values, parse_line, read_lines
from usbrec.dialogue import Sample
from usbrec.errors import ConfigError, InputError
from usbrec.keys import digest

_FORMATS: Mapping[str, Callable[[Any], Iterable[Sample]]] = {
    "redial": redial.samples_of,
    "ievalm": lambda value: [ievalm.sample_of(value)],
    "opendialkg": lambda value: [ievalm.sample_of(value, "opendialkg")],
    "inspired": inspired.samples_of,
    "own": lambda value: [own.sample_of(value)],
}

KINDS = tuple(_FORMATS)
"""The kinds of file that :func:`load_samples` can be told."""

_OWN_FIELDS = frozenset({"id", "dialogue_id", "turns", "dialogue", "targets", "label"})
_IEVALM_FIELDS = frozenset({"dialog_id", "turn_id", "context", "rec", "resp"})
_REDIAL_FIELDS = frozenset({"conversationId", "movieMentions", "messages", "initiatorWorkerId"})


def load_samples(path: str | os.PathLike[str], kind: str | None = None) -> tuple[Sample, ...]:
    """The samples of a file of one of the `KINDS`, in its order, at least one.

    Without a `kind`, the fields of the first line that is JSON tell our own format from iEvaLM rows.
    The file is opened once, so a pipe will do. Raises BadLines and InputError, and ConfigError when
    `kind` is none of the `KINDS`.
    """
    _check_kind(kind)
    lines = read_lines(path)
    if kind is None:
        kind, lines = _sniff(path, lines)
    return collect(path, lines, _FORMATS[kind])


def collect_samples(
    where: str, rows: Iterable[tuple[str, Mapping[str, Any] | str]], kind: str | None = None
) -> tuple[Sample, ...]:
    """The same of rows in memory, each with its place ("row 3"), a row that is none as what is wrong with it.
    `where` is what errors call them."""
    _check_kind(kind)
    listed = list(rows)
    if kind is None:
        first = next(((place, row) for place, row in listed if not isinstance(row, str)), None)
        kind = "own" if first is None else _kind_of_row(first[1], f"{where}, {first[0]}", None)

    def value(row: Mapping[str, Any] | str) -> Any:
        if isinstance(row, str):
            raise InputError(row)
        return row

    values = ((place, functools.partial(value, row)) for place, row in listed)
    return collect_values(where, values, _FORMATS[kind], owed="at least one")


def _check_kind(kind: str | None) -> None:
    if kind is not None and kind not in _FORMATS:
        raise ConfigError(f"unknown kind of samples {kind!r}; use one of {', '.join(KINDS)}")


def limit_samples(samples: Sequence[Sample], n: int) -> tuple[Sample, ...]:
    """The `n` samples whose ids have the smallest digests, in the order they came in.

    Which they are depends on the ids alone: neither on a seed nor on the order, and a larger `n` keeps
    those of a smaller one. All samples when there are no more than `n`. Raises ConfigError for n < 1.
    """
    if n < 1:
        raise ConfigError(f"a limit of {n} samples leaves none; use 1 or more")
    ranked = sorted(range(len(samples)), key=lambda index: digest(samples[index].id))
    return tuple(samples[index] for index in sorted(ranked[:n]))


def samples_digest(samples: Iterable[Sample]) -> str:
    """64 hex digits that change with any field of any sample and with their order."""
    return digest([digest(sample.to_json()) for sample in samples])


def write_samples(path: str | os.PathLike[str], samples: Iterable[Sample]) -> None:
    """Writes the full form of our own format (see :mod:`usbrec.data.own`), UTF-8 with LF.

    All or nothing: a reader sees the old file or the whole new one. Missing folders are made. Raises
    InputError when the place cannot be written.
    """
    if "\x00" in os.fspath(path):
        raise InputError(f"{os.fspath(path)!r}: no possible file name; check the path")
    try:
        # Through links, so that the file a link names is replaced and not the link. Folders and devices
        # are left alone: replacing /dev/stdout would destroy it.
        target = Path(os.path.realpath(path))
        if target.exists() and not target.is_file():
            raise InputError(f"{os.fspath(path)}: not a regular file; name a file to write")
        temporary = target.with_name(f".{target.name[:50]}.{os.getpid()}.tmp")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as file:
                file.writelines(_line(sample) for sample in samples)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(f"{os.fspath(path)}: cannot be written: {reason}; check the folder") from None


def _line(sample: Sample) -> bytes:
    text = json.dumps(sample.to_json(), ensure_ascii=False, allow_nan=False)
    # UTF-8 has no bytes for a lone surrogate; its backslash form is the JSON escape, so nothing is lost.
    return text.encode("utf-8", "backslashreplace") + b"\n"


def _sniff(
    path: str | os.PathLike[str], lines: Iterator[tuple[int, bytes]]
) -> tuple[str, Iterator[tuple[int, bytes]]]:
    """The kind of the file, and all its lines again."""
    seen: list[tuple[int, bytes]] = []
    for number, line in lines:
        seen.append((number, line))
        try:
            row = parse_line(line)
        except InputError:
            continue
        return _kind_of_row(row, f"{os.fspath(path)}:{number}", path), chain(seen, lines)
    return "own", iter(seen)  # nothing is JSON: the reader lists the lines


def _kind_of_row(row: Any, place: str, path: str | os.PathLike[str] | None) -> str:
    if isinstance(row, list):
        raise _other_kind(place, "an INSPIRED dialogue", "inspired", path)
    fields = frozenset(row) if isinstance(row, dict) else frozenset()
    if len(fields & _REDIAL_FIELDS) > 1:
        raise _other_kind(place, "a raw ReDial dialogue", "redial", path)
    in_own, in_ievalm = len(fields & _OWN_FIELDS), len(fields & _IEVALM_FIELDS)
    if in_own == in_ievalm == 0:
        raise InputError(
            f"{place}: no sample: it has neither our fields (id, turns, targets) nor those of iEvaLM "
            "(dialog_id, turn_id, context, rec); check that this is the file you meant"
        )
    return "ievalm" if in_ievalm > in_own else "own"


def _other_kind(place: str, what: str, kind: str, path: str | os.PathLike[str] | None) -> InputError:
    if path is None:
        return InputError(f'{place}: looks like {what}; say kind="{kind}"')
    return InputError(
        f"{place}: looks like {what}; make samples of it first: "
        f"usbrec samples {kind} {os.fspath(path)} -o FILE.jsonl"
    )
