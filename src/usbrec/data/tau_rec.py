"""τ-Rec's tasks as samples: what the user volunteers is the opening, the films that fit are the targets.

    {"id": "task_002",
     "constraints": [{"reveal": "volunteer",
                      "constraint": {"field": "genres", "op": "contains", "value": "Horror"}},
                     {"reveal": "hidden", "constraint": {"field": "runtime", "op": "<=", "value": 120}}],
     "persona": "…", "policy_flags": ["availability"], "no_valid_recommendation": false, "user_id": "user_1",
     "user_history": {"user_1": {"watched": [], "ratings": {}}}, "user_services": ["Hulu"]}

A task names no film: those that fit come from its ``catalog.json``, in the same folder or the one above. They
fulfil all conditions, have not been watched, and can be seen on a service of the user's where the task asks
for that. `on_ask` genres are what the simulated seeker tells later. Not read: the persona's prose, soft
preferences, further `on_ask` conditions (they decide the targets alone), the policy and its tools.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from usbrec.data.reading import (
    FileMissing,
    as_id,
    as_list,
    as_object,
    as_text,
    clean,
    expected,
    required,
    show,
)
from usbrec.dialogue import Sample, Turn
from usbrec.errors import InputError
from usbrec.lexicon import words
from usbrec.storage import parse_json, read_text

_CATALOGUE = "catalog.json"
_REVEALS = ("volunteer", "on_ask", "hidden")
_OPS = ("<=", ">=", "==", "!=", "contains", "contains_any", "not_contains", "in")


def is_task(value: Any) -> bool:
    """Whether this is a task of τ-Rec."""
    return (
        isinstance(value, dict)
        and isinstance(value.get("constraints"), list)
        and bool({"persona", "policy_flags", "reveal_difficulty", "user_history"} & value.keys())
    )


class Tasks:
    """Tasks, and the films of the catalogue that lies beside them."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def sample_of(self, value: Any) -> Sample | str:
        """The sample of a task, or why it is none. Raises InputError naming the field."""
        task = as_object(value, "row")
        task_id = as_id(required(task, "id"), "id")
        if null := _null_in(task.get("constraints", ())):
            return f"{null} is null, so nobody can say which films fit it"
        constraints = [
            _constraint(item, f"constraints[{index}]")
            for index, item in enumerate(as_list(required(task, "constraints"), "constraints"))
        ]
        if task.get("no_valid_recommendation") is True:
            return "no film fits it (no_valid_recommendation), and a sample needs a target"
        told = {reveal: [one for one in constraints if one[3] == reveal] for reveal in _REVEALS}
        targets = self._fitting([one[:3] for one in constraints], task)
        if not targets:
            return f"no film of {_CATALOGUE} fits it"
        revealed = [_phrase(one) for one in told["volunteer"]]
        says = words("en", "recorded")["conditions"]
        opening = says["opening"]
        if revealed:
            opening += " " + says["wishes"].format(_listed(revealed, says["and"]))
        asked = [str(one[2]) for one in told["on_ask"] if (one[0], one[1]) == ("genres", "contains")]
        return Sample(
            id=task_id,
            dialogue_id=task_id,
            turns=(Turn("seeker", opening),),
            targets=targets,
            source="tau-rec",
            seeker={
                "revealed": revealed,
                "remaining": [{"kind": "genre", "words": [genre]} for genre in asked],
            },
        )

    def _fitting(
        self, constraints: Sequence[tuple[str, str, Any]], task: Mapping[str, Any]
    ) -> tuple[str, ...]:
        watched = set(_watched(task))
        flags = task.get("policy_flags")
        services = task.get("user_services")
        must_stream = isinstance(flags, list) and "availability" in flags and isinstance(services, list)
        return tuple(
            dict.fromkeys(
                name
                for film_id, name, film in self._films
                if film_id not in watched
                and all(_holds(film, *one) for one in constraints)
                and (not must_stream or _holds(film, "streaming_services", "contains_any", services))
            )
        )

    @cached_property
    def _films(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        places = () if self._folder is None else (self._folder, self._folder.resolve().parent)
        path = next((one / _CATALOGUE for one in places if (one / _CATALOGUE).is_file()), None)
        if path is None:
            raise FileMissing(
                f"a task of tau-Rec names no film: put its {_CATALOGUE} into the folder of the tasks or the "
                "one above, so that those that fit can be the targets."
            )
        try:
            films = parse_json(read_text(path))
        except ValueError:
            films = None
        if not isinstance(films, list):
            raise FileMissing(f"{path}: expected a JSON list of films; fetch the file anew")
        found: list[tuple[str, str, Mapping[str, Any]]] = []
        for film in films:
            if isinstance(film, dict) and isinstance(film.get("title"), str) and film["title"].strip():
                name = " ".join(clean(film["title"]).split())
                year = str(film.get("release_date") or "")[:4]
                found.append((str(film.get("id")), f"{name} ({year})" if year.isdecimal() else name, film))
        return found


def _null_in(constraints: Any) -> str | None:
    """Which part of a task's conditions is null, where one is."""
    if constraints is None:
        return "constraints"
    for index, row in enumerate(constraints if isinstance(constraints, list) else ()):
        place = f"constraints[{index}]"
        if row is None:
            return place
        predicate: Any = row.get("constraint", {}) if isinstance(row, dict) else {}
        if predicate is None:
            return f"{place}.constraint"
        for field in ("field", "op", "value") if isinstance(predicate, dict) else ():
            if field in predicate and predicate[field] is None:
                return f"{place}.constraint.{field}"
    return None


def _constraint(value: Any, place: str) -> tuple[str, str, Any, str]:
    row = as_object(value, place)
    for field in ("constraint", "reveal"):
        if field not in row:
            raise InputError(f"{place}.{field}: missing")
    predicate = as_object(row["constraint"], f"{place}.constraint")
    for field in ("field", "op", "value"):
        if field not in predicate:
            raise InputError(f"{place}.constraint.{field}: missing")
    about = as_text(predicate["field"], f"{place}.constraint.field")
    op = as_text(predicate["op"], f"{place}.constraint.op")
    if op not in _OPS:
        raise InputError(f"{place}.constraint.op: expected one of {', '.join(_OPS)}, found {show(op)}")
    reveal = as_text(row["reveal"], f"{place}.reveal")
    if reveal not in _REVEALS:
        raise InputError(f"{place}.reveal: expected volunteer, on_ask or hidden, found {show(reveal)}")
    given = predicate["value"]
    if isinstance(given, list):
        given = [
            one if isinstance(one, int | float) else as_text(one, f"{place}.constraint.value")
            for one in given
        ]
    elif not isinstance(given, int | float):
        given = as_text(given, f"{place}.constraint.value")
    if op in ("in", "contains_any") and not isinstance(given, list):
        raise expected("a list", given, f"{place}.constraint.value")
    return about, op, given, reveal


def _watched(task: Mapping[str, Any]) -> Iterator[str]:
    histories = task.get("user_history")
    user = task.get("user_id")
    history = histories.get(user) if isinstance(histories, dict) and isinstance(user, str) else None
    watched = history.get("watched") if isinstance(history, dict) else None
    for one in watched if isinstance(watched, list) else ():
        yield str(one)


def _holds(film: Mapping[str, Any], field: str, op: str, value: Any) -> bool:
    """Whether a film fulfils a condition; what is not known of it fulfils none."""
    known = film.get(field)
    if known is None:
        return False
    try:
        if op in ("<=", ">="):
            return bool(known <= value if op == "<=" else known >= value)
        if op in ("==", "!="):
            return bool((known == value) == (op == "=="))
        if op == "in":
            return known in value
        if op == "contains_any":
            return any(one in known for one in value)
        return (value in known) == (op == "contains")
    except TypeError:
        return False


def _phrase(constraint: tuple[str, str, Any, str]) -> str:
    field, op, value, _ = constraint
    says = words("en", "recorded")["conditions"]
    shown = (
        _listed([f"{one:g}" if isinstance(one, float) else str(one) for one in value], says["or"])
        if isinstance(value, list)
        else (f"{value:g}" if isinstance(value, float) else str(value))
    )
    pattern = says.get(f"{field} {op}")
    return pattern.format(shown) if pattern else f"{field.replace('_', ' ')} {op} {shown}"


def _listed(parts: Sequence[str], last: str) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + last + parts[-1] if parts else ""
