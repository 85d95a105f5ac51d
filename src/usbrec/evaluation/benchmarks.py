"""Benchmarks by name: what each counts, and the published figures that stand beside one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from usbrec.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Published:
    """A published row: whose, and its figures by view and measure (see evaluation/metrics/mentions.py)."""

    name: str
    source: str
    full: Mapping[str, float] = field(default_factory=dict)
    without_repeats: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A benchmark: its name, the format of its authors' files, what it is in a sentence, published rows, and
    what a reader has to know."""

    name: str
    format: str
    about: str
    published: tuple[Published, ...] = ()
    notes: tuple[str, ...] = ()


_SIGIR26 = "Kostric and Balog, SIGIR 2026"
_REPEATS = "Mentions of what the dialogue had named before are repeats; without them, lists leave it out too."

BENCHMARKS: Mapping[str, Benchmark] = {
    one.name: one
    for one in (
        Benchmark(
            "redial-sigir26",
            "redial",
            "ReDial under the standardised re-evaluation: recall a mention, with and without repeats.",
            (
                Published(
                    "best published of each column",
                    _SIGIR26,
                    full={"recall@1": 0.049, "recall@10": 0.270, "recall@50": 0.507},
                    without_repeats={"recall@1": 0.026, "recall@10": 0.213, "recall@50": 0.465},
                ),
                Published("naming again what was named", _SIGIR26, full={"recall@1": 0.043}),
            ),
            (
                _REPEATS,
                "Published rows are of the test split. Its authors state different numbers of test rows: "
                "3,617 and 3,372 in one place, 4,198 and 3,838 in another. Rows of iEvaLM are other rows: "
                "turns before anything was linked are left out there.",
            ),
        ),
        Benchmark("inspired", "inspired", "INSPIRED, counted in the same way.", notes=(_REPEATS,)),
        Benchmark(
            "opendialkg",
            "opendialkg",
            "OpenDialKG, counted in the same way.",
            notes=(
                _REPEATS,
                "In the authors' rows, works that somebody named before are read as talk about them and not "
                "as recommended again: the two views are nearly the same there.",
            ),
        ),
    )
}


def benchmark_named(name: str) -> Benchmark:
    """The benchmark of this name. Raises ConfigError."""
    if name not in BENCHMARKS:
        raise ConfigError(f"{name}: no benchmark of this name. There are: {', '.join(BENCHMARKS)}.")
    return BENCHMARKS[name]
