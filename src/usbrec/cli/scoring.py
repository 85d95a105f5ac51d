"""`usbrec score`: dialogues that people had, read by rules and rated by a judge, and the tables of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.scored_tables import print_scored

Dialogues = Annotated[
    Path,
    typer.Argument(help="Recorded dialogues: a file of any known format, or a store of usbrec serve."),
]
ScoreJudge = Annotated[
    str | None,
    typer.Option(
        "--judge",
        help="Model, trained or own object that rates; rules or none: facts.",
        rich_help_panel=o.SEATS,
    ),
]
Aspects = Annotated[
    str | None,
    typer.Option(help="What a model rates, commas between; by default every aspect.", rich_help_panel=o.RUN),
]
Kind = Annotated[
    str | None, typer.Option(help="The format, where the content does not tell.", rich_help_panel=o.RUN)
]


def score(
    dialogues: Dialogues,
    out: o.Out,
    catalogue: o.Catalogue = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    judge: ScoreJudge = None,
    base_url: o.BaseUrl = None,
    aspects: Aspects = None,
    kind: Kind = None,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    replay: o.Replay = None,
) -> None:
    """Score dialogues that people had with any system: facts by rules, aspects by a judge."""
    settings = o.settings(
        config,
        strict=strict,
        judge=judge,
        base_url=base_url,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
    )
    results = stages.score(
        dialogues,
        out,
        config=settings,
        catalogue=catalogue,
        aspects=aspects,
        kind=kind,
        replay=replay,
        progress=Bars(),
    )
    console = wide_console()
    print_scored(results, console)
    console.print(f"Rows: {out / 'dialogues.jsonl'}", markup=False, soft_wrap=True)
