"""Language models by name, for any seat and any event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from usbrec.config import Config
from usbrec.config.loading import GivenSettings
from usbrec.errors import ConfigError
from usbrec.library.settings import laid_over
from usbrec.library.wording import in_python
from usbrec.llm import ChatModel, ChatReply, ChatRequest, Choice, ChoiceRequest, ModelOpener, read_seat


class OpenModel:
    """A language model that :func:`usbrec.open_model` opened: a ChatModel, for any seat and any event loop.

    `seat` is how it is written, `settings` what it runs by. Connections belong to an event loop and are made
    in each that it is asked in; a model in this process loads when it is first asked.
    """

    def __init__(self, seat: str, settings: Config) -> None:
        self.seat = seat
        self.settings = settings
        self._opened = self._open()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def inner(self) -> ChatModel:
        """The opened model, for whoever looks for its server. Only where an event loop runs."""
        return self._here()

    @property
    def name(self) -> str:
        return self._opened.name

    @property
    def identity(self) -> Mapping[str, Any]:
        return self._opened.identity

    @property
    def parallel(self) -> bool:
        return self._opened.parallel

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Replies to messages. Raises ModelError, ModelRefused."""
        return await self._here().chat(request)

    async def choose(self, request: ChoiceRequest) -> Choice:
        """Probabilities over options. Raises ModelError, ModelRefused."""
        return await self._here().choose(request)

    async def aclose(self) -> None:
        """Close connections, or free a model in this process; it may be asked again, and then opens again."""
        await self._opened.aclose()
        self._opened, self._loop = self._open(), None

    def _here(self) -> ChatModel:
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            self._opened = self._open()
        self._loop = loop
        return self._opened

    def _open(self) -> ChatModel:
        return ModelOpener(self.settings.models, self.settings.servers).open(self.seat)

    def __repr__(self) -> str:
        return f"OpenModel({self.seat!r})"


@in_python
def open_model(
    seat: str,
    *,
    base_url: str | None = None,
    api_key_env: str | None = None,
    headers: Mapping[str, str] | None = None,
    extra_body: Mapping[str, Any] | None = None,
    system_role: str | None = None,
    timeout: float | None = None,
    max_retries: int | None = None,
    concurrency: int | None = None,
    constrain: str | None = None,
    context: int | None = None,
    threads: int | None = None,
    device: str | None = None,
    config: GivenSettings | None = None,
) -> OpenModel:
    """A language model, written as on the command line, for a seat or to be enhanced.

    `seat` is ``"smollm2-135m"`` (packaged), a .gguf file, ``"hf:BASE[+ADAPTER]"``, ``"openai:NAME"``,
    ``"SERVER:NAME"`` of a server in `config`, or ``"scripted:FILE"``.

    For a model on a server: `base_url` is its address, `api_key_env` the environment variable that holds its
    key, `headers` and `extra_body` are sent with every request, `system_role` "user" for models that know no
    system message, `timeout` seconds for one request with its retries (120), `max_retries` how often a failed
    one is repeated (5), `concurrency` how many are in flight at once (8), `constrain` how answers are limited
    to given words ("none", "grammar", "structured", "guided"). For one in this process: `context` in tokens
    (4096), `threads` (1), `device` of hf: models ("auto", "cpu", "cuda").

    Nothing is asked or loaded yet. Raises ConfigError, which names the argument, and InputError for a file
    that is not there.

    ```python
    import usbrec

    model = usbrec.open_model(
        "openai:my-model", base_url="http://localhost:8000/v1", extra_body={"top_k": 20}
    )
    print(model.name, model.identity["extra_body"])
    ```
    """
    settings = laid_over(config, {})
    read = read_seat(seat, settings.servers)
    if not read.is_model:
        raise ConfigError(f"{seat} is no language model; it may be named where somebody is seated.")
    served = {
        "base_url": base_url,
        "api_key_env": api_key_env,
        "headers": headers,
        "extra_body": extra_body,
        "system_role": system_role,
        "timeout": timeout,
        "max_retries": max_retries,
        "concurrency": concurrency,
    }
    here = {"context": context, "threads": threads, "device": device}
    elsewhere = here if read.kind == "server" else {**served, "constrain": constrain}
    for name, value in elsewhere.items():
        if value is not None:
            where = "in this process" if read.kind == "server" else "on a server"
            raise ConfigError(f"{name}={value!r} is for models {where}, and {seat} is none. Leave it out.")
    over: dict[str, Any] = {"models": {**here, "constrain": constrain}}
    if read.kind == "server":
        over["servers"] = {read.server: served}
    return OpenModel(seat, laid_over(settings, {}, **over))
