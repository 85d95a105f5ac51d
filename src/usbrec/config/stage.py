"""Base of one stage's settings: documented fields, unknown keys refused, which of them decide answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def free(default: Any, **kwargs: Any) -> Any:
    """A field that decides no answer."""
    return Field(default, json_schema_extra={"decides": False}, **kwargs)


class Stage(BaseModel):
    """Base of all stages: unknown keys are errors, because a misspelt setting is a silent default."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True
    )


def deciding(stage: BaseModel) -> dict[str, Any]:
    """A stage's settings that decide answers, as nested JSON."""
    decided: dict[str, Any] = {}
    for name, field in type(stage).model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("decides") is False:
            continue
        value = getattr(stage, name)
        decided[name] = deciding(value) if isinstance(value, BaseModel) else value
    return decided
