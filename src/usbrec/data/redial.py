"""ReDial as its authors publish it: one dialogue a line, films as ``@id``, a form filled in by each worker.

The initiator is the seeker, the respondent the recommender. The quirks of the format: a form or a
list of mentions without entries is ``[]`` instead of ``{}``; a film may have no name; texts hold HTML
entities and runs of spaces, names codes of an address ("Why Him%3F").
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from usbrec.data.reading import (
    as_id,
    as_list,
    as_object,
    as_text,
    collect,
    expected,
    read_lines,
    required,
    show,
)
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role, Sample
from usbrec.errors import InputError
from usbrec.patterns import LazyPattern

_MENTION = LazyPattern("@([0-9]+)")
_NOT_LIKED, _LIKED, _NOT_SAID = 0, 1, 2


def read_redial(path: str | os.PathLike[str]) -> tuple[Sample, ...]:
    """One sample for each recommender turn that names a film, in the order of the file.

    Messages of one speaker in a row are one turn; a sample's id is ``conversationId:index`` with the
    index of the recommender's turn, and its context is all turns before. ``@id`` is replaced by the
    film's name, and left out where there is none.

    Targets are the films of that recommender turn, except those that a form marks ``liked: 0``: both
    forms ask whether the *seeker* likes the film. The seeker's own form decides; the recommender's is
    asked only about films that the seeker's form lacks. 1 (liked) and 2 (did not say) do not speak
    against a target, and `suggested` and `seen` are not read. A turn without a target left gives no
    sample. (iEvaLM keeps the films that were not liked, and drops turns before anything was linked.)

    Raises BadLines and InputError.
    """
    return collect(path, read_lines(path), samples_of)


def opinions_of(value: Any) -> tuple[str, dict[str, bool]]:
    """The id of the dialogue on one line, and what its seeker thinks of the films by title: True is liked,
    False not. Films of which nobody says either are missing; the seeker's own form decides, as in
    :func:`read_redial`. Raises InputError naming the field.
    """
    row = as_object(value, "row")
    dialogue_id = as_id(required(row, "conversationId"), "conversationId")
    names = _names(row)
    return dialogue_id, {
        names[film]: liked == _LIKED
        for film, liked in _answers(row).items()
        if names.get(film) and liked != _NOT_SAID
    }


def samples_of(value: Any) -> Iterator[Sample]:
    """The samples of the dialogue on one line; raises InputError naming the field."""
    return transcript_of(value).samples()


def transcript_of(value: Any, *, rejected_too: bool = False) -> Transcript:
    """The dialogue on one line, films that the seeker does not like as titles only where `rejected_too`;
    raises InputError naming the field."""
    row = as_object(value, "row")
    dialogue_id = as_id(required(row, "conversationId"), "conversationId")
    seats = _seats(row)
    names = _names(row)
    rejected = _rejected(row)
    passed_over: set[str] = set() if rejected_too else rejected
    utterances: list[Utterance] = []
    for index, item in enumerate(as_list(required(row, "messages"), "messages")):
        message = as_object(item, f"messages[{index}]")
        for field in ("senderWorkerId", "text"):
            if field not in message:
                raise InputError(f"messages[{index}].{field}: missing")
        sender = as_id(message["senderWorkerId"], f"messages[{index}].senderWorkerId")
        if sender not in seats:
            raise InputError(
                f"messages[{index}].senderWorkerId: neither the initiator's nor the respondent's id"
            )
        text = _plain(as_text(message["text"], f"messages[{index}].text"))
        mentioned = dict.fromkeys(_MENTION.findall(text))
        titles = tuple(names[film] for film in mentioned if names.get(film) and film not in passed_over)
        utterances.append(Utterance(seats[sender], _with_names(text, names), titles))
    return Transcript(dialogue_id, tuple(utterances), "redial", system="human", dataset="redial")


def _seats(row: Mapping[str, Any]) -> dict[str, Role]:
    seeker = as_id(required(row, "initiatorWorkerId"), "initiatorWorkerId")
    recommender = as_id(required(row, "respondentWorkerId"), "respondentWorkerId")
    if seeker == recommender:
        raise InputError(
            "respondentWorkerId: the same as initiatorWorkerId, so the seats cannot be told apart"
        )
    return {seeker: "seeker", recommender: "recommender"}


def _names(row: Mapping[str, Any]) -> dict[str, str]:
    """Film id to name, in single spaces and without codes of an address; "" for films without one."""
    names: dict[str, str] = {}
    for film, name in _object_or_empty_list(required(row, "movieMentions"), "movieMentions").items():
        text = "" if name is None else _plain(as_text(name, f"movieMentions[{show(film)}]"))
        names[film] = " ".join(unquote(text).split())
    return names


def _rejected(row: Mapping[str, Any]) -> set[str]:
    """Ids of the films the seeker does not like, by the seeker's form, else by the recommender's."""
    return {film for film, liked in _answers(row).items() if liked == _NOT_LIKED}


def _answers(row: Mapping[str, Any]) -> dict[str, int]:
    """Film id to what the forms say; the seeker's goes before the recommender's."""
    return {**_likes(row, "respondentQuestions"), **_likes(row, "initiatorQuestions")}


def _likes(row: Mapping[str, Any], field: str) -> dict[str, int]:
    likes: dict[str, int] = {}
    for film, item in _object_or_empty_list(row.get(field, []), field).items():
        place = f"{field}[{show(film)}]"
        liked = as_object(item, place).get("liked")
        if liked is None:
            liked = _NOT_SAID
        # True == 1 in Python, but it is no answer of the form.
        if not isinstance(liked, int) or isinstance(liked, bool):
            raise expected("0, 1 or 2", liked, f"{place}.liked")
        if liked not in (_NOT_LIKED, _LIKED, _NOT_SAID):
            raise InputError(f"{place}.liked: expected 0, 1 or 2, found another number")
        likes[film] = liked
    return likes


def _object_or_empty_list(value: Any, field: str) -> Mapping[str, Any]:
    return {} if value == [] else as_object(value, field)


def _with_names(text: str, names: Mapping[str, str]) -> str:
    """`text` with every ``@id`` as the film's name, or without it where no name is known."""

    def name(match: re.Match[str]) -> str:
        known = names.get(match[1])
        glued = match.start() > 0 and text[match.start() - 1].isalnum()
        if known is None:
            # Glued to a word and not among the mentions it is something else, such as an address.
            return match[0] if glued else ""
        return f" {known}" if glued else known

    return _MENTION.sub(name, text)


def _plain(text: str) -> str:
    """`text` with its HTML entities as characters."""
    try:
        return html.unescape(text)
    except ValueError:  # a character reference of thousands of digits
        return text
