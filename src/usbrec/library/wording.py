"""Wording of errors for a program: what names an option of the command line names the argument instead.

The rooms below speak to the command line, where most people meet them; a program that is told to "add
--catalogue FILE" has no such thing. What has no argument is named as the setting that it stands for. Commands
that are quoted whole (`usbrec train ranker -o DIR`) stay, because they are typed in a shell.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, ParamSpec, TypeVar

from usbrec.config import Config
from usbrec.errors import ConfigError, Interrupted, UsbRecError
from usbrec.library.settings import SETTINGS
from usbrec.patterns import LazyPattern

P = ParamSpec("P")
T = TypeVar("T")

_STOPPED = 'Stopped. To go on later where it stops, give a folder: out="runs/NAME".'
_STOPPED_THERE = "Stopped. What is finished is kept: the same call goes on from there."
#: Options whose argument has another name.
_CALLED = {"simulator": "seeker", "model": "base", "test": "samples", "train": "samples"}
_COMMAND = (
    r"`usbrec [^`]*`"
    r"|usbrec (?:agreement|audit|benchmark|chat|compare|demo|evaluate|experiment|export|fidelity|models|pairs"
    r"|samples|score|serve|train)\b"
    r"(?:(?!\.(?:\s|\Z))[^`\n;,])*"
)
#: What stands behind an option and is its value, not the next word of the sentence.
_VALUE = (
    r"[A-Z]{2,}(?:\.[a-z]+)?\b|\d+(?:\.\d+)?|rules(?::[\w-]+)?\b|(?:ask|retrieval|episode)\b"
    r"|[\w.+/-]+:[\w.+/:-]*\w|[^\s:,;`]+(?=:\s)"
)
_OPTION = LazyPattern(
    rf"(?P<command>{_COMMAND})"
    rf"|(?<![\w-])--(?P<both>[a-z][a-z-]*) \(in Python, (?P<python>[^)]*)\)"
    rf"|(?<![\w-])--(?P<option>[a-z][a-z-]*)(?:[ =](?P<value>{_VALUE}))?"
    r"|(?<![\w-])-o\b(?: (?P<folder>[A-Z]{2,}|\S+/\S*))?"
)

#: How the work is gone on with.
_AS_A_CALL = {
    "run the same command again": "make the same call again",
    "the same command": "the same call",
    "The same command": "The same call",
}
_SAME = LazyPattern("|".join(_AS_A_CALL))
#: What stands in the annotation of an argument that may be the name of a file or folder.
_NAMES_FILES = ("PathLike", "SamplesSource", "CatalogueSource", "DialoguesSource", "GivenSettings")


def for_python(message: str, arguments: Collection[str]) -> str:
    """The message for a function that takes these arguments."""

    def named(found: re.Match[str]) -> str:
        if found["command"]:
            return found[0]
        if found["both"]:
            return found["python"]
        option = found["option"]
        if option is None:
            return "the argument out" if "out" in arguments else found[0]
        name = option.replace("-", "_")
        argument = next((one for one in (_CALLED.get(name, name), name) if one in arguments), None)
        setting = SETTINGS.get(name, name)
        value = _written(found["value"])
        if argument is not None:
            if value == "...":
                return f"the argument {argument}"
            return f"{argument}={value}" if value else argument
        if setting.partition(".")[0] not in Config.model_fields:
            # Not ours: an option of a server's, say.
            return found[0]
        return f"the setting {setting}" + (f" = {value}" if value not in ("", "...") else "")

    return _SAME.sub(lambda found: _AS_A_CALL[found[0]], _OPTION.sub(named, message))


def in_python(function: Callable[P, T]) -> Callable[P, T]:
    """The function, with errors that name its arguments. An empty name of a file or folder is refused here,
    for a path without a name is the folder that the program happens to run in."""
    parameters = inspect.signature(function).parameters
    arguments = frozenset(parameters)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            _refuse_unnamed(parameters, args, kwargs)
            return function(*args, **kwargs)
        except UsbRecError as error:
            if error.args and isinstance(error.args[0], str):
                error.args = (for_python(error.args[0], arguments), *error.args[1:])
            raise
        except KeyboardInterrupt:
            # Wherever it came, also before anything was played: whoever waits for Interrupted is told.
            if "out" not in arguments:
                raise
            raise Interrupted(_STOPPED if kwargs.get("out") is None else _STOPPED_THERE) from None

    return call


def _refuse_unnamed(
    parameters: Mapping[str, inspect.Parameter], args: Sequence[object], kwargs: Mapping[str, Any]
) -> None:
    """Raises ConfigError for an empty text where a file or folder is named, and for what is no text and no
    path where one of these is wanted."""
    by_place: list[str] = []
    for name, parameter in parameters.items():
        several = parameter.kind is inspect.Parameter.VAR_POSITIONAL
        by_place += [name] * (len(args) - len(by_place) if several else 1)
    for name, value in (*zip(by_place, args, strict=False), *kwargs.items()):
        if name not in parameters:
            continue
        wanted = str(parameters[name].annotation)
        if isinstance(value, str) and not value and any(kind in wanted for kind in _NAMES_FILES):
            without = "" if parameters[name].default is inspect.Parameter.empty else ", or leave it out"
            raise ConfigError(f'{name}="": no name of a file or folder. Give one{without}.')
        kinds = _ALONE.get(wanted.removesuffix(" | None"))
        if kinds is None or isinstance(value, kinds[0]) or (value is None and wanted.endswith("None")):
            continue
        raise ConfigError(f"{name}={value!r}: {kinds[1]} is wanted, not {type(value).__name__}.")


#: Annotations of arguments that are a text, or a path, and nothing else.
_ALONE: Mapping[str, tuple[tuple[type, ...], str]] = {
    "str": ((str,), "a text"),
    "str | os.PathLike[str]": ((str, os.PathLike), "a path (a text or pathlib.Path)"),
}


def _written(value: str | None) -> str:
    if value is None:
        return ""
    if re.fullmatch(r"[A-Z]{2,}(?:\.[a-z]+)?", value):
        return "..."
    return value if re.fullmatch(r"\d+(?:\.\d+)?", value) else f'"{value}"'
