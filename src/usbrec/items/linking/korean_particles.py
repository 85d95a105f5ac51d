"""Korean particles, which are glued on behind a title, and those of the word before one."""

from __future__ import annotations

import functools
import unicodedata

from usbrec.items.linking.languages import caseless
from usbrec.patterns import LazyPattern

# Of subjects, companions, places and times, and of clauses before another; no particle that a noun follows
# (의, 은, 는, 을).
_CONSTITUENT = LazyPattern(
    "[가-힣](?:이|가|도|랑|하고|와|과|에|에서|한테|에게|께서|부터|까지|만|면|니까|데|지만|려고|서)[ \\t]+\\Z"
)


@functools.lru_cache(maxsize=4096)
def are_particles(rest: str) -> bool:
    """Whether folded syllables are particles, up to three in a row."""
    return _made_of(rest, 3)


def _made_of(rest: str, times: int) -> bool:
    known = caseless().particles
    if rest in known:
        return True
    return times > 1 and any(
        rest[:place] in known and _made_of(rest[place:], times - 1) for place in range(1, len(rest))
    )


def ends_a_constituent(before: str) -> bool:
    """Whether a text ends with a word that is a part of its sentence of its own."""
    return bool(_CONSTITUENT.search(unicodedata.normalize("NFC", before)))
