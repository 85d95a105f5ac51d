"""Quantiles of the normal distribution and of Student's, and the interval of a share.

SciPy has both (``ndtr``, ``stdtrit``), and loading it for these two numbers costs every command a tenth of
its start.
"""

from __future__ import annotations

import functools
import math
from statistics import NormalDist

import numpy as np

#: Up to so many degrees of freedom the distribution is summed up; the expansion is off by 1e-12 beyond them.
_SUMMED = 1000
#: Two-sided 95 % of the normal distribution.
_Z = 1.959963984540054


def normal(value: float) -> float:
    """The share of the normal distribution below a value."""
    return 0.5 * math.erfc(-value / math.sqrt(2.0))


def wilson(share: float, n: float, z: float = _Z) -> tuple[float, float]:
    """The interval of a share of `n` (Wilson 1927), by default at 95 %."""
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * math.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return max(0.0, middle - half), min(1.0, middle + half)


@functools.lru_cache(maxsize=1024)
def student(freedom: int, share: float) -> float:
    """The value below which a share of Student's distribution lies; `share` lies in (0, 1).

    Up to 1,000 degrees of `freedom` Newton's method on the distribution in closed form (Abramowitz and Stegun
    26.7.3 and 26.7.4), beyond them the expansion about the normal quantile (26.7.5). Raises ValueError where
    there is no such value.
    """
    if not 0.0 < share < 1.0 or freedom < 1:
        raise ValueError(f"no quantile at {share} with {freedom} degrees of freedom")
    if share > 0.5:
        return -student(freedom, 1.0 - share)
    if freedom == 1:
        return -1.0 / math.tan(math.pi * share)
    if freedom == 2:
        return -(1.0 - 2.0 * share) / math.sqrt(2.0 * share * (1.0 - share))
    quantile = _expanded(freedom, share)
    if freedom > _SUMMED:
        return quantile
    for _ in range(50):
        step = (_below(quantile, freedom) - share) / _density(quantile, freedom)
        quantile -= step
        if abs(step) <= 1e-15 * max(1.0, abs(quantile)):
            break
    return quantile


def _expanded(freedom: int, share: float) -> float:
    quantile = NormalDist().inv_cdf(share)
    square = quantile * quantile
    terms = (
        (square + 1.0) / 4.0,
        ((5.0 * square + 16.0) * square + 3.0) / 96.0,
        (((3.0 * square + 19.0) * square + 17.0) * square - 15.0) / 384.0,
        ((((79.0 * square + 776.0) * square + 1482.0) * square - 1920.0) * square - 945.0) / 92160.0,
    )
    return quantile * (1.0 + math.fsum(one / float(freedom) ** power for power, one in enumerate(terms, 1)))


def _below(t: float, freedom: int) -> float:
    """The share below `t`, which is at most 0."""
    cosine_squared = freedom / (freedom + t * t)
    sine = -t / math.sqrt(freedom + t * t)
    odd = freedom % 2
    # Each term of the series is the one before it by this factor: 2k - 1 over 2k, or 2k over 2k + 1.
    steps = np.arange(1, (freedom - odd) // 2, dtype=np.float64)
    factors = cosine_squared * ((2 * steps) / (2 * steps + 1) if odd else (2 * steps - 1) / (2 * steps))
    series = 1.0 + math.fsum(np.cumprod(factors))
    if not odd:
        return 0.5 * (1.0 - sine * series)
    angle = math.atan2(-t, math.sqrt(freedom))
    return 0.5 - (angle + sine * math.sqrt(cosine_squared) * series) / math.pi


def _density(t: float, freedom: int) -> float:
    logarithm = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    return math.exp(logarithm - (freedom + 1) / 2 * math.log1p(t * t / freedom))
