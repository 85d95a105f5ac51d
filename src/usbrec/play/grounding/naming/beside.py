"""Names beside ours: what makes another name of a title, and what stands in a row with one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.column_roles import makers_of
from usbrec.items.linking.ambiguity import is_small
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.context import ARTICLES, NamingContext
from usbrec.play.grounding.naming.language import either, english
from usbrec.play.grounding.naming.nouns import ROMAN, is_verb, noun_only, noun_or_verb
from usbrec.play.grounding.naming.page import is_capital

_ROW = LazyPattern(r",?\s+(?:then|and|or|und|oder|dann)\s+|[,;]\s+")
_BOTH = frozenset({"both", "beide"})
#: So many words at most has what is paired with a title.
_PAIRED_WORDS = 4
_STOP = LazyPattern(r"[.!?…](?=\s|$)")


class Beside(NamingContext):
    """Finds names by the titles that they stand beside."""

    def _grown(self) -> Iterator[str]:
        """Ours with something at its end that makes it another one: "Heat 2", "Quarzo 53 X", "Heat Alien",
        "Alien: resurrection"; and a brand with what its products are not called."""
        page, text = self.page, self.page.text
        for first, last in page.spelt:
            if page.mention_at[first] is None and self._subtitled(first, last):
                yield text[page.words[first].start : page.words[last + 1].end]
        for index in range(1, len(page.words)):
            before, at = page.mention_at[index - 1], page.mention_at[index]
            if (
                before is not None
                and at is None
                and page.norms[index] in ("the", "of")
                and page.gap(index) == " "
                and index + 1 < len(page.words)
                and (page.norms[index] == "the" or page.mention_at[index + 1] is None)
                and is_capital(page.raws[index + 1])
            ):
                yield text[before.start : page.words[index + 1].end]
            if (
                before is None
                and at is not None
                and page.gap(index) == " "
                and (
                    (
                        (index - 1, index - 1) in page.spelt
                        and is_capital(page.raws[index - 1])
                        and not (page.opens[index - 1] and self._function(page.norms[index - 1]))
                    )
                    or (
                        page.norms[index - 1].isdigit()
                        and not page.opens[index - 1]
                        and page.norms[index - 2] not in either("before_numbers")
                    )
                )
            ):
                yield text[page.words[index - 1].start : at.end]
            if before is None and at is not None and self._of_another_maker(index):
                yield text[page.words[index - 1].start : at.end]
            if before is None and at is None and self._numbered(index):
                yield text[page.words[index - 1].start : page.words[index].end]
            if before is None and at is not None and self._longer_before(index):
                yield text[page.words[index - 1].start : at.end]
            if (before is None) != (at is None) and page.gap(index) == " " and self._small_neighbour(index):
                yield text[page.words[index - 1].start : page.words[index].end]
            if before is not None and at is not before and not page.ends_before(index):
                gap = page.gap(index)
                if at is not None:
                    if (
                        gap in (" ", "-", " – ", ": ")
                        and (gap != ": " or not self._begins_line(before.start))
                        and text[before.end - 1] != ")"
                        and at.start == page.words[index].start
                    ):
                        yield text[before.start : at.end]
                elif (
                    (
                        gap == ": "
                        and is_capital(page.raws[index])
                        and not self._begins_line(before.start)
                        and not self._function(page.norms[index])
                        and page.norms[index] not in self.vocabulary.people_words
                    )
                    or (gap == ": " and is_capital(page.raws[index]) and self._capitals_then_verb(index))
                    or (gap in (" ", "-", ": ") and self._part(index))
                    or (
                        gap == ": "
                        and before.year is None
                        and page.raws[index].islower()
                        and (noun_only(page.norms[index]) or noun_or_verb(page.norms[index]))
                        and self._bare(index, index)
                        and self._ends(index)
                        and not self._row_behind(index)
                    )
                ):
                    yield text[before.start : page.words[index].end]
            elif (
                before is None
                and at is None
                and page.gap(index) == " "
                and page.norms[index - 1] in self.vocabulary.people
                and (self._part(index) or self._of_other_titles(index))
            ):
                yield text[page.words[index - 1].start : page.words[index].end]

    def _subtitled(self, first: int, last: int) -> bool:
        """Whether a title inside a sentence has another's subtitle: "würde ich Superman: Last Stand ..."."""
        page = self.page
        return (
            last + 1 < len(page.norms)
            and page.gap(last + 1) == ": "
            and is_capital(page.raws[first])
            and is_capital(page.raws[last + 1])
            and not page.opens[first]
        )

    def _longer_before(self, index: int) -> bool:
        """Whether a word belongs to the title behind it, and makes another of it: "Close-Up", "Bicentennial
        Crying Game"."""
        page = self.page
        at = page.mention_at[index]
        if at is None or not is_capital(page.raws[index - 1]):
            return False
        if page.gap(index) == "-":
            return True
        item = page.items.get(at.item_id)
        if item is not None and page.words[index - 1].stem in _makers(item):
            return False  # "Kobold's Harbour Lights"
        said = [word.norm for word in words(at.text)]
        whole = item is None or any([word.norm for word in words(title)] == said for title in item.titles)
        # "Forbidden Gilda should ...": no verb before the title.
        whole = whole and not (
            page.opens[index - 1] and self._said_of_small(at.end) and not is_verb(page.norms[index - 1])
        )
        norm, language = page.norms[index - 1], self._language
        if whole or page.gap(index) != " " or language is None or at.year is not None:
            return False
        return norm not in ARTICLES and not (
            self._function(norm)
            or norm in language.naming
            or norm in language.after_naming
            or norm in language.before_names
            or norm in either("choosing")
            or norm.endswith("ly")
        )

    def _of_another_maker(self, index: int) -> bool:
        """Whether a brand stands before a title of another brand: "auvara sorrel 2"."""
        page = self.page
        at, norm = page.mention_at[index], page.norms[index - 1]
        if (
            at is None
            or not self.vocabulary.brands
            or page.gap(index) != " "
            or norm not in self.vocabulary.people
        ):
            return False
        item = page.items.get(at.item_id)
        meant = [page.items[one] for one in (at.item_id, *at.candidates) if one in page.items]
        return item is not None and not any(
            normalise_title(person) == norm for one in meant for person in one.people
        )

    def _numbered(self, index: int) -> bool:
        """Whether a Roman number stands behind an ordinary word: "the marshall major iv"."""
        page = self.page
        before = page.norms[index - 1]
        return (
            page.norms[index] in ROMAN
            and page.raws[index].islower()
            and page.gap(index) == " "
            and before.isalpha()
            and before not in ("act", "chapter", "part", "season", "volume", "war")
        )

    def _of_other_titles(self, index: int) -> bool:
        """Whether a word behind a brand is one that only titles have: "auvara stone bridge"."""
        norm = self.page.norms[index]
        return (
            self.vocabulary.brands
            and self.vocabulary.in_titles([norm])[0]
            and not (norm in self._catalogue_words or norm in self._generic or self._function(norm))
        )

    def _small_neighbour(self, index: int) -> bool:
        """Whether a title in small letters has a word right beside it that no sentence has there, which makes
        another name of both: "hotel ronin", "watchmen of war"; or "I" stands before a title: "I Heat"."""
        page = self.page
        if self._language is not None and self._language.code != "en":
            return False
        at = page.mention_at[index] or page.mention_at[index - 1]
        assert at is not None
        other = index if page.mention_at[index] is None else index - 1
        if other < index and page.raws[other] == "I" and is_capital(at.text):
            return True
        if not at.text[0].islower() or not page.raws[other].islower() or at.year is not None:
            return False
        return self._goes_on_small(other) if other == index else self._begins_small_name(other)

    def _said_of_small(self, end: int) -> bool:
        """Whether a verb stands behind a title that ends there."""
        behind = next((one.norm for one in self.page.words if one.start >= end), "")
        return behind in either("subjects")

    def _goes_on_small(self, index: int) -> bool:
        """Whether a word behind a title in small letters makes it longer."""
        page, language = self.page, self._language or english()
        norm = page.norms[index]
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        if not norm.isalpha():
            return not norm.isdigit() and norm.endswith(("st", "nd", "rd", "th"))
        if norm in ROMAN or norm in ("the", "my", "of"):
            return True
        if norm == "from":
            return not following.isdigit() and following not in self.vocabulary.people_words
        if (
            self._kind_of_item(norm)
            or norm in language.function
            or norm in language.after_naming
            or norm in either("subjects")
        ):
            return False
        # What is done by a title ends in "s".
        return noun_only(norm) or not is_verb(norm) or noun_or_verb(norm, plural=False)

    def _begins_small_name(self, index: int) -> bool:
        """Whether a word before a title in small letters makes it longer."""
        page, language = self.page, self._language or english()
        norm = page.norms[index]
        if not norm.isalpha() or self._kind_of_item(norm) or norm in language.function:
            return False
        if any(norm in listed for listed in (language.after_naming, language.before_names, language.naming)):
            return False
        if norm in either("choosing") or norm in either("verbs_before") or norm in either("subjects"):
            return False
        at = page.mention_at[index + 1]
        if page.opens[index] and at is not None and self._said_of_small(at.end):
            return True
        return noun_only(norm) or not (is_verb(norm) or norm.endswith("ly"))

    def _row_behind(self, index: int) -> bool:
        """Whether a comma and more words stand behind: "Heat: wit, pace and heart"."""
        page = self.page
        return index + 1 < len(page.norms) and page.gap(index + 1).strip() == ","

    def _begins_line(self, start: int) -> bool:
        """Whether only marks stand before a place in its sentence: what it begins with may be a heading."""
        return bool(re.search(r"(?:^|[\n.!?])[\s0-9.)*_#\"“„-]*$", self.page.text[:start]))

    def _is_item(self, start: int, part: str) -> bool:
        """Whether a part of a text is an item's title and hardly more."""
        page = self.page
        inside = [place for place, word in enumerate(page.words) if start <= word.start < start + len(part)]
        rest = [page.norms[place] for place in inside if page.mention_at[place] is None]
        return len(rest) < len(inside) and all(
            is_small(norm) or norm in ("der", "die", "das", "den") for norm in rest
        )

    def _row_ends(self, start: int, end: int) -> int:
        """Where the sentence ends that a row stands in; what comes behind is said of it."""
        for match in _STOP.finditer(self.page.text, start, end):
            if not any(one.start <= match.start() < one.end - 1 for one in self.page.mentions):
                return match.start()
        return end

    def _beside_others(self) -> Iterator[str]:
        """What stands in a row with items of ours behind a colon: "For the weekend: quicksand, then
        Alien"."""
        page, text = self.page, self.page.text
        for match in re.finditer(r":[ \t]+(?P<row>[^\n]*)", text):
            if any(one.start <= match.start() < one.end for one in page.mentions):
                continue
            start, parts = match.start("row"), []
            finish = self._row_ends(start, match.end())
            for cut in (*_ROW.finditer(text, start, finish), None):
                parts.append((start, text[start : cut.start() if cut else finish]))
                start = cut.end() if cut else start
            ours = [self._is_item(start, part) for start, part in parts]
            if len(parts) < 2 or not any(ours):
                continue
            for (_, part), is_ours in zip(parts, ours, strict=True):
                found = words(part)
                dated = found and found[-1].norm.isdigit() and self._all_ours(part.rstrip("0123456789"))
                # "Heat, then Alien, then a good night's sleep."
                further = sum(ours) > 1 and found and found[0].norm in ("a", "an", "some", "your")
                if is_ours or not found or further or len(found) > 6 or self._all_ours(part) or dated:
                    continue
                if self._touches(
                    (text.find(part, match.start()), text.find(part, match.start()) + len(part))
                ):
                    continue
                if not any(self._is_talk(word.norm) for word in found):
                    yield part.strip()

    def _paired(self) -> Iterator[str]:
        """What is said to be something together with one of ours: "Alien and vanguard are both ..."."""
        page = self.page
        if _BOTH.isdisjoint(page.norms):
            return
        for place, norm in enumerate(page.norms):
            if norm not in _BOTH or page.norms[place - 1] not in ("are", "were", "sind", "waren"):
                continue
            last = place - 2
            first = last
            while (
                first > 0
                and page.gap(first) == " "
                and page.mention_at[first] is None
                and page.norms[first] not in ("and", "und")
            ):
                first -= 1
            if (
                0 < first < last
                and last - first <= _PAIRED_WORDS
                and page.norms[first] in ("and", "und")
                and self._is_titled(first - 1)
                and page.raws[last].islower()
                and not _is_plural(page.norms[last])
                and not self._all_ours(" ".join(page.norms[first + 1 : last + 1]))
                and not any(map(self._is_talk, page.norms[first + 1 : last + 1]))
                and not self._function(page.norms[first + 1])
            ):
                yield page.text[page.words[first + 1].start : page.words[last].end]

    def _is_titled(self, index: int) -> bool:
        """Whether a title of ours ends with a word, also one that opens a sentence as any word may."""
        page = self.page
        if page.mention_at[index] is not None:
            return True
        spelt = self.vocabulary.knowledge.linker.spelt(page.norms)
        return any(last == index and is_capital(page.raws[first]) for first, last, _ in spelt)


def _is_plural(norm: str) -> bool:
    return norm.endswith("s") and not norm.endswith(("ss", "us", "is"))


def _makers(item: Item) -> frozenset[str]:
    """The last words of whose an item is, where a column says that beside its people."""
    return frozenset(normalise_title(one).split(" ")[-1] for one in makers_of(item)[len(item.people) :])
