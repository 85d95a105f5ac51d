"""Request bodies: OpenAI's chat completions with our own field `usbrec`, and those of our own paths.

Fields that are not known are passed over, because clients send many. What a client may leave out is None.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from usbrec.dialogue import Conversation, Turn
from usbrec.llm.reasoning import separate
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.storage.store import Kind
from usbrec.thought_parts import is_thought_part


def _writable(text: str) -> str:
    """JSON can hold half a surrogate pair, which is no text that could be sent on or stored."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("holds half a surrogate pair") from None
    return text


def _sendable(value: Any) -> Any:
    """The same for any JSON, which can hold numbers, too, that no JSON has."""
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise ValueError("holds half a surrogate pair, or what is no JSON") from None
    return value


Text = Annotated[str, AfterValidator(_writable)]
Document = Annotated[dict[str, Any], AfterValidator(_sendable)]
Name = Annotated[Text, Field(min_length=1, max_length=200)]


class Body(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, allow_inf_nan=False)


class Part(Body):
    """A piece of a message."""

    type: Text
    text: Text | None = None
    refusal: Text | None = None
    thought: Any = None

    @property
    def is_thought(self) -> bool:
        return is_thought_part(self.type, self.thought)

    @property
    def words(self) -> str | None:
        return self.refusal if self.type == "refusal" else self.text


class MessageIn(Body):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Text | list[Part] | None = None
    name: Text | None = None
    tool_calls: list[Document] | None = None
    tool_call_id: Text | None = None

    def words(self, place: int) -> str:
        """The text of it. Raises ServiceError for what is no text."""
        if self.content is None or isinstance(self.content, str):
            return self.content or ""
        # Some clients send thoughts back as parts of their own.
        parts = [one for one in self.content if self.role != "assistant" or not one.is_thought]
        for part in parts:
            if part.words is None:
                raise ServiceError(
                    400,
                    f"messages[{place}] holds a part of type {part.type[:40]!r}; only text is read.",
                    param=f"messages.{place}.content",
                    reason="a message holds a part that is no text",
                )
        return "\n".join(part.words or "" for part in parts)

    def written(self, place: int) -> dict[str, Any]:
        """The message as a server is sent it: its content as one text without thoughts, and the calls of
        tools in it."""
        words = self.words(place)
        if self.role == "assistant" and (found := separate(words)).reasoning:
            words = found.text
        calls = {"tool_calls": self.tool_calls} if self.tool_calls else {}
        more = {"name": self.name, "tool_call_id": self.tool_call_id, **calls}
        return {
            "role": "system" if self.role == "developer" else self.role,
            "content": None if calls and not words else words,
            **{name: value for name, value in more.items() if value is not None},
        }


class StreamOptions(Body):
    include_usage: bool | None = None


class Ours(Body):
    """The field `usbrec` of a request."""

    drafts: Annotated[int | None, Field(ge=1, description="Drafts of the reply.")] = None
    rounds: Annotated[int | None, Field(ge=1, description="Rounds that drafts are played forward.")] = None
    deadline: Annotated[float | None, Field(gt=0, description="Seconds within which the reply comes.")] = None
    profile: Annotated[
        Text | None, Field(max_length=4000, description="The seeker's taste, as they corrected it.")
    ] = None
    progress: Annotated[bool | None, Field(description="Say in the stream how far the search is.")] = None
    session: Annotated[Name | None, Field(description="What is said is stored with this session.")] = None
    store: Annotated[bool | None, Field(description="true begins a session; false leaves this out.")] = None
    user: Annotated[Name | None, Field(description="Whose session it is.")] = None
    filter: Annotated[
        Document | None, Field(description="What every recommended item must be (docs/constraints.md).")
    ] = None


_OTHER_FORMATS = (
    *("format", "json_schema", "guided_json", "guided_regex", "guided_grammar", "guided_choice"),
    *("structured_outputs", "grammar"),
)


