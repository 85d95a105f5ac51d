"""Fits the manner of `rules:people` (play/seekers/manner.py) to what people of ReDial's raw dialogues do.

    python bench/fit_seekers.py ../shared/data/redial_raw/train_sample.jsonl \\
        --catalogue ../shared/data/redial/id2info.json

Half of the dialogues (by a hash of their ids) are fitted on; `--other-half FILE` writes the other ones, to
measure on. Nothing is searched for: `likes_from` is the similarity above which as many recommendations lie
as people like, the shares are those of people's answers that tell or ask something, and `chats_...` is what
was missing of people's words, over the mean length of a sentence that tells nothing (7 words), when the
seeker without it (`usbrec fidelity`) answered the same half.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from usbrec.data import read_dialogues, read_opinions
from usbrec.evaluation.fidelity.points import Point, points_of
from usbrec.evaluation.fidelity.reading import read_answer
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.judge.recorded import RecordedFacts
from usbrec.keys import derive_seed
from usbrec.stages.inputs import read_catalogue


def fitted_on(dialogue_id: str) -> bool:
    return derive_seed(0, "fit seekers", dialogue_id) % 2 == 0


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the manner of seekers to people.")
    parser.add_argument("dialogues", type=Path)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--other-half", type=Path)
    given = parser.parse_args()
    if given.other_half:
        lines = given.dialogues.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not fitted_on(str(json.loads(line)["conversationId"]))]
        given.other_half.write_text("".join(kept), encoding="utf-8")
    items = read_catalogue(given.catalogue, None)
    knowledge = Knowledge.of(items, Similarity(), seed=0, baseline_items=1)
    facts = RecordedFacts(knowledge)
    opinions = read_opinions(given.dialogues)
    points = [
        point
        for dialogue in read_dialogues(given.dialogues)
        if fitted_on(dialogue.id)
        for point in points_of(dialogue, opinions[dialogue.id], facts)
        if point.targets
    ]
    told = [point for point in points if point.reaction is not None]
    near = [max(_near(point, one, knowledge) for one in point.recommended) for point in told]
    liked = float(np.mean([point.reaction == "accepted" for point in told]))
    print(
        f"dialogues {len({point.dialogue_id for point in points})}, answers {len(points)}, forms {len(told)}"
    )
    print(f"likes_from {np.quantile(near, 1 - liked):.3f} (people like {liked:.3f})")
    groups = {
        "liked": [point for point in told if point.reaction == "accepted"],
        "declined": [point for point in told if point.reaction == "declined"],
        "recommended": [point for point in points if point.recommended],
        "else": [point for point in points if not point.recommended],
    }
    for name, group in groups.items():
        read = [read_answer(point.answer, None, point.turns, facts) for point in group]
        says = [one["says"] for one in read if one["says"] is not None]
        shares = {way: round(says.count(way) / len(says), 3) for way in sorted(set(says))}
        tells, asks = _mean(bool(one["tells"]) for one in read), _mean(one["asks"] for one in read)
        words = _mean(one["words"] for one in read)
        print(f"{name}: n {len(group)}, tells {tells:.3f}, asks {asks:.3f}, words {words:.2f}, says {shares}")


def _near(point: Point, item_id: str, knowledge: Knowledge) -> float:
    targets = [knowledge.traits[item.id] for item in knowledge.catalogue.resolve(point.targets)]
    traits = knowledge.traits.get(item_id)
    return 0.0 if traits is None else knowledge.similarity.best(traits, targets)


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


if __name__ == "__main__":
    main()
