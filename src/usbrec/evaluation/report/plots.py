"""Report figures: matplotlib draws, the page's style sheet colours.

Each figure is an inline SVG whose colours are CSS variables and whose words are text in the page's own
type, so one figure reads on a light and a dark page. No dates, fixed ids: the same numbers give the
same bytes. The first system is drawn in a neutral tone, the others in the accent.
"""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.systems import System
from usbrec.evaluation.report import formatting
from usbrec.evaluation.report.formatting import Kind
from usbrec.evaluation.statistics import Floats, Interval

# Colours that occur nowhere else, replaced by the style sheet's variables once the figure is drawn.
_INK, _MUTED, _GRID, _ACCENT, _NEUTRAL, _SURFACE = (
    "#01a001",
    "#01a002",
    "#01a003",
    "#01a004",
    "#01a005",
    "#01a006",
)
_VARIABLES = {
    _INK: "var(--ink)",
    _MUTED: "var(--muted)",
    _GRID: "var(--line)",
    _ACCENT: "var(--accent)",
    _NEUTRAL: "var(--neutral)",
    _SURFACE: "var(--surface)",
}
# Inches. Narrow, because a phone shows a figure at about 350 CSS pixels: 11 point then stay readable.
_WIDTH, _ROW, _FRAME = 4.9, 0.42, 0.75
_DPI = 72  # of every SVG
_SETTINGS = {
    "svg.fonttype": "none",
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": _INK,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _MUTED,
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.color": _GRID,
    "grid.linewidth": 0.8,
    "xtick.color": _MUTED,
    "ytick.color": _MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "text.parse_math": False,
    "path.simplify": False,
}
_NAME_WIDTH = 24
#: With more systems than this their names do not fit beside the points.
_CROWD = 6


def dots(systems: Sequence[System], measure: str, label: str) -> str:
    """Mean and interval per system, `measure` one of the intervals of :class:`System`. An SVG element."""
    intervals: list[Interval] = [getattr(system, measure) for system in systems]
    kind = kind_of(measure)
    top = 2.0 if measure == "ieval" else 1.0
    with _figure(measure, len(systems)) as (axes, svg):
        for place, interval in enumerate(intervals):
            if interval.mean is not None:
                _whisker(axes, place, interval.mean, interval.low, interval.high, _tone(place), kind)
        _name_rows(axes, [system.name for system in systems])
        ends = [end for found in intervals for end in (found.low, found.mean, found.high) if end is not None]
        axes.set_xlim(*_range(ends, 0.2 * top, least=0.0, most=top))
        _numbers_below(axes, kind, label)
    return svg[0]


def kind_of(measure: str) -> Kind:
    """How the numbers of an interval of :class:`System` are said."""
    return "score" if measure in ("ieval", "ndcg") else "share"


def differences(found: Sequence[Difference], measure: str) -> str:
    """Each later system's difference to the first, with a line at 0. Hollow dots: rows not repeated."""
    shown = [difference for difference in found if difference.measure == measure]
    kind: Kind = "score" if measure == "ieval" else "share"
    with _figure(f"differences-{measure}", len(shown)) as (axes, svg):
        axes.axvline(0, color=_NEUTRAL, linewidth=1.2, zorder=1)
        ends = [0.0]
        for place, row in enumerate(shown):
            interval = row.difference
            if interval.mean is None:
                continue
            hollow = row.scope != "all"
            _whisker(axes, place, interval.mean, interval.low, interval.high, _ACCENT, kind, True, hollow)
            ends += [end for end in (interval.low, interval.mean, interval.high) if end is not None]
        names = [row.other if row.scope == "all" else f"{row.other}, not rep." for row in shown]
        _name_rows(axes, names)
        width, most = (0.1, 2.0) if kind == "score" else (0.05, 1.0)
        axes.set_xlim(*_range(ends, width, least=-most, most=most))
        unit = "iEval score" if kind == "score" else "hit, percentage points"
        _numbers_below(axes, kind, f"difference in {unit}", signed=True)
    return svg[0]


