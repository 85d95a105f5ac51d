"""`usbrec samples`: a data set or a catalogue in, samples out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec import stages
from usbrec.cli import options as o
from usbrec.data import KINDS, read_samples, write_samples
from usbrec.errors import ConfigError


def samples(
    source_kind: Annotated[
        str,
        typer.Argument(
            help=f"One of {', '.join(KINDS)}, or catalogue; or the file, whose content tells the format."
        ),
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the samples go (.jsonl).")],
    path: Annotated[Path | None, typer.Argument(help="The source's file.")] = None,
    number: o.Number = None,
    test: o.Test = None,
    share: o.Share = None,
    noun: o.Noun = None,
    language: o.Language = None,
    writer: o.Writer = None,
    base_url: o.BaseUrl = None,
    constraints: o.Constraints = 0,
    interactions: o.Interactions = None,
    seed: o.Seed = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
) -> None:
    """Read a data set in its own format and write samples, or make them from a catalogue alone."""
    if path is None:
        if source_kind in (*KINDS, "catalogue") and not Path(source_kind).is_file():
            raise ConfigError(f"name the file, too: usbrec samples {source_kind} FILE -o {out}")
        kind, path = None, Path(source_kind)
    else:
        kind = source_kind
    if kind == "catalogue":
        made = stages.make_samples(
            path,
            out,
            config=o.settings(
                config,
                seed=seed,
                noun=noun,
                language=language,
                writer=writer,
                base_url=base_url,
                strict=strict,
            ),
            number=number,
            interactions=interactions,
            test=test,
            share=share,
            constraints=constraints,
        )
        seekers = "seeker" if made["samples"] == 1 else "seekers"
        typer.echo(f"{out}: {made['samples']} simulated {seekers}")
        if test is not None:
            typer.echo(f"{test}: {made['test']} simulated seekers, who want other items")
        if skipped := made["undescribed"] + made["unspeakable"]:
            typer.echo(f"{skipped} items were passed over: nothing can be said of them but their title")
        if "wrote" in made:
            typer.echo(
                f"{made['wrote']} of {made['wrote'] + made['kept']} turns are in the writer's words; "
                f"{made['leaked']} named a target when first drawn, {made['masked']} of these are masked"
            )
        return
    made_up = (number, test, share, noun, language, writer, base_url, constraints or None)
    given = (*made_up, interactions, seed, config)
    if any(option is not None for option in given):
        raise ConfigError(
            f"samples {source_kind}: only `samples catalogue` takes options beside -o and --strict; "
            "leave them out."
        )
    read = read_samples(path, kind, strict=strict)
    write_samples(out, read.found)
    dialogues = len({sample.dialogue_id for sample in read.found})
    typer.echo(
        f"{out}: {len(read.found)} samples from {dialogues} dialogues" + ("" if kind else f" ({read.format})")
    )
    for reason, count in read.without.items():
        typer.echo(f"{count} dialogues give none: {reason}")
    if read.left_out:
        typer.echo(f"{len(read.left_out)} cannot be used and are left out")
