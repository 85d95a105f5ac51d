"""German positions: an edition behind a title, a year or a bare noun where an item stands."""

from __future__ import annotations

from collections.abc import Iterator

from usbrec.lexicon import words as lexicon
from usbrec.play.grounding.naming.context import YEAR_BEHIND
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.position_words import de
from usbrec.play.grounding.naming.things import Things


class GermanPositions(Things):
    """Finds what stands where an item does in German, and is none."""

    def _german_subjects(self) -> Iterator[str]:
        """What is proposed in German without an article, or in small letters behind one: "Winter wäre eine
        Idee", "vom signal?"."""
        page = self.page
        for index in range(1, len(page.norms)):
            norm = page.norms[index]
            at = page.mention_at[index - 1]
            if norm == "wäre" and index == 1 and at is None and not self._function(page.norms[0]):
                known = self._thing(page.norms[0]) or page.norms[0] in self._catalogue_words
                if not known and (0, 0) not in self._ours_written:
                    yield page.raws[0]
            behind = page.norms[index - 1] in de("with_article")
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
                    or following in de("verbs_behind")
                    or following in either("naming")
                ):
                    yield page.text[page.words[index - 1].start : page.words[index].end]
            if not norm.isdigit() or len(norm) != 4 or page.gap(index).strip(" ,") or index - 1 in owned:
                continue
            before = page.norms[index - 1]
            stops = index + 1 == len(page.norms) or bool(page.gap(index + 1).strip())
            chosen = stops or page.norms[index + 1] in de("liked") or before in de("liking")
            if (
                chosen
                and before not in YEAR_BEHIND
                and page.raws[index - 1].islower()
                and told.isdisjoint(page.norms)
            ):
                yield raw
