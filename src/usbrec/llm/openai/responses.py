"""Bodies of chat completions, whole and streamed: replies, log-probabilities and usage read out of them."""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from unicodedata import east_asian_width

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, field_validator

from usbrec.dialogue import Usage
from usbrec.keys import digest
from usbrec.llm.openai import parts
from usbrec.llm.openai.statuses import WITHHELD, reason_of
from usbrec.llm.protocol import Completion
from usbrec.llm.reasoning import ReasoningMarks, Separated, separate
from usbrec.patterns import LazyPattern
from usbrec.storage import parse_json

#: The fields in which servers with a parser for reasoning give it, beside the content.
_REASONING_FIELDS = (
    *("reasoning_content", "reasoning", "thinking", "reasoning_details", "thinking_blocks"),
    *("reasoning_text", "reasoning_summary", "thoughts", "thought"),
)
#: How servers say that the limit of tokens ended a reply (Mistral says "model_length").
_LIMITS = frozenset(
    {
        *("length", "model_length", "max_tokens", "max_length", "token_limit", "truncated"),
        *("max_output_tokens", "max_new_tokens", "max_completion_tokens"),
    }
)
#: What servers without an end to tell say in place of null.
_NO_END = frozenset({"", "null", "none"})
#: How a usage calls the tokens of the prompt, and those of the answer.
_PROMPT = ("prompt_tokens", "input_tokens", "promptTokens", "inputTokens")
_COMPLETION = ("completion_tokens", "output_tokens", "completionTokens", "outputTokens")
#: A token of one byte, as tokenizers with a fallback to bytes write it.
_BYTE_TOKEN = LazyPattern(r"\A<0x([0-7][0-9A-Fa-f])>\Z")
#: No tokeniser makes fewer tokens of a text than one for so many letters; those of Chinese, Japanese and
#: Korean, which are wide, count as two.
LETTERS_A_TOKEN = 7.0
#: Shorter prompts are not cut, and a template's own tokens would hide it.
_SHORTEST_CUT = 200


class BodyMessage(BaseModel):
    """What a model said: `content` is a text or a list of parts, and `reasoning` a field of its own where the
    server has a parser for it. Both are read leniently, because servers agree on neither."""

    model_config = ConfigDict(extra="allow")

    content: str | list[Any] | None = None
    refusal: Any = None

    @field_validator("content", mode="before")
    @classmethod
    def _lenient(cls, value: Any) -> Any:
        """One part without its list is what is said, too, and so is a list of parts that somebody on the way
        has turned into a text."""
        if isinstance(value, str):
            return parts.listed_parts(value) or value
        return [value] if isinstance(value, Mapping) else value

    @classmethod
    def of(
        cls,
        text: str,
        reasoning: str = "",
        tool_calls: Sequence[Any] = (),
        unknown: str = "",
        refused: str = "",
    ) -> BodyMessage:
        """A message put together from a stream."""
        more: dict[str, Any] = {"tool_calls": list(tool_calls)} if tool_calls else {}
        if refused:
            more["refusal"] = refused
        given = {"content": text, "reasoning_content": reasoning, **more}
        if not unknown:
            return cls.model_validate(given)
        message = _WithUnknown.model_validate(given)
        message._unknown = unknown
        return message

    @property
    def tool_calls(self) -> tuple[Mapping[str, Any], ...]:
        """The calls of tools that the model asks for, each with an id, a name and arguments (a text)."""
        listed = (self.model_extra or {}).get("tool_calls")
        calls = enumerate(listed if isinstance(listed, list) else ())
        return tuple(call for place, one in calls if (call := _call(place, one)) is not None)

    @property
    def text(self) -> str:
        """What is said, "" for nothing."""
        return clean(self.raw)

    @property
    def raw(self) -> str:
        """The same as it came: a piece of a stream may end in half a surrogate pair."""
        return parts.said(self.content)

    @property
    def speaks(self) -> bool:
        """Whether anything is said, thought or asked for."""
        return bool(self.text or self.reasoning or self.refused or (self.model_extra or {}).get("tool_calls"))

    @property
    def refused(self) -> str:
        """The words in which the model or its server refuses to answer, in a field or as parts of the
        content; "" for none."""
        words = self.refusal if isinstance(self.refusal, str) else parts.words_of(self.refusal)
        return clean(words or parts.refused(self.content))

    @property
    def unknown_part(self) -> str:
        """The name of a kind of parts that hold words and are left out, because nobody knows them; "" for
        none."""
        return parts.unknown(self.content)

    @property
    def reasoning_place(self) -> str:
        """Where the server has told thoughts apart, in words; "" where it has not."""
        extra = self.model_extra or {}
        fields = [name for name in _REASONING_FIELDS if parts.words_of(extra.get(name))]
        inside = ["parts of the content"] if parts.thought(self.content) else []
        return ", ".join([*fields, *inside])

    @property
    def reasoning(self) -> str:
        """The thoughts that the server has told apart, in a field or as parts of the content."""
        extra = self.model_extra or {}
        named = [name for name in _REASONING_FIELDS if name in extra]
        if not named and isinstance(self.content, str):
            return ""
        fields = (parts.words_of(extra[name]) for name in named)
        # Some servers send the same thoughts under two names.
        found = dict.fromkeys(text for text in (*fields, parts.thought(self.content)) if text)
        return clean("\n".join(found))


