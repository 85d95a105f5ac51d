"""Title matcher without a catalogue: which of some given titles a text names, and masking them."""

from __future__ import annotations

from collections.abc import Iterable

from usbrec.dialogue import Item
from usbrec.items.further_titles import read_titles
from usbrec.items.linking.linker import Linker
from usbrec.items.linking.reading import Mention
from usbrec.items.titles import normalise_title


class TitleMatcher:
    """Finds the given titles, as carefully as :class:`Linker`.

    "Title (1999)" is named with its year or without any, not with another year; "Title" with any year.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self.titles = tuple(dict.fromkeys(title for title in titles if title.strip()))
        items = []
        self._without_year: dict[str, set[str]] = {}
        for given in self.titles:
            title, also, year = read_titles(given)
            items.append(Item(given, title, year, also=also))
            if year is None:
                self._without_year.setdefault(normalise_title(title), set()).add(given)
        self._linker = Linker(items)

    def named(self, text: str) -> tuple[str, ...]:
        """The given titles that the text names, in the order they were given."""
        found = {title for mention in self._linker.link(text) for title in self._meant(mention)}
        return tuple(title for title in self.titles if title in found)

    def mask(self, text: str, with_: str = "that one") -> str:
        """`text` with `with_` for every naming. The result names none of the titles."""
        masked = self._replaced(text, with_)
        # What is left may name a title again, by what it now stands next to or by `with_` itself. A line
        # break joins nothing, and every further pass leaves fewer words, so this ends.
        while self._linker.link(masked):
            masked = self._replaced(masked, "\n")
        return masked

    def _meant(self, mention: Mention) -> set[str]:
        return {*mention.candidates, *self._without_year.get(normalise_title(mention.title), ())}

    def _replaced(self, text: str, with_: str) -> str:
        pieces, position = [], 0
        for mention in self._linker.link(text):
            pieces += [text[position : mention.start], with_]
            position = mention.end
        return "".join([*pieces, text[position:]])
