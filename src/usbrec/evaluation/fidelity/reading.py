"""Answers of seekers read for what is compared: length, questions, what is told and named, the reaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usbrec.dialogue import Turn
from usbrec.items import genres_in, people_in
from usbrec.items.scripts import count_words
from usbrec.judge.answers import Answer
from usbrec.judge.recorded import QUESTION, RecordedFacts
from usbrec.lexicon import LANGUAGES
from usbrec.play.preferences.cues import cues


def read_answer(
    text: str, reaction: Answer | None, turns: Sequence[Turn], facts: RecordedFacts
) -> dict[str, Any]:
    """One answer after `turns` as JSON.

    ``words``; ``asks`` (it has a question, titles left away); ``tells``, how many genres, people and decades
    it names (null in a language that the lexicon lacks); ``names``, whether it names an item; ``says``, how
    it takes what was recommended, by its words; and ``reaction``, as it is given.
    """
    knowledge = facts.knowledge
    assert knowledge is not None, "fidelity works on items"
    turn = Turn("seeker", text)
    linked = turn.read_by(knowledge.linker)
    language = facts.languages.told((*turns, turn))
    beside = " ".join(linked.beside)
    tells: int | None = None
    if language in LANGUAGES:
        told = {
            *genres_in(beside, knowledge.catalogue, language),
            *people_in(beside, knowledge.catalogue),
            *cues(language).decades(beside),
        }
        tells = len(told)
    return {
        "text": text,
        "words": count_words(text),
        "asks": any(QUESTION.search(piece) for piece in linked.beside),
        "tells": tells,
        "names": bool(linked.mentions),
        "says": facts.answer_to(turns, text),
        "reaction": reaction,
    }
