"""Judge probes of a run: each model judge's way of scoring, found on the run's prompts and kept with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usbrec.config import Config
from usbrec.dialogue import Sample, Turn
from usbrec.errors import ModelError, ModelRefused
from usbrec.journal import Journal, UnitRecord
from usbrec.judge.model import ModelJudge, ModelProfileJudge, ModelTargetJudge, Question
from usbrec.judge.probe import probe
from usbrec.lockstep import Scope, current_scope
from usbrec.play.preferences.record import Preferences
from usbrec.play.targets import Targets
from usbrec.stages.wiring import Participants

#: The unit that the probe's calls belong to.
UNIT = "probe"
#: So many rows' prompts are tried.
ROWS = 3
#: Stands for a reply where no row has a label.
_REPLY = "I have something in mind. What did you like about it?"


class JudgeAway(ModelRefused):
    """A judge that did not answer when it was to be tried out."""


async def find_scoring(
    participants: Participants, samples: Sequence[Sample], config: Config, journal: Journal | None
) -> Mapping[str, Any]:
    """Have every model judge score in one way from now on; what was found, by seat, as JSON.

    What the run's journal, where it has one, holds is not asked again. Raises ModelRefused where a judge
    cannot score, JudgeAway where one does not answer.
    """
    if not samples:
        return {}
    return await scoring_of(
        participants.judges,
        lambda judge: [_prompt(participants, judge, sample) for sample in samples[:ROWS]],
        config,
        journal,
    )


async def scoring_of(
    judges: Mapping[str, ModelJudge],
    prompts: Callable[[ModelJudge], Sequence[str | Question]],
    config: Config,
    journal: Journal | None,
) -> Mapping[str, Any]:
    """The same of `judges` by their seats; `prompts` gives some of what one will be asked."""
    if not judges:
        return {}
    known = None if journal is None else journal.unit(UNIT)
    if known is not None and known.record is not None:
        for seat, judge in judges.items():
            found = known.record[seat]
            judge.scoring.way, judge.scoring.max_tokens = found["way"], found["max_tokens"]
            judge.scoring.singly = found.get("one_by_one", False)
        return known.record
    if journal is not None:
        journal.forget_calls(UNIT)
    record: dict[str, dict[str, Any]] = {}
    # Without a journal nothing is recorded: outside a unit.
    token = current_scope.set(None if journal is None else Scope(UNIT, 0))
    try:
        for seat, judge in judges.items():
            found = await probe(
                judge,
                prompts(judge),
                way=config.judging.way,
                max_tokens=config.judging.max_tokens,
                seed=config.seed,
            )
            record[seat] = found.to_json()
            # Known to a run that heeds it alone: the records of others stay as they are.
            judge.scoring.singly = found.singly and config.search.race is not None
            if judge.scoring.singly:
                record[seat]["one_by_one"] = True
    except ModelError as error:
        raise JudgeAway(
            f"The judge could not be tried out before the first row: {error}\n"
            "Check its server, then run the same command again."
        ) from None
    finally:
        current_scope.reset(token)
    if journal is None:
        return record
    return journal.record_unit(UnitRecord(UNIT, record, None)).record or record


def _prompt(participants: Participants, judge: ModelJudge, sample: Sample) -> str:
    """What the judge is asked of a row in which the recorded reply was said."""
    said = (Turn("recommender", sample.label or _REPLY),)
    outer = participants.runner.judge
    if isinstance(outer, ModelTargetJudge) and outer.base is judge:
        return outer.text(sample.turns, said, Targets.of(sample, participants.runner.knowledge))
    # Whoever judges inside a search is told no target here either.
    return ModelProfileJudge(judge).text(sample.turns, said, Preferences())
