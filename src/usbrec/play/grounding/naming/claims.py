"""Field claims: what a reply says of an item's price, stock, year and people, held against the catalogue.

A claim belongs to the item named before it in its sentence, else to the one named behind it, else to the one
named last. A wrong price or year is set right where it is plainly said ("for 49 euro", "from 1999"); whatever
else does not agree, or speaks of a field that the item has not, is a fault of the reply. What the seeker has
said (a budget, a year) may be repeated as theirs.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.files.amounts import money, number_of
from usbrec.items.titles import words
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon import words as lexicon
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.vocabulary import Vocabulary, keyed

#: A price that is said in whole units, or to be about so much, may be off by so much.
_ROUNDED, _ABOUT = 1.0, 0.1
_SENTENCE_END = re.compile(r"[.!?…](?=[\s\"”*]|$)|\n")
_YEAR = re.compile(
    r"(?<![\w.,$€£-])(?P<year>1[89][0-9]{2}|20[0-4][0-9])"
    r"(?![\w%$€£-]|[.,][0-9]|\s?(?:euros?|eur|dollars?|usd|pounds?|hz|mah|€|£)\b)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?<![\w])(?P<century>1[89]|20)?['’]?(?P<decade>[0-9]0)(?:['’]?s|er)(?!\w)")


class Fault(NamedTuple):
    """A claim that does not agree: where it stands, what is right in its place (None: it cannot be set
    right)."""

    start: int
    end: int
    right: str | None


class _Lexicon:
    """The words of all languages at once: a reply may mix them, and a shop's columns are of either. Each
    pattern is made when it is first needed."""

    def __init__(self) -> None:
        self._listed = [lexicon(code, "claims") for code in LANGUAGES if _has(code)]

    def _every(self, name: str) -> tuple[str, ...]:
        return tuple(entry for one in self._listed for entry in one[name])

    def _within(self, name: str) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{_longest_first(self._every(name))})\b", re.IGNORECASE)

    def _before(self, name: str) -> re.Pattern[str]:
        listed = _longest_first(self._every(name))
        return re.compile(rf"\b(?:{listed})[\s:]*(?:the |der |die |den )?$", re.IGNORECASE)

    @cached_property
    def price_columns(self) -> tuple[str, ...]:
        return self._every("price_columns")

    @cached_property
    def stock_columns(self) -> tuple[str, ...]:
        return self._every("stock_columns")

    @cached_property
    def stock_yes(self) -> frozenset[str]:
        return frozenset(self._every("stock_yes"))

    @cached_property
    def stock_no(self) -> frozenset[str]:
        return frozenset(self._every("stock_no"))

    @cached_property
    def amount(self) -> re.Pattern[str]:
        """A number with a currency on one side."""
        sign = rf"(?:[$€£¥]|US\$|EUR|USD|GBP|CHF|{_longest_first(self._every('currencies'))})"
        return re.compile(
            rf"(?<![\w.,])(?:(?P<before>{sign})\s?(?P<one>{_NUMBER})(?:,[-–])?"
            rf"|(?P<two>{_NUMBER})(?:,[-–])?[\s-]?(?P<behind>{sign})(?!\w))",
            re.IGNORECASE,
        )

    @cached_property
    def bare_amount(self) -> re.Pattern[str]:
        """A number without one, where a price is said."""
        costs = _longest_first(phrase for phrase in self._every("costs") if phrase not in _NOT_BARE)
        units = r"hours?|days?|years?|minutes?|stunden|jahre|left|of|g\b|mm\b|db\b"
        return re.compile(rf"\b(?:{costs})\s+(?P<two>{_NUMBER})(?![\w%]|[ -]?(?:{units}))", re.IGNORECASE)

    @cached_property
    def at_most(self) -> re.Pattern[str]:
        return self._before("at_most")

    @cached_property
    def at_least(self) -> re.Pattern[str]:
        return self._before("at_least")

    @cached_property
    def about(self) -> re.Pattern[str]:
        return self._before("about")

    @cached_property
    def reduced(self) -> re.Pattern[str]:
        return self._within("reduced")

    @cached_property
    def in_stock(self) -> re.Pattern[str]:
        return self._within("in_stock")

    @cached_property
    def sold_out(self) -> re.Pattern[str]:
        return self._within("sold_out")

    @cached_property
    def few_left(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(one['few_left'] for one in self._listed)})", re.IGNORECASE)

    @cached_property
    def dated(self) -> re.Pattern[str]:
        return self._before("dated")

    @cached_property
    def released(self) -> re.Pattern[str]:
        return self._before("released")

    @cached_property
    def story(self) -> re.Pattern[str]:
        return self._before("story")

    @cached_property
    def by(self) -> re.Pattern[str]:
        return self._before("by")

    @cached_property
    def likes(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{_longest_first(self._every('likes'))})\b[^,.;:!?]*$", re.IGNORECASE)

    @cached_property
    def roles(self) -> Mapping[str, re.Pattern[str]]:
        """What says that the person behind it had a part in an item, by part."""
        listed: dict[str, list[str]] = {}
        for one in self._listed:
            for role, phrases in one["roles"].items():
                listed.setdefault(role, []).extend(phrases)
        return {
            role: re.compile(rf"\b(?:{_longest_first(phrases)})[\s:]*(?:the )?$", re.IGNORECASE)
            for role, phrases in listed.items()
        }


_words = functools.cache(_Lexicon)
_NUMBER = r"[0-9](?:[0-9.,]*[0-9])?"
#: What every word for being in stock, or not, has in it: most replies have none.
_STOCKED = re.compile(
    r"stock|avail|sold|ship|left|remain|lager|vorrätig|liefer|verfüg|ausverk|vergriff|noch", re.IGNORECASE
)
#: Too common before a number to mean a price without a currency.
_NOT_BARE = frozenset({"only", "just", "nur", "für", "for", "für nur", "liegt bei", "kosten"})


def _has(code: str) -> bool:
    try:
        lexicon(code, "claims")
    except KeyError:
        return False
    return True


def _longest_first(phrases: Any) -> str:
    return "|".join(sorted(phrases, key=len, reverse=True))


@dataclass(frozen=True)
class ClaimCheck:
    """Finds claims in replies about the items of one catalogue that do not agree with their fields."""

    vocabulary: Vocabulary

    def faults(self, page: Page, heard: Heard) -> list[Fault]:
        """What `page` says wrongly, in order; `heard` is what the seeker has said."""
        return sorted(_Claims(self.vocabulary, page, heard).faults())


@dataclass
class _Claims:
    vocabulary: Vocabulary
    page: Page
    heard: Heard

    def faults(self) -> Iterator[Fault]:
        digits = any(map(str.isdigit, self.page.text))
        if digits:
            yield from self._prices()
        if not self.page.mentions:
            return
        if digits:
            yield from self._years()
        yield from self._people()
        if _STOCKED.search(self.page.text):
            yield from self._stock()

    @cached_property
    def _sentences(self) -> list[tuple[int, int]]:
        """Where the sentences begin and end; a full stop inside a title ends none."""
        text, cuts = self.page.text, [0]
        cuts.extend(
            match.end()
            for match in _SENTENCE_END.finditer(text)
            if not any(one.start <= match.start() < one.end - 1 for one in self.page.mentions)
        )
        cuts.append(len(text))
        return list(itertools.pairwise(cuts))

    def _about(self, start: int) -> list[list[Item]]:
        """What stands at `start` is said of one of these, the likeliest first: for each mention the items
        that it may mean."""
        begin, end = next(
            (span for span in self._sentences if span[0] <= start < span[1]), (0, len(self.page.text))
        )
        mentions = self.page.mentions
        before = [one for one in mentions if begin <= one.start < start]
        behind = [one for one in mentions if start <= one.start < end]
        earlier = [one for one in mentions if one.start < begin]
        chosen = before[::-1] or behind[:1] or earlier[::-1][:1]
        if not before and behind and earlier and not self.page.text[begin:start].strip():
            chosen = behind[:1]
        return [
            [self.page.items[item_id] for item_id in dict.fromkeys(ids) if item_id in self.page.items]
            for one in chosen
            for ids in [(one.item_id,) if one.year is not None else (one.item_id, *one.candidates)]
        ]

    def _before(self, start: int) -> str:
        return self.page.text[max(0, start - 40) : start]

    def _heard_number(self, digits: str) -> bool:
        number = number_of(digits, thousands=True)
        return number is not None and any(
            number_of(said, thousands=True) == number
            for said in re.findall(r"[0-9](?:[0-9.,]*[0-9])?", self.heard.text)
        )

    def _within_title(self, start: int) -> bool:
        return any(one.start <= start < one.end for one in self.page.mentions)

    # Price

    def _prices(self) -> Iterator[Fault]:
        lists, text = _words(), self.page.text
        taken: list[tuple[int, int]] = []
        for pattern in (lists.amount, lists.bare_amount):
            for match in pattern.finditer(text):
                group = "one" if match.groupdict().get("one") else "two"
                start, end = match.span(group)
                if self._within_title(start) or any(a <= start < b for a, b in taken):
                    continue
                taken.append((start, end))
                fault = self._price(match.start(), match.end(), start, end)
                if fault is not None:
                    yield fault

    def _price(self, begin: int, finish: int, start: int, end: int) -> Fault | None:
        lists, text = _words(), self.page.text
        digits = text[start:end]
        said = number_of(digits, thousands=True)
        if said is None:
            return None
        before = self._before(begin if begin < start else start)
        around = before.rsplit(",", 1)[-1] + text[end : end + 16]
        about = self._about(start)
        heard = self._heard_number(digits)
        if not about:
            # A budget that is asked for, or repeated, is nobody's price.
            sentence = next((span for span in self._sentences if span[0] <= start < span[1]), (0, 0))
            question = text[sentence[0] : sentence[1]].rstrip().endswith("?")
            return None if question or heard else Fault(start, end, None)
        if lists.reduced.search(around):
            return Fault(start, end, None)
        prices = [self._price_of(item) for item in about[0]]
        price = prices[0]
        if limits := [pattern for pattern in (lists.at_most, lists.at_least) if pattern.search(before)]:
            fits = all(
                known is not None and (known <= said if limits[0] is lists.at_most else known >= said)
                for known in (self._price_of(items[0]) for items in about)
            )
            return None if fits or (heard and price is None) else Fault(start, end, None)
        if re.search(
            r"\b(?:budget|limit|max\w*|spend\w*|ausgeben)\b", before.rsplit(",", 1)[-1], re.IGNORECASE
        ):
            fits = price is not None and price <= said
            return None if heard and (fits or price is None) else Fault(start, end, None)
        if price is None:
            return Fault(start, end, None)
        if lists.about.search(before):
            return None if abs(price - said) <= _ABOUT * price else Fault(start, end, None)
        whole = said == int(said) and not re.search(r"[.,][0-9]{2}$", digits)
        if any(one is not None and abs(one - said) < (_ROUNDED if whole else 0.005) for one in prices):
            return None
        # Said of one item, and by its number alone.
        single = len({item.id for items in about for item in items}) == 1
        return Fault(start, end, _written(price, digits) if single else None)

    def _price_of(self, item: Item) -> float | None:
        text = keyed(item.extra, _words().price_columns)
        if text is None:
            return None
        number = number_of(text)
        if number is not None:
            return number
        found = money(text)
        return None if found is None else found[0]

    # Stock

    def _stock(self) -> Iterator[Fault]:
        lists, text = _words(), self.page.text
        told: list[tuple[int, int]] = []
        for pattern, there in ((lists.sold_out, False), (lists.few_left, True), (lists.in_stock, True)):
            for match in pattern.finditer(text):
                if any(a < match.end() and match.start() < b for a, b in told):
                    continue
                told.append(match.span())
                begin, end = next(span for span in self._sentences if span[0] <= match.start() < span[1])
                about = self._about(match.start())
                named_here = any(begin <= one.start < end for one in self.page.mentions)
                if text[begin:end].rstrip().endswith("?") and not named_here:
                    continue
                if not about:
                    continue
                negated = re.search(
                    r"\b(?:not|n['’]t|never|nicht|kein\w*|no longer)\b",
                    text[max(begin, match.start() - 16) : match.start()],
                    re.IGNORECASE,
                )
                if not any(self._agrees(item, there != bool(negated), match) for item in about[0]):
                    yield Fault(match.start(), match.end(), None)

    def _agrees(self, item: Item, there: bool, match: re.Match[str]) -> bool:
        lists = _words()
        value = keyed(item.extra, lists.stock_columns)
        if value is None:
            return False
        plain = " ".join(value.casefold().split())
        number = number_of(plain)
        if match.re is lists.few_left:
            left = next((group for group in match.groups() if group), "")
            return number is not None and left.isdigit() and int(left) == number
        if number is not None:
            return (number > 0) == there
        if plain in lists.stock_yes:
            return there
        return plain in lists.stock_no and not there

    # Year

    def _years(self) -> Iterator[Fault]:
        text, lists = self.page.text, _words()
        for match in _YEAR.finditer(text):
            before = self._before(match.start())
            bracket = text[match.start() - 1 : match.start()] == "("
            behind = any(text[one.end : match.start()].strip() == "(" for one in self.page.mentions)
            if self._within_title(match.start()) or (bracket and not behind):
                continue
            year, about = int(match["year"]), self._about(match.start())
            if (
                not about
                or lists.story.search(before)
                or lists.amount.search(text[max(0, match.start() - 4) : match.end() + 8])
            ):
                continue
            claimed = behind or bool(lists.dated.search(before))
            if not behind and self._dated_in_title(match.start()) and not lists.released.search(before):
                # "Argo (2012): in 1979, six Americans hide": the year of the item is said, this is another's.
                continue
            meant = [item for items in about for item in items]
            if any(item.year == year or self._holds(item, match["year"]) for item in meant):
                continue
            if not claimed and f" {year} " in self.heard.words:
                continue
            known = meant[0].year
            right = (
                str(known)
                if claimed and known is not None and len({item.id for item in meant}) == 1
                else None
            )
            yield Fault(match.start("year"), match.end("year"), right)
        for match in _DECADE.finditer(text):
            if self._within_title(match.start()):
                continue
            dated = [item for items in self._about(match.start()) for item in items if item.year is not None]
            decade = int(match["decade"])
            asked = re.search(rf"(?<![0-9])(?:[0-9]{{2}})?{decade:02d}(?:s|er)?(?![0-9])", self.heard.words)
            if (
                dated
                and not self._dated_in_title(match.start())
                and not asked
                and not any(_of_decade(item.year or 0, match["century"], decade) for item in dated)
            ):
                yield Fault(match.start(), match.end(), None)

    def _dated_in_title(self, start: int) -> bool:
        """Whether the item that a place is about is written with its year."""
        before = [one for one in self.page.mentions if one.end <= start]
        return bool(before) and before[-1].year is not None

    def _holds(self, item: Item, number: str) -> bool:
        """Whether a number stands in a field of the item, or in its title."""
        return any(number in text for text in (*item.titles, item.text, *item.genres, *item.extra.values()))

    # People

    def _people(self) -> Iterator[Fault]:
        page, people = self.page, self.vocabulary.people
        norms, index = page.norms, 0
        if not people:
            return
        while index < len(norms):
            if page.mention_at[index] is not None or not page.raws[index][:1].isupper():
                index += 1
                continue
            last = next(
                (
                    index + length - 1
                    for length in range(min(4, len(norms) - index), 0, -1)
                    if " ".join([*norms[index : index + length - 1], page.words[index + length - 1].stem])
                    in people
                ),
                None,
            )
            if last is None:
                index += 1
                continue
            name = " ".join([*norms[index:last], page.words[last].stem])
            start, end = page.words[index].start, page.words[last].end
            if (fault := self._person(name, start, end)) is not None:
                yield fault
            index = last + 1

    def _person(self, name: str, start: int, end: int) -> Fault | None:
        lists, text = _words(), self.page.text
        begin, finish = next((span for span in self._sentences if span[0] <= start < span[1]), (0, len(text)))
        here = [one for one in self.page.mentions if begin <= one.start < finish]
        groups = self._about(start)
        about = [item for items in groups for item in items]
        before = text[begin:start]
        claimed = bool(lists.by.search(before)) or re.search(r"(?:,| and| und| &)\s*$", before) is not None
        if not here and not claimed:
            return None
        if not about or (lists.likes.search(before) and not lists.by.search(before)):
            return None
        if not claimed and f" {name} " in self.heard.words:
            return None
        if not any(_made_by(item, name) for item in (about if here else groups[0])):
            if not claimed and not re.match(
                r"\s*(?:stars|plays|directs|directed|shines|is in|leads|made|makes|wrote)\b", text[end:]
            ):
                # A brand beside another brand's item: "Galmori makes good ones too".
                return (
                    None if not self.vocabulary.brands or not here else self._beside(name, start, end, about)
                )
            return Fault(start, end, None)
        for role, pattern in lists.roles.items():
            if pattern.search(before):
                column = next(
                    (value for key, value in about[0].extra.items() if key.casefold().startswith(role)), None
                )
                if column is not None and f" {name} " not in f" {' '.join(w.norm for w in words(column))} ":
                    return Fault(start, end, None)
        return None

    def _beside(self, name: str, start: int, end: int, about: Sequence[Item]) -> Fault | None:
        """A brand right before a title is said to be its maker."""
        touching = any(0 <= one.start - end <= 1 for one in self.page.mentions)
        return Fault(start, end, None) if touching else None


def _made_by(item: Item, name: str) -> bool:
    if any(normalise_title(one) == name for one in item.people):
        return True
    held = " ".join(
        word.norm for text in (item.text, *item.titles, *item.extra.values()) for word in words(text)
    )
    return f" {name} " in f" {held} "


def _of_decade(year: int, century: str | None, decade: int) -> bool:
    return year // 10 * 10 == int(century) * 100 + decade if century else year % 100 // 10 * 10 == decade


def _written(price: float, like: str) -> str:
    """A price as `like` is written: with a comma, and cents where they say something."""
    if price == int(price) and not re.search(r"[.,][0-9]{2}$", like):
        return str(int(price))
    text = f"{price:.2f}"
    return text.replace(".", ",") if re.search(r",[0-9]{2}$", like) else text
