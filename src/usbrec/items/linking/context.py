"""Context features of a match: punctuation, capitals, the words before and after, and what they say of it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from usbrec.items.linking.ambiguity import (
    INTRODUCING,
    KINDS,
    SAID_OF,
    Ambiguity,
    can_be_subject,
    goings,
    is_kind,
    is_lead_in,
    is_relation,
    is_said_of_works,
    is_small,
    visits,
)
from usbrec.items.linking.layout import EMPHASIS, QUOTES, Layout
from usbrec.items.linking.surface_form import SurfaceForm
from usbrec.items.titles import has_fraction
from usbrec.patterns import LazyPattern


@dataclass(frozen=True, slots=True)
class Match:
    """A surface form over the words first..last (inclusive) of a text, exact or with one typing error."""

    first: int
    last: int
    form: SurfaceForm
    edited: bool = False
    skip: int = 0
    """Characters of the first word that are no part of the title: "d'" of "d'Amélie"."""


CLAUSE_END = LazyPattern(r"""[.,!?…:;\n"“”()\[\]/]|[ ][-–—][ ]""")
_LINK_TARGET = LazyPattern(r"\](?:\([^\s()]|\[[^\[\]\n]{0,40}\])")
_LINK_NAMES = frozenset(
    {
        "back",
        "buy",
        "click",
        "details",
        "home",
        "info",
        "link",
        "map",
        "menu",
        "more",
        "next",
        "read",
        "review",
    }
    | {"search", "source", "sources", "start", "stream", "trailer", "watch", "website", "wiki"}
)
_JOINING = frozenset(
    " \t-‐‑‒–—−:&'’‘ʼ`´·・‧•*_"  # emphasis may be of a part: "**Harbour** Lights"
    # blanks that do not break or are narrow, and what a line may break at unseen
    "\u00a0\u2007\u2009\u200a\u202f\u3000\u00ad\u200b\u200c\u200d\u2060\ufeff"
)
#: What may stand inside a title that is written otherwise in the catalogue.
_APART = LazyPattern(r"[,;] ?| ?(?:\.{2,4}|…) ?|\. |[)\]] | [(\[]")
_DATED = LazyPattern(r"""["”’'*_]{0,3}[ ]?[(\[][12][0-9]{3}[)\]]""")
_ABBREVIATIONS = frozenset(
    {"capt", "dr", "ft", "jr", "mr", "mrs", "ms", "mt", "no", "pt", "sgt", "st", "vol", "vs"}
)
#: A line that is wrapped inside a title; a number behind it begins the next entry of a list.
_WRAPPED = LazyPattern(r"[ \t]*\r?\n[ \t]*")
_BULLET = LazyPattern(r"[ \t]*(?:[0-9]{1,2}[.)]|[-*•])[ \t]+")
# A sentence may follow: an entry that ends with its text is one still when words are added to it.
_ENTRY_END = LazyPattern(r"[ \t]*(?:$|\n|[-–—:(]|[.!]+(?:\s|$)|,(?:\n|$))")
_ASKING = (["how", "about"], ["what", "about"])
JOINS = frozenset({"and", "but", "or", "too"})
#: What may follow a title that is a number, which else counts what follows.
BEHIND_NUMBERS = frozenset(
    {
        "a",
        "again",
        "and",
        "as",
        "because",
        "but",
        "by",
        "i",
        "is",
        "it",
        "last",
        "on",
        "or",
        "recently",
        "then",
    }
    | {"too", "twice", "was", "when", "with", "yesterday", "yet"}
)
#: A word in small letters behind one of these is a noun.
NOUN_FOLLOWS = frozenset(
    {"a", "an", "each", "every", "her", "his", "my", "our", "their", "these", "this", "those", "your"}
)
#: "into the henhouse": before "the" and one word in small letters.
PLACES = frozenset(
    {"across", "along", "around", "at", "behind", "beside", "inside", "into", "near", "on", "outside", "over"}
    | {"through", "under"}
)
#: Before two words in small letters that may be one noun: "in the parking lot", "on sick leave".
BEFORE_NOUNS = NOUN_FOLLOWS | {"at", "into", "on", "some", "the", "without"}
#: Before a place, behind what one does there (lexicon/going.txt), in English, Spanish and French.
_INTO = frozenset(
    {"to", "in", "from", "at", "near", "around", "past", "through", "into", "towards", "across", "outside"}
    | {"a", "en", "desde", "hacia", "hasta", "vers"}
)
#: Places that are joined, and who works there: "his work in Fargo" is about a film.
_JOINED = frozenset({"and", "or", "und", "y", "et"})
_WORKING = frozenset({"work", "worked", "works", "working"})
_WHO = frozenset({"i", "we", "they", "he", "she", "you", "am", "are", "is", "who", "to", "im"})
_AFTER_TITLES = frozenset({"a", "and", "but", "i", "is", "it", "its", "or", "was", "with", "yet"})


