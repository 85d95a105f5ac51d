"""Lexicon: the words of each language that rules read and say, one folder a language, one TOML file a use.

What is not of one language lies beside the folders: how languages are told apart (``languages.toml``), by
what a catalogue's kind of item shows (``kinds.toml``) and what its columns are called (``columns.toml``).
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

#: Languages whose rules are complete, by ISO 639-1 code.
LANGUAGES = ("en", "de")
#: The language where nothing shows which it is.
USUAL = "en"


@functools.cache
def words(language: str, use: str) -> Mapping[str, Any]:
    """What ``<language>/<use>.toml`` holds. Raises KeyError for a language or use that there is not."""
    file = resources.files(__package__).joinpath(language, f"{use}.toml")
    if language not in LANGUAGES or not file.is_file():
        raise KeyError(f"{language}/{use}")
    return tomllib.loads(file.read_text("utf-8"))


@functools.cache
def shared(use: str) -> Mapping[str, Any]:
    """What ``<use>.toml`` holds, which is of no one language. Raises KeyError for a use that there is not."""
    file = resources.files(__package__).joinpath(f"{use}.toml")
    if not file.is_file():
        raise KeyError(use)
    return tomllib.loads(file.read_text("utf-8"))


def any_of(phrases: Iterable[str]) -> str:
    """The expression that reads one of some phrases, which may be regular expressions themselves."""
    return f"(?:{'|'.join(phrases)})"


def whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    """What finds one of some phrases as whole words, in any case."""
    return re.compile(rf"\b{any_of(phrases)}\b", re.IGNORECASE)
