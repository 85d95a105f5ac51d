"""Company claims: for how many, and for whom of which age, a reply says that an item is.

"Plays up to 6", "a game for four", "can be played solo", "for 5 year olds" are read as a seeker's words are
(items/constraints/company.py), and held against the least and the most of the item that they are said of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from usbrec.items.constraints.company import CompanyReader
from usbrec.items.constraints.phrases import take_amounts
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.features import PRONOUN, WORD, FeatureClaims

#: What ends what is said of an item: the next title, a stop, another clause.
_ENDS = LazyPattern(r"_|[.!?;:\n](?!\d)|,(?!\d)|\s(?:but|aber|while|während)\s")
#: "Only for two players", "bis zu 8 Spieler": words that say no wish here.
_SAID = frozenset({"only", "nur", "bis", "until"})


class CompanyClaims(FeatureClaims):
    """Finds wrong numbers of players and ages."""

    def _company(self) -> Iterator[Fault]:
        reader = self.vocabulary.company
        if reader is None:
            return
        for place, said, item_id in self._said_of_items():
            item = self.page.items.get(item_id)
            if item is None or not self._is_claim(said):
                continue
            if self._belied_by(reader, said, item.extra):
                yield Fault(place + len(said) - len(said.lstrip()), place + len(said.rstrip()), None)

    def _said_of_items(self) -> Iterator[tuple[int, str, str]]:
        """What stands right behind an item, up to the end of its clause, with its place; also behind "it"."""
        text, mentions = self._masked, self.page.mentions
        for opened, closed in self._sentences:
            if text[opened:closed].rstrip().endswith("?"):
                continue
            subjects = [
                (one.end, one.item_id) for one in mentions if opened <= one.start and one.end <= closed
            ]
            before = [one for one in mentions if one.end <= opened]
            it = PRONOUN.match(text, opened, closed) if before and not subjects else None
            if it is not None:
                subjects = [(it.end(), before[-1].item_id)]
            for place, item_id in subjects:
                stop = _ENDS.search(text, place, closed)
                end = closed if stop is None else stop.start()
                if end > place:
                    yield place, text[place:end], item_id

    def _is_claim(self, said: str) -> bool:
        """Whether words behind a title say what it is or does, and neither deny nor wish it."""
        uses, words = claim_words().features, WORD.findall(said.lower())
        if not (uses["not"].isdisjoint(words) and (uses["free"] - _SAID).isdisjoint(words)):
            return False
        if said.lstrip()[:1] == "(":
            return True
        return bool(words) and words[0] in uses["has"] | uses["measures"] | uses["played"]

    def _belied_by(self, reader: CompanyReader, said: str, cells: Mapping[str, str]) -> bool:
        marked, amounts = take_amounts(said.lower())
        for one in reader.read(marked, amounts, money=False):
            for statement in one.statements:
                wanted = statement.constraint
                known = reader.number(wanted.column, cells)
                if known is not None and not _meets(known, wanted.operator, wanted.value):
                    return True
        return False


def _meets(known: float, operator: str, value: object) -> bool:
    """Whether a number that is known agrees with what is said of it."""
    if not isinstance(value, float):
        return True
    compared = {"<=": known <= value, ">=": known >= value, "<": known < value, ">": known > value}
    return compared.get(operator, known == value)
