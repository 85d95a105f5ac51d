"""Disambiguation: whether a text with the words of a title names the item, by year, quotes, capitals, place.

What is written as titles are is judged here; titles with a typing error in slips, ordinary words by their
place in neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from usbrec.dialogue import Item
from usbrec.items.linking.ambiguity import ARTICLES, Ambiguity
from usbrec.items.linking.context import Match
from usbrec.items.linking.evidence import as_the_title_is, evident, in_title_field, is_the_answer
from usbrec.items.linking.layout import QUOTES
from usbrec.items.linking.longer_titles import is_counted, is_told, numbered
from usbrec.items.linking.namesakes import cells_beside
from usbrec.items.linking.page import Page, Verdict
from usbrec.items.linking.people import (
    introduced_as_a_person,
    is_among_people,
    is_by,
    is_somebody,
    owner_before,
)
from usbrec.items.linking.slips import slip, slip_before_year
from usbrec.items.linking.surface_form import SurfaceForm
from usbrec.items.linking.title_variants import NUMERALS
from usbrec.items.linking.years import (
    BARE_YEAR,
    BARE_YEAR_ELSEWHERE,
    YEAR_AFTER,
    YEAR_BEFORE,
    YEAR_BESIDE,
    YEAR_FIELD,
    common_era,
)
from usbrec.items.linking.years_said import year_said
from usbrec.items.titles import normalise_title
from usbrec.patterns import LazyPattern

#: What stands between a title and who wrote or made it, and how much of it is looked at.
_IN_BRACKETS = LazyPattern(r"[\"”’'*_]{0,3}[ \t]?\(([^()\n]{2,40})\)")
_BY = LazyPattern(r"[!?]?[\"”’*_]{0,3},?[ \t]+(?:by|von|from|de|di)[ \t]+", re.IGNORECASE)
#: Before a place, or a colour.
_IN = LazyPattern(r"[\"”’*_]{0,3},?[ \t]+(?:in|at|near|bei|im|am)[ \t]+(?:the |der |dem )?(?=[^\W\d])")
#: "Lionel Richie – Hello", as songs are written.
_BEFORE_DASH = LazyPattern(r"(?P<name>[^\n–—:;,.!?\"“”]{2,60}?)[ \t]*[-–—:][ \t]+[\"“”*_]{0,3}$")
_DASHES = frozenset("-–—:")
_LONGEST_NAME, _MOST_ALIKE = 60, 20


def judge(page: Page, match: Match) -> Verdict | None:
    """What the match names, or None where its words are just words."""
    text, form, last = page.text, match.form, page.words[match.last]
    start, end = page.words[match.first].start + match.skip, last.end
    if last.stem != last.norm and not form.key.endswith(last.norm):
        end -= 2  # a possessive "'s" behind the title
    around = in_marks = None
    if page.elsewhere:
        around = page.surroundings(match, start, end)
        in_marks = page.in_marks(start, end) if page.marked else None
        if in_marks is False or (around and not around.whole()):
            return None
    if not form.exact and _ends_with_number(form) and is_counted(text, end):
        return None  # "I saw Rocky 2 times" is not "Rocky II"
    marks = page.artefacts_around(start, end)
    after = YEAR_AFTER.match(text, end) if page.brackets else None
    if after:
        year = common_era(int(after["year"]))
        if after["close"] and marks:
            start = page.opening(start)
        if match.edited:
            meant = form.of_exactly(year) if slip_before_year(page, match) else ()
            return Verdict(start, after.end(), year, meant) if meant else None
        of_year = form.of_year(year)
        theirs = _of_one_maker(page, of_year, start, after.end()) if len(of_year) > 1 else ()
        return Verdict(start, after.end(), year, theirs or of_year)
    bare = BARE_YEAR.match(text, end) if page.digits else None
    if bare is None and page.digits and page.elsewhere:
        bare = BARE_YEAR_ELSEWHERE.match(text, end)
    if bare:
        year = int(bare["year"])
        fits = tuple(item for item in (*form.exact, *form.variants) if item.year == year)
        if fits:
            return Verdict(start, bare.end(), year, fits)
    if page.digits and not match.edited and (verdict := dated_beside(page, match, start, end)):
        return verdict
    if not match.edited and (written := by_its_person(page, match, start, end)):
        return written
    told = page.digits and not match.edited and _has_its_capital(page, match, start)
    said = year_said(text, start, end) if told else None
    if said and (fits := tuple(item for item in form.exact if str(item.year).endswith(said))):
        # "Juno from 2007": the year of a field, as in a list of fields, is no part of what names the item.
        return Verdict(start, end, None, fits)
    before = YEAR_BEFORE.search(text, max(0, start - 24), start) if around and page.digits else None
    if before and not match.edited:
        year = int(before["year"])
        fits = tuple(item for item in (*form.exact, *form.variants) if item.year == year)
        if fits:
            return Verdict(start, end, year, fits)
    until = numbered(page, match.first, end, form)
    if around and around.before_entry:
        until = None
    elif around and until is None:
        until = around.numbered()
    level = page.level(match) if page.elsewhere else form.ambiguity
    if until is not None and not marks and not in_marks:
        known = not match.edited and (level is Ambiguity.PLAIN or is_told(page, match.first, start, until))
        return Verdict(start, until, None, ()) if known else None
    if not marks and (
        introduced_as_a_person(page, match) or is_among_people(page, match) or is_somebody(page, match)
    ):
        return None
    if match.edited:
        return Verdict(start, end, None, form.bare()) if slip(page, match, marks) else None
    trusted = marks <= QUOTES if level is Ambiguity.MARKED else True
    if (
        (marks and trusted)
        or in_marks
        or in_title_field(page, start, end)
        or evident(page, match, level, around)
        or as_the_title_is(page, match, start, end, level)
        or is_the_answer(page, match, start, end)
    ):
        return Verdict(start, end, None, form.bare())
    return None


def _has_its_capital(page: Page, match: Match, start: int) -> bool:
    """Whether a match has a capital, or its second word behind an article: "the Thing from 1982"."""
    if page.text[start].isupper():
        return True
    behind = match.first < match.last and page.words[match.first].norm in ARTICLES
    return behind and page.raw(match.first + 1)[:1].isupper()


def dated_beside(page: Page, match: Match, start: int, end: int) -> Verdict | None:
    """What a match names whose very year stands apart from it, in a table, a list or an object."""
    text, form = page.text, match.form
    beside = YEAR_BESIDE.match(text, end)
    field = None if beside else YEAR_FIELD.match(text, end)
    if beside is None and field is None:
        return None
    found = (beside["dashed"] or beside["among"] or beside["short"]) if beside else field and field["year"]
    known = (*form.exact, *form.variants)
    fits = tuple(item for item in known if str(item.year or "").endswith(found or "-"))
    if not fits:
        return None
    if beside is None or beside["among"]:
        # The year of a field, and one among other words, is no part of what names the item.
        return Verdict(start, end, None, fits)
    if text[end] in "\"”’'*_":
        start = page.opening(start)
    return Verdict(start, beside.end(), fits[0].year, fits)


def by_its_person(page: Page, match: Match, start: int, end: int) -> Verdict | None:
    """What a match names beside which somebody of the item is named: "It by Stephen King", "King's It"."""
    by = _BY.match(page.text, end)
    known = (*match.form.exact, *match.form.variants)[:_MOST_ALIKE]
    if by is None:
        if theirs := _behind_their_name(page, known, start):
            return Verdict(start, end, None, theirs)
        if len(known) > 1 and (theirs := _of_one_maker(page, known, start, end)):
            return Verdict(start, end, None, theirs)
        if len(known) > 1 and (theirs := _of_one_place(page, known, end)):
            return Verdict(start, end, None, theirs)
        if not owner_before(page, match.first):
            return None
        theirs = tuple(item for item in known if is_by(page, match, map(normalise_title, item.people)))
        return Verdict(start, end, None, theirs) if theirs else None
    said = f"{normalise_title(page.text[by.end() : by.end() + _LONGEST_NAME])} "
    # A name of one word has a capital: "by night".
    capital = page.text[by.end() : by.end() + 1].isupper() and not page.text[start].islower()
    fits = tuple(
        item
        for item in known
        if any(
            (capital or " " in name) and said.startswith(f"{normalise_title(name)} ") for name in item.people
        )
    )
    return Verdict(start, end, None, fits) if fits else None


def _behind_their_name(page: Page, known: Sequence[Item], start: int) -> tuple[Item, ...]:
    """Those of some items whose person stands with a dash or a colon before a place: "Adele - Hello"."""
    text = page.text
    if start < 4 or text[start].islower() or _DASHES.isdisjoint(text[start - 3 : start]):
        return ()
    before = _BEFORE_DASH.search(text, max(0, start - _LONGEST_NAME - 8), start)
    if before is None:
        return ()
    last = before["name"].split()[-1:]
    if not last or not last[0][:1].isupper():
        return ()
    said = f" {normalise_title(before['name'])}"
    return tuple(
        item
        for item in known
        if any(said.endswith(f" {normalise_title(name)}") for name in item.people if name)
    )


def _of_one_maker(page: Page, known: Sequence[Item], start: int, end: int) -> tuple[Item, ...]:
    """Those of several items of one title whose maker stands right before it or in brackets right behind:
    "the JBL Pro 200", "Pro 200 (JBL)"; none where that tells none from another."""
    text = page.text
    before = text[max(0, start - _LONGEST_NAME) : start]
    said = f" {normalise_title(before)}" if before[-1:] == " " and before[-2:-1].isalnum() else ""
    bracket = _IN_BRACKETS.match(text, end)
    behind = normalise_title(bracket[1]) if bracket else ""
    if not (said or behind):
        return ()
    theirs = tuple(
        item
        for item in known
        if any(
            (called := normalise_title(name)) and (said.endswith(f" {called}") or behind == called)
            for name in item.people
        )
    )
    if not theirs and behind:
        theirs = tuple(item for item in known if behind in map(normalise_title, cells_beside(item)))
    return theirs if len(theirs) < len(known) else ()


def _of_one_place(page: Page, known: Sequence[Item], end: int) -> tuple[Item, ...]:
    """Those of several items of one title whose place is told right behind it: "the Seeblick in Starnberg";
    none where that tells none from another."""
    place = _IN.match(page.text, end)
    if place is None:
        return ()
    said = f"{normalise_title(page.text[place.end() : place.end() + _LONGEST_NAME])} "
    theirs = tuple(
        item
        for item in known
        if any(said.startswith(f"{normalise_title(name)} ") for name in cells_beside(item))
    )
    return theirs if len(theirs) < len(known) else ()


def _ends_with_number(form: SurfaceForm) -> bool:
    return form.words[-1] in NUMERALS
