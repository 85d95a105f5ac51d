"""LangChain for Python: ChatOpenAI on completions and on responses, structured output, tools and errors."""

from __future__ import annotations

from checks import FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel


class Film(BaseModel):
    """A film."""

    title: str
    year: int


@tool
def look_up(title: str) -> str:
    """Looks a film up."""
    return "178 min"


def on(model: str, **options: object) -> ChatOpenAI:
    return ChatOpenAI(model=model, base_url=URL, api_key="none", max_retries=0, **options)


def chat() -> None:
    for model in (PLAIN, SEARCH):
        same(on(model).invoke(WISH).text, REPLY)


def stream() -> None:
    same("".join(piece.text for piece in on(SEARCH).stream(WISH)), REPLY)


def json() -> None:
    for method in ("json_schema", "function_calling", "json_mode"):
        found = on(PLAIN).with_structured_output(Film, method=method).invoke(WISH)
        same(found, Film(title="Casino", year=1995))


def tools() -> None:
    for options in ({}, {"use_responses_api": True}):
        model = on(PLAIN, **options).bind_tools([look_up])
        asked = [HumanMessage(WISH)]
        called = model.invoke(asked)
        (call,) = called.tool_calls
        same((call["name"], call["args"]), ("look_up", {"title": "Casino"}))
        result = ToolMessage("178 min", tool_call_id=call["id"])
        same(model.invoke([*asked, called, result]).text, "It is 178 min long.")


def responses() -> None:
    model = on(SEARCH, use_responses_api=True)
    same(model.invoke(WISH).text, REPLY)
    same("".join(piece.text for piece in model.stream(WISH)), REPLY)
    again = [HumanMessage(WISH), model.invoke(WISH), HumanMessage("Another?")]
    same(model.invoke(again).text, REPLY)


def errors() -> None:
    for text in (FAIL, FAIL_LATE):
        for options in ({}, {"use_responses_api": True}):
            raises(lambda text=text, options=options: on(PLAIN, **options).invoke(text))
            raises(lambda text=text, options=options: list(on(PLAIN, **options).stream(text)))


run(chat, stream, json, tools, responses, errors)
