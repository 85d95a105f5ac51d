"""Odd marks: names by the marks in them ("M.A.R.K.", "the Hear! has ..."), and replies in no language."""

from __future__ import annotations

from collections.abc import Iterator

from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.acts import Acts
from usbrec.play.grounding.naming.language import either, language_of
from usbrec.play.grounding.naming.position_words import articles, positions

#: Three letters or more with a full stop behind each.
_DOTTED = LazyPattern(r"(?<![\w.])(?:[^\W\d_]\.){3,}(?!\w)")
#: A mark that ends a sentence, and the sentence goes on.
_WITHIN = LazyPattern(r"(?P<name>[^\W_][\w'’+-]*[!?])(?=[ \t]+[a-zäöüß]|[.,;:](?:\s|$)|\?)")
#: So many words at most has what is a name and no sentence.
_FEW_WORDS = 6


class OddMarks(Acts):
    """Finds what no sentence has but in a name."""

    def _dotted(self) -> Iterator[str]:
        """Letters with full stops that are no title of ours, no person's and no usual ones."""
        text = self.page.text
        if "." not in text:
            return
        for match in _DOTTED.finditer(text):
            joined = match[0].replace(".", "").casefold()
            person = text[match.end() : match.end() + 2]
            if (
                joined in positions("abbreviations")
                or joined in either("proper")
                or self._within_ours(match.start(), match.end())
                or (person[:1] == " " and person[1:].isupper())
            ):
                continue
            yield match[0]

    def _marks_within(self) -> Iterator[str]:
        """A word with a mark that ends no sentence, for it goes on in small letters: "the Hear! has ..."."""
        text = self.page.text
        if not text[:1].isupper() or not ("!" in text or "?" in text):
            return
        for match in _WITHIN.finditer(text):
            place = self._index_at(match.start())
            led = place > 0 and self.page.norms[place - 1] in articles("en") | articles("de")
            # "Same here! i'm watching ...": people write so.
            if led and not self._within_ours(match.start(), match.end()):
                yield match["name"]

    def _within_ours(self, start: int, end: int) -> bool:
        """Whether a title of ours stands there, whole or in part."""
        page = self.page
        return self._touches((start, end)) or any(
            page.words[first].start < end and start < page.words[last].end
            for first, last in self._ours_written
        )

    def _in_no_language(self) -> Iterator[str]:
        """A few words of no language that is known, said to somebody who speaks one: what they are is a name,
        or nothing that the seeker understands."""
        page = self.page
        if (
            self._ours_written
            or page.mentions
            or self._spoken is not None
            or not page.words
            or len(page.words) > _FEW_WORDS
            or page.text.rstrip().endswith("?")
        ):
            return
        if language_of(self.heard.split()) is not None:
            yield page.text.strip()
