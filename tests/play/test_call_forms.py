"""Calls of tools as text, as further families of models and frameworks write them: nobody says them."""

from __future__ import annotations

import pytest

from usbrec.llm.written_calls import is_written_call, without_calls
from usbrec.play.said import said

REPLY = "Try Ran (1985), a stormy epic."
CALL = '{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}'
CLOSED = (
    '<TOOLCALL>[{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}]</TOOLCALL>',
    '<|START_ACTION|>[{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}]<|END_ACTION|>',
    '<|tools_prefix|>[{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}]<|tools_suffix|>',
    '<longcat_tool_call>{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}</longcat_tool_call>',
    "<start_function_call>call:search{query:<escape>Jane Eyre<escape>}<end_function_call>",
    (
        '<｜DSML｜function_calls>\n<｜DSML｜invoke name="search">\n<｜DSML｜parameter n'
        'ame="q" string="true">Jane Eyre</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜D'
        "SML｜function_calls>"
    ),
    (
        "<｜tool_calls_begin｜><｜tool_call_begin｜>function<｜tool_sep｜><steptml:in"
        'voke name="search">Jane Eyre</steptml:invoke><｜tool_call_end｜><｜tool_c'
        "alls_end｜>"
    ),
    '<xai:function_call name="search"><parameter name="q">Jane Eyre</parameter></xai:function_call>',
    'Action: search\nAction Input: {"query": "Jane Eyre"}',
    (
        'Thought: I should search.\nAction: search\nAction Input: {"query": "Jane'
        ' Eyre"}\nObservation: Jane Eyre (1847)'
    ),
    'search(query="Jane Eyre")',
    '```python\nsearch(query="Jane Eyre")\n```',
    'print(search(query="Jane Eyre", k=5))',
    'results = search(query="Jane Eyre")\n',
    (
        '<minimax:tool_call>\n<invoke name="s"><parameter name="q">Jane Eyre</pa'
        "rameter></invoke>\n</minimax:tool_call>"
    ),
    "<seed:tool_call><function=search><parameter=q>Jane Eyre</parameter></function></seed:tool_call>",
    'Action: ```json\n[{"tool_name": "search", "parameters": {"query": "Jane Eyre"}}]\n```',
    '[TOOL_CALL]{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}[/TOOL_CALL]',
    '[TOOL_CALL]{tool => "search", args => {--q "Jane Eyre"}}[/TOOL_CALL]',
    '<ToolCall>{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}</ToolCall>',
    '<FUNCTION-CALLS>{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}</FUNCTION-CALLS>',
    (
        '<|FunctionCallBegin|>[{"name": "search", "arguments": {"query": "Jane '
        'Eyre (1847)"}}]<|FunctionCallEnd|>'
    ),
)
#: Where no end says how far they go, alone or behind the reply.
OPENED = (
    '<|tools_prefix|>[{"search": {"query": "Jane Eyre"}}]',
    '<my.tool_calls>{"name": "search", "arguments": {"query": "Jane Eyre (1847)"}}',
)
ALONE = (
    '```\nsearch("Jane Eyre")\n```',
    'search("Jane Eyre", 5)',
)


@pytest.mark.parametrize("call", CLOSED)
def test_a_call_before_or_behind_the_reply_is_taken_with_its_wrapper(call: str) -> None:
    assert without_calls(f"{REPLY}\n{call}")[0] == REPLY
    assert without_calls(f"{call}\n\n{REPLY}")[0] == REPLY


@pytest.mark.parametrize("call", [*CLOSED, *OPENED, *ALONE])
def test_an_answer_that_is_a_call_says_nothing(call: str) -> None:
    left, taken = without_calls(call)
    assert left == ""
    assert "Jane Eyre" in taken


@pytest.mark.parametrize("call", OPENED)
def test_a_call_without_an_end_is_taken_behind_the_reply(call: str) -> None:
    assert without_calls(f"{REPLY}\n{call}")[0] == REPLY


