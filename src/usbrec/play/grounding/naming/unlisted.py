"""Unlisted names: what a reply writes like a name although the catalogue has no such item.

A name is found by what it looks like and by the words it is made of, whatever is sold: runs of capitals
inside a sentence, model numbers, words that no list of ordinary words and no field of the catalogue has (so
also names in small letters), words that only its titles have, numbers and words where a name stands ("have
you seen ..."), what is in quotes, bold, or opens an entry of a list, other scripts. What the catalogue calls
its categories, people and features is ordinary, what the seeker has said may be repeated but not
recommended, and places, languages and standards have capitals of their own.

Strict rather than lenient: a reply that is refused is drawn again, one that is let through misleads.
What is known about a language is its lexicon (English and German); of others shapes alone count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.linking.ambiguity import is_common, is_small
from usbrec.items.titles import words
from usbrec.play.grounding.naming.language import Language
from usbrec.play.grounding.naming.page import BEHIND_SUBJECTS, Page, is_camel, is_capital
from usbrec.play.grounding.naming.vocabulary import Vocabulary

# Beside a place: "New York", "Academy Award", "World War II".
_BESIDE_PROPER = frozenset({"new", "south", "north", "east", "west", "central", "los", "san", "united", "great",
                            "world", "war", "award", "academy", "best", "picture", "day", "eve", "version",
                            "coast", "wide", "web", "blu", "the", "kong", "cold", "civil"})  # fmt: skip
_EDITIONS = frozenset({"pro", "max", "plus", "mini", "lite", "air", "ultra", "se", "neo", "one", "xl", "mk", "gen",
                       "ii", "iii", "iv", "v", "edition", "series", "sport", "studio", "elite", "nano", "go"})  # fmt: skip
# A number may follow these, or stand before these, without being a name's.
_BEFORE_NUMBERS = frozenset({
    "top", "number", "part", "season", "episode", "version", "level", "age", "aged", "under", "over", "about", "than",
    "or", "and", "to", "of", "from", "in", "at", "for", "least", "most", "rated", "option", "no", "bluetooth", "usb",
    "page", "chapter", "volume", "since", "until", "by", "costs", "cost", "is", "are", "was", "up", "only", "just",
    "around", "below", "above", "between", "with", "nearly", "almost", "choice", "item", "within", "has", "have", "roughly",
    "unter", "über", "von", "bis", "ab", "mit", "für", "um", "rund", "etwa", "nur", "kostet", "zu", "und", "oder", "als",
    "aus", "in", "im", "hat", "noch", "ca", "these", "those", "all", "both", "other", "sind", "ist", "year", "jahr", "be",
    "price", "budget", "max", "maximum", "minimum", "die", "den", "the", "a", "your", "my", "first", "last", "next", "ip",
})  # fmt: skip
_QUOTED = re.compile(
    r"""(?<!\w)(?: "(?P<a>[^"\n]{1,80})" | “(?P<b>[^“”\n]{1,80})” | „(?P<c>[^„“”"\n]{1,80})[“”"] | «(?P<d>[^«»\n]{1,80})»
        | ‘(?P<e>[^‘’\n]{2,80})’ | '(?P<f>[^'\n]{2,80})' | »(?P<g>[^«»\n]{1,80})« | `(?P<h>[^`\n]{1,80})` )(?!\w)
      | (?P<mark>\*{1,3}|__?)(?P<i>[^*_\n]{1,80})(?P=mark)
      | [《〈「『【](?P<j>[^《》〈〉「」『』【】\n]{1,80})[》〉」』】]""",
    re.VERBOSE,
)
_ROW = re.compile(r",?\s+(?:then|and|or|und|oder|dann)\s+|[,;]\s+|\.(?=\s|$)")
_ENTRY = re.compile(r"(?m)^[ \t]*(?:[0-9]{1,2}[.)]|[-*•+])[ \t]+(?P<head>[^\n:–—(|]{1,80}?)(?=[ \t]*(?:$|\n|[:–—(|]| - ))")


@dataclass(frozen=True)
class NameCheck:
    """Finds unlisted names in replies about the items of one catalogue."""

    vocabulary: Vocabulary

    def unlisted(self, page: Page, shown: Sequence[Item], heard: str) -> tuple[str, ...]:
        """What `page` calls by a name that is none of ours, in order. `shown` are the items the reply is to
        choose from, `heard` the normal form of what the seeker has said, a blank at either end."""
        return tuple(_Names(self.vocabulary, page, shown, heard).found())


@dataclass
class _Names:
    vocabulary: Vocabulary
    page: Page
    shown: Sequence[Item]
    heard: str

    def found(self) -> Iterator[str]:
        text, page = self.page.text, self.page
        for first, last in self._runs():
            if not self._is_ours(first, last):
                yield text[page.words[first].start : page.words[last].end]
        if self._begins_small():
            yield page.raws[0]
        yield from self._grown()
        yield from self._in_slots()
        yield from self._marked()

    def _begins_small(self) -> bool:
        """Whether a reply that names nothing begins in small letters with what it goes on to speak about."""
        page = self.page
        if not page.words or page.mentions or not page.raws[0].islower() or page.text.rstrip().endswith("?"):
            return False
        if self._language is None or self._language.code != "en":
            return False
        if page.norms[0] not in _ARTICLES and (self._function(page.norms[0]) or page.norms[0] in self._language.after_naming):
            return False
        return any(norm in BEHIND_SUBJECTS for norm in page.norms[1:9]) and not self._all_ours(" ".join(page.norms[:2]))

    def _grown(self) -> Iterator[str]:
        """Ours with something at its end that makes it another one: "Heat 2", "Quarzo 53 X", "Heat Alien",
        "Alien: resurrection"; and a brand with what its products are not called."""
        page, text = self.page, self.page.text
        for index in range(1, len(page.words)):
            before, at = page.mention_at[index - 1], page.mention_at[index]
            if (
                before is not None
                and at is None
                and page.norms[index] == "the"
                and page.gap(index) == " "
                and index + 1 < len(page.words)
                and page.mention_at[index + 1] is not None
            ):
                yield text[before.start : page.words[index + 1].end]
            if before is None and at is not None and page.gap(index) == " " and (
                (index - 1, index - 1) in page.spelt
                and is_capital(page.raws[index - 1])
                or (page.norms[index - 1].isdigit() and not page.opens[index - 1] and page.norms[index - 2] not in _BEFORE_NUMBERS)
            ):
                yield text[page.words[index - 1].start : at.end]
            if (before is None) != (at is None) and page.gap(index) == " " and self._small_neighbour(index):
                yield text[page.words[index - 1].start : page.words[index].end]
            if before is not None and at is not before and not page.ends_before(index):
                gap = page.gap(index)
                if at is not None:
                    if gap in (" ", "-") and text[before.end - 1] != ")" and at.start == page.words[index].start:
                        yield text[before.start : at.end]
                elif (
                    gap == ": "
                    and is_capital(page.raws[index])
                    and not self._begins_line(before.start)
                    and not self._function(page.norms[index])
                    and page.norms[index] not in self.vocabulary.people_words
                ):
                    yield text[before.start : page.words[index].end]
                elif gap == ": " and is_capital(page.raws[index]) and self._capitals_then_verb(index):
                    yield text[before.start : page.words[index].end]
                elif gap in (" ", "-", ": ") and self._part(index):
                    yield text[before.start : page.words[index].end]
                elif gap == ": " and page.raws[index].islower() and self._bare(index, index) and self._ends(index):
                    yield text[before.start : page.words[index].end]
            elif before is None and at is None and page.gap(index) == " " and page.norms[index - 1] in self.vocabulary.people:
                if self._part(index) or (
                    self.vocabulary.brands
                    and self.vocabulary.in_titles([page.norms[index]])[0]
                    and not (page.norms[index] in self._catalogue_words or page.norms[index] in self._generic)
                    and not self._function(page.norms[index])
                ):
                    yield text[page.words[index - 1].start : page.words[index].end]

    def _small_neighbour(self, index: int) -> bool:
        """Whether a title in small letters has a noun right beside it, or "I" stands before one: "hotel ronin"."""
        page, language = self.page, self._language
        if language is None or language.code != "en":
            return False
        at = page.mention_at[index] or page.mention_at[index - 1]
        assert at is not None
        other = index if page.mention_at[index] is None else index - 1
        norm = page.norms[other]
        if other < index and page.raws[other] == "I" and is_capital(at.text):
            return True
        if not at.text[0].islower() or not page.raws[other].islower() or not norm.isalpha():
            return False
        if norm in self._generic or norm in self._catalogue_words or norm in _KINDS or norm in _CHOOSING or norm in BEHIND_SUBJECTS:
            return False
        if other == index and (self._function(norm) or norm in language.after_naming or norm.endswith("s")):
            return norm == "the"
        return not (
            self._function(norm)
            or norm in language.after_naming
            or norm in language.before_names
            or norm in language.naming
            or norm in _VERBS_BEFORE
            or norm in language.talk
            or norm.endswith(("ly", "ed", "ing", "y", "ous", "ful", "ive", "al", "ic", "s"))
            or is_common(norm)
        )

    def _capitals_then_verb(self, index: int) -> bool:
        """Whether capitalised words lead from here to a verb of the same sentence: "Rope: Last Stand is ..."."""
        page = self.page
        while index + 1 < len(page.norms) and page.joined(index + 1) and (
            is_capital(page.raws[index + 1]) or is_small(page.norms[index + 1])
        ):
            index += 1
        return index + 1 < len(page.norms) and not page.gap(index + 1).strip(" *_\"”)") and page.norms[index + 1] in BEHIND_SUBJECTS

    def _begins_line(self, start: int) -> bool:
        """Whether only marks stand before a place in its sentence: what it begins with may be a heading."""
        return bool(re.search(r"(?:^|[\n.!?])[\s0-9.)*_#\"“„-]*$", self.page.text[:start]))

    def _part(self, index: int) -> bool:
        """A number or a single letter that goes with the name before it, and counts or measures nothing."""
        page = self.page
        norm, raw = page.norms[index], page.raws[index]
        following = page.norms[index + 1] if index + 1 < len(page.norms) and not page.gap(index + 1).strip() else ""
        if len(norm) == 1 and norm.isalpha():
            return raw.isupper() and raw not in ("I", "A")
        if norm in _EDITION_WORDS:
            return not following or following in BEHIND_SUBJECTS or self._function(following)
        if not norm.isdigit() or (following and _currency(page, index)):
            return False
        counted = following in _UNITS
        return not counted and text_after(page, index)[:1] not in ("%", "€", "$")

    def _ends(self, index: int) -> bool:
        page = self.page
        if index + 1 == len(page.norms) or page.gap(index + 1).strip(" \t'’"):
            return True
        return page.norms[index + 1] in BEHIND_SUBJECTS or self._function(page.norms[index + 1])

    def _familiar(self, index: int) -> bool:
        """Whether a word is one that talk about items is made of, rather than any word of the language."""
        page, language = self.page, self._language
        norm = page.norms[index]
        if norm in self._catalogue_words or norm in self._generic or f" {norm} " in self.heard or language is None:
            return True
        if page.mentions and not self.vocabulary.brands and is_common(norm):
            return True
        singular = norm[:-1] if norm.endswith("s") else norm
        return norm in language.talk or singular in language.talk or norm in language.function or norm in language.after_naming

    def _bare(self, first: int, last: int) -> bool:
        """Whether words in small letters are rare nouns: what none of talk's words is, and no other kind of word."""
        return any(
            not self._familiar(place) and not self.page.norms[place].endswith(_NO_NOUN) and len(self.page.norms[place]) > 3
            for place in range(first, last + 1)
        )

    @cached_property
    def _language(self) -> Language | None:
        return self.page.language

    @cached_property
    def _catalogue_words(self) -> Set[str]:
        """Words that describe items: categories, features, the fields of the items shown or named."""
        beside = self.vocabulary.beside((*self.shown, *self.page.items.values()))
        return self.vocabulary.described | beside

    def _ordinary(self, index: int) -> bool:
        norm = self.page.norms[index]
        if norm in self._catalogue_words or f" {norm} " in self.heard:
            return True
        if self._language is None:
            # Nothing is known about small letters of other languages.
            return not is_capital(self.page.raws[index])
        return self._language.is_ordinary(self.page.words[index], self.page.raws[index])

    def _proper(self, index: int) -> bool:
        norm = self.page.norms[index]
        language = self._language
        return language is not None and (norm in language.proper or self.page.words[index].stem in language.proper)

    @cached_property
    def _strong(self) -> list[bool]:
        """Words that are a name's wherever they stand."""
        page = self.page
        found = []
        for index, (norm, raw) in enumerate(zip(page.norms, page.raws, strict=True)):
            if page.mention_at[index] is not None or self._proper(index):
                found.append(False)
            elif page.model_numbers[index]:
                found.append(not self._as_described(index))
            elif not any(map(str.isalpha, raw)) or len(norm) < 2:
                found.append(False)
            elif is_camel(raw) or (page.mainly_latin and page.foreign(index)):
                found.append(not (norm in self._catalogue_words or f" {norm} " in self.heard))
            elif not page.mainly_latin and not page.foreign(index):
                found.append(not self._ordinary(index) or is_capital(raw))
            else:
                found.append(not self._ordinary(index) and any(map(str.isalpha, norm)))
        return found

    def _as_described(self, index: int) -> bool:
        """Whether a word of letters and digits is one that the catalogue or the seeker uses ("mp3", "ip67")."""
        norm = self.page.norms[index]
        return norm in self._catalogue_words and any(map(str.isdigit, norm)) and any(map(str.isalpha, norm))

    @cached_property
    def _capital(self) -> list[bool]:
        """Words with a capital that says something: inside a sentence, where nouns have none."""
        page, language = self.page, self._language
        nouns = language is not None and language.code == "de"
        return [
            page.mention_at[index] is None
            and is_capital(raw)
            and not page.opens[index]
            and raw not in ("I", "A")
            and not raw.startswith(("I'", "I’"))
            and not (nouns and (self._ordinary(index) or _like_a_noun(raw)))
            for index, raw in enumerate(page.raws)
        ]

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Words that follow each other and look like names: the first and the last of each run."""
        page, strong, capital = self.page, self._strong, self._capital
        index, count = 0, len(page.words)
        while index < count:
            if not (strong[index] or capital[index]):
                index += 1
                continue
            first = last = index
            while first > 0 and page.joined(first) and page.mention_at[first - 1] is None:
                before = first - 1
                named = strong[before] or capital[before]
                if not (named or (is_capital(page.raws[before]) and page.raws[before] != "I")):
                    break
                first = before
            after = last + 1
            while after < count and page.joined(after) and page.mention_at[after] is None:
                if strong[after] or capital[after] or page.norms[after].isdigit():
                    last = after
                elif not (is_small(page.norms[after]) and page.norms[after] not in ("and", "with", "or", "by", "from", "und", "von")):
                    break
                after += 1
            yield first, last
            index = max(last, index) + 1

    def _is_ours(self, first: int, last: int) -> bool:
        """Whether a run is none of an item's name, or one of ours after all."""
        page, vocabulary = self.page, self.vocabulary
        run = page.norms[first : last + 1]
        stems = [word.stem for word in page.words[first : last + 1]]
        heads = [place for place in range(first, last + 1) if self._strong[place] or self._capital[place]]
        core = heads[0]
        starts = [first] if first == core else [first, core]
        naming = self._named_here(core)
        before = page.mention_at[first - 1] if first and page.joined(first) else None
        after = page.mention_at[last + 1] if last + 1 < len(page.words) and page.joined(last + 1) else None
        for start in starts:
            for key in {" ".join(page.norms[start : last + 1]), " ".join(stems[start - first :])}:
                if key in vocabulary.people:
                    if after is None:
                        return True
                    item = page.items.get(after.item_id)
                    return item is not None and any(normalise_title(name) == key for name in item.people)
        if before is not None and ":" in page.gap(first) and not self._subtitle(first, last):
            # "Heat: Great film".
            before = None
            if first == last and not self._strong[first]:
                return True
        if before is not None and (":" in page.gap(first) or not page.opens[first]):
            # "Galmori HX-248 Black" is another product where ours is white.
            item = page.items.get(before.item_id)
            own = vocabulary.beside([item]) if item else frozenset()
            return all(norm in own or self._proper(first + place) for place, norm in enumerate(run))
        if after is not None:
            return all(
                self._proper(place) or (page.norms[place] in self._catalogue_words and not self._strong[place])
                for place in heads
            )
        if all(self._proper(place) or page.norms[place] in _BESIDE_PROPER for place in heads) and any(
            map(self._proper, heads)
        ):
            return True
        digits = any(map(str.isdigit, "".join(run)))
        if first == last and self._of_somebody_named(stems[0]):
            return True
        if f" {' '.join(page.norms[core : last + 1])} " in self.heard and not all(map(self._function, run)):
            return not naming and not digits
        if self._shortened(run):
            return True
        if self._person_without_a_column(core, last):
            return True
        if all(page.norms[place] in ("the", "a", "an", "of", "and", "to", "in") for place in heads):
            # The beginning of a title, unless the title follows.
            return ":" in page.gap(first)
        plain = all(
            not self._strong[place]
            and (page.norms[place] in self._catalogue_words or self._proper(place) or page.norms[place] in self._generic)
            for place in heads
        )
        return plain and not naming and not digits

    @property
    def _generic(self) -> Set[str]:
        return frozenset() if self._language is None else self._language.generic

    def _named_here(self, index: int) -> bool:
        return self._language is not None and self._language.is_naming(self.page.norms, index)

    def _subtitle(self, first: int, last: int) -> bool:
        """Whether words behind a title and a colon go on with the name: "Rope: The Return"."""
        page = self.page
        if last > first and all(is_capital(raw) or is_small(raw) for raw in page.raws[first : last + 1]):
            return True
        following = page.raws[last + 1] if last + 1 < len(page.raws) else ""
        return not following or not page.joined(last + 1) or page.norms[last + 1] in BEHIND_SUBJECTS or self._function(
            page.norms[last + 1]
        )

    def _shortened(self, run: Sequence[str]) -> bool:
        """Whether a run is the title of an item shown, without words that only describe it."""
        key = f" {' '.join(run)} "
        if len(run) < 2:
            return False
        for item in self.shown:
            title = normalise_title(item.title)
            if f" {title} ".startswith(key):
                rest = title.split(" ")[len(run) :]
                if not any(word in _EDITIONS or any(map(str.isdigit, word)) for word in rest) and all(
                    word in self._catalogue_words or word in self._generic for word in rest
                ):
                    return True
        return False

    def _of_somebody_named(self, name: str) -> bool:
        """Whether a single name is one of a person whose whole name the reply or the seeker has."""
        if name not in self.vocabulary.people_words:
            return False
        said = f" {' '.join(self.page.norms)} "
        return any(
            f" {person} " in said or f" {person} " in self.heard
            for person in self.vocabulary.people
            if name in person.split(" ")
        )

    def _person_without_a_column(self, first: int, last: int) -> bool:
        """A person's name where people are named, in a catalogue that has none to hold it against."""
        page = self.page
        if self.vocabulary.people or not 1 <= last - first <= 2 or not first:
            return False
        return page.norms[first - 1] in ("by", "starring", "with", "actor", "director", "author", "von") and all(
            is_capital(raw) and raw.isalpha() and not is_camel(raw) for raw in page.raws[first : last + 1]
        )

    # Ordinary words and numbers where a name stands

    def _in_slots(self) -> Iterator[str]:
        page, language = self.page, self._language
        if language is None:
            return
        for index, norm in enumerate(page.norms):
            if page.mention_at[index] is not None or self._strong[index] or self._capital[index]:
                continue
            if norm.isdigit() and self._numeral(index):
                yield page.raws[index]
            elif page.opens[index] and is_capital(page.raws[index]) and self._subject(index):
                yield page.raws[index]
            elif language.code == "en" and (last := self._after_naming(index)) is not None:
                yield page.text[page.words[index].start : page.words[last].end]
            elif language.code == "en" and page.raws[index].islower() and (self._rare_noun(index) or self._edition(index)):
                yield page.raws[index]
            elif language.code == "en" and page.raws[index].islower() and (last := self._chosen(index)) is not None:
                yield page.text[page.words[index].start : page.words[last].end]
        yield from self._beside_others()

    def _is_item(self, start: int, part: str) -> bool:
        """Whether a part of a text is an item's title and hardly more."""
        page = self.page
        inside = [place for place, word in enumerate(page.words) if start <= word.start < start + len(part)]
        rest = [page.norms[place] for place in inside if page.mention_at[place] is None]
        return len(rest) < len(inside) and all(is_small(norm) or norm in ("der", "die", "das", "den") for norm in rest)

    def _edition(self, index: int) -> bool:
        """ "the beats studio pro": an edition of something that is none of ours."""
        page = self.page
        return (
            page.norms[index] in _EDITION_WORDS
            and index > 0
            and page.gap(index) == " "
            and page.mention_at[index - 1] is None
            and page.norms[index - 1].isalpha()
            and not self._function(page.norms[index - 1])
            and self._ends(index)
        )

    def _chosen(self, index: int) -> int | None:
        """The last word of what is recommended with an article, in a reply that names no item of ours: "may I
        suggest a separation?"; and of what is liked as well as one of ours: "often love midnight orange as well"."""
        page, language = self.page, self._language
        assert language is not None
        norms, raws = page.norms, page.raws
        if index < 2 or page.gap(index) != " " or raws[index][0].isupper() or norms[index] in language.after_naming:
            return None
        article = norms[index - 1] in ("the", "a", "an", "our")
        verb = index - 2 if article else index - 1
        last = index
        while last + 1 < len(norms) and page.gap(last + 1) in (" ", "-") and page.mention_at[last + 1] is None and not (
            self._function(norms[last + 1]) or norms[last + 1] in language.after_naming
        ):
            last += 1
        head = norms[last]
        following = norms[last + 1] if last + 1 < len(norms) else ""
        if head in self._generic or head in self._catalogue_words or head.isdigit() or head in _KINDS:
            return None
        if following and page.mention_at[last + 1] is not None:
            return None
        # A new clause: ", but infernal affairs has more depth".
        clause = norms[index - 1] in ("but", "and", "while", "whereas") and page.gap(index - 1).startswith(",")
        if clause and following in BEHIND_SUBJECTS and head not in language.talk and not norms[index].endswith("ing"):
            return last
        if page.mentions:
            if following == "over" and self._mention_at(last + 2) and norms[index - 1] in _CHOOSING | _ARTICLES:
                return last
            liked = norms[verb] in ("love", "loves", "like", "likes", "enjoy") and head not in language.talk
            also = norms[last + 1 : last + 3] == ["as", "well"] or following == "too"
            return last if liked and also else None
        question = page.text.rstrip().endswith("?") and head in language.talk
        question = question and norms[verb] in ("seen", "see", "watch", "read", "about", "try")
        if question or head.endswith(("ly", "ing", "ed")) or (article is False and head in language.talk):
            return None
        if verb >= 0 and not page.gap(verb + 1).strip() and self._chooses(verb):
            return last
        return None

    def _chooses(self, verb: int) -> bool:
        """Whether something is recommended behind this word: "suggest", "would enjoy", "reminds me of"."""
        norms = self.page.norms
        before = norms[verb - 1] if verb else ""
        if norms[verb] in _CHOOSING:
            return True
        if norms[verb] in ("like", "love"):
            return before in ("would", "might", "may", "will", "could", "youd", "youll", "ill", "you", "they", "also")
        if norms[verb] == "is":
            return not _FAVOURITES.isdisjoint(norms[max(0, verb - 6) : verb])
        return (before, norms[verb]) in _CHOOSING_PAIRS or (
            norms[verb] == "of" and norms[max(0, verb - 2) : verb] in (["reminds", "me"], ["made", "me"])
        )

    def _beside_others(self) -> Iterator[str]:
        """What stands in a row with items of ours behind a colon: "For the weekend: quicksand, then Alien"."""
        page, text = self.page, self.page.text
        for match in re.finditer(r":[ \t]+(?P<row>[^\n]*)", text):
            if any(one.start <= match.start() < one.end for one in page.mentions):
                continue
            start, parts = match.start("row"), []
            for cut in (*_ROW.finditer(text, start, match.end()), None):
                parts.append((start, text[start : cut.start() if cut else match.end()]))
                start = cut.end() if cut else start
            ours = [self._is_item(start, part) for start, part in parts]
            if len(parts) < 2 or not any(ours):
                continue
            for (_, part), is_ours in zip(parts, ours, strict=True):
                found = words(part)
                if is_ours or not found or len(found) > 6 or self._all_ours(part):
                    continue
                if self._touches((text.find(part, match.start()), text.find(part, match.start()) + len(part))):
                    continue
                if not any(self._is_talk(word.norm) for word in found):
                    yield part.strip()

    def _rare_noun(self, index: int) -> bool:
        """A noun that talk about items has not, standing as a name does: "the halcyon is in stock", "take the
        tundra", and, in a reply that names no item of ours, "it reminds me of monolith"."""
        page = self.page
        subject = page.norms[index - 1 : index] == ["the"] and self.vocabulary.brands and not self._familiar(index)
        rare = self._bare(index, index) or (subject and not page.norms[index].endswith(("ing", "ed", "ly")))
        if not index or not rare or not self._ends(index) or page.norms[index].endswith("s"):
            return False
        if page.gap(index) not in (" ", ": ") or page.mention_at[index - 1] is not None:
            return False
        before = page.norms[index - 1]
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        if following in ("or", "over", "than") and self._mention_at(index + 2):
            # "vertigo over Alien": beside one of ours.
            return True
        if before == "the":
            subject = (page.opens[index - 1] or page.gap(index - 1).strip() in (",", ":")) and following in BEHIND_SUBJECTS
            return subject or self._named_here(index) or not self._anything_named
        if self._anything_named:
            return False
        return before in _VERBS_BEFORE or before in ("of", "with", "about", "by", "from", "over", "like", "or", "then", "in")

    @cached_property
    def _anything_named(self) -> bool:
        """Whether an item is named; a question may speak of anything."""
        return bool(self.page.mentions) or self.page.text.rstrip().endswith("?")

    def _mention_at(self, index: int) -> bool:
        at = self.page.mention_at
        return any(place < len(at) and at[place] is not None for place in (index, index + 1))

    def _numeral(self, index: int) -> bool:
        """A number that is a name, or the end of one: "try 1917", "300 is great", "the quiet comfort 45"."""
        page = self.page
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        gap_after = page.gap(index + 1) if following else "."
        if page.opens[index] and index and "\n" in page.gap(index) and gap_after[:1] in ".)":
            return False
        if not index and gap_after[:1] in ".)" and following:
            return False
        ends = not following or bool(gap_after.strip(" \t'’")) or "\n" in gap_after
        if (index, index) in page.spelt:
            return False
        if not self._anything_named and f" {page.norms[index]} " not in self.heard and len(page.norms[index]) > 1:
            counted = following and not ends and (following.endswith("s") or following in _COUNTED) and following not in BEHIND_SUBJECTS
            before = page.norms[index - 1] if index and not page.gap(index).strip(" \t:,") else ""
            if ends and self._named_here(index):
                return True
            return not counted and before not in _NUMBERED and not _month(before) and not (following and _currency(page, index)) and text_after(page, index)[:1] not in ("%", "€", "$", "/") and page.gap(index).strip()[-1:] not in ("$", "€", "£", "/")
        if page.gap(index) == ": " and ends and len(page.norms[index]) > 1 and gap_after[:1] == ",":
            return True
        if page.opens[index]:
            return following in BEHIND_SUBJECTS and not ends
        if page.gap(index).strip() or (following and _currency(page, index)):
            return False
        before = page.norms[index - 1]
        if page.mention_at[index - 1] is not None:
            # "Heat 2", "Alien 3": another part, unless it is something counted.
            return ends or following in BEHIND_SUBJECTS
        if not self._anything_named and ends and before in ("in", "of", "with", "is", "over", "like", "then", "and", "or", "than", "für", "mit"):
            return f" {page.norms[index]} " not in self.heard
        if ends and len(page.norms[index]) > 1 and before in ("with", "over", "then", "loves", "love") and self._beside_mention(index):
            return True
        if self._named_here(index):
            return ends or following in BEHIND_SUBJECTS or following in ("and", "or", "und", "oder", "if", "because", "for", "for")
        if before in _BEFORE_NUMBERS or before.isdigit() or _month(before):
            return False
        return (ends or following in BEHIND_SUBJECTS or self._function(following)) and before.isalpha()

    def _beside_mention(self, index: int) -> bool:
        """Whether a word stands where one item beside another would: "Heat, then 300"."""
        page = self.page
        return any(page.mention_at[place] is not None for place in range(max(0, index - 3), index))

    def _function(self, norm: str) -> bool:
        return self._language is not None and norm in self._language.function

    def _subject(self, index: int) -> bool:
        """A single word that a sentence begins with, and that it is about: "Inception is great"."""
        page, language = self.page, self._language
        if index + 1 >= len(page.norms) or page.norms[index + 1] not in BEHIND_SUBJECTS or page.gap(index + 1) != " ":
            return False
        norm = page.norms[index]
        if language is None or language.code != "en" or page.words[index].stem != norm:
            return False
        if norm in language.after_naming or norm in language.function or norm in self._generic or self._proper(index):
            return False
        if page.norms[index + 1 : index + 3] in (["was", "directed"], ["was", "written"], ["was", "released"]):
            return True
        if norm in self.vocabulary.people_words or f" {norm} " in self.heard or norm in self._catalogue_words:
            return False
        return not (norm.endswith("ing") or (norm.endswith(("ity", "ness", "tion", "ment")) and is_common(norm)))

    def _after_naming(self, index: int) -> int | None:
        """The last word of a name in small letters that stands alone behind a naming verb; None for none."""
        page, language = self.page, self._language
        assert language is not None
        if not index or page.opens[index] or page.gap(index).strip(" \t"):
            return None
        if not self._directly_named(index) or page.norms[index] in language.after_naming:
            return None
        last = index
        while (
            last + 1 < len(page.norms)
            and page.gap(last + 1) in (" ", "-")
            and page.mention_at[last + 1] is None
            and page.norms[last + 1] not in language.after_naming
            and page.norms[last + 1] not in language.function
            and last - index < 6
        ):
            last += 1
        if last + 1 < len(page.norms) and page.mention_at[last + 1] is not None and page.gap(last + 1) == " ":
            return None
        head = page.norms[last]
        chunk = page.norms[index : last + 1]
        if any(norm.isdigit() for norm in chunk):
            return None
        if head in self._generic or head in self._catalogue_words or f" {' '.join(chunk)} " in self.heard:
            strange = not page.mentions and len(chunk) > 1 and not self._familiar(index)
            return last if strange and not chunk[0].endswith(_NO_NOUN) and not is_common(chunk[0]) else None
        plural = head.endswith("s") and not head.endswith(("ss", "us", "is"))
        if (plural and (page.mentions or head in language.talk)) or chunk[0].endswith(("ing", "ly")):
            return None
        return last

    def _directly_named(self, index: int) -> bool:
        """Whether a naming verb stands right before, or only words that no noun phrase begins with."""
        page, language = self.page, self._language
        assert language is not None
        norms, before = page.norms, index - 1
        if norms[before] in language.naming:
            # "I consider comfort", "named after": a noun is no name behind every one of these.
            return norms[before] not in ("consider", "watch", "tried", "try") or self._command(before)
        return any(
            before + 1 >= len(phrase) and tuple(norms[before + 1 - len(phrase) : before + 1]) == phrase
            for phrase in language.naming_phrases
        )

    def _command(self, index: int) -> bool:
        page = self.page
        return page.opens[index] or page.norms[index - 1] in ("to", "should", "could", "can", "might", "you", "also", "please", "just", "then", "perhaps", "maybe")

    # Quotes, bold, brackets, entries

    def _marked(self) -> Iterator[str]:
        text = self.page.text
        for match in _QUOTED.finditer(text):
            inner = next(group for name, group in match.groupdict().items() if group and name != "mark")
            stressed = match["mark"] is not None
            behind = text[match.end() : match.end() + 1]
            heading = inner.rstrip().endswith(":") or behind == ":"
            if self._touches(match.span()) and self._more_than_names(match.span()):
                yield inner
            if not self._touches(match.span()) and self._title(inner, match.start(), match.end(), heading=heading, stressed=stressed):
                yield inner
        entries = list(_ENTRY.finditer(text))
        # A list that names an item names one in every entry.
        listing = any(self._touches((one.start("head"), one.start("head") + 3)) for one in entries)
        for match in entries:
            head = match["head"].strip("\"“”„‘’'*_` ")
            heading = text[match.end("head") : match.end("head") + 2].lstrip().startswith(":")
            if self._touches(match.span("head")):
                continue
            if (listing and len(words(head)) <= 6 and not self._all_ours(head)) or self._title(
                head, match.start("head"), match.end("head"), heading=heading, stressed=True
            ):
                yield head

    def _all_ours(self, text: str) -> bool:
        """Whether only words that describe items stand there, or that such a text begins with."""
        language = self._language
        return all(
            norm in self._catalogue_words
            or norm in self._generic
            or (language is not None and norm in language.function)
            for norm in (word.norm for word in words(text))
        )

    def _more_than_names(self, span: tuple[int, int]) -> bool:
        """Whether what is marked holds a title and more that looks like a part of its name."""
        page = self.page
        inside = [place for place, word in enumerate(page.words) if span[0] <= word.start < span[1]]
        rest = [place for place in inside if page.mention_at[place] is None]
        if len(inside) > 8 or not rest or any(self._is_talk(page.norms[place]) for place in rest):
            return False
        return not all(
            page.norms[place] in self._catalogue_words
            or page.norms[place] in self._generic
            or page.norms[place] in self.vocabulary.people_words
            or self._proper(place)
            or (self._function(page.norms[place]) and not is_small(page.norms[place]))
            or page.norms[place].isdigit()
            for place in rest
        )

    def _is_talk(self, norm: str) -> bool:
        """Whether a word is one of a sentence: a pronoun, a verb, rather than of a name."""
        language = self._language
        return language is not None and (
            norm in language.naming or (norm in language.function and not is_small(norm)) or norm in ("für", "euro")
        )

    def _touches(self, span: tuple[int, int]) -> bool:
        return any(mention.start < span[1] and span[0] < mention.end for mention in self.page.mentions)

    def _title(self, inner: str, start: int, end: int, *, heading: bool, stressed: bool) -> bool:
        """Whether what is marked is written as a title, and none of our words."""
        found = words(inner)
        if not found or len(found) > 8 or re.search(r"[.!?;,]\s", inner):
            return False
        norms = [word.norm for word in found]
        key = " ".join(norms)
        if key in self.vocabulary.people or f" {key} " in self.heard:
            return f" {key} " in self.heard and self._named_here(self._index_at(start))
        if all(norm in self._catalogue_words or norm in self._generic for norm in norms):
            return False
        raws = [inner[word.start : word.end] for word in found]
        language = self._language
        known = language is not None and all(
            language.is_ordinary(word, raw) for word, raw in zip(found, raws, strict=True)
        )
        if heading and known:
            return False
        shouted = all(raw.isupper() for raw in raws) and len(norms) == 1
        titled = all(not raw[0].islower() or is_small(raw) for raw in raws) and not raws[0][0].islower()
        if titled and known and language is not None:
            if all(norm in language.function or norm in language.after_naming for norm in norms):
                return False
            behind = self._index_at(start) + len(norms)
            if stressed and behind < len(self.page.norms) and self.page.norms[behind] in BEHIND_SUBJECTS and not heading:
                return True
            if stressed and (shouted or (len(norms) == 1 and not self._named_here(self._index_at(start)))):
                # **Comfortable**, *really*: stress, not a name; quotes and lists are another matter.
                return language.code == "en" and not norms[0].endswith(("able", "ly", "ing", "ful", "ed", "y", "t", "e", "s"))
        if titled:
            return True
        index = self._index_at(start)
        behind = index + len(norms)
        subject = index < len(self.page.opens) and self.page.opens[index] and behind < len(self.page.norms)
        if stressed and subject and self.page.norms[behind] in BEHIND_SUBJECTS and not self._all_ours(inner):
            return True
        return self._named_here(self._index_at(start)) and not stressed and raws[0][0].islower() and len(norms) <= 5

    def _index_at(self, start: int) -> int:
        return sum(word.end <= start for word in self.page.words)


