"""Reply metrics: items named, length, repetition, diversity, grounding."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from usbrec.dialogue import plain_words
from usbrec.evaluation.metrics.columns import Clustered, Columns, Row, Tally, may_have_fact, with_clusters
from usbrec.evaluation.metrics.rows import (
    facts_of,
    interval,
    interval_of,
    mean,
    names_item,
    replies_of,
    score,
)
from usbrec.evaluation.statistics import SCORE, SHARE, Interval
from usbrec.items.scripts import count_words
from usbrec.prompts.artefacts import has_artefacts

Flags = npt.NDArray[np.uint8]


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
    counts, named = counted_replies(rows)
    return counts | {"score_when_named": _score_when_named(rows, named, seed, resamples)}


def counted_replies(rows: Sequence[Row]) -> tuple[dict[str, Any], Flags]:
    """The counts, and of each row whether its episode names an item: 0 where nobody knows, 1 for no, 2 for
    yes."""
    if isinstance(rows, Columns):
        return rows.remembered("replies", lambda: _counted(rows))
    return _counted(rows)


def _counted(rows: Sequence[Row]) -> tuple[dict[str, Any], Flags]:
    names_one, named_items, unknown_share, unknown = Tally(), Tally(), Tally(), Tally()
    words, bare, said_again, marks = Tally(), Tally(), Tally(), Tally()
    replies = finished = unfinished = ran_on = 0
    first: dict[int, Counter[str]] = {}
    grounding = _Grounding()
    named = bytearray()
    for row in rows:
        named.append(_NAMED[names_item(row) if row["episode"] is not None else None])
        if row["episode"] is None:
            continue
        facts, said = facts_of(row), replies_of(row)
        replies += len(said)
        recommended = first.setdefault(row.get("training", 0), Counter())
        for item in facts.get("new", ()):
            names_one.add(item is not None)
            if item is not None:
                recommended[item] += 1
        for listed in facts.get("named", ()):
            named_items.add(len(listed))
        for titles in facts.get("out_of_catalogue", ()):
            unknown_share.add(len(titles) > 0)
            unknown.add(len(titles))
        for count in _words(row):
            words.add(count)
        for listed, beside in zip(facts.get("named", ()), facts.get("beside", ()), strict=False):
            bare.add(bool(listed) and not beside)
        for again in _said_again(row):
            said_again.add(again)
        for text in said:
            marks.add(has_artefacts(text))
        if "unfinished" in facts:
            finished += len(said)
            unfinished += facts["unfinished"]
            ran_on += facts.get("ran_on", 0)
        grounding.add(facts)
    counts = {
        "n": replies,
        "names_item": names_one.mean,
        "items_per_reply": named_items.mean,
        "out_of_catalogue": {"share": unknown_share.mean, "per_reply": unknown.mean},
        "words": words.mean,
        "unfinished": unfinished / finished if finished else None,
        "bare": bare.mean,
        "said_again": said_again.mean,
        "ran_on": ran_on / finished if finished else None,
        "marks": marks.mean,
        "diversity": _diversity_within(first.values()),
        "grounding": grounding.found(),
    }
    return counts, np.frombuffer(bytes(named), dtype=np.uint8)


#: See :func:`counted_replies`.
_NAMED: Mapping[bool | None, int] = {None: 0, False: 1, True: 2}


def items_given(rows: Sequence[Row]) -> dict[str, Any] | None:
    """Of how many replies the system itself said what it recommends (`given` of `replies`), and how many ids
    it gave that the catalogue lacks (`unknown`); None where items are linked in the texts alone."""
    if not may_have_fact(rows, "items_given"):
        return None
    if isinstance(rows, Columns):
        return rows.remembered("items", lambda: _items_given(rows))
    return _items_given(rows)


def _items_given(rows: Sequence[Row]) -> dict[str, Any] | None:
    told = False
    replies = given = unknown = 0
    for row in rows:
        replies += len(replies_of(row))
        facts = facts_of(row)
        if "items_given" in facts:
            told = True
            given += sum(facts["items_given"])
            unknown += sum(len(ids) for ids in facts.get("unknown_items", ()))
    if not told:
        return None
    return {
        "source": "items given by the system",
        "replies": replies,
        "given": given,
        "unknown": unknown,
    }


def violated(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> dict[str, Any] | None:
    """The share of recommendations that do not meet what is asked of an item, with its interval, over rows in
    which something is asked (`rows`; docs/constraints.md). A recommendation is a reply's first new item. None
    without such rows."""
    asked = may_have_fact(rows, "violated") and sum("violated" in facts_of(row) for row in rows)
    if not asked:
        return None
    return {"rows": asked, **violated_interval(rows, seed=seed, resamples=resamples).to_json()}


def violated_interval(rows: Sequence[Row], *, seed: int, resamples: int = 2000) -> Interval:
    """The share alone; n is the number of recommendations."""
    found = Clustered(rows)
    for cluster, row in with_clusters(rows if may_have_fact(rows, "violated") else ()):
        facts = facts_of(row)
        for item, unmet, asked in zip(
            facts.get("new", ()), facts.get("violated", ()), facts.get("constraints", ()), strict=False
        ):
            if item is not None and asked:
                found.add(float(bool(unmet)), cluster)
    return interval_of(found, "violated", seed=seed, resamples=resamples, within=SHARE)


def diversity(recommended: Sequence[str]) -> dict[str, int | float | None] | None:
    """How varied the recommended items are; None without any.

    ``share`` is distinct items a recommendation; ``entropy`` is that of the items over the greatest it
    could be, log(recommendations): 1 when all differ, 0 when all are one, None of a single recommendation.
    """
    return _diversity_of(Counter(recommended))


def _diversity_of(counts: Counter[str]) -> dict[str, int | float | None] | None:
    n = counts.total()
    if not n:
        return None
    nats = math.fsum(count / n * math.log(n / count) for count in counts.values())
    return {
        "recommended": n,
        "distinct": len(counts),
        "share": len(counts) / n,
        "entropy": min(1.0, nats / math.log(n)) if n > 1 else None,
    }


def _diversity_within(trainings: Iterable[Counter[str]]) -> dict[str, int | float | None] | None:
    """The diversity within each training seed, all together: the same rows come again in each, so that
    counted as one, a system that needs no training would say everything several times."""
    told = [found for items in trainings if (found := _diversity_of(items))]
    if not told:
        return None
    recommended, distinct = (sum(int(one[name] or 0) for one in told) for name in ("recommended", "distinct"))
    return {
        "recommended": recommended,
        "distinct": distinct,
        "share": distinct / recommended,
        "entropy": mean(one["entropy"] for one in told if one["entropy"] is not None),
    }


def _score_when_named(rows: Sequence[Row], named: Flags, seed: int, resamples: int) -> dict[str, Any] | None:
    """The score among rows that named an item."""
    if not named.any():
        return None
    among = named == _NAMED[True]
    # The draws of the score on all rows: where every episode names an item, the two are one.
    drawn: Any = {"seed": seed, "place": "all/ieval", "resamples": resamples}
    if isinstance(rows, Columns):
        return interval(rows, score, among=among, within=SCORE, **drawn).to_json()
    return interval(
        [row for row, one in zip(rows, among, strict=True) if one], score, within=SCORE, **drawn
    ).to_json()


class _Grounding:
    """What holding replies to real items took: redraws per reply, the share of replies that were
    mended, the share that a fixed sentence stands in for, the share whose first new item was among the
    candidates, the share whose first new item was the first of them, and the share of rows whose first reply
    was shown a target."""

    def __init__(self) -> None:
        self._any = False
        names = ("redraws", "mended", "fallback", "from_candidates", "takes_first", "target_shown")
        self._tallies = {name: Tally() for name in names}

    def add(self, facts: Mapping[str, Any]) -> None:
        if "candidates" not in facts:
            return
        self._any = True
        tallies = self._tallies
        for name in ("redraws", "mended", "fallback"):
            for value in facts.get(name, ()):
                tallies[name].add(value)
        for item, shown in zip(facts.get("new", ()), facts["candidates"], strict=False):
            tallies["from_candidates"].add(item in shown)
            tallies["takes_first"].add(shown[:1] == [item])
        for shown in facts["candidates"][:1]:
            tallies["target_shown"].add(not set(facts.get("targets", ())).isdisjoint(shown))

    def found(self) -> dict[str, Any] | None:
        return {name: tally.mean for name, tally in self._tallies.items()} if self._any else None


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
    yield from words if words is not None else map(count_words, replies_of(row))
