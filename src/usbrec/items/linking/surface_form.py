"""Surface form: one written variant of titles, the items it may stand for, and how ambiguous it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from usbrec.dialogue import Item
from usbrec.items.linking.ambiguity import Ambiguity
from usbrec.items.scripts import plain


class Writing(Enum):
    """What a form's letters can show."""

    LATIN = "latin"
    CYRILLIC = "cyrillic"
    CASELESS = "caseless"
    """No capitals: Chinese, Japanese, Korean, Thai, Arabic and the like."""


@dataclass(frozen=True, slots=True)
class SurfaceForm:
    """One written form and what it may stand for: titles written so, and titles that are shortened to it.

    A form without items is a person's name.
    """

    key: str
    """The words it is found by, separated by blanks."""
    exact: tuple[Item, ...]
    variants: tuple[Item, ...]
    ambiguity: Ambiguity
    telling: bool
    """Whether the words say enough to be read as the title, in lower case too, where one is asked for."""
    writing: Writing
    words: tuple[str, ...]
    """The normalised words of the title itself, which an inflected form has otherwise."""
    marks: frozenset[str]
    """Punctuation of the titles themselves: it may stand between the words of a match."""
    heads: tuple[Item, ...] = ()
    """The items whose title opens so, where nothing is called so: they are meant with their very year."""

    def of_year(self, year: int) -> tuple[Item, ...]:
        """The items the title means with that year: of the year, one year off, else of no known year."""
        for gap in (0, 1):
            for group in (self.exact, self.variants):
                if found := [
                    item for item in group if item.year is not None and abs(item.year - year) <= gap
                ]:
                    return tuple(found)
        for group in (self.exact, self.variants):
            if found := [item for item in group if item.year is None]:
                return tuple(found)
        return ()

    def of_exactly(self, year: int) -> tuple[Item, ...]:
        """The items of that very year."""
        return tuple(item for item in (*self.exact, *self.variants) if item.year == year)

    def as_head(self, year: int) -> SurfaceForm | None:
        """The form of the one item of that very year whose title opens so; None where it is not one."""
        found = tuple(item for item in self.heads if item.year == year)
        marks = frozenset(plain("".join(item.title for item in found)))
        return replace(self, exact=found, heads=(), marks=self.marks | marks) if len(found) == 1 else None

    def bare(self) -> tuple[Item, ...]:
        """The items the title means where no year is written, most popular first."""
        return self.exact or self.variants
