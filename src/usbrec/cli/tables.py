"""Result tables on the terminal: comparisons, rankings, rounds, training seeds. Each fits 100 columns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from usbrec.cli.fitting import FittingTable
from usbrec.evaluation.comparison import tables
from usbrec.evaluation.comparison.columns import Cell, judges_in_words
from usbrec.evaluation.comparison.compare import Comparison
from usbrec.evaluation.metrics.ranked import MEASURES as RANKED
from usbrec.evaluation.metrics.rounds import CUTOFFS
from usbrec.evaluation.report import formatting
from usbrec.evaluation.report.money import money

if TYPE_CHECKING:
    from usbrec.stages.estimating import Estimate

#: Columns of a terminal that everything fits into.
_WIDTH = 100
#: Names are cut to as many characters as there is room for: at most, at least.
_NAME = (30, 14)


def print_comparison(comparison: Comparison, console: Console) -> None:
    """Print the systems, the counts of their replies where items are known, the differences, what the
    columns mean, and the warnings."""
    systems = comparison.systems
    whole = tables.systems_table(systems)
    split = (tables.outcomes_table(systems), tables.costs_table(systems))
    shown = (*((whole,) if _fits(whole) else split), tables.replies_table(systems))
    told = [table for table in shown if table is not None]
    against = [tables.differences_against(comparison, system.name) for system in systems]
    for table in (*told, *(table for table in against if table is not None)):
        console.print(drawn(table))
        console.print()
    if (power := tables.power_table(comparison)) is not None:
        console.print(drawn(power))
        console.print()
    meanings = [line for table in told for line in table.legend]
    if any(not one.supported for one in (*comparison.differences, *comparison.secondary)):
        meanings.append((tables.UNSUPPORTED.strip(), "the data cannot tell this difference from none"))
    if power is not None:
        meanings.append(("rows needed", "to tell the difference in four of five repetitions, at 5 %"))
        meanings.append(("for 0.05", "rows that a difference of 0.05 in score, or of 5 pp in hits, needs"))
    if comparison.differences:
        others = tables.unadjusted(comparison)
        apart = f", but for those of {others}" if others else ""
        meanings.append(("p (Holm)", f"adjusted for all differences told here{apart}"))
    console.print(_legend(meanings))
    for sentence in judges_in_words(systems):
        console.print(Text(formatting.printable(sentence), style="dim"))
    for warning in comparison.warnings:
        console.print(Text.assemble(("Mind: ", "bold yellow"), _plain(warning)))


def _fits(table: tables.Table) -> bool:
    return _room_for_names(table) >= min(_NAME[0], max(len(cells[0].text) for cells in table.rows))


def _room_for_names(table: tables.Table) -> int:
    """Characters that the columns behind the first leave for it; each has a blank behind it."""
    wide = 0
    for place, heading in enumerate(table.headings[1:], start=1):
        told = [cell for cells in table.rows for cell in (cells[place].text, cells[place].interval)]
        wide += 1 + max(map(len, (*heading.split("\n"), *told)))
    return _WIDTH - 1 - wide


def drawn(table: tables.Table) -> Table:
    """Headings and cells as a terminal shows them: intervals below their means, which keeps three of them
    within 100 columns, and names as long as there is room for."""
    most, least = _NAME
    name = max(least, min(most, _room_for_names(table)))
    found = FittingTable(words=table.words)
    for place, heading in enumerate(table.headings):
        found.add_column(Text(heading), justify="left" if place < table.words else "right", no_wrap=True)
    for cells in table.rows:
        first, *others = cells
        found.add_row(_plain(formatting.clipped(first.text, name)), *map(_stacked, others))
    return found


def _stacked(cell: Cell) -> Text:
    return Text.assemble(cell.text, "\n", (cell.interval, "dim")) if cell.interval else Text(cell.text)


def _legend(meanings: Sequence[tuple[str, str]]) -> Text:
    told = Text(style="dim")
    for place, (heading, meaning) in enumerate(meanings):
        told.append("; " if place else "").append(heading, "bold").append(f": {meaning}")
    return told.append(".") if meanings else told


def _plain(text: str) -> Text:
    """Text as it is: a folder called ``[red]`` is no markup, and control characters do nothing."""
    return Text(formatting.printable(text))


def print_passes(passes: Mapping[str, Any], console: Console) -> None:
    """Print pass^k by each of what counts as a recommendation, and how often the policy was violated."""
    table = FittingTable()
    table.add_column(f"{passes['samples']} samples, {passes['trials']} trials each")
    told = [basis for basis in ("called", "linked") if basis in passes]
    ks = list(passes[told[0]])
    for k in ks:
        table.add_column(f"{formatting.PASS}{k}", justify="right")
    table.add_column("violated policy", justify="left")
    for basis in told:
        cells = [_share(passes[basis][k]) for k in ks]
        broken = ", ".join(f"{flag} {count}" for flag, count in passes["violated"][basis].items())
        counts = " (counts above)" if basis == passes["by"] else ""
        table.add_row(f"{_BASES[basis]}{counts}", *cells, broken or "none")
    console.print(table)


_BASES = {"called": "by the call of recommend", "linked": "by the item named"}


def _share(interval: Mapping[str, Any]) -> Text:
    low, high = interval["ci95"]
    limits = formatting.limits(low, high, "share")
    return _stacked(
        Cell(formatting.number(interval["mean"], "share"), "" if limits == formatting.UNKNOWN else limits)
    )


def ranked_table(results: Mapping[str, Any]) -> Table:
    """The figures of a retrieval run, a line a group of targets."""
    table = FittingTable("targets", "n", *(f"{name}@{k}" for name in RANKED for k in CUTOFFS), padding=(0, 1))
    groups = {
        "all": {"n": results["targets"], **results["intervals"]},
        "not yet named": results["non_repeats"],
        "popular": results["head"],
        "rare": results["tail"],
    }
    for name, figures in groups.items():
        cells = [figures[measure][str(k)]["mean"] for measure in RANKED for k in CUTOFFS]
        table.add_row(
            name, str(figures["n"]), *("-" if cell is None else f"{cell:.3f}".lstrip("0") for cell in cells)
        )
    return table


def print_estimate(found: Estimate, console: Console) -> None:
    """Print what a run will ask and cost, a line a model, and how that was found."""
    priced = any(counted.cost is not None for counted in found.models.values())
    table = FittingTable()
    table.add_column("model")
    counts_of = ("calls", "prompt tokens", "at most", "answers' tokens", "at most")
    for heading in (*counts_of, *(("cost", "at most") * priced)):
        table.add_column(heading, justify="right")
    for name, counted in found.models.items():
        counts = (
            counted.calls,
            counted.prompt_tokens,
            counted.most_prompt_tokens,
            counted.completion_tokens,
            counted.most_completion_tokens,
        )
        amounts = ["no price" if cost is None else money(cost, None) for cost in (counted.cost, counted.most)]
        table.add_row(_plain(name), *(f"{count:,}" for count in counts), *(amounts if priced else ()))
    if found.models:
        console.print(table)
    else:
        console.print("No model is asked in this run.")
    if priced:
        sums = [
            money(math.fsum(cost for cost in costs if cost is not None), found.currency)
            for costs in (
                [counted.cost for counted in found.models.values()],
                [counted.most for counted in found.models.values()],
            )
        ]
        free = sum(counted.calls for counted in found.models.values() if counted.cost is None)
        without = f", without {free:,} calls of models that have no price" if free else ""
        console.print(f"Cost: about {sums[0]}, at most {sums[1]}{without}.", markup=False, soft_wrap=True)
    elif found.models:
        console.print(
            "No prices are given ([servers.NAME] price_input, price_output), so no cost is said.",
            markup=False,
        )
    console.print(found.how, markup=False, soft_wrap=True)


def rounds_table(entries: Sequence[Mapping[str, Any]]) -> Table:
    """Recall and success by round, a line a round."""
    table = FittingTable()
    table.add_column("after round", justify="right")
    for measure in ("recall\n@", "success\n@", "not rep.:\nrecall@"):
        for k in CUTOFFS:
            table.add_column(f"{measure}{k}", justify="right", no_wrap=True)
    for entry in entries:
        groups = (entry["recall"], entry["success"], entry["non_repeats"]["recall"])
        table.add_row(
            str(entry["round"]),
            *(formatting.number(group[str(k)]["mean"], "share") for group in groups for k in CUTOFFS),
        )
    return table
