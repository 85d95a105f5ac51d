"""Inspect AI: an evaluation with a solver, a tool and a scorer, and what becomes of a sample that fails."""

from __future__ import annotations

import asyncio
import os

from checks import FAIL, PLAIN, REPLY, SEARCH, URL, WISH, run, same

os.environ |= {"USBREC_API_KEY": "none", "USBREC_BASE_URL": URL, "INSPECT_DISPLAY": "none"}

from inspect_ai import Task, eval  # noqa: A004 - its settings are read when it is imported
from inspect_ai.dataset import Sample
from inspect_ai.model import GenerateConfig, ResponseSchema, get_model
from inspect_ai.scorer import includes
from inspect_ai.solver import generate, use_tools
from inspect_ai.tool import Tool, tool
from inspect_ai.util import json_schema
from pydantic import BaseModel

ONCE = GenerateConfig(max_retries=0, timeout=60)


class Film(BaseModel):
    title: str
    year: int


@tool
def look_up() -> Tool:
    async def execute(title: str) -> str:
        """Looks a film up.

        Args:
            title: The film's title.
        """
        return "178 min"

    return execute


def asked(text: str, target: str, model: str, *before: object, **more: object) -> object:
    task = Task(dataset=[Sample(input=text, target=target)], solver=[*before, generate()], scorer=includes())
    named = f"openai-api/usbrec/{model}"
    (log,) = eval(task, model=named, log_dir="logs", display="none", max_retries=0, timeout=60, **more)
    return log


def chat() -> None:
    for model in (PLAIN, SEARCH):
        log = asked(WISH, "Casino (1995)", model)
        same(log.status, "success")
        same(log.samples[0].output.completion, REPLY)
        same(log.results.scores[0].metrics["accuracy"].value, 1)


def tools() -> None:
    log = asked(WISH, "178 min", PLAIN, use_tools(look_up()))
    same((log.status, log.samples[0].output.completion), ("success", "It is 178 min long."))


def json() -> None:
    schema = ResponseSchema(name="film", json_schema=json_schema(Film))
    model = get_model(
        f"openai-api/usbrec/{PLAIN}", config=GenerateConfig(response_schema=schema, max_retries=0)
    )
    answer = asyncio.run(model.generate(WISH))
    same(Film.model_validate_json(answer.completion), Film(title="Casino", year=1995))


def errors() -> None:
    same(asked(FAIL, "x", PLAIN).status, "error")


run(chat, tools, json, errors)
