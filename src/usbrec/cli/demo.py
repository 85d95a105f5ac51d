"""`usbrec demo`: the whole loop, or the quick part of it, and its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from usbrec.cli.experiment import print_cell
from usbrec.cli.progress import Bars, steps_told, wide_console
from usbrec.cli.tables import print_comparison
from usbrec.demo import MODEL, NEXT, quick_demo
from usbrec.demo import demo as run_demo
from usbrec.errors import ConfigError


def demo(
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Run folder; by default runs/demo, with --quick runs/demo-quick."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Train nothing: pairs, plain, self-enhanced, a model as judge.")
    ] = False,
    all_rows: Annotated[bool, typer.Option("--all", help="With --quick: play every demo dialogue.")] = False,
    model: Annotated[
        str, typer.Option(help="Another model than the small one; larger ones take many times as long.")
    ] = MODEL,
) -> None:
    """The whole loop, small, on the packaged model: the six systems trained and tested, controls, report."""
    if all_rows and not quick:
        raise ConfigError("--all goes with --quick; the other demo is an experiment of a fixed size.")
    console = wide_console()
    out = out or Path("runs/demo-quick" if quick else "runs/demo")
    if quick:
        report = quick_demo(
            out,
            all_rows=all_rows,
            progress=Bars(),
            tell=lambda text: console.print(text, markup=False),
            show=lambda comparison: print_comparison(comparison, console),
            model=model,
        )
    else:
        console.print(
            f"{model} recommends plain and self-enhanced (SES) on all rows, beside controls "
            "without a model. Then it learns from labels (SFT) and from preferences that simulated seekers' "
            "scores make (RL), and the six systems are tested on a few rows.\n",
            markup=False,
        )
        found = run_demo(out, progress=Bars(), tell=steps_told(), model=model)
        print_cell(found.trained, console)
        console.print(f"Report: {found.trained.report}", markup=False, soft_wrap=True)
        console.print("\nPlain and self-enhanced on all rows", style="bold")
        print_comparison(found.whole, console)
        console.print(f"\n{found.outcome}\n\n{NEXT}", markup=False)
        report = found.report
    console.print(f"\nReport: {report}", markup=False, soft_wrap=True)
