"""`usbrec benchmark`: a system on the field's own table, printed beside the published rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.fitting import FittingTable
from usbrec.cli.progress import Bars, wide_console
from usbrec.evaluation.metrics.mentions import VIEWS

_COLUMNS = ("recall@1", "recall@10", "recall@50", "success_rate", "reward_per_turn")
_VIEWS = {"full": "every mention", "without_repeats": "without repeats"}


def benchmark(
    name: Annotated[str, typer.Argument(help="redial-sigir26, inspired or opendialkg.")],
    dialogues: Annotated[list[Path], typer.Argument(help="Recorded dialogues: raw files, or samples.")],
    out: o.Out,
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    ranker: o.Ranker = None,
    recommender: Annotated[
        str | None,
        typer.Option(
            help="rules:retriever (the default), rules:named (what was named, again), a model, or your own.",
            rich_help_panel=o.SEATS,
        ),
    ] = None,
    lists: Annotated[
        Path | None,
        typer.Option(help="Your system's lists: {sample_id, items} a line.", rich_help_panel=o.SEATS),
    ] = None,
    base_url: o.BaseUrl = None,
    candidates: o.Candidates = None,
    against: Annotated[
        Path | None,
        typer.Option(help="Another run of it, for paired differences.", rich_help_panel=o.RUN),
    ] = None,
    config: o.ConfigFile = None,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
) -> None:
    """Run a recommender on the field's own table of recorded dialogues, beside the published rows."""
    results = stages.benchmark(
        name,
        dialogues,
        out,
        catalogue=catalogue,
        interactions=interactions,
        lists=lists,
        against=against,
        config=o.settings(
            config,
            recommender=recommender,
            ranker=ranker,
            base_url=base_url,
            candidates=candidates,
            limit=limit,
            seed=seed,
            concurrency=concurrency,
        ),
        progress=Bars(),
    )
    console = wide_console()
    print_benchmark(results, console)
    console.print(f"Rows: {out / 'mentions.jsonl'}", markup=False, soft_wrap=True)


def print_benchmark(results: Mapping[str, Any], console: Console) -> None:
    """Print the two views of a benchmark's results, published rows under one's own, and what was left out."""
    for view in VIEWS:
        table = FittingTable(padding=(0, 2, 0, 0))
        table.add_column(_VIEWS[view], overflow="fold", min_width=20, max_width=40)
        for column in ("n", *_COLUMNS):
            table.add_column(column.replace("_", " "), justify="right", no_wrap=True)
        _add(table, results["system"], results[view], signed=False)
        if (against := results["against"]) is not None:
            _add(table, f"above {against['folder']} by", against[view], signed=True)
        for row in results["published"]:
            if row[view]:
                cells = (_figure(row[view].get(name)) for name in _COLUMNS)
                table.add_row(Text(f"{row['name']} ({row['source']})"), "", *cells, style="dim")
        console.print(table)
        console.print()
    for line in _told(results):
        console.print(Text(line, style="dim"))
    for line in _mind(results):
        console.print(Text.assemble(("Mind: ", "bold yellow"), line), soft_wrap=True)


def _told(results: Mapping[str, Any]) -> list[str]:
    told = [
        f"{results['mentions']} mentions of {results['turns']} turns of {results['dialogues']} dialogues, "
        f"{results['repeats']} of them repeats; 95 % intervals over dialogues."
    ]
    if results["failed"]:
        told.append(f"{results['failed']} turns failed and are left out.")
    if results["unknown"]:
        told.append(f"{results['unknown']} mentions are not in the catalogue and count as missed.")
    if results["left_out"]["samples"]:
        told.append(f"{results['left_out']['samples']} samples could not be used.")
    if (lists := results["lists"]) is not None:
        if lists["unknown"]:
            told.append(
                f"{lists['unknown']} of {lists['items']} items in the lists are not in the catalogue."
            )
        if lists["other"]:
            told.append(f"{lists['other']} lists are of samples that are not among these, and were not read.")
    if (against := results["against"]) is not None:
        told.append(f"The difference is told on {against['turns']} turns that both runs have a list for.")
    return told + list(results["notes"])


def _mind(results: Mapping[str, Any]) -> Iterator[str]:
    if 2 * results["unknown"] > results["mentions"]:
        yield (
            f"the catalogue lacks {results['unknown']} of {results['mentions']} mentions. Is it the one that "
            "these dialogues are about?"
        )
    counted = results["counted_from"]
    if counted is not None and counted["dialogues"]:
        yield (
            f"--interactions counts as popular what was recommended in {counted['dialogues']} of these "
            f"{counted['of']} dialogues, so figures of what goes by popularity are higher than on new ones. "
            "Leave those lines out of the file."
        )
    learnt = results["learnt_from"]
    if learnt is None:
        return
    if learnt["dialogues"] is None:
        yield (
            "it is not known whether the ranker was learnt from these dialogues: it was trained before "
            "rankers said so. usbrec train ranker trains it anew."
        )
    elif learnt["dialogues"]:
        yield (
            f"the ranker was learnt from {learnt['dialogues']} of these {learnt['of']} dialogues, so its "
            "figures are higher than on new ones. usbrec train ranker --leave-out FILE leaves them out."
        )


def _add(table: Table, name: str, measured: Mapping[str, Any], *, signed: bool) -> None:
    """A line of means and one of their intervals."""
    means = (_figure(measured[column]["mean"], signed=signed) for column in _COLUMNS)
    table.add_row(Text(name), str(measured["recall@1"]["n"]), *means)
    told = (measured[column]["ci95"] for column in _COLUMNS)
    ends = (
        "" if low is None else f"[{_figure(low, signed=signed)}, {_figure(high, signed=signed)}]"
        for low, high in told
    )
    table.add_row("", "", *ends)


def _figure(value: float | None, *, signed: bool = False) -> str:
    if value is None:
        return ""
    text = f"{value:+.3f}" if signed else f"{value:.3f}"
    return text.replace("0.", ".", 1)
