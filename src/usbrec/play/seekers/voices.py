"""Seeker voices: in which language, about which kind of item and with which facts seekers by rules speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from usbrec.dialogue import Item, Turn
from usbrec.items import Catalogue
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.column_types import is_stock
from usbrec.items.genres import normalise_genre
from usbrec.items.kinds import Kind, kind_of, telling_columns, told_values
from usbrec.lexicon import USUAL, words
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.phrases import Phrases, phrases

#: Kinds of which genre, year and people say enough; of the others, seekers tell what further columns say.
_SAID_ENOUGH: tuple[Kind, ...] = ("films", "books")


@dataclass(frozen=True)
class Voices:
    """How seekers speak: `languages` tell the language, `kind` what they speak of, `own` is a file of
    sentences that goes before the lexicon, `columns` are the further ones whose words they tell."""

    languages: Languages = ENGLISH
    kind: Kind = "items"
    own: Path | None = None
    columns: tuple[str, ...] = field(default=())

    @classmethod
    def about(
        cls,
        catalogue: Catalogue,
        languages: Languages = ENGLISH,
        *,
        kind: Kind | None = None,
        own: Path | None = None,
    ) -> Voices:
        """For the items of a catalogue, whose kind is found where none is given."""
        kind = kind or kind_of(catalogue)
        columns = () if kind in _SAID_ENOUGH else _of_words(catalogue)
        return cls(languages, kind, own, columns)

    def phrases(self, turns: Sequence[Turn]) -> Phrases:
        """The sentences for a dialogue. Raises UnknownLanguage."""
        return phrases(self.languages.of(turns), self.kind, self.own)

    def facts(self, item: Item, said: Phrases) -> tuple[Fact, ...]:
        """What can be told of an item: genre first, then the period, then people, then further columns; from
        what says little to what says much."""
        facts: list[Fact] = []
        if item.genres:
            facts.append(Fact("genre", tuple(genre_name(genre, said.language) for genre in item.genres[:2])))
        if item.year is not None:
            facts.append(Fact("era", (said.decade(item.year),)))
        facts += [Fact("person", (person,)) for person in item.people[:3]]
        facts += [Fact("value", (value,), column=column) for column, value in self._values(item)]
        return tuple(facts)

    def _values(self, item: Item) -> list[tuple[str, str]]:
        known = {text.casefold() for text in (*item.genres, *item.people)}
        told = told_values(item.extra, self.columns)
        return [(column, value) for column, value in told if value.casefold() not in known]


def _of_words(catalogue: Catalogue) -> tuple[str, ...]:
    """The further columns whose words tell something of an item: "included" and "sold out" are answers."""
    columns = telling_columns(catalogue)
    if not columns:
        return ()
    answers = {
        one.name for one in open_columns(catalogue).columns if one.type == "yes-no" or is_stock(one.name)
    }
    return tuple(column for column in columns if column not in answers)


def genre_name(genre: str, language: str) -> str:
    """A genre as it is said in a language: in English in lower case, in others by its name there, or as the
    catalogue writes it, because nouns may need their capitals."""
    if language == USUAL:
        return genre.lower()
    names: Mapping[str, str] = words(language, "genres").get("names", {})
    found = [names[one] for one in normalise_genre(genre) if one in names]
    return found[0] if len(found) == len(normalise_genre(genre)) == 1 else genre
