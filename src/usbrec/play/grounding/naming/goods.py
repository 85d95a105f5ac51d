"""Claims about goods: what a reply says of an item's price and stock, held against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items.constraints.column_roles import is_fee
from usbrec.items.constraints.column_types import TypedColumn, said_of_stock
from usbrec.items.constraints.phrases import currency_beside, one_currency, spoken_money
from usbrec.items.constraints.stock_cells import stock_counted
from usbrec.items.files.amounts import number_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.reckoning import Reckoning

#: A price that is said in whole units, or to be about so much, may be off by so much.
_ROUNDED, _ABOUT = 1.0, 0.1
_HALF_A_CENT = 0.005
#: What is said to be "a few" left is no more than so many.
_FEW = 10
#: An amount that is so many times a price, at most, is taken to be of as many.
_MOST_TIMES = 31
#: What takes back that so many are there.
_NOT = LazyPattern(r"(?:\b(?:not|never|nicht|no)|n['’]t)\s+$", re.IGNORECASE)
_WORD = LazyPattern(r"[^\W\d_]+")
#: What every word for being in stock, or not, has in it: most replies have none.
_STOCK_CUES = (
    "stock", "avail", "sold", "ship", "left", "remain", "lager", "vorrätig", "liefer", "verfüg", "ausverk",
    "vergriff", "noch", "book", "gebucht", "frei", "rented", "vermietet", "place", "seat",
    "spot", "slot", "ticket", "rooms", "plätze", "belegt", "taken",
)  # fmt: skip
#: What ends the clause that says a price, or goes on with nothing that changes it.
_CLAUSE_ENDS = LazyPattern(
    r"\s*(?:\Z|[.,;!?)|\n:–—-]|(?:and|und|each|apiece|inkl|incl"
    r"|(?:per|pro|a|je|the) (?:piece|night|bottle|unit|copy|stück|nacht|flasche|exemplar))\b)",
    re.IGNORECASE,
)
#: Between a title and the amount: a bracket, a dash, a colon, the border of a cell, or nothing at all.
_BRACKETED = LazyPattern(r"\s*(?:\([0-9]{4}\))?[*\"”“]{0,3}\s*[(\[:–—|-]?\s*")
_CENTS = LazyPattern(r"\s?(?:cents?|ct)\b", re.IGNORECASE)


class GoodsClaims(Reckoning):
    """Finds wrong prices and stock."""

    def _prices(self) -> Iterator[Fault]:
        lists, text = claim_words(), self.page.text
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

    def _spoken_prices(self) -> Iterator[Fault]:
        """Wrong prices in words: "costs forty euros"."""
        text = self.page.text
        for start, end, said in spoken_money(text):
            about = self._about(start)
            known = [price for item in about[0] for price in self._prices_of(item)] if about else []
            budget = re.search(
                r"\b(?:under|below|up to|at most|budget|unter|bis|höchstens)\b[^.]*$", text[:start], re.I
            )
            if budget or (known and any(abs(price - said) < _ROUNDED for price in known)):
                continue
            if known and not self._reckoned(said, known[0], start, _ROUNDED):
                yield Fault(start, end, None)

    def _price(self, begin: int, finish: int, start: int, end: int) -> Fault | None:
        lists, text = claim_words(), self._masked
        digits = text[start:end]
        said = number_of(digits, thousands=True)
        if said is None:
            return None
        if _CENTS.match(text, end):
            said /= 100
        opened = begin if begin < start else start
        before = text[max(0, opened - 40) : opened]
        around = before.rsplit(",", 1)[-1] + text[end : end + 16]
        about = self._ahead(opened, finish) or self._about(start)
        heard = self._heard_number(digits)
        if not about:
            # A budget that is asked for, or repeated, is nobody's price.
            sentence = self._sentence_of(start)
            question = text[sentence[0] : sentence[1]].rstrip().endswith("?")
            return None if question or heard else Fault(start, end, None)
        if (column := self._amount_named(opened, finish)) is not None:
            # "The deposit is 840 €", "860 € warm": no other amount of the item is meant.
            known = [column.number(item.extra.get(column.name, "")) for item in about[0]]
            agrees = any(one is not None and abs(one - said) < _ROUNDED for one in known)
            return None if agrees else Fault(start, end, None)
        prices = [price for item in about[0] for price in self._known_prices(item)]
        price = prices[0]
        if lists.former.search(before) or lists.former_behind.match(text, finish):
            return None if self._was(said, about[0]) else Fault(start, end, None)
        if lists.than_before.match(text, finish):
            return None if self._saved(said, about[0]) else Fault(start, end, None)
        if lists.reduced.search(around):
            agrees = self._in_its_currency(start, end) and self._saved(said, about[0])
            return None if agrees else Fault(start, end, None)
        if limits := [pattern for pattern in (lists.at_most, lists.at_least) if pattern.search(before)]:
            fits = all(
                known is not None and (known <= said if limits[0] is lists.at_most else known >= said)
                for items in about
                for known in self._known_prices(items[0])
            )
            return None if fits or (heard and price is None) else Fault(start, end, None)
        behind = text[finish:].lstrip(" -")
        if lists.own_budget.search(re.split(r"[,;_]", before)[-1]) or lists.own_budget.match(behind):
            beyond = lists.beyond.search(text, *self._sentence_of(start))
            fits = price is None or (price > said if beyond else price <= said)
            return None if heard and fits else Fault(start, end, None)
        if price is None:
            return Fault(start, end, None)
        if lists.budget_before.search(before) and lists.budget_behind.match(text, finish):
            return None if price <= said else Fault(start, end, None)
        if lists.about.search(before):
            return None if abs(price - said) <= _ABOUT * price else Fault(start, end, None)
        whole = said == int(said) and not re.search(r"[.,][0-9]{2}$", digits)
        near = _ROUNDED if whole else 0.005
        if not self._in_its_currency(start, end):
            return Fault(start, end, None)
        if (nights := self._stay_before(begin, finish)) is not None:
            agrees = any(one is not None and abs(nights * one - said) < near for one in prices)
            return None if agrees else Fault(start, end, None)
        if any(one is not None and abs(one - said) < near for one in prices):
            return None
        if self._in_order(said, start, near):
            return None
        if any(one is not None and self._reckoned(said, one, start, near) for one in prices):
            return None
        # Said of one item, by its number alone, and of nothing but its price.
        single = len({item.id for items in about for item in items}) == 1 and len(prices) == 1
        plain = single and not self._multiple(said, price) and self._plainly(begin, finish, said < price)
        return Fault(start, end, self._written(price, digits) if plain else None)

    def _amount_named(self, begin: int, finish: int) -> TypedColumn | None:
        """The column of amounts that words beside an amount name, where several say what is paid for an item:
        a fee anywhere before it in its clause, a kind of price right beside it."""
        named = self.vocabulary.amounts_named
        if not named:
            return None
        opened = self._sentence_of(begin)[0]
        text = self._masked.casefold()
        clause = _WORD.findall(re.split(r"[,;:]", text[opened:begin])[-1])
        beside = [*clause[-2:], *_WORD.findall(text[finish : finish + 12])[:1]]
        for column, words in named:
            if not words.isdisjoint(clause if is_fee(column.name) else beside):
                return column
        return None

    def _plainly(self, begin: int, finish: int, below: bool) -> bool:
        """Whether a sentence says an amount of an item as its own price, and speaks of nothing else that may
        cost as much: the item, or "it", is what costs, and no time, person, tax or budget stands beside. An
        amount before a title ("for 5 euro you get ...") has to be `below` the price, or may be a budget."""
        text, lists = self._masked, claim_words()
        opened, closed = self._sentence_of(begin)
        named = [one for one in self.page.mentions if opened <= one.start and one.end <= begin]
        place = named[0].start if named else opened
        subject = named[-1].end if named else opened
        led, between = _WORD.findall(text[opened:place].casefold()), text[subject:begin]
        # Of what belongs to the amount itself "costs" says something, "EUR" does not.
        own = (word for word in _WORD.findall(text[begin:finish].casefold()) if word in lists.price_said)
        said = [*_WORD.findall(between.casefold()), *own]
        if len(named) > 1 or not lists.before_subject.issuperset(led):
            return False
        if lists.not_its_price.search(text, opened, closed):
            return False
        if not named and below and self._ahead(begin, finish):
            return True
        if not _CLAUSE_ENDS.match(text, finish):
            return False
        if named and _BRACKETED.fullmatch(between):
            return True
        # Without a title, "it costs ...".
        return not lists.costing.isdisjoint(said) and lists.price_said.issuperset(said)

    def _multiple(self, said: float, price: float) -> bool:
        """Whether an amount is several times a price, or a part of it: it may be of more than is said."""
        low, high = sorted((said, price))
        times = round(high / low) if low else 0
        return times > 1 and times <= _MOST_TIMES and abs(low * times - high) < _HALF_A_CENT * times

    def _in_its_currency(self, start: int, end: int) -> bool:
        """Whether a number is in the currency of the catalogue's prices, as far as both are known."""
        columns = self.vocabulary.present_prices
        known = columns[0].currency.split("/") if columns else [""]
        said = currency_beside(self._masked, start, end)
        return any(one_currency(said, sign) for sign in known)

    def _written(self, price: float, like: str) -> str:
        """A price as `like` is written: with a comma, and cents where they say something."""
        if price == int(price) and not re.search(r"[.,][0-9]{2}$", like):
            return str(int(price))
        written = f"{price:.2f}"
        comma = re.search(r",[0-9]{2}$", like) or (
            "." not in like and claim_words().comma.search(self.page.text)
        )
        return written.replace(".", ",") if comma else written

    # Stock

    def _stock(self) -> Iterator[Fault]:
        text, shop = self.page.text.casefold(), bool(self.vocabulary.present_prices)
        if not shop and not any(cue in text for cue in _STOCK_CUES):
            return
        lists, text = claim_words(), self._masked
        told: list[tuple[int, int]] = []
        for match in lists.stocked.finditer(text):
            agrees = self._number_agrees(match)
            if agrees is not None:
                told.append(match.span())
            if agrees is False:
                yield Fault(match.start(), match.end(), None)
        known = [(lists.sold_out, False), (lists.few_left, True), (lists.in_stock, True)]
        if shop:
            known += [(lists.stock_gone, False), (lists.stock_there, True)]
        for pattern, there in known:
            for match in pattern.finditer(text):
                if any(a < match.end() and match.start() < b for a, b in told):
                    continue
                told.append(match.span())
                begin, end = next(span for span in self._sentences if span[0] <= match.start() < span[1])
                about = self._about(match.start())
                named_here = any(begin <= one.start < end for one in self.page.mentions)
                if text[begin:end].rstrip().endswith("?") and not named_here:
                    continue
                negated = re.search(
                    r"\b(?:not|n['’]t|never|nicht|kein\w*|no longer)\b",
                    text[max(begin, match.start() - 16) : match.start()],
                    re.IGNORECASE,
                )
                says_there = there != bool(negated)
                if not about:
                    # What has left the catalogue is sold out at best.
                    if self.heard.lost and says_there and self._says_it(begin, match):
                        yield Fault(match.start(), match.end(), None)
                    continue
                if not any(self._agrees(item, says_there, match) for item in about[0]):
                    yield Fault(match.start(), match.end(), None)

    def _says_it(self, begin: int, match: re.Match[str]) -> bool:
        """Whether what is said to be there is what was spoken of before: "it", or nothing but a yes."""
        lists, led = claim_words(), self._masked[begin : match.start()]
        said = {word.casefold() for word in _WORD.findall(led)}
        return said <= lists.stock_led or lists.given_it.search(led + match[0]) is not None

    def _number_agrees(self, match: re.Match[str]) -> bool | None:
        """Whether as many pieces of an item are there as is said; None where its stock is no number."""
        lists, text = claim_words(), self._masked
        named = [one for one in self.page.mentions if match.start() <= one.start < match.end()]
        if named:
            item = self.page.items.get(named[0].item_id)
            about = [] if item is None else [item]
        else:
            about = next(iter(self._about(match.start())), [])
        opened, closed = self._sentence_of(match.start())
        here = [one for one in self.page.mentions if opened <= one.start < closed]
        if not named and here and here[0].start > match.start():
            return None  # "Two phones are in stock: ..."
        written, before = match["number"].lower(), text[max(0, match.start() - 40) : match.start()]
        said = int(written) if written.isdigit() else lists.counts.get(written, 1)
        if not named and said == len(here):
            return None  # "X and Y: the two are in stock"
        known = [
            number
            for item in about
            if (value := self.vocabulary.stock_of(item, counted=True)) is not None
            and (number := _count(value)) is not None
        ]
        if not known and named and about:
            return False  # "8 of X are left" where nobody knows how many
        if not known or lists.about.search(before) or _NOT.search(before):
            return None
        if lists.at_least.search(before):
            return any(number >= said for number in known)
        if lists.at_most.search(before):
            return any(number <= said for number in known)
        return said in known

    def _agrees(self, item: Item, there: bool, match: re.Match[str]) -> bool:
        lists = claim_words()
        value = self.vocabulary.stock_of(item, counted=match.re is lists.few_left)
        if value is None:
            return False
        plain = " ".join(value.casefold().split())
        number = _count(plain)
        if match.re is lists.few_left:
            left = next((group for group in match.groups() if group), "")
            written = left.lower()
            if written in lists.some:
                return number is not None and 0 < number <= _FEW
            said = int(left) if left.isdigit() else lists.counts.get(written, 1)
            return number is not None and said == number
        if number is not None:
            return (number > 0) == there
        if plain in lists.stock_yes or said_of_stock(plain) is True:
            return there
        return (plain in lists.stock_no or said_of_stock(plain) is False) and not there


def _count(cell: str) -> float | None:
    """How many a cell of a stock says: "3", "Only 3 left"; None where it counts nothing."""
    number = number_of(cell)
    return stock_counted(cell) if number is None else number
