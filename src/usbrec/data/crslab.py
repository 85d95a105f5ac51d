"""CRSLab's data files: ReDial, INSPIRED, OpenDialKG, DuRecDial, GoRecDial and TG-ReDial as it prepares them.

    [{"conv_id": "391",
      "dialog": [{"utt_id": 0, "role": "Seeker", "text": ["Hi", ",", "a", "heist", "film", "?"],
                  "movies": [], "entity": [], "word": []},
                 {"utt_id": 1, "role": "Recommender", "text": "Try Heat .",
                  "movies": ["<http://dbpedia.org/resource/Heat_(1995_film)>"]}]}]

TG-ReDial calls the list `messages` and the titles `movie`, OpenDialKG and DuRecDial call these `item`. Texts
are words in a list in older files, and one text in newer ones. Its pickled files are not read.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import Any

from usbrec.data.entities import Entities
from usbrec.data.reading import as_id, as_list, as_object, as_text, show
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role
from usbrec.errors import InputError
from usbrec.keys import digest
from usbrec.patterns import LazyPattern

_SEATS: Mapping[str, Role] = {
    **dict.fromkeys(("seeker", "user", "initiator"), "seeker"),
    **dict.fromkeys(("recommender", "respondent", "expert", "bot", "system", "assistant"), "recommender"),
}
_IDS = ("conv_id", "dialog_id", "conversation_id", "dialogue_id", "id")
TURNS = ("dialog", "messages")
#: What stands for a film in ReDial's texts.
_NUMBER = LazyPattern(r"(?<![\w@])@ ?[0-9]{2,}\b")
_TITLES = ("movies", "movie", "item", "items")


def transcript_of(value: Any, entities: Entities) -> Transcript:
    """The dialogue; raises InputError naming the field."""
    row = as_object(value, "row")
    field = next((name for name in TURNS if name in row), None)
    if field is None:
        raise InputError("dialog: missing (TG-ReDial calls it messages)")
    utterances = [
        _utterance(item, f"{field}[{index}]", entities)
        for index, item in enumerate(as_list(row[field], field))
    ]
    name = next((name for name in _IDS if row.get(name) is not None), None)
    dialogue_id = (
        digest([[one.role, one.text] for one in utterances])[:16] if name is None else as_id(row[name], name)
    )
    return Transcript(dialogue_id, tuple(utterances), "crslab", system="human", id_made=name is None)


def _utterance(value: Any, place: str, entities: Entities) -> Utterance:
    turn = as_object(value, place)
    for field in ("role", "text"):
        if field not in turn:
            raise InputError(f"{place}.{field}: missing")
    who = as_text(turn["role"], f"{place}.role").strip()
    if who.casefold() not in _SEATS:
        raise InputError(f"{place}.role: expected Seeker or Recommender, found {show(who)}")
    titles: dict[str, None] = {}
    for field in _TITLES:
        listed = turn.get(field)
        for index, item in enumerate([] if listed is None else as_list(listed, f"{place}.{field}")):
            title = entities.title(item, f"{place}.{field}[{index}]")
            if title is not None:
                titles[title] = None
    text = _with_titles(_text(turn["text"], f"{place}.text"), tuple(titles))
    return Utterance(_SEATS[who.casefold()], text, tuple(titles))


def _with_titles(text: str, titles: tuple[str, ...]) -> str:
    """A text with the titles in place of the numbers that stand for them (ReDial's "@111"), where there are
    as many of both: they are listed in the order of the text."""
    numbers = list(dict.fromkeys(_NUMBER.findall(text)))
    if not numbers or len(numbers) != len(titles):
        return text
    named = dict(zip(numbers, titles, strict=True))
    return _NUMBER.sub(lambda found: named[found[0]], text)


def _text(value: Any, field: str) -> str:
    if not isinstance(value, list):
        return as_text(value, field)
    return joined(as_text(word, f"{field}[{index}]") for index, word in enumerate(value))


def joined(tokens: Iterable[str]) -> str:
    """Words in a list as a text: blanks between them, but not before what ends a sentence, nor between the
    words of languages without blanks."""
    text = " ".join(" ".join(tokens).split())
    for blanks in _blanks():
        text = blanks.sub("", text)
    return text


@functools.cache
def _blanks() -> tuple[re.Pattern[str], ...]:
    """The blanks that no writer sets: in scripts without blanks, before closing marks, behind opening ones.
    Compiled when first used: most runs read no such file."""
    return (
        re.compile(
            r"(?<=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])\s+(?=[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef])"
        ),
        re.compile(
            r"\s+(?=(?:[,.!?;:%)\]}…。，！？、；：》」』]|n't\b|'(?:s|m|re|ve|d|ll)\b))", re.IGNORECASE
        ),
        re.compile(r"(?<=[(\[{《「『])\s+"),
    )
