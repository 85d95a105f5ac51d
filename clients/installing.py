"""Installing of real programs: each into a folder of its own, or the test is skipped with the reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("USBREC_CLIENTS") or Path(tempfile.gettempdir()) / "usbrec-clients")
#: Seconds that one may take to be installed.
_INSTALL = 1800


def install(command: list[str], folder: Path) -> None:
    """Run what installs something into `folder`; skips where it fails."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_INSTALL)
    except subprocess.TimeoutExpired:
        pytest.skip(f"{' '.join(command)} took more than {_INSTALL} seconds; run it again to go on with it")
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip() and "WARNING" not in line]
        pytest.skip(f"{' '.join(command)} failed: {' '.join(said[-3:])[:500]}")


def into_venv(folder: Path, packages: Sequence[str]) -> None:
    """Make `folder` a virtual environment with `packages`."""
    install([sys.executable, "-m", "venv", str(folder)], folder)
    python = str(folder / "bin" / "python")
    install([python, "-m", "pip", "install", "--quiet", "--no-input", *packages], folder)


def venv_with(name: str, packages: Sequence[str]) -> Path:
    """The virtual environment `name` with `packages`, made where it is not there yet; one that was broken off
    is gone on with, because some of them are gigabytes."""
    folder = FOLDER / name
    wanted, ready = folder / ".wanted", folder / ".ready"
    if not (wanted.is_file() and wanted.read_text().split() == list(packages)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        wanted.write_text("\n".join(packages))
    if not ready.is_file():
        into_venv(folder, packages)
        ready.touch()
    return folder