def cost(systems: Sequence[System], measure: str, label: str) -> str:
    """Score against what a row costs (`measure`: "calls" or "tokens"), on a logarithmic scale."""
    shown = [(place, system) for place, system in enumerate(systems) if system.ieval.mean is not None]
    crowded = len(shown) > _CROWD
    with _figure(f"cost-{measure}", max(5, round(0.7 * len(shown)))) as (axes, svg):
        costs = [max(getattr(system, measure), 0.0) for _, system in shown]
        # A free system (rules) has no place on a logarithmic scale: 1 and more are spread, 0 stands left.
        axes.set_xscale("symlog", linthresh=1.0, linscale=0.4)
        for (place, system), amount in zip(shown, costs, strict=True):
            interval = system.ieval
            if interval.mean is None:
                continue
            if interval.low is not None and interval.high is not None:
                axes.plot(
                    [amount] * 2,
                    [interval.low, interval.high],
                    color=_tone(place),
                    linewidth=1.6,
                    clip_on=False,
                )
            axes.plot([amount], [interval.mean], "o", color=_tone(place), markersize=7, clip_on=False)
        ends = [
            end
            for _, system in shown
            for end in (system.ieval.low, system.ieval.mean, system.ieval.high)
            if end is not None
        ]
        axes.set_ylim(*_range(ends, 0.4, least=0.0, most=2.0))
        # Names stand right of their points, or of the frame, where they are many.
        axes.set_xlim(-0.15, max(10.0, *costs, 0.0) * (1.5 if crowded else 4))
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: formatting.amount(value)))
        axes.xaxis.set_minor_locator(matplotlib.ticker.NullLocator())
        axes.set_xlabel(label)
        axes.set_ylabel("iEval score")
        (_name_beside if crowded else _name_points)(axes, shown, costs)
    return svg[0]


