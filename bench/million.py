"""What a shop's catalogue costs: open it from its index, link a text in it.

    python bench/million.py [--size 1000000]

Items are synthetic and seeded, and lie in a temporary folder. `make bench` runs this with a
million items, which takes some minutes, most of them to make the file and the indexes once.
What a user waits for is printed as median and 95th percentile.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib import resources
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from usbrec.data import load_samples
from usbrec.items import Catalogue, load_catalogue, open_linker

DEMO = Path(str(resources.files("usbrec.data") / "demo"))
MILLION = 1_000_000
_GENRES = ("crime", "drama", "comedy", "horror", "western", "romance", "family", "war")
_BLOCK = 50_000

Row = tuple[str, str, str]


def large_catalogue(size: int, folder: Path) -> list[Row]:
    """(measured, median, 95th percentile) of the parts that grow with a catalogue of `size` items."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "items.csv"
    write_catalogue(path, size)
    cache = folder / "cache"

    def load() -> Catalogue:
        return load_catalogue(path, cache=cache, index_from=1)

    named = f"{size:,} items"
    rows: list[Row] = []
    rows.append((f"read {named} from CSV and write their index", f"{_seconds(load):.1f} s", ""))
    rows.append((f"open {named} from the index", *_spread([_seconds(load) for _ in range(5)], "s")))
    catalogue = load()
    rows.append(("write the index of their titles", f"{_seconds(lambda: open_linker(catalogue)):.1f} s", ""))
    opening = [_seconds(lambda: open_linker(catalogue)) for _ in range(3)]
    rows.append(("open the index of their titles", *_spread(opening, "s")))
    linker = open_linker(catalogue)
    texts = [turn.text for sample in load_samples(DEMO / "dialogues.jsonl") for turn in sample.turns]
    titles = [catalogue.items[row * 7919 % size] for row in range(200)]
    texts += [f"Have you seen {item.name}? Or something like {item.title.lower()}" for item in titles]
    for text in texts:  # pages of the index are read at their first use
        linker.link(text)
    rows.append(("link an utterance", *_spread([_seconds(partial(linker.link, text)) for text in texts])))
    finding = [_seconds(partial(catalogue.find, item.name)) for item in titles]
    rows.append(("find a title", *_spread(finding)))
    return rows


def write_catalogue(path: Path, size: int) -> None:
    """A CSV of items with titles of one to five words, of which many are shared."""
    generator = np.random.default_rng(0)
    words = np.array([_word(number) for number in range(20_000)])
    # A few words are in many titles, most in few.
    shares = 1 / np.arange(10, 10 + len(words))
    shares /= shares.sum()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "title", "year", "genres", "people", "text", "popularity"])
        for first in range(0, size, _BLOCK):
            count = min(_BLOCK, size - first)
            lengths = generator.choice(5, count, p=(0.05, 0.3, 0.35, 0.2, 0.1)) + 1
            title_words = generator.choice(words, (count, 5), p=shares)
            text_words = generator.choice(words, (count, 20))
            numbers = generator.integers(2**31, size=(count, 5)).tolist()
            for row in range(count):
                title = " ".join(title_words[row, : lengths[row]]).title()
                year, genre, other, popularity, *_ = numbers[row]
                people = ", ".join(f"{words[n % 5_000]} {words[n % 7_919]}".title() for n in numbers[row][2:])
                genres = f"{_GENRES[genre % 8]}, {_GENRES[other % 8]}"
                text = " ".join(text_words[row])
                fields = (f"i{first + row}", title, 1940 + year % 80, genres, people, text, popularity % 1000)
                writer.writerow(fields)


def _word(number: int) -> str:
    """A word that can be spoken, another for each number."""
    letters = ""
    while number or len(letters) < 4:
        number, consonant = divmod(number, 16)
        number, vowel = divmod(number, 5)
        letters += "bcdfghklmnprstvz"[consonant] + "aeiou"[vowel]
    return letters


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _spread(seconds: Iterable[float], unit: str = "ms") -> tuple[str, str]:
    """Median and 95th percentile."""
    scale = {"s": 1.0, "ms": 1e3}[unit]
    median, high = np.quantile(list(seconds), (0.5, 0.95)) * scale
    return f"{median:.2f} {unit}", f"{high:.2f} {unit}"


def report(size: int) -> None:
    """Measure and print."""
    table = Table("measured", "median", "95 %", box=None)
    with tempfile.TemporaryDirectory() as folder:
        for row in large_catalogue(size, Path(folder) / "items"):
            table.add_row(*row)
    Console(width=100).print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure a large catalogue.")
    parser.add_argument("--size", type=int, default=MILLION, help="items (default: a million)")
    size = parser.parse_args().size
    report(size)


if __name__ == "__main__":
    main()
