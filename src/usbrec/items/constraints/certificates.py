""" "PG or lower": which of a catalogue's certificates are as mild, or as strict, as one that is named."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Literal

from usbrec.items.constraints.column_arrays import folded
from usbrec.items.constraints.phrases import ends, opens, says
from usbrec.lexicon import shared

Side = Literal["milder", "stricter"]


def side_of(told: str, behind: str) -> Side | None:
    """Which side of a certificate is asked for by what stands before and behind it: "up to PG-13", "PG or
    lower", "nothing above PG"; None where only itself is."""
    if opens("or_lower", behind.lstrip(" ,")):
        return "milder"
    if opens("or_higher", behind.lstrip(" ,")):
        return "stricter"
    return "milder" if ends("at_most", told) or (ends("above", told) and says("negations", told)) else None


def is_rated(told: str, behind: str) -> bool:
    """Whether what stands before or behind a name says that it is a certificate: "rated R", "R-rated"."""
    return ends("rated", told) or opens("rated_behind", behind.lstrip(" -"))


def on_side(name: str, names: Iterable[str], side: Side) -> tuple[str, ...] | None:
    """Of a column's names this one and those that are on its side, in the order of their scale; None
    where the column's names are on no scale."""
    known = {folded(one): one for one in names}
    scale = next(
        (each for each in _scales() if folded(name) in each and known.keys() <= {*each, *_UNRATED}), None
    )
    if scale is None:
        return None
    place = scale.index(folded(name))
    kept = scale[: place + 1] if side == "milder" else scale[place:]
    return tuple(known[one] for one in kept if one in known)


#: What says that an item has no certificate.
_UNRATED = frozenset({"", "not rated", "unrated", "nr", "n/a", "none", "unknown", "approved", "passed"})


@functools.cache
def _scales() -> Sequence[Sequence[str]]:
    return [[folded(name) for name in scale] for scale in shared("certificates")["scales"]]
