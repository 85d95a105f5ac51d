"""Lexicon: the words of each language that rules read and say, one folder a language, one TOML file a use."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

#: Languages whose rules are complete, by ISO 639-1 code.
LANGUAGES = ("en", "de")


@functools.cache
def words(language: str, use: str) -> Mapping[str, Any]:
    """What ``<language>/<use>.toml`` holds. Raises KeyError for a language or use that there is not."""
    file = resources.files(__package__).joinpath(language, f"{use}.toml")
    if language not in LANGUAGES or not file.is_file():
        raise KeyError(f"{language}/{use}")
    return tomllib.loads(file.read_text("utf-8"))
