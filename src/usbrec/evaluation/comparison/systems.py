"""Records of compared systems: the outcomes, costs and reply counts of one run each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from usbrec.evaluation import metrics
from usbrec.evaluation.comparison.comparability import flattened
from usbrec.evaluation.metrics.lists import list_ndcg
from usbrec.evaluation.runs.results import Run
from usbrec.evaluation.statistics import SCORE, SHARE, Interval

_NOTHING = Interval(None, None, None, 0, 0).to_json()


@dataclass(frozen=True, slots=True)
class System:
    """One run's line in the table. `calls`, `tokens` (prompt and completion), `seconds` are per row.

    `ieval`, `second` (second judge), `persuasiveness` and `calibrated` (between fixed replies) lie in [0, 2],
    the latter three with n 0 where nothing was judged, rated or anchored; `hit` is a share of rows. Those of
    `_non_repeats` are taken on rows whose targets the context had not named.
    `replies` is what :func:`usbrec.evaluation.metrics.reply_counts` counts. `control` says that no language
    model sat in the recommender's seat. `training` is how far the training seeds lie apart
    (:func:`usbrec.evaluation.metrics.training_spread`), None where there are not several. `scored` are the
    ways by which scores came about (log-probabilities "exact", "votes", "forced" votes, "rules", "own").
    `violated` is the share of recommendations that do not meet what is asked of an item, n 0 where nothing
    is. `passes` are pass^k by k, of samples that were played several times or have tasks, `passes_by` what
    counts there: the item "linked" in the words, or the one "called". `judge_agreement` is how far the judge
    agrees with people (docs/results.md), None in runs of before. `ndcg` is that of ranked lists, n 0 where
    replies are none.
    """

    name: str
    n: int
    failed: int
    unreadable: int
    ieval: Interval
    hit: Interval
    ieval_non_repeats: Interval
    hit_non_repeats: Interval
    second: Interval
    persuasiveness: Interval
    calls: float
    tokens: float
    seconds: float
    replies: Mapping[str, Any]
    control: bool = False
    training: Mapping[str, Any] | None = None
    scored: tuple[str, ...] = ()
    violated: Interval = field(default_factory=lambda: Interval(None, None, None, 0, 0))
    passes: Mapping[int, Interval] = field(default_factory=dict)
    passes_by: str = "linked"
    judge_agreement: Mapping[str, Any] | None = None
    calibrated: Interval = field(default_factory=lambda: Interval(None, None, None, 0, 0))
    ndcg: Interval = field(default_factory=lambda: Interval(None, None, None, 0, 0))

    def to_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"violated": self.violated.to_json()} if self.violated.n else {}
        told |= {"calibrated": self.calibrated.to_json()} if self.calibrated.n else {}
        told |= {"ndcg": self.ndcg.to_json()} if self.ndcg.n else {}
        if self.passes:
            told["passes"] = {str(k): found.to_json() for k, found in self.passes.items()}
            told["passes_by"] = self.passes_by
        return {
            "name": self.name,
            "control": self.control,
            "n": self.n,
            "failed": self.failed,
            "unreadable": self.unreadable,
            "ieval": self.ieval.to_json(),
            "scored_by": list(self.scored),
            "judge_agreement": None if self.judge_agreement is None else dict(self.judge_agreement),
            "hit": self.hit.to_json(),
            "ieval_non_repeats": self.ieval_non_repeats.to_json(),
            "hit_non_repeats": self.hit_non_repeats.to_json(),
            "second_judge": self.second.to_json(),
            "persuasiveness": self.persuasiveness.to_json(),
            "calls_per_row": self.calls,
            "tokens_per_row": self.tokens,
            "seconds_per_row": self.seconds,
            "replies": self.replies,
            "training": self.training,
            **told,
        }


def system_of(run: Run, *, seed: int, resamples: int) -> System:
    """The line of a run; its name should be one that no other run has (:func:`distinctly_named`)."""
    results = run.results
    run.columns.prepare(metrics.MEASURES)
    by = metrics.basis_of(run.rows)
    rows = max(1, results["n"])
    return System(
        name=run.name,
        n=results["n"],
        failed=results["failed"],
        unreadable=results["unreadable"],
        ieval=Interval.from_json(results["ieval"]),
        hit=Interval.from_json(results["hit"]),
        ieval_non_repeats=Interval.from_json(results["non_repeats"]["ieval"]),
        hit_non_repeats=Interval.from_json(results["non_repeats"]["hit"]),
        second=metrics.interval(
            run.rows,
            metrics.second_score,
            seed=seed,
            place="second_judge",
            resamples=resamples,
            within=SCORE,
        ),
        persuasiveness=Interval.from_json(results.get("persuasiveness") or _NOTHING),
        calls=results["calls"] / rows,
        tokens=(results["prompt_tokens"] + results["completion_tokens"]) / rows,
        seconds=results["seconds"] / rows,
        # Counted on the rows: what an older version summarised has them in another shape, or not at all.
        replies=metrics.reply_counts(run.rows, seed=seed, resamples=resamples),
        control=str(flattened(results["config"]).get("seats.recommender", "")).startswith("rules:"),
        training=metrics.training_spread(run.rows),
        violated=metrics.violated_interval(run.rows, seed=seed, resamples=resamples),
        passes={
            k: metrics.pass_interval(run.rows, k, by, seed=seed, resamples=resamples)
            for k in metrics.ks_of(run.rows)
        },
        passes_by=by,
        judge_agreement=results.get("judge_agreement"),
        calibrated=metrics.interval(
            run.rows, metrics.calibrated, seed=seed, place="calibrated", resamples=resamples
        ),
        ndcg=metrics.interval(
            run.rows, list_ndcg, seed=seed, place="list/all/ndcg/reply", resamples=resamples, within=SHARE
        ),
        scored=tuple(sorted(way for way, count in (results.get("score") or {}).items() if count)),
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


def renamed(runs: Sequence[Run], named: Sequence[Run]) -> Iterator[str]:
    """A line for each name that several runs have, or that was taken: which run is shown as what."""
    shown: dict[str, list[str]] = {}
    for run, one in zip(runs, named, strict=True):
        shown.setdefault(run.name, []).append(one.name if run.path == Path() else f"{one.name} ({run.path})")
    changed = {run.name for run, one in zip(runs, named, strict=True) if run.name != one.name}
    for name in (name for name in shown if name in changed):
        of = f"{len(shown[name])} runs are" if len(shown[name]) > 1 else "A run is"
        yield f"{of} called {name}: shown as {', '.join(shown[name])}."
