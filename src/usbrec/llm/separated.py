"""Model wrapper whose replies come without reasoning and control characters, whichever backend writes them.

Backends give answers as they are written, and what a server has told apart. Here control characters are
taken out (llm/controls.py), and the reply is separated from the reasoning between marks (llm/reasoning.py),
whole and while it streams, before anybody sees it or records it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from usbrec.dialogue import Usage
from usbrec.errors import ModelError, UnusableAnswer
from usbrec.llm.blocks import unknown_block
from usbrec.llm.controls import ControlFilter, without_controls
from usbrec.llm.protocol import Around, ChatModel, ChatReply, ChatRequest, Completion
from usbrec.llm.reasoning import ReasoningMarks, Separated, closes_alone, separate
from usbrec.llm.reasoning_filter import ReasoningFilter

_log = logging.getLogger(__name__)

#: What helps where the tokens ran out before the reply began.
STILL_REASONING = (
    "was still reasoning when its tokens ran out, so there is no reply. Allow more (play.max_tokens; "
    "judging.max_tokens for a judge), or switch reasoning off, such as by servers.NAME.extra_body = "
    '{ chat_template_kwargs = { enable_thinking = false } } or { reasoning_effort = "low" }, or by '
    "models.thinking = false for a model in this process."
)
#: What is wrong where it ended by itself all the same.
ONLY_REASONING = (
    "gave reasoning and no reply behind it, and ended there by itself. Ask again, or switch reasoning off, "
    "such as by servers.NAME.extra_body = { chat_template_kwargs = { enable_thinking = false } }."
)
#: A thought of so many characters does not begin a reply by accident.
_LONG_THOUGHT = 20


class SeparatedModel(Around):
    """Around `inner`: replies in `text`, thoughts in `reasoning`.

    `opens_in_prompt` says whether the chat template writes the opening mark, so that an answer holds the
    closing one alone; None where nobody knows: a first streamed answer is then passed on at its end, which
    shows how this model answers. Where it does, an answer that the limit cut before any mark is all thought.
    """

    def __init__(
        self, inner: ChatModel, marks: ReasoningMarks = "auto", *, opens_in_prompt: bool | None = None
    ) -> None:
        super().__init__(inner)
        self._marks = marks
        self._holds = opens_in_prompt
        self._alone = bool(opens_in_prompt)
        self._told_of_block = False

    def expect_closing_marks(self) -> None:
        """This model's answers hold closing marks alone; known from elsewhere."""
        self._holds = self._alone = True

    @property
    def identity(self) -> Mapping[str, Any]:
        # Left out where it is the default, so that recorded runs keep their identity.
        named: Any = self._marks if isinstance(self._marks, str) else list(self._marks)
        return self.inner.identity if named == "auto" else {**self.inner.identity, "reasoning": named}

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Raises UnusableAnswer where every reply broke off in its reasoning, or ended before a word."""
        tell = request.on_delta
        if tell is None or request.n > 1:
            return self._separated(await self.inner.chat(request))
        passing = ReasoningFilter(self._marks, holds=self._holds is not False)

        cleaning = ControlFilter()

        def hear(piece: str) -> None:
            if new := passing.feed(cleaning.feed(piece)):
                tell(new)

        try:
            reply = await self.inner.chat(replace(request, on_delta=hear))
        except ModelError:
            # Cut off on the way: whoever waits gets what was said, unless it may have been thought.
            if rest := passing.cut():
                tell(rest)
            raise
        separated = self._separated(reply)
        is_cut = reply.completions[0].finish == "length"
        rest = passing.feed(cleaning.end()) + passing.end(cut=is_cut)[0]
        if rest and separated.completions[0].text:
            tell(rest)
        return separated

    def _separated(self, reply: ChatReply) -> ChatReply:
        reply = _cleaned(reply)
        for completion in reply.completions:
            # One answer without thoughts does not mean that the next has none.
            self._alone = self._alone or closes_alone(completion.text, self._marks)
            if completion.text.strip():
                self._holds = self._alone
        parts = tuple(map(self._parts, reply.completions))
        completions = tuple(map(_completion, reply.completions, parts))
        said = [one for one in completions if one.text.strip() or one.tool_calls]
        if not said and any(completion.reasoning for completion in completions):
            is_cut = any(one.finish == "length" for one in completions)
            raise UnusableAnswer(f"{self.name} {STILL_REASONING if is_cut else ONLY_REASONING}")
        if not said and any(one.text.strip() for one in reply.completions):
            raise UnusableAnswer(f"{self.name} ended its turn before its first word: there are marks alone.")
        self._tell_of_blocks(completions)
        ended = sum(found.ended for found in parts)
        cut = sum(completion.finish == "length" for completion in completions)
        usage = reply.usage + Usage(cut_replies=cut, end_tokens=ended)
        return replace(reply, completions=completions, usage=usage)

    def _tell_of_blocks(self, completions: Sequence[Completion]) -> None:
        """A word about the first reply that begins with a block between marks which nobody knows: thoughts in
        it would be scored."""
        if self._told_of_block or self._marks != "auto":
            return
        found = next((marks for one in completions if (marks := unknown_block(one.text)) is not None), None)
        if found is not None:
            self._told_of_block = True
            _log.warning(
                "%s: a reply begins with %s ... %s, which counts as said. If thoughts stand there, name the "
                'marks: reasoning = ["%s", "%s"] under [models] or [servers.NAME].',
                self.name,
                *found,
                *found,
            )

    def _parts(self, completion: Completion) -> Separated:
        found = separate(completion.text, self._marks, cut=completion.finish == "length")
        if self._alone and found == Separated(completion.text) and self._cut_in_thoughts(completion):
            return Separated("", completion.text, open=True)
        return found if self._marks == "off" else _without_repeated(found, completion.reasoning.strip())

    def _cut_in_thoughts(self, completion: Completion) -> bool:
        """Whether an answer without marks, of a model whose answers hold closing ones alone, is thought."""
        told_apart = self._marks == "off" or completion.reasoning or completion.tool_calls
        return completion.finish == "length" and not told_apart


def _without_repeated(found: Separated, thought: str) -> Separated:
    """A reply without the thoughts before it that a server has sent in a field of their own as well."""
    text = found.text.lstrip()
    left = text[len(thought) :].lstrip() if len(thought) >= _LONG_THOUGHT and text.startswith(thought) else ""
    return replace(found, text=left) if left else found


def _completion(completion: Completion, found: Separated) -> Completion:
    """An answer in its parts."""
    if found == Separated(completion.text):
        return completion
    apart, between = completion.reasoning, found.reasoning
    # Some servers leave the thoughts in the text that they send in a field of their own.
    thought = apart if between.strip() in apart else "\n".join(filter(None, (apart, between)))
    finish = "length" if found.open else completion.finish
    return replace(completion, text=found.text, finish=finish, reasoning=thought)


def _cleaned(reply: ChatReply) -> ChatReply:
    """The same without control characters, which its usage counts."""
    completions, removed = [], 0
    for completion in reply.completions:
        (text, of_text), (thought, of_thought) = map(
            without_controls, (completion.text, completion.reasoning)
        )
        calls = [_called(call) for call in completion.tool_calls]
        here = of_text + of_thought + sum(of_call for _, of_call in calls)
        removed += here
        told = tuple(call for call, _ in calls)
        cleaned = replace(completion, text=text, reasoning=thought, tool_calls=told) if here else completion
        completions.append(cleaned)
    if not removed:
        return reply
    usage = reply.usage + Usage(removed_characters=removed)
    return replace(reply, completions=tuple(completions), usage=usage)


def _called(call: Mapping[str, Any]) -> tuple[Mapping[str, Any], int]:
    """A call of a tool without control characters in its id, its name and its arguments, and how many there
    were. What stands escaped in the arguments' JSON is data, and stays."""
    found: dict[str, Any] = {}
    removed = 0
    for name, value in call.items():
        of_value = 0
        if isinstance(value, str):
            value, of_value = without_controls(value)
        elif isinstance(value, Mapping):
            value, of_value = _called(value)
        found[name] = value
        removed += of_value
    return found, removed
