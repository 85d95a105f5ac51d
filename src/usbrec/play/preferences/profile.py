"""The preference profile: what the internal simulator knows, in a fixed format of eight lines.

`to_text` and `parse_profile` are inverse to each other for tidy names, so a profile can be shown to a
person, corrected by hand and read back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KINDS = ("genres", "styles", "items", "people")
_NOTHING = frozenset({"", "none", "n/a", "unknown", "nothing", "-"})


@dataclass(frozen=True, slots=True)
class Tastes:
    """One side of a profile; names as they were said."""

    genres: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def get(self, kind: str) -> tuple[str, ...]:
        value: tuple[str, ...] = getattr(self, kind)
        return value


@dataclass(frozen=True, slots=True)
class Profile:
    """Liked and disliked genres, styles, items and people, as a dialogue shows them (paper: SES)."""

    liked: Tastes = Tastes()
    disliked: Tastes = Tastes()

    def to_text(self) -> str:
        lines = []
        for side, tastes in (("Liked", self.liked), ("Disliked", self.disliked)):
            for kind in KINDS:
                names = tastes.get(kind)
                # A lone name with a comma in it would read as two, so a semicolon ends it.
                end = ";" if len(names) == 1 and "," in names[0] else ""
                lines.append(f"{side} {kind}: {'; '.join(names) or 'none'}{end}")
        return "\n".join(lines)

    def to_json(self) -> dict[str, Any]:
        return {
            side: {kind: list(tastes.get(kind)) for kind in KINDS}
            for side, tastes in (("liked", self.liked), ("disliked", self.disliked))
        }

    @property
    def empty(self) -> bool:
        return self == Profile()


def parse_profile(text: str) -> Profile:
    """Read what a model wrote. Lines that are not of the format are passed over, so that talk around the
    eight lines does no harm; a text without any of them gives the empty profile."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in text.splitlines():
        head, colon, rest = line.strip().lstrip("-*# ").partition(":")
        words = head.replace("*", "").lower().split()
        if not colon or len(words) != 2 or words[0] not in ("liked", "disliked") or words[1] not in KINDS:
            continue
        names = (name.strip(" *\t") for name in rest.split(";" if ";" in rest else ","))
        kept = tuple(dict.fromkeys(name for name in names if name.lower() not in _NOTHING))
        found.setdefault((words[0], words[1]), kept[:12])
    return Profile(_side(found, "liked"), _side(found, "disliked"))


def _side(found: Mapping[tuple[str, str], tuple[str, ...]], side: str) -> Tastes:
    return Tastes(**{kind: found.get((side, kind), ()) for kind in KINDS})
