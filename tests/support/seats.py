"""The recommender's seat for tests: a model that reads "S" and the dialogue, and may be grounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from usbrec.dialogue import Conversation, Turn
from usbrec.llm import ChatModel, Message
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.grounded import Grounded
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.protocol import Drawn, Recommender, Sampling
from usbrec.play.recommender import RecommenderSeat

TEMPLATE = PromptTemplate("S", "Hello!")


def language_model(model: ChatModel, *, system: str = "S", examples: Sequence[Message] = ()) -> LanguageModel:
    return LanguageModel(model, PromptTemplate(system, "Hello!", tuple(examples)))


def grounded(model: ChatModel, grounding: Grounding, **settings: Any) -> Grounded:
    """The language model, grounded; it reads candidates as `grounding` writes them."""
    return Grounded(
        LanguageModel(model, PromptTemplate("S", "Hello!", format=grounding.format)), grounding, **settings
    )


def seat_of(
    model: ChatModel, *, system: str = "S", grounding: Grounding | None = None, **settings: Any
) -> RecommenderSeat:
    """A seat with greedy replies of 64 tokens; `settings` are those of the grounding."""
    template = PromptTemplate(system, "Hello!")
    spoken = LanguageModel(model, template)
    recommender: Recommender = spoken if grounding is None else Grounded(spoken, grounding, **settings)
    return RecommenderSeat(recommender, template, model=model, grounding=grounding)


def after(*turns: Turn, **place: Any) -> Conversation:
    return Conversation(turns, **place)


async def draw(recommender: Recommender, conversation: Conversation, **sampling: Any) -> Drawn:
    return await recommender.draw(conversation, Sampling(**sampling))
