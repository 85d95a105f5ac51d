"""Grounded recommender: it sees candidates, and what it says is linked back to real items.

A reply that recommends nothing real is drawn again with another seed, and the best of the draws is said:
one with a real item that the dialogue had not named, before one with any real item, before an earlier
reply word for word, before one with none, before one with a title that the catalogue does not have. The
last kind is never said: a fixed sentence stands in for it, and is counted as a *fallback*. Saying a reply
again recommends nothing and explains nothing, whatever it names. A draft that is asked about some of the
candidates alone (`Conversation.focus`) has to name one of these: others are asked about the rest.

A candidate's title with a wrong year is miscopied rather than made up (most of what small models get wrong
is that), and a list's number or a tag in front of a title is copied with it (prompts/artefacts.py): the
year is set right, the marks are taken out. A clause or sentence beside an item of ours that tells of what the
catalogue does not have is cut (naming/cuts.py). Such a reply is repaired (`mended` in the records), and
counted.

What the seeker asks of an item (its price, "in stock", no such brand) holds: candidates meet it, and a reply
that names an item which does not is drawn again, and never said. Where no item of the catalogue meets it, a
fixed sentence says so, and the model is not asked.

To ask is no fault while there is a round left to use the answer in; nor is it to speak of one's last
recommendation when the seeker asks about it.

This is a Recommender around another, so that play, self-enhancement (whose drafts and inner turns each see
the candidates of their own dialogue) and a service share it.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, Literal

from usbrec.dialogue import Conversation, Item, Reply, Turn, plain_words
from usbrec.errors import InputWarning, ModelError
from usbrec.items import normalise_title, split_title
from usbrec.items.constraints.column_table import Allowed
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon.detection import name_of
from usbrec.llm.grammar import TitleGrammar
from usbrec.llm.stops import cut_place, may_be_stopped
from usbrec.patterns import LazyPattern
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.play.grounding.naming.closed_words import compared_with, has_closed_words
from usbrec.play.grounding.naming.page import Heard
from usbrec.play.grounding.naming.slots import filled, unfilled
from usbrec.play.grounding.spoken_of import SpokenOf, spoken_of
from usbrec.play.protocol import Drawn, Recommender, Sampling
from usbrec.play.said import as_said
from usbrec.prompts.artefacts import without_artefacts

Fallback = Literal["item", "ask"]
Naming = Literal["checked", "strict", "constrained", "slots", "strict-slots", "closed"]
#: In which a reply has to show that it names nothing but ours, and in which titles are filled in.
STRICT_WAYS, SLOT_WAYS = frozenset({"strict", "strict-slots", "closed"}), frozenset({"slots", "strict-slots"})

#: The last word of a reply that was cut off, in small letters.
_HALF_WORD = LazyPattern(r"(?<=[\s,|(])(?P<word>[a-zäöüß][^\W\d_]*)\Z")
#: Least temperature of a second draw: a greedy one would say the same again.
_REDRAW_TEMPERATURE = 0.7


class ReplyQuality(IntEnum):
    """A reply's quality before anybody judges it; only FITTING is not drawn again."""

    INVENTED = 0
    VIOLATING = 1
    NOTHING = 2
    REPEATED = 3
    KNOWN = 4
    FITTING = 5


