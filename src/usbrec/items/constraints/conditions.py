"""Conditions: amounts that hold only in some cases ("if there is a pool, 150", "over 1000 only with 5g").

What is asked for under a condition is left out, and so is the condition. Of several bounds from above on one
thing ("max 1200, for one with a balcony 1300", "if it is black up to 40, otherwise 20") the greatest holds in
every case, and is kept.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from usbrec.items.constraints.clauses import WORD, clauses
from usbrec.items.constraints.measures import UNITS, unit_of
from usbrec.items.constraints.phrases import OPEN, PLACE, Amount, all_phrases, begun, is_phrase, says
from usbrec.patterns import LazyPattern

_PLACED = LazyPattern(PLACE)
_CONTENT = LazyPattern(r"[^\W_]")
_SEVERAL = 2
#: Clauses are compared with each other; of more of them nobody's sentence is made.
_MOST_PARTS = 30
#: So many words at most stand before the amount of "or up to 120 with breakfast".
_FEW = 2
_WORDS = frozenset({"conditions", "only_if", "else_words"})
_LISTS = _WORDS | {"for_one"}
_LEAST, _GREATER = ("at_least", "above", "behind_at_least"), ("above",)
_MOST = ("at_most", "below", "behind_at_most", "behind_below")
#: What two alternatives are joined by is none of either.
_JOINED = LazyPattern(r"[\s,]*(?:(?:and|or|but|then|und|oder|aber|dann|also|so|well|na|ja)\s+)*")


@dataclass(frozen=True, slots=True)
class _Part:
    """A clause of a sentence: where it is, its amounts outside of a condition, and what it is."""

    start: int
    text: str
    amounts: tuple[int, ...]
    of_condition: tuple[int, ...]
    #: "if", where a condition opens it without what follows from it; "then", where that stands behind it, or
    #: before it; "only", where nothing else is asked for; "else"; "for" of "for one with a balcony 1300".
    kind: str


def without_conditions(
    text: str, amounts: Sequence[Amount], *, bounded: bool = True
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """A sentence (in lower case, its amounts marked) without the bounds that hold only sometimes, and the
    places of what was left out. `bounded` says that an amount alone is no bound, as it is in an answer."""
    # "For one with a balcony 1300" needs another amount.
    if OPEN not in text or begun(text).isdisjoint(_LISTS if text.count(OPEN) >= _SEVERAL else _WORDS):
        return text, ()
    parts = [_part(start, clause) for start, clause in clauses(text) if _CONTENT.search(clause)]
    if len(parts) > _MOST_PARTS:
        return text, ()
    if any(part.kind == "else" and part.amounts for part in parts):
        # "If there is a balcony up to 1300, otherwise 1000"
        parts = [
            replace(one, amounts=one.of_condition, of_condition=()) if one.kind == "if" else one
            for one in parts
        ]
    involved = sorted(set(_involved(parts, amounts)))
    if not involved or (bounded and not any(_bounds(parts[place], amounts) for place in involved)):
        return text, ()  # "if you liked Heat (1995), try Alien (1979)"
    kept = _greatest([parts[place] for place in involved], amounts)
    for place in reversed(involved):
        part = parts[place]
        end = part.start + len(part.text)
        number = kept if kept in part.amounts else None
        said = " " * len(part.text) if number is None else _up_to(part, number)
        text = text[: part.start] + said + text[end:]
    first, last = parts[involved[0]], parts[involved[-1]]
    return text, ((first.start, last.start + len(last.text)),)


def _up_to(part: _Part, number: int) -> str:
    mark = f"{OPEN}{number}"
    behind = WORD.match(part.text[part.text.index(mark) + len(mark) + 1 :].lstrip(" -"))
    unit = f" {behind[0]}" if behind is not None and unit_of(behind[0]) in UNITS else ""
    return f" up to {next(one[0] for one in _PLACED.finditer(part.text) if int(one[1]) == number)}{unit}"


def _part(start: int, clause: str) -> _Part:
    numbers = [(found.start(), int(found[1])) for found in _PLACED.finditer(clause)]
    condition, kind = _condition(clause)
    inside = tuple(number for place, number in numbers if condition and condition[0] <= place < condition[1])
    outside = tuple(number for _, number in numbers if number not in inside)
    return _Part(start, clause, outside, inside, kind)


def _condition(clause: str) -> tuple[tuple[int, int] | None, str]:
    """Where the condition of a clause stands, and what it makes of the clause."""
    begin = _JOINED.match(clause).end()  # type: ignore[union-attr]
    if _one_of("else_words").match(clause, begin) is not None:
        return None, "else"
    if (only := _one_of("only_if").search(clause)) is not None:
        return (only.start(), len(clause)), "only"
    found = next((one for one in _conditions().finditer(clause) if one["none"] is None), None)
    if found is None:
        return _case(clause, begin)
    if found.start() > begin:
        return (found.start(), len(clause)), "then"  # "1100 if it is furnished"
    follows = _one_of("consequences").search(clause, found.end())
    if follows is None:
        return (begin, len(clause)), "if"
    return (begin, follows.start()), "then"  # "if it has a pool I'd go to 150"


def _case(clause: str, begin: int) -> tuple[tuple[int, int] | None, str]:
    """The same of a clause that says without such a word what its amount is for: "for one with a balcony
    1300", "or 120 with breakfast"."""
    amount = _PLACED.search(clause)
    if amount is None:
        return None, ""
    if _one_of("for_one").match(clause, begin) is not None:
        return (begin, amount.start()), "for"
    behind = _one_of("for_one").search(clause, amount.end())
    if behind is None or len(clause[begin : amount.start()].split()) > _FEW:
        return None, ""
    return (behind.start(), len(clause)), "for"


