"""PODCS: preference pairs from played drafts (paper: preference-optimisation dataset construction).

For each sample k first replies are drawn and each is played to its score against the target-aware
simulator. Chosen is the best draft if it is good enough, else what the human recommender said (the
*label*), which is then played and scored like a draft. Rejected is the worst draft if it falls short,
else the label. The published code overwrites its candidates inside the loop, so that only the last
draft counts; here best and worst are taken over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from usbrec.config import Pairs
from usbrec.dialogue import Conversation, PreferencePair, Reply, Sample
from usbrec.errors import ModelError, UnusableAnswer
from usbrec.judge.episodes import EpisodeRunner
from usbrec.keys import canonical_json, derive_seed
from usbrec.pairs.counterfactual import counterfactual_pairs
from usbrec.pairs.declined import declined_pairs
from usbrec.pairs.filters import DropReason, drop_reason, may_be_chosen, names_nothing, names_one
from usbrec.pairs.focused import focused_pairs
from usbrec.pairs.sides import ORIGINS, Candidate, pair_of, play_replies, play_reply
from usbrec.play.targets import Targets

#: Where a sample's record has its further pairs, by kind.
FURTHER = ("counterfactual", "focused", "declined")


async def make_pair(
    sample: Sample, runner: EpisodeRunner, settings: Pairs, *, accept_at: float
) -> Mapping[str, Any]:
    """Draw, play, score and compare; returns the unit's record as JSON.

    `accept_at` stands for ``settings.accept_at``. ``pair`` is a PreferencePair or None, and then
    ``dropped`` says why; ``candidates`` are all replies that were played; ``counterfactual``,
    ``focused`` and ``declined`` are more pairs (the modules of these names), ``unmade`` what kept the model
    from some of these kinds. Raises ModelError when no draft could be drawn or none could be played.
    """
    drafts = await runner.recommender.draft(
        Conversation(sample.turns, round=1, rounds=runner.rounds),
        n=settings.drafts,
        temperature=settings.temperature,
        seed=derive_seed(runner.seed, sample.id, "drafts"),
    )
    if not drafts:
        raise UnusableAnswer(f"{runner.recommender.name}: all drafts are empty.")
    played = await play_replies(sample, runner, drafts, "draft")
    if all(candidate.episode is None for candidate in played):
        raise ModelError(f"no draft could be played: {played[0].failure}")
    contest = _Contest(sample, runner, settings, accept_at, played)
    pair, reason = await contest.decide()
    further: dict[str, list[Mapping[str, Any]]] = {kind: [] for kind in FURTHER}
    failed_kinds: dict[str, str] = {}
    makers = {
        "focused": partial(focused_pairs, sample, runner, settings),
        "counterfactual": partial(counterfactual_pairs, sample, runner, settings, played),
        "declined": partial(declined_pairs, sample, runner, settings, played),
    }
    for kind, make in makers.items():
        try:
            further[kind] = [more.to_json() for more in await make()]
        except ModelError as error:
            # What the sample has given already is no worse for it.
            failed_kinds[kind] = str(error)
    return {
        "sample_id": sample.id,
        "candidates": [candidate.to_json() for candidate in contest.played],
        "drawn": settings.drafts,
        "distinct": len(drafts),
        "pair": None if pair is None else pair.to_json(),
        "dropped": reason,
        **further,
        "unmade": failed_kinds,
    }


class _Contest:
    """Which two of a sample's replies make the pair. `played` grows by the label when that is needed."""

    def __init__(
        self,
        sample: Sample,
        runner: EpisodeRunner,
        settings: Pairs,
        accept_at: float,
        played: Sequence[Candidate],
    ) -> None:
        self.played = list(played)
        self._sample = sample
        self._table = runner
        self._settings = settings
        self._accept_at = accept_at
        self._reject_below = accept_at if settings.reject_below is None else settings.reject_below
        self._one_item = bool(settings.one_item)
        # What a person said in the dialogue is no list, so where drafts are lists it is no side.
        self._label = sample.label if runner.recommender.list_length == 1 else None

    async def decide(self) -> tuple[PreferencePair | None, DropReason]:
        """The pair, or why there is none."""
        scored = [candidate for candidate in self.played if candidate.value is not None]
        if not scored:
            return None, "no draft could be scored"
        eligible = [one for one in scored if not self._one_item or names_one(one)]
        choosable = [one for one in eligible if may_be_chosen(one, self._settings)]
        best = max(choosable, key=_value, default=None)
        good = best is not None and _value(best) >= self._accept_at
        # A draft that names nothing is met only where no other is bad enough: it teaches less.
        losers = [min(eligible, key=_value)] if eligible else []
        losers += [one for one in scored if self._one_item and names_nothing(one)][:1]
        short = [one for one in losers if _value(one) < self._reject_below]
        label = None
        if self._label and (not good or not short):
            if not good and not self._reachable():
                return None, "the label cannot be reached from the candidates"
            label = await play_reply(self._sample, self._table, Reply(self._label), "label")
            self.played.append(label)
        chosen = best if good else label
        reason: DropReason = None
        for rejected in (*short,) or (label,):
            reason = self._drop_reason(chosen, rejected)
            if reason is None and chosen is not None and rejected is not None:
                return pair_of(self._sample, self._table, chosen, rejected), None
        return None, reason

    def _drop_reason(self, chosen: Candidate | None, rejected: Candidate | None) -> DropReason:
        reason = drop_reason(chosen, rejected, self._settings)
        if reason is not None or not self._one_item or chosen is None or rejected is None:
            return reason
        if names_one(chosen) and (names_one(rejected) or names_nothing(rejected)):
            return None
        return "a side names not exactly one new item"

    def _reachable(self) -> bool:
        """Whether what was shown to the model allows to name a target."""
        grounding, knowledge = self._table.recommender.grounding, self._table.knowledge
        if not self._settings.label_reachable or grounding is None or knowledge is None:
            return True
        shown = {item.id for item in grounding.candidates(self._sample.turns)}
        return any(item.id in shown for item in Targets.of(self._sample, knowledge).items)


