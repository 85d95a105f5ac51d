"""Training environment: simulated seekers for a trainer of somebody else's, turn by turn.

Who trains with a loop of their own (TRL, verifiers, verl) asks for a prompt, says what their model replied,
hears the seeker's answer and, at the end, the score. The dialogues are those that policy gradient here learns
from: the same seeker, judge and seeds.
"""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any, Self, TypeVar

from usbrec.config import Config
from usbrec.dialogue import Reply, Sample, Turn
from usbrec.errors import InputError, InputWarning, ModelError, ModelRefused
from usbrec.event_loop import LoopThread
from usbrec.keys import canonical_json, digest
from usbrec.llm.reasoning import separate
from usbrec.llm.recorded import Unreachable
from usbrec.play.targets import Targets
from usbrec.stages.inputs import GivenCatalogue, GivenSamples, read_inputs
from usbrec.stages.languages import check_languages
from usbrec.stages.own_seats import with_objects
from usbrec.stages.probing import find_scoring
from usbrec.stages.probing_seats import probe_servers
from usbrec.stages.resolve import resolve, to_play
from usbrec.stages.wiring import seat_participants

T = TypeVar("T")


class _LearnsElsewhere(Unreachable):
    """The recommender's model, which somebody else's trainer asks; any number of dialogues go on at once."""

    parallel = True


