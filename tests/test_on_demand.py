"""Rooms give out names that are imported when they are first asked for."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from usbrec.on_demand import given_out

SOURCES = ROOT / "src" / "usbrec"
ROOMS = sorted(
    path.parent.relative_to(SOURCES.parent).as_posix().replace("/", ".")
    for path in SOURCES.rglob("__init__.py")
    if "given_out(" in path.read_text(encoding="utf-8")
)


def promised(room: str) -> dict[str, str]:
    """Name -> module, as checkers of types are told."""
    tree = ast.parse(Path(str(importlib.import_module(room).__file__)).read_text(encoding="utf-8"))
    branch = next(one for one in tree.body if isinstance(one, ast.If))
    assert ast.unparse(branch.test) == "TYPE_CHECKING"
    imports = [one for one in branch.body if isinstance(one, ast.ImportFrom)]
    return {alias.name: str(one.module) for one in imports for alias in one.names}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_gives_out_the_names_that_it_promises_and_no_others(room: str) -> None:
    module: Any = importlib.import_module(room)
    names = promised(room)
    assert set(module.__all__) == names.keys()
    for name, home in names.items():
        assert module.__getattr__(name) is getattr(importlib.import_module(home), name)
    with pytest.raises(AttributeError, match=rf"module '{room}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018


def test_a_room_imports_what_is_asked_for_alone() -> None:
    asked = (
        "import sys; from usbrec.items import normalise_title\n"
        "print(*sorted(name for name in sys.modules if name.startswith('usbrec.items') or name == 'numpy'))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["usbrec.items", "usbrec.items.scripts", "usbrec.items.titles"]


def test_a_name_is_looked_for_once() -> None:
    sys.modules.pop("usbrec.training", None)
    room = importlib.import_module("usbrec.training")
    assert "METHODS" not in vars(room)
    assert room.METHODS is vars(room)["METHODS"]


def test_a_module_that_lacks_the_name_is_told_of() -> None:
    with pytest.raises(AttributeError, match="absent"):
        given_out("usbrec", {"keys": "absent"})("absent")
