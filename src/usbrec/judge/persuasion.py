"""Persuasiveness of an explanation: iEvaLM's second figure of free chat (Wang et al. 2023, section 4).

A model in the judge's seat says 0, 1 or 2, read like the iEval score: exactly where log-probabilities are
to be had, else by votes. Rules cannot tell whether an explanation persuades, so with rules in the judge's
seat there is no such figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Score, Turn
from usbrec.judge.model import ModelJudge
from usbrec.play.seats import transcript
from usbrec.play.seekers.facts import describe_items
from usbrec.play.targets import Targets


@dataclass(frozen=True)
class PersuasionJudge:
    base: ModelJudge

    async def rate(
        self, context: Sequence[Turn], played: Sequence[Turn], targets: Targets, *, seed: int
    ) -> Score:
        """0: the targets stay more attractive, 1: as attractive, 2: less so. Raises ModelError."""
        text = self.base.prompts.render(
            "judge_persuasion",
            targets="; ".join(targets.titles),
            facts=describe_items(targets.items) or "nothing more is known",
            conversation=transcript((*context, *played)),
        )
        return await self.base.ask(text, seed=seed)
