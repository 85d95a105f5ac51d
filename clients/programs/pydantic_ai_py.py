"""Pydantic AI: agents on completions and on responses, structured output, tools and errors."""

from __future__ import annotations

import asyncio

import openai
from checks import FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, raises, run, same
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput, ToolOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider

WAYS = (OpenAIChatModel, OpenAIResponsesModel)


class Film(BaseModel):
    title: str
    year: int


def agent(way: type, model: str, **options: object) -> Agent:
    # A client of its own each time: every run has an event loop of its own.
    client = openai.AsyncOpenAI(base_url=URL, api_key="none", max_retries=0)
    return Agent(way(model, provider=OpenAIProvider(openai_client=client)), **options)


def heard(way: type, model: str, text: str) -> str:
    async def listen() -> str:
        async with agent(way, model).run_stream(text) as result:
            return "".join([piece async for piece in result.stream_text(delta=True)])

    return asyncio.run(listen())


def chat() -> None:
    for way in WAYS:
        for model in (PLAIN, SEARCH):
            same(asyncio.run(agent(way, model).run(WISH)).output, REPLY)


def stream() -> None:
    for way in WAYS:
        same(heard(way, SEARCH, WISH), REPLY)


def json() -> None:
    for way in WAYS:
        for output in (NativeOutput(Film), ToolOutput(Film)):
            found = asyncio.run(agent(way, PLAIN, output_type=output).run(WISH)).output
            same(found, Film(title="Casino", year=1995))


def tools() -> None:
    for way in WAYS:
        asked = agent(way, PLAIN)

        @asked.tool_plain
        def look_up(title: str) -> str:
            return "178 min"

        same(asyncio.run(asked.run(WISH)).output, "It is 178 min long.")


def turns() -> None:
    for way in WAYS:
        first = asyncio.run(agent(way, PLAIN).run(WISH))
        again = agent(way, PLAIN).run("Another?", message_history=first.all_messages())
        same(asyncio.run(again).output, REPLY)


def errors() -> None:
    for way in WAYS:
        for text in (FAIL, FAIL_LATE):
            raises(lambda way=way, text=text: asyncio.run(agent(way, PLAIN).run(text)))
            raises(lambda way=way, text=text: heard(way, PLAIN, text))


run(chat, stream, json, tools, turns, errors)
