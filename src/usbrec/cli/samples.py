"""`usbrec samples`: a data set or a catalogue in, samples out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec import stages
from usbrec.cli import options as o
from usbrec.data import KINDS, load_samples, write_samples
from usbrec.errors import ConfigError


def samples(
    source_kind: Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}, or catalogue.")],
    path: Annotated[Path, typer.Argument(help="The source's file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the samples go (.jsonl).")],
    number: o.Number = None,
    test: o.Test = None,
    share: o.Share = None,
    noun: o.Noun = None,
    interactions: o.Interactions = None,
    seed: o.Seed = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
) -> None:
    """Read a data set in its own format and write samples, or make them from a catalogue alone."""
    if source_kind == "catalogue":
        made = stages.make_samples(
            path,
            out,
            config=o.settings(config, seed=seed, noun=noun, strict=strict),
            number=number,
            interactions=interactions,
            test=test,
            share=share,
        )
        typer.echo(f"{out}: {made['samples']} simulated seekers")
        if test is not None:
            typer.echo(f"{test}: {made['test']} simulated seekers, who want other items")
        if skipped := made["undescribed"] + made["unspeakable"]:
            typer.echo(f"{skipped} items were passed over: nothing can be said of them but their title")
        return
    given = (number, test, share, noun, interactions, seed, config, strict or None)
    if any(option is not None for option in given):
        raise ConfigError(
            f"samples {source_kind}: only `samples catalogue` takes options beside -o; leave them out."
        )
    loaded = load_samples(path, source_kind)
    write_samples(out, loaded)
    dialogues = len({sample.dialogue_id for sample in loaded})
    typer.echo(f"{out}: {len(loaded)} samples from {dialogues} dialogues")
