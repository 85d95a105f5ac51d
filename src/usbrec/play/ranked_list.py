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
from usbrec.patterns import LazyPattern


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


_LINE = LazyPattern(r"[^\n]+")
#: What an entry of a list may open with before its title: a bullet or a number, which has a mark behind it
#: ("1.", "(2)", "3:", "No. 4 -"), for "12 Angry Men" is a title.
_LEAD = LazyPattern(
    r"""[ \t]*(?:
          (?:(?i:no|nr|top|rank|platz)\.?[ \t]*)? [(\[#]? \d{1,2} (?:st|nd|rd|th)?
          (?: [.)\]:–—-]+(?=[ \t]) | [.)\]](?=[^\W\d_]) | [ \t]+[–—-](?=[ \t]) | /(?=[ \t]) )
        | \#\d{1,2}(?=[ \t]) | [a-hA-H]\)(?=[ \t]) | [ivxIVX]{1,4}\.(?=[ \t])
        | [–—·•→✓✔▪◦*-](?=[ \t]) | [①-⑳]
    )[ \t]*""",
    re.VERBOSE,
)
#: Lines that are no entry: of a table or an object, or what leads to the list.
_NO_ENTRY = LazyPattern(r"\s*[|{}\[\]].*|.*[:：]\s*", re.DOTALL)
_MARK = "- "


def read_list(before: Sequence[Turn], reply: Turn, knowledge: Knowledge, length: int) -> RankedList:
    """The list of `length` items, or fewer, that `reply` recommends after the turns `before`."""
    said = knowledge.named_in(before)
    if reply.items is None:
        entries = _as_entries(reply.text)
        linked = reply.read_by(knowledge.linker) if entries is None else knowledge.linker.read(entries.text)
        ids = knowledge.meant(linked.mentions, said)
        ends = [one.end if entries is None else entries.before(one.end) for one in linked.mentions]
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


@dataclass(frozen=True, slots=True)
class _Entries:
    """A text whose lines are entries of a list, each with the same bullet; from the `starts` of its lines on
    it is `longer` than the text as it was said by so many characters."""

    text: str
    starts: Sequence[int]
    longer: Sequence[int]

    def before(self, end: int) -> int:
        """A place of this text in the text as it was said."""
        return end - self.longer[bisect_right(self.starts, end) - 1]


def _as_entries(text: str) -> _Entries | None:
    """The text with a bullet before each line that may be an entry, in place of the mark it has; None where
    there are not several lines."""
    lines = [line for line in _LINE.finditer(text) if any(map(str.isalnum, line[0]))]
    if len(lines) < 2:
        return None
    written, starts, longer, at = "", [0], [0], 0
    for line in lines:
        written += text[at : line.start()]
        entry = line[0]
        if (lead := _LEAD.match(entry)) is not None:
            entry = _MARK + entry[lead.end() :]
        elif not _NO_ENTRY.fullmatch(entry):
            entry = _MARK + entry.lstrip(" \t")
        starts.append(len(written))
        written += _without_columns(entry)
        at = line.end()
        # Titles stand behind the mark, so what changed before them counts for the whole line.
        longer.append(len(written) - at)
    return _Entries(written + text[at:], starts, longer)


def _without_columns(line: str) -> str:
    """A line of a prompt ("Heat (1995) | crime") or of a table with one column, with a dash: as long as it
    was. What has more columns tells titles by the year beside them."""
    if not line.lstrip().startswith("|"):
        return re.sub(r";(?=\s*$)", " ", line.replace(" | ", " - ").replace(" / ", " - "))
    return line if line.count("|") > 2 else line.replace("|", "-", 1).replace("|", " ")


def _other_lines(text: str, ends: Sequence[int], made_up: Sequence[str]) -> int:
    """Lines with a letter or digit in which no item and no made-up title ends."""
    return sum(
        any(map(str.isalnum, line[0]))
        and not any(line.start() < end <= line.end() for end in ends)
        and not any(title in line[0] for title in made_up)
        for line in _LINE.finditer(text)
    )
