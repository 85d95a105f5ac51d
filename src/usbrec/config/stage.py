"""Settings base of one stage: documented fields, unknown keys refused, and which fields decide answers."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, Union, cast, get_args, get_origin

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic_core import PydanticCustomError

from usbrec import on_demand
from usbrec.errors import ConfigError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

#: Letters of a given text that a message repeats.
_SHORT = 40

Value = TypeVar("Value")


def free(default: Any, **kwargs: Any) -> Any:
    """A field that decides no answer."""
    return Field(default, json_schema_extra={"decides": False}, **kwargs)


@dataclass(frozen=True)
class Fixed:
    """What a setting of earlier versions is fixed at, and the constant that holds it (module and name)."""

    value: Any
    constant: str


class Stage(BaseModel):
    """Base of all stages: unknown keys are errors, because a misspelt setting is a silent default.

    A setting whose default follows from others is None until a stage resolves it
    (:mod:`usbrec.stages.resolve`); like any default it does not count as set (``model_fields_set``).
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        # Read out of the source, which takes long: for documents and Python programs, and in no command.
        use_attribute_docstrings=not on_demand.in_command,
        hide_input_in_errors=True,
    )

    #: Settings that stand elsewhere now, and where.
    moved: ClassVar[Mapping[str, str]] = {}
    #: Settings of earlier versions that are constants now.
    fixed: ClassVar[Mapping[str, Fixed]] = {}
    #: Settings that came later and are written only where they are not as here, so that what was run before
    #: keeps its bytes.
    later: ClassVar[Mapping[str, Any]] = {}

    @model_serializer(mode="wrap")
    def _written(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        written: dict[str, Any] = write(self)
        return {
            name: value
            for name, value in written.items()
            if name not in self.later or value != self.later[name]
        }

    @model_validator(mode="before")
    @classmethod
    def _of_earlier_versions(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        told = [f"{name} is now {place}" for name, place in cls.moved.items() if name in data]
        # What an earlier version wrote down as it is anyway asks for nothing.
        gone = {name for name, fixed in cls.fixed.items() if name in data and data[name] == fixed.value}
        told += [
            f"{name} is no setting any more: it is fixed at {fixed.value!r} ({fixed.constant})"
            for name, fixed in cls.fixed.items()
            if name in data and name not in gone
        ]
        told += [
            f"{name} is {value!r}, and {wanted} is wanted"
            for name, value in data.items()
            if (wanted := _no_number(cls, name, value))
        ]
        if told:
            raise PydanticCustomError("earlier", "{told}", {"told": "; ".join(told)})
        return {name: value for name, value in data.items() if name not in gone}

    def with_(self, **changes: Any) -> Self:
        """A checked copy with other settings, which count as set. A mapping changes settings of a table:
        ``config.with_(limit=None, play={"rounds": 1})``. Raises ConfigError."""
        return self._copy(changes, self.model_fields_set | changes.keys())

    def filled(self, **defaults: Any) -> Self:
        """A checked copy in which the settings named have these values, but do not count as set. Raises
        ConfigError."""
        return self._copy(defaults, self.model_fields_set)

    def settings(self) -> dict[str, Any]:
        """The settings by name, tables as they are."""
        return {name: getattr(self, name) for name in type(self).model_fields}

    def _copy(self, changes: Mapping[str, Any], fields_set: set[str]) -> Self:
        values = self.settings() | {name: self._changed(name, change) for name, change in changes.items()}
        try:
            checked = self.model_validate(values)
        except ValidationError as error:
            raise ConfigError(f"unusable settings\n{problems_of(error, type(self))}") from None
        made: Any = self.model_construct(_fields_set=set(fields_set), **checked.settings())
        return cast("Self", made)

    def _changed(self, name: str, change: Any) -> Any:
        inner = getattr(self, name, None)
        return inner.with_(**change) if isinstance(inner, Stage) and isinstance(change, Mapping) else change


def _no_number(stage: type[BaseModel], name: object, value: object) -> str:
    """What is wanted of a setting in place of a yes or no, or of a fraction that happens to be whole; ""
    where the value may be one. pydantic takes True for 1 and 2.0 for 2, and whoever writes that means
    something else."""
    if not isinstance(value, bool | float):
        return ""
    kinds = _kinds(stage).get(str(name), frozenset())
    if isinstance(value, bool):
        number = not kinds.isdisjoint((int, float)) and bool not in kinds
        return ("a number" if float in kinds else "a whole number") if number else ""
    return "a whole number" if int in kinds and float not in kinds and value.is_integer() else ""


@functools.cache
def _kinds(stage: type[BaseModel]) -> Mapping[str, frozenset[Any]]:
    """The types that each setting may be of, without None."""
    named = {name: field.annotation for name, field in stage.model_fields.items()}
    return {
        name: frozenset(get_args(one) if get_origin(one) in (Union, UnionType) else (one,))
        for name, one in named.items()
    }


def problems_of(error: ValidationError, settings: type[BaseModel]) -> str:
    """A line for each of the `settings` that cannot be used: where it stands, what is wrong with it and what
    it was; for a name that there is not, which was probably meant."""
    return "\n".join(
        f"  {'.'.join(str(part) for part in problem['loc']) or 'settings'}: {_told(problem, settings)}"
        for problem in error.errors()
    )


def _told(problem: ErrorDetails, settings: type[BaseModel]) -> str:
    place, given = problem["loc"], problem["input"]
    if problem["type"] == "extra_forbidden":
        meant = _meant([str(part) for part in place], settings)
        return "there is no such setting." + (f" Did you mean {' or '.join(meant)}?" if meant else "")
    # Texts may be secrets (a header's value), or long.
    shown = isinstance(given, bool | int | float) or (
        isinstance(given, str) and len(given) <= _SHORT and "servers" not in place
    )
    return problem["msg"] + (f" (it is {json.dumps(given, ensure_ascii=False)})" if shown else "")


def _meant(place: Sequence[str], settings: type[BaseModel]) -> list[str]:
    """Settings that a name which there is not may stand for: one spelt alike in the same table, else those of
    this name in other tables."""
    import difflib  # only where something is misspelt

    *tables, name = place
    here = settings
    for table in tables:
        # A name of one's own, such as a server's, is no field.
        field = here.model_fields.get(table)
        here = (field and _table_of(field.annotation)) or here
    if alike := difflib.get_close_matches(name, here.model_fields, n=2):
        return [".".join((*tables, one)) for one in alike]
    others = ((one, _table_of(field.annotation)) for one, field in settings.model_fields.items())
    return [f"{one}.{name}" for one, table in others if table is not None and name in table.model_fields]


def _table_of(annotation: Any) -> type[BaseModel] | None:
    """The table that a setting is, or that lies under each of its names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _table_of(one)) is not None), None)


def settled(value: Value | None, name: str) -> Value:
    """The value of a setting that a stage has resolved. Raises ConfigError where none did."""
    if value is None:
        raise ConfigError(f"{name} has no value yet: settings go through usbrec.stages.resolve first.")
    return value


def deciding(stage: BaseModel) -> dict[str, Any]:
    """A stage's settings that decide answers, as nested JSON."""
    decided: dict[str, Any] = {}
    for name, field in type(stage).model_fields.items():
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("decides") is False:
            continue
        value = getattr(stage, name)
        later = getattr(stage, "later", {})
        if name in later and value == later[name]:
            continue  # so that what was begun before goes on
        decided[name] = deciding(value) if isinstance(value, BaseModel) else value
    return decided
