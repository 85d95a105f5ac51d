"""Dialogues that a ranker was learnt from, or popularity counted from, among those that are measured on."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from usbrec.dialogue import Sample
from usbrec.items import Catalogue
from usbrec.items.interactions import sessions_among
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


def counted_dialogues(
    interactions: str | Path, samples: Sequence[Sample], catalogue: Catalogue
) -> frozenset[str]:
    """Ids of the dialogues whose targets a file of interactions counts as popular: what it does not mark as
    held out, under the same id and with one of the targets, because ids such as "1" stand in many files."""
    targets: dict[str, list[str]] = {}
    for sample in samples:
        targets.setdefault(sample.dialogue_id, []).extend(sample.targets)
    return frozenset(
        session.id
        for session in sessions_among(interactions, targets, catalogue)
        if {item.id for item in catalogue.resolve(targets[session.id])}.intersection(dict(session.items))
    )


def tell_of_learnt(
    ranker: str | Path | None,
    samples: Sequence[Sample],
    catalogue: Catalogue | None,
    interactions: str | Path | None = None,
) -> None:
    """A line where an evaluation is on dialogues that its ranker was learnt from, and one where it is on
    dialogues that its popularity was counted from."""
    if catalogue is None:
        return
    if interactions is not None and (counted := counted_dialogues(interactions, samples, catalogue)):
        _log.warning(
            "%s counts as popular what was recommended in %d of these %d dialogues, so figures of what goes "
            "by popularity are higher than on new ones. Leave those lines out of the file.",
            interactions,
            len(counted),
            len({sample.dialogue_id for sample in samples}),
        )
    if ranker is None or not (found := learnt_dialogues(ranker, samples, catalogue)):
        return
    _log.warning(
        "%s was learnt from %d of these %d dialogues, so figures are higher than on new ones. usbrec train "
        "ranker --leave-out FILE leaves them out.",
        ranker,
        len(found),
        len({sample.dialogue_id for sample in samples}),
    )
