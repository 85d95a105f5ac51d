"""Settings from TOML with options laid over them, and back to TOML."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import tomli_w
from pydantic import ValidationError

from usbrec.config.config import Config
from usbrec.config.seats import one_seeker
from usbrec.config.stage import Stage, problems_of
from usbrec.config.training import PRESETS
from usbrec.errors import ConfigError

#: Settings as a caller gives them: a TOML file, a nested mapping, or the record.
GivenSettings: TypeAlias = "Config | Mapping[str, Any] | str | os.PathLike[str]"


def load_config(settings: GivenSettings | None = None, overrides: Mapping[str, Any] | None = None) -> Config:
    """Settings from a TOML file, a nested mapping or a record (None: defaults), with `overrides` laid over
    them: nested mappings, too, in which None means not given.

    Raises ConfigError naming file, field, what was wrong and what is allowed.

    ```python
    import usbrec

    config = usbrec.load_config("docs/examples/quick.toml", {"play": {"rounds": 3}})
    print(config.play.rounds, config.seats.recommender)
    ```
    """
    data, where = _read(settings)
    try:
        data = {**data, "seats": one_seeker(data["seats"])} if "seats" in data else data
    except ValueError as error:
        raise ConfigError(f"{where}: unusable settings\n  seats: {error}.") from None
    merged = _with_presets(_merge(_without_address(data, overrides or {}), overrides or {}))
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        raise ConfigError(
            ("" if where == "settings" else f"{where}: ")
            + f"unusable settings\n{problems_of(error, Config)}\nSee docs/configuration.md for all fields."
        ) from None


def _read(settings: GivenSettings | None) -> tuple[dict[str, Any], str]:
    """What is set, and what messages call it."""
    if settings is None:
        return {}, "settings"
    if isinstance(settings, Config):
        # Settings that nobody named stay so: what they are by default may depend on the others.
        return settings.model_dump(exclude_unset=True), "settings"
    if isinstance(settings, Mapping):
        return dict(settings), "settings"
    if not isinstance(settings, str | os.PathLike):
        raise ConfigError(
            f"config: {type(settings).__name__} holds no settings. Give a TOML file, a mapping or a Config."
        )
    try:
        return tomllib.loads(Path(settings).read_text(encoding="utf-8")), str(settings)
    except OSError as error:
        raise ConfigError(
            f"{settings}: cannot be read ({error.strerror}). Name a TOML file (docs/configuration.md)."
        ) from None
    except (ValueError, RecursionError) as error:
        # TOML's own errors are ValueErrors, and so are those of numbers too long to be read.
        why = "nested too deeply" if isinstance(error, RecursionError) else error
        raise ConfigError(f"{settings}: not valid TOML ({why}).") from None


#: Stands behind a setting that was filled in.
_MARK = "  # derived"
#: Begins a file of settings in which some were not set but follow from others.
_HEAD = """\
# A setting marked "derived" was not set: its value follows from others. Leave it out to have it follow again.

"""


def dump_config(config: Config) -> str:
    """The settings as TOML. What is off (None) is left out; what :mod:`usbrec.stages.resolve` filled in is
    marked, because it would not follow a change of the settings that it came from."""
    text = tomli_w.dumps(config.model_dump(mode="json", exclude_none=True))
    derived = set(_derived(config))
    if not derived:
        return text
    table, lines = "", []
    for line in text.splitlines():
        if line.startswith("["):
            table = line.strip("[]")
        name = line.partition(" = ")[0]
        marked = (f"{table}.{name}" if table else name) in derived
        lines.append(line + _MARK if marked else line)
    return _HEAD + "\n".join(lines) + "\n"


def _without_address(data: Mapping[str, Any], overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """A file's settings without the address of [servers.openai] where `overrides` has another
    (`models.base_url`), which goes before it."""
    servers: Any = data.get("servers")
    openai = servers.get("openai") if isinstance(servers, Mapping) else None
    if not isinstance(openai, Mapping) or overrides.get("models", {}).get("base_url") is None:
        return data
    rest = {name: value for name, value in openai.items() if name != "base_url"}
    return {**data, "servers": {**servers, "openai": rest}}


def _derived(stage: Stage, at: str = "") -> Iterator[str]:
    """Names of the settings that were not set and have another value than the fixed default."""
    for name, field in type(stage).model_fields.items():
        value = getattr(stage, name)
        if isinstance(value, Stage):
            yield from _derived(value, f"{at}{name}.")
        elif isinstance(value, Mapping) and all(isinstance(inner, Stage) for inner in value.values()):
            for key, inner in value.items():
                yield from _derived(inner, f"{at}{name}.{key}.")
        elif name not in stage.model_fields_set and value != field.get_default(call_default_factory=True):
            yield f"{at}{name}"


def _with_presets(settings: dict[str, Any]) -> dict[str, Any]:
    """`settings` with what the presets set of [train], and of what the experiment sets apart from it."""
    found = {name: _with_preset(table) for name, table in settings.items() if name == "train"}
    experiment = settings.get("experiment")
    if isinstance(experiment, Mapping):
        apart = {name: _with_preset(table) for name, table in experiment.items() if name in ("sft", "rl")}
        found["experiment"] = {**experiment, **apart}
    return {**settings, **found}


def _with_preset(table: Any) -> Any:
    preset = PRESETS.get(str(table.get("preset"))) if isinstance(table, Mapping) else None
    return table if preset is None else {**preset, **table}


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, Mapping):
            inner = merged.get(key, {})
            merged[key] = _merge(inner if isinstance(inner, Mapping) else {}, value)
        elif value is not None:
            merged[key] = value
    return merged