@pytest.mark.parametrize(
    "call",
    [
        f"<tool_call>{CALL}",
        f"<tool_call>\n{CALL}}}",
        f"<tool_call>\n{CALL}\n<tool_call>",
        f"<tool_call>\n{CALL}\n<tool_call>\n{CALL}\n</tool_call>",
        f"<minimax:tool_call>{CALL}",
        f"<tool_call>\n```json\n{CALL}\n```",
        "<tool_call>\n<function=search>\n<parameter=q>\nJane Eyre\n</parameter>\n</function>",
        '<invoke name="search"><parameter name="q">Jane Eyre</parameter>',
        "<tool_call>search\n<arg_key>q</arg_key>\n<arg_value>Jane Eyre</arg_value>",
        '<|tool_call_begin|>functions.search:0<|tool_call_argument_begin|>{"q": "Jane Eyre"}',
        f"<|action_start|><|plugin|>{CALL}",
        '<|python_tag|>search(query="Jane Eyre")',
        '```tool_code\nimport shop\nfound = shop.search("Jane Eyre")\nprint(found)',
        f"<tools>[{CALL}]",
        f"{CALL}\n</tool_call>",
    ],
)
@pytest.mark.parametrize(
    "reply", [REPLY, f"{REPLY}\n\nOr shall it be calm?", "Or this:\n- Ran (1985)\n- Kagemusha"]
)
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_prose_behind_a_call_that_never_ends_is_the_reply(call: str, reply: str, between: str) -> None:
    left, taken = without_calls(f"{call}{between}{reply}")
    assert left == reply
    assert "Jane Eyre" in taken


@pytest.mark.parametrize(
    "begun",
    [
        '<tool_call>\n{"name": "search", "arguments": {"query": "Jane Eyre',
        "<tool_call>search for Jane Eyre",
        "<tool_response>\nJane Eyre (1847). A castle burns.",
        "<tool_response>\n- Jane Eyre (1847)\n- Emma (1815)\n\nPersuasion (1817)",
        "<start_function_call>call:search{query:<escape>Jane Eyre<escape>",
    ],
)
def test_a_broken_call_goes_to_the_next_paragraph_of_prose(begun: str) -> None:
    assert without_calls(f"{begun}\n\n{REPLY}") == (REPLY, begun)
    assert without_calls(f"{REPLY}\n{begun}") == (REPLY, begun)
    assert without_calls(begun) == ("", begun)


@pytest.mark.parametrize("mark", ["<tool_call>", "</tool_call>", "<minimax:tool_call>", "<|tool_call_end|>"])
def test_a_mark_without_a_call_takes_no_words(mark: str) -> None:
    for answer in (f"{mark}\n{REPLY}", f"{mark}{REPLY}", f"{REPLY}\n{mark}", f"{REPLY} {mark}"):
        assert without_calls(answer) == (REPLY, mark)
    left, taken = without_calls(f"{REPLY}\n{mark}\nShall I go on?")
    assert (left.split("\n")[0], left.split("\n")[-1], taken) == (REPLY, "Shall I go on?", mark)
    assert without_calls(mark) == ("", mark)


def test_a_reply_between_two_calls_stays() -> None:
    left, taken = without_calls(f"<tool_call>{CALL}\n{REPLY}\n<tool_call>{CALL}</tool_call>")
    assert left == REPLY
    assert taken.count("Jane Eyre") == 2


def test_steps_are_thought_and_the_final_answer_is_said() -> None:
    steps = (
        'Thought: I should search.\nAction: search\nAction Input: {"query": "x"}\n'
        "Observation: Jane Eyre (1847)\n"
        f"Thought: I now know the final answer\nFinal Answer: {REPLY}"
    )
    found = said(steps)
    assert found.text == REPLY
    assert "Jane Eyre" in found.reasoning


@pytest.mark.parametrize(
    "text", ["<TOOLCALL>[]</TOOLCALL>", "<xai:function_call>", "Action: a\nAction Input: b"]
)
def test_marks_say_that_a_text_holds_a_call(text: str) -> None:
    assert is_written_call(text, ())
    assert not is_written_call("Action: watch Heat (1995).", ("search",))


@pytest.mark.parametrize(
    "reply",
    [
        "Try Ran (1985), a stormy epic.",
        "Try it(2017).",
        "it(2017)",
        "Action: the film you want is Heat (1995).",
        "Genre: Action\nAction: Heat (1995), Ronin (1998)",
        "Her (2013), I'd say (rating = 8).",
        "I like x = y (it is fun)",
        "Is <tool_call> something you heard?",
        "A model writes <minimax:tool_call> when it calls.",
        "It closes a call by </tool_call>, as HTML does.",
        'It ends with "</tool_call>".',
        '"<TOOLCALL>" is a mark.',
        "Watch [Heat](http://x.y/?a=b) (1995).",
        "Call of Duty (the function calls it so) = fun",
        "up(2009)",
        "Tools called hammers are in <b>The Toolbox</b>.",
        "<i>Function Call</i> (1999) is a film.",
        "Thought: this is good.\nAction: watch Heat (1995).",
        "Action input is what the game Doom (2016) needs.",
        "Action: Die Hard\nDrama: Ran\nAction Input matters in games.",
        'Try `search(query="x")` in the app.',
        'Here is how a call looks:\n```python\nsearch(query="x")\n```',
    ],
)
def test_an_ordinary_reply_stays_whole(reply: str) -> None:
    assert without_calls(reply) == (reply, "")
