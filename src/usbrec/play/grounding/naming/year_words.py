"""Year lexicon: the words by which a reply says of which year an item is."""

from __future__ import annotations

import functools
import re
from functools import cached_property

from usbrec.play.grounding.naming.claim_words import ClaimWords

_QUOTES = "[\"”“’'*_«»]*"


class YearWords(ClaimWords):
    """The words of all languages at once; each pattern is made when it is first needed."""

    def _any(self, name: str) -> str:
        """One of the words of a list, or of several: "articles the"."""
        listed = [entry for one in name.split() for entry in self._every(one)]
        return f"(?:{'|'.join(sorted(listed, key=len, reverse=True))})"

    @cached_property
    def beside(self) -> re.Pattern[str]:
        """Between a title and its year: "from"."""
        return re.compile(rf"{_QUOTES},?\s+{self._any('year_from')}\s+(?:the\s)?", re.IGNORECASE)

    @cached_property
    def field(self) -> re.Pattern[str]:
        """The same in a list of fields: "Year:"."""
        return re.compile(rf"[\s\"*_,;|•·-]*{self._any('year_field')}[\"*_]*\s*[:=]\s*[\"*_]*", re.IGNORECASE)

    @cached_property
    def kind_from(self) -> re.Pattern[str]:
        """The same with what kind of thing it is: "is a thriller from", ", Mann's thriller from"."""
        is_, articles = self._any("is"), self._any("articles")
        return re.compile(
            rf"{_QUOTES}(?:,|\s{is_})\s+(?:(?:{articles}|the|der|die|das)\s+|[\w.-]+['’]s?\s+)"
            rf"(?P<kind>(?:[\w'’.-]+,?\s+){{1,6}}){self._any('year_from')}\s+(?:the\s)?",
            re.IGNORECASE,
        )

    @cached_property
    def works(self) -> re.Pattern[str]:
        """What another work may be that has the name of the item."""
        return re.compile(rf"\b{self._any('year_works')}\b", re.IGNORECASE)

    @cached_property
    def items(self) -> re.Pattern[str]:
        """What ends a kind that the item itself is of, and nothing that it tells of: "film"."""
        return re.compile(rf"\b{self._any('year_items')}\s*$", re.IGNORECASE)

    @cached_property
    def no_kind(self) -> re.Pattern[str]:
        """Words in it that begin to speak of something else: "about", "of"."""
        return re.compile(rf"\b{self._any('not_of_a_kind')}\b", re.IGNORECASE)

    @cached_property
    def kind_of(self) -> re.Pattern[str]:
        """Between a title and a year before the kind of thing: "is a"."""
        return re.compile(
            rf"{_QUOTES}(?:,|\s{self._any('is')})\s+(?:{self._any('articles')}|the)\s+", re.IGNORECASE
        )

    @cached_property
    def kind_behind(self) -> re.Pattern[str]:
        """What stands behind such a year: one to three words, and no more of them."""
        word = rf"\s(?!{self._any('not_of_a_kind')}\b)[^\W\d_][\w-]*"
        return re.compile(
            rf"(?:{word}){{0,3}}\s*(?:[.,;:!?)\n]|$|\s(?:by|with|from|that|which|and|von|mit)\b)",
            re.IGNORECASE,
        )

    @cached_property
    def out(self) -> re.Pattern[str]:
        """Between a title and the year in which it came out."""
        return re.compile(
            rf"{_QUOTES}{self._was}{self._came_out}",
            re.IGNORECASE,
        )

    @cached_property
    def of_it(self) -> re.Pattern[str]:
        """A sentence before such a year whose subject was named before."""
        return re.compile(
            rf"\s*{self._any('year_it')}{self._was}{self._came_out}",
            re.IGNORECASE,
        )

    @property
    def _was(self) -> str:
        return (
            rf"[\s,(]+(?:{self._any('year_which')}\s+)?(?:{self._any('year_was')}\s+)?"
            rf"(?:{self._any('year_first')}\s+)?"
        )

    @property
    def _came_out(self) -> str:
        return (
            rf"(?:{self._any('year_out')}|{self._any('year_from')})(?:\s+{self._any('year_where')})?"
            rf"(?:\s+{self._any('year_in')})?\s+"
        )

    @cached_property
    def came(self) -> re.Pattern[str]:
        """Between a title and a year behind which stands what happened: "kam ... in die Kinos"."""
        return re.compile(
            rf"{_QUOTES}\s+(?:{self._any('year_which')}\s+)?{self._any('year_came')}"
            rf"(?:\s+{self._any('year_in')})?\s+",
            re.IGNORECASE,
        )

    @cached_property
    def came_behind(self) -> re.Pattern[str]:
        return re.compile(rf"\s+{self._any('year_came_behind')}\b", re.IGNORECASE)

    @cached_property
    def to_title(self) -> re.Pattern[str]:
        """Between a year and the title of what is of that year: "film"."""
        words = rf"(?:(?!{self._any('not_of_a_kind')}\b)[a-zäöüß][a-zäöüß-]*\s+){{0,3}}"
        return re.compile(rf"\s+{words}{_QUOTES}")

    @cached_property
    def ahead(self) -> re.Pattern[str]:
        """Before a year that opens a sentence about a title: "Released in"."""
        return re.compile(rf"\s*(?:{self._any('year_first')}\s+)?{self._came_out}", re.IGNORECASE)

    @cached_property
    def to_title_ahead(self) -> re.Pattern[str]:
        """Between that year and the title: ", the"."""
        return re.compile(rf",\s+(?:{self._any('the')}\s+)?{_QUOTES}", re.IGNORECASE)

    @cached_property
    def back(self) -> re.Pattern[str]:
        """Before a year that opens a sentence, with nothing that says that something came out: "Back in"."""
        return re.compile(rf"\s*(?:{self._any('year_back')}\s+)?", re.IGNORECASE)

    @cached_property
    def to_title_back(self) -> re.Pattern[str]:
        """Between that year and the title: ", the", "kam"."""
        return re.compile(
            rf"(?:,|\s+{self._any('year_then')})\s+(?:{self._any('the')}\s+)?{_QUOTES}", re.IGNORECASE
        )

    @cached_property
    def shown(self) -> re.Pattern[str]:
        """Behind a title what it did in that year: "was in all cinemas", "came out", "in die Kinos"."""
        was, there = self._any("year_was"), self._any("year_shown_there year_came_behind")
        first = rf"(?:{self._any('year_first')}\s+)?"
        return re.compile(
            rf"{_QUOTES}\s+(?:{self._any('year_shown')}|(?:{was}\s+)?{first}{there})\b", re.IGNORECASE
        )

    @cached_property
    def made(self) -> re.Pattern[str]:
        """Before a year in which something was made, which may be before it came out."""
        return re.compile(rf"\b{self._any('year_made')}\s+(?:{self._any('year_in')}\s+)?$", re.IGNORECASE)

    @cached_property
    def article_before(self) -> re.Pattern[str]:
        """What stands before such a year: "the"."""
        return re.compile(
            rf"(?:\b{self._any('articles the')}|['’]s)\s+"
            r"(?:[a-zäöüß-]+\s+){0,2}$",
            re.IGNORECASE,
        )

    @cached_property
    def preposition(self) -> re.Pattern[str]:
        """Before a title that is no subject."""
        return re.compile(
            rf"\b{self._any('year_prepositions')}\s+(?:{self._any('the')}\s+)?{_QUOTES}$",
            re.IGNORECASE,
        )

    @cached_property
    def belongs(self) -> re.Pattern[str]:
        """Before a title that what is spoken of belongs to: "the sequel to", or another work of its name."""
        the = self._any("articles the")
        return re.compile(
            rf"(?:\b{the}\s+(?:(?!{self._any('likes')}\b)[\w-]+\s+){{1,3}}{self._any('year_belongs')}"
            rf"|\b(?P<work>{self._any('year_works')}))\s+"
            rf"(?:{self._any('the')}\s+)?{_QUOTES}$",
            re.IGNORECASE,
        )


year_words = functools.cache(YearWords)
