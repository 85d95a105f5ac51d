"""Goals of speed: what a run is to cost, beside what was measured of an earlier revision and of this one.

    python bench/goals.py [RESULTS]

prints what bench/speed.py wrote into bench/results.json.
Measured figures (bench/speed.py) are medians under the name of what they are, in columns: "before" and "now"
of two revisions, "peer" of other programs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Taken = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Goal:
    """A line of the table: `value` reads it from the figures of a revision ("before", "now"); None where
    something is missing. It is reached at most, or with `least` at least, at `reach`."""

    what: str
    reach: float
    value: Callable[[Taken, str], float | None]
    least: bool = False

    def reached(self, value: float | None) -> str:
        if value is None:
            return "not measured"
        return "yes" if (value >= self.reach if self.least else value <= self.reach) else "no"


def _of(name: str) -> Callable[[Taken, str], float | None]:
    return lambda taken, column: taken.get(name, {}).get(column)


def _ratio(
    top: str, bottom: str, *, times: float = 1.0, above: str | None = None, below: str | None = None
) -> Callable[[Taken, str], float | None]:
    """One figure over another; `above` and `below` name the column of one that is no revision's."""

    def value(taken: Taken, column: str) -> float | None:
        one, other = taken.get(top, {}).get(above or column), taken.get(bottom, {}).get(below or column)
        return None if one is None or not other else times * one / other

    return value


_SES = "SES, 200 rows, 4 drafts: seconds"
_CALL = "plain rows: our processor time a call, ms"
_CROWDED = "plain rows, 1,000 in flight: our processor time a call, ms"
_COMPUTED = "packaged model, SES with a model judge: prompt tokens computed a row"
_WAIT = "requests that wait for one another"
_MEMORY = "memory, 100,000 rows"

GOALS = (
    Goal("SES, 200 rows, 4 drafts, 256 in flight: s from first request to last answer", 4, _of(_SES)),
    Goal(
        "the same a row, times as quick as the paper's procedure",
        400,
        _ratio("the paper's procedure, SES, four drafts: s a row", _SES, times=200, above="peer"),
        least=True,
    ),
    Goal("our processor time a call, plain rows, 256 in flight, ms", 0.8, _of(_CALL)),
    Goal(
        "the same with 1,000 in flight, times that",
        1.2,
        _ratio(_CROWDED, _CALL),
    ),
    Goal(
        "inspect-ai's processor time a call over ours",
        15,
        _ratio("inspect-ai: its processor time a call, ms", _CALL, above="peer"),
        least=True,
    ),
    Goal("requests that wait for one another, plain", 4, _of(f"{_WAIT}: plain")),
    Goal("the same, SES", 8, _of(f"{_WAIT}: SES")),
    Goal("the same, SES of five rounds", 28, _of(f"{_WAIT}: SES of five rounds")),
    Goal(
        "requests a row of SES, 4 drafts (choices: bench/search_choices.py)", 12, _of("SES: requests a row")
    ),
    Goal(
        "a server with neither log-probabilities nor n, three drafts: requests",
        40,
        _of("server without log-probabilities and n, three drafts: requests"),
    ),
    Goal(
        "packaged model, SES with a model judge: prompt tokens computed, of before",
        0.5,
        _ratio(_COMPUTED, _COMPUTED, below="before"),
    ),
    Goal("memory, 100,000 rows, evaluate with report, MB", 300, _of(f"{_MEMORY}, evaluate, MB")),
    Goal("the same above 1,000 rows, MB", 30, _of(f"{_MEMORY} above 1,000, evaluate, MB")),
    Goal("memory, 100,000 rows, compare with report, MB", 300, _of(f"{_MEMORY}, compare with report, MB")),
    Goal("the same above 1,000 rows, MB", 30, _of(f"{_MEMORY} above 1,000, compare with report, MB")),
    Goal("read 200,000 rows, s of processor", 3, _of("read 200,000 rows, s of processor")),
    Goal("usbrec --help, s of processor", 0.25, _of("usbrec --help, s of processor")),
    Goal("usbrec --version, s of processor", 0.25, _of("usbrec --version, s of processor")),
    Goal(
        "13 plain rows, whole command, of the paper's script",
        0.6,
        _ratio(
            "13 plain rows, the whole command, s", "the paper's procedure, 13 plain rows, s", below="peer"
        ),
    ),
    Goal(
        "a report of two runs of 5,000 rows, s of processor",
        1.5,
        _of("report of two runs of 5,000 rows, s of processor"),
    ),
)


class Results:
    """What was measured, now and before, with the machine of each figure; it is written as JSON."""

    def __init__(self, measured: dict[str, dict[str, float]], machines: dict[str, str]) -> None:
        self.measured, self.machines = measured, machines

    @classmethod
    def read(cls, path: Path) -> Results:
        if not path.is_file():
            return cls({}, {})
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(told["measured"], told["machines"])

    def put(self, what: str, columns: Mapping[str, float]) -> None:
        """Figures of one measure, taken just now. Those of an earlier one are gone, because columns that were
        taken at different times cannot be held against each other."""
        self.measured[what] = {which: round(value, 4) for which, value in columns.items()}
        load = os.getloadavg()[0]
        self.machines[what] = f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}"

    def goals(self) -> list[dict[str, Any]]:
        """The table of goals: of each line what it is, both revisions' value, and whether it is reached."""
        lines = []
        for goal in GOALS:
            before, now = (goal.value(self.measured, column) for column in ("before", "now"))
            lines.append(
                {
                    "what": goal.what,
                    "before": None if before is None else round(before, 4),
                    "now": None if now is None else round(now, 4),
                    "to_reach": f"{'>=' if goal.least else '<='} {goal.reach:g}",
                    "reached": goal.reached(now),
                }
            )
        return lines

    def write(self, path: Path) -> None:
        told = {"measured": self.measured, "machines": self.machines, "goals": self.goals()}
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")

    def print_tables(self) -> None:
        console = Console(width=140)
        table = Table("measured", "before", "now", "now/before", "peer", box=None)
        for what, taken in self.measured.items():
            before, now, peer = map(taken.get, ("before", "now", "peer"))
            ratio = f"{now / before:.3f}" if before and now is not None else ""
            table.add_row(what, _cell(before), _cell(now), ratio, _cell(peer))
        console.print(table)
        console.print()
        table = Table("goal", "before", "now", "to reach", "reached", box=None)
        for line in self.goals():
            table.add_row(
                line["what"], _cell(line["before"]), _cell(line["now"]), line["to_reach"], line["reached"]
            )
        console.print(table)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,.4g}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results", type=Path, nargs="?", default=Path(__file__).parent / "results.json")
    Results.read(parser.parse_args().results).print_tables()


if __name__ == "__main__":
    main()
