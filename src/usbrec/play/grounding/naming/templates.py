"""Templates: sentences that put a second item beside ours ("rather ... than Heat"), and headings in a row.

The lexicon lists them with NAME where an item has to stand and ITEM where one of ours does. What stands at
NAME is refused unless it is an item of ours or one of the things that are none (naming/things.py).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from functools import cached_property

from usbrec.lexicon import any_of
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.acts import begins_chat, listed
from usbrec.play.grounding.naming.language import either, language
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.pieces import Pieces
from usbrec.play.grounding.naming.position_words import articles, de, en, one_of, phrases, positions

#: What stands in a text for an item of ours, as long as its title.
_OURS = "\x00"
#: "For tears: ...": a heading of few words, and what stands behind it.
_HEADING = LazyPattern(
    r"(?:^|(?<=[.!?;]\s)|\n)(?P<head>[^\W\d_][\w'’ -]{0,30}):[ \t]+(?P<name>[^:.!?,;\n]{1,60})(?=[.!;]|$|\n)"
)
_MOST_WORDS = 8
_OPENS = r"(?:^|(?<=[.!?:;,(\n–—|]))[ \t]*"
_ENDS = r"(?=[ \t]*(?:$|[.!?:;,)\n–—|]))"


class Templates(Pieces):
    """Finds what a sentence sets beside an item of ours like another one."""

    def _in_cued_templates(self) -> Iterator[str]:
        """The same where a reply need not show that it makes nothing up, and has a word of a template."""
        if not positions("template_cues").isdisjoint(self.page.norms) or self.page.text.count(":") > 1:
            owned = {place for first, last in self._ours_written for place in range(first, last + 1)}
            if owned:
                yield from self._in_templates(owned)

    def _in_templates(self, owned: set[int]) -> Iterator[str]:
        spoken = self._spoken
        if spoken is None or spoken.code not in ("en", "de"):
            return
        for match in _templates(spoken.code, "templates_alone").finditer(self._blanked):
            yield from self._set_beside(match, owned)
        if not owned:
            return
        for match in _templates(spoken.code, "templates").finditer(self._blanked):
            yield from self._set_beside(match, owned)
        if self.page.text.count(":") > 1:
            yield from self._headings_alike(owned)

    @cached_property
    def _blanked(self) -> str:
        """The text with the items of ours blanked out, as long as before."""
        page, text = self.page, self.page.text
        for first, last in self._ours_written:
            at = page.mention_at[last]
            begin = page.words[first].start
            end = max(page.words[last].end, at.end if at is not None else 0)
            text = text[:begin] + _OURS * (end - begin) + text[end:]
        return text

    def _set_beside(self, match: re.Match[str], owned: set[int]) -> Iterator[str]:
        for group, found in match.groupdict().items():
            if group.startswith("name") and found is not None:
                yield from self._not_ours(match.span(group), owned)

    def _headings_alike(self, owned: set[int]) -> Iterator[str]:
        """ "For laughs: Heat. For tears: ...": behind headings that begin or end alike stand items alike."""
        entries = list(_HEADING.finditer(self._blanked))
        named = [
            {word.casefold() for word in (one["head"].split()[0], one["head"].split()[-1])}
            for one in entries
            if one["name"].lstrip('"“„*_ ').startswith(_OURS)
        ]
        for match in entries:
            heads = {word.casefold() for word in (match["head"].split()[0], match["head"].split()[-1])}
            if any(heads & other for other in named) and _OURS not in match["name"]:
                yield from self._not_ours(match.span("name"), owned)

    def _not_ours(self, span: tuple[int, int], owned: set[int]) -> Iterator[str]:
        page, spoken = self.page, self._spoken
        assert spoken is not None
        inside = [place for place, word in enumerate(page.words) if span[0] <= word.start < span[1]]
        if (
            inside
            and page.norms[inside[0]] in articles(spoken.code)
            and len(inside) > 1
            and (inside[0] + 1 in owned or (inside[1], inside[-1]) in page.spelt)
        ):
            inside = inside[1:]
        if not inside or not owned.isdisjoint(inside) or len(inside) > _MOST_WORDS:
            return
        if (inside[0], inside[-1]) in page.spelt and not page.raws[inside[0]][0].islower():
            # "300", "Rocky": a title that a sentence may open with like any word.
            return
        none = self._no_english if spoken.code == "en" else self._no_german
        if not none(inside[0], inside[-1]):
            yield page.text[page.words[inside[0]].start : page.words[inside[-1]].end]

    def _no_english(self, first: int, last: int) -> bool:
        page = self.page
        norms = page.norms[first : last + 1]
        if begins_chat(norms, "en"):
            return True
        if any(norm in en("pronouns") or norm in en("starts") for norm in norms) or any(
            map(self._in_one, range(first, last + 1))
        ):
            # "Rather watch something new than Heat".
            return True
        if self._function(norms[0]) and norms[0] not in en("begin_names"):
            return norms[0] not in en("counting") or self._thing(norms[-1])
        if norms[0] in ("a", "an"):
            return self._thing(norms[-1])
        if norms[0] == "the" and norms[1:2] and norms[1] in en("behind_the") and "of" in norms:
            return self._thing(norms[-1])
        if all(is_capital(page.raws[place]) for place in range(first, last + 1)) and not page.opens[first]:
            # Names in capitals are found as such.
            return self._no_item(first, last)
        return self._no_item(first, last, tight=True)

    def _no_german(self, first: int, last: int) -> bool:
        """The same in German, where a noun has a capital: words that are small and German are no name."""
        page, spoken = self.page, self._spoken
        assert spoken is not None
        while first < last and page.norms[first] in articles("de"):
            first += 1
        norms, head = page.norms[first : last + 1], page.norms[last]
        if not de("nobody").isdisjoint(norms):
            return True
        places = range(first, last + 1)
        capitals = [place for place in places if is_capital(page.raws[place])]
        if all(page.raws[place].islower() for place in places):
            return all(
                page.norms[place] in spoken.ordinary
                or page.norms[place] in self._catalogue_words
                or (
                    spoken.is_ordinary(page.words[place], page.raws[place])
                    and not language("en").is_ordinary(page.words[place], page.raws[place])
                )
                for place in places
            )
        return (
            head in self._generic
            or head in either("kinds")
            or head in either("favourites")
            or head in self.vocabulary.genres
            or head in listed("de", "parts")
            or f" {head} " in self.heard
            or (
                bool(capitals)
                and all(
                    self._proper(place) or page.norms[place] in self.vocabulary.people_words
                    for place in capitals
                )
            )
        )


@functools.cache
def _templates(code: str, name: str) -> re.Pattern[str]:
    """One expression for all templates of a language; each has a group of its own for what stands at NAME."""
    return re.compile(
        any_of(_template(code, place, one) for place, one in enumerate(phrases(code, name))), re.IGNORECASE
    )


def _template(code: str, place: int, template: str) -> str:
    item = rf"(?:{one_of(code, 'articles')}\s+)?[\"“”„*_]*{_OURS}+[\"“”*_]*(?:['’]s)?"
    name = rf"(?P<name{place}>(?:[^{_OURS}:.!?,;()\n]|(?<=\d)\.(?=\d)){{1,60}}?)"
    opened = template.startswith(("NAME", "(?:CHOOSE )?NAME", "BEGIN"))
    parts = (
        template.removeprefix("BEGIN")
        .replace("CHOOSE", one_of(code, "choose"))
        .replace("VERB", rf"{one_of(code, 'verbs')}\b")
        .replace("ARTICLE", one_of(code, "articles"))
    )
    parts = parts.replace(" ", r"\s+").replace("NAME", name).replace("ITEM", item)
    begin = _OPENS if opened else r"(?<!\w)"
    return f"{begin}{parts}{_ENDS if template.endswith('NAME') else ''}"
