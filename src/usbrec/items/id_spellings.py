"""Spellings of ids: a system's ids that the catalogue lacks or spells otherwise are told of once."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from usbrec.items.catalogue import Catalogue

_log = logging.getLogger(__name__)

#: So many unknown ids are looked for at most: each may take a look at all items.
_MOST = 8


class SpellingWatch:
    """Tells of the first id that the catalogue lacks, and of the first that it spells in another way; such
    ids count for nothing."""

    def __init__(self) -> None:
        self._looked: set[str] = set()
        self._told = self._told_unknown = False

    def look(self, who: str, unknown: Iterable[str], catalogue: Catalogue) -> None:
        """Look at ids that `catalogue` lacks, which `who` gave."""
        for item_id in unknown:
            if self._told or len(self._looked) >= _MOST:
                return
            if item_id in self._looked:
                continue
            self._looked.add(item_id)
            if (like := spelt_like(catalogue, item_id)) is not None:
                self._told = True
                _log.warning(
                    "%s: its id %r is not in the catalogue, which has %r: ids are compared letter by letter, "
                    "so that such items count for nothing. Give the catalogue's own ids.",
                    who,
                    item_id,
                    like,
                )
            elif not self._told_unknown:
                self._told_unknown = True
                _log.warning(
                    "%s: its id %r is not in the catalogue. Such ids count for nothing; the results say how "
                    "many there were (items, unknown).",
                    who,
                    item_id,
                )


def spelt_like(catalogue: Catalogue, item_id: str) -> str | None:
    """The id of an item that differs from `item_id` in capitals or blanks around it alone; None without one.
    Looks at each item where none of the usual spellings is an id."""
    bare = item_id.strip()
    usual = (one for one in (bare, bare.lower(), bare.upper(), bare.title()) if one in catalogue)
    if (found := next(usual, None)) is not None:
        return found
    folded = bare.casefold()
    return next((item.id for item in catalogue if item.id.strip().casefold() == folded), None)
