"""Settings from TOML with options laid over them, and back to TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import ValidationError

from usbrec.config.config import Config
from usbrec.config.seats import one_seeker
from usbrec.config.training import PRESETS
from usbrec.errors import ConfigError


def load_config(path: str | Path | None, overrides: Mapping[str, Any] | None = None) -> Config:
    """Read TOML (None: defaults) and lay `overrides` over it; nested mappings, None means not given.

    Raises ConfigError naming file, field, what was wrong and what is allowed.

    ```python
    import usbrec

    config = usbrec.load_config("docs/examples/quick.toml", {"play": {"rounds": 3}})
    print(config.play.rounds, config.seats.recommender)
    ```
    """
    data: dict[str, Any] = {}
    if path is not None:
        try:
            data = tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: not valid TOML ({error}).") from None
    try:
        data = {**data, "seats": one_seeker(data["seats"])} if "seats" in data else data
    except ValueError as error:
        raise ConfigError(f"{path}: unusable settings\n  seats: {error}.") from None
    merged = _with_preset(_merge(_without_address(data, overrides or {}), overrides or {}))
    try:
        return Config.model_validate(merged)
    except ValidationError as error:
        where = str(path) if path is not None else "settings"
        problems = "\n".join(
            f"  {'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
        raise ConfigError(
            f"{where}: unusable settings\n{problems}\nSee docs/configuration.md for all fields."
        ) from None


def dump_config(config: Config) -> str:
    """The resolved settings as TOML; settings that are None are left out."""
    return tomli_w.dumps(config.model_dump(mode="json", exclude_none=True))


def _without_address(data: Mapping[str, Any], overrides: Mapping[str, Any]) -> Mapping[str, Any]:
    """A file's settings without the address of [servers.openai] where `overrides` has another
    (`models.base_url`), which goes before it."""
    servers: Any = data.get("servers")
    openai = servers.get("openai") if isinstance(servers, Mapping) else None
    if not isinstance(openai, Mapping) or overrides.get("models", {}).get("base_url") is None:
        return data
    rest = {name: value for name, value in openai.items() if name != "base_url"}
    return {**data, "servers": {**servers, "openai": rest}}


def _with_preset(settings: dict[str, Any]) -> dict[str, Any]:
    train = settings.get("train")
    preset = PRESETS.get(str(train.get("preset"))) if isinstance(train, Mapping) else None
    return settings if preset is None else {**settings, "train": {**preset, **settings["train"]}}


def _merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        if isinstance(value, Mapping):
            inner = merged.get(key, {})
            merged[key] = _merge(inner if isinstance(inner, Mapping) else {}, value)
        elif value is not None:
            merged[key] = value
    return merged
