"""Streamed completions put together: chunks in, the first choice's words out, the whole body at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from usbrec.llm.openai.repeats import StreamedText
from usbrec.llm.openai.responses import (
    Body,
    BodyChoice,
    BodyMessage,
    Chunk,
    ChunkChoice,
    clean,
    joined,
    put_together,
)
from usbrec.llm.openai.statuses import breaks_off


@dataclass
class _Choice:
    said: StreamedText = field(default_factory=StreamedText)
    thoughts: StreamedText = field(default_factory=StreamedText)
    calls: list[dict[str, Any]] = field(default_factory=list)
    finish: str | None = None
    logprobs: Any = None
    unknown: str = ""
    refused: StreamedText = field(default_factory=StreamedText)
    in_deltas: bool = False
    #: Half a surrogate pair, whose other half comes with the next piece.
    half: str = ""

    def add(self, choice: ChunkChoice) -> str:
        self.finish = choice.finish_reason or self.finish
        self.logprobs = self.logprobs or choice.logprobs
        message, whole = choice.said
        if message is None:
            return ""
        calls = (message.model_extra or {}).get("tool_calls")
        self.unknown = self.unknown or message.unknown_part
        if whole and self.in_deltas:
            self.refused.add_whole(message.refused)
            # Behind its pieces a message is all of them.
            self.thoughts.add_whole(message.reasoning)
            if not self.calls:
                put_together(self.calls, calls)
            return self.said.add_whole(message.text)
        self.in_deltas = self.in_deltas or not whole
        last = choice.finish_reason is not None
        self.refused.add(message.refused, last=last)
        self.thoughts.add(message.reasoning, last=last)
        put_together(self.calls, calls)
        return self.said.add(self._characters(message.raw), last=last)

    def _characters(self, piece: str) -> str:
        """The whole characters of a piece: servers that count in UTF-16 cut some in two."""
        piece, self.half = self.half + piece, ""
        if "\ud800" <= piece[-1:] <= "\udbff":
            piece, self.half = piece[:-1], piece[-1]
        return piece if piece.isascii() else clean(joined(piece))

    def end(self) -> str:
        self.thoughts.end()
        self.refused.end()
        rest = self.said.add(clean(self.half)) if self.half else ""
        self.half = ""
        return rest + self.said.end()

    def ends(self, done: bool) -> bool:
        """Whether it has an end; where the stream is `done`, having said something is one."""
        return self.finish is not None or (
            done and bool(self.said.text.strip() or self.calls or self.refused.text.strip())
        )

    def whole(self) -> BodyChoice:
        message = BodyMessage.of(
            self.said.text, self.thoughts.text, self.calls, self.unknown, self.refused.text
        )
        return BodyChoice(message=message, finish_reason=self.finish, logprobs=self.logprobs)


class Gathered:
    """What of a stream has come. `broken`: that an event was none."""

    def __init__(self) -> None:
        self.broken = False
        self._choices: dict[int, _Choice] = {}
        self._usage: Any = None

    def add(self, chunk: Chunk) -> str:
        """The new words of the choice that came first."""
        self._usage = chunk.usage or self._usage
        told = ""
        for place, choice in enumerate(chunk.choices or ()):
            index = choice.index if isinstance(choice.index, int) else place
            new = self._choices.setdefault(index, _Choice()).add(choice)
            if index == next(iter(self._choices)):
                told += new
        return told

    def end(self) -> str:
        """The words of the choice that came first which were held back, now that nothing more comes."""
        return next(iter([choice.end() for choice in self._choices.values()]), "")

    @property
    def ended(self) -> bool:
        """Whether all choices that began have an end, and none of them was broken off."""
        finishes = [choice.finish for choice in self._choices.values()]
        return bool(finishes) and all(one and not breaks_off(one) for one in finishes)

    def body(self, *, done: bool = False) -> Body | None:
        """The choices that have an end; None for a stream that broke off. `done`: "[DONE]" has come, which is
        an end for a choice that has said something and has no other."""
        first = next(iter(self._choices.values()), None)
        if self.broken or first is None or not first.ends(done):
            return None
        choices = [self._choices[index] for index in sorted(self._choices)]
        whole = [choice.whole() for choice in choices if choice.ends(done)]
        return Body(choices=whole, usage=self._usage)