def _involved(parts: Sequence[_Part], amounts: Sequence[Amount]) -> Iterator[int]:
    """The places of the clauses of which something holds only sometimes."""
    for place, part in enumerate(parts):
        if not part.kind:
            continue
        others = [
            one
            for one, other in enumerate(parts)
            if one != place and _alike(other, part, amounts) and not _says(_LEAST, other)
        ]
        if part.kind == "else" and part.amounts:
            # What it is the other case of, too.
            before = [one for one in range(place) if parts[one].amounts][-1:]
            yield from (*(one for one in range(place) if parts[one].kind), *before, place)
        elif part.kind == "if":
            yield from _opened(parts, place, amounts)
        elif part.kind == "only":
            yield from _only(parts, place)
        elif part.kind == "then" and part.amounts and (others or _is_opened(part)):
            yield from (*others, place)
        elif part.kind == "for" and not _says(_LEAST, part):
            others = [one for one in others if _says(_MOST, parts[one], part)]
            yield from (*others, place) if others else ()


def _only(parts: Sequence[_Part], place: int) -> Iterator[int]:
    """The clauses of a condition that says that there is no other case: "over 1000 only with 5G", "hardcover
    only if it's under 15", "up to 150, but only if breakfast is included"."""
    part = parts[place]
    only = _one_of("only_if").search(part.text)
    begin = _JOINED.match(part.text).end()  # type: ignore[union-attr]
    opened = only is not None and only.start() <= begin
    before = parts[place - 1] if place else None
    if not opened and (part.amounts or part.of_condition):
        yield place
    elif opened and before is not None and before.amounts and not part.of_condition:
        # "Max 1000, only with a balcony" demands both.
        yield from (place - 1, place) if _has_if(part) or _says(_GREATER, before) else ()


def _opened(parts: Sequence[_Part], place: int, amounts: Sequence[Amount]) -> Iterator[int]:
    """The clauses of a condition that opens a sentence or follows a bound: "if there is a pool, up to 150",
    "max 1200, if with a balcony, then 1300"."""
    part, before = parts[place], parts[place - 1] if place else None
    following = place + 1 if place + 1 < len(parts) else None
    if before is not None and (only := _ends_in_only().search(before.text)) is not None:
        alone = _CONTENT.search(before.text, 0, only.start()) is None
        bounded = parts[place - 2] if alone and place > 1 else before
        if bounded.amounts or part.of_condition:
            # "Über 100 nur, wenn es Frühstück gibt", "bis 100, aber nur, wenn"
            yield from range(parts.index(bounded), place + 1)
    elif part.of_condition:
        # "If it is over 1000, it must have 5G"; "if it is under 50, I'll take it" bounds it all the same.
        if following is not None and not parts[following].amounts and _says(_GREATER, part):
            yield from (place, following)
    elif following is not None and parts[following].amounts:
        yield from (place, following)
        yield from (
            one
            for one in range(place)
            if _alike(parts[one], parts[following], amounts) and not _says(_LEAST, parts[one])
        )


