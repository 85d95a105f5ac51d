"""Samples held against a catalogue: those that have a target in it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

from usbrec.dialogue import Sample
from usbrec.errors import BadLines, InputWarning
from usbrec.items.catalogue import Catalogue


def known_targets(
    samples: Sequence[Sample], catalogue: Catalogue, where: str, advice: str, *, strict: bool = False
) -> tuple[tuple[Sample, ...], tuple[str, ...]]:
    """The samples of which the catalogue has a target, and the others, each as its id and why.

    The others are told by an InputWarning that calls the samples `where`. Raises BadLines where they are more
    than half, or where there are any and `strict` is set; `advice` says what to do.
    """
    kept, unknown = [], []
    for sample in samples:
        # Whoever wants what there is not has no target; constraints say so.
        if (sample.constraints and not sample.targets) or catalogue.resolve(sample.targets):
            kept.append(sample)
        else:
            titles = "; ".join(sample.targets)
            unknown.append(f"sample {sample.id}: none of its targets is in the catalogue ({titles})")
    if unknown and (strict or len(kept) < len(unknown)):
        half = (
            "" if strict else f"Less than half of the samples can be used ({len(kept)} of {len(samples)}). "
        )
        raise BadLines(where, unknown, half + advice)
    if unknown:
        shown = "".join(f"\n  {problem}" for problem in unknown[: BadLines.shown])
        more = len(unknown) - BadLines.shown
        shown += f"\n  ... and {more} more" if more > 0 else ""
        warnings.warn(
            f"{where}: {len(unknown)} of {len(samples)} samples cannot be used and are left out{shown}\n"
            f"{advice} With --strict (in Python, strict=True) such a file is refused.",
            InputWarning,
            stacklevel=3,
        )
    return tuple(kept), tuple(unknown)
