"""Sample files in USB-Rec's own format: JSON lines, one sample a line, UTF-8.

The short form is for samples from your own logs (shown on several lines, written on one):

    {"id": "s1",
     "dialogue": [{"role": "user", "text": "Something slow and dark, please."},
                  {"role": "assistant", "text": "Crime or science fiction?"},
                  {"role": "user", "text": "Crime."}],
     "targets": ["Zodiac (2007)"],
     "label": "Then try Zodiac (2007)."}

The full form is what `usbrec samples` writes:

    {"id": "7:2", "dialogue_id": "7", "turns": [{"role": "seeker", "text": "..."}],
     "targets": ["Zodiac (2007)"], "label": null, "source": "redial"}

- `id`: text or a whole number, different on every line; required.
- `dialogue_id`: text or a whole number. Lines cut from one dialogue share it, because statistics treat
  them as one cluster. Default: `id`.
- `turns` or `dialogue`: the dialogue so far, as a list of objects; the last turn is the seeker's; required.
    - `role`: `seeker` or `user`; `recommender` or `assistant`; capitals do not matter, and other usual names
      (`customer`, `agent`, `bot`, `wizard`) are known. `system` recommends where nobody else does.
    - `text` or `content`: what was said; `content` may be a list of parts, of which texts count. A turn
      without words is dropped.
    - `items`: the catalogue's ids of what a recommender's system says that it recommends. Default: what
      the text names.
- `targets`: the titles the seeker ended up with, as the catalogue writes them; at least one; required.
- `label`: what the human recommender said next. Default: none.
- `source`: where the sample comes from. Default: `own`.
- `seeker`: how the simulated seeker behaves, as `usbrec samples catalogue` writes it. Default: none.
    - `patience`: with how many unfitting recommendations they leave; null or missing: never.
    - `vagueness`, `talkativeness`: from 0 to 1. Default: 0.
    - `revealed`: what they have said, for the reader.
    - `remaining`: what they can still say, as objects with `kind` (genre, era, person, style, item or value),
      `words` (at least one), perhaps `vague`: true, and of a value perhaps the catalogue's `column`. Null or
      missing: what is known of the targets.

- `constraints`: what an item must be for this seeker, a filter such as `{"price": {"max": 50}}`
  (docs/constraints.md). Default: none. With some, `targets` may be empty: nothing fits. Beside a condition
  may stand `told`: `volunteered` (the default), `asked` (when the recommender asks), `kept` (only as the
  reason to decline an offer), `hidden` (never) or `said` (the dialogue holds it already).
- `task`: what the application knows of the seeker and asks of the recommender (docs/tasks.md). Default: none.

Either name may be used in either form, but not both at once. Other fields are ignored.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, get_args

from usbrec.data.reading import (
    as_finite,
    as_id,
    as_list,
    as_object,
    as_optional_text,
    as_ratings,
    as_text,
    as_titles,
    clean,
    collect,
    read_lines,
    required,
    show,
)
from usbrec.data.speakers import seats_of
from usbrec.dialogue import FactKind, RecordedDialogue, Role, Sample, Turn
from usbrec.errors import InputError
from usbrec.keys import digest
from usbrec.thought_parts import is_thought_part

#: When a seeker tells a constraint: unasked, when it is asked for, or as the reason to decline.
_TOLD = ("volunteered", "asked", "kept", "hidden", "said")
#: What a whole dialogue's id may be called.
_IDS = ("id", "dialogue_id", "dialog_id", "conversation_id", "conv_id", "session_id")
#: How the id of a chat model's log begins that has none: it is made of all that the dialogue holds.
MADE = "log-"
#: Fields that say of a line with targets that it is a whole dialogue, and those of a sample.
_OF_DIALOGUES = frozenset({"system", "dataset", "ratings", "labels"})
_OF_SAMPLES = frozenset({"label", "dialogue_id"})


def read_own(path: str | os.PathLike[str]) -> tuple[Sample, ...]:
    """The samples of a file in our own format, in its order. Raises BadLines and InputError."""
    return collect(path, read_lines(path), lambda value: [sample_of(value)])


def sample_of(value: Any) -> Sample:
    """The sample on one line; raises InputError naming the field."""
    row = as_object(value, "row")
    sample_id = as_id(required(row, "id"), "id")
    dialogue_id = row.get("dialogue_id")
    source = row.get("source")
    field = _turns_field(row)
    turns = read_turns(row[field], field)
    return Sample(
        id=sample_id,
        dialogue_id=sample_id if dialogue_id is None else as_id(dialogue_id, "dialogue_id"),
        turns=turns,
        targets=_targets(row),
        label=as_optional_text(row.get("label"), "label"),
        source="own" if source is None else as_text(source, "source"),
        seeker=_seeker(row.get("seeker")),
        constraints=_constraints(row.get("constraints")),
        task={} if row.get("task") is None else read_task(row["task"], "task"),
    )


def tells_whole(value: Any) -> str | None:
    """The field by which a line says that it is a whole dialogue with people's opinions of it; None where
    none does."""
    if not isinstance(value, Mapping):
        return None
    turns = next((value[name] for name in ("turns", "dialogue", "messages") if name in value), None)
    rated = isinstance(turns, list) and any(isinstance(turn, dict) and turn.get("ratings") for turn in turns)
    return next(
        (name for name in sorted(_OF_DIALOGUES) if value.get(name)), "turns[].ratings" if rated else None
    )


def _turns_field(row: Mapping[str, Any]) -> str:
    """The field of the turns; logs of chat models call them messages."""
    if "messages" in row and not {"turns", "dialogue"} & row.keys():
        return "messages"
    return _one_of(row, "turns", "dialogue", "")


def dialogue_of(value: Any) -> Sample | RecordedDialogue:
    """The whole dialogue on one line, or the sample where it is one; raises InputError naming the field.

    A dialogue has `id`, `turns` (or `dialogue`, or `messages` of a chat model's log), each turn perhaps with
    `ratings`, and perhaps `system`, `dataset`, `source`, `ratings`, `labels` and `targets` (see
    :class:`usbrec.dialogue.RecordedDialogue`).
    Logs of chat models need no id. Messages of `developer`, `tool` and `function`, as logs have them, are
    passed over, and so are those of `system`, unless it is what recommends.
    """
    row = as_object(value, "row")
    field = _turns_field(row)
    listed = _seated(row[field], field)
    rated = any(isinstance(item, dict) and item.get("ratings") for _, item, _ in listed)
    if row.get("targets") and _OF_SAMPLES & row.keys() and not (rated or _OF_DIALOGUES & row.keys()):
        return sample_of(value)
    name = next((name for name in _IDS if row.get(name) is not None), "id")
    made = field == "messages" and row.get(name) is None
    dialogue_id = "" if made else as_id(required(row, name), name)
    ratings = [
        as_ratings(item.get("ratings") if isinstance(item, dict) else None, f"{place}.ratings")
        for place, item, _ in listed
    ]
    turns = [_turn(item, place, role) for place, item, role in listed]
    kept = [
        (turn, rated)
        for turn, rated in zip(turns, ratings, strict=True)
        if turn.text.strip() or turn.items or rated
    ]
    if not kept:
        raise InputError(f"{field}: empty; at least one turn is needed")
    labels = {} if row.get("labels") is None else as_object(row["labels"], "labels")
    found = RecordedDialogue(
        id=dialogue_id,
        turns=tuple(turn for turn, _ in kept),
        system=as_optional_text(row.get("system"), "system") or "",
        dataset=as_optional_text(row.get("dataset"), "dataset") or "",
        source=as_optional_text(row.get("source"), "source") or "own",
        ratings=as_ratings(row.get("ratings"), "ratings"),
        turn_ratings=tuple(rated for _, rated in kept) if any(ratings) else (),
        labels={clean(name): as_text(one, f"labels[{show(name)}]") for name, one in labels.items()},
        targets=as_titles(row["targets"], "targets") if row.get("targets") else (),
    )
    return replace(found, id=f"{MADE}{digest(found.to_json())[:16]}") if made else found


def _targets(row: Mapping[str, Any]) -> tuple[str, ...]:
    """The targets; none is allowed where constraints say why nothing fits."""
    targets = required(row, "targets")
    return () if targets == [] and row.get("constraints") else as_titles(targets, "targets")


def _constraints(value: Any) -> Mapping[str, Any]:
    """The constraints as they are: what their columns are, only a catalogue knows."""
    if value is None:
        return {}
    given = as_object(value, "constraints")
    for column, conditions in given.items():
        for condition in conditions if isinstance(conditions, list) else [conditions]:
            told = condition.get("told", "volunteered") if isinstance(condition, Mapping) else "volunteered"
            if told not in _TOLD:
                place = f"constraints.{column}.told"
                raise InputError(f"{place}: expected {', '.join(_TOLD)}, found {show(told)}")
    return dict(as_finite(given, "constraints"))


def read_task(value: Any, field: str) -> Mapping[str, Any]:
    """A task of the recommender's as a sample carries it. Raises InputError."""
    task = as_object(value, field)
    _texts(task.get("services", []), f"{field}.services")
    for name in ("user", "policy_text"):
        if task.get(name) is not None:
            as_text(task[name], f"{field}.{name}")
    for user, history in as_object(task.get("histories", {}), f"{field}.histories").items():
        watched = as_object(history, f"{field}.histories.{user}").get("watched", [])
        _texts(watched, f"{field}.histories.{user}.watched")
    graded = as_object(task.get("graded", {}), f"{field}.graded")
    _texts(graded.get("policy", []), f"{field}.graded.policy")
    return dict(as_finite(task, field))


def read_turns(value: Any, field: str) -> tuple[Turn, ...]:
    """The turns of a list of objects, those with words; the last is the seeker's. Raises InputError."""
    said = [_turn(item, place, role) for place, item, role in _seated(value, field)]
    turns = tuple(turn for turn in said if turn.text.strip())
    if not turns:
        raise InputError(f"{field}: empty; at least one turn of the seeker is needed")
    if turns[-1].role != "seeker":
        raise InputError(f"{field}: the last turn with words is the recommender's; it must be the seeker's")
    return turns


def _seated(value: Any, field: str) -> list[tuple[str, Any, Role | None]]:
    """The messages of the two with their places and seats, without those of neither: instructions, and what
    tools answer. The seat of one who has none is None, for the reader of the turn to say."""
    listed = [(f"{field}[{index}]", item) for index, item in enumerate(as_list(value, field))]
    seats = seats_of([_name_of(item) for _, item in listed])
    return [
        (place, item, seat) for (place, item), seat in zip(listed, seats, strict=True) if seat != "neither"
    ]


def _name_of(item: Any) -> str:
    """How a message names its speaker, without capitals and blanks around; "" where it does not."""
    role = item.get("role") if isinstance(item, dict) else None
    return role.strip().casefold() if isinstance(role, str) else ""


def _words(value: Any, place: str) -> tuple[str, str]:
    """The texts among the parts of a message, as logs of OpenAI's protocol have them, and the thoughts; none
    where a tool is called."""
    said: list[str] = []
    thought: list[str] = []
    for index, item in enumerate(value or []):
        part = as_object(item, f"{place}[{index}]")
        if isinstance(part.get("refusal"), str):
            said.append(clean(part["refusal"]))
        if "text" in part:
            text = as_text(part["text"], f"{place}[{index}].text")
            is_thought = is_thought_part(part.get("type"), part.get("thought"))
            (thought if is_thought else said).append(text)
    return "\n".join(said), "\n".join(thought)


def _turn(value: Any, place: str, seat: Role | None) -> Turn:
    row = as_object(value, place)
    if "role" not in row:
        raise InputError(f"{place}.role: missing")
    role = as_text(row["role"], f"{place}.role")
    if seat is None:
        raise InputError(f"{place}.role: expected seeker, recommender, user or assistant, found {show(role)}")
    items: tuple[str, ...] | None = None
    if row.get("items") is not None and seat == "recommender":
        listed = enumerate(as_list(row["items"], f"{place}.items"))
        items = tuple(as_id(one, f"{place}.items[{index}]") for index, one in listed)
    calls = bool(row.get("tool_calls") or row.get("function_call"))
    if (items or calls) and not {"text", "content"} & row.keys():
        return Turn(seat, "", items)
    if "text" in row and "content" in row and (row["text"] is None or row["content"] is None):
        row = {name: one for name, one in row.items() if one is not None}  # a frame's cell has all names
    words = _one_of(row, "text", "content", f"{place}.")
    said = row[words]
    if said is None and isinstance(row.get("refusal"), str):
        said = row["refusal"]  # said in place of an answer
    if said is None and calls:
        return Turn(seat, "", items)
    if words == "content" and isinstance(said, list):
        text, thought = _words(said, f"{place}.content")
        return Turn(seat, text, items, thought)
    return Turn(seat, as_text(said, f"{place}.{words}"), items)


def _seeker(value: Any) -> Mapping[str, Any]:
    """A checked persona; fields of it that we do not know are left out."""
    if value is None:
        return {}
    given = {field: content for field, content in as_object(value, "seeker").items() if content is not None}
    seeker: dict[str, Any] = {}
    if "patience" in given:
        patience = given["patience"]
        if not isinstance(patience, int) or isinstance(patience, bool) or patience < 1:
            raise InputError("seeker.patience: expected a whole number from 1, or null for no end")
        seeker["patience"] = patience
    for field in ("vagueness", "talkativeness"):
        if field in given:
            share = given[field]
            if not isinstance(share, int | float) or isinstance(share, bool) or not 0 <= share <= 1:
                raise InputError(f"seeker.{field}: expected a number from 0 to 1")
            seeker[field] = share
    if "revealed" in given:
        seeker["revealed"] = _texts(given["revealed"], "seeker.revealed")
    if "remaining" in given:
        facts = as_list(given["remaining"], "seeker.remaining")
        seeker["remaining"] = [_fact(item, f"seeker.remaining[{index}]") for index, item in enumerate(facts)]
    return seeker


def _fact(value: Any, place: str) -> dict[str, Any]:
    row = as_object(value, place)
    for field in ("kind", "words"):
        if field not in row:
            raise InputError(f"{place}.{field}: missing")
    kind = as_text(row["kind"], f"{place}.kind")
    if kind not in get_args(FactKind):
        raise InputError(f"{place}.kind: expected {', '.join(get_args(FactKind))}, found {show(kind)}")
    words = _texts(row["words"], f"{place}.words")
    if not words:
        raise InputError(f"{place}.words: empty; at least one is needed")
    vague = row.get("vague", False)
    if not isinstance(vague, bool):
        raise InputError(f"{place}.vague: expected true or false")
    column = row.get("column")
    return (
        {"kind": kind, "words": words}
        | ({"vague": True} if vague else {})
        | ({} if column is None else {"column": as_text(column, f"{place}.column")})
    )


def _texts(value: Any, field: str) -> list[str]:
    return [as_text(item, f"{field}[{index}]") for index, item in enumerate(as_list(value, field))]


def _one_of(row: Mapping[str, Any], first: str, second: str, place: str) -> str:
    """Which of the two names of a field `row` uses."""
    if first in row and second in row:
        raise InputError(f"{place}{first}: given together with {second}; keep one of them")
    if first not in row and second not in row:
        raise InputError(f"{place}{first}: missing (it may also be called {second})")
    return first if first in row else second
