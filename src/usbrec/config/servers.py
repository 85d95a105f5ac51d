"""Settings: servers by name, each with its address, key, headers and further fields."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import Field, JsonValue, field_serializer, field_validator, model_validator

from usbrec.config.stage import Stage, free
from usbrec.patterns import LazyPattern

#: What begins a seat and so can name no server. `openai` is a server, the one that is always there.
NO_SERVERS = ("hf", "scripted", "rules", "python", "plugin", "object", "http", "https")
#: Fields of a body that are not for `extra_body`, and what to set in place of each.
_NOT_EXTRA = {
    **dict.fromkeys(("model", "messages", "n", "stream", "stream_options"), "it is set with every request"),
    **dict.fromkeys(("logprobs", "top_logprobs"), "judges set it"),
    **dict.fromkeys(("max_tokens", "max_completion_tokens"), "set play.max_tokens"),
}
#: A price of a million tokens above this is one of another number of tokens.
_MOST = 100_000.0
#: Stands in files for the value of a header, which may be a key.
LEFT_OUT = "(left out)"
_PLACEHOLDER = LazyPattern(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_HEADER = LazyPattern(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


class Server(Stage):
    """One OpenAI-compatible server, by a name of your choice: a seat on it is `NAME:MODEL`. What is not given
    is as in `[models]`. `openai` is always there; its address and key come from OPENAI_BASE_URL and
    OPENAI_API_KEY where nothing else is said."""

    base_url: str | None = free(None)
    """Its address, which usually ends in /v1; every server but `openai` needs one."""
    api_key_env: str | None = free(None, pattern=r"^[A-Z_][A-Z0-9_]*$")
    """Name of the environment variable that holds its key, in capitals; without one no key is sent."""
    headers: dict[str, str] = free({}, repr=False)
    """Further headers of every request. `${NAME}` in a value stands for that environment variable; a value is
    written into no file, unless it is such a name, alone or behind a word such as Bearer."""
    extra_body: dict[str, JsonValue] = Field({})
    """Further fields of every request's body, which go before our own; written to the run folder, so no place
    for keys."""
    timeout: float | None = free(None, gt=0)
    """Seconds one request may take, retries included; one try gets half of it, so that there is a second."""
    concurrency: int | None = free(None, ge=1)
    """Requests in flight at once, of all seats on it together."""
    max_retries: int | None = free(None, ge=0)
    """How often a failed request is repeated."""
    system_role: Literal["system", "user"] = "system"
    """How the system text is sent: as a system message, or before the first user message (user), for models
    that know no system role."""
    constrain: Literal["none", "grammar", "structured", "guided"] | None = None
    """How answers are limited where one of a few is asked for, as in `[models]`."""
    reasoning: Literal["auto", "off"] | tuple[str, str] | None = None
    """What marks its models' thoughts, as in `[models]`."""

    price_input: float | None = free(None, ge=0, le=_MOST, allow_inf_nan=False)
    """Price of a million tokens of prompts: with it and that of answers, costs are in the results, in traces
    and on the terminal. Without prices nothing is guessed."""
    price_output: float | None = free(None, ge=0, le=_MOST, allow_inf_nan=False)
    """Price of a million tokens of answers."""
    price_cached: float | None = free(None, ge=0, le=_MOST, allow_inf_nan=False)
    """Price of a million tokens of prompts that the server had cached; by default as of others."""
    currency: str | None = free(None, min_length=1, max_length=12, pattern=r"^\S+$")
    """What the prices are in, such as USD; only said, and one for all servers."""

    @model_validator(mode="after")
    def _has_whole_prices(self) -> Server:
        if (self.price_input is None) != (self.price_output is None):
            missing = "price_input" if self.price_input is None else "price_output"
            raise ValueError(f"{missing} is missing: a price of prompts and one of answers belong together")
        if self.price_cached is not None and self.price_input is None:
            raise ValueError("price_cached needs price_input and price_output beside it")
        return self

    @field_validator("base_url")
    @classmethod
    def _holds_no_secret(cls, url: str | None) -> str | None:
        return without_secrets(url)

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not _HEADER.fullmatch(name):
                raise ValueError(f"{name!r} is no name of a header")
            if value == LEFT_OUT:
                raise ValueError(f"the value of {name} was left out when this file was written: add it again")
            if not value.isprintable():
                raise ValueError(f"the value of {name} holds characters that no header may have")
        return headers

    @field_validator("extra_body")
    @classmethod
    def _is_ours(cls, body: dict[str, JsonValue]) -> dict[str, JsonValue]:
        for name, instead in _NOT_EXTRA.items():
            if name in body:
                raise ValueError(f"{name} is no further field: {instead}")
        json.dumps(body, allow_nan=False)
        return body

    @field_serializer("headers", when_used="json")
    def _without_values(self, headers: dict[str, str]) -> dict[str, str]:
        """What may be written to a file."""
        return {name: value if _names_only(value) else LEFT_OUT for name, value in headers.items()}


def _names_only(value: str) -> bool:
    """Whether a header's value holds the names of variables and no secret."""
    rest = _PLACEHOLDER.sub("", value)
    return rest != value and rest.strip().lower() in ("", "bearer", "basic", "token", "key", "apikey")


def without_secrets(url: str | None) -> str | None:
    """The address of a server; ValueError, without the address, when a key or a password stands in it."""
    if url is not None and ("@" in url.split("://", 1)[-1].split("/", 1)[0] or "?" in url or "#" in url):
        raise ValueError("an address without user, password, ? and #; a key belongs in a variable")
    return url
