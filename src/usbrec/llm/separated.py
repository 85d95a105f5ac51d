"""Model wrapper whose replies come without reasoning, whichever backend writes them.

Backends give answers as they are written, and what a server has told apart. Here the reply is separated from
the reasoning between marks (llm/reasoning.py), whole and while it streams, before anybody sees it or records
it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from usbrec.dialogue import Usage
from usbrec.errors import ModelError, UnusableAnswer
from usbrec.llm.protocol import Around, ChatModel, ChatReply, ChatRequest, Completion
from usbrec.llm.reasoning import ReasoningFilter, ReasoningMarks, separate

#: What helps where the tokens ran out before the reply began.
STILL_REASONING = (
    "was still reasoning when its tokens ran out, so there is no reply. Allow more (play.max_tokens; "
    "judging.max_tokens for a judge), or switch reasoning off, such as by servers.NAME.extra_body = "
    '{ chat_template_kwargs = { enable_thinking = false } } or { reasoning_effort = "low" }, or by '
    "models.thinking = false for a model in this process."
)


class SeparatedModel(Around):
    """Around `inner`: replies in `text`, thoughts in `reasoning`.

    `opens_in_prompt` says whether the chat template writes the opening mark, so that an answer holds the
    closing one alone; None where nobody knows: a first streamed answer is then passed on at its end, which
    shows how this model answers.
    """

    def __init__(
        self, inner: ChatModel, marks: ReasoningMarks = "auto", *, opens_in_prompt: bool | None = None
    ) -> None:
        super().__init__(inner)
        self._marks = marks
        self._holds = opens_in_prompt
        self._alone = False

    @property
    def identity(self) -> Mapping[str, Any]:
        # Left out where it is the default, so that recorded runs keep their identity.
        named: Any = self._marks if isinstance(self._marks, str) else list(self._marks)
        return self.inner.identity if named == "auto" else {**self.inner.identity, "reasoning": named}

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Raises UnusableAnswer where every reply broke off in its reasoning."""
        tell = request.on_delta
        if tell is None or request.n > 1:
            return self._separated(await self.inner.chat(request))
        passing = ReasoningFilter(self._marks, holds=self._holds is not False)

        def hear(piece: str) -> None:
            if new := passing.feed(piece):
                tell(new)

        try:
            reply = await self.inner.chat(replace(request, on_delta=hear))
        except ModelError:
            # Cut off on the way: whoever waits gets what was said, unless it may have been thought.
            if rest := passing.cut():
                tell(rest)
            raise
        rest, _ = passing.end()
        if rest:
            tell(rest)
        return self._separated(reply)

    def _separated(self, reply: ChatReply) -> ChatReply:
        completions = tuple(map(self._of, reply.completions))
        said = [one for one in completions if one.text.strip() or one.tool_calls]
        if not said and any(completion.reasoning for completion in completions):
            raise UnusableAnswer(f"{self.name} {STILL_REASONING}")
        cut = sum(completion.finish == "length" for completion in completions)
        return replace(reply, completions=completions, usage=reply.usage + Usage(cut_replies=cut))

    def _of(self, completion: Completion) -> Completion:
        found = separate(completion.text, self._marks)
        if completion.text.strip():
            alone = bool(found.reasoning) and not found.open and not _opens(completion.text)
            # One answer without thoughts does not mean that the next has none.
            self._alone = self._alone or alone
            self._holds = self._alone
        if not found.reasoning and not found.open:
            return completion
        thought = "\n".join(part for part in (completion.reasoning, found.reasoning) if part)
        finish = "length" if found.open else completion.finish
        return replace(completion, text=found.text, finish=finish, reasoning=thought)


def _opens(answer: str) -> bool:
    """Whether an answer with reasoning begins with its mark, as far as its first characters tell."""
    return answer.lstrip()[:1] in "<[◁" or answer.lstrip()[:4].lower() in ("anal", "comm", "here")
