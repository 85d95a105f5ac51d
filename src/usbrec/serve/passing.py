"""Passed-on requests: tools, JSON and front ends' own tasks, which the language model answers as they are.

They ask for no recommendation in words, so they go to the plain model without candidates and without a
search, the messages as the client wrote them. Where the model, or the server it runs on, cannot do what is
asked for, the answer is an error: prose in its place would fail later, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from usbrec.dialogue import Conversation, Reply
from usbrec.errors import CannotDo, UnusableAnswer
from usbrec.llm.protocol import AsWritten, ChatModel, ChatRequest, Completion, Message, takes
from usbrec.play.protocol import Drawn, Sampling
from usbrec.play.seats import messages_for
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.models import ServedModels
from usbrec.serve.openai.forced_calls import absent_names, callable_names, fault_of_calls
from usbrec.serve.openai.json_replies import begins_json, fault_of, read_json, validator_of
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.openai.tasks import are_built_in, is_task

#: What a request is passed on for.
Cause = Literal["tools", "response_format", "task"]
_JSON = ("json_object", "json_schema")
#: What clients write for the words of `tool_choice`.
_CHOICES = {"none": "none", "auto": "auto", "required": "required", "any": "required"}


@dataclass(frozen=True, slots=True)
class CallingReply(Reply):
    """A reply that may ask for calls of tools, in OpenAI's form."""

    tool_calls: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class PassedOn:
    """The Recommender that asks a language model what a client wrote, whatever the conversation."""

    model: ChatModel
    messages: tuple[Message, ...]
    as_written: AsWritten | None
    cause: Cause
    #: What checks a reply in JSON against the schema that was asked for.
    validator: Any = None

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"passed_on": self.model.identity}

    @property
    def parallel(self) -> bool:
        return self.model.parallel

    async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
        """Raises ModelError: CannotDo where the answer is not of the kind that was asked for, UnusableAnswer
        where it is no JSON of the schema. Nothing is told of such an answer before it is whole."""
        tell, fields = sampling.on_delta, {} if self.as_written is None else self.as_written.fields
        limited = "response_format" in fields or _is_forced(fields.get("tool_choice"))
        answer = await self.model.chat(
            ChatRequest(
                self.messages,
                n=sampling.n,
                temperature=sampling.temperature,
                top_p=sampling.top_p,
                max_tokens=sampling.max_tokens,
                frequency_penalty=sampling.frequency_penalty,
                stop=sampling.stop,
                seed=sampling.seed,
                as_written=self.as_written,
                deadline=sampling.deadline,
                on_delta=None if limited else tell,
            )
        )
        completions = tuple(map(self._checked, answer.completions))
        if limited and tell is not None and sampling.n == 1 and completions[0].text:
            tell(completions[0].text)
        replies = tuple(
            CallingReply(one.text, finish=one.finish, reasoning=one.reasoning, tool_calls=one.tool_calls)
            for one in completions
        )
        return Drawn(replies, answer.usage)

    async def aclose(self) -> None:
        await self.model.aclose()

    def _checked(self, said: Completion) -> Completion:
        """The answer as it was asked for: a block of code around its JSON is left out."""
        fields = {} if self.as_written is None else self.as_written.fields
        if said.tool_calls and "tools" in fields:
            if _is_forced(choice := fields.get("tool_choice")) and (
                fault := fault_of_calls(said.tool_calls, callable_names(fields["tools"], choice))
            ):
                raise UnusableAnswer(
                    f"{self.name} answered tool_choice with {fault}. The server it runs on does not hold "
                    "calls to the tools: ask again, or serve another model."
                )
            return said
        # A call of a tool that nobody offered is no answer.
        said = replace(said, tool_calls=())
        if _is_forced(fields.get("tool_choice")):
            raise CannotDo(
                f"{self.name} answered in words although tool_choice asks for a call: the server it runs on "
                "does not heed tool_choice. Offer the tools with auto, or serve another model."
            )
        if "response_format" not in fields or (said.finish == "length" and begins_json(said.text)):
            return said
        try:
            text, value = read_json(said.text)
        except ValueError:
            value = _NONE
        if value is _NONE or (
            fields["response_format"].get("type") == "json_object" and not isinstance(value, dict)
        ):
            raise CannotDo(
                f"{self.name} answered with something other than JSON although response_format asks for it: "
                "the server it runs on does not heed response_format. Ask for words, or serve another model."
            )
        if self.validator is not None and (fault := fault_of(self.validator, value)):
            raise UnusableAnswer(
                f"{self.name} answered in JSON outside of the schema of response_format ({fault}). The "
                "server it runs on does not hold it to the schema: ask again, or serve another model."
            )
        return replace(said, text=text)


#: No value of any JSON.
_NONE = object()


