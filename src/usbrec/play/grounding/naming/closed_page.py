"""Closed page: the titles, values, words, numbers and marks that a reply is made of, each for itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Literal, NamedTuple

from usbrec.dialogue import Item
from usbrec.items.linking.reading import Mention
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.closed_values import ClosedValues, Values
from usbrec.play.grounding.naming.page import Page

TOKEN = LazyPattern(
    r"(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W\d_]+(?:['’][^\W\d_]+)*)*)"
    r"|(?P<number>[0-9]+(?:[.,][0-9]+)*)|(?P<break>\s*\n\s*)|(?P<mark>[^\s\w]|_)|(?P<other>\S)"
)
#: The mark of an entry of a list.
LISTED = LazyPattern(r"(?:[-*•–]|#{1,4}|\(?[0-9]{1,2}[.)]|\(?[a-e]\))[ \t]+|\|[ \t]*")
RULE = LazyPattern(r"[ \t]*\|?(?:[ \t]*:?-{3,}:?[ \t]*\|?)+[ \t]*(?=\n|\Z)")
#: What entries are numbered with inside a line: "(1) ..., (2) ...".
NUMBERED = LazyPattern(r"\((?:[0-9]|[a-e])\)\s")
ENDS, PLAIN_MARKS = frozenset(".!?…"), frozenset(".,!?;:-–—…()|")
QUOTES, EMPHASIS = frozenset("\"“”„«»‘’'‚"), frozenset("*_`")
SIGNS = frozenset("€$£")
DIGITS_ALONE = LazyPattern(r"[\d\s.,:/-]+")
#: Between two titles, or a title and what stands beside it, these make one name of both.
GLUE = LazyPattern(
    r"[ \t]*[-–—:/&+]?[ \t]*|\s(?:of|in|on|at|for|the|from|von|aus|auf|im|in|der|des)(?: the)?\s"
)
NEAR = 4
#: So many ways of which items titles of several mean are tried.
_MOST_WAYS = 8

Kind = Literal["title", "word", "number", "value", "mark", "break"]


class Part(NamedTuple):
    """A piece of a reply; `about` are the places of the titles that it may be said of."""

    kind: Kind
    start: int
    end: int
    text: str
    about: frozenset[int] = frozenset()


class Title(NamedTuple):
    """A title of the catalogue in a reply, and the items that are called so."""

    start: int
    end: int
    items: tuple[Item, ...]
    dated: bool


class ClosedPage:
    """A reply in its parts: `titles` of the catalogue written exactly, `known` the values of the items that
    each may mean, and where its `sentences` begin and end among the `parts`."""

    def __init__(self, values: ClosedValues, page: Page, meant: Mapping[str, Item] | None = None) -> None:
        """`meant` says which item a title that several have is of."""
        self.values, self.page, self.text = values, page, page.text
        self._meant_by = meant or {}

    def each_of_one(self) -> Iterator[ClosedPage]:
        """The page with each title of several items as that of one: what is said of it is said of one. A few
        of all the ways, the items that titles alone mean first."""
        several = {title.items[0].title: title.items for title in self.titles if len(title.items) > 1}
        if not several:
            yield self
            return
        ways = itertools.product(*several.values())
        for way in itertools.islice(ways, _MOST_WAYS):
            yield ClosedPage(self.values, self.page, dict(zip(several, way, strict=True)))

    @cached_property
    def titles(self) -> list[Title]:
        found = [title for title in map(self._title, self.page.mentions) if title is not None]
        return [
            title._replace(items=(self._meant_by[called],))
            if (called := title.items[0].title) in self._meant_by and len(title.items) > 1
            else title
            for title in found
        ]

    def _title(self, mention: Mention) -> Title | None:
        """A mention as a title of ours, where it is written exactly like one."""
        text, start = self.text, mention.start
        items = [
            item
            for item_id in dict.fromkeys((mention.item_id, *mention.candidates))
            if (item := self.page.items.get(item_id)) is not None
        ]
        year = None if mention.year is None else f" ({mention.year})"
        for dated in (True, False):
            if dated and year is None:
                continue
            called = [
                (len(form), item)
                for item in items
                for form in _forms(item)
                if text.startswith(form + (year or "" if dated else ""), start)
                and (not dated or item.year == mention.year)
            ]
            if not called:
                continue
            longest = max(length for length, _ in called)
            end = start + longest + (len(year or "") if dated else 0)
            if not self._bounded(start, end):
                continue
            named = tuple(item for length, item in called if length == longest)
            if DIGITS_ALONE.fullmatch(text, start, start + longest) and not (
                dated or text[start - 1 : start] in QUOTES | EMPHASIS
            ):
                return None
            return Title(start, end, named, dated)
        return None

    def _bounded(self, start: int, end: int) -> bool:
        """Whether nothing is joined to a piece of the text without a blank."""
        before, behind = self.text[start - 1 : start] if start else "", self.text[end : end + 2]
        if before and (
            before.isalnum() or (before in "-&/+#@.'’" and self.text[start - 2 : start - 1].isalnum())
        ):
            return False
        return not (
            behind[:1].isalnum()
            or (behind[:1] in ("-", "/", "+", "&", "#", ".", "_") and behind[1:2].isalnum())
        )

    @cached_property
    def known(self) -> list[list[Values]]:
        """The values of the items that each title may mean."""
        return [[self.values.of(item) for item in title.items] for title in self.titles]

    @cached_property
    def parts(self) -> list[Part]:
        found: list[Part] = []
        titles, text, place = iter(enumerate(self.titles)), self.text, 0
        at, title = next(titles, (-1, None))
        while place < len(text):
            if title is not None and place >= title.start:
                found.append(
                    Part("title", title.start, title.end, text[title.start : title.end], frozenset({at}))
                )
                place = title.end
                at, title = next(titles, (-1, None))
                continue
            match = TOKEN.match(text, place, title.start if title is not None else len(text))
            if match is None:
                place += 1
                continue
            value = self._value(match.start()) if match.lastgroup in ("word", "number") else None
            if value is not None and (title is None or value.end <= title.start):
                found.append(value)
                place = value.end
                continue
            kind: Kind = "mark" if match.lastgroup == "other" else match.lastgroup  # type: ignore[assignment]
            found.append(Part(kind, match.start(), match.end(), match[0]))
            place = match.end()
        return found

    @cached_property
    def _forms(self) -> dict[str, list[tuple[str, int]]]:
        """What may be said of the items named here, by its first letter, each with the title of the item; in
        a reply that names none the categories of the catalogue, which a question may ask for."""
        said: dict[str, list[tuple[str, int]]] = {}
        for at, known in enumerate(self.known):
            for values in known:
                for form, _ in values.forms:
                    said.setdefault(form[0], []).append((form, at))
        if not self.titles:
            for form, _ in self.values.categories:
                said.setdefault(form[0], []).append((form, -1))
        return said

    def _value(self, start: int) -> Part | None:
        """The longest value of an item named here that stands at a place."""
        text, longest = self.text, ""
        about: set[int] = set()
        for form, at in self._forms.get(text[start], ()):
            if len(form) < len(longest) or not text.startswith(form, start):
                continue
            if self._bounded(start, start + len(form)):
                if len(form) > len(longest):
                    longest, about = form, set()
                about.add(at)
        if not longest:
            return None
        return Part("value", start, start + len(longest), longest, frozenset(about - {-1}))

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """The parts of each sentence, from the first to behind the last."""
        found, begun = [], 0
        for index, part in enumerate(self.parts):
            ends = part.kind == "break" or (part.kind == "mark" and part.text in ENDS)
            if ends and part.text == "." and index == begun + 1 and self.parts[begun].kind == "number":
                continue  # the mark of an entry: "1. ..."
            behind = self.parts[index + 1] if index + 1 < len(self.parts) else None
            if ends and (behind is None or part.kind == "break" or behind.start > part.end):
                found.append((begun, index + 1))
                begun = index + 1
        found.append((begun, len(self.parts)))
        return [(first, last) for first, last in found if first < last]


def _forms(item: Item) -> Iterator[str]:
    """How an item may be called: by its titles, with an article of theirs in small letters or left out."""
    for title in item.titles:
        yield title
        first, _, rest = title.partition(" ")
        if first in ("The", "A", "An", "Der", "Die", "Das") and rest:
            yield f"{first.lower()} {rest}"
            if rest[0].isupper() or rest[0].isdigit():
                yield rest
