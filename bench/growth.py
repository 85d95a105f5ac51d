"""How time and memory of a run grow with its rows, with a figure of both.

    python bench/growth.py [--most 10000] [--only rules stub] [--figure docs/images/growth.svg]

For 1, 10, 100 rows and so on, `usbrec evaluate` plays the demo's dialogues again and again under new names,
and makes its tables and its report: by rules in all seats on the demo's catalogue (rules:popular recommends),
and with a model in all seats on a server that answers at once (bench/stub_server.py). Each run is a process
of its own; its processor time and its largest resident memory are what the system says, start and report
included.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from speed import DEMO, HERE, stub_server

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


def measured(kind: str, count: int, url: str) -> dict[str, float]:
    """Seconds, processor seconds and megabytes of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recommender, seeker, judge = _SEATS[kind]
        command = [sys.executable, "-m", "usbrec", "evaluate", str(rows_file(folder, count))]
        command += ["--recommender", recommender, "--seeker", seeker, "--judge", judge]
        command += ["--no-second-judge", "-o", str(folder / "run")]
        if kind == "rules":
            command += ["--catalogue", str(DEMO.parent / "catalogue.csv")]
        else:
            command += ["--base-url", url, "--concurrency", "64"]
        environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "src"), "OPENAI_API_KEY": "stub"}
        started = time.monotonic()
        with (folder / "printed").open("w+") as printed:
            process = subprocess.Popen(command, env=environment, stdout=printed, stderr=printed)
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
            process.returncode = os.waitstatus_to_exitcode(status)
            if status:
                printed.seek(0)
                sys.exit(f"{' '.join(command)} failed:\n{printed.read()[-3000:]}")
        return {
            "rows": count,
            "seconds": round(seconds, 2),
            "cpu": round(used.ru_utime + used.ru_stime, 2),
            "peak_mb": round(used.ru_maxrss / 1024, 1),
        }


def sizes(most: int) -> Iterator[int]:
    count = 1
    while count <= most:
        yield count
        count *= 10


def print_table(found: Mapping[str, Points], console: Console) -> None:
    table = Table("rows", box=None)
    for kind in found:
        for name in ("s", "processor s", "ms a row", "MB"):
            table.add_column(f"{kind}: {name}", justify="right")
    for place in range(max(map(len, found.values()))):
        listed = [points[place] if place < len(points) else None for points in found.values()]
        first = next(point for point in listed if point is not None)
        cells = [f"{first['rows']:,.0f}"]
        for point in listed:
            if point is None:
                cells += [""] * 4
            else:
                each = 1000 * point["cpu"] / point["rows"]
                cells += [
                    f"{point['seconds']:.1f}",
                    f"{point['cpu']:.1f}",
                    f"{each:.2f}",
                    f"{point['peak_mb']:.0f}",
                ]
        table.add_row(*cells)
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
