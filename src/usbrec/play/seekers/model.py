"""Model seeker: target-aware (training, evaluation) or internal (self-enhancement).

The target-aware simulator knows which items a real seeker ended up with and must not name them; a
reply that does is drawn again and at last masked, because a target that the seeker gives away makes
every recommender look good. The internal simulator knows a preference profile and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from usbrec.dialogue import Turn
from usbrec.errors import UnusableAnswer
from usbrec.keys import derive_seed
from usbrec.lexicon.detection import mask_of
from usbrec.llm.protocol import ChatModel, ChatRequest
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.preferences.record import Preferences
from usbrec.play.said import said, why_empty
from usbrec.play.seats import messages_for
from usbrec.play.seekers.base import Seeker, SeekerAnswer
from usbrec.play.seekers.facts import describe_items
from usbrec.play.seekers.persona import Persona
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

#: How often a reply that names a target is drawn again before it is masked.
LEAK_REDRAWS = 2


@dataclass(frozen=True)
class ModelSimulator:
    """A ChatModel in the seeker's seat."""

    model: ChatModel
    prompts: Prompts
    temperature: float
    max_tokens: int
    frequency_penalty: float = 0.0
    languages: Languages = ENGLISH

    async def say(self, system: str, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        messages = messages_for("seeker", system, turns, opening=self.prompts.render("opening"))
        answer = await self.model.chat(
            ChatRequest(
                messages,
                temperature=self.temperature,
                max_tokens=self.max_tokens,
                frequency_penalty=self.frequency_penalty,
                seed=seed,
            )
        )
        heard = said(answer.text, "seeker")
        text = heard.text
        if not text:
            raise UnusableAnswer(f"{self.model.name}, the simulated seeker: {why_empty(answer.text)}")
        if explain:
            text = f"{text} {self.prompts.say('explain', self.languages.told(turns))}"
        thought = "\n".join(filter(None, (answer.completions[0].reasoning, heard.reasoning)))
        return SeekerAnswer(text, reasoning=thought, ran_on=heard.ran_on)


@dataclass(frozen=True)
class ModelTargetSimulator:
    """Seats model seekers who know their targets. `redraws` bounds how often a leak is drawn again."""

    base: ModelSimulator
    redraws: int = LEAK_REDRAWS

    def seat(self, targets: Targets) -> Seeker:
        system = self.base.prompts.render(
            "simulator_targets",
            targets="; ".join(targets.titles),
            facts=describe_items(targets.items) or "nothing more is known",
        )
        persona = targets.persona
        if persona != Persona():
            told = "; ".join(fact.text for fact in persona.remaining or ())
            manner = self.base.prompts.render(
                "simulator_persona",
                manner=persona.manner(),
                remaining=told or "nothing in particular",
                patience="any number of" if persona.patience is None else str(persona.patience),
            )
            system = f"{system}\n{manner}"
        return _TargetSeeker(self.base, system, targets, self.redraws)


@dataclass(frozen=True)
class _TargetSeeker:
    base: ModelSimulator
    system: str
    targets: Targets
    redraws: int = LEAK_REDRAWS

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        # Whether a target was recommended is a fact of the reply, not of what the simulator says.
        accepted = self.targets.named_by_turn(turns[-1])
        secret = self.targets.unsaid(turns)
        left = not accepted and self.targets.lose_patience(turns)
        explain = explain and not accepted and not left
        answer = SeekerAnswer("", accepted, left=left)
        for attempt in range(self.redraws + 1):
            drawn = seed if attempt == 0 else derive_seed(seed, "redraw", attempt)
            said = await self.base.say(self.system, turns, explain=explain, seed=drawn)
            answer = replace(said, accepted=accepted, leaked=int(attempt > 0), left=left)
            if not secret.betrayed(answer.text):
                return answer
        mask = mask_of(self.base.languages.told(turns))
        return replace(answer, text=secret.mask(answer.text, mask), leaked=1)


@dataclass(frozen=True)
class ModelInternalSimulator:
    """Seats model seekers who know a profile."""

    base: ModelSimulator

    def seat(self, preferences: Preferences) -> Seeker:
        return _ProfileSeeker(
            self.base, self.base.prompts.render("simulator_profile", profile=preferences.to_text())
        )


@dataclass(frozen=True)
class _ProfileSeeker:
    base: ModelSimulator
    system: str

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        return await self.base.say(self.system, turns, explain=explain, seed=seed)
