"""Rows of "Large Language Models as Zero-Shot Conversational Recommenders" (CIKM 2023), and others like them.

    {"context": ["", "Any film you liked lately?", "Hustlers"], "resp": "Try The Farewell.", "rec": [9722],
     "entity": [9722], "prev_entity": [15748], "dialog_id": "test_0", "turn_id": "test_4", "is_user": 0}

`rec` are numbers, whose names stand in ``entity2id.json`` of the same folder. Rows with `is_user` 1 are the
seeker's own turns, and rows without `rec` recommend nothing: neither is a sample. The files for prompts hold
the context as one text in `input` ("System: …\\nUser: …\\nSystem:").
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from usbrec.data.entities import Entities
from usbrec.data.reading import as_id, as_list, as_object, as_optional_text, as_text, required
from usbrec.dialogue import Sample, Turn, alternate_backwards
from usbrec.errors import InputError
from usbrec.keys import digest
from usbrec.patterns import LazyPattern

_SEEKERS = ("user", "seeker")
_SPEAKER = LazyPattern(r"(?:^|\n)\s*(User|Seeker|System|Recommender|Assistant):", re.IGNORECASE)
_MARKS = frozenset({"is_user", "prev_entity", "entity_name", "input"})


def is_row(value: Mapping[str, Any]) -> bool:
    """Whether this is such a row, and not one of iEvaLM, whose `rec` are titles."""
    rec = value.get("rec")
    if not isinstance(rec, list) or not ("context" in value or "input" in value):
        return False
    numbers = bool(rec) and all(isinstance(one, int) and not isinstance(one, bool) for one in rec)
    return numbers or bool(_MARKS & value.keys())


class Rows:
    """The rows of a file. Where they have no `dialog_id`, one that goes on from the row before it belongs to
    the same dialogue, and so does one that goes on from any recommendation of the rows before, or comes
    before one: rows are drawn and shuffled."""

    def __init__(self, entities: Entities) -> None:
        self._entities = entities
        self._last: tuple[Turn, ...] = ()
        self._dialogue = ""
        #: By the texts up to a recommendation, its dialogue: of rows, and of what stood in their contexts.
        self._recommended: dict[tuple[str, ...], str] = {}
        self._contained: dict[tuple[str, ...], str] = {}

    def sample_of(self, value: Any) -> Sample | str:
        """The sample of a row, or why it is none though it recommends; "" for a row that recommends nothing,
        or recommends before the seeker has spoken. Raises InputError naming the field."""
        row = as_object(value, "row")
        rec = as_list(required(row, "rec"), "rec")
        if row.get("is_user") in (1, "1", True):
            return ""  # its context ends with the other's turn, and says nothing of whose the next row is
        turns = self._turns(row)
        dialogue_id = self._dialogue_of(row, turns)
        if not rec:
            return ""
        if not turns or turns[-1].role != "seeker":
            return ""  # recommended before the seeker has said a word
        named = [self._entities.title(one, f"rec[{index}]") for index, one in enumerate(rec)]
        titles = tuple(dict.fromkeys(title for title in named if title is not None))
        if not titles:
            return f"none of its targets has a name in entity2id.json ({', '.join(map(str, rec[:5]))})"
        turn = row.get("turn_id")
        return Sample(
            id=f"{dialogue_id}:{len(turns) if turn is None else as_id(turn, 'turn_id')}",
            dialogue_id=dialogue_id,
            turns=turns,
            targets=titles,
            label=as_optional_text(row.get("resp"), "resp"),
            source="zero-shot",
        )

    def _dialogue_of(self, row: Mapping[str, Any], turns: tuple[Turn, ...]) -> str:
        if row.get("dialog_id") is not None:
            return as_id(row["dialog_id"], "dialog_id")
        texts = tuple(turn.text.strip() for turn in turns)
        said = (*texts, (as_optional_text(row.get("resp"), "resp") or "").strip())
        openings = [
            texts[: at + 1] for at in reversed(range(len(turns))) if at and turns[at].role == "recommender"
        ]
        if not self._dialogue or turns[: len(self._last)] != self._last or turns == self._last:
            before = (self._recommended[one] for one in openings if one in self._recommended)
            known = next(before, None) or self._contained.get(said)
            self._dialogue = known or digest([turn.to_json() for turn in turns])[:16]
        self._last = turns
        if row.get("rec") and said[-1]:
            self._recommended.setdefault(said, self._dialogue)
            for one in openings:
                self._contained.setdefault(one, self._dialogue)
        return self._dialogue

    def _turns(self, row: Mapping[str, Any]) -> tuple[Turn, ...]:
        if "context" in row:
            texts = as_list(row["context"], "context")
            return alternate_backwards(as_text(text, f"context[{index}]") for index, text in enumerate(texts))
        text = as_text(required(row, "input"), "input")
        parts = _SPEAKER.split(text)
        if len(parts) == 1 and text.strip():
            raise InputError('input: expected lines that begin with "System:" and "User:", found none')
        return tuple(
            Turn("seeker" if who.casefold() in _SEEKERS else "recommender", text.strip())
            for who, text in zip(parts[1::2], parts[2::2], strict=True)
            if text.strip()
        )
