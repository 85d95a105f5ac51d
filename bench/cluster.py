"""Rows a second in one process, in several, and on a Ray cluster, on one stub server.

    python bench/cluster.py [--rows 400] [--ses] [--workers 2] [--only one workers ray]

Each run is `usbrec evaluate` with a model in all seats on bench/stub_server.py, which answers after 0.2 s,
with 256 requests in flight in all. Told are the seconds from the first request to the last answer, those of
the whole command with start and report, and whether the rows are the same (they are held against the first
run's). With `ray` (extra `ray`), the cluster is that of RAY_ADDRESS, or one that each run starts for itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from growth import rows_file
from harness import HERE, LATENCY, Stub, stub_server
from rich.console import Console
from rich.table import Table

_OPTIONS = {
    "one": [],
    "workers": ["--workers", "{workers}"],
    "ray": ["--engine", "ray", "--workers", "{workers}"],
}


def timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: timeless(inner) for name, inner in value.items() if name != "seconds"}
    return [timeless(inner) for inner in value] if isinstance(value, list) else value


def played(stub: Stub, rows: Path, options: list[str], folder: Path) -> tuple[dict[str, float], list[Any]]:
    """What was measured of a run, and its rows less how long they took."""
    stub.tell("/reset")
    out = folder / "run"
    command = [sys.executable, "-m", "usbrec", "evaluate", str(rows), "--model", "openai:stub"]
    command += ["--base-url", stub.url, "--concurrency", "256", "--no-second-judge", "-o", str(out), *options]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent / "src"), "OPENAI_API_KEY": "stub"}
    started = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    whole = time.monotonic() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    stats = stub.stats()
    said = [
        timeless(json.loads(line))
        for line in (out / "episodes.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    return {"span": stats["span"], "whole": whole, "calls": stats["calls"], "peak": stats["peak"]}, said


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=400)
    parser.add_argument("--ses", action="store_true", help="Self-enhanced rows.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=_OPTIONS, default=list(_OPTIONS))
    options = parser.parse_args()
    console = Console()
    table = Table("run", "calls", "s, first to last", "rows a s", "s, whole command", "same rows", box=None)
    first: list[Any] | None = None
    with tempfile.TemporaryDirectory() as name, stub_server() as stub:
        stub.tell("/set", latency=LATENCY)
        rows = rows_file(Path(name), options.rows)
        for kind in options.only:
            given = [option.format(workers=options.workers) for option in _OPTIONS[kind]]
            given += ["--ses"] if options.ses else []
            with tempfile.TemporaryDirectory(dir=name) as folder:
                found, said = played(stub, rows, given, Path(folder))
            first = said if first is None else first
            # Told as it comes: a run may take long.
            print(kind, json.dumps(found), file=sys.stderr, flush=True)
            table.add_row(
                kind,
                f"{found['calls']:,.0f}",
                f"{found['span']:.1f}",
                f"{options.rows / found['span']:.1f}",
                f"{found['whole']:.1f}",
                "yes" if said == first else "NO",
            )
    console.print(table)
    console.print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}")


if __name__ == "__main__":
    main()
