"""Doubts about recorded dialogues: what is read of them and tells less than it seems to, said once.

None of it is an error: people log dialogues that nobody answered, and labels in words of their own. But it
counts in shares, and a share that nobody can read right is to be told of.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence

from usbrec.dialogue import RecordedDialogue
from usbrec.errors import InputWarning
from usbrec.items import Catalogue
from usbrec.judge.copies import copied, homes_of
from usbrec.judge.recorded import unread_outcome


def tell_of_doubts(where: str, dialogues: Sequence[RecordedDialogue], items: Catalogue | None) -> None:
    """An InputWarning for each kind of doubt: dialogues without a word of the recommender, dialogues that say
    the same, outcomes in words that nobody reads, ratings of what the seeker says, targets that the catalogue
    lacks. `where` is what is read."""
    for said in (
        *_unanswered(dialogues),
        *_copies(dialogues),
        *_outcomes(dialogues),
        *_rated_seekers(dialogues),
        *_targets(dialogues, items),
    ):
        warnings.warn(InputWarning(f"{where}: {said}"), stacklevel=3)


def tell_of_copies(where: str, dialogues: Sequence[RecordedDialogue]) -> None:
    """An InputWarning where dialogues say the same as others."""
    for said in _copies(dialogues):
        warnings.warn(InputWarning(f"{where}: {said}"), stacklevel=3)


def _unanswered(dialogues: Sequence[RecordedDialogue]) -> Iterator[str]:
    found = [one.id for one in dialogues if all(turn.role != "recommender" for turn in one.turns)]
    if found:
        yield (
            f"{len(found)} of {len(dialogues)} dialogues have no turn of the recommender, such as "
            f"{found[0]!r}. They count as dialogues in which nothing is recommended; leave them out where a "
            "log is not whole."
        )


def _copies(dialogues: Sequence[RecordedDialogue]) -> Iterator[str]:
    found = copied(homes_of(dialogues))
    if found:
        name, home = found[0]
        yield (
            f"{len(found)} of {len(dialogues)} dialogues say the same as another one under an id of their "
            f"own, such as {name!r} and {home!r}. Each counts in means, and those that say the same are one "
            "dialogue in intervals."
        )


def _rated_seekers(dialogues: Sequence[RecordedDialogue]) -> Iterator[str]:
    found = [
        (one.id, name)
        for one in dialogues
        for turn, rated in zip(one.turns, one.turn_ratings, strict=False)
        if turn.role == "seeker"
        for name in rated
    ]
    if found:
        place, name = found[0]
        yield (
            f"{len(found)} ratings stand on what a seeker says, such as {name!r} in {place!r}, and count for "
            "nothing: a rating of a reply stands on the recommender's turn."
        )


def _outcomes(dialogues: Sequence[RecordedDialogue]) -> Iterator[str]:
    found = [(one.id, told) for one in dialogues if (told := unread_outcome(one.labels)) is not None]
    if found:
        place, told = found[0]
        yield (
            f"{len(found)} of {len(dialogues)} dialogues have an outcome in their labels that is not read, "
            f"such as {told!r} of {place!r}: what it says counts for nothing. Write accepted or rejected."
        )


def _targets(dialogues: Sequence[RecordedDialogue], items: Catalogue | None) -> Iterator[str]:
    if items is None:
        return
    with_targets = [one for one in dialogues if one.targets]
    lacking = [
        (one.id, lacks) for one in with_targets if (lacks := [t for t in one.targets if not items.find(t)])
    ]
    if not lacking:
        return
    place, titles = lacking[0]
    as_ids = next((title for _, lacks in lacking for title in lacks if items.get(title) is not None), None)
    hint = (
        ""
        if as_ids is None
        else f" {as_ids!r} is an id of it: targets are titles, as the catalogue writes them."
    )
    yield (
        f"{len(lacking)} of {len(with_targets)} dialogues with targets have some that the catalogue lacks, "
        f"such as {titles[0]!r} of {place!r}. These are found in what is said by their words alone.{hint}"
    )
