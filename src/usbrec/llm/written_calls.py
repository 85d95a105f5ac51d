"""Calls of tools written as text: what a server without a parser for its model's calls hands on.

Such a text is no reply: what it searches for would be linked as if it were recommended, and what it
recommends by an id would not be found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from typing import Any

from usbrec.llm.unclosed_calls import end_of_call
from usbrec.patterns import LazyPattern

#: What the name of a tag or a token says that stands around calls, or what a tool is said to have answered.
_CALLS = r"(?:tool|function)s?[_▁-]?calls?"
_CORE = rf"(?:{_CALLS}|(?:tool|function)s?[_▁-]?(?:responses?|results?|outputs?))"
_SIGN = r"[\w▁.:|｜-]"
#: One in brackets of any kind, with anything before or behind that name; the closing ones have "/" or "end".
_OPENS = rf"<(?![^<>\s]{{0,60}}(?<![^\W_])(?:end|suffix)(?![^\W_])){_SIGN}{{0,30}}?(?<![^\W_])"
_CLOSES = rf"<(?:/{_SIGN}{{0,30}}?|{_SIGN}{{0,30}}?(?<![^\W_])end{_SIGN}{{0,30}}?)"
_ENDS = rf"<{_SIGN}{{0,30}}?"
#: How families of models open a call (Hermes, Qwen, Mistral, Llama, DeepSeek, Kimi, Gemma and kin).
_MARKS = LazyPattern(
    rf"{_OPENS}{_CALLS}{_SIGN}{{0,20}}(?:\s[^<>]{{0,300}})?>|\[(?:\w{{1,20}}[:_])?(?:tool|function)_?calls?\]"
    r"|<\|tools?_prefix\|>|<\|(?:start|begin)_(?:action|tools?)\|>"
    r"|<tool_calls?\b|</tool_calls?>|\[TOOL_CALLS\]|<\|python_tag\|>|<function=|<function_calls?\b|<invoke\b"
    r"|<\|tool_calls?|<｜tool▁calls?|<\|tool▁|```tool_(?:code|call)|functools\[|<\|action_start\|>|<tool_code>"
    r"|<\|channel\|>\w* to=functions|<(?:tool_use|search|execute)>|<\|begin_search_query\|>",
    re.IGNORECASE,
)
#: The end of a text without the mark that closes a call: an empty group says so.
_UNCLOSED = r"\Z()"
#: Calls, and results that a model makes up for them, from mark to mark, or to the end of the text.
_BLOCK = LazyPattern(
    r"<(?P<tag>tool_calls?|tool_code|tool_responses?|tool_results?|function_calls?|function_results?|invoke)\b"
    rf"[^<>]{{0,300}}>.*?(?:</(?P=tag)\s*>|{_UNCLOSED})"
    rf"|{_OPENS}(?P<core>{_CORE})(?:begin|start)?(?![^\W_]){_SIGN}{{0,20}}(?:\s[^<>]{{0,300}})?>"
    rf".*?(?:{_CLOSES}(?P=core)(?![^\W_]){_SIGN}{{0,20}}>"
    rf"|{_ENDS}(?P=core)[_▁-]?end{_SIGN}{{0,3}}>|{_UNCLOSED})"
    rf"|<function=[^<>]{{1,200}}>.*?(?:</function>|{_UNCLOSED})"
    rf"|<\|(?:start|begin)_(?P<started>action|tools?)\|>.*?(?:<\|end_(?P=started)\|>|{_UNCLOSED})"
    rf"|<\|tools?_prefix\|>.*?(?:<\|tools?_suffix\|>|{_UNCLOSED})"
    r"|\[(?P<box>(?:\w{1,20}[:_])?(?:tool|function)_?calls?)\].{0,3000}?\[/(?P=box)\]"
    rf"|<\|tool_calls_section_begin\|>.*?(?:<\|tool_calls_section_end\|>|{_UNCLOSED})"
    rf"|<｜tool▁calls▁begin｜>.*?(?:<｜tool▁calls▁end｜>|{_UNCLOSED})"
    rf"|<\|(?P<token>tool_calls?|tool|action)_(?:begin|start)\|>.*?(?:<\|(?P=token)_end\|>|{_UNCLOSED})"
    rf"|<\|tool_calls?\|>.*?(?:<\|/tool_calls?\|>|\n\s*\n|{_UNCLOSED})"
    rf"|```tool_(?:code|calls?)\b.*?(?:\n[ \t]*```|{_UNCLOSED})"
    rf"|<\|python_tag\|>.*{_UNCLOSED}|<tools>\s*[\[{{].*?(?:</tools>|{_UNCLOSED})",
    re.IGNORECASE | re.DOTALL,
)
#: Calls in tags that other things have as well: a search in a line, or code, JSON or further tags inside; and
#: what a model makes up as the result of a search. A server may have ended the answer before the closing tag.
_TAGGED = LazyPattern(
    r"(?:^|(?<=[.!?…:>\x00]))(?<!```html\n)(?<!```xml\n)[ \t]*"
    r"(?:(?:<(?P<search>search|query)>[^<>\n]{1,300}(?:</(?P=search)>|\Z)"
    r"|<\|begin_search_query\|>[^<>\n]{1,300}(?:<\|end_search_query\|>|\Z))"
    r"(?:\s*<(?P<result>information|result|documents?|observation)>.*?(?:</(?P=result)>|\Z))?"
    r"|<(?P<code>tool_use|tools?|functions?|python|execute|code_interpreter)>\s*"
    r"(?:[\[{<]|[a-z_][\w.]*\(|import |[a-z_]\w* = ).*?</(?P=code)>)",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
#: Marks behind which the call is JSON, with or without a name before it.
_BEFORE_JSON = LazyPattern(
    r"\[(?:\w{1,20}[:_])?(?:tool|function)_?calls?\]|\bfunctools(?=\[\s*\{)", re.IGNORECASE
)
_NAME = LazyPattern(r"\s*[\w.-]+\s*(?:\[ARGS\]|\[CALL_ID\][\w-]*\[ARGS\])?\s*(?=[\[{])")
#: An answer that is a list of calls as Python writes them (Llama 4, LFM2).
_IN_PYTHON = LazyPattern(r"\s*\[\s*[a-z_][\w.]*\(\s*(?:\w+\s*=.*)?\)\s*\]\s*", re.DOTALL)
_PYTHON_LINE = LazyPattern(r"^\[[a-z_][\w.]*\(\w+\s*=[^\n]*\)\][ \t]*$", re.MULTILINE)
_STRING = r"""(?:"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')"""
_VALUE = rf"(?:{_STRING}|-?\d[\d.]*|[A-Za-z_]\w*|\[[^\[\]\n]{{0,500}}\]|\{{[^{{}}\n]{{0,500}}\}})"
_NAMED_VALUES = rf"\w+\s*=\s*{_VALUE}(?:\s*,\s*\w+\s*=\s*{_VALUE})*+\s*,?\s*"
#: A line of code that is one call: with names before its arguments, or, alone in an answer, a text as such.
_CODE_LINE = LazyPattern(
    r"^[ \t]*(?:(?:await|return)[ \t]+|[a-z_]\w*[ \t]*=[ \t]*)?(?:print\()?"
    rf"[a-z_][\w.]*\(\s*{_NAMED_VALUES}\)\)?[ \t]*;?[ \t]*$",
    re.MULTILINE,
)
_ALONE = LazyPattern(
    rf"\s*(?:```\w*[ \t]*\n\s*)?[a-z_][\w.]*\(\s*{_STRING}(?:\s*,\s*{_VALUE})*+\s*\)\s*(?:```\s*)?"
)
#: A step of ReAct, with what was thought before it and what the model makes up as its result; and the kin of
#: it that has its calls as JSON in a block of code (Command R).
_STEP = LazyPattern(
    r"^[ \t*_]*+(?:thought[*_]*:(?:(?!\n[ \t*_]*(?:action|final answer|thought)\b).)*\n\s*)?"
    r"[ \t*_]*+action[*_]*[ \t]*\d*:[^\n]*\n\s*[*_]*action[ _]input[*_]*[ \t]*\d*:"
    r".*?(?=\n[ \t*_]*(?:thought|observation|final answer|action)\b|\n[ \t]*\n|\Z)"
    r"(?:\n\s*[*_]*observation[*_]*[ \t]*\d*:"
    r".*?(?=\n[ \t*_]*(?:thought|final answer|action)\b|\n[ \t]*\n|\Z))?",
    re.IGNORECASE | re.DOTALL | re.MULTILINE,
)
_BEFORE_CODE = LazyPattern(
    r"^[ \t*_]*actions?[*_]*:[*_]*[ \t]*(?=(?:`{3,})\w*\s*\[)", re.IGNORECASE | re.MULTILINE
)
#: Where JSON may begin inside a text: a line, or a block of code.
_JSON_LINE = LazyPattern(r"^(?:(?:`{3,}|~{3,})\w*[ \t]*\n[ \t]*)?(?=[\[{])", re.MULTILINE)
_SPOKEN = LazyPattern(r"<[^<>\s]+>[ \t]*(?:[.,;:!?)]|(?<=[ \t])[a-z])")
_FENCED = LazyPattern(r"\s*```(?:json)?\s*\n(?P<inside>.*)\n\s*```\s*", re.DOTALL)
_NAMES = frozenset({"name", "tool", "tool_name", "function", "action", "function_name"})
_ARGUMENTS = frozenset({"arguments", "parameters", "args", "tool_input", "action_input", "kwargs"})
_AROUND = ({"function_call"}, {"tool_call"}, {"tool_calls"}, {"tool_uses"})
_BESIDE = frozenset({"id", "type", "index", "call_id"})
_QUOTES = "`'\"“”„«»"


def is_written_call(text: str, names: Collection[str]) -> bool:
    """Whether a text holds a call of a tool, one of `names` where no mark says so."""
    if _MARKS.search(text) is not None or (
        _INPUT.search(text) is not None and _STEP.search(text) is not None
    ):
        return True
    if not names:
        return False
    any_name = "|".join(map(re.escape, names))
    # As JSON, or as code; "recommend (one that ...)" is prose.
    return (
        re.search(rf"""["'](?:name|function|tool|action)["']\s*:\s*["'](?:{any_name})["']""", text)
        or re.search(rf"""\b(?:{any_name})\((?:\s*\)|\s*[{{"']|\s*\w+\s*=)""", text)
    ) is not None


def without_calls(text: str, *, shown: bool = True) -> tuple[str, str]:
    """A text without the calls of tools in it, and these: between marks of any family, or an object in JSON,
    or a list in Python, that the text begins with. A mark in quotation marks is spoken of, and stays, and so
    does a block of code that is presented as an example, unless not `shown`."""
    if not any(sign in text for sign in _SIGNS) and not _is_in_code(text):
        return text, ""
    called: list[str] = []
    left, place = [], 0
    for start, end in _examples(text) if shown else ():
        left += [_without_any(text[place:start], called), text[start:end]]
        place = end
    left.append(_without_any(text[place:], called))
    return ("".join(left).strip(), "\n".join(called)) if called else (text, "")


def _examples(text: str) -> Iterator[tuple[int, int]]:
    """The blocks of code that the line above presents as an example, and not as what the speaker does."""
    for block in _CODE.finditer(text) if "```" in text or "~~~" in text else ():
        head = text[: block.start()].rstrip()
        line = head[head.rfind("\n") + 1 :]
        if line.endswith((":", "：")) and _PRESENTS.search(line) and not _ANNOUNCES.search(line):
            yield block.span()


def _without_any(text: str, called: list[str]) -> str:
    """The same without all calls, which are added to `called`."""

    lower = text.lower()
    named = any(name in lower for name in _NAMED)
    left = _without_blocks(text, called) if named else text

    def take(found: re.Match[str]) -> str:
        if _is_spoken_of(found.string, found.start(), found.end()):
            return found[0]
        called.append(found[0])
        return _TAKEN

    if any(tag in lower for tag in _TAGS):
        left = _TAGGED.sub(take, left)
    if named and ("/" in left or "end" in lower):
        left = _STRAY.sub(take, left)
    if named and _INPUT.search(left) is not None:
        left = _STEP.sub(take, left)
    if "(" in left and "=" in left:
        left = _CODE_LINE.sub(take, left)
    if "```" in left and "ction" in left:
        left = _BEFORE_CODE.sub("", left)
    if _TAKEN in left:
        # The block of code around a call is no part of the reply either.
        left = _AROUND_TAKEN.sub("\n", left).replace(_TAKEN, "\n")
    return _without_json(left, called)


def _without_blocks(text: str, called: list[str]) -> str:
    """The same without calls and results between marks, which are added to `called`; where one is not closed,
    the prose behind it is a part of the reply."""
    left: list[str] = []
    place = 0
    while (found := _BLOCK.search(text, place)) is not None:
        start, end = found.span()
        mark = _MARK.match(text, start)
        opened = end if mark is None else mark.end()
        # An empty group says that the closing mark is missing. Where the opening one comes again before it,
        # the second call is closed.
        closed = "" not in found.groups()
        if _is_spoken_of(text, start, end if closed else opened):
            end = end if closed else opened
            left.append(text[place:end])
        else:
            if not closed or text.find(text[start:opened], opened, end) >= 0:
                end = min(
                    end, end_of_call(text, opened, shown=_RESULT.search(text, start, opened) is not None)
                )
            left += [text[place:start], _TAKEN]
            called.append(text[start:end].strip())
        place = end
    return "".join([*left, text[place:]])


def _is_spoken_of(text: str, start: int, end: int) -> bool:
    """Whether what stands there is quoted, or begins with a mark that is a word of a sentence: "Is
    <tool_response> something you heard?"."""
    if text[start - 1 : start] in tuple(_QUOTES) and not text.startswith("`", start):
        return True
    before = text[max(0, start - 2) : start]
    if text[start:end].startswith(("</", "[/")) and text[end : end + 1] in tuple(_QUOTES):
        return True
    return before[-1:] == " " and before[:1].isalnum() and _SPOKEN.match(text, start) is not None


#: The mark that a call begins with, and the name of one around what a tool is said to have answered.
_MARK = LazyPattern(r"<[^<>]{1,400}>|\[[^\[\]]{1,60}\]|`{3,}\w*")
_RESULT = LazyPattern(r"respon|result|output", re.IGNORECASE)
#: A mark that closes a call and nothing that was opened.
_STRAY = LazyPattern(
    r"</(?:tool_calls?|tool_code|tool_responses?|tool_results?|function_calls?|function_results?|invoke|tools)\s*>"
    rf"|{_CLOSES}{_CORE}(?![^\W_]){_SIGN}{{0,20}}>|{_ENDS}{_CORE}[_▁-]?end{_SIGN}{{0,3}}>"
    r"|\[/(?:\w{1,20}[:_])?(?:tool|function)_?calls?\]",
    re.IGNORECASE,
)
_CODE = LazyPattern(
    r"^[ \t]*(?P<ticks>`{3,}|~{3,})[^\n`]*\n.*?^[ \t]*(?P=ticks)[`~]*[ \t]*$", re.MULTILINE | re.DOTALL
)
#: Where a call was, for a moment: replies hold no such character (llm/controls.py).
_TAKEN = "\x00"
_AROUND_TAKEN = LazyPattern(
    r"^[ \t]*(?P<ticks>`{3,}|~{3,})\w*[ \t]*\n[\s\x00]*\n[ \t]*(?P=ticks)[ \t]*$", re.MULTILINE
)
_PRESENTS = LazyPattern(
    r"\b(?:this is how|here(?:['’]s| is) how|looks? like|written|writes?|format|syntax|examples?|e\.g"
    r"|instance|samples?|like this|such as|as follows|beispiel\w*|schreib\w*|exemples?|ejemplos?|esempio"
    r"|voorbeeld|пример)\b|例|예",
    re.IGNORECASE,
)
_ANNOUNCES = LazyPattern(
    r"\b(?:i['’]?ll|i will|let me|let['’]s|i['’]m|i am|i need|i should|i want|ich|je|yo|voy|я)\b",
    re.IGNORECASE,
)


#: What every call in a tag of other things has in it.
_TAGS = ("<search", "<query", "search_query", "<tool", "<func", "<python", "<execute", "<code_int")
#: What every call between marks has in it, and every step of ReAct.
_NAMED = ("tool", "func", "invoke", "action", "python_tag")
#: What every call has in it.
_SIGNS = ("<", "[", "{", "```tool", "functools")
_INPUT = LazyPattern(r"action[ _]input", re.IGNORECASE)


def _is_in_code(text: str) -> bool:
    """Whether a text without those signs may hold a call as code writes it, or a step of ReAct."""
    ends = text.rstrip()[-1:]
    return ("(" in text and ("=" in text or ends in (")", "`"))) or (
        "nput" in text.lower() and _INPUT.search(text) is not None
    )


def _without_json(text: str, called: list[str]) -> str:
    """The same without calls in JSON, which are added to `called`."""
    while (mark := _BEFORE_JSON.search(text)) is not None:
        if text[mark.start() - 1 : mark.start()] in tuple(_QUOTES):
            break
        end = mark.end() if (name := _NAME.match(text, mark.end())) is None else name.end()
        found = _json_at(text, end)
        if found is None and re.match(r"[ \t]*(?:\.|[a-z]+ )", text[mark.end() :]) is not None:
            # A word of a sentence: "Watch [TOOL_CALLS] ... just kidding".
            break
        end = end_of_call(text, mark.end()) if found is None else found[1]
        called.append(text[mark.start() : end].strip())
        text = f"{text[: mark.start()]}\n{text[end:]}"
    fenced = _FENCED.fullmatch(text)
    inside = text if fenced is None else fenced["inside"]
    if _IN_PYTHON.fullmatch(inside) is not None or ("(" in inside and _ALONE.fullmatch(inside) is not None):
        called.append(inside.strip())
        return ""
    if (found := _json_at(inside, 0)) is not None and _is_call(found[0]):
        called.append(inside[: found[1]].strip())
        return inside[found[1] :]
    return _without_lines(text, called)


def _without_lines(text: str, called: list[str]) -> str:
    """The same without calls that stand in lines of their own, or in blocks of code, beside words."""

    def take(found: re.Match[str]) -> str:
        called.append(found[0])
        return ""

    text = _PYTHON_LINE.sub(take, text)
    # The first beginning of each place: a block's, not that of the line in it.
    places = {begins.end(): begins for begins in reversed(list(_JSON_LINE.finditer(text)))}
    for begins in sorted(places.values(), key=re.Match.start, reverse=True):
        found = _json_at(text, begins.end())
        if found is None or not _is_call(found[0]):
            continue
        fence = re.match(r"\s*(?:`{3,}|~{3,})", text[found[1] :]) if begins[0] else None
        end = found[1] if fence is None else found[1] + fence.end()
        called.append(text[begins.start() : end])
        text = text[: begins.start()] + text[end:]
    return text


def _json_at(text: str, place: int) -> tuple[Any, int] | None:
    """The object or list in JSON that begins there, but for blanks, and where it ends."""
    begins = len(text) - len(text[place:].lstrip())
    if text[begins : begins + 1] not in ("{", "["):
        return None
    try:
        return json.JSONDecoder().raw_decode(text, begins)
    except (ValueError, RecursionError):
        return None


def _is_call(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(map(_is_call, value))
    if not isinstance(value, dict):
        return False
    keys = {str(key).lower() for key in value} - _BESIDE
    if keys in _AROUND:
        return True
    if keys == {"function"}:
        return _is_call(value["function"])
    arguments = next((value[key] for key in value if str(key).lower() in _ARGUMENTS), None)
    named = keys & _NAMES
    if len(named) != 1 or len(keys) != 2:
        return False
    if isinstance(arguments, str):
        return arguments.lstrip()[:1] == "{"
    if keys & {"arguments", "parameters"}:
        return isinstance(arguments, dict)
    # An item has a name and details as well; a tool's is no title.
    name = next(value[key] for key in value if str(key).lower() in _NAMES)
    return isinstance(arguments, dict) and re.fullmatch(r"[a-z_][\w.-]*", str(name)) is not None
