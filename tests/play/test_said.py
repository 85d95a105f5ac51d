"""Thoughts that are called so, and the other's next turn: neither is scored or told to the other seat."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.one_row import run
from usbrec.errors import UsbRecError
from usbrec.llm.written_calls import without_calls
from usbrec.play.said import Said, said, why_empty

SAID = "Try Dracula (1897)."
THOUGHT = "Jane Eyre (1847) is too obvious."
RAN_ON = f"{SAID}\n\nUser: I have read Jane Eyre (1847).\nAssistant: Then that."


@pytest.mark.parametrize("candidates", [0, 5])
def test_a_title_in_the_seekers_turn_is_no_hit_and_the_turn_is_counted(
    candidates: int, tmp_path: Path
) -> None:
    folders = tmp_path / "on", tmp_path / "plain"
    for folder in folders:
        folder.mkdir()
    on, prompts = run(folders[0], RAN_ON, candidates=candidates)
    plain, _ = run(folders[1], SAID, candidates=candidates)
    assert on["episode"]["score"] == plain["episode"]["score"]
    assert [turn["text"] for turn in on["episode"]["played"]] == [
        turn["text"] for turn in plain["episode"]["played"]
    ]
    assert on["episode"]["hit"] is plain["episode"]["hit"] is False
    assert not any("I have read" in prompt for prompt in prompts)
    replies = json.loads((folders[0] / "run" / "results.json").read_text("utf-8"))["replies"]
    # With candidates a fixed sentence stands in for the second reply, which would say the first again.
    assert (replies["ran_on"], replies["unfinished"]) == (0.5 if candidates else 1.0, 0.0)


def test_a_seeker_that_goes_on_as_the_recommender_recommends_nothing(tmp_path: Path) -> None:
    row, prompts = run(tmp_path, SAID, "Something darker.\nAssistant: Try Carmilla (1872).", rounds=2)
    said = [turn["text"] for turn in row["episode"]["played"] if turn["role"] == "seeker"]
    assert said
    assert all(text.startswith("Something darker.") and "Carmilla" not in text for text in said)
    assert not any("Carmilla" in prompt for prompt in prompts[1:])
    assert row["episode"]["facts"]["seeker_ran_on"] == len(said)


CALLED_SO = {
    "aside": f"(thinking: {THOUGHT}) {SAID}",
    "aside with brackets in it": f"(Thinking: {THOUGHT} (yes)) {SAID}",
    "stars around brackets": f"*(thinking: {THOUGHT})*\n{SAID}",
    "stars": f"*thinks: {THOUGHT}* {SAID}",
    "square": f"[Thought: {THOUGHT}]\n{SAID}",
    "Chinese": f"（思考：{THOUGHT}）{SAID}",
    "final": f"{THOUGHT}\n\nFinal answer: {SAID}",
    "final in bold": f"{THOUGHT}\n**Final Answer:** {SAID}",
    "final on a line": f"{THOUGHT}\n### Final Answer\n{SAID}",
    "final on a line of its own": f"{THOUGHT}\n\nFinal Answer\n\n{SAID}",
    "Turkish final": f"{THOUGHT}\n\nNihai cevap: {SAID}",
    "Vietnamese final": f"{THOUGHT}\n\n**Câu trả lời cuối cùng:** {SAID}",
    "German": f"{THOUGHT}\nEndgültige Antwort: {SAID}",
    "object": json.dumps({"thinking": THOUGHT, "answer": SAID}),
    "fenced": f"```json\n{json.dumps({'chain_of_thought': THOUGHT, 'final_answer': SAID}, indent=1)}\n```",
    "recommendation": json.dumps({"reasoning": THOUGHT, "recommendation": SAID}),
    "analysis": f"Analysis: {THOUGHT}\n\nResponse: {SAID}",
    "analysis in bold": f"**Analysis**\n{THOUGHT}\n\n**Response**\n{SAID}",
    "Turkish": f"(Düşünce: {THOUGHT}) {SAID}",
    "Vietnamese object": json.dumps({"suy nghĩ": THOUGHT, "trả lời": SAID}),
    "Chinese object": json.dumps({"思考": THOUGHT, "最终回答": SAID}),
    "steps": json.dumps({"reasoning": [THOUGHT], "response": SAID}),
}


@pytest.mark.parametrize("shape", CALLED_SO)
def test_what_is_called_a_thought_is_none_of_the_reply_and_kept(shape: str) -> None:
    found = said(CALLED_SO[shape])
    assert found.text == SAID
    assert THOUGHT in found.reasoning


@pytest.mark.parametrize("candidates", [0, 5])
def test_a_title_in_an_object_of_thoughts_is_no_hit(candidates: int, tmp_path: Path) -> None:
    row, prompts = run(tmp_path, CALLED_SO["object"], candidates=candidates)
    assert row["episode"]["hit"] is False
    assert row["episode"]["played"][0]["text"] == SAID
    assert THOUGHT in row["episode"]["played"][0]["reasoning"]
    assert not any("too obvious" in prompt for prompt in prompts)


CALL = '{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}'
CALLS = [
    f"<tool_call>\n{CALL}\n</tool_call>",
    f"<tool_call>{CALL}</tool_call><tool_response>Jane Eyre (1847)</tool_response>",
    f"[TOOL_CALLS] [{CALL}]",
    '[TOOL_CALLS]search[ARGS]{"query": "Jane Eyre (1847)"}',
    CALL,
    '{"type": "function", "function": {"name": "search", "parameters": {"query": "Jane Eyre (1847)"}}}',
    '<function=search>{"query": "Jane Eyre (1847)"}</function>',
    '<function_calls><invoke name="s"><p name="q">Jane Eyre (1847)</p></invoke></function_calls>',
    '<|tool_call_start|>[search(query="Jane Eyre (1847)")]<|tool_call_end|>',
    '```tool_code\nsearch(query="Jane Eyre (1847)")\n```',
    f"functools[{CALL}]",
]


@pytest.mark.parametrize("call", CALLS)
def test_a_call_of_a_tool_in_words_is_none_of_the_reply_and_kept(call: str) -> None:
    found = said(f"{call}\n{SAID}")
    assert (found.text, "Jane Eyre (1847)" in found.reasoning) == (SAID, True)
    assert said(call).text == ""
    if not call.startswith("{"):
        assert said(f"{SAID} {call}").text == SAID


@pytest.mark.parametrize(
    "call", [CALL, f"```json\n{CALL}\n```", '[search(q="Jane Eyre (1847)")]', f"<tools>{CALL}</tools>"]
)
def test_a_call_in_lines_of_its_own_is_taken_out_before_and_behind_words(call: str) -> None:
    assert said(f"{call}\n{SAID}").text == said(f"{SAID}\n{call}").text == SAID


@pytest.mark.parametrize(
    "call",
    [
        f"<tool_call>{CALL[:30]}",
        f"[TOOL_CALLS][{CALL[:30]}",
        f"```json\n{CALL}\n```",
        '[search(query="Jane Eyre (1847)")]',
        '<|python_tag|>search.call(query="Jane Eyre (1847)")<|eom_id|>',
    ],
)
def test_half_a_call_and_one_that_is_all_there_is_say_nothing(call: str) -> None:
    assert said(call).text == ""


@pytest.mark.parametrize(
    "reply",
    [
        "Write `<tool_call>` first, then Dracula (1897).",
        '"[TOOL_CALLS]" is a mark.',
        '{"name": "Dracula", "author": "Stoker"}',
        '[{"name": "Dracula"}, {"name": "Emma"}]',
        '{"action": "recommend", "title": "Dracula"}',
        "[Dracula (1897)]",
        '{"name": "Heat", "args": {"year": 1995}}',
        "[Her(year=2013), Up(year=2009)]",
        "Is <tool_response> something you heard? Heat (1995).",
        "Watch [TOOL_CALLS] ... just kidding: Heat (1995).",
        "I invoke <invoke> nothing: Heat (1995).",
        "Functools[lru_cache] is a Python thing. Watch Heat (1995).",
        "[Dracula](http://x) [1]",
        "I <3 Dracula (1897) <b>so</b> much.",
    ],
)
def test_what_only_looks_like_a_call_stays(reply: str) -> None:
    assert said(reply) == Said(reply)


def test_a_title_in_a_call_is_no_hit_and_a_call_alone_is_no_reply(tmp_path: Path) -> None:
    folders = tmp_path / "beside", tmp_path / "alone"
    for folder in folders:
        folder.mkdir()
    row, prompts = run(folders[0], f"{CALLS[0]}\n{SAID}")
    assert row["episode"]["hit"] is False
    assert row["episode"]["played"][0]["text"] == SAID
    assert not any("tool_call" in prompt for prompt in prompts)
    with pytest.raises(UsbRecError, match="call of a tool in words"):
        run(folders[1], CALLS[0])


@pytest.mark.parametrize(
    "reply",
    [
        SAID,
        "Thinking about it: Dracula (1897).",
        "(I think of Dracula.) Try it.",
        "*Dracula* is one.",
        "My final answer is Dracula (1897).",
        "Two that fit:\nDracula (1897)\nFinal Answer\nby Jane Writer",
        "Analysis: You like slow horror, so Dracula (1897) fits.\n\nResponse: Shall I tell you more?",
        "Analyse: Dracula (1897) passt zu Ihnen.\n\nAntwort: Noch etwas?",
        "Analysis: Dracula (1897) is dark and slow.\nResponse: Critics loved it.\nRating: 8/10",
        "(thinking: only this)",
        "(thinking: never closed. Try Dracula.",
        "Final answer:",
        '{"recommendation": "Dracula (1897)", "explanation": "It is dark."}',
        '{"thinking": "a", "answer": "b", "reply": "c"}',
        '{"thinking": "a", "answer": ["b"]}',
        '{"thinking": "a", "answer": ""}',
        "{not an object}",
        "1. Jane Eyre (1847)\n2. Dracula (1897)\n\n**Final recommendation:** both fit.",
        '{"thought": "a", "message": "These:", "recommendations": ["Jane Eyre (1847)"]}',
        "",
    ],
)
def test_whatever_is_not_called_so_stays_as_it_is(reply: str) -> None:
    assert said(reply) == Said(reply)


@pytest.mark.parametrize(
    "behind",
    [
        "\nUser 2: I have read Jane Eyre (1847).",
        "\n[User]: I have read Jane Eyre (1847).",
        "\n### User\nI have read Jane Eyre (1847).",
        "\n**User**\nI have read Jane Eyre (1847).",
        "\n[User]\nI have read Jane Eyre (1847).",
        "\n<|im_start|>user\nI have read Jane Eyre (1847).",
        "<|user|>I have read Jane Eyre (1847).",
        "<start_of_turn>user\nI have read Jane Eyre (1847).",
        "\n[INST] I have read Jane Eyre (1847). [/INST]",
        " User: I have read Jane Eyre (1847). Assistant: Then that.",
        "\n用户：我读过 Jane Eyre (1847)。",
    ],
)
def test_the_seekers_turn_is_cut_in_whatever_form_it_is_announced(behind: str) -> None:
    assert said(f"{SAID}{behind}") == Said(SAID, ran_on=True)


def test_a_seekers_answer_ends_where_a_recommender_is_announced() -> None:
    found = said("Something darker. <|assistant|> Try Carmilla (1872).", "seeker")
    assert found == Said("Something darker.", ran_on=True)


@pytest.mark.parametrize(
    "reply",
    [
        "Dracula (1897)\nCritics: 8.9\nUser: 8.2",
        "Dracula (1897)\n**User**: 8.2/10",
        "Dracula (1897). User: 4.5 stars",
        "Dracula (1897)\nUser: 85 %\nIt is dark.",
        "What one said of it. To quote a user: it is dark.",
        "Here is a sample review:\nUser: Great book, 5/5.\nI'd recommend Dracula (1897).",
        "Films for you:\n**Human**\nA documentary.",
        'It has great reviews. User: "loved it". Try Dracula (1897).',
        "Critics: 7\nUser: ★★★★☆\nDracula (1897)",
        "Dracula (1897)\nUser: 8.2 of 10",
        "Dracula (1897)\nUser: 8.2/10 - so it is liked.",
        "*Thought: A Memoir* is a great book.",
        "[Thought: A Memoir](link) fits.",
        "# Users\nmany read Dracula (1897).",
        "The [User] of the library wants Dracula (1897).",
    ],
)
def test_a_rating_or_a_word_about_users_is_no_turn(reply: str) -> None:
    assert said(reply) == Said(reply)


@given(st.text('(thinking:)*[] \n{}"answerFil', max_size=40))
def test_what_is_said_is_said_again_as_it_is(answer: str) -> None:
    once = said(answer)
    assert once.text or not answer.strip()
    assert said(once.text).text in once.text


BROKEN = [
    '{"thought": "Jane Eyre (1847)? It',
    "{'thinking': 'Jane Eyre (1847)",
    '```json\n{"chain_of_thought": "Jane Eyre (1847)?',
]


@pytest.mark.parametrize("answer", BROKEN)
def test_an_object_that_breaks_off_in_its_thoughts_says_nothing(answer: str) -> None:
    assert said(answer) == Said("", answer)
    assert "broke off in its thoughts" in why_empty(answer)


OBJECTS = [
    '{{"thought": "{thought}"}}\n\n{said}',
    "{{'thought': '{thought}'}}\n{said}",
    '```json\n{{"thought": "{thought}"}}\n```\n{said}',
    "{{'thought': \"{thought}\", 'reply': '{said}'}}",
    '{{"reasoning": "{thought}", "response": {{"text": "{said}"}}}}',
    '{{"thought": "{thought}", "reply": "{said}", "confidence": 0.9}}',
    '[{{"thought": "{thought}", "reply": "{said}"}}]',
    '{{"thought": "{thought}"}}\n{{"reply": "{said}"}}',
    '{{"thought": "{thought}\n", "reply": "{said}',
]


@pytest.mark.parametrize("form", OBJECTS)
def test_of_an_object_with_thoughts_the_reply_alone_is_said(form: str) -> None:
    assert said(form.format(thought=THOUGHT, said=SAID)) == Said(SAID, THOUGHT)


@pytest.mark.parametrize(
    "reply",
    [
        '{"plan": "Heat (1995) first, then Ran (1985)"}',
        '{"plan": "Heat (1995) first"} Enjoy!',
        '{"thought": "a", "reply": "b", "year": 1995}',
        '{"thought": "a"} {"title": "Heat"}',
        "{'title': 'Heat', 'year': 1995}",
        '{"title": "Heat (1995), a film ab',
        "{curly} braces, 'quoted': Heat (1995)",
    ],
)
def test_an_object_that_may_recommend_is_left_whole(reply: str) -> None:
    assert said(reply) == Said(reply)


@pytest.mark.parametrize(
    "reply",
    [
        f"This is how a call is written:\n\n```xml\n<tool_call>\n{CALL}\n</tool_call>\n```\n\n{SAID}",
        f"For instance:\n\n```json\n{CALL}\n```\n\nThat is all.",
        f"An example:\n~~~json\n{CALL}\n~~~",
    ],
)
def test_a_call_that_a_reply_shows_as_an_example_stays(reply: str) -> None:
    assert said(reply) == Said(reply)
    assert "Jane Eyre" not in without_calls(reply, shown=False)[0]


@pytest.mark.parametrize(
    "form", ["```\n{}\n```\n{}", "~~~xml\n{}\n~~~\n{}", "I'll look, for example:\n```\n{}\n```\n{}"]
)
def test_a_call_goes_with_the_block_of_code_around_it(form: str) -> None:
    found = said(form.format(f"<tool_call>\n{CALL}\n</tool_call>", SAID)).text
    assert (found.endswith(SAID), "`" in found, "~" in found, "Jane" in found) == (True, False, False, False)
