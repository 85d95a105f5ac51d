"""Server errors: refusals and failures read out of status and body."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

from usbrec.errors import ModelRefused, ModelUnavailable, PromptTooLong, UnusableAnswer, UsbRecError
from usbrec.patterns import LazyPattern

_UNSUPPORTED = LazyPattern(
    r"unsupported|not support|n[o']t supported|unknown|unrecogni[sz]ed|unexpected|extra|not permitted"
    r"|only the default|max_completion_tokens|additional propert|deprecated"
    r"|not (?:enabled|implemented|available)"
    r"|only \S+ is allowed|is not allowed|must be 1(?![\d.])|cannot (?:both )?be (?:set|specified|used)",
    re.IGNORECASE,
)
_TOO_LONG = LazyPattern(
    r"context (?:length|size|window)|maximum context|context_length|exceed_context"
    r"|prompt is too long|input is too long|too many (?:input )?tokens|maximum sequence length"
    r"|\b(?:inputs?|prompts?)\b[^.\n]{0,60}\b(?:exceeds?|longer than|too (?:long|large))\b"
    r"|\btokens?\b[^.\n]{0,40}\bexceeds?\b|(?:context|token) limit|\bn_ctx\b|max_model_len"
    r"|maximum (?:model|input|prompt) length|reduce the length|request too large"
    r"|must have less than \d+ tokens|max_new_tokens[`'\"]? must be <|max_tokens must be at least 1, got -",
    re.IGNORECASE,
)
_NO_MODEL = LazyPattern(
    r"invalid model name|model[^.\n]{0,80}(?:does not exist|not found|is not available|is not a valid model)"
    r"|(?:unknown|no such|unrecognized|unsupported|invalid) model\b|model_not_found|is not a valid model"
    r"|(?:requested model|model ['\"`]?[\w./:-]{2,60}['\"`]?) (?:is not supported|not allowed|is not allowed)"
    r"|model[^.\n]{0,60} has been (?:deprecated|decommissioned)|not allowed to access model"
    r"|non-serverless model",
    re.IGNORECASE,
)
_ONE_CHOICE = LazyPattern(
    r"\bn\s*(?:[=<>:]|must|is|should)|(?:one|multiple) (?:completion )?(?:choices?|candidates?)"
    r"|multiple completions|(?:parameter|argument|value for|loc):? n\b|\bbest_of\b",
    re.IGNORECASE,
)
#: A parameter that is a word of its own, too.
_STOP = LazyPattern(
    r"\bstop[ _-]?(?:sequences?|strings?|words?|tokens?)\b"
    r"|(?:parameter|argument|field|name|body|permitted|allowed|loc)\W{1,3}stop\b"
    r"|\bstop\b\W{0,2} ?(?:is|are|was|parameter|not|unsupported|unknown|extra)\b",
    re.IGNORECASE,
)
#: What else servers call a parameter.
_OTHER_NAMES = {
    "logprobs": re.compile(r"\blog[ _-]?prob(?:s|abilit)", re.IGNORECASE),
    "frequency_penalty": re.compile(r"\bpenalt(?:y|ies)\b", re.IGNORECASE),
}

_TAG = LazyPattern(r"<[^<>]*>")
#: The fields in which servers say what is wrong, whatever else stands in the body.
_SAID = ("message", "detail", "error", "error_message", "msg", "errors", "reason")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a server said instead of an answer, without secrets.

    `text` is everything it said, to search in; `reason` one line of it, to show. `status` is None
    where the connection failed or a stream ended in an error. `for_good`: so it would every time. `clauses`
    are those of what it says of the request, without what it echoes.
    """

    status: int | None
    connected: bool
    code: str
    parameter: str
    reason: str
    text: str
    for_good: bool = False
    clauses: tuple[str, ...] = ()
    #: A success by its status, of which the body is no completion.
    no_completion: bool = False

    @classmethod
    def read(
        cls,
        status: int | None,
        body: object,
        secrets: Collection[str],
        *,
        connected: bool = True,
        for_good: bool = False,
        no_completion: bool = False,
    ) -> Self:
        """Out of an error's body (JSON or text). `secrets` (key, headers) are taken out wherever the server
        repeats them."""
        # Regular expressions that nobody waits for who is answered.
        from usbrec.llm.openai.roles import clauses_of

        fields = body if isinstance(body, Mapping) else {}
        said = next((fields[name] for name in _SAID if fields.get(name)), body)

        def without_key(value: object) -> str:
            text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
            # Inside JSON a key with a quote or backslash is spelled differently.
            written = {form for secret in secrets for form in (secret, json.dumps(secret)[1:-1])}
            for form in sorted(written - {""}, key=len, reverse=True):
                text = text.replace(form, "[key]")
            return text

        text = _searched(without_key(said), without_key(body))
        # Of a page, what is left of it without tags.
        told = text.rpartition("\n")[2] if isinstance(said, str) and is_page(said) else body
        return cls(
            status=status,
            connected=connected,
            code=without_key(fields.get("code") or ""),
            parameter=without_key(fields.get("param") or ""),
            reason=_shown(without_key(said)),
            text=text,
            for_good=for_good,
            no_completion=no_completion,
            clauses=tuple(map(without_key, clauses_of(told))),
        )

    @property
    def too_long(self) -> bool:
        return self.status == 413 or bool(_TOO_LONG.search(self.text))

    @property
    def refuses_system(self) -> bool:
        """Whether it is the system message that the server, or its chat template, does not take."""
        from usbrec.llm.openai.roles import refuses_system

        return refuses_system(self.clauses)

    @property
    def wants_turns(self) -> bool:
        """Whether it is the order of the speakers that the server, or its chat template, does not take."""
        from usbrec.llm.openai.roles import wants_turns

        return wants_turns(self.text)

    @property
    def refuses_model(self) -> bool:
        """Whether it is the model's name that is refused, whatever the status."""
        return self.code == "model_not_found" or bool(_NO_MODEL.search(self.text))

    @property
    def one_of_two(self) -> bool:
        """Whether two parameters are refused together, of which either would do."""
        return bool(re.search(r"\bboth\b|\bonly one of\b", self.text, re.IGNORECASE))

    @property
    def unsupported(self) -> bool:
        """Whether something is unknown to the server, rather than of a wrong value."""
        return bool(_UNSUPPORTED.search(self.text))

    def names(self, parameter: str) -> bool:
        """Whether the complaint is about this parameter. `n` is too short to be looked for as a word, and
        "stop" is one that complaints say of other things."""
        if self.parameter == parameter or re.search(rf"""['"`]{parameter}['"`]""", self.text):
            return True
        if parameter == "n":
            return bool(_ONE_CHOICE.search(self.text))
        if parameter == "stop":
            return bool(_STOP.search(self.text))
        if parameter in _OTHER_NAMES and _OTHER_NAMES[parameter].search(self.text):
            return True
        return bool(re.search(rf"\b(?:top_)?{parameter}\b", self.text))

    def failure(self, host: str, model: str, *, key: str, url: str) -> UsbRecError:
        """The error to raise for it; `key` and `url` say where these two are set."""
        status = self.status
        if self.for_good:
            return ModelRefused(f"{host} cannot be asked: {self.reason} ({url}).")
        if not self.connected:
            return ModelUnavailable(f"The connection to {host} failed: {self.reason}")
        if status in (401, 403):
            return ModelRefused(
                f"The server at {host} rejected the key (status {status}): set {key} to a valid one."
            )
        if status == 404 or (status in (400, 422) and self.refuses_model):
            return ModelRefused(
                f"The server at {host} has no model {model!r}, or not this path ({self.reason}); "
                f"check the model's name and {url}, which usually ends in /v1."
            )
        if status in (408, 409, 425, 429, 499) or (status is not None and status >= 500):
            answered = "something else than a completion" if self.no_completion else str(status)
            return ModelUnavailable(
                f"The server at {host} answered {answered} to the last try: {self.reason}"
            )
        if status is not None and self.too_long:
            return PromptTooLong(f"The prompt does not fit the context of {model!r}: {self.reason}")
        return UnusableAnswer(f"The server at {host} answered {status or 'with an error'}: {self.reason}")


def _searched(said: str, body: str) -> str:
    """All that a server said, a page also without what makes it one."""
    plain = " ".join(html.unescape(_TAG.sub(" ", body)).split()) if is_page(body) else ""
    return f"{said}\n{body}\n{plain}"


def is_page(text: str) -> bool:
    """Whether a body is a web page, as proxies and wrong addresses send them."""
    return text.lstrip().startswith("<")


def _shown(text: str) -> str:
    """What a server said, fit for one line of a message: printable and at most 200 characters."""
    if is_page(text):
        return "an HTML page"
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line if len(line) <= 200 else f"{line[:197]}..."
