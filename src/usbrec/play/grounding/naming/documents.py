"""Replies as JSON: what a document says, as sentences, so that its syntax is not taken for names.

Programs that ask for JSON in words alone (DSPy among them) get it from a model that is held to a catalogue as
well. `"year": 1995` is no title in quotes, and a document of which a clause is cut out is none any more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from usbrec.items.constraints.column_types import is_price, is_stock
from usbrec.patterns import LazyPattern

_FENCED = LazyPattern(r"```\w*[ \t]*\n(?P<inside>.*?)\n[ \t]*```", re.DOTALL)
#: A longer text than a reply is; it is read as it stands.
_LONGEST = 20_000
#: The name of a field, which nobody calls an item.
_FIELD = LazyPattern(r"[a-z][a-zA-Z0-9_-]*")
#: Fields whose year belongs to the title beside it.
_TITLES = ("title", "name", "item", "film", "movie", "book", "recommendation")
_PEOPLE = ("director", "author", "artist", "writer", "directed_by", "by")
_YEARS = ("year", "release_year", "releaseYear")


def as_sentences(text: str) -> str | None:
    """What a reply with an object or a list in JSON says, a sentence for each of its texts; None for a reply
    without one. What stands around the document stays.

    A year stands in brackets behind the title of its object; price, stock and maker are sentences; other
    numbers are left out.
    """
    for start, end, inside in _places(text):
        document = _read(inside)
        if document is not None:
            return "\n".join(filter(None, (text[:start].strip(), *_told(document), text[end:].strip())))
    return None


def _places(text: str) -> Iterator[tuple[int, int, str]]:
    """Where a document may begin and end, and what it would be."""
    for fenced in _FENCED.finditer(text):
        yield fenced.start(), fenced.end(), fenced["inside"]
    for opening, closing in (("{", "}"), ("[", "]")):
        start, end = text.find(opening), text.rfind(closing) + 1
        if 0 <= start < end:
            yield start, end, text[start:end]


def _read(text: str) -> Any:
    """The object, or the list of objects or texts, that `text` is; else None."""
    if len(text) > _LONGEST:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    kinds = dict if isinstance(found, dict) else dict | str
    return (
        found
        if isinstance(found, dict | list) and all(isinstance(one, kinds) for one in _parts(found))
        else None
    )


def _parts(found: dict[Any, Any] | list[Any]) -> list[Any]:
    """What shows that something is a document: itself as an object, all that is in a list."""
    return [found] if isinstance(found, dict) else found or [None]


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
                elif title is not None and is_price(name) and not isinstance(one, dict | list):
                    yield f"{value[title]} costs {one}."
                elif title is not None and name in _PEOPLE and isinstance(one, str):
                    yield f"{value[title]} is by {one}."
                elif title is not None and is_stock(name) and isinstance(one, bool):
                    yield f"{value[title]} is {'in stock' if one else 'sold out'}."
                elif _FIELD.fullmatch(name):
                    yield from _told(one)
                else:
                    # What is no field's name may be an item's: `{"Casino (1995)": "It is dark."}`.
                    yield f"{name}."
                    yield from _told(one)


def in_braces(text: str, start: int, end: int) -> bool:
    """Whether the quoted word from `start` to `end` is the name of a field, in JSON or much like it."""
    return (
        text[end : end + 1] == ":"
        and text[:start].rstrip()[-1:] in ("{", ",")
        and "{" in text[:start]
        and bool(_FIELD.fullmatch(text[start + 1 : end - 1]))
    )
