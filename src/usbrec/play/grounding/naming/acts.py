"""Speech acts: what a reply does that names no item of ours, which may ask or chat, and nothing else.

A reply that names nothing of the catalogue's recommends nothing of it. Whatever it recommends all the same,
in small letters or with a number or a word for a name, is made up. So it is not asked whether something in it
looks like a name: the reply has to show that it only asks what somebody likes, thanks, wishes or takes note,
in words that such replies are made of, and is refused where it does not.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from usbrec.items.titles import words
from usbrec.lexicon import words as lexicon
from usbrec.play.grounding.naming.claim_reading import sentences_of
from usbrec.play.grounding.naming.context import NamingContext
from usbrec.play.grounding.naming.language import Language, derived, either, language, ordinary
from usbrec.play.grounding.naming.nouns import is_singular, noun_only, noun_or_verb
from usbrec.play.grounding.naming.page import is_capital

#: The languages whose talk is known well enough to refuse what is none of it.
_KNOWN = frozenset({"en", "de"})
_ABOUT_NAMED = frozenset(
    {"it", "its", "they", "he", "she", "both", "that", "this", "er", "sie", "es", "beide"}
)


class Acts(NamingContext):
    """Finds sentences that neither ask nor chat, in a reply that names nothing of ours as it is written."""

    @cached_property
    def _spoken(self) -> Language | None:
        """The language of a reply; English where a short one has words of it and too few to be sure."""
        if self._language is not None or not self.page.mainly_latin:
            return self._language
        page = self.page
        for known in map(language, ("en", "de")):
            found = sum(known.is_ordinary(word, raw) for word, raw in zip(page.words, page.raws, strict=True))
            if 2 * found > len(page.words):
                return known
        return None

    def _unexplained(self) -> Iterator[str]:
        """The sentences of a reply without an item of ours that do more than ask and chat."""
        page, spoken = self.page, self._spoken
        if spoken is None or spoken.code not in _KNOWN or self._ours_written or not page.words:
            return
        for start, end in sentences_of(page):
            inside = [place for place, word in enumerate(page.words) if start <= word.start < end]
            if not inside:
                continue
            text = page.text[start:end].strip()
            asked = text.rstrip("\"”'*_) ").endswith("?")
            small = inside[0] and page.raws[inside[0]][0].islower() and page.raws[0][0].isupper()
            if small and page.gap(inside[0]).strip() in (".", "!", "?"):
                # A reply that begins with a capital goes on with capitals.
                yield text
                continue
            talks = self._talks(inside) or (asked and self._asks_of_seeker(inside))
            if not talks or not (self._asks(inside) if asked else self._chats(inside)):
                yield text

    def _talks(self, inside: Sequence[int]) -> bool:
        """Whether a sentence is made of words that talk is made of alone."""
        page = self.page
        spoken = self._spoken
        assert spoken is not None
        return all(
            page.norms[place] in self._catalogue_words
            or f" {page.norms[place]} " in self.heard
            or self._proper(place)
            or page.norms[place].isdigit()
            or page.model_numbers[place]
            or of_talk(spoken.code, page.norms[place])
            or (page.words[place].stem != page.norms[place] and of_talk(spoken.code, page.words[place].stem))
            for place in inside
        )

    def _asks_of_seeker(self, inside: Sequence[int]) -> bool:
        """Whether a question speaks to the seeker, in words that are no bare nouns, which may be names."""
        page, spoken = self.page, self._spoken
        assert spoken is not None
        if spoken.code == "de":
            norms = [page.norms[place] for place in inside]
            english = language("en")
            return not _ADDRESSED.isdisjoint(norms) and all(
                self._talks([place])
                or (
                    page.raws[place].islower()
                    and not english.is_ordinary(page.words[place], page.raws[place])
                )
                for place in inside
            )
        if spoken.code != "en" or not _SEEKERS.isdisjoint(page.norms[place] for place in inside[:3]):
            for place in inside:
                norm = page.norms[place]
                if self._talks([place]):
                    continue
                if spoken.code != "en" or not page.raws[place].islower() or not ordinary("en", norm):
                    return False
                bare = noun_only(norm) and is_singular(norm)
                if bare and page.norms[place - 1] not in _DETERMINERS:
                    return False
            return spoken.code == "en"
        return False

    def _asks(self, inside: Sequence[int]) -> bool:
        """Whether nothing is proposed in a question: no naming words have anything but "any", "it", a kind of
        item behind them."""
        return not self._left_alone(inside) and all(
            self._unnamed(index, inside[-1])
            for index in inside[1:]
            if self._behind_proposing(index, inside[0])
        )

    def _left_alone(self, inside: Sequence[int]) -> bool:
        """Whether a name may be all that stands behind words that lead to one: "In that case, ...?"."""
        page = self.page
        mark = next((place for place in reversed(inside[1:]) if page.gap(place).strip() in (",", ":")), None)
        if mark is None or inside[-1] - mark >= _FEW:
            return False
        if page.gap(mark).strip() == "," and not _LEADING.issuperset(page.norms[inside[0] : mark]):
            return False
        rest = page.norms[mark : inside[-1] + 1]
        return (
            page.text[page.words[inside[-1]].end :][:1] == "?"
            and not self._unnamed(mark, inside[-1])
            and not any(norm in ("or", "and") or norm in either("subjects") for norm in rest)
        )

    def _behind_proposing(self, index: int, first: int) -> bool:
        """Whether words of proposing stand before a word, in what begins with `first`."""
        page, spoken = self.page, self._spoken
        assert spoken is not None
        phrases = _phrases(spoken.code, "proposing")
        return not page.gap(index).strip(" \t\"“„'‘*_") and any(
            tuple(page.norms[max(first, index - size) : index]) in phrases for size in (1, 2, 3)
        )

    def _unnamed(self, index: int, last: int) -> bool:
        """Whether what stands from `index` on, behind words of proposing, is no name."""
        page, spoken = self.page, self._spoken
        assert spoken is not None
        norm, raw = page.norms[index], page.raws[index]
        if norm == "the" and index < last and not (self._ours_written and self._chosen_among(index, last)):
            # "Have you seen the open road?"
            end = self._last_of_phrase(index + 1, last)
            head = page.norms[end]
            single = head.removesuffix("s")
            following = page.norms[end + 1] if end < last else ""
            shown = is_capital(page.raws[end]) or head[0].isdigit() or page.gap(index + 1) != " "
            # Names in capitals are found as such; "the new one".
            return shown or following in ("one", "ones") or any(
                one in _ASPECTS or one in listed(spoken.code, "parts") or one in self.vocabulary.genres
                or one in either("kinds") - _HOURS or one in either("favourites")
                for one in (head, single)
            )  # fmt: skip
        if norm in listed(spoken.code, "unnamed") or (len(raw) > len(norm) and contracted(norm)):
            return True
        if norm in ("us", "me", "him"):
            return spoken.code == "en" and index < last and self._function(page.norms[index + 1])
        if spoken.code == "en" and norm in _prepositions():
            return True
        if norm in ("a", "an") and index < last:
            # "a dogs" is no English.
            thing = page.norms[self._last_of_phrase(index + 1, last)]
            return is_singular(thing) or not (noun_only(thing) or noun_or_verb(thing))
        end = self._last_of_phrase(index, last)
        head = page.norms[end]
        if end < last and page.norms[end + 1] == "of" and is_singular(head):
            # "may I suggest taste of cherry".
            return False
        single = head.removesuffix("s")
        return any(map(self._kind, (head, single)))

    def _chosen_among(self, index: int, last: int) -> bool:
        """Whether "the" leads to an item of ours, or to words that it is told by."""
        page = self.page
        end = self._last_of_phrase(index + 1, last)
        following = page.norms[end + 1] if end < last else ""
        mentioned = any(page.mention_at[place] is not None for place in range(index + 1, end + 1))
        return (
            mentioned
            or following in ("of", "in", "with", "that", "you", "i")
            or self._has_owned(index + 1, end)
        )

    def _has_owned(self, first: int, last: int) -> bool:
        return any(start <= last and end >= first for start, end in self._ours_written)

    def _last_of_phrase(self, index: int, last: int) -> int:
        page = self.page
        while (
            index < last and page.gap(index + 1) in (" ", "-") and not self._function(page.norms[index + 1])
        ):
            index += 1
        return index

    def _chats(self, inside: Sequence[int]) -> bool:
        """Whether a statement is one of those that recommend nothing, in all its parts."""
        page, spoken = self.page, self._spoken
        assert spoken is not None
        if not self._asks(inside):
            return False
        norms = [page.norms[place] for place in inside]
        if any(
            one in ("us", "me", "him", "them") and other in either("subjects")
            for one, other in pairwise(norms)
        ):
            # "Yes, us is on the list."
            return False
        about_named = norms[0] in _ABOUT_NAMED and self.named_before
        about_kinds = (
            norms[0] in self._generic
            and norms[0] not in spoken.function
            and norms[1:2]
            and norms[1] in either("subjects") | _VERBS
        )
        if not (begins_chat(norms, spoken.code) or about_named or about_kinds):
            return False
        # "Okay, winter.", "Yes: once.": what stands alone behind a mark is named.
        for place, index in enumerate(inside[1:], 1):
            mark = page.gap(index).strip()
            if mark[:1] in tuple(",:-–—") and mark and not self._unnamed(index, inside[-1]):
                rest = norms[place:]
                ends = next((at for at in range(1, len(rest)) if page.gap(index + at).strip()), len(rest))
                called = norms[place - 1] in _CALLS and place == 1
                if (ends < _FEW or called) and not begins_chat(rest, spoken.code):
                    return False
        return True


_SEEKERS = frozenset({"you", "your", "youd", "youll"})
_ADDRESSED = frozenset({"du", "dir", "dich", "ihr", "sie", "ihnen"})
_DETERMINERS = frozenset({"the", "a", "an", "your", "my", "any", "some", "much"})
#: What is called before something else is said.
_CALLS = frozenset(
    {
        "ah",
        "okay",
        "ok",
        "oh",
        "yes",
        "no",
        "well",
        "right",
        "sure",
        "great",
        "hm",
        "hmm",
        "hey",
        "hi",
        "hello",
        "cool",
        "nice",
        "perfect",
        "fine",
        "yeah",
        "alright",
        "wow",
        "ja",
        "klar",
        "gut",
    }
)
_ASPECTS = frozenset(
    {
        "ending",
        "cast",
        "length",
        "price",
        "colour",
        "color",
        "weight",
        "fit",
        "cable",
        "line",
        "pace",
        "actors",
    }
)
#: What leads to a name that stands alone.
_LEADING = frozenset(
    {"in", "that", "this", "case", "then", "okay", "ok", "so", "well", "right", "sure", "and", "now",
     "alright", "got", "it", "fine", "hmm", "instead", "if", "for"}
)  # fmt: skip
#: Times that kinds of items are called by, and titles too.
_HOURS = frozenset({"evening", "night", "day", "moment", "break", "hotel"})
#: So few words behind a mark may be a name.
_FEW = 4
_VERBS = frozenset({"is", "are", "can", "sind"})


def begins_chat(norms: Sequence[str], code: str) -> bool:
    """Whether words begin with what recommends nothing."""
    phrases = _phrases(code, "chat")
    return any(tuple(norms[:size]) in phrases for size in (1, 2, 3, 4, 5))


def contracted(norm: str) -> bool:
    """Whether a word is a pronoun and a verb in one: "I'd", "you'll", "that's"."""
    return norm in lexicon("en", "phrases")["subjects_of_verbs"].split()


@functools.cache
def _prepositions() -> frozenset[str]:
    # Titles begin with some: "Up", "After Life", "Near Dark".
    return frozenset(lexicon("en", "phrases")["prepositions"].split()) - {
        "after",
        "beyond",
        "down",
        "near",
        "up",
    }


@functools.cache
def listed(code: str, name: str) -> frozenset[str]:
    return frozenset(word.norm for word in words(lexicon(code, "acts")[name]))


@functools.cache
def _phrases(code: str, name: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(word.norm for word in words(phrase)) for phrase in lexicon(code, "acts")[name])


@functools.cache
def _talk(code: str) -> frozenset[str]:
    spoken = language(code)
    return frozenset().union(
        spoken.function, spoken.after_naming, spoken.before_names, spoken.generic, spoken.talk, spoken.naming,
        (word.norm for word in words(lexicon(code, "names")["spoken"])),
        either("kinds"), either("choosing"), either("units"), either("currencies"), either("subjects"),
        listed(code, "words"), (word for phrase in _phrases(code, "chat") for word in phrase),
    )  # fmt: skip


@functools.lru_cache(maxsize=1 << 14)
def of_talk(code: str, word: str) -> bool:
    """Whether a word is one that a reply which names nothing is made of."""
    if code == "de":
        # The list of German words is short, and made of such talk.
        return ordinary(code, word) or derived(code, word, _talk(code))
    return len(word) == 1 or derived(code, word, _talk(code))
