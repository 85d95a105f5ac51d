"""What bench/speed.py and others measure with: the stub server, rows, and runs of a checkout as processes.

    python bench/harness.py [--checkout ../before] evaluate ROWS ...

measures one command of a checkout by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEMO = HERE.parent / "src/usbrec/data/demo/dialogues.jsonl"
LATENCY = 0.2
Figures = dict[str, float]
_SEATS: Mapping[str, str] = dict.fromkeys(("recommender", "simulator", "judge"), "openai:stub")

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
results = evaluate(given["rows"], given["out"], config=config, catalogue=given.get("catalogue"))
taken["computed"] = results["prompt_tokens"] - results["cached_tokens"]
taken["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
taken["whole_cpu"] = used()
print("TAKEN", json.dumps(taken))
"""


class Failed(SystemExit):
    """A run that did not come to its end; the message says which, and what it said, and ends the script where
    nobody goes on without it."""


def environment_of(checkout: Path) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(checkout / "src"),
        "PYTHONHASHSEED": "0",
        # As for whoever installs it: compiled modules are kept, and are not compiled again each time.
        "PYTHONDONTWRITEBYTECODE": "",
        "OPENAI_API_KEY": "stub",
    }


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
    #: A Python that has inspect-ai.
    inspect: Path | None = None

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
            env=environment_of(checkout),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failed(f"{checkout}: failed:\n{done.stderr[-3000:]}")
        line = next(line for line in done.stdout.splitlines() if line.startswith("TAKEN"))
        return dict(json.loads(line.removeprefix("TAKEN ")))

    def evaluated(
        self,
        checkout: Path,
        rows: int,
        *,
        concurrency: int = 256,
        out: Path | None = None,
        seats: Mapping[str, str] = _SEATS,
        catalogue: Path | None = None,
        **settings: Any,
    ) -> Figures:
        """One run; its figures with those that the stub counted."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            given = {
                "url": self.stub.url,
                "rows": str(self.rows(rows)),
                "out": str(out or Path(folder) / "run"),
                "catalogue": None if catalogue is None else str(catalogue),
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
            "cpu_ms_call": 1000 * taken["cpu"] / max(1, stats["calls"]),
        }


def command(checkout: Path, *arguments: object) -> Figures:
    """Seconds, processor seconds and megabytes of a command of the checkout."""
    given = [sys.executable, "-m", "usbrec", *map(str, arguments)]
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(given, env=environment_of(checkout), stdout=printed, stderr=printed)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if status:
            printed.seek(0)
            raise Failed(f"{checkout}: {' '.join(given)} failed:\n{printed.read()[-3000:]}")
    return {
        "seconds": round(seconds, 2),
        "cpu": round(used.ru_utime + used.ru_stime, 2),
        "peak_mb": round(used.ru_maxrss / 1024, 1),
    }


def knows(checkout: Path, option: str) -> bool:
    """Whether a checkout's command line has an option; early revisions lack some."""
    return any(option in path.read_text("utf-8") for path in (checkout / "src/usbrec/cli").glob("*.py"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--checkout", type=Path, default=HERE.parent, help="default: this one")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what follows `usbrec`")
    options = parser.parse_args()
    print(json.dumps(command(options.checkout.resolve(), *options.command)))


if __name__ == "__main__":
    main()
