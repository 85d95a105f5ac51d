"""Reading what came back: an option out of a text or a first token, an answer or a complaint out of a body.

Strictly, so that a mention is never taken for an answer. The published code takes any 0, 1 or 2
anywhere in a text for the score; here "Toy Story 2 is great, so 1" is unreadable. Only an answer that
*is* an option is read: in quotes, brackets or emphasis, with a full stop, or after one word and a colon
or an equals sign ("Score: 1").
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from pydantic import BaseModel, Field

from usbrec.dialogue import Usage
from usbrec.errors import ModelRefused, ModelUnavailable, PromptTooLong, UnusableAnswer, UsbRecError
from usbrec.llm.base import Completion

#: What people and models put around an answer without changing it.
_WRAPPING = " \t\r\n*_`\"'“”‘’()[]{}"
_SEPARATORS = (":", "：", "=")

_UNSUPPORTED = re.compile(
    r"unsupported|not support|n[o']t supported|unknown|unrecogni[sz]ed|unexpected|extra|not permitted"
    r"|only the default|max_completion_tokens",
    re.IGNORECASE,
)
_TOO_LONG = re.compile(
    r"context (?:length|size|window)|maximum context|context_length|exceed_context"
    r"|prompt is too long|input is too long|too many (?:input )?tokens|maximum sequence length",
    re.IGNORECASE,
)
_ONE_CHOICE = re.compile(
    r"\bn\s*(?:[=<>]|must|is|should)|(?:one|multiple) (?:completion )?choices?|multiple completions"
)


def read_option(text: str, options: Sequence[str]) -> str | None:
    """The one option that `text` is, or None.

    An exact match wins; otherwise wrapping, a closing full stop, case and one leading word ("Score:")
    are looked past, and an answer that then fits two options is None.
    """
    answer = text.strip()
    for option in options:
        if answer == option.strip():
            return option
    for wanted in (answer, _after_label(answer, options)):
        bare = _bare(wanted or "")
        fitting = [option for option in options if bare and _bare(option) == bare]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def read_first_token(tokens: Sequence[tuple[str, float]], options: Sequence[str]) -> dict[str, float] | None:
    """The probability of each option, not renormalised, out of (token, probability) of a first token.

    None when the first token cannot tell: no option is among the tokens; or one is not, but its
    beginning is, so that it takes several tokens and another option may begin in the same way.
    """
    found = dict.fromkeys(options, 0.0)
    for token, probability in tokens:
        if token.strip() in found:
            found[token.strip()] += probability
    begun = {token.strip() for token, _ in tokens} - {""}
    for option, probability in found.items():
        if probability == 0.0 and any(option != start and option.startswith(start) for start in begun):
            return None
    return found if sum(found.values()) > 0.0 else None


class BodyMessage(BaseModel):
    content: str | None = None
    refusal: str | None = None


class BodyChoice(BaseModel):
    """One choice of a chat completion. `logprobs` is read only by `top_tokens`, whatever it holds."""

    message: BodyMessage
    finish_reason: str | None = None
    logprobs: Any = None

    @property
    def text(self) -> str:
        """The content, "" for none; half a surrogate pair, which no file can hold, becomes "?"."""
        return (self.message.content or "").encode("utf-8", "replace").decode("utf-8")

    def completion(self) -> Completion:
        cut = self.finish_reason in ("length", "content_filter")
        return Completion(self.text, "length" if cut else "stop")

    def why_empty(self) -> str:
        """In words for an error message: why there is no text."""
        if self.message.refusal:
            return "a refusal instead of an answer"
        if self.finish_reason == "length":
            return "no text within the limit of tokens (models that reason first need more max_tokens)"
        return "an answer without text"

    def top_tokens(self) -> list[tuple[str, float]]:
        """(token, probability) of the likeliest first tokens; empty when the server gave none."""
        try:
            listed = [
                (str(top["token"]), float(top["logprob"]))
                for top in self.logprobs["content"][0]["top_logprobs"]
            ]
        except (TypeError, KeyError, IndexError, ValueError, OverflowError):
            return []
        return [(token, math.exp(min(value, 0.0))) for token, value in listed if not math.isnan(value)]


class Body(BaseModel):
    """A chat completion as a server sends it. pydantic's ValidationError when it is none."""

    choices: list[BodyChoice] = Field(min_length=1)
    usage: Any = None

    def cost(self, seconds: float) -> Usage:
        """What the server says it counted. Servers that count nothing, or oddly, cost 0 tokens."""
        usage = self.usage if isinstance(self.usage, Mapping) else {}
        details = usage.get("prompt_tokens_details")
        return Usage(
            calls=1,
            prompt_tokens=_count(usage.get("prompt_tokens")),
            completion_tokens=_count(usage.get("completion_tokens")),
            cached_tokens=_count(details.get("cached_tokens")) if isinstance(details, Mapping) else 0,
            seconds=round(seconds, 6),
        )


