"""DialogueKit's JSON: what UserSimCRS, CRS Arena (CRSArena-Dial) and the annotated MovieBot and INSPIRED use.

    [{"conversation_id": "c1", "agent": {"id": "MovieBot", "type": "AGENT"}, "user": {"id": "u1"},
      "metadata": {"recommended_movie": "Up", "recommendation_outcome": "accept_others"},
      "conversation": [{"participant": "USER", "utterance": "Something warm.",
                        "dialogue_acts": [{"intent": "DISCLOSE", "slots": [["MOOD", "warm", null, null]]}]}]}]

Older files call the id "conversation ID" and the slots "slot_values". Only INSPIRED's annotations say what
was recommended (`recommended_movie`) and how it was taken. CRSArena-Dial says whether the user was satisfied
or frustrated (`metadata.sentiment`), MovieBot's annotations where the user accepted (NOTE.ACCEPT).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from usbrec.data.everyday_titles import names_title
from usbrec.data.reading import as_id, as_list, as_object, as_optional_text, as_text, as_words, clean, show
from usbrec.data.utterances import Transcript, Utterance, bare_title, says_title
from usbrec.dialogue import Role
from usbrec.errors import InputError

_SEATS: Mapping[str, Role] = {"user": "seeker", "agent": "recommender"}
_IDS = ("conversation_id", "conversation ID", "conversationId", "dialogue_id", "id")
_DATASETS = ("redial", "opendialkg")
_MARK = "QUOTATION_MARK"
#: Messages, each with the titles in its slots and whether it accepts something.
_Said = Sequence[tuple[Utterance, tuple[str, ...], bool]]
_SLOTS = ("slots", "slot_values", "annotations")


def transcript_of(value: Any) -> Transcript:
    """The dialogue; raises InputError naming the field."""
    row = as_object(value, "row")
    name = next((name for name in _IDS if row.get(name) is not None), None)
    if name is None:
        raise InputError("conversation_id: missing (it may also be called conversation ID)")
    dialogue_id = as_id(row[name], name).strip('"') or as_id(row[name], name)
    system, user = _participant(row, "agent"), _participant(row, "user")
    metadata = {} if row.get("metadata") is None else as_object(row["metadata"], "metadata")
    heard: list[tuple[Role, str, tuple[str, ...], bool]] = []
    for index, item in enumerate(as_list(_required(row, "conversation"), "conversation")):
        place = f"conversation[{index}]"
        message = as_object(item, place)
        role = _role(message, place, system, user)
        text = as_words(_required(message, "utterance", place), f"{place}.utterance").replace(_MARK, '"')
        heard.append((role, text, *_acts(message, place)))
    known = _recommended(metadata, [text for _, text, _, _ in heard])
    recommended = known[0] if len(known) == 1 else None
    said: list[tuple[Utterance, tuple[str, ...], bool]] = []
    for role, text, slots, accepts in heard:
        fits: tuple[str, ...] = ()
        if role == "recommender" and recommended is not None:
            bare = bare_title(recommended).casefold()
            in_slots = any(bare_title(slot).casefold() == bare for slot in slots)
            fits = (recommended,) if in_slots or names_title(text, recommended) else ()
        said.append((Utterance(role, text, fits), slots, accepts))
    outcome = as_optional_text(metadata.get("recommendation_outcome"), "metadata.recommendation_outcome")
    sentiment = _sentiment(metadata)
    rejected = (outcome or "").strip().casefold().startswith("reject")
    # Of two films of one title, neither is the one that was accepted.
    accepted = () if len(known) > 1 else known if known and not rejected else tuple(_accepted(said))
    return Transcript(
        dialogue_id,
        tuple(utterance for utterance, _, _ in said),
        "crsarena-dial" if name == "conversation ID" and _arena(dialogue_id, system) else "dialoguekit",
        system=system,
        dataset=_dataset(system, metadata),
        labels=({"outcome": outcome} if outcome else {}) | ({"sentiment": sentiment} if sentiment else {}),
        targets=accepted,
        rejected=rejected,
        unusable="" if rejected else _unusable(known, said),
    )


def _unusable(known: tuple[str, ...], said: _Said) -> str:
    if not known:
        return "it does not say what was recommended (metadata.recommended_movie)"
    if len(known) > 1:
        return f"it does not say which of {', '.join(map(show, known))} was recommended"
    if not any(utterance.titles for utterance, _, _ in said):
        return f"no turn of the recommender names {show(known[0])}, which was recommended"
    return ""


def _dataset(system: str, metadata: Mapping[str, Any]) -> str:
    if "recommendation_outcome" in metadata and "movie_dict" in metadata:
        return "inspired"
    return next((one for one in _DATASETS if system.casefold().endswith(f"_{one}")), "")


def _required(row: Mapping[str, Any], field: str, place: str = "") -> Any:
    if field not in row:
        raise InputError(f"{place}.{field}: missing" if place else f"{field}: missing")
    return row[field]


def _participant(row: Mapping[str, Any], field: str) -> str:
    given = row.get(field)
    if given is None:
        return ""
    if isinstance(given, dict):
        given = given.get("id")
        return "" if given is None else clean(as_id(given, f"{field}.id"))
    return clean(as_id(given, field))


def _role(message: Mapping[str, Any], place: str, system: str, user: str) -> Role:
    who = as_text(_required(message, "participant", place), f"{place}.participant").strip()
    role = _SEATS.get(who.casefold())
    if role is None and who and who in (system, user) and system != user:
        role = "recommender" if who == system else "seeker"
    if role is None:
        raise InputError(f"{place}.participant: expected USER or AGENT, found {show(who)}")
    return role


def _recommended(metadata: Mapping[str, Any], texts: Sequence[str]) -> tuple[str, ...]:
    """The recommended title, with the year by which the dialogue's titles have it, where one has; of several
    such the one whose year stands beside the title in one of the messages, else all of them."""
    title = as_optional_text(metadata.get("recommended_movie"), "metadata.recommended_movie")
    if title is None:
        return ()
    title = " ".join(title.split())
    listed = metadata.get("movie_dict")
    dated = [
        " ".join(clean(known).split())
        for known in (listed if isinstance(listed, dict) else ())
        if bare_title(known) != known and bare_title(known).casefold() == title.casefold()
    ]
    if len(dated) < 2:
        return tuple(dated) or (title,)
    about = " ".join(text for text in texts if says_title(text, title))
    told = set(re.findall(r"(?<![0-9])[0-9]{4}(?![0-9])", about))
    meant = [one for one in dated if not told.isdisjoint(re.findall("[0-9]{4}", one.removeprefix(title)))]
    return tuple(meant if len(meant) == 1 else dated)


def _sentiment(metadata: Mapping[str, Any]) -> str:
    given = metadata.get("sentiment")
    return clean(given).strip() if isinstance(given, str) else ""


def _acts(message: Mapping[str, Any], place: str) -> tuple[tuple[str, ...], bool]:
    """The titles in a message's slots, and whether it accepts something."""
    titles: list[str] = []
    accepts = False
    for act in _objects(message.get("dialogue_acts"), f"{place}.dialogue_acts"):
        intent = act.get("intent")
        accepts = accepts or (isinstance(intent, str) and intent.strip().casefold() == "note.accept")
        for name in _SLOTS:
            for slot in act.get(name) or () if isinstance(act.get(name), list) else ():
                key, value = (
                    (slot.get("slot"), slot.get("value"))
                    if isinstance(slot, dict)
                    else (slot[0], slot[1])
                    if isinstance(slot, list) and len(slot) > 1
                    else (None, None)
                )
                if isinstance(key, str) and key.upper() == "TITLE" and isinstance(value, str):
                    titles += [title] if (title := " ".join(clean(value).split())) else []
    return tuple(titles), accepts


def _objects(value: Any, field: str) -> Iterator[Mapping[str, Any]]:
    for index, item in enumerate([] if value is None else as_list(value, field)):
        yield as_object(item, f"{field}[{index}]")


def _accepted(said: _Said) -> Iterator[str]:
    """The titles that the agent's last message before an accepting one had in its slots."""
    shown: tuple[str, ...] = ()
    for utterance, slots, accepts in said:
        if utterance.role == "recommender":
            shown = slots
        elif accepts:
            yield from shown


def _arena(dialogue_id: str, system: str) -> bool:
    return bool(system) and dialogue_id.startswith(f"{system}_")
