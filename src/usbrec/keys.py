"""Keys of answers: what decides an answer as canonical JSON, digests and seeds.

Two runs agree when the things that decide them have the same digest. Every random draw of a run comes
from :func:`derive_seed` of the configured seed and the place where the draw happens, never from global
state, so rows do not share their draws and order does not matter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

#: Made once: json.dumps makes one for each call.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical_json(value: Any) -> str:
    """One ASCII text for one value: sorted keys, no white space. Raises ValueError on NaN or infinity.

    ASCII, because a model's answer may hold half of a surrogate pair, which UTF-8 cannot store.
    """
    return _canonical(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of `value`, as 64 hex digits."""
    return digest_of(canonical_json(value))


def digest_of(text: str) -> str:
    """SHA-256 of a text that is canonical JSON, as 64 hex digits."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def digest_of_list(values: Iterable[Any]) -> str:
    """The digest of a list of values that pass one by one: the same as :func:`digest` of it."""
    found = hashlib.sha256(b"[")
    for place, value in enumerate(values):
        found.update(b"," * (place > 0) + canonical_json(value).encode("ascii"))
    found.update(b"]")
    return found.hexdigest()


def derive_seed(seed: int, *place: str | int) -> int:
    """A seed in [0, 2**31) for one place of a run, e.g. ``derive_seed(7, sample.id, "draft", 2)``."""
    return int(digest([seed, *place])[:8], 16) & 0x7FFFFFFF


def leaves(value: Any, name: str = "") -> dict[str, Any]:
    """The leaves of nested JSON by their dotted paths; an object without fields is a leaf."""

    def walk(part: Any, at: str) -> Iterator[tuple[str, Any]]:
        if isinstance(part, Mapping) and part:
            for key, inner in part.items():
                yield from walk(inner, f"{at}.{key}" if at else str(key))
        else:
            yield at, part

    return dict(walk(value, name))
