"""Claims of credit: what a reply says of an item's people, held against the catalogue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.titles import words
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.deeds import DeedClaims

#: How columns of a role begin beside its own name.
ROLE_COLUMNS = {
    "star": (
        "star",
        "cast",
        "actor",
        "actress",
        "darsteller",
        "schauspiel",
        "besetzung",
        "elenco",
        "reparto",
    ),
    "director": ("director", "directed", "regie", "regisseur", "réalisat", "regista"),
    "author": ("author", "writer", "written", "screenwriter", "autor", "drehbuch", "auteur", "autore"),
}


class CreditClaims(DeedClaims):
    """Finds wrong people."""

    def _people(self) -> Iterator[Fault]:
        page, people, begun = self.page, self.vocabulary.people, self.vocabulary.people_begin
        norms, index = page.norms, 0
        if not people:
            return
        yield from self._titles_as_persons()
        while index < len(norms):
            if (
                (norms[index] not in begun and page.words[index].stem not in begun)
                or page.mention_at[index] is not None
                or not page.raws[index][:1].isupper()
            ):
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
        acts = lists.had_a_part.match(text, end) is not None or self._in_the_sentence(name, start, end, begin)
        if not here and not claimed and not acts:
            return None
        here_by = re.search(r"\b(?:has|have|had)\s+$", before) is not None
        deed = self._deed(start, end)
        if deed is not None and deed.items and not any(_had_part(one, name, deed.role) for one in deed.items):
            return Fault(start, end, None)
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
        if any(
            pattern.search(before) and not _in_role(about[0], name, role)
            for role, pattern in lists.roles.items()
        ):
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
        """A brand right before a title is said to be its maker, and so is one that it is a product of."""
        touching = any(0 <= one.start - end <= 1 for one in self.page.mentions)
        before = next((one for one in reversed(self.page.mentions) if one.end <= start), None)
        words, text = claim_words(), self.page.text
        thing = (
            before is not None
            and words.is_a.fullmatch(text, before.end, start) is not None
            and words.made_thing.match(text, end) is not None
        )
        return Fault(start, end, None) if touching or thing else None


def _had_part(item: Item, name: str, role: str) -> bool:
    """Whether a person is one of an item's, and has this part in it, where one is said."""
    return _made_by(item, name) and (not role or _in_role(item, name, role))


def _in_role(item: Item, name: str, role: str) -> bool:
    """Whether the column of a part names a person, where an item has one that is called so."""
    called = ROLE_COLUMNS.get(role, (role,))
    cells = [cell for column, cell in item.extra.items() if cell and column.casefold().startswith(called)]
    return not cells or any(f" {name} " in f" {' '.join(word.norm for word in words(one))} " for one in cells)


def is_of(column: str, role: str) -> bool:
    """Whether a column's name says that it has the people of a role."""
    return column.casefold().startswith(ROLE_COLUMNS[role])


def _made_by(item: Item, name: str) -> bool:
    if any(normalise_title(one) == name for one in item.people):
        return True
    surname, _, kin = name.rpartition(" ")
    if (
        kin in claim_words().kin
        and sum(normalise_title(one).endswith(f" {surname}") for one in item.people) > 1
    ):
        return True  # "the Coen brothers"
    held = " ".join(
        word.norm for text in (item.text, *item.titles, *item.extra.values()) for word in words(text)
    )
    return f" {name} " in f" {held} "
