"""Row index: what was taken of a run's rows, in a file beside them, so that a comparison need not read and
check each of them again.

It belongs to one content of `episodes.jsonl` and to one state of the code that took it, and holds for nothing
else: whoever changes a row, or has another version, has the rows read as if it were not there.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from usbrec.errors import InputError
from usbrec.evaluation import metrics
from usbrec.evaluation.metrics.columns import Columns, Row, Texts
from usbrec.evaluation.runs.lean import contents_of
from usbrec.storage import content_digest

NAME = "episodes.index"
_ROOT = Path(__file__).parents[2]
#: What decides the numbers, beside this folder's and the measures' own modules.
_CODE = ("dialogue.py", "items/score_law.py", "prompts/artefacts.py", "keys.py")


def write_index(episodes: Path, columns: Columns, digest: str) -> None:
    """Write the index of rows that stand in `episodes` just so, and have this digest. Where it cannot be
    written there is none."""
    code = _code()
    if code is None:
        return
    columns.prepare(metrics.MEASURES)
    counts, named = metrics.counted_replies(columns)
    arrays: dict[str, npt.NDArray[Any]] = {
        "ids": np.frombuffer(columns.ids.joined(), dtype=np.uint8),
        "ends": np.array(columns.ids.ends, dtype=np.int64),
        "dialogues": columns.dialogues,
        "repeats": columns.flags,
        "contents": contents_of(columns),
        "named": named,
        **{f"measure {measure.__name__}": columns.packed(measure) for measure in metrics.MEASURES},
    }
    header = {
        "code": code,
        "episodes": content_digest(episodes),
        "digest": digest,
        "rows": len(columns),
        "number": columns.dialogue_number,
        "fields": sorted(columns.fields),
        "facts": sorted(columns.facts),
        "methods": metrics.score_methods(columns),
        "searches": metrics.search_counts(columns),
        "items": metrics.items_given(columns),
        "replies": counts,
        "arrays": [[name, array.dtype.str, array.shape] for name, array in arrays.items()],
    }
    parts = [json.dumps(header).encode("ascii"), b"\n", *(array.tobytes() for array in arrays.values())]
    path = episodes.parent / NAME
    partial = path.with_name(f".{NAME}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            file.write(_sum(parts))
            file.writelines(parts)
        partial.replace(path)
    except OSError:
        for one in (partial, path):
            with contextlib.suppress(OSError):
                one.unlink()


def read_index(episodes: Path, read: Callable[[], Sequence[Row]]) -> tuple[Columns, str] | None:
    """The rows with what was taken of them, and the digest of the whole ones; None where there is no index
    that holds. `read` reads the rows where somebody needs more of them."""
    try:
        content = (episodes.parent / NAME).read_bytes()
        if content[:32] != _sum([content[32:]]):
            return None
        text, _, rest = content[32:].partition(b"\n")
        header = json.loads(text)
        if header["code"] != _code() or header["episodes"] != content_digest(episodes):
            return None
    except (OSError, ValueError, KeyError, TypeError, InputError):
        return None
    arrays: dict[str, npt.NDArray[Any]] = {}
    at = 0
    for name, kind, shape in header["arrays"]:
        dtype = np.dtype(kind)
        number = int(np.prod(shape))
        arrays[name] = np.frombuffer(rest, dtype=dtype, count=number, offset=at).reshape(shape)
        at += number * dtype.itemsize
    columns = Columns(_Unread(header["rows"], read))
    columns.take_back(
        {measure: arrays[f"measure {measure.__name__}"] for measure in metrics.MEASURES},
        {
            "ids": Texts.of(arrays["ids"].tobytes(), arrays["ends"].tolist()),
            "dialogues": arrays["dialogues"],
            "repeats": arrays["repeats"],
            "number": header["number"],
            "fields": frozenset(header["fields"]),
            "facts": frozenset(header["facts"]),
            "methods": Counter(header["methods"]),
            "searches": header["searches"],
            "items": header["items"],
            "replies": (header["replies"], arrays["named"]),
            "contents": arrays["contents"],
        },
    )
    return columns, header["digest"]


class _Unread(Sequence[Row]):
    """Rows that are read when the first is asked for."""

    def __init__(self, number: int, read: Callable[[], Sequence[Row]]) -> None:
        self._number = number
        self._read: Callable[[], Sequence[Row]] = functools.cache(read)

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Row]:
        return iter(self._read())

    @overload
    def __getitem__(self, index: int) -> Row: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...

    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        return self._read()[index]


def _sum(parts: Sequence[bytes]) -> bytes:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.digest()


@functools.cache
def _code() -> str | None:
    """A digest of the modules that decide what is taken of rows; None where nobody can read them."""
    folders = (_ROOT / "evaluation" / "metrics", _ROOT / "evaluation" / "runs")
    found = hashlib.sha256()
    try:
        for path in (*(one for folder in folders for one in sorted(folder.glob("*.py"))), *map(_at, _CODE)):
            found.update(path.read_bytes())
    except OSError:
        return None
    return found.hexdigest()


def _at(name: str) -> Path:
    return _ROOT / name
