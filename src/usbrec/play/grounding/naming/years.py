"""Year claims: which year a reply says an item is of, and whether the catalogue has the same.

Most years in a sentence are not the item's: a prize is won in one, a story is set in one, people are born and
books appear. A year is only held against an item where it is plainly the item's own: beside its title
("Heat (1995)", "Heat from 1995", "the 1995 film Heat"), behind what kind of thing it is ("a thriller from
1995"), or behind a word of release whose subject is the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items.linking.reading import Mention
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.year_words import year_words

YEAR = LazyPattern(
    r"(?<![\w.,$€£-])(?P<year>1[89][0-9]{2}|20[0-4][0-9])"
    r"(?![\w%$€£-]|[.,][0-9]|\s?(?:euros?|eur|dollars?|usd|pounds?|hz|mah|€|£)\b)",
    re.IGNORECASE,
)
_DECADE = LazyPattern(r"(?<![\w])(?P<century>1[89]|20)?['’]?(?P<decade>[0-9]0)(?:['’]?s|er)(?!\w)")
#: What stands between a title and a year that is written beside it, and behind that year.
_BESIDE = LazyPattern(r"[\"”’'*_]*(?:\s*[(\[](?:[^()\[\]\n]{1,40}[,;]\s*)?|,?\s+|\s*[-–—:|]\s*|[^\n]*\|\s*)")
_BESIDE_ENDS = LazyPattern(r"\s*[)\]|,;.!?\n]|\s+[-–—]\s|\s*$")
#: "From 1935 to 1940" is no year in which something came out.
RANGE = LazyPattern(r"\s?(?:to|until|bis|-|–|—)\s?[12][0-9]{3}")
_POSSESSIVE = LazyPattern(r"['’]s\s[\"“*_]*")
#: So many years before it came out something may have been made.
_MADE_BEFORE = 2
#: Looked back to at most.
_LONGEST = 160


class YearClaims(ClaimReading):
    """Finds wrong years and decades."""

    def _years(self) -> Iterator[Fault]:
        text = self.page.text
        for match in YEAR.finditer(text):
            if self._within_title(match.start()):
                continue
            beside, own = self._own(match.start(), match.end())
            if not own:
                continue
            year, meant = int(match["year"]), [item for items in self._about(match.start()) for item in items]
            if not meant or any(item.year == year or holds_number(item, match["year"]) for item in meant):
                continue
            if year_words().made.search(text, max(0, match.start() - _LONGEST), match.start()) and any(
                0 < (item.year or 0) - year <= _MADE_BEFORE for item in meant
            ):
                continue
            items = self._items_of(beside) if beside is not None else meant
            known = items[0].year if len({item.id for item in items}) == 1 else None
            yield Fault(match.start("year"), match.end("year"), None if known is None else str(known))
        for match in _DECADE.finditer(text):
            if self._within_title(match.start()) or not self._own(match.start(), match.end())[1]:
                continue
            dated = [item for items in self._about(match.start()) for item in items if item.year is not None]
            decade = int(match["decade"])
            asked = re.search(rf"(?<![0-9])(?:[0-9]{{2}})?{decade:02d}(?:s|er)?(?![0-9])", self.heard.words)
            if (
                dated
                and not asked
                and not any(_of_decade(item.year or 0, match["century"], decade) for item in dated)
            ):
                yield Fault(match.start(), match.end(), None)

    def _items_of(self, mention: Mention) -> list[Item]:
        ids = (mention.item_id, *(() if mention.year is not None else mention.candidates))
        return [self.page.items[one] for one in dict.fromkeys(ids) if one in self.page.items]

    def _own(self, start: int, end: int) -> tuple[Mention | None, bool]:
        """Whether a year is said to be that of an item, and the title that it stands beside, if any."""
        text, lists = self.page.text, year_words()
        if RANGE.match(text, end):
            return None, False
        behind = next((one for one in self.page.mentions if 0 <= one.start - end <= _LONGEST), None)
        if (
            behind is not None
            and lists.to_title.fullmatch(text, end, behind.start)
            and lists.article_before.search(text, max(0, start - _LONGEST), start)
        ):
            return behind, True
        if behind is not None and (
            _POSSESSIVE.fullmatch(text, end, behind.start)
            or (
                lists.to_title_ahead.fullmatch(text, end, behind.start)
                and lists.ahead.fullmatch(text, self._sentence_of(start)[0], start)
            )
        ):
            return behind, True
        if (
            behind is not None
            and lists.to_title_back.fullmatch(text, end, behind.start)
            and lists.shown.match(text, behind.end)
            and lists.back.fullmatch(text, self._sentence_of(start)[0], start)
        ):
            return behind, True
        before = next((one for one in reversed(self.page.mentions) if one.end <= start), None)
        if before is None or start - before.end > _LONGEST:
            return None, False
        opened = self._sentence_of(start)[0]
        between = text[before.end : start]
        if opened - before.end in (0, 1) and (
            between.strip()[:1].islower() or between.strip()[:1] in ("(", ",")
        ):
            # "Them! is from 1954", "Say Anything... (1989)": the title's own mark ends no sentence.
            opened = self._sentence_of(before.start)[0]
        if before.start < opened:
            said = text[opened:start]
            return None, bool(lists.of_it.fullmatch(said) or lists.field.fullmatch(between))
        owned = self._of_another(before, opened)
        if (_BESIDE.fullmatch(between) and _BESIDE_ENDS.match(text, end)) or lists.field.fullmatch(between):
            return before, True
        kind = lists.kind_from.fullmatch(between)
        shown = kind is not None and lists.items.search(kind["kind"]) is not None
        if (
            before.year is not None
            and not self.vocabulary.brands
            and not (shown or lists.out.fullmatch(between))
        ):
            # "Argo (2012), a tale from 1979": its year is said already. Goods tell of no other.
            return None, False
        if lists.beside.fullmatch(between):
            return before, not owned
        if kind is not None and not lists.no_kind.search(kind["kind"]):
            return before, not owned and not self._is_another(kind["kind"])
        if lists.kind_of.fullmatch(between) and lists.kind_behind.match(text, end):
            return before, not owned
        if lists.out.fullmatch(between) or (
            lists.came.fullmatch(between) and lists.came_behind.match(text, end)
        ):
            prepositional = "," not in between and lists.preposition.search(text, opened, before.start)
            return None, not owned and not prepositional
        return None, False

    def _is_another(self, kind: str) -> bool:
        """Whether a kind of work is none that the catalogue has: a novel in one of films."""
        return any(
            one.casefold() not in self.vocabulary.described for one in year_words().works.findall(kind)
        )

    def _of_another(self, mention: Mention, opened: int) -> bool:
        """Whether a title only belongs to what is spoken of: "the sequel to Avatar", "the novel Juno"."""
        match = year_words().belongs.search(self.page.text, opened, mention.start)
        if match is None:
            return False
        work = match["work"]
        return work is None or work.casefold() not in self.vocabulary.described


def holds_number(item: Item, number: str) -> bool:
    """Whether a number stands in a field of the item, or in its title."""
    return any(number in text for text in (*item.titles, item.text, *item.genres, *item.extra.values()))


def _of_decade(year: int, century: str | None, decade: int) -> bool:
    return year // 10 * 10 == int(century) * 100 + decade if century else year % 100 // 10 * 10 == decade
