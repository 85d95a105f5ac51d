"""Repeats: stretches of a long text that say the same again and again, cut short before the text is linked.

A message that pastes a title ten thousand times is read as one that pastes it some dozens of times, and what
was found in one repetition is put back for each that was left out. What a match needs to see lies within some
words of it, or is something that any repetition shows as well as another, so what is read settles a few
repetitions after the beginning of a stretch and before its end. Whether it has settled is looked at, not
taken for granted: where it has not, the whole text is to be read.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

#: Texts of fewer characters are read as they are.
SHORTEST = 16_384
_ANCHOR = 64
_STRIDE = 2_048
#: Longer repetitions are not looked for.
_LONGEST_PERIOD = 2_048
#: So many places where an anchor stands again are tried.
_TRIES = 8
#: What is left out is a multiple of so many repetitions, because what is read may alternate: every second or
#: third repetition alike, or any other of these.
_MULTIPLE = 60
_ALTERNATING = (1, 2, 3, 4, 5, 6, 10, 12)

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Cut:
    """Where `length` characters, whole repetitions of `period`, are left out: before `place` of the short
    text. The stretch goes on alike for at least `margin` characters on both sides."""

    place: int
    length: int
    period: int
    margin: int


def without_repeats(text: str, kept: int) -> tuple[str, tuple[Cut, ...]]:
    """The text without the middle of its long repetitive stretches, at least `kept` repetitions of which stay
    at each end; and the cuts, in order. Linear in the text."""
    pieces, cuts, done, short = [], [], 0, 0
    for begin, end, period in _stretches(text):
        begin = max(begin, done)
        margin = kept * period
        length = (end - begin - 2 * margin) // (_MULTIPLE * period) * _MULTIPLE * period
        if length <= 0:
            continue
        place = begin + margin
        pieces.append(text[done:place])
        short += place - done
        cuts.append(Cut(short, length, period, margin))
        done = place + length
    return "".join([*pieces, text[done:]]), tuple(cuts)


def with_repeats(
    found: Sequence[_T], cuts: Sequence[Cut], start: Callable[[_T], int], moved: Callable[[_T, int], _T]
) -> list[_T] | None:
    """What was found in the short text, in order, as it stands in the whole text: `start` says where one
    begins, `moved` gives it so many characters later. None where it has not settled around a cut."""
    starts = [start(one) for one in found]
    whole: list[_T] = []
    done, shift = 0, 0
    for cut in cuts:
        settled = _settled(found, starts, cut, moved)
        if settled is None:
            return None
        step, pattern = settled
        here = bisect_left(starts, cut.place)
        whole += [moved(one, shift) for one in found[done:here]] if shift else found[done:here]
        whole += [
            moved(one, shift + further) for further in range(step, cut.length + 1, step) for one in pattern
        ]
        done, shift = here, shift + cut.length
    whole += [moved(one, shift) for one in found[done:]]
    return whole


def _settled(
    found: Sequence[_T], starts: Sequence[int], cut: Cut, moved: Callable[[_T, int], _T]
) -> tuple[int, Sequence[_T]] | None:
    """After how many characters the same is read again around the cut, and what is read so far before it."""

    def within(begin: int, end: int) -> Sequence[_T]:
        return found[bisect_left(starts, begin) : bisect_left(starts, end)]

    for repetitions in _ALTERNATING:
        step = repetitions * cut.period
        if 2 * step > cut.margin:
            break
        pattern = within(cut.place - step, cut.place)
        earlier = [moved(one, step) for one in within(cut.place - 2 * step, cut.place - step)]
        later = [moved(one, -step) for one in within(cut.place, cut.place + step)]
        if earlier == list(pattern) == later:
            return step, pattern
    return None


def _stretches(text: str) -> Iterator[tuple[int, int, int]]:
    """Stretches (begin, end, period) in which each character is that of one period before, in order."""
    position, floor = 0, 0
    while position + _ANCHOR < len(text):
        stretch = _stretch_at(text, position, floor)
        if stretch is None:
            position += _STRIDE
            continue
        yield stretch
        floor = stretch[1]
        position = max(floor, position + _STRIDE)


def _stretch_at(text: str, position: int, floor: int) -> tuple[int, int, int] | None:
    """The stretch that holds the characters at `position` and begins at `floor` or later."""
    anchor, again = text[position : position + _ANCHOR], position
    for _ in range(_TRIES):
        again = text.find(anchor, again + 1, position + _LONGEST_PERIOD + _ANCHOR)
        if again < 0:
            return None
        period = again - position
        end = again + _alike(text, position, again)
        if end - position >= max(_STRIDE, 3 * period):
            begin = position
            # At most one stride back: what lies before has been looked at.
            while begin > max(floor, position - _STRIDE) and text[begin - 1] == text[begin - 1 + period]:
                begin -= 1
            return begin, end, period
    return None


def _alike(text: str, one: int, other: int) -> int:
    """How many characters from `one` on are those from `other` on, which lies behind it."""
    length, step = 0, _ANCHOR
    while step and other + length < len(text):
        size = min(step, len(text) - other - length)
        if text[one + length : one + length + size] == text[other + length : other + length + size]:
            length += size
            step *= 2
        else:
            step = size // 2
            # From here on it halves: what differs lies within the last piece.
            while step:
                if text[one + length : one + length + step] == text[other + length : other + length + step]:
                    length += step
                step //= 2
            # Halves of an odd size leave some characters over.
            while other + length < len(text) and text[one + length] == text[other + length]:
                length += 1
    return length
