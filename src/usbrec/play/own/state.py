"""State of a user's object: a digest of what it holds, and what of that nobody can compare.

Two runs are the same only where the objects in their seats are. What an object holds is walked through:
texts, numbers, lists, mappings, sets, arrays, and objects whose attributes can be, with how their classes are
written (play/own/written.py). Anything else, such as an open connection or a trained model of another
library, is told of by name, because two different ones would pass for the same. Not pickled: two equal
objects may be pickled differently, and a pickle may be a secret.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import functools
import hashlib
import importlib.machinery
import inspect
import pathlib
import re
import sys
import types
from collections.abc import Mapping
from typing import Any

from usbrec.keys import digest
from usbrec.play.own.written import (
    beside,
    containers_beside,
    functions_in,
    is_of_the_user,
    members_of,
    text_of,
)

#: What is nested deeper or has more parts is not compared.
_DEEPEST, _MOST = 12, 200_000
_PLAIN = str | bool | int | float | None | complex | decimal.Decimal | datetime.date | datetime.time


class _Opaque(Exception):
    """Something that cannot be compared."""


def is_plain(value: object) -> bool:
    """Whether a value is a text or a number, which every digest of attributes has held."""
    return isinstance(value, str | bool | int | float)


def digest_of(attributes: Mapping[str, Any]) -> tuple[str | None, tuple[str, ...]]:
    """A digest of those values that are more than texts and numbers (None without any), and the names of
    those that cannot be compared."""
    told: dict[str, Any] = {}
    opaque: list[str] = []
    for name, value in sorted(attributes.items()):
        if value is None or is_plain(value):
            continue
        try:
            told[name] = _Walk().form(value)
        except Exception:  # noqa: BLE001 - code of others, asked for what it holds
            opaque.append(name)
    return (digest(told)[:16] if told else None), tuple(opaque)


def held_by(thing: object) -> dict[str, Any]:
    """What an object holds, by name, in its slots too."""
    if isinstance(thing, type):
        return {}  # it is what is written in it
    slots = (name for kind in type(thing).__mro__ for name in _slots_of(kind))
    found = {name: getattr(thing, name) for name in slots if name not in _OF_PYTHON and hasattr(thing, name)}
    return {**found, **getattr(thing, "__dict__", {})}


def code_of(kind: type) -> tuple[str | None, tuple[str, ...]]:
    """A digest of how a class is written, with its bases and attributes, and the names of those of its
    attributes that cannot be compared."""
    told: list[Any] = []
    opaque: list[str] = []
    for name, value in members_of(kind):
        try:
            told.append([name, _Walk().form(value)])
        except Exception:  # noqa: BLE001 - code of others, asked for what it holds
            opaque.append(name)
    return (digest(told)[:16] if told else None), tuple(opaque)


class _Walk:
    def __init__(self) -> None:
        self._parts = 0
        self._around: set[int] = set()
        # Classes and functions that are written down already.
        self._written: list[Any] = []

    def form(self, value: Any, depth: int = 0) -> Any:
        """JSON that is the same for values that are. Raises _Opaque."""
        self._parts += 1
        if any(one is value for one in self._written):
            return [value.__qualname__]  # it refers to itself, or others do
        if depth > _DEEPEST or self._parts > _MOST or id(value) in self._around:
            raise _Opaque
        if isinstance(value, _PLAIN):
            return [type(value).__name__, repr(value)]
        if isinstance(value, bytes | bytearray | memoryview):
            return ["bytes", hashlib.sha256(bytes(value)).hexdigest()]
        if isinstance(value, enum.Enum | pathlib.PurePath | re.Pattern | range | slice):
            return [type(value).__qualname__, repr(value)]
        self._around.add(id(value))
        try:
            return self._parts_of(value, depth + 1)
        finally:
            self._around.discard(id(value))

    def _parts_of(self, value: Any, depth: int) -> Any:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        held = vars(value) if type(value).__module__ != "builtins" and hasattr(value, "__dict__") else {}
        if type(value).__module__ in _STATELESS:
            return [kind]
        if isinstance(value, list | tuple | collections.deque):
            return [kind, [self.form(one, depth) for one in value], self._named(held, depth)]
        if isinstance(value, set | frozenset):
            told = sorted(map(repr, (self.form(one, depth) for one in value)))
            return [kind, told, self._named(held, depth)]
        if isinstance(value, dict):
            parts = [[self.form(name, depth), self.form(one, depth)] for name, one in value.items()]
            return [kind, parts, self._named(held, depth)]
        if hasattr(value, "columns") and hasattr(value, "to_dict"):
            return [kind, self.form({str(name): list(value[name]) for name in value.columns}, depth)]
        if hasattr(value, "dtype") and hasattr(value, "tobytes"):
            if getattr(value.dtype, "hasobject", True):
                return [kind, self.form(value.tolist(), depth)]
            shape = [int(side) for side in getattr(value, "shape", ())]
            return [kind, str(value.dtype), shape, hashlib.sha256(value.tobytes()).hexdigest()]
        if isinstance(value, functools.partial):
            bound = [list(value.args), dict(value.keywords)]
            return [kind, self.form(value.func, depth), self.form(bound, depth), self._named(held, depth)]
        if isinstance(value, type) or inspect.isbuiltin(value):
            named = [kind, value.__module__ or "", value.__qualname__]
            return [*named, *self._class(value, depth)] if isinstance(value, type) else named
        if (functions := functions_in(value)) is not None:
            return [kind, self.form(functions, depth)]
        if inspect.isfunction(value) or inspect.ismethod(value):
            return [kind, *self._function(value, depth)]
        return [kind, self._object(value, depth)]

    def _function(self, value: Any, depth: int) -> list[Any]:
        function = getattr(value, "__func__", value)
        if not inspect.isfunction(function):
            raise _Opaque
        bound = getattr(value, "__self__", None)
        if any(one is function for one in self._written):
            return [function.__qualname__]
        self._written.append(function)
        cells = [_content(cell) for cell in function.__closure__ or ()]
        defaults = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
        held = self.form([*cells, *defaults], depth)
        around = [self._named(beside(function), depth), self._kept(function, depth)]
        around = around if is_of_the_user(function) else []
        return [text_of(function), held, around, None if bound is None else self.form(bound, depth)]

    def _kept(self, function: types.FunctionType, depth: int) -> list[Any]:
        """What the lists, mappings and sets of its module hold that a function refers to, where that can be
        compared: settings, mostly."""
        told: list[Any] = []
        for name, value in containers_beside(function).items():
            parts, written = self._parts, len(self._written)
            try:
                told.append([name, self.form(value, depth)])
            except Exception:  # noqa: BLE001 - code of others, asked for what it holds
                del self._written[written:]
            self._parts = parts  # a large one leaves room for the others
        return told

    def _class(self, kind: type, depth: int) -> list[Any]:
        """How a user's class is written, the first time that it is met; what a package brings is known by
        name."""
        if not is_of_the_user(kind) or any(one is kind for one in self._written):
            return []
        self._written.append(kind)
        if issubclass(kind, enum.Enum):
            return [[one.name, self.form(one.value, depth)] for one in kind]
        return [[name, self.form(value, depth)] for name, value in members_of(kind)]

    def _object(self, value: Any, depth: int) -> Any:
        """By its attributes, where these are all there is to it: not of what is written in C."""
        kinds = [one for one in type(value).__mro__ if one is not object]
        slots = [name for one in kinds for name in _slots_of(one) if name not in _OF_PYTHON]
        size = object.__basicsize__ + 8 * (len(slots) + 2)
        if type(value).__basicsize__ > size or not all(map(_is_python, kinds)):
            raise _Opaque
        return [*self._class(type(value), depth), self._named(held_by(value), depth)]

    def _named(self, held: Mapping[str, Any], depth: int) -> Any:
        return [[name, self.form(one, depth)] for name, one in sorted(held.items())]


#: Slots that hold nothing of the object's own.
_OF_PYTHON = frozenset({"__dict__", "__weakref__"})
#: What these modules' objects hold decides no answer: locks and logs.
_STATELESS = frozenset({"_thread", "threading", "logging"})


def _is_python(kind: type) -> bool:
    """Whether a class is written in Python, so that its attributes are what an object of it holds."""
    module = sys.modules.get(kind.__module__)
    file = getattr(module, "__file__", None)
    if file is not None:
        return not file.endswith(tuple(importlib.machinery.EXTENSION_SUFFIXES))
    origin = getattr(getattr(module, "__spec__", None), "origin", None)
    return module is not None and kind.__module__ != "builtins" and origin not in ("built-in", "frozen")


def _content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # it is not set yet
        return None


def _slots_of(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    return (slots,) if isinstance(slots, str) else tuple(slots)
