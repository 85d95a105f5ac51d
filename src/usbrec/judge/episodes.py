"""Episodes: a sample played and scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Episode, Reply, Sample, Score, Turn
from usbrec.items.knowledge import Knowledge
from usbrec.judge.base import TargetJudge
from usbrec.judge.facts import nothing_fits_said, reply_facts
from usbrec.keys import derive_seed
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.relay import play_on
from usbrec.play.seekers.base import Seeker, SeekerAnswer, TargetSimulator
from usbrec.play.targets import Targets


@dataclass(frozen=True)
class EpisodeRunner:
    """Everyone who takes part in an episode, and for how many rounds.

    From a reply that is given, at most `horizon` rounds are played (None: to the episode's end).
    """

    recommender: RecommenderSeat
    simulator: TargetSimulator
    judge: TargetJudge
    rounds: int
    seed: int
    knowledge: Knowledge | None = None
    horizon: int | None = None

    @property
    def played_rounds(self) -> int:
        """Rounds that are played from a given reply on, its own among them."""
        return self.rounds if self.horizon is None else min(self.rounds, self.horizon)

    async def play(self, sample: Sample, *, first: Reply | None = None) -> Episode:
        """Play `sample` on and score it; with `first`, from that reply on. Raises ModelError.

        The seed of every draw comes from the run's seed and the sample's id, so rows do not share
        their draws, and all first replies of one sample meet the same seeker.
        """
        targets = Targets.of(sample, self.knowledge)
        seed = derive_seed(self.seed, sample.id)
        played = await play_on(
            sample.turns,
            recommender=self.recommender,
            seeker=self.simulator.seat(targets),
            rounds=self.rounds if first is None else self.played_rounds,
            seed=seed,
            first=first,
            task=sample.told_task,
        )
        score = await self.scored(sample, played.turns, targets)
        return Episode(
            sample=sample,
            played=played.turns,
            score=score,
            hit=self.is_hit(sample, played.turns, targets),
            leaks=played.leaks,
            facts=reply_facts(
                sample.turns,
                played.turns,
                unfinished=played.unfinished,
                ran_on=played.ran_on,
                seeker_ran_on=played.seeker_ran_on,
                targets=targets,
                groundings=played.groundings,
            ),
            traces=played.traces,
        )

    async def answered(
        self, sample: Sample, seeker: Seeker, said: Sequence[Turn], round_: int
    ) -> SeekerAnswer:
        """What the seeker answers the reply of a round that is not the last, as in :meth:`play`; `said` ends
        with it. Raises ModelError."""
        return await seeker.answer(
            (*sample.turns, *said),
            explain=round_ == self.rounds - 1,
            seed=derive_seed(derive_seed(self.seed, sample.id), "seeker", round_),
        )

    async def scored(self, sample: Sample, said: Sequence[Turn], targets: Targets) -> Score:
        """What the judge makes of what was said, as in :meth:`play`. Raises ModelError."""
        seed = derive_seed(derive_seed(self.seed, sample.id), "judge")
        return await self.judge.score(sample.turns, said, targets, seed=seed)

    def is_hit(self, sample: Sample, played: Sequence[Turn], targets: Targets) -> bool:
        """Whether the recommender named a target or, where nothing fits, said so."""
        if targets.nothing_fits and self.knowledge is not None:
            return nothing_fits_said(sample.turns, played, self.knowledge)
        return targets.named_in([turn for turn in played if turn.role == "recommender"])
