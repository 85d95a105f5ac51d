"""Request body of OpenAI's Responses, read as the chat completion that asks for the same.

Nothing is kept between two requests, so that what refers to an earlier one is refused: `input` holds the
whole conversation. Fields that are not known are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from usbrec.serve.http.errors import ServiceError, field_path
from usbrec.serve.openai.schema import Body, ChatBody, Document, MessageIn, Ours, Text
from usbrec.thought_parts import is_thought_part

_KEPT = "Nothing is kept between requests here: send the whole conversation as input (store: false)."
_TEXTS = frozenset({"input_text", "output_text", "text"})


class ResponsesBody(Body):
    """POST /v1/responses."""

    input: Text | list[Document]
    model: Annotated[Text | None, Field(max_length=500)] = None
    instructions: Text | None = None
    stream: bool | None = None
    temperature: Annotated[float | None, Field(ge=0, le=2)] = None
    top_p: Annotated[float | None, Field(ge=0, le=1)] = None
    max_output_tokens: Annotated[int | None, Field(ge=1)] = None
    tools: list[Document] | None = None
    tool_choice: Text | Document | None = None
    parallel_tool_calls: bool | None = None
    text: Document | None = None
    metadata: Document | None = None
    previous_response_id: Text | None = None
    conversation: Text | Document | None = None
    prompt: Document | None = None
    background: bool | None = None
    filter: Document | None = None
    usbrec: Ours | None = None

    def to_chat(self) -> ChatBody:
        """The chat completion that asks for the same. Raises ServiceError for what cannot be asked for."""
        for name in ("previous_response_id", "conversation", "prompt"):
            if getattr(self, name) is not None:
                raise ServiceError(400, f"{name}: {_KEPT}", param=name, code="unsupported_parameter")
        if self.background:
            raise ServiceError(
                400,
                "background: replies come at once here, whole or as a stream.",
                param="background",
                code="unsupported_parameter",
            )
        return ChatBody(
            messages=self._messages(),
            model=self.model,
            stream=self.stream,
            temperature=self.temperature,
            top_p=self.top_p,
            max_completion_tokens=self.max_output_tokens,
            tools=[_tool(tool) for tool in self.tools or () if tool.get("type") == "function"] or None,
            tool_choice=_choice(self.tool_choice),
            parallel_tool_calls=self.parallel_tool_calls,
            response_format=self._format(),
            filter=self.filter,
            usbrec=self.usbrec,
        )

    def _messages(self) -> list[MessageIn]:
        given = [MessageIn(role="system", content=self.instructions)] if self.instructions else []
        first = len(given)
        if isinstance(self.input, str):
            if not self.input.strip():
                raise ServiceError(400, "input holds no words.", param="input")
            return [*given, MessageIn(role="user", content=self.input)]
        for place, item in enumerate(self.input):
            message = _message(item, place)
            if message is None:
                continue
            last = given[-1] if given else None
            if message.tool_calls and last is not None and last.role == "assistant":
                # Calls are items of their own here, and one message there.
                calls = [*(last.tool_calls or ()), *message.tool_calls]
                given[-1] = last.model_copy(update={"tool_calls": calls})
            else:
                given.append(message)
        if not any(one.tool_calls or one.words(place).strip() for place, one in enumerate(given[first:])):
            raise ServiceError(400, "input holds no words.", param="input")
        return given

    def _format(self) -> dict[str, Any] | None:
        """`text.format` as the `response_format` of a chat completion."""
        asked = (self.text or {}).get("format")
        if not isinstance(asked, Mapping):
            return None
        if asked.get("type") != "json_schema":
            return dict(asked)
        schema = {name: value for name, value in asked.items() if name != "type"}
        return {"type": "json_schema", "json_schema": schema}


def _message(item: Mapping[str, Any], place: int) -> MessageIn | None:
    """An item of the input as a message; None for what is nobody's words."""
    kind = item.get("type", "message")
    param = f"input.{place}"
    if kind == "reasoning":
        return None
    if kind == "item_reference":
        raise ServiceError(400, f"{param}: {_KEPT}", param=param, code="unsupported_parameter")
    fields: dict[str, Any]
    if kind == "message":
        fields = {"role": item.get("role"), "content": _content(item.get("content"), param)}
    elif kind == "function_call":
        called = {"name": item.get("name"), "arguments": item.get("arguments", "{}")}
        call = {"id": item.get("call_id"), "type": "function", "function": called}
        fields = {"role": "assistant", "tool_calls": [call]}
    elif kind == "function_call_output":
        output = _content(item.get("output"), param)
        fields = {"role": "tool", "tool_call_id": item.get("call_id"), "content": output}
    else:
        raise ServiceError(
            400,
            f"{param}: items of type {str(kind)[:40]!r} are not read; messages, calls and their output are.",
            param=param,
            reason="an item of the input is of a type that is not read",
        )
    try:
        return MessageIn.model_validate(fields)
    except ValidationError as error:
        problem = error.errors(include_input=False, include_url=False)[0]
        where = f"{param}.{field_path(problem['loc'])}"
        raise ServiceError(400, f"{where}: {problem['msg']}", param=where) from None


def _content(content: Any, param: str) -> Any:
    """A text, or the text of its parts."""
    if not isinstance(content, list):
        return content
    words: list[str] = []
    for part in content:
        kind = part.get("type") if isinstance(part, Mapping) else None
        if isinstance(part, Mapping) and is_thought_part(kind, part.get("thought")):
            continue
        text = part.get("refusal" if kind == "refusal" else "text") if isinstance(part, Mapping) else None
        if not isinstance(text, str) or (kind not in _TEXTS and kind != "refusal"):
            raise ServiceError(
                400,
                f"{param} holds a part of type {str(kind)[:40]!r}; only text is read.",
                param=f"{param}.content",
                reason="an item holds a part that is no text",
            )
        words.append(text)
    return "\n".join(words)


def _tool(tool: Mapping[str, Any]) -> dict[str, Any]:
    function = {name: value for name, value in tool.items() if name != "type" and value is not None}
    return {"type": "function", "function": function}


def _choice(choice: Any) -> Any:
    """`tool_choice` as a chat completion says it."""
    if not isinstance(choice, Mapping):
        return choice
    kind = choice.get("type")
    if kind == "function":
        return {"type": "function", "function": {"name": choice.get("name")}}
    if kind == "allowed_tools":
        allowed = choice.get("tools")
        tools = [_choice(tool) for tool in allowed] if isinstance(allowed, list) else []
        return {"type": kind, "allowed_tools": {"mode": choice.get("mode"), "tools": tools}}
    raise ServiceError(
        400,
        f"tool_choice: tools of type {str(kind)[:40]!r} are not there; functions are.",
        param="tool_choice",
        code="unsupported_parameter",
        reason="tool_choice names a tool that is not there",
    )
