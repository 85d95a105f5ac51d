"""`usbrec compare`: runs held against each other, printed and written."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.tables import print_comparison
from usbrec.engine import step
from usbrec.evaluation import compare as compare_runs
from usbrec.evaluation import load_run
from usbrec.evaluation.comparison.export import ending_of


def compare(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, two or more.")],
    reference: Annotated[
        str | None,
        typer.Option(help="Hold the others against this run alone (its name or folder); else every pair."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Also write a file, by its ending: .csv .html .json .md .tex."),
    ] = None,
    power: Annotated[bool, typer.Option("--power", help="Say how many rows each difference needs.")] = False,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 0,
) -> None:
    """Hold runs against each other, on the rows they share."""
    ending = None if out is None else ending_of(out)
    bars = Bars()
    with step(bars, "reading runs"):
        loaded = [load_run(run, as_lean=True) for run in runs]
    with step(bars, "differences and intervals"):
        comparison = compare_runs(loaded, reference=reference, seed=seed, power=power)
    console = wide_console()
    print_comparison(comparison, console)
    if out is not None:
        with step(bars, "report" if ending == ".html" else "table"):
            comparison.save(out)
        written = "Report" if ending == ".html" else "Table"
        console.print(f"{written}: {out}", markup=False, soft_wrap=True)
