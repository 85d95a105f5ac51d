"""A model that speaks of real items: it sees candidates, and what it says is linked back.

A reply that recommends nothing real is drawn again with another seed, and the best of the draws is said:
one with a real item that the dialogue had not named, before one with any real item, before an earlier
reply word for word, before one with none, before one with a title that the catalogue does not have. The
last kind is never said: a fixed sentence stands in for it, and is counted as a *fallback*. Saying a reply
again recommends nothing and explains nothing, whatever it names. A draft that is asked about some of the
candidates alone (`ChatRequest.focus`) has to name one of these: others are asked about the rest.

A candidate's title with a wrong year is miscopied rather than made up (most of what small models get wrong
is that), and a list's number or a tag in front of a title is copied with it (prompts/artefacts.py): the
year is set right, the marks are taken out. Such a reply is *mended*, and that is counted.

To ask is no fault while there is a round left to use the answer in; nor is it to speak of one's last
recommendation when the seeker asks about it.

This is a ChatModel around another, so that play, self-enhancement (whose drafts and inner turns each see
the candidates of their own dialogue) and a service share it, whatever system message they bring.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Literal

from usbrec.dialogue import Item, Turn, plain_words
from usbrec.errors import ModelError
from usbrec.items import normalise_title, split_title
from usbrec.keys import derive_seed
from usbrec.llm.protocol import Around, ChatModel, ChatReply, ChatRequest, Completion, Message
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.seats import turns_of
from usbrec.prompts.artefacts import without_artefacts

Fallback = Literal["item", "ask"]

#: Least temperature of a second draw: a greedy one would say the same again.
_REDRAW_TEMPERATURE = 0.7


class ReplyQuality(IntEnum):
    """What a reply is worth before anybody judges it; only FITTING is not drawn again."""

    INVENTED = 0
    NOTHING = 1
    REPEATED = 2
    KNOWN = 3
    FITTING = 4


class Grounded(Around):
    """Grounds what `base` says. `examples` are the worked exchanges that open every dialogue.

    `redraws` is how often a reply is drawn again; `fallback` what is said where that did not help:
    "item" the first candidate, also for a last round's reply that names nothing real; "ask" a question,
    so that every item named is the model's own choice. Each completion's `detail` has the ids of the
    ``candidates``, the count of ``redraws``, and whether it is ``mended`` or a ``fallback``. Text is not
    streamed piece by piece, because it is only known to be sound when it is whole.
    """

    def __init__(
        self,
        base: ChatModel,
        grounding: Grounding,
        *,
        examples: tuple[Message, ...] = (),
        redraws: int = 2,
        fallback: Fallback = "item",
    ) -> None:
        super().__init__(base)
        self._grounding = grounding
        self._examples = examples
        self._redraws = redraws
        self._fallback = fallback

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"grounded": self.inner.identity, "candidates": self._grounding.count}

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Raises ModelError when the first draw fails; a later one that fails is done without."""
        _, turns = turns_of(request.messages, self._examples)
        last = request.round is not None and request.round == request.rounds
        reading = _Reading.of(turns, self._grounding, last=last, focus=request.focus)
        drawn, reply = await self._draw(request, reading)
        said = tuple(self._said(draw, reading) for draw in drawn)
        if request.on_delta is not None:
            request.on_delta(said[0].text)
        return replace(reply, completions=said)

    async def _draw(self, request: ChatRequest, reading: _Reading) -> tuple[list[_Draw], ChatReply]:
        """The best draw for each completion asked for, and the first answer with the usage of all."""
        started = time.monotonic()
        shown = self._grounding.shown(request.messages, reading.items, focused=request.focus is not None)
        asked = replace(request, messages=shown, on_delta=None, focus=None)
        reply = await self.inner.chat(asked)
        drawn = [reading.read(completion) for completion in reply.completions]
        for attempt in range(1, self._redraws + 1):
            weak = [place for place, draw in enumerate(drawn) if draw.worth is not ReplyQuality.FITTING]
            left = None if request.deadline is None else request.deadline + started - time.monotonic()
            if not weak or (left is not None and left <= 0.0):
                break
            again = replace(
                asked,
                n=len(weak),
                temperature=max(request.temperature, _REDRAW_TEMPERATURE),
                seed=derive_seed(request.seed, "redraw", attempt),
                deadline=left,
            )
            try:
                more = await self.inner.chat(again)
            except ModelError:
                break
            reply = replace(reply, usage=reply.usage + more.usage)
            for place, completion in zip(weak, more.completions, strict=True):
                drawn[place] = drawn[place].or_better(reading.read(completion))
        return drawn, reply

    def _said(self, draw: _Draw, reading: _Reading) -> Completion:
        fallback = draw.worth is ReplyQuality.INVENTED or (
            self._fallback == "item"
            and reading.last
            and draw.worth in (ReplyQuality.NOTHING, ReplyQuality.REPEATED)
        )
        return replace(
            Completion(self._instead(reading)) if fallback else draw.completion,
            detail={
                "candidates": [item.id for item in reading.candidates],
                "redraws": draw.redraws,
                "mended": draw.mended and not fallback,
                "fallback": fallback,
            },
        )

    def _instead(self, reading: _Reading) -> str:
        """The fixed sentence with the first candidate that is read back from it, or the fixed question."""
        if self._fallback == "item":
            for item in reading.items:
                sentence = self._grounding.suggestion(item)
                if reading.worth(sentence) is ReplyQuality.FITTING:
                    return sentence
        return self._grounding.prompts.render("fallback_ask")


