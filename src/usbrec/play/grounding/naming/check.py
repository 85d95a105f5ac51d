"""Reply check: whether a reply names items of the catalogue alone, and says of them what it holds."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from usbrec.dialogue import Item, Turn
from usbrec.items.knowledge import Knowledge
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import Fault, sentences_of
from usbrec.play.grounding.naming.claims import ClaimCheck
from usbrec.play.grounding.naming.closed import ClosedCheck
from usbrec.play.grounding.naming.closed_values import ClosedValues
from usbrec.play.grounding.naming.cuts import without_faults
from usbrec.play.grounding.naming.documents import as_sentences
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.spelling import slips
from usbrec.play.grounding.naming.unlisted import NameCheck
from usbrec.play.grounding.naming.unplaced import unplaced
from usbrec.play.grounding.naming.vocabulary import Vocabulary

_IN_BRACKETS = LazyPattern(r"\s*[(\[]\s*[12][0-9]{3}\s*[)\]]$")
_LINK = LazyPattern(r"(?:[A-Za-z][a-z0-9+.-]*://|[Ww]{3}\.)[^\s<>]+")
#: So many items that share a title are looked at where a reply does not say which it means.
_ALIKE = 8


@dataclass(frozen=True)
class ReplyCheck:
    """Reads replies against the catalogue of `knowledge`. One for a run: what the catalogue calls things is
    gathered when it is first needed."""

    knowledge: Knowledge
    #: Whether a reply has to show that it names nothing but ours, rather than be found to name something.
    strict: bool = False
    #: Whether every part of a reply has to be a title, a value of its item, or a word of the closed list.
    closed: bool = False

    @cached_property
    def _names(self) -> NameCheck:
        return NameCheck(self._vocabulary, self.strict)

    @cached_property
    def _claims(self) -> ClaimCheck:
        return ClaimCheck(self._vocabulary)

    @cached_property
    def _closed(self) -> ClosedCheck:
        return ClosedCheck(ClosedValues(self._vocabulary))

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.knowledge)

    @property
    def sells(self) -> bool:
        """Whether the catalogue has prices."""
        return bool(self._vocabulary.present_prices)

    def made_up(self, text: str, shown: Sequence[Item], heard: Heard) -> tuple[str, ...]:
        """What a reply names that no item is called, and what it says of items that is not so, in its words.

        `shown` are the items it is to choose from, `heard` is what the seeker has said.
        """
        if self.closed and (pieces := self._unvouched(text, heard)):
            return pieces
        # A document is read as what it says, for its syntax names nothing.
        text = as_sentences(text) or text
        named = self.knowledge.linker.out_of_catalogue(text)
        if named:
            return named
        page = self._page_of(text, heard)
        return (
            *_misspelt_models(page),
            *self._names.unlisted(page, shown, heard),
            *(text[fault.start : fault.end] for fault in self._faults(text, heard)),
            *unplaced(page, heard, self._vocabulary, strict=self.strict),
            *_links(text, [*shown, *page.items.values()], heard),
        )

    def _unvouched(self, text: str, heard: Heard) -> tuple[str, ...]:
        """What nothing vouches for, in words that a text has nowhere before."""
        found = []
        for start, end in self._closed.unvouched(self._page_of(text, heard)):
            while end < len(text) and text.find(text[start:end]) != start:
                end += 1
            found.append(text[start:end])
        return tuple(found)

    def cut(self, text: str, shown: Sequence[Item], heard: Heard) -> str | None:
        """The reply without the clauses and sentences that :meth:`made_up` finds fault with; None where they
        cannot be cut out, nothing would be left that names an item, or a document in JSON would be none."""
        if "{" in text or as_sentences(text) is not None:
            return None
        return without_faults(text, lambda left: self.made_up(left, shown, heard), self)

    def titles(self, text: str) -> Sequence[tuple[int, int]]:
        """Where a reply names items of ours."""
        return [(one.start, one.end) for one in self._page(text).mentions]

    def sentences(self, text: str) -> Sequence[tuple[int, int]]:
        """Where the sentences of a reply begin and end; a full stop inside a title ends none."""
        return sentences_of(self._page(text))

    def mended(self, text: str, heard: Heard) -> str:
        """The reply with a wrong price or year set right where that is plainly said of one item, and with
        titles as the catalogue writes them."""
        if as_sentences(text) is not None:
            return text
        page = self._page(text)
        faults = list(slips(page))
        if any(map(str.isdigit, text)):
            faults += [*self._faults(text, heard), *_years_beside(page, heard)]
        for start, end, right in sorted(faults, reverse=True):
            if right is not None:
                text = text[:start] + right + text[end:]
        return text

    def _page_of(self, text: str, heard: Heard) -> Page:
        """A reply as it is read after what was heard."""
        page = self._page(text)
        return page if heard.said is None else page.each_meaning(heard.said)

    @cached_property
    def _page(self) -> Callable[[str], Page]:
        # A reply is read twice, to mend it and to judge it.
        return functools.lru_cache(maxsize=8)(self._read)

    @cached_property
    def _faults(self) -> Callable[[str, Heard], tuple[Fault, ...]]:
        """What is said wrongly of items; kept for a while like what was read."""

        @functools.lru_cache(maxsize=8)
        def found(text: str, heard: Heard) -> tuple[Fault, ...]:
            return tuple(self._claims.faults(self._page_of(text, heard), heard))

        return found

    def _read(self, text: str) -> Page:
        linker = self.knowledge.linker
        linked = linker.read(text)
        ids = {item_id for one in linked.mentions for item_id in (one.item_id, *one.candidates[:_ALIKE])}
        items = {item_id: self.knowledge.catalogue.get(item_id) for item_id in ids}
        page = Page(linked, {item_id: item for item_id, item in items.items() if item is not None})
        return page.with_titles(linker.spelt, always=self.strict)


def _links(text: str, items: Iterable[Item], heard: Heard) -> Iterator[str]:
    """Addresses that no item in question has, and the seeker has not given."""
    if "://" not in text and "www." not in text.lower():
        return
    held = [
        cell for item in items for cell in (item.text, *item.extra.values()) if "/" in cell or "www." in cell
    ]
    for match in _LINK.finditer(text):
        said = match[0].rstrip(".,;:!?)]}>\"'*_")
        if said not in heard.text and not any(said in cell for cell in held):
            yield said


def _misspelt_models(page: Page) -> Iterator[str]:
    """Titles with another letter in a model number, which is no slip but another product: "BF-673", not
    "BD-673"."""
    for place, mention in enumerate(page.mention_at):
        item = None if mention is None or not page.model_numbers[place] else page.items.get(mention.item_id)
        if item is not None and mention is not None:
            known = {word.norm for title in item.titles for word in words(title)}
            said = {page.norms[place], page.words[place].stem, "".join(page.norms[place : place + 2])}
            if known.isdisjoint(said):
                yield mention.text


def _years_beside(page: Page, heard: Heard) -> Iterator[Fault]:
    """The years in brackets that are one off, which a reader forgives and a catalogue does not; and those of
    items that have none there, unless the seeker said the same of them."""
    for mention in page.mentions:
        item = page.items.get(mention.item_id)
        if mention.year is None or item is None or item.year == mention.year:
            continue
        start = mention.start + mention.text.rfind(str(mention.year))
        if item.year is not None:
            yield Fault(start, start + 4, str(item.year))
        elif (written := _IN_BRACKETS.search(page.text, mention.start, mention.end)) is not None and (
            f" {_normal_words(mention.text)} " not in heard.words
        ):
            yield Fault(*written.span(), "")


def heard_in(turns: Iterable[Turn]) -> Heard:
    """What the seeker has said in a dialogue."""
    said = [turn.text for turn in turns if turn.role == "seeker"]
    return Heard(f" {' '.join(filter(None, map(_normal_words, said)))} ", "\n".join(said))


@functools.lru_cache(maxsize=1024)
def _normal_words(text: str) -> str:
    """The words of an utterance in their normal form; each turn of a long dialogue is asked for again and
    again."""
    return " ".join(word.norm for word in words(text))
