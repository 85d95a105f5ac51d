"""`usbrec evaluate --mode ask`: attribute questions, answered by rules (play/questions/asking.py).

The seeker's seat is always taken by rules here. The dialogue is scored by whoever sits in the judge's seat,
so that its rows are read like those of a free chat; facts about replies count what the recommender itself
said, not the list that was shown.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from usbrec.config import Config, settled
from usbrec.dialogue import Episode, Sample
from usbrec.errors import ConfigError
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.facts import reply_facts
from usbrec.keys import derive_seed
from usbrec.llm import read_seat
from usbrec.play.questions.asking import Asked, Asker, InformationAsker, ModelAsker, Questioning
from usbrec.play.questions.ranking import round_records
from usbrec.play.targets import Targets
from usbrec.stages.inputs import Inputs
from usbrec.stages.wiring import Participants

#: What is done with one sample; returns the JSON that is kept of it. Raises ModelError.
Work = Callable[[Participants, Sample], Awaitable[Mapping[str, Any]]]


def questions(config: Config, inputs: Inputs) -> Work:
    """The work on one sample in ask mode. Raises ConfigError without a catalogue."""
    if inputs.catalogue is None:
        raise ConfigError("--mode ask asks for attributes of items: add --catalogue FILE.")
    if read_seat(config.seats.recommender, config.servers).is_own:
        raise ConfigError(
            f"--mode ask asks a language model or rules what to ask for; {config.seats.recommender} only "
            "recommends. Leave --mode out: in a free chat it may ask what it likes."
        )
    attributes = settled(config.asking.attributes, "asking.attributes")

    async def work(participants: Participants, sample: Sample) -> Mapping[str, Any]:
        runner, ranking = participants.runner, participants.ranking()
        if ranking is None:
            raise ConfigError("--mode ask ranks a catalogue: add --catalogue FILE.")
        seat = runner.recommender
        asker: Asker = (
            InformationAsker(ranking.retriever, ranking.knowledge)
            if seat.model is None
            else ModelAsker(seat.model, seat.template, inputs.prompts, config.judging.votes)
        )
        questioning = Questioning(
            seat,
            asker,
            attributes,
            ranking,
            inputs.prompts,
            rounds=runner.rounds,
            shown=config.asking.shown,
            languages=inputs.languages,
        )
        return await _ask(questioning, runner, sample)

    return work


async def _ask(questioning: Questioning, runner: EpisodeRunner, sample: Sample) -> Mapping[str, Any]:
    """The episode, the ranks of its targets round by round, and what was chosen."""
    targets = Targets.of(sample, runner.knowledge)
    seed = derive_seed(runner.seed, sample.id)
    asked = await questioning.play(sample, targets, seed=seed)
    score = await runner.judge.score(sample.turns, asked.turns, targets, seed=derive_seed(seed, "judge"))
    replies = [reply for reply in asked.replies if reply is not None]
    episode = Episode(
        sample=sample,
        played=asked.turns,
        score=score,
        hit=targets.named_in([turn for turn in asked.turns if turn.role == "recommender"]),
        facts=reply_facts(
            sample.turns,
            asked.said,
            unfinished=sum(reply.unfinished for reply in replies),
            ran_on=sum(reply.ran_on for reply in replies),
            targets=targets,
            groundings=[None if reply is None else reply.grounding for reply in asked.replies],
        ),
        traces=tuple(None if reply is None else reply.trace for reply in asked.replies),
    )
    return {
        "episode": episode.to_json(),
        "repeat": targets.named_in(sample.turns),
        "rounds": round_records(asked.lists, targets, questioning.rounds),
        "asked": _choices(asked),
    }


def _choices(asked: Asked) -> list[dict[str, Any]]:
    """What was chosen in each round, how strongly, and the recommender's own words."""
    replies = [turn.text for turn in asked.said if turn.role == "recommender"]
    return [
        {
            "attribute": pick.attribute,
            "weights": pick.weights,
            "unreadable": pick.weights is None,
            "said": said,
        }
        for pick, said in zip(asked.picks, replies, strict=True)
    ]
