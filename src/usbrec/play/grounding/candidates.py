"""Candidates: retrieved items, laid before the recommender as data.

They stand in the last user message, behind what the seeker said, because there a small model reads them
and everything before stays the same from turn to turn, so that a warm prompt is not computed again.
They are retrieved for the dialogue as it stands at each reply. The question that closes the list is what
makes a small model choose from it (docs/log.md has the layouts that were tried).

Whoever writes a catalogue must not write instructions. An item is one line between two marks, of fields
with a cap each; whatever could end the line, the marks or a chat template's message is taken out of it.
Free text is left out unless it is asked for, because a lure in it could not be told from a description.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from usbrec.dialogue import Item, Turn
from usbrec.items import Retriever
from usbrec.items.knowledge import Knowledge
from usbrec.llm.protocol import Message
from usbrec.prompts import Prompts

#: Most characters of a title, of a genre, and of a word of the description; most genres of an item. Half a
#: title names nothing, so the bound is far beyond what titles need.
_TITLE, _GENRE, _WORD = 200, 24, 24
#: A title of more characters may be cut or changed so that it is not read as the item any more.
_LONG = 80
_GENRES = 3
#: What marks, fields, mark-up and chat templates are made of.
_MARKS = str.maketrans(dict.fromkeys("<>|`#{}\\", " ") | {"[": "(", "]": ")"})


@dataclass(frozen=True)
class Grounding:
    """What puts `count` retrieved items, each with `text_words` words of its text, before a reply.

    The model reads the last `window` turns of the dialogue (None: all); the retriever reads them all.
    """

    knowledge: Knowledge
    retriever: Retriever
    prompts: Prompts
    count: int
    text_words: int = 0
    window: int | None = None

    def candidates(self, turns: Sequence[Turn]) -> tuple[Item, ...]:
        """The items for a dialogue that stands here, best first, none of them named in it, and each read
        back from how it is shown."""
        looked_at = self.count
        while True:
            ranked = self.retriever.rank(turns, looked_at)
            items = tuple(filter(self._read_back, self.items([item_id for item_id, _ in ranked])))
            if len(items) >= self.count or len(ranked) < looked_at:
                return items[: self.count]
            # The next ones move up.
            looked_at += self.count - len(items)

    def _read_back(self, item: Item) -> bool:
        """Whether the fixed sentence names the very item; looked at for long titles alone."""
        return len(item.title) <= _LONG or self.knowledge.named(self.suggestion(item))[:1] == (item.id,)

    def items(self, ids: Sequence[str]) -> tuple[Item, ...]:
        """The items of these ids, those that the catalogue has."""
        found = (self.knowledge.catalogue.get(item_id) for item_id in ids)
        return tuple(item for item in found if item is not None)

    def shown(
        self, messages: Sequence[Message], items: Sequence[Item], *, focused: bool = False
    ) -> tuple[Message, ...]:
        """`messages` as the model reads them: the items are in the last one, if there are any, and of the
        others those of the window are left, behind the system message. `focused` asks about these items and
        not which one."""
        *before, last = self._windowed(messages)
        block = self.focus if focused else self.block
        return (*before, Message(last.role, block(last.content, items)) if items else last)

    def _windowed(self, messages: Sequence[Message]) -> tuple[Message, ...]:
        before = sum(message.role == "system" for message in messages)
        # Worked examples were never said: they stay whole and count for nothing.
        while before + 1 < len(messages) and self._holds_list(messages[before]):
            before += 2
        spoken = messages[before:]
        if self.window is None or len(spoken) <= self.window:
            return tuple(messages)
        kept = spoken[-self.window :]
        if kept[0].role == "assistant":
            # Chat templates want a user to begin.
            kept = (Message("user", self.prompts.render("opening")), *kept)
        return (*messages[:before], *kept)

    def _holds_list(self, message: Message) -> bool:
        """Whether a message shows candidates already, as the questions of worked examples do.

        What was said in a dialogue never does: a list is laid into what the model reads, and into its last
        message alone.
        """
        around = self.prompts.render("candidates", message="\0", candidates="\0").split("\0")
        return message.role == "user" and all(part in message.content for part in around)

    def block(self, message: str, items: Sequence[Item]) -> str:
        """A user's message with the items behind it, a line each."""
        lines = "\n".join(f"{number}. {self.line(item)}" for number, item in enumerate(items, start=1))
        return self.prompts.render("candidates", message=message, candidates=lines)

    def focus(self, message: str, items: Sequence[Item]) -> str:
        """A user's message with a few items behind it that it asks about."""
        return self.prompts.render(
            "focus",
            message=message,
            candidates="\n".join(self.line(item) for item in items),
            titles=" or ".join(self.name(item) for item in items),
        )

    def line(self, item: Item) -> str:
        """An item as one harmless line: its name, up to three genres, words of its text if wanted."""
        genres = ", ".join(genre for name in item.genres[:_GENRES] if (genre := plain(name, _GENRE).lower()))
        words = plain(item.text, 64 * self.text_words).split()[: self.text_words]
        text = " ".join(word[:_WORD] for word in words)
        return " | ".join(part for part in (self.name(item), genres, text) if part)

    def name(self, item: Item) -> str:
        """The title with its year, where that is known, as it stands in the list."""
        title = plain(item.title, _TITLE)
        return title if item.year is None else f"{title} ({item.year})"

    def suggestion(self, item: Item) -> str:
        """The fixed sentence that recommends an item."""
        return self.prompts.render("fallback_item", title=self.name(item))


def plain(text: str, longest: int) -> str:
    """`text` on one line, at most `longest` characters, without control characters and marks."""
    kept = "".join(
        " " if unicodedata.category(character)[0] == "C" or character in "\u2028\u2029" else character
        for character in text[: 4 * longest].translate(_MARKS)
    )
    return " ".join(kept.split())[:longest].strip()