_COUNTED = frozenset({"percent", "prozent", "euro", "stunden", "jahre", "jahren", "minuten", "million", "or", "to", "bis", "oder", "filme", "modelle", "and", "tage"})
_NUMBERED = frozenset({"top", "number", "part", "season", "episode", "version", "level", "bluetooth", "usb", "page", "chapter", "under", "below", "over", "above", "about", "around", "unter", "über", "bis", "ca", "etwa", "rund", "least", "most", "than", "als", "budget"})
_UNITS = frozenset({"hours", "minutes", "times", "years", "days", "weeks", "months", "stars", "percent", "points", "more", "others",
                    "hour", "grams", "meters", "people", "stunden", "minuten", "jahre", "tage", "mal", "prozent", "sterne"})
_ARTICLES = frozenset({"the", "a", "an"})
_CHOOSING = frozenset({"suggest", "recommend", "enjoy", "see", "seen", "pick", "choose", "try", "watch", "take", "get", "buy", "read"})
_FAVOURITES = frozenset({"favorite", "favourite", "pick", "suggestion", "recommendation", "tip", "choice"})
_CHOOSING_PAIRS = frozenset({
    ("how", "about"), ("what", "about"), ("wrong", "with"), ("go", "with"), ("going", "with"), ("story", "of"), ("go", "for"),
    ("twist", "in"), ("suspense", "in"), ("look", "at"), ("great", "in"), ("friend", "loves"), ("nothing", "beats"),
    ("check", "out"), ("okay", "then"), ("ok", "then"), ("so", "then"), ("heard", "of"), ("think", "of"), ("thinking", "of"), ("mine", "loves"), ("people", "love"),
})  # fmt: skip
#: Nouns that stand for any item, or for what a shop or a host offers.
_KINDS = frozenset({"one", "ones", "choice", "option", "pair", "model", "models", "set", "product", "brand", "lot", "bit", "few", "look",
                    "try", "listen", "moment", "time", "evening", "weekend", "night", "day", "budget", "rest", "break", "walk",
                    "trailer", "website", "shop", "store", "list", "list", "idea", "way", "mix", "change", "laugh", "film",
                    "movie", "book", "series", "show", "classic", "sequel", "remake", "album", "song", "place", "restaurant",
                    "hotel", "difference", "point", "picture", "appeal", "idea", "most", "best", "second", "first", "next"})  # fmt: skip
