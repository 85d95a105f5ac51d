"""verl's reward function: a reply scored by a simulated seeker's judge (`custom_reward_function`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.errors import InputError, ModelError, UnusableAnswer
from usbrec.stages.inputs import GivenCatalogue, GivenSamples
from usbrec.stages.verl_rows import DATA_SOURCE, open_for_verl


def verl_reward(
    samples: GivenSamples,
    catalogue: GivenCatalogue | None = None,
    *,
    config: Config | None = None,
    interactions: str | Path | None = None,
    unscored: float | None = None,
) -> Callable[..., dict[str, float]]:
    """A `compute_score` for the rows of `usbrec export --to verl`, opened with the same files and settings.

    It returns ``{"score", "hit", "unscored"}``: the judge's score in [0, 2], whether a target was named, and
    whether there was no score. verl cannot leave a reply out of its group: a failed or unreadable score
    raises ModelError and so ends the training, unless `unscored` says what such a reply counts as. It may be
    called from several threads. Raises as `Environment`.

    The function raises InputError for rows of something else, or of other samples or settings.
    """
    environment = open_for_verl(samples, catalogue, config=config, interactions=interactions)

    def compute_score(
        data_source: str,
        solution_str: str,
        ground_truth: str,
        extra_info: Mapping[str, Any] | None = None,
        **_: Any,
    ) -> dict[str, float]:
        told = extra_info or {}
        if data_source != DATA_SOURCE or "sample_id" not in told:
            raise InputError(
                f"A row of {data_source!r} is none of ours. Give verl rows of `usbrec export --to verl` "
                "alone, or call this function for those whose data_source is 'usbrec'."
            )
        sample_id = str(told["sample_id"])
        talk = environment.begin(sample_id)
        if told.get("environment") != environment.identity(sample_id):
            raise InputError(
                f"{sample_id}: this row was exported with another sample, other items or other settings "
                "than this reward was opened with. Export the rows again, or name the same files here."
            )
        try:
            talk.say(solution_str)
            score = talk.score()
        except ModelError:
            if unscored is None:
                raise
            score = None
        if score is None and unscored is None:
            raise UnusableAnswer(
                f"{talk.sample_id}: this reply has no score, and verl cannot leave a reply out of its "
                "group. Say what it counts as, verl_reward(..., unscored=0.0), or have rules judge."
            )
        return {
            "score": float(unscored if score is None else score),  # type: ignore[arg-type]
            "hit": float(talk.hit()),
            "unscored": float(score is None),
        }

    return compute_score
