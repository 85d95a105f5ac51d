"""Namesakes: what tells items of one title apart, who made them or, where nobody did, what else they are.

Hotels of one name are in two towns, jobs in two companies, and a town in brackets behind the title says which
is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from usbrec.dialogue import Item
from usbrec.items.constraints.column_roles import is_maker, is_origin
from usbrec.items.constraints.column_types import names_of, yes_or_no

#: Longer cells are no names.
_LONGEST = 40


def told_apart_by(item: Item, others: Sequence[Item]) -> str | None:
    """Whom or what to name beside an item's title so that it is none of the `others`; None where nothing
    tells them apart."""
    theirs = {name.casefold() for other in others for name in other.people}
    for name in item.people:
        if name.casefold() not in theirs:
            return name
    for column in sorted(item.extra, key=lambda one: not (is_maker(one) or is_origin(one))):
        said = {name.casefold() for other in others for name in _names(other.extra.get(column, ""))}
        for name in _names(item.extra[column]):
            if name.casefold() not in said:
                return name
    return None


def cells_beside(item: Item) -> Iterator[str]:
    """What may be named beside an item's title in place of its people."""
    for cell in item.extra.values():
        yield from _names(cell)


def _names(cell: str) -> Iterator[str]:
    """The names in a cell: short, with a letter first, no yes and no address."""
    if not cell or "://" in cell or len(cell) > 2 * _LONGEST:
        return
    for name in names_of(cell):
        if name[:1].isalpha() and len(name) <= _LONGEST and "(" not in name and yes_or_no(name) is None:
            yield name
