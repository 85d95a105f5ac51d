"""Names of a package that are imported when they are first asked for (PEP 562).

A package's ``__init__`` names them for checkers of types under ``TYPE_CHECKING``, and else takes its
``__getattr__`` from here. So what needs one module of a room does not pay for all of them.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

#: Whether this process is a command of ours, so that nobody else uses what it imports.
in_command = False
#: Objects that a command, or a run that is played, makes between two looks for garbage (Python's own number
#: is 700; see garbage.py). Here, because help and version import little else.
MADE_BETWEEN_LOOKS = 150_000


def given_out(package: str, names: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package: module below it -> the names that it has, with blanks between."""
    homes = {name: f"{package}.{module}" for module, those in names.items() for name in those.split()}

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(importlib.import_module(homes[name]), name)
        setattr(sys.modules[package], name, value)  # so it is asked for once
        return value

    return find
