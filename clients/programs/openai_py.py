"""OpenAI's SDK for Python: completions, responses, JSON, tools and what it raises."""

from __future__ import annotations

import openai
from checks import FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same
from pydantic import BaseModel

client = openai.OpenAI(base_url=URL, api_key="none", max_retries=0)
TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}


class Film(BaseModel):
    title: str
    year: int


def said(text: str) -> list:
    return [{"role": "user", "content": text}]


def chat() -> None:
    for model in (PLAIN, SEARCH):
        answer = client.chat.completions.create(model=model, messages=said(WISH))
        same(answer.choices[0].message.content, REPLY)


def stream() -> None:
    chunks = client.chat.completions.create(model=SEARCH, messages=said(WISH), stream=True)
    same("".join(chunk.choices[0].delta.content or "" for chunk in chunks), REPLY)


def json() -> None:
    answer = client.chat.completions.parse(model=PLAIN, messages=said(WISH), response_format=Film)
    same(answer.choices[0].message.parsed, Film(title="Casino", year=1995))


def tools() -> None:
    messages = said(WISH)
    answer = client.chat.completions.create(model=PLAIN, messages=messages, tools=[TOOL])
    message = answer.choices[0].message
    same(message.tool_calls[0].function.name, "look_up")
    messages += [message, {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "178 min"}]
    answer = client.chat.completions.create(model=PLAIN, messages=messages, tools=[TOOL])
    same(answer.choices[0].message.content, "It is 178 min long.")


def responses() -> None:
    same(client.responses.create(model=SEARCH, input=WISH).output_text, REPLY)
    with client.responses.stream(model=SEARCH, input=WISH) as heard:
        heard.until_done()
        same(heard.get_final_response().output_text, REPLY)
    parsed = client.responses.parse(model=PLAIN, input=WISH, text_format=Film)
    same(parsed.output_parsed, Film(title="Casino", year=1995))


def errors() -> None:
    for text in (FAIL, FAIL_LATE):
        for model in (PLAIN, SEARCH):
            asked = {"model": model, "messages": said(text)}
            raises(lambda asked=asked: client.chat.completions.create(**asked), openai.APIError)
            chunks = lambda asked=asked: list(client.chat.completions.create(**asked, stream=True))  # noqa: E731
            raises(chunks, openai.APIError)
        raises(lambda text=text: client.responses.create(model=PLAIN, input=text), openai.APIError)
        raises(lambda text=text: list(client.responses.create(model=PLAIN, input=text, stream=True)))


run(chat, stream, json, tools, responses, errors)
