"""Korean particles, which are glued on behind a title."""

from __future__ import annotations

import functools

from usbrec.items.linking.languages import caseless


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
