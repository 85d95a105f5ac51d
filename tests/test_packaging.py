"""What an installed package holds: every module that the working tree has."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_nothing_of_the_package_is_ignored_by_git_and_so_left_out_of_the_wheel() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("no working tree of git")
    left_out = set()
    for kind in ("--others", "--cached"):
        command = ["git", "ls-files", kind, "--ignored", "--exclude-standard", "--", "src"]
        listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        left_out.update(path for path in listed.splitlines() if path.endswith(".py"))
    assert left_out == set()


def test_every_folder_of_modules_is_a_package() -> None:
    package = ROOT / "src" / "usbrec"
    folders = {file.parent for file in package.rglob("*.py")}
    without = [folder for folder in folders if not (folder / "__init__.py").exists()]
    assert without == []
