"""Dialogues that a ranker was learnt from among those that it is measured on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from usbrec.dialogue import Sample
from usbrec.items import Catalogue
from usbrec.items.retrieval.learnt_from import read_learnt_from

_log = logging.getLogger(__name__)


def learnt_dialogues(
    ranker: str | Path, samples: Sequence[Sample], catalogue: Catalogue
) -> frozenset[str] | None:
    """Ids of the dialogues that a ranker was learnt from; None where its folder does not say."""
    learnt = read_learnt_from(ranker)
    if learnt is None:
        return None
    by_dialogue: dict[str, list[int]] = {}
    for place, sample in enumerate(samples):
        by_dialogue.setdefault(sample.dialogue_id, []).append(place)
    found = set()
    for dialogue, places in by_dialogue.items():
        those = [samples[place] for place in places]
        if learnt.holds(those, {item.id for one in those for item in catalogue.resolve(one.targets)}):
            found.add(dialogue)
    return frozenset(found)


def tell_of_learnt(ranker: str | Path | None, samples: Sequence[Sample], catalogue: Catalogue | None) -> None:
    """A line where an evaluation is on dialogues that its ranker was learnt from."""
    if ranker is None or catalogue is None or not (found := learnt_dialogues(ranker, samples, catalogue)):
        return
    _log.warning(
        "%s was learnt from %d of these %d dialogues, so figures are higher than on new ones. usbrec train "
        "ranker --leave-out FILE leaves them out.",
        ranker,
        len(found),
        len({sample.dialogue_id for sample in samples}),
    )
