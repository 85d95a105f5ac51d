"""Preferences: the one record of what a seeker is believed to want, and its profile as text.

The *profile* is the part that says what is liked and disliked, in a fixed format of eight lines: what the
internal simulator knows. `to_text` and `parse_profile` are inverse to each other for tidy names, so a profile
can be shown to a person, corrected by hand and read back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from usbrec.dialogue import Constraint
from usbrec.items import Traits

KINDS = ("genres", "styles", "items", "people")
_NOTHING = frozenset({"", "none", "n/a", "unknown", "nothing", "-"})


@dataclass(frozen=True, slots=True)
class Tastes:
    """What is liked, or disliked; names as they were said."""

    genres: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    def get(self, kind: str) -> tuple[str, ...]:
        value: tuple[str, ...] = getattr(self, kind)
        return value


@dataclass(frozen=True, slots=True)
class Constraints:
    """What a seeker's words ask of an item: attributes that are wanted and unwanted, and decades, which are
    met more or less; and `hard` ones, on columns of the catalogue, which an item meets or is not for them."""

    wanted: Traits = field(default_factory=Traits)
    unwanted: Traits = field(default_factory=Traits)
    decades: frozenset[int] = frozenset()
    hard: tuple[Constraint, ...] = ()

    def fit(self, item: Traits) -> float:
        """The share of what was stated that an item meets, in [0, 1]; 1 where nothing was."""
        met = [
            *(genre in item.genres for genre in self.wanted.genres),
            *(person in item.people for person in self.wanted.people),
            *(genre not in item.genres for genre in self.unwanted.genres),
            *(person not in item.people for person in self.unwanted.people),
        ]
        if self.decades:
            met.append(item.year is not None and item.year // 10 * 10 in self.decades)
        return sum(met) / len(met) if met else 1.0


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a seeker is believed to want, as a dialogue shows it (paper: the profile of SES).

    `likes` and `dislikes` are genres, styles, items and people; `constraints` what their last words ask for;
    `belief` has the items that they may have in mind, with probabilities that sum to 1 (empty where nothing
    comes into question, None where nobody formed one).
    """

    likes: Tastes = Tastes()
    dislikes: Tastes = Tastes()
    constraints: Constraints = Constraints()
    belief: tuple[tuple[str, float], ...] | None = None

    def to_text(self) -> str:
        """The profile: what is liked and disliked, in eight lines."""
        lines = []
        for side, tastes in (("Liked", self.likes), ("Disliked", self.dislikes)):
            for kind in KINDS:
                names = tastes.get(kind)
                # A lone name with a comma in it would read as two, so a semicolon ends it.
                end = ";" if len(names) == 1 and "," in names[0] else ""
                lines.append(f"{side} {kind}: {'; '.join(names) or 'none'}{end}")
        return "\n".join(lines)

    @property
    def empty(self) -> bool:
        return self == Preferences()


def parse_profile(text: str) -> Preferences:
    """Read what a model wrote. Lines that are not of the format are passed over, so that talk around the
    eight lines does no harm; a text without any of them gives the empty record."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in text.splitlines():
        head, colon, rest = line.strip().lstrip("-*# ").partition(":")
        words = head.replace("*", "").lower().split()
        if not colon or len(words) != 2 or words[0] not in ("liked", "disliked") or words[1] not in KINDS:
            continue
        names = (name.strip(" *\t") for name in rest.split(";" if ";" in rest else ","))
        kept = tuple(dict.fromkeys(name for name in names if name.lower() not in _NOTHING))
        found.setdefault((words[0], words[1]), kept[:12])
    return Preferences(_side(found, "liked"), _side(found, "disliked"))


def _side(found: Mapping[tuple[str, str], tuple[str, ...]], side: str) -> Tastes:
    return Tastes(**{kind: found.get((side, kind), ()) for kind in KINDS})
