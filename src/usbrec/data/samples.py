"""Sample files as the commands use them: load of any kind, limit, digest, write."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from usbrec.data import served
from usbrec.data.formats import FORMATS, is_header
from usbrec.data.gathering import Gathered, gather_dialogues, gather_samples, opened_rows, recognised
from usbrec.data.opening import Entry, Opened, open_entries
from usbrec.data.reading import sharing_turns
from usbrec.data.redial import opinions_of
from usbrec.dialogue import RecordedDialogue, Sample
from usbrec.errors import BadLines, ConfigError, InputError, InputWarning
from usbrec.garbage import without_collections
from usbrec.keys import digest, digest_of_list
from usbrec.long_lists import LongList, like, picked

T = TypeVar("T", Sample, RecordedDialogue)
KINDS = tuple(FORMATS)
"""The formats that :func:`load_samples` can be told."""


def load_samples(
    path: str | os.PathLike[str], kind: str | None = None, *, strict: bool = False
) -> tuple[Sample, ...]:
    """The samples of a file of one of the `KINDS`, in its order, at least one.

    Without a `kind`, the content tells the format, whatever the file is called. The file is opened once, so a
    pipe will do. What should give samples and cannot be used is left out and told by an InputWarning; refused
    with `strict`, or where it is more than half. Raises BadLines and InputError, and ConfigError when `kind`
    is none of the `KINDS`.
    """
    return tuple(read_samples(path, kind, strict=strict).found)


def read_samples(
    path: str | os.PathLike[str], kind: str | None = None, *, strict: bool = False, held: bool = True
) -> Gathered[Sample]:
    """The same, with what was left out and why. Unless they are to be `held`, many samples are left on the
    disk (long_lists.py)."""
    _check_kind(kind)
    with without_collections():
        found: list[Sample] | LongSamples = [] if held else LongSamples()
        gathered = gather_samples(_opened(path), kind, strict=strict, found=found)
        if isinstance(found, LongSamples) and found.on_disk:
            return replace(gathered, found=found)
        return replace(gathered, found=sharing_turns(gathered.found))


def read_mentions(path: str | os.PathLike[str]) -> Gathered[Sample]:
    """The same with every title that the recommender names as a target, whatever the seeker thought of it:
    so the field's ranking tables count."""
    with without_collections():
        gathered = gather_samples(_opened(path), None, strict=False, mentions=True)
        return replace(gathered, found=sharing_turns(gathered.found))


class LongSamples(LongList[Sample]):
    """Samples on the disk, equal turns of neighbours one object."""

    def _prepared(self, entries: list[Sample]) -> list[Sample]:
        return list(sharing_turns(entries))


def collect_samples(
    where: str,
    rows: Iterable[tuple[str, Mapping[str, Any] | str]],
    kind: str | None = None,
    *,
    strict: bool = False,
) -> Gathered[Sample]:
    """The same of rows in memory, each with its place ("row 3"), a row that is none as what is wrong with it.
    `where` is what errors call them."""
    _check_kind(kind)
    gathered = gather_samples(_rows(where, rows), kind, strict=strict)
    return replace(gathered, found=sharing_turns(gathered.found))


def read_dialogues(path: str | os.PathLike[str], kind: str | None = None) -> tuple[RecordedDialogue, ...]:
    """Whole dialogues that people had, in the file's order, at least one, with people's ratings of them.

    `path` is a file of any of the `KINDS`, or the store of our own service. Messages stay apart, as they were
    sent; what is no words and was not rated is dropped. A dialogue without any words is left out and told by
    an InputWarning. Raises BadLines and InputError, and ConfigError when `kind` is none of the `KINDS`.
    """
    gathered = gathered_dialogues(path, kind)
    if gathered.left_out:
        warnings.warn(
            f"{os.fspath(path)}: {len(gathered.left_out)} entries cannot be used and are left out\n"
            f"{BadLines.listed(gathered.left_out)}",
            InputWarning,
            stacklevel=2,
        )
    return tuple(gathered.found)


def gathered_dialogues(path: str | os.PathLike[str], kind: str | None = None) -> Gathered[RecordedDialogue]:
    """The same, with what was left out and why."""
    _check_kind(kind)
    if kind is None and served.is_database(path):
        dialogues = tuple(one.dialogue() for one in served.transcripts_of(path))
        if not dialogues:
            raise InputError(f"{os.fspath(path)}: no dialogue is stored in it")
        return Gathered(dialogues, "served", len(dialogues), (), {})
    return gather_dialogues(_opened(path), kind)


def collect_dialogues(
    where: str, rows: Iterable[tuple[str, Mapping[str, Any] | str]]
) -> Gathered[RecordedDialogue]:
    """The same of rows in memory, each with its place ("row 3"), a row that is none as what is wrong with it.
    `where` is what errors call them."""
    return gather_dialogues(_rows(where, rows), None)


def _rows(where: str, rows: Iterable[tuple[str, Mapping[str, Any] | str]]) -> Opened:
    def value(row: Mapping[str, Any] | str) -> Any:
        if isinstance(row, str):
            raise InputError(row)
        return row

    return opened_rows(where, [Entry(place, functools.partial(value, row)) for place, row in rows])


def read_opinions(path: str | os.PathLike[str], kind: str | None = None) -> dict[str, dict[str, bool]]:
    """What the forms of raw ReDial say the seekers think of what was named, by dialogue id and title: True is
    liked. Raises BadLines and InputError."""
    _, entries = recognised(_opened(path), kind)
    return dict(opinions_of(entry.value()) for entry in entries)


def _opened(path: str | os.PathLike[str]) -> Opened:
    if served.is_database(path):
        raise InputError(
            f"{os.fspath(path)}: a database. Of a store of usbrec serve, write the samples first: "
            f"usbrec export {os.fspath(path)} --to samples"
        )
    return open_entries(path, is_header)


def _check_kind(kind: str | None) -> None:
    if kind is not None and kind not in FORMATS:
        raise ConfigError(f"unknown kind of samples {kind!r}; use one of {', '.join(KINDS)}")


def limit_samples(samples: Sequence[T], n: int) -> Sequence[T]:
    """The `n` samples (or dialogues) whose ids have the smallest digests, in the order they came in.

    Which they are depends on the ids alone: neither on a seed nor on the order, and a larger `n` keeps
    those of a smaller one. All samples when there are no more than `n`. Raises ConfigError for n < 1.
    """
    if n < 1:
        raise ConfigError(f"a limit of {n} samples leaves none; use 1 or more")
    digests = [digest(sample.id) for sample in samples]
    ranked = sorted(range(len(samples)), key=digests.__getitem__)
    return picked(samples, sorted(ranked[:n]))


def samples_digest(samples: Iterable[Sample]) -> str:
    """64 hex digits that change with any field of any sample and with their order."""
    return digest_of_list(digest(sample.to_json()) for sample in samples)


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


def repeated(samples: Sequence[Sample], trials: int) -> Sequence[Sample]:
    """Each sample so many times, trial after trial: the first as it is, the others under ids of their own.

    Their dialogue is the same, so that statistics take them as one cluster.
    """
    further = (
        replace(sample, id=trial_id(sample.id, number))
        for number in range(2, trials + 1)
        for sample in samples
    )
    return like(samples, chain(samples, further))


def trial_id(sample_id: str, number: int) -> str:
    """The id of a sample in its trial `number` (from 1)."""
    return sample_id if number == 1 else f"{sample_id} (trial {number})"
