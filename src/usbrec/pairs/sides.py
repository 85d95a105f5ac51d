"""Pair sides: replies that may be chosen or rejected, played, scored, and known by where they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from usbrec.dialogue import Episode, PreferencePair, Reply, Sample
from usbrec.errors import ModelError
from usbrec.items.scripts import count_words
from usbrec.judge.episodes import EpisodeRunner
from usbrec.lockstep import in_lockstep, in_strands

Origin = Literal["draft", "label", "counterfactual", "focused", "declined", "repeated"]
#: Every origin, in the order in which results count them.
ORIGINS = get_args(Origin)


@dataclass(frozen=True)
class Candidate:
    """A reply at one point of a dialogue, and the episode that followed (None when playing it failed)."""

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


async def play_reply(sample: Sample, runner: EpisodeRunner, reply: Reply, origin: Origin) -> Candidate:
    """Play a reply to its score; a failure on the model's side is kept with it."""
    try:
        return Candidate(reply.text, origin, await runner.play(sample, first=reply))
    except ModelError as error:
        return Candidate(reply.text, origin, None, f"{type(error).__name__}: {error}")


async def play_replies(
    sample: Sample, runner: EpisodeRunner, replies: Sequence[Reply], origin: Origin
) -> list[Candidate]:
    """Play several replies, at once where the sample is in a lockstep batch."""
    played: dict[int, Candidate] = {}

    async def play(place: int) -> None:
        played[place] = await play_reply(sample, runner, replies[place], origin)

    if in_lockstep():
        await in_strands(play(place) for place in range(len(replies)))
    else:
        for place in range(len(replies)):
            await play(place)
    return [played[place] for place in range(len(replies))]


def pair_of(
    sample: Sample,
    runner: EpisodeRunner,
    chosen: Candidate,
    rejected: Candidate,
    *,
    focus: Sequence[str] | None = None,
) -> PreferencePair:
    """The pair of two sides, with the prompt that the model reads (shown all candidates, or those of
    `focus`) and where everything comes from."""
    return PreferencePair(
        sample_id=sample.id,
        dialogue_id=sample.dialogue_id,
        prompt=tuple(message.to_json() for message in runner.recommender.prompt(sample.turns, focus)),
        chosen=chosen.text,
        rejected=rejected.text,
        provenance={
            "chosen": _provenance(chosen),
            "rejected": _provenance(rejected),
            "recommender": runner.recommender.name,
            "rounds": runner.played_rounds,
            "seed": runner.seed,
            "source": sample.source,
        },
    )


def _provenance(candidate: Candidate) -> dict[str, Any]:
    """Where a side comes from; with a catalogue its first new item (``new``) and how many titles it names."""
    score = None if candidate.episode is None else candidate.episode.score.to_json()
    told: dict[str, Any] = {"origin": candidate.origin, "score": score, "words": count_words(candidate.text)}
    facts = {} if candidate.episode is None else candidate.episode.facts
    if facts.get("named"):
        titles = len(facts["named"][0]) + len(facts["out_of_catalogue"][0])
        told |= {"new": facts["new"][0], "titles": titles}
    return told
