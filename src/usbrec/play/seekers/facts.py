"""Seeker's facts: what can be said about items without naming them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import FactKind, Item


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to hint at. `words` reveal it when they stand in the dialogue already.

    A `vague` fact says less than is known: one genre of two, older or newer, a surname. A "value" is what the
    `column` of a catalogue says that is none of the usual ones.
    """

    kind: FactKind
    words: tuple[str, ...]
    vague: bool = False
    column: str = ""

    @property
    def text(self) -> str:
        return and_join(self.words)


def and_join(words: Sequence[str], conjunction: str = "and") -> str:
    return f" {conjunction} ".join((", ".join(words[:-1]), words[-1]) if len(words) > 1 else tuple(words))


def facts_of(item: Item) -> tuple[Fact, ...]:
    """Genre first, then the period, then people: from what says little to what says much."""
    facts: list[Fact] = []
    if item.genres:
        facts.append(Fact("genre", tuple(genre.lower() for genre in item.genres[:2])))
    if item.year is not None:
        facts.append(Fact("era", (decade(item.year),)))
    facts += [Fact("person", (person,)) for person in item.people[:3]]
    return tuple(facts)


def decade(year: int) -> str:
    return f"{year // 10 * 10}s"


def describe_items(items: Sequence[Item]) -> str:
    """One line of facts about all items together, for a prompt; empty when nothing is known."""
    genres = list(dict.fromkeys(genre.lower() for item in items for genre in item.genres))[:6]
    people = list(dict.fromkeys(person for item in items for person in item.people[:3]))[:6]
    decades = list(dict.fromkeys(decade(item.year) for item in items if item.year is not None))[:3]
    parts = [("genres", genres), ("period", decades), ("people", people)]
    return "; ".join(f"{name}: {', '.join(values)}" for name, values in parts if values)
