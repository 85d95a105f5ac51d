"""Seeker writer: a model says in its own words what made-up seekers say by rules.

What is said stays what the rules chose from persona and columns, so that the samples stay what they are: a
paraphrase that leaves out a title or names nothing at all is drawn again, and at last the rules' words stand.
One that names a target is drawn again too, and at last masked; both are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from usbrec.dialogue import Sample, Turn
from usbrec.errors import ModelError
from usbrec.items.knowledge import Knowledge
from usbrec.keys import derive_seed
from usbrec.lexicon.detection import mask_of, name_of
from usbrec.llm.protocol import ChatModel, ChatRequest, Message
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

#: How often what cannot stay is drawn again.
REDRAWS = 2
#: A paraphrase has at most so many times the words, and so many more.
_LONGER, _ROOM = 2, 12
#: Longest reply, in tokens.
_MAX_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Written:
    """A sample in a model's words: how many turns it `wrote`, how many of these named a target when they were
    first drawn (`leaked`), how many of those were masked at last, and how many stayed in the rules' words
    (`kept`); `failed` is the model's last failure, "" for none."""

    sample: Sample
    wrote: int = 0
    leaked: int = 0
    masked: int = 0
    kept: int = 0
    failed: str = ""


@dataclass(frozen=True)
class SeekerWriter:
    """Has `model` say what seekers say, in `language`; `noun` is what one item is called."""

    model: ChatModel
    prompts: Prompts
    knowledge: Knowledge
    language: str
    noun: str
    temperature: float = 0.7

    async def write(self, sample: Sample, *, seed: int) -> Written:
        """The sample with the seeker's turns in the model's words; a call that fails leaves a turn as it
        is."""
        targets = Targets.of(sample, self.knowledge)
        found = Written(sample)
        turns: list[Turn] = []
        for place, turn in enumerate(sample.turns):
            if turn.role == "seeker":
                found = await self._turn(turn, targets, found, derive_seed(seed, sample.id, "write", place))
                turn = found.sample.turns[-1]
            turns.append(turn)
        return replace(found, sample=replace(sample, turns=tuple(turns)))

    async def _turn(self, turn: Turn, targets: Targets, found: Written, seed: int) -> Written:
        """`found` with what became of one turn, which is then its sample's last."""
        leaks: list[str] = []
        for attempt in range(REDRAWS + 1):
            try:
                text = await self._said(turn, targets, derive_seed(seed, attempt))
            except ModelError as error:
                found = replace(found, failed=f"{type(error).__name__}: {error}")
                continue
            if self._names(text, targets):
                leaks.append(text)
            elif self._complete(text, turn, targets):
                return _with(found, text, leaked=bool(leaks))
        if leaks:
            masked = targets.matcher.mask(leaks[0], mask_of(self.language))
            if not self._names(masked, targets) and self._complete(masked, turn, targets):
                return replace(_with(found, masked, leaked=True), masked=found.masked + 1)
        kept = replace(found, kept=found.kept + 1, leaked=found.leaked + bool(leaks))
        return replace(kept, sample=replace(kept.sample, turns=(turn,)))

    async def _said(self, turn: Turn, targets: Targets, seed: int) -> str:
        system = self.prompts.render(
            "writer", noun=self.noun, language=name_of(self.language), manner=targets.persona.manner()
        )
        messages = (Message("system", system), Message("user", turn.text))
        answer = await self.model.chat(
            ChatRequest(messages, temperature=self.temperature, max_tokens=_MAX_TOKENS, seed=seed)
        )
        return " ".join(answer.text.split())

    def _names(self, text: str, targets: Targets) -> bool:
        return targets.named_by(text) or bool(targets.matcher.named(text))

    def _complete(self, text: str, turn: Turn, targets: Targets) -> bool:
        """Whether what was meant is still there, every title and the words of every fact that was told, and
        not much besides."""
        if len(text.split()) > _LONGER * len(turn.text.split()) + _ROOM:
            return False
        named, meant = set(self.knowledge.named(text)), set(self.knowledge.named(turn.text))
        said, before = text.casefold(), turn.text.casefold()
        told = [part for part in targets.persona.revealed if part.casefold() in before]
        return bool(text) and named == meant and all(part.casefold() in said for part in told)


def _with(found: Written, text: str, *, leaked: bool) -> Written:
    sample = replace(found.sample, turns=(Turn("seeker", text),))
    return replace(found, sample=sample, wrote=found.wrote + 1, leaked=found.leaked + leaked)


def told(written: Sequence[Written]) -> dict[str, int]:
    """The counts of all samples together."""
    return {
        name: sum(getattr(one, name) for one in written) for name in ("wrote", "leaked", "masked", "kept")
    }
