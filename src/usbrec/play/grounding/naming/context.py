"""Naming context: a reply with the words that are ours, and what each of its words is in its language."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items.constraints.measures import UNITS
from usbrec.items.linking.ambiguity import is_common, is_small
from usbrec.items.linking.reading import Mention
from usbrec.items.titles import words
from usbrec.lexicon.short_texts import knows
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.language import Language, either, in_some_language, openers, places
from usbrec.play.grounding.naming.page import Page, is_capital
from usbrec.play.grounding.naming.vocabulary import Vocabulary

#: What a year stands behind.
YEAR_BEHIND = frozenset({"in", "from", "since", "of", "year", "im", "seit", "jahr", "von"})
#: What leads from a title to its year, and is read with it.
_TO_YEARS = frozenset({"aus", "dem", "jahr", "jahre", "von", "from", "of", "the", "year"})
_TROUBLES = frozenset({"problem", "problems", "issue", "issues", "trouble", "obstacle", "worry"})
ARTICLES = frozenset({"the", "a", "an"})
#: Endings of words that are no nouns, or nouns made of others, which are seldom names.
NO_NOUN = (
    "ly", "able", "ible", "ful", "less", "ous", "ive", "ing", "ed", "ish", "al", "ic", "ant", "ent",
    "ness", "ment", "tion", "sion", "ity", "ism", "er", "ers", "ize", "ise", "ate", "ary", "ory", "some",
)  # fmt: skip

#: What follows a name that opens a sentence, in Spanish, French, Portuguese, Italian, Dutch and their like.
_SAID_OF = frozenset(
    " ".join(
        (
            "es era fue está tiene trata cuenta narra dura ganó sigue une y o",
            "est était a raconte suit dure reste parle et ou",
            "é foi tem conta fala segue ganhou e è ha racconta parla vinse",
            # What it does to who hears it, and what it can or should: "Matrix te encantará".
            "te le os les podría puede podrá debería debe merece vale va da siempre nunca",
            "vous te lui devrait pourrait peut doit va vaut mérite plaira saura",
            "ti vi potrebbe può dovrebbe deve merita piacerà",
            "pode poderia deve deveria vai agrada zal kan moet kommer kan",
            "of is was heeft gaat vertelt en är var har handlar er jest był była ma opowiada",
        )
    ).split()
)


@dataclass
class NamingContext:
    """What the finders of names share: `shown` are the items a reply is to choose from, `heard` the normal
    form of what the seeker has said, a blank at either end."""

    vocabulary: Vocabulary
    page: Page
    shown: Sequence[Item]
    heard: str
    #: Whether the dialogue has named an item before.
    named_before: bool = False
    #: Whether a reply has to show that it makes nothing up, rather than be found to.
    strict: bool = False

    @cached_property
    def _language(self) -> Language | None:
        return self.page.language

    @cached_property
    def _catalogue_words(self) -> Set[str]:
        """Words that describe items: categories, features, the fields of the items shown or named."""
        beside = self.vocabulary.beside((*self.shown, *self.page.items.values()))
        return self.vocabulary.described | beside

    @property
    def _generic(self) -> Set[str]:
        return frozenset() if self._language is None else self._language.generic

    def _function(self, norm: str) -> bool:
        return self._language is not None and norm in self._language.function

    def _ordinary(self, index: int) -> bool:
        norm = self.page.norms[index]
        if self._measures(index):
            return True
        if norm in self._catalogue_words or f" {norm} " in self.heard:
            return True
        if self._language is None:
            # Nothing is known about small letters of other languages, and a few words ("Long story short")
            # may be of any.
            return not is_capital(self.page.raws[index]) or (
                self.page.opens[index]
                and (
                    in_some_language(self.page.words[index], self.page.raws[index])
                    or self._opens_foreign(index)
                )
            )
        if self._language.code == "de" and self.page.raws[index].islower():
            # Our list of German words is short, and a name has a capital there.
            return not self.vocabulary.in_titles([norm])[0] or self._language.is_ordinary(
                self.page.words[index], self.page.raws[index]
            )
        return self._language.is_ordinary(self.page.words[index], self.page.raws[index])

    def _measures(self, index: int) -> bool:
        """Whether a word is a currency or a unit behind a number: "64 GB"."""
        norms = self.page.norms
        return (
            index > 0
            and norms[index - 1].isdigit()
            and (norms[index] in either("currencies") or norms[index] in UNITS)
        )

    def _opens_foreign(self, index: int) -> bool:
        """Whether a word opens a sentence as any word may, in a language without a lexicon of names: it is a
        known one, or goes on otherwise than a name that something is said of ("Gladiador es ...")."""
        page = self.page
        if page.raws[index].lower() in openers() and index + 1 < len(page.words):
            # "Prueba Tinto Viejo", "Le consiglio ...": too few words to tell the language by.
            titled = page.mention_at[index + 1] is not None
            if page.joined(index + 1) and (titled or page.raws[index + 1].islower()):
                return True
        if page.foreign_language is None:
            return False
        if knows(page.foreign_language, page.raws[index].lower()):
            return True
        following = index + 1
        return (
            following < len(page.words)
            and page.joined(following)
            and page.mention_at[following] is None
            and page.raws[following].islower()
            and page.raws[following] not in _SAID_OF
        )

    def _proper(self, index: int) -> bool:
        norm = self.page.norms[index]
        # A reply may call a place as another language does, or be too short to show its own.
        stem = self.page.words[index].stem
        if norm in either("proper") or stem in either("proper"):
            return True
        return self._has_prices and (norm in places("names") or stem in places("names"))

    @cached_property
    def _has_prices(self) -> bool:
        """Whether things are sold: films have no origin that a reply would tell."""
        return bool(self.vocabulary.present_prices)

    def _beside_proper(self, index: int) -> bool:
        """Whether a word makes a name together with a place's, or another that is nobody's item."""
        norm = self.page.norms[index]
        return norm in either("beside_proper") or (self._has_prices and norm in places("beside"))

    def _named_here(self, index: int) -> bool:
        return self._language is not None and self._language.is_naming(self.page.norms, index)

    @cached_property
    def _anything_named(self) -> bool:
        """Whether an item is named; a question may speak of anything."""
        return bool(
            self.page.mentions or (self.strict and self._ours_written)
        ) or self.page.text.rstrip().endswith("?")

    @cached_property
    def _ours_written(self) -> Sequence[tuple[int, int]]:
        """The words (first and last) of items of ours that are written as titles, not in small letters."""
        page = self.page
        found, index = [], 0
        while index < len(page.words):
            at, first = page.mention_at[index], index
            while index + 1 < len(page.words) and at is not None and page.mention_at[index + 1] is at:
                index += 1
            if at is not None and self._as_titled(first, index, at):
                found.append((first, index))
            index += 1
        found += [
            (first, last)
            for first, last in page.spelt
            if page.mention_at[first] is None
            and is_capital(page.raws[first])
            and (is_capital(page.raws[last]) or page.raws[last][0].isdigit())
            and (first < last or self._alone(first))
            and not self._in_a_person(first, last)
        ]
        return found

    def _in_a_person(self, first: int, last: int) -> bool:
        """Whether words are a part of the name of somebody whom the catalogue has: "Hugo" in "Hugo
        Weaving"."""
        norms, people = self.page.norms, self.vocabulary.people
        return any(
            " ".join(norms[start:end]) in people
            for start in range(max(0, first - 2), first + 1)
            for end in range(last + 1, min(len(norms), last + 3) + 1)
            if end - start > last - first + 1
        )

    def _alone(self, index: int) -> bool:
        """Whether a word with a capital can be a title by itself."""
        page = self.page
        if not page.opens[index]:
            return True
        return not self._function(page.norms[index]) and (
            index + 1 == len(page.norms)
            or bool(page.gap(index + 1).strip())
            or page.norms[index + 1] in either("subjects")
        )

    def _as_titled(self, first: int, last: int, at: Mention) -> bool:
        """Whether a mention has small letters only where its title has them."""
        item = self.page.items.get(at.item_id)
        own = " ".join((at.title,) if item is None else (*item.titles, *item.people))
        known = {word.norm for word in words(own)} | {word.stem for word in words(own)}
        if any(
            self.page.norms[place] not in known and self.page.words[place].stem not in known
            for place in range(first, last + 1)
            if str(at.year) != self.page.norms[place]
            # "Moonstruck aus dem Jahr 1987"
            and not (at.year is not None and self.page.norms[place] in _TO_YEARS)
        ):
            # One letter off is a slip of the pen, or another title.
            return False
        return all(
            not raw[0].islower() or raw in own or self._function(raw)
            for raw in self.page.raws[first : last + 1]
        ) and any(not raw[0].islower() or raw in own for raw in self.page.raws[first : last + 1])

    def _mention_at(self, index: int) -> bool:
        at = self.page.mention_at
        return any(place < len(at) and at[place] is not None for place in (index, index + 1))

    def _touches(self, span: tuple[int, int]) -> bool:
        return any(mention.start < span[1] and span[0] < mention.end for mention in self.page.mentions)

    def _all_ours(self, text: str) -> bool:
        """Whether only words that describe items stand there, or that such a text begins with."""
        language = self._language
        return all(
            norm in self._catalogue_words
            or norm in self._generic
            or (language is not None and norm in language.function)
            for norm in (word.norm for word in words(text))
        )

    def _kind_of_item(self, norm: str) -> bool:
        """Whether a word says what kind an item is, or what it has."""
        return norm in self._generic or norm in self._catalogue_words or norm in either("kinds")

    def _kind(self, norm: str) -> bool:
        """The same, without the words that only the stories of films tell of."""
        listed = norm in self._generic or norm in either("kinds") or norm in self.vocabulary.genres
        return listed or (self.vocabulary.brands and norm in self._catalogue_words)

    def _is_talk(self, norm: str) -> bool:
        """Whether a word is one of a sentence: a pronoun, a verb, rather than of a name."""
        language = self._language
        return language is not None and (
            norm in language.naming
            or (norm in language.function and not is_small(norm))
            or norm in ("für", "euro")
        )

    def _troubles_nobody(self, index: int) -> bool:
        """Whether what stands there is said to be no trouble, as no name is: "Sweat is no problem"."""
        norms = self.page.norms[index + 1 : index + 5]
        return norms[:1] in (["is"], ["are"], ["isnt"], ["arent"]) and not _TROUBLES.isdisjoint(norms)

    def _capitals_then_verb(self, index: int) -> bool:
        """Whether capitalised words lead from here to a verb of the same sentence: "Rope: Last Stand is
        ..."."""
        page = self.page
        while (
            index + 1 < len(page.norms)
            and page.joined(index + 1)
            and (is_capital(page.raws[index + 1]) or is_small(page.norms[index + 1]))
        ):
            index += 1
        return (
            index + 1 < len(page.norms)
            and not page.gap(index + 1).strip(' *_"”)')
            and page.norms[index + 1] in either("subjects")
        )

    def _ends(self, index: int) -> bool:
        page = self.page
        if index + 1 == len(page.norms) or page.gap(index + 1).strip(" \t'’"):
            return True
        return page.norms[index + 1] in either("subjects") or self._function(page.norms[index + 1])

    def _familiar(self, index: int) -> bool:
        """Whether a word is one that talk about items is made of, rather than any word of the language."""
        page, language = self.page, self._language
        norm = page.norms[index]
        if (
            norm in self._catalogue_words
            or norm in self._generic
            or f" {norm} " in self.heard
            or language is None
        ):
            return True
        if page.mentions and not self.vocabulary.brands and is_common(norm):
            return True
        singular = norm[:-1] if norm.endswith("s") else norm
        return (
            norm in language.talk
            or singular in language.talk
            or norm in language.function
            or norm in language.after_naming
        )

    def _bare(self, first: int, last: int) -> bool:
        """Whether words in small letters are rare nouns: what none of talk's words is, and no other kind of
        word."""
        return any(
            not self._familiar(place)
            and not self.page.norms[place].endswith(NO_NOUN)
            and len(self.page.norms[place]) > 3
            for place in range(first, last + 1)
        )

    def _part(self, index: int) -> bool:
        """A number or a single letter that goes with the name before it, and counts or measures nothing."""
        page = self.page
        norm, raw = page.norms[index], page.raws[index]
        following = (
            page.norms[index + 1] if index + 1 < len(page.norms) and not page.gap(index + 1).strip() else ""
        )
        if len(norm) == 1 and norm.isalpha():
            return raw.isupper() and raw not in ("I", "A")
        if norm in either("small_editions"):
            return not following or following in either("subjects") or self._function(following)
        if not norm.isdigit() or (following and is_currency(page, index)):
            return False
        if (
            index + 1 < len(page.norms)
            and page.norms[index + 1].isdigit()
            and page.gap(index + 1) in (".", ",")
        ):
            # "31.00 euro".
            return False
        if _OF_A_SCALE.match(page.text, page.words[index].end) is not None:
            # "Dracula (1897): 8/10".
            return False
        counted = following in either("units")
        if page.norms[index + 1 : index + 3] in (["out", "of"], ["von", "10"], ["von", "5"]):
            return False  # "I would rate Zodiac 9 out of 10"
        return not counted and text_behind(page, index)[:1] not in ("%", "€", "$")

    def _index_at(self, start: int) -> int:
        return sum(word.end <= start for word in self.page.words)


#: Behind the points of a rating.
_OF_A_SCALE = LazyPattern(r"[ \t]?/[ \t]?(?:5|10|20|100)\b|[ \t](?:out )?of[ \t](?:5|10|20|100)\b")


def is_currency(page: Page, index: int) -> bool:
    """Whether the word behind this one is money's."""
    return page.norms[index + 1] in either("currencies")


def text_behind(page: Page, index: int) -> str:
    return page.text[page.words[index].end : page.words[index].end + 2].lstrip()
