"""Correlations with intervals that draw whole dialogues, or whole systems, again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.evaluation.statistics import expanded_tail
from usbrec.keys import derive_seed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rated:
    """One rating by people and one by the judge, of a dialogue or of a turn of it. `system` is "" where it is
    not named: such dialogues may be of many systems."""

    dialogue: str
    system: str
    people: float
    judge: float


def agreement_of(pairs: Sequence[Rated], *, seed: int, resamples: int) -> dict[str, Any]:
    """Pearson's and Spearman's correlation as JSON: ``{"value", "ci95", "ci95_systems"}`` each, with
    ``n``, the ``dialogues`` and the ``systems``.

    `ci95` draws dialogues again and is null below four of them, `ci95_systems` systems, those that are named
    alone, which is wide where there are few and is null below three. A value is null where people or judge
    give all the same. In the resamples of Spearman's the ranks are those of all pairs.
    """
    named = np.array([bool(one.system) for one in pairs])
    systems = [one.system for one in pairs if one.system]
    people, judge = np.array([one.people for one in pairs]), np.array([one.judge for one in pairs])
    found: dict[str, Any] = {}
    for name, change in (("pearson", np.asarray), ("spearman", _ranks)):
        a, b = change(people), change(judge)
        found[name] = {
            "value": _pearson(a, b),
            "ci95": _interval(a, b, [one.dialogue for one in pairs], derive_seed(seed, name), resamples, 4),
            "ci95_systems": _interval(
                a[named], b[named], systems, derive_seed(seed, name, "systems"), resamples, 3
            ),
        }
    return {
        **found,
        "n": len(pairs),
        "dialogues": len({one.dialogue for one in pairs}),
        "systems": len(set(systems)),
    }


def _ranks(values: Floats) -> Floats:
    from scipy.stats import rankdata  # costs every command a tenth of its start

    ranks: Floats = rankdata(values)
    return ranks


def _pearson(a: Floats, b: Floats) -> float | None:
    if len(a) < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def _interval(
    a: Floats, b: Floats, clusters: Sequence[str], seed: int, resamples: int, least: int
) -> list[float | None]:
    """Of Pearson's correlation; null where there are fewer than `least` clusters, or in more than half of the
    resamples one side is constant."""
    names = sorted(set(clusters))
    if len(names) < least or _pearson(a, b) is None:
        return [None, None]
    place = {name: at for at, name in enumerate(names)}
    of_n = np.array([place[name] for name in clusters])
    # Centred: sums of squares of small numbers cancel less.
    a, b = a - a.mean(), b - b.mean()
    sums_c_6 = np.zeros((len(names), 6))
    for column, values in enumerate((np.ones_like(a), a, b, a * a, b * b, a * b)):
        np.add.at(sums_c_6[:, column], of_n, values)
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    n, sa, sb, saa, sbb, sab = (drawn @ sums_c_6).T
    va, vb = saa - sa * sa / n, sbb - sb * sb / n
    varied = (va > 1e-9 * saa.max()) & (vb > 1e-9 * sbb.max())
    if varied.sum() < resamples / 2:
        return [None, None]
    values = ((sab - sa * sb / n)[varied]) / np.sqrt(va[varied] * vb[varied])
    tail = expanded_tail(0.95, len(names))
    low, high = np.quantile(np.clip(values, -1.0, 1.0), [tail, 1.0 - tail])
    return [float(low), float(high)]


def ranking_of(pairs: Sequence[Rated], *, seed: int, resamples: int) -> dict[str, Any] | None:
    """Systems ordered by people and by the judge: their means, and Kendall's tau (b) of the two orders as
    ``{"value", "ci95"}``, the dialogues of each system drawn again. What names no system is of none. None for
    fewer than two systems.

    With five systems there are ten pairs of them: the interval is wide, and says little more than whether
    the order is the other way round.
    """
    systems: dict[str, list[Rated]] = {}
    for one in pairs:
        if one.system:
            systems.setdefault(one.system, []).append(one)
    if len(systems) < 2:
        return None
    names = sorted(systems)
    means = {
        name: {
            "people": _mean(one.people for one in systems[name]),
            "judge": _mean(one.judge for one in systems[name]),
            "n": len(systems[name]),
        }
        for name in names
    }
    people, judge = ([means[name][who] for name in names] for who in ("people", "judge"))
    value = _kendall(people, judge)
    rng = np.random.default_rng(seed)
    drawn_r_s_2 = np.stack([_means_again(systems[name], rng, resamples) for name in names], axis=1)
    taus = [tau for one in drawn_r_s_2 if (tau := _kendall(one[:, 0], one[:, 1])) is not None]
    ends: list[float | None] = [None, None]
    if taus and value is not None:
        ends = [float(end) for end in np.quantile(taus, [0.025, 0.975])]
    return {
        "systems": dict(sorted(means.items(), key=lambda one: (-one[1]["people"], one[0]))),
        "kendall": {
            "value": value,
            "ci95": ends,
            "n": len(names),
        },
    }


def _means_again(rated: Sequence[Rated], rng: np.random.Generator, resamples: int) -> Floats:
    """Means of people and judge over resamples of a system's dialogues, shape (resamples, 2)."""
    of: dict[str, list[tuple[float, float]]] = {}
    for one in rated:
        of.setdefault(one.dialogue, []).append((one.people, one.judge))
    sums_c_3 = np.array([[len(told), *np.sum(told, axis=0)] for _, told in sorted(of.items())])
    drawn = rng.multinomial(len(sums_c_3), np.full(len(sums_c_3), 1 / len(sums_c_3)), size=resamples)
    totals = drawn @ sums_c_3
    means: Floats = totals[:, 1:] / totals[:, :1]
    return means


def _kendall(a: Sequence[float] | Floats, b: Sequence[float] | Floats) -> float | None:
    """Tau b of two short lists; None where one of them is constant."""
    signs_a, signs_b = (
        np.sign(np.subtract.outer(np.asarray(one), np.asarray(one))[np.tril_indices(len(one), -1)])
        for one in (a, b)
    )
    scale = math.sqrt(float(np.abs(signs_a).sum() * np.abs(signs_b).sum()))
    return float(signs_a @ signs_b) / scale if scale else None


def _mean(values: Any) -> float:
    listed = list(values)
    return math.fsum(listed) / len(listed)
