"""Names of a knowledge graph as titles, and the file beside the data that says which number is which name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from usbrec.data.reading import FileMissing, clean, expected
from usbrec.patterns import LazyPattern
from usbrec.storage import parse_json, read_text

_FILE = "entity2id.json"
#: What stands behind "/resource/" is the whole name, slashes and all: "Face/Off". Elsewhere the last part is.
_RESOURCE = LazyPattern(r"^<?https?://(?:[^>\s/]+/(?:resource|page)/([^>\s]+)|[^>\s]*/([^/>\s]+))>?$")
#: What tells a film or book from its like: "Hoffa (film)", "It (2017 film)".
_KIND = LazyPattern(
    r"\s*\((?:(?P<year>[12][0-9]{3})\s+)?(?:[^()]*\s)?"
    r"(?:film|films|film series|movie|series|miniseries|serial|franchise|novel|book|novella|play)\)$",
    re.IGNORECASE,
)


def entity_title(name: str) -> str:
    """ "<http://dbpedia.org/resource/It_(2017_film)>" as "It (2017)"; other names in single spaces."""
    found = _RESOURCE.match(name.strip())
    if found is not None:
        name = unquote(found[1] or found[2]).replace("_", " ")
    name = " ".join(clean(name).split())
    kind = _KIND.search(name)
    if found is None or kind is None or kind.start() == 0:
        return name
    return name[: kind.start()] + (f" ({kind['year']})" if kind["year"] else "")


class Entities:
    """The names of the numbers that stand for items, from ``entity2id.json`` in the folder of the data."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def title(self, value: Any, field: str) -> str | None:
        """The title of a number, or of a name as it is; None for a number that has no name. Raises InputError
        for what is neither, and where numbers need the file and it is not there."""
        if isinstance(value, str):
            if not value.strip().isdecimal():
                return entity_title(value) or None
            value = int(value) if len(value) < 20 else -1
        if not isinstance(value, int) or isinstance(value, bool):
            raise expected("a name or a whole number", value, field)
        return self._names.get(value)

    @cached_property
    def _names(self) -> Mapping[int, str]:
        path = None if self._folder is None else self._folder / _FILE
        if path is None or not path.is_file():
            raise FileMissing(
                f"the targets are numbers, whose names stand in {_FILE}: put that file of the same data set "
                "into the folder of this one."
            )
        try:
            read = parse_json(read_text(path))
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise FileMissing(f"{path}: expected a JSON object from names to numbers; fetch the file anew")
        names: dict[int, str] = {}
        for name, number in read.items():
            if isinstance(number, int) and not isinstance(number, bool) and (title := entity_title(name)):
                names.setdefault(number, title)
        return names
