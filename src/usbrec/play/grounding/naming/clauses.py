"""Clauses beside titles of ours: what a clause or a short sentence is about, or announces, that names none of
ours and no thing of the kind is a name of something else."""

from __future__ import annotations

from collections.abc import Iterator

from usbrec.lexicon import any_of
from usbrec.lexicon import words as lexicon
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.acts import Acts, contracted, of_talk
from usbrec.play.grounding.naming.claim_reading import sentences_of
from usbrec.play.grounding.naming.context import ARTICLES
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.nouns import is_singular, is_verb, noun_only, nouns
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.position_words import en, one_of, phrases

_COUNTED = LazyPattern(
    r"\((?:[0-9]|[a-e])\)[ \t]*(?P<entry>[^()\n.;]{1,80}?)(?=,?[ \t]*(?:and[ \t]+)?\(|[.;\n]|$)"
)
#: What is announced by a short heading: "Top of my list: ... .".
_ANNOUNCED = LazyPattern(r"(?:^|(?<=[.!?]\s))[^:.!?\n]{1,40}:[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=[.!]|$)")
_NAME = r"[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=[:.!?,;]|$)"
_FOLLOWING = LazyPattern(
    lambda: rf"\b{any_of([*phrases('en', 'following'), *phrases('de', 'following')])}{_NAME}"
)
_ANSWERED = LazyPattern(lambda: rf"\b{one_of('en', 'answered')}[ \t]+{one_of('en', 'answered_by')}{_NAME}")
_BETWEEN = LazyPattern(r",[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=;)")


