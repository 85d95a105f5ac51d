"""`usbrec export`: pairs, a service's store or a trained model in the shape that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec import stages
from usbrec.errors import ConfigError
from usbrec.pairs import EXPORTS, export_pairs
from usbrec.serve.storage.export import EXPORTS as STORE_EXPORTS
from usbrec.serve.storage.export import export as export_store


def export(
    run: Annotated[
        Path, typer.Argument(help="A run folder of `usbrec pairs`, a service's store; --merge: an adapter's.")
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", help=f"One of {', '.join(EXPORTS)}; of a store, {', '.join(STORE_EXPORTS)}."),
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="Write base and adapter as one checkpoint, for vLLM and others.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder; by default RUN/TO, or STORE-TO beside a service's store."),
    ] = None,
) -> None:
    """Write a run's pairs in the shape a trainer reads, or a trained model as one checkpoint."""
    if merge == (to is not None):
        raise ConfigError(
            f"usbrec export: say --to ({', '.join(EXPORTS)}) for pairs, or --merge for a model."
        )
    if to is not None and to in STORE_EXPORTS:
        written = export_store(run, to, out)
        for path in written.files:
            typer.echo(path)
        return
    if to is not None:
        for path in export_pairs(run, to, out or run / to):
            typer.echo(path)
        return
    typer.echo(stages.merge(run, out or run / "merged"))
