"""Folders that are whole or not there: made aside, sealed with the checksum of every file, moved into place.

What lies in a cache is read back years later, after full disks and cut power. Whoever opens such a folder
checks the seal first and makes it anew when it does not hold. Checksums guard against accidents; the
cache is the user's own.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

_SEAL = "seal.json"
_BLOCK = 1 << 20


@contextlib.contextmanager
def making(folder: Path) -> Iterator[Path]:
    """Gives an empty folder to write into, which becomes `folder` when the block ends without an error.

    What stood there before is replaced. Raises OSError when it cannot be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=f".{folder.name}.", ignore_cleanup_errors=True
    ) as aside:
        partial = Path(aside) / "new"
        partial.mkdir()
        yield partial
        (partial / _SEAL).write_text(json.dumps(_checksums(partial)), encoding="ascii")
        with contextlib.suppress(FileNotFoundError):
            folder.rename(Path(aside) / "old")
        try:
            partial.rename(folder)
        except OSError:
            # Another process, which makes the same, was first.
            if not is_whole(folder):
                raise


def is_whole(folder: Path) -> bool:
    """Whether every file of the folder is as it was sealed. Reads all of them, about 1 GB a second."""
    try:
        sealed = json.loads((folder / _SEAL).read_text(encoding="ascii"))
        return bool(sealed) and sealed == _checksums(folder)
    except (OSError, ValueError):
        return False


def _checksums(folder: Path) -> dict[str, list[int]]:
    return {
        str(path.relative_to(folder)): [path.stat().st_size, _checksum(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _SEAL
    }


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            value = zlib.crc32(block, value)
    return value
