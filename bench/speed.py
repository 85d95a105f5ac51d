"""How quick a run on a server is, beside an earlier revision, the paper's procedure and inspect-ai.

    git worktree add --detach ../before 9258d7d
    python bench/speed.py ../before [--runs 3] [--only NAME] [--all] [--rows 1000] [-o bench/results.json]

Each measure is a process of its own on a stub server (bench/stub_server.py, 0.2 s an answer), of the earlier
revision and of this one in turn; the median of the runs counts. Requests are counted, and firm; times and
processor times depend on the machine, so that only the columns of one table can be held against each other.
Rows are the demo's dialogues, again and again under new names, or those of --samples. What was measured
beside an earlier revision is put into the results as soon as it is there, in the place of what was measured
before, and all of them are printed with the goals (bench/goals.py).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import growth
from goals import Results
from harness import DEMO, HERE, LATENCY, Bench, Failed, Figures, command, knows, stub_server

_READ = """
import sys, time, resource
from usbrec.data import load_samples
started = time.process_time()
assert len(load_samples(sys.argv[1])) == int(sys.argv[2])
print("TAKEN", '{"cpu": %f, "peak_mb": %f}' % (
    time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
"""
#: Rows of the two runs that are compared.
_COMPARED = 5000


def ses(bench: Bench, checkout: Path) -> Figures:
    found = bench.evaluated(checkout, 200, enhanced=True)
    return {
        "SES, 200 rows, 4 drafts: seconds": found["span"],
        "SES: requests a row": found["calls"],
        "SES: our processor time a call, ms": found["cpu_ms_call"],
    }


def plain(bench: Bench, checkout: Path) -> Figures:
    found = bench.evaluated(checkout, bench.plain_rows)
    return {
        "plain rows: our processor time a call, ms": found["cpu_ms_call"],
        "plain rows: seconds": found["span"],
    }


def crowded(bench: Bench, checkout: Path) -> Figures:
    many = bench.evaluated(checkout, bench.plain_rows, concurrency=1000)
    return {"plain rows, 1,000 in flight: our processor time a call, ms": many["cpu_ms_call"]}


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
    """By rules in all seats, with report and comparison, at 1,000 rows and at many."""
    few, many = (growth.measured("rules", rows, "", checkout) for rows in (1000, bench.large_rows))
    large = f"{bench.large_rows:,} rows"
    return {
        f"memory, {large}, evaluate, MB": many["peak_mb"],
        f"memory, {large}, compare with report, MB": many["compare_peak_mb"],
        f"memory, {large} above 1,000, evaluate, MB": many["peak_mb"] - few["peak_mb"],
        f"memory, {large} above 1,000, compare with report, MB": (
            many["compare_peak_mb"] - few["compare_peak_mb"]
        ),
    }


def reading(bench: Bench, checkout: Path) -> Figures:
    found = bench.python(checkout, _READ, bench.rows(200_000), 200_000)
    return {
        "read 200,000 rows, s of processor": found["cpu"],
        "read 200,000 rows, peak MB": found["peak_mb"],
    }


def starting(bench: Bench, checkout: Path) -> Figures:
    return {
        f"usbrec {option}, s of processor": command(checkout, option)["cpu"]
        for option in ("--help", "--version")
        if option == "--help" or knows(checkout, option)
    }


def comparing(bench: Bench, checkout: Path) -> Figures:
    one, two = (bench.folder / f"{checkout.name}-{name}" for name in ("one", "two"))
    if not one.exists():
        bench.stub.tell("/set", latency=0.0)
        bench.evaluated(checkout, _COMPARED, out=one, concurrency=64)
        bench.evaluated(checkout, _COMPARED, out=two, concurrency=64, seed=1)
        bench.stub.tell("/set", latency=LATENCY)
    found = command(checkout, "compare", one, two, "-o", bench.folder / "report.html")
    return {"report of two runs of 5,000 rows, s of processor": found["cpu"]}


def whole_command(bench: Bench, checkout: Path) -> Figures:
    started = time.monotonic()
    bench.evaluated(checkout, 13)
    return {"13 plain rows, the whole command, s": time.monotonic() - started}


def packaged(bench: Bench, checkout: Path) -> Figures:
    """The packaged model drafts and judges: what llama.cpp itself computes of its prompts."""
    seats = {"recommender": "smollm2-135m", "simulator": "rules", "judge": "smollm2-135m"}
    catalogue = DEMO.parent / "catalogue.csv"
    found = bench.evaluated(checkout, 1, seats=seats, catalogue=catalogue, enhanced=True)
    return {"packaged model, SES with a model judge: prompt tokens computed a row": found["computed"]}


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
    "crowded": crowded,
    "waiting": waiting,
    "without_n": without_n,
    "memory": memory,
    "reading": reading,
    "starting": starting,
    "comparing": comparing,
    "command": whole_command,
    "packaged": packaged,
    "fewer": fewer,
}
#: Longer than the rest, and only when they are asked for.
LONG = ("memory", "comparing", "packaged", "fewer")


def paper(bench: Bench) -> Figures:
    """The paper's procedure on the same stub: seconds and calls a row, and 13 plain rows."""

    def run(rows: int, *options: str) -> Figures:
        return printed(
            sys.executable, HERE / "paper_procedure.py", bench.stub.url, bench.rows(rows), *options
        )

    searched, plain_rows = run(1, "--ses", "--drafts", "4"), run(13)
    return {
        "the paper's procedure, SES, four drafts: s a row": searched["seconds"],
        "the paper's procedure: requests a row": searched["calls"],
        "the paper's procedure, 13 plain rows, s": plain_rows["seconds"],
    }


def inspect_ai(bench: Bench) -> Figures:
    """The same plain rows in inspect-ai, which has a Python of its own."""
    bench.stub.tell("/reset")
    found = printed(bench.inspect, HERE / "inspect_peer.py", bench.stub.url, bench.rows(bench.plain_rows))
    return {"inspect-ai: its processor time a call, ms": 1000 * found["cpu"] / bench.stub.stats()["calls"]}


def printed(*given: object) -> Figures:
    """The figures that a script prints."""
    done = subprocess.run([*map(str, given)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"{' '.join(map(str, given))} failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


PEERS: Mapping[str, Callable[[Bench], Figures]] = {"paper": paper, "inspect": inspect_ai}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("before", type=Path, nargs="?", help="checkout of the earlier revision")
    parser.add_argument("--samples", type=Path, default=DEMO, help="iEvaLM rows (default: the demo's)")
    parser.add_argument("--runs", type=int, default=3, help="of each measure and revision (default: 3)")
    parser.add_argument("--rows", type=int, default=1000, help="plain rows (default: 1000)")
    parser.add_argument("--large", type=int, default=100_000, help="rows of the measure of memory")
    parser.add_argument("--inspect", type=Path, help="a Python with inspect-ai (default: it is left out)")
    parser.add_argument("--only", nargs="*", choices=(*MEASURES, *PEERS), help="these measures alone")
    parser.add_argument("--all", action="store_true", help=f"also {', '.join(LONG)}, which take long")
    parser.add_argument("-o", "--out", type=Path, help="default, with BEFORE: bench/results.json")
    options = parser.parse_args()
    checkouts = {"now": HERE.parent}
    out = options.out or (HERE / "results.json" if options.before else None)
    if options.before is not None:
        checkouts = {"before": options.before.resolve(), **checkouts}
    samples = [json.loads(line) for line in options.samples.read_text(encoding="utf-8").splitlines()]
    chosen = options.only or [name for name in (*MEASURES, *PEERS) if options.all or name not in LONG]
    if options.inspect is None and "inspect" in chosen:
        if options.only:
            sys.exit("inspect: name a Python that has inspect-ai with --inspect (bench/inspect_peer.py).")
        chosen.remove("inspect")
    results = Results.read(options.out or HERE / "results.json")
    with tempfile.TemporaryDirectory() as folder, stub_server() as stub:
        bench = Bench(stub, Path(folder), samples, options.rows, options.large, options.inspect)
        for name in chosen:
            found: dict[str, dict[str, list[float]]] = {}
            for run in range(options.runs):
                order = list(checkouts.items()) if name in MEASURES else [("peer", HERE.parent)]
                for which, checkout in order if run % 2 else reversed(order):
                    try:
                        figures = MEASURES[name](bench, checkout) if name in MEASURES else PEERS[name](bench)
                    except Failed as problem:
                        # The other column still tells something: an earlier revision may not bear the load.
                        print(f"{which:>6}  {name}: {problem}", file=sys.stderr, flush=True)
                        continue
                    for what, value in figures.items():
                        found.setdefault(what, {}).setdefault(which, []).append(value)
                        print(f"{which:>6}  {what}: {value:.3f}", file=sys.stderr, flush=True)
            for what, taken in found.items():
                results.put(what, {which: statistics.median(values) for which, values in taken.items()})
            if out is not None:
                results.write(out)
    results.print_tables()


if __name__ == "__main__":
    main()
