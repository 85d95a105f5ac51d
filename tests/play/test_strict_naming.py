"""Strict naming: a reply has to show that it names nothing but the catalogue's, or is drawn again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, seeker
from support.seats import after, draw, grounded
from usbrec.items import AttributeRetriever
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.prompts import Prompts

STRICT, CHECKED = ReplyCheck(KNOWLEDGE, strict=True), ReplyCheck(KNOWLEDGE)
WISH = (seeker("I want a tense film for tonight, please."),)
HEARD = heard_in(WISH)


def _refused(text: str) -> bool:
    return bool(STRICT.made_up(text, CATALOGUE.items, HEARD))


@pytest.mark.parametrize(
    "reply",
    [
        "That leaves after life.",
        "I'd add first cow to the pile.",
        "My vote goes to lamb.",
        "Yes, us is on the list as well.",
        "How do you feel about wind river?",
        "Have you given 1884 a try yet?",
        "What I love about 364 is how calm it is.",
        "Okay, winter.",
        "Wie klingt us für dich?",
    ],
)
def test_a_reply_that_names_nothing_of_ours_may_not_recommend(reply: str) -> None:
    assert _refused(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "What kind of films do you usually enjoy?",
        "I'm sorry you didn't like it. What should be different?",
        "Have you seen any good movies lately?",
        "How do you feel about subtitles?",
        "Got it! Is there a particular decade you like?",
        "You're welcome! Have a lovely evening.",
        "Would you rather laugh, cry, or be scared?",
        "Magst du lieber Komödien oder Krimis?",
        "どんな映画が好きですか？",
    ],
)
def test_a_reply_that_asks_or_chats_is_said(reply: str) -> None:
    assert not _refused(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Start with 53. If it's too dark, move on to Heat.",
        "For your mood I see two options, killer of the senses and Heat.",
        "Heat is loud; leave no trace is quiet.",
        "I was going to say Heat, but 1761 suits you more.",
        "First Heat, afterwards decision to leave: a perfect evening.",
        "(1) tango in black, (2) Heat. Both are kind films.",
        "Honestly? Skip Heat tonight. the holdovers first.",
        "I bet Black Heat would make you smile.",
        "Top of my list: ritual. Runner-up: Heat.",
        "I'd rank 990 above Heat.",
        "Yes, Heat to the Galaxy is long.",
    ],
)
def test_what_stands_beside_one_of_ours_and_may_be_another_name_is_refused(reply: str) -> None:
    assert _refused(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Try Heat (1995), a crime film by Michael Mann with Al Pacino and Robert De Niro.",
        "Heat and Casino are both long. Which do you prefer?",
        "Compared to Heat, Casino is louder.",
        "I'd go with Heat; the cast is brilliant and the ending is worth it.",
        "My pick would be Heat, from 1995.",
        "1. Heat: a tense story\n2. Casino: a classic",
        "Ich empfehle dir Heat, weil die Geschichte spannend ist.",
    ],
)
def test_a_reply_about_ours_alone_is_said(reply: str) -> None:
    assert not _refused(reply)


def test_of_what_was_named_before_a_reply_may_go_on_to_speak() -> None:
    reply = "It is long, but it never bores you."
    assert _refused(reply)
    assert not STRICT.made_up(reply, CATALOGUE.items, replace(HEARD, named=True))


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(("Perhaps {}.", "I'd say {} it is.", "{} would suit you.", "My answer: {}.")),
    st.lists(st.sampled_from(("paper", "moon", "quiet", "the", "of", "river", "1917", "Zorn")), min_size=1),
)
def test_no_statement_without_an_item_of_ours_passes_whatever_it_calls_by_a_name(
    frame: str, name: list[str]
) -> None:
    assert _refused(frame.format(" ".join(name)))


async def test_a_refused_reply_is_drawn_again_and_never_said() -> None:
    replies: Iterator[str] = iter(["That leaves after life.", "Try Heat (1995)."])
    retriever = AttributeRetriever(CATALOGUE, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    grounding = Grounding(KNOWLEDGE, retriever, Prompts(), 4)
    again = grounded(ScriptedModel(lambda request: next(replies)), grounding, naming="strict")
    drawn = await draw(again, after(*WISH))
    assert drawn.text == "Try Heat (1995)."
    assert (drawn.replies[0].grounding or {}) | {"candidates": []} == {
        "candidates": [], "redraws": 1, "mended": False, "fallback": False, "naming": "strict",
    }  # fmt: skip
    stubborn = grounded(ScriptedModel(lambda request: "That leaves after life."), grounding, naming="strict")
    said = await draw(stubborn, after(*WISH))
    assert "after life" not in said.text
    assert (said.replies[0].grounding or {})["fallback"]
