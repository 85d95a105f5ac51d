"""Ratings written with their scale ("4/5"): those of one column on one scale, and what to know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from usbrec.data.given_ratings import is_missing, out_of, rating_of
from usbrec.data.turn_columns import aspects, rating_name


def on_one_scale(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> tuple[list[Mapping[str, Any]], list[str]]:
    """The rows with the ratings of each column on the longest scale that stands in it, and what is told."""
    found = list(rows)
    told: list[str] = []
    for name in dict.fromkeys(names):
        tops = {at: top for at, row in enumerate(rows) if (top := out_of(row.get(name))) is not None}
        if not tops:
            continue
        longest = max(tops.values())
        if len(set(tops.values())) > 1:
            for at, top in tops.items():
                number = rating_of(rows[at][name])
                assert number is not None, "it has a scale"
                found[at] = {**rows[at], name: number * longest / top}
        told += _told(name, rows, tops)
    return found, told


def _told(name: str, rows: Sequence[Mapping[str, Any]], tops: Mapping[int, int]) -> Iterator[str]:
    scales = sorted(set(tops.values()))
    written = str(rows[next(iter(tops))][name]).strip()
    if len(scales) > 1:
        yield (
            f"{name}: ratings on scales to {', '.join(map(str, scales))} stand in it ({written!r}); they are "
            f"read as numbers on the scale to {scales[-1]}"
        )
    elif rating_name(name) in aspects().values():
        yield (
            f"{name}: {written!r} is read as the number before the stroke, on a scale to {scales[0]}; judges "
            "are asked on the scales of docs/agreement.md, to which such ratings have to be brought first"
        )
    others = [row[name] for at, row in enumerate(rows) if at not in tops and not is_missing(row.get(name))]
    plain = next((one for one in others if rating_of(one) is not None), None)
    if plain is not None:
        yield f"{name}: some ratings say their scale ({written!r}) and others do not ({str(plain)!r})"
