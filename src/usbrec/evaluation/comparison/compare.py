"""Comparison of runs on the rows they share: every pair of systems, or each against a reference.

Pairing rows takes the difficulty of the samples out of the comparison, so much smaller differences can
be told from chance than by laying two intervals beside each other. Every difference is also taken on the
rows whose targets the context had not named yet: there a system cannot gain by repeating what was said.

Score and hit are the outcomes, and their p values are adjusted together (Holm). The family is what is told:
all pairs, or, where a reference was chosen beforehand, the differences to it, which are fewer and so lose
less to the adjustment; of two runs both are the same. What the second judge says stands beside them as a
secondary outcome, unadjusted, and the counts of the replies say what else a system does.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from usbrec.errors import ConfigError, InputError
from usbrec.evaluation.comparison import export
from usbrec.evaluation.comparison.comparability import warnings_of
from usbrec.evaluation.comparison.differences import (
    MEASURES,
    SECONDARY,
    Difference,
    MeasureName,
    Scope,
    differences_between,
    holm_adjusted,
    judges_disagree,
    pass_differences,
)
from usbrec.evaluation.comparison.power import Power, power_of
from usbrec.evaluation.comparison.systems import System, distinctly_named, renamed, system_of
from usbrec.evaluation.runs.results import Run, rounded
from usbrec.storage import write_text

if TYPE_CHECKING:
    import pandas as pd

SCHEMA = "usbrec.comparison/1"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Systems side by side, the differences between them, and what makes these doubtful.

    `systems` stand in the order given, the reference first. `differences` are those in score and hit:
    of every pair, the earlier system as baseline, or, with `every_pair` false, of each system against the
    reference; their p values are adjusted together (Holm). `secondary` are the differences in secondary
    outcomes, those that could be taken, unadjusted. `power` is there where it was asked for. `runs` are the
    runs themselves, in the order of the systems. Intervals are 95 % and resample dialogues from `seed`.
    """

    systems: tuple[System, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    seed: int
    secondary: tuple[Difference, ...] = ()
    every_pair: bool = True
    power: tuple[Power, ...] = ()
    runs: tuple[Run, ...] = field(default=(), repr=False, compare=False)

    @property
    def reference(self) -> str:
        """The name of the system that the others are told against: the one chosen, else the first."""
        return self.systems[0].name

    @property
    def second_judged(self) -> bool:
        """Whether the second judge scored any row."""
        return any(system.second.n for system in self.systems)

    @property
    def anchored(self) -> bool:
        """Whether the judge scored fixed replies beside."""
        return any(system.calibrated.n for system in self.systems)

    @property
    def persuasion_rated(self) -> bool:
        """Whether the judge's model rated explanations."""
        return any(system.persuasiveness.n for system in self.systems)

    @property
    def retrained(self) -> bool:
        """Whether some system stands here over several training seeds."""
        return any(system.training is not None for system in self.systems)

    def between(
        self, other: str, measure: MeasureName, scope: Scope = "all", *, baseline: str | None = None
    ) -> Difference | None:
        """The difference of `other` minus `baseline` (by default the reference), or None where it was not
        taken; of a pair, the later system is `other`. Raises ConfigError for a name that no system has."""
        known = [system.name for system in self.systems]
        for name in (other, baseline):
            if name is not None and name not in known:
                raise ConfigError(f"no system is called {name!r}. There are: {', '.join(map(repr, known))}.")
        wanted = (baseline or self.reference, other, measure, scope)
        for found in (*self.differences, *self.secondary):
            if (found.baseline, found.other, found.measure, found.scope) == wanted:
                return found
        return None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, numbers rounded to six digits: systems, differences with interval, p and p after Holm,
        warnings, seed."""
        return {
            "schema": SCHEMA,
            "reference": self.reference,
            "every_pair": self.every_pair,
            "systems": rounded([system.to_json() for system in self.systems]),
            "differences": rounded([difference.to_json() for difference in self.differences]),
            "secondary": rounded([difference.to_json() for difference in self.secondary]),
            **({"power": rounded([one.to_json() for one in self.power])} if self.power else {}),
            "warnings": list(self.warnings),
            "seed": self.seed,
        }

    def to_pandas(self) -> pd.DataFrame:
        """One row an estimate, the columns of :data:`usbrec.evaluation.comparison.estimates.COLUMNS`.

        Raises ConfigError where pandas is not installed.
        """
        return export.frame(self)

    def to_csv(self, path: str | Path) -> Path:
        """Write what :meth:`to_pandas` holds, floats at full precision. Raises InputError where the file
        cannot be written."""
        return write_text(path, export.csv(self))

    def to_latex(self) -> str:
        """Two ``tabular`` environments for the package booktabs: the systems, and the differences. Numbers
        as in the report, names escaped."""
        return export.latex(self)

    def to_markdown(self) -> str:
        """Two pipe tables: the systems, and the differences. Numbers as in the report, names escaped."""
        return export.markdown(self)

    def __repr__(self) -> str:
        names = ", ".join(repr(system.name) for system in self.systems)
        return f"Comparison({names})"

    def _repr_html_(self) -> str:
        """The same tables and the warnings, as a notebook shows them."""
        return export.html_tables(self)

    def save(self, path: str | Path) -> Path:
        """Write a file of the kind that its ending says: .csv, .html (the report), .json, .md or .tex.

        Raises ConfigError for another ending, InputError where the file cannot be written.
        """
        return export.save(self, path)


def compare(
    runs: Sequence[Run],
    *,
    reference: str | None = None,
    seed: int = 0,
    resamples: int = 2000,
    power: bool = False,
) -> Comparison:
    """Compare finished runs. One run gives a table without differences.

    With `reference`, a run's name or folder, the others are held against that one alone; without, every pair
    is compared. p values are adjusted together for all differences in score and hit that are told (Holm), not
    for the secondary ones. Where no row repeats a named item, the non-repeat rows are all rows and are not
    tested twice. With `power`, it says how many rows each difference needs. Raises InputError without runs,
    ConfigError where the reference is none of them.
    """
    if resamples < 1:
        raise ConfigError(f"resamples={resamples}: intervals need at least 1; 2000 are usual.")
    if not runs:
        raise InputError("No run to compare. Name at least one folder that `usbrec evaluate -o` wrote.")
    named = distinctly_named(runs)
    told_names = tuple(renamed(runs, named))
    if reference is not None:
        _check_one_is_meant(runs, reference)
        first = _chosen(named, reference)
        named = [first, *(run for run in named if run is not first)]
    pairs = list(_pairs(named, every=reference is None))

    def taken(measures: Any) -> Iterator[Difference]:
        for baseline, other in pairs:
            yield from differences_between(baseline, other, measures, seed=seed, resamples=resamples)

    differences = holm_adjusted(list(taken(MEASURES)))
    passed = (
        difference
        for baseline, other in pairs
        for difference in pass_differences(baseline, other, seed=seed, resamples=resamples)
    )
    secondary = tuple(one for one in taken(SECONDARY) if one.difference.n)
    return Comparison(
        systems=tuple(system_of(run, seed=seed, resamples=resamples) for run in named),
        differences=differences,
        warnings=(*told_names, *warnings_of(named), *judges_disagree(differences, secondary)),
        seed=seed,
        secondary=(*secondary, *(one for one in passed if one.difference.n)),
        every_pair=reference is None,
        power=tuple(one for pair in pairs for one in power_of(*pair)) if power else (),
        runs=tuple(named),
    )


def _pairs(runs: Sequence[Run], *, every: bool) -> Iterator[tuple[Run, Run]]:
    if every:
        yield from itertools.combinations(runs, 2)
    else:
        yield from ((runs[0], other) for other in runs[1:])


def _check_one_is_meant(runs: Sequence[Run], reference: str) -> None:
    """Raises ConfigError where several runs have the reference's name and their folders tell them apart."""
    folders = [str(run.path) for run in runs if run.name == reference and run.path != Path()]
    if len(set(folders)) > 1:
        raise ConfigError(
            f"reference {reference}: {len(folders)} runs are called so. Name the folder: "
            f"{' or '.join(folders)}."
        )


def _chosen(runs: Sequence[Run], reference: str) -> Run:
    """The run of this name or, where none has it, of this folder. Raises ConfigError."""
    by_name = [run for run in runs if run.name == reference]
    by_folder = [run for run in runs if run.path == Path(reference)]
    if found := by_name or by_folder:
        return found[0]
    names = ", ".join(run.name for run in runs)
    raise ConfigError(f"reference {reference}: none of the runs is called so. There are: {names}.")
