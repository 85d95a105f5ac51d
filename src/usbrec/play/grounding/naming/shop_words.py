"""Shop lexicon: the words by which a reply compares prices, and says what an item has and what it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from usbrec.lexicon import LANGUAGES
from usbrec.lexicon import words as lexicon
from usbrec.patterns import CuedPattern


class ShopWords:
    """The words of all languages at once, of what is said of goods and houses. Each pattern is made when it
    is first needed."""

    def __init__(self) -> None:
        self._listed = [lexicon(code, "claims") for code in LANGUAGES if _has(code)]

    def _every(self, name: str) -> tuple[str, ...]:
        return tuple(entry for one in self._listed for entry in one[name])

    def _within(self, name: str) -> re.Pattern[str]:
        phrases = self._every(name)
        return CuedPattern(rf"\b(?:{longest_first(phrases)})\b", phrases, re.IGNORECASE)

    def _before(self, name: str) -> re.Pattern[str]:
        phrases = self._every(name)
        listed = longest_first(phrases)
        return CuedPattern(rf"\b(?:{listed})[\s:]*(?:the |der |die |den )?$", phrases, re.IGNORECASE)

    @cached_property
    def its_own(self) -> re.Pattern[str]:
        """What begins a sentence with what an item has: "with its"."""
        return re.compile(rf"\s*(?:{longest_first(self._every('its_own'))})\s(?:\w+\s)?", re.IGNORECASE)

    @cached_property
    def enjoyed(self) -> re.Pattern[str]:
        """What stands before something that is there: "by the"."""
        return re.compile(rf"\b(?:{longest_first(self._every('enjoyed'))})\s$", re.IGNORECASE)

    @cached_property
    def at_it(self) -> re.Pattern[str]:
        """What stands between that and where it is: "at the"."""
        return re.compile(rf"\s(?:{longest_first(self._every('at_it'))})\s", re.IGNORECASE)

    @cached_property
    def feature_names(self) -> Mapping[str, tuple[str, ...]]:
        """What features are called beside the names of their columns, by these."""
        return self._gathered("feature_names")

    @cached_property
    def opposites(self) -> Mapping[str, tuple[str, ...]]:
        """What says that a feature is not there, by the name of its column: "wired"."""
        return self._gathered("opposites")

    def _gathered(self, name: str) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for one in self._listed:
            for key, phrases in one[name].items():
                found[key] = (*found.get(key, ()), *phrases)
        return found

    @cached_property
    def is_something(self) -> re.Pattern[str]:
        """What begins to say what its subject is: "is a", "comes in", "ist auf"."""
        return re.compile(
            rf"(?:\s(?:{longest_first(self._every('is'))}|['’]s)|['’]s)\s(?:(?:{longest_first(self._every('simply'))})\s)?"
            rf"(?:(?P<for>for|für)\s|(?:in|auf)\s|(?P<article>{longest_first(self._every('articles'))})\s)?"
            rf"|\s(?:{longest_first(self._every('comes_in'))})\s",
            re.IGNORECASE,
        )

    @cached_property
    def part_of(self) -> re.Pattern[str]:
        """What stands before an item of which only a part is spoken about: "the case of the"."""
        return self._before("part_of")

    @cached_property
    def audiences(self) -> frozenset[str]:
        """Values that say for whom an item is."""
        return frozenset(self._every("audiences"))

    @cached_property
    def value_names(self) -> Mapping[str, tuple[str, ...]]:
        """What values of columns may be called in the catalogue, by what a language calls them."""
        found: dict[str, set[str]] = {}
        for one in self._listed:
            for said, names in one["value_names"].items():
                for name in names:
                    found.setdefault(said, set()).add(name)
                    found.setdefault(name, set()).add(said)
        return {said: tuple(sorted(names)) for said, names in found.items()}

    @cached_property
    def given_behind(self) -> re.Pattern[str]:
        """What stands behind a value that is given to an item: its title, a word for it, an end."""
        return self._given("given_items")

    @cached_property
    def given_behind_colour(self) -> re.Pattern[str]:
        """The same of a colour, which what shows it may have as well: "red finish"."""
        return self._given("given_items", "given_looks")

    def _given(self, *nouns: str) -> re.Pattern[str]:
        items = longest_first(entry for name in nouns for entry in self._every(name))
        return re.compile(
            rf"[\"”“’'*]*(?:\s*(?:$|[.,;:!?)\n])|\s[-–—]\s|\s[\"“„*]*_"
            rf"|[\s-](?:{longest_first(self._every('given_ends'))})\b|[\s-](?:[^\W\d_]+\s)?(?:{items})\b)",
            re.IGNORECASE,
        )

    @cached_property
    def given_attached(self) -> re.Pattern[str]:
        """What stands before a value that is the item's own, whoever wished for it."""
        return re.compile(
            rf"(?:(?:{longest_first(self._every('given_before'))})\s(?:\w+\s){{0,2}}|_[\"”“’'*]*\s?[(:,–—-]\s?(?:\w+:\s)?)$",
            re.IGNORECASE,
        )

    @cached_property
    def given_in(self) -> re.Pattern[str]:
        """What stands between a title and a value that is the item's, whatever follows: "in a bright"."""
        return re.compile(r"_[\"”“’'*]*\sin\s(?:an?\s|eine[mr]\s)?(?:[^\W\d_]+\s)?$", re.IGNORECASE)

    def given_part(self, led: str) -> bool:
        """Whether what leads to a title speaks of a part of the item, and not of how it looks: "the case of
        the"."""
        looks = re.compile(longest_first(self._every("given_looks")), re.IGNORECASE)
        found = (re.search(rf"\b{one['given_part']}", led, re.IGNORECASE) for one in self._listed)
        return any(match is not None and not looks.fullmatch(match["part"]) for match in found)

    @cached_property
    def given_offer(self) -> re.Pattern[str]:
        """What begins a question that offers an item."""
        return re.compile(
            rf"\s*(?:\w+[,:]\s)?(?:{longest_first(self._every('given_offer'))})\b", re.IGNORECASE
        )

    @cached_property
    def given_it(self) -> re.Pattern[str]:
        """What speaks of the item that was named before."""
        return re.compile(rf"(?<!\w)(?:{longest_first(self._every('given_it'))})(?!\w)", re.IGNORECASE)

    @cached_property
    def given_open(self) -> re.Pattern[str]:
        """What makes a value in passing no claim: a denial, a wish, a comparison, what it goes with."""
        return re.compile(rf"(?<!\w)(?:{longest_first(self._every('given_open'))})(?!\w)", re.IGNORECASE)

    @cached_property
    def price_cues(self) -> re.Pattern[str]:
        """What every comparison of prices, discount and stock in words has in it."""
        return self._within("price_cues")

    @cached_property
    def free_of_charge(self) -> re.Pattern[str]:
        """What says behind a title that it costs nothing."""
        return re.compile(
            rf"\s(?:{longest_first(self._every('is'))})\s(?:\w+ly\s)?(?P<said>{longest_first(self._every('free_of_charge'))})"
            r"(?=\s*(?:[.!;,\n]|\Z|(?:and|und|today|heute)\b))",
            re.IGNORECASE,
        )

    @cached_property
    def discount(self) -> re.Pattern[str]:
        """How many percent less than before an item is said to cost; half of it where no share stands."""
        off, half = longest_first(self._every("discounted")), longest_first(self._every("half_price"))
        return re.compile(
            rf"(?<![\w.,])(?:(?P<share>[0-9]{{1,2}})\s?(?:%|percent|prozent)\s?(?:{off})|(?:{half}))\b",
            re.IGNORECASE,
        )

    @cached_property
    def price_relations(self) -> Mapping[str, re.Pattern[str]]:
        """How the price of what is named before stands to that of what is named behind."""
        is_, very = (longest_first(self._every(name)) for name in ("compared_is", "compared_by"))
        return {
            relation: re.compile(
                rf"\s(?:{is_})\s(?:(?:{very})\s)*(?P<said>{longest_first(phrases)})\s(?:(?:the|der|die|das|den|dem|des)\s)?",
                re.IGNORECASE,
            )
            for relation, phrases in self._gathered("price_relations").items()
        }

    @cached_property
    def price_extremes(self) -> tuple[tuple[Mapping[str, re.Pattern[str]], bool], ...]:
        """What says behind an item, or before it, that it costs least, or (true) most."""
        is_ = longest_first(self._every("is"))
        among = longest_first(self._every("among"))
        found = []
        for name, most in (("cheapest", False), ("dearest", True)):
            said = rf"(?P<said>{longest_first(self._every(name))})(?:\s(?:{among})){{0,2}}"
            behind = re.compile(rf"\s(?:{is_})\s{said}(?=\s*(?:[.!;,\n]|\Z))", re.IGNORECASE)
            before = re.compile(rf"\b{said}\s(?:{is_})\s(?:(?:the|der|die|das)\s)?$", re.IGNORECASE)
            found.append(({"behind": behind, "before": before}, most))
        return tuple(found)

    @cached_property
    def stock_led(self) -> frozenset[str]:
        """What may stand before "in stock" where nothing else says what is: "yes", "still"."""
        return frozenset(self._every("stock_led"))

    @cached_property
    def many(self) -> Mapping[str, int]:
        """How many pieces there are at least where many are said to be there."""
        return {said: number for one in self._listed for said, number in one["many"].items()}

    @cached_property
    def many_of(self) -> re.Pattern[str]:
        """What says before an item that there are many of it."""
        return re.compile(
            rf"\b(?P<said>{longest_first(self.many)})\s(?:(?:of|the|von|vom|der|die|den)\s)*(?=_)",
            re.IGNORECASE,
        )


def _has(code: str) -> bool:
    try:
        lexicon(code, "claims")
    except KeyError:
        return False
    return True


def longest_first(phrases: Any) -> str:
    return "|".join(sorted(phrases, key=len, reverse=True))
