"""A glance at a text: whether one of a few titles can be in it at all, in a hundredth of a reading's time.

Most texts of a dialogue name no target, and to read each of them for each row as carefully as the linker
does took half of a plain row's processor time. What is said here is never "no" where the linker finds a
title: a title is found as a run of whole words, or with one typing error, which leaves the letters of one
half as they are but for the one in the middle. Texts and titles that are read by more than English's rules
are left to the linker.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from usbrec.dialogue import Turn
from usbrec.items.linking.ambiguity import ARTICLES
from usbrec.items.linking.fuzzy import title_spellings
from usbrec.items.linking.languages import language_of
from usbrec.items.linking.slips import SLIP_LETTERS
from usbrec.items.linking.surface_forms import SurfaceForms
from usbrec.items.titles import words
from usbrec.patterns import LazyPattern

#: Without one of these a title with a typing error has no year beside it.
_YEAR = LazyPattern(r"[12][0-9]{3}")
#: A longer text is left to the linker, which reads what repeats in it once.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Glance:
    """What a text is looked through for. `norms` and `stems` are its words between blanks, `letters` the same
    without any; `english` is False for all that other rules may apply to."""

    norms: str
    stems: str
    letters: str
    dated: bool
    english: bool


@functools.lru_cache(maxsize=512)  # rows of one dialogue have the same first turns, each read on its own
def glance_at(text: str) -> Glance:
    if not text.isascii() or len(text) > _LONGEST:
        return Glance("", "", "", dated=False, english=False)
    found = words(text)
    norms = [word.norm for word in found]
    return Glance(
        f" {' '.join(norms)} ",
        f" {' '.join(word.stem for word in found)} ",
        "".join(norms),
        dated=_YEAR.search(text) is not None,
        english=language_of(set(norms)) is None,
    )


def side_by_side(glances: Sequence[Glance]) -> Glance:
    """A glance at all these texts with blanks between them."""
    norms = [glance.norms for glance in glances]
    # A language is told by all words together: what is English alone may not be beside others.
    english = all(glance.english for glance in glances)
    if english and len(glances) > 1:
        english = language_of({word for text in norms for word in text.split()}) is None
    return Glance(
        " ".join(norms).replace("  ", " "),
        " ".join(glance.stems for glance in glances).replace("  ", " "),
        "".join(glance.letters for glance in glances),
        dated=any(glance.dated for glance in glances),
        english=english,
    )


class _OfTurns:
    """Glances that travel with their turns (:meth:`Turn.read_by`)."""

    def read_turn(self, turn: Turn) -> Glance:
        return glance_at(turn.text)


OF_TURNS = _OfTurns()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a text must hold for one of some titles to be in it: one of `runs`, words between blanks, or, with
    an error, one of `spelt`, letters without blanks; those in `short` then need a year beside them."""

    runs: tuple[str, ...]
    spelt: tuple[str, ...]
    short: tuple[str, ...]

    @classmethod
    def of(cls, forms: SurfaceForms) -> Seen | None:
        """None where other rules than English's may find one."""
        runs = tuple(dict.fromkeys(f" {key} " for key in forms.spelt or ()))
        if forms.spelt is None or not all(map(str.isascii, runs)):
            return None
        spelt: dict[bool, dict[str, None]] = {True: {}, False: {}}
        for key in (key for item in forms.items for key in title_spellings(item)):
            said = sum(len(word) for word in key.split(" ") if word not in ARTICLES)
            spelt[said < SLIP_LETTERS][key.replace(" ", "")] = None
        return cls(runs, tuple(spelt[False]), tuple(spelt[True]))

    def may_be_in(self, text: Glance) -> bool:
        if not text.english:
            return True
        return (
            any(run in text.norms or run in text.stems for run in self.runs)
            or any(_near(title, text.letters) for title in self.spelt)
            or (text.dated and any(_near(title, text.letters) for title in self.short))
        )


def _near(title: str, letters: str) -> bool:
    """Whether a stretch of `letters` is at most one error from a title. What is left of one of its halves
    then stands there, be the error two letters in the wrong order in the middle."""
    middle, size = len(title) // 2, len(title)
    first, last = title[: max(0, middle - 1)], title[middle + 1 :]
    if not first or not last:
        return True
    place = letters.find(first)
    while place >= 0:
        if any(_is_near(title, letters[place : place + size + more]) for more in (-1, 0, 1)):
            return True
        place = letters.find(first, place + 1)
    place = letters.find(last)
    while place >= 0:
        end = place + len(last)
        if any(_is_near(title, letters[max(0, end - size - more) : end]) for more in (-1, 0, 1)):
            return True
        place = letters.find(last, place + 1)
    return False


def _is_near(title: str, letters: str) -> bool:
    return OSA.distance(title, letters, score_cutoff=1) <= 1