@dataclass(frozen=True, slots=True)
class _Draw:
    completion: Completion
    worth: ReplyQuality
    mended: bool
    redraws: int = 0

    def or_better(self, other: _Draw) -> _Draw:
        """The better of the two, the earlier one among equals; an empty reply is none."""
        better = other.worth > self.worth and other.completion.text.strip()
        return replace(other if better else self, redraws=self.redraws + 1)


@dataclass(frozen=True)
class _Reading:
    """How a reply is read at one point of a dialogue: `candidates` are all there are, `items` those shown,
    `said` the ids named so far, `explained` those of the last recommendation if the seeker asks about it,
    `replies` what the recommender has said, as :func:`plain_words`; `wanted` the ids one of which a focused
    draft is to name, None for any other."""

    grounding: Grounding
    candidates: tuple[Item, ...]
    items: tuple[Item, ...]
    said: frozenset[str]
    explained: frozenset[str]
    replies: frozenset[str]
    wanted: frozenset[str] | None
    last: bool

    @classmethod
    def of(
        cls, turns: Sequence[Turn], grounding: Grounding, *, last: bool, focus: Sequence[str] | None = None
    ) -> _Reading:
        knowledge = grounding.knowledge
        asked = len(turns) > 1 and "?" in turns[-1].text
        before = [turn for turn in turns[-2:-1] if turn.role == "recommender" and asked]
        candidates = grounding.candidates(turns)
        return cls(
            grounding,
            candidates,
            candidates if focus is None else grounding.items(focus),
            knowledge.named_in(turns),
            knowledge.named_in(before),
            frozenset(plain_words(turn.text) for turn in turns if turn.role == "recommender"),
            None if focus is None else frozenset(focus),
            last,
        )

    def read(self, completion: Completion) -> _Draw:
        text = self._mend(completion.text)
        return _Draw(replace(completion, text=text), self.worth(text), text != completion.text)

    def worth(self, text: str) -> ReplyQuality:
        knowledge = self.grounding.knowledge
        if knowledge.linker.out_of_catalogue(text):
            return ReplyQuality.INVENTED
        if plain_words(text) in self.replies:
            return ReplyQuality.REPEATED
        named = knowledge.named(text, self.said)
        if self._fits(text, named):
            return ReplyQuality.FITTING
        return ReplyQuality.KNOWN if named else ReplyQuality.NOTHING

    def _fits(self, text: str, named: Collection[str]) -> bool:
        """Whether these words, which name these ids, are what is wanted here."""
        if self.wanted is not None:
            return not self.wanted.isdisjoint(named)
        if any(item_id not in self.said or item_id in self.explained for item_id in named):
            return True
        return "?" in text and not self.last

    def _mend(self, text: str) -> str:
        """The text without marks of the prompt, with the right year behind each candidate's title."""
        text = without_artefacts(text)
        titles = {normalise_title(item.title): item for item in reversed(self.items)}
        for unknown in self.grounding.knowledge.linker.out_of_catalogue(text):
            title, year = split_title(unknown)
            item = titles.get(normalise_title(title))
            if year is not None and item is not None:
                text = text.replace(unknown, self.grounding.name(item))
        return text
