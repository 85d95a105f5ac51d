"""Disambiguation: whether a text with the words of a title names the item, by year, quotes, capitals, place.

Three kinds of evidence, each a method of :class:`Page`: :meth:`Page.judge` for what is written as titles are,
:meth:`Page.runs_to_doubt` and what follows it for titles with a typing error (see fuzzy), and
:meth:`Page.in_slot` for ordinary words where capitals don't tell (see lowercase).
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from usbrec.dialogue import Item
from usbrec.items.linking.ambiguity import (
    ARTICLES,
    Ambiguity,
    answers,
    can_be_subject,
    in_dictionary,
    is_adverb,
    is_always_capital,
    is_common,
    is_kind,
    is_lead_in,
    is_small,
)
from usbrec.items.linking.cased import ambiguity_in, evident_in
from usbrec.items.linking.caseless import Surroundings, beside_caseless
from usbrec.items.linking.context import (
    BEHIND_NUMBERS,
    CLAUSE_END,
    JOINS,
    QUOTES,
    ContextFeatures,
    Match,
    is_capital,
    like_a_title,
    numbers_as_titled,
)
from usbrec.items.linking.languages import Language, english, language_of, russian, speak_for
from usbrec.items.linking.lowercase import (
    Side,
    Slot,
    fills,
    is_said_of,
    side_after,
    side_before,
)
from usbrec.items.linking.runs import Runs, runs_around, runs_until
from usbrec.items.linking.small_letters import (
    just_a_noun,
    of_the_dictionary,
    opens_elsewhere,
    stands_as_title,
)
from usbrec.items.linking.surface_form import SurfaceForm, Writing
from usbrec.items.linking.title_variants import NUMERALS
from usbrec.items.linking.years import (
    BARE_YEAR,
    BARE_YEAR_ELSEWHERE,
    TITLE_FIELD,
    YEAR_AFTER,
    YEAR_BEFORE,
    YEAR_BESIDE,
    YEAR_FIELD,
    common_era,
)
from usbrec.items.scripts import has_unspaced
from usbrec.items.titles import Word, normalise_title
from usbrec.patterns import LazyPattern

SLIP_LETTERS = 7
_BRACKET = LazyPattern(r"[(\[]")
_NUMBER_AFTER = LazyPattern(
    r"(?:[ \t]+(?:part|vol\.?|volume|chapter|episode))?[ \t]+([2-9]|[1-9][0-9]|[ivx]{2,4}|V)\b", re.IGNORECASE
)
_NO_NUMBER = LazyPattern(
    r"[ \t]*(?:times|x\b|hours?|minutes?|years?|stars?|days?|out of|%|/|or\b|of\b|[.,][0-9])", re.IGNORECASE
)
_LIST_GAP_ELSEWHERE = LazyPattern(
    r"[\"“”„«»‘’'*_]*\s*(?:[,/&]|\b(?:und|oder|sowie|y|e|o|u|et|ou|и|или|а также)\b)?\s*"
    r"(?:\b(?:und|oder|y|o|et|ou|и|или)\b)?\s*[\"“”„«»‘’'*_]*"
)
_LIST_GAP = LazyPattern(r"\s*(?:[,/&]|\b(?:and|or)\b)?(?:\s*\b(?:and|or)\b)?\s*")


#: After these a number that is a title is one.
_NUMBERS_INTRODUCED = frozenset(
    {"like", "liked", "love", "loved", "enjoy", "enjoyed", "recommend", "suggest", "try", "read", "reread"}
    | {"finished", "novel", "book", "film", "movie"}
)
#: What stands between a title and who wrote or made it, and how much of it is looked at.
_BY = LazyPattern(r"[\"”’*_]{0,3},?[ \t]+(?:by|von|from|de|di)[ \t]+", re.IGNORECASE)
_LONGEST_NAME, _MOST_ALIKE = 60, 20
#: What ends a sentence, and no part of one.
_STOP = LazyPattern(r"[ \t\"”’*_]*[.!?…\n]")
#: A title in capitals has so many letters: "IT" and "US" are also other things.
_ACRONYM = 3
_OPENING_MARKS = frozenset("[(¡¿")
_BEFORE_ACRONYMS = frozenset(
    {"a", "an", "and", "at", "by", "for", "from", "in", "my", "near", "of", "on", "our", "the", "this", "to"}
    | {"with", "your"}
)
_WORD_BEFORE = LazyPattern(r"[^\W_][,:]?[ \t]+$")
#: What ends a field.
_FIELD_END = LazyPattern(r"""["'”’*_]{0,3}[ \t]*(?:[\n|,;}]|\.?\s*\Z)""")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a match is: `items` it may name, most popular first; none, if it names something unknown."""

    start: int
    end: int
    year: int | None
    items: tuple[Item, ...]


class Named:
    """The spans of the titles found so far; they do not overlap."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self._starts = [start for start, _ in ordered]
        self._ends = [end for _, end in ordered]

    def add(self, start: int, end: int) -> None:
        insort(self._starts, start)
        insort(self._ends, end)

    def last_before(self, place: int) -> int | None:
        """Where the last one ends that ends until there."""
        index = bisect_right(self._ends, place)
        return self._ends[index - 1] if index else None

    def first_after(self, place: int) -> int | None:
        """Where the first one begins that begins from there."""
        index = bisect_left(self._starts, place)
        return self._starts[index] if index < len(self._starts) else None