class ChatBody(Body):
    """POST /v1/chat/completions."""

    messages: Annotated[list[MessageIn], Field(min_length=1)]
    model: Annotated[Text | None, Field(max_length=500)] = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Annotated[int | None, Field(ge=1, le=8)] = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(ge=0, le=1)] = None
    max_tokens: Annotated[int | None, Field(ge=1)] = None
    max_completion_tokens: Annotated[int | None, Field(ge=1)] = None
    frequency_penalty: Annotated[float | None, Field(ge=-2, le=2)] = None
    stop: Text | list[Text] | None = None
    seed: int | None = None
    logprobs: bool | None = None
    tools: list[Document] | None = None
    tool_choice: Text | Document | None = None
    parallel_tool_calls: bool | None = None
    response_format: Document | None = None
    functions: Annotated[Any, Field(description="Refused: `tools` has taken their place.")] = None
    function_call: Annotated[Any, Field(description="Refused with `functions`.")] = None
    format: Annotated[Any, Field(description="Refused, like others' names for it: `response_format`.")] = None
    json_schema: Any = None
    guided_json: Any = None
    guided_regex: Any = None
    guided_grammar: Any = None
    guided_choice: Any = None
    structured_outputs: Any = None
    grammar: Any = None
    filter: Annotated[
        Document | None, Field(description="The same as `usbrec.filter`: what every item must be.")
    ] = None
    usbrec: Ours | None = None

    @property
    def other_formats(self) -> list[str]:
        """The fields that are set by which servers other than OpenAI's are asked for JSON."""
        named = {name: getattr(self, name) for name in _OTHER_FORMATS}
        return [name for name, value in named.items() if value not in (None, "", "text", {}, [])]

    @property
    def wanted(self) -> Mapping[str, Any] | None:
        """The filter, wherever it stands. Raises ServiceError where it stands twice."""
        inner = None if self.usbrec is None else self.usbrec.filter
        if inner is not None and self.filter is not None and inner != self.filter:
            raise ServiceError(400, "filter and usbrec.filter differ; send one of them.", param="filter")
        return inner if self.filter is None else self.filter

    def conversation(self) -> Conversation:
        """What was said, and the application's own system text (None without one). A tool's result is data
        for the model, which stands with the seeker's turn before it. Raises ServiceError."""
        system: list[str] = []
        turns: list[Turn] = []
        tools: dict[object, str] = {}
        for place, message in enumerate(self.messages):
            words = message.words(place)
            if message.role in ("system", "developer"):
                system.append(words)
                continue
            for call in message.tool_calls or ():
                function = call.get("function")
                tools[call.get("id")] = str(function.get("name", "")) if isinstance(function, Mapping) else ""
            if not words.strip():
                continue
            if message.role == "assistant":
                # Front ends send back what another model thought before it spoke.
                said = separate(words)
                if said.text.strip():
                    text = said.text.strip() if said.reasoning else words
                    turns.append(Turn("recommender", text, reasoning=said.reasoning))
            elif message.role == "user":
                turns.append(Turn("seeker", words))
            else:
                name = message.name or tools.get(message.tool_call_id) or ""
                result = f"Result of the tool {name}:\n{words}" if name else f"Result of a tool:\n{words}"
                if turns and turns[-1].role == "seeker":
                    before = turns.pop()
                    data = "\n\n".join(part for part in (before.data, result) if part)
                    turns.append(replace(before, data=data))
                else:
                    turns.append(Turn("seeker", "", data=result))
        return Conversation(
            tuple(turns),
            rounds=None if self.usbrec is None else self.usbrec.rounds,
            profile=None if self.usbrec is None else self.usbrec.profile,
            system="\n".join(system) if any(system) else None,
        )

    def stops(self) -> tuple[str, ...]:
        marks = [self.stop] if isinstance(self.stop, str) else self.stop or []
        return tuple(mark for mark in marks if mark)


class SessionBody(Body):
    """POST /v1/usbrec/sessions."""

    user: Name | None = None


class FeedbackBody(Body):
    """POST /v1/usbrec/sessions/{id}/feedback."""

    turn: Annotated[int, Field(ge=0, le=1_000_000)]
    kind: Kind
    item: Annotated[Text | None, Field(max_length=500)] = None


class VoteBody(Body):
    """POST /v1/usbrec/votes. `dialogue` is any name of the dialogue that was voted on: a key has one vote on
    each, the last. The prompt is taken and not kept."""

    left: Name
    right: Name
    winner: Literal["left", "right", "tie"]
    dialogue: Name
    prompt: str | None = None
