"""German words in small letters that are none: every noun has a capital in German, and every name too.

What is written small in a German reply is a verb, an adjective or a small word, of which most show by their
ending what they are. A word that does not, or that is English and not German, is a name in small letters
("schauen Sie sich den audeze maxwell an"); so is one that no list has where only a noun can stand: behind an
article and before a verb, or alone behind a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.context import NamingContext
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.language import language as lexicon_of
from usbrec.play.grounding.naming.position_words import de

_INFLECTED = LazyPattern(
    r".{2,}(?:en|e|t|er|es|em|st|ern|eln|ig|lich|isch|bar|sam|los|voll|haft|end|weise|lei|mal|wärts|maßen|frei"
    r"|arm|reich|fest|dicht|fähig|artig|mäßig|iert|ell|iv|al|ant|ent|ös|abel|ibel|är)"
)


class GermanSmallLetters(NamingContext):
    """Finds names in small letters in German replies."""

    def _german_small(self) -> Iterator[str]:
        page, language = self.page, self._language
        if language is None or language.code != "de":
            return
        for index, raw in enumerate(page.raws):
            if not self._unknown_small(index):
                continue
            norm = page.norms[index]
            known_elsewhere = lexicon_of("en").is_ordinary(page.words[index], raw)
            if not _INFLECTED.fullmatch(norm) or known_elsewhere or self._for_a_noun(index):
                yield raw

    def _unknown_small(self, index: int) -> bool:
        page, language = self.page, self._language
        assert language is not None
        raw, norm = page.raws[index], page.norms[index]
        return (
            page.mention_at[index] is None
            and raw.islower()
            and raw.isalpha()
            and len(norm) > 2
            and norm not in self._catalogue_words
            and f" {norm} " not in self.heard
            and not language.is_ordinary(page.words[index], raw)
            and "-" not in page.gap(index)
            and not (index + 1 < len(page.norms) and page.gap(index + 1) == "-")
        )

    def _for_a_noun(self, index: int) -> bool:
        """Whether a word stands where a noun has to: "den audition nehmen", "Mein Tipp: ember."."""
        page, language = self.page, self._language
        assert language is not None
        before = page.norms[index - 1] if index and not page.gap(index).strip() else ""
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        ends = not following or bool(page.gap(index + 1).strip())
        noun_behind = (
            bool(following)
            and not ends
            and (page.mention_at[index + 1] is not None or page.raws[index + 1][0].isupper())
        )
        if noun_behind:
            return False
        if index > 1 and not page.gap(index).strip() and self._unknown_small(index - 1):
            # "den audeze maxwell nehmen".
            return page.norms[index - 2] in de("noun_articles")
        if before in de("noun_articles"):
            # "der vielseitige": what is inflected may stand for a noun, at the end of what is said of it.
            verb = not ends and (
                following in either("subjects") or language.is_ordinary(page.words[index + 1], "")
            )
            return (ends or verb) and not re.fullmatch(
                r".{3,}(?:ige|liche|ische|bare|ere|ste)[nrms]?", page.norms[index]
            )
        if self._named_here(index):
            return True
        alone = page.gap(index).strip() == ":" and not self._open_behind(index)
        return alone or (page.opens[index] and not ends and following in either("subjects"))

    def _open_behind(self, index: int) -> bool:
        """Whether more words stand behind this one in its sentence."""
        page = self.page
        return index + 1 < len(page.norms) and not page.gap(index + 1).strip()
