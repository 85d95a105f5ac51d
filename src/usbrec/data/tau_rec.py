"""τ-Rec's tasks as samples: what the user volunteers is the opening, the films that fit are the targets.

    {"id": "task_002",
     "constraints": [{"reveal": "volunteer",
                      "constraint": {"field": "genres", "op": "contains", "value": "Horror"}},
                     {"reveal": "hidden", "constraint": {"field": "runtime", "op": "<=", "value": 120}}],
     "persona": "…", "policy_flags": ["availability"], "no_valid_recommendation": false, "user_id": "user_1",
     "user_history": {"user_1": {"watched": [], "ratings": {}}}, "user_services": ["Hulu"]}

A task names no film: those that fit come from its ``catalog.json``, in the same folder or the one above. They
fulfil all conditions, have not been watched, and can be seen on a service of the user's where the task asks
for that; where none does because the task says so (`no_valid_recommendation`), there is no target. The
conditions are the sample's constraints, told by their reveal tags: `volunteer` stands in the opening,
`on_ask` is told when it is asked for, `hidden` never; that a film has to be on a service of the user's is
told on asking, too. A condition on a field that is no column of the catalogue decides
the targets alone. User, history and services, the ``policy.md`` beside the catalogue and the policy
flags that a dialogue is graded by are the sample's task. Not read: the persona's prose and soft preferences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from usbrec.data.reading import (
    FileMissing,
    as_finite,
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
_POLICY = "policy.md"
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
        for field in ("constraints", "user_history"):
            as_finite(task.get(field), field)
        if null := _null_in(task.get("constraints", ())):
            return f"{null} is null, so nobody can say which films fit it"
        constraints = [
            _constraint(item, f"constraints[{index}]")
            for index, item in enumerate(as_list(required(task, "constraints"), "constraints"))
        ]
        none_fits = task.get("no_valid_recommendation") is True
        targets = self._fitting([one[:3] for one in constraints], task)
        services = _services_needed(task)
        on_service = [("streaming_services", "contains_any", services, "on_ask")] if services else []
        conditions = _conditions([*constraints, *on_service])
        if not targets and not none_fits:
            return f"no film of {_CATALOGUE} fits it"
        if none_fits and (targets or not conditions):
            return f"it says that no film fits (no_valid_recommendation), and one of {_CATALOGUE} does"
        revealed = [_phrase(one) for one in constraints if one[3] == "volunteer"]
        says = words("en", "recorded")["conditions"]
        opening = says["opening"]
        if revealed:
            opening += " " + says["wishes"].format(_listed(revealed, says["and"]))
        return Sample(
            id=task_id,
            dialogue_id=task_id,
            turns=(Turn("seeker", opening),),
            targets=() if none_fits else targets,
            source="tau-rec",
            seeker={"revealed": revealed, "remaining": []},
            constraints=conditions,
            task=self._task(task),
        )

    def _task(self, task: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the recommender's application knows of the user, and what it asks of the recommender."""
        known: dict[str, Any] = {"source": "tau-rec"}
        if task.get("user_id") is not None:
            known["user"] = as_id(task["user_id"], "user_id")
        services = task.get("user_services")
        known["services"] = [str(one) for one in services] if isinstance(services, list) else []
        histories = task.get("user_history")
        known["histories"] = {
            str(user): {
                "watched": [str(one) for one in as_list(history.get("watched", []), f"user_history.{user}")],
                "ratings": dict(as_object(history.get("ratings", {}), f"user_history.{user}.ratings")),
            }
            for user, history in (histories.items() if isinstance(histories, dict) else ())
            if isinstance(history, dict)
        }
        if self._policy:
            known["policy_text"] = self._policy
        flags = task.get("policy_flags")
        groups = {name: str(task[name]) for name in ("complexity", "reveal_difficulty") if task.get(name)}
        policy = [str(one) for one in flags] if isinstance(flags, list) else []
        return {**known, "graded": {"policy": policy, "groups": groups}}

    def _fitting(
        self, constraints: Sequence[tuple[str, str, Any]], task: Mapping[str, Any]
    ) -> tuple[str, ...]:
        watched = set(_watched(task))
        services = _services_needed(task)
        return tuple(
            dict.fromkeys(
                name
                for film_id, name, film in self._films
                if film_id not in watched
                and all(_holds(film, *one) for one in constraints)
                and (not services or _holds(film, "streaming_services", "contains_any", services))
            )
        )

    def _beside(self, name: str) -> Path | None:
        """A file of the tasks' folder, or of the one above."""
        places = () if self._folder is None else (self._folder, self._folder.resolve().parent)
        return next((one / name for one in places if (one / name).is_file()), None)

    @cached_property
    def _policy(self) -> str:
        path = self._beside(_POLICY)
        return "" if path is None else read_text(path).strip()

    @cached_property
    def _films(self) -> list[tuple[str, str, Mapping[str, Any]]]:
        path = self._beside(_CATALOGUE)
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


