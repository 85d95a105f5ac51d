"""Reasoning told apart from replies: marks of every family, whole and while they stream."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.streamed import split
from usbrec.llm import reasoning, reasoning_filter
from usbrec.llm.reasoning import ReasoningMarks, Separated, closes_alone, separate
from usbrec.llm.reasoning_filter import ReasoningFilter

SAID = "Try Dracula (1897), because nobody built a better castle."
THOUGHT = "An old house. Jane Eyre (1847) is too obvious, so no."

FAMILIES = {
    "think": f"<think>\n{THOUGHT}\n</think>\n\n{SAID}",
    "capitals": f"<Think>{THOUGHT}</Think>{SAID}",
    "thinking": f"<thinking>{THOUGHT}</thinking> {SAID}",
    "thought": f"<thought>{THOUGHT}</thought>\n{SAID}",
    "reasoning": f"<reasoning>{THOUGHT}</reasoning>\n{SAID}",
    "brackets": f"[THINK]{THOUGHT}[/THINK]{SAID}",
    "triangles": f"◁think▷{THOUGHT}◁/think▷{SAID}",
    "longcat": f"<longcat_think>\n{THOUGHT}\n</longcat_think>\n{SAID}",
    "box": f"<think>{THOUGHT}</think>\n<|begin_of_box|>{SAID}<|end_of_box|>",
    "seed": f"<seed:think>{THOUGHT}</seed:think>{SAID}",
    "begin of thought": (
        f"<|begin_of_thought|>\n{THOUGHT}\n<|end_of_thought|>\n\n"
        f"<|begin_of_solution|>\n{SAID}\n<|end_of_solution|>"
    ),
    "start thinking": f"<|START_THINKING|>{THOUGHT}<|END_THINKING|><|START_RESPONSE|>{SAID}<|END_RESPONSE|>",
    "answer tags": f"<think>{THOUGHT}</think>\n<answer>\n{SAID}\n</answer>",
    "inner prefix": f"<|inner_prefix|>{THOUGHT}<|inner_suffix|>{SAID}",
    "channels": (
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{SAID}<|return|>"
    ),
    "channels without special tokens": f"analysis{THOUGHT}assistantfinal{SAID}",
    "channels, the reply's without a name": (
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|message|>{SAID}<|return|>"
    ),
    "channels without special tokens, the speaker first": (f"assistantanalysis{THOUGHT}assistantfinal{SAID}"),
    "channels without special tokens, a third": (
        f"assistantanalysis{THOUGHT}assistantcommentary{THOUGHT}assistantfinal{SAID}"
    ),
    "prose": f"Here is my thought process: {THOUGHT}\n\nHere is my response: {SAID}",
    "channels, small letters": f"analysis{THOUGHT.lower()}assistantfinal{SAID}",
    "channels, another script": f"analysis用户{THOUGHT}assistantfinal{SAID}",
    "channels, bold": f"analysis**Plan** {THOUGHT}assistantfinal{SAID}",
    "reasoning tokens": f"<|begin_of_reasoning|>{THOUGHT}<|end_of_reasoning|>{SAID}",
    "reasoning tokens, the place behind": f"<|reasoning_start|>{THOUGHT}<|reasoning_end|>{SAID}",
    "tokens without bars": f"<start_of_thought>{THOUGHT}<end_of_thought>{SAID}",
    "reasoning in brackets": f"[REASONING]{THOUGHT}[/REASONING]{SAID}",
    "a comment": f"<!-- {THOUGHT} -->{SAID}",
    "a Chinese tag": f"<思考>{THOUGHT}</思考>{SAID}",
    "a German tag": f"<Gedanken>{THOUGHT}</Gedanken>\n{SAID}",
    "Chinese headings": f"思考过程：\n{THOUGHT}\n\n回答：\n{SAID}",
    "Chinese headings, bold": f"**思考**：{THOUGHT}\n\n**回答**：{SAID}",
    "Chinese headings in brackets": f"【思考】{THOUGHT}\n【最终回答】{SAID}",
    "Chinese headings on lines": f"## 思考过程\n\n{THOUGHT}\n\n## 最终回答\n\n{SAID}",
    "Korean headings": f"생각: {THOUGHT}\n\n답변: {SAID}",
    "German headings": f"**Überlegung:** {THOUGHT}\n\n**Antwort:** {SAID}",
    "French headings": f"Réflexion : {THOUGHT}\n\nRéponse : {SAID}",
    "Spanish headings": f"Razonamiento: {THOUGHT}\n\nRespuesta: {SAID}",
    "Russian headings": f"Ход мыслей: {THOUGHT}\n\nОтвет: {SAID}",
    "quoted lines": f"*Thinking...*\n\n> {THOUGHT}\n\n{SAID}",
    "quoted lines with their heading": f"> **Reasoning**\n> {THOUGHT}\n\n{SAID}",
}
CLOSING_ALONE = {
    name: f"{THOUGHT}\n{mark}\n\n{SAID}"
    for name, mark in {
        "think": "</think>",
        "brackets": "[/THINK]",
        "triangles": "◁/think▷",
        "seed": "</seed:think>",
        "channels": "<|end|><|start|>assistant<|message|>",
        "channels with names": "<|end|><|start|>assistant<|channel|>final<|message|>",
    }.items()
}
OPEN = {
    "think": f"<think>\n{THOUGHT}",
    "brackets": f"[THINK]{THOUGHT}",
    "channels": f"<|channel|>analysis<|message|>{THOUGHT}",
    "channels without special tokens": f"analysis{THOUGHT}",
}
#: Open where the limit cut it, and else the reply.
ANNOUNCED = [
    f"Here is my thought process: {THOUGHT}",
    f"Here's my reasoning: {THOUGHT} So I suggest Jane Eyre (1847).",
    f"**Here’s my thinking:**\n{THOUGHT}\nTry Emma (1815).",
]


@pytest.mark.parametrize("answer", ANNOUNCED)
def test_reasons_that_an_answer_announces_are_the_reply_unless_it_was_cut(answer: str) -> None:
    assert separate(answer) == Separated(answer)
    found = separate(answer, cut=True)
    assert (found.text, found.open) == ("", True)
    assert THOUGHT in found.reasoning


@pytest.mark.parametrize("answer", ANNOUNCED)
@pytest.mark.parametrize("length", [1, 7, 1000])
def test_reasons_that_a_stream_announces_are_passed_on_at_its_end_unless_it_was_cut(
    answer: str, length: int
) -> None:
    assert streamed(answer, length) == answer
    passing = ReasoningFilter()
    assert not any(passing.feed(answer[at : at + length]) for at in range(0, len(answer), length))
    assert passing.end(cut=True)[0] == ""


def test_another_mark_ends_thoughts_that_were_announced() -> None:
    assert separate(f"Here is my reasoning: {THOUGHT}</think>{SAID}").text == SAID


def streamed(answer: str, length: int, marks: ReasoningMarks = "auto", *, holds: bool = False) -> str:
    """What is passed on of an answer that comes in pieces of this length."""
    filtered = ReasoningFilter(marks, holds=holds)
    pieces = [filtered.feed(answer[start : start + length]) for start in range(0, len(answer), length)]
    rest, whole = filtered.end()
    assert whole == separate(answer, marks)
    return "".join(pieces) + rest


@pytest.mark.parametrize("name", FAMILIES)
def test_thoughts_of_every_family_are_told_apart(name: str) -> None:
    found = separate(FAMILIES[name])
    assert (found.text, found.open) == (SAID, False)
    assert THOUGHT.lower() in found.reasoning.lower()


@pytest.mark.parametrize("name", CLOSING_ALONE)
def test_a_closing_mark_alone_ends_thoughts_that_began_in_the_prompt(name: str) -> None:
    assert separate(CLOSING_ALONE[name]) == Separated(SAID, THOUGHT)
    assert closes_alone(CLOSING_ALONE[name])


@pytest.mark.parametrize("name", OPEN)
def test_an_answer_that_breaks_off_in_its_thoughts_is_open_and_says_nothing(name: str) -> None:
    found = separate(OPEN[name])
    assert found.open
    assert found.text == ""
    assert THOUGHT in found.reasoning


@pytest.mark.parametrize(
    "answer",
    [
        SAID,
        "",
        "  ",
        "I <3 that one [1], a <b>bold</b> choice: 2 < 3 > 1",
        "Analysis shows that you like drama.",
        "analysis of your taste: drama",
        "commentary is free",
        "The assistantanalysis tool said: assistantfinal is a word",
        "Here is my pick: Dracula (1897).",
        "What do you think? I think [thinking aloud] it is fine.",
    ],
)
def test_an_answer_without_marks_is_the_reply_as_it_is(answer: str) -> None:
    assert separate(answer) == Separated(answer)
    assert streamed(answer, 1) == answer


def test_several_blocks_and_marks_inside_thoughts_leave_only_what_is_said() -> None:
    answer = f"<think>I write </think> at the end.</think><think>{THOUGHT}</think>{SAID}"
    assert separate(answer).text == SAID
    assert separate(f"<think>the mark <think> opens</think>{SAID}").text == SAID


def test_marks_can_be_named_or_switched_off() -> None:
    answer = f"((musing)){THOUGHT}((said)){SAID}"
    assert separate(answer, ("((musing))", "((said))")) == Separated(SAID, THOUGHT)
    assert separate(answer).text == answer
    assert separate(FAMILIES["think"], "off").text == FAMILIES["think"]
    assert streamed(FAMILIES["think"], 3, "off") == FAMILIES["think"]
    assert streamed(answer, 2, ("((musing))", "((said))")) == SAID


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("length", [1, 2, 7, 1000])
def test_of_a_stream_only_the_reply_is_passed_on(name: str, length: int) -> None:
    assert streamed(FAMILIES[name], length) == SAID


@pytest.mark.parametrize("name", OPEN)
def test_of_a_stream_that_breaks_off_in_its_thoughts_nothing_is_passed_on(name: str) -> None:
    assert streamed(OPEN[name], 3) == ""


@pytest.mark.parametrize("name", CLOSING_ALONE)
def test_a_stream_that_is_held_back_passes_no_thought_on(name: str) -> None:
    assert streamed(CLOSING_ALONE[name], 3, holds=True) == SAID


@pytest.mark.parametrize(
    "begins",
    ["Okay, the user", "好的，用户想要", "Хорошо, пользователь", "Gut, der Nutzer", "Bien, el usuario"],
)
def test_a_long_thought_is_held_in_whatever_language_it_begins(begins: str) -> None:
    assert streamed(f"{begins} {THOUGHT * 20}</think>{SAID}", 5, holds=True) == SAID


def test_a_reply_without_marks_comes_as_it_is_written() -> None:
    filtered = ReasoningFilter()
    assert [filtered.feed(piece) for piece in ("Try ", "Dracula ", "(1897).")] == [
        "Try ",
        "Dracula ",
        "(1897).",
    ]


@given(st.text(max_size=60), st.integers(1, 9))
def test_whatever_streams_ends_as_the_whole_answer_does(answer: str, length: int) -> None:
    found = separate(answer)
    assert streamed(answer, length, holds=True) == ("" if found.open else found.text)


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "[THINK]", "<|channel|>", "final", "a ", "\n"]), max_size=9
    )
)
def test_marks_in_any_order_never_raise_and_never_stay_in_the_reply(parts: list[str]) -> None:
    found = separate("".join(parts))
    assert "<think>" not in found.text
    assert "</think>" not in found.text


def test_a_long_answer_that_does_not_begin_like_a_thought_is_not_held_to_its_end() -> None:
    filtered = ReasoningFilter(holds=True)
    told = [filtered.feed("A word about Dracula. ") for _ in range(60)]
    assert not any(told[:25])
    assert all(told[35:])
    thinking = ReasoningFilter(holds=True)
    assert not any(thinking.feed("Okay, the user wants a castle. ") for _ in range(60))


@pytest.mark.parametrize("size", [1, 3, 7])
def test_what_was_said_before_a_thought_that_never_ends_is_streamed_whole(size: int) -> None:
    answer, passing = "Try Dracula (1897).<think>Emma (1815)", ReasoningFilter()
    pieces = [passing.feed(answer[place : place + size]) for place in range(0, len(answer), size)]
    assert "".join([*pieces, passing.end()[0]]) == "Try Dracula (1897)."


@pytest.mark.parametrize(
    "answer",
    [
        "&lt;think&gt;Jane Eyre (1847)?&lt;/think&gt;Try Emma (1815).",
        "<|think|>Jane Eyre (1847)?<|end|><|begin|>assistant<|content|>Try Emma (1815).",
        "analysis\nJane Eyre (1847)?\nassistantfinal\nTry Emma (1815).",
        "**Here is my thought process:**\nJane Eyre (1847)?\n**Here is my response:**\nTry Emma (1815).",
        "<think>Jane Eyre (1847)?</think><output>Try Emma (1815).</output>",
    ],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_rarer_marks_are_known_whole_and_in_pieces(answer: str, size: int) -> None:
    found = separate(answer)
    assert found.text == "Try Emma (1815)."
    assert "Jane Eyre" in found.reasoning
    stream = ReasoningFilter()
    told = "".join(stream.feed(answer[at : at + size]) for at in range(0, len(answer), size))
    rest, whole = stream.end()
    assert (told + rest).strip() == found.text
    assert whole == found


#: Tags with attributes, folds of front ends, and thoughts that another family's mark closes.
ODD = {
    "an attribute": f'<think time="3">{THOUGHT}</think>{SAID}',
    "an attribute without quotes": f"<thinking budget=1024>\n{THOUGHT}\n</thinking>\n\n{SAID}",
    "attributes over lines": f"<Reasoning\n  effort='high'\n  hidden\n>{THOUGHT}</Reasoning>{SAID}",
    "an attribute with a bracket": f'<thought note="[x] a/b">{THOUGHT}</thought>{SAID}',
    "an escaped tag with an attribute": f"&lt;think time=&quot;3&quot;&gt;{THOUGHT}&lt;/think&gt;{SAID}",
    "a bracket with an attribute": f"[THINK budget=3]{THOUGHT}[/THINK]{SAID}",
    "a blank in the closing tag": f"<think >{THOUGHT}</think >{SAID}",
    "a fold of Open WebUI": (
        '<details type="reasoning" done="true" duration="5">\n<summary>Thought for 5 seconds</summary>\n'
        f"> {THOUGHT}\n</details>\n{SAID}"
    ),
    "a fold with its type at the end": f"<details done='true' type='reasoning'>{THOUGHT}</details>{SAID}",
    "a fold with a fold in it": (
        f'<details type="reasoning">a<details><summary>b</summary></details>{THOUGHT}</details>{SAID}'
    ),
    "a fold by its summary": f"<details>\n<summary>Thinking</summary>\n{THOUGHT}\n</details>\n\n{SAID}",
    "a fold of LibreChat": f":::thinking\n{THOUGHT}\n:::\n\n{SAID}",
    "an empty tag before the thought": f"<think/><think>{THOUGHT}</think>{SAID}",
    "think closed by thinking": f"<think>{THOUGHT}</thinking>{SAID}",
    "think closed by reasoning": f"<think>\n{THOUGHT}\n</reasoning>\n\n{SAID}",
    "think closed by thought": f"<think>{THOUGHT}</thought>{SAID}",
    "think closed by a bracket": f"<think>{THOUGHT}[/THINK]{SAID}",
    "think closed by triangles": f"<think>{THOUGHT}◁/think▷{SAID}",
    "a bracket closed by think": f"[THINK]{THOUGHT}</think>{SAID}",
    "reasoning with an attribute closed by think": f'<reasoning effort="low">{THOUGHT}</think >{SAID}',
    "a mark too many at the end": f"<think>{THOUGHT}</think>{SAID}</think>\n",
    "thoughts that speak of a pair": f"<think>{THOUGHT} <reasoning>so</reasoning></thinking>{SAID}",
    "thoughts that quote a mark": f"<think>{THOUGHT} `</thinking>` no.</think>{SAID}",
    "thoughts that speak of another mark": f"<think>{THOUGHT} </reasoning> no.</think>{SAID}",
}


@pytest.mark.parametrize("name", ODD)
def test_tags_with_attributes_folds_and_other_families_ends_are_told_apart(name: str) -> None:
    found = separate(ODD[name])
    assert (found.text, found.open) == (SAID, False)
    assert THOUGHT in found.reasoning


@pytest.mark.parametrize("name", [*ODD, *FAMILIES])
@settings(max_examples=10)
@given(places=st.lists(st.integers(0, 300), max_size=12), size=st.integers(1, 40))
def test_however_an_answer_is_split_the_same_is_passed_on(name: str, places: list[int], size: int) -> None:
    answer = {**ODD, **FAMILIES}[name]
    assert split(answer, places) == SAID
    assert split(answer, list(range(0, len(answer), size))) == SAID


_PIECES = (
    *('<think time="3">', "<thinking budget=9>", "<think>", "<think/>", '<details type="reasoning">'),
    *(
        "</think>",
        "</thinking>",
        "[THINK]",
        "[/THINK]",
        "<details>",
        "</details>",
        ":::thinking\n",
        "\n:::\n",
    ),
    *("<answer>", "</answer>", "Try ", "Emma", " ", "\n", "<b>", "<", ">", '"', "think", "a < b"),
    *("<summary>Thoughts</summary>", "<summary>More</summary>"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=10), st.lists(st.integers(0, 200), max_size=8))
def test_pieces_of_marks_in_any_order_stream_as_the_whole_says(parts: list[str], places: list[int]) -> None:
    answer = "".join(parts)
    found = separate(answer)
    assert split(answer, places, holds=True).rstrip() == found.text.rstrip()
    if not closes_alone(answer) and not stray(answer):
        assert split(answer, places).rstrip() == found.text.rstrip()
    if '"' not in parts:  # A mark between quotes is spoken of, and so is one that is a word of a sentence.
        left = re.sub(r"(?<=[\w,] )<think(?:ing)?[ >].*", "", found.text)
        assert not re.search(r"<think[ >]|<thinking[ >]|\[/?THINK\]|</think", left)


def stray(answer: str) -> bool:
    """Whether a closing mark stands outside of thoughts: what came before it has been passed on."""
    return "\0" in separate(re.sub(r"</think>|</thinking>|\[/THINK\]", r"\g<0>\0", answer)).text


@pytest.mark.parametrize(
    "answer",
    [
        "<details><summary>Plot</summary>A castle.</details> Try Dracula (1897).",
        "Try <i class='x'>Dracula</i>, <details open>a castle</details>.",
        "I think <thinker> is a name; 3 < 4; [think again] and [thinking, slow].",
        "a ::: b\n:::note\nx\n:::",
        "<thinkpad model='x'> is a computer </thinkpad>",
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_what_only_looks_like_a_mark_stays(answer: str, size: int) -> None:
    assert separate(answer) == Separated(answer)
    assert streamed(answer, size) == answer


@pytest.mark.parametrize(
    "answer",
    [
        f'<think time="3">{THOUGHT}',
        f'<details type="reasoning" done="false">\n<summary>Thinking…</summary>\n> {THOUGHT}',
        f"<think>{THOUGHT} I would write '</thinking>' next",
        f":::thinking\n{THOUGHT}",
    ],
)
@pytest.mark.parametrize("size", [1, 5, 1000])
def test_thoughts_behind_odd_marks_that_break_off_say_nothing(answer: str, size: int) -> None:
    found = separate(answer)
    assert (found.text, found.open) == ("", True)
    assert streamed(answer, size) == ""


def test_a_tag_that_never_ends_is_passed_on_once_it_cannot_be_one() -> None:
    answer = f"Try <think {'x' * 400} Dracula"
    assert streamed(answer, 3) == answer


_ODD = [
    "<mm:think>{}</mm:think>{}",
    "<think_faster>{}</think_faster><answer>{}</answer>",
    "<think:opensource>{}</think:opensource>{}",
    "< think >{}</ think >{}",
    "\\<think\\>{}\\</think\\>{}",
    "\\u003cthink\\u003e{}\\u003c/think\\u003e{}",
    "＜think＞{}＜/think＞{}",
    "<analysis>{}</analysis><final>{}</final>",
    "<cot>{}</cot>{}",
    "[unused16]{}[unused17]{}",
    "<|begin_of_thinking|>{}<|end_of_thinking|>{}",
    "```thinking\n{}\n```\n{}",
    "**Thinking:** {}\n\n**Final answer:** {}",
    "**Reasoning**\n{}\n\n**Response**\n{}",
    "## Thought process\n\n{}\n\n## Final Answer\n\n{}",
    "Thinking...\n{}\n...done thinking.\n\n{}",
    "***Thinking…***\n{}\n***…done thinking.***\n{}",
    "<think>{}</think><Solution>{}</Solution>",
    "<|im_start|>think\n{}<|im_end|>\n<|im_start|>answer\n{}<|im_end|>",
]


@pytest.mark.parametrize("odd", _ODD)
def test_thoughts_in_further_forms_are_no_reply_whole_or_streamed(odd: str) -> None:
    thought, reply = "Jane Eyre (1847)? 3 < 4, so hm.", "Try *Dracula* (1897). I \\ we <3 it."
    answer = odd.format(thought, reply)
    assert (separate(answer).text.strip(), separate(answer).reasoning) == (reply, thought)
    assert not separate(answer).open
    for step in (1, 3, 8):
        passing = ReasoningFilter()
        told = "".join(passing.feed(answer[place : place + step]) for place in range(0, len(answer), step))
        assert (told + passing.end()[0]).strip() == reply


def test_a_reply_that_speaks_of_a_mark_or_of_reasoning_is_no_thought() -> None:
    for reply in (
        'Read "<think>", a poem.',
        "Reasoning: you liked Emma, so try Dracula (1897).",
        "Use `<thinking>` for that; see Dracula (1897).",
        "```python\nprint(1)\n```",
        "## Analysis\nYou like castles.\n## Recommendation\nDracula (1897).",
        "Thinking of castles... try Dracula (1897).",
        "Reasoning\nYou like castles.\nResponse\nDracula (1897).",
    ):
        passing = ReasoningFilter()
        told = "".join(map(passing.feed, reply)) + passing.end()[0]
        assert separate(reply).text == told == reply
        assert not separate(reply).reasoning


#: Headings of thoughts and of the reply that follows, in further languages.
HEADED = [
    *(
        "Suy nghĩ/Trả lời",
        "Quá trình suy nghĩ/Câu trả lời cuối cùng",
        "Tankar/Svar",
        "Resonemang/Slutligt svar",
    ),
    *("Tanker/Svar", "Ajattelu/Vastaus", "Myśli/Odpowiedź", "Tok myślenia/Ostateczna odpowiedź"),
    *("Úvaha/Odpověď", "Myšlienky/Odpoveď", "Gondolatmenet/Válasz", "Gânduri/Răspuns", "Размисли/Отговор"),
    *("Думки/Відповідь", "Misli/Odgovor", "Σκέψη/Απάντηση", "Düşünce/Cevap", "Düşünme süreci/Nihai yanıt"),
    *("التفكير/الإجابة", "تفکر/پاسخ", "מחשבות/תשובה", "विचार/उत्तर", "চিন্তা/উত্তর"),
    *("சிந்தனை/பதில்", "ความคิด/คำตอบ", "Pemikiran/Jawaban", "Pikiran/Jawaban akhir", "Gedachten/Antwoord"),
    *("Thinking out loud/Reply", "Düşünce süreci/Cevap", "Процесс мышления/Ответ"),
    *("Pensamento/Resposta", "Pensieri/Risposta", "Mõtted/Vastus", "推理過程/最終回答"),
]
HEADED_FORMS = [
    "{a}: {thought}\n\n{b}: {said}",
    "**{a}:** {thought}\n**{b}:** {said}",
    "## {a}\n{thought}\n\n## {b}\n{said}",
    "🤔 {a}: {thought}\n💡 {b}: {said}",
    "1. {a}: {thought}\n2. {b}: {said}",
    "- {a}: {thought}\n- {b}: {said}",
    "[{a}] {thought}\n[{b}] {said}",
    "{a}: {thought} {b}: {said}",
]


@pytest.mark.parametrize(
    "pair",
    [*HEADED, "My thoughts/My answer", "Internal reasoning/Response to user", "Mijn gedachten/Antwoord"],
)
def test_thoughts_under_headings_are_told_apart_in_many_languages(pair: str) -> None:
    above, below = pair.split("/")
    # Whose thoughts they are stands before a heading with a colon.
    owned = above.startswith(("My ", "Internal ", "Mijn "))
    for form in [form for form in HEADED_FORMS if "{a}:" in form or not owned]:
        answer = form.format(a=above, b=below, thought=THOUGHT, said=SAID)
        assert separate(answer) == Separated(SAID, THOUGHT)
        assert {streamed(answer, size).strip() for size in (1, 3, 8, 1000)} == {SAID}


@pytest.mark.parametrize(
    "answer",
    [
        "Tankar: en roman (2010).\nFörfattare: Anna Ek",
        "Pikiran: novel (1990)\nPenulis: Siti",
        "Gedanken: Roman (1990)\n\nDüşünce: roman (1991)",
        "Svar: Dracula (1897).\nTankar: mörk.",
        "My favourite: Dracula (1897).\nMy answer: yes.",
        "Thoughts on Dracula: it is dark.\nMy answer: yes.",
        "The thought of it: Dracula (1897).",
        "Düşünceler ve cevap: Dracula (1897).",
        "Analysis: You like slow horror, so Dracula (1897) fits.\n\nResponse: Shall I tell you more?",
        "**Analysis:** Dracula (1897) is dark and slow.\n**Response:** Critics loved it.\n**Rating:** 8/10",
        "Análisis: Drácula (1897) es oscura.\nRespuesta: la crítica la amó.",
        "[Analysis] of a murder. [Answer] is a sequel.",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_headings_of_a_reply_are_part_of_it(answer: str, size: int) -> None:
    assert separate(answer) == Separated(answer)
    assert streamed(answer, size) == answer


@pytest.mark.parametrize(
    "answer",
    [
        f"Analysis: the user likes castles. {THOUGHT}\n\nResponse: {SAID}",
        f"**Analysis**\nI should name one. {THOUGHT}\n\n**Answer**\n{SAID}",
        f"Analysis: {THOUGHT}\n\nFinal answer: {SAID}",
        f"分析：用户喜欢城堡。{THOUGHT}\n\n回答：{SAID}",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_an_analysis_of_the_user_is_thought(answer: str, size: int) -> None:
    found = separate(answer)
    assert (found.text, THOUGHT in found.reasoning) == (SAID, True)
    assert streamed(answer, size).strip() == SAID


SPOKEN_OF = [
    "The tag <think> opens a block of thoughts, and I recommend Dracula (1897).",
    "The tag <think> opens a block of thoughts and </think> closes it. Try Dracula (1897).",
    "The tag <think> opens thoughts. The tag </think> closes them. Try Dracula (1897).",
    "The tags <think> and </think> enclose thoughts. Try Dracula (1897).",
    "The tags <think>…</think> enclose thoughts, as <reasoning> and </reasoning> do.",
    "Models write `<think>` first and then `</think>`. Try Dracula (1897).",
    'They write "<think>" and, at the end, "</think>". Try Dracula (1897).',
    "Write `<think>Emma (1815)?</think>` before the reply.",
    "Write:\n\n```\n<think>\nEmma (1815)?\n</think>\n```\n\nand so on. Try Dracula (1897).",
    "Write:\n~~~xml\n<reasoning>Emma (1815)?</reasoning>\n~~~\nTry Dracula (1897).",
    "The closing tag </think> ends it. Try Dracula (1897).",
    "The [THINK] token is Mistral's. Try Dracula (1897).",
    "Das Zeichen <think> beginnt einen Gedanken, </think> beendet ihn. Lies Dracula (1897).",
    "标签 <think> 和 </think> 之间是思考。推荐《德古拉》。",
    "I recommend <thought> by A. Writer and Dracula (1897).",
    "A film: <Think> (2007), or Dracula (1897).",
    "I like [Thinking](http://x) and Dracula (1897).",
    "[Thinking](http://x) is a film. Try Dracula (1897).",
    "1. [Thought][1] 2. [Thoughts][2]",
    "[Thinking] by Jane, or Dracula (1897).",
    "Good! [thinking] Dracula (1897), perhaps.",
    "[Thinking, Fast and Slow](http://x), Thinking, Fast and Slow (2011)",
]


@pytest.mark.parametrize("answer", SPOKEN_OF)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_marks_that_a_reply_speaks_of_stay_in_it(answer: str, size: int) -> None:
    assert separate(answer) == Separated(answer)
    assert not closes_alone(answer)
    assert streamed(answer, size) == answer
    assert streamed(answer, size, holds=True) == answer


@pytest.mark.parametrize(
    "answer",
    [
        f"I would say <think>{THOUGHT}</think> Try Dracula (1897).",
        f"I would say\n<think> {THOUGHT} </think>\nTry Dracula (1897).",
        f"Sure, here it is. <think> {THOUGHT} </think> Try Dracula (1897).",
        f"Hm, <think>\n{THOUGHT}\n</think>\nTry Dracula (1897).",
        f"`so` <think>{THOUGHT} `</think>` no.</think>Try Dracula (1897).",
        f"```\n<think>{THOUGHT}</think>\nTry Dracula (1897).\n```",
        f"[Thinking] {THOUGHT} [/Thinking] Try Dracula (1897).",
        f"[THINK](perhaps) {THOUGHT}[/THINK]Try Dracula (1897).",
        f"Try <!-- {THOUGHT} --> this: Dracula (1897).",
        f"okay, {THOUGHT} so dracula </think> try it. Try Dracula (1897).",
        f"Well, {THOUGHT} So be it. </think> Try Dracula (1897).",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_block_in_the_middle_of_a_reply_is_thought_all_the_same(answer: str, size: int) -> None:
    found = separate(answer)
    assert THOUGHT in found.reasoning
    assert THOUGHT not in found.text
    assert "Dracula (1897)" in found.text
    assert streamed(answer, size, holds=True) == found.text


@pytest.mark.parametrize("begun", ["I recommend ", "A film: ", "Good! "])
@pytest.mark.parametrize("mark", ["<think>", "<thinking>", "[thinking]"])
def test_where_the_limit_cut_an_open_mark_begins_thoughts(begun: str, mark: str) -> None:
    answer = f"{begun}{mark} {THOUGHT}"
    found = separate(answer, cut=True)
    assert (found.text, found.reasoning, found.open) == (begun.strip(), THOUGHT, True)


@pytest.mark.parametrize(
    "answer",
    [
        "<plan>Jane Eyre (1847)?</plan>\nTry Emma (1815).",
        "\n<Internal>Jane Eyre (1847)?</internal >Try Emma (1815).",
        "<think>So.</think><plan>\nJane Eyre (1847)?\n</plan>\n\nTry Emma (1815).",
        "<planning>So.</planning><think>Jane Eyre (1847)?</think>Try Emma (1815).",
        "<plan>Jane Eyre (1847)? <b>no</plan><answer>Try Emma (1815).</answer>",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_tag_for_a_plan_that_an_answer_begins_with_holds_thoughts(answer: str, size: int) -> None:
    found = separate(answer)
    assert (found.text, found.open) == ("Try Emma (1815).", False)
    assert "Jane Eyre" in found.reasoning
    assert streamed(answer, size) == found.text


@pytest.mark.parametrize(
    "answer",
    [
        "My <plan>: Emma (1815), then <internal> peace.</plan>",
        "<planet>Emma (1815)</planet>",
        "Try Emma (1815).</plan>",
        "<b><plan>Emma (1815)</plan></b>",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_tag_for_a_plan_elsewhere_is_a_part_of_the_reply(answer: str, size: int) -> None:
    assert separate(answer) == Separated(answer)
    assert streamed(answer, size) == answer


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_a_plan_that_breaks_off_is_no_reply(size: int) -> None:
    answer = "<plan>First Jane Eyre (1847), then"
    assert separate(answer) == Separated("", "First Jane Eyre (1847), then", open=True)
    assert streamed(answer, size) == ""


ENDS = ["<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<|END_OF_TURN_TOKEN|>", "<｜end▁of▁sentence｜>"]


@pytest.mark.parametrize("end", [*ENDS, "<|im_end|>\n", "\n</s></s>", "<|end|><|endoftext|>"])
@pytest.mark.parametrize("thought", ["", f"<think>{THOUGHT}</think>", f"{THOUGHT}</think>"])
@pytest.mark.parametrize("behind", ["", "<|im_start|>user\nThanks, and Emma (1815)?", "[INST] Emma (1815)? "])
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_token_that_ends_a_turn_and_all_behind_it_are_no_reply(
    end: str, thought: str, behind: str, size: int
) -> None:
    answer = f"{thought}{SAID}{end}{behind}"
    assert separate(answer) == Separated(SAID, THOUGHT if thought else "", ended=True)
    assert streamed(answer, size, holds=not thought.startswith("<")) == SAID


@pytest.mark.parametrize(
    "answer",
    [
        "`<|im_end|>` ends a turn.",
        'Templates write "</s>"',
        "Try <s>Emma</s> <s>Persuasion</s>",
        "Try Emma.<|im_end|> Or Dracula.",
        "a < b > c </sub>",
    ],
)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_token_that_a_reply_speaks_of_is_a_part_of_it(answer: str, size: int) -> None:
    assert separate(answer) == Separated(answer)
    assert streamed(answer, size) == answer


def test_marks_that_are_named_or_switched_off_leave_ends_that_are_switched_off() -> None:
    answer = f"((musing)){THOUGHT}((said)){SAID}<|im_end|>"
    assert separate(answer, ("((musing))", "((said))")).text == SAID
    assert separate(answer, "off").text == answer


@pytest.mark.parametrize(
    "part",
    [
        "<think>a castle</think>Try Dracula. ",
        "Try <b>Dracula</b>, [1], a & b; ",
        "<answer>Emma</answer> or <|im_end|> this. ",
        "Try Dracula, or Emma; \n\n",
        "`</think>` is a mark. ",
    ],
)
@pytest.mark.parametrize("begun", ["", "<think>", "Thinking: "])
def test_the_work_of_a_stream_grows_with_its_length_alone(
    part: str, begun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = 0

    def counting(answer: str, marks: ReasoningMarks = "auto") -> tuple[Separated, bool]:
        nonlocal looked_at
        looked_at += len(answer)
        return reasoning.separate_so_far(answer, marks)

    monkeypatch.setattr(reasoning_filter, "separate_so_far", counting)
    work = []
    for times in (100, 400):
        looked_at, passing, answer = 0, ReasoningFilter(), begun + part * times
        for start in range(0, len(answer), 5):
            passing.feed(answer[start : start + 5])
        work.append(looked_at / len(answer))
    # Looked at with every piece, the longer one would be looked at a thousand times.
    assert max(work) < 50
    assert work[1] < 1.5 * work[0] + 1


def test_what_is_said_behind_many_marks_is_still_passed_on_as_it_comes() -> None:
    passing = ReasoningFilter()
    for _ in range(100):
        passing.feed("<think>a</think>b ")
    told = [passing.feed("Try Dracula. ") for _ in range(60)]
    assert all(told[20:])
