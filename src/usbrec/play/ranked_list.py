"""Ranked list of a reply: the items that it recommends, the best first, read by linking.

A place of the list is an item of the catalogue, in the order in which the reply first names them. What the
dialogue had named before takes no place, because nobody asks to be told what was just said, and neither does
an item that is named again or a title that the catalogue does not have; all of these are counted. Numbers and
marks decide no place: models that were asked for a title a line write commas, tables and sentences too. What
lines say is that a title may open each of them, as behind a bullet: "Heat" alone in a line is the film.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Turn
from usbrec.items.knowledge import Knowledge


@dataclass(frozen=True, slots=True)
class RankedList:
    """The `items` of a reply, ids, the best first, at most as many as were asked for. `ends` says for each
    where its title ends in the reply's text, in characters; it is empty where the speaker's own system gave
    the items beside the text.

    Counted is what the reply names beside them: `beyond`, items behind the last place; `repeated`, items
    named again; `named_before`, items that the dialogue had named; `made_up`, titles that the catalogue does
    not have; and `other_lines`, lines in which none of all that stands: words, or titles that are not
    written like titles.
    """

    items: tuple[str, ...] = ()
    ends: tuple[int, ...] = ()
    beyond: int = 0
    repeated: int = 0
    named_before: int = 0
    made_up: int = 0
    other_lines: int = 0

    def counts(self) -> dict[str, Any]:
        """What was counted, as JSON."""
        return {name: getattr(self, name) for name in COUNTS}


#: What is counted of a list beside its items.
COUNTS = ("beyond", "repeated", "named_before", "made_up", "other_lines")


#: A line, and the marks that an entry of a list may open with.
_LINE = re.compile(r"[^\n]+")
_MARKED = re.compile(r"[ \t]*(?:[0-9]{1,2}[.)][ \t]|[-*•|>#(\[\"“'_])")
_MARK = "- "


def read_list(before: Sequence[Turn], reply: Turn, knowledge: Knowledge, length: int) -> RankedList:
    """The list of `length` items, or fewer, that `reply` recommends after the turns `before`."""
    said = knowledge.named_in(before)
    if reply.items is None:
        marked, marks = _as_entries(reply.text)
        linked = reply.read_by(knowledge.linker) if marked is None else knowledge.linker.read(marked)
        ids = knowledge.meant(linked.mentions, said)
        ends = [one.end - len(_MARK) * bisect_right(marks, one.end) for one in linked.mentions]
        made_up = linked.out_of_catalogue
        other_lines = _other_lines(reply.text, ends, made_up)
    else:
        ids, ends, made_up, other_lines = reply.items, [], (), 0
    places: dict[str, int] = {}
    beyond: set[str] = set()
    repeated = named_before = 0
    for mention, item_id in enumerate(ids):
        if item_id in said:
            named_before += 1
        elif item_id in places or item_id in beyond:
            repeated += 1
        elif len(places) < length:
            places[item_id] = mention
        else:
            beyond.add(item_id)
    return RankedList(
        tuple(places),
        tuple(ends[mention] for mention in places.values()) if ends else (),
        len(beyond),
        repeated,
        named_before,
        len(made_up),
        other_lines,
    )


def _as_entries(text: str) -> tuple[str | None, list[int]]:
    """The text with a bullet before each line that has no mark and leads to nothing, and the places of these
    in it; None where it is no text of several lines."""
    lines = [line for line in _LINE.finditer(text) if any(map(str.isalnum, line[0]))]
    if len(lines) < 2:
        return None, []
    parts, places, at, written = [], [], 0, 0
    for line in lines:
        kept = text[at : line.start()]
        written += len(kept)
        entry = _without_columns(line[0])
        if not (_MARKED.match(entry) or entry.rstrip().endswith((":", "："))):
            places.append(written)
            kept, written = kept + _MARK, written + len(_MARK)
        parts += [kept, entry]
        at, written = line.end(), written + len(entry)
    return "".join((*parts, text[at:])), places


def _without_columns(line: str) -> str:
    """A line of a prompt ("Heat (1995) | crime") or of a table with one column, with a dash: as long as it
    was. What has more columns tells titles by the year beside them."""
    if not line.lstrip().startswith("|"):
        return line.replace(" | ", " - ")
    return line if line.count("|") > 2 else line.replace("|", "-", 1).replace("|", " ")


def _other_lines(text: str, ends: Sequence[int], made_up: Sequence[str]) -> int:
    """Lines with a letter or digit in which no item and no made-up title ends."""
    return sum(
        any(map(str.isalnum, line[0]))
        and not any(line.start() < end <= line.end() for end in ends)
        and not any(title in line[0] for title in made_up)
        for line in _LINE.finditer(text)
    )
