"""Closed vocabulary: a reply of which every part is vouched for.

A part is a title of the catalogue written exactly, a value of a column of the item that it is said of, or a
word of a closed list of plain talk (lexicon/*/closed.toml). Whatever else a reply has (a word, a capital, a
digit, a mark, a letter of another script) is a fault, whatever it may mean: here nothing has to be found to
be a name. A few laws of sentences keep words of the list from being one: a sentence begins with a capital,
and with a word that sentences begin with; nothing but a title, or what a determiner leads to, stands behind
words that a name stands behind; titles and values are no part of something longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from usbrec.lexicon import LANGUAGES
from usbrec.play.grounding.naming.closed_page import (
    EMPHASIS,
    ENDS,
    GLUE,
    LISTED,
    PLAIN_MARKS,
    QUOTES,
    RULE,
    SIGNS,
    ClosedPage,
    Part,
)
from usbrec.play.grounding.naming.closed_said import ClosedSaid
from usbrec.play.grounding.naming.closed_values import ClosedValues
from usbrec.play.grounding.naming.closed_words import ARTICLES, closed_words, has_closed_words
from usbrec.play.grounding.naming.page import Page


@dataclass(frozen=True)
class ClosedCheck:
    """Finds what is not vouched for in replies about the items of one catalogue."""

    values: ClosedValues

    def unvouched(self, page: Page) -> tuple[tuple[int, int], ...]:
        """Where `page` has something that is neither a title, nor a value of its item, nor a word of the
        list, in order; empty for a reply that may be said."""
        best: tuple[tuple[int, int], ...] | None = None
        for closed in ClosedPage(self.values, page).each_of_one():
            for code in LANGUAGES:
                if has_closed_words(code):
                    found = tuple(_Reader(closed, closed_words(code)).faults())
                    if not found:
                        return ()
                    if best is None or len(found) < len(best):
                        best = found
        return best or ()


class _Reader(ClosedSaid):
    """Finds what is wrong with a reply."""

    def faults(self) -> Iterator[tuple[int, int]]:
        found = set(self._glued())
        for first, last in self.sentences:
            found.update(self._sentence(first, last))
        yield from sorted(found)

    def _glued(self) -> Iterator[tuple[int, int]]:
        """Titles and values that are one with what stands beside them."""
        parts, text = self.parts, self.text
        known = [part for part in parts if part.kind in ("title", "value")]
        for one, other in pairwise(known):
            between = text[one.end : other.start]
            if one.kind == other.kind == "title":
                glued = GLUE.fullmatch(between) is not None
            elif one.kind == "title":
                glued = between in ("", " ", "-", ": ", " - ", " – ", " — ") and not _bracketed(text, other)
                glued = glued and between in ("", " ", "-")
            else:
                glued = between == "-"
            if glued:
                yield one.start, other.end

    def _sentence(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        parts, index = self.parts, self._skip_mark(first, last)
        begins = True
        while index < last:
            part = parts[index]
            taken = 1
            if part.kind == "word":
                taken = self._word(index, last, begins)
                if not taken:
                    yield part.start, part.end
                    taken = 1
            elif part.kind == "number":
                if not self._number(index, first, last):
                    yield part.start, part.end
            elif part.kind == "value":
                theirs = self._belongs(part, first, last) or self._is_said_of_anything(part, first, last)
                if not theirs or self._denied(index, first) or self._not_made_by(index, first, last):
                    yield part.start, part.end
            elif part.kind == "mark" and not self._mark(index):
                yield part.start, part.end
            if part.kind not in ("mark", "break"):
                begins = False
            index += taken

    def _is_said_of_anything(self, part: Part, first: int, last: int) -> bool:
        """Whether a value that is not that of all items of a sentence is a word of talk there, too: where no
        item is named, in a question, and what everything may be called."""
        if part.text not in self.listed.all:
            return False
        named = any(one.kind == "title" for one in self.parts[first:last])
        return (
            not named or self.parts[last - 1].text == "?" or part.text in self.listed.lists["open_categories"]
        )

    def _denied(self, index: int, first: int) -> bool:
        """Whether a value that the item has is said not to be its: "is not brown", "isn't a thriller"."""
        before = [self._word_at(place) for place in range(max(first, index - 2), index)]
        lists = self.listed.lists
        while before and before[-1] in lists["before_denied"]:
            before.pop()
        return bool(before) and (before[-1] in lists["denials"] or before[-1].endswith("n't"))

    def _not_made_by(self, index: int, first: int, last: int) -> bool:
        """Whether a person is said to have made what they only play in: "Heat by Al Pacino"."""
        part, lists = self.parts[index], self.listed.lists
        if self._word_at(index - 1) not in lists["made_by"] or index == first:
            return False
        known = [
            one.makers for at in part.about.intersection(self._meant(first, last)) for one in self.known[at]
        ]
        return bool(known) and all(one is not None and part.text not in one for one in known)

    def _skip_mark(self, first: int, last: int) -> int:
        """Behind the mark of an entry of a list, or the line of a table."""
        parts, text = self.parts, self.text
        start = parts[first].start
        if (
            start
            and "\n" not in text[max(0, start - 2) : start]
            and not (first and parts[first - 1].kind == "break")
        ):
            return first
        match = RULE.match(text, start) or LISTED.match(text, start)
        if match is None:
            return first
        counted = any(map(str.isalnum, match[0]))
        index = first
        while index < last and parts[index].start < match.end():
            index += 1
        if counted and not any(part.kind == "title" for part in parts[index:last]):
            return first
        return index

    def _word(self, index: int, last: int, begins: bool) -> int:
        """How many parts, from a word, may be said; 0 for none."""
        listed, parts = self.listed, self.parts
        part = parts[index]
        said = part.text.replace("’", "'")
        small = said.lower() if begins and said[0].isupper() else said
        if begins and not said[0].isupper():
            return 0
        if said == "I" or said.startswith("I'"):
            small = said.lower()
        elif small == "i" or small.startswith("i'"):
            return 0
        if small == "'s" or (small == "s" and self.text[part.start - 1 : part.start] in "'’"):
            return 1
        length = self._stock(index, last, small)
        if length is None:
            return 0
        if length := length or self._phrase(index, last, small):
            words = [self._word_at(place) for place in range(index, index + length)]
            # "In that case" has none.
            told = ("-".join(words), *(words[-1:] if words[0] in self.listed.lists["for_whom"] else ()))
            return 0 if any(self._without(index, one) for one in told) else length
        if (
            self._measured(index, small)
            or self._before_number(index, last, small)
            or self._is_what_counts(index, small)
        ):
            return 1
        base = small.removesuffix("'s")
        if small not in listed.all and (base == small or base not in listed.lists["nouns"]):
            return 0
        if begins and not self._may_begin(small):
            return 0
        if self._other_category(index, small) or self._without(index, small.lower()):
            return 0
        if self._misplaced(index, small) if not begins else self._opens_badly(index, small):
            return 0
        return 1

    def _other_category(self, index: int, small: str) -> bool:
        """Whether a word is a category of other items than those that it is said of: "you find it under
        sports", "a lovely comedy". One of theirs is a value of theirs, or what their genre is called in
        another language."""
        values, word, lists = self.closed.values, small.lower(), self.listed.lists
        if not self.titles or small in lists["open_categories"]:
            return False
        noun = small in lists["nouns"] or small in lists["plain_nouns"]
        genres = values.said_genres.get(word) if noun else None
        told = noun or (small in lists["adjectives"] and self._is_said_to_be(index))
        if genres is None and not (
            word in values.category_words or (told and word in values.further_categories)
        ):
            return False
        first, last = next((a, b) for a, b in self.sentences if a <= index < b)
        if self.parts[last - 1].text == "?":
            return False
        if genres is None:
            return True
        holding = self._having(lambda one: not one.genres.isdisjoint(genres))
        if any(part.kind == "title" for part in self.parts[first:last]):
            return not self._belongs(self.parts[index]._replace(about=holding), first, last)
        return not holding

    def _is_said_to_be(self, index: int) -> bool:
        """Whether a word stands behind "is", as what somebody knows of a thing: "is easy", no "easy fun"."""
        lists, place = self.listed.lists, index - 1
        while self._word_at(place) in lists["before_denied"] - ARTICLES:
            place -= 1
        behind = self.parts[index + 1] if index + 1 < len(self.parts) else None
        alone = (
            behind is None or behind.kind in ("mark", "break") or self._word_at(index + 1) in lists["joining"]
        )
        return alone and self._word_at(place) in lists["being"]

    def _may_begin(self, small: str) -> bool:
        return small in self.listed.begins

    def _mark(self, index: int) -> bool:
        """Whether a mark may stand where it does."""
        part, parts = self.parts[index], self.parts
        before = parts[index - 1] if index else None
        behind = parts[index + 1] if index + 1 < len(parts) else None
        if part.text in SIGNS:
            return any(one is not None and one.kind == "number" for one in (before, behind))
        if part.text in QUOTES or part.text in EMPHASIS:
            return self._around_title(index)
        if part.text in ENDS and behind is not None and behind.text in (",", ";", ":"):
            return before is not None and before.kind == "title" and before.end == part.start
        return part.text in PLAIN_MARKS

    def _around_title(self, index: int) -> bool:
        """Whether a mark of quotation or emphasis belongs to a title, or an apostrophe to its possessive."""
        parts = self.parts
        forth = index
        while forth < len(parts) and parts[forth].kind == "mark" and parts[forth].text in QUOTES | EMPHASIS:
            forth += 1
        if forth < len(parts) and parts[forth].kind == "title" and parts[forth].start == parts[forth - 1].end:
            return True
        back = index
        while (
            back >= 0
            and parts[back].kind == "mark"
            and parts[back].text in QUOTES | EMPHASIS | {",", ".", "!", "?"}
        ):
            back -= 1
        return (
            back >= 0 and parts[back].kind in ("title", "value") and parts[back].end == parts[back + 1].start
        )


def _bracketed(text: str, part: Part) -> bool:
    return text[part.start - 1 : part.start] in ("(", "[")
