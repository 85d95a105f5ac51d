"""Files and folders: reading with errors that say where, atomic writing, and the user's cache.

Whoever reads a file while it is written sees the old one or the new one. A folder in the cache is whole or
not there: it is written under another name, gets a list of every file's checksum, and is renamed into
place. What lies there is read back years later, after full disks and cut power, so whoever opens one checks
the list first and writes it anew when it does not hold. Checksums guard against accidents; the cache is the
user's own.
"""

from __future__ import annotations

import codecs
import contextlib
import errno
import functools
import hashlib
import json
import os
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import platformdirs

from usbrec.errors import ConfigError, InputError

_CHECKSUMS = "seal.json"
_BLOCK = 1 << 20
#: Longer texts are seldom the same.
_SHORT = 24

#: A file's path, and what changes when its content does.
Stamped = tuple[str, int, int]


def stamped(path: str | Path) -> Stamped:
    """A file as it stands now; of one that is not there, its path alone."""
    try:
        stat = Path(path).stat()
    except OSError:
        return str(path), 0, 0
    return str(path), stat.st_mtime_ns, stat.st_size


def expanded(path: str | Path) -> Path:
    """The path with a home folder in place of ``~``. Raises InputError where there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        raise InputError(
            f"{path}: no home folder is known for {Path(path).parts[0]}. Write it out."
        ) from None


#: From so many bytes on a file is read for its digest once, for as long as its time and size stay: an
#: experiment opens the same weights a dozen times.
_LARGE = 1 << 20


def content_digest(path: str | Path) -> str:
    """64 hex digits of what a file holds. Raises InputError when it cannot be read."""
    stamp = stamped(path)
    return _digest_of_large(stamp) if stamp[2] >= _LARGE else _digest_of(path)


@functools.lru_cache(maxsize=64)
def _digest_of_large(stamp: Stamped) -> str:
    return _digest_of(stamp[0])


def _digest_of(path: str | Path) -> str:
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Check the path and its permissions.") from None


def read_text(
    path: str | Path,
    encoding: str | None = None,
    advice: str = "Save the file as UTF-8.",
    unknown: str = "Save the file as UTF-8.",
) -> str:
    """The whole file as text, without a byte-order mark. Raises InputError when it cannot be read.

    By default UTF-8, or UTF-16 where its mark stands at the beginning. `advice` says what to do with a file
    that is probably in "{encoding}", in which the first line that is not UTF-8 reads "{line}"; `unknown`
    says it where no encoding is likely.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Check the path.") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a folder. Name the file inside it.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}). Check the path and its permissions.") from None
    marked = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding or marked).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        begins = data.rfind(b"\n", 0, error.start) + 1
        name = encoding or ("UTF-16" if marked == "utf-16" else "UTF-8")
        from usbrec.encodings import likely_encoding  # Most files are UTF-8.

        told, likely = unknown, likely_encoding(data)
        if likely is not None and likely != encoding:
            shown = data[begins : begins + 240].split(b"\n")[0].decode(likely, "replace").strip()
            told = advice.replace("{encoding}", likely).replace("{line}", repr(shown[:60]))
        raise InputError(f"{path}:{line}: not {name} (byte 0x{data[error.start]:02x}). {told}") from None
    except (LookupError, UnicodeError, ValueError):
        raise ConfigError(
            f"{path}: encoding = {encoding!r} is no encoding of text. Well-known ones: cp1252, latin-1, "
            "utf-16, shift_jis, gb18030."
        ) from None
    if not text.strip():
        raise InputError(f"{path}: the file is empty.")
    return text


def parse_json(text: str) -> Any:
    """json.loads that fails with ValueError alone, also on nesting too deep to follow."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def sharing_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An `object_pairs_hook` for rows that stay in memory by the thousand: names of fields, and short texts
    such as a role, are one object in all of them. It takes a third off what they hold."""
    return {
        sys.intern(name): sys.intern(value) if type(value) is str and len(value) < _SHORT else value
        for name, value in pairs
    }


def json_problem(error: ValueError) -> str:
    """Why a text is no JSON, in few words, without repeating the text."""
    if isinstance(error, json.JSONDecodeError):
        return f"broken JSON (column {error.colno}: {error.msg})"
    return f"broken JSON ({error})"


#: What is wrong with a line that is JSON and no object.
NO_OBJECT = "not a JSON object"


def json_lines(text: str) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line number and object for every non-blank line; the problem as a string where it is no object."""
    # Not splitlines(): JSON strings may hold U+2028 and its like, which are no line ends in JSONL.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = parse_json(line)
        except ValueError as error:
            yield number, json_problem(error)
            continue
        yield number, value if isinstance(value, dict) else NO_OBJECT


def write_text(path: str | Path, text: str) -> Path:
    """Write UTF-8 text with LF line ends, atomically, creating folders. Raises InputError."""
    return write_texts(path, (text,))


def write_texts(path: str | Path, texts: Iterable[str]) -> Path:
    """The same of texts one after the other, which are never all held at once."""
    path = Path(path)
    partial = path.parent / f".{path.name}.{os.getpid()}.part"
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: cannot be written: it is no plain file. Choose another name.")
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
            file.writelines(texts)
        partial.replace(path)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError, ValueError):
            partial.unlink()
        room = " Make room; the same command goes on from there." if is_full(error) else ""
        raise InputError(f"{path}: cannot be written ({getattr(error, 'strerror', error)}).{room}") from None
    return path


def is_full(error: BaseException) -> bool:
    """Whether there was no room to write: a full disk, a quota, a limit on the size of files."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def cache_folder() -> Path:
    """Where models, indexes and vectors are kept for later runs: USBREC_CACHE, else the user's cache."""
    return Path(os.environ.get("USBREC_CACHE") or platformdirs.user_cache_dir("usbrec", appauthor=False))


@contextlib.contextmanager
def atomic_folder(folder: Path) -> Iterator[Path]:
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
        (partial / _CHECKSUMS).write_text(json.dumps(_checksums(partial)), encoding="ascii")
        with contextlib.suppress(FileNotFoundError):
            folder.rename(Path(aside) / "old")
        try:
            partial.rename(folder)
        except OSError:
            # Another process, which makes the same, was first.
            if not is_whole(folder):
                raise


def is_whole(folder: Path) -> bool:
    """Whether every file of the folder has its checksum of then. Reads all of them, about 1 GB a second."""
    try:
        written = json.loads((folder / _CHECKSUMS).read_text(encoding="ascii"))
        return bool(written) and written == _checksums(folder)
    except (OSError, ValueError):
        return False


def _checksums(folder: Path) -> dict[str, list[int]]:
    return {
        str(path.relative_to(folder)): [path.stat().st_size, _checksum(path)]
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != _CHECKSUMS
    }


def _checksum(path: Path) -> int:
    value = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            value = zlib.crc32(block, value)
    return value
