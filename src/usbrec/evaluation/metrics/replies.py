"""Reply metrics: items named, length, repetition, diversity, grounding."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from usbrec.dialogue import plain_words
from usbrec.evaluation.metrics.rows import Row, facts_of, interval, mean, names_item, replies_of, score
from usbrec.evaluation.statistics import Interval, mean_interval
from usbrec.keys import derive_seed
from usbrec.prompts.artefacts import has_artefacts


def reply_counts(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any]:
    """What a system could do to its replies that a score alone would not show.

    Per reply, over all rows that were played: how many name a real item that the dialogue had not
    named, how many items and titles unknown to the catalogue they name, how long they are, how many
    were cut off, how many are `bare` (titles and nothing else), how many repeat `marks` of the prompt, and
    how many `ran_on` with the next speaker's turn, which was cut off (prompts/artefacts.py).
    `said_again` is the share of second and later replies that are an earlier reply
    of the episode word for word, None where no episode has two. `diversity` is about the recommendations
    (the first new item of each reply that has one), `score_when_named` the iEval score among episodes that
    have one: a system that gains only by naming an item more often does not gain there. Null where nothing
    was counted, as without a catalogue. `grounding` is null without candidates.
    """
    played = [row for row in rows if row["episode"] is not None]
    new = [item for row in played for item in facts_of(row).get("new", ())]
    first: dict[int, list[str]] = {}
    for row in played:
        found = [item for item in facts_of(row).get("new", ()) if item is not None]
        first.setdefault(row.get("training", 0), []).extend(found)
    unknown = [len(titles) for row in played for titles in facts_of(row).get("out_of_catalogue", ())]
    finished = [row for row in played if "unfinished" in facts_of(row)]
    replies = sum(len(replies_of(row)) for row in finished)
    return {
        "n": sum(len(replies_of(row)) for row in played),
        "names_item": mean(item is not None for item in new),
        "items_per_reply": mean(len(named) for row in played for named in facts_of(row).get("named", ())),
        "out_of_catalogue": {"share": mean(count > 0 for count in unknown), "per_reply": mean(unknown)},
        "words": mean(count for row in played for count in _words(row)),
        "unfinished": sum(facts_of(row)["unfinished"] for row in finished) / replies if replies else None,
        "bare": mean(
            bool(named) and not beside
            for row in played
            for named, beside in zip(
                facts_of(row).get("named", ()), facts_of(row).get("beside", ()), strict=False
            )
        ),
        "said_again": mean(again for row in played for again in _said_again(row)),
        "ran_on": sum(facts_of(row).get("ran_on", 0) for row in finished) / replies if replies else None,
        "marks": mean(has_artefacts(text) for row in played for text in replies_of(row)),
        "diversity": _diversity_within(first.values()),
        "grounding": _grounding_counts(played),
        "score_when_named": _score_when_named(played, seed, resamples),
    }


def items_given(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Of how many replies the system itself said what it recommends (`given` of `replies`), and how many ids
    it gave that the catalogue lacks (`unknown`); None where items are linked in the texts alone."""
    told = [facts for row in rows if "items_given" in (facts := facts_of(row))]
    if not told:
        return None
    return {
        "source": "items given by the system",
        "replies": sum(len(replies_of(row)) for row in rows),
        "given": sum(sum(facts["items_given"]) for facts in told),
        "unknown": sum(len(ids) for facts in told for ids in facts.get("unknown_items", ())),
    }


def violated(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The share of recommendations that do not meet what is asked of an item, with its interval, over rows in
    which something is asked (`rows`; docs/constraints.md). A recommendation is a reply's first new item. None
    without such rows."""
    asked = [row for row in rows if "violated" in facts_of(row)]
    if not asked:
        return None
    return {"rows": len(asked), **violated_interval(rows, seed=seed, resamples=resamples).to_json()}


def violated_interval(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> Interval:
    """The share alone; n is the number of recommendations."""
    values, clusters = [], []
    for row in rows:
        facts = facts_of(row)
        for item, unmet, asked in zip(
            facts.get("new", ()), facts.get("violated", ()), facts.get("constraints", ()), strict=False
        ):
            if item is not None and asked:
                values.append(float(bool(unmet)))
                clusters.append(row["dialogue_id"])
    place = derive_seed(seed, "interval", "violated")
    return mean_interval(values, clusters, seed=place, resamples=resamples)


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
    candidates, the share whose first new item was the first of them, and the share of rows whose first reply
    was shown a target."""
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
        "takes_first": mean(
            shown[:1] == [item]
            for facts in grounded
            for item, shown in zip(facts.get("new", ()), facts["candidates"], strict=False)
        ),
        "target_shown": mean(
            not set(facts.get("targets", ())).isdisjoint(shown)
            for facts in grounded
            for shown in facts["candidates"][:1]
        ),
    }


def _said_again(row: Row) -> Iterator[bool]:
    """Whether each reply but the first is an earlier one again, whatever its case and blanks."""
    earlier: set[str] = set()
    for place, text in enumerate(replies_of(row)):
        said = plain_words(text)
        if place:
            yield said in earlier
        earlier.add(said)


def _words(row: Row) -> Iterator[int]:
    """Words per reply; counted here where no catalogue was there to count beside."""
    words = facts_of(row).get("words")
    yield from words if words is not None else (len(text.split()) for text in replies_of(row))
