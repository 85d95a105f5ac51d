"""Claim lexicon: the words by which a reply speaks of an item's price, stock, year and people."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from functools import cached_property

from usbrec.patterns import CuedPattern
from usbrec.play.grounding.naming.shop_words import ShopWords, longest_first


class ClaimWords(ShopWords):
    """The words of all languages at once: a reply may mix them, and a shop's columns are of either. Each
    pattern is made when it is first needed."""

    @cached_property
    def price_said(self) -> frozenset[str]:
        """What stands between an item's name and its price where the sentence says nothing else."""
        return frozenset(self._every("price_said"))

    @cached_property
    def costing(self) -> frozenset[str]:
        """Of these, the words that say by themselves that what follows is a price."""
        return frozenset(self._every("costing"))

    @cached_property
    def before_subject(self) -> frozenset[str]:
        """What may stand before the item whose price a sentence says."""
        return frozenset(self._every("before_subject"))

    @cached_property
    def not_its_price(self) -> re.Pattern[str]:
        """What an amount may be of beside an item: a time, a person, a tax, a budget."""
        return self._within("not_its_price")

    @cached_property
    def budget_before(self) -> re.Pattern[str]:
        """What stands before money that is there to be spent: "with 200 euro ..."."""
        return self._before("budget_before")

    @cached_property
    def budget_behind(self) -> re.Pattern[str]:
        """What stands behind it: "... you can get"."""
        return re.compile(rf"\s*(?:{longest_first(self._every('budget_behind'))})\b", re.IGNORECASE)

    @cached_property
    def leads(self) -> re.Pattern[str]:
        """What stands before an amount whose item comes behind it: ", for ..."."""
        joins, words = longest_first(self._every("joins")), longest_first(self._every("leads"))
        return re.compile(rf"\s*[,;]?\s*(?:(?:{joins})\s+)?(?:{words})\s*", re.IGNORECASE)

    @cached_property
    def led_to(self) -> re.Pattern[str]:
        """What stands between such an amount and the title, of which it takes the first place."""
        return re.compile(rf"\s*(?:(?:{longest_first(self._every('led_to'))})\s+){{0,5}}_", re.IGNORECASE)

    @cached_property
    def stays(self) -> Mapping[str, int]:
        """Times by their numbers of nights."""
        return {word: nights for one in self._listed for word, nights in one["stays"].items()}

    @cached_property
    def stay(self) -> re.Pattern[str]:
        """So many weeks, or other times of several nights."""
        numbers = longest_first([*self.counts, *self._every("articles"), "one", "eine[nm]?"])
        return re.compile(
            rf"\b(?:(?P<number>[0-9]{{1,2}}|{numbers})\s)?(?P<stay>(?:{longest_first(self.stays)})(?:s|n|en|e)?)\b",
            re.IGNORECASE,
        )

    @cached_property
    def stay_costs(self) -> re.Pattern[str]:
        """Between such a time and what it costs: a title, and words of costing."""
        costs = longest_first(self.costing)
        return re.compile(rf"\s+(?:\w+\s+){{1,2}}_+\s*(?::|(?:{costs})(?:\s\w+)?)\s*", re.IGNORECASE)

    @cached_property
    def each(self) -> re.Pattern[str]:
        """What says that an amount is for one person of several."""
        return self._within("each")

    @cached_property
    def once(self) -> re.Pattern[str]:
        """What says that an amount is for one piece, or one night."""
        return self._within("once")

    @cached_property
    def beyond(self) -> re.Pattern[str]:
        """What says that a price is above a budget."""
        return self._within("beyond")

    @cached_property
    def own_budget(self) -> re.Pattern[str]:
        """What stands before money that the seeker has."""
        return self._within("own_budget")

    @cached_property
    def than_before(self) -> re.Pattern[str]:
        """What stands behind the difference to a price of before."""
        return re.compile(rf"\s*(?:{longest_first(self._every('than_before'))})\b", re.IGNORECASE)

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """Words for small numbers of things."""
        return {word: number for one in self._listed for word, number in one["counts"].items()}

    @cached_property
    def compared(self) -> re.Pattern[str]:
        """What holds two prices against each other."""
        return self._within("compared")

    @cached_property
    def together(self) -> re.Pattern[str]:
        """What says that an amount is of several items."""
        return self._within("together")

    @cached_property
    def former(self) -> re.Pattern[str]:
        """What stands before a price of before: "instead of", "UVP"."""
        return self._before("former")

    @cached_property
    def former_behind(self) -> re.Pattern[str]:
        """What stands behind one: "34.90 before"."""
        return re.compile(rf"\s*(?:{longest_first(self._every('former_behind'))})\b", re.IGNORECASE)

    @cached_property
    def pieces(self) -> re.Pattern[str]:
        """What pieces of an item are called."""
        return re.compile(rf"(?:{longest_first(self._every('pieces'))})", re.IGNORECASE)

    @cached_property
    def pieces_follow(self) -> re.Pattern[str]:
        """What stands behind a number that counts pieces by itself: "three for 45"."""
        return re.compile(rf"(?:{longest_first(self._every('pieces_follow'))})", re.IGNORECASE)

    @cached_property
    def comma(self) -> re.Pattern[str]:
        """Words of a language that writes a comma before cents."""
        written = [word for one in self._listed if one.get("comma") for word in one["price_said"]]
        others = {word for one in self._listed if not one.get("comma") for word in one["price_said"]}
        listed = longest_first(word for word in written if word not in others)
        return re.compile(rf"\b(?:{listed})\b", re.IGNORECASE)

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
        signs = [r"\$", "€", "£", "¥", r"US\$", "EUR", "USD", "GBP", "CHF", *self._every("currencies")]
        sign = "|".join(signs)
        return CuedPattern(
            rf"(?<![\w.,])(?:(?P<before>{sign})\s?(?P<one>{_NUMBER})(?:,[-–])?"
            rf"|(?P<two>{_NUMBER})(?:,[-–])?[\s-]?(?P<behind>{sign})(?!\w))",
            signs,
            re.IGNORECASE,
        )

    @cached_property
    def bare_amount(self) -> re.Pattern[str]:
        """A number without one, where a price is said."""
        costs = longest_first(phrase for phrase in self._every("costs") if phrase not in _NOT_BARE)
        units = r"hours?|days?|years?|minutes?|stunden|jahre|left|of|g\b|mm\b|db\b"
        bare = rf"\b(?:{costs})\s+(?P<two>{_NUMBER})(?![\w%]|[ -]?(?:{units}))"
        return CuedPattern(bare, self._every("costs"), re.IGNORECASE)

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
    def stock_gone(self) -> re.Pattern[str]:
        """What says in a shop that an item is not there, around its title too, where that is blacked out."""
        return self._around_titles("stock_gone")

    @cached_property
    def stock_there(self) -> re.Pattern[str]:
        return self._around_titles("stock_there")

    def _around_titles(self, name: str) -> re.Pattern[str]:
        phrases = [entry.replace("{t}", '["“„»*]*_+(?!_)["”“«*]*') for entry in self._every(name)]
        return CuedPattern(rf"(?<!\w)(?:{'|'.join(phrases)})", phrases, re.IGNORECASE)

    @cached_property
    def few_left(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{'|'.join(one['few_left'] for one in self._listed)})", re.IGNORECASE)

    @cached_property
    def some(self) -> frozenset[str]:
        """What says that few are left, and not how many."""
        return frozenset(self._every("some"))

    @cached_property
    def pairs(self) -> frozenset[str]:
        """Words for two that are two things rather than two of one."""
        return frozenset(self._every("pairs"))

    @cached_property
    def stocked(self) -> re.Pattern[str]:
        """How many of an item are there, title and pieces between the number and that: in a text with its
        titles blacked out."""
        numbers = [word for word in self.counts if word not in self.pairs]
        counts = longest_first([*numbers, "one", "ein", "eine", "einer", "eins"])
        between, behind = (
            longest_first(self._every("stock_between")),
            longest_first(self._every("stock_behind")),
        )
        return CuedPattern(
            rf"(?<![\w.,$€£])(?P<number>[0-9]{{1,5}}|{counts})\s"
            rf"(?:(?:_+|{between}),?\s)*?(?:{behind})(?!\w)",
            self._every("stock_behind"),
            re.IGNORECASE,
        )

    @cached_property
    def made_there(self) -> re.Pattern[str]:
        """Where an item is from, in a clause that ends with its verb: "wird in ... hergestellt"."""
        verbs = longest_first(self._every("made_there"))
        return re.compile(
            rf"\b(?:in|aus)\s+(?P<name>[^\W\d_][\w-]*(?:\s[^\W\d_][\w-]*){{0,2}}?)\s(?:{verbs})\b"
        )

    @cached_property
    def place_names(self) -> Mapping[str, str]:
        """What places are called in English, by another language's name for them, in small letters."""
        return {name: english for one in self._listed for name, english in one.get("places", {}).items()}

    @cached_property
    def behind_kind(self) -> frozenset[str]:
        """Words behind which what was said before them is all that something is said to be."""
        return frozenset(self._every("behind_kind"))

    @cached_property
    def kin(self) -> frozenset[str]:
        """What several people of one surname are called behind it."""
        return frozenset(self._every("kin"))

    @cached_property
    def by(self) -> re.Pattern[str]:
        return self._before("by")

    @cached_property
    def made_by(self) -> re.Pattern[str]:
        """What says whose an item is, and nothing else: "published by"."""
        phrases = self._every("made_by")
        return CuedPattern(rf"\b(?:{longest_first(phrases)})\s+", phrases, re.IGNORECASE)

    @cached_property
    def by_alone(self) -> re.Pattern[str]:
        """What says that behind a title: "by"."""
        phrases = self._every("by_alone")
        return CuedPattern(rf"(?<!\w)(?:{longest_first(phrases)})\s+", phrases, re.IGNORECASE)

    @cached_property
    def made(self) -> re.Pattern[str]:
        """What stands between a maker and a title: "Kobold makes ..."."""
        return re.compile(
            rf"\b(?:{longest_first(self._every('made'))})\s(?:the |den |die |das |der )?$", re.IGNORECASE
        )

    @cached_property
    def maker_is(self) -> re.Pattern[str]:
        """What says who made the item that it names: "the publisher of ... is"."""
        who, of = longest_first(self._every("makers")), longest_first(self._every("of"))
        return re.compile(
            rf"\b(?:{who})\s(?:{of})\s[^.!?\n]{{2,80}}?\s(?:{longest_first(self._every('is'))})\s+",
            re.IGNORECASE,
        )

    @cached_property
    def origin(self) -> re.Pattern[str]:
        """What says where an item is from."""
        phrases = self._every("origin")
        return CuedPattern(rf"(?<!\w)(?:{longest_first(phrases)})\s+", phrases, re.IGNORECASE)

    @cached_property
    def origin_alone(self) -> re.Pattern[str]:
        """What says that right behind a title: "from"."""
        phrases = self._every("origin_alone")
        return CuedPattern(rf"(?<!\w)(?:{longest_first(phrases)})\s+", phrases, re.IGNORECASE)

    @cached_property
    def is_a(self) -> re.Pattern[str]:
        """What says of what kind an item is: ", a ..."."""
        return re.compile(
            rf"(?:,|\s(?:{longest_first(self._every('is'))}))\s+(?:{longest_first(self._every('articles'))})\s+"
        )

    @cached_property
    def had_a_part(self) -> re.Pattern[str]:
        """Behind a person what says that they had a part in an item: "stars", "hat ... gedreht"."""
        return re.compile(rf"\.?\s*(?:{longest_first(self._every('had_a_part'))})\b")

    @cached_property
    def made_thing(self) -> re.Pattern[str]:
        """What an item is called behind the brand that it is said to be of: "product"."""
        return re.compile(rf"[\s-](?:{longest_first(self._every('made_things'))})\b", re.IGNORECASE)

    @cached_property
    def other_than(self) -> re.Pattern[str]:
        """What begins to speak of another item than the one that was named."""
        return self._within("other_than")

    @cached_property
    def features(self) -> Mapping[str, frozenset[str]]:
        """What is said of what an item has, by use: "has", "not", "free", "behind", "named" and "extra"."""
        uses = (
            "has", "not", "free", "behind", "named", "extra", "plural", "neither", "measures",
            "before_measure",
            "measured", "centre", "lasting", "charged", "aged", "ages", "ago", "players", "played",
        )  # fmt: skip
        return {use: frozenset(self._every(f"feature_{use}")) for use in uses}

    @cached_property
    def subject(self) -> re.Pattern[str]:
        """What says that an item is about the person behind it, or has a role of that name."""
        return self._before("subject")

    @cached_property
    def likes(self) -> re.Pattern[str]:
        phrases = self._every("likes")
        return CuedPattern(rf"\b(?:{longest_first(phrases)})\b[^,.;:!?]*$", phrases, re.IGNORECASE)

    @cached_property
    def roles(self) -> Mapping[str, re.Pattern[str]]:
        """What says that the person behind it had a part in an item, by part."""
        listed: dict[str, list[str]] = {}
        for one in self._listed:
            for role, phrases in one["roles"].items():
                listed.setdefault(role, []).extend(phrases)
        return {
            role: CuedPattern(rf"\b(?:{longest_first(phrases)})[\s:,]*(?:the )?$", phrases, re.IGNORECASE)
            for role, phrases in listed.items()
        }


claim_words = functools.cache(ClaimWords)
_NUMBER = r"[0-9](?:[0-9.,]*[0-9])?"
#: Too common before a number to mean a price without a currency.
_NOT_BARE = frozenset({"only", "just", "nur", "für", "for", "für nur", "liegt bei", "kosten"})
