"""How quick a run on a server is, beside an earlier revision and beside the paper's procedure.

    git worktree add --detach ../before 9258d7d
    python bench/speed.py ../before [--runs 3] [--only NAME] [--rows 1000] [-o bench/results.json]

Each measure is a process of its own on a stub server (bench/stub_server.py, 0.2 s an answer), of the earlier
revision and of this one in turn; the median of the runs counts. Requests are counted, and firm; times and
processor times depend on the machine, so that only the columns of one table can be held against each other.
Rows are the demo's dialogues, again and again under new names, or those of --samples.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "src/usbrec/data/demo/dialogues.jsonl"
LATENCY = 0.2
Figures = dict[str, float]

#: Run in a checkout: evaluates, and says what the rows themselves took, start and report left out.
_RUN = """
import json, os, resource, sys, time
given = json.loads(sys.argv[1])
import usbrec.engine as engine
taken, run_units = {}, engine.run_units
def used():
    mine, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime
async def timed(*args, **kwargs):
    import urllib.request
    urllib.request.urlopen(urllib.request.Request(given["url"][:-3] + "/reset", data=b"{}")).read()
    before, started = used(), time.monotonic()
    try:
        return await run_units(*args, **kwargs)
    finally:
        taken.update(cpu=used() - before, seconds=time.monotonic() - started)
engine.run_units = timed
from usbrec.config import Config
from usbrec.stages.evaluating import evaluate
settings = dict(given["settings"])
extra = settings.pop("if_known", {})
try:
    config = Config.model_validate({**settings, **extra})
except ValueError:
    config = Config.model_validate(settings)
