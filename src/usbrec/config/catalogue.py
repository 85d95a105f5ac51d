"""Settings: what a catalogue's columns hold, and the seekers made from it."""

from __future__ import annotations

from pydantic import Field

from usbrec.config.stage import Stage


class CatalogueFile(Stage):
    """Which columns of the catalogue hold what, one name or several each; by default those of usual names.

    Names are compared without case, blanks, hyphens and underscores.
    """

    id: str | tuple[str, ...] | None = None
    """What tells items apart."""
    title: str | tuple[str, ...] | None = None
    """What an item is called in a conversation."""
    year: str | tuple[str, ...] | None = None
    """When it came out."""
    genres: str | tuple[str, ...] | None = None
    """Genres, categories or styles."""
    people: str | tuple[str, ...] | None = None
    """Who made it or appears in it, most important first."""
    text: str | tuple[str, ...] | None = None
    """A description."""
    popularity: str | tuple[str, ...] | None = None
    """Any number that grows with how often people choose it."""
    table: str | None = None
    """SQLite: the table or view to read; by default the only table."""


class Seekers(Stage):
    """How simulated seekers are made from a catalogue (`usbrec samples catalogue`)."""

    noun: str | None = Field(None, min_length=1)
    """What one item is called, such as `book`; by default guessed from the catalogue's file name."""
    popular: float = Field(0.5, ge=0, le=1)
    """Share of the targets drawn by popularity; the others are drawn evenly, so that rare items are met."""
    related: float = Field(0.3, ge=0, lt=1)
    """Chance of a second target much like the first, and then of a third."""
    exchanges: int = Field(2, ge=0, le=6)
    """Most earlier exchanges in a context: the recommender asks or offers, the seeker answers."""
    patience: int = Field(2, ge=1)
    """With how many unfitting recommendations the least patient seeker leaves."""
    patience_spread: int = Field(4, ge=0)
    """How many more the most patient one bears."""
    vaguest: float = Field(1.0, ge=0, le=1)
    """Vagueness is drawn from 0 (says all as it is) to this (1: hints at everything first)."""
    most_talkative: float = Field(1.0, ge=0, le=1)
    """Talkativeness is drawn from 0 (one thing at a time) to this (1: often several)."""
