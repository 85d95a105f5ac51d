"""Question attributes: what a seeker can be asked for, as a catalogue has it.

iEvaLM asks for genre, star and director in ReDial, and for the writer too in OpenDialKG. Here it is what the
catalogue knows: genre, the roles of people where it tells them apart, else people.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items import Catalogue
from usbrec.play.seekers.facts import decade

#: Columns that say in which role people stand, in the order in which they are offered.
ROLES = ("star", "actor", "cast", "director", "writer", "author", "artist", "creator", "brand")


def values_of(item: Item, attribute: str) -> tuple[str, ...]:
    """What an item has of genre, people, decade or a column of its catalogue; empty when not known."""
    if attribute == "genre":
        return item.genres
    if attribute == "people":
        return item.people
    if attribute == "decade":
        return () if item.year is None else (decade(item.year),)
    parts = re.split(r"[,|;]", item.extra.get(attribute, ""))
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def attributes_to_ask(catalogue: Catalogue, wanted: Sequence[str] | None = None) -> tuple[str, ...]:
    """Those `wanted`, or what the catalogue offers by itself, in the order in which they are offered.

    Raises ConfigError for an attribute that no item has, and where there is nothing to ask for.
    """
    there: dict[str, None] = {}
    for item in catalogue:
        there.update(dict.fromkeys(("genre",) if item.genres else ()))
        there.update(dict.fromkeys(("people",) if item.people else ()))
        there.update(dict.fromkeys(("decade",) if item.year is not None else ()))
        there.update(dict.fromkeys(item.extra))
    if wanted is None:
        roles = [role for role in ROLES if role in there] or ["people"]
        wanted = [name for name in ("genre", *roles) if name in there]
    missing = [name for name in wanted if name not in there]
    if missing or not wanted:
        raise ConfigError(
            f"asking.attributes: no item of the catalogue has {' or '.join(missing) or 'one to ask for'}. "
            f"There are: {', '.join(there) or 'none'}."
        )
    return tuple(dict.fromkeys(wanted))
