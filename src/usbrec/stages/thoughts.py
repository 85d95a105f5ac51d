"""Thoughts and calls of tools in recorded dialogues: told apart from what was said, as while seats play.

Logs of models that reason first hold what was thought between marks, and those of agents calls of tools in
words. Nobody heard either, so it is no recommendation, names nothing that was talked of, and is not learnt
from.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from usbrec.dialogue import RecordedDialogue, Sample, Turn
from usbrec.llm.reasoning import ReasoningMarks, separate
from usbrec.llm.written_calls import without_calls
from usbrec.long_lists import LongList, like

_log = logging.getLogger(__name__)

T = TypeVar("T", Sample, RecordedDialogue)
#: Texts that are not looked at again.
_REMEMBERED = 10_000


def without_thoughts(dialogues: Sequence[T], marks: ReasoningMarks, where: str) -> Sequence[T]:
    """The same dialogues, or samples, with thoughts between `marks` and calls of tools in the recommender's
    turns as their turns' `reasoning`; what is without any is the same object. Turns of which nothing is left
    are left out, but those that are rated or name items. Lines in the log say how many turns of `where` held
    some."""
    held = called = 0
    # Samples of one dialogue repeat its beginning.
    known: dict[tuple[str, str], tuple[str, str, bool]] = {}

    def apart(dialogue: T) -> T:
        nonlocal held, called
        if len(known) > _REMEMBERED:
            known.clear()
        changed = False
        turns: list[Turn] = []
        kept: list[int] = []
        for place, turn in enumerate(dialogue.turns):
            if (told := known.get((turn.role, turn.text))) is None:
                told = known[turn.role, turn.text] = _apart(turn, marks)
            text, beside, calls = told
            if beside:
                changed = True
                held += not calls
                called += calls
                beside = "\n".join(part for part in (turn.reasoning, beside) if part)
                turn = replace(turn, text=text.strip(), reasoning=beside)
                rated = isinstance(dialogue, RecordedDialogue) and dialogue.rated(place)
                if not (turn.text or rated or (turn.items and isinstance(dialogue, RecordedDialogue))):
                    continue  # who only thought, or called, has said nothing
            turns.append(turn)
            kept.append(place)
        if not changed or not turns:
            return dialogue
        if isinstance(dialogue, RecordedDialogue):
            ratings = tuple(dialogue.rated(place) for place in kept) if dialogue.turn_ratings else ()
            return replace(dialogue, turns=tuple(turns), turn_ratings=ratings)
        return replace(dialogue, turns=tuple(turns))

    found = like(dialogues, map(apart, dialogues))
    if held:
        _log.warning(
            "%s: %d turns hold thoughts between marks. They are kept apart: nothing in them counts as said "
            '(models.reasoning = "off" leaves them in).',
            where,
            held,
        )
    if called:
        _log.warning(
            "%s: %d turns of the recommender hold calls of tools in words. They are kept apart: nothing in "
            'them counts as said (models.reasoning = "off" leaves them in).',
            where,
            called,
        )
    return dialogues if isinstance(dialogues, LongList) and not (held or called) else found


def _apart(turn: Turn, marks: ReasoningMarks) -> tuple[str, str, bool]:
    """What is said in a turn, what stands beside it, and whether that holds calls of tools."""
    said = separate(turn.text, marks)
    text, calls = said.text, ""
    if turn.role == "recommender" and marks != "off":
        text, calls = without_calls(text)
    return text, "\n".join(part for part in (said.reasoning, calls) if part), bool(calls)
