"""How time and memory of a run grow with its rows, with a figure of both.

    python bench/growth.py [--most 10000] [--only rules stub] [--figure docs/images/growth.svg]

For 1, 10, 100 rows and so on, `usbrec evaluate` plays the demo's dialogues again and again under new names,
and makes its tables and its report: by rules in all seats on the demo's catalogue (rules:popular recommends),
and with a model in all seats on a server that answers at once (bench/stub_server.py). Then `usbrec compare`
holds the run against another of the same rows, with a report. Each is a process of its own; its processor
time and its largest resident memory are what the system says, start and report included.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from harness import DEMO, HERE, command, knows, stub_server
from rich.console import Console
from rich.table import Table

Points = list[dict[str, float]]

_SEATS = {
    "rules": ("rules:popular", "rules", "rules"),
    "stub": ("openai:stub", "openai:stub", "openai:stub"),
}
_TITLES = {"rules": "rules in all seats", "stub": "a model in all seats, on a stub"}


def rows_file(folder: Path, count: int) -> Path:
    """So many rows, their ids all different."""
    samples = [json.loads(line) for line in DEMO.read_text(encoding="utf-8").splitlines()]
    path = folder / f"{count}.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            row = samples[number % len(samples)]
            file.write(
                json.dumps({**row, "dialog_id": f"{row['dialog_id']}-{number // len(samples)}"}) + "\n"
            )
    return path


def measured(kind: str, count: int, url: str, checkout: Path = HERE.parent) -> dict[str, float]:
    """Seconds, processor seconds and megabytes of a run, and of its comparison with another."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recommender, seeker, judge = _SEATS[kind]
        options: list[object] = ["--recommender", recommender, "--simulator", seeker, "--judge", judge]
        if kind == "rules":
            options += ["--catalogue", DEMO.parent / "catalogue.csv"]
        else:
            options += ["--base-url", url, "--concurrency", "64"]
        options += ["--no-second-judge"] if knows(checkout, "no-second-judge") else []
        options += ["-o", folder / "run"]
        played = command(checkout, "evaluate", rows_file(folder, count), *options)
        another(folder / "run", folder / "other")
        held = command(checkout, "compare", folder / "run", folder / "other", "-o", folder / "report.html")
        return {"rows": count, **played, **{f"compare_{name}": value for name, value in held.items()}}


def another(run: Path, out: Path) -> None:
    """A run of the same rows in which each has the next one's outcome, so that there is something to compare.
    It has no index, so that its rows are read."""
    out.mkdir()
    shutil.copy(run / "results.json", out)
    with (run / "episodes.jsonl").open(encoding="utf-8") as rows, (out / "episodes.jsonl").open("w") as file:
        first = row = json.loads(next(rows))
        for following in itertools.chain(map(json.loads, rows), (first,)):
            episode = {**following["episode"], "sample": row["episode"]["sample"]}
            file.write(json.dumps({**row, "episode": episode}) + "\n")
            row = following


def sizes(most: int) -> Iterator[int]:
    count = 1
    while count <= most:
        yield count
        count *= 10


def print_table(found: Mapping[str, Points], console: Console) -> None:
    table = Table("rows", box=None)
    columns = ("cpu", "ms a row", "peak_mb", "compare_cpu", "compare_peak_mb")
    for kind in found:
        for name in ("processor s", "ms a row", "MB", "compare, s", "MB"):
            table.add_column(f"{kind}: {name}", justify="right")
    for count in sorted({point["rows"] for points in found.values() for point in points}):
        cells = []
        for points in found.values():
            point = next((dict(one) for one in points if one["rows"] == count), {})
            if point:
                point["ms a row"] = 1000 * point["cpu"] / count
            cells += [f"{point[name]:.4g}" if name in point else "" for name in columns]
        table.add_row(f"{count:,.0f}", *cells)
    console.print(table)


def draw(found: Mapping[str, Points], path: Path) -> None:
    """Processor time and memory over rows, both on logarithmic axes, beside lines that grow as rows do."""
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter

    settings: Any = {
        "svg.fonttype": "none",
        "svg.hashsalt": "growth",
        "font.size": 10,
        "font.family": "DejaVu Sans",
    }
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(8.4, 3.5), layout="constrained", facecolor="white")
        left, right = figure.subplots(1, 2)
        for (kind, points), colour in zip(found.items(), ("#1f5f8b", "#b5541c"), strict=False):
            rows = [point["rows"] for point in points]
            for axes, name in ((left, "cpu"), (right, "peak_mb")):
                axes.plot(rows, [point[name] for point in points], "o-", color=colour, label=_TITLES[kind])
                if held := [point for point in points if f"compare_{name}" in point]:
                    drawn = [point["rows"] for point in held], [point[f"compare_{name}"] for point in held]
                    axes.plot(*drawn, "x--", color=colour, label="compared with another")
            last = points[-1]
            line = [last["cpu"] * one / last["rows"] for one in rows]
            left.plot(rows, line, ":", color=colour, alpha=0.7, linewidth=1)
        for axes, title in ((left, "processor time, s"), (right, "largest memory, MB")):
            axes.set_xscale("log")
            axes.set_yscale("log")
            axes.set_title(title, loc="left")
            axes.set_xlabel("rows")
            axes.grid(visible=True, alpha=0.3)
            axes.spines[["top", "right"]].set_visible(False)
            for axis in (axes.xaxis, axes.yaxis):
                axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        left.set_ylim(bottom=0.3)
        right.set_ylim(50, 1000)
        right.yaxis.set_minor_formatter("")
        right.set_yticks([50, 100, 200, 500, 1000])
        left.legend(frameon=False, loc="upper left")
        figure.savefig(path, dpi=110, metadata={"Date": None} if path.suffix == ".svg" else None)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", choices=_SEATS, default=list(_SEATS))
    parser.add_argument("--figure", type=Path)
    parser.add_argument("-o", "--out", type=Path, help="what was measured, as JSON; what is there is kept")
    options = parser.parse_args(arguments)
    console = Console()
    found: dict[str, Points] = {}
    if options.out and options.out.exists():
        found = json.loads(options.out.read_text(encoding="utf-8"))
    with stub_server() as stub:
        stub.tell("/set", latency=0.0)
        for kind in options.only:
            points = found.setdefault(kind, [])
            for count in sizes(options.most):
                if count in [point["rows"] for point in points]:
                    continue
                points.append(measured(kind, count, stub.url))
                console.print(kind, points[-1])
                if options.out:
                    options.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    console.print(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")
    print_table(found, console)
    if options.figure:
        draw(found, options.figure)


if __name__ == "__main__":
    main()
