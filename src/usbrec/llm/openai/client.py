"""Chat-completions client: vLLM, SGLang, llama.cpp, Ollama, hosted models.

One request and its answer are the exchange's (exchange.py). Servers differ in what they accept: which fields
and roles one takes is the dialect's (dialect.py); that it refuses `n` or log-probabilities is noticed here
once, and remembered for the life of the instance.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from usbrec.dialogue import Usage
from usbrec.errors import ConfigError, UnusableAnswer, UsbRecError
from usbrec.llm.choices import VOTE_TOKENS, FirstToken, read_option
from usbrec.llm.openai import OPENAI, OPENAI_URL
from usbrec.llm.openai.choosing import Constrain, exact_choice, limiting_fields, read_answer, why_unread
from usbrec.llm.openai.connection import (
    OPENAI_KEY,
    Address,
    Connection,
    fill_headers,
    read_key,
)
from usbrec.llm.openai.dialect import Declined, Dialect, SystemRole
from usbrec.llm.openai.exchange import TAKES, Exchange, OnDelta
from usbrec.llm.openai.reach import Reach
from usbrec.llm.openai.responses import Body, BodyChoice
from usbrec.llm.openai.slots import Slots
from usbrec.llm.protocol import (
    ChatReply,
    ChatRequest,
    Choice,
    ChoiceRequest,
    Completion,
    one_by_one_seed,
)
from usbrec.llm.reasoning import ReasoningMarks
from usbrec.llm.stops import StopFilter, cut_place, ended_at_once

_log = logging.getLogger(__name__)

#: How many top log-probabilities are asked for; some servers allow only the smaller number.
_TOP, _TOP_SMALL = 20, 5
#: After so many answers in a row with fewer choices than asked for, replies are asked for one by one.
_SHORT = 2


class OpenAIModel:
    """A model behind an OpenAI-compatible server.

    `server` is its name in the settings. `base_url` defaults to OPENAI_BASE_URL, then to OpenAI's own; the
    key comes from the environment variable `api_key_env` and nowhere else (with the default one, a server on
    this machine needs none; None: no key is sent). `headers` go out with every request, each ``${NAME}`` in
    them replaced by that environment variable, and `extra_body` holds further fields of every body.
    `system_role` "user" puts the system text before the first user message. `concurrency` bounds requests in
    flight (`slots`: together with other models), `timeout` (seconds) one request with its retries, from the
    moment it is sent, and half of it one try, so that a stalled one leaves time for another; a request's own
    deadline also counts the wait for its turn. `constrain` limits votes to the options: "grammar" for a
    llama.cpp server, "structured" for vLLM, "guided" for older vLLM. With `supports_n` False several replies
    are asked for one by one. `reasoning` says what marks a model's thoughts in votes; in replies they are
    told apart by whoever wraps this model (llm/separated.py).

    Raises ConfigError on a base URL that cannot be used, or without a key where one is needed.
    """

    parallel = True
    #: What is sent to the server as a client wrote it.
    takes = TAKES

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        concurrency: int = 8,
        timeout: float = 120.0,
        max_retries: int = 5,
        constrain: Constrain = "none",
        supports_n: bool = True,
        reasoning: ReasoningMarks = "auto",
        server: str = OPENAI,
        api_key_env: str | None = OPENAI_KEY,
        headers: Mapping[str, str] | None = None,
        extra_body: Mapping[str, Any] | None = None,
        system_role: SystemRole = "system",
        slots: Slots | None = None,
        reach: Reach | None = None,
    ) -> None:
        if not model:
            raise ConfigError(
                f"{server}: needs a model's name after the colon, such as {server}:gpt-4o-mini."
            )
        if concurrency < 1 or not timeout > 0 or max_retries < 0:
            raise ConfigError("concurrency must be at least 1, timeout above 0, max_retries at least 0.")
        url = (base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL).strip()
        # The server that the settings do not name is called by what its URL is read from.
        what = f"servers.{server}.base_url" if base_url and server != OPENAI else "base URL"
        key_belongs = api_key_env or f"a variable that servers.{server}.api_key_env names"
        address = Address.read(url, what, key_belongs)
        key = "" if api_key_env is None else read_key(api_key_env)
        named = "" if server == OPENAI else f" (servers.{server})"
        if api_key_env is not None and not key and not (address.loopback and api_key_env == OPENAI_KEY):
            raise ConfigError(
                f"The server at {address.host}{named} needs a key: set {api_key_env} "
                "(to any word, if it wants none)."
            )
        connection = Connection(
            address,
            slots or Slots(concurrency),
            key,
            fill_headers(headers or {}, f"servers.{server}.headers"),
            timeout,
            max_retries,
            is_openai=server == OPENAI,
            name="" if server == OPENAI else f"servers.{server}",
            reach=reach,
        )
        self._server = server
        self._model = model
        self._constrain: Constrain = constrain
        self._exchange = Exchange(
            connection,
            Dialect(model, self.name, server, extra_body or {}, system_role),
            model=model,
            name=self.name,
            # Where a refusal tells to look.
            key_is=api_key_env or f"servers.{server}.api_key_env",
            url_is="--base-url" if server == OPENAI else f"servers.{server}.base_url",
        )
        # What the settings say, whatever the server then refuses.
        self._identity: dict[str, Any] = {} if server == OPENAI else {"server": server}
        self._identity |= {"extra_body": dict(extra_body)} if extra_body else {}
        self._identity |= {} if system_role == "system" else {"system_role": system_role}
        self._takes_n = supports_n
        self._short = 0
        self._marks = reasoning
        self._top = _TOP
        self._gave_logprobs = False

    @property
    def name(self) -> str:
        return f"{self._server}:{self._model}"

    @property
    def identity(self) -> Mapping[str, Any]:
        """Says which server by name, never where: a run may go on with the same model elsewhere."""
        mine = {"backend": "openai", "model": self._model, "constrain": self._constrain}
        return {**mine, **self._identity}

    @property
    def left_out(self) -> frozenset[str]:
        """Parameters this server refused, which are no longer sent, such as "temperature"."""
        return frozenset(self._exchange.dialect.left_out)

    @property
    def connection(self) -> Connection:
        return self._exchange.connection

    @property
    def server(self) -> str:
        """The server's name in the settings."""
        return self._server

    @property
    def system_role(self) -> SystemRole:
        """How the system text is sent: "user" also where the server has refused a system message."""
        return self._exchange.dialect.system_role

    def ask_one_by_one(self) -> None:
        """Ask for several replies by a request each from now on: this server's `n` is not to be had."""
        self._takes_n = False

    async def chat(self, request: ChatRequest) -> ChatReply:
        """`n` replies; some may be empty, but when all are, this is an UnusableAnswer."""
        written = request.as_written
        body = {
            "messages": [message.to_json() for message in request.messages],
            **({} if written is None else {**written.fields, "messages": list(written.messages)}),
            "temperature": request.temperature,
            "top_p": request.top_p,
            "max_tokens": request.max_tokens,
            **({"frequency_penalty": request.frequency_penalty} if request.frequency_penalty else {}),
            **({"stop": list(request.stop)} if request.stop else {}),
            **({} if request.grammar is None else request.grammar.request(self._constrain)),
        }
        tell, stopping = request.on_delta, StopFilter(request.stop)
        drawn = self._draw(body, request.n, request.seed, None if tell is None else stopping.passing(tell))
        choices, usage = await self.connection.within(request.deadline, drawn)
        if tell is not None and (held := stopping.end()):
            tell(held)
        self._exchange.tell_of_cuts(usage)
        completions = tuple(_until_stop(choice.completion(), request.stop) for choice in choices)
        # One empty draft of several is a draft less; nothing but empty ones is no answer.
        stopped = any(map(partial(_is_stopped, request.stop), choices, completions))
        if not stopped and not any(one.text.strip() or one.tool_calls for one in completions):
            told = choices[0].why_empty(words=self.connection.words).removesuffix(".")
            raise UnusableAnswer(f"The server at {self.connection.host} gave {told}.")
        return ChatReply(completions, usage)

    async def choose(self, request: ChoiceRequest) -> Choice:
        """Exact from the first token's log-probabilities; votes where these cannot tell the options apart.

        `votes` answers are then drawn at the request's temperature and their shares given as they are.
        """
        choice = await self.connection.within(request.deadline, self._choose(request))
        self._exchange.tell_of_cuts(choice.usage)
        return choice

    async def aclose(self) -> None:
        await self.connection.aclose()

    async def _choose(self, request: ChoiceRequest) -> Choice:
        options, spent = request.options, Usage()
        if request.way != "votes":
            found, untold, spent = await self._look(request)
            if request.way == "exact" or (found is not None and found.listed):
                return exact_choice(found, untold, request, spent)
        longest = max(len(option.encode("utf-8", "replace")) for option in options)
        body = {
            "messages": [message.to_json() for message in request.messages],
            "temperature": request.temperature,
            "max_tokens": request.max_tokens or max(VOTE_TOKENS, longest + 1),
            **limiting_fields(self._constrain, options),
        }
        choices, usage = await self._draw(body, request.votes, request.seed, None)
        answers = [choice.separated(self._marks) for choice in choices]
        read = [option for one in answers if (option := read_option(one.text, options)) is not None]
        shares = {option: read.count(option) / len(read) for option in options} if read else None
        return Choice(
            shares,
            "votes" if self._constrain == "none" else "forced",
            votes=len(answers),
            unreadable=len(answers) - len(read),
            reasoned=any(one.open or one.reasoning for one in answers),
            usage=spent + usage,
            untold="" if read else why_unread(choices, self.connection.words, self._marks),
        )

    async def _look(self, request: ChoiceRequest) -> tuple[FirstToken | None, str, Usage]:
        """The options' probabilities as first token, and the cost; None where they are not to be had, with
        the reason where something was listed."""
        spent, again = Usage(), True
        while self._top:
            asked = self._top
            body = {
                "messages": [message.to_json() for message in request.messages],
                "temperature": 1.0,
                "max_tokens": request.ends_within or 1,
                "logprobs": True,
                "top_logprobs": asked,
                "seed": request.seed,
            }
            try:
                answer, usage = await self.send(body)
            except Declined:
                if not self._gave_logprobs:
                    self._top = min(self._top, _TOP_SMALL if asked > _TOP_SMALL else 0)
                    continue
            else:
                spent += usage
                first = answer.choices[0]
                gave = bool(first.top_tokens())
                if gave or not first.text:
                    # A model that ends at once has no first token.
                    self._gave_logprobs = self._gave_logprobs or gave
                    return *read_answer(first, request, self._marks), spent
                # A server that has one and has always kept silent about its probability will do so again.
                if not self._gave_logprobs:
                    self._top = 0
            # Behind a router one provider may give none while the others do.
            if not again or not self._top:
                return None, "", spent
            again = False
        return None, "", spent

    async def _draw(
        self, body: Mapping[str, Any], n: int, seed: int, on_delta: OnDelta | None
    ) -> tuple[list[BodyChoice], Usage]:
        """`n` choices: in one request where the server can, the missing ones by one request each."""
        if n == 1:
            answer, usage = await self.send({**body, "seed": seed}, on_delta)
            return answer.choices[:1], usage
        choices: list[BodyChoice] = []
        usage = Usage()
        if self._takes_n:
            try:
                answer, usage = await self.send({**body, "n": n, "seed": seed})
                choices = answer.choices[:n]
                self._short = 0 if len(choices) == n else self._short + 1
            except Declined:
                self._short = _SHORT
            # Short of n once may be a fault; time after time it means that n is not to be had here.
            self._takes_n = self._takes_n and self._short < _SHORT
        seeds = [one_by_one_seed(seed, index) for index in range(len(choices), n)]
        for answer, cost in await self._send_all([{**body, "seed": each} for each in seeds]):
            choices.append(answer.choices[0])
            usage += cost
        return choices, usage

    async def _send_all(self, bodies: Sequence[Mapping[str, Any]]) -> list[tuple[Body, Usage]]:
        """Send all at once; the first failure cancels the others and is raised."""
        failures: tuple[Exception, ...] = ()
        tasks: list[asyncio.Task[tuple[Body, Usage]]] = []
        try:
            async with asyncio.TaskGroup() as group:
                tasks += [group.create_task(self.send(body)) for body in bodies]
        except* UsbRecError as caught:
            failures = caught.exceptions
        if failures:
            raise failures[0]
        return [task.result() for task in tasks]

    async def send(
        self, body: Mapping[str, Any], on_delta: OnDelta | None = None, *, learn: bool = True
    ) -> tuple[Body, Usage]:
        """One request, as :meth:`Exchange.send` sends it. Raises Declined."""
        return await self._exchange.send(body, on_delta, learn=learn)

    def fields(self, body: Mapping[str, Any], *, streamed: bool) -> dict[str, Any]:
        """A request's body as this server takes it, with what the settings add."""
        return self._exchange.dialect.fields(body, streamed=streamed)


def _is_stopped(stops: Sequence[str], choice: BodyChoice, completion: Completion) -> bool:
    """Whether a stop text ended the reply before its first word, here or at the server."""
    refused = choice.message.refusal or choice.message.refused
    return not refused and ended_at_once(stops, completion.finish, completion.reasoning)


def _until_stop(completion: Completion, stops: Sequence[str]) -> Completion:
    """The reply up to its first stop text, which some servers do not know and others do not heed."""
    place = cut_place(completion.text, stops)
    return completion if place is None else replace(completion, text=completion.text[:place], finish="stop")