class Clauses(Acts):
    """Finds names by the clauses of a reply that names an item of ours."""

    def _bare_noun(self, index: int) -> bool:
        norm = self.page.norms[index]
        noun = noun_only(norm) or norm in nouns("bare") or norm in nouns("also_verb")
        return noun and is_singular(norm) and not self._kind(norm) and not norm.endswith("ing")

    def _short_sentences(self, owned: set[int]) -> Iterator[str]:
        """A sentence beside those that name ours, which begins with what it is about: "Burning first."."""
        page = self.page
        for start, end in sentences_of(page):
            inside = [place for place, word in enumerate(page.words) if start <= word.start < end]
            if len(inside) < 2 or not owned.isdisjoint(inside) or inside[0] - 1 in owned or len(inside) > 9:
                continue
            norm, following = page.norms[inside[0]], page.norms[inside[1]]
            spoken_of = following in either("subjects") or following in en("ordering") | {"it"}
            if not spoken_of or page.gap(inside[1]) != " ":
                continue
            known = (
                self._function(norm)
                or contracted(norm)
                or self._kind(norm)
                or self._kind(norm.removesuffix("s"))
                or norm in en("starts")
                or norm in lexicon("en", "phrases")["openers"].split()
                or (norm in self.vocabulary.people_words and following not in en("ordering"))
                or norm in self._catalogue_words
                or self._proper(inside[0])
                or f" {norm} " in self.heard
                or norm in en("somebody")
            )
            if not known:
                yield page.text[page.words[inside[0]].start : page.words[inside[0]].end]

    def _subjects(self, owned: set[int]) -> Iterator[str]:
        """What a clause is about that names none of ours: "..., but ritual suits you more"."""
        page = self.page
        for verb in range(1, len(page.norms)):
            norm = page.norms[verb]
            acts = norm in either("subjects") or (norm.endswith("s") and is_verb(norm) and len(norm) > 3)
            # "Cameron Crowe's", "Sam Mendes" do nothing.
            named = page.words[verb].stem != norm or is_capital(page.raws[verb])
            acts = acts and (not named or norm in either("subjects"))
            if not acts or verb in owned or page.gap(verb) != " " or verb - 1 in owned:
                continue
            start = verb - 1
            while (
                start > 0 and not page.opens[start] and not page.gap(start).strip() and start - 1 not in owned
            ):
                if page.norms[start - 1] in en("clauses"):
                    break
                start -= 1
            opened = page.opens[start] or page.gap(start).strip() or page.norms[start - 1] in en("clauses")
            norms = page.norms[start:verb]
            if not opened or len(norms) > 5 or not owned.isdisjoint(range(start, verb)):
                continue
            head = norms[-1]
            if is_capital(page.raws[start]) and self._in_a_person(start, start):
                continue  # "Joseph L. Mankiewicz has ..."
            if len(norms) == 1 and head in en("whom"):
                yield page.text[page.words[start].start : page.words[verb].end]
                continue
            chosen = norm in en("suited") or (
                norm == "is"
                and page.norms[verb + 1 : verb + 2] == ["the"]
                and any(one in en("praised") for one in page.norms[verb + 2 : verb + 4])
            )
            if (
                chosen
                and norms[0] not in en("starts")
                and not any(self._function(one) and one not in ARTICLES for one in norms)
                and not any(
                    self._kind(one) or one in either("favourites") or one in en("called") or one.isdigit()
                    for one in norms[1:]
                )
            ):
                yield page.text[page.words[start].start : page.words[verb - 1].end]
                continue
            if norms[0] in ("the", "our"):
                known = of_talk("en", head) or self._kind(head) or f" {head} " in self.heard
            else:
                known = all(
                    of_talk("en", one) or self._kind(one) or f" {one} " in self.heard or one in en("starts")
                    for one in norms
                )
            if known or any(contracted(one) for one in norms):
                continue
            if not all(page.raws[place].islower() or page.opens[place] for place in range(start, verb)):
                continue
            if norms[0].endswith(("ing", "ly")) or not is_singular(head) or self._function(head):
                continue
            if norms[0] in en("with_owner"):
                continue
            yield page.text[page.words[start].start : page.words[verb - 1].end]

    def _small_openings(self, owned: set[int]) -> Iterator[str]:
        """Sentences in small letters that begin with what they are about: "the holdovers first."."""
        page = self.page
        for start, end in sentences_of(page):
            inside = [place for place, word in enumerate(page.words) if start <= word.start < end]
            if not inside or not page.raws[inside[0]][0].islower() or not owned.isdisjoint(inside):
                continue
            norm = page.norms[inside[0]]
            if inside[0] - 1 in owned:
                # The mark is the title's: "Monsters, Inc. goes ...".
                continue
            # A reply that begins with a capital goes on with capitals.
            sound = self._function(norm) and norm not in ARTICLES and page.raws[0][0].islower()
            if page.words[inside[0]].start and not sound and not contracted(norm):
                yield page.text[page.words[inside[0]].start : page.words[inside[-1]].end]

    def _numbered_capitals(self, owned: set[int]) -> Iterator[str]:
        """A word with a capital and one digit: "Crash 6 first"."""
        page = self.page
        for index in range(1, len(page.norms)):
            norm = page.norms[index]
            if not norm.isdigit() or len(norm) > 1 or index in owned or page.gap(index) != " ":
                continue
            if (
                index - 1 in owned
                or not is_capital(page.raws[index - 1])
                or page.norms[index - 1] in either("numbered")
            ):
                continue
            ends = index + 1 == len(page.norms) or bool(page.gap(index + 1).strip())
            following = "" if ends else page.norms[index + 1]
            known = self._function(page.norms[index - 1]) or page.norms[index - 1] in self._catalogue_words
            if not known and (ends or following in either("subjects") or following in en("ordering")):
                yield page.text[page.words[index - 1].start : page.words[index].end]

    def _told_apart(self, owned: set[int]) -> Iterator[str]:
        """What is counted, announced or put in a row beside ours and names none of it: "(1) harbor, (2)
        Alien", "Top of my list: harbor. Runner-up: Alien", "First Alien, afterwards harbor"."""
        page, text = self.page, self.page.text
        spans = [(page.words[first].start, page.words[last].end) for first, last in self._ours_written]
        entries = [*_COUNTED.finditer(text)]
        ours = [any(match.start() <= start < match.end() for start, _ in spans) for match in entries]
        for match, named in zip(entries, ours, strict=True):
            if any(ours) and len(entries) > 1 and not named:
                yield match["entry"].strip()
        for match in (
            *_ANNOUNCED.finditer(text),
            *_FOLLOWING.finditer(text),
            *_ANSWERED.finditer(text),
            *_BETWEEN.finditer(text),
        ):
            start, end = match.span("name")
            inside = [place for place, word in enumerate(page.words) if start <= word.start < end]
            if not inside or not owned.isdisjoint(inside) or len(inside) > 5:
                continue
            if (inside[0], inside[-1]) in page.spelt and not page.raws[inside[0]][0].islower():
                continue
            first, head = page.norms[inside[0]], page.norms[inside[-1]]
            if first in en("starts") or (self._function(first) and first != "the") or self._kind(head):
                continue
            if all(page.norms[place] in self._catalogue_words for place in inside):
                continue
            if is_verb(first) or not is_singular(head) or head.endswith(("ing", "ed", "ly", "er")):
                continue
            plain = (
                match.re is _ANNOUNCED
                and len(inside) > 1
                and all(of_talk("en", page.norms[place]) for place in inside)
            )
            if not plain:
                yield match["name"]

    def _imperative(self, owned: set[int]) -> Iterator[str]:
        """A title that begins like an order and is spoken of: "leave no trace is quiet"."""
        page = self.page
        for index in range(2, len(page.norms)):
            if page.norms[index] not in ("is", "was", "has", "are", "were", "will") or page.gap(index) != " ":
                continue
            start = index
            while start > 0 and not page.opens[start] and not page.gap(start).strip() and start not in owned:
                start -= 1
            inside = range(start, index)
            first = page.norms[start]
            if (
                len(inside) > 1
                and owned.isdisjoint(inside)
                and is_verb(first)
                and (first not in nouns("also_verb") or page.norms[start + 1] in en("objects"))
                and not first.endswith("ing")
                and not self._in_a_person(start, start)
                and not any(
                    page.norms[place] in en("starts") or contracted(page.norms[place]) for place in inside
                )
            ):
                yield page.text[page.words[start].start : page.words[index - 1].end]
