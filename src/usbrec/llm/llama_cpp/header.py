"""GGUF header: the chat template of a model file, and the tokens it names, read without the weights.

llama.cpp itself writes ChatML where a file has no template, without a word. Layout: gguf.md of ggml.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from usbrec.errors import InputError

_U32, _U64 = struct.Struct("<I"), struct.Struct("<Q")
_STRING, _ARRAY = 8, 9
#: Value types by their number: how one value is packed.
_SCALARS: Mapping[int, struct.Struct] = {
    number: struct.Struct(f"<{code}")
    for number, code in {
        0: "B",
        1: "b",
        2: "H",
        3: "h",
        4: "I",
        5: "i",
        6: "f",
        7: "?",
        10: "Q",
        11: "q",
    }.items()
} | {12: struct.Struct("<d")}
_TEMPLATE = "tokenizer.chat_template"
_TOKENS = "tokenizer.ggml.tokens"
_NAMED = {"bos_token": "tokenizer.ggml.bos_token_id", "eos_token": "tokenizer.ggml.eos_token_id"}
_ENDS = ("tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id")


@dataclass(frozen=True, slots=True)
class GgufHeader:
    """`template` is the chat template (None: there is none), `tokens` the `bos_token` and `eos_token` that
    templates speak of, and `ends` the texts of the tokens that end a turn."""

    template: str | None
    tokens: Mapping[str, str]
    ends: tuple[str, ...]


def read_header(path: Path) -> GgufHeader:
    """Raises InputError for a file that is no whole GGUF file, or of an order of bytes that is not read."""
    wanted = {_TEMPLATE, *_NAMED.values(), *_ENDS}
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            found, vocabulary = _values(content, wanted)
            ids = {key: found[key] for key in (*_NAMED.values(), *_ENDS) if key in found}
            texts = _texts(content, vocabulary, set(ids.values()))
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise InputError(f"{path}: not a whole GGUF file ({error}). Fetch or copy it again.") from None
    named = {name: texts.get(ids[key], "") for name, key in _NAMED.items() if key in ids}
    ends = dict.fromkeys(texts[ids[key]] for key in _ENDS if key in ids and ids[key] in texts)
    template = found.get(_TEMPLATE)
    return GgufHeader(template or None, {"bos_token": "", "eos_token": "", **named}, tuple(ends))


def _values(content: Any, wanted: set[str]) -> tuple[dict[str, Any], int | None]:
    """The wanted values, and where the array of the vocabulary begins."""
    if content[:4] != b"GGUF" or _U32.unpack_from(content, 4)[0] not in (2, 3):
        raise ValueError("its header is of another version")
    (count,) = _U64.unpack_from(content, 16)
    found: dict[str, Any] = {}
    vocabulary = None
    place = 24
    for _ in range(count):
        name, place = _string(content, place)
        (kind,) = _U32.unpack_from(content, place)
        place += 4
        if name == _TOKENS:
            vocabulary = place
        if name in wanted and kind == _STRING:
            found[name], place = _string(content, place)
        elif name in wanted and kind in _SCALARS:
            (found[name],) = _SCALARS[kind].unpack_from(content, place)
            place += _SCALARS[kind].size
        else:
            place = _behind(content, place, kind)
    return found, vocabulary


def _string(content: Any, place: int) -> tuple[str, int]:
    (length,) = _U64.unpack_from(content, place)
    end = place + 8 + length
    if end > len(content):
        raise ValueError("it is cut off")
    return content[place + 8 : end].decode("utf-8", "replace"), end


def _behind(content: Any, place: int, kind: int) -> int:
    """Where a value of this kind ends."""
    if kind in _SCALARS:
        return place + _SCALARS[kind].size
    if kind == _STRING:
        return int(place + 8 + _U64.unpack_from(content, place)[0])
    if kind != _ARRAY:
        raise ValueError(f"a value of kind {kind}")
    (inner,) = _U32.unpack_from(content, place)
    (count,) = _U64.unpack_from(content, place + 4)
    place += 12
    if inner in _SCALARS:
        return int(place + count * _SCALARS[inner].size)
    if inner == _STRING:
        return _behind_strings(content, place, count)
    for _ in range(count):
        place = _behind(content, place, inner)
    return place


def _behind_strings(content: Any, place: int, count: int) -> int:
    """Vocabularies have a quarter of a million of them: nothing is done here but to add up lengths."""
    length_at = _U64.unpack_from
    for _ in range(count):
        place += 8 + length_at(content, place)[0]
    return place


def _texts(content: Any, place: int | None, wanted: set[int]) -> dict[int, str]:
    """The texts of some tokens; `place` is where the array of the vocabulary begins."""
    if place is None or not wanted or _U32.unpack_from(content, place)[0] != _STRING:
        return {}
    (count,) = _U64.unpack_from(content, place + 4)
    place += 12
    texts: dict[int, str] = {}
    at = 0
    for number in sorted(one for one in wanted if one < count):
        place = _behind_strings(content, place, number - at)
        texts[number], place = _string(content, place)
        at = number + 1
    return texts
