"""docs/results.md read back: which fields it lists, and which of a file it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "results.md"
#: What every interval holds; the page says it once.
_INTERVAL = frozenset({"mean", "ci95", "n", "clusters"})


def listed(section: str) -> list[str]:
    """The fields in the first column of the tables below a heading, in the order of the page."""
    text = PAGE.read_text(encoding="utf-8")
    body = re.split(rf"^##+ {re.escape(section)}$", text, maxsplit=1, flags=re.MULTILINE)[1]
    body = re.split(r"^##+ ", body, maxsplit=1, flags=re.MULTILINE)[0]
    cells = (line.split("|")[1] for line in body.splitlines() if line.startswith("| `"))
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def undocumented(section: str, written: Mapping[str, Any]) -> set[str]:
    """The fields of `written` that the page does not list below a heading."""
    names = listed(section)
    patterns = [_pattern(name) for name in names]
    return {
        path
        for path in paths(written)
        if not any(pattern.fullmatch(path) for pattern in patterns)
        # A group that is empty, such as no reason at all.
        and not any(name.startswith((f"{path}.", f"{path}[]")) for name in names)
    }


def paths(value: Any, path: str = "") -> Iterator[str]:
    """Dotted paths to everything that a JSON value holds; the parts of an interval are left out."""
    if isinstance(value, Mapping) and value:
        is_interval = value.keys() >= _INTERVAL
        if is_interval:
            yield path
        for key, inner in value.items():
            if not (is_interval and key in _INTERVAL):
                yield from paths(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for inner in value:
            yield from paths(inner, f"{path}[]")
    else:
        yield path


def _pattern(name: str) -> re.Pattern[str]:
    parts = [
        ".+" if part == "*" else r"[^.]+(\[\])?" if re.fullmatch(r"[A-Z]+", part) else re.escape(part)
        for part in name.split(".")
    ]
    return re.compile(r"\.".join(parts))