def rounds(systems: Sequence[tuple[str, Sequence[Mapping[str, Any]]]], k: int) -> str:
    """Recall@`k` after each round, a line a system with its intervals: (name, entries of `by_round`)."""
    lines = [
        (place, name, [Interval.from_json(entry["recall"][str(k)]) for entry in entries])
        for place, (name, entries) in enumerate(systems)
    ]
    ends = [end for _, _, found in lines for one in found for end in (one.mean, one.high) if end is not None]
    top = min(1.02, 1.1 * max((*ends, 0.1)))
    last = max(len(found) for _, _, found in lines) - 1
    with _figure("rounds", 6) as (axes, svg):
        label = -1.0
        for place, name, found in sorted(lines, key=lambda line: (line[2][-1].mean or 0.0, line[0])):
            # Beside each other, so that the intervals of several systems can be told apart.
            shift = 0.08 * (place - (len(lines) - 1) / 2)
            means = [math.nan if one.mean is None else one.mean for one in found]
            style = ("-", "--", ":", "-.")[place % 4]
            tone = _tone(place)
            axes.plot(
                [n + shift for n in range(len(found))], means, style, color=tone, marker="o", markersize=5
            )
            for number, one in enumerate(found):
                if one.low is not None and one.high is not None:
                    axes.plot([number + shift] * 2, [one.low, one.high], color=tone, linewidth=1.0)
            label = max(label + top / 14, found[-1].mean or 0.0)
            axes.annotate(
                formatting.clipped(name, _NAME_WIDTH // 2),
                (last + 0.3, label),
                va="center",
                fontsize=9,
                color=_INK,
            )
        axes.set_xlim(-0.3, 1.3 * last + 0.8)
        axes.set_ylim(0.0, max(top, label + top / 14))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{round(value * 100, 6):g} %"))
        axes.set_xticks(range(last + 1))
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.set_xlabel("after round (0: the recorded context)")
        axes.set_ylabel(f"recall@{k}")
    return svg[0]


def losses(method: str, trainings: Sequence[tuple[str, Sequence[tuple[int, float]]]]) -> str:
    """The loss at each step, a line a training of one method: (name, (step, loss) in order)."""
    values = [loss for _, found in trainings for _, loss in found]
    last = max(step for _, found in trainings for step, _ in found)
    low, high = min(0.0, *values), max(values)
    gap = (high - low) / 13 or 1.0
    with _figure(f"losses-{method}", max(6, len(trainings))) as (axes, svg):
        label = -math.inf
        for place, (name, found) in sorted(enumerate(trainings), key=lambda one: one[1][1][-1][1]):
            style = ("-", "--", ":", "-.")[place % 4]
            axes.plot(*zip(*found, strict=True), style, color=_ACCENT, linewidth=1.4)
            label = max(label + gap, found[-1][1])
            axes.annotate(
                formatting.clipped(name, _NAME_WIDTH),
                (found[-1][0], label),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=_INK,
            )
        axes.set_xlim(0, 1.02 * last)
        axes.set_ylim(low, max(high, label) + gap)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.grid(axis="y")
        axes.set_axisbelow(True)
        axes.set_xlabel("step")
        axes.set_ylabel("loss")
    return svg[0]


def distributions(names: Sequence[str], scores: Sequence[Floats]) -> str:
    """How often each score was given, a row of ten bars from 0 to 2 per system, in shares of its rows."""
    with _figure("distributions", len(names), row=0.62) as (axes, svg):
        for place, values in enumerate(scores):
            bars = np.minimum(9, (values * 5 + 1e-9).astype(np.int64))
            counts = np.bincount(bars, minlength=10).tolist()
            tallest = max(counts) or 1
            for index, count in enumerate(counts):
                if count:
                    # Bars grow upwards although the rows run downwards; each row is scaled to its tallest.
                    height = 0.72 * count / tallest
                    axes.bar(
                        0.1 + 0.2 * index,
                        -height,
                        width=0.17,
                        bottom=place + 0.32,
                        color=_tone(place),
                        linewidth=0,
                    )
                    axes.annotate(
                        f"{count / len(values) * 100:.0f}",
                        (0.1 + 0.2 * index, place + 0.32 - height),
                        xytext=(0, 1.5),
                        textcoords="offset points",
                        ha="center",
                        fontsize=7.5,
                        color=_MUTED,
                    )
            axes.plot([0, 2], [place + 0.32] * 2, color=_GRID, linewidth=1)
        _name_rows(axes, names)
        axes.set_ylim(len(names) - 0.5, -0.72)
        axes.set_xlim(-0.03, 2.03)
        axes.spines["bottom"].set_visible(False)
        axes.set_xticks([0, 0.5, 1, 1.5, 2])
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.set_xlabel("iEval score (numbers: % of scored rows)")
    return svg[0]


def _tone(place: int) -> str:
    return _NEUTRAL if place == 0 else _ACCENT


def _whisker(
    axes: Axes,
    place: int,
    mean: float,
    low: float | None,
    high: float | None,
    tone: str,
    kind: Kind,
    signed: bool = False,
    hollow: bool = False,
) -> None:
    if low is not None and high is not None:
        axes.plot([low, high], [place] * 2, color=tone, linewidth=2.2, solid_capstyle="round", clip_on=False)
    face = _SURFACE if hollow else tone
    axes.plot(
        [mean],
        [place],
        "o",
        color=tone,
        markerfacecolor=face,
        markersize=7.5,
        markeredgewidth=1.8,
        clip_on=False,  # a dot on the rim is whole
    )
    said = formatting.signed(mean, kind) if signed else formatting.number(mean, kind)
    axes.annotate(
        said, (mean, place), xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9.5, color=_INK
    )


def _name_rows(axes: Axes, names: Sequence[str]) -> None:
    """One labelled row per name, the first on top."""
    axes.set_yticks(range(len(names)), [formatting.clipped(name, _NAME_WIDTH) for name in names])
    axes.tick_params(axis="y", labelcolor=_INK, pad=9)  # points: beside the half of a dot on the rim
    axes.set_ylim(len(names) - 0.5, -0.75)


def _name_points(axes: Axes, shown: Sequence[tuple[int, System]], costs: Sequence[float]) -> None:
    """Names right of the points, moved apart where they would lie on each other."""
    low, high = axes.get_ylim()
    step = (high - low) / 13
    taken: list[tuple[float, float]] = []
    for (_, system), amount in sorted(
        zip(shown, costs, strict=True), key=lambda point: (point[0][1].ieval.mean or 0.0, point[0][0])
    ):
        mean = system.ieval.mean or 0.0
        height = mean
        for other, other_height in sorted(taken, key=lambda point: point[1]):
            close = abs(math.log10(1 + other) - math.log10(1 + amount)) < 1.0
            if close and abs(other_height - height) < step:
                height = other_height + step
        taken.append((amount, height))
        axes.annotate(
            formatting.clipped(system.name, _NAME_WIDTH),
            (amount, mean),
            xytext=(9, (height - mean) / (high - low) * 72 * 2.1 - 3.5),
            textcoords="offset points",
            fontsize=9.5,
            color=_INK,
        )


def _name_beside(axes: Axes, shown: Sequence[tuple[int, System]], costs: Sequence[float]) -> None:
    """Names in a column right of the frame, in the order of the scores, each with a line to its point."""
    low, high = axes.get_ylim()
    points = sorted(
        zip(shown, costs, strict=True), key=lambda point: (point[0][1].ieval.mean or 0.0, point[0][0])
    )
    step = 1 / len(points)
    heights: list[float] = []
    for (_, system), _ in points:
        wanted = ((system.ieval.mean or 0.0) - low) / (high - low)
        heights.append(max(wanted, heights[-1] + step) if heights else wanted)
    # What was pushed out at the top pushes back.
    limit = 1.0
    for index in reversed(range(len(heights))):
        heights[index] = limit = min(heights[index], limit)
        limit -= step
    for ((_, system), amount), height in zip(points, heights, strict=True):
        axes.annotate(
            formatting.clipped(system.name, _NAME_WIDTH),
            (amount, system.ieval.mean or 0.0),
            xytext=(1.03, height),
            textcoords="axes fraction",
            va="center",
            fontsize=9,
            color=_INK,
            # From the middle of the name's left edge, so that no line crosses another name.
            arrowprops={
                "arrowstyle": "-",
                "color": _NEUTRAL,
                "linewidth": 0.6,
                "relpos": (0.0, 0.5),
                "shrinkA": 2,
                "shrinkB": 4,
            },
        )


def _numbers_below(axes: Axes, kind: Kind, label: str, *, signed: bool = False) -> None:
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
    scale, unit = (1.0, "") if kind == "score" else (100.0, "" if signed else " %")

    def tick(value: float, _: int | None = None) -> str:
        text = f"{round(value * scale, 6):{'+' if signed and abs(value) > 1e-9 else ''}g}"
        return text.replace("-", "−") + unit

    axes.xaxis.set_major_formatter(FuncFormatter(tick))
    axes.set_xlabel(label)


def _range(
    ends: Sequence[float], width: float, *, least: float = -math.inf, most: float = math.inf
) -> tuple[float, float]:
    """A range around the numbers, at least `width` wide and with room at either end, within `least` and
    `most`: an axis has no values that its quantity cannot have."""
    low, high = min(ends), max(ends)
    spread = max(high - low, width)
    middle = (low + high) / 2
    start, end = middle - 0.62 * spread, middle + 0.62 * spread
    # What is cut off at one end is given to the other, so that the width stays.
    if start < least:
        start, end = least, max(end, least + 1.24 * spread)
    if end > most:
        start, end = max(least, min(start, most - 1.24 * spread)), most
    return start, end


@contextmanager
def _figure(name: str, rows: int, row: float = _ROW) -> Iterator[tuple[Axes, list[str]]]:
    """An empty figure to draw on; afterwards the list holds its SVG element."""
    svg: list[str] = []
    # The figure's name is its salt: figures share a page, and ids must not meet.
    settings: Any = {**_SETTINGS, "svg.hashsalt": name}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        # A name in a script that matplotlib's font lacks is drawn by the reader's browser, which has it.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=(_WIDTH, _FRAME + row * max(1, rows)), dpi=_DPI, layout="constrained")
        FigureCanvasSVG(figure)
        yield figure.add_subplot(), svg
        # A figure with a layout engine is drawn twice when it is written, the first time to be laid out.
        if engine := figure.get_layout_engine():
            engine.execute(figure)
            figure.set_layout_engine("none")
        written = io.StringIO()
        nothing: Mapping[str, None] = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(written, format="svg", metadata=dict(nothing))
    svg.append(_inlined(written.getvalue()))


def _inlined(document: str) -> str:
    """The svg element of a document, with the page's colours and type, ready to stand in HTML."""
    element = document[document.index("<svg") :]
    element = re.sub(r"<g id=\"[^\"]*\"", "<g", element)  # unused, and alike in all figures
    element = re.sub(r"<style.*?</style>|<defs>\s*</defs>", "", element, flags=re.DOTALL)
    view = re.search(r'viewBox="[^"]*"', element)
    element = re.sub(
        r"^<svg[^>]*>", f'<svg {view.group() if view else ""} aria-hidden="true" focusable="false">', element
    )
    element = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", element)
    element = re.sub(r"font-family: [^;\"]*; ", "", element)
    for placeholder, variable in _VARIABLES.items():
        element = element.replace(placeholder, variable)
    return element