class _WithUnknown(BodyMessage):
    """One put together from a stream that held a kind of parts which nobody knows. A class of its own:
    pydantic makes room for what is private in each message there is."""

    _unknown: str = PrivateAttr("")

    @property
    def unknown_part(self) -> str:
        return self._unknown


def _call(place: int, value: Any) -> dict[str, Any] | None:
    """One call in OpenAI's form; None for what is none. Some servers give the arguments as an object, and no
    id."""
    function = value.get("function") if isinstance(value, Mapping) else None
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        return None
    arguments = function.get("arguments")
    if not isinstance(arguments, str):
        arguments = "{}" if arguments is None else json.dumps(arguments)
    called = {"name": clean(function["name"]), "arguments": clean(arguments)}
    given = value.get("id")
    id_ = given if isinstance(given, str) and given else f"call_{digest([place, called])[:24]}"
    return {"id": clean(id_), "type": "function", "function": called}


def put_together(calls: list[dict[str, Any]], pieces: Any) -> None:
    """Add the pieces of calls in one event of a stream to `calls`. A piece belongs to the call of its
    `index`; without one it begins a call where it has a name, and goes on with the last one otherwise."""
    for piece in pieces if isinstance(pieces, list) else ():
        function = piece.get("function") if isinstance(piece, Mapping) else None
        if not isinstance(function, Mapping):
            continue
        index = piece.get("index")
        call = next((one for one in calls if index is not None and one["index"] == index), None)
        if call is None and index is None and calls and not function.get("name"):
            call = calls[-1]
        if call is None:
            call = {"index": index, "id": None, "function": {"name": "", "arguments": ""}}
            calls.append(call)
        call["id"] = piece.get("id") or call["id"]
        held, arguments = call["function"], function.get("arguments")
        # Some servers say the name again in every piece.
        held["name"] = held["name"] or function.get("name") or ""
        if isinstance(arguments, str):
            held["arguments"] += arguments
        elif arguments is not None:
            held["arguments"] = json.dumps(arguments)


def joined(text: str) -> str:
    """The text with neighbouring halves of surrogate pairs as the characters that they are."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def clean(text: str) -> str:
    """Half a surrogate pair, which no file can hold, becomes "?"."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _finish(value: Any) -> str | None:
    """Why a reply ended, whatever a server makes of that field."""
    if isinstance(value, Mapping):
        value = value.get("type") or value.get("reason")
    return None if value is None or str(value).lower() in _NO_END else str(value)


@functools.lru_cache(maxsize=64)  # of all choices of all answers, and hardly any two servers' words
def _is_limit(finish: str | None) -> bool:
    """Whether a reply ended so because of a limit of tokens, also where it is called by another name
    ("max_tokens_reached", "context_window_exceeded")."""
    reason = reason_of(finish)
    if reason in _LIMITS or "length" in reason or "truncat" in reason:
        return True
    bounded = any(word in reason for word in ("max", "limit", "exceed"))
    return bounded and ("token" in reason or "context" in reason)


