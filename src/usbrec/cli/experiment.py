"""`usbrec experiment`: options in, its tables out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from usbrec.cli import options as o
from usbrec.cli.fitting import FittingTable
from usbrec.cli.progress import Bars, steps_told, wide_console
from usbrec.cli.tables import print_comparison, print_estimate
from usbrec.config import Dataset
from usbrec.errors import ConfigError
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.planned_contrasts import spread
from usbrec.evaluation.report import formatting
from usbrec.experiment import Cell
from usbrec.experiment import experiment as run_experiment

_TRAINING = "Training"


def experiment(
    out: o.OutUnlessEstimated = None,
    train: Annotated[Path | None, typer.Option(help="Samples to learn from.")] = None,
    test: Annotated[Path | None, typer.Option(help="Samples that every system is tested on.")] = None,
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    model: o.Model = None,
    recommender: o.Recommender = None,
    simulator: o.Simulator = None,
    judge: o.Judge = None,
    base_url: o.BaseUrl = None,
    method: Annotated[
        str | None, typer.Option(help="What RL is: simpo, dpo, kto, grpo or rloo.", rich_help_panel=_TRAINING)
    ] = None,
    preset: Annotated[str | None, typer.Option(help="cpu or paper.", rich_help_panel=_TRAINING)] = None,
    max_steps: Annotated[
        int | None, typer.Option(help="End each training after so many steps.", rich_help_panel=_TRAINING)
    ] = None,
    training_seeds: Annotated[
        int | None, typer.Option(help="How often training is repeated.", rich_help_panel=_TRAINING)
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(help="Pairs and RL anew, at most so often.", rich_help_panel=_TRAINING)
    ] = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    rounds: o.Rounds = None,
    filter_: o.Filter = None,
    estimate: o.Estimate = False,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    ses_simulator: o.SesSimulator = None,
    ses_judge: o.SesJudge = None,
    search: o.Search = None,
) -> None:
    """Train and test the six systems side by side: plain, SFT and RL, each with and without SES."""
    settings = o.settings(
        config,
        strict=strict,
        model=model,
        recommender=recommender,
        simulator=simulator,
        judge=judge,
        base_url=base_url,
        method=method,
        preset=preset,
        max_steps=max_steps,
        training_seeds=training_seeds,
        iterations=iterations,
        candidates=candidates,
        ranker=ranker,
        rounds=rounds,
        filter=filter_,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
        ses_simulator=ses_simulator,
        ses_judge=ses_judge,
        search=search,
    )
    console = wide_console()
    dataset = _dataset(train, test, catalogue, interactions)
    if estimate:
        from usbrec.experiment.estimating import estimate_experiment

        print_estimate(estimate_experiment(settings, dataset), console)
        return
    if out is None:
        raise ConfigError("usbrec experiment: -o FOLDER is missing, where its runs are kept.")
    cells = run_experiment(
        out,
        config=settings,
        dataset=dataset,
        progress=Bars(),
        tell=steps_told(),
    )
    for cell in cells:
        print_cell(cell, console)
        console.print(f"Report: {cell.report}", markup=False, soft_wrap=True)


def _dataset(
    train: Path | None, test: Path | None, catalogue: Path | None, interactions: Path | None
) -> Dataset | None:
    if train is None and test is None:
        if catalogue is not None or interactions is not None:
            raise ConfigError("--catalogue goes with --train and --test; name those, or all in [experiment].")
        return None
    if train is None or test is None:
        raise ConfigError("--train SAMPLES and --test SAMPLES go together.")
    return Dataset(
        train=str(train),
        test=str(test),
        catalogue=None if catalogue is None else str(catalogue),
        interactions=None if interactions is None else str(interactions),
    )


def print_cell(cell: Cell, console: Console) -> None:
    """The systems, each over all its training seeds, and the comparisons, planned and not."""
    console.print(f"\n{cell.model} on {cell.dataset}", style="bold", markup=False)
    print_comparison(replace(cell.pooled, differences=(), secondary=()), console)
    if len(cell.training) > 1:
        console.print(_spread(cell))
    console.print(_differences("Planned", cell.planned))
    if cell.also:
        console.print(_differences("Not planned", cell.also))


def _differences(title: str, told: Sequence[Difference]) -> Table:
    table = FittingTable(words=3, padding=(0, 1), title=title, title_justify="left")
    for heading in ("system", "against", "measure"):
        table.add_column(heading, no_wrap=True)
    for heading in ("difference", "95 % interval", "p (Holm)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in told:
        kind: formatting.Kind = "score" if one.measure == "ieval" else "share"
        found = one.difference
        table.add_row(
            Text(one.other),
            Text(one.baseline),
            formatting.measure(one.measure, one.scope),
            formatting.signed(found.mean, kind),
            formatting.limits(found.low, found.high, kind),
            formatting.p_value(one.adjusted),
        )
    return table


def _spread(cell: Cell) -> Table:
    table = FittingTable(padding=(0, 1), title="By training seed", title_justify="left")
    table.add_column("system", no_wrap=True)
    for heading in ("iEval", "sd", "hit", "sd"):
        table.add_column(heading, no_wrap=True)
    for name, runs in cell.runs.items():
        if len(runs) > 1:
            told = spread(runs)
            table.add_row(Text(name), *_means(told["ieval"], "score"), *_means(told["hit"], "share"))
    return table


def _means(told: Mapping[str, Any], kind: formatting.Kind) -> tuple[str, str]:
    """The means of the seeds, and how far they lie apart."""
    means = "  ".join(formatting.number(mean, kind) for mean in told["by_seed"])
    return means, formatting.number(told["sd"], kind)
