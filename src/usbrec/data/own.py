"""Our own format: JSON lines, one sample a line, UTF-8.

The short form is for samples from your own logs (shown on several lines, written on one):

    {"id": "s1",
     "dialogue": [{"role": "user", "text": "Something slow and dark, please."},
                  {"role": "assistant", "text": "Crime or science fiction?"},
                  {"role": "user", "text": "Crime."}],
     "targets": ["Zodiac (2007)"],
     "label": "Then try Zodiac (2007)."}

The full form is what `usbrec samples` writes:

    {"id": "7:2", "dialogue_id": "7", "turns": [{"role": "seeker", "text": "..."}],
     "targets": ["Zodiac (2007)"], "label": null, "source": "redial"}

- `id`: text or a whole number, different on every line; required.
- `dialogue_id`: text or a whole number. Lines cut from one dialogue share it, because statistics treat
  them as one cluster. Default: `id`.
- `turns` or `dialogue`: the dialogue so far, as a list of objects; the last turn is the seeker's; required.
    - `role`: `seeker` or `user`; `recommender` or `assistant`.
    - `text` or `content`: what was said. A turn without words is dropped.
- `targets`: the titles the seeker ended up with, as the catalogue writes them; at least one; required.
- `label`: what the human recommender said next. Default: none.
- `source`: where the sample comes from. Default: `own`.

Either name may be used in either form, but not both at once. Other fields are ignored.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from usbrec.data.reading import (
    as_id,
    as_list,
    as_object,
    as_optional_text,
    as_text,
    as_titles,
    collect,
    read_lines,
    required,
    show,
)
from usbrec.dialogue import Role, Sample, Turn
from usbrec.errors import InputError

_SEATS: Mapping[str, Role] = {
    "seeker": "seeker",
    "user": "seeker",
    "recommender": "recommender",
    "assistant": "recommender",
}


def read_own(path: str | os.PathLike[str]) -> tuple[Sample, ...]:
    """The samples of a file in our own format, in its order. Raises BadLines and InputError."""
    return collect(path, read_lines(path), lambda value: [sample_of(value)])


def sample_of(value: Any) -> Sample:
    """The sample on one line; raises InputError naming the field."""
    row = as_object(value, "row")
    sample_id = as_id(required(row, "id"), "id")
    dialogue_id = row.get("dialogue_id")
    source = row.get("source")
    field = _one_of(row, "turns", "dialogue", "")
    said = [_turn(item, f"{field}[{index}]") for index, item in enumerate(as_list(row[field], field))]
    turns = tuple(turn for turn in said if turn.text.strip())
    if not turns:
        raise InputError(f"{field}: empty; at least one turn of the seeker is needed")
    if turns[-1].role != "seeker":
        raise InputError(f"{field}: the last turn with words is the recommender's; it must be the seeker's")
    return Sample(
        id=sample_id,
        dialogue_id=sample_id if dialogue_id is None else as_id(dialogue_id, "dialogue_id"),
        turns=turns,
        targets=as_titles(required(row, "targets"), "targets"),
        label=as_optional_text(row.get("label"), "label"),
        source="own" if source is None else as_text(source, "source"),
    )


def _turn(value: Any, place: str) -> Turn:
    row = as_object(value, place)
    if "role" not in row:
        raise InputError(f"{place}.role: missing")
    role = as_text(row["role"], f"{place}.role")
    if role not in _SEATS:
        raise InputError(f"{place}.role: expected seeker, recommender, user or assistant, found {show(role)}")
    words = _one_of(row, "text", "content", f"{place}.")
    return Turn(_SEATS[role], as_text(row[words], f"{place}.{words}"))


def _one_of(row: Mapping[str, Any], first: str, second: str, place: str) -> str:
    """Which of the two names of a field `row` uses."""
    if first in row and second in row:
        raise InputError(f"{place}{first}: given together with {second}; keep one of them")
    if first not in row and second not in row:
        raise InputError(f"{place}{first}: missing (it may also be called {second})")
    return first if first in row else second
