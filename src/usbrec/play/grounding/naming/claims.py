"""Field claims: what a reply says of an item's price, stock, year, people, makers and features, held against
the catalogue.

A claim belongs to the item named before it in its sentence, else to the one named behind it, else to the one
named last. A wrong price or year is set right where it is plainly said ("for 49 euro", "from 1999"); whatever
else does not agree, or speaks of a field that the item has not, is a fault of the reply. What the seeker has
said (a budget, a year) may be repeated as theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.company_claims import CompanyClaims
from usbrec.play.grounding.naming.comparing import PriceComparisons
from usbrec.play.grounding.naming.credits import CreditClaims
from usbrec.play.grounding.naming.given_values import GivenValues
from usbrec.play.grounding.naming.goods import GoodsClaims
from usbrec.play.grounding.naming.lands import LandClaims
from usbrec.play.grounding.naming.measure_claims import MeasureClaims
from usbrec.play.grounding.naming.page import Heard, Page
from usbrec.play.grounding.naming.value_claims import ValueClaims
from usbrec.play.grounding.naming.vocabulary import Vocabulary
from usbrec.play.grounding.naming.years import YearClaims


@dataclass(frozen=True)
class ClaimCheck:
    """Finds claims in replies about the items of one catalogue that do not agree with their fields."""

    vocabulary: Vocabulary

    def faults(self, page: Page, heard: Heard) -> list[Fault]:
        """What `page` says wrongly, in order; `heard` is what the seeker has said."""
        return sorted(_Claims(self.vocabulary, page, heard).faults())


class _Claims(
    GoodsClaims,
    YearClaims,
    CreditClaims,
    LandClaims,
    MeasureClaims,
    CompanyClaims,
    ValueClaims,
    GivenValues,
    PriceComparisons,
):
    """All ways of finding wrong claims, on one reply."""

    def faults(self) -> Iterator[Fault]:
        digits = [place for place, character in enumerate(self.page.text) if character.isdigit()]
        # Most replies about films have none but those of titles and their years.
        if any(not self._within_title(place) for place in digits):
            yield from self._prices()
        if not self.page.mentions:
            if self.heard.lost and self.vocabulary.present_prices:
                yield from self._stock()
            return
        if digits:
            yield from self._years()
        if self.vocabulary.present_prices:
            yield from self._spoken_prices()
        yield from self._people()
        yield from self._makers()
        yield from self._lands()
        yield from self._stock()
        yield from self._features()
        yield from self._measures()
        yield from self._company()
        yield from self._values()
        yield from self._given()
        yield from self._compared_prices()
