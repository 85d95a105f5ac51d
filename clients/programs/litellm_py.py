"""LiteLLM as a library: completions, responses, JSON, tools and what it raises."""

from __future__ import annotations

import litellm
from checks import FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same
from pydantic import BaseModel

TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}


class Film(BaseModel):
    title: str
    year: int


def ask(model: str, text: str, **more: object) -> object:
    messages = [{"role": "user", "content": text}]
    given = {"messages": messages, "api_base": URL, "api_key": "none", "max_retries": 0, **more}
    return litellm.completion(model=f"openai/{model}", **given)


def heard(model: str, text: str) -> str:
    chunks = ask(model, text, stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def chat() -> None:
    for model in (PLAIN, SEARCH):
        same(ask(model, WISH).choices[0].message.content, REPLY)


def stream() -> None:
    same(heard(SEARCH, WISH), REPLY)


def json() -> None:
    content = ask(PLAIN, WISH, response_format=Film).choices[0].message.content
    same(Film.model_validate_json(content), Film(title="Casino", year=1995))


def tools() -> None:
    for choice in ("auto", "required"):
        message = ask(PLAIN, WISH, tools=[TOOL], tool_choice=choice).choices[0].message
        same(message.tool_calls[0].function.name, "look_up")


def responses() -> None:
    answer = litellm.responses(model=f"openai/{SEARCH}", input=WISH, api_base=URL, api_key="none")
    same(answer.output[0].content[0].text, REPLY)


def errors() -> None:
    for text in (FAIL, FAIL_LATE):
        raises(lambda text=text: ask(PLAIN, text))
        raises(lambda text=text: heard(PLAIN, text))


run(chat, stream, json, tools, responses, errors)
