"""Writing files so that a reader sees the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from usbrec.errors import InputError


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text with LF line ends, atomically, creating folders. Raises InputError."""
    path = Path(path)
    if path.exists() and not path.is_file():
        raise InputError(f"{path}: not a file that can be written; choose another name.")
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        partial.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from None
    return path