class Grounded:
    """The Recommender `inner`, grounded.

    `redraws` is how often a reply is drawn again; `fallback` what is said where that did not help: "item"
    the first candidate, also for a last round's reply that names nothing real; "ask" a question, so that
    every item named is the recommender's own choice. Each reply's `grounding` has the ids of the
    ``candidates``, the count of ``redraws``, and whether it is ``mended`` or a ``fallback``. `naming` is
    how names are held to the catalogue: "checked" afterwards alone, "strict" likewise, but what does not
    show that it names ours alone is refused, "constrained" also by a grammar that the model writes in,
    "slots" also by markers that titles are filled into (of a grounding with `slots`), "strict-slots" both by
    markers and as "strict" does, "closed" as strict does, and only titles, values of the items named and
    words of a closed list are said (naming/closed.py). Where a strict way refuses a reply that named a
    candidate, the fixed sentence has that one.
    Text is not streamed piece by piece, because it is only known to be sound when it is whole.
    """

    def __init__(
        self,
        inner: Recommender,
        grounding: Grounding,
        *,
        redraws: int = 2,
        fallback: Fallback = "item",
        naming: Naming = "checked",
    ) -> None:
        self.inner = inner
        self._grounding = grounding
        self._check = ReplyCheck(grounding.knowledge, strict=naming in STRICT_WAYS, closed=naming == "closed")
        self._redraws = redraws
        self._fallback = fallback
        self._naming = naming
        #: The languages that were said to have no closed list.
        self._told: set[str] = set()

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def identity(self) -> Mapping[str, Any]:
        # Said only where it is not what it always was, so that recorded runs keep their identity.
        naming = {} if self._naming == "checked" else {"naming": self._naming}
        return {"grounded": self.inner.identity, "candidates": self._grounding.count, **naming}

    @property
    def parallel(self) -> bool:
        return self.inner.parallel

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises ModelError when the first draw fails; a later one that fails is done without."""
        constraints = await self._grounding.read_constraints(conversation, seed=sampling.seed)
        if (sentence := self._grounding.nothing_fits(constraints, conversation.turns)) is not None:
            return _nothing_fits(sentence, sampling)
        if constraints:
            conversation = replace(conversation, constraints=constraints)
        reading = _Reading.of(conversation, self._grounding, self._check)
        draws, drawn = await self._draw(conversation, sampling, reading)
        said = tuple(_until_stop(self._said(draw, reading), sampling.stop) for draw in draws)
        if sampling.on_delta is not None:
            sampling.on_delta(said[0].text)
        return replace(drawn, replies=said)

    def _tell_once(self, language: str) -> None:
        """Tells the first time that there is no closed list of a dialogue's language."""
        if language not in self._told:
            self._told.add(language)
            warnings.warn(
                f"A dialogue is in {name_of(language)}, of which play.naming = closed has no list of words: "
                "every reply in it that says more than a title gives way to a fixed sentence. Take "
                'play.naming = "checked" or "strict" for such dialogues.',
                InputWarning,
                stacklevel=2,
            )

    async def aclose(self) -> None:
        await self.inner.aclose()

    async def _draw(
        self, conversation: Conversation, sampling: Sampling, reading: _Reading
    ) -> tuple[list[_Draw], Drawn]:
        """The best draw for each reply asked for, and the first answer with the usage of all."""
        started = time.monotonic()
        shown = self._grounding.with_candidates(conversation, reading.candidates)
        sampling = replace(sampling, on_delta=None, grammar=self._grammar(reading))
        drawn = await self.inner.draw(shown, sampling)
        draws = [reading.read(reply, sampling.stop) for reply in drawn.replies]
        for attempt in range(1, self._redraws + 1):
            weak = [place for place, draw in enumerate(draws) if draw.is_weak]
            left = None if sampling.deadline is None else sampling.deadline + started - time.monotonic()
            if not weak or (left is not None and left <= 0.0):
                break
            again = replace(
                sampling,
                n=len(weak),
                temperature=max(sampling.temperature, _REDRAW_TEMPERATURE),
                seed=derive_seed(sampling.seed, "redraw", attempt),
                deadline=left,
            )
            try:
                more = await self.inner.draw(shown, again)
            except ModelError:
                break
            drawn = replace(drawn, usage=drawn.usage + more.usage)
            for place, reply in zip(weak, more.replies, strict=True):
                draws[place] = draws[place].or_better(reading.read(reply, sampling.stop))
        return draws, drawn

    def _grammar(self, reading: _Reading) -> TitleGrammar | None:
        """What the model may write with: plain words around the titles shown."""
        if self._naming != "constrained" or not reading.items:
            return None
        return TitleGrammar(tuple(self._grounding.format.name(item) for item in reading.items))

    def _said(self, draw: _Draw, reading: _Reading) -> Reply:
        fallback = draw.quality in (ReplyQuality.INVENTED, ReplyQuality.VIOLATING) or (
            self._fallback == "item"
            and reading.last
            and draw.quality in (ReplyQuality.NOTHING, ReplyQuality.REPEATED)
            and draw.is_weak
        )
        return replace(
            Reply(self._instead(reading, draw.reply.text)) if fallback else draw.reply,
            grounding={
                "candidates": [item.id for item in reading.candidates],
                "redraws": draw.redraws,
                "mended": draw.mended and not fallback,
                "fallback": fallback,
                **({} if self._naming == "checked" else {"naming": self._naming}),
                **reading.told,
            },
        )

    def _instead(self, reading: _Reading, refused: str) -> str:
        """The fixed sentence with the first candidate that is read back from it, or the fixed question. In a
        strict way one that the refused reply named comes first: more good replies are refused there, and
        what the model chose is kept; held to a closed list it is kept in place of a question, too."""
        closed = self._naming == "closed"
        if closed and not has_closed_words(reading.language):
            self._tell_once(reading.language)
        knowledge = self._grounding.knowledge
        named = knowledge.named(refused) if self._naming in STRICT_WAYS else ()
        # What a reply that is refused for its words named is the model's own choice, shown or not.
        items = list(self._grounding.items(_chosen(refused, knowledge))) if closed else []
        if self._fallback == "item":
            items += sorted(reading.items, key=lambda one: one.id not in named)
        for item in items:
            sentence = self._grounding.format.suggestion(item, reading.language)
            if reading.links(sentence) is ReplyQuality.FITTING:
                return sentence
        return self._grounding.prompts.say("fallback_ask", reading.language)


