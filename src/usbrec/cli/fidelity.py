"""`usbrec fidelity`: a simulated seeker held against people, and the tables of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.fitting import FittingTable
from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.scoring import Dialogues, Kind
from usbrec.cli.tables import drawn
from usbrec.evaluation.fidelity.summary import COUNTED
from usbrec.evaluation.fidelity.tables import further_table, measures_table
from usbrec.evaluation.report import formatting
from usbrec.evaluation.report.money import costs_told

Seeker = Annotated[
    str | None,
    typer.Option(
        "--seeker",
        "--simulator",
        help="Model, own object, rules, rules:people or trained:DIR.",
        rich_help_panel=o.SEATS,
    ),
]
Checks = Annotated[
    bool,
    typer.Option(help="Also put a good and a bad recommendation in its place.", rich_help_panel=o.RUN),
]


def fidelity(
    dialogues: Dialogues,
    out: o.Out,
    seeker: Seeker = None,
    catalogue: o.Catalogue = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    base_url: o.BaseUrl = None,
    kind: Kind = None,
    checks: Checks = True,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    replay: o.Replay = None,
) -> None:
    """Hold a simulated seeker against the people of recorded dialogues, answer by answer."""
    results = stages.fidelity(
        dialogues,
        out,
        config=o.settings(
            config,
            strict=strict,
            simulator=seeker,
            base_url=base_url,
            limit=limit,
            seed=seed,
            concurrency=concurrency,
        ),
        catalogue=catalogue,
        kind=kind,
        checks=checks,
        replay=replay,
        progress=Bars(),
    )
    console = wide_console()
    print_fidelity(results, console)
    console.print(f"Rows: {out / 'turns.jsonl'}", markup=False, soft_wrap=True)


def print_fidelity(results: Mapping[str, Any], console: Console) -> None:
    """Print people beside the seeker, what else was found of it, and what to mind."""
    table = measures_table(results)
    for one in (table, further_table(results)):
        console.print(drawn(one))
        console.print()
    for line in _told(results):
        console.print(Text(line, style="dim"))
    console.print(Text("; ".join(f"{name}: {meaning}" for name, meaning in table.legend) + ".", style="dim"))
    for warning in results["mind"]:
        console.print(Text.assemble(("Mind: ", "bold yellow"), formatting.printable(warning)))


def _told(results: Mapping[str, Any]) -> Iterator[str]:
    by = results["reactions"]["by"]
    yield (
        f"{results['points']} answers of {results['dialogues']} dialogues; people's reactions by the form "
        f"{by['form']}, by their words {by['words']}. 95 % intervals draw dialogues again."
    )
    yield "Told from people: .5 is human-like, 1 is told apart without fail. docs/fidelity.md says more."
    if results["left_out"]["points"]:
        yield f"{results['left_out']['points']} answers have no other target, and are left out."
    if results["failed"]:
        yield f"{results['failed']} answers failed and are left out; the same command tries them again."
    if "cost" in results:
        yield costs_told(results["cost"])


def print_seeker(made: Mapping[str, Any], console: Console) -> None:
    """Print what a fitted seeker is like beside the people that it was fitted to."""
    people, seeker = made["people"], made["seeker"]
    table = FittingTable()
    table.add_column("measure")
    for heading in ("people", "seeker"):
        table.add_column(heading, justify="right")
    for name in people:
        shown = (f"{of[name]:.2f}" if name in COUNTED else f"{of[name]:.1%}" for of in (people, seeker))
        table.add_row(name, *shown)
    console.print(table)
    by, patience = made["reactions"], made["manner"]["patience"]
    console.print(
        f"Fitted to {made['answers']} answers of {made['dialogues']} dialogues; reactions by forms "
        f"{by['form']}, by words {by['words']}. "
        + (
            f"Still there after {len(patience)} recommendations that they did not like: {patience[-1]:.0%}."
            if patience
            else "Too few dialogues end at something declined to tell patience, so it never leaves."
        ),
        style="dim",
        soft_wrap=True,
    )
    console.print("Measure it on other dialogues: usbrec fidelity.", style="dim", markup=False)