class Environment:
    """Prompts of samples, and seekers who answer what is replied to them.

    Simulator and judge go by rules where there is a catalogue and `config` does not name them. Nothing is
    recorded. Seekers and judge work in a thread of their own, so that dialogues can be played from several
    threads and from async programs (:meth:`Talk.asay`, :meth:`Talk.ascore`); with models in the seats, as
    many at once as `models.concurrency` says.

    Raises InputError, BadLines, ConfigError, also for a seat that cannot be opened; :meth:`close` it, or use
    it as a context manager.
    """

    def __init__(
        self,
        samples: GivenSamples,
        catalogue: GivenCatalogue | None = None,
        *,
        config: Config | None = None,
        interactions: str | Path | None = None,
    ) -> None:
        # No model is opened for the one that learns elsewhere: it is not asked here.
        objects = {"recommender": _LearnsElsewhere("learns elsewhere")}
        config = with_objects(to_play(config or Config(), catalogue=catalogue is not None), objects)
        inputs = read_inputs(config, samples, catalogue, interactions)
        if not inputs.samples:
            raise InputError("There is no sample to play. Name a file, or give a list, that holds some.")
        config = resolve(config, inputs.catalogue)
        check_languages(config, inputs.samples, inputs.languages, seeker_speaks=True)
        self.config = config
        self._samples = {sample.id: sample for sample in inputs.samples}
        self._participants = seat_participants(
            config, inputs.prompts, inputs.catalogue, objects=objects, languages=inputs.languages
        )
        self._decides = {
            "settings": config.decides(),
            "inputs": {name: what for name, what in inputs.decides().items() if name != "samples"},
            "models": dict(self._participants.identities),
        }
        self._thread = LoopThread()
        self._at_once = asyncio.Semaphore(max(1, self._participants.workers))
        self._trying = asyncio.Lock()
        self._tried = False
        self._by_prompt: dict[str, str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        try:
            self._thread.run(self._participants.aclose())
        finally:
            self._thread.close()

    def identity(self, sample_id: str) -> str:
        """16 hex digits that change with whatever decides a sample's prompt, answers and score: settings, the
        sample, catalogue, and the models in the seats of seeker and judge."""
        return digest({**self._decides, "sample": self.sample(sample_id).to_json()})[:16]

    @property
    def sample_ids(self) -> tuple[str, ...]:
        return tuple(self._samples)

    def sample(self, sample_id: str) -> Sample:
        """Raises InputError where there is none of this id."""
        if sample_id not in self._samples:
            raise InputError(
                f"{sample_id!r}: this environment has no sample of that id. Open it with the file that the "
                "rows were made from, and with the same settings."
            )
        return self._samples[sample_id]

    def prompts(self) -> list[dict[str, Any]]:
        """For each sample ``{"prompt": messages, "sample_id"}``, as a data set of TRL has its rows."""
        return [{"prompt": self.prompt(sample_id), "sample_id": sample_id} for sample_id in self.sample_ids]

    def prompt(self, sample_id: str) -> list[dict[str, Any]]:
        """What the recommender's model is asked first, as messages. Raises InputError."""
        seat = self._participants.runner.recommender
        return [message.to_json() for message in seat.prompt(self.sample(sample_id).turns)]

    def begin(self, sample_id: str) -> Talk:
        """A new dialogue on a sample; the same replies get the same answers. Raises InputError."""
        return Talk(self, self.sample(sample_id))

    def begin_at(self, prompt: Sequence[Mapping[str, Any]]) -> Talk:
        """The same by one of :meth:`prompts`, for trainers that hand on nothing else. Raises InputError for
        another prompt, and as :meth:`check_prompts`."""
        sample_id = self._prompted().get(_key(prompt))
        if sample_id is None:
            raise InputError(
                "This prompt is none of the environment's. Train on the rows of `prompts()`, made with the "
                "same samples and settings."
            )
        return self.begin(sample_id)

    def check_prompts(self) -> None:
        """Raises InputError where two samples have one prompt, so that it says nobody's seeker."""
        self._prompted()

    def _prompted(self) -> dict[str, str]:
        if self._by_prompt is None:
            known: dict[str, str] = {}
            for row in self.prompts():
                other = known.setdefault(_key(row["prompt"]), row["sample_id"])
                if other != row["sample_id"]:
                    raise InputError(
                        f"Samples {other!r} and {row['sample_id']!r} have the same prompt, and a trainer "
                        "that hands on prompts alone cannot say whose seeker is to answer. Leave one out."
                    )
            self._by_prompt = known
        return self._by_prompt

    def say_all(self, talks: Sequence[Talk], replies: Sequence[str]) -> list[str | None]:
        """What the seekers of several dialogues answer, asked side by side; a dialogue whose seeker fails has
        ended (None), and :attr:`Talk.failed` says why. Raises ModelRefused where a server refuses all."""
        return self._thread.run(
            _gathered([self._heard(talk, text) for talk, text in zip(talks, replies, strict=True)])
        )

    def scores(self, talks: Sequence[Talk]) -> list[float | None]:
        """The scores of several dialogues; None for one that failed or whose score cannot be read, which an
        InputWarning counts.

        Raises ModelRefused where none has a score and more than one sample was played.
        """
        found = self._thread.run(_gathered([self._scored(talk) for talk in talks]))
        lost = [talk for talk, value in zip(talks, found, strict=True) if value is None]
        if not lost:
            return found
        why = next((talk.failed for talk in lost if talk.failed), "the judge's answer cannot be read.")
        told = f"{len(lost)} of {len(talks)} dialogues have no score, the first because {why}"
        if len(lost) == len(talks) and len({talk.sample_id for talk in talks}) > 1:
            raise ModelRefused(f"{told}\nCheck the models in the seeker's and the judge's seats.")
        warnings.warn(f"{told} They are not learnt from.", InputWarning, stacklevel=2)
        return found

    async def _heard(self, talk: Talk, text: str) -> str | None:
        try:
            return await self._limited(talk._say(text))
        except ModelError:
            return None

    async def _scored(self, talk: Talk) -> float | None:
        try:
            return await self._limited(talk._score())
        except ModelError:
            return None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._thread.run(self._limited(work))

    async def arun(self, work: Coroutine[Any, Any, T]) -> T:
        return await self._thread.call(self._limited(work))

    async def _limited(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            async with self._trying:
                await self._try_models()
            async with self._at_once:
                return await work
        finally:
            work.close()

    async def _try_models(self) -> None:
        """Before the first answer: what servers' models support, and how model judges score."""
        if self._tried:
            return
        samples = tuple(self._samples.values())
        await probe_servers(self._participants, samples, self.config, None)
        await find_scoring(self._participants, samples, self.config, None)
        self._tried = True


async def _gathered(works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
    return [task.result() for task in tasks]


def _key(prompt: Sequence[Mapping[str, Any]]) -> str:
    """The same for a prompt that went through a table, which gives its messages empty fields."""
    return canonical_json([{name: what for name, what in one.items() if what is not None} for one in prompt])


class Talk:
    """One dialogue: :meth:`say` what the recommender replies until the answer is None, then :meth:`score`.

    A reply's thoughts are told apart as `models.reasoning` says and not heard. A reply without a word ends
    the dialogue with the lowest score, 0: it is none to any seat. One whose thoughts used up its tokens ends
    it too, and has no score, as in `usbrec train grpo`. `played` is what was said since the prompt, `failed`
    why a model in a seat did not answer; a dialogue that failed has no score.
    """

    def __init__(self, environment: Environment, sample: Sample) -> None:
        self._environment = environment
        self._runner = environment._participants.runner
        self._sample = sample
        self._targets = Targets.of(sample, self._runner.knowledge)
        self._seeker = self._runner.simulator.seat(self._targets)
        self._round = 0
        self._silent: float | None = 0.0
        self._spoken = True
        self.sample_id = sample.id
        self.failed: str | None = None
        self.played: tuple[Turn, ...] = ()

    @property
    def ended(self) -> bool:
        return self._round == self._runner.rounds

    def say(self, text: str) -> str | None:
        """What the seeker answers; None where the dialogue has ended. Raises ModelError where a model in the
        seeker's seat fails, and ValueError after the end."""
        return self._environment.run(self._say(text))

    async def asay(self, text: str) -> str | None:
        """The same, awaited."""
        return await self._environment.arun(self._say(text))

    def score(self) -> float | None:
        """The judge's score of what was said, in [0, 2]; None where there is none to be read. Raises
        ModelError where the judge fails, and ValueError where nothing was said yet."""
        return self._environment.run(self._score())

    async def ascore(self) -> float | None:
        """The same, awaited."""
        return await self._environment.arun(self._score())

    def hit(self) -> bool:
        """Whether a target was named (or, where nothing fits, that was said)."""
        return self._runner.is_hit(self._sample, self.played, self._targets)

    async def _say(self, text: str) -> str | None:
        rounds = self._runner.rounds
        if self.ended:
            raise ValueError(f"{self.sample_id}: this dialogue has ended. Begin another.")
        found = separate(text, self._environment.config.models.reasoning)
        reply = Reply(found.text.strip(), reasoning=found.reasoning)
        if not reply.text:
            self._round, self._spoken = rounds, False
            self._silent = None if found.open else 0.0
            return None
        self._round += 1
        self.played = (*self.played, Turn("recommender", reply.text, reasoning=reply.reasoning))
        if self.ended:
            return None
        try:
            answer = await self._runner.answered(self._sample, self._seeker, self.played, self._round)
        except ModelError as error:
            self._round, self.failed = rounds, _told(error)
            raise
        self.played = (*self.played, Turn("seeker", answer.text, reasoning=answer.reasoning))
        if answer.accepted or answer.left:
            self._round = rounds
            return None
        return answer.text

    async def _score(self) -> float | None:
        if not self._spoken:
            return self._silent
        if not self.played:
            raise ValueError(f"{self.sample_id}: nothing was said yet that could be scored.")
        if self.failed is not None:
            return None
        try:
            judged = await self._runner.scored(self._sample, self.played, self._targets)
        except ModelError as error:
            self.failed = _told(error)
            raise
        return judged.value


def _told(error: ModelError) -> str:
    return f"{type(error).__name__}: {error}"