Finish = Annotated[str | None, BeforeValidator(_finish)]


class BodyChoice(BaseModel):
    """One choice of a chat completion. `logprobs` is read only by `top_tokens`, whatever it holds."""

    message: BodyMessage
    finish_reason: Finish = None
    #: Where some servers say why it ended; others the text or token that it ended with.
    stop_reason: Any = None
    index: Any = None
    logprobs: Any = None

    @property
    def cut(self) -> bool:
        """Whether the limit of tokens ended it."""
        ended = self.finish_reason
        if ended is None and isinstance(self.stop_reason, str):
            ended = self.stop_reason
        return _is_limit(ended)

    @property
    def withheld(self) -> bool:
        """Whether a filter did."""
        return reason_of(self.finish_reason) in WITHHELD

    @property
    def text(self) -> str:
        """The content as it came, "" for none; marked reasoning still in it."""
        return self.message.text

    def separated(self, marks: ReasoningMarks = "auto") -> Separated:
        """Reply and reasoning: what the server has told apart, and what stands between marks."""
        found = separate(self.message.text, marks, cut=self.cut)
        apart = self.message.reasoning
        thought = "\n".join(part for part in (apart, found.reasoning) if part)
        # Thoughts in a field of their own, and the limit before the first word of the reply.
        cut = bool(apart) and self.cut and not found.text.strip()
        return Separated(found.text, thought, open=found.open or cut)

    def completion(self) -> Completion:
        """The content as it came, and the reasoning that the server has told apart."""
        return Completion(
            self.text,
            "length" if self.cut or self.withheld else "stop",
            reasoning=self.message.reasoning,
            tool_calls=self.message.tool_calls,
        )

    def why_empty(self, marks: ReasoningMarks = "auto", *, words: Callable[[str], str] | None = None) -> str:
        """In words for an error message: why there is no text. `words` makes what the server said of a
        refusal fit for it; without, none of it is told."""
        if self.message.refusal or self.message.refused:
            told = "" if words is None else words(self.message.refused).strip()
            return f"a refusal instead of an answer: {told}" if told else "a refusal instead of an answer"
        if self.withheld:
            return f"an answer that a filter withheld (finish_reason {self.finish_reason!r})"
        if self.separated(marks).open:
            return "no reply within the limit: it was still reasoning when the tokens ran out"
        if self.message.reasoning and not self.cut:
            return "reasoning and no reply behind it"
        if self.cut:
            return "no text within the limit of tokens (models that reason first need more max_tokens)"
        return "an answer without text"

    def first_token(self) -> str | None:
        """The first token that was written, as the log-probabilities show it; None where they do not."""
        try:
            return _token(self.logprobs["content"][0])
        except (TypeError, KeyError, IndexError):
            return None

    def top_tokens(self) -> list[tuple[str, float]]:
        """(token, probability) of the likeliest first tokens; empty when the server gave none. A probability
        of 0 (-9999, -inf) says that the server's sampling has left the token out, and not how likely it was:
        it is not listed. Where one is no number, nothing is known of any: its token may be the likeliest."""
        try:
            listed = [
                (_token(top), float(top["logprob"])) for top in self.logprobs["content"][0]["top_logprobs"]
            ]
        except (TypeError, KeyError, IndexError, ValueError, OverflowError):
            return []
        if any(math.isnan(value) for _, value in listed):
            return []
        known = [(token, math.exp(min(value, 0.0))) for token, value in listed]
        return [(token, probability) for token, probability in known if probability > 0.0]


def _token(top: Mapping[str, Any]) -> str:
    """A listed token as text. Where a server shows its bytes alone, or its number, they say what it is."""
    shown, raw = top["token"], top.get("bytes")
    if isinstance(raw, list) and raw and all(isinstance(one, int) and 0 <= one < 256 for one in raw):
        return bytes(raw).decode("utf-8", "replace")
    return (_BYTE_TOKEN.sub(lambda found: chr(int(found[1], 16)), str(shown))) if shown is not None else ""


