"""Cuts: a reply without the clause or the sentence that says what the catalogue does not.

"Her (2013) is lovely. Rooney Mara plays the ex-wife." recommends an item of ours; what it says of somebody
whom the catalogue does not have is left out, and the rest is said. Nothing is cut where an item of ours and
what is made up stand in one clause ("I'd pick Shadow Falls over Heat"): what is left would say another thing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Protocol

from usbrec.patterns import LazyPattern

#: A reply with more faults than this is drawn again rather than cut.
_MOST_CUTS = 3
_CLAUSE = LazyPattern(
    r"[,;:–—(]\s*|\s-\s|\s(?=(?:and|or|but|while|though|although|where|which|whose|who|because|since|thanks\sto|with"
    r"|starring|featuring|directed\sby|written\sby|scored\sby|played\sby|based\son|by|from"
    r"|und|oder|aber|während|wobei|weil|mit|von|dank)\b)",
    re.IGNORECASE,
)
_CLAUSE_ENDS = LazyPattern(r"[,;)–—]|\s-\s|[.!?…](?=\s|$)|\n|$")
#: A sentence that begins so speaks of what was named before.
_GOES_ON = LazyPattern(
    r"\s*(?:It|It['’]s|Its|He|She|They|Their|His|Her|This|That|These|Those|Both|And|But|So|Er|Sie|Es|Das|Der|Die|Dieser"
    r"|Diese|Beide|Und|Aber)\b"
)
#: No clause ends with one of these.
_DANGLING = LazyPattern(
    r"\b(?:and|or|but|with|by|the|a|an|of|in|on|at|to|is|are|was|were|like|than|for|from|as|about|has|have|if|when|since"
    r"|und|oder|aber|mit|von|der|die|das|den|dem|ein|eine|in|im|zu|ist|wie|als|für|hat)$",
    re.IGNORECASE,
)
#: A sentence that only says what the seeker likes, and recommends nothing; and one that a cut has left half.
_CONDITION = LazyPattern(r"\W*(?:if|since|as|when|because|wenn|falls|weil|da)\b(?![^.!?\n]*,)", re.IGNORECASE)
_HALF = LazyPattern(
    r"\b(?:is|are|was|were|be|been|comes?|came|connects?|made|directed|written|played|produced|published"
    r"|designed|based|starring|such|ist|wird|wurde|kommt|stammt)\s*[.!?…]?\s*$",
    re.IGNORECASE,
)
#: What stands between a title and who is said to have made it.
_CREDIT = LazyPattern(
    r"\s(?:(?:directed|written|made|produced)\s)?(?:by|from|with|starring|featuring|von|mit)\s[\"“*_]*",
    re.IGNORECASE,
)
_MARK_ALONE = LazyPattern(
    r"(?:\A|\n)[ \t]*(?:[0-9]{1,2}[.)]|[-*•])[ \t]*(?=\n|\Z|(?:[0-9]{1,2}[.)]|[-*•])[ \t])"
)
_ARTICLES = LazyPattern(r"\b(?:the|an?|and|or|der|die|das|und|oder)\b", re.IGNORECASE)
_VERB_BEHIND = LazyPattern(r"\s*(?:is|was|has|will|can|makes|tells|keeps|gives|ist|war|hat)\b")


class _Spans(Protocol):
    """What is known of where things stand in a reply."""

    def titles(self, text: str) -> Sequence[tuple[int, int]]:
        """Where items of ours are named."""

    def sentences(self, text: str) -> Sequence[tuple[int, int]]:
        """Where its sentences begin and end."""


def without_faults(text: str, faults: Callable[[str], Sequence[str]], spans: _Spans) -> str | None:
    """The text without what `faults` finds in it; None where that cannot be cut out, or nothing is left that
    names an item."""
    for _ in range(_MOST_CUTS):
        found = faults(text)
        if not found:
            return text
        start = text.find(found[0])
        cut = None if start < 0 else _cut(text, start, start + len(found[0]), spans)
        if cut is None or not spans.titles(cut) or not _whole(cut, text, spans):
            return None
        text = cut
    return text if not faults(text) else None


def _whole(cut: str, before: str, spans: _Spans) -> bool:
    """Whether what a cut has left is made of whole sentences, and of more than names in a row."""
    if _MARK_ALONE.search(cut):
        return False
    titles = spans.titles(cut)
    for begin, finish in spans.sentences(cut):
        sentence = cut[begin:finish].strip()
        if sentence in before:
            continue
        if _CONDITION.match(sentence) or _HALF.search(sentence):
            return False
        place, said = begin, ""
        for start, end in [span for span in titles if begin <= span[0] < finish]:
            said, place = said + cut[place:start] + " ", end
        if place > begin and not any(map(str.isalnum, _ARTICLES.sub("", said + cut[place:finish]))):
            return False
    return True


def _cut(text: str, start: int, end: int, spans: _Spans) -> str | None:
    sentences = list(spans.sentences(text))
    place = next((place for place, (a, b) in enumerate(sentences) if a <= start < b), None)
    if place is None or end > sentences[place][1]:
        return None
    begin, finish = sentences[place]
    titles = [
        span
        for span in spans.titles(text)
        if begin <= span[0] < finish and not (span[0] < end and start < span[1])
    ]
    if not titles:
        return _without_sentence(text, sentences, place, spans)
    before = [span for span in titles if span[1] <= start]
    if before:
        return _without_clause(text, before[-1][1], start, end, finish)
    return _without_opening(text, begin, end, titles[0][0])


def _without_sentence(
    text: str, sentences: Sequence[tuple[int, int]], place: int, spans: _Spans
) -> str | None:
    begin, finish = sentences[place]
    if text[begin:finish].rstrip().endswith(":"):
        return None
    titles = spans.titles(text)
    for a, b in sentences[place + 1 :]:
        if not _GOES_ON.match(text[a:b]) or any(a <= one[0] < b for one in titles):
            break
        finish = b
    left = (
        text[:begin].rstrip(" ")
        + (" " if begin and text[begin - 1 : begin] != "\n" else "")
        + text[finish:].lstrip(" ")
    )
    return left.strip() or None


def _without_clause(text: str, named: int, start: int, end: int, finish: int) -> str | None:
    """Without what stands from the clause's beginning, behind the title that ends at `named`."""
    opens = [match for match in _CLAUSE.finditer(text, named, start + 1) if match.start() <= start]
    if not opens:
        return None
    # "Heat, scored by X, is tense": not at "by", which would leave "scored" alone.
    whole = [one for one in opens if not re.search(r"[,;:]\s*\w+$", text[: one.start()])]
    first = (whole or opens)[-1].start()
    closes = _CLAUSE_ENDS.search(text, end)
    last = len(text) if closes is None else min(closes.start(), finish)
    if _CREDIT.fullmatch(text, first, start) and _VERB_BEHIND.match(text, end):
        last = end  # "Heat by X is a great choice"
    mark = text[last : last + 1]
    head = text[:first].rstrip()
    if mark == ")":
        last += 1
    elif mark == ",":
        rest = text[last + 1 :]
        if _VERB_BEHIND.match(rest):
            last += 1
    if _DANGLING.search(head) or head.endswith((",", ":", ";")):
        return None
    left = text[last:]
    return head + (left if not left or left[0] in ",;.!?…\n" else " " + left.lstrip())


def _without_opening(text: str, begin: int, end: int, named: int) -> str | None:
    """Without what a sentence begins with, up to the comma before the clause that names the item."""
    comma = text.rfind(", ", end, named)
    if comma < 0:
        return None
    rest = text[comma + 2 :]
    joined = r"(?:and|or|but|while|more|most|less|und|oder|aber|mehr|weniger)\b"
    if re.match(joined, rest) or _VERB_BEHIND.match(rest):
        return None
    return (
        text[:begin]
        + (" " if begin and not text[:begin].endswith(("\n", " ")) else "")
        + rest[:1].upper()
        + rest[1:]
    )
