"""Marks of reasoning that a reply speaks of: in code, in quotation marks, as a word of a sentence, as a link.

Whoever explains a tag, or names a film like one, has not begun to think. Words tell it in no language, the
place does: a model that thinks opens a block at the beginning, on a line of its own or behind a sentence, and
does not go on in small letters where it closed it.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence

from usbrec.llm.marks import Family, Found
from usbrec.patterns import LazyPattern

_QUOTES = tuple("`'\"“”‘’„«»")
_FENCE = LazyPattern(r"^[ \t]*(?P<ticks>`{3,}|~{3,})[ \t]*(?P<kind>[^\s`]*)[^\n`]*$", re.MULTILINE)
#: Two marks that a sentence speaks of stand no further apart.
_FURTHEST = 200
#: So many characters before a mark show what it stands behind.
_LINE = 40


def is_quoted(mark: Found, answer: str) -> bool:
    """Whether a quotation mark stands before or behind it."""
    return answer[mark.start - 1 : mark.start] in _QUOTES or answer[mark.end : mark.end + 1] in _QUOTES


class Mentions:
    """Which marks of an answer are spoken of, where it does not think. `cut`: it may go on, so that a mark
    without its other one may yet get it. `named` marks are somebody's own, and spoken of in quotes alone.
    `unsure` says that what follows may change what was found."""

    def __init__(self, answer: str, found: Sequence[Found], *, cut: bool, named: bool = False) -> None:
        self._answer = answer
        self._found = found
        self._cut = cut
        self._named = named
        self._blocks: list[tuple[int, int]] | None = None
        self._begins: list[int] = []
        self._closing: dict[Family, list[int]] | None = None
        self._last_unquoted: dict[Family, int] = {}
        self.unsure = False

    def opening(self, index: int) -> int | None:
        """The index of the last mark that is spoken of together with this opening one: its own, or that of
        its closing one. None where it opens a block."""
        mark = self._found[index]
        partner = self._partner(index)
        if self._named:
            return index if partner is None and self._between_quotes(mark) else None
        if self._is_in_code(mark, partner):
            return index if partner is None else partner
        if self._between_quotes(mark):
            return index if self._closed_in_quotes(index) else None
        if self._is_link(mark):
            return index
        if partner is None:
            said = not self._cut and (self._is_title(mark) or self._is_inside_sentence(mark))
            return index if said else None
        other = self._found[partner]
        return partner if self._quoted_pair(mark, other) or self._pair_in_sentence(mark, other) else None

    def closing(self, index: int) -> bool:
        """Whether a closing mark without an opening one is spoken of."""
        mark = self._found[index]
        if self._named:
            return False
        if self._between_quotes(mark) or self._is_in_code(mark, None):
            return True
        answer = self._answer
        if (
            answer[mark.start - 1 : mark.start] != " "
            or not answer[mark.start - 2 : mark.start - 1].islower()
        ):
            return False
        # Who begins in small letters may go on in them, thoughts or not.
        begins = next((letter for letter in answer if letter.isalpha()), "")
        goes_on = answer[mark.end : mark.end + 1] == " " and answer[mark.end + 1 : mark.end + 2].islower()
        return begins.isupper() and goes_on

    def _between_quotes(self, mark: Found) -> bool:
        if self._answer[mark.start - 1 : mark.start] not in _QUOTES:
            return False
        self.unsure = self.unsure or mark.end == len(self._answer)
        return self._answer[mark.end : mark.end + 1] in _QUOTES

    def _partner(self, index: int) -> int | None:
        """The next closing mark of the same family."""
        if self._closing is None:
            self._closing = {}
            for place, one in enumerate(self._found):
                if one.kind == "closes":
                    self._closing.setdefault(one.family, []).append(place)
        places = self._closing.get(self._found[index].family, [])
        behind = bisect.bisect_right(places, index)
        return places[behind] if behind < len(places) else None

    def _closed_in_quotes(self, index: int) -> bool:
        """Whether all closing marks of its family behind it are quoted, too."""
        family = self._found[index].family
        if family not in self._last_unquoted:
            places = (self._closing or {}).get(family, [])
            unquoted = (place for place in reversed(places) if not self._between_quotes(self._found[place]))
            self._last_unquoted[family] = next(unquoted, -1)
        return self._last_unquoted[family] < index

    def _is_in_code(self, mark: Found, partner: int | None) -> bool:
        """Whether a mark stands in a block of code that is shown, with its other one where that comes."""
        if self._blocks is None:
            shows = "```" in self._answer or "~~~" in self._answer
            self._blocks = _blocks(self._answer) if shows else []
            if self._blocks and not self._answer[: self._blocks[0][0]].strip():
                self._blocks = self._without_wrapping(self._blocks, mark, partner)
            self._begins = [start for start, _ in self._blocks]
        last = bisect.bisect_left(self._begins, mark.start) - 1
        if last < 0:
            return False
        end = self._blocks[last][1]
        self.unsure = self.unsure or end < 0
        return mark.end <= end and (partner is None or self._found[partner].end <= end)

    def _without_wrapping(
        self, blocks: list[tuple[int, int]], mark: Found, partner: int | None
    ) -> list[tuple[int, int]]:
        """The blocks without the one that the answer begins with, which may be what it is wrapped in. It is
        an example where all that it holds stands between these two marks, and nothing stands behind it."""
        (start, end), answer = blocks[0], self._answer
        if partner is None or end < 0:
            self.unsure = self.unsure or (end < 0 and start <= mark.start)
            return blocks[1:]
        closing = self._found[partner]
        inside = answer[answer.find("\n", start) + 1 : mark.start] + answer[closing.end : end]
        if not start < mark.start or closing.end > end or inside.strip():
            return blocks[1:]
        if answer[end:].lstrip(" \t").lstrip("`~").strip():
            return blocks[1:]
        self.unsure = True
        return blocks

    def _is_link(self, mark: Found) -> bool:
        """Whether it is the text of a link, in square brackets. `[THINK]` is a token and no text."""
        if not self._is_text_in_brackets(mark):
            return False
        self.unsure = self.unsure or mark.end == len(self._answer)
        return self._answer[mark.end : mark.end + 1] in ("(", "[")

    def _is_text_in_brackets(self, mark: Found) -> bool:
        shown = self._answer[mark.start : mark.end]
        return shown.startswith("[") and not shown.isupper()

    def _is_title(self, mark: Found) -> bool:
        """Whether it is a title or a stage direction in brackets: with a capital, or behind other words."""
        if not self._is_text_in_brackets(mark):
            return False
        return self._answer[mark.start + 1].isupper() or bool(self._answer[: mark.start].strip())

    def _is_inside_sentence(self, mark: Found) -> bool:
        """Whether it stands between blanks behind a word in its line, and the line goes on behind it."""
        before = self._answer[max(0, mark.start - _LINE) : mark.start]
        behind = self._answer[mark.end : mark.end + 1]
        word = before.rstrip(" ")
        if word == before or not word or not (word[-1].isalnum() or word[-1] in ",;:–—-("):
            return False
        return behind != "" and behind in " .,;:!?)…。，、；：！？）"

    def _quoted_pair(self, mark: Found, other: Found) -> bool:
        """Whether the two and what is between them stand in quotes, with other words around these."""
        answer = self._answer
        if answer[mark.start - 1 : mark.start] not in _QUOTES or "\n" in answer[mark.end : other.start]:
            return False
        self.unsure = self.unsure or other.end == len(answer)
        around = answer[: mark.start - 1].strip() or answer[other.end + 1 :].strip()
        return bool(around) and answer[other.end : other.end + 1] in _QUOTES

    def _pair_in_sentence(self, mark: Found, other: Found) -> bool:
        """Whether both are words of a line: between blanks, and it goes on in small letters or is ended."""
        # A comment is shown to nobody, wherever it stands.
        if mark.family.opening == "<!--" or other.start - mark.end > _FURTHEST:
            return False
        between = self._answer[mark.end : other.start]
        if "\n" in between or not self._is_inside_sentence(mark):
            return False
        if not ((between[:1] == " " and between[-1:] == " ") or not any(map(str.isalnum, between))):
            return False
        behind = self._answer[other.end : other.end + 2]
        if not behind.strip():
            self.unsure = True
            return not self._cut
        return behind[0] in ".,;:!?)。，、" or (behind[0] == " " and not behind[1].isupper())


def _blocks(answer: str) -> list[tuple[int, int]]:
    """The blocks of code that an answer shows: where each begins and ends (-1: not yet)."""
    found: list[tuple[int, int]] = []
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(answer):
        if opened is None:
            opened = fence
        elif not fence["kind"] and fence["ticks"].startswith(opened["ticks"]):
            found.append((opened.start(), fence.start()))
            opened = None
    if opened is not None:
        found.append((opened.start(), -1))
    return found
