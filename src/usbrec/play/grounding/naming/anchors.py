"""Anchors: the titles of ours in a reply that are written as such, and what may stand beside one.

A title in small letters, or one that is a part of more capitals, names nothing of ours for certain.
And what is chosen or compared beside an item of ours is another item of ours, or a thing of the kind ("a
comedy"), or it is a name that is none.
"""

from __future__ import annotations

from collections.abc import Iterator

from usbrec.items.linking.ambiguity import is_small
from usbrec.lexicon import words as lexicon
from usbrec.play.grounding.naming.acts import contracted, of_talk
from usbrec.play.grounding.naming.clauses import Clauses
from usbrec.play.grounding.naming.context import ARTICLES
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.nouns import is_singular, is_verb, noun_only, noun_or_verb, nouns
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.position_words import en, positions


class Anchors(Clauses):
    """Finds names beside titles of ours that are written as titles."""

    def _beside_anchors(self) -> Iterator[str]:
        page, spoken = self.page, self._spoken
        if not self._ours_written:
            return
        owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
        yield from self._told_apart(owned)
        if spoken is None:
            return
        yield from self._small_titles(owned)
        for first, last in self._ours_written:
            if (start := self._glued_before(first, owned)) is not None:
                yield page.text[page.words[start].start : page.words[last].end]
            if (end := self._glued_behind(last, owned)) is not None:
                yield page.text[page.words[first].start : page.words[end].end]
            if spoken.code == "en":
                for joined in (self._joined_before(first, owned), self._joined_behind(last, owned)):
                    if joined is not None:
                        yield page.text[page.words[joined[0]].start : page.words[joined[1]].end]
        if spoken.code == "en":
            yield from self._imperative(owned)
            yield from self._subjects(owned)
            yield from self._short_sentences(owned)
        yield from self._numbered_capitals(owned)
        yield from self._small_openings(owned)
        yield from self._proposed(owned)

    def _small_titles(self, owned: set[int]) -> Iterator[str]:
        """Titles of ours in small letters, which may be the half of another one."""
        page = self.page
        for index, raw in enumerate(page.raws):
            # The country is written otherwise.
            if raw == "Us" and index not in owned and not page.opens[index]:
                yield raw
        for index, at in enumerate(page.mention_at):
            if at is None or index in owned or (index and page.mention_at[index - 1] is at):
                continue
            end = index
            while end + 1 < len(page.norms) and page.mention_at[end + 1] is at:
                end += 1
            following = page.norms[end + 1] if end + 1 < len(page.norms) and page.gap(end + 1) == " " else ""
            if (
                page.opens[index]
                or page.norms[index - 1] in positions("joins")
                or following in positions("joins")
                or following in either("subjects")
                or self._behind_proposing(index, 0)
            ):
                yield at.text

    def _glued_before(self, first: int, owned: set[int]) -> int | None:
        """The capital before a title that makes it longer: "Family Zombieland", "Pirates of the Hamlet"."""
        page, index = self.page, first - 1
        while (
            index >= 0
            and page.gap(index + 1) == " "
            and is_small(page.norms[index])
            and page.raws[index].islower()
        ):
            index -= 1
        if index < 0 or index in owned or page.gap(index + 1) != " " or not is_capital(page.raws[index]):
            return None
        norm, raw = page.words[index].stem, page.raws[index]
        if norm in self.vocabulary.people_words or norm in self._catalogue_words or raw == "I":
            return None
        if self._proper(index) and not (page.opens[index] and index + 1 == first):
            return None
        if not page.opens[index] and self._language is not None and self._language.code == "de":
            return None
        # "L.A. Am Legend": a full stop behind one letter ends no sentence.
        opens = page.opens[index] and not (page.gap(index).strip() == "." and not page.ends_before(index))
        at = page.mention_at[first]
        cut = (
            at is not None and at.title.startswith(("The ", "A ")) and not at.text.startswith(("The ", "A "))
        )
        # "Kiss Doubt is on my mind": no order is spoken of.
        last = next(end for start, end in self._ours_written if start == first)
        spoken_of = (
            index + 1 == first
            and last + 1 < len(page.norms)
            and page.gap(last + 1) == " "
            and page.norms[last + 1] in either("subjects")
            and is_verb(norm)
            and not self._function(norm)
        )
        if opens and not (cut and index + 1 == first) and not spoken_of and self._opener(index, first):
            return None
        return index

    def _opener(self, index: int, first: int) -> bool:
        """Whether a word may open a sentence that goes on with a title, at once or behind small words."""
        norm, spoken = self.page.norms[index], self._spoken
        assert spoken is not None
        if spoken.code != "en":
            return True
        if (
            norm in spoken.function
            or norm in either("choosing")
            or norm in spoken.naming
            or norm in spoken.after_naming
            or norm in lexicon("en", "phrases")["openers"].split()
            or norm.endswith("ly")
            or contracted(norm)
        ):
            return True
        if index + 1 == first:
            return (
                is_verb(norm)
                and (not noun_or_verb(norm) or of_talk("en", norm))
                and norm not in nouns("count")
            )
        if not en("within").issuperset(self.page.norms[index + 1 : first]):
            return True
        # "Fans of Alien", "Blast from Cloverfield".
        return of_talk("en", norm) or (is_verb(norm) and not noun_or_verb(norm))

    def _glued_behind(self, last: int, owned: set[int]) -> int | None:
        """The capital behind a title and small words that makes it longer: "Unbroken to the Galaxy"."""
        page, index = self.page, last + 1
        while (
            index < len(page.norms)
            and page.gap(index) == " "
            and page.norms[index] in ("of", "to", "the", "in", "a", "at", "on", "for", "with", "vs")
            and page.raws[index].islower()
        ):
            index += 1
        if (
            index == last + 1 < len(page.norms)
            and page.gap(index) == ": "
            and (index in owned or is_capital(page.raws[index]))
        ):
            first = next(start for start, end in self._ours_written if end == last)
            at = page.mention_at[first]
            heading = not first or "\n" in page.gap(first) or page.gap(first).strip(" .!?")
            dated = at is not None and at.year is not None
            return None if heading or (dated and index not in owned) else index
        if index == last + 1 < len(page.norms) and page.gap(index) == " " and index in owned:
            return index
        if index == last + 1 < len(page.norms) and page.gap(index) == " ":
            german = self._language is not None and self._language.code == "de"
            named = (
                page.norms[index] in either("editions")
                or len(page.raws[index]) == 1
                or self._proper(index)
                or not german
            )
            at = page.mention_at[last]
            named = named and (at is None or at.year is None)
            if is_capital(page.raws[index]) and named and page.raws[index] != "I":
                return index
        marked = page.gap(index) if index < len(page.norms) else ""
        if (
            index == last + 1 < len(page.norms)
            and page.norms[index].isdigit()
            and marked in (" ", "! ", "? ")
        ):
            following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
            return None if following in either("units") | either("counted") | either("currencies") else index
        if index == last + 1 or index >= len(page.norms) or index in owned or page.gap(index) != " ":
            return None
        if not is_capital(page.raws[index]) or self._proper(index) or page.raws[index] == "I":
            return None
        norm = page.norms[index]
        if f" {norm} " in self.heard:
            return None
        if page.norms[index - 1] in en("inside") and not self.vocabulary.brands:
            # "Heat in Love": nobody is in a title, and an ordinary word has no capital.
            known = self._language is not None and self._language.is_ordinary(
                page.words[index], page.raws[index]
            )
        else:
            known = False
        if not known and (norm in self.vocabulary.people_words or norm in self._catalogue_words):
            return None
        return None if self._language is not None and self._language.code == "de" else index

    def _joined_before(self, first: int, owned: set[int]) -> tuple[int, int] | None:
        """What a title is joined to that is no thing of the kind and no clause: "killer of the senses and
        Alien"."""
        page, place = self.page, first - 1
        if place > 0 and page.norms[place] in ARTICLES:
            place -= 1
        if (
            place < 1
            or page.norms[place] not in positions("joins")
            or page.gap(first).strip()
            or page.gap(place).strip(", ")
        ):
            return None
        start = last = place - 1
        while (
            start > 0
            and start not in owned
            and not page.gap(start).strip()
            and not page.opens[start]
            and page.norms[start - 1] not in either("choosing")
            and page.norms[start - 1] != "rank"
            and page.norms[start - 1] not in ("between", "both", "either", "to", "with")
            and start - 1 not in owned
        ):
            start -= 1
        while last > start and page.norms[last] in en("ranked_by"):
            last -= 1
        if (start, last) in page.spelt and is_capital(page.raws[start]):
            # "Rocky rather than Heat".
            return None
        if start in owned or last - start > 6 or page.norms[start] in en("starts"):
            return None
        if (
            start == last
            and page.opens[start]
            and is_capital(page.raws[start])
            and page.norms[place] in ("and", "or")
        ):
            # "Live and Red Shoes might ...".
            alone = page.norms[start]
            licensed = self._kind(alone) or self._function(alone) or not is_singular(alone)
            return None if licensed or alone.endswith("ing") else (start, last)
        norms = page.norms[start : last + 1]
        ranked = (
            page.norms[place] in ("above", "before")
            and start > 0
            and (page.norms[start - 1] in either("choosing") or page.norms[start - 1] == "rank")
        )
        if ranked or norms == ["us"]:
            return (start, last)
        plain = all(of_talk("en", norm) or self._kind(norm) for norm in norms)
        clause = any(
            norm in either("subjects")
            or norm in en("clause_verbs")
            or (is_verb(norm) and not noun_or_verb(norm))
            for norm in norms
        )
        if norms[0] in ("a", "an"):
            chosen = start > 0 and page.norms[start - 1] in either("choosing")
            plain = not chosen or any(map(self._kind, norms))
        bare = (
            (norms[0] in nouns("count") and "the" in norms)
            or (noun_only(norms[-1]) and is_singular(norms[-1]) and norms[-1] in nouns("count"))
        ) and not any(
            norm in en("starts") or norm in ("a", "an", "my", "your", "the", "no") or self._kind(norm)
            for norm in norms
        )
        return None if (plain and not bare) or clause else (start, last)

    def _joined_behind(self, last: int, owned: set[int]) -> tuple[int, int] | None:
        """The same behind a title: "Alien and johnny notorious work well"."""
        page, start = self.page, last + 2
        if start >= len(page.norms) or page.norms[last + 1] not in positions("joins") or start in owned:
            return None
        if page.gap(last + 1).strip(", ") or page.gap(start).strip() or page.norms[start] in en("starts"):
            return None
        end = start
        while (
            end + 1 < len(page.norms)
            and page.gap(end + 1) == " "
            and end + 1 not in owned
            and not self._function(page.norms[end + 1])
            and page.norms[end + 1] not in either("subjects")
        ):
            end += 1
        if page.raws[start] == "Us" or page.norms[start : start + 2] == ["us", "work"]:
            return (start, start)
        if any(not page.raws[place][0].islower() for place in range(start, end + 1)):
            return None
        if end > start and is_verb(page.norms[start + 1]) and self._bare_noun(start):
            return (start, start)
        if end + 1 in owned or page.norms[start] in either("subjects") or is_verb(page.norms[start]):
            return None
        norms = page.norms[start : end + 1]
        plain = all(of_talk("en", norm) or self._kind(norm) or self._function(norm) for norm in norms)
        return None if plain else (start, end)

    def _german_word(self, index: int) -> bool:
        page = self.page
        return (
            self._language is not None
            and self._language.code == "de"
            and page.raws[index].islower()
            and self._language.is_ordinary(page.words[index], page.raws[index])
        )

    def _proposed(self, owned: set[int]) -> Iterator[str]:
        """What stands behind words of proposing and is neither ours nor a thing of the kind."""
        page = self.page
        for index in range(1, len(page.norms)):
            if (
                index in owned
                or (page.norms[index] in self._catalogue_words and page.norms[index] != "the")
                or page.norms[index] in either("subjects")
                # "Have you thought about giving Heat a chance?"
                or (page.norms[index].endswith("ing") and index + 1 in owned)
                or self._german_word(index)
                or not self._behind_proposing(
                    index, max((place + 1 for place in range(index) if place in owned), default=0)
                )
            ):
                continue
            end = index
            while (
                end + 1 < len(page.norms)
                and page.gap(end + 1) == " "
                and end + 1 not in owned
                and not self._function(page.norms[end + 1])
            ):
                end += 1
            if not self._unnamed(index, len(page.norms) - 1):
                yield page.text[page.words[index].start : page.words[end].end]
