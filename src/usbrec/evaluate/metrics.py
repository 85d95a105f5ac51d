"""What is counted on the rows of a run.

A *row* is one line of `episodes.jsonl`: a sample that was attempted, with its episode or the reason why
there is none. Failed rows (the model's side broke) and unreadable ones (the judge's answer was no score)
are never read as 0: they are left out of the means and counted beside them. A hit needs no judge, so a
row without a readable score still counts for it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from usbrec.evaluate.statistics import Interval, mean_interval
from usbrec.keys import derive_seed
from usbrec.prompts.marks import repeats_marks

Row = Mapping[str, Any]
Measure = Callable[[Row], float | None]


def score(row: Row) -> float | None:
    """The iEval score in [0, 2]; None for a failed or unreadable row."""
    episode = row["episode"]
    if episode is None or episode["score"]["value"] is None:
        return None
    return float(episode["score"]["value"])


def hit(row: Row) -> float | None:
    """1 when the recommender named a target, else 0; None for a failed row."""
    return None if row["episode"] is None else float(row["episode"]["hit"])


def first_hit(row: Row) -> float | None:
    """1 when a target was the first new item of some reply (the item the rules look at), else 0.

    Stricter than :func:`hit`, which a reply that lists many titles can buy. None without a catalogue.
    """
    facts = facts_of(row)
    if "new" not in facts or "targets" not in facts:
        return None
    targets = set(facts["targets"])
    return float(any(item in targets for item in facts["new"] if item is not None))


def second_score(row: Row) -> float | None:
    """The score in [0, 2] of the second judge (judge/embedding.py); None where it gave none."""
    opinion = row.get("second_judge")
    return None if opinion is None or opinion["value"] is None else float(opinion["value"])


def names_item(row: Row) -> bool | None:
    """Whether some reply named a real item that the dialogue had not named; None without a catalogue."""
    facts = facts_of(row)
    return any(item is not None for item in facts["new"]) if "new" in facts else None


def leaked(row: Row) -> float | None:
    """1 when the simulator named a target before the recommender did; None for a failed row."""
    return None if row["episode"] is None else float(row["episode"].get("leaks", 0) > 0)


def unreadable(row: Row) -> bool:
    """Whether the row was played but its judge gave no score."""
    return row["episode"] is not None and row["episode"]["score"]["value"] is None


def facts_of(row: Row) -> Mapping[str, Any]:
    """The counts taken on the episode's replies; empty for a failed row or one without a catalogue."""
    if row["episode"] is None:
        return {}
    facts: Mapping[str, Any] = row["episode"].get("facts") or {}
    return facts


def replies_of(row: Row) -> list[str]:
    """What the recommender said in the played part."""
    if row["episode"] is None:
        return []
    return [turn["text"] for turn in row["episode"]["played"] if turn["role"] == "recommender"]


def measured(rows: Iterable[Row], measure: Measure) -> dict[str, float]:
    """The rows that `measure` can read, as sample id -> value."""
    values = ((row["sample_id"], measure(row)) for row in rows)
    return {sample_id: value for sample_id, value in values if value is not None}


def interval(
    rows: Sequence[Row], measure: Measure, *, seed: int, place: str, resamples: int = 2000
) -> Interval:
    """Mean and 95 % interval of a measure; `place` keeps the draws of different measures apart."""
    values, clusters = [], []
    for row in rows:
        value = measure(row)
        if value is not None:
            values.append(value)
            clusters.append(row["dialogue_id"])
    return mean_interval(values, clusters, seed=derive_seed(seed, "interval", place), resamples=resamples)


def mean(values: Iterable[float]) -> float | None:
    """The mean, None of nothing; rounded once, so the order of the values does not matter."""
    listed = list(values)
    return math.fsum(listed) / len(listed) if listed else None


def reply_counts(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any]:
    """The guards: what a system could do to its replies that a score alone would not show.

    Per reply, over all rows that were played: how many name a real item that the dialogue had not
    named, how many items and titles unknown to the catalogue they name, how long they are, how many
    were cut off, how many are `bare` (titles and nothing else), and how many repeat `marks` of the prompt
    (prompts/marks.py). `diversity` is about the recommendations (the first new item of each reply that has
    one), `score_when_named` the iEval score among episodes that have one: a system that gains only by
    naming an item more often does not gain there. Null where nothing was counted, as without a catalogue.
    `grounding` is null without candidates.
    """
    played = [row for row in rows if row["episode"] is not None]
    new = [item for row in played for item in facts_of(row).get("new", ())]
    first: dict[int, list[str]] = {}
    for row in played:
        found = [item for item in facts_of(row).get("new", ()) if item is not None]
        first.setdefault(row.get("training", 0), []).extend(found)
    unknown = [len(titles) for row in played for titles in facts_of(row).get("out_of_catalogue", ())]
    finished = [row for row in played if "unfinished" in facts_of(row)]
    spoken = sum(len(replies_of(row)) for row in finished)
    return {
        "n": sum(len(replies_of(row)) for row in played),
        "names_item": mean(item is not None for item in new),
        "items_per_reply": mean(len(named) for row in played for named in facts_of(row).get("named", ())),
        "out_of_catalogue": {"share": mean(count > 0 for count in unknown), "per_reply": mean(unknown)},
        "words": mean(count for row in played for count in _words(row)),
        "unfinished": sum(facts_of(row)["unfinished"] for row in finished) / spoken if spoken else None,
        "bare": mean(
            bool(named) and not beside
            for row in played
            for named, beside in zip(
                facts_of(row).get("named", ()), facts_of(row).get("beside", ()), strict=False
            )
        ),
        "marks": mean(repeats_marks(text) for row in played for text in replies_of(row)),
        "diversity": _diversity_within(first.values()),
        "grounding": _grounding_counts(played),
        "score_when_named": _score_when_named(played, seed, resamples),
    }