class Body(BaseModel):
    """A chat completion as a server sends it. pydantic's ValidationError when it is none."""

    choices: list[BodyChoice] = Field(min_length=1)
    usage: Any = None

    @classmethod
    def read(cls, text: str) -> Body:
        """Raises ValueError (pydantic's ValidationError among them) for what is no chat completion."""
        # Not pydantic's own reading of JSON, which refuses half a surrogate pair in any string.
        body = cls.model_validate(parse_json(text.removeprefix("\ufeff")))
        places = [choice.index for choice in body.choices]
        if len(places) > 1 and all(isinstance(one, int) for one in places):
            # In the order in which they were drawn, whatever order they came in.
            body.choices.sort(key=lambda choice: choice.index)
        return body

    @property
    def counted(self) -> tuple[int, int] | None:
        """Tokens of prompt and answer as the server counts them; None where it counts none."""
        usage = self.usage if isinstance(self.usage, Mapping) else {}
        counts = _count(usage, _PROMPT), _count(usage, _COMPLETION)
        return counts if any(counts) else None

    def ended_by(self, sent: Mapping[str, Any]) -> Body:
        """The same; where the server does not say why its only choice ended and counts as many tokens as the
        request's body (`sent`) allows, the limit did it."""
        limit = sent.get("max_tokens", sent.get("max_completion_tokens"))
        if len(self.choices) > 1 or self.choices[0].finish_reason or self.counted is None or not limit:
            return self
        if self.counted[1] < limit:
            return self
        return self.model_copy(
            update={"choices": [self.choices[0].model_copy(update={"finish_reason": "length"})]}
        )

    def cost(self, seconds: float, *, sent: Mapping[str, Any] | None = None) -> Usage:
        """What the server says it counted. Servers that count nothing cost 0 tokens. `sent` is the
        request's body: what is counted far below what it holds has been cut."""
        usage = self.usage if isinstance(self.usage, Mapping) else {}
        details = usage.get("prompt_tokens_details")
        prompt, cached = _count(usage, _PROMPT), 0
        if isinstance(details, Mapping):
            cached = _count(details, ("cached_tokens",))
        # Some count what they had cached apart.
        whole = prompt if prompt >= cached else prompt + cached
        return Usage(
            calls=1,
            prompt_tokens=prompt,
            completion_tokens=_count(usage, _COMPLETION),
            cached_tokens=cached,
            seconds=round(seconds, 6),
            cut_prompts=int(sent is not None and _is_cut(whole, sent.get("messages") or ())),
        )


class ChunkChoice(BaseModel):
    """A piece of a choice. Its `delta` is a message in the making; behind the end some servers send none."""

    delta: BodyMessage | None = None
    finish_reason: Finish = None
    index: Any = None
    logprobs: Any = None
    #: What some servers stream in place of a delta.
    message: Any = None

    @property
    def said(self) -> tuple[BodyMessage | None, bool]:
        """The piece, wherever the server puts it, and whether that is in a message."""
        delta = self.delta
        if isinstance(self.message, Mapping) and not (delta is not None and delta.speaks):
            return BodyMessage.model_validate(self.message), True
        return delta, False


class Chunk(BaseModel):
    """One event of a streamed chat completion; the last may hold usage and no choices."""

    choices: list[ChunkChoice] | None = None
    usage: Any = None


def letters(text: str) -> int:
    """The length of a text for a guess at its tokens."""
    return len(text) if text.isascii() else sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _is_cut(counted: int, messages: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the server has counted far fewer tokens than the messages have."""
    if not counted:
        return False
    texts = [str(message.get("content") or "") for message in messages]
    # A letter that counts as two takes three bytes or four.
    most = sum(len(text) + len(text.encode("utf-8", "replace")) for text in texts) / 2
    if counted * LETTERS_A_TOKEN >= most:
        return False
    # Blanks in a row may be one token, however many they are.
    sent = sum(letters(" ".join(text.split())) for text in texts)
    return sent >= _SHORTEST_CUT and counted * LETTERS_A_TOKEN < sent


def _count(counted: Mapping[str, Any], names: Sequence[str]) -> int:
    """The number under the first of these names that there is, also where it is written as a text or with a
    fraction of nothing; 0 for what counts nothing."""
    value = next((counted[name] for name in names if counted.get(name) is not None), 0)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
