"""Runs without a folder of the user's own: one that lasts as long as the call, of which no message speaks.

The rooms below work in a folder always, and say where something is kept and how to go on. Of a folder that is
gone when the message is read neither is true.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from usbrec.errors import Interrupted, UsbRecError
from usbrec.patterns import LazyPattern
from usbrec.storage import json_lines, read_text

Row = Mapping[str, Any]

_TO_GO_ON = 'To go on later where it stops, give a folder: out="runs/NAME".'
#: What is said of work that goes on in the same folder.
_KEPT = LazyPattern(r"\s*What is finished (?:is kept|stays): (?:the same|run the same) \w+ [^.]*\.")
#: A message that begins with the folder, or names a file of it.
_PLACE = "this run, which is held in memory"


def kept_or_held(
    stage: Callable[..., Mapping[str, Any]],
    work: Any,
    out: str | os.PathLike[str] | None,
    file: str,
    named: Callable[[Mapping[str, Any]], str],
    **given: Any,
) -> tuple[str, Path | None, Mapping[str, Any], tuple[Row, ...]]:
    """A stage done on `work` in the folder `out`, or in memory without one: its name (the folder's, else what
    `named` makes of the results), the folder, the results, and the rows that it writes into `file`.

    Raises what the stage raises.
    """
    if (folder := given_folder(out)) is not None:
        results = stage(work, folder, **given)
        return folder.resolve().name, folder, results, read_rows(folder / file)
    with held_in_memory() as kept:
        results = stage(work, kept, **given)
        return named(results), None, results, read_rows(kept / file)


def given_folder(out: str | os.PathLike[str] | None) -> Path | None:
    """The folder that keeps what is done; None where none is named."""
    return None if out is None else Path(out)


def read_rows(path: Path) -> tuple[Row, ...]:
    """The objects of a file of JSON lines."""
    rows = json_lines(read_text(path))
    return tuple(row for _, row in rows if not isinstance(row, str))


@contextlib.contextmanager
def held_in_memory() -> Iterator[Path]:
    """A folder for one call. Errors that leave the block say that nothing is kept, and name no file in it.

    Raises what the block raises.
    """
    with tempfile.TemporaryDirectory(prefix="usbrec-") as kept:
        try:
            yield Path(kept)
        except Interrupted:
            raise Interrupted(f"Stopped. {_TO_GO_ON}") from None
        except UsbRecError as error:
            if error.args and isinstance(error.args[0], str):
                error.args = (without_folder(error.args[0], kept), *error.args[1:])
            raise


def without_folder(message: str, folder: str) -> str:
    """The message without the folder and without the promise that the work goes on there."""
    places = "|".join(
        sorted({re.escape(folder), re.escape(str(Path(folder).resolve()))}, key=len, reverse=True)
    )
    said = re.sub(rf"(?:{places})(?P<file>/[\w./#-]*\w)?(?=[\s:,;.'\"]|$)", _placed, message)
    said, promised = _KEPT.subn("", said)
    return f"{said}\nNothing is kept. {_TO_GO_ON}" if promised else said


def _placed(found: re.Match[str]) -> str:
    return _PLACE if found["file"] is None else f"{found['file'].lstrip('/')} of {_PLACE}"
