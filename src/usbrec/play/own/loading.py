"""Object loading: ``python:MODULE:THING`` from a module, ``plugin:NAME`` from an installed package.

Both run code that is not ours. Whoever names it trusts it.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Any

from usbrec.errors import ConfigError
from usbrec.play.own.calls import first_line

#: Entry points of this group are plug-ins.
GROUP = "usbrec.seats"


def load_object(kind: str, rest: str, text: str) -> object:
    """The object of a seat written `text`, of the kind "python" or "plugin"; a class is called without
    arguments. Raises ConfigError, which says what failed and where."""
    if kind == "python":
        thing = _from_module(rest, text)
    else:
        point = _entry_point(rest, text)
        thing = _tried(point.load, f"{text}: {point.value} cannot be loaded")
    return _made(thing, text) if isinstance(thing, type) else thing


def _from_module(rest: str, text: str) -> object:
    name, colon, path = rest.partition(":")
    if not (name and colon and path):
        raise ConfigError(f"{text}: write python:MODULE:THING, such as python:my_package.my_module:MyClass.")
    # As `python -m` has it: a module beside where the command is typed is found.
    here = str(Path.cwd())
    if here not in sys.path and "" not in sys.path:
        sys.path.insert(0, here)
    try:
        known = importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        known = False  # a package on the way to it is missing or fails: importing it says which
    if not known and "." not in name:
        raise ConfigError(
            f"{text}: no module is called {name}. Modules are looked for in the current folder ({here}) and "
            "among installed packages."
        )
    module = _tried(lambda: importlib.import_module(name), f"{text}: the module {name} cannot be imported")
    thing: Any = module
    for part in path.split("."):
        if not hasattr(thing, part):
            there = ", ".join(sorted(each for each in vars(module) if not each.startswith("_"))) or "nothing"
            where = getattr(module, "__file__", None) or name
            raise ConfigError(f"{text}: {where} has no {path}. There is: {there}.")
        thing = getattr(thing, part)
    return thing


def _entry_point(name: str, text: str) -> metadata.EntryPoint:
    found = metadata.entry_points(group=GROUP)
    # A package that is found twice on the path is one package.
    named = {(_package(point), point.value): point for point in found if point.name == name}
    if not named:
        there = ", ".join(sorted({point.name for point in found})) or "none"
        raise ConfigError(f"{text}: no installed package has a plug-in of this name. There are: {there}.")
    if len(named) > 1:
        packages = ", ".join(f"{package} ({value})" for package, value in sorted(named))
        raise ConfigError(
            f"{text}: several installed packages have a plug-in of this name: {packages}. Uninstall all but "
            "one, or name the object itself as python:MODULE:THING."
        )
    return next(iter(named.values()))


def _package(point: metadata.EntryPoint) -> str:
    return point.dist.name if point.dist is not None else "a package without a name"


def _made(kind: type, text: str) -> object:
    try:
        inspect.signature(kind).bind()
    except TypeError as error:
        raise ConfigError(
            f"{text}: {kind.__qualname__} is called without arguments, and cannot be ({error}). Name an "
            "object that is made already, or give its arguments defaults."
        ) from None
    except ValueError:  # a class without a signature, as some in C are: calling it shows
        pass
    return _tried(kind, f"{text}: {kind.__qualname__}() failed")


def _tried(work: Callable[[], object], what: str) -> Any:
    """What `work` returns. Raises ConfigError with the first line of what it raises, and where."""
    try:
        return work()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever code of others raises
        place = _place(error)
        raise ConfigError(f"{what}: {first_line(error)}{f' at {place}' if place else ''}.") from None


def _place(error: BaseException) -> str:
    """``file:line`` where an error was raised in code that is not Python's own import machinery or ours."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}"
    ours = str(Path(__file__))
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename != ours and "importlib" not in frame.filename:
            return f"{frame.filename}:{frame.lineno}"
    return ""
