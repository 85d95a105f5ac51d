"""Land claims: countries and regions that a reply says an item is from, where the catalogue says another.

"Comes from Burgundy", "ist italienisch", "aus Sizilien", "in Hamburg I recommend ...": a country is wrong
where the item's is another one; a region, where the item has one too, or is of another country.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.column_roles import is_origin
from usbrec.items.constraints.column_types import names_of
from usbrec.lexicon import shared
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.makers import MakerClaims, holds

_WORD = LazyPattern(r"[^\W\d_]+")
#: A sentence that speaks of what is in a place: "In Hamburg I recommend ...".
_IN_PLACE = LazyPattern(r"\s*[Ii]n\s(?P<name>[^\W\d_a-zß][^\W\d_]*(?:[\s-][^\W\d_a-zß][^\W\d_]*){0,2})")
_ENDINGS = ("er", "es", "en", "em", "e", "")
#: What follows "is Italian": its end, or one noun.
_IS = LazyPattern(
    r"\s(?:is|are|ist|sind)\s(?:(?:an?|eine?n?)\s)?(?:(?!not\b|nicht\b)[^\W\d_]+\s)??(?P<name>[^\W\d_]{4,20})"
    r"(?=\s*(?:[.,;!\n)]|\Z)|\s(?:and|und|with|mit|from|aus)\b|\s(?P<kind>[^\W\d_]+)\s*(?:[.,;!\n)]|\Z|\s(?:and|und|with|mit|from|aus)\b))",
    re.IGNORECASE,
)


class Place(NamedTuple):
    """A country or, where `region` is not empty, a region of one; both by their English names."""

    country: str
    region: str


class LandClaims(MakerClaims):
    """Finds wrong countries and regions."""

    def _lands(self) -> Iterator[Fault]:
        if not (self.vocabulary.present_prices and self.vocabulary.origins):
            return
        yield from self._known_lands()
        yield from self._of_nations()
        yield from self._recommended_in()

    def _known_lands(self) -> Iterator[Fault]:
        """Places behind "comes from" and "aus" that no item of the catalogue may be from."""
        lists, text = claim_words(), self.page.text
        found = [(match, True) for match in lists.origin.finditer(text)]
        found += [(match, False) for match in lists.origin_alone.finditer(text)]
        for match, sure in found:
            name = self._name_at(match.end())
            if name is None or not (sure or self._directly(match.start())):
                continue
            item = self._only(match.start())
            said = next((one for one in self._starts_of(*name) if one in _places()), None)
            if item is not None and said is not None and self._is_elsewhere(item, said):
                yield Fault(*name, None)

    def _of_nations(self) -> Iterator[Fault]:
        for mention in self.page.mentions:
            match = _IS.match(self._masked, mention.end)
            item = self.page.items.get(mention.item_id)
            if match is None or item is None or mention.candidates[1:]:
                continue
            opened, closed = self._sentence_of(mention.start)
            led = set(_WORD.findall(self._masked[opened : mention.start].casefold()))
            asked = self._masked[opened:closed].rstrip().endswith("?")
            if asked or not claim_words().features["free"].isdisjoint(led):
                continue
            if match["kind"] and not self._is_kind(normalise_title(match["kind"])):
                continue  # "a French press", "a Swiss army knife"
            word = normalise_title(match["name"])
            country = next(
                (
                    found
                    for end in _ENDINGS
                    if word.endswith(end) and (found := _nations().get(word[: len(word) - len(end)]))
                ),
                None,
            )
            if country is not None and not holds(item, word) and self._is_elsewhere(item, country):
                yield Fault(match.start("name"), match.end("name"), None)

    def _is_kind(self, word: str) -> bool:
        """Whether a word is one for what the catalogue has."""
        found = self.vocabulary
        return word in found.values or word in found.described or word in claim_words().value_names

    def _recommended_in(self) -> Iterator[Fault]:
        """An item that is recommended in a place where it is not."""
        if self._persons:
            return
        for opened, closed in self._sentences:
            match = _IN_PLACE.match(self._masked, opened, closed)
            mention = next((one for one in self.page.mentions if opened <= one.start < closed), None)
            if match is None or mention is None or mention.start < match.end():
                continue
            item = self.page.items.get(mention.item_id)
            between = self._masked[match.end() : mention.start]
            if item is None or mention.candidates[1:] or re.search(r"[,;:]\s*(?:but|aber)|[?]", between):
                continue
            if not {"not", "nicht", "no", "kein", "keine", "nothing", "nichts"}.isdisjoint(
                _WORD.findall(between.casefold())
            ):
                continue
            said = next(
                (
                    one
                    for one in self._starts_of(match.start("name"), match.end("name"))
                    if self._of_places(one)
                ),
                None,
            )
            filled = any(cell and is_origin(column) for column, cell in item.extra.items())
            if said is not None and filled and not self._is_there(item, said):
                length = next(
                    count
                    for count in range(1, 4)
                    if normalise_title(" ".join(match["name"].split()[:count])) == said
                )
                yield Fault(
                    match.start("name"),
                    match.start("name") + len(" ".join(match["name"].split()[:length])),
                    None,
                )

    def _is_elsewhere(self, item: Item, name: str) -> bool:
        """Whether an item is from another country, or another region, than a place that is no field of it."""
        said = _places()[name]
        if any(holds(item, one) for one, place in _places().items() if place == said):
            return False
        cells = [
            normalise_title(part)
            for column, cell in item.extra.items()
            if cell and is_origin(column)
            for part in names_of(cell)
        ]
        known = [place for cell in cells if (place := _places().get(cell)) is not None]
        countries = {place.country for place in known}
        if countries and said.country not in countries:
            return True
        return bool(said.region) and any(place.region for place in known)


@functools.cache
def _places() -> Mapping[str, Place]:
    """Countries and regions by all their names, in normal form."""
    found: dict[str, Place] = {}
    for country, listed in shared("lands").items():
        for name in listed["names"]:
            found[normalise_title(name)] = Place(country, "")
        for names in listed["regions"]:
            for name in names:
                found[normalise_title(name)] = Place(country, names[0])
    return found


@functools.cache
def _nations() -> Mapping[str, str]:
    """The countries of adjectives, in normal form."""
    return {
        normalise_title(adjective): normalise_title(country)
        for country, listed in shared("lands").items()
        for adjective in listed["adjectives"]
    }
