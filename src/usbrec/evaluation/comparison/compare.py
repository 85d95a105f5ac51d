"""Runs side by side: each later run against the first, on the rows both have.

Pairing rows takes the difficulty of the samples out of the comparison, so much smaller differences can
be told from chance than by laying two intervals beside each other. Every difference is also taken on the
rows whose targets the context had not named yet: there a system cannot gain by repeating what was said.

Score and hit are the outcomes, and their p values are adjusted together. What the second judge says stands
beside them as a secondary outcome, and the guards say what else a system does to its replies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from usbrec.errors import InputError
from usbrec.evaluation import metrics
from usbrec.evaluation.metrics import Row
from usbrec.evaluation.report import formatting
from usbrec.evaluation.runs.results import Run, rounded
from usbrec.evaluation.statistics import Interval, PairedDifference, holm, paired_difference
from usbrec.keys import derive_seed, digest

MeasureName = Literal["ieval", "hit", "second"]
Scope = Literal["all", "non_repeats"]

MEASURES: Mapping[MeasureName, metrics.Measure] = {"ieval": metrics.score, "hit": metrics.hit}
#: Taken where both runs have it, and not adjusted together with the outcomes.
SECONDARY: Mapping[MeasureName, metrics.Measure] = {"second": metrics.second_score}

# Settings that must agree for two scores to mean the same, wherever they stand in the configuration.
_MUST_AGREE = frozenset({"judge", "judging", "simulator", "rounds", "mode", "catalogue", "prompts"})
# The seats inside self-enhancement may differ: they are part of the system, not of its measurement.
_SYSTEMS_OWN = frozenset({"search", "ses", "pairs"})


@dataclass(frozen=True, slots=True)
class System:
    """One run's line in the table. `calls`, `tokens` (prompt and completion), `seconds` are per row.

    `control` says that no language model sat in the recommender's seat. `guards` is what
    :func:`usbrec.evaluation.metrics.reply_counts` counts; `second` the second judge's mean, its n 0 without.
    """

    name: str
    n: int
    failed: int
    unreadable: int
    ieval: Interval
    hit: Interval
    hit_non_repeats: Interval
    calls: float
    tokens: float
    seconds: float
    guards: Mapping[str, Any]
    second: Interval
    control: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """`other` minus `baseline` in one measure; `adjusted` is the p value after Holm, None without rows and
    for a secondary outcome."""

    baseline: str
    other: str
    measure: MeasureName
    scope: Scope
    difference: PairedDifference
    adjusted: float | None

    def to_json(self) -> dict[str, Any]:
        return {
            "baseline": self.baseline,
            "other": self.other,
            "measure": self.measure,
            "rows": self.scope,
            **self.difference.to_json(),
            "p_holm": self.adjusted,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """The systems in the order given, the differences against the first, and what makes them doubtful.

    `secondary` are the differences in secondary outcomes, those that could be taken.
    """

    systems: tuple[System, ...]
    differences: tuple[Difference, ...]
    warnings: tuple[str, ...]
    seed: int
    secondary: tuple[Difference, ...] = ()

    @property
    def second_judged(self) -> bool:
        """Whether the second judge scored any row."""
        return any(system.second.n for system in self.systems)

    def between(self, other: str, measure: MeasureName, scope: Scope = "all") -> Difference | None:
        """The difference of one later system, or None where it was not taken."""
        for difference in (*self.differences, *self.secondary):
            if (difference.other, difference.measure, difference.scope) == (other, measure, scope):
                return difference
        return None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON, numbers rounded to six digits."""
        systems = [
            {
                "name": system.name,
                "n": system.n,
                "failed": system.failed,
                "unreadable": system.unreadable,
                "ieval": system.ieval.to_json(),
                "hit": system.hit.to_json(),
                "hit_non_repeats": system.hit_non_repeats.to_json(),
                "calls_per_row": system.calls,
                "tokens_per_row": system.tokens,
                "seconds_per_row": system.seconds,
                "second_judge": system.second.to_json(),
                "replies": system.guards,
            }
            for system in self.systems
        ]
        return {
            "systems": rounded(systems),
            "differences": rounded([difference.to_json() for difference in self.differences]),
            "secondary": rounded([difference.to_json() for difference in self.secondary]),
            "warnings": list(self.warnings),
            "seed": self.seed,
        }


def compare(runs: Sequence[Run], *, seed: int = 0, resamples: int = 2000) -> Comparison:
    """Compare finished runs, the first being the baseline. One run gives a table without differences.

    p values are adjusted together for all differences in score and hit (Holm), not for the secondary ones.
    Where no row repeats a named item, the non-repeat rows are all rows and are not tested twice.
    Raises InputError without runs.
    """
    if not runs:
        raise InputError("No run to compare. Name at least one folder that `usbrec evaluate -o` wrote.")
    named = distinctly_named(runs)
    differences = [
        difference
        for other in named[1:]
        for difference in _differences(named[0], other, MEASURES, seed, resamples)
    ]
    secondary = (
        difference
        for other in named[1:]
        for difference in _differences(named[0], other, SECONDARY, seed, resamples)
    )
    tested = [index for index, found in enumerate(differences) if found.difference.p_value is not None]
    for index, adjusted in zip(
        tested, holm([differences[index].difference.p_value or 0.0 for index in tested]), strict=True
    ):
        differences[index] = replace(differences[index], adjusted=adjusted)
    return Comparison(
        systems=tuple(_system(run, seed, resamples) for run in named),
        differences=tuple(differences),
        warnings=tuple(_warnings(named)),
        seed=seed,
        secondary=tuple(difference for difference in secondary if difference.difference.n),
    )


