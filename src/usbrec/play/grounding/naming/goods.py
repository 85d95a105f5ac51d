"""Claims about goods: what a reply says of an item's price and stock, held against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items.constraints.column_types import is_price
from usbrec.items.constraints.phrases import spoken_money
from usbrec.items.files.amounts import money, number_of
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.vocabulary import keyed

#: A price that is said in whole units, or to be about so much, may be off by so much.
_ROUNDED, _ABOUT = 1.0, 0.1
#: What every word for being in stock, or not, has in it: most replies have none.
_STOCKED = re.compile(
    r"stock|avail|sold|ship|left|remain|lager|vorrätig|liefer|verfüg|ausverk|vergriff|noch", re.IGNORECASE
)
#: What ends the clause that says a price, or goes on with nothing that changes it.
_CLAUSE_ENDS = re.compile(
    r"\s*(?:\Z|[.,;!?)\n:–—-]|(?:and|und|per|pro|each|a piece|a night|only|inkl|incl|a bottle|apiece"
    r"|you|gets?|bekommst|bekommen|gibt|kriegst|erhältst|erhalten)\b)",
    re.IGNORECASE,
)
_CENTS = re.compile(r"\s?(?:cents?|ct)\b", re.IGNORECASE)
_CURRENCIES = {
    **dict.fromkeys(("$", "usd", "dollar", "dollars"), "$"),
    **dict.fromkeys(("€", "eur", "euro", "euros"), "€"),
    **dict.fromkeys(("£", "gbp", "pound", "pounds", "pfund"), "£"),
    **dict.fromkeys(("chf", "franken"), "CHF"),
}
_CURRENCY = re.compile(r"[$€£]|\b(?:usd|dollars?|eur|euros?|gbp|pounds?|pfund|chf|franken)\b", re.IGNORECASE)


class GoodsClaims(ClaimReading):
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
            prices = [self._price_of(item) for item in about[0]] if about else []
            known = [price for price in prices if price is not None]
            budget = re.search(
                r"\b(?:under|below|up to|at most|budget|unter|bis|höchstens)\b[^.]*$", text[:start], re.I
            )
            if budget or (known and any(abs(price - said) < _ROUNDED for price in known)):
                continue
            if known and not self._reckoned(said, known[0], start, _ROUNDED):
                yield Fault(start, end, None)

    def _price(self, begin: int, finish: int, start: int, end: int) -> Fault | None:
        lists, text = claim_words(), self.page.text
        digits = text[start:end]
        said = number_of(digits, thousands=True)
        if said is None:
            return None
        if _CENTS.match(text, end):
            said /= 100
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
        near = _ROUNDED if whole else 0.005
        if not self._in_its_currency(about[0][0], text[begin:finish]):
            return Fault(start, end, None)
        if any(one is not None and abs(one - said) < near for one in prices):
            return None
        if self._reckoned(said, price, start, near):
            return None
        # Said of one item, by its number alone, and of nothing but its price.
        single = len({item.id for items in about for item in items}) == 1
        plain = single and self._plainly(begin, finish)
        return Fault(start, end, self._written(price, digits) if plain else None)

    def _reckoned(self, said: float, price: float, start: int, near: float) -> bool:
        """Whether an amount follows from a price: of several, between two items, or what a budget leaves."""
        begin, end = next((span for span in self._sentences if span[0] <= start < span[1]), (0, 0))
        sentence = self.page.text[begin:end]
        counts = self._counts(sentence)
        if any(abs(count * price - said) < near for count in counts):
            return True
        if claim_words().compared.search(sentence):
            items = [self.page.items.get(one.item_id) for one in self.page.mentions]
            others = [self._price_of(item) for item in items if item is not None]
            if any(
                one is not None and one != price and abs(abs(one - price) - said) < near for one in others
            ):
                return True
        given = [
            number_of(one, thousands=True) for one in re.findall(r"[0-9][0-9.,]*[0-9]|[0-9]", self.heard.text)
        ]
        return any(one is not None and one > price and abs(one - price - said) < near for one in given)

    def _counts(self, text: str) -> list[int]:
        """The numbers above one in a text, in digits or words."""
        numbers = claim_words().counts
        found = [int(one) for one in re.findall(r"(?<![\w.,])[0-9]{1,3}(?![\w.,])", text)]
        found += [numbers[word] for word in re.findall(r"[^\W\d_]+", text.casefold()) if word in numbers]
        return [number for number in found if number > 1]

    def _plainly(self, begin: int, finish: int) -> bool:
        """Whether nothing stands between an item's name and the amount but that it is its price."""
        text = self.page.text
        ends = [one.end for one in self.page.mentions if one.end <= begin]
        opened = next((a for a, b in self._sentences if a <= begin < b), 0)
        since = max([*ends, opened])
        named = min((one.start for one in self.page.mentions if opened <= one.start < begin), default=opened)
        if self._counts(text[opened:named]):
            return False  # "seven bottles of ..."
        words = re.findall(r"[^\W\d_]+", text[since:begin].casefold())
        return claim_words().price_said.issuperset(words) and bool(_CLAUSE_ENDS.match(text, finish))

    def _in_its_currency(self, item: Item, amount: str) -> bool:
        """Whether an amount is in the currency of the item's price, as far as that is known."""
        text = self._price_text(item)
        known, said = (None if one is None else _currency(one) for one in (text, amount))
        return known is None or said is None or known == said

    def _written(self, price: float, like: str) -> str:
        """A price as `like` is written: with a comma, and cents where they say something."""
        if price == int(price) and not re.search(r"[.,][0-9]{2}$", like):
            return str(int(price))
        written = f"{price:.2f}"
        comma = re.search(r",[0-9]{2}$", like) or (
            "." not in like and claim_words().comma.search(self.page.text)
        )
        return written.replace(".", ",") if comma else written

    def _price_text(self, item: Item) -> str | None:
        text = keyed(item.extra, claim_words().price_columns)
        if text is None:
            text = next((value for name, value in item.extra.items() if value and is_price(name)), None)
        return text

    def _price_of(self, item: Item) -> float | None:
        text = self._price_text(item)
        if text is None:
            return None
        number = number_of(text)
        if number is not None:
            return number
        found = money(text)
        return None if found is None else found[0]

    # Stock

    def _stock(self) -> Iterator[Fault]:
        if not _STOCKED.search(self.page.text):
            return
        lists, text = claim_words(), self.page.text
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
        lists = claim_words()
        value = keyed(item.extra, lists.stock_columns)
        if value is None:
            return False
        plain = " ".join(value.casefold().split())
        number = number_of(plain)
        if match.re is lists.few_left:
            left = next((group for group in match.groups() if group), "")
            said = int(left) if left.isdigit() else claim_words().counts.get(left.casefold())
            return number is not None and said == number
        if number is not None:
            return (number > 0) == there
        if plain in lists.stock_yes:
            return there
        return plain in lists.stock_no and not there


def _currency(text: str) -> str | None:
    """The currency that a text names; None where it names none, or several."""
    found = {_CURRENCIES[one.casefold()] for one in _CURRENCY.findall(text)}
    return found.pop() if len(found) == 1 else None
