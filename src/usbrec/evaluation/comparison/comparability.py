"""Comparability of runs: settings, samples and scoring methods in which they differ, lost rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from usbrec.evaluation.comparison.pairing import Pair
from usbrec.evaluation.report import formatting
from usbrec.evaluation.runs.lean import contents_of
from usbrec.evaluation.runs.results import Run

# Settings that must agree for two scores to mean the same, wherever they stand in the configuration.
_MUST_AGREE = frozenset(
    {
        "judge", "judging", "simulator", "simulator_temperature", "templates", "rounds", "mode", "asking",
        "catalogue", "prompts", "list_length", "language",
        # What an item has to meet decides which the seeker declines, and what the judge gives 0.
        "filter", "constraints",
    }
)  # fmt: skip
# The seats inside self-enhancement may differ: they are part of the system, not of its measurement.
_SYSTEMS_OWN = frozenset({"search", "ses", "pairs"})
# So large a share of a judge's votes may be lost without a word.
_VOTES_LOST = 0.05
# What is measured beside the score changes no score.
_BESIDE = frozenset({"judging.second", "judging.persuasion"})


def warnings_of(runs: Sequence[Run]) -> Iterator[str]:
    """What a reader must know before believing a difference: each run held against the first, then the
    runs that lost many rows."""
    baseline = runs[0]
    for other in runs[1:]:
        pair = f"{baseline.name} and {other.name}"
        both = Pair.of(baseline, other)
        alone = len(baseline.rows) + len(other.rows) - 2 * len(both)
        if not len(both):
            yield f"{pair} share no sample: nothing can be compared row by row."
        elif alone:
            yield f"{pair} were run on different samples: differences use the {len(both)} that both have."
        ours, theirs = contents_of(both.baseline)[both.first], contents_of(both.other)[both.second]
        played = ours.any(axis=1) & theirs.any(axis=1)
        changed = int((played & (ours != theirs).any(axis=1)).sum())
        if changed:
            yield f"{pair}: {changed} samples have the same id but another context or other targets."
        for path, (first, second) in sorted(config_differences(baseline.results, other.results).items()):
            if _decides_meaning(path):
                yield f"{pair} differ in {path}: {_short(first)} and {_short(second)}."
        for seat, called in (("judge", "judge"), ("simulator", "seeker")):
            one, two = (run.results.get("seats", {}).get(seat, {}) for run in (baseline, other))
            told = {one.get("identity"), two.get("identity")}
            if one.get("seat") == two.get("seat") and None not in told and len(told) > 1:
                yield f"{pair}: the {called} {one['seat']} differs (identity, code or plain attributes)."
        judges = [(run.results.get("second_judge") or {}).get("name") for run in (baseline, other)]
        if all(judges) and judges[0] != judges[1]:
            yield f"{pair}: their second judges are of different sentence models ({judges[0]}; {judges[1]})."
        methods = [
            {name for name, count in run.results.get("score", {}).items() if count}
            for run in (baseline, other)
        ]
        if all(methods) and methods[0] != methods[1]:
            yield f"{pair} were scored in different ways ({_listed(methods[0])}; {_listed(methods[1])})."
    for run in runs:
        lost = run.results["failed"] + run.results["unreadable"]
        if lost * 20 > run.results["n"]:
            means = "means are over the others" if lost < run.results["n"] else "so there is no mean"
            share = f"{lost} of {run.results['n']} rows have no score ({_why_lost(run)})"
            yield f"{run.name}: {share}; {means}."
        if unknown := (run.results.get("items") or {}).get("unknown"):
            yield f"{run.name}: {unknown} ids that it gave are not in the catalogue and count for nothing."
        if calls := run.results.get("lost_calls"):
            yield (
                f"{run.name}: {calls} calls got no answer, so that some searches had fewer drafts; run its "
                "command again to try them."
            )
        yield from _of_models(run)


def _why_lost(run: Run) -> str:
    """How many rows failed and how many were judged without a score, each with its most frequent reason."""
    failures = Counter(" ".join(str(row["failed"]).split()) for row in run.rows if row["episode"] is None)
    unreadable = run.results.get("unreadable_reasons") or {}
    told = []
    for count, what, reasons in (
        (run.results["failed"], "failed", failures),
        (run.results["unreadable"], "unreadable", unreadable),
    ):
        if count:
            first = max(reasons, key=lambda reason: reasons[reason], default="")
            others = f" and {len(reasons) - 1} other reasons" if len(reasons) > 1 else ""
            told.append(f"{count} {what}" + (f": {formatting.clipped(first, 80)}{others}" if first else ""))
    return "; ".join(told)


def _of_models(run: Run) -> Iterator[str]:
    """What the models' servers did that makes numbers wrong: votes and prompts lost, and what was found
    before the first row."""
    votes = run.results.get("votes")
    if votes and votes["share"] >= _VOTES_LOST:
        lost = f"{votes['unreadable']} of {votes['drawn']} votes of the judge ({votes['share']:.0%})"
        yield f"{run.name}: {lost} could not be read; scores are taken over the others."
    if forced := (run.results.get("score") or {}).get("forced", 0):
        why = next((one["why"] for one in (run.results.get("scoring") or {}).values() if one.get("why")), "")
        what = (
            f"{forced} of {len(run.rows)} rows are scored by votes that a grammar limits to digits (forced)"
        )
        yield f"{run.name}: {what}: {why or 'what the judge would have said is not seen'}."
    if cut := run.results.get("cut_prompts", 0):
        told = f"the server read less than was sent of {cut} of {run.results['calls']} prompts"
        yield f"{run.name}: {told}, so that models answered what they had not seen whole."
    for seat, found in run.results.get("probe", {}).items():
        for one in found["findings"]:
            if one["supported"] == "no" and _makes_wrong(one):
                yield f"{run.name}, {seat}: {one['observed']}. {one['consequence']}."


def _makes_wrong(finding: Mapping[str, str]) -> bool:
    """Whether what a server was found not to support makes scores wrong, and does not only cost calls."""
    if finding["name"] == "system role":
        return "dropped" in finding["observed"]
    return finding["name"] in ("temperature", "context")


def config_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The settings in which two results differ, as dotted path -> both values (None where it is not set)."""
    one, two = flattened(first["config"]), flattened(second["config"])
    return {
        path: (one.get(path), two.get(path))
        for path in one.keys() | two.keys()
        if one.get(path) != two.get(path)
    }


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


def _decides_meaning(path: str) -> bool:
    """Whether scores under two values of this setting are of different kinds."""
    parts = set(path.split("."))
    return bool(parts & _MUST_AGREE) and not parts & _SYSTEMS_OWN and path not in _BESIDE


def _short(setting: Any) -> str:
    return formatting.clipped(formatting.value(setting), 40)


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names))