def distinctly_named(runs: Sequence[Run]) -> list[Run]:
    """The runs with names that differ: folders of the same name are numbered, the first keeps its own."""
    taken: set[str] = set()
    named = []
    for run in runs:
        name, count = run.name, 1
        while name in taken:
            count += 1
            name = f"{run.name} #{count}"
        taken.add(name)
        named.append(replace(run, name=name))
    return named


def _system(run: Run, seed: int, resamples: int) -> System:
    results = run.results
    rows = max(1, results["n"])
    return System(
        name=run.name,
        n=results["n"],
        failed=results["failed"],
        unreadable=results["unreadable"],
        ieval=Interval.from_json(results["ieval"]),
        hit=Interval.from_json(results["hit"]),
        hit_non_repeats=Interval.from_json(results["non_repeats"]["hit"]),
        calls=results["calls"] / rows,
        tokens=(results["prompt_tokens"] + results["completion_tokens"]) / rows,
        seconds=results["seconds"] / rows,
        # Counted on the rows: what an older version summarised has them in another shape, or not at all.
        guards=metrics.reply_counts(run.rows, seed=seed, resamples=resamples),
        second=metrics.interval(
            run.rows, metrics.second_score, seed=seed, place="second_judge", resamples=resamples
        ),
        control=str(flattened(results["config"]).get("seats.recommender", "")).startswith("rules:"),
    )


def _differences(
    baseline: Run,
    other: Run,
    measures: Mapping[MeasureName, metrics.Measure],
    seed: int,
    resamples: int,
) -> Iterator[Difference]:
    """The measures on all shared rows and, where these are others, on those that do not repeat."""
    ours = {row["sample_id"]: row for row in baseline.rows}
    theirs = {row["sample_id"]: row for row in other.rows}
    shared = ours.keys() & theirs.keys()
    clusters = {sample_id: ours[sample_id]["dialogue_id"] for sample_id in shared}
    fresh = {sample_id for sample_id in shared if not ours[sample_id]["repeat"]}
    scopes: dict[Scope, set[str]] = {"all": set(shared)}
    if fresh != shared:
        scopes["non_repeats"] = fresh
    for scope, kept in scopes.items():
        for name, measure in measures.items():
            found = paired_difference(
                metrics.measured((ours[sample_id] for sample_id in sorted(kept)), measure),
                metrics.measured((theirs[sample_id] for sample_id in sorted(kept)), measure),
                clusters,
                seed=derive_seed(seed, "difference", name, scope),
                resamples=resamples,
            )
            yield Difference(baseline.name, other.name, name, scope, found, None)


def _warnings(runs: Sequence[Run]) -> Iterator[str]:
    """What a reader must know before believing a difference."""
    baseline = runs[0]
    ours = {row["sample_id"]: row for row in baseline.rows}
    for other in runs[1:]:
        pair = f"{baseline.name} and {other.name}"
        theirs = {row["sample_id"]: row for row in other.rows}
        shared = sorted(ours.keys() & theirs.keys())
        alone = len(ours) + len(theirs) - 2 * len(shared)
        if not shared:
            yield f"{pair} share no sample: nothing can be compared row by row."
        elif alone:
            yield f"{pair} were run on different samples: differences use the {len(shared)} that both have."
        changed = sum(
            _content(ours[key]) != _content(theirs[key]) for key in shared if _both(ours, theirs, key)
        )
        if changed:
            yield f"{pair}: {changed} samples have the same id but another context or other targets."
        for path, (first, second) in sorted(config_differences(baseline.results, other.results).items()):
            if _decides_meaning(path):
                yield f"{pair} differ in {path}: {_short(first)} and {_short(second)}."
        methods = [
            {name for name, count in run.results.get("score", {}).items() if count}
            for run in (baseline, other)
        ]
        if all(methods) and methods[0] != methods[1]:
            yield f"{pair} were scored in different ways ({_listed(methods[0])}; {_listed(methods[1])})."
    for run in runs:
        lost = run.results["failed"] + run.results["unreadable"]
        if lost * 20 > run.results["n"]:
            yield f"{run.name}: {lost} of {run.results['n']} rows have no score; means are over the others."


def _both(ours: Mapping[str, Row], theirs: Mapping[str, Row], key: str) -> bool:
    return ours[key]["episode"] is not None and theirs[key]["episode"] is not None


def _content(row: Row) -> str:
    """What makes a sample the one it is, whatever was played from it."""
    sample = row["episode"]["sample"]
    return digest([sample["turns"], sorted(sample["targets"])])


