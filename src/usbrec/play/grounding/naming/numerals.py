"""Numbers as names: numerals that stand where a name does ("try 1917"), told from years, counts, prices."""

from __future__ import annotations

import re

from usbrec.items.constraints.measures import is_unit
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.naming.context import YEAR_BEHIND, is_currency, text_behind
from usbrec.play.grounding.naming.language import either
from usbrec.play.grounding.naming.nouns import is_verb
from usbrec.play.grounding.naming.page import is_capital
from usbrec.play.grounding.naming.runs import Runs

#: What a year is said to be.
_OF_YEARS = frozenset({"year", "vintage", "jahr", "jahrgang"})
_YEAR = LazyPattern("1[89][0-9]{2}|20[0-4][0-9]")
_CLAUSES = frozenset({"but", "while", "whereas", "and", "then", "aber"})


class Numerals(Runs):
    """Finds numbers that name something."""

    def _year_of_the_last(self, index: int) -> bool:
        """ "Heat - 1995", "| Heat | 1995 |", "Heat ('95)": the year of the item that stands before it."""
        page = self.page
        before, gap = page.mention_at[index - 1] if index else None, page.gap(index)
        if before is None or not re.fullmatch(r"[*_\"”]*\s*[-–—|,:(\[]*\s*['’]?", gap):
            return False
        items = [page.items.get(item_id) for item_id in (before.item_id, *before.candidates)]
        years = [str(item.year) for item in items if item is not None and item.year is not None]
        return any(
            page.norms[index] in (year, year[2:] if gap[-1:] in ("'", "’") else year) for year in years
        )

    def _numeral(self, index: int) -> bool:
        """A number that is a name, or the end of one: "try 1917", "300 is great", "the quiet comfort 45"."""
        page = self.page
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        gap_after = page.gap(index + 1) if following else "."
        if self._year_of_the_last(index):
            return False
        if page.opens[index] and index and "\n" in page.gap(index) and gap_after[:1] in ".)":
            return False
        if not index and gap_after[:1] in ".)" and following:
            return False
        ends = not following or bool(gap_after.strip(" \t'’")) or "\n" in gap_after
        if (index, index) in page.spelt:
            return False
        if page.gap(index) in (",", ".") and self._number_at(index - 1):
            return False
        if gap_after in (",", ".") and self._number_at(index + 1):
            # "1,7 Liter" is one number.
            return False
        if self._in_range(index - 1) or self._in_range(index):
            return False
        german = self._language is not None and self._language.code == "de"
        if german and page.mentions and _YEAR.fullmatch(page.norms[index]):
            # German says a year without "in".
            return self._named_here(index)
        if (
            (not self._anything_named or (self.strict and self._language is not None))
            and f" {page.norms[index]} " not in self.heard
            and len(page.norms[index]) > 1
        ):
            counted = (
                following
                and not ends
                and (
                    (following.endswith("s") and not self._acts(index + 1))
                    or following in either("counted")
                    or is_unit(following)
                    or (following in ("to", "or", "and", "bis", "oder", "und") and self._number_at(index + 2))
                )
                and following not in either("subjects")
            )
            before = page.norms[index - 1] if index and not page.gap(index).strip(" \t:,") else ""
            if (
                self.strict
                and counted
                and is_verb(following)
                and (before in _CLAUSES or page.gap(index).strip() in (",", ";"))
            ):
                # "but 1761 suits you more".
                counted = following in either("units") | either("counted")
            if self.strict and self._ours_written and "(" in page.gap(index):
                return False
            if (
                self.strict
                and self._ours_written
                and before in YEAR_BEHIND
                and _YEAR.fullmatch(page.norms[index])
            ):
                # Whether it is the right one is another question.
                return False
            if self._named_here(index) and not counted:
                return True
            return (
                not counted
                and before not in either("numbered")
                and before not in either("months")
                and not (following and is_currency(page, index))
                and text_behind(page, index)[:1] not in ("%", "€", "$", "/")
                and page.gap(index).strip()[-1:] not in ("$", "€", "£", "/")
            )
        if page.gap(index) == ": " and ends and len(page.norms[index]) > 1 and gap_after[:1] == ",":
            return True
        if following == "stars" and len(page.norms[index]) == 1 and not self._stars_somebody(index + 1):
            return False  # "(3 stars)"
        if page.opens[index]:
            if _YEAR.fullmatch(page.norms[index]) and not _OF_YEARS.isdisjoint(
                page.norms[index + 2 : index + 6]
            ):
                return False  # "2016 was a great year in Bordeaux"
            return following in either("subjects") and not ends
        if page.gap(index).strip() or (following and is_currency(page, index)):
            return False
        before = page.norms[index - 1]
        if page.mention_at[index - 1] is not None:
            # "Heat 2", "Alien 3": another part, unless it is something counted.
            return ends or following in either("subjects")
        if (
            not self._anything_named
            and ends
            and before
            in ("in", "of", "with", "is", "over", "like", "then", "and", "or", "than", "für", "mit")
        ):
            return f" {page.norms[index]} " not in self.heard
        if following in ("and", "or") and page.gap(index + 1) == " " and self._mention_at(index + 2):
            # "two options, 832 and Heat".
            return before not in either("numbered")
        if before in ("and", "or", "und", "oder") and page.mention_at[index - 2] is not None:
            return len(page.norms[index]) > 1 and following not in either("units")
        if (
            ends
            and len(page.norms[index]) > 1
            and before in ("with", "over", "then", "loves", "love")
            and self._beside_mention(index)
        ):
            return True
        if before in ("age", "ages", "aged"):
            return False
        if self._named_here(index):
            return (
                ends
                or following in either("subjects")
                or following
                in ("and", "or", "und", "oder", "if", "because", "for", "with", "mit", "schon", "next")
            )
        if before in either("before_numbers") or before.isdigit() or (before in either("months")):
            return False
        return (ends or following in either("subjects") or self._function(following)) and before.isalpha()

    def _stars_somebody(self, index: int) -> bool:
        """Whether a name stands behind "stars": "9 stars Elijah Wood"."""
        page = self.page
        return index + 1 < len(page.raws) and page.gap(index + 1) == " " and is_capital(page.raws[index + 1])

    def _acts(self, index: int) -> bool:
        """Whether a word that ends in "s" is a verb: what stands behind it is its object."""
        page = self.page
        following = page.norms[index + 1] if index + 1 < len(page.norms) else ""
        return is_verb(page.norms[index]) and (
            following in ("the", "a", "your", "my", "all") or following.endswith("ly")
        )

    def _in_range(self, index: int) -> bool:
        """Whether a small number and the next one are the ends of a range: "plays 2-4"."""
        norms = self.page.norms
        if index < 0 or not (self._number_at(index) and self._number_at(index + 1)):
            return False
        small = len(norms[index]) < 3 and len(norms[index + 1]) < 3
        return small and self.page.gap(index + 1) in ("-", "–") and int(norms[index]) < int(norms[index + 1])

    def _number_at(self, index: int) -> bool:
        return index < len(self.page.norms) and self.page.norms[index].isdigit()

    def _beside_mention(self, index: int) -> bool:
        """Whether a word stands where one item beside another would: "Heat, then 300"."""
        page = self.page
        return any(page.mention_at[place] is not None for place in range(max(0, index - 3), index))