@dataclass(frozen=True)
class Page(ContextFeatures):
    """A text with its words, and what its matches name."""

    def judge(self, match: Match) -> Verdict | None:
        """What the match names, or None where its words are just words."""
        text, form, last = self.text, match.form, self.words[match.last]
        start, end = self.words[match.first].start + match.skip, last.end
        if last.stem != last.norm and not form.key.endswith(last.norm):
            end -= 2  # a possessive "'s" behind the title
        around = in_marks = None
        if self.elsewhere:
            around = self._surroundings(match, start, end)
            in_marks = self.in_marks(start, end) if self.marked else None
            if in_marks is False or (around and not around.whole()):
                return None
        if not form.exact and _ends_with_number(form) and _NO_NUMBER.match(text, end):
            return None  # "I saw Rocky 2 times" is not "Rocky II"
        marks = self.artefacts_around(start, end)
        after = YEAR_AFTER.match(text, end)
        if after:
            year = common_era(int(after["year"]))
            if after["close"] and marks:
                start = self.opening(start)
            if match.edited:
                meant = form.of_exactly(year) if self._slip_before_year(match) else ()
                return Verdict(start, after.end(), year, meant) if meant else None
            return Verdict(start, after.end(), year, form.of_year(year))
        bare = BARE_YEAR.match(text, end)
        if bare is None and self.elsewhere:
            bare = BARE_YEAR_ELSEWHERE.match(text, end)
        if bare:
            year = int(bare["year"])
            fits = tuple(item for item in (*form.exact, *form.variants) if item.year == year)
            if fits:
                return Verdict(start, bare.end(), year, fits)
        if not match.edited and (verdict := self._dated_beside(match, start, end)):
            return verdict
        if not match.edited and (written := self._by_its_person(match, start, end)):
            return written
        if around and not match.edited and (dated := YEAR_BEFORE.search(text, max(0, start - 24), start)):
            year = int(dated["year"])
            fits = tuple(item for item in (*form.exact, *form.variants) if item.year == year)
            if fits:
                return Verdict(start, end, year, fits)
        number = _NUMBER_AFTER.match(text, end)
        until = number.end() if number and not _NO_NUMBER.match(text, number.end()) else None
        if around and around.before_entry:
            until = None
        elif around and until is None:
            until = around.numbered()
        level = self.level(match) if self.elsewhere else form.ambiguity
        if until is not None and not marks and not in_marks:
            known = level is Ambiguity.PLAIN and not match.edited
            return Verdict(start, until, None, ()) if known else None
        if match.edited:
            return Verdict(start, end, None, form.bare()) if self._slip(match, marks) else None
        trusted = marks <= QUOTES if level is Ambiguity.MARKED else True
        if (
            (marks and trusted)
            or in_marks
            or self._in_title_field(start, end)
            or (self._evident_here(match, level, around) if self.elsewhere else self._evident(match))
            or self._as_the_title_is(match, start, end, level)
            or self._is_the_answer(match, start, end)
        ):
            return Verdict(start, end, None, form.bare())
        return None

    def _dated_beside(self, match: Match, start: int, end: int) -> Verdict | None:
        """What a match names whose very year stands apart from it, in a table, a list or an object."""
        text, form = self.text, match.form
        beside = YEAR_BESIDE.match(text, end)
        field = None if beside else YEAR_FIELD.match(text, end)
        if beside is None and field is None:
            return None
        found = (
            (beside["dashed"] or beside["among"] or beside["short"]) if beside else field and field["year"]
        )
        known = (*form.exact, *form.variants)
        fits = tuple(item for item in known if str(item.year or "").endswith(found or "-"))
        if not fits:
            return None
        if beside is None or beside["among"]:
            # The year of a field, and one among other words, is no part of what names the item.
            return Verdict(start, end, None, fits)
        if text[end] in "\"”’'*_":
            start = self.opening(start)
        return Verdict(start, beside.end(), fits[0].year, fits)

    def _read_or_seen(self, index: int) -> bool:
        """Whether a word before a number says that it is read, seen or offered: "you might like 1984"."""
        before = self.words[index - 1].norm if index else ""
        return before in _NUMBERS_INTRODUCED and not self.opens_sentence(index)

    def _by_its_person(self, match: Match, start: int, end: int) -> Verdict | None:
        """What a match names behind which somebody of the item is named: "It by Stephen King"."""
        by = _BY.match(self.text, end)
        if by is None:
            return None
        said = f"{normalise_title(self.text[by.end() : by.end() + _LONGEST_NAME])} "
        known = (*match.form.exact, *match.form.variants)[:_MOST_ALIKE]
        fits = tuple(
            item
            for item in known
            if any(" " in name and said.startswith(f"{normalise_title(name)} ") for name in item.people)
        )
        return Verdict(start, end, None, fits) if fits else None

    def _in_title_field(self, start: int, end: int) -> bool:
        """Whether a match is all that stands in a field for titles: "Title: Heat"."""
        return (
            is_capital(self.text[start:end])
            and bool(TITLE_FIELD.search(self.text, max(0, start - 28), start))
            and bool(_FIELD_END.match(self.text, end))
        )

    def _as_the_title_is(self, match: Match, start: int, end: int, level: Ambiguity) -> bool:
        """Whether a text writes the very marks that a title opens and closes with ("[REC]", "¡Átame!" in
        a sentence), or its letters all as capitals among others ("MASH")."""
        text = self.text
        before, after = text[start - 1 : start] if start else "", text[end : end + 1]
        marked = before in _OPENING_MARKS and after != " "
        shouted = level is Ambiguity.CAPITALS and text[start:end].isupper()
        if not (marked or shouted):
            return False
        titles = [title for item in match.form.bare() for title in item.titles]
        if marked and after and f"{before}{text[start:end]}{after}" in titles:
            # A cry stands alone: "¡Socorro!"
            if not any(map(str.isalpha, text[start:end])):  # "(2007)" is a year
                return False
            return before in "[(" or bool(_WORD_BEFORE.search(text, max(0, start - 4), start - 1))
        if not shouted or sum(map(str.isalpha, text[start:end])) < _ACRONYM:
            return False
        spelt = [title for title in titles if title.isupper() and " " not in title]
        said = self.words[match.first - 1].norm if match.first else ""
        if said in _BEFORE_ACRONYMS and not self.opens_sentence(match.first):
            return False  # "at JFK", "the SWAT team"
        return bool(spelt) and self.contrast(match) and not self.part_of_a_name(match)

    def _is_the_answer(self, match: Match, start: int, end: int) -> bool:
        """Whether a title of one word is all that is said: "Dune.", "**Emma**". What people answer with, or
        call a kind of work, is no title that way."""
        said = self.words[match.last].norm
        raw = self.raw(match.last)
        # Shouted words are told by what stands around them alone.
        if len(said) < 2 or raw.isupper() or not (raw[0].isupper() and is_capital(self.text[start:end])):
            return False
        return self._is_all(match) and said not in answers() and not is_kind(said)

    def _is_all(self, match: Match) -> bool:
        """Whether one word, with or without an article or an adverb, is all that a sentence says."""
        first, last = match.last, match.last
        while first and not _STOP.search(self._before(first)):
            first -= 1
            if not (self.words[first].norm in ARTICLES or is_adverb(self.words[first].norm)):
                return False
        return last + 1 == len(self.words) or bool(_STOP.match(self._before(last + 1)))

    def _before(self, index: int) -> str:
        """What stands between a word and the one before it."""
        return self.text[self.words[index - 1].end : self.words[index].start]

    @cached_property
    def language(self) -> Language | None:
        """The language with Latin letters that the text is in; None is English, or none that is known."""
        return language_of({word.norm for word in self.words})

    def tell_by_others(self, matches: Sequence[Match]) -> None:
        """Titles tell no language: "la la land, moana" is as English as "moana"."""
        if self.language is None:
            return
        titles = {
            index
            for match in matches
            if match.form.exact and not match.edited
            for index in range(match.first, match.last + 1)
        }
        rest = {word.norm for index, word in enumerate(self.words) if index not in titles}
        if all(word.isdigit() or english(word) for word in rest) or not speak_for(self.language, rest):
            # What had been told before titles were found.
            self.__dict__["language"] = None
            self.__dict__.pop("elsewhere", None)

    @cached_property
    def elsewhere(self) -> bool:
        """Whether the text is in another language than English, or has letters of another script."""
        if self.text.isascii():
            return self.language is not None
        return self.other_letters or bool(self.marked) or self.language is not None

    def level(self, match: Match) -> Ambiguity:
        """How much the match must show in a text of this language."""
        form = match.form
        if form.writing is Writing.LATIN and self.language:
            return max(form.ambiguity, ambiguity_in(self.language, form.words))
        return form.ambiguity

    def _surroundings(self, match: Match, start: int, end: int) -> Surroundings | None:
        """What stands around a match that is, or stands beside, what has no capitals."""
        if not self.other_letters:
            return None
        if match.form.writing is Writing.CASELESS or beside_caseless(self.text, start, end):
            return Surroundings(self.text, start, end)
        return None

    def _evident_here(self, match: Match, level: Ambiguity, around: Surroundings | None) -> bool:
        writing = match.form.writing
        if around:
            if around.evident(level) or self.entry(match):
                return True
            if writing is Writing.CASELESS or level is Ambiguity.MARKED:
                return False
            return self.capitalised(match)
        if writing is Writing.CYRILLIC:
            return evident_in(russian(), self, match, level)
        if self.language:
            return evident_in(self.language, self, match, level)
        return self._evident(match)

    def runs_to_doubt(self, strange: Sequence[bool], longest: int, spaced: int) -> Runs:
        """The runs (first, last, year) that may be titles with a typing error, shape (r, 3), each once.

        Those of at most `longest` words that end before a year in brackets, with the year; and those of at
        most `spaced` with a strange word, one that no title and no name has, with -1. In a script without
        blanks one character more or less is another title: there only a year tells.
        """
        dated: list[tuple[int, int]] = []
        for bracket in _BRACKET.finditer(self.text):
            last = bisect_right(self.words, bracket.start(), key=_end_of) - 1
            after = YEAR_AFTER.match(self.text, self.words[last].end) if last >= 0 else None
            if after:
                dated.append((last, int(after["year"])))
        doubtful = [index for index, unknown in enumerate(strange) if unknown and self._no_word(index)]
        kinds = []
        if dated:
            kinds.append(runs_until(dated, longest))
        if doubtful and spaced:
            kinds.append(runs_around(doubtful, spaced, len(self.words)))
        return np.concatenate(kinds) if kinds else np.empty((0, 3), dtype=np.int64)

    def _no_word(self, index: int) -> bool:
        word = self.words[index].stem
        if len(word) < 3 or word.isdigit() or is_common(word) or is_lead_in(word) or is_always_capital(word):
            return False
        if not self.elsewhere:
            return True
        if not word.isascii():
            if has_unspaced(word):
                return False
            if "\u0400" <= word[0] <= "\u04ff":
                return not russian().is_ordinary(word)
        return not (self.language and self.language.is_ordinary(word))

    def _slip_before_year(self, match: Match) -> bool:
        """Whether the words before the very year of a title they almost spell are no words of their own."""
        word = self.words[match.first].norm
        return match.first < match.last or len(word) > 4 or not (is_common(word) or is_lead_in(word))

    def _slip(self, match: Match, marks: frozenset[str]) -> bool:
        """Whether a title with a typing error and no year is meant: it is long and says something."""
        title = [word for word in match.form.key.split(" ") if word not in ARTICLES]
        letters = sum(map(len, title))
        if self.level(match) is not Ambiguity.PLAIN or letters < SLIP_LETTERS:
            return False
        if match.form.writing is Writing.CASELESS and has_unspaced(match.form.key):
            return False
        spoken = russian() if match.form.writing is Writing.CYRILLIC else self.language
        if spoken and not (spoken.nouns or marks or evident_in(spoken, self, match, Ambiguity.PLAIN)):
            return False  # "Коляску" is another case of an ordinary word
        said = [self.words[index].norm for index in range(match.first, match.last + 1)]
        said = [word for word in said if word not in ARTICLES]
        if len(said) > 1 or said == ["".join(title)]:
            return True
        # "Gladiators" are no slip for "Gladiator", "Theaters" none for "Cheaters", nor "snapshot" for
        # "Slap Shot".
        if len(title) > 1 or said[0][0] != title[0][0] or said[0].rstrip("s") == title[0].rstrip("s"):
            return False
        if not marks and in_dictionary(said[0]):  # "Frankly" is no slip for "Franklyn"
            return False
        if said[0].replace("men", "man") == title[0].replace("men", "man") or self.part_of_a_name(match):
            return False
        if self.language and self.language.nouns:  # German: any noun has a capital
            return bool(marks)
        return bool(marks) or self.introduced(match.first) or like_a_title(self.raw(match.last))

    def in_slot(self, match: Match, named: Named) -> Verdict | None:
        """What a match names that is passed over as ordinary words, by its place in a text without capitals.

        What comes behind the sentence never counts, so
        words that are added to a text do not change how its beginning is read.
        """
        first, last = self.words[match.first], self.words[match.last]
        if match.edited or not match.form.exact:
            return None
        if self.elsewhere and (self.language or match.form.writing is not Writing.LATIN):
            return self._beside(match, named)
        capitals = self.first_capital < last.end
        small = match.form.ambiguity is Ambiguity.PLAIN and self.raw(match.first).islower()
        if capitals and not small and not self.capitalised(match):
            return None
        before, after, subject = Side.EDGE, Side.EDGE, False
        if not self.opens_sentence(match.first):
            earlier = self.words[match.first - 2].norm if match.first > 1 else ""
            before = side_before(self.words[match.first - 1].norm, earlier)
            if CLAUSE_END.search(self.text[self.words[match.first - 1].end : first.start]):
                before = Side.EDGE
        if match.last + 1 < len(self.words):
            following = self.words[match.last + 1]
            if not CLAUSE_END.search(self.text[last.end : following.start]):
                after, subject = side_after(following.norm), is_said_of(following.norm)
        # Only the nearest ones can be beside it: between them and the match no word of another fits.
        end, start = named.last_before(first.start), named.first_after(last.end)
        if end is not None and _LIST_GAP.fullmatch(self.text, end, first.start):
            before = Side.NAMED
        if start is not None and _LIST_GAP.fullmatch(self.text, last.end, start):
            after = Side.NAMED
        if capitals and before is Side.EDGE and after is not Side.NAMED:
            return None
        if small and Side.NAMED not in (before, after):
            return None
        fits = fills(match.form.key.split(" "), Slot(before, after, subject))
        return Verdict(first.start, last.end, None, match.form.bare()) if fits else None

    def stand_alone(self, match: Match, other: Match) -> tuple[Verdict, Verdict] | None:
        """What two matches without capitals name that are joined and all that a clause says."""
        for one in (match, other):
            if one.edited or one.form.writing is not Writing.CASELESS or not one.form.exact:
                return None
            if self.level(one) is Ambiguity.MARKED:
                return None
        (start, end), (begin, close) = self._span(match), self._span(other)
        around, behind = Surroundings(self.text, start, end), Surroundings(self.text, begin, close)
        if not (around.whole() and behind.whole() and behind.beside(self.text[end:begin])):
            return None
        if not (around.pair_begins() and behind.pair_ends()):
            return None
        return Verdict(start, end, None, match.form.bare()), Verdict(begin, close, None, other.form.bare())

    def _span(self, match: Match) -> tuple[int, int]:
        return self.words[match.first].start + match.skip, self.words[match.last].end

    def _beside(self, match: Match, named: Named) -> Verdict | None:
        """What a match names beside another title, in a text of another language than English."""
        start, end = self.words[match.first].start + match.skip, self.words[match.last].end
        if self.marked and self.in_marks(start, end) is False:
            return None
        before, behind = named.last_before(start), named.first_after(end)
        if match.form.writing is Writing.CASELESS:
            around = Surroundings(self.text, start, end)
            if not around.whole():
                return None
            joined = before is not None and around.beside(
                self.text[before:start].strip("》」』〉”’*_《「『〈“‘")
            )
            joining = behind is not None and around.beside(
                self.text[end:behind].strip("》」』〉”’*_《「『〈“‘")
            )
            fits = joined and (joining or around.edge_after())
            if (
                self.level(match) is not Ambiguity.MARKED
            ):  # "친구와 …": with a friend, not a film beside another
                fits = fits or joined or (joining and around.edge_before())
        else:
            joined = before is not None and bool(_LIST_GAP_ELSEWHERE.fullmatch(self.text, before, start))
            joining = behind is not None and bool(_LIST_GAP_ELSEWHERE.fullmatch(self.text, end, behind))
            fits = (joined or joining) and self.raw(match.first)[match.skip :][:1].isupper()
            fits = fits and (self.level(match) is not Ambiguity.MARKED or (joined and joining))
        return Verdict(start, end, None, match.form.bare()) if fits else None

    def _evident(self, match: Match) -> bool:
        ambiguity = match.form.ambiguity
        first, last = match.first, match.last
        run = [self.raw(index) for index in range(first, last + 1)]
        if ambiguity is Ambiguity.PLAIN:
            if first == last and (
                self.part_of_a_name(match)
                or self.a_place(first)
                or just_a_noun(self, match)
                or opens_elsewhere(self, match)
                or (self.words[last].norm in answers() and self._is_all(match))
            ):
                return False
            told = stands_as_title(self, match) or (
                first == last and is_capital(run[0]) and self.subject(first)
            )
            return told or not of_the_dictionary(self, match)
        if ambiguity is Ambiguity.CAPITALS and match.form.telling and self.asked_about(match):
            return True
        if self.entry(match):
            return is_capital(run[0]) and not is_kind(self.words[last].norm)
        if not self.contrast(match):
            return False
        if all(map(str.isdigit, run)):  # "have you read 1984?", but not "I watched 300 films"
            told = self.introduced(first) or self._read_or_seen(first)
            enough = len(run[0]) > 2 or numbers_as_titled(self, match)
            return enough and told and self.ends(match, BEHIND_NUMBERS)
        if len(run) == 1:
            if not like_a_title(run[0]) or self.part_of_a_name(match) or self.a_place(first):
                return False
            if ambiguity is Ambiguity.MARKED:
                return self.introduced(first) and not is_kind(self.words[first].norm)
            if not can_be_subject(self.words[first].norm):
                # In hasty writing a sentence begins without a full stop: "a good movie It is about".
                return self.introduced(first) or (not self.opens_sentence(first) and self.ends(match, JOINS))
            return not self.opens_sentence(first) or self.subject(first)
        if ambiguity is Ambiguity.MARKED and not self.introduced(first):
            return False
        telling = [raw for raw in run[1:] if not is_small(raw.casefold())]
        if not telling and self.opens_sentence(first):
            telling = run[1:]
        # People write "the Hangover" inside a sentence for "The Hangover".
        if run[0] in ARTICLES and telling and not self.opens_sentence(first):
            return all(is_capital(raw) for raw in telling) and not self.part_of_a_name(match)
        return all(is_capital(raw) for raw in (run[0], *telling))


def _ends_with_number(form: SurfaceForm) -> bool:
    return form.words[-1] in NUMERALS


def _end_of(word: Word) -> int:
    return word.end