def _chosen(text: str, knowledge: Knowledge) -> tuple[str, ...]:
    """The ids of the items that a text names, those first that no other is held against."""
    mentions = sorted(knowledge.linker.link(text), key=lambda one: compared_with(text[: one.start]))
    return knowledge.meant(mentions)


def _until_stop(reply: Reply, stops: Sequence[str]) -> Reply:
    """The reply up to the first stop text, which a fixed sentence and a year that was set right may hold."""
    place = cut_place(reply.text, stops) if stops else None
    return reply if place is None else replace(reply, text=reply.text[:place].rstrip())


def _nothing_fits(sentence: str, sampling: Sampling) -> Drawn:
    """The fixed sentence in place of every reply; it recommends no item, whatever words are in it."""
    grounding = {"candidates": [], "redraws": 0, "mended": False, "fallback": True, "nothing_fits": True}
    reply = _until_stop(Reply(sentence, grounding=grounding), sampling.stop)
    if sampling.on_delta is not None:
        sampling.on_delta(reply.text)
    return Drawn((reply,) * sampling.n)


@dataclass(frozen=True, slots=True)
class _Draw:
    reply: Reply
    quality: ReplyQuality
    mended: bool
    redraws: int = 0
    stopped: bool = False

    @property
    def is_weak(self) -> bool:
        """Whether to draw again. One that a stop text cut would be cut as soon again: there it is enough that
        it names nothing that it may not."""
        most = ReplyQuality.VIOLATING if self.stopped else ReplyQuality.KNOWN
        return self.quality <= most

    def or_better(self, other: _Draw) -> _Draw:
        """The better of the two, the earlier one among equals; an empty reply is none."""
        better = other.quality > self.quality and other.reply.text.strip()
        return replace(other if better else self, redraws=self.redraws + 1)


