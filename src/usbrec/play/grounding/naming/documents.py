"""Replies as JSON: what a document says, as sentences, so that its syntax is not taken for names.

Programs that ask for JSON in words alone (DSPy among them) get it from a model that is held to a catalogue as
well. `"year": 1995` is no title in quotes, and a document of which a clause is cut out is none any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_FENCED = re.compile(r"\s*```\w*\s*\n(?P<inside>.*)\n\s*```\s*", re.DOTALL)
#: The name of a field, which nobody calls an item.
_FIELD = re.compile(r"[a-z][a-zA-Z0-9_-]*")
#: Fields whose year belongs to the title beside it.
_TITLES = ("title", "name", "item", "film", "movie", "book", "recommendation")
_YEARS = ("year", "release_year", "releaseYear")


def as_sentences(text: str) -> str | None:
    """What an object or a list in JSON says, a sentence for each of its texts; None for any other reply.

    A year stands in brackets behind the title of its object; other numbers are left out.
    """
    fenced = _FENCED.fullmatch(text)
    inside = (text if fenced is None else fenced["inside"]).strip()
    if not (inside[:1] in ("{", "[") and inside[-1:] in ("}", "]")):
        return None
    try:
        document: Any = json.loads(inside)
    except (ValueError, RecursionError):
        return None
    return "\n".join(_told(document)) if isinstance(document, dict | list) else None


def _told(value: Any) -> Iterator[str]:
    match value:
        case str() if value.strip():
            yield value if value.rstrip()[-1] in ".!?" else f"{value}."
        case list():
            for one in value:
                yield from _told(one)
        case dict():
            year = next((value[name] for name in _YEARS if name in value), None)
            title = next((name for name in _TITLES if isinstance(value.get(name), str)), None)
            dated = title is not None and bool(re.fullmatch(r"\d{4}", str(year)))
            for name, one in value.items():
                if name in _YEARS and dated:
                    continue
                if name == title and dated and f"({year})" not in one:
                    yield f"{one} ({year})."
                elif _FIELD.fullmatch(name):
                    yield from _told(one)
                else:
                    # What is no field's name may be an item's: `{"Casino (1995)": "It is dark."}`.
                    yield f"{name}."
                    yield from _told(one)
