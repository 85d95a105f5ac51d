"""Processor time of reading a catalogue: before on clean rows, after with one row in a hundred spoilt.

    python bench/read_catalogue.py BEFORE AFTER [--rows 1000000] [--runs 5] [--columns]

BEFORE and AFTER are work trees; the runs alternate. The index is written into a folder that is thrown away.
With `--columns` each row has a price, a colour, a stock and a rating too, in both files.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

_PROGRAM = """
import os, sys, tempfile, warnings
from pathlib import Path
warnings.simplefilter("ignore")
from usbrec.items import load_catalogue
started = sum(os.times()[:4])
with tempfile.TemporaryDirectory() as folder:
    items = len(load_catalogue(Path(sys.argv[1]), cache=Path(folder)))
    print(sum(os.times()[:4]) - started, items)
"""
_BEGIN = ("ba", "de", "ki", "lo", "mu", "na", "po", "ra", "si", "tu", "ve", "wo", "za")
_SYLLABLES = [begin + end for begin in _BEGIN for end in ("ran", "lin", "dor", "mek")]
_GENRES = ("drama", "comedy", "action", "thriller", "horror", "romance")


_COLOURS = ("red", "green", "blue", "black", "white")


def rows(count: int, *, spoilt: bool, columns: bool = False) -> Iterator[list[str]]:
    """Rows of a made-up catalogue; spoilt ones have no title, the first row's id, or two cells too many."""
    rng = random.Random(5)
    for number in range(count):
        title = " ".join(rng.choice(_SYLLABLES).title() for _ in range(rng.randint(1, 4)))
        person = f"{rng.choice(_SYLLABLES).title()} {rng.choice(_SYLLABLES).title()}"
        year, genres = str(rng.randint(1920, 2023)), "|".join(rng.sample(_GENRES, 2))
        row = [f"m{number}", f"{title} {number % 977}", year, genres, person, str(rng.randint(0, 5000))]
        if columns:
            price, rating = f"{rng.randint(100, 99_900) / 100:.2f}", f"{rng.randint(10, 50) / 10}"
            row += [price, rng.choice(_COLOURS), str(rng.randint(0, 40)), rating]
        if spoilt and number % 100 == 7:
            kind = number // 100 % 3
            row = [["m0", *row[1:]], [row[0], "", *row[2:]], [*row, "too", "many"]][kind]
        yield row


def seconds(tree: Path, file: Path) -> tuple[float, int]:
    """Processor seconds and items of one reading."""
    environment = os.environ | {"PYTHONPATH": str(tree / "src")}
    said = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(file)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    taken, items = said.stdout.split()
    return float(taken), int(items)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--columns", action="store_true", help="four further columns")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, spoilt in (("clean", False), ("spoilt", True)):
            files[name] = Path(folder, f"{name}.csv")
            with files[name].open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                more = ["price", "colour", "stock", "rating"] if given.columns else []
                writer.writerow(["id", "title", "year", "genres", "people", "popularity", *more])
                writer.writerows(rows(given.rows, spoilt=spoilt, columns=given.columns))
        ratios = []
        for run in range(given.runs):
            before, there = seconds(given.before.resolve(), files["clean"])
            after, left = seconds(given.after.resolve(), files["spoilt"])
            ratios.append(after / before)
            print(f"run {run}: before {before:.1f} s ({there} items), after {after:.1f} s ({left} items)")
        told = " ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
        print(f"after / before: median {median(ratios):.2f} ({told})")


if __name__ == "__main__":
    main()
