"""Runs without a folder of the user's own: one that lasts as long as the call, of which no message speaks.

The rooms below work in a folder always, and say where something is kept and how to go on. Of a folder that is
gone when the message is read neither is true.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from usbrec.errors import Interrupted, UsbRecError

_TO_GO_ON = 'To go on later where it stops, give a folder: out="runs/NAME".'
#: What is said of work that goes on in the same folder.
_KEPT = re.compile(r"\s*What is finished (?:is kept|stays): (?:the same|run the same) \w+ [^.]*\.")
#: A message that begins with the folder, or names a file of it.
_PLACE = "this run, which is held in memory"


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
