"""Report page: one self-contained file with the outcome, how sure it is, and dialogues to read.

Nothing is fetched and no script runs: style and figures stand in the page. The same runs give the same
bytes: no date, no path, no random id. Everything a model or a user wrote is escaped by the template.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2
import numpy as np

from usbrec.dialogue import PreferencePair
from usbrec.evaluation import metrics
from usbrec.evaluation.comparison import tables
from usbrec.evaluation.comparison.columns import judges_in_words
from usbrec.evaluation.comparison.comparability import flattened
from usbrec.evaluation.comparison.compare import Comparison
from usbrec.evaluation.comparison.differences import Difference
from usbrec.evaluation.comparison.lists import lists_in_words, lists_table
from usbrec.evaluation.comparison.summary import of_controls, primary_outcome, summary_sentence
from usbrec.evaluation.comparison.systems import distinctly_named
from usbrec.evaluation.metrics.rounds import CUTOFFS
from usbrec.evaluation.report import formatting, matplotlib_help
from usbrec.evaluation.report.dialogues import Pick, pick_dialogues
from usbrec.evaluation.runs.lean import digest_of_rows
from usbrec.evaluation.runs.results import Run
from usbrec.storage import write_text

_PAIRS_SHOWN = 6


def write_report(
    path: str | Path,
    runs: Sequence[Run],
    *,
    title: str,
    comparison: Comparison,
    pairs: Mapping[str, Any] | None = None,
    experiment: Mapping[str, Any] | None = None,
    seed: int | None = None,
) -> Path:
    """Write the report as one HTML file, atomically, and return its path.

    `comparison` must be of these runs in this order. `pairs` adds a section on preference pairs:
    ``{"counts": {name: number}, "examples": [PreferencePair as JSON]}``, of which the first six examples
    are shown. `experiment` adds one on trained systems: ``{"rows": {part: number}, "planned": [Difference],
    "also": [Difference], "systems": [{"system": System, "seeds": its spread}], "trainings": [training.json
    with "name" and "losses", (step, loss) in order]}``, the systems pooled over training seeds. `seed` is
    stated as the seed of the intervals (by default the comparison's). Raises InputError when the file cannot
    be written.
    """
    named = distinctly_named(runs)
    if [run.name for run in named] != [system.name for system in comparison.systems]:
        raise ValueError("the comparison is not of these runs in this order")
    page = (
        _environment()
        .get_template("report.html.j2")
        .render(
            title=title,
            summary=_unbroken(formatting.printable(summary_sentence(comparison))),
            controls=_unbroken(formatting.printable(of_controls(comparison) or "")),
            primary=_unbroken(formatting.printable(primary_outcome(comparison) or "")),
            comparison=comparison,
            judges=judges_in_words(comparison.systems),
            systems=tables.page_table(comparison.systems),
            runs=named,
            figures=_figures(named, comparison),
            by_pair=_by_pair(comparison),
            doubtful=any(not one.supported for one in (*comparison.differences, *comparison.secondary)),
            hollow=any(one.scope != "all" for one in comparison.differences),
            ran_on=any(system.replies.get("ran_on") for system in comparison.systems),
            unadjusted=tables.unadjusted(comparison),
            power=tables.power_table(comparison),
            pairwise=len({found.baseline for found in comparison.differences}) > 1,
            lists=[
                (run.name, lists_table(found), lists_in_words(found))
                for run in named
                if (found := run.results.get("lists"))
            ],
            rounds=_rounds(named),
            searches=[(run.name, found) for run in named if (found := metrics.search_counts(run.rows))],
            pairs=_pairs(pairs),
            experiment=_experiment(experiment),
            dialogues=[_dialogue(pick, [run.name for run in named]) for pick in pick_dialogues(named)],
            settings=_settings(named),
            provenance=[_provenance(run) for run in named],
            seed=comparison.seed if seed is None else seed,
            version=version("usbrec"),
        )
    )
    return write_text(path, page)


def _unbroken(sentence: str) -> str:
    """No line break inside an interval, a p value or a percentage."""
    return re.sub(r"\[[^\]]*\]|p [=<] |\d %", lambda found: found.group().replace(" ", "\u00a0"), sentence)


@functools.cache  # a template is compiled once
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=formatting.number,
        signed=formatting.signed,
        amount=formatting.amount,
        p_value=formatting.p_value,
        printable=formatting.printable,
        said=formatting.said,
        setting=formatting.value,
    )
    environment.globals.update(
        limits=formatting.limits, measure=formatting.measure, kind_of=formatting.kind_of
    )
    return environment


def _plots() -> ModuleType:
    """What draws: imported here, because matplotlib takes half a second that only a report should cost."""
    matplotlib_help.leave_out()
    from usbrec.evaluation.report import plots

    return plots


def _by_pair(comparison: Comparison) -> list[tuple[Difference, int]]:
    """The differences pair by pair; with the first of each pair, how many lines the pair has, else 0."""
    pairs: dict[tuple[str, str], list[Difference]] = {}
    for found in (*comparison.differences, *comparison.secondary):
        pairs.setdefault((found.baseline, found.other), []).append(found)
    return [
        (found, 0 if place else len(lines)) for lines in pairs.values() for place, found in enumerate(lines)
    ]


def _figures(runs: Sequence[Run], comparison: Comparison) -> list[dict[str, str]]:
    """Figures in reading order: a heading, the figure, what it says in words for who cannot see it."""
    plots = _plots()

    systems = comparison.systems
    scored = [system for system in systems if system.ieval.mean is not None]
    # Where no row repeats a named item the figure would be that of the hits again.
    repeats = any(system.hit_non_repeats != system.hit for system in systems)

    def told(measure: str) -> str:
        kind = plots.kind_of(measure)
        intervals = [(system.name, getattr(system, measure)) for system in systems]
        return "; ".join(
            f"{name}: {formatting.number(found.mean, kind)} {formatting.limits(found.low, found.high, kind)}"
            for name, found in intervals
        )

    measures = [
        ("ieval", "iEval score", "mean iEval score, 0 to 2"),
        ("ndcg", "NDCG of the ranked lists", "mean NDCG, 0 to 1"),
        ("hit", "Rows with a target named", "share of rows"),
    ]
    if repeats:
        measures.append(("hit_non_repeats", "The same, on rows that repeat no named item", "share of rows"))
    # Without a mean there is nothing to draw.
    figures = [
        (heading, plots.dots(systems, measure, label), told(measure))
        for measure, heading, label in measures
        if any(getattr(system, measure).mean is not None for system in systems)
    ]
    given = [run.columns.values(metrics.score) for run in runs]
    scores = [values[~np.isnan(values)] for values in given]
    words = "; ".join(f"{run.name}: {len(found)} scores" for run, found in zip(runs, scores, strict=True))
    names = [run.name for run in runs]
    if scored:
        figures.append(("How the scores are spread", plots.distributions(names, scores), words))
    for measure, heading in (("ieval", "Score against the first system"), ("hit", "Hits against the first")):
        found = [
            difference
            for difference in comparison.differences
            if difference.measure == measure and difference.baseline == comparison.reference
        ]
        if found:
            words = "; ".join(
                f"{one.other}, {formatting.measure(one.measure, one.scope)}: "
                f"{formatting.signed(one.difference.mean, 'score' if measure == 'ieval' else 'share')}"
                for one in found
            )
            figures.append((heading, plots.differences(found, measure), words))
    for cost, label in (("calls", "model calls per row"), ("tokens", "tokens per row")):
        # What costs all of them the same is no second dimension.
        if len({getattr(system, cost) for system in scored}) > 1:
            words = "; ".join(
                f"{system.name}: {formatting.amount(getattr(system, cost))} {label}, "
                f"score {formatting.number(system.ieval.mean, 'score')}"
                for system in scored
            )
            figures.append((f"Score and {label}", plots.cost(systems, cost, label), words))
    return [{"heading": heading, "svg": svg, "words": words} for heading, svg, words in figures]


def _rounds(runs: Sequence[Run]) -> dict[str, Any] | None:
    """Recall and success by round of the runs that have them, with a figure; None without any."""
    told = [(run.name, run.results["by_round"]) for run in runs if run.results.get("by_round")]
    if not told:
        return None
    plots = _plots()

    words = "; ".join(
        f"{name}: "
        + ", ".join(formatting.number(entry["recall"]["10"]["mean"], "share") for entry in entries)
        for name, entries in told
    )
    reached = {run.name: run.results.get("rounds_to_success") or {} for run in runs}
    return {
        "runs": told,
        "reached": reached,
        "svg": plots.rounds(told, 10),
        "words": words,
        "cutoffs": CUTOFFS,
    }


def _experiment(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """An experiment's tables, and for each method a figure of the losses of its trainings."""
    if told is None:
        return None
    plots = _plots()

    curves = []
    # Losses of different methods are different quantities: each has a figure and a scale of its own.
    for method in dict.fromkeys(one["method"] for one in told["trainings"]):
        losses = [
            (one["name"], found)
            for one in told["trainings"]
            # A training that diverged logs what cannot be drawn.
            if one["method"] == method and (found := [at for at in one["losses"] if math.isfinite(at[1])])
        ]
        if losses:
            words = "; ".join(f"{name}: {found[0][1]:.3f} to {found[-1][1]:.3f}" for name, found in losses)
            curves.append({"method": method, "svg": plots.losses(method, losses), "words": words})
    several = any(len(one["seeds"]["ieval"]["by_seed"]) > 1 for one in told["systems"])
    return {**told, "curves": curves, "several": several}


def _dialogue(pick: Pick, names: Sequence[str]) -> dict[str, Any]:
    sample = pick.sample
    scores = [None if row is None else metrics.score(row) for row in pick.rows]
    highest = max((score for score in scores if score is not None), default=None)
    return {
        "heading": pick.heading,
        "why": pick.why,
        "sample_id": pick.sample_id,
        "targets": [] if sample is None else sample["targets"],
        "context": [] if sample is None else [{**turn, "search": None} for turn in sample["turns"]],
        "sides": [
            {
                "system": name,
                "row": row,
                "best": score is not None and score == highest,
                "turns": [] if row is None else _played(row),
                "unread": "" if row is None else next(iter(metrics.unreadable_reasons([row])), ""),
            }
            for name, row, score in zip(names, pick.rows, scores, strict=False)
        ],
    }


def _played(row: metrics.Row) -> list[dict[str, Any]]:
    """The played turns, each recommender reply with the search behind it (None for a plain reply)."""
    if row["episode"] is None:
        return []
    traces = iter(row["episode"].get("traces", ()))
    return [
        {**turn, "search": next(traces, None) if turn["role"] == "recommender" else None}
        for turn in row["episode"]["played"]
    ]


def _pairs(pairs: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if pairs is None:
        return None
    examples = _varied(list(pairs.get("examples", ())))
    return {
        "counts": {
            "rows" if name == "n" else name.replace("_", " ").replace(".", ", "): count
            for name, count in flattened(pairs.get("counts", {})).items()
        },
        "examples": [_pair(PreferencePair.from_json(example)) for example in examples[:_PAIRS_SHOWN]],
        "more": max(0, len(examples) - _PAIRS_SHOWN),
    }


def _varied(examples: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The first of each sample before the second of any: the pairs of one sample are much alike."""
    seen: dict[Any, int] = {}
    turns = []
    for example in examples:
        turns.append(seen.setdefault(example["sample_id"], 0))
        seen[example["sample_id"]] += 1
    return [example for _, example in sorted(zip(turns, examples, strict=True), key=lambda one: one[0])]


def _pair(pair: PreferencePair) -> dict[str, Any]:
    """The dialogue and both sides, with score and origin where the provenance has them."""
    sides = []
    for name, text in (("chosen", pair.chosen), ("rejected", pair.rejected)):
        source = pair.provenance.get(name)
        source = source if isinstance(source, Mapping) else {}
        score = source.get("score")
        value = score.get("value") if isinstance(score, Mapping) else score
        sides.append(
            {
                "name": name.capitalize(),
                "text": text,
                "score": value if isinstance(value, int | float) else None,
                "origin": str(source.get("origin", "")),
            }
        )
    return {
        "sample_id": pair.sample_id,
        "turns": [
            {
                "role": "seeker" if message["role"] == "user" else "recommender",
                "text": message["content"],
                "search": None,
            }
            for message in pair.prompt
            if message["role"] != "system"
        ],
        "sides": sides,
    }


def _settings(runs: Sequence[Run]) -> dict[str, list[tuple[str, list[Any]]]]:
    """All settings as (dotted path, value per run): those that differ, and those that agree."""
    flats = [flattened(run.results["config"]) for run in runs]
    table = [
        (path, [flat.get(path) for flat in flats]) for path in sorted(set().union(*(flat for flat in flats)))
    ]
    return {
        "differ": [(path, values) for path, values in table if any(value != values[0] for value in values)],
        "agree": [(path, values) for path, values in table if all(value == values[0] for value in values)],
    }


def _provenance(run: Run) -> dict[str, Any]:
    methods = {name: count for name, count in metrics.score_methods(run.rows).items() if count}
    return {
        "name": run.name,
        "rows": len(run.rows),
        "dialogues": run.columns.dialogue_number,
        "methods": ", ".join(f"{name} ({count})" for name, count in methods.items()) or formatting.UNKNOWN,
        "leak": metrics.mean_of(run.columns, metrics.leaked),
        "digest": (run.digest or digest_of_rows(run.rows))[:16],
        "seats": _seats(run),
        "items": metrics.items_given(run.rows),
    }


def _seats(run: Run) -> str:
    """Who sat where, in a sentence; the addresses of servers behind their names."""
    told = []
    for seat, found in run.results.get("seats", {}).items():
        place = f" on {found['server']}, {found['base_url']}" if "server" in found else ""
        name = found["model"] if place else found["seat"]
        told.append(f"{'seeker' if seat == 'simulator' else seat} {name}{place}")
    return "; ".join(told)
