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
        pytest.skip(f"{' '.join(command[:4])} ... took more than {_INSTALL} seconds")
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip() and "WARNING" not in line]
        pytest.skip(f"{' '.join(command)} failed: {' '.join(said[-3:])[:500]}")


def into_venv(folder: Path, packages: Sequence[str]) -> None:
    """Make `folder` a virtual environment with `packages`."""
    install([sys.executable, "-m", "venv", str(folder)], folder)
    python = str(folder / "bin" / "python")
    install([python, "-m", "pip", "install", "--quiet", "--no-input", *packages], folder)


def venv_with(name: str, packages: Sequence[str]) -> Path:
    """The virtual environment `name` with `packages`, made where it is not there yet."""
    folder = FOLDER / name
    ready = folder / ".ready"
    if not (ready.is_file() and ready.read_text().split() == list(packages)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        into_venv(folder, packages)
        ready.write_text("\n".join(packages))
    return folder
