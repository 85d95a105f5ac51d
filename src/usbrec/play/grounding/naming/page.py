"""Reply page: the words of a reply with what each looks like, and which of them name items."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.linking.reading import LinkedText, Mention
from usbrec.items.titles import Word, words
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon.short_texts import tell
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.language import Language, either, english, language_of
from usbrec.play.grounding.naming.position_words import positions

_OPENING = LazyPattern(r"[.!?…;\n\"“”„«»()\[\]*_•–—|>#]|(?:^|\n)[ \t]*[-+][ \t]")
_SENTENCE = LazyPattern(r"[.!?…](?=\s|$)|\n")
#: What may stand between the words of one name.
_JOINT = LazyPattern(r"[ \t]?(?:[-‐‑/&'’.:+][ \t]?)?|[ \t]?(?:™|®)[ \t]?")
_HYPHEN = LazyPattern(r"[-‐‑/.+]")
#: "30h", "2nd", "90s", "4k": a number with a unit.
_UNIT = LazyPattern(
    r"[0-9]+(?:[.,][0-9]+)?(?:st|nd|rd|th|s|er|ern|k|d|x|h|hrs?|hz|khz|mhz|ghz|db|mm|cm|m|km|g|kg|mg|lbs?|oz|ft|mah|wh?|v"
    r"|bit|gb|mb|tb|ms|min|mins|am|pm|p|fps|inch|in|eur|usd|gbp|stunden|jahre|ohm|ch|yr|yrs|yo)",
)
#: A number with a fraction, a share, money or a distance: no part of a name that small words lead to.
_AMOUNT = LazyPattern(
    r"[0-9]+[.,][0-9]|[0-9]+\s?(?:[€$£%]|(?:euros?|eur|usd|dollars?|gbp|pounds?|chf|km|cm)\b)", re.IGNORECASE
)


@dataclass(frozen=True)
class Heard:
    """What the seeker has said: its normalised `words`, with a blank between and around them, and the
    `text`; `named` says whether the dialogue has named an item, `said` has the ids of those that it has, None
    where nobody looked: a title of several items means one of these first; `lost` that what was spoken of
    last is no item of the catalogue (any more), or nothing was."""

    words: str
    text: str
    named: bool = False
    said: frozenset[str] | None = None
    lost: bool = False


#: So short a reply may have no word that tells its language.
_FEW_WORDS = 7
#: So many words may stand between the comma behind a title and the last name of who made it.
_CREDIT_WORDS = 3
_BEHIND_COMMAS = frozenset(
    {"starring", "directed", "with", "by", "made", "released", "a", "an", "the", "which", "because"}
)


@dataclass(frozen=True)
class Page:
    """A reply as it is read: `linked` says what it names, `items` has the items named, by id, and `spelt`
    are the runs of words (the first and the last) that are spelt like a title."""

    linked: LinkedText
    items: dict[str, Item]
    spelt: frozenset[tuple[int, int]] = frozenset()

    @property
    def text(self) -> str:
        return self.linked.text

    def with_titles(
        self, find: Callable[[Sequence[str]], Iterable[tuple[int, int, Item]]], *, always: bool = False
    ) -> Page:
        """The page with titles in capitals that were not read as such: "the Quill" is no pen in a shop of
        Quills."""
        more: list[tuple[Mention, Item]] = []
        # Looked for only where a capital or a number stands outside what was read.
        spelt = list(find(self.norms)) if always or self._something_written() else []
        linked = LinkedText(
            self.text, tuple(map(self._with_marks, self.linked.mentions)), self.linked.unknown
        )
        covered = [at is not None for at in self.mention_at]
        for first, last, item in sorted(spelt, key=lambda one: one[0] - one[1]):
            raws = self.raws[first : last + 1]
            written = all(is_capital(raw) or not raw[0].isalpha() for raw in (raws[0], raws[-1])) and (
                last > first
                or (
                    raws[0][0].isalpha()
                    and (
                        not self.opens[first]
                        or self._said_of(first)
                        or self._alone(first)
                        or self._credited_behind(last, item)
                        or self._in_row_with_ours(last, spelt)
                    )
                )
            )
            start, end = self.words[first].start, self.words[last].end
            unknown = any(a < end and start < b for a, b in self.linked.unknown)
            goes_on = self._goes_on(first, last) and not (
                self._alone(first) or self._behind_maker(first, item)
            )
            if unknown or any(covered[first : last + 1]) or not written or goes_on:
                continue
            covered[first : last + 1] = [True] * (last + 1 - first)
            more.append(
                (Mention(start, end, self.text[start:end], item.title, None, (item.id,), item.id), item)
            )
        spans = frozenset((first, last) for first, last, _ in spelt)
        if not more:
            return self._read_again(Page(linked, self.items, spans))
        mentions = sorted([*linked.mentions, *(mention for mention, _ in more)])
        linked = LinkedText(self.text, tuple(mentions), self.linked.unknown)
        return self._read_again(Page(linked, {**self.items, **{item.id: item for _, item in more}}, spans))

    def each_meaning(self, said: frozenset[str]) -> Page:
        """The page with each title of several items as that of the one that it means after `said`, which is
        what whoever reads the reply gets: "The Basso costs 49 €" is about no other Basso."""
        if all(len(one.candidates) < 2 or one.year is not None for one in self.mentions):
            return self
        mentions = []
        for one in self.mentions:
            if len(one.candidates) > 1 and one.year is None:
                item_id = next((item_id for item_id in one.candidates if item_id in said), one.item_id)
                one = one._replace(item_id=item_id, candidates=(item_id,))
            mentions.append(one)
        linked = LinkedText(self.text, tuple(mentions), self.linked.unknown)
        return self._read_again(Page(linked, self.items, self.spelt))

    def _read_again(self, page: Page) -> Page:
        """A page of the same text, with what this one knows of its words."""
        same: tuple[str, ...] = ("words", "norms", "raws")
        if page.linked.mentions == self.linked.mentions:
            same = (*same, "mention_at", "opens", "_gaps")
        page.__dict__.update({name: self.__dict__[name] for name in same if name in self.__dict__})
        return page

    def _something_written(self) -> bool:
        return any(
            at is None
            and (
                raw[0].isdigit()
                or (raw[0].isupper() and (not opens or self._said_of(index) or self._alone(index)))
                or not raw[0].isascii()
            )
            for index, (raw, at, opens) in enumerate(zip(self.raws, self.mention_at, self.opens, strict=True))
        ) or bool(
            self.raws and self.raws[0][0].isupper() and any(mention.start > 0 for mention in self.mentions)
        )

    def _with_marks(self, mention: Mention) -> Mention:
        """A mention with the marks that its title ends with: "Airplane!", "If....", "Who Is It?"."""
        end = mention.end
        marks = mention.title[len(mention.title.rstrip("!?.…")) :]
        if mention.year is None and marks and self.text.startswith(marks, end):
            return mention._replace(end=end + len(marks), text=self.text[mention.start : end + len(marks)])
        return mention

    def _said_of(self, index: int) -> bool:
        """Whether a sentence that begins with this word is about it: "Glory, starring ...", "Flight is
        ..."."""
        if index + 1 == len(self.words) or self.gap(index + 1) not in (" ", ", "):
            return False
        behind = either("subjects") if self.gap(index + 1) == " " else _BEHIND_COMMAS
        return self.norms[index + 1] in behind

    def _behind_maker(self, first: int, item: Item) -> bool:
        """Whether the maker of an item stands right before its title: "the Murmio Dovel", "Mann's Heat"."""
        return first > 0 and self.gap(first) == " " and self._is_maker(first - 1, item)

    def _in_row_with_ours(self, last: int, spelt: Sequence[tuple[int, int, Item]]) -> bool:
        """Whether what ends there is joined to a title of ours: "– Rebecca und Highlander"."""
        named = last + 2
        return (
            named < len(self.words)
            and self.norms[last + 1] in positions("joining_titles")
            and self.gap(last + 1) == self.gap(named) == " "
            and (
                self.mention_at[named] is not None
                or (is_capital(self.raws[named]) and any(first == named for first, _, _ in spelt))
            )
        )

    def _is_maker(self, index: int, item: Item) -> bool:
        """Whether a word is the last of the name of one of an item's people, perhaps with "'s" behind it."""
        called = (self.norms[index], self.words[index].stem)
        return any(normalise_title(name).split(" ")[-1] in called for name in item.people)

    def _credited_behind(self, last: int, item: Item) -> bool:
        """Whether what stands behind the comma after a title names one of the item's people: "Dune,
        Villeneuve's epic ...", "Heat, Regie: Michael Mann"."""
        if last + 1 >= len(self.words) or self.gap(last + 1).strip() != ",":
            return False
        behind = range(last + 1, min(last + 2 + _CREDIT_WORDS, len(self.words)))
        return any(
            self._is_maker(index, item)
            for index in behind
            if is_capital(self.raws[index]) or self.gap(index) == "-"
        )

    def _alone(self, index: int) -> bool:
        """Whether a word is all that stands behind a colon, or behind the mark of an entry of a list: "Mein
        Tipp: Sisters.", "b) Sisters"."""
        mark = self.gap(index).strip()
        labelled = index > 0 and mark == ")" and len(self.raws[index - 1]) == 1
        listed = mark in ("-", "*", "•", "–") and (not index or "\n" in self.gap(index))
        return (mark == ":" or labelled or listed) and (
            index + 1 == len(self.words) or self.gap(index + 1)[:1] in ".!?\n"
        )

    def _goes_on(self, first: int, last: int) -> bool:
        """Whether the words around belong to the same name as words first..last."""
        before = (
            first > 0
            and self.joined(first)
            and is_capital(self.raws[first - 1])
            and not self.opens[first - 1]
        )
        if last + 1 == len(self.words) or not self.joined(last + 1):
            return before
        behind = self.raws[last + 1]
        return before or is_capital(behind) or behind[0].isdigit()

    @property
    def mentions(self) -> Sequence[Mention]:
        return self.linked.mentions

    @cached_property
    def words(self) -> list[Word]:
        return words(self.text)

    @cached_property
    def norms(self) -> list[str]:
        return [word.norm for word in self.words]

    @cached_property
    def raws(self) -> list[str]:
        return [self.text[word.start : word.end] for word in self.words]

    @cached_property
    def mention_at(self) -> list[Mention | None]:
        """For each word the mention that it is part of."""
        found: list[Mention | None] = []
        mentions = iter(self.mentions)
        mention = next(mentions, None)
        for word in self.words:
            while mention is not None and mention.end <= word.start:
                mention = next(mentions, None)
            found.append(mention if mention is not None and mention.start < word.end else None)
        return found

    @cached_property
    def language(self) -> Language | None:
        """The language of what stands beside the titles; None where it is none that we know."""
        if self.foreign_language is not None:
            return None
        # "I'm" is no German "im".
        beside = [
            norm
            for norm, raw, at in zip(self.norms, self.raws, self.mention_at, strict=True)
            if at is None and len(raw) == len(norm)
        ]
        found = language_of(norm for norm in beside if norm.isalpha())
        # "1731 comes highly recommended." has no small word that tells.
        return found if found is not None or len(self.norms) > _FEW_WORDS else self._all_english

    @cached_property
    def foreign_language(self) -> str | None:
        """The language of what stands beside the titles, where it is told and names in it have no lexicon."""
        pieces, end = [], 0
        for mention in self.mentions:
            pieces.append(self.text[end : mention.start])
            end = mention.end
        beside = " … ".join([*pieces, self.text[end:]])
        told = tell(beside)
        return None if told is None or told in LANGUAGES else told

    @cached_property
    def _all_english(self) -> Language | None:
        known = english()
        beside = [
            known.is_ordinary(word, raw) or word.norm.isdigit()
            for word, raw, at in zip(self.words, self.raws, self.mention_at, strict=True)
            if at is None
        ]
        return known if len(beside) > 1 and all(beside) else None

    def gap(self, index: int) -> str:
        """What stands before a word, from the end of the one before."""
        return self._gaps[index]

    @cached_property
    def _gaps(self) -> list[str]:
        text, found = self.text, []
        start, before = 0, None
        for word, at in zip(self.words, self.mention_at, strict=True):
            if before is not None and at is not before:
                start = max(start, min(before.end, word.start))
            found.append(text[start : word.start])
            start, before = word.end, at
        return found

    @cached_property
    def opens(self) -> list[bool]:
        """Which words begin a sentence, a line, a quotation, or what stands in brackets."""
        found: list[bool] = []
        since = 0
        for index in range(len(self.words)):
            gap = self.gap(index)
            # "Comfort: Soft pads" is a heading, "My suggestion is this: Soft Pads" is none.
            heading = ":" in gap and since < 3 and self.mention_at[index - 1] is None
            opens = not index or bool(_OPENING.search(gap)) or heading
            since = 0 if opens else since + 1
            found.append(opens)
        return found

    def joined(self, index: int) -> bool:
        """Whether a word and the one before it may belong to one name."""
        return (
            index > 0
            and bool(_JOINT.fullmatch(self.gap(index)))
            and not self.ends_before(index)
            and not self.labels(index - 1)
        )

    def labels(self, index: int) -> bool:
        """Whether a letter behind "plan" or the like stands before a colon: "plan B: Heat"."""
        return (
            len(self.raws[index]) == 1
            and 0 < index < len(self.words) - 1
            and self.gap(index + 1).strip() == ":"
            and self.norms[index - 1] in positions("labelled")
        )

    def ends_before(self, index: int) -> bool:
        """Whether a sentence ends before a word: a full stop before a blank, but not that of "Mr."."""
        before = self.mention_at[index - 1] if index else None
        if before is not None and before.end > self.words[index - 1].end:
            return bool(_SENTENCE.search(self.text[before.end : self.words[index].start]))
        return bool(_SENTENCE.search(self.gap(index))) and len(self.raws[index - 1]) > 2

    def is_amount(self, index: int) -> bool:
        """Whether a word is a number with a fraction, a percentage, or one of money."""
        word = self.words[index]
        return self.norms[index].isdigit() and bool(
            _AMOUNT.match(self.text, word.start) or self.text[: word.start].rstrip()[-1:] in ("$", "€", "£")
        )

    @cached_property
    def model_numbers(self) -> list[bool]:
        """Which words are part of something made of letters and digits that is no number with a unit."""
        found = [False] * len(self.words)
        if not any(map(str.isdigit, self.text)):
            return found
        first = 0
        for index in range(1, len(self.words) + 1):
            if index < len(self.words) and self.gap(index) != " " and _HYPHEN.fullmatch(self.gap(index)):
                continue
            chunk = self.raws[first:index]
            whole = "".join(chunk)
            if (
                any(map(str.isdigit, whole))
                and any(map(str.isalpha, whole))
                and not self._is_quantity(self.norms[first:index], chunk)
            ):
                found[first:index] = [True] * (index - first)
            first = index
        return found

    def _is_quantity(self, norms: Sequence[str], raws: Sequence[str]) -> bool:
        """ "30-hour", "80-year-old", "top-10", "2nd", "1990s", "90er": numbers beside ordinary words."""
        for norm, raw in zip(norms, raws, strict=True):
            if norm.isdigit() or _UNIT.fullmatch(norm):
                continue
            if any(map(str.isdigit, norm)):
                return False
            if raw.isupper() or len(norm) < 3:
                return False
        return True

    @cached_property
    def mainly_latin(self) -> bool:
        letters = [_latin(character) for character in self.text if character.isalpha()]
        return 2 * sum(letters) >= len(letters)

    def foreign(self, index: int) -> bool:
        """Whether a word is of another script than Latin."""
        return any(character.isalpha() and not _latin(character) for character in self.raws[index])


@functools.lru_cache(maxsize=4096)
def _latin(character: str) -> bool:
    return character.isascii() or unicodedata.name(character, "").startswith("LATIN")


def is_capital(raw: str) -> bool:
    return raw[:1].isupper()


def is_camel(raw: str) -> bool:
    """ "AirPods", "iPhone": a capital behind a small letter, in one word."""
    behind = raw[1:]
    if behind == behind.lower():
        return False
    return any(one.islower() and other.isupper() for one, other in itertools.pairwise(raw))
