"""Thoughts in recorded dialogues: told apart from what was said, as they are while seats play.

Logs of models that reason first hold what was thought between marks. Nobody heard it, so it is no
recommendation, names nothing that was talked of, and is not learnt from.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.llm.reasoning import ReasoningMarks, Separated, separate
from usbrec.long_lists import LongList, like

_log = logging.getLogger(__name__)

T = TypeVar("T", Sample, RecordedDialogue)
#: Texts that are not looked at again.
_REMEMBERED = 10_000


def without_thoughts(dialogues: Sequence[T], marks: ReasoningMarks, where: str) -> Sequence[T]:
    """The same dialogues, or samples, with thoughts between `marks` as their turns' `reasoning`; what is
    without any is the same object. A line in the log says how many turns of `where` held some."""
    held = 0
    # Samples of one dialogue repeat its beginning.
    known: dict[str, Separated] = {}

    def apart(dialogue: T) -> T:
        nonlocal held
        if len(known) > _REMEMBERED:
            known.clear()
        turns = tuple(_apart(turn, marks, known) for turn in dialogue.turns)
        changed = sum(now is not before for now, before in zip(turns, dialogue.turns, strict=True))
        held += changed
        if isinstance(dialogue, Sample) and changed:
            # Who only thought has said nothing; in a whole dialogue such a turn may be rated.
            turns = tuple(turn for turn in turns if turn.text)
        return replace(dialogue, turns=turns) if changed and turns else dialogue

    found = like(dialogues, map(apart, dialogues))
    if held:
        _log.warning(
            "%s: %d turns hold thoughts between marks. They are kept apart: nothing in them counts as said "
            '(models.reasoning = "off" leaves them in).',
            where,
            held,
        )
    return dialogues if isinstance(dialogues, LongList) and not held else found


def _apart(turn: Turn, marks: ReasoningMarks, known: dict[str, Separated]) -> Turn:
    if (said := known.get(turn.text)) is None:
        said = known[turn.text] = separate(turn.text, marks)
    if not said.reasoning:
        return turn
    thought = "\n".join(part for part in (turn.reasoning, said.reasoning) if part)
    return replace(turn, text=said.text.strip(), reasoning=thought)