def _short(setting: Any) -> str:
    return formatting.clipped(formatting.value(setting), 40)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))


def flattened(config: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """A nested configuration as dotted path -> value."""
    flat: dict[str, Any] = {}
    for key, value in config.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            flat.update(flattened(value, f"{path}."))
        else:
            flat[path] = value
    return flat


def config_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings in which two results differ, as dotted path -> both values (None where it is not set)."""
    one, two = flattened(first["config"]), flattened(second["config"])
    return {
        path: (one.get(path), two.get(path))
        for path in one.keys() | two.keys()
        if one.get(path) != two.get(path)
    }


def _decides_meaning(path: str) -> bool:
    """Whether scores under two values of this setting are of different kinds."""
    parts = set(path.split("."))
    return bool(parts & _MUST_AGREE) and not parts & _SYSTEMS_OWN


def print_table(comparison: Comparison, console: Console) -> None:
    """Print the systems, the guards where items are known, the differences, the warnings; fits a terminal of
    100 columns."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("system", no_wrap=True)
    headings = ("rows", "iEval", "hit", "hit, not\nrepeated", "failed", "unread-\nable")
    for heading in (*headings, "calls\n/row", "tokens\n/row", "s\n/row"):
        table.add_column(heading, justify="right", no_wrap=True)
    for system in comparison.systems:
        table.add_row(
            _plain(formatting.clipped(system.name, 22)),
            str(system.n),
            _stacked(system.ieval.mean, system.ieval, "score"),
            _stacked(system.hit.mean, system.hit, "share"),
            _stacked(system.hit_non_repeats.mean, system.hit_non_repeats, "share"),
            str(system.failed),
            str(system.unreadable),
            formatting.amount(system.calls),
            formatting.amount(system.tokens),
            formatting.amount(system.seconds),
        )
    console.print(table)
    if any(system.guards["names_item"] is not None for system in comparison.systems):
        console.print()
        console.print(_guards_table(comparison))
    if comparison.differences:
        console.print()
        console.print(_differences_table(comparison))
    for warning in comparison.warnings:
        console.print(Text.assemble(("Mind: ", "bold yellow"), _plain(warning)))


def _guards_table(comparison: Comparison) -> Table:
    """The most telling guards; the report has all of them."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("replies", no_wrap=True)
    headings = ("name a\nnew item", "items\n/reply", "unknown\ntitles", "words\n/reply", "cut\noff")
    for heading in (*headings, "prompt\nmarks", "distinct\nitems", "iEval when\nitem named"):
        table.add_column(heading, justify="right", no_wrap=True)
    if comparison.second_judged:
        table.add_column("second\njudge", justify="right", no_wrap=True)
    for system in comparison.systems:
        guards = system.guards
        named = _interval(guards["score_when_named"])
        cells: list[str | Text] = [
            formatting.number(guards["names_item"], "share"),
            formatting.number(guards["items_per_reply"], "score"),
            formatting.number(guards["out_of_catalogue"]["share"], "share"),
            formatting.amount(guards["words"]),
            formatting.number(guards["unfinished"], "share"),
            formatting.number(guards["marks"], "share"),
            formatting.number((guards["diversity"] or {}).get("share"), "share"),
            _stacked(named.mean, named, "score"),
        ]
        if comparison.second_judged:
            cells.append(_stacked(system.second.mean, system.second, "score"))
        table.add_row(_plain(formatting.clipped(system.name, 22)), *cells)
    return table


def _interval(told: Mapping[str, Any] | None) -> Interval:
    return Interval(None, None, None, 0, 0) if told is None else Interval.from_json(told)


def _differences_table(comparison: Comparison) -> Table:
    baseline = comparison.systems[0].name
    table = Table(box=None, padding=(0, 1), header_style="bold")
    table.add_column(Text(f"against {formatting.clipped(baseline, 22)}"), max_width=30, no_wrap=True)
    table.add_column("measure", no_wrap=True)
    for heading in ("rows", "difference", "95 % interval", "p", "p (Holm)"):
        table.add_column(heading, justify="right", no_wrap=True)
    for found in (*comparison.differences, *comparison.secondary):
        kind = formatting.kind_of(found.measure)
        interval = found.difference
        table.add_row(
            _plain(formatting.clipped(found.other, 30)),
            formatting.measure(found.measure, found.scope),
            str(interval.n),
            formatting.signed(interval.mean, kind),
            formatting.limits(interval.low, interval.high, kind),
            formatting.p_value(interval.p_value),
            formatting.p_value(found.adjusted),
        )
    return table


def _plain(text: str) -> Text:
    """Text as it is: a folder called ``[red]`` is no markup, and control characters do nothing."""
    return Text(formatting.printable(text))


def _stacked(mean: float | None, interval: Interval, kind: formatting.Kind) -> Text:
    """The mean with its interval below, which keeps three of them within 100 columns."""
    return Text.assemble(
        formatting.number(mean, kind), "\n", (formatting.limits(interval.low, interval.high, kind), "dim")
    )
