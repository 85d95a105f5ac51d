"""Settings: what a catalogue's columns hold, and the seekers made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from usbrec.config.stage import Fixed, Stage, free


class CatalogueFile(Stage):
    """Which columns of the catalogue hold what, one name or several each; by default those of usual names.

    Names are compared without case, blanks, hyphens and underscores.
    """

    later: ClassVar[Mapping[str, Any]] = {"columns": {}}

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
    # What it decides stands in the items' digest.
    also: str | tuple[str, ...] | None = free(None)
    """Further titles of an item: an original one, one under which it is known as well."""
    # What they decide stands in what decides the items (stages/inputs.py), where any are given.
    columns: dict[str, Literal["number", "yes-no", "category", "text"]] = free({})
    """What further columns hold, by name: `number`, `yes-no`, `category` or `text`; of those
    that are not named, their cells decide. Filters and what seekers ask for are held against them."""
    table: str | None = None
    """SQLite: the table or view to read; by default the only table."""
    encoding: str | None = free(None)
    """Encoding of a text file, such as `cp1252` or `latin-1`; by default UTF-8, or UTF-16 with its mark."""
    # What it decides stands in a run's inputs.
    kind: Literal["auto", "films", "books", "music", "products", "places", "items"] = free("auto")
    """What the items are, which decides the sentences of seekers by rules; by default what the columns and
    genres show (items: none of the others for sure)."""
    strict: bool = free(False)
    """Refuse a catalogue with rows that cannot be used, and samples whose targets the catalogue lacks where
    rules need them, instead of leaving them out (`--strict`)."""


class Seekers(Stage):
    """How simulated seekers are made from a catalogue (`usbrec samples catalogue`)."""

    fixed: ClassVar[Mapping[str, Fixed]] = {
        "related": Fixed(0.3, "usbrec.synth.generator.SeekerDistribution.related"),
        "exchanges": Fixed(2, "usbrec.synth.generator.SeekerDistribution.exchanges"),
        "patience": Fixed(2, "usbrec.synth.generator.SeekerDistribution.patience"),
        "patience_spread": Fixed(4, "usbrec.synth.generator.SeekerDistribution.patience_spread"),
        "vaguest": Fixed(1.0, "usbrec.synth.generator.SeekerDistribution.vaguest"),
        "most_talkative": Fixed(1.0, "usbrec.synth.generator.SeekerDistribution.most_talkative"),
    }

    noun: str | None = Field(None, min_length=1)
    """What one item is called, such as `book`; by default guessed from the catalogue's file name."""
    # What it decides stands in a run's inputs.
    templates: str | None = free(None)
    """A TOML file of sentences that replace the packaged ones of seekers by rules (docs/seekers.md)."""
    writer: str | None = free(None)
    """A model that says in its own words what made-up seekers say by rules (`--writer`)."""
    popular: float = Field(0.5, ge=0, le=1)
    """Share of the targets drawn by popularity; the others are drawn evenly, so that rare items are met."""
