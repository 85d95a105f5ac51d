"""Title matcher without a catalogue: which of some given titles a text names, and masking them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from usbrec.dialogue import Item, Turn
from usbrec.items.further_titles import read_titles
from usbrec.items.linking.glance import OF_TURNS, Seen, glance_at, side_by_side
from usbrec.items.linking.linker import Linker
from usbrec.items.linking.reading import Mention
from usbrec.items.linking.surface_forms import SurfaceForms
from usbrec.items.titles import normalise_title


class TitleMatcher:
    """Finds the given titles, as carefully as :class:`Linker`; what must not be said is masked less so.

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
        self._forms = SurfaceForms.of(items)
        self._seen = Seen.of(self._forms)

    @functools.cached_property
    def _linker(self) -> Linker:
        # Most texts need a glance alone.
        return Linker.of_forms(self._forms)

    def named(self, text: str) -> tuple[str, ...]:
        """The given titles that the text names, in the order they were given."""
        if self._seen is not None and not self._seen.may_be_in(glance_at(text)):
            return ()
        return self._linked(text)

    def named_by_turn(self, turn: Turn) -> tuple[str, ...]:
        """The same of a turn's text."""
        if self._seen is not None and not self._seen.may_be_in(turn.read_by(OF_TURNS)):
            return ()
        return self._linked(turn.text)

    def named_in(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """The same of all that the turns say, one after the other, as one text."""
        if self._seen is not None and not self._seen.may_be_in(
            side_by_side([turn.read_by(OF_TURNS) for turn in turns])
        ):
            return ()
        return self._linked(" ".join(turn.text for turn in turns))

    def _linked(self, text: str) -> tuple[str, ...]:
        found = {title for mention in self._linker.link(text) for title in self._meant(mention)}
        return tuple(title for title in self.titles if title in found)

    def betrayed(self, text: str) -> tuple[str, ...]:
        """The given titles that the text names or spells out (:meth:`Linker.spelt_out`), in the order they
        were given: what somebody who must not say them has said."""
        if self._seen is not None and not self._seen.may_be_in(glance_at(text)):
            return ()
        return self._betrayed(text)

    def betrayed_in(self, turns: Sequence[Turn]) -> tuple[str, ...]:
        """The same of all that the turns say, one after the other, as one text."""
        if self._seen is not None and not self._seen.may_be_in(
            side_by_side([turn.read_by(OF_TURNS) for turn in turns])
        ):
            return ()
        return self._betrayed(" ".join(turn.text for turn in turns))

    def _betrayed(self, text: str) -> tuple[str, ...]:
        found = {title for mention in self._linker.link(text) for title in self._meant(mention)}
        found |= {
            title
            for *_, item in self._linker.spelt_out(text)
            for title in (item.id, *self._without_year.get(normalise_title(item.title), ()))
        }
        return tuple(title for title in self.titles if title in found)

    def mask(self, text: str, with_: str = "that one") -> str:
        """`text` with `with_` for all that betrays a title. The result betrays none."""
        masked = self._replaced(text, with_)
        # What is left may name a title again, by what it now stands next to or by `with_` itself. An empty
        # line joins nothing, and every further pass leaves fewer words, so this ends.
        while self._spans(masked):
            masked = self._replaced(masked, "\n\n")
        return masked

    def _spans(self, text: str) -> list[tuple[int, int]]:
        named = [(mention.start, mention.end) for mention in self._linker.link(text)]
        spelt = ((start, end) for start, end, _ in self._linker.spelt_out(text))
        return sorted({*named, *spelt})

    def _meant(self, mention: Mention) -> set[str]:
        return {*mention.candidates, *self._without_year.get(normalise_title(mention.title), ())}

    def _replaced(self, text: str, with_: str) -> str:
        pieces, position = [], 0
        for start, end in self._spans(text):
            pieces += [text[position:start], with_]
            position = end
        return "".join([*pieces, text[position:]])


@functools.lru_cache(maxsize=4096)
def matcher_of(titles: tuple[str, ...]) -> TitleMatcher:
    """The matcher of these titles; who takes part in a row asks for the same ones."""
    return TitleMatcher(titles)
