"""Item positions: where a sentence beside an item of ours puts a second one, and what else may stand there.

"If Heat is too long, ... will do", "the better answer is ...", "both ... and Heat": what is compared with an
item, chosen in its place or announced beside it is an item, too. A name of ordinary words in small letters
is known by no word of it, only by where it stands; so there it is asked what stands there, and refused unless
it is one of the things that are no items: a pronoun, a thing of the kind, a part of one, somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.acts import listed
from usbrec.play.grounding.naming.claim_reading import sentences_of
from usbrec.play.grounding.naming.german_positions import GermanPositions
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.nouns import is_verb
from usbrec.play.grounding.naming.position_words import en, one_of
from usbrec.play.grounding.naming.templates import Templates

_NAME = r"(?P<name>[^:.!?,;\n]{1,60})"


def _identified() -> str:
    said, fill = one_of("en", "identified_by"), one_of("en", "identified_fill")
    return rf"\b{one_of('en', 'identified')}{said}[ \t]+(?:{fill}[ \t]+)?{_NAME}(?=[:.!?,;]|$)"


def _headed() -> str:
    heading = rf"[^:.!?\n]{{0,40}}\b{one_of('en', 'headed')}[^:.!?\n]{{0,12}}"
    return rf"(?:^|(?<=[.!?]\s)|\n){heading}:[ \t]+{_NAME}(?=[.!]|$|\n)"


#: What is said to be the choice: "the better answer is ...", "what remains is ...", "that's ...".
_IDENTIFIED = LazyPattern(_identified)
#: What a choice leads to: "you will find ...", "that leaves ...".
_FOUND = LazyPattern(lambda: rf"\b{one_of('en', 'found')}[ \t]+{_NAME}(?=[:.!?,;]|$)")
#: A heading that announces a choice, and what stands behind it.
_HEADED = LazyPattern(_headed)
#: The half of a sentence that a semicolon parts from one that names an item.
_HALF = LazyPattern(r",[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=;|[.!]?$)")
_MOST_WORDS = 8


class Positions(Templates, GermanPositions):
    """Finds what stands where an item does, beside one of ours, and is none."""

    def _in_item_positions(self) -> Iterator[str]:
        page, spoken = self.page, self._spoken
        if spoken is None:
            return
        if spoken.code == "de":
            yield from self._german_subjects()
        else:
            yield from self._bare_openings()
            yield from self._small_words_in_capitals()
        if self.vocabulary.brands and spoken.code == "en":
            yield from self._capitals_behind_article()
        owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
        yield from self._in_templates(owned)
        if not self._ours_written:
            return
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
        yield from self._parallels(owned)
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
        if (inside[0], inside[-1]) in page.spelt and not page.raws[inside[0]][0].islower():
            # "300", "Rocky": a title that a sentence may open with like any word.
            return
        if not self._no_item(inside[0], inside[-1]):
            yield page.text[page.words[inside[0]].start : page.words[inside[-1]].end]

    def _halves(self, owned: set[int]) -> Iterator[str]:
        """ "If it has to be funny, ...; if it has to be sad, Heat": each half names an item."""
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

    def _parallels(self, owned: set[int]) -> Iterator[str]:
        """What stands in a row like ours does: "Heat if you want action, ... if you want tears"."""
        page = self.page
        for _, last in self._ours_written:
            leads = page.norms[last + 1] if last + 1 < len(page.norms) else ""
            if leads not in en("leads") or page.gap(last + 1) != " ":
                continue
            for start in range(last + 2, len(page.norms)):
                if page.ends_before(start):
                    break
                if page.gap(start).strip() not in (",", ";") or start in owned:
                    continue
                stop = start
                while (
                    stop + 1 < len(page.norms) and page.gap(stop + 1) == " " and page.norms[stop + 1] != leads
                ):
                    stop += 1
                alike = (
                    stop + 1 < len(page.norms)
                    and page.norms[stop + 1] == leads
                    and stop - start < _MOST_WORDS
                )
                if (
                    alike
                    and owned.isdisjoint(range(start, stop + 1))
                    and not self._no_item(start, stop, tight=True)
                ):
                    yield page.text[page.words[start].start : page.words[stop].end]

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
                if page.norms[start - 1] in en("against"):
                    break
                start -= 1
            before = page.norms[start - 1] if start > inside[0] else ""
            if start - 1 in owned and not page.gap(start).strip():
                continue
            fronted = page.gap(start).strip() in (",", ";") and (
                page.norms[inside[0]] in en("fronted") and any(inside[0] < place < start for place in owned)
            )
            than = any(place > verb and self._ranked_with(place, owned) for place in inside)
            against = before in en("against") and any(place < start for place in owned if place in inside)
            ranked = norm in ("is", "was") and page.norms[verb + 1 : verb + 2] == ["the"]
            first = page.norms[start]
            if not (fronted or than or (against and (ranked or norm in en("suiting")))):
                continue
            if verb - start > _MOST_WORDS or any(place in owned for place in range(start, verb)):
                continue
            if (
                first in en("starts")
                or first in listed("en", "persons")
                or self._in_one(start)
                or (self._function(first) and first not in en("begin_names"))
            ):
                continue
            if first == "a" and self._thing(page.norms[verb - 1]):
                continue
            if first.endswith(("ing", "ly")) and verb - start > 1:
                continue
            if page.norms[verb - 1] in listed("en", "persons") or any(map(self._in_one, range(start, verb))):
                continue
            if first == "a" or not self._no_item(start, verb - 1, tight=True):
                yield page.text[page.words[start].start : page.words[verb - 1].end]

    def _ranked_with(self, place: int, owned: set[int]) -> bool:
        """Whether a word ranks what stands before it with an item of ours: "than Heat"."""
        norms = self.page.norms
        ranks = norms[place] in en("ranked") or norms[place - 1 : place + 1] == ["followed", "by"]
        article = norms[place + 1 : place + 2] == ["the"]
        return ranks and place + 1 + article in owned

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
        if norm not in en("joining") | en("ranked") | {"then"} or (
            page.gap(join).strip(" ,") or join - 1 in owned
        ):
            return
        start = join - 1
        while (
            start > begin
            and start - 1 not in owned
            and not page.gap(start).strip()
            and join - start <= _MOST_WORDS
        ):
            if page.norms[start - 1] in en("pairing") or self._ranks_at(start - 1):
                break
            start -= 1
        led = page.norms[start - 1] if start > begin and not page.gap(start).strip() else ""
        if led not in en("pairing") and not self._ranks_at(start - 1):
            listed_before = page.gap(start).strip() in (",", ":") and start > begin
            if not listed_before or norm not in en("joining") or not self._two_options(start):
                return
        if start in owned or any(map(self._in_one, range(start, join))):
            return
        end = join - 1
        if page.norms[end] in en("behind_ranked"):
            end -= 1
        if end < start or (page.norms[start] in ("a", "an") and self._thing(page.norms[end])):
            return
        if page.norms[start] in en("themselves"):
            return
        if not self._no_item(start, end, tight=True):
            yield page.text[page.words[start].start : page.words[end].end]

    def _two_options(self, start: int) -> bool:
        """Whether the words before a mark count what is offered: "I see two options, ..."."""
        page = self.page
        said = page.norms[max(0, start - 3) : start]
        return any(one in en("offered") for one in said)

    def _ranks_at(self, index: int) -> bool:
        norm = self.page.norms[index]
        return norm in either("choosing") or norm in en("ranking")

    def _paired_behind(self, last: int, end: int, owned: set[int]) -> Iterator[str]:
        page = self.page
        join, start = last + 1, last + 2
        if (
            page.norms[join] not in en("joining")
            or page.gap(join).strip(" ,")
            or page.gap(start).strip()
            or start in owned
        ):
            return
        stop = start
        while stop < end and not page.gap(stop + 1).strip() and stop + 1 not in owned:
            norm = page.norms[stop + 1]
            if norm in en("behind_two"):
                break
            stop += 1
        following = page.norms[stop + 1] if stop < end and not page.gap(stop + 1).strip() else ""
        together = following in en("together") and stop - start < _MOST_WORDS
        if together and page.norms[start] not in listed("en", "persons") and not self._no_item(start, stop):
            yield page.text[page.words[start].start : page.words[stop].end]