class Delta(BaseModel):
    content: str | None = None


class ChunkChoice(BaseModel):
    delta: Delta = Delta()
    finish_reason: str | None = None


class Chunk(BaseModel):
    """One event of a streamed chat completion; the last may hold usage and no choices."""

    choices: list[ChunkChoice] = []
    usage: Any = None


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server said instead of an answer, without the key: all that is kept of the SDK's error.

    `text` is everything it said, to search in; `reason` one line of it, to show. `status` is None
    where the connection failed or a stream ended in an error.
    """

    status: int | None
    connected: bool
    code: str
    parameter: str
    reason: str
    text: str

    @classmethod
    def read(cls, status: int | None, body: object, key: str, *, connected: bool = True) -> Self:
        """Out of an error's body (JSON or text). `key` is taken out wherever the server repeats it."""
        fields = body if isinstance(body, Mapping) else {}
        said = next((fields[name] for name in ("message", "detail", "error") if fields.get(name)), body)

        def without_key(value: object) -> str:
            text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
            # Inside JSON a key with a quote or backslash is spelled differently.
            for spelling in {key, json.dumps(key)[1:-1]} - {""}:
                text = text.replace(spelling, "[key]")
            return text

        return cls(
            status=status,
            connected=connected,
            code=without_key(fields.get("code") or ""),
            parameter=without_key(fields.get("param") or ""),
            reason=_shown(without_key(said)),
            text=f"{without_key(said)}\n{without_key(body)}",
        )

    @property
    def too_long(self) -> bool:
        return self.status == 413 or bool(_TOO_LONG.search(self.text))

    @property
    def unsupported(self) -> bool:
        """Whether something is unknown to the server, rather than of a wrong value."""
        return bool(_UNSUPPORTED.search(self.text))

    def names(self, parameter: str) -> bool:
        """Whether the complaint is about this parameter. `n` is too short to be looked for as a word."""
        if self.parameter == parameter or re.search(rf"""['"`]{parameter}['"`]""", self.text):
            return True
        if parameter == "n":
            return bool(_ONE_CHOICE.search(self.text))
        return bool(re.search(rf"\b(?:top_)?{parameter}\b", self.text))

    def failure(self, host: str, model: str) -> UsbRecError:
        """The error to raise for it."""
        status = self.status
        if not self.connected:
            return ModelUnavailable(f"The connection to {host} failed: {self.reason}")
        if status in (401, 403):
            return ModelRefused(
                f"The server at {host} rejected the key (status {status}): set OPENAI_API_KEY to a valid one."
            )
        if status == 404 or self.code == "model_not_found":
            return ModelRefused(
                f"The server at {host} has no model {model!r}, or not this path ({self.reason}); "
                "check the model's name and --base-url, which usually ends in /v1."
            )
        if status in (408, 409, 429) or (status is not None and status >= 500):
            return ModelUnavailable(f"The server at {host} answered {status} to the last try: {self.reason}")
        if status is not None and self.too_long:
            return PromptTooLong(f"The prompt does not fit the context of {model!r}: {self.reason}")
        return UnusableAnswer(f"The server at {host} answered {status or 'with an error'}: {self.reason}")


def is_page(text: str) -> bool:
    """Whether a body is a web page, as proxies and wrong addresses send them."""
    return text.lstrip().startswith("<")


def _bare(text: str) -> str:
    return text.strip(_WRAPPING).removesuffix(".").strip(_WRAPPING).casefold()


def _after_label(answer: str, options: Iterable[str]) -> str | None:
    """What follows one word and a separator. A word that is an option itself is no label ("yes: no")."""
    places = [place for separator in _SEPARATORS if (place := answer.find(separator)) >= 0]
    if not places:
        return None
    place = min(places)
    label = _bare(answer[:place])
    if not label.isalpha() or label in {_bare(option) for option in options}:
        return None
    return answer[place + 1 :]


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0


def _shown(text: str) -> str:
    """What a server said, fit for one line of a message: printable and at most 200 characters."""
    if is_page(text):
        return "an HTML page"
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= 200 else f"{line[:197]}..."
