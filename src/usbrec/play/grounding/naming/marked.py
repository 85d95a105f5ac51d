"""Marked names: what is in quotes, stressed, or opens an entry of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.items.linking.ambiguity import is_small
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.context import NamingContext
from usbrec.play.grounding.naming.documents import in_braces
from usbrec.play.grounding.naming.language import either

_QUOTED = LazyPattern(
    r"""(?<!\w)(?: "(?P<a>[^"\n]{1,80})" | “(?P<b>[^“”\n]{1,80})” | „(?P<c>[^„“”"\n]{1,80})[“”"]
        | «(?P<d>[^«»\n]{1,80})»
        | ‘(?P<e>[^‘’\n]{2,80})’ | '(?P<f>[^'\n]{2,80})' | »(?P<g>[^«»\n]{1,80})« | `(?P<h>[^`\n]{1,80})`
        )(?!\w)
      | (?P<mark>\*{1,3}|__?)(?P<i>[^*_\n]{1,80})(?P=mark)
      | [《〈「『【](?P<j>[^《》〈〉「」『』【】\n]{1,80})[》〉」』】]""",
    re.VERBOSE,
)
_ENTRY = LazyPattern(
    r"(?m)^[ \t]*(?:[0-9]{1,2}[.)]|[a-hA-H]\)|[-*•+])[ \t]+"
    r"(?P<head>[^\n:–—(|]{1,80}?)(?=[ \t]*(?:$|\n|[:–—(|]| - ))"
)


class Marked(NamingContext):
    """Finds names by the marks around them."""

    def _marked(self) -> Iterator[str]:
        text = self.page.text
        for match in _QUOTED.finditer(text):
            if in_braces(text, *match.span()):
                continue
            inner = next(group for name, group in match.groupdict().items() if group and name != "mark")
            stressed = match["mark"] is not None
            behind = text[match.end() : match.end() + 1]
            heading = inner.rstrip().endswith(":") or behind == ":"
            if self._touches(match.span()) and self._more_than_names(match.span()):
                yield inner
            if not self._touches(match.span()) and self._title(
                inner, match.start(), match.end(), heading=heading, stressed=stressed
            ):
                yield inner
        entries = list(_ENTRY.finditer(text))
        # A list that names an item names one in every entry.
        listing = any(self._touches((one.start("head"), one.start("head") + 3)) for one in entries)
        for match in entries:
            head = match["head"].strip("\"“”„‘’'*_` ")
            heading = text[match.end("head") : match.end("head") + 2].lstrip().startswith(":")
            if self._touches(match.span("head")):
                if "," not in head and self._more_than_names(match.span("head")):
                    yield head
                continue
            plain = self._all_ours(head) and any(
                self._kind_of_item(word.norm) for word in words(head) if not word.norm.isdigit()
            )
            if (listing and len(words(head)) <= 6 and not plain) or self._title(
                head, match.start("head"), match.end("head"), heading=heading, stressed=True
            ):
                yield head

    def _more_than_names(self, span: tuple[int, int]) -> bool:
        """Whether what is marked holds a title and more that looks like a part of its name."""
        page = self.page
        inside = [place for place, word in enumerate(page.words) if span[0] <= word.start < span[1]]
        rest = [place for place in inside if page.mention_at[place] is None]
        if len(inside) > 8 or not rest or any(self._is_talk(page.norms[place]) for place in rest):
            return False
        return not all(
            page.norms[place] in self._catalogue_words
            or page.norms[place] in self._generic
            or page.norms[place] in self.vocabulary.people_words
            or self._proper(place)
            or (self._function(page.norms[place]) and not is_small(page.norms[place]))
            or page.norms[place].isdigit()
            for place in rest
        )

    def _title(self, inner: str, start: int, end: int, *, heading: bool, stressed: bool) -> bool:
        """Whether what is marked is written as a title, and none of our words."""
        found = words(inner)
        if not found or len(found) > 8 or re.search(r"[.!?;,]\s", inner):
            return False
        norms = [word.norm for word in found]
        key = " ".join(norms)
        if key in self.vocabulary.people or f" {key} " in self.heard:
            return f" {key} " in self.heard and self._named_here(self._index_at(start))
        if all(norm in self._catalogue_words or norm in self._generic for norm in norms):
            return False
        raws = [inner[word.start : word.end] for word in found]
        language = self._language
        known = language is not None and all(
            language.is_ordinary(word, raw) for word, raw in zip(found, raws, strict=True)
        )
        if heading and known:
            return False
        shouted = all(raw.isupper() for raw in raws) and len(norms) == 1
        titled = all(not raw[0].islower() or is_small(raw) for raw in raws) and not raws[0][0].islower()
        if titled and known and language is not None:
            if all(norm in language.function or norm in language.after_naming for norm in norms):
                return False
            behind = self._index_at(start) + len(norms)
            if (
                stressed
                and behind < len(self.page.norms)
                and self.page.norms[behind] in either("subjects")
                and not heading
            ):
                return True
            if stressed and (shouted or (len(norms) == 1 and not self._named_here(self._index_at(start)))):
                # **Comfortable**, *really*: stress, not a name; quotes and lists are another matter.
                return language.code == "en" and not norms[0].endswith(
                    ("able", "ly", "ing", "ful", "ed", "y", "t", "e", "s")
                )
        if titled:
            return True
        index = self._index_at(start)
        behind = index + len(norms)
        subject = index < len(self.page.opens) and self.page.opens[index] and behind < len(self.page.norms)
        if (
            stressed
            and subject
            and self.page.norms[behind] in either("subjects")
            and not self._all_ours(inner)
        ):
            return True
        return (
            self._named_here(self._index_at(start))
            and not stressed
            and raws[0][0].islower()
            and len(norms) <= 5
        )
