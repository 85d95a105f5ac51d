"""Candidate formatting: an item a line without anything a prompt is made of, and the message around them.

They stand in the last user message, behind what the seeker said, because there a small model reads them
and everything before stays the same from turn to turn, so that a warm prompt is not computed again. The
question that closes the list is what makes a small model choose from it (docs/log.md has the layouts that
were tried).

Whoever writes a catalogue must not write instructions. An item is one line between two marks, of fields
with a cap each; whatever could end the line, the marks or a chat template's message is taken out of it.
Free text is left out unless it is asked for, because a lure in it could not be told from a description.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from usbrec.dialogue import Item
from usbrec.lexicon import USUAL
from usbrec.prompts import Prompts

#: Most characters of a title, of a genre, and of a word of the description; most genres of an item. Half a
#: title names nothing, so the bound is far beyond what titles need.
_TITLE, _GENRE, _WORD = 200, 24, 24
_GENRES = 3
#: So many items' lines are kept at most.
_LINES_KEPT = 10_000
#: What marks, fields, mark-up and chat templates are made of.
_MARKS = str.maketrans(dict.fromkeys("<>|`#{}\\", " ") | {"[": "(", "]": ")"})


def _by_title_alone(item: Item) -> None:
    """Nobody is named beside any title."""


@dataclass(frozen=True)
class CandidateFormatter:
    """How items are written into a prompt, each with `text_words` words of its text. With `slots` a reply
    has their numbers in brackets in place of titles; with a `list_length` above 1 so many of them are asked
    for, ranked. `apart` says who is named beside a title that several items have."""

    prompts: Prompts
    text_words: int = 0
    slots: bool = False
    list_length: int = 1
    apart: Callable[[Item], str | None] = _by_title_alone
    # The lines of items that were written before: the same few are shown again turn after turn.
    _lines: dict[str, tuple[Item, str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def block(self, message: str, items: Sequence[Item]) -> str:
        """A user's message with the items behind it, a line each."""
        lines = "\n".join(f"{self.number(place)} {self.line(item)}" for place, item in enumerate(items))
        if self.list_length > 1:
            count = str(min(self.list_length, len(items)))
            return self.prompts.render("candidates_list", message=message, candidates=lines, count=count)
        return self.prompts.render("candidates", message=message, candidates=lines)

    def focus(self, message: str, items: Sequence[Item]) -> str:
        """A user's message with a few items behind it that it asks about."""
        return self.prompts.render(
            "focus",
            message=message,
            candidates="\n".join(
                f"{self.number(place)} {self.line(item)}" if self.slots else self.line(item)
                for place, item in enumerate(items)
            ),
            titles=" or ".join(self.said(place, item) for place, item in enumerate(items)),
        )

    def number(self, place: int) -> str:
        """What stands before an item in a list."""
        return f"[{place + 1}]" if self.slots else f"{place + 1}."

    def said(self, place: int, item: Item) -> str:
        """How a reply names the item at this place of the list: its marker, or its name."""
        return self.number(place) if self.slots else self.name(item)

    def line(self, item: Item) -> str:
        """An item as one harmless line: its name, up to three genres, words of its text if wanted."""
        known = self._lines.get(item.id)
        if known is not None and known[0] is item:
            return known[1]
        line = self._line(item)
        if len(self._lines) >= _LINES_KEPT:
            self._lines.clear()
        self._lines[item.id] = item, line
        return line

    def _line(self, item: Item) -> str:
        genres = ", ".join(genre for name in item.genres[:_GENRES] if (genre := plain(name, _GENRE).lower()))
        words = plain(item.text, 64 * self.text_words).split()[: self.text_words]
        text = " ".join(word[:_WORD] for word in words)
        return " | ".join(part for part in (self.name(item), genres, text) if part)

    def name(self, item: Item) -> str:
        """The title with its year, where that is known, as it stands in the list; with who made it where
        another item is called the same."""
        title = plain(item.title, _TITLE)
        name = title if item.year is None else f"{title} ({item.year})"
        who = self.apart(item)
        return name if who is None else f"{name} ({plain(who, _TITLE)})"

    def suggestion(self, item: Item, language: str = USUAL) -> str:
        """The fixed sentence that recommends an item."""
        return self.prompts.say("fallback_item", language, title=self.name(item))


def plain(text: str, longest: int) -> str:
    """`text` on one line, at most `longest` characters, without control characters and marks."""
    kept = text[: 4 * longest].translate(_MARKS)
    if not kept.isprintable():  # printable text, nearly all there is, has no such character
        kept = "".join(
            " " if unicodedata.category(character)[0] == "C" or character in "\u2028\u2029" else character
            for character in kept
        )
    return " ".join(kept.split())[:longest].strip()
