"""Training environment: simulated seekers for a trainer of somebody else's, turn by turn.

Who trains with a loop of their own (TRL, verifiers, verl) asks for a prompt, says what their model replied,
hears the seeker's answer and, at the end, the score. The dialogues are those that policy gradient here learns
from: the same seeker, judge and seeds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from usbrec.config import Config
from usbrec.dialogue import Reply, Sample, Turn
from usbrec.event_loop import EventLoop
from usbrec.keys import canonical_json, derive_seed
from usbrec.play.targets import Targets
from usbrec.stages.languages import check_languages
from usbrec.stages.resolve import resolve, to_play
from usbrec.stages.run_folder import GivenCatalogue, GivenSamples, read_inputs
from usbrec.stages.wiring import seat_participants


class Environment:
    """Prompts of samples, and seekers who answer what is replied to them.

    Simulator and judge go by rules where there is a catalogue and `config` does not name them. Nothing is
    recorded. Raises InputError, BadLines, ConfigError; :meth:`close` it, or use it as a context manager.
    """

    def __init__(
        self, samples: GivenSamples, catalogue: GivenCatalogue | None = None, *, config: Config | None = None
    ) -> None:
        config = to_play(config or Config(), catalogue=catalogue is not None)
        inputs = read_inputs(config, samples, catalogue, None)
        config = resolve(config, inputs.catalogue)
        check_languages(config, inputs.samples, inputs.languages, seeker_speaks=True)
        self._samples = {sample.id: sample for sample in inputs.samples}
        self._participants = seat_participants(
            config, inputs.prompts, inputs.catalogue, languages=inputs.languages
        )
        self._loop = EventLoop()
        self._by_prompt: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        with self._loop as loop:
            loop.run(self._participants.aclose())

    def prompts(self) -> list[dict[str, Any]]:
        """For each sample ``{"prompt": messages, "sample_id"}``, as a data set of TRL has its rows."""
        seat = self._participants.runner.recommender
        rows = []
        for sample in self._samples.values():
            messages = [message.to_json() for message in seat.prompt(sample.turns)]
            self._by_prompt[canonical_json(messages)] = sample.id
            rows.append({"prompt": messages, "sample_id": sample.id})
        return rows

    def begin(self, sample_id: str) -> Talk:
        """A new dialogue on a sample; the same replies get the same answers. Raises KeyError."""
        return Talk(self, self._samples[sample_id])

    def begin_at(self, prompt: Sequence[Mapping[str, Any]]) -> Talk:
        """The same by one of :meth:`prompts`, for trainers that hand on nothing else. Raises KeyError."""
        if not self._by_prompt:
            self.prompts()
        return self.begin(self._by_prompt[canonical_json([dict(message) for message in prompt])])


class Talk:
    """One dialogue: :meth:`say` what the recommender replies until the answer is None, then :meth:`score`."""

    def __init__(self, environment: Environment, sample: Sample) -> None:
        self._environment = environment
        self._runner = environment._participants.runner
        self._sample = sample
        self._targets = Targets.of(sample, self._runner.knowledge)
        self._seeker = self._runner.simulator.seat(self._targets)
        self._seed = derive_seed(self._runner.seed, sample.id)
        self._round = 0
        self.played: tuple[Turn, ...] = ()

    def say(self, text: str) -> str | None:
        """What the seeker answers; None where the dialogue has ended. Raises ModelError where a model in the
        seeker's seat fails, and ValueError after the end."""
        rounds = self._runner.rounds
        if self._round == rounds:
            raise ValueError(f"{self._sample.id}: this dialogue has ended. Begin another.")
        self._round += 1
        reply = Reply(text)
        self.played = (*self.played, Turn("recommender", reply.text))
        if self._round == rounds:
            return None
        answer = self._environment._loop.run(
            self._seeker.answer(
                (*self._sample.turns, *self.played),
                explain=self._round == rounds - 1,
                seed=derive_seed(self._seed, "seeker", self._round),
            )
        )
        self.played = (*self.played, Turn("seeker", answer.text, reasoning=answer.reasoning))
        if answer.accepted or answer.left:
            self._round = rounds
            return None
        return answer.text

    def score(self) -> float | None:
        """The judge's score of what was said, in [0, 2]; None where it could not be read. Raises
        ModelError."""
        judged = self._runner.judge.score(
            self._sample.turns, self.played, self._targets, seed=derive_seed(self._seed, "judge")
        )
        return self._environment._loop.run(judged).value
