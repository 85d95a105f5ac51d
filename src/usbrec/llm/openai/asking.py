"""Server asker: a probe's questions to an OpenAI-compatible server, and what stands in its answers."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from usbrec.errors import ModelError, UnusableAnswer
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.dialect import Declined
from usbrec.llm.openai.http import HttpFailure
from usbrec.llm.openai.responses import Body, BodyChoice, BodyMessage, Chunk
from usbrec.llm.openai.streamed import Gathered
from usbrec.llm.probing.asking import CLOSED_ALONE, Answered, Question, Said, Streamed
from usbrec.llm.reasoning import ReasoningMarks, closes_alone


class ServerAsker:
    """Asks the server of `model` as a run would: what it refuses is noticed by the model itself and left out,
    but for the fields that a question tries."""

    is_server = True

    def __init__(self, model: OpenAIModel, marks: ReasoningMarks = "auto") -> None:
        self._model = model
        self._marks = marks

    @property
    def settings(self) -> str:
        return f"servers.{self._model.server}"

    @property
    def left_out(self) -> frozenset[str]:
        return self._model.left_out

    @property
    def merges_system(self) -> bool:
        return self._model.system_role == "user"

    def ask_one_by_one(self) -> None:
        """Have a run ask for several replies by a request each."""
        self._model.ask_one_by_one()

    async def ask(self, question: Question) -> Answered:
        body = _body(question)
        if question.stream:
            return await self._stream(body)
        started = time.monotonic()
        # A field that is tried is to be refused, not left out.
        learn = not (question.extra or question.presence_penalty or question.frequency_penalty)
        try:
            answer, usage = await self._model.send({**body, **question.extra}, learn=learn)
        except Declined as refused:
            raise UnusableAnswer(str(refused) or "refused") from None
        counted = answer.counted
        return Answered(
            tuple(_said(choice, self._marks) for choice in answer.choices),
            tuple(answer.choices[0].top_tokens()),
            None if counted is None else usage.prompt_tokens,
            None if counted is None else usage.completion_tokens,
            time.monotonic() - started,
        )

    async def models(self) -> Mapping[str, Mapping[str, Any]] | None:
        """The models that the server lists; None where it lists none."""
        connection = self._model.connection
        try:
            listed: Any = json.loads(await connection.within(connection.timeout, connection.get("/models")))
            rows: Any = listed.get("data", listed.get("models")) if isinstance(listed, dict) else listed
            named = {str(row.get("id") or row.get("name")): row for row in rows if isinstance(row, dict)}
        except (HttpFailure, ValueError, TypeError, RecursionError, ModelError):
            return None
        return named

    async def _stream(self, body: Mapping[str, Any]) -> Answered:
        connection, started = self._model.connection, time.monotonic()
        fields = self._model.fields(body, streamed=True)
        try:
            events, done = await connection.within(connection.timeout, self._events(fields))
        except HttpFailure as failure:
            said = connection.complaint(failure)
        else:
            return _put_together(events, time.monotonic() - started, self._marks, done=done)
        raise UnusableAnswer(said.reason)

    async def _events(self, fields: Mapping[str, Any]) -> tuple[list[str], bool]:
        """The data of a stream's events, and whether its closing mark came behind them."""
        async with self._model.connection.stream("/chat/completions", fields) as stream:
            return [data async for data in stream.data()], stream.done


def _body(question: Question) -> dict[str, Any]:
    return {
        "messages": [message.to_json() for message in question.messages],
        "temperature": question.temperature,
        "max_tokens": question.max_tokens,
        "seed": question.seed,
        **({"n": question.n} if question.n > 1 else {}),
        **({"stop": list(question.stop)} if question.stop else {}),
        **({"frequency_penalty": question.frequency_penalty} if question.frequency_penalty else {}),
        **({"presence_penalty": question.presence_penalty} if question.presence_penalty else {}),
        **({"logprobs": True, "top_logprobs": question.top_logprobs} if question.top_logprobs else {}),
    }


def _said(choice: BodyChoice, marks: ReasoningMarks) -> Said:
    found, apart = choice.separated(marks), choice.message.reasoning_place
    thinks = found.reasoning or found.open
    place = f"in {apart}" if apart else "between marks in the text" if thinks else ""
    if not apart and closes_alone(choice.text, marks):
        place = CLOSED_ALONE
    return Said(found.text, found.reasoning, place, choice.cut)


def _put_together(events: list[str], seconds: float, marks: ReasoningMarks, *, done: bool) -> Answered:
    """A stream, whatever stands in it. UnusableAnswer where it is none."""
    if not events:
        raise UnusableAnswer("no events came, but one whole answer or something else")
    gathered, usage, finish = Gathered(), None, None
    pieces = letters = 0
    for event in events:
        try:
            chunk = Chunk.model_validate_json(event)
        except ValueError:
            continue
        usage = chunk.usage or usage
        gathered.add(chunk)
        for first in (chunk.choices or ())[:1]:
            finish = first.finish_reason or finish
            said, _ = first.said
            if said is not None and said.speaks:
                pieces += 1
                letters += len(said.text)
    gathered.end()
    # What was said of a stream without an end is looked at, too.
    body = gathered.body(done=True)
    choice = BodyChoice(message=BodyMessage.of("")) if body is None else body.choices[0]
    counted = Body(choices=[choice], usage=usage).counted
    repeats = letters > len(choice.text)
    streamed = Streamed(pieces, counted is not None, finish is not None, done, repeats)
    return Answered((_said(choice, marks),), seconds=seconds, stream=streamed)