#: What films and books do to whoever sees or reads them.
MOVING = frozenset({"amazed", "blew", "bored", "cracked", "freaked", "made", "moved", "scared", "surprised"})
_FELT = frozenset({"cry", "laugh", "smile", "weep", "sob", "think", "feel", "happy", "sad", "emotional"})
_SUBJECTS = SAID_OF | MOVING | {"it"}


@dataclass(frozen=True)
class ContextFeatures(Layout):
    """A text with what is asked of a match in it."""

    def joined(self, match: Match) -> bool:
        """Whether only blanks, hyphens and the title's own punctuation stand between the words, or one line
        break in a title that is no accident."""
        for index in range(match.first, match.last):
            gap = self.text[self.words[index].end : self.words[index + 1].start]
            if gap == " " or all(mark in _JOINING or mark in match.form.marks for mark in gap):
                continue
            if _APART.fullmatch(gap) and self._written_apart(match, index, gap):
                continue
            plain = match.form.ambiguity is Ambiguity.PLAIN and not match.edited
            following = self.words[index + 1].norm
            if not (plain and _WRAPPED.fullmatch(gap)) or following.isdigit() or self._whole_lines(match):
                return False
        return True

    def _written_apart(self, match: Match, index: int, gap: str) -> bool:
        """Whether a mark that the title itself has not stands inside it: "Liar, Liar" for "Liar Liar",
        "Dr. Strange" for "Doctor Strange". Between different words a comma needs the year: "Toy, Story"."""
        if match.edited or not (match.form.exact or match.form.variants):
            return False
        if gap == ". ":
            return self.words[index].norm in _ABBREVIATIONS
        if gap[0] in ",;" and self.words[index].norm != self.words[index + 1].norm:
            return _DATED.match(self.text, self.words[match.last].end) is not None
        run = range(match.first, match.last + 1)
        if match.form.ambiguity is not Ambiguity.PLAIN or all(is_kind(self.words[word].norm) for word in run):
            return False
        return self.capitalised(match)

    def _whole_lines(self, match: Match) -> bool:
        """Whether a match begins where a line does and ends where one does: entries of a list, not a line
        that is wrapped."""
        start, end = self.words[match.first].start, self.words[match.last].end
        line = self.text.rfind("\n", 0, start) + 1
        close = self.text.find("\n", end)
        rest = self.text[line:start] + self.text[end : close if close >= 0 else len(self.text)]
        return not any(map(str.isalnum, rest))

    def artefacts_around(self, start: int, end: int) -> frozenset[str]:
        """The marks of quotation or emphasis directly around; closing punctuation may stand before them."""
        before, after = self.text[max(0, start - 1) : start], self.text[end : end + 1]
        if after in {",", ".", "!", "?"}:
            after = self.text[end + 1 : end + 2]
        for kind in (QUOTES, EMPHASIS):
            if before in kind and after in kind:
                return frozenset({before, after})
        if before == "[" and self._is_linked(start, end):
            return frozenset(before)
        # French sets guillemets apart by a blank.
        if before.isspace() and after.isspace() and self.text[end + 1 : end + 2] in {"»", "›"}:
            opening = self.text[start - 2 : start - 1]
            return frozenset({"«", "»"}) if opening in {"«", "‹"} else frozenset()
        return frozenset()

    def _is_linked(self, start: int, end: int) -> bool:
        """Whether a capitalised title is what a link of Markdown shows: "[Heat](https://...)", "[Up][1]";
        not what links are called by: "[Here](...)", "[Source][2]"."""
        said = self.text[start:end].casefold()
        if said in _LINK_NAMES or not (can_be_subject(said) and self.text[start].isupper()):
            return False
        return _LINK_TARGET.match(self.text, end) is not None

    def part_of_a_name(self, match: Match) -> bool:
        """Whether a capitalised word stands directly beside a single word: "Jack Black", "Lego Batman"."""
        return self.capital_beside(match.first - 1, match.first, match.first - 1) or self.capital_beside(
            match.last, match.last + 1, match.last + 1
        )

    def capital_beside(self, left: int, right: int, neighbour: int) -> bool:
        if left < 0 or right >= len(self.words):
            return False
        if self.text[self.words[left].end : self.words[right].start] not in {" ", "-"}:
            return False
        if not self.raw(neighbour)[0].isupper():
            return False
        norm = self.words[neighbour].norm
        return not is_lead_in(norm) and norm not in SAID_OF

    def contrast(self, match: Match) -> bool:
        """Whether the words around are written otherwise, so that the capitals of the match say something.

        What comes behind the sentence never counts, so words that are added to a text do not change how its
        beginning is read.
        """
        inside = self.text[self.words[match.first].start : self.words[match.last].end]
        behind, end = match.last + 1, self.sentence_ends[match.last]
        if inside.isdigit() or match.first + end - behind < 3:
            return True
        shouted = inside.isupper() and len(inside) > 1
        count = self.small if shouted else self.ordinary
        return count[match.first] + count[end] - count[behind] > 0

    def subject(self, index: int) -> bool:
        """Whether a single word opens a sentence about itself: "Seven is great", "Elf with Will Ferrell"."""
        if not can_be_subject(self.words[index].norm) or index + 1 == len(self.words):
            return False
        gap = self.text[self.words[index].end : self.words[index + 1].start]
        following = self.words[index + 1].norm
        if gap.strip() or following not in _SUBJECTS:
            return False
        said = self.words[index + 2].norm if index + 2 < self.sentence_ends[index] else ""
        if following in MOVING:  # "Arrival made me cry", but not "Mother made me soup"
            if said not in {"me", "us"} or is_relation(self.words[index].norm):
                return False
            felt = self.words[index + 3].norm if index + 3 < self.sentence_ends[index] else ""
            return following != "made" or felt in _FELT
        if following == "it":  # "Dune it is."
            return said == "is" and index + 3 >= self.sentence_ends[index]
        return is_said_of_works(following, said)

    def entry(self, match: Match) -> bool:
        """Whether the match is what an entry of a list opens with: "2. Up", "- Heat: a thriller"."""
        start, end = self.words[match.first].start, self.words[match.last].end
        line = self.lines[bisect_right(self.lines, start) - 1]
        return bool(_BULLET.fullmatch(self.text, line, start) and _ENTRY_END.match(self.text, end))

    def introduced(self, index: int) -> bool:
        """Whether the words before introduce a title: "have you seen Friday", "something like Halloween"."""
        if index == 0 or self.opens_sentence(index):
            return False
        before = self.words[index - 1].norm
        earlier = self.words[index - 2].norm if index > 1 else ""
        return before in INTRODUCING or (before == "like" and earlier in KINDS)

    def a_place(self, index: int) -> bool:
        """Whether the words before say that somebody goes, lives or was there: "I went to Roma", "vivo en
        Roma"."""
        if index and self.words[index - 1].norm in visits() and not self.opens_sentence(index):
            return True
        if index < 2:
            return False
        if self.words[index - 1].norm in _JOINED and self.raw(index - 2)[:1].isupper():
            return not self.opens_sentence(index) and self.a_place(index - 2)
        if self.words[index - 1].norm not in _INTO:
            return False
        if self.words[index - 2].norm in _WORKING and index > 2 and self.words[index - 3].norm in _WHO:
            return True
        if self.words[index - 1].norm == "from" and self._whose_origin(index - 2):
            return True
        for place in range(index - 2, max(-1, index - 5), -1):
            if self.opens_sentence(place + 1):
                return False
            if self.words[place].norm in goings():
                return True
        return False

    def _whose_origin(self, index: int) -> bool:
        """Whether a word and the one before it say who is from somewhere: "I'm", "I am", "we are"."""
        said = self.words[index].norm
        if said in {"im", "were", "theyre", "hes", "shes"}:
            return self.words[index].end - self.words[index].start > len(said) or said == "im"
        return said in {"am", "are"} and index > 0 and self.words[index - 1].norm in {"i", "we", "they"}

    def asked_about(self, match: Match) -> bool:
        """Whether a title is introduced, or asked about, and ends there."""
        before = [self.words[index].norm for index in range(max(0, match.first - 2), match.first)]
        return (self.introduced(match.first) or before in _ASKING) and self.ends(match, _AFTER_TITLES)

    def ends(self, match: Match, joins: frozenset[str]) -> bool:
        """Whether nothing follows that the last word could belong to: a mark, or one of `joins`."""
        if self.words[match.last].stem != self.words[match.last].norm:
            return False
        if match.last + 1 == len(self.words):
            return True
        gap = self.text[self.words[match.last].end : self.words[match.last + 1].start]
        return bool(gap.strip(" \t-'’")) or self.words[match.last + 1].norm in joins

    def capitalised(self, match: Match) -> bool:
        run = [self.raw(index) for index in range(match.first, match.last + 1)]
        return like_a_title(run[0]) and all(is_capital(raw) or is_small(raw) for raw in run)


def like_a_title(raw: str) -> bool:
    """A single word written as titles are: "Taken", "300", "S.W.A.T"."""
    if raw[0].isdigit():
        return len(raw) > 2
    return raw[0].isupper() and (raw[1:] == raw[1:].lower() or "." in raw)


def is_capital(raw: str) -> bool:
    return not raw[:1].islower()


def numbers_as_titled(page: ContextFeatures, match: Match) -> bool:
    """Whether numbers are joined as in a title of several ("11/22/63"), or the title has a fraction: "8½"."""
    if match.first == match.last:
        return False
    raw = page.text[page.words[match.first].start : page.words[match.last].end]
    titles = [title for item in match.form.bare() for title in item.titles]
    return raw in titles or any(has_fraction(title) for title in titles)


def is_a_sign(raw: str) -> bool:
    """Whether a word is a single letter that texts with Latin letters have as a sign: "π"."""
    return len(raw) == 1 and "\u0370" <= raw <= "\u03ff"