def diversity(recommended: Sequence[str]) -> dict[str, int | float | None] | None:
    """How varied the recommended items are; None without any.

    ``share`` is distinct items a recommendation; ``entropy`` is that of the items over the greatest it
    could be, log(recommendations): 1 when all differ, 0 when all are one, None of a single recommendation.
    """
    if not recommended:
        return None
    n, counts = len(recommended), Counter(recommended)
    nats = math.fsum(count / n * math.log(n / count) for count in counts.values())
    return {
        "recommended": n,
        "distinct": len(counts),
        "share": len(counts) / n,
        "entropy": min(1.0, nats / math.log(n)) if n > 1 else None,
    }


def _diversity_within(trainings: Iterable[Sequence[str]]) -> dict[str, int | float | None] | None:
    """The diversity within each training seed, all together: the same rows come again in each, so that
    counted as one, a system that needs no training would say everything several times."""
    told = [found for items in trainings if (found := diversity(items))]
    if not told:
        return None
    recommended, distinct = (sum(int(one[name] or 0) for one in told) for name in ("recommended", "distinct"))
    return {
        "recommended": recommended,
        "distinct": distinct,
        "share": distinct / recommended,
        "entropy": mean(one["entropy"] for one in told if one["entropy"] is not None),
    }


def _score_when_named(played: Sequence[Row], seed: int, resamples: int) -> dict[str, Any] | None:
    named = [names_item(row) for row in played]
    if all(one is None for one in named):
        return None
    rows = [row for row, one in zip(played, named, strict=True) if one]
    # The draws of the score on all rows: where every episode names an item, the two are one.
    return interval(rows, score, seed=seed, place="all/ieval", resamples=resamples).to_json()


def _grounding_counts(played: Sequence[Row]) -> dict[str, Any] | None:
    """What holding replies to real items took: redraws per reply, the share of replies that were
    mended, the share that a fixed sentence stands in for, the share whose first new item was among the
    candidates, and the share of rows whose first reply was shown a target."""
    grounded = [facts for row in played if "candidates" in (facts := facts_of(row))]
    if not grounded:
        return None
    return {
        "redraws": mean(count for facts in grounded for count in facts.get("redraws", ())),
        "mended": mean(done for facts in grounded for done in facts.get("mended", ())),
        "fallback": mean(used for facts in grounded for used in facts.get("fallback", ())),
        "from_candidates": mean(
            item in shown
            for facts in grounded
            for item, shown in zip(facts.get("new", ()), facts["candidates"], strict=False)
        ),
        "target_shown": mean(
            not set(facts.get("targets", ())).isdisjoint(shown)
            for facts in grounded
            for shown in facts["candidates"][:1]
        ),
    }


def score_methods(rows: Iterable[Row]) -> dict[str, int]:
    """How many scores came from log-probabilities, votes and rules."""
    methods = Counter(row["episode"]["score"]["method"] for row in rows if row["episode"] is not None)
    return {method: methods[method] for method in ("exact", "votes", "rules")}


def random_similarity(rows: Iterable[Row]) -> float | None:
    """The mean similarity of random catalogue items to the targets, over rows scored by rules: what a
    rules score of 0 stands for. None without such rows."""
    details = (row["episode"]["score"].get("detail") for row in rows if row["episode"] is not None)
    return mean(
        value
        for detail in details
        if isinstance(detail, Mapping) and isinstance(value := detail.get("mean"), float)
    )


def second_judge(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The mean of the second judge's scores and the judge's name; None where it judged nothing.

    ``random_similarity`` is the mean similarity of random items to the targets: what its 0 stands for.
    """
    opinions = [opinion for row in rows if (opinion := row.get("second_judge")) is not None]
    if not opinions:
        return None
    found = interval(rows, second_score, seed=seed, place="second_judge", resamples=resamples)
    return {
        "name": ", ".join(sorted({opinion["name"] for opinion in opinions})),
        **found.to_json(),
        "random_similarity": mean(opinion["mean"] for opinion in opinions if opinion.get("mean") is not None),
    }


def search_counts(rows: Iterable[Row]) -> dict[str, Any] | None:
    """What self-enhancement did, over all replies it searched for; None for a plain model."""
    traces = [
        trace
        for row in rows
        if row["episode"] is not None
        for trace in row["episode"].get("traces", ())
        if trace is not None
    ]
    if not traces:
        return None
    stopped = Counter(trace["stopped"] for trace in traces if trace.get("stopped") is not None)
    return {
        "replies": len(traces),
        "drafts": mean(len(trace["drafts"]) for trace in traces),
        "chosen_not_greedy": mean(trace["chosen"] != 0 for trace in traces),
        "stopped": dict(sorted(stopped.items())),
        "failed_drafts": sum(len(trace.get("failures", ())) for trace in traces),
    }


def usage_sums(rows: Sequence[Row]) -> dict[str, int | float]:
    """Calls, tokens and seconds summed over all rows, failed ones included: they were paid for too."""
    counted = ("calls", "prompt_tokens", "completion_tokens", "cached_tokens")
    sums: dict[str, int | float] = {name: sum(row["usage"][name] for row in rows) for name in counted}
    sums["seconds"] = math.fsum(row["usage"]["seconds"] for row in rows)
    return sums


def _words(row: Row) -> Iterator[int]:
    """Words per reply; counted here where no catalogue was there to count beside."""
    words = facts_of(row).get("words")
    yield from words if words is not None else (len(text.split()) for text in replies_of(row))
