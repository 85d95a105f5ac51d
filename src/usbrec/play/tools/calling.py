"""Tool-calling recommender: a language model on a server that looks the catalogue up and recommends by calls.

A reply is made in steps: the model is asked, what it calls is run and told it, until it speaks. What it
recommended by calls are the reply's items; a reply without such a call is read by its words, like any other.
Calls of earlier replies stand in the dialogue that the model reads.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from usbrec.dialogue import Conversation, Reply, Turn, Usage
from usbrec.errors import UnusableAnswer
from usbrec.keys import derive_seed
from usbrec.lexicon import LANGUAGES, USUAL, words
from usbrec.llm.protocol import AsWritten, ChatModel, ChatReply, ChatRequest, Message
from usbrec.llm.written_calls import is_written_call
from usbrec.play.languages import ENGLISH, Languages
from usbrec.play.own.recommender import all_replies, stands_in
from usbrec.play.protocol import Drawn, Sampling
from usbrec.play.seats import alternating
from usbrec.play.seekers.wishes import says_nothing_fits
from usbrec.play.tools.toolbox import RECOMMEND, Toolbox
from usbrec.prompts import Prompts

#: A reply takes so many steps at most in which tools are called.
STEPS = 12


#: Said of a reply that is a call in words.
WRITTEN = (
    "wrote a call of a tool as text, which nobody runs: its server does not read its calls. Have it do "
    "so (vLLM: --enable-auto-tool-choice --tool-call-parser NAME; llama.cpp: --jinja), or leave --tools out."
)


@dataclass(frozen=True)
class ToolCalling:
    """The Recommender that asks a ChatModel which may call the tools of `toolbox`."""

    model: ChatModel
    toolbox: Toolbox
    prompts: Prompts
    languages: Languages = ENGLISH
    steps: int = STEPS

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"tools": self.model.identity, "steps": self.steps}

    @property
    def parallel(self) -> bool:
        return self.model.parallel

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """`n` replies, each with calls of its own. Raises ModelError; UnusableAnswer where a model calls
        tools without an end."""
        replies = await all_replies(
            [self._reply(conversation, sampling, place) for place in range(sampling.n)]
        )
        if sampling.on_delta is not None and sampling.n == 1:
            sampling.on_delta(replies[0].text)
        usage = sum((reply.usage for reply in replies), Usage())
        return Drawn(tuple(replace(reply, usage=Usage()) for reply in replies), usage)

    async def aclose(self) -> None:
        await self.model.aclose()

    async def _reply(self, conversation: Conversation, sampling: Sampling, place: int) -> Reply:
        steps = _Steps(self, conversation, sampling, place)
        for step in range(self.steps + 1):
            try:
                answer = await steps.ask(step, may_call=step < self.steps)
            except UnusableAnswer:
                # What was called holds, also where nothing was said of it.
                if not steps.recommends:
                    raise
                return self._said(steps, "", "stop", "")
            said = answer.completions[0]
            if not said.tool_calls and is_written_call(said.text, steps.names):
                if not steps.recommends:
                    raise UnusableAnswer(f"{self.name} {WRITTEN}")
                said = replace(said, text="")
            if not said.tool_calls:
                return self._said(steps, said.text, said.finish, said.reasoning)
            if step < self.steps:
                steps.run(said.text, said.tool_calls)
                if steps.recommends and said.text.strip():
                    return self._said(steps, said.text, said.finish, said.reasoning)
        raise UnusableAnswer(f"{self.name} called tools in {self.steps} steps, and said nothing.")

    def _said(self, steps: _Steps, text: str, finish: Any, reasoning: str) -> Reply:
        """The reply with what was recommended by calls: its titles stand in the text, too."""
        text = text.strip()
        made = [call for call in steps.calls if call["name"] == RECOMMEND and "error" not in call["result"]]
        ids = tuple(dict.fromkeys(call["result"]["id"] for call in made if "id" in call["result"]))
        catalogue = self.toolbox.knowledge.catalogue
        items = [item for item_id in ids if (item := catalogue.get(item_id)) is not None]
        names = ", ".join(item.name for item in items if not stands_in(text, item.name))
        if made and not ids and not says_nothing_fits(text):
            language = self.languages.told(steps.conversation.turns)
            listed = words(language if language in LANGUAGES else USUAL, "constraints")["nothing"]["words"]
            names = f"{str(listed[0]).capitalize()}."
        return Reply(
            " ".join(part for part in (text, names) if part),
            ids if made else None,
            finish=finish,
            reasoning=reasoning,
            usage=steps.usage,
            calls=tuple(steps.calls),
        )

    def system(self, conversation: Conversation) -> str:
        """What stands before the dialogue: how to recommend and, of a task, who asks and which policy
        holds."""
        if conversation.system is not None:
            return conversation.system
        system, task = self.prompts.render("recommender_tools"), conversation.task
        if not task:
            return system
        known = {"user": str(task.get("user", "")), "policy": str(task.get("policy_text", ""))}
        return f"{system}\n\n{self.prompts.render('recommender_task', **known)}".rstrip()


class _Steps:
    """One reply on its way: what the model has been told so far, and what it called."""

    def __init__(
        self, recommender: ToolCalling, conversation: Conversation, sampling: Sampling, place: int
    ) -> None:
        self._model, self._toolbox = recommender.model, recommender.toolbox
        self.conversation = conversation
        self._sampling = sampling
        self._seed = derive_seed(sampling.seed, "tools", place) if place else sampling.seed
        self._started = time.monotonic()
        self._tools = self._toolbox.told(conversation.task)
        system = recommender.system(conversation)
        turns = alternating(conversation.turns, opening=recommender.prompts.render("opening"))
        self._messages = _in_words(system, turns)
        self._written = _as_written(system, turns)
        self.calls: list[dict[str, Any]] = []
        self.usage = Usage()

    @property
    def names(self) -> list[str]:
        """What the tools that the model was told of are called."""
        return [tool["function"]["name"] for tool in self._tools]

    @property
    def recommends(self) -> bool:
        """Whether an item was recommended, or none, by a call that could be run."""
        return any(call["name"] == RECOMMEND and "error" not in call["result"] for call in self.calls)

    async def ask(self, step: int, *, may_call: bool) -> ChatReply:
        sampling = self._sampling
        fields: dict[str, Any] = {"tools": self._tools}
        if self.recommends or not may_call:
            # What is left is to say it.
            fields["tool_choice"] = "none"
        left = None
        if sampling.deadline is not None:
            left = sampling.deadline - (time.monotonic() - self._started)
        answer = await self._model.chat(
            ChatRequest(
                self._messages,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                max_tokens=sampling.max_tokens,
                frequency_penalty=sampling.frequency_penalty,
                stop=sampling.stop,
                seed=derive_seed(self._seed, "step", step) if step else self._seed,
                as_written=AsWritten(tuple(self._written), fields),
                deadline=left,
            )
        )
        self.usage += answer.usage
        return answer

    def run(self, text: str, tool_calls: Sequence[Mapping[str, Any]]) -> None:
        """Run what the model called, and tell it the results."""
        self._written.append({"role": "assistant", "content": text or None, "tool_calls": list(tool_calls)})
        for call in tool_calls:
            function = call["function"]
            record = self._toolbox.call(function["name"], function["arguments"], self.conversation)
            self.calls.append(record)
            self._written.append(_result(call["id"], record))


def _in_words(system: str, turns: Sequence[Turn]) -> tuple[Message, ...]:
    """The dialogue as far as texts hold it."""
    said = (Message("user" if turn.role == "seeker" else "assistant", turn.text) for turn in turns)
    return (Message("system", system), *said)


def _as_written(system: str, turns: Sequence[Turn]) -> list[dict[str, Any]]:
    """The dialogue with the calls of its replies, in OpenAI's form."""
    written: list[dict[str, Any]] = [{"role": "system", "content": system}]
    for turn in turns:
        for record in turn.calls:
            call_id = f"call_{len(written)}"
            given = record["arguments"]
            called = {
                "name": record["name"],
                "arguments": given if isinstance(given, str) else json.dumps(given, ensure_ascii=False),
            }
            calls = [{"id": call_id, "type": "function", "function": called}]
            written.append({"role": "assistant", "content": None, "tool_calls": calls})
            written.append(_result(call_id, record))
        written.append({"role": "user" if turn.role == "seeker" else "assistant", "content": turn.text})
    return written


def _result(call_id: str, record: Mapping[str, Any]) -> dict[str, Any]:
    told = json.dumps(record["result"], ensure_ascii=False)
    return {"role": "tool", "tool_call_id": call_id, "content": told}
