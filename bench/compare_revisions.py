"""Whether a revision is slower than another: processor time of each part, in alternating runs.

    git worktree add --detach ../before REVISION
    python bench/compare_revisions.py ../before . [--runs 12] [--only NAME]

Both folders are checkouts. Each measure is taken in a process of its own, of the one and of the other in turn
(the order turns round every time), and counts the processor time of that process and its children, user and
system. Only what both revisions have under the same name can be measured: the command line, and what
bench/run.py in each of them measures without a model. Each ratio (second over first) stands with the 95 %
interval of the mean of its logarithms (Student's t over the pairs). What lies above 1.03 as a whole is
slower.
torch is hidden from both, so that no second judge embeds the catalogue.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from scipy.stats import t as student

#: Slower is what lies above this as a whole.
TOLERATED = 1.03
_DEMO = "src/usbrec/data/demo"
_SEATED = ("--simulator", "rules", "--judge", "rules", "--seed", "0", "--limit", "12")
_SCRIPT = '{"say": ["You should try Heat (1995).", "Have you seen Alien (1979)?", "The Godfather (1972)."]}\n'

# Run in each revision's bench folder, so that its own modules are the ones that are measured.
_WITHOUT_MODEL = """
import sys
sys.path.insert(0, "bench")
import run
run.median_seconds = lambda work, repeat=5: [work() for _ in range(repeat)] and 0.0
run.without_model([])
"""
_LINKING = """
from pathlib import Path
from usbrec.data import load_samples
from usbrec.items import Linker, load_catalogue
demo = Path("src/usbrec/data/demo")
items = load_catalogue(demo / "catalogue.csv").items
texts = [turn.text for sample in load_samples(demo / "dialogues.jsonl") for turn in sample.turns]
linker = Linker(items)
for number in range(8):
    for text in texts:
        linker.link(text + " " * number)
"""

# The service as a process, in which the same 200 talks of a turn are answered, and its start.
_SERVED = """
import json, signal, socket, subprocess, sys, time, urllib.request
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
command = [sys.executable, "-m", "usbrec", "serve", "--port", str(port), *sys.argv[1:]]
served = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
address = f"http://127.0.0.1:{port}"
def ask(path, body=None):
    request = urllib.request.Request(address + path, body, {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request, timeout=60))
for _ in range(600):
    try:
        models = [model["id"] for model in ask("/v1/models")["data"]]
        break
    except OSError:
        assert served.poll() is None
        time.sleep(0.1)
for number in range(200):
    said = f"I liked Heat (1995) and Alien (1979) on day {number}. What should I watch next?"
    body = {"model": models[0], "messages": [{"role": "user", "content": said}]}
    assert ask("/v1/chat/completions", json.dumps(body).encode())["choices"][0]["message"]["content"]
served.send_signal(signal.SIGTERM)
served.wait(60)
"""
_CHAT = """
import subprocess, sys
lines = "".join(f"I liked Heat (1995) and Alien (1979) on day {number}.\\n" for number in range(40))
command = [sys.executable, "-m", "usbrec", "chat", *sys.argv[1:]]
assert subprocess.run(command, input=lines, text=True, stdout=subprocess.DEVNULL).returncode == 0
"""


def measures(files: Path) -> Mapping[str, Sequence[str]]:
    """Name -> arguments of Python, run in a checkout; `{out}` is a new folder for each run."""
    script = files / "script.jsonl"
    script.write_text(_SCRIPT, encoding="utf-8")
    rows = (f"{_DEMO}/dialogues.jsonl", "--catalogue", f"{_DEMO}/catalogue.csv", *_SEATED, "-o", "{out}")
    evaluate = ("-m", "usbrec", "evaluate", *rows)
    spoken = (*evaluate, "--recommender", f"scripted:{script}", "--candidates", "8")
    searched = (*spoken, "--ses", "--ses-simulator", "rules", "--ses-judge", "rules")
    shown = ("--catalogue", f"{_DEMO}/catalogue.csv", "--candidates", "8")
    spoken_to = ("--model", f"scripted:{script}", *shown)
    return {
        "usbrec --help": ("-m", "usbrec", "--help"),
        "import usbrec.items": ("-c", "import usbrec.items"),
        "evaluate, retriever": (*evaluate, "--recommender", "rules:retriever"),
        "evaluate, candidates": spoken,
        "evaluate, self-enhanced": searched,
        "link the demo's utterances": ("-c", _LINKING),
        "serve, 200 requests to the plain model": ("-c", _SERVED, *spoken_to),
        "chat, 40 turns": ("-c", _CHAT, *spoken_to),
        "bench/run.py without a model": ("-c", _WITHOUT_MODEL),
    }


def processor_seconds(checkout: Path, arguments: Sequence[str], hidden: Path) -> float:
    """What one run takes of the processor, user and system, its children's included. Modules in `hidden`
    stand in the place of others."""
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, *(argument.replace("{out}", out) for argument in arguments)],
            cwd=checkout,
            env={
                **os.environ,
                "PYTHONPATH": f"{hidden}:{checkout / 'src'}",
                "PYTHONHASHSEED": "0",
                # As for whoever installs it: compiled modules are kept, and are not compiled again each time.
                "PYTHONDONTWRITEBYTECODE": "",
                "CI": "true",
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{checkout}: {' '.join(arguments)[:200]} failed:\n{done.stderr.decode()[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratio_of(first: Sequence[float], second: Sequence[float]) -> tuple[float, float, float]:
    """The geometric mean of second over first, pair by pair, and its 95 % interval."""
    logarithms = [math.log(b / a) for a, b in zip(first, second, strict=True)]
    mean = statistics.fmean(logarithms)
    error = statistics.stdev(logarithms) / math.sqrt(len(logarithms))
    spread = float(student.ppf(0.975, len(logarithms) - 1)) * error
    return math.exp(mean), math.exp(mean - spread), math.exp(mean + spread)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("first", type=Path, help="checkout of the earlier revision")
    parser.add_argument("second", type=Path, help="checkout of the later one")
    parser.add_argument("--runs", type=int, default=12, help="pairs of runs (at least 2, default: 12)")
    parser.add_argument("--only", default="", help="only measures with this in their name")
    options = parser.parse_args()
    checkouts = [options.first.resolve(), options.second.resolve()]
    table = Table("measured", "first, s", "second, s", "ratio", "95 %", "", box=None)
    slower = False
    with tempfile.TemporaryDirectory() as folder:
        files = Path(folder)
        (files / "torch.py").write_text(
            'raise ModuleNotFoundError("left out of this comparison", name="torch")\n'
        )
        for name, arguments in measures(files).items():
            if options.only not in name:
                continue
            seconds: list[list[float]] = [[], []]
            for run in range(options.runs + 1):
                for place in (0, 1) if run % 2 else (1, 0):
                    taken = processor_seconds(checkouts[place], arguments, files)
                    if run:  # the first pair warms the file caches and is not counted
                        seconds[place].append(taken)
            ratio, low, high = ratio_of(*seconds)
            slower |= low > TOLERATED
            medians = [f"{statistics.median(taken):.2f}" for taken in seconds]
            found = "slower" if low > TOLERATED else ""
            table.add_row(name, *medians, f"{ratio:.3f}", f"[{low:.3f}, {high:.3f}]", found)
            print(name, *medians, f"{ratio:.3f} [{low:.3f}, {high:.3f}]", found, file=sys.stderr, flush=True)
    Console(width=110).print(table)
    sys.exit(slower)


if __name__ == "__main__":
    main()
