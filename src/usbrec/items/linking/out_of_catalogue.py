"""Out-of-catalogue titles: words written like a title although the catalogue has no such item.

A recommender that makes titles up writes them as titles: with a year, in quotes, in italics or bold.
The patterns are careful rather than complete: a missed one is a count too low, a false one would
accuse a reply of inventing what it only stressed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from usbrec.items.linking.ambiguity import (
    ARTICLES,
    SAID_OF,
    Ambiguity,
    ambiguity_of,
    is_lead_in,
    is_participle,
    is_small,
)
from usbrec.items.titles import collapse, normalise_title, words
from usbrec.patterns import LazyPattern

_Span = tuple[int, int]

_YEAR = LazyPattern(r"""["”’'*_]*[ \t]*[(\[][ \t]*[12][0-9]{3}[ \t]*[)\]]""")
_QUOTED = LazyPattern(
    r"""(?<!\w) (?: "(?P<plain>[^"\n]{2,80})" | “(?P<curly>[^“”\n]{2,80})” | ‘(?P<single>[^‘’\n]{2,80})’
                  | '(?P<straight>[^'\n]{2,80})' ) (?!\w)""",
    re.VERBOSE,
)
_STRESSED = LazyPattern(r"(?<![\w*])(?P<mark>\*{1,3}|_)(?P<inner>[^*_\n]{2,80})(?P=mark)(?![\w*])")
#: An award and its year name no work, nor does what somebody won, nor who made something.
_AWARD = LazyPattern(
    r"\b(?:awards?|oscars?|emmys?|globes?|baftas?|grammys?|prize|festival|palme d['’]or"
    r"|(?:golden|silver) (?:lion|bear))[\"”’'*_ \t]*\Z",
    re.IGNORECASE,
)
_WON_OR_MADE = LazyPattern(
    r"\b(?:(?:won|wins?|winning|winner of|nominated for)(?:[ \t]+\w+)?"
    r"|(?P<done>[^\W_]+)[\"”’'*_)]*[ \t]+by)[ \t]*\Z",
    re.IGNORECASE,
)
_MADE = frozenset(
    {"directed", "made", "produced", "published", "released", "created", "written", "shot", "filmed"}
)
_BY = LazyPattern(r"[^\W_]+[ \t]+by[ \t]+")
#: What is called by a name in quotes and is no work.
_NO_WORK = LazyPattern(
    r"[ \t]+(?:award|category|franchise|genre|mood|saga|style|universe|vibes?)\b", re.IGNORECASE
)
# What may stand between the words of one title.
_GAP = LazyPattern(r"[ \t]*(?:[:&’'–-]|[ \t])[ \t]*")


def titles_written(text: str, known: Sequence[_Span], foreign: Sequence[_Span]) -> tuple[str, ...]:
    """The titles in `text` outside the spans of `known` mentions, in order, each once.

    `foreign` are spans found already: a known title with another year or number.
    """
    found = [(start, collapse(text[start:end].strip("\"“”‘’'*_ "))) for start, end in foreign]
    # A byte a character: asking a list of spans would take longer with each one found.
    covered = bytearray(len(text))
    for span in (*known, *foreign):
        _cover(covered, span)
    for match in _YEAR.finditer(text):
        if not _overlaps(match.span(), covered):
            start = _run_before(text, match.start(), covered)
            if start is not None and not _is_no_work(text, start, match.start()):
                found.append((start, collapse(re.sub(r"[\"“”*_]", "", text[start : match.end()]))))
                _cover(covered, (start, match.end()))
    for pattern, quoted in ((_QUOTED, True), (_STRESSED, False)):
        for match in pattern.finditer(text):
            inner = next(group for name, group in match.groupdict().items() if group and name != "mark")
            if _overlaps(match.span(), covered) or inner.endswith(":") or text.startswith(":", match.end()):
                continue
            if quoted and _NO_WORK.match(text, match.end()):
                continue
            if _title_phrase(inner, quoted):
                found.append((match.start(), collapse(inner).rstrip(".,!?")))
                _cover(covered, match.span())
    if not text.isascii():
        # Imported here: texts in English need none of it.
        from usbrec.items.linking.marked_titles import titles_in_marks

        for start, end, inner in titles_in_marks(text):
            if not _overlaps((start, end), covered):
                found.append((start, collapse(inner)))
                _cover(covered, (start, end))
    unique: dict[str, str] = {}
    for _, title in sorted(found):
        unique.setdefault(normalise_title(title), title)
    return tuple(unique.values())


def _cover(covered: bytearray, span: _Span) -> None:
    covered[span[0] : span[1]] = b"\1" * (span[1] - span[0])


def _overlaps(span: _Span, covered: bytearray) -> bool:
    return covered.find(1, *span) >= 0


def _run_before(text: str, end: int, covered: bytearray) -> int | None:
    """Where the run of capitalised words begins that ends at `end`; None where there is none."""
    floor = max(0, end - 120)
    floor = max(floor, covered.rfind(1, floor, end) + 1, text.rfind("\n", floor, end) + 1)
    run = words(text[floor:end])
    begin = len(run)
    while begin > 0:
        word = run[begin - 1]
        raw = text[floor + word.start : floor + word.end]
        behind = run[begin].start if begin < len(run) else end - floor
        gap = text[floor + word.end : floor + behind]
        if begin < len(run) and not _GAP.fullmatch(gap):
            break
        if begin == len(run) and gap.strip(" \t.!?\"”’'*_"):
            break
        if not (raw[0].isupper() or raw[0].isdigit() or is_small(word.norm)):
            break
        begin -= 1
    # Small words open no title unless they have a capital; a verb before a title is no part of it.
    while begin < len(run):
        word = run[begin]
        raw = text[floor + word.start : floor + word.end]
        opens = word.norm not in ARTICLES and (is_lead_in(word.norm) or word.norm in SAID_OF | _TELLING)
        if raw[0].islower() or (opens and begin + 1 < len(run)):
            begin += 1
        else:
            break
    return floor + run[begin].start if begin < len(run) else None


def _is_no_work(text: str, start: int, end: int) -> bool:
    """Whether the capitalised words before a year are an award, or who made what is spoken of: "Heat by
    Michael Mann (1995)", but not "inspired by Blorp Nights (2031)"."""
    if _AWARD.search(text, start, end):
        return True
    if opening := _BY.match(text, start, end):
        return opening[0].split()[0].casefold() in _MADE
    before = _WON_OR_MADE.search(text, max(0, start - 40), start)
    if before is None or before["done"] is None:
        return before is not None
    return not is_participle(before["done"].casefold()) or before["done"].casefold() in _MADE


_TELLING = frozenset({"film", "films", "movie", "recommend", "recommended", "suggest", "suggested", "trying"})


def _title_phrase(phrase: str, quoted: bool) -> bool:
    """Two to eight words written as a title, or one such word of four letters or more in quotes."""
    run = words(phrase)
    if not run or len(run) > 8 or re.search(r"[.!?;]\s", phrase):
        return False
    raws = [phrase[word.start : word.end] for word in run]
    if not all(raw[0].isupper() or raw[0].isdigit() or is_small(raw) for raw in raws):
        return False
    if not raws[0][0].isupper() or not any(raw[0].isupper() and len(raw) > 1 for raw in raws):
        return False
    norms = [word.norm for word in run]
    if len(run) == 1:
        return quoted and len(norms[0]) >= 4 and ambiguity_of(norms) is not Ambiguity.MARKED
    return any(ambiguity_of([norm]) is not Ambiguity.MARKED for norm in norms if not is_small(norm))
