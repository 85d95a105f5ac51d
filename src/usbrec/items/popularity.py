"""Item popularity: how often people chose each item, counted from recorded dialogues or sessions.

Popularity decides what a bare title means and is the prior of the retriever, so it must never be
counted from what is evaluated on.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from usbrec.items.catalogue import Catalogue
from usbrec.items.interactions import read_sessions


def popularity_from(path: str | Path, catalogue: Catalogue) -> dict[str, float]:
    """In how many dialogues or sessions each item was chosen or mentioned, by id; items never met are
    left out, and so are conversations that are marked as held out.

    Raises as :func:`usbrec.items.interactions.read_sessions`.
    """
    met = {
        (session.id, item_id)
        for session in read_sessions(path, catalogue)
        if not session.held_out
        for item_id, _ in session.items
    }
    counts = Counter(item_id for _, item_id in met)
    return {item_id: float(counts[item_id]) for item_id in sorted(counts)}
