"""Claims of credit: what a reply says of an item's year and people, held against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.titles import words
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words

_YEAR = re.compile(
    r"(?<![\w.,$€£-])(?P<year>1[89][0-9]{2}|20[0-4][0-9])"
    r"(?![\w%$€£-]|[.,][0-9]|\s?(?:euros?|eur|dollars?|usd|pounds?|hz|mah|€|£)\b)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?<![\w])(?P<century>1[89]|20)?['’]?(?P<decade>[0-9]0)(?:['’]?s|er)(?!\w)")

#: Behind a person: what says that they had a part in the item.
_ACTS = re.compile(
    r"\.?\s*(?:stars|plays|directs|directed|shines|leads|made|makes|wrote|was|is (?!your|his|her|their))\b"
)


class CreditClaims(ClaimReading):
    """Finds wrong years and people."""

    def _years(self) -> Iterator[Fault]:
        text, lists = self.page.text, claim_words()
        for match in _YEAR.finditer(text):
            before = self._before(match.start())
            bracket = text[match.start() - 1 : match.start()] == "("
            behind = any(text[one.end : match.start()].strip() == "(" for one in self.page.mentions)
            if self._within_title(match.start()) or (bracket and not behind):
                continue
            year, about = int(match["year"]), self._about(match.start())
            if (
                not about
                or lists.story.search(before)
                or lists.amount.search(text[max(0, match.start() - 4) : match.end() + 8])
            ):
                continue
            claimed = behind or bool(lists.dated.search(before))
            if not behind and self._dated_in_title(match.start()) and not lists.released.search(before):
                # "Argo (2012): in 1979, six Americans hide": the year of the item is said, this is another's.
                continue
            meant = [item for items in about for item in items]
            if any(item.year == year or self._holds(item, match["year"]) for item in meant):
                continue
            if not claimed and f" {year} " in self.heard.words:
                continue
            known = meant[0].year
            right = (
                str(known)
                if claimed and known is not None and len({item.id for item in meant}) == 1
                else None
            )
            yield Fault(match.start("year"), match.end("year"), right)
        for match in _DECADE.finditer(text):
            if self._within_title(match.start()):
                continue
            dated = [item for items in self._about(match.start()) for item in items if item.year is not None]
            decade = int(match["decade"])
            asked = re.search(rf"(?<![0-9])(?:[0-9]{{2}})?{decade:02d}(?:s|er)?(?![0-9])", self.heard.words)
            if (
                dated
                and not self._dated_in_title(match.start())
                and not asked
                and not any(_of_decade(item.year or 0, match["century"], decade) for item in dated)
            ):
                yield Fault(match.start(), match.end(), None)

    def _dated_in_title(self, start: int) -> bool:
        """Whether the item that a place is about is written with its year."""
        before = [one for one in self.page.mentions if one.end <= start]
        return bool(before) and before[-1].year is not None

    def _holds(self, item: Item, number: str) -> bool:
        """Whether a number stands in a field of the item, or in its title."""
        return any(number in text for text in (*item.titles, item.text, *item.genres, *item.extra.values()))

    # People

    def _people(self) -> Iterator[Fault]:
        page, people = self.page, self.vocabulary.people
        norms, index = page.norms, 0
        if not people:
            return
        while index < len(norms):
            if page.mention_at[index] is not None or not page.raws[index][:1].isupper():
                index += 1
                continue
            last = next(
                (
                    index + length - 1
                    for length in range(min(4, len(norms) - index), 0, -1)
                    if " ".join([*norms[index : index + length - 1], page.words[index + length - 1].stem])
                    in people
                ),
                None,
            )
            if last is None:
                index += 1
                continue
            name = " ".join([*norms[index:last], page.words[last].stem])
            start, end = page.words[index].start, page.words[last].end
            if (fault := self._person(name, start, end)) is not None:
                yield fault
            index = last + 1

    def _person(self, name: str, start: int, end: int) -> Fault | None:
        lists, text = claim_words(), self.page.text
        begin, finish = next((span for span in self._sentences if span[0] <= start < span[1]), (0, len(text)))
        here = [one for one in self.page.mentions if begin <= one.start < finish]
        groups = self._about(start)
        about = [item for items in groups for item in items]
        before = text[begin:start]
        claimed = bool(lists.by.search(before)) or re.search(r"(?:,| and| und| &)\s*$", before) is not None
        acts = _ACTS.match(text, end) is not None or self._in_the_sentence(name, start, end, begin)
        if not here and not claimed and not acts:
            return None
        here_by = re.search(r"\b(?:has|have|had)\s+$", before) is not None
        if not about or (lists.likes.search(before) and not lists.by.search(before) and not here_by):
            return None
        if not claimed and f" {name} " in self.heard.words:
            return None
        if not any(_made_by(item, name) for item in (about if here else groups[0])):
            if not claimed and not acts:
                # A brand beside another brand's item: "Galmori makes good ones too".
                return (
                    None if not self.vocabulary.brands or not here else self._beside(name, start, end, about)
                )
            return Fault(start, end, None)
        for role, pattern in lists.roles.items():
            if pattern.search(before):
                column = next(
                    (value for key, value in about[0].extra.items() if key.casefold().startswith(role)), None
                )
                if column is not None and f" {name} " not in f" {' '.join(w.norm for w in words(column))} ":
                    return Fault(start, end, None)
        return None

    def _in_the_sentence(self, name: str, start: int, end: int, begin: int) -> bool:
        """Whether a person stands in the sentence of an item, behind it, and the item is not about them."""
        text = self.page.text
        named = [one for one in self.page.mentions if begin <= one.start and one.end <= start]
        if not named or self.vocabulary.brands or " " not in name or text[end : end + 1] in ("'", "’"):
            return False
        return not claim_words().subject.search(text[begin:start])

    def _beside(self, name: str, start: int, end: int, about: Sequence[Item]) -> Fault | None:
        """A brand right before a title is said to be its maker."""
        touching = any(0 <= one.start - end <= 1 for one in self.page.mentions)
        return Fault(start, end, None) if touching else None


def _made_by(item: Item, name: str) -> bool:
    if any(normalise_title(one) == name for one in item.people):
        return True
    held = " ".join(
        word.norm for text in (item.text, *item.titles, *item.extra.values()) for word in words(text)
    )
    return f" {name} " in f" {held} "


def _of_decade(year: int, century: str | None, decade: int) -> bool:
    return year // 10 * 10 == int(century) * 100 + decade if century else year % 100 // 10 * 10 == decade
