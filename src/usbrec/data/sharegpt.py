"""ShareGPT's JSON, and what fine-tuning tools made of it: messages with `from` and `value`.

    {"id": "identity_0", "conversations": [{"from": "human", "value": "A classic horror novel, please."},
                                           {"from": "gpt", "value": "Have you read Dracula?"}]}

(the list may be called `conversation` or `items`; with `role` and `content` in its messages it is WildChat's
and LMSYS-Chat's.) Many files have no ids: one is made of the words then. `system` is a prompt, and who
recommended is `model`. What people thought and what the seeker ended up with is read where it stands as in a
line of one's own (`ratings`, `labels`, `targets`), and `rating`, `score`, `feedback`, `label` and kin.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from usbrec.data.everyday_titles import names_title
from usbrec.data.given_ratings import is_missing, rating_of
from usbrec.data.reading import (
    as_id,
    as_object,
    as_optional_text,
    as_ratings,
    as_text,
    as_titles,
    as_words,
    clean,
    show,
)
from usbrec.data.speakers import SEATS, seats_of
from usbrec.data.turn_columns import aspects
from usbrec.data.utterances import Transcript, Utterance
from usbrec.dialogue import Role
from usbrec.errors import InputError
from usbrec.keys import digest

_LISTS = ("conversations", "conversation", "items")
#: What names the speaker and the words of a message.
_FORMS = (("from", "value"), ("role", "content"))
_IDS = ("id", "conversation_hash", "conversation_id", "dialogue_id", "dialog_id", "conv_id", "session_id")
_SEATS: Mapping[str, Role] = {
    **SEATS,
    **dict.fromkeys(("chatgpt", "bing", "bard", "claude", "gemini", "chatbot", "llm"), "recommender"),
}
#: Where the messages of other formats stand.
_OTHERS = frozenset({"turns", "dialogue", "messages", "dialog", "utterances"})
#: Single ratings of a dialogue or a message.
_RATINGS = ("rating", "score", "feedback", "satisfaction")
_PAIRS = frozenset({"chosen", "rejected"})
_NO_TARGETS = "it has no targets (a list of titles), so nobody knows what the seeker ended up with"


def is_row(value: Mapping[str, Any]) -> bool:
    """Whether this is a dialogue of ShareGPT's."""
    return _list_of(value) is not None or (value.get("conversations") == [] and not _OTHERS & value.keys())


def _list_of(row: Mapping[str, Any]) -> str | None:
    for name in _LISTS:
        listed = row.get(name)
        first = listed[:5] if isinstance(listed, list) else []
        forms = _FORMS[:1] if name == "items" else _FORMS
        if any(isinstance(one, dict) and {*form} <= one.keys() for one in first for form in forms):
            return name
    return None


def transcript_of(value: Any) -> Transcript:
    """The dialogue; raises InputError naming the field."""
    row = as_object(value, "row")
    if row.keys() >= _PAIRS:
        raise InputError(
            "chosen, rejected: two replies, and nobody says which was given; leave one of them at the end of "
            "the conversation"
        )
    field = _list_of(row) or next((name for name in _LISTS if row.get(name) == []), None)
    if field is None:
        raise InputError("conversations: missing, or no list of messages with from and value")
    messages = [(f"{field}[{at}]", as_object(one, f"{field}[{at}]")) for at, one in enumerate(row[field])]
    names = [_speaker(message, place) for place, message in messages]
    targets = _targets(row)
    utterances = []
    for (place, message), name, seat in zip(messages, names, seats_of(names, _SEATS), strict=True):
        if seat is None:
            raise InputError(f"{place}.{_form(message)[0]}: expected human or gpt, found {show(name)}")
        words = _form(message)[1]
        if words not in message:
            raise InputError(f"{place}.{words}: missing")
        text = as_words(message[words], f"{place}.{words}")
        if seat == "neither":
            continue
        named = tuple(title for title in targets if names_title(text, title)) if seat == "recommender" else ()
        utterances.append(Utterance(seat, text, named, _ratings(message, f"{place}.")))
    id_name = next((one for one in _IDS if not is_missing(row.get(one))), None)
    labels = {} if row.get("labels") is None else dict(as_object(row["labels"], "labels"))
    if isinstance(row.get("label"), str):
        labels.setdefault("label", row["label"])
    system = as_optional_text(row.get("model"), "model") or ""
    ratings = _ratings(row, "")
    made = [[[one.role, one.text, dict(one.ratings)] for one in utterances], system, ratings]
    return Transcript(
        digest(made)[:16] if id_name is None else as_id(row[id_name], id_name),
        tuple(utterances),
        "sharegpt",
        system=system,
        dataset=as_optional_text(row.get("dataset"), "dataset") or "",
        ratings=ratings,
        labels={clean(name): as_text(one, f"labels[{show(name)}]") for name, one in labels.items()},
        targets=targets,
        id_made=id_name is None,
        unusable=_unusable(targets, utterances),
    )


def _speaker(message: Mapping[str, Any], place: str) -> str:
    who = _form(message)[0]
    if who not in message:
        raise InputError(f"{place}.{who}: missing")
    return as_text(message[who], f"{place}.{who}").strip().casefold()


def _form(message: Mapping[str, Any]) -> tuple[str, str]:
    return next((form for form in _FORMS if form[0] in message), _FORMS[0])


def _targets(row: Mapping[str, Any]) -> tuple[str, ...]:
    given = row.get("targets")
    return (
        () if given in (None, [], "") else as_titles([given] if isinstance(given, str) else given, "targets")
    )


def _ratings(row: Mapping[str, Any], place: str) -> dict[str, float]:
    found = as_ratings(row.get("ratings"), f"{place}ratings")
    if isinstance(row.get("label"), bool | int | float) and not is_missing(row["label"]):
        found["label"] = float(row["label"])  # whether a reply is a good one, in rows for KTO
    for name in (*_RATINGS, *aspects().values()):
        if is_missing(row.get(name)) or name in found:
            continue
        number = rating_of(row[name])
        if number is None:
            if name not in _RATINGS:
                continue  # "explanation" may be one in words
            raise InputError(f"{place}{name}: expected a number, or thumbs up or down; words go into labels")
        found[name] = number
    return found


def _unusable(targets: tuple[str, ...], utterances: list[Utterance]) -> str:
    if not targets:
        return _NO_TARGETS
    if not any(one.titles for one in utterances):
        return f"no turn of the recommender names {show('; '.join(targets))}, which is its target"
    return ""
