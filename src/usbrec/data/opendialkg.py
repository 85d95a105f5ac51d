"""OpenDialKG as its authors publish it: a table with the columns Messages, User Rating, Assistant Rating.

    [{"type": "chat", "sender": "user", "message": "Do you know a book like Emma?"},
     {"type": "action", "sender": "assistant", "action_id": "kgwalk/choose_path",
      "metadata": {"path": [0.5, [["Emma", "written_by", "Jane Austen"],
                                  ["Jane Austen", "~written_by", "Persuasion"]], "…"]}},
     {"type": "chat", "sender": "assistant", "message": "Persuasion, by the same author."}]

(one cell of Messages; the ratings may be missing.) The path is what the sender chose from a knowledge graph
before they wrote. It has films and books, and people, genres, teams and years as well: what a work is tells
the relation. The table has no ids; a dialogue's is made of its words.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from usbrec.data.everyday_titles import names_title
from usbrec.data.reading import NO_NUMBER, as_list, as_object, as_ratings, as_text, required, show
from usbrec.data.utterances import Transcript, Utterance, says_title
from usbrec.dialogue import Role
from usbrec.errors import InputError, InputWarning
from usbrec.keys import digest
from usbrec.storage import parse_json

_SEATS: Mapping[str, Role] = {"user": "seeker", "assistant": "recommender"}
_MESSAGES = "messages"
#: Relations from a film or book to what is known of it; with "~" they lead to one.
_OF_WORKS = frozenset(
    ("has_genre", "starred_actors", "directed_by", "written_by", "release_year", "in_language", "music_by")
)
#: Relations between two works.
_BETWEEN_WORKS = frozenset({"sequel", "prequel"})


def is_header(header: Sequence[str]) -> bool:
    """Whether these are OpenDialKG's columns; people's ratings may be missing."""
    return _MESSAGES in [name.casefold() for name in header]


def is_row(value: Any) -> bool:
    """Whether this is a row of the table, and not of another format whose dialogues have messages: here each
    has a sender."""
    if not isinstance(value, dict):
        return False
    names = [str(name) for name in value if str(name).casefold() == _MESSAGES]
    if not names or names[0] != _MESSAGES:
        return bool(names)  # written as the authors do
    try:
        messages = _json(value[_MESSAGES], _MESSAGES)
    except InputError:
        return False
    listed = messages[:5] if isinstance(messages, list) else []
    return any(isinstance(one, dict) and "sender" in one for one in listed)


def transcript_of(value: Any) -> Transcript:
    """The dialogue of a row; raises InputError naming the field.

    A recommender turn names the works of its own paths whose words it says and which nobody named before.
    """
    row = {str(name).casefold().replace("_", " "): cell for name, cell in as_object(value, "row").items()}
    messages = as_list(_json(required(row, _MESSAGES), "Messages"), "Messages")
    utterances: list[Utterance] = []
    named: list[str] = []
    works: list[str] = []
    for index, item in enumerate(messages):
        place = f"Messages[{index}]"
        message = as_object(item, place)
        if message.get("message") is None:
            # Notes to the other worker have no path, and need no sender.
            if message.get("sender") is not None and _role(message, place) == "recommender":
                works += _works(message, place)
            continue
        role = _role(message, place)
        text = as_text(message["message"], f"{place}.message")
        titles: tuple[str, ...] = ()
        if role == "seeker":
            works = []
        else:
            titles = tuple(
                work
                for work in dict.fromkeys(works)
                if names_title(text, work) and not any(says_title(before, work) for before in named)
            )
        named.append(text)
        utterances.append(Utterance(role, text, titles))
    dialogue_id = digest([[one.role, one.text] for one in utterances])[:16]
    return Transcript(
        dialogue_id,
        tuple(utterances),
        "opendialkg",
        system="human",
        dataset="opendialkg",
        ratings=dict(_ratings(row, dialogue_id)),
        id_made=True,
    )


def _role(message: Mapping[str, Any], place: str) -> Role:
    if "sender" not in message:
        raise InputError(f"{place}.sender: missing")
    sender = as_text(message["sender"], f"{place}.sender").strip().casefold()
    if sender not in _SEATS:
        raise InputError(f"{place}.sender: expected user or assistant, found {show(sender)}")
    return _SEATS[sender]


def _works(message: Mapping[str, Any], place: str) -> Iterator[str]:
    """The films and books on the path of an action, in order; notes to the other worker have none."""
    place = f"{place}.metadata"
    metadata = message.get("metadata")
    path = None if metadata is None else as_object(metadata, place).get("path")
    if path is None:
        return
    for part in as_list(path, f"{place}.path"):
        if not isinstance(part, list):
            continue  # the score and the sentence
        for index, triple in enumerate(part):
            at = f"{place}.path[1][{index}]"
            if None in as_list(triple, at):
                continue
            names = [as_text(name, f"{at}[{number}]") for number, name in enumerate(triple)]
            if len(names) != 3:
                raise InputError(f"{at}: expected subject, relation and object, found {len(names)} texts")
            subject, relation, thing = (" ".join(name.split()) for name in names)
            plain = relation.removeprefix("~").casefold()
            between = plain in _BETWEEN_WORKS
            if subject and (between or (plain in _OF_WORKS and not relation.startswith("~"))):
                yield subject
            if thing and (between or (plain in _OF_WORKS and relation.startswith("~"))):
                yield thing


def _ratings(row: Mapping[str, Any], dialogue_id: str) -> Iterator[tuple[str, float]]:
    """What the two thought of the dialogue ("user quality", "assistant quality"), where it is a number; what
    is filled in and none is told."""
    for who in ("user", "assistant"):
        field = f"{who} rating"
        cell = row.get(field)
        if isinstance(cell, str) and cell.strip().casefold() in NO_NUMBER:
            continue
        try:
            given = _json(cell, field)
        except InputError:
            _tell(dialogue_id, field, cell)
            continue
        for aspect, one in (given if isinstance(given, dict) else {"rating": given}).items():
            try:
                ratings = as_ratings({aspect: one}, field)
            except InputError:
                _tell(dialogue_id, field, {aspect: one} if isinstance(given, dict) else one)
                continue
            yield from ((f"{who} {name}", rating) for name, rating in ratings.items())


def _tell(dialogue_id: str, field: str, found: Any) -> None:
    warnings.warn(
        f"OpenDialKG's dialogue {dialogue_id}: {field}: no number can be read from {show(str(found))}; it "
        "counts as not rated",
        InputWarning,
        stacklevel=2,
    )


def _json(cell: Any, field: str) -> Any:
    if not isinstance(cell, str):
        return cell
    try:
        return parse_json(cell)
    except ValueError:
        raise InputError(f"{field}: expected JSON, found {show(cell)}") from None
