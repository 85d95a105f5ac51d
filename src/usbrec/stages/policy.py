"""Rollout rewards: what the recommender's seat is asked, and what an answer to it earns; whole dialogues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeAlias

from usbrec.config import Config
from usbrec.dialogue import Episode, Reply, Sample, Turn
from usbrec.errors import ConfigError, ModelError, ModelRefused
from usbrec.event_loop import EventLoop
from usbrec.items.score_law import gains
from usbrec.journal import Journal, UnitRecord
from usbrec.keys import digest
from usbrec.lockstep import Scope, current_scope, side_by_side
from usbrec.play.ranked_list import read_list
from usbrec.play.targets import Targets
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, Inputs, read_inputs
from usbrec.stages.languages import check_languages
from usbrec.stages.lists import listing
from usbrec.stages.probing import JudgeAway, find_scoring
from usbrec.stages.probing_seats import probe_servers
from usbrec.stages.resolve import resolve, to_play
from usbrec.stages.wiring import Participants, seat_participants
from usbrec.training import Example
from usbrec.training.settings import Exchanges, Rank, Reward, Step

#: A sample's id, what was said in its dialogue (None: nothing, and the seat's model says the rest), a reply.
_Asked: TypeAlias = "tuple[str, Exchanges | None, str]"


class RolloutRewards:
    """Prompts of samples, and the episodes that follow from replies to them.

    A reply is put as the first round's, and the rest is played and scored as PODCS plays a draft: against
    the seeker who knows the targets, with the model that the seat was configured with in later rounds. It is
    taken as it stands, also where candidates are shown: nothing is drawn again or repaired, because what is
    rewarded is what the model itself said. Its episode is the same whenever it is said, so each is played
    once. Calls of models are recorded in `journal` (once that is open), a unit an episode, or not at all.

    Whole dialogues (:meth:`prompt`, :meth:`step`) are played a reply at a time: the seat's own model says
    nothing in them.

    Simulator and judge go by rules where there is a catalogue and the settings do not name them.
    """

    def __init__(self, config: Config, inputs: Inputs, journal: Journal | None) -> None:
        self.config = config
        self.inputs = inputs
        self._journal = journal
        self._samples = {sample.id: sample for sample in inputs.samples}
        check_languages(config, inputs.samples, inputs.languages, seeker_speaks=True)
        self._participants: Participants = seat_participants(
            config, inputs.prompts, inputs.catalogue, journal, languages=inputs.languages
        )
        self._known: dict[_Asked, Reward | Step] = {}
        self._loop = EventLoop()
        self._tried = False

    @classmethod
    def open(
        cls,
        config: Config,
        samples: GivenSamples,
        catalogue: GivenCatalogue | None,
        interactions: str | Path | None,
        journal: Journal | None,
    ) -> Self:
        """Raises InputError, BadLines, ConfigError, before any model is asked."""
        if listing(config) and config.train.replies != "first":
            raise ConfigError(
                "play.list_length: a list is the one reply of its episode, credited place by place; leave "
                'train.replies = "all" out.'
            )
        config = to_play(config, catalogue=catalogue is not None)
        inputs = read_inputs(config, samples, catalogue, interactions)
        return cls(resolve(config, inputs.catalogue), inputs, journal)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        with self._loop as loop:
            loop.run(self._participants.aclose())

    def decides(self) -> Mapping[str, Any]:
        """What decides the outcomes, as JSON."""
        return {
            "settings": self.config.decides(),
            "inputs": self.inputs.decides(),
            "models": dict(self._participants.identities),
        }

    def examples(self) -> tuple[Example, ...]:
        """A prompt for each sample, with its label (which is not learnt) beside it."""
        seat = self._participants.runner.recommender
        return tuple(
            Example(
                sample.id,
                sample.dialogue_id,
                tuple(message.to_json() for message in seat.prompt(sample.turns)),
                (sample.label or "").strip(),
            )
            for sample in self.inputs.samples
        )

    def __call__(self, asked: Sequence[tuple[str, str]]) -> list[Reward]:
        """The outcome of each (sample id, reply). An episode that fails has none and is tried again when it
        is next asked for.

        Raises ModelRefused when a server refuses everything, or when all fail, of more samples than one.
        """
        found = self._outcomes([(sample_id, None, text) for sample_id, text in asked])
        return [one if isinstance(one, Reward) else Reward(None) for one in found]

    def prompt(self, sample_id: str, said: Exchanges) -> tuple[Mapping[str, Any], ...]:
        """What the recommender's seat is shown behind replies and answers, as messages."""
        turns = (*self._samples[sample_id].turns, *_turns(said))
        return tuple(message.to_json() for message in self._participants.runner.recommender.prompt(turns))

    def step(self, asked: Sequence[tuple[str, Exchanges, str]]) -> list[Step]:
        """What follows each (sample id, what was said, reply): the seeker's answer, and what the judge makes
        of all that was said. Fails and raises as :meth:`__call__`; a step that fails ends its dialogue."""
        found = self._outcomes(asked)
        return [one if isinstance(one, Step) else Step(None, Reward(None)) for one in found]

    def _outcomes(self, asked: Sequence[_Asked]) -> list[Reward | Step | None]:
        wanted = [one for one in dict.fromkeys(asked) if one not in self._known]
        failed: dict[_Asked, str] = {}
        if wanted:
            self._loop.run(self._play_all(wanted, failed))
        if asked and len(failed) == len(set(asked)) and len({sample_id for sample_id, _, _ in failed}) > 1:
            raise ModelRefused(
                f"None of {len(failed)} episodes could be played, the first one with: "
                f"{next(iter(failed.values()))}\nCheck the server or object that it names, then run the same "
                "command again: it goes on from the last checkpoint."
            )
        return [self._known.get(one) for one in asked]

    def try_out(self, asked: Sequence[tuple[str, str]]) -> list[Reward]:
        """The same one after the other, without a record."""

        async def play() -> list[Reward]:
            await self._try_models(None)
            return [await self._scored(self._samples[sample_id], text) for sample_id, text in asked]

        return self._loop.run(play())

    async def _scored(self, sample: Sample, text: str) -> Reward:
        try:
            return await self._play(sample, text)
        except ModelError:
            return Reward(None)

    async def _try_models(self, journal: Journal | None) -> None:
        """Before the first episode: what the servers' models support, and how model judges score."""
        if self._tried:
            return
        await probe_servers(self._participants, self.inputs.samples, self.config, journal)
        try:
            await find_scoring(self._participants, self.inputs.samples, self.config, journal)
        except JudgeAway:
            # The episodes that need it fail one by one, and it is tried again before the next ones.
            return
        # What was not recorded is found out again where something is to be recorded.
        self._tried = journal is self._journal

    async def _play_all(self, wanted: Sequence[_Asked], failed: dict[_Asked, str]) -> None:
        await self._try_models(self._journal)
        queue = iter(wanted)
        workers = range(max(1, min(self._participants.workers, len(wanted))))
        await side_by_side(self._worker(number, queue, failed) for number in workers)

    async def _worker(self, number: int, queue: Iterator[_Asked], failed: dict[_Asked, str]) -> None:
        for asked in queue:
            sample_id, said, text = asked
            whole = said is not None
            unit = f"practice/{sample_id}/{digest([said, text] if whole else text)[:16]}"
            if (before := self._recorded(unit)) is not None:
                self._known[asked] = _read(before) if whole else Reward.from_json(before)
                continue
            token = current_scope.set(Scope(unit, number))
            try:
                sample = self._samples[sample_id]
                outcome: Reward | Step
                outcome = (
                    await self._play(sample, text) if said is None else await self._step(sample, said, text)
                )
                if self._journal is not None:
                    self._journal.record_unit(UnitRecord(unit, _written(outcome), None))
                self._known[asked] = outcome
            except ModelError as error:
                failed[asked] = f"{type(error).__name__}: {error}"
            finally:
                current_scope.reset(token)

    def _recorded(self, unit: str) -> Mapping[str, Any] | None:
        """What an earlier call made of a unit; of one that it did not finish, what is to be asked again is
        forgotten."""
        if self._journal is None:
            return None
        before = self._journal.unit(unit)
        if before is not None and before.record is not None:
            return before.record
        self._journal.forget_calls(unit, failed_only=not self._participants.restart_whole)
        return None

    async def _play(self, sample: Sample, text: str) -> Reward:
        runner = self._participants.runner
        episode = await runner.play(sample, first=Reply(text))
        return Reward(episode.score.value, episode.hit, self._ranks(sample, episode))

    def _ranks(self, sample: Sample, episode: Episode) -> tuple[Rank, ...]:
        """The places of a reply that is a list; none of any other, and of one without a score."""
        runner = self._participants.runner
        places = episode.score.detail.get("places")
        if runner.recommender.list_length == 1 or runner.knowledge is None or places is None:
            return ()
        listed = read_list(sample.turns, episode.played[0], runner.knowledge, runner.recommender.list_length)
        return tuple(map(Rank, listed.ends, gains(places)))

    async def _step(self, sample: Sample, said: Exchanges, text: str) -> Step:
        runner = self._participants.runner
        targets, round_ = Targets.of(sample, runner.knowledge), len(said) + 1
        turns, answer = (*_turns(said), Turn("recommender", text)), None
        if round_ < runner.rounds:
            heard = await runner.answered(sample, runner.simulator.seat(targets), turns, round_)
            turns = (*turns, Turn("seeker", heard.text, reasoning=heard.reasoning))
            answer = None if heard.accepted or heard.left else heard.text
        score = await runner.scored(sample, turns, targets)
        return Step(answer, Reward(score.value, runner.is_hit(sample, turns, targets)))


def _turns(said: Exchanges) -> tuple[Turn, ...]:
    return tuple(
        turn for reply, answer in said for turn in (Turn("recommender", reply), Turn("seeker", answer))
    )


def _read(record: Mapping[str, Any]) -> Step:
    return Step(record["answer"], Reward.from_json(record["reward"]))


def _written(outcome: Reward | Step) -> Mapping[str, Any]:
    if isinstance(outcome, Reward):
        return outcome.to_json()
    return {"answer": outcome.answer, "reward": outcome.reward.to_json()}