def passed_on(body: ChatBody, conversation: Conversation, served: ServedModels) -> PassedOn | None:
    """Who answers a request that is no conversation; None for one. Raises ServiceError for what the model
    cannot do."""
    fields = _fields(body)
    task = not fields and is_task(conversation.system, conversation.turns)
    if not fields and not task:
        return None
    forced = _is_forced(fields.get("tool_choice"))
    model = served.language_model
    can = frozenset[str]() if model is None else takes(model)
    if forced and "tools" not in can:
        raise _cannot("tools", "tool_choice", served)
    if "response_format" in fields and "response_format" not in can:
        raise _cannot("JSON", "response_format", served)
    fields = {name: value for name, value in fields.items() if name in can}
    if model is None:
        if task:
            raise ServiceError(
                400,
                "This is a front end's task, such as a title for a chat, and no language model answers here. "
                "Switch such tasks off there.",
                param="messages",
                code="no_language_model",
            )
        return None
    if not fields and not task:
        # Tools that are merely offered need not be called.
        return None
    written = None
    if fields:
        messages = [message.written(place) for place, message in enumerate(body.messages)]
        written = AsWritten(tuple(messages), fields)
    return PassedOn(
        model,
        messages_for(
            "recommender",
            conversation.system or "",
            conversation.turns,
            opening=served.seat.template.opening,
        ),
        written,
        "task" if task else "tools" if "tools" in fields else "response_format",
        validator_of(fields["response_format"]) if "response_format" in fields else None,
    )


def _fields(body: ChatBody) -> dict[str, Any]:
    """The fields of the request that ask for something other than words. Raises ServiceError."""
    fields: dict[str, Any] = {}
    choice = _read_choice(body)
    if body.functions and body.function_call != "none":
        raise ServiceError(
            400,
            "functions: calls are asked for by tools here, and tool_choice in place of function_call.",
            param="functions",
            code="unsupported_parameter",
        )
    if others := body.other_formats:
        raise ServiceError(
            400,
            f"{others[0]}: JSON is asked for by response_format here.",
            param=others[0],
            code="unsupported_parameter",
        )
    if body.tools and choice in (None, "auto") and are_built_in(body.tools):
        # Nobody asked for these.
        pass
    elif body.tools and choice != "none":
        fields["tools"] = body.tools
        if absent := absent_names(body.tools, choice):
            raise ServiceError(
                400,
                f"tool_choice names {absent[0][:60]!r}, which is none of the tools.",
                param="tool_choice",
                reason="tool_choice names a tool that is not in tools",
            )
        if choice is not None:
            fields["tool_choice"] = choice
        if body.parallel_tool_calls is not None:
            fields["parallel_tool_calls"] = body.parallel_tool_calls
    elif _is_forced(choice):
        raise ServiceError(400, "tool_choice asks for a call, and tools has none.", param="tool_choice")
    kind = None if body.response_format is None else body.response_format.get("type")
    if kind in _JSON:
        fields["response_format"] = body.response_format
    elif body.response_format is not None and kind != "text":
        raise ServiceError(
            400,
            f"response_format.type is one of text, {', '.join(_JSON)}.",
            param="response_format.type",
        )
    return fields


def _read_choice(body: ChatBody) -> Any:
    """`tool_choice` as OpenAI writes it; some clients write its words as objects, in capitals, or a tool's
    name alone. Raises ServiceError for what is nothing of these."""
    choice = body.tool_choice
    kind = choice.get("type") if isinstance(choice, Mapping) else None
    if isinstance(kind, str) and kind.lower() in _CHOICES:
        choice = kind
    if not isinstance(choice, str):
        return choice
    if choice.lower() in _CHOICES:
        return _CHOICES[choice.lower()]
    functions = [tool.get("function") for tool in body.tools or ()]
    if choice in [function.get("name") for function in functions if isinstance(function, Mapping)]:
        return {"type": "function", "function": {"name": choice}}
    raise ServiceError(
        400,
        "tool_choice is none, auto, required or one of the tools.",
        param="tool_choice",
        reason="tool_choice is nothing that is known",
    )


def _is_forced(choice: Any) -> bool:
    """Whether a call is asked for, rather than allowed."""
    if isinstance(choice, Mapping):
        allowed = choice.get("allowed_tools")
        mode = allowed.get("mode") if isinstance(allowed, Mapping) else choice.get("mode")
        return not (choice.get("type") == "allowed_tools" and mode == "auto")
    return choice in ("required", "any")


def _cannot(what: str, param: str, served: ServedModels) -> ServiceError:
    name = served.seat.name
    told = (
        f"no language model answers here ({name}), and so no {what}"
        if served.language_model is None
        else f"{name} gives no {what} here; a model on a server does (--model openai:NAME)"
    )
    return ServiceError(
        400,
        f"{param}: {told}. Without {param} the answer is a recommendation in words.",
        param=param,
        code="unsupported_parameter",
        reason=f"{param} is not supported by the model",
    )
