"""Replies that a stop text cuts are not drawn again for what they were not let say."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.films import KNOWLEDGE, seeker
from support.seats import after
from usbrec.items import AttributeRetriever
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.llm.stops import may_be_stopped
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.grounded import Grounded
from usbrec.play.language_model import LanguageModel, PromptTemplate
from usbrec.play.protocol import Sampling
from usbrec.prompts import Prompts

RETRIEVER = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
GROUNDING = Grounding(KNOWLEDGE, RETRIEVER, Prompts(), 4)
WISH = after(seeker("I loved Goodfellas (1990). More crime please."))


async def said(text: str, *stops: str, last: bool = False) -> tuple[str, int, bool]:
    """What is said where the model says `text`, by how many calls, and whether it is a fixed sentence."""
    asked: list[ChatRequest] = []

    def answer(request: ChatRequest) -> str:
        asked.append(request)
        return text

    conversation = replace(WISH, round=3, rounds=3) if last else WISH
    model = LanguageModel(ScriptedModel(answer), PromptTemplate("S", "Hello!"))
    drawn = await Grounded(model, GROUNDING).draw(conversation, Sampling(stop=stops))
    reply = drawn.replies[0]
    assert reply.grounding is not None
    return reply.text, len(asked), reply.grounding["fallback"]


@pytest.mark.parametrize(
    ("text", "stop", "left"),
    [
        ("I would suggest Casino (1995).", "Casino", "I would suggest"),
        ("Sure!\n\nCasino (1995) is dark.", "\n", "Sure!"),
        ("Here you are.\n\nCasino (1995) is dark.", "\n\n", "Here you are."),
        ("Sure. Casino (1995) is dark.", ".", "Sure"),
        ("Casino (1995) is dark. It is long.", " It", "Casino (1995) is dark."),
        ("Casino (1995) is dark.", "Ca", ""),
    ],
)
@pytest.mark.parametrize("last", [False, True])
async def test_one_call_is_enough_for_a_reply_that_was_cut(
    text: str, stop: str, left: str, last: bool
) -> None:
    assert await said(text, stop, last=last) == (left, 1, False)


@pytest.mark.parametrize("stop", ["Observation:", "\nUser:", "###"])
async def test_a_whole_reply_without_a_title_is_drawn_again_whatever_stop_texts_there_are(stop: str) -> None:
    assert (await said("Sure, let us talk about films.", stop))[1] == 3
    assert (await said("Sure, let us talk about films."))[1] == 3


async def test_a_cut_reply_that_makes_up_a_title_is_drawn_again() -> None:
    text, calls, fallback = await said('You will love "Midnight Harbour Tales (2011)" and', "and")
    assert (calls, fallback) == (3, True)
    assert "Midnight" not in text


async def test_a_fixed_sentence_ends_before_the_stop_text_too() -> None:
    whole, _, fallback = await said('You will love "Midnight Harbour Tales (2011)".')
    cut, _, _ = await said('You will love "Midnight Harbour Tales (2011)".', " (")
    assert fallback
    assert cut == whole.partition(" (")[0]


@pytest.mark.parametrize(
    ("text", "stops", "cut"),
    [
        *(("", ("x",), True), ("I say", ("x",), True), ("I say.", ("x",), False), ("I say", (), False)),
        *(("I say.", ("\n",), True), ("One.\nTwo.", ("\n",), False), ("One.\nTwo.", ("\n\n",), True)),
        ("One.\n\nTwo.", ("\n\n",), False),
    ],
)
def test_what_a_stop_text_may_have_cut(text: str, stops: tuple[str, ...], cut: bool) -> None:
    assert may_be_stopped(text, stops) is cut
