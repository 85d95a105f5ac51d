"""PODCS: from played drafts to preference pairs (paper: preference-optimisation dataset construction).

For each sample k first replies are drawn and each is played to its score against the target-aware
simulator. Chosen is the best draft if it is good enough, else what the human recommender said (the
*label*), which is then played and scored like a draft. Rejected is the worst draft if it falls short,
else the label. The published code overwrites its candidates inside the loop, so that only the last
draft counts; here best and worst are taken over all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from usbrec.config import Pairs
from usbrec.dialogue import Episode, PreferencePair, Sample
from usbrec.errors import ModelError, UnusableAnswer
from usbrec.judge.episodes import Table
from usbrec.keys import derive_seed
from usbrec.pairs.filters import Verdict, drop_reason
from usbrec.play.recommender import Reply

Origin = Literal["draft", "label"]


@dataclass(frozen=True)
class Candidate:
    """A first reply and the episode that followed from it (None when playing it failed)."""

    text: str
    origin: Origin
    episode: Episode | None
    failure: str | None = None

    @property
    def value(self) -> float | None:
        return None if self.episode is None else self.episode.score.value

    def to_json(self) -> dict[str, Any]:
        episode = self.episode
        return {
            "text": self.text,
            "origin": self.origin,
            "score": None if episode is None else episode.score.to_json(),
            "hit": None if episode is None else episode.hit,
            "leaks": 0 if episode is None else episode.leaks,
            "played": [] if episode is None else [turn.to_json() for turn in episode.played],
            "facts": {} if episode is None else dict(episode.facts),
            "failure": self.failure,
        }


async def make_pair(sample: Sample, table: Table, settings: Pairs, *, accept_at: float) -> Mapping[str, Any]:
    """Draw, play, score and compare; returns the unit's record as JSON.

    ``pair`` is a PreferencePair or None, and then ``dropped`` says why; ``candidates`` are all replies
    that were played. Raises ModelError when no draft could be drawn or none could be played.
    """
    drafts = await table.recommender.draft(
        sample.turns,
        n=settings.drafts,
        temperature=settings.temperature,
        seed=derive_seed(table.seed, sample.id, "drafts"),
    )
    if not drafts:
        raise UnusableAnswer(f"{table.recommender.model.name}: all drafts are empty.")
    played = [await _play(sample, table, reply, "draft") for reply in drafts]
    if all(candidate.episode is None for candidate in played):
        raise ModelError(f"no draft could be played: {played[0].failure}")
    scored = [candidate for candidate in played if candidate.value is not None]
    label: Candidate | None = None
    verdict: Verdict = "no draft could be scored"
    pair: PreferencePair | None = None
    if scored:
        best = max(scored, key=_value)
        worst = min(scored, key=_value)
        good = _value(best) >= accept_at
        short = _value(worst) < (accept_at if settings.reject_below is None else settings.reject_below)
        if not (good and short) and sample.label:
            label = await _play(sample, table, Reply(sample.label), "label")
        chosen = best if good else label
        rejected = worst if short else label
        verdict = drop_reason(chosen, rejected, settings)
        if verdict is None and chosen is not None and rejected is not None:
            pair = _pair(sample, table, chosen, rejected)
    return {
        "sample_id": sample.id,
        "candidates": [candidate.to_json() for candidate in (*played, *((label,) if label else ()))],
        "drawn": settings.drafts,
        "distinct": len(drafts),
        "pair": None if pair is None else pair.to_json(),
        "dropped": verdict,
    }


def _value(candidate: Candidate) -> float:
    return candidate.value if candidate.value is not None else float("nan")


async def _play(sample: Sample, table: Table, reply: Reply, origin: Origin) -> Candidate:
    try:
        return Candidate(reply.text, origin, await table.play(sample, first=reply))
    except ModelError as error:
        return Candidate(reply.text, origin, None, f"{type(error).__name__}: {error}")


def _pair(sample: Sample, table: Table, chosen: Candidate, rejected: Candidate) -> PreferencePair:
    return PreferencePair(
        sample_id=sample.id,
        dialogue_id=sample.dialogue_id,
        prompt=tuple(message.to_json() for message in table.recommender.prompt(sample.turns)),
        chosen=chosen.text,
        rejected=rejected.text,
        provenance={
            "chosen": _provenance(chosen),
            "rejected": _provenance(rejected),
            "recommender": table.recommender.model.name,
            "rounds": table.rounds,
            "seed": table.seed,
            "source": sample.source,
        },
    )


def _provenance(candidate: Candidate) -> dict[str, Any]:
    score = None if candidate.episode is None else candidate.episode.score.to_json()
    return {"origin": candidate.origin, "score": score}


def _out_of_catalogue(candidates: Sequence[Mapping[str, Any]]) -> float | None:
    """The share of drafts that name a title the catalogue does not have; None without a catalogue."""
    unknown = [
        bool(candidate["facts"]["out_of_catalogue"][0])
        for candidate in candidates
        if candidate["origin"] == "draft" and "out_of_catalogue" in candidate["facts"]
    ]
    return round(sum(unknown) / len(unknown), 6) if unknown else None


def count_pairs(records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What became of the samples: pairs, where their sides come from, why the others were dropped."""
    pairs = [record["pair"] for record in records if record["pair"] is not None]
    dropped: dict[str, int] = {}
    for record in records:
        if record["dropped"] is not None:
            dropped[record["dropped"]] = dropped.get(record["dropped"], 0) + 1
    origins = {
        side: {
            origin: sum(pair["provenance"][side]["origin"] == origin for pair in pairs)
            for origin in ("draft", "label")
        }
        for side in ("chosen", "rejected")
    }
    margins = [
        pair["provenance"]["chosen"]["score"]["value"] - pair["provenance"]["rejected"]["score"]["value"]
        for pair in pairs
    ]
    candidates = [candidate for record in records for candidate in record["candidates"]]
    return {
        "pairs": len(pairs),
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
    }