#: How a condition is written in a sample's constraints.
_AS_CONDITION = {
    "<=": "max",
    ">=": "min",
    "==": "is",
    "!=": "not",
    "contains": "is",
    "not_contains": "not",
    "contains_any": "in",
    "in": "in",
}
_AS_TOLD = {"volunteer": "said", "on_ask": "asked", "hidden": "hidden"}
#: Fields of a film that are read as a column of another name; those that are no column are None.
_AS_COLUMN = {"cast": "people", "director": "people", "title": None, "overview": None, "id": None}


def _conditions(constraints: Sequence[tuple[str, str, Any, str]]) -> dict[str, Any]:
    """The constraints of a sample: by column the one condition, or a list of them."""
    found: dict[str, list[dict[str, Any]]] = {}
    for field, op, value, reveal in constraints:
        column, kind = _AS_COLUMN.get(field, field), _AS_CONDITION[op]
        if field == "release_date":
            column = None if (year := _whole_years(kind, value)) is None else "year"
            value = year
        if column is not None:
            found.setdefault(column, []).append({kind: value, "told": _AS_TOLD[reveal]})
    return {column: several if len(several) > 1 else several[0] for column, several in found.items()}


def _whole_years(kind: str, value: Any) -> int | None:
    """The year that a bound on a date is a bound on; None for a date within a year."""
    year, _, day = str(value).partition("-")
    wholes: dict[str, tuple[str, ...]] = {"min": ("", "01-01"), "max": ("12-31",)}
    whole = wholes.get(kind, ())
    return int(year) if day in whole and len(year) == 4 and year.isdecimal() else None


def _null_in(constraints: Any) -> str | None:
    """Which part of a task's conditions is null, where one is."""
    if constraints is None:
        return "constraints"
    listed: list[Any] = constraints if isinstance(constraints, list) else []
    for index, row in enumerate(listed):
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


def _services_needed(task: Mapping[str, Any]) -> list[str]:
    """The user's services where a film has to be on one of them. Of a user without services the benchmark
    does not check this either."""
    flags, services = task.get("policy_flags"), task.get("user_services")
    if not isinstance(flags, list) or "availability" not in flags or not isinstance(services, list):
        return []
    return [str(one) for one in services]


def _watched(task: Mapping[str, Any]) -> Iterator[str]:
    histories = task.get("user_history")
    user = task.get("user_id")
    history = histories.get(user) if isinstance(histories, dict) and isinstance(user, str) else None
    watched = history.get("watched") if isinstance(history, dict) else None
    for one in watched if isinstance(watched, list) else ():
        yield str(one)


def _holds(film: Mapping[str, Any], field: str, op: str, value: Any) -> bool:
    """Whether a film fulfils a condition; what is not known of it fulfils none."""
    known: Any = film.get(field)
    if known is None:
        return False
    if isinstance(known, str) and isinstance(value, int | float):
        known = _number(known)
    elif isinstance(value, str) and isinstance(known, int | float):
        value = _number(value)
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


def _number(text: str) -> Any:
    """A number that a table wrote as text; other texts as they are."""
    try:
        return float(text)
    except ValueError:
        return text


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
