"""Intervals and tests for rows that come in clusters.

Rows of one recorded dialogue share its seeker and its history, so they are not independent: a mean over
100 rows of 20 dialogues knows little more than 20 numbers tell. Everything here therefore resamples or
flips whole dialogues. Each function takes the seed it draws from; the order of the rows never matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from usbrec.evaluation import quantiles

#: The ends between which shares lie, and scores in [0, 2].
SHARE, SCORE = (0.0, 1.0), (0.0, 2.0)

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]

# Random numbers drawn at once: bounds memory, whatever the number of dialogues. The size of a block of signs
# is part of what is drawn, because numpy begins each with fresh bits.
_BLOCK = 2_000_000
_BOOTSTRAP_BLOCK = 250_000
# So many eights of coins have a table of their sums; of more, each half of eight has one, which together take
# an eighth of the memory.
_EIGHTS = 2_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its interval. `mean` is None when n is 0; `low` and `high` need two clusters."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    clusters: int

    @property
    def ci95(self) -> tuple[float | None, float | None]:
        """`low` and `high`."""
        return self.low, self.high

    def to_json(self) -> dict[str, Any]:
        """As `results.json` writes it; null where unknown."""
        return {"mean": self.mean, "ci95": [self.low, self.high], "n": self.n, "clusters": self.clusters}

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """The interval back from JSON. Raises ValueError when it is not of that shape."""
        try:
            low, high = data["ci95"]
            numbers, counts = (data["mean"], low, high), (data["n"], data["clusters"])
        except (KeyError, TypeError, ValueError):
            raise ValueError("not of the form {mean, ci95: [low, high], n, clusters}") from None
        if not all(isinstance(count, int) for count in counts) or not all(
            number is None or (isinstance(number, int | float) and math.isfinite(number))
            for number in numbers
        ):
            raise ValueError("mean and ci95 must be numbers or null, n and clusters whole numbers")
        return cls(*numbers, *counts)


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """How much higher the second system is on the rows both have. `p_value` is None when n is 0."""

    mean: float | None
    low: float | None
    high: float | None
    n: int
    p_value: float | None

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    def to_json(self) -> dict[str, Any]:
        return {"mean": self.mean, "ci95": [self.low, self.high], "n": self.n, "p_value": self.p_value}


def mean_interval(
    values: Sequence[float] | Floats,
    clusters: Sequence[str] | Codes,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 2000,
    within: tuple[float, float] | None = None,
) -> Interval:
    """The mean of `values` with a cluster bootstrap interval; clusters are names, or whole numbers in the
    order of the names.

    Whole clusters are drawn with replacement and the ratio (sum of values / number of rows) is taken, so
    clusters of different size keep their weight. The quantiles are moved outwards for few clusters, as a
    t interval is wider than a normal one (the expanded percentile interval, Hesterberg 2015, "What
    teachers should know about the bootstrap"); without it 95 % would cover less than 90 % at eight
    dialogues. Where all values agree there is nothing to resample. Of values that lie `within` two ends,
    all of them at one, as no hit in 60 rows, the interval is Wilson's for as many draws as there are
    clusters; else it has no width, which is no certainty. Raises ValueError on unequal lengths or values
    that are not finite.
    """
    sums, counts = _by_cluster(values, clusters)
    n = len(values)
    if n == 0:
        return Interval(None, None, None, 0, 0)
    mean = math.fsum(values) / n
    if len(sums) < 2:
        return Interval(mean, None, None, n, len(sums))
    if within is not None and (end := _common_end(values, within)) is not None:
        low, high = quantiles.wilson(end, len(sums), NormalDist().inv_cdf((1.0 + level) / 2.0))
        least, span = within[0], within[1] - within[0]
        return Interval(mean, least + span * low, least + span * high, n, len(sums))
    if not sums.any():
        return Interval(mean, 0.0, 0.0, n, len(sums))
    rng = np.random.default_rng(seed)
    # Of clusters of one size, any draw has as many rows.
    rows = float(counts.sum()) if counts.min() == counts.max() else None
    means = np.concatenate(
        [
            _drawn(sums, drawn).sum(axis=1) / (_drawn(counts, drawn).sum(axis=1) if rows is None else rows)
            for drawn in _draws(rng, len(sums), resamples)
        ]
    )
    tail = expanded_tail(level, len(sums))
    low, high = np.quantile(means, [tail, 1.0 - tail])
    return Interval(mean, float(low), float(high), n, len(sums))


def paired_difference(
    a: Mapping[str, float],
    b: Mapping[str, float],
    clusters: Mapping[str, str],
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 2000,
    flips: int = 9999,
) -> PairedDifference:
    """b minus a on the rows both have, with an interval and a two-sided p value.

    `a` is the baseline, so a positive mean says that `b` is higher. Keys are row ids; `clusters` names
    the dialogue of each. If the systems did not differ, the sign of a whole dialogue's difference would
    be a coin toss: p is the share of `flips` random sign patterns at least as extreme as what was seen,
    the seen one included, so it is never 0 and is 1 for equal runs or a single dialogue.
    """
    rows = sorted(a.keys() & b.keys())
    differences = [b[row] - a[row] for row in rows]
    homes = [clusters[row] for row in rows]
    return difference_of(differences, homes, seed=seed, level=level, resamples=resamples, flips=flips)


def difference_of(
    differences: Sequence[float] | Floats,
    homes: Sequence[str] | Codes,
    *,
    seed: int,
    level: float = 0.95,
    resamples: int = 2000,
    flips: int = 9999,
) -> PairedDifference:
    """The same of the rows' differences and the cluster of each, as :func:`mean_interval` takes them."""
    interval = mean_interval(differences, homes, seed=seed, level=level, resamples=resamples)
    if interval.mean is None:
        return PairedDifference(None, None, None, 0, None)
    sums, _ = _by_cluster(differences, homes)
    if not sums.any():
        # Every pattern of signs is as extreme as what was seen.
        return PairedDifference(interval.mean, interval.low, interval.high, interval.n, 1.0)
    seen = abs(math.fsum(differences))
    # Patterns that differ only in rounding count as equal, else the mirror image of what was seen may not.
    threshold = seen - 1e-9 * float(np.abs(sums).sum())
    total = float(sums.sum())
    # Interval and test must not share their draws, so the test has a stream of its own. The signed sum is
    # twice that of the heads less that of all.
    extreme = sum(
        int((np.abs(2.0 * heads - total) >= threshold).sum()) for heads in _sums_of_heads(sums, seed, flips)
    )
    p_value = (1 + extreme) / (1 + flips)
    return PairedDifference(interval.mean, interval.low, interval.high, interval.n, p_value)


def holm(p_values: Sequence[float]) -> list[float]:
    """p values adjusted for looking at all of them (Holm 1979), in the order given, each at most 1."""
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        largest = max(largest, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = largest
    return adjusted


def expanded_tail(level: float, clusters: int) -> float:
    """The share cut off at either end of the bootstrap distribution; (1 - level) / 2 for many clusters."""
    quantile = quantiles.student(clusters - 1, (1.0 - level) / 2.0)
    return quantiles.normal(math.sqrt(clusters / (clusters - 1)) * quantile)


def _common_end(values: Sequence[float] | Floats, within: tuple[float, float]) -> float | None:
    """0.0 or 1.0 where all values are the lower or the upper end; None of others."""
    known = np.asarray(values, dtype=np.float64)
    return next((float(place) for place, end in enumerate(within) if (known == end).all()), None)


def _by_cluster(values: Sequence[float] | Floats, clusters: Sequence[str] | Codes) -> tuple[Floats, Floats]:
    """Sum and number of the values of each cluster, clusters in sorted order, sums rounded once."""
    if len(values) != len(clusters):
        raise ValueError(f"{len(values)} values for {len(clusters)} clusters")
    numbers = np.asarray(values, dtype=np.float64)
    if not np.isfinite(numbers).all():
        place = int(np.argmin(np.isfinite(numbers)))
        raise ValueError(f"a value of cluster {clusters[place]!r} is {numbers[place]}, not a finite number")
    if isinstance(clusters, np.ndarray):
        codes = clusters
    else:
        order = {name: place for place, name in enumerate(sorted(set(clusters)))}
        codes = np.fromiter((order[name] for name in clusters), dtype=np.int32, count=len(clusters))
    # A sum of nothing but -0.0 is 0.0, as that of :func:`math.fsum`.
    numbers = numbers[np.argsort(codes, kind="stable")] + 0.0
    _, starts, counts = np.unique(np.sort(codes), return_index=True, return_counts=True)
    if not len(counts):
        return np.empty(0), np.empty(0)
    # One number, or two of them, are rounded once as they are.
    sums = np.add.reduceat(numbers, starts)
    for place in np.flatnonzero(counts > 2).tolist():
        sums[place] = math.fsum(numbers[starts[place] : starts[place] + counts[place]].tolist())
    return sums, counts.astype(np.float64)


def _draws(rng: np.random.Generator, width: int, resamples: int) -> Iterator[npt.NDArray[np.intp]]:
    """Places among `width`, drawn `width` at a time, in blocks. As 32-bit numbers they are the same and come
    half as dear."""
    for block in _blocks(resamples, width, _BOOTSTRAP_BLOCK):
        yield rng.integers(0, width, size=(block, width), dtype=np.int32).astype(np.intp)


def _drawn(values: Floats, places: npt.NDArray[np.intp]) -> Floats:
    """The values in these places, which are known to be there: without a check of each."""
    return np.take(values, places, out=np.empty(places.shape), mode="clip")


def _sums_of_heads(sums: Floats, seed: int, flips: int) -> Iterator[Floats]:
    """For each of `flips` patterns of tossed coins, a coin a sum, the sum of those on heads, in blocks.

    A coin is the highest bit of a random byte, as ``integers(0, 2, dtype=int8)`` of a generator of
    ``[seed, 1]`` has it, where each block begins with a 32-bit number of its own. Taken straight from the
    generator's bits, eight of them stand for one of 256 sums known beforehand.
    """
    bits = np.random.PCG64([seed, 1])
    width = len(sums)
    eights = -(-width // 8)
    padded = np.concatenate([sums, np.zeros(8 * eights - width)])
    whole = eights <= _EIGHTS
    table, offsets = _sums_of_patterns(padded, 8 if whole else 4)
    left = np.empty(0, dtype="<u4")
    for block in _blocks(flips, width):
        needed = -(-block * width // 4)
        missing = -(-max(0, needed - len(left)) // 2)
        fresh = bits.random_raw(missing).astype("<u8", copy=False).view("<u4")
        left = np.concatenate([left, fresh]) if len(left) else fresh
        coins, left = left[:needed].view(np.uint8)[: block * width], left[needed:]
        patterns = coins.reshape(block, width)
        step = max(1, _BOOTSTRAP_BLOCK // width)
        # A few at a time, because what is made of them is larger than they are.
        for start in range(0, block, step):
            packed = np.packbits(patterns[start : start + step] & 128, axis=1)
            if whole:
                yield np.take(table, packed + offsets, mode="clip").sum(axis=1)
            else:
                high = np.take(table, (packed >> 4) + offsets[::2], mode="clip").sum(axis=1)
                yield high + np.take(table, (packed & 15) + offsets[1::2], mode="clip").sum(axis=1)


def _sums_of_patterns(sums: Floats, width: int) -> tuple[Floats, npt.NDArray[np.intp]]:
    """The sum of those on heads for every pattern of each `width` coins in turn, the first coin the highest
    bit, and where the patterns of each begin."""
    groups = sums.reshape(-1, width)
    patterns = 1 << width
    known = np.zeros((len(groups), patterns))
    for place in range(width):
        known[:, np.arange(patterns) & (patterns >> (place + 1)) != 0] += groups[:, place, None]
    return known.ravel(), np.arange(len(groups), dtype=np.intp) * patterns


def _blocks(draws: int, width: int, most: int = _BLOCK) -> Iterator[int]:
    """Split `draws` rows of `width` numbers into blocks of at most so many that fit in memory."""
    largest = max(1, most // max(1, width))
    for start in range(0, draws, largest):
        yield min(largest, draws - start)