@dataclass(frozen=True)
class _Reading:
    """How a reply is read at one point of a dialogue: `heard` is what the seeker has said, `candidates` are
    all there are, `items` those shown,
    `said` the ids named so far, `explained` those of the last recommendation if the seeker asks about it,
    `about` what "it is in stock" is then said of;
    `replies` what the recommender has said, as :func:`plain_words`; `wanted` the ids one of which a focused
    draft is to name, None for any other; `turns` are the dialogue's, `allowed` the items that meet
    what they ask for, None for all; `told` is what else the record says of this point."""

    grounding: Grounding
    check: ReplyCheck
    heard: Heard
    candidates: tuple[Item, ...]
    items: tuple[Item, ...]
    said: frozenset[str]
    explained: frozenset[str]
    about: SpokenOf
    replies: frozenset[str]
    told: Mapping[str, Any]
    wanted: frozenset[str] | None
    last: bool
    turns: tuple[Turn, ...]
    allowed: Allowed | None = None

    @classmethod
    def of(cls, conversation: Conversation, grounding: Grounding, check: ReplyCheck) -> _Reading:
        knowledge, focus = grounding.knowledge, conversation.focus
        turns = grounding.heard(conversation.turns)
        asked = len(turns) > 1 and "?" in turns[-1].text
        before = [turn for turn in turns[-2:-1] if turn.role == "recommender"]
        last = knowledge.named_in(before)
        candidates = grounding.candidates(turns, conversation.constraints)
        named = knowledge.named_in(turns)
        heard = replace(heard_in(turns), named=bool(named), said=named)
        about = spoken_of(turns, knowledge, check, heard)
        return cls(
            grounding,
            check,
            replace(heard, lost=about.lost),
            candidates,
            candidates if focus is None else grounding.items(focus),
            named,
            last if asked else frozenset(),
            about,
            frozenset(plain_words(turn.text) for turn in turns if turn.role == "recommender"),
            grounding.told_of(turns),
            None if focus is None else frozenset(focus),
            conversation.last_round,
            conversation.turns,
            knowledge.allowed(conversation.constraints),
        )

    @property
    def language(self) -> str:
        """What the seeker speaks; looked for where a fixed sentence is said alone."""
        return self.grounding.languages.told(self.turns)

    def read(self, reply: Reply, stops: Sequence[str] = ()) -> _Draw:
        reply = as_said(reply)
        text = reply.text
        if self.grounding.slots:
            text = filled(text, [self.grounding.format.name(item) for item in self.items])
        mended = self._mend(text)
        quality = self.quality(mended, cut_off=reply.finish == "length")
        if quality is ReplyQuality.INVENTED and (cut := self._cut(mended)) is not None:
            mended, quality = cut, ReplyQuality.FITTING
        stopped = reply.finish == "stop" and may_be_stopped(reply.text, stops)
        return _Draw(replace(reply, text=mended), quality, mended != text, stopped=stopped)

    def _cut(self, text: str) -> str | None:
        """The text without what it makes up, where what is left is all that a reply should be."""
        if self.grounding.slots and unfilled(text):
            return None
        cut = self.check.cut(text, self.items, self.heard)
        if cut is None or not self.grounding.knowledge.named(cut, self.said):
            return None
        if self.check.closed and self._about(text)[:1] != self._about(cut)[:1]:
            # "Instead of Heat, ..." was about another item than what is left of it.
            return None
        return cut if self.quality(cut) is ReplyQuality.FITTING else None

    def _about(self, text: str) -> tuple[str, ...]:
        """The ids of what a text names, those first that no other is held against."""
        return _chosen(text, self.grounding.knowledge)

    def quality(self, text: str, *, cut_off: bool = False) -> ReplyQuality:
        """The quality of a reply; the small letters that one which was `cut_off` ends with are half a word,
        and name nothing."""
        found = self.check.made_up(text, self.items, self.heard)
        if lead := self._lead(text):
            # Without its title only what looks like a number is known to be said of some item.
            wrong = self.check.made_up(lead + text, self.items, self.heard)
            if found and not wrong and self._asked:
                return ReplyQuality.FITTING
            found = wrong
        if found and cut_off and not self.check.closed and (half := _HALF_WORD.search(text)):
            found = tuple(one for one in found if one != half["word"])
        if found or (self.grounding.slots and unfilled(text)):
            return ReplyQuality.INVENTED
        return self.links(text)

    @property
    def _asked(self) -> bool:
        """Whether the seeker asks something, which what is said of "it" answers."""
        return bool(self.turns) and "?" in self.turns[-1].text

    def links(self, text: str) -> ReplyQuality:
        """The quality of words that make nothing up but, maybe, a title: the fixed sentences are ours."""
        knowledge = self.grounding.knowledge
        if knowledge.linker.out_of_catalogue(text):
            return ReplyQuality.INVENTED
        named = knowledge.named(text, self.said)
        # What fitted when it was said need not fit any more.
        if self.allowed is not None and any(
            item_id not in self.allowed and item_id not in self.explained for item_id in named
        ):
            return ReplyQuality.VIOLATING
        if plain_words(text) in self.replies:
            return ReplyQuality.REPEATED
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

    def _lead(self, text: str) -> str:
        """The title that a statement without one goes on from ("It costs 42."), as a sentence in front of it;
        "" for other replies. Held to a closed list, a reply says titles itself."""
        item = self.about.item
        if item is None or self.check.closed or "?" in text or self.check.titles(text):
            return ""
        return f"{self.grounding.format.name(item)}. "

    def _mend(self, text: str) -> str:
        """The text without marks of the prompt, with the right year behind each candidate's title."""
        text = without_artefacts(text)
        unlisted = self.grounding.knowledge.linker.out_of_catalogue(text)
        # Most replies have none, and most titles need not be brought to their normal form.
        titles = {normalise_title(item.title): item for item in reversed(self.items)} if unlisted else {}
        for unknown in unlisted:
            title, year = split_title(unknown)
            item = titles.get(normalise_title(title))
            if year is not None and item is not None:
                text = text.replace(unknown, self.grounding.format.name(item))
        # Further back "it" is not so surely that item that a number may be set right.
        lead = self._lead(text) if self.about.just else ""
        mended = self.check.mended(lead + text, self.heard)
        return mended[len(lead) :] if mended.startswith(lead) else self.check.mended(text, self.heard)
