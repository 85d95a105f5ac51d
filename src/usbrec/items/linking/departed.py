"""Departed titles: items that the catalogue has lost while somebody talks, and which are not to be named.

A dialogue that began before may name them still, and a model says again what it has read. Where they stand in
a text, it is as if somebody had made them up: they are out of the catalogue.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from usbrec.dialogue import Item
from usbrec.items.catalogue import Catalogue
from usbrec.items.linking.linker import Linker
from usbrec.items.linking.reading import LinkedText

#: So many are remembered, those that went last.
_MOST = 20_000


class DepartedLinker(Linker):
    """Reads texts as `linker` does, and beside that the titles of the items `departed` as unknown ones."""

    def __init__(self, linker: Linker, departed: Iterable[Item]) -> None:
        self.departed = tuple(departed)
        self._of_departed = Linker(self.departed)
        self._gathered(linker._forms, linker._near)

    def _reading(self, text: str) -> LinkedText:
        linked = super()._reading(text)
        taken = [(mention.start, mention.end) for mention in linked.mentions]
        taken += linked.unknown
        gone = [
            (mention.start, mention.end)
            for mention in self._of_departed.link(text)
            if not any(start < mention.end and mention.start < end for start, end in taken)
        ]
        return LinkedText(text, linked.mentions, sorted([*linked.unknown, *gone])) if gone else linked


def after(linker: Linker, catalogue: Catalogue, before: Catalogue, reader: Linker) -> Linker:
    """The linker of a `catalogue` that comes after the one `before`, which `reader` has read until now."""
    earlier = reader.departed if isinstance(reader, DepartedLinker) else ()
    gone = {
        item.title: item
        for item in itertools.chain(_without(catalogue, before), _without(catalogue, earlier))
    }
    return DepartedLinker(linker, itertools.islice(gone.values(), _MOST)) if gone else linker


def _without(catalogue: Catalogue, items: Iterable[Item]) -> Iterable[Item]:
    """Those of the items whose title nothing in the catalogue has."""
    for item in items:
        now = catalogue.get(item.id)
        if (now is None or now.title != item.title) and not catalogue.find(item.title):
            yield item
