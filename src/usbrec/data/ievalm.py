"""Rows of iEvaLM (ReDial and OpenDialKG): one sample a line, with a context of bare utterances.

    {"dialog_id": "7", "turn_id": 2, "context": ["", "What do you like?", "Slow thrillers."],
     "rec": ["Zodiac (2007)"], "resp": "Then Zodiac (2007)!", "entity": [...], "template": [...]}

`template` holds the response and `entity` what a linker made of the text: neither is read.
"""

from __future__ import annotations

import os
from typing import Any, TypeAlias

from usbrec.data.reading import (
    as_id,
    as_object,
    as_optional_text,
    as_texts,
    as_titles,
    collect,
    expected,
    read_lines,
    required,
)
from usbrec.dialogue import Sample, Turn, alternate_backwards
from usbrec.errors import InputError

#: Turns by their text, the recommender's and the seeker's.
Known: TypeAlias = "tuple[dict[str, Turn], dict[str, Turn]]"
_REMEMBERED = 5_000


def read_ievalm(path: str | os.PathLike[str], source: str = "ievalm") -> tuple[Sample, ...]:
    """The samples of an iEvaLM file, in its order.

    A sample's id is ``dialog_id:turn_id``, its targets are `rec` (stripped, each once), its label is
    `resp`. Seats are assigned backwards from the end of `context`, because some contexts of OpenDialKG
    have an even length; empty utterances are then dropped. Raises BadLines and InputError.
    """
    turns: Known = ({}, {})
    return collect(path, read_lines(path), lambda value: [sample_of(value, source, turns)])


def sample_of(value: Any, source: str = "ievalm", known: Known | None = None) -> Sample:
    """The sample on one line; raises InputError naming the field. `known` are the turns of lines before."""
    row = as_object(value, "row")
    dialogue_id = as_id(required(row, "dialog_id"), "dialog_id")
    turn_id = required(row, "turn_id")
    if not isinstance(turn_id, int) or isinstance(turn_id, bool):
        raise expected("a whole number", turn_id, "turn_id")
    texts = as_texts(required(row, "context"), "context")
    if known is not None and len(known[0]) > _REMEMBERED:
        # Those of lines long before, which must not all be held.
        known[0].clear()
        known[1].clear()
    turns = alternate_backwards(texts, known)
    if not turns:
        raise InputError("context: empty; at least one utterance of the seeker is needed")
    if not texts[-1].strip():
        raise InputError(
            f"context[{len(texts) - 1}]: empty; the last utterance is the seeker's and must say something"
        )
    return Sample(
        id=f"{dialogue_id}:{turn_id}",
        dialogue_id=dialogue_id,
        turns=turns,
        targets=as_titles(required(row, "rec"), "rec"),
        label=as_optional_text(row.get("resp"), "resp"),
        source=source,
    )
