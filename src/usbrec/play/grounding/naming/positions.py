"""Item positions: where a sentence beside an item of ours puts a second one, and what else may stand there.

"If Heat is too long, ... will do", "the better answer is ...", "both ... and Heat": what is compared with an
item, chosen in its place or announced beside it is an item, too. A name of ordinary words in small letters
is known by no word of it, only by where it stands; so there it is asked what stands there, and refused unless
it is one of the things that are no items: a pronoun, a thing of the kind, a part of one, somebody.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence

from usbrec.items.titles import words
from usbrec.lexicon import words as lexicon
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.acts import contracted, listed, of_talk
from usbrec.play.grounding.naming.anchors import Anchors
from usbrec.play.grounding.naming.claim_reading import sentences_of
from usbrec.play.grounding.naming.clauses import STARTS
from usbrec.play.grounding.naming.context import YEAR_BEHIND
from usbrec.play.grounding.naming.language import Language, either
from usbrec.play.grounding.naming.nouns import is_singular, is_verb, noun_only, noun_or_verb, nouns
from usbrec.play.grounding.naming.page import is_capital

#: What is said to be the choice: "the better answer is ...", "what remains is ...", "that's ...".
_IDENTIFIED = LazyPattern(
    r"\b(?:answer|pick|choice|favou?rite|tip|suggestion|recommendation|bet|idea|option|remains|one|that)"
    r"(?:[ \t]+(?:is|was|would be|will be|has to be)|['’]s|['’]d be)[ \t]+(?:simply[ \t]+|called[ \t]+)?"
    r"(?P<name>[^:.!?,;\n]{1,60})(?=[:.!?,;]|$)",
)
#: What a choice leads to: "you will find ...", "that leaves ...".
_FOUND = LazyPattern(
    r"\b(?:(?:you(?:['’]ll| will| can)|we(?:['’]ll| will)) find|that leaves|which leaves|leaves you with|brings me to"
    r"|brings us to|leads me to|leads to|followed by|afterwards|after that|later|comes down to)[ \t]+"
    r"(?P<name>[^:.!?,;\n]{1,60})(?=[:.!?,;]|$)"
)
#: A heading that announces a choice, and what stands behind it.
_HEADED = LazyPattern(
    r"(?:^|(?<=[.!?]\s)|\n)[^:.!?\n]{0,40}\b(?:list|choice|pick|tip|favou?rite|runner-up|suggestion|recommendation|answer"
    r"|bet|option|idea|gem|advice|words?|try|first|second|third|next|last|finally|yes|also|winner|classic)[^:.!?\n]{0,12}:"
    r"[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=[.!]|$|\n)"
)
#: The half of a sentence that a semicolon parts from one that names an item.
_HALF = LazyPattern(r",[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=;|[.!]?$)")
#: "If ..., X will", "Where ..., X whispers", "Compared to ..., X is": a clause before the comma.
_FRONTED = frozenset(
    {"if", "where", "while", "whereas", "compared", "unlike", "next", "instead", "after", "before", "like", "since",
     "though", "although", "when", "because", "in", "not", "as", "once"}
)  # fmt: skip
_JOINING = frozenset({"and", "or"})
_PAIRING = frozenset(
    {"both", "either", "between", "neither", "of", "put", "watch", "try", "consider", "compare", "mix"}
)
_RANKED = frozenset({"over", "above", "before", "than"})
_LIGHT = frozenset({"of", "to", "in", "from", "on", "at", "for", "with", "the", "a", "an", "and"})
#: Small words of other languages that only stand inside names.
_FOREIGN_WITHIN = frozenset(
    {"de", "du", "del", "della", "di", "da", "la", "le", "les", "los", "el", "al", "y", "et", "van"}
)
_MOST_WORDS = 8


class Positions(Anchors):
    """Finds what stands where an item does, beside one of ours, and is none."""

    def _in_item_positions(self) -> Iterator[str]:
        page, spoken = self.page, self._spoken
        if spoken is None:
            return
        if spoken.code == "de":
            yield from self._german_subjects()
        else:
            yield from self._bare_openings()
        if self.vocabulary.brands and spoken.code == "en":
            yield from self._capitals_behind_article()
        if not self._ours_written:
            return
        owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
        yield from self._pieced_together(owned)
        yield from self._surnames(owned)
        if spoken.code == "de":
            yield from self._german_positions(owned)
        if spoken.code != "en":
            return
        for pattern in (_IDENTIFIED, _FOUND, _HEADED):
            for match in pattern.finditer(page.text):
                yield from self._refused(match.span("name"), owned)
        if ";" in page.text:
            yield from self._halves(owned)
        for start, end in sentences_of(page):
            inside = [place for place, word in enumerate(page.words) if start <= word.start < end]
            if inside and not owned.isdisjoint(inside):
                yield from self._compared(inside, owned)
                yield from self._paired_with(inside, owned)

    def _refused(self, span: tuple[int, int], owned: set[int]) -> Iterator[str]:
        """What stands in a span, where it is no item of ours and nothing else that may stand there."""
        page = self.page
        inside = [place for place, word in enumerate(page.words) if span[0] <= word.start < span[1]]
        if not inside or not owned.isdisjoint(inside) or len(inside) > _MOST_WORDS:
            return
        if not self._no_item(inside[0], inside[-1]):
            yield page.text[page.words[inside[0]].start : page.words[inside[-1]].end]

    def _no_item(self, first: int, last: int, *, tight: bool = False) -> bool:
        """Whether words that stand where an item may are surely none: a pronoun, a thing of the kind, a part
        of one, somebody, or no noun at all; `tight` where there has to be a noun."""
        page = self.page
        norms = page.norms[first : last + 1]
        if any(
            is_capital(page.raws[place])
            and (self._proper(place) or page.norms[place] in self.vocabulary.people_words)
            for place in range(first if not page.opens[first] else first + 1, last + 1)
        ):
            return True
        definite = norms[0] == "the"
        if (
            any(norm[0].isdigit() and not norm.isdigit() for norm in norms)
            or is_capital(page.raws[last])
            and last > first
        ):
            # "The 70s"; names in capitals are found as such.
            return True
        if all(norm in _FREQUENCIES for norm in norms) and (len(norms) > 1 or tight):
            return False
        if not definite and (
            norms[0] in STARTS
            or self._in_one(first)
            or norms[0] in listed("en", "unnamed")
            or norms[0] in _pronouns()
        ):
            return norms[0] != "all" or len(norms) < 3
        rest = norms[1:] if definite else norms
        if not rest:
            return True
        cut = next((place for place, norm in enumerate(rest) if place and self._function(norm)), len(rest))
        head = rest[cut - 1]
        of_one = cut < len(rest) and rest[cut] in (
            "of",
            "in",
            "from",
            "with",
            "that",
            "which",
            "who",
            "i",
            "you",
            "for",
        )
        if definite and self._function(rest[0]):
            return rest[0] in _BEHIND_THE
        odd = next((place for place, norm in enumerate(norms) if place and norm == "the"), None)
        if odd is not None and not (self._function(norms[odd - 1]) or is_verb(norms[odd - 1])):
            return False
        if definite:
            return self._thing(head) or (
                of_one
                and of_talk("en", head)
                and len(rest) - cut > 1
                and any(
                    norm in ("the", "your", "my", "it", "this", "these") or self._thing(norm)
                    for norm in rest[cut + 1 :]
                )
            )
        if cut < len(rest) and noun_only(head):
            return False
        if any(norm.isdigit() for norm in norms):
            return self._thing(head)
        nominal = noun_only(head) or (
            noun_or_verb(head, plural=True) and not head.endswith(("ed", "er", "est", "ly"))
        )
        if not nominal:
            # "The better answer is past lives": no adjective ends so, and none is a bare verb.
            return is_singular(head) and not tight and not (len(rest) == 1 and _bare_verb(head))
        if tight and len(rest) > 1 and not all(of_talk("en", norm) or self._thing(norm) for norm in rest):
            return False
        return self._thing(head) and (len(rest) > 1 or not is_singular(head) or self._kind(head))

    def _in_one(self, index: int) -> bool:
        """Whether a word is a pronoun and a verb in one: "I'd"."""
        norm = self.page.norms[index]
        return len(self.page.raws[index]) > len(norm) and contracted(norm)

    def _thing(self, norm: str) -> bool:
        """Whether a noun is no item: a kind, a part, a quality of one, or somebody."""
        single = norm.removesuffix("s")
        return any(
            one in self._generic
            or one in self.vocabulary.genres
            or one in listed("en", "parts")
            or one in either("favourites")
            or (one in either("kinds") and one not in _TITLED)
            for one in (norm, single)
        )

    def _halves(self, owned: set[int]) -> Iterator[str]:
        """ "If it has to be funny, ...; if it has to be sad, Heat": one half names an item, so does the other."""
        page = self.page
        spots = [(page.words[first].start, page.words[last].end) for first, last in self._ours_written]
        for match in _HALF.finditer(page.text):
            sentence = next(
                ((start, end) for start, end in sentences_of(page) if start <= match.start() < end), None
            )
            if sentence is None or ";" not in page.text[sentence[0] : sentence[1]]:
                continue
            if any(page.text[:start].rstrip().removesuffix(" the").endswith(",") for start, _ in spots):
                yield from self._refused(match.span("name"), owned)

    def _compared(self, inside: Sequence[int], owned: set[int]) -> Iterator[str]:
        """What is set against ours as the subject of a clause: "If Heat is too long, close will do"."""
        page = self.page
        for verb in inside[1:]:
            norm = page.norms[verb]
            acts = norm in either("subjects") or (norm.endswith("s") and is_verb(norm) and len(norm) > 3)
            if not acts or verb in owned or page.gap(verb) != " " or verb - 1 in owned:
                continue
            start = verb - 1
            while start > inside[0] and not page.gap(start).strip() and start - 1 not in owned:
                if page.norms[start - 1] in ("but", "while", "whereas", "where", "though"):
                    break
                start -= 1
            before = page.norms[start - 1] if start > inside[0] else ""
            if start - 1 in owned and not page.gap(start).strip():
                continue
            fronted = page.gap(start).strip() in (",", ";") and (
                page.norms[inside[0]] in _FRONTED and any(inside[0] < place < start for place in owned)
            )
            than = any((page.norms[place] in _RANKED or page.norms[place - 1 : place + 1] == ["followed", "by"]) and place + 1 < len(page.norms)
                       and (place + 1 in owned or (page.norms[place + 1] == "the" and place + 2 in owned))
                       for place in inside if place > verb)  # fmt: skip
            against = before in ("but", "while", "whereas", "where", "though") and any(
                place < start for place in owned if place in inside
            )
            ranked = norm in ("is", "was") and page.norms[verb + 1 : verb + 2] == ["the"]
            first = page.norms[start]
            if not (fronted or than or (against and (ranked or norm in _SUITING))):
                continue
            if verb - start > _MOST_WORDS or any(place in owned for place in range(start, verb)):
                continue
            if (
                first in STARTS
                or first in _pronouns()
                or self._in_one(start)
                or (
                    self._function(first)
                    and first not in ("the", "all", "never", "after", "when", "a", "before", "up", "close")
                )
            ):
                continue
            if first == "a" and self._thing(page.norms[verb - 1]):
                continue
            if first.endswith(("ing", "ly")) and verb - start > 1:
                continue
            if page.norms[verb - 1] in _pronouns() or any(map(self._in_one, range(start, verb))):
                continue
            if first == "a" or not self._no_item(start, verb - 1, tight=True):
                yield page.text[page.words[start].start : page.words[verb - 1].end]

    def _paired_with(self, inside: Sequence[int], owned: set[int]) -> Iterator[str]:
        """What is joined or ranked with ours: "both winter and Heat", "pick winter over Heat", "Heat and the
        return are both"."""
        page = self.page
        for first, last in self._ours_written:
            if first not in inside:
                continue
            place = first - 1
            if place > inside[0] and page.norms[place] == "the":
                place -= 1
            if place > inside[0] and place not in owned and not page.gap(place + 1).strip():
                yield from self._paired_before(place, inside[0], owned)
            if last + 2 in inside and last + 1 not in owned:
                yield from self._paired_behind(last, inside[-1], owned)

    def _paired_before(self, join: int, begin: int, owned: set[int]) -> Iterator[str]:
        page = self.page
        norm = page.norms[join]
        if norm not in _JOINING | _RANKED | {"then"} or (page.gap(join).strip(" ,") or join - 1 in owned):
            return
        start = join - 1
        while (
            start > begin
            and start - 1 not in owned
            and not page.gap(start).strip()
            and join - start <= _MOST_WORDS
        ):
            if page.norms[start - 1] in _PAIRING or self._ranks_at(start - 1):
                break
            start -= 1
        led = page.norms[start - 1] if start > begin and not page.gap(start).strip() else ""
        if led not in _PAIRING and not self._ranks_at(start - 1):
            listed_before = page.gap(start).strip() in (",", ":") and start > begin
            if not listed_before or norm not in _JOINING or not self._two_options(start):
                return
        if start in owned or any(map(self._in_one, range(start, join))):
            return
        end = join - 1
        if page.norms[end] in ("first", "again", "too", "right", "once", "just", "well"):
            end -= 1
        if end < start or page.norms[start] in ("a", "an") and self._thing(page.norms[end]):
            return
        if led == "of" or page.norms[start] in ("it", "them", "this", "that"):
            return
        if not self._no_item(start, end, tight=True):
            yield page.text[page.words[start].start : page.words[end].end]

    def _two_options(self, start: int) -> bool:
        """Whether the words before a mark count what is offered: "I see two options, ..."."""
        page = self.page
        said = page.norms[max(0, start - 3) : start]
        return any(
            one in ("two", "three", "both", "options", "choices", "ideas", "candidates", "these")
            for one in said
        )

    def _ranks_at(self, index: int) -> bool:
        norm = self.page.norms[index]
        return norm in either("choosing") or norm in (
            "rank",
            "put",
            "test",
            "place",
            "prefer",
            "skip",
            "get",
            "find",
        )

    def _paired_behind(self, last: int, end: int, owned: set[int]) -> Iterator[str]:
        page = self.page
        join, start = last + 1, last + 2
        if (
            page.norms[join] not in _JOINING
            or page.gap(join).strip(" ,")
            or page.gap(start).strip()
            or start in owned
        ):
            return
        stop = start
        while stop < end and not page.gap(stop + 1).strip() and stop + 1 not in owned:
            norm = page.norms[stop + 1]
            if norm in (
                "are",
                "were",
                "work",
                "both",
                "make",
                "share",
                "have",
                "is",
                "will",
                "go",
                "might",
                "could",
            ):
                break
            stop += 1
        following = page.norms[stop + 1] if stop < end and not page.gap(stop + 1).strip() else ""
        together = following in ("are", "were", "work", "make", "share", "go") and stop - start < _MOST_WORDS
        if together and page.norms[start] not in _pronouns() and not self._no_item(start, stop):
            yield page.text[page.words[start].start : page.words[stop].end]

    def _pieced_together(self, owned: set[int]) -> Iterator[str]:
        """A title of ours that is a piece of another: "Heat to Die Hard", "J. Heat", "A The Matrix", "Heat:
        Alien", "Heat de Jour", "Let the Badlands is ..."."""
        page = self.page
        for first, last in self._ours_written:
            begin, end = page.words[first].start, page.words[last].end
            behind = page.norms[last + 1 : last + 4]
            at = page.mention_at[last]
            dated = at is not None and at.year is not None
            if first and first - 1 not in owned:
                raw, gap = page.raws[first - 1], page.gap(first)
                if (
                    len(raw) == 1
                    and raw.isupper()
                    and raw != "I"
                    and gap in (". ", " ")
                    and not self._labels(first - 1)
                ):
                    yield page.text[page.words[first - 1].start : end]
                if gap == " " and raw in _articles(self._spoken) and page.raws[first] in ("A", "An", "The"):
                    yield page.text[page.words[first - 1].start : end]
                if gap == " – " and ((is_capital(raw) and not page.opens[first - 1]) or raw in _LIGHT):
                    yield page.text[page.words[first - 1].start : end]
                if gap == ": " and self._named_before(first, last):
                    yield page.text[page.words[first - 1].start : end]
                if gap == " " and self._capital_before(first, last):
                    yield page.text[page.words[first - 1].start : end]
            if (start := self._led_by_noun(first, last, owned)) is not None:
                yield page.text[page.words[start].start : end]
            if self.vocabulary.brands and dated and at is not None and at.text[-5:-4] == " ":
                # "Sorrel 2024" is another one than the Sorrel of 2024.
                yield at.text
            if dated or not behind:
                continue
            if (
                behind[0] == "the"
                and len(behind) > 1
                and behind[1][0].isdigit()
                and page.gap(last + 1) == " "
            ):
                yield page.text[begin : page.words[last + 2].end]
            gap = page.gap(last + 1)
            if (
                gap == ": "
                and is_capital(page.raws[last + 1])
                and last + 1 not in owned
                and self._capitals_then_verb(last + 1)
            ):
                yield page.text[begin : page.words[last + 1].end]
            if gap == ": " and behind[0] == "of":
                yield page.text[begin : page.words[last + 1].end]
            if gap == ": " and is_capital(page.raws[last + 1]) and self._second_colon(first, last, owned):
                yield page.text[begin : page.words[last + 1].end]
            if gap != " " or page.raws[last + 1][:1].isupper():
                continue
            place = last + 1
            while (
                place < len(page.norms)
                and page.gap(place) == " "
                and page.norms[place] in _LIGHT | _FOREIGN_WITHIN
            ):
                place += 1
            if (
                place == last + 1
                or place >= len(page.norms)
                or page.gap(place) != " "
                or not is_capital(page.raws[place])
            ):
                continue
            within = page.norms[last + 1 : place]
            if not _FOREIGN_WITHIN.isdisjoint(within) and within[0] in _FOREIGN_WITHIN:
                yield page.text[begin : page.words[place].end]
            elif self._spoken is not None and self._spoken.code == "en" and page.raws[place] != "I":
                yield from self._linked_titles(first, last, place, within, owned)

    def _linked_titles(
        self, first: int, last: int, place: int, within: Sequence[str], owned: set[int]
    ) -> Iterator[str]:
        """Two names that a small word links to a third: "Heat to Die Hard", "Heat in Paris"."""
        page = self.page
        begin, end = page.words[first].start, page.words[place].end
        before = set(page.norms[max(0, first - 4) : first])
        if within[0] == "of" or len(within) > 1 and within[0] in ("for", "to") and within[1] in ("to", "of"):
            yield page.text[begin:end]
            return
        follows = page.norms[place + 1] if place + 1 < len(page.norms) and page.gap(place + 1) == " " else ""
        ends = place + 1 == len(page.norms) or page.gap(place + 1).strip()[:1] in tuple(".!?")
        verb = follows in either("subjects") or (follows.endswith("s") and is_verb(follows))
        if (
            place in owned
            and within[0] in ("to", "in", "at", "on", "a", "an", "the")
            and before.isdisjoint(_RANGING)
        ):
            yield page.text[begin:end]
        elif self._proper(place) and within[0] in ("in", "of", "at", "to") and (verb or follows == "on" or (
            ends and before & {"be", "like", "is"}
        )):  # fmt: skip
            yield page.text[begin:end]

    def _capital_before(self, first: int, last: int) -> bool:
        """Whether a capital that opens a sentence goes with the title right behind it: "His Wattstax", "West
        Laura first", "try: Before Sayonara."."""
        page, index = self.page, first - 1
        norm, at = page.norms[index], page.mention_at[first]
        if (
            not page.opens[index]
            or not is_capital(page.raws[index])
            or self._spoken is None
            or self._spoken.code != "en"
        ):
            return False
        item = None if at is None else page.items.get(at.item_id)
        people = set() if item is None else {word.norm for one in item.people for word in words(one)}
        if norm in ("his", "her", "their", "its"):
            return True
        if (
            page.words[index].stem != norm
            and page.raws[index][-2:] in ("'s", "’s")
            and not self._in_one(index)
        ):
            # "Rosemary's Trainspotting".
            return not self._proper(index) and page.words[index].stem not in people
        ends = last + 1 == len(page.norms) or page.gap(last + 1).strip()[:1] in tuple(".!?")
        if ":" in page.gap(index) and norm in _prepositions() and ends:
            return True
        return (
            norm in self.vocabulary.people_words
            and norm not in people
            and not self._function(norm)
            and page.words[index].stem == norm
            and not is_verb(norm)
            and norm not in lexicon("en", "phrases")["openers"].split()
        )

    def _named_before(self, first: int, last: int) -> bool:
        """Whether what stands before the colon before a title is the beginning of a name that something is said
        of: "Hellboy II: Pinocchio was ..."."""
        page, start = self.page, first - 1
        while start > 0 and not page.opens[start] and page.gap(start) == " ":
            start -= 1
        inside = range(start, first)
        said = last + 1 < len(page.norms) and page.gap(last + 1) == " " and page.norms[last + 1] in _SAID_OF
        return (
            said
            and len(inside) > 1
            and page.opens[start]
            and all(is_capital(page.raws[place]) for place in inside)
        )

    def _led_by_noun(self, first: int, last: int, owned: set[int]) -> int | None:
        """Where a sentence opens with a word that small words lead from to a title that something is said of:
        "Let the Badlands is ...", "Report to Virgin Suicides was ..."."""
        page, index = self.page, first - 1
        if self._spoken is None or self._spoken.code != "en":
            return None
        while (
            index > 0 and page.gap(index + 1) == " " and page.raws[index] in _LIGHT and not page.opens[index]
        ):
            index -= 1
        if index < 0 or index == first - 1 or index in owned or page.gap(index + 1) != " ":
            return None
        norm = page.norms[index]
        said = last + 1 < len(page.norms) and page.gap(last + 1) == " " and page.norms[last + 1] in _SAID_OF
        plain = (
            self._function(norm) or self._in_one(index) or norm.endswith(("ing", "ly")) or not is_singular(norm)
            or norm in listed("en", "parts") or norm in _pronouns() or norm in lexicon("en", "phrases")["openers"].split()
        )  # fmt: skip
        if not page.opens[index] or not is_capital(page.raws[index]) or plain:
            return None
        odd = (index, index) in page.spelt and page.norms[index + 1] in ("to", "for") and not is_verb(norm)
        return index if said or odd else None

    def _labels(self, index: int) -> bool:
        """Whether a single letter labels an entry of a list: "A. Heat"."""
        before = self.page.gap(index)
        return not index or "\n" in before or "(" in before

    def _second_colon(self, first: int, last: int, owned: set[int]) -> bool:
        """Whether a title with a capital behind its colon stands behind another colon, or before one, or is
        all that is said: "Two words: Heat: Redemption", "Heat: Legacy: warm", "Jaws: Dark Water!"."""
        page = self.page
        stop = last + 1
        while stop + 1 < len(page.norms) and page.joined(stop + 1) and (
            is_capital(page.raws[stop + 1]) or page.norms[stop + 1] in _LIGHT
        ):  # fmt: skip
            stop += 1
        mark = page.text[page.words[stop].end :][:1]
        plain = all(
            page.norms[place] in self._catalogue_words or self._kind(page.norms[place])
            for place in range(last + 1, stop + 1)
        )
        if plain or stop - last > 4:
            return False
        return mark == ":" or page.gap(first).strip()[-1:] == ":" or (
            mark in ("!", ",") and stop > last + 1 and is_capital(page.raws[stop])
        )  # fmt: skip

    def _surnames(self, owned: set[int]) -> Iterator[str]:
        """Somebody's surname alone where an item stands: "the better answer is Glass", "get the Winter"."""
        page = self.page
        for index in range(1, len(page.norms)):
            if index in owned or not is_capital(page.raws[index]) or page.mention_at[index] is not None:
                continue
            norm = page.norms[index]
            if (
                norm not in self.vocabulary.people_words
                or norm in self.vocabulary.people
                or page.gap(index) != " "
            ):
                continue
            alone = (
                index + 1 == len(page.norms)
                or not is_capital(page.raws[index + 1])
                or page.gap(index + 1) != " "
            )
            before = page.norms[index - 1]
            follows = (
                page.norms[index + 1]
                if index + 1 < len(page.norms) and not page.gap(index + 1).strip()
                else ""
            )
            noun = follows and not self._function(follows) and follows not in either("subjects")
            chosen = before in ("the", "lieber", "vom", "find") or (
                before == "is" and page.norms[index - 2] in ("answer", "pick", "choice", "tip")
            )
            if alone and chosen and not noun and not is_capital(page.raws[index - 1]):
                yield page.text[page.words[index - 1].start : page.words[index].end]

    def _bare_openings(self) -> Iterator[str]:
        """A noun without an article that opens a sentence, with a place behind "of": "Woman of Tokyo is ..."."""
        page = self.page
        for index in range(len(page.norms) - 3):
            norm = page.norms[index]
            if (
                page.norms[index + 1] == "of"
                and page.opens[index]
                and is_capital(page.raws[index])
                and is_capital(page.raws[index + 2])
                and norm in nouns("count")
                and norm not in listed("en", "parts")
                and page.mention_at[index + 2] is None
                and page.norms[index + 3] in _SAID_OF
            ):
                yield page.text[page.words[index].start : page.words[index + 2].end]

    def _capitals_behind_article(self) -> Iterator[str]:
        """An ordinary word with a capital behind "the", in a shop: "get the Winter", "The Nothing Headphone"."""
        page = self.page
        owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
        for index in range(1, len(page.norms)):
            raw, norm = page.raws[index], page.norms[index]
            if (
                index in owned
                or page.norms[index - 1] != "the"
                or not raw.istitle()
                or page.gap(index) != " "
            ):
                continue
            if self._proper(index) or norm in self.vocabulary.people or norm in self.vocabulary.genres:
                continue
            stop = index
            while (
                stop + 1 < len(page.norms) and page.gap(stop + 1) == " " and is_capital(page.raws[stop + 1])
            ):
                stop += 1
            if owned.isdisjoint(range(index, stop + 1)):
                yield page.text[page.words[index].start : page.words[stop].end]

    def _german_subjects(self) -> Iterator[str]:
        """What is proposed in German without an article, or in small letters behind one: "Winter wäre eine
        Idee", "vom signal?"."""
        page = self.page
        for index in range(1, len(page.norms)):
            norm = page.norms[index]
            at = page.mention_at[index - 1]
            if norm == "wäre" and index == 1 and at is None and not self._function(page.norms[0]):
                known = self._thing(page.norms[0]) or page.norms[0] in self._catalogue_words
                if not known and not (0, 0) in self._ours_written:
                    yield page.raws[0]
            behind = page.norms[index - 1] in ("vom", "zum", "beim", "den", "dem")
            ends = index + 1 == len(page.norms) or page.gap(index + 1).strip()[:1] in tuple(".?!")
            if (
                behind
                and ends
                and page.gap(index) == " "
                and page.raws[index].islower()
                and not self._function(norm)
            ):
                yield page.raws[index]

    def _german_positions(self, owned: set[int]) -> Iterator[str]:
        """German: an edition behind a title, a year where an item stands."""
        page = self.page
        told = frozenset(lexicon("de", "acts")["year_verbs"].split())
        for index in range(1, len(page.norms)):
            if index in owned or page.mention_at[index] is not None:
                continue
            raw, norm = page.raws[index], page.norms[index]
            ends = (
                index + 1 == len(page.norms)
                or bool(page.gap(index + 1).strip())
                or page.raws[index + 1].islower()
            )
            if (
                index - 1 in owned
                and page.gap(index) == " "
                and is_capital(raw)
                and ends
                and norm not in self._generic
            ):
                following = (
                    page.norms[index + 1]
                    if index + 1 < len(page.norms) and not page.gap(index + 1).strip()
                    else ""
                )
                if (
                    norm in either("editions")
                    or not following
                    or self._function(following)
                    or following in _GERMAN_VERBS
                ):
                    yield page.text[page.words[index - 1].start : page.words[index].end]
            if not norm.isdigit() or len(norm) != 4 or page.gap(index).strip(" ,") or index - 1 in owned:
                continue
            before = page.norms[index - 1]
            stops = index + 1 == len(page.norms) or bool(page.gap(index + 1).strip())
            chosen = stops or page.norms[index + 1] in _LIKED
            if (
                chosen
                and before not in YEAR_BEHIND
                and page.raws[index - 1].islower()
                and told.isdisjoint(page.norms)
            ):
                yield raw


