"""Tables of a comparison that people read: headings, cells as text, and a legend of what each column means.

The terminal, LaTeX, Markdown and the report show the same columns (columns.py). One that says nothing of any
system is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from usbrec.evaluation.comparison.columns import COSTS, OUTCOMES, REPLIES, Cell, Column, on_one_line
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.power import ASKED
from usbrec.evaluation.comparison.systems import System
from usbrec.evaluation.report import formatting

if TYPE_CHECKING:
    from usbrec.evaluation.comparison.compare import Comparison


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: headings of one or two lines, rows of cells, the first `words` columns of them words.

    `legend` has (heading, meaning) of the columns that do not explain themselves.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    words: int = 1
    legend: tuple[tuple[str, str], ...] = ()


def systems_table(systems: Sequence[System]) -> Table:
    """The outcomes and costs of each system."""
    return _of_systems("system", (*OUTCOMES, *COSTS), systems)


def page_table(systems: Sequence[System]) -> Table:
    """The same for a page, where there is room for longer words and for columns of zeros: that no row failed
    and that nothing was asked is told, too."""
    shown = [column for column in (*OUTCOMES, *COSTS) if column.needed(systems, zeros=True)]
    meanings = ((column.page_heading, column.in_full or column.meaning_of(systems)) for column in shown)
    return Table(
        "systems",
        ("System", *(column.page_heading for column in shown)),
        _cells(shown, systems),
        legend=tuple((on_one_line(heading), meaning) for heading, meaning in meanings if meaning),
    )


def outcomes_table(systems: Sequence[System]) -> Table:
    """The first part of the systems' table."""
    return _of_systems("system", OUTCOMES, systems)


def costs_table(systems: Sequence[System]) -> Table | None:
    """The second part of it; None where nothing cost anything."""
    table = _of_systems("system", COSTS, systems)
    return table if len(table.headings) > 1 else None


def replies_table(systems: Sequence[System]) -> Table | None:
    """The most telling counts of the replies (the report has all of them); None where no items are known."""
    if all(system.replies["names_item"] is None for system in systems):
        return None
    return _of_systems("replies", REPLIES, systems)


def differences_table(comparison: Comparison) -> Table | None:
    """Every difference that is told, the secondary ones last; None without any."""
    told = (*comparison.differences, *comparison.secondary)
    if not told:
        return None
    headings = ("system", "against", "measure", "rows", *_DIFFERENCE)
    rows = ((Cell(one.other), Cell(one.baseline), *_difference_cells(one)) for one in told)
    return Table("differences", headings, tuple(rows), words=3)


def differences_against(comparison: Comparison, baseline: str) -> Table | None:
    """The differences of one baseline, which the heading names; None without any."""
    told = [one for one in (*comparison.differences, *comparison.secondary) if one.baseline == baseline]
    if not told:
        return None
    headings = (f"against {formatting.clipped(baseline, 22)}", "measure", "rows", *_DIFFERENCE)
    rows = ((Cell(one.other), *_difference_cells(one)) for one in told)
    return Table("differences", headings, tuple(rows), words=2)


#: Behind a difference that the data cannot tell from none.
UNSUPPORTED = " ?"


def unadjusted(comparison: Comparison) -> str:
    """Whose p values are not adjusted together with the others, in words; "" where there are none."""
    measures = {one.measure for one in comparison.secondary}
    names = {"second": "the second judge", "calibrated": "calibrated scores", "ndcg": "NDCG"}
    told = [name for measure, name in names.items() if measure in measures]
    told += ["pass^k"] * any(measure.startswith(formatting.PASS) for measure in measures)
    return " and ".join(told)


_DIFFERENCE = ("difference", "95 % interval", "p", "p (Holm)")


def _difference_cells(found: Difference) -> tuple[Cell, ...]:
    kind, difference = formatting.kind_of(found.measure), found.difference
    return (
        Cell(formatting.measure(found.measure, found.scope)),
        Cell(str(difference.n)),
        Cell(formatting.signed(difference.mean, kind) + ("" if found.supported else UNSUPPORTED)),
        Cell(formatting.limits(difference.low, difference.high, kind)),
        Cell(formatting.p_value(difference.p_value)),
        Cell(formatting.p_value(found.adjusted)),
    )


def power_table(comparison: Comparison) -> Table | None:
    """What the rows can tell and how many rows differences need; None where that was not asked for."""
    if not comparison.power:
        return None
    headings = (
        "system",
        "against",
        "measure",
        "rows",
        "difference",
        "these rows\ntell from",
        "rows\nneeded",
        *(f"for\n{size:g}" for size in ASKED),
    )
    rows = []
    for one in comparison.power:
        kind = formatting.kind_of(one.measure)
        rows.append(
            (
                Cell(one.other),
                Cell(one.baseline),
                Cell(formatting.measure(one.measure, "all")),
                Cell(str(one.rows)),
                Cell(formatting.signed(one.difference, kind)),
                Cell(formatting.signed(one.detectable, kind).lstrip("+")),  # a difference, in its unit
                *(
                    Cell(formatting.UNKNOWN if needed is None else f"{needed:,}")
                    for needed in (one.needed, *one.needed_for.values())
                ),
            )
        )
    return Table("power", headings, tuple(rows), words=3)


def _of_systems(title: str, columns: Sequence[Column], systems: Sequence[System]) -> Table:
    shown = [column for column in columns if column.needed(systems)]
    return Table(
        title,
        (title, *(column.heading for column in shown)),
        _cells(shown, systems),
        legend=tuple((column.name, meaning) for column in shown if (meaning := column.meaning_of(systems))),
    )


def _cells(columns: Sequence[Column], systems: Sequence[System]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((Cell(system.name), *(column.cell(system) for column in columns)) for system in systems)
