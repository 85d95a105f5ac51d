"""Ways to find titles in a text, at a catalogue's size: ours, an automaton, SQLite, fuzzy matching over all.

    python bench/title_indexes.py [--size 1000000]

Made-up titles, as bench/million.py makes them. Ours finds titles as they are written, without their year, in
lower case and one letter wrong; the automaton (pyahocorasick, where it is installed) and SQLite find what is
spelled alike; rapidfuzz finds misspelled ones by looking at every title. Measured are the seconds until each
answers for the first time and once it is kept, the memory it holds, and the time for an utterance.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import pickle
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
from million import MILLION, write_catalogue
from rapidfuzz import fuzz, process

from usbrec.items import load_catalogue, open_linker

_WORD = re.compile(r"\w+")
#: Longest title that is looked up, in words.
_LONGEST = 5


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def memory() -> float:
    """MiB that this process holds for itself."""
    return float(psutil.Process().memory_full_info().uss) / 2**20


def spread(work: Callable[[str], object], texts: list[str]) -> str:
    for text in texts[:20]:
        work(text)
    taken = sorted(seconds(partial(work, text)) for text in texts)
    return f"{statistics.median(taken) * 1e3:9.3f} ms  95 % {taken[int(len(taken) * 0.95)] * 1e3:9.3f} ms"


def runs_of_words(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [
        " ".join(words[first : first + length])
        for first in range(len(words))
        for length in range(1, _LONGEST + 1)
        if first + length <= len(words)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--size", type=int, default=MILLION)
    size = parser.parse_args().size
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), size)


def measure(folder: Path, size: int) -> None:
    path = folder / "items.csv"
    write_catalogue(path, size)
    with path.open(encoding="utf-8", newline="") as file:
        titles = [row["title"] for row in csv.DictReader(file)]
    texts = [
        f"Have you seen {titles[row * 7919 % size]}? Or something like it, please." for row in range(200)
    ]
    keys = sorted({" ".join(_WORD.findall(title.lower())) for title in titles} - {""})
    print(f"{size:,} titles, {len(keys):,} of them different")

    def told(name: str, made: float, opened: float, held: float, link: str) -> None:
        print(
            f"{name:<24} made {made:7.1f} s  opened {opened:7.2f} s  holds {held:8.0f} MiB  {link}",
            flush=True,
        )

    catalogue = load_catalogue(path, cache=folder / "cache", index_from=1)
    made = seconds(lambda: open_linker(catalogue))
    before = memory()
    opened = seconds(lambda: open_linker(catalogue))
    linker = open_linker(catalogue)
    told("ours", made, opened, memory() - before, spread(linker.link, texts))

    if importlib.util.find_spec("ahocorasick"):
        import ahocorasick

        before = memory()
        automaton = ahocorasick.Automaton()

        def fill() -> None:
            for place, key in enumerate(keys):
                automaton.add_word(f" {key} ", place)
            automaton.make_automaton()

        made = seconds(fill)
        held = memory() - before
        kept = folder / "automaton.pickle"
        kept.write_bytes(pickle.dumps(automaton))
        opened = seconds(lambda: pickle.loads(kept.read_bytes()))
        told(
            "pyahocorasick",
            made,
            opened,
            held,
            spread(lambda text: list(automaton.iter(f" {' '.join(_WORD.findall(text.lower()))} ")), texts),
        )
        del automaton

    database = sqlite3.connect(folder / "titles.db")

    def write() -> None:
        database.execute("CREATE TABLE titles (key TEXT PRIMARY KEY, place INTEGER) WITHOUT ROWID")
        database.executemany(
            "INSERT INTO titles VALUES (?, ?)", ((key, place) for place, key in enumerate(keys))
        )
        database.commit()

    made = seconds(write)
    before = memory()

    def look_up(text: str) -> list[tuple[str, int]]:
        asked = runs_of_words(text)
        marks = ",".join("?" * len(asked))
        return database.execute(f"SELECT key, place FROM titles WHERE key IN ({marks})", asked).fetchall()

    line = spread(look_up, texts)
    told("SQLite", made, 0.0, memory() - before, line)

    def nearest(text: str) -> object:
        span = " ".join(_WORD.findall(text.lower())[3:6])
        return process.extractOne(span, keys, scorer=fuzz.ratio, score_cutoff=90)

    told("rapidfuzz, one span", 0.0, 0.0, 0.0, spread(nearest, texts[:12]))


if __name__ == "__main__":
    main()
