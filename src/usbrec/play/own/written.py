"""How a user's classes and functions are written: their source, else their bytecode, and what that refers to.

A class in a notebook changes from cell to cell: a method, a class attribute, a base class, a helper or a
constant beside it. All of it decides its answers, so all of it tells two runs apart. What packages bring is
known by name: who installs another version knows.
"""

from __future__ import annotations

import dataclasses
import dis
import functools
import inspect
import pathlib
import sys
import types
from collections.abc import Iterator, Mapping
from typing import Any


def is_of_the_user(thing: Any) -> bool:
    """Whether a class or a function is the user's own, and not that of a package or of Python."""
    name = getattr(thing, "__module__", None)
    if not isinstance(name, str):
        return True  # made by exec, say
    top = name.partition(".")[0]
    if top == "__main__":
        return True  # also at the prompt of a package: "python -m ptpython"
    if top in sys.stdlib_module_names or top in ("builtins", "usbrec"):
        return False
    file = getattr(sys.modules.get(name), "__file__", None)
    return file is None or not {"site-packages", "dist-packages"} & set(pathlib.PurePath(file).parts)


def members_of(kind: type) -> Iterator[tuple[str, Any]]:
    """What is written in a user's class and in those of its bases that are the user's, by (class, name)."""
    for one in kind.__mro__:
        if one is object or not is_of_the_user(one):
            continue
        for name, value in sorted(vars(one).items()):
            if not _is_made(name, value):
                yield f"{one.__qualname__}.{name}", value


def _is_made(name: str, value: Any) -> bool:
    """Whether Python or a library wrote it into the class: its documentation, its slots, fields of a data
    class."""
    if inspect.isfunction(value) or functions_in(value) is not None:
        return False
    of_python = name.startswith("__") and name.endswith("__")
    return of_python or name.startswith("_abc_") or inspect.isdatadescriptor(value)


def functions_in(value: Any) -> list[Any] | None:
    """The functions behind a method of any kind, a property or a cache; None for what is none of these."""
    if isinstance(value, staticmethod | classmethod):
        return [value.__func__]
    if isinstance(value, property):
        return [one for one in (value.fget, value.fset, value.fdel) if one is not None]
    if isinstance(value, functools.cached_property):
        return [value.func]
    if isinstance(value, functools.partialmethod):
        return [value.func, list(value.args), value.keywords]
    wrapped = getattr(value, "__wrapped__", None)
    return [wrapped] if wrapped is not None and not inspect.isfunction(value) else None


def text_of(function: types.FunctionType) -> str | list[Any]:
    """The source of a function; where nobody can read it (exec, a shell's input), its bytecode. Of a lambda
    both: its source is that of all lambdas on its line."""
    try:
        source = inspect.getsource(function)
    except (OSError, TypeError):
        return _bytecode(function.__code__)
    return [source, _bytecode(function.__code__)] if function.__name__ == "<lambda>" else source


def _bytecode(code: types.CodeType) -> list[Any]:
    constants = [
        _bytecode(one)
        if isinstance(one, types.CodeType)
        else [type(one).__name__, sorted(map(repr, one)) if isinstance(one, frozenset) else repr(one)]
        for one in code.co_consts
    ]
    return [code.co_code.hex(), list(code.co_names), list(code.co_varnames), constants]


def beside(function: types.FunctionType) -> Mapping[str, Any]:
    """What of its module a function refers to, and does not set itself: plain values, and functions and
    classes of the user's."""
    return {
        name: value
        for name, value in _there(function)
        if isinstance(value, str | bool | int | float | bytes | tuple | frozenset)
        or (isinstance(value, types.FunctionType | type) and is_of_the_user(value))
    }


def containers_beside(function: types.FunctionType) -> Mapping[str, Any]:
    """The same of lists, mappings, sets and data classes."""
    return {
        name: value
        for name, value in _there(function)
        if isinstance(value, list | dict | set | types.SimpleNamespace)
        or (dataclasses.is_dataclass(value) and not isinstance(value, type))
    }


def _there(function: types.FunctionType) -> list[tuple[str, Any]]:
    names: set[str] = set()
    written: set[str] = set()
    for code in _codes(function.__code__):
        names.update(code.co_names)
        written.update(one.argval for one in dis.get_instructions(code) if one.opname == "STORE_GLOBAL")
    around = function.__globals__
    return [(name, around[name]) for name in sorted(names - written) if name in around]


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _codes(one)
