"""What constraints cost on a shop's catalogue: open its table of columns, filter all items.

    python bench/constraints.py [--size 1000000] [--folder FOLDER]

Products are synthetic and seeded, and lie in a temporary folder, or in one that is kept and used again. Every
filter is asked once, so that no answer comes from before. Printed are the median and the greatest processor
time, and the median of the time on the clock, which on a busy machine is that of others too.
"""

from __future__ import annotations

import argparse
import csv
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from usbrec.items import Catalogue, load_catalogue
from usbrec.items.constraints.column_table import ColumnTable, open_columns
from usbrec.items.constraints.filters import read_filter

_COLOURS = ("red", "blue", "green", "black", "white", "grey", "brown", "pink")
_KINDS = ("shoes", "jackets", "bags", "watches", "headphones")
T = TypeVar("T")


def write_catalogue(path: Path, size: int) -> None:
    """A CSV of products with a brand, a price, a rating, a stock, a colour and an address."""
    draw = np.random.default_rng(0)
    brands = [f"Brand {number}" for number in range(5_000)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["sku", "title", "category", "brand", "price", "rating", "in_stock", "colour", "url"])
        prices, ratings = draw.lognormal(4, 1, size), draw.integers(10, 51, size)
        stock, colour = draw.integers(0, 2, size), draw.integers(0, len(_COLOURS), size)
        kind, brand = draw.integers(0, len(_KINDS), size), draw.zipf(1.3, size) % len(brands)
        for row in range(size):
            writer.writerow(
                [
                    f"P{row}",
                    f"{brands[brand[row]]} {_KINDS[kind[row]]} {row}",
                    _KINDS[kind[row]],
                    brands[brand[row]],
                    f"{prices[row]:.2f} €",
                    ratings[row] / 10,
                    stock[row],
                    _COLOURS[colour[row]],
                    f"https://shop.example/p/{row}",
                ]
            )


def filters(draw: np.random.Generator) -> dict[str, Any]:
    """One filter of each kind, with values that were not asked for before."""
    low, high = sorted(float(value) for value in draw.lognormal(4, 1, 2))
    brand = f"Brand {draw.integers(5_000)}"
    return {
        "price": {"price": {"max": high}},
        "price and stock": {"price": {"max": low}, "in_stock": True},
        "range, rating, colour": {
            "price": {"min": low, "max": high},
            "rating": {"min": float(draw.uniform(1, 5))},
            "colour": [_COLOURS[draw.integers(8)], _COLOURS[draw.integers(8)]],
        },
        "not two brands": {"brand": {"not": [brand, "Brand 1"]}, "price": {"below": high + low}},
        "category and not colour": {
            "genres": _KINDS[draw.integers(5)],
            "colour": {"not": "red"},
            "price": low,
        },
        "text contains": {"url": {"contains": f"/p/{draw.integers(1_000_000)}"}},
        "text, in all": {"url": {"contains": "https://shop.example/p/"[: 8 + draw.integers(15)]}},
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    size = options.size
    with tempfile.TemporaryDirectory() as kept:
        folder = options.folder or Path(kept)
        path = folder / "shop.csv"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_catalogue(path, size)

        def load() -> Catalogue:
            return load_catalogue(path, cache=folder / "cache", index_from=1)

        (seconds, _), catalogue = _timed(load)
        print(f"read {size:,} items and write their index: {seconds:.1f} s")
        print(", ".join(column.told() for column in catalogue.types))
        (seconds, _), _ = _timed(lambda: open_columns(catalogue))
        print(f"write the table of columns: {seconds:.1f} s")
        opened = [_timed(lambda: open_columns(load()))[0] for _ in range(5)]
        alone = [_timed(partial(open_columns, one))[0] for one in [load() for _ in range(5)]]
        print(f"open catalogue and table: {_told(opened, 's')}")
        print(f"of that the table: {_told(alone, 's')}")
        table = open_columns(load())
        draw = np.random.default_rng(1)
        asked = [filters(draw) for _ in range(15)]
        for name in asked[0]:
            times, count = [], 0
            for one in asked:
                spent, count = _timed(lambda wanted=one[name]: _allowed(table, wanted))  # type: ignore[misc]
                times.append((spent[0] * 1000, spent[1] * 1000))
            print(f"filter, {name}: {_told(times, 'ms')}, {count:,} items left")


def _allowed(table: ColumnTable, wanted: Any) -> int:
    return table.allowed(read_filter(wanted, table)).count


def _timed(work: Callable[[], T]) -> tuple[tuple[float, float], T]:
    """Processor time, time on the clock, and what came."""
    started, clock = time.process_time(), time.perf_counter()
    done = work()
    return (time.process_time() - started, time.perf_counter() - clock), done


def _told(times: Sequence[tuple[float, float]], unit: str) -> str:
    processor, clock = zip(*times, strict=True)
    digits = 3 if unit == "s" else 1
    return (
        f"processor median {statistics.median(processor):.{digits}f} {unit}, "
        f"most {max(processor):.{digits}f}; "
        f"clock median {statistics.median(clock):.{digits}f}"
    )


if __name__ == "__main__":
    main()
