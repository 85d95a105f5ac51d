"""Noun phrases in small letters: what stands as only a name can, because English nouns don't.

A singular noun that is counted has an article or the like before it in English ("a brick", "my brick"). Where
one stands bare ("it reminds me of brick", "give brick a chance", "police story has more depth"), a name is
meant. Nouns that may stand bare ("music", "winter") and other words are names only where nothing but a name
stands: where something is chosen, behind "sounds like", beside an item of ours.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from usbrec.lexicon import words as lexicon
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.context import ARTICLES, NamingContext
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.nouns import is_singular, is_verb, noun_only, nouns

#: What may stand behind what is chosen.
_BEHIND_CHOICE = frozenset({"first", "instead", "next", "tonight", "too"})
#: Before what is proposed without a verb: "Perhaps ...".
_COMPARED = frozenset({"compared", "but", "while", "whereas", "unlike", "than"})
_SUGGESTING = frozenset({"perhaps", "maybe", "probably"})
#: What no noun stands behind that is none of its kind: "the film brick".
_KINDS = frozenset({"film", "movie", "flick", "headphone", "headphones", "model", "title"})
_LONGEST = 7
#: Between a title in quotes and the word behind it: 'the "Heat" title'.
_CLOSED = LazyPattern(r"[\"”“’'»*_]{1,3} ")


@functools.cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(lexicon("en", "phrases")[name].split())


@functools.cache
def _naming_prepositions() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in lexicon("en", "phrases")["naming_prepositions"])


class _Phrase(NamedTuple):
    """Words from `first` to `last` that may be a noun phrase; `before` is what stands before it in its
    sentence ("" where it begins there), `verb` the verb that it is the object of."""

    first: int
    last: int
    before: str
    verb: str


class Phrases(NamingContext):
    """Finds names in small letters by what stands before a noun."""

    def _bare_nouns(self) -> Iterator[str]:
        page, language = self.page, self._language
        if language is None or language.code != "en":
            return
        for last in range(len(page.norms)):
            phrase = self._phrase(last) if self._open(last) and self._closes(last) else None
            if phrase is not None and self._names(phrase):
                yield page.text[page.words[phrase.first].start : page.words[last].end]
        for index in range(1, len(page.norms)):
            norm = page.norms[index]
            if (
                norm == page.norms[index - 1]
                and norm in _listed("prepositions")
                and self._single(index)
                and (page.mention_at[index] is page.mention_at[index - 1])
            ):
                # "the twist in in the seconds".
                yield page.text[page.words[index - 1].start : page.words[index].end]
        yield from self._beside_ours()
        yield from self._behind_ours()
        yield from self._announced()

    def _single(self, index: int) -> bool:
        """Whether a blank is all that stands before a word, and no hyphen behind it."""
        page = self.page
        return page.gap(index) == " " and not (index + 1 < len(page.norms) and page.gap(index + 1) == "-")

    def _open(self, index: int) -> bool:
        """Whether a word is none of those that a language has few of, nor ours."""
        page, language = self.page, self._language
        assert language is not None
        norm = page.norms[index]
        return (
            page.mention_at[index] is None
            and norm.isalpha()
            and len(norm) > 1
            and (page.raws[index].islower() or page.opens[index])
            and norm not in language.function
            and norm not in _listed("determiners")
            and norm not in _listed("prepositions")
            and norm not in _listed("openers")
            and norm not in _listed("subjects_of_verbs")
        )

    def _closes(self, index: int) -> bool:
        """Whether a noun phrase may end with this word."""
        page = self.page
        if index + 1 == len(page.norms) or page.gap(index + 1).strip(" \t'’"):
            return "-" not in (page.gap(index + 1) if index + 1 < len(page.norms) else "")
        if page.mention_at[index + 1] is not None:
            return False
        if self._troubles_nobody(index):
            return False
        return not self._open(index + 1) or page.norms[index + 1] in either("subjects")

    def _phrase(self, last: int) -> _Phrase | None:
        page, first = self.page, last
        while (
            first > 0
            and last - first < _LONGEST
            and not page.opens[first]
            and page.gap(first) in (" ", "-")
            and self._open(first - 1)
        ):
            first -= 1
        joined = first > 0 and not page.opens[first] and not page.gap(first).strip(" \t")
        behind_quotes = first > 0 and _CLOSED.fullmatch(page.gap(first)) is not None
        if (joined or behind_quotes) and page.mention_at[first - 1] is not None:
            return None
        if joined and not page.norms[first - 1].isalpha():
            return None
        before, verb = page.norms[first - 1] if joined else "", ""
        if before in _listed("determiners") or page.raws[max(first - 1, 0)].endswith(("'s", "’s")):
            return None if before not in ARTICLES else _Phrase(first, last, before, "")
        if before in _listed("subjects_of_verbs") or not before or before in _listed("openers"):
            while first <= last and page.norms[first].endswith("ly"):
                first += 1
            chosen = first <= last and (
                page.norms[first] in either("choosing") or page.norms[first] in either("verbs_before")
            )
            if first <= last and (
                chosen or (is_verb(page.norms[first]) and self._verb_stands(before, first < last))
            ):
                # At the beginning a word that may be a noun is one, unless a noun follows: "brick is ...".
                verb, first = page.norms[first], first + 1
            elif before in _listed("subjects_of_verbs") and before not in _listed("openers"):
                # "it'd be pusher": a counted noun has an article there.
                bare = before in ("be", "is", "was") and page.norms[last] in nouns("count")
                if not (bare and not self._anything_named):
                    return None
        return _Phrase(first, last, before, verb) if first <= last else None

    def _verb_stands(self, before: str, more: bool) -> bool:
        """Whether a word that may be a noun or a verb is a verb, behind `before`: "perhaps ghost" is a name,
        "you ghost" is none."""
        opener = not before or before in _listed("openers")
        return more or (before in _listed("subjects_of_verbs") and not opener)

    def _names(self, phrase: _Phrase) -> bool:
        page = self.page
        norms = page.norms[phrase.first : phrase.last + 1]
        head = norms[-1]
        if f" {' '.join(norms)} " in self.heard or head in self._catalogue_words or head in either("kinds"):
            return False
        if page.opens[phrase.last] and page.raws[phrase.last][0].isupper() and not self._said_of(phrase):
            # "Hello!" is none, "My advice? Arrival, no question." has one.
            after = phrase.last + 1
            goes_on = after < len(page.norms) and page.gap(after).strip() == ","
            return (
                goes_on
                and phrase.last > 1
                and phrase.first == phrase.last
                and not self._anything_named
                and noun_only(head)
                and not self._familiar(phrase.last)
            )
        said = page.norms[max(0, phrase.first - 4) : phrase.first]
        if phrase.before == "with" and not _listed("paired").isdisjoint(said):
            return False  # "pairs well with pasta"
        if phrase.before in ARTICLES:
            return self._behind_kind(phrase) or self._unheard_of(phrase)
        if not is_singular(head) and not phrase.verb and self._disagrees(phrase):
            return True
        if not is_singular(head) or self._in_row(phrase) or norms[0].endswith(("ing", "ly")):
            return False
        if phrase.before == "as" and page.norms[max(0, phrase.first - 3)] == "as" and noun_only(head):
            # "as honest as pilgrim".
            return not self._familiar(phrase.last)
        if page.norms[max(0, phrase.first - 2)] in _listed("kinds_of") and phrase.before == "of":
            return False
        relative = page.norms[phrase.last + 1 : phrase.last + 2] in (["which"], ["who"])
        if relative and not self._anything_named and not self._familiar(phrase.last):
            return True
        if self._where_names_stand(phrase):
            return head not in self._generic
        if phrase.verb and not self._anything_named and noun_only(head) and not self._familiar(phrase.last):
            return True
        if phrase.verb or phrase.before == "as" or head in _listed("idioms"):
            return phrase.before != "as" and head in nouns("count") and not self._familiar(phrase.last)
        if head in nouns("count"):
            return not self._familiar(phrase.last)
        return (
            not self._anything_named
            and not self._familiar(phrase.last)
            and (head in nouns("bare") or (bool(phrase.before) and head in nouns("also_verb")))
        )

    def _behind_kind(self, phrase: _Phrase) -> bool:
        """Whether a phrase with an article stands behind what it is one of: "the film the poets society"."""
        page, place = self.page, phrase.first - 2
        kind = page.norms[phrase.first : phrase.last]
        if (
            not self._familiar(phrase.last)
            and noun_only(page.norms[phrase.last])
            and not _KINDS.isdisjoint(kind)
        ):
            return True
        if place < 0 or page.norms[place] not in self._generic or page.gap(place + 1) != " ":
            return False
        after = phrase.last + 1
        ends = after == len(page.norms) or page.gap(after).strip() or page.norms[after] in _BEHIND_CHOICE
        return bool(ends) and phrase.before == "the" and not is_verb(page.norms[phrase.last])

    def _unheard_of(self, phrase: _Phrase) -> bool:
        """Whether "the" stands before a noun that nothing was said of: "Perhaps the lobster, if ..."."""
        page, norms, head = self.page, self.page.norms, self.page.norms[phrase.last]
        if phrase.before != "the" or self._familiar(phrase.last):
            return False
        if not noun_only(head):
            # "the breathless is ...".
            return self.vocabulary.brands and self._said_of(phrase) and not head.endswith(("st", "er"))
        place = phrase.first - 2
        behind = norms[place] if place >= 0 and not page.gap(place + 1).strip() else ""
        if (behind or (norms[place] if place >= 0 else "")) in _listed("giving"):
            return True
        if self.vocabulary.brands and behind not in _listed("places"):
            return is_singular(head) and head not in _listed("idioms")
        if self._anything_named:
            # "Compared to Salt, the guard is gentler".
            return not _COMPARED.isdisjoint(norms) and self._said_of(phrase) and not behind
        return behind not in _listed("prepositions") or self._back_to(place)

    def _back_to(self, place: int) -> bool:
        """Whether what stands up to a place leads to a choice: "coming back to the mirror"."""
        norms = self.page.norms
        return any(
            tuple(norms[max(0, place + 1 - size) : place + 1]) in _naming_prepositions() for size in (1, 2, 3)
        )

    def _said_of(self, phrase: _Phrase) -> bool:
        after = phrase.last + 1
        return (
            after < len(self.page.norms)
            and self.page.gap(after) == " "
            and self.page.norms[after] in either("subjects")
        )

    def _disagrees(self, phrase: _Phrase) -> bool:
        """Whether a plural stands before a verb of the singular: "atlantics has the same humor"."""
        page, after = self.page, phrase.last + 1
        opened = not phrase.before or phrase.before in _listed("openers")
        singular = after < len(page.norms) and page.norms[after] in ("has", "is", "was", "does")
        return opened and singular and page.gap(after) == " "

    def _where_names_stand(self, phrase: _Phrase) -> bool:
        """Whether nothing but a name, or what describes one, stands at this place."""
        page, norms = self.page, self.page.norms
        following = norms[phrase.last + 1] if phrase.last + 1 < len(norms) else ""
        joined = bool(following) and page.gap(phrase.last + 1) == " "
        head = norms[phrase.last]
        if (phrase.verb or phrase.before) in _listed("giving") and joined and following in ("a", "another"):
            return True
        if phrase.before in _SUGGESTING and not phrase.verb and not joined:
            return head in nouns("count") or head in nouns("also_verb")
        if any(
            tuple(norms[max(0, phrase.first - size) : phrase.first]) in _naming_prepositions()
            for size in (1, 2, 3)
        ):
            return not self._familiar(phrase.last)
        opened = not phrase.before or phrase.before in _listed("openers")
        if opened and not phrase.verb and joined and following in either("subjects"):
            return head in nouns("count") or head in nouns("also_verb") or not self._familiar(phrase.last)
        return False

    def _in_row(self, phrase: _Phrase) -> bool:
        """Whether bare nouns stand in a row, as they may: "mother and daughter", "wit, pace and heart"."""
        page = self.page
        after, before = phrase.last + 1, phrase.first - 1
        if after + 1 < len(page.norms) and page.norms[after] in ("and", "or") and self._open(after + 1):
            return page.norms[after + 1] not in either("choosing")
        if after < len(page.norms) and page.norms[after] in either("subjects"):
            return False
        if after < len(page.norms) and page.gap(after).strip() == "," and self._open(after):
            return True
        if before > 0 and page.norms[before] in ("and", "or") and page.mention_at[before - 1] is None:
            return self._open(before - 1)
        return before >= 0 and page.gap(phrase.first).strip() == ","

    def _announced(self) -> Iterator[str]:
        """What a colon announces in a reply that names no item: "A quiet gem: to live."."""
        page = self.page
        if self._anything_named:
            return
        for index in range(1, len(page.norms)):
            if page.gap(index).strip() != ":" or not page.raws[index][0].islower():
                continue
            if self.strict and any(
                page.mention_at[place] is not None
                for place in range(max(0, index - 12), min(index + 6, len(page.norms)))
            ):
                continue
            last = index
            while last + 1 < len(page.norms) and not page.gap(last + 1).strip():
                last += 1
            ends = last + 1 == len(page.norms) or page.gap(last + 1)[:1] in ".!"
            if (
                ends
                and last - index < 5
                and not any(norm in either("subjects") for norm in page.norms[index:last])
            ):
                yield page.text[page.words[index].start : page.words[last].end]

    # Beside an item of ours

    def _beside_ours(self) -> Iterator[str]:
        """What is joined to an item of ours by "and", "or", "over", and has no kind of item in it."""
        page = self.page
        for index, norm in enumerate(page.norms):
            if norm not in ("and", "or", "over", "than", "then") or page.mention_at[index] is not None:
                continue
            named = index + (2 if page.norms[index + 1 : index + 2] == ["the"] else 1)
            if page.gap(index).strip() or named >= len(page.norms) or page.mention_at[named] is None:
                continue
            first = self._segment(index - 1)
            if first is None:
                continue
            norms = page.norms[first:index]
            ordinary = not is_singular(page.norms[index - 1]) and self._familiar(index - 1)
            if norms and not ordinary and not any(map(self._licensed, range(first, index))):
                yield page.text[page.words[first].start : page.words[index - 1].end]

    def _behind_ours(self) -> Iterator[str]:
        """What an item of ours is joined to, and both do something: "Alien and kiss bang are both ..."."""
        page = self.page
        for index in range(1, len(page.norms) - 2):
            if page.norms[index] not in ("and", "or") or page.mention_at[index - 1] is None:
                continue
            last = index + 1
            if not self._open(last) or page.gap(index).strip() or page.gap(last).strip():
                continue
            while last + 1 < len(page.norms) and page.gap(last + 1) == " " and self._open(last + 1):
                last += 1
            following = page.norms[last + 1] if last + 1 < len(page.norms) else ""
            several = following in ("are", "both", "were", "have")
            if several and not (
                self._kind_of_item(page.norms[last]) if last > index + 1 else self._licensed(last)
            ):
                yield page.text[page.words[index + 1].start : page.words[last].end]

    def _segment(self, last: int) -> int | None:
        """The first word of what ends with `last` and may be joined to a title; None where a title stands
        there, or a clause."""
        page = self.page
        if last < 0 or page.mention_at[last] is not None or not page.raws[last][0].islower():
            return None
        first = last
        while first >= 0:
            if page.mention_at[first] is not None:
                return None
            if first < last and page.gap(first + 1).strip():
                # "two options, girlhood and Blowup".
                return (
                    first + 1 if page.gap(first + 1).strip() in (",", ":") and self._open(first + 1) else None
                )
            norm = page.norms[first]
            if norm in either("choosing") or norm in either("verbs_before") or norm in ("the", "a", "an"):
                return first if norm in ARTICLES else (first + 1 if first < last else None)
            if page.opens[first]:
                return first if self._open(first) else None
            if norm in _listed("subjects_of_verbs"):
                return None
            first -= 1
        return None

    def _licensed(self, index: int) -> bool:
        norm = self.page.norms[index]
        return (
            self._kind_of_item(norm)
            or norm.endswith(("ing", "er"))
            or norm in _listed("determiners") - ARTICLES
            or _is_pronoun(norm)
        )


def _is_pronoun(norm: str) -> bool:
    return bool(re.fullmatch(r"(?:some|any|every|no)(?:thing|one|body)|it|they|them|he|she|you|me|us", norm))