_SUITING = frozenset({"suits", "fits", "leads", "wins", "works", "will", "would", "does", "whispers", "goes"})
#: Kinds of what a host offers, and times, which titles are made of.
_TITLED = frozenset(
    {"break", "day", "evening", "hotel", "night", "place", "shop", "walk", "moment", "store", "restaurant", "picture",
     "set", "show", "song", "website", "trailer", "second", "first", "change", "laugh", "appeal"}
)  # fmt: skip
#: Small words between an article and its noun.
_BEHIND_THE = frozenset(
    {"one", "ones", "most", "more", "very", "only", "just", "so", "all", "other", "others", "our", "no"}
)
#: What is said of a title right behind it.
_SAID_OF = frozenset(
    {
        "is",
        "was",
        "has",
        "had",
        "might",
        "may",
        "will",
        "would",
        "should",
        "comes",
        "makes",
        "gives",
        "ticks",
        "fits",
    }
)
_FREQUENCIES = frozenset({"never", "rarely", "sometimes", "always", "often", "seldom"})
#: Before two titles of which the second is no piece of the first.
_RANGING = frozenset(
    {"from", "prefer", "prefers", "preferred", "similar", "closer", "compare", "compared", "add"}
)
#: What a year that is a name stands before in German: "wirst du 1917 lieben".
_LIKED = frozenset({"lieben", "mögen", "sehen", "schauen", "anschauen", "nehmen", "probieren", "genießen"})
_GERMAN_VERBS = frozenset({"bestimmt", "ist", "passt", "wäre", "kostet", "hat", "kann", "wird"})


def _articles(spoken: Language | None) -> tuple[str, ...]:
    # "An The Ring führt kein Weg vorbei" is German.
    return ("A", "An", "The") if spoken is not None and spoken.code == "en" else ("The",)


@functools.cache
def _prepositions() -> frozenset[str]:
    return frozenset(lexicon("en", "phrases")["prepositions"].split())


def _bare_verb(norm: str) -> bool:
    """Whether a word is a verb and hardly anything else: "flee"."""
    return (
        norm in nouns("verb")
        and not of_talk("en", norm)
        and not norm.endswith(("y", "le", "al", "ous", "ful"))
    )


@functools.cache
def _pronouns() -> frozenset[str]:
    return frozenset(
        "i you he she it we they who there here what which that this these those nobody everybody everyone nothing "
        "everything someone somebody anyone anybody people me him her us them my your his its our their no every each "
        "some any many most few much more less enough several two three four five half both".split()
    )