def without_alternatives(text: str, amounts: Sequence[Amount]) -> str:
    """A sentence without two bounds on different things of which either will do: "under 50,000 km or newer
    than 2018"."""
    if text.count(OPEN) < _SEVERAL or "or_words" not in begun(text):
        return text
    for found in _either().finditer(text):
        one, other = int(found["one"]), int(found["other"])
        kinds = {_kind(text, number, amounts) or str(amounts[number].year) for number in (one, other)}
        if len(kinds) > 1:
            text = f"{text[: found.start()]}{' ' * len(found[0])}{text[found.end() :]}"
    return text


def _bounds(part: _Part, amounts: Sequence[Amount]) -> bool:
    """Whether a clause bounds an amount: "up to 150", "4 euros"; "for a boy of 9" does not."""
    numbers = (*part.amounts, *part.of_condition)
    if any(amounts[number].currency for number in numbers):
        return True
    said = (found for use in (*_MOST, *_LEAST) for found in _one_of(use).finditer(part.text))
    return bool(numbers) and (
        says("price", part.text) or any(not is_phrase("weak", found[0]) for found in said)
    )


def _has_if(part: _Part) -> bool:
    return any(found["none"] is None for found in _conditions().finditer(part.text))


def _is_opened(part: _Part) -> bool:
    """Whether a clause begins with its condition."""
    begin = _JOINED.match(part.text).end()  # type: ignore[union-attr]
    found = _conditions().match(part.text, begin)
    return found is not None and found["none"] is None


def _alike(one: _Part, other: _Part, amounts: Sequence[Amount]) -> bool:
    """Whether two clauses have an amount of the same thing, as far as their units tell."""
    kinds = {_kind(one.text, number, amounts) for number in one.amounts}
    return not kinds.isdisjoint(_kind(other.text, number, amounts) for number in other.amounts)


def _kind(text: str, number: int, amounts: Sequence[Amount]) -> str:
    mark = f"{OPEN}{number}"
    if amounts[number].currency:
        return ""
    behind = text[text.index(mark) + len(mark) + 1 :]
    if behind.lstrip().startswith("%"):
        return "%"
    word = WORD.match(behind.lstrip(" -"))
    if word is None:
        return ""
    return (
        unit_of(word[0])
        if unit_of(word[0]) in UNITS
        else ""
        if _ends_amount().fullmatch(word[0])
        else word[0]
    )


def _greatest(parts: Sequence[_Part], amounts: Sequence[Amount]) -> int | None:
    """Of these clauses' amounts the one that none exceeds, where all are bounds from above on one thing."""
    numbers = [number for part in parts for number in part.amounts]
    kinds = {_kind(part.text, number, amounts) for part in parts for number in part.amounts}
    if len(numbers) < _SEVERAL or len(kinds) > 1 or _says(_LEAST, *parts) or not _says(_MOST, *parts):
        return None
    if any(part.kind == "only" for part in parts):
        return None
    return max(numbers, key=lambda number: amounts[number].value)


def _says(uses: Sequence[str], *parts: _Part) -> bool:
    """Whether clauses say one of these outside of a condition."""
    return any(says(use, part.text) for part in parts for use in uses)


@functools.cache
def _one_of(use: str) -> re.Pattern[str]:
    return re.compile("|".join(each.one_of(use) for each in all_phrases()))


@functools.cache
def _either() -> re.Pattern[str]:
    uses = ("at_most", "below", "at_least", "above", "year_after", "year_since", "year_earlier", "year_until")
    bound = "|".join(each.one_of(use) for each in all_phrases() for use in uses)
    joined = "|".join(each.one_of("or_words") for each in all_phrases())
    one, other = (PLACE.replace(r"(\d+)", rf"(?P<{name}>\d+)") for name in ("one", "other"))
    return re.compile(
        rf"(?:{bound})\s*{one}(?:\s+[^\W\d_]+){{0,2}}?,?\s+(?:{joined})\s+(?:{bound})\s*{other}"
        rf"(?:[\s-]*[^\W\d_]+)?"
    )


@functools.cache
def _ends_in_only() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(each.one_of('only_words') for each in all_phrases())})\s*$")


@functools.cache
def _ends_amount() -> re.Pattern[str]:
    """What may stand behind a price."""
    uses = ("after_price", "behind_at_most", "behind_below", "conditions", "only_if", "corrects_behind")
    return re.compile("|".join(each.one_of(use) for each in all_phrases() for use in uses))


@functools.cache
def _conditions() -> re.Pattern[str]:
    """What opens a condition, and what begins like one and is none: "if possible"."""
    none = "|".join(each.one_of("no_conditions") for each in all_phrases())
    opens = "|".join(each.one_of("conditions") for each in all_phrases())
    return re.compile(rf"(?P<none>{none})|(?:{opens})")
