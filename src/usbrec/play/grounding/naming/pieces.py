"""Pieces of titles: a title of ours that another word makes a name of something else ("Heat to Die Hard",
"J. Heat", "Let the Badlands is ..."), and capitals that name nothing of ours in a shop."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from usbrec.items.titles import words
from usbrec.lexicon import words as lexicon
from usbrec.play.grounding.naming.acts import listed
from usbrec.play.grounding.naming.context import ARTICLES
from usbrec.play.grounding.naming.language import Language, either, either_pairs
from usbrec.play.grounding.naming.nouns import is_singular, is_verb, noun_only, nouns
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.position_words import en
from usbrec.play.grounding.naming.things import Things


class Pieces(Things):
    """Finds titles of ours that are pieces of other names."""

    def _pieced_together(self, owned: set[int]) -> Iterator[str]:
        """A title of ours that is a piece of another: "Heat to Die Hard", "J. Heat", "A The Matrix", "Heat:
        Alien", "Heat de Jour", "Let the Badlands is ..."."""
        page = self.page
        for first, last in self._ours_written:
            begin, end = page.words[first].start, page.words[last].end
            behind = page.norms[last + 1 : last + 4]
            at = page.mention_at[last]
            dated = at is not None and at.year is not None
            if first and first - 1 not in owned:
                raw, gap = page.raws[first - 1], page.gap(first)
                if (
                    len(raw) == 1
                    and raw.isupper()
                    and raw != "I"
                    and gap in (". ", " ")
                    and not self._labels(first - 1)
                ):
                    yield page.text[page.words[first - 1].start : end]
                if gap == " " and raw in _articles(self._spoken) and page.raws[first] in ("A", "An", "The"):
                    yield page.text[page.words[first - 1].start : end]
                if gap == " – " and ((is_capital(raw) and not page.opens[first - 1]) or raw in _light()):
                    yield page.text[page.words[first - 1].start : end]
                if gap == ": " and self._named_before(first, last):
                    yield page.text[page.words[first - 1].start : end]
                if gap == " " and self._capital_before(first, last):
                    yield page.text[page.words[first - 1].start : end]
            if (start := self._led_by_noun(first, last, owned)) is not None:
                yield page.text[page.words[start].start : end]
            if self.vocabulary.brands and dated and at is not None and at.text[-5:-4] == " ":
                # "Sorrel 2024" is another one than the Sorrel of 2024.
                yield at.text
            if dated or not behind:
                continue
            if (
                behind[0] == "the"
                and len(behind) > 1
                and behind[1][0].isdigit()
                and page.gap(last + 1) == " "
            ):
                yield page.text[begin : page.words[last + 2].end]
            gap = page.gap(last + 1)
            if (
                gap == ": "
                and is_capital(page.raws[last + 1])
                and last + 1 not in owned
                and self._capitals_then_verb(last + 1)
            ):
                yield page.text[begin : page.words[last + 1].end]
            if gap == ": " and behind[0] == "of":
                yield page.text[begin : page.words[last + 1].end]
            if gap == ": " and is_capital(page.raws[last + 1]) and self._second_colon(first, last, owned):
                yield page.text[begin : page.words[last + 1].end]
            if gap != " " or page.raws[last + 1][:1].isupper():
                continue
            place = last + 1
            while (
                place < len(page.norms)
                and page.gap(place) == " "
                and page.norms[place] in (_light() | _foreign_within())
            ):
                place += 1
            if (
                place == last + 1
                or place >= len(page.norms)
                or page.gap(place) != " "
                or not is_capital(page.raws[place])
            ):
                continue
            within = page.norms[last + 1 : place]
            if not _foreign_within().isdisjoint(within) and within[0] in _foreign_within():
                yield page.text[begin : page.words[place].end]
            elif self._spoken is not None and self._spoken.code == "en" and page.raws[place] != "I":
                yield from self._linked_titles(first, last, place, within, owned)

    def _linked_titles(
        self, first: int, last: int, place: int, within: Sequence[str], owned: set[int]
    ) -> Iterator[str]:
        """Two names that a small word links to a third: "Heat to Die Hard", "Heat in Paris"."""
        page = self.page
        begin, end = page.words[first].start, page.words[place].end
        before = set(page.norms[max(0, first - 4) : first])
        if within[0] == "of" or (
            len(within) > 1 and within[0] in ("for", "to") and within[1] in ("to", "of")
        ):
            yield page.text[begin:end]
            return
        follows = page.norms[place + 1] if place + 1 < len(page.norms) and page.gap(place + 1) == " " else ""
        if self._proper(place) and within == ["to"] and before.isdisjoint(en("ranging")):
            yield page.text[begin:end]
            return
        ends = place + 1 == len(page.norms) or page.gap(place + 1).strip()[:1] in tuple(".!?")
        verb = follows in either("subjects") or (follows.endswith("s") and is_verb(follows))
        if (
            place in owned
            and within[0] in ("to", "in", "at", "on", "a", "an", "the")
            and before.isdisjoint(en("ranging"))
        ) or (
            self._proper(place)
            and within[0] in ("in", "of", "at", "to")
            and (verb or follows == "on" or (ends and before & {"be", "like", "is"}))
        ):
            yield page.text[begin:end]

    def _capital_before(self, first: int, last: int) -> bool:
        """Whether a capital that opens a sentence goes with the title right behind it: "His Wattstax", "West
        Laura first", "try: Before Sayonara."."""
        page, index = self.page, first - 1
        norm, at = page.norms[index], page.mention_at[first]
        if (
            not page.opens[index]
            or not is_capital(page.raws[index])
            or self._spoken is None
            or self._spoken.code != "en"
        ):
            return False
        item = None if at is None else page.items.get(at.item_id)
        people = set() if item is None else {word.norm for one in item.people for word in words(one)}
        if norm in en("owners"):
            return True
        if (
            page.words[index].stem != norm
            and page.raws[index][-2:] in ("'s", "’s")
            and not self._in_one(index)
        ):
            # "Rosemary's Trainspotting".
            return not self._proper(index) and page.words[index].stem not in people
        ends = last + 1 == len(page.norms) or page.gap(last + 1).strip()[:1] in tuple(".!?")
        if ":" in page.gap(index) and norm in _prepositions() and ends:
            return True
        return (
            norm in self.vocabulary.people_words
            and norm not in people
            and not self._function(norm)
            and page.words[index].stem == norm
            and not is_verb(norm)
            and norm not in lexicon("en", "phrases")["openers"].split()
        )

    def _named_before(self, first: int, last: int) -> bool:
        """Whether a title behind a colon ends a name that something is said of: "Hellboy II: Pinocchio was
        ..."."""
        page, start = self.page, first - 1
        while start > 0 and not page.opens[start] and page.gap(start) == " ":
            start -= 1
        inside = range(start, first)
        said = (
            last + 1 < len(page.norms) and page.gap(last + 1) == " " and page.norms[last + 1] in en("said_of")
        )
        return (
            said
            and len(inside) > 1
            and page.opens[start]
            and all(is_capital(page.raws[place]) for place in inside)
        )

    def _led_by_noun(self, first: int, last: int, owned: set[int]) -> int | None:
        """Where a sentence opens with a word that small words lead from to a title that something is said of:
        "Let the Badlands is ...", "Report to Virgin Suicides was ..."."""
        page, index = self.page, first - 1
        if self._spoken is None or self._spoken.code != "en":
            return None
        while (
            index > 0
            and page.gap(index + 1) == " "
            and page.raws[index] in _light()
            and not page.opens[index]
        ):
            index -= 1
        if index < 0 or index == first - 1 or index in owned or page.gap(index + 1) != " ":
            return None
        norm = page.norms[index]
        said = (
            last + 1 < len(page.norms) and page.gap(last + 1) == " " and page.norms[last + 1] in en("said_of")
        )
        plain = (
            self._function(norm)
            or self._in_one(index)
            or norm.endswith(("ing", "ly"))
            or (norm, page.norms[index + 1]) in either_pairs()
            or not is_singular(norm)
            or norm in listed("en", "parts") | listed("en", "persons")
            or norm in lexicon("en", "phrases")["openers"].split()
        )
        if not page.opens[index] or not is_capital(page.raws[index]) or plain:
            return None
        odd = (index, index) in page.spelt and page.norms[index + 1] in ("to", "for") and not is_verb(norm)
        mark = page.gap(last + 1).strip()[:1] if last + 1 < len(page.norms) else "."
        # "Son of Braveheart, 1995"; "Return to Heat." is an order.
        alone = mark in tuple(".!?,;)—–") and noun_only(norm) and not is_verb(norm)
        # "Plan B: Return to Heat."
        headed = ":" in page.gap(index) and mark in (".", ";")
        return index if said or odd or headed or (mark and alone) else None

    def _labels(self, index: int) -> bool:
        """Whether a single letter labels an entry of a list: "A. Heat"."""
        before = self.page.gap(index)
        return not index or "\n" in before or "(" in before

    def _second_colon(self, first: int, last: int, owned: set[int]) -> bool:
        """Whether a title with a capital behind its colon stands behind another colon, or before one, or is
        all that is said: "Two words: Heat: Redemption", "Heat: Legacy: warm", "Jaws: Dark Water!"."""
        page = self.page
        stop = last + 1
        while stop + 1 < len(page.norms) and page.joined(stop + 1) and (
            is_capital(page.raws[stop + 1]) or page.norms[stop + 1] in _light()
        ):  # fmt: skip
            stop += 1
        mark = page.text[page.words[stop].end :][:1]
        plain = all(
            page.norms[place] in self._catalogue_words or self._kind(page.norms[place])
            for place in range(last + 1, stop + 1)
        )
        if plain or stop - last > 4:
            return False
        return mark == ":" or page.gap(first).strip()[-1:] == ":" or (
            mark in ("!", ",") and stop > last + 1 and is_capital(page.raws[stop])
        )  # fmt: skip

    def _surnames(self, owned: set[int]) -> Iterator[str]:
        """Somebody's surname alone where an item stands: "the better answer is Glass", "get the Winter"."""
        page = self.page
        for index in range(1, len(page.norms)):
            if index in owned or not is_capital(page.raws[index]) or page.mention_at[index] is not None:
                continue
            norm = page.norms[index]
            if (
                norm not in self.vocabulary.people_words
                or norm in self.vocabulary.people
                or page.gap(index) != " "
            ):
                continue
            alone = (
                index + 1 == len(page.norms)
                or not is_capital(page.raws[index + 1])
                or page.gap(index + 1) != " "
            )
            before = page.norms[index - 1]
            follows = (
                page.norms[index + 1]
                if index + 1 < len(page.norms) and not page.gap(index + 1).strip()
                else ""
            )
            noun = follows and not self._function(follows) and follows not in either("subjects")
            chosen = before in ("the", "lieber", "vom", "find") or (
                before == "is" and page.norms[index - 2] in ("answer", "pick", "choice", "tip")
            )
            if alone and chosen and not noun and not is_capital(page.raws[index - 1]):
                yield page.text[page.words[index - 1].start : page.words[index].end]

    def _small_words_in_capitals(self) -> Iterator[str]:
        """A small word with a capital inside a sentence: "though Nothing to Declare is the deeper film"."""
        page = self.page
        owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
        for index in range(1, len(page.norms)):
            norm, raw = page.norms[index], page.raws[index]
            small = norm in listed("en", "persons") or self._function(norm)
            plain = page.gap(index) == " " and page.mention_at[index] is None and index not in owned
            if (
                not (plain and small and raw.istitle() and len(raw) > 2)
                or page.opens[index]
                or norm in ARTICLES
            ):
                continue
            if self._proper(index) or self._in_one(index) or norm in self.vocabulary.people_words:
                continue
            end = index + 1
            while end < len(page.norms) and page.gap(end) == " " and page.raws[end] in _light():
                end += 1
            named = end < len(page.norms) and page.gap(end) == " " and is_capital(page.raws[end])
            if named and end not in owned and page.raws[end] != "I" and page.mention_at[end] is None:
                yield page.text[page.words[index].start : page.words[end].end]

    def _bare_openings(self) -> Iterator[str]:
        """A noun without an article that opens a sentence, and a place: "Woman of Tokyo is ..."."""
        page = self.page
        for index in range(len(page.norms) - 3):
            norm = page.norms[index]
            if (
                page.norms[index + 1] == "of"
                and page.opens[index]
                and is_capital(page.raws[index])
                and is_capital(page.raws[index + 2])
                and norm in nouns("count")
                and norm not in listed("en", "parts")
                and page.mention_at[index + 2] is None
                and page.norms[index + 3] in en("said_of")
            ):
                yield page.text[page.words[index].start : page.words[index + 2].end]

    def _capitals_behind_article(self) -> Iterator[str]:
        """An ordinary word with a capital behind "the", in a shop: "get the Winter"."""
        page = self.page
        owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
        for index in range(1, len(page.norms)):
            raw, norm = page.raws[index], page.norms[index]
            if (
                index in owned
                or page.norms[index - 1] != "the"
                or not raw.istitle()
                or page.gap(index) != " "
            ):
                continue
            if self._proper(index) or norm in self.vocabulary.people or norm in self.vocabulary.genres:
                continue
            stop = index
            while (
                stop + 1 < len(page.norms) and page.gap(stop + 1) == " " and is_capital(page.raws[stop + 1])
            ):
                stop += 1
            if owned.isdisjoint(range(index, stop + 1)):
                yield page.text[page.words[index].start : page.words[stop].end]


def _articles(spoken: Language | None) -> tuple[str, ...]:
    # "An The Ring führt kein Weg vorbei" is German.
    return ("A", "An", "The") if spoken is not None and spoken.code == "en" else ("The",)


def _light() -> frozenset[str]:
    return en("light")


def _foreign_within() -> frozenset[str]:
    """Small words of other languages that only stand inside names."""
    return en("foreign_within")


@functools.cache
def _prepositions() -> frozenset[str]:
    return frozenset(lexicon("en", "phrases")["prepositions"].split())
