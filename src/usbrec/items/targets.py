"""Samples held against a catalogue: those that have a target in it."""

from __future__ import annotations

import warnings
from array import array
from collections.abc import Sequence

from usbrec.dialogue import Sample
from usbrec.errors import BadLines, InputWarning
from usbrec.items.catalogue import Catalogue
from usbrec.long_lists import picked


def known_targets(
    samples: Sequence[Sample], catalogue: Catalogue, where: str, advice: str, *, strict: bool = False
) -> tuple[Sequence[Sample], tuple[str, ...]]:
    """The samples of which the catalogue has a target, and the others, each as its id and why.

    The others are told by an InputWarning that calls the samples `where`. Raises BadLines where they are more
    than half, or where there are any and `strict` is set; `advice` says what to do. What the catalogue lacks
    beside a target that it has is told, too, and counts for nothing.
    """
    kept, unknown, partly = array("q"), [], []
    for place, sample in enumerate(samples):
        lacking = [title for title in sample.targets if not catalogue.find(title)]
        ids = [title for title in lacking if catalogue.get(title.strip()) is not None]
        hint = f"; {ids[0]} is the id of an item, and targets are titles" if ids else ""
        # Whoever wants what there is not has no target; constraints say so.
        if (sample.constraints and not sample.targets) or len(lacking) < len(sample.targets):
            kept.append(place)
            if lacking:
                partly.append(f"sample {sample.id}: {'; '.join(lacking)}{hint}")
        else:
            titles = "; ".join(sample.targets)
            unknown.append(f"sample {sample.id}: none of its targets is in the catalogue ({titles}{hint})")
    if unknown and (strict or len(kept) < len(unknown)):
        half = (
            "" if strict else f"Less than half of the samples can be used ({len(kept)} of {len(samples)}). "
        )
        raise BadLines(where, unknown, half + advice)
    if unknown:
        warnings.warn(
            f"{where}: {len(unknown)} of {len(samples)} samples cannot be used and are left out\n"
            f"{BadLines.listed(unknown)}\n"
            f"{advice} With --strict (in Python, strict=True) such a file is refused.",
            InputWarning,
            stacklevel=3,
        )
    if partly:
        warnings.warn(
            f"{where}: {len(partly)} of {len(kept)} samples are played without those of their targets that "
            f"the catalogue lacks; the others count\n{BadLines.listed(partly)}",
            InputWarning,
            stacklevel=3,
        )
    return picked(samples, kept), tuple(unknown)
