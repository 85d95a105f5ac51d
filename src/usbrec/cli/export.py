"""`usbrec export`: pairs, samples, a service's store or a trained model in the shape that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec import stages
from usbrec.cli import options as o
from usbrec.errors import ConfigError
from usbrec.pairs import EXPORTS, export_pairs
from usbrec.serve.storage.export import EXPORTS as STORE_EXPORTS
from usbrec.serve.storage.export import export as export_store
from usbrec.stages.verl_rows import export_verl

#: Shapes of samples.
VERL = "verl"
_SHAPES = ", ".join((*EXPORTS, VERL))


def export(
    run: Annotated[
        Path,
        typer.Argument(
            help="A run folder of `usbrec pairs`, a service's store; --to verl: samples; "
            "--merge: an adapter's."
        ),
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", help=f"One of {_SHAPES}; of a store, {', '.join(STORE_EXPORTS)}."),
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="Write base and adapter as one checkpoint, for vLLM and others.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder; by default RUN/TO, or STORE-TO beside a store or samples."),
    ] = None,
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    config: o.ConfigFile = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    limit: o.Limit = None,
) -> None:
    """Write pairs or samples in the shape a trainer reads, or a trained model as one checkpoint."""
    if merge == (to is not None):
        raise ConfigError(
            f"usbrec export: say --to ({_SHAPES}) for pairs or samples, or --merge for a model."
        )
    if to == VERL:
        settings = o.settings(config, candidates=candidates, ranker=ranker, limit=limit)
        out = out or run.with_name(f"{run.stem}-{VERL}")
        typer.echo(export_verl(run, out, catalogue=catalogue, config=settings, interactions=interactions))
        return
    given = {"catalogue": catalogue, "interactions": interactions, "config": config, "limit": limit}
    given |= {"candidates": candidates, "ranker": ranker}
    if unused := [f"--{name}" for name, value in given.items() if value is not None]:
        raise ConfigError(f"usbrec export: {', '.join(unused)} say how prompts are made, for --to {VERL}.")
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
