"""Instructor: structured output in its modes for OpenAI's protocol, streamed too, and what it raises."""

from __future__ import annotations

import instructor
import openai
from checks import FAIL, FAIL_LATE, PLAIN, SEARCH, URL, WISH, raises, run, same
from pydantic import BaseModel

MODES = (instructor.Mode.TOOLS, instructor.Mode.JSON, instructor.Mode.JSON_SCHEMA)


class Film(BaseModel):
    title: str
    year: int


def on(mode: instructor.Mode) -> instructor.Instructor:
    client = openai.OpenAI(base_url=URL, api_key="none", max_retries=0)
    return instructor.from_openai(client, mode=mode)


def asked(model: str, text: str) -> dict:
    messages = [{"role": "user", "content": text}]
    return {"model": model, "messages": messages, "response_model": Film, "max_retries": 0}


def json() -> None:
    for mode in MODES:
        for model in (PLAIN, SEARCH):
            found = on(mode).chat.completions.create(**asked(model, WISH))
            same((found.title, found.year), ("Casino", 1995))


def stream() -> None:
    for mode in MODES:
        *_, last = on(mode).chat.completions.create_partial(**asked(PLAIN, WISH))
        same((last.title, last.year), ("Casino", 1995))


def errors() -> None:
    for mode in MODES:
        for text in (FAIL, FAIL_LATE):
            raises(lambda mode=mode, text=text: on(mode).chat.completions.create(**asked(PLAIN, text)))
            chunks = lambda mode=mode, text=text: list(  # noqa: E731
                on(mode).chat.completions.create_partial(**asked(PLAIN, text))
            )
            raises(chunks)


run(json, stream, errors)
