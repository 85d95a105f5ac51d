"""Models whose replies come without their reasoning."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import KNOWLEDGE
from usbrec.dialogue import Turn
from usbrec.errors import ModelUnavailable, UnusableAnswer
from usbrec.llm import ChatReply, ChatRequest, Completion, Message, ScriptedModel
from usbrec.llm.controls import ControlFilter, without_controls
from usbrec.llm.protocol import Around
from usbrec.llm.separated import SeparatedModel

ASKED = (Message("user", "A film?"),)


async def told(model: SeparatedModel) -> tuple[list[str], ChatReply]:
    pieces: list[str] = []
    reply = await model.chat(ChatRequest(ASKED, on_delta=pieces.append))
    return pieces, reply


async def test_a_reply_comes_without_its_thoughts_and_they_are_kept_beside_it() -> None:
    model = SeparatedModel(ScriptedModel(lambda _: "<think>Jane Eyre?</think>Try Dracula (1897)."))
    reply = await model.chat(ChatRequest(ASKED))
    assert reply.completions == (Completion("Try Dracula (1897).", reasoning="Jane Eyre?"),)
    assert ChatReply.from_json(reply.to_json()) == reply


async def test_an_answer_cut_in_its_thoughts_is_no_reply_and_says_what_helps() -> None:
    model = SeparatedModel(ScriptedModel(lambda _: "<think>Jane Eyre (1847), or"))
    with pytest.raises(UnusableAnswer, match=r"still reasoning.*max_tokens"):
        await model.chat(ChatRequest(ASKED))


@pytest.mark.parametrize("streams", [True, False])
async def test_reasons_that_a_whole_answer_announces_are_said(streams: bool) -> None:
    answer = "Here's my reasoning: you liked comedies, so I suggest Jane Eyre (1847)."
    model = SeparatedModel(ScriptedModel(lambda _: answer))
    if streams:
        pieces, reply = await told(model)
        assert "".join(pieces) == answer
    else:
        reply = await model.chat(ChatRequest(ASKED))
    assert reply.completions == (Completion(answer),)


@pytest.mark.parametrize(
    ("text", "thought", "said"),
    [
        (
            "They like ghosts: Jane Eyre (1847)?\nTry Dracula (1897).",
            "They like ghosts: Jane Eyre (1847)?",
            "Try Dracula (1897).",
        ),
        (
            "They like ghosts: Jane Eyre (1847)?",
            "They like ghosts: Jane Eyre (1847)?",
            "They like ghosts: Jane Eyre (1847)?",
        ),
        ("Try Dracula (1897).", "Try", "Try Dracula (1897)."),
        ("<think>\nThey like ghosts.\n</think>Try Emma (1815).", "They like ghosts.", "Try Emma (1815)."),
    ],
)
async def test_thoughts_that_are_sent_in_both_places_are_no_reply(text: str, thought: str, said: str) -> None:
    class Both(Around):
        async def chat(self, request: ChatRequest) -> ChatReply:
            reply = await self.inner.chat(request)
            return replace(reply, completions=(Completion(text, reasoning=thought),))

    reply = await SeparatedModel(Both(ScriptedModel(lambda _: text))).chat(ChatRequest(ASKED))
    assert reply.completions == (Completion(said, reasoning=thought),)


async def test_of_several_drafts_those_cut_in_their_thoughts_are_empty() -> None:
    model = SeparatedModel(ScriptedModel(lambda _: ["<think>hm", "<think>yes</think>Try Dracula (1897)."]))
    reply = await model.chat(ChatRequest(ASKED, n=2, temperature=1.0))
    assert sorted(one.text for one in reply.completions) == ["", "Try Dracula (1897)."]
    assert {one.finish for one in reply.completions if not one.text} == {"length"}


async def test_no_thought_is_streamed_even_where_only_the_closing_mark_comes() -> None:
    answer = "Jane Eyre (1847) is too obvious.</think>Try Dracula (1897)."
    model = SeparatedModel(ScriptedModel(lambda _: answer))
    for _ in range(2):
        pieces, reply = await told(model)
        assert "".join(pieces) == reply.text == "Try Dracula (1897)."


async def test_once_a_model_is_known_not_to_reason_its_words_are_passed_on_as_they_come() -> None:
    model = SeparatedModel(ScriptedModel(lambda _: "Try Dracula (1897), do."))
    first, _ = await told(model)
    later, reply = await told(model)
    assert len(first) == 1
    assert len(later) > 1
    assert "".join(later) == reply.text


async def test_a_block_between_marks_that_nobody_knows_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    for said in ("<b>Dracula</b> is it.", "Try (this) one.", "[Dracula](x) is it."):
        await SeparatedModel(ScriptedModel(lambda _, said=said: said)).chat(ChatRequest(ASKED))
    assert not caplog.records
    model = SeparatedModel(ScriptedModel(lambda _: "<grübeln>Emma?</grübeln> Dracula."))
    for _ in range(2):
        await model.chat(ChatRequest(ASKED))
    [told] = caplog.messages
    assert 'reasoning = ["<grübeln>", "</grübeln>"]' in told
    named = SeparatedModel(ScriptedModel(lambda _: "<a1>Emma?</a1> Dracula."), ("<a1>", "</a1>"))
    assert (await named.chat(ChatRequest(ASKED))).text == "Dracula."
    assert len(caplog.messages) == 1


#: Escape sequences, bells, NULs, C1, marks that turn writing around; and what stays beside them.
ODD = "Try\x1b[2J \x00Dracula\x07\r\n(1897)\t\x9b31m\u202egnp\u202c \u2066x\u2069 \u200cfa\u200f\x7f."
CLEAN = "Try[2J Dracula\n(1897)\t31mgnp x \u200cfa\u200f."


async def test_control_characters_are_taken_out_and_counted_whole_and_streamed() -> None:
    model = SeparatedModel(ScriptedModel(lambda _: f"<think>\x1b[1mhm</think>{ODD}"), opens_in_prompt=False)
    pieces, reply = await told(model)
    assert "".join(pieces) == reply.text == CLEAN
    assert reply.completions[0].reasoning == "[1mhm"
    assert reply.usage.removed_characters == len(ODD) - len(CLEAN) + 1
    assert ChatReply.from_json(reply.to_json()) == reply


@pytest.mark.parametrize("unseen", ["\u200b", "\u00ad", "\u2060", "\ufeff", "\u180e"])
def test_what_takes_no_room_hides_no_title(unseen: str) -> None:
    text, removed = without_controls(f"Try Good{unseen}fellas (19{unseen}90).{unseen}")
    assert (text, removed) == ("Try Goodfellas (1990).", 3)
    assert len(KNOWLEDGE.named_by(Turn("recommender", text))) == 1


@pytest.mark.parametrize(
    "text",
    ["می\u200cخواهم", "👩\u200d👧", "🏴\U000e0067\U000e0062\U000e007f", "क्\u200dष", "Amélie\u00a0(2001)"],
)
def test_joiners_marks_of_flags_and_blanks_that_do_not_break_stay(text: str) -> None:
    assert without_controls(text) == (text, 0)


async def test_control_characters_are_taken_out_of_calls_of_tools_too() -> None:
    class Calling(ScriptedModel):
        async def chat(self, request: ChatRequest) -> ChatReply:
            function = {"name": "find\x1b[2J", "arguments": '{"query": "\u202ecrime\x00", "more": "\\u001b"}'}
            call = {"id": "call\u2066_1", "type": "function", "function": function}
            return ChatReply((Completion("", tool_calls=(call,)), Completion("Heat")))

    reply = await SeparatedModel(Calling(lambda _: "")).chat(ChatRequest(ASKED, n=2, temperature=1.0))
    (call,) = reply.completions[0].tool_calls
    assert call["function"] == {"name": "find[2J", "arguments": '{"query": "crime", "more": "\\u001b"}'}
    assert (call["id"], reply.usage.removed_characters) == ("call_1", 4)


@given(st.text(st.sampled_from("a\r\n\x0b\x85 "), max_size=12), st.integers(1, 3))
def test_words_stay_apart_also_where_a_line_end_comes_in_two_pieces(text: str, size: int) -> None:
    whole, removed = without_controls(text)
    assert whole.split() == text.split()
    assert (removed > 0) == (whole != text)
    pieces = ControlFilter()
    fed = "".join(pieces.feed(text[at : at + size]) for at in range(0, len(text), size))
    assert fed + pieces.end() == whole


@given(st.text(st.sampled_from("a\x1b\x00\n\t\u202e\u2066\u200c\x9bé🎬"), max_size=40))
def test_what_is_no_control_character_stays_in_its_order(text: str) -> None:
    cleaned, removed = without_controls(text)
    assert removed == len(text) - len(cleaned)
    assert without_controls(cleaned) == (cleaned, 0)
    assert [one for one in text if one in "a\n\t\u200cé🎬"] == list(cleaned)


async def test_a_setting_that_is_no_default_decides_the_answers() -> None:
    inner = ScriptedModel(lambda _: "hi")
    assert SeparatedModel(inner).identity == inner.identity
    assert SeparatedModel(inner, ("((", "))")).identity["reasoning"] == ["((", "))"]


@pytest.mark.parametrize(
    ("begun", "told_on"),
    [("Try Dracula (1897), bec", "Try Dracula (1897), bec"), ("Okay, the user wants", ""), ("<think>Hm", "")],
)
async def test_of_an_answer_that_breaks_off_what_may_be_thought_is_not_passed_on(
    begun: str, told_on: str
) -> None:
    class Breaking(ScriptedModel):
        async def chat(self, request: ChatRequest) -> ChatReply:
            assert request.on_delta is not None
            request.on_delta(begun)
            raise ModelUnavailable("gone")

    pieces: list[str] = []
    model = SeparatedModel(Breaking(lambda _: ""))
    with pytest.raises(ModelUnavailable):
        await model.chat(ChatRequest(ASKED, on_delta=pieces.append))
    assert "".join(pieces) == told_on


async def test_an_answer_cut_before_its_only_mark_is_all_thought_where_the_model_is_known_to_think() -> None:
    answers = iter(["Jane Eyre?</think>Try Dracula (1897).", "Perhaps Jane Eyre (1847), or"])

    class Cut(ScriptedModel):
        async def chat(self, request: ChatRequest) -> ChatReply:
            text = next(answers)
            return ChatReply((Completion(text, "length" if text.endswith("or") else "stop"),))

    model = SeparatedModel(Cut(lambda _: ""))
    assert (await model.chat(ChatRequest(ASKED))).completions[0].text == "Try Dracula (1897)."
    with pytest.raises(UnusableAnswer, match="still reasoning"):
        await model.chat(ChatRequest(ASKED))


async def test_a_preamble_before_an_opening_mark_does_not_make_a_cut_reply_a_thought() -> None:
    answers = iter(["Hm. <think>Jane Eyre?</think>Try Dracula (1897).", "Try Dracula (1897), and"])

    class Cut(ScriptedModel):
        async def chat(self, request: ChatRequest) -> ChatReply:
            return ChatReply((Completion(next(answers), "length"),))

    model = SeparatedModel(Cut(lambda _: ""))
    await model.chat(ChatRequest(ASKED))
    assert (await model.chat(ChatRequest(ASKED))).completions[0].text == "Try Dracula (1897), and"


async def test_thoughts_are_held_back_also_after_an_answer_that_had_none() -> None:
    answers = iter(["Jane Eyre?</think>Dracula.", "Emma.", "Jane Eyre?</think>Dracula."])
    model = SeparatedModel(ScriptedModel(lambda _: next(answers)))
    pieces = [(await told(model))[0] for _ in range(3)]
    assert ["".join(one) for one in pieces] == ["Dracula.", "Emma.", "Dracula."]


@pytest.mark.parametrize("empty", ["<think></think>", "<think>\n\n</think>\n\n", "</think>\n"])
async def test_a_block_without_thoughts_is_no_part_of_the_reply(empty: str) -> None:
    model = SeparatedModel(ScriptedModel(lambda _: f"{empty}Try Dracula (1897)."))
    pieces, reply = await told(model)
    assert "".join(pieces) == reply.text == "Try Dracula (1897)."
    assert not reply.completions[0].reasoning


async def test_tokens_that_end_a_turn_are_taken_off_and_counted() -> None:
    model = SeparatedModel(ScriptedModel(lambda _: ["Try Dracula (1897).<|im_end|>", "Try Emma (1815)."]))
    reply = await model.chat(ChatRequest(ASKED, n=2, temperature=1.0))
    assert sorted(one.text for one in reply.completions) == ["Try Dracula (1897).", "Try Emma (1815)."]
    assert reply.usage.end_tokens == 1
    assert ChatReply.from_json(reply.to_json()) == reply


@pytest.mark.parametrize("answer", ["<|im_end|>", "<think></think>", "</s><|im_start|>user\nDracula (1897)?"])
async def test_marks_without_a_word_are_no_reply(answer: str) -> None:
    model = SeparatedModel(ScriptedModel(lambda _: answer))
    with pytest.raises(UnusableAnswer, match="before its first word"):
        await model.chat(ChatRequest(ASKED))


async def test_a_reply_of_thoughts_alone_that_ended_by_itself_did_not_run_out_of_tokens() -> None:
    thought = ChatReply((Completion("", reasoning="Jane Eyre?"),))

    class Thinking(ScriptedModel):
        async def chat(self, request: ChatRequest) -> ChatReply:
            return thought

    with pytest.raises(UnusableAnswer, match="reasoning and no reply behind it"):
        await SeparatedModel(Thinking(lambda _: "x")).chat(ChatRequest(ASKED))
