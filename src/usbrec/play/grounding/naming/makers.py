"""Maker claims: whose an item is said to be, and where it is said to be from, in columns of any trade.

"Harbour Lights by Tortuga" is wrong where the publisher column says Kobold, "from Rioja" where the region is
another, "a Merlot" where the grape is. What is said behind "by" and its like has to stand in a field of the
item where the catalogue has columns of makers; a place, or a name of a further column, only counts as wrong
where the catalogue has it of other items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from usbrec.dialogue import Item
from usbrec.items import normalise_title
from usbrec.items.constraints.column_roles import is_origin, makers_of
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.claim_reading import ClaimReading, Fault
from usbrec.play.grounding.naming.claim_words import claim_words
from usbrec.play.grounding.naming.language import either, ordinary

#: A name: words with a capital, and small ones between them.
_NAME = LazyPattern(
    r"(?P<name>(?:[^\W\d_a-zß]|[0-9]+[^\W\d_a-zß])[\w.’'-]*"
    r"(?:\s(?:(?:&|and|und|of|the|de|du|des|del|della|di|la|le|les|von|van|der|den|y|et)\s)*"
    r"(?:[^\W\d_a-zß][\w.’'-]*|[0-9]+(?![\w.,])))*)"
)
_LONGEST_NAME = 6
#: Behind how far something is, "from Berlin" is no origin; "ships from Poland" is none either.
_DISTANCE = LazyPattern(
    r"\b(?:km|kilomet\w+|mi|miles?|m|met\w+|minutes?|minuten|mins?|hours?|stunden|far|away|walk|walking|drive|steps|flight|weit"
    r"|entfernt|ships?|shipped|shipping|deliver\w*|order\w*|send|sent|bestell\w*|geliefert|import\w*|apart|different|free|inspired"
    r"|verschickt)\s*$",
    re.IGNORECASE,
)


#: What has to stand in a text, in small letters, for anything to be looked for.
_BY_CUES = (
    "by ", "von ", "vom ", "bei ", "aus d", "from the ", "publisher", "maker", "producer", "brand",
    "designer", "author", "developer", "artist", "director", "manufacturer", "verlag", "hersteller",
    "produzent", "marke", "autor", "weingut", "entwickler", "regisseur", "winzer",
)  # fmt: skip
_FROM_CUES = ("from ", " in ", "aus ")
_KIND_CUES = (" a ", " an ", " ein")
_IN_BRACKETS = LazyPattern(r"\s\(([^()]{2,40})\)")
_COMMA_NAME = LazyPattern(r"[,(]\s?[^\W\d_a-z]")
#: A place behind a title: with "in", or between commas, brackets and the end.
_PLACE_BEHIND = LazyPattern(
    r"(?:\s(?:in|In)\s(?P<in>)|,\s|\s\()(?P<name>[^\W\d_a-z][\w'’-]*(?:\s[^\W\d_a-z][\w'’-]*)*)"
    r"(?(in)(?!\w)|(?=\s*(?:[,;)\n.:–—|]|\Z)))"
)
#: What something is said to be: words without a stop.
_KIND = LazyPattern(r"[^\W\d_][\w-]*(?:\s[\w-]+){0,4}")
_KIND_WORDS = 3
_POSSESSIVE = LazyPattern(r"['’]s?\s$")
_VERB_BEFORE = LazyPattern(r"\s[a-zäöü]+\s(?:the |den |die |das |der )?$")
#: A maker before a title stands so many characters before it at most, in so many words.
_LOOKED_BACK, _MAKER_WORDS = 60, 4


class MakerClaims(ClaimReading):
    """Finds wrong makers, origins and names of further columns."""

    def _makers(self) -> Iterator[Fault]:
        found, text = self.vocabulary, self.page.text.casefold()
        if found.makers:
            if any(cue in text for cue in _BY_CUES):
                yield from self._made_by()
            yield from self._beside_titles()
        if (found.origins or found.makers) and any(cue in text for cue in _FROM_CUES):
            yield from self._from_places()
            if found.origins and not self._persons:
                yield from self._places_beside()
        elif found.origins and not self._persons and _COMMA_NAME.search(self.page.text):
            yield from self._places_beside()
        if any(cue in text for cue in _KIND_CUES):
            if found.kinds:
                yield from self._kinds_of()
            if self.vocabulary.single_genres:
                yield from self._genres_of()

    def _made_by(self) -> Iterator[Fault]:
        lists, text = claim_words(), self.page.text
        for pattern, sure in ((lists.made_by, True), (lists.by_alone, False)):
            for match in pattern.finditer(text):
                name = self._name_at(match.end())
                if name is None or self._within_title(match.start()):
                    continue
                start, end = name
                item = self._only(match.start())
                if item is None or (not sure and not self._directly(match.start())):
                    continue
                if not self._is_his(item, start, end, known=not sure):
                    yield Fault(start, end, None)
        for match in lists.maker_is.finditer(text):
            name = self._name_at(match.end())
            item = self._only(match.end())
            if name is not None and item is not None and not self._is_his(item, *name, known=False):
                yield Fault(*name, None)

    def _beside_titles(self) -> Iterator[Fault]:
        """Makers in brackets behind a title, and possessive right before it."""
        makers = self.vocabulary.makers
        for mention in self.page.mentions:
            item = self.page.items.get(mention.item_id)
            if item is None or mention.candidates[1:]:
                continue
            for start, said in self._before_and_behind(mention.start, mention.end):
                name = next((name for name in self._ends_of(said) if name in makers), None)
                if name is not None and not holds(item, name):
                    yield Fault(start, start + len(said), None)

    def _before_and_behind(self, start: int, end: int) -> Iterator[tuple[int, str]]:
        """Who may be said to have made what is named from `start` to `end`, each with its place: in brackets
        behind it, and before it with an apostrophe ("Kobold's ...") or a verb ("Kobold makes ...")."""
        text = self.page.text
        if behind := _IN_BRACKETS.match(text, end):
            yield behind.start(1), behind[1]
        opened = max(0, start - _LOOKED_BACK)
        before = text[opened:start]
        ended = None
        if possessive := _POSSESSIVE.search(before):
            ended = possessive.start()
        elif (did := _VERB_BEFORE.search(before)) and claim_words().made.search(before):
            ended = did.start()
        if ended is not None:
            words_before = list(re.finditer(r"\S+", before[:ended]))[-_MAKER_WORDS:]
            if words_before:
                begin = words_before[0].start()
                yield opened + begin, before[begin:ended].rstrip()

    def _ends_of(self, text: str) -> list[str]:
        """The normal forms of a text and of what is left of it without its first words."""
        parts = text.split()
        return [normalise_title(" ".join(parts[place:])) for place in range(len(parts))]

    def _from_places(self) -> Iterator[Fault]:
        text, makers = self.page.text, self.vocabulary.makers
        lists = claim_words()
        found = [(match, True) for match in lists.origin.finditer(text)]
        found += [(match, False) for match in lists.origin_alone.finditer(text)]
        taken: set[int] = set()
        for match, sure in found:
            if match.end() in taken or not (sure or self._directly(match.start())):
                continue
            taken.add(match.end())
            name = self._name_at(match.end())
            item = self._only(match.start()) if name is not None else None
            if name is None or item is None or _DISTANCE.search(text[: match.start()]):
                continue
            start, end = name
            said = next(
                (one for one in self._starts_of(start, end) if self._of_places(one) or one in makers), None
            )
            known = said in makers or any(is_origin(column) for column in item.extra)
            if said is not None and known and not self._is_there(item, said):
                yield Fault(start, end, None)

    def _places_beside(self) -> Iterator[Fault]:
        """Places right behind a title ("... in Vienna", ", Vienna,", "(Vienna)") and before a verb at the end
        ("wird in China hergestellt"), where they are of other items alone."""
        text = self.page.text
        found = [
            (match.start("name"), match.end("name"))
            for mention in self.page.mentions
            if (match := _PLACE_BEHIND.match(text, mention.end)) is not None
        ]
        found += [
            (match.start("name"), match.end("name")) for match in claim_words().made_there.finditer(text)
        ]
        for start, end in found:
            item = self._only(start)
            if item is None or not any(is_origin(column) for column in item.extra):
                continue
            said = next((one for one in self._starts_of(start, end) if self._of_places(one)), None)
            if said is not None and not self._is_there(item, said):
                yield Fault(start, start + len(text[start:end].rstrip(" .,")), None)

    def _of_places(self, name: str) -> str | None:
        """A place of the catalogue by its name there, or by what another language calls it."""
        called = claim_words().place_names.get(name, name)
        return next((one for one in (name, called) if one in self.vocabulary.origins), None)

    def _is_there(self, item: Item, name: str) -> bool:
        return holds(item, name) or holds(item, claim_words().place_names.get(name, name))

    def _genres_of(self) -> Iterator[Fault]:
        """Kinds that are said of an item of another, where each item has one alone: "is a smartphone"."""
        text, genres = self.page.text, self.vocabulary.single_genres
        for match in claim_words().is_a.finditer(text):
            item = self._only(match.start())
            said = _KIND.match(text, match.end())
            if item is None or said is None or not self._directly(match.start()):
                continue
            run = [normalise_title(word) for word in said[0].split()]
            stop = next(
                (place for place, word in enumerate(run) if word in claim_words().behind_kind), len(run)
            )
            if not 0 < stop <= _KIND_WORDS:
                continue
            head = run[stop - 1]
            named = {genre for genre in genres if head in _numbers_of(genre)}
            own = {normalise_title(genre) for genre in item.genres}
            # "A crime novel" is of the kind that stands first, whatever else the catalogue calls novels.
            if own & {one for word in run[:stop] for one in genres if word in _numbers_of(one)}:
                continue
            if named and own and not named & own and not holds(item, head):
                last = list(re.finditer(r"\S+", said[0]))[stop - 1]
                yield Fault(said.start() + last.start(), said.start() + last.end(), None)

    def _kinds_of(self) -> Iterator[Fault]:
        text, kinds = self.page.text, self.vocabulary.kinds
        for match in claim_words().is_a.finditer(text):
            name = self._name_at(match.end())
            item = self._only(match.start()) if name is not None else None
            if name is None or item is None or not self._directly(match.start()):
                continue
            start, end = name
            said = next((one for one in self._starts_of(start, end) if one in kinds), None)
            if (
                said is not None
                and any(item.extra.get(column) for column in kinds[said])
                and not holds(item, said)
            ):
                yield Fault(start, end, None)

    def _name_at(self, place: int) -> tuple[int, int] | None:
        """Where a name stands that begins at a place, an article before it left out."""
        text = self.page.text
        begin = _ARTICLE.match(text, place)
        found = _NAME.match(text, place if begin is None else begin.end())
        if found is None or len(found["name"].split()) > _LONGEST_NAME:
            return None
        end = next((one.start for one in self.page.mentions if found.start() < one.start < found.end()), None)
        if any(one.start <= found.start() < one.end for one in self.page.mentions):
            return None
        stop = found.end() if end is None else end
        return found.start(), found.start() + len(text[found.start() : stop].rstrip(" .'’-"))

    def _starts_of(self, start: int, end: int) -> list[str]:
        """The normal forms of what stands between two places, and of its beginnings."""
        parts = self.page.text[start:end].split()
        return [normalise_title(" ".join(parts[:length])) for length in range(len(parts), 0, -1)]

    def _only(self, place: int) -> Item | None:
        """The item that a place is said of, where that is one alone and named in its sentence before it."""
        begin = next((span[0] for span in self._sentences if span[0] <= place < span[1]), 0)
        mention = next((one for one in reversed(self.page.mentions) if begin <= one.start < place), None)
        about = self._about(place)
        if mention is None or not about or len(about[0]) != 1 or about[0][0].id != mention.item_id:
            return None
        between = self.page.text[mention.end : place]
        return None if claim_words().other_than.search(between) else about[0][0]

    def _directly(self, place: int) -> bool:
        """Whether only a comma, a bracket, or that something is, stands between a title and a place."""
        mention = next((one for one in reversed(self.page.mentions) if one.end <= place), None)
        return mention is not None and bool(_NOTHING_MUCH.fullmatch(self.page.text[mention.end : place]))

    def _is_his(self, item: Item, start: int, end: int, *, known: bool) -> bool:
        """Whether a name is one of an item's makers, or stands in another of its fields; where `known`, what
        the catalogue knows no maker by is let be unless all makers of the item are known."""
        name = normalise_title(self.page.text[start:end])
        starts = self._starts_of(start, end)
        if known and not any(one in self.vocabulary.makers for one in starts) and self._plain(name):
            return True  # "ist von Anfang an ...", "by Friday"
        if not name or any(holds(item, one) for one in starts if one):
            return True
        makers = makers_of(item)
        if any(f" {normalise_title(maker)} " in f" {name} " for maker in makers):
            return True
        if not makers:
            return not any(one in self.vocabulary.makers for one in starts)
        return known and self._persons and not any(one in self.vocabulary.makers for one in starts)

    def _plain(self, name: str) -> bool:
        """Whether a name is of words that a language has."""
        return all(
            ordinary(code, word) or word in either("proper") or word in either("months")
            for word in name.split()
            for code in ("de" if ordinary("de", word) else "en",)
        )

    @cached_property
    def _persons(self) -> bool:
        """Whether items have people that the catalogue may not list: an actor, a director."""
        return bool(self.vocabulary.people) and not self.vocabulary.brands


#: What may stand between a title and "by".
_NOTHING_MUCH = LazyPattern(
    r"[\s,(–—-]*(?:(?:\([0-9]{4}\)|which|that|it|is|are|was|were|ist|sind|war|das|die|der|one|made)[\s,]*){0,3}"
    r"(?:(?:an?|the|ein|eine|einen)\s(?:(?!\w{3,}(?:ed|ly)\b)\w[\w-]*\s){1,4})?",
    re.IGNORECASE,
)
_ARTICLE = LazyPattern(r"(?:the|der|die|das|dem|den)\s+(?=\S)")


def _numbers_of(genre: str) -> tuple[str, ...]:
    """A kind's name, and what it may be in the singular."""
    endings = ("s", "es", "e", "en", "n")
    return (genre, *(genre.removesuffix(one) for one in endings if genre.endswith(one)))


def holds(item: Item, name: str) -> bool:
    """Whether a name in its normal form stands in a field of an item."""
    texts = (*item.people, *item.titles, item.text, *item.genres, *item.extra.values())
    return any(f" {name} " in f" {' '.join(word.norm for word in words(text))} " for text in texts)
