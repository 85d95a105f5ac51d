"""Subcommands told of by name and one line, and imported when one is run."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand's name, where its function or group stands (``module:name``), and its line of help."""

    name: str
    home: str
    help: str


def group_of(subcommands: Sequence[Subcommand]) -> type[TyperGroup]:
    """The kind of a group with these subcommands, in this order."""

    class Group(TyperGroup):
        # A page of help and a shell's completion need names and lines alone, so they get commands that have
        # nothing else; what runs a command resolves it.

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands: Any = _Imported(subcommands)
            self._told = {one.name: TyperCommand(one.name, help=one.help) for one in subcommands}

        def list_commands(self, ctx: Any) -> list[str]:
            return list(self._told)

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            return self._told.get(cmd_name)

        def resolve_command(self, ctx: Any, args: list[str]) -> tuple[Any, Any, list[str]]:
            name, told, rest = super().resolve_command(ctx, args)
            return name, told and self.commands[told.name], rest

    return Group


class _Imported(Mapping[str, Any]):
    """Name -> command, each imported when it is taken out."""

    def __init__(self, subcommands: Sequence[Subcommand]) -> None:
        self._homes = {one.name: one.home for one in subcommands}
        self._commands: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._commands:
            module, _, attribute = self._homes[name].partition(":")
            self._commands[name] = _command(name, getattr(importlib.import_module(module), attribute))
        return self._commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._homes)

    def __len__(self) -> int:
        return len(self._homes)


def _command(name: str, made_of: Any) -> Any:
    """A group, or a function that is a command by itself."""
    if not isinstance(made_of, typer.Typer):
        function, made_of = made_of, typer.Typer(add_completion=False, rich_markup_mode="rich")
        made_of.command(name)(function)
    command = typer.main.get_command(made_of)
    command.name = name
    for one in (command, *getattr(command, "commands", {}).values()):
        for parameter in one.params:
            _refuse_unnamed(parameter)
    return command


def _refuse_unnamed(parameter: Any) -> None:
    """Have a parameter that names files or folders refuse an empty name: as a path it would be the folder
    that the command runs in."""
    # typer keeps what a parameter is in one of two places, by its version.
    kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    before = getattr(getattr(parameter, "type", None), "name", None)
    if Path not in (kind, *get_args(kind)) and before != "path":
        return
    process = parameter.process_value

    def named(ctx: Any, value: Any) -> Any:
        if value == "" or (isinstance(value, list | tuple) and "" in value):
            raise typer.BadParameter(
                "an empty name of a file or folder. Give one, or leave it out.", ctx=ctx, param=parameter
            )
        return process(ctx, value)

    parameter.process_value = named
