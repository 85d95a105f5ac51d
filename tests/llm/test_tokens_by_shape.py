"""Tokens of templates that no list has end a reply by their shape, at once and in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.llm.reasoning import Separated, separate
from usbrec.llm.reasoning_filter import ReasoningFilter

SAID = "Try Dracula (1897)."
THOUGHT = "Maybe Jane Eyre (1847)."
OTHER = "I read it."
AGAIN = "Then Carmilla (1872)."


def streamed(answer: str, size: int) -> str:
    passing = ReasoningFilter()
    told = [passing.feed(answer[start : start + size]) for start in range(0, len(answer), size)]
    return "".join([*told, passing.end()[0]])


#: What ends a turn and begins the other's, in templates of families, and of one that nobody knows.
TURNS = [
    ("<|im_end|><|im_user|>user<|im_middle|>", "<|im_end|><|im_assistant|>assistant<|im_middle|>"),
    ("<|eot|><|header_start|>user<|header_end|>\n\n", "<|eot|><|header_start|>assistant<|header_end|>"),
    ("<seed:eos><seed:bos>user\n", "<seed:eos><seed:bos>assistant\n"),
    ("[e~[\n]~b]user\n", "[e~[\n]~b]ai\n"),
    ("\n<extra_id_1>User\n", "\n<extra_id_1>Assistant\n"),
    ("<SPECIAL_12>\n<SPECIAL_11>User\n", "<SPECIAL_12>\n<SPECIAL_11>Assistant\n"),
    ("<｜hy_User｜>", "<｜hy_Assistant｜>"),
    ("\n<sep> human: ", " <sep> assistant: "),
    ("<role>HUMAN</role>", "<role>ASSISTANT</role>"),
    ("\n[|Human|]: ", "\n[|AI|]: "),
    ("<eoa>\n<|Human|>: ", "<eoh>\n<|MOSS|>: "),
    ("<|role_start|>user<|role_end|>", "<|role_start|>assistant<|role_end|>"),
    ("<|END_OF_TURN_TOKEN|><|START_OF_TURN_TOKEN|><|USER_TOKEN|>", "<|CHATBOT_TOKEN|>"),
    ("<|stop_here|><|next_one|>", "<|stop_here|>"),
    ("[/ASSISTANT]\n[USER]", "[/USER]"),
]
ENDS = [
    *("<seed:eos>", "<sep>", "<|eom|>", "<|extra_0|>", "<end_of_utterance>", "<SPECIAL_12>", "<extra_id_1>"),
    *("<eoa>", "<|unknown|>", "[/INST]", "<pad><pad>", "<unk>", "[PAD]", "[SEP]", "<0x0A>"),
    # The text was cut in the middle of one.
    *("<|im_end", "<|im_end|", "</s", "<end_of_turn"),
]


@pytest.mark.parametrize(("behind", "again"), TURNS)
@pytest.mark.parametrize("thought", ["", f"<think>{THOUGHT}</think>"])
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_others_turn_behind_tokens_of_any_family_is_none_of_the_reply(
    behind: str, again: str, thought: str, size: int
) -> None:
    answer = f"{thought}{SAID}{behind}{OTHER}{again}{AGAIN}"
    assert separate(answer) == Separated(SAID, THOUGHT if thought else "", ended=True)
    assert streamed(answer, size) == SAID


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("size", [1, 4, 1000])
def test_a_token_alone_at_the_end_is_none_of_the_reply(end: str, size: int) -> None:
    assert separate(SAID + end) == Separated(SAID, ended=True)
    assert streamed(SAID + end, size) == SAID


@pytest.mark.parametrize(
    "reply",
    [
        "In ChatML a turn ends with <|im_end|> and begins with <|im_start|>. Dracula (1897) is good.",
        "The tokens are <|user|>, <|assistant|> and <|system|>.",
        "Tokens:\n<|user|>\n<|assistant|>\nThese are all.",
        "Use `<|end|>`. `<|user|>` begins one.",
        "```\n<|system|>\nYou are.<|end|>\n<|user|>\nHi.<|end|>\n<|assistant|>\n```\nThat is how it looks.",
        "Try Heat (1995).<|smile|> It is great.",
        "<s>Dracula (1897)</s>\n\nCarmilla (1872) fits better.",
        "See <b>Heat</b>.<br><i>Ran</i> is good.",
        "<ul><li>Heat (1995).</li><li>Ran (1985).</li></ul>",
        "A shell pipe: a |> b |> c. Then [|1; 2|].",
        "The magazine is called <sep>.",
        "In the end:\n<|endoftext|> is a token.",
        "What does <extra_id_0> mean? It is a mask of T5. <extra_id_1> is the next.",
        "Hello! <|user_name|>, try Heat.",
        "Try Heat.\n\n<role>admin</role> is a tag in XML.",
        "assistant professors like Lucky Jim (1954).",
        "He wrote [PAD]. [SEP] is a token, too.",
        "Try [USER] (2004). The role [USER] is one.",
        "In F# one writes a <| b, or <|",
        "The struck word ends with </s",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_what_speaks_of_tokens_and_what_only_looks_like_one_stays(reply: str, size: int) -> None:
    assert separate(reply) == Separated(reply)
    assert streamed(reply, size) == reply


FINAL = f"<|channel|>final<|message|>{SAID}"


@pytest.mark.parametrize(
    "answer",
    [
        f"{FINAL}<|end|><|start|>user<|message|>{OTHER}<|end|><|start|>assistant<|channel|>final<|message|>{AGAIN}",
        f"{FINAL}<|return|><|start|>assistant<|channel|>analysis<|message|>Hm.<|end|>"
        f"<|start|>assistant<|channel|>final<|message|>{AGAIN}",
        f"analysisHm.assistantfinal{SAID}user{OTHER}assistantanalysisHm.assistantfinal{AGAIN}",
        f"analysisHm.assistantfinal{SAID}assistantanalysisHm.assistantfinal{AGAIN}",
        f"assistantfinal{SAID}",
        f"<|begin_of_box|>{SAID}<|end_of_box|>",
        f"<|START_RESPONSE|>{SAID}<|END_RESPONSE|>",
        f"<think>{THOUGHT}</think>\n\nassistant\n\n{SAID}",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_a_second_reply_in_channels_and_marks_around_the_first_are_none_of_it(answer: str, size: int) -> None:
    assert separate(answer).text == SAID
    assert streamed(answer, size) == SAID


def test_a_bare_channel_keeps_words_that_begin_like_a_role() -> None:
    reply = "Try Heat. useful ideas: a user. assistants like it."
    for size in (1, 3, 1000):
        assert streamed(f"analysisHm.assistantfinal{reply}", size) == reply


FAMILIES = [
    f"Here are my reasoning steps:\n{THOUGHT}\n[BEGIN FINAL RESPONSE]\n{SAID}\n[END FINAL RESPONSE]",
    f"/think\n{THOUGHT}<|im_end|>\n<|im_start|>assistant\n{SAID}<|im_end|>",
    f"<|im_start|>assistant/think\n{THOUGHT}<|im_end|>\n<|im_start|>assistant\n{SAID}<|im_end|>",
    f"[[ ## reasoning ## ]]\n{THOUGHT}\n\n[[ ## response ## ]]\n{SAID}\n\n[[ ## completed ## ]]",
    f"<step>Jane Eyre (1847) is long.</step>\n<step>{THOUGHT}</step>\n<answer>{SAID}</answer>",
    f"<SUMMARY>{THOUGHT}</SUMMARY><CAPTION>A cover.</CAPTION><REASONING>Hm.</REASONING>"
    f"<CONCLUSION>{SAID}</CONCLUSION>",
    f"<SUMMARY>{THOUGHT}</SUMMARY><CAPTION>A cover.</CAPTION>\n{SAID}",
]


@pytest.mark.parametrize("answer", FAMILIES)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_thoughts_of_further_families_are_none_of_the_reply(answer: str, size: int) -> None:
    found = separate(answer)
    assert (found.text, THOUGHT in found.reasoning, found.open) == (SAID, True, False)
    assert streamed(answer, size) == SAID


def test_a_mark_of_the_reply_alone_makes_what_stands_before_it_thought() -> None:
    found = separate(f"{THOUGHT}\n[BEGIN FINAL RESPONSE]\n{SAID}")
    assert (found.text, found.reasoning) == (SAID, THOUGHT)


@pytest.mark.parametrize(
    "answer",
    [
        "Thinking Process:\n\n1. **Analyze the request:** The user wants Jane Eyre (1847)",
        "## Thinking\n\nThe user wants Jane Eyre (1847)",
        "**Thinking:**\nThe user wants Jane Eyre (1847)",
        "Thinking...\nThe user wants Jane Eyre (1847)",
        f"Here are my reasoning steps:\n{THOUGHT}",
        f"/think\n{THOUGHT}",
        f"[[ ## reasoning ## ]]\n{THOUGHT}",
        f"<step>{THOUGHT}",
    ],
)
def test_thoughts_under_a_heading_that_the_limit_cut_are_no_reply(answer: str) -> None:
    found = separate(answer, cut=True)
    assert (found.text, found.open, "Jane Eyre" in found.reasoning) == ("", True, True)


@pytest.mark.parametrize(
    "reply",
    [
        "Thinking: you would like Heat (1995), because",
        "Thoughts: Heat (1995) is superb and",
        "## Analysis\nHeat (1995) is a crime film by",
        "My thoughts: I love Heat (1995) and",
        "**Reasoning:** your taste for crime suits Heat (1995) and",
        "Plan:\n1. Heat (1995)\n2. Ran",
        "Reasoning: 7/10\nStyle: 9/1",
    ],
)
def test_a_reply_under_a_heading_that_the_limit_cut_stays(reply: str) -> None:
    assert separate(reply, cut=True) == Separated(reply)


@pytest.mark.parametrize(
    "reply",
    [
        "<summary>A vampire comes to England.</summary>\nTry Dracula (1897).",
        "<step>Open the app.</step> Then try Heat.",
        "<caption>The castle</caption>\nDracula (1897)",
        "Thinking of Heat (1995)? It is great.",
        "Think big: Heat (1995).",
        "/think about Heat (1995).",
        "Here are my reasoning steps: you like crime, so Heat (1995).",
        "[[ ## title ## ]]\nHeat",
        "[[Heat]] is a link.",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_what_begins_like_thoughts_of_these_families_stays(reply: str, size: int) -> None:
    assert separate(reply) == Separated(reply)
    assert streamed(reply, size) == reply


_PIECES = st.sampled_from(
    [
        *(SAID, " ", "\n", "<|x|>", "<|im_end|>", "<|user|>", "user", "user\n", "assistant", ": ", "Yes."),
        *("[USER]", "[/INST]", "[PAD]", "</s", "<|im_en"),
        *(" is ", "<sep>", "<seed:eos>", "[|Human|]", "]~b]", "<role>", "USER", "</role>", "`", "<｜a｜>"),
        "<extra_id_1>",
    ]
)


@given(st.lists(_PIECES, max_size=7), st.lists(st.integers(0, 80), max_size=8))
def test_however_tokens_come_the_stream_says_what_the_whole_says(parts: list[str], places: list[int]) -> None:
    """But for blanks at the end, which cannot be taken back."""
    answer = SAID + "".join(parts)
    passing, told, last = ReasoningFilter(), "", 0
    for place in [*sorted({place % (len(answer) + 1) for place in places}), len(answer)]:
        told += passing.feed(answer[last:place])
        last = place
    assert (told + passing.end()[0]).rstrip() == separate(answer).text.rstrip()
