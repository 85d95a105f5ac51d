"""`usbrec train judge`: dialogues that people rated in, a judge's folder out."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.data import read_dialogues
from usbrec.dialogue import RecordedDialogue
from usbrec.engine import Progress, Silent, step
from usbrec.errors import ConfigError, InputError, InputWarning, Interrupted
from usbrec.evaluation.agreement.correlation import agreement_of
from usbrec.evaluation.agreement.measured import ALL, measured_of
from usbrec.evaluation.agreement.summary import people_and_judge
from usbrec.evaluation.runs.results import rounded
from usbrec.judge.aspects import ASPECTS
from usbrec.judge.trained.features import Encode
from usbrec.judge.trained.learning import learn_judge
from usbrec.judge.trained.model import FILE, Ratings, judge_to_json
from usbrec.keys import derive_seed, digest
from usbrec.stages.doubts import tell_of_copies
from usbrec.stages.thoughts import without_thoughts
from usbrec.stages.trained_seat import CachedEncoder, sentence_encoder
from usbrec.storage import write_text


def make_judge(
    dialogues: Sequence[str | Path],
    out: str | Path,
    *,
    config: Config | None = None,
    kind: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Any]:
    """Learn a judge from files of dialogues that people rated, for ``--judge trained:OUT``; returns what its
    file says of it.

    What it is worth is measured while dialogues are left out, and while systems are, with settings chosen
    inside the folds. Without the extra ``retrieval`` it learns from words alone. The same files give the same
    file. Raises InputError or BadLines for the dialogues, RunFolderError never: a judge is made in seconds
    and written as a whole.
    """
    config = config or Config()
    progress = progress or Silent()
    with step(progress, "reading dialogues"):
        found = _dialogues(dialogues, kind)
    out = Path(out)
    try:
        learnt = learn_judge(found, _encoder(), name=f"trained:{out}", seed=config.seed, progress=progress)
        with step(progress, "agreement and intervals"):
            figures = {
                way: _agreement(found, ratings, config) for way, ratings in sorted(learnt.left_out.items())
            }
    except KeyboardInterrupt:
        raise Interrupted("Stopped. Nothing was written; the same command begins again.") from None
    rated = [one for one in found if one.id in learnt.left_out["dialogues"]]
    where = ", ".join(map(str, dialogues))
    tell_of_copies(where, rated)
    if len(rated) < len(found):
        told = (
            f"{len(found) - len(rated)} of {len(found)} dialogues have no rating of the overall satisfaction"
        )
        warnings.warn(
            InputWarning(f"{where}: {told}, or no reply: nothing is learnt from these"), stacklevel=2
        )
    agreement = measured_of(rated, {"agreement": figures["dialogues"], "held_out": len(rated)})
    judge = learnt.judge
    about = {
        "dialogues": digest([one.to_json() for one in rated])[:16],
        **judge.about,
        "cross_validated": figures,
        "agreement": agreement,
    }
    made = judge_to_json(
        type(judge)(judge.name, judge.lines, judge.encode, rounded(about), judge.known),
        None if judge.encode is None else CachedEncoder.name,
    )
    write_text(out / FILE, _written(made))
    return made


def _written(made: Mapping[str, Any]) -> str:
    """Indented to be read, but for what is known of single dialogues, which has a line each."""
    known = ",\n".join(f"  {json.dumps(key)}: {json.dumps(one)}" for key, one in made["known"].items())
    rest = json.dumps({**made, "known": {}}, indent=1, ensure_ascii=False)
    return rest.removesuffix("{}\n}") + "{\n" + known + "\n }\n}\n"


def _dialogues(paths: Sequence[str | Path], kind: str | None) -> tuple[RecordedDialogue, ...]:
    found: dict[str, RecordedDialogue] = {}
    for path in paths:
        for dialogue in read_dialogues(path, kind):
            if dialogue.id in found:
                raise InputError(
                    f"{path}: dialogue {dialogue.id!r} stands in an earlier file as well. Give the dialogues "
                    "of one file other ids, or name the file once."
                )
            found[dialogue.id] = dialogue
    return tuple(without_thoughts(tuple(found.values()), "auto", ", ".join(map(str, paths))))


def _encoder() -> Encode | None:
    """The packaged sentence encoder; None where the extra that carries it is missing."""
    encode = sentence_encoder()
    try:
        encode(["Is anybody there?"])
    except ConfigError:
        return None
    return encode


def _agreement(
    dialogues: Sequence[RecordedDialogue], ratings: Mapping[str, Ratings], config: Config
) -> dict[str, Any]:
    """By rating and data set, as `usbrec agreement` states it."""
    kept = [one for one in dialogues if one.id in ratings]
    rows = [
        {
            "failed": None,
            "aspects": {name: {"value": value} for name, value in told.whole.items()},
            "turns": [
                {"turn": place, "aspects": {name: {"value": value} for name, value in given.items()}}
                for place, given in told.turns.items()
            ],
        }
        for told in (ratings[one.id] for one in kept)
    ]
    pairs = people_and_judge(kept, rows, tuple(ASPECTS.values()))
    return {
        rating: {
            dataset: agreement_of(
                of,
                seed=derive_seed(config.seed, rating, dataset),
                resamples=config.statistics.resamples,
            )
            for dataset, of in sets.items()
            if dataset != ALL or rating in ("dialogue_overall", "overall")
        }
        for rating, sets in pairs.items()
    }
