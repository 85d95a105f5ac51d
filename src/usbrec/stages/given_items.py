"""Ids that a file gives with its replies as the catalogue has them: several in a cell, numbers of frames."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import replace

from usbrec.dialogue import RecordedDialogue
from usbrec.errors import InputWarning
from usbrec.items import Catalogue


def with_known_items(
    where: str, dialogues: Sequence[RecordedDialogue], items: Catalogue
) -> tuple[RecordedDialogue, ...]:
    """The dialogues, in which an id that the catalogue lacks is read otherwise where that gives ids of it:
    "12,13" as two, "12.0" of a frame's column with gaps as 12. It is told."""
    changed: list[str] = []

    def known(item_id: str) -> Iterator[str]:
        parts = _parts(item_id, items) if items.get(item_id) is None else ()
        if parts:
            changed.append(item_id)
        yield from parts or (item_id,)

    found = []
    for one in dialogues:
        if any(turn.items for turn in one.turns):
            turns = tuple(
                replace(turn, items=tuple(dict.fromkeys(part for item in turn.items for part in known(item))))
                if turn.items
                else turn
                for turn in one.turns
            )
            one = replace(one, turns=turns)
        found.append(one)
    if changed:
        read = ", ".join(map(repr, _parts(changed[0], items)))
        warnings.warn(
            InputWarning(
                f"{where}: {len(changed)} ids of recommended items are not in the catalogue as they are "
                f"written ({changed[0]!r}), and are read as {read}"
            ),
            stacklevel=3,
        )
    return tuple(found)


def _parts(item_id: str, items: Catalogue) -> tuple[str, ...]:
    """The catalogue's ids that an id that it lacks stands for; none where some part is no id either."""
    parts = tuple(one.strip() for one in item_id.split(","))
    whole = tuple(one.removesuffix(".0") if one.removesuffix(".0").isdecimal() else one for one in parts)
    for read in (parts, whole):
        if read != (item_id,) and all(items.get(one) is not None for one in read):
            return read
    return ()
