"""Replies in JSON: whether one is what `response_format` asks for, and where it is not.

A schema comes from a client, so nothing in it is fetched and no pattern of it is tried: one can be written
that takes for ever. Servers that limit replies to the schema heed patterns themselves.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from usbrec.patterns import LazyPattern
from usbrec.serve.http.errors import ServiceError

#: A reply that is one block of code.
_FENCED = LazyPattern(r"\s*```\w*[ \t]*\n(?P<inside>.*)\n[ \t]*```\s*", re.DOTALL)
#: Keywords that try a regular expression.
_PATTERNS = ("pattern", "patternProperties")


def read_json(text: str) -> tuple[str, Any]:
    """The JSON of a reply, without a block of code around it, and its value. Raises ValueError for what is
    none, NaN and its kin among it."""
    fenced = _FENCED.fullmatch(text)
    inside = text if fenced is None else fenced["inside"].strip()
    try:
        return inside, json.loads(inside, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def begins_json(text: str) -> bool:
    """Whether a reply that was cut may have been JSON."""
    return text.lstrip()[:1] in tuple('{["') or text.lstrip().startswith("```")


def validator_of(response_format: Mapping[str, Any]) -> Any:
    """What checks a value against the schema that a client asks for; None where it asks for none. Raises
    ServiceError for a schema that is none."""
    named = response_format.get("json_schema")
    schema = named.get("schema") if isinstance(named, Mapping) else None
    if response_format.get("type") != "json_schema" or schema is None:
        return None
    import jsonschema
    import referencing

    try:
        of_its_draft = jsonschema.validators.validator_for(schema, default=jsonschema.Draft202012Validator)
        of_its_draft.check_schema(schema)
    except (jsonschema.SchemaError, RecursionError) as problem:
        where = ".".join(map(str, getattr(problem, "absolute_path", ())))
        raise ServiceError(
            400,
            f"response_format: the schema{f' at {where}' if where else ''} is none: "
            f"{getattr(problem, 'message', 'it is nested too deeply')[:200]}",
            param="response_format",
            code="invalid_json_schema",
        ) from None
    unheeded = dict.fromkeys(_PATTERNS, _pass)
    return jsonschema.validators.extend(of_its_draft, unheeded)(schema, registry=referencing.Registry())


def _pass(*_: Any) -> Iterator[Any]:
    return iter(())


def fault_of(validator: Any, value: Any) -> str:
    """Where a value is not of the schema, in words that quote the schema alone; "" where it is. What cannot
    be told, such as by a reference to elsewhere, is no fault."""
    import jsonschema
    import referencing.exceptions

    try:
        found = jsonschema.exceptions.best_match(validator.iter_errors(value))
    except (referencing.exceptions.Unresolvable, RecursionError):
        return ""
    if found is None:
        return ""
    where = ".".join(map(str, found.absolute_path)) or "it"
    return f"{where[:100]} is against {found.validator!r}: {json.dumps(found.validator_value)[:100]}"