_VERBS_BEFORE = frozenset({"love", "loves", "enjoy", "enjoyed", "like", "see", "saw", "loved", "reminds", "suggest", "pick", "get", "find", "choose"})
_MONTHS = frozenset({"january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
                     "november", "december", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember"})  # fmt: skip


def _month(norm: str) -> bool:
    return norm in _MONTHS


def _currency(page: Page, index: int) -> bool:
    return page.norms[index + 1] in ("euro", "euros", "eur", "dollars", "dollar", "usd", "pounds", "bucks", "cent", "cents")


_NOUN_ENDINGS = ("ung", "ungen", "heit", "keit", "schaft", "tion", "tionen", "ität", "nis", "ismus", "erin", "chen", "lein", "tum")


def text_after(page: Page, index: int) -> str:
    return page.text[page.words[index].end : page.words[index].end + 2].lstrip()


#: In small letters, an edition of something; behind a name of ours, of another item.
_EDITION_WORDS = frozenset({"pro", "max", "ultra", "lite", "evo", "neo", "xl", "se", "mk2", "mkii"})
#: Endings of words that are no nouns, or nouns made of others, which are seldom names.
_NO_NOUN = ("ly", "able", "ible", "ful", "less", "ous", "ive", "ing", "ed", "ish", "al", "ic", "ant", "ent", "ness",
            "ment", "tion", "sion", "ity", "ism", "er", "ers", "ize", "ise", "ate", "ary", "ory", "some")  # fmt: skip


def _like_a_noun(raw: str) -> bool:
    return raw.lower().endswith(_NOUN_ENDINGS) and not is_camel(raw)
