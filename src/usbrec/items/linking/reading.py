"""Linked text: the mentions found in a text, and what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from usbrec.items.linking.out_of_catalogue import titles_written


class Mention(NamedTuple):
    """An item named in a text.

    `text[start:end]` is `text`, a written year and its brackets included. `title` is the catalogue's,
    `year` what was written (None: nothing). `candidates` are the ids it could be, most popular first;
    `item_id` is the one it is read as.
    """

    start: int
    end: int
    text: str
    title: str
    year: int | None
    candidates: tuple[str, ...]
    item_id: str

    def moved(self, by: int) -> Mention:
        """The same so many characters later."""
        start, end, *what = self
        return Mention._make((start + by, end + by, *what))


@dataclass(frozen=True)
class LinkedText:
    """What a linker read in a text: the `mentions`, in order and not overlapping, and the spans where a known
    title stands for something `unknown`. What follows from these is found when it is first asked for."""

    text: str
    mentions: tuple[Mention, ...]
    unknown: Sequence[tuple[int, int]]

    @cached_property
    def beside(self) -> tuple[str, ...]:
        """The pieces before, between and behind the mentions: one more than there are mentions."""
        starts = [*(mention.start for mention in self.mentions), len(self.text)]
        ends = [0, *(mention.end for mention in self.mentions)]
        return tuple(self.text[end:start] for end, start in zip(ends, starts, strict=True))

    @cached_property
    def out_of_catalogue(self) -> tuple[str, ...]:
        """What is written like a title and is not in the catalogue, in order, each once.

        "Some Title (1999)", known titles with another year or number, and capitalised phrases in
        quotes, italics or bold. Careful rather than complete.
        """
        return titles_written(
            self.text, [(mention.start, mention.end) for mention in self.mentions], self.unknown
        )