evaluate(given["rows"], given["out"], config=config)
taken["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
taken["whole_cpu"] = used()
print("TAKEN", json.dumps(taken))
"""
_READ = """
import sys, time, resource
from usbrec.data import load_samples
started = time.process_time()
assert len(load_samples(sys.argv[1])) == int(sys.argv[2])
print("TAKEN", '{"cpu": %f, "peak_mb": %f}' % (
    time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""
_COMPARE = """
import sys, time
from pathlib import Path
from usbrec.evaluation import compare, load_run, write_report
started = time.process_time()
runs = [load_run(path) for path in sys.argv[2:]]
write_report(Path(sys.argv[1]), runs, title="two runs", comparison=compare(runs, seed=0))
print("TAKEN", '{"cpu": %f}' % (time.process_time() - started))
"""


class Stub:
    """The stub server in a process of its own."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/v1"
        self._root = f"http://127.0.0.1:{port}"

    def tell(self, path: str, **fields: Any) -> None:
        data = json.dumps(fields).encode()
        urllib.request.urlopen(urllib.request.Request(self._root + path, data=data)).read()

    def stats(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self._root}/stats") as answer:
            return dict(json.loads(answer.read()))


@contextmanager
def stub_server() -> Iterator[Stub]:
    command = [sys.executable, str(HERE / "stub_server.py"), "--latency", str(LATENCY)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Stub(int(process.stdout.readline()))
        finally:
            process.terminate()


@dataclass
class Bench:
    """What every measure needs: the stub, a folder for files, and the rows."""

    stub: Stub
    folder: Path
    samples: Sequence[Mapping[str, Any]]
    plain_rows: int
    large_rows: int

    def rows(self, count: int) -> Path:
        path = self.folder / f"rows-{count}.jsonl"
        if not path.exists():
            with path.open("w", encoding="utf-8") as file:
                for number in range(count):
                    row = dict(self.samples[number % len(self.samples)])
                    row["dialog_id"] = f"{row['dialog_id']}-{number // len(self.samples)}"
                    file.write(json.dumps(row) + "\n")
        return path

    def python(self, checkout: Path, script: str, *arguments: object) -> Figures:
        done = subprocess.run(
            [sys.executable, "-c", script, *map(str, arguments)],
            cwd=checkout,
            env={
                **os.environ,
                "PYTHONPATH": f"{checkout / 'src'}",
                "PYTHONHASHSEED": "0",
                "OPENAI_API_KEY": "stub",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            sys.exit(f"{checkout}: failed:\n{done.stderr[-3000:]}")
        line = next(line for line in done.stdout.splitlines() if line.startswith("TAKEN"))
        return dict(json.loads(line.removeprefix("TAKEN ")))

    def evaluated(
        self, checkout: Path, rows: int, *, concurrency: int = 256, out: Path | None = None, **settings: Any
    ) -> Figures:
        """One run; its figures with those that the stub counted."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            seats = dict.fromkeys(("recommender", "simulator", "judge"), "openai:stub")
            given = {
                "url": self.stub.url,
                "rows": str(self.rows(rows)),
                "out": str(out or Path(folder) / "run"),
                "settings": {
                    "seats": seats,
                    "models": {"base_url": self.stub.url, "concurrency": concurrency},
                    "if_known": {"judging": {"second": False}},
                    **settings,
                },
            }
            taken = self.python(checkout, _RUN, json.dumps(given))
        stats = self.stub.stats()
        return {
            **taken,
            "span": stats["span"],
            "calls": stats["calls"] / rows,
            "tokens": stats["prompt_tokens"] / rows,
            "chain": stats["chain"],
            "cpu_ms_call": 1000 * taken["cpu"] / stats["calls"],
        }


def processor_seconds(checkout: Path, *arguments: str) -> float:
    """What a command of the checkout takes of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    env = {**os.environ, "PYTHONPATH": str(checkout / "src")}
    subprocess.run([sys.executable, "-m", "usbrec", *arguments], env=env, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ses(bench: Bench, checkout: Path) -> Figures:
    found = bench.evaluated(checkout, 200, enhanced=True)
    return {
        "SES, 200 rows, 4 drafts: seconds": found["span"],
        "SES: requests a row": found["calls"],
        "SES: our processor time a call, ms": found["cpu_ms_call"],
    }


def plain(bench: Bench, checkout: Path) -> Figures:
    found = bench.evaluated(checkout, bench.plain_rows)
    many = bench.evaluated(checkout, bench.plain_rows, concurrency=1000)
    return {
        "plain rows: our processor time a call, ms": found["cpu_ms_call"],
        "the same, 1,000 in flight, ms": many["cpu_ms_call"],
        "plain rows: seconds": found["span"],
    }


def waiting(bench: Bench, checkout: Path) -> Figures:
    kinds: Mapping[str, Mapping[str, Any]] = {
        "plain": {},
        "SES": {"enhanced": True},
        "SES of five rounds": {"enhanced": True, "play": {"rounds": 5}},
    }
    return {
        f"requests that wait for one another: {name}": bench.evaluated(checkout, 1, **settings)["chain"]
        for name, settings in kinds.items()
    }


def without_n(bench: Bench, checkout: Path) -> Figures:
    bench.stub.tell("/set", logprobs=False, n=False)
    try:
        found = bench.evaluated(checkout, 1, enhanced=True, search={"drafts": 3})
    finally:
        bench.stub.tell("/set", logprobs=True, n=True)
    return {"server without log-probabilities and n, three drafts: requests": found["calls"]}


def memory(bench: Bench, checkout: Path) -> Figures:
    few = bench.evaluated(checkout, 1000)["peak_mb"]
    many = bench.evaluated(checkout, bench.large_rows)["peak_mb"]
    return {
        "memory of 1,000 plain rows, MB": few,
        "memory grows a row, kB": 1024 * (many - few) / (bench.large_rows - 1000),
    }


def reading(bench: Bench, checkout: Path) -> Figures:
    found = bench.python(checkout, _READ, bench.rows(200_000), 200_000)
    return {
        "read 200,000 rows, s of processor": found["cpu"],
        "read 200,000 rows, peak MB": found["peak_mb"],
    }


def starting(bench: Bench, checkout: Path) -> Figures:
    return {"usbrec --help, s of processor": processor_seconds(checkout, "--help")}


def comparing(bench: Bench, checkout: Path) -> Figures:
    runs = []
    for name, seed in (("one", 0), ("two", 1)):
        out = bench.folder / f"{checkout.name}-{name}"
        if not out.exists():
            bench.stub.tell("/set", latency=0.0)
            bench.evaluated(checkout, 5000, out=out, concurrency=64, seed=seed)
            bench.stub.tell("/set", latency=LATENCY)
        runs.append(out)
    found = bench.python(checkout, _COMPARE, bench.folder / "report.html", *runs)
    return {"report of two runs of 5,000 rows, s of processor": found["cpu"]}


def whole_command(bench: Bench, checkout: Path) -> Figures:
    started = time.monotonic()
    bench.evaluated(checkout, 13)
    return {"13 plain rows, the whole command, s": time.monotonic() - started}


#: Settings that save requests of a search; those of votes on a server without log-probabilities and n.
_FEWER: Mapping[str, Mapping[str, Any]] = {
    "as it is": {},
    "first_look = 2": {"first_look": 2},
    "first_look = 1": {"first_look": 1},
}
_FEWER_VOTES: Mapping[str, Mapping[str, Any]] = {
    "as it is": {},
    "race = 0": {"race": 0.0},
    "race = .05": {"race": 0.05},
    "race = .05, horizon = 1": {"race": 0.05, "horizon": 1},
}


def fewer(bench: Bench, checkout: Path) -> Figures:
    """What each setting buys, in requests and prompt tokens a row and in requests that wait."""
    figures: Figures = {}

    def measure(server: str, settings: Mapping[str, Mapping[str, Any]], rounds: int, drafts: int) -> None:
        for name, given in settings.items():
            search, play = {"drafts": drafts, **given}, {"rounds": rounds}
            found = bench.evaluated(checkout, 20, enhanced=True, play=play, search=search)
            one = bench.evaluated(checkout, 1, enhanced=True, play=play, search=search)
            figures[f"SES{server}, {name}: requests a row"] = found["calls"]
            figures[f"SES{server}, {name}: prompt tokens a row"] = found["tokens"]
            figures[f"SES{server}, {name}: requests that wait"] = one["chain"]

    measure("", _FEWER, 2, 4)
    measure(" of five rounds", _FEWER, 5, 4)
    bench.stub.tell("/set", logprobs=False, n=False)
    try:
        measure(", three drafts, no log-probabilities and n", _FEWER_VOTES, 2, 3)
    finally:
        bench.stub.tell("/set", logprobs=True, n=True)
    return figures


MEASURES: Mapping[str, Callable[[Bench, Path], Figures]] = {
    "ses": ses,
    "plain": plain,
    "waiting": waiting,
    "without_n": without_n,
    "memory": memory,
    "reading": reading,
    "starting": starting,
    "comparing": comparing,
    "command": whole_command,
    "fewer": fewer,
}
#: Longer than the rest, and only when they are asked for.
LONG = ("memory", "comparing", "fewer")


def paper(bench: Bench) -> Figures:
    """The paper's procedure on the same stub: seconds and calls a row, and 13 plain rows."""

    def run(rows: int, *options: str) -> dict[str, Any]:
        command = [sys.executable, str(HERE / "paper_procedure.py"), bench.stub.url, str(bench.rows(rows))]
        done = subprocess.run([*command, *options], check=True, capture_output=True, text=True)
        return dict(json.loads(done.stdout))

    searched, plain_rows = run(1, "--ses", "--drafts", "4"), run(13)
    return {
        "the paper's procedure, SES, four drafts: s a row": searched["seconds"],
        "the paper's procedure: requests a row": searched["calls"],
        "the paper's procedure, 13 plain rows, s": plain_rows["seconds"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("before", type=Path, nargs="?", help="checkout of the earlier revision")
    parser.add_argument("--samples", type=Path, default=DEMO, help="iEvaLM rows (default: the demo's)")
    parser.add_argument("--runs", type=int, default=3, help="of each measure and revision (default: 3)")
    parser.add_argument("--rows", type=int, default=1000, help="plain rows (default: 1000)")
    parser.add_argument("--large", type=int, default=5000, help="rows of the measure of memory")
    parser.add_argument("--only", nargs="*", choices=tuple(MEASURES), help="these measures alone")
    parser.add_argument("-o", "--out", type=Path, default=HERE / "results.json")
    options = parser.parse_args()
    checkouts = {"now": HERE.parent}
    if options.before is not None:
        checkouts = {"before": options.before.resolve(), **checkouts}
    samples = [json.loads(line) for line in options.samples.read_text(encoding="utf-8").splitlines()]
    chosen = options.only or [name for name in MEASURES if name not in LONG]
    found: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory() as folder, stub_server() as stub:
        bench = Bench(stub, Path(folder), samples, options.rows, options.large)
        for name in chosen:
            for run in range(options.runs):
                order = list(checkouts.items())
                for which, checkout in order if run % 2 else reversed(order):
                    for what, value in MEASURES[name](bench, checkout).items():
                        found.setdefault(what, {}).setdefault(which, []).append(value)
                        print(f"{which:>6}  {what}: {value:.3f}", file=sys.stderr, flush=True)
        held_against = {} if options.only else paper(bench)
    medians = {
        what: {which: round(statistics.median(values), 4) for which, values in taken.items()}
        for what, taken in found.items()
    }
    _told(medians, held_against, tuple(checkouts))
    before = json.loads(options.out.read_text(encoding="utf-8")) if options.out.is_file() else {}
    written = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "measured": {**before.get("measured", {}), **medians},
        "paper": {
            **before.get("paper", {}),
            **{name: round(value, 3) for name, value in held_against.items()},
        },
    }
    options.out.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


def _told(medians: Mapping[str, Mapping[str, float]], held_against: Figures, columns: Sequence[str]) -> None:
    table = Table("measured", *columns, *(["ratio"] if len(columns) > 1 else []), box=None)
    for what, taken in medians.items():
        ratio = [f"{taken['now'] / taken['before']:.3f}"] if taken.get("before") else []
        table.add_row(what, *(f"{taken[which]:.3f}" for which in columns if which in taken), *ratio)
    for name, value in held_against.items():
        table.add_row(name, *[""] * (len(columns) - 1), f"{value:.3f}")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