def select_pairs(
    records: Sequence[Mapping[str, Any]], settings: Pairs, *, seed: int
) -> list[Mapping[str, Any]]:
    """The records with no more pairs of drafts whose rejected side names nothing than `naming_nothing`
    allows; the others lose their pair and say why. Which stay is decided by hash: order plays no part."""
    silent = [record["sample_id"] for record in records if _rejects_silence(record)]
    paired = sum(record["pair"] is not None for record in records) - len(silent)
    share = settings.naming_nothing
    most = len(silent) if share >= 1.0 else int(share * paired / (1.0 - share) + 1e-9)
    kept = set(sorted(silent, key=lambda sample_id: derive_seed(seed, sample_id, "naming nothing"))[:most])
    dropped: DropReason = "enough pairs whose rejected side names nothing"
    return [
        {**record, "pair": None, "dropped": dropped}
        if _rejects_silence(record) and record["sample_id"] not in kept
        else record
        for record in records
    ]


def distinct_pairs(
    records: Sequence[Mapping[str, Any]], most_per_item: int | None, *, seed: int
) -> list[Mapping[str, Any]]:
    """The records without pairs that their dialogue has before (the same prompt and sides), and with at most
    so many whose chosen side names one item first. A record that loses its own pair says why; further pairs
    have no place for a reason, so how many are lost is counted under ``thinned``."""
    seen: set[str] = set()
    order = sorted(
        ((pair, record["sample_id"]) for record in records for pair in all_pairs([record])),
        key=lambda one: derive_seed(seed, one[1], "most per item"),
    )
    chosen: dict[str, int] = {}
    over: set[int] = set()
    for pair, _ in order if most_per_item is not None else ():
        item = pair["provenance"]["chosen"].get("new")
        if item is not None:
            chosen[item] = chosen.get(item, 0) + 1
            if chosen[item] > (most_per_item or 0):
                over.add(id(pair))

    def reason(pair: Mapping[str, Any]) -> DropReason:
        sides = canonical_json([pair[name] for name in ("dialogue_id", "prompt", "chosen", "rejected")])
        if sides in seen:
            return "the same pair stands there before"
        seen.add(sides)
        return "enough pairs whose chosen side names this item" if id(pair) in over else None

    thinned = []
    for record in records:
        changed: dict[str, Any] = {}
        if record["pair"] is not None and (why := reason(record["pair"])) is not None:
            changed = {"pair": None, "dropped": why}
        for kind in FURTHER:
            kept = [pair for pair in record[kind] if reason(pair) is None]
            if len(kept) < len(record[kind]):
                changed[kind] = kept
                changed["thinned"] = changed.get("thinned", 0) + len(record[kind]) - len(kept)
        thinned.append({**record, **changed} if changed else record)
    return thinned


def _rejects_silence(record: Mapping[str, Any]) -> bool:
    return record["pair"] is not None and record["pair"]["provenance"]["rejected"]["titles"] == 0


def _value(candidate: Candidate) -> float:
    return candidate.value if candidate.value is not None else float("nan")


def _out_of_catalogue(candidates: Sequence[Mapping[str, Any]]) -> float | None:
    """The share of drafts that name a title the catalogue does not have; None without a catalogue."""
    unknown = [
        bool(candidate["facts"]["out_of_catalogue"][0])
        for candidate in candidates
        if candidate["origin"] == "draft" and "out_of_catalogue" in candidate["facts"]
    ]
    return round(sum(unknown) / len(unknown), 6) if unknown else None


def all_pairs(records: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The pairs of all samples: each one's own, then its further ones by kind."""
    return [
        pair
        for record in records
        for pair in (
            *([] if record["pair"] is None else [record["pair"]]),
            *(pair for kind in FURTHER for pair in record[kind]),
        )
    ]


def count_pairs(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What became of the samples: pairs, where their sides come from, why the others were dropped."""
    pairs = all_pairs(records)
    dropped: dict[str, int] = {}
    for record in records:
        if record["dropped"] is not None:
            dropped[record["dropped"]] = dropped.get(record["dropped"], 0) + 1
    origins = {
        side: {
            origin: sum(pair["provenance"][side]["origin"] == origin for pair in pairs) for origin in ORIGINS
        }
        for side in ("chosen", "rejected")
    }
    margins = [
        pair["provenance"]["chosen"]["score"]["value"] - pair["provenance"]["rejected"]["score"]["value"]
        for pair in pairs
    ]
    candidates = [candidate for record in records for candidate in record["candidates"]]
    # Records of before had no word of it: then the sample failed as a whole.
    failed_kinds = [kind for record in records for kind in record.get("unmade", ())]
    return {
        "pairs": len(pairs),
        "rows_with_pairs": sum(bool(all_pairs([record])) for record in records),
        "dropped": dict(sorted(dropped.items())),
        "origins": origins,
        "margin_mean": round(sum(margins) / len(margins), 6) if margins else None,
        "drafts_drawn": sum(record["drawn"] for record in records),
        "drafts_distinct": sum(record["distinct"] for record in records),
        "unreadable": sum(
            candidate["score"] is not None and candidate["score"]["value"] is None for candidate in candidates
        ),
        "out_of_catalogue": _out_of_catalogue(candidates),
        "unplayed": sum(candidate["failure"] is not None for candidate in candidates),
        "thinned": sum(record.get("thinned", 0) for record in records),
        "unmade": {kind: failed_kinds.count(kind) for kind in FURTHER},
    }
