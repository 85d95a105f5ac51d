"""Any server that speaks OpenAI's chat completions: vLLM, SGLang, llama.cpp, Ollama, hosted models.

The SDK alone retries (and honours Retry-After); above it stand one bound on requests in flight and one
deadline. Bodies are read here, not by the SDK, which takes any JSON for an answer. Servers differ in
what they accept: what one refuses (`n`, `max_tokens`, `temperature`, log-probabilities, ...) is noticed
once, done another way or left out, and remembered for the life of the instance.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import json
import os
import re
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import openai
from pydantic import ValidationError

from usbrec.dialogue import Usage
from usbrec.errors import ConfigError, ModelUnavailable, UnusableAnswer, UsbRecError
from usbrec.keys import derive_seed
from usbrec.llm.choices import FirstToken, read_first_token, read_option
from usbrec.llm.openai.errors import Complaint, is_page
from usbrec.llm.openai.responses import Body, BodyChoice, BodyMessage, Chunk
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, temper
from usbrec.llm.reasoning import ReasoningMarks

T = TypeVar("T")
OnDelta = Callable[[str], None]
Constrain = Literal["none", "grammar", "structured", "guided"]

#: Tokens of a vote: a digit with a word such as "Score:" before it. Longer options get more.
VOTE_TOKENS = 8
#: How many top log-probabilities are asked for; some servers allow only the smaller number.
_TOP, _TOP_SMALL = 20, 5
#: What may be left out of a request when the server does not know it.
_DISPENSABLE = ("temperature", "top_p", "frequency_penalty", "seed", "stream_options")
_URL = re.compile(r"https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?(?:/[!-~]*)?", re.IGNORECASE)


class OpenAIModel:
    """A model behind an OpenAI-compatible server.

    `base_url` defaults to OPENAI_BASE_URL, then to OpenAI's own; the key comes from OPENAI_API_KEY and
    nowhere else (a server on this machine needs none). `concurrency` bounds requests in flight,
    `timeout` (seconds) one request with its retries, from the moment it is sent; a request's own
    deadline also counts the wait for its turn. `constrain` limits votes to the options: "grammar" for a
    llama.cpp server, "structured" for vLLM, "guided" for older vLLM. With `supports_n` False several
    replies are asked for one by one. `reasoning` says what marks a model's thoughts in votes; in replies they
    are told apart by whoever wraps this model (llm/separated.py).

    Raises ConfigError on a base URL that cannot be used, or without a key where one is needed.
    """

    parallel = True

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
    ) -> None:
        if not model:
            raise ConfigError("openai: needs a model's name after the colon, such as openai:gpt-4o-mini.")
        if concurrency < 1 or not timeout > 0 or max_retries < 0:
            raise ConfigError("concurrency must be at least 1, timeout above 0, max_retries at least 0.")
        url = (base_url or os.environ.get("OPENAI_BASE_URL") or "https://api.openai.com/v1").strip()
        self._host, loopback = _check_url(url)
        self._key = _key()
        if not self._key and not loopback:
            raise ConfigError(
                f"The server at {self._host} needs a key: set OPENAI_API_KEY (to any word, if it wants none)."
            )
        self._model = model
        self._constrain: Constrain = constrain
        self._timeout = timeout
        self._slots = asyncio.Semaphore(concurrency)
        self._takes_n = supports_n
        self._marks = reasoning
        self._top = _TOP
        self._max_tokens = "max_tokens"
        self._left_out: set[str] = set()
        self._client = openai.AsyncOpenAI(
            api_key=self._key or "no-key",
            base_url=url,
            timeout=openai.Timeout(timeout, connect=min(10.0, timeout)),
            max_retries=max_retries,
        )

    @property
    def name(self) -> str:
        return f"openai:{self._model}"

    @property
    def identity(self) -> Mapping[str, Any]:
        return {"backend": "openai", "model": self._model, "constrain": self._constrain}

    @property
    def left_out(self) -> frozenset[str]:
        """Parameters this server refused, which are no longer sent, such as "temperature"."""
        return frozenset(self._left_out)

    async def chat(self, request: ChatRequest) -> ChatReply:
        """`n` replies; some may be empty, but when all are, this is an UnusableAnswer."""
        body = {
            "messages": [message.to_json() for message in request.messages],
            "temperature": request.temperature,
            "top_p": request.top_p,
            "max_tokens": request.max_tokens,
            **({"frequency_penalty": request.frequency_penalty} if request.frequency_penalty else {}),
            **({"stop": list(request.stop)} if request.stop else {}),
        }
        drawn = self._draw(body, request.n, request.seed, request.on_delta)
        choices, usage = await self._within(request.deadline, drawn)
        # One empty draft of several is a draft less; nothing but empty ones is no answer.
        if not any(choice.text.strip() for choice in choices):
            raise UnusableAnswer(f"The server at {self._host} gave {choices[0].why_empty()}.")
        return ChatReply(tuple(choice.completion() for choice in choices), usage)

    async def choose(self, request: ChoiceRequest) -> Choice:
        """Exact from the first token's log-probabilities; votes where these cannot tell the options apart.

        `votes` answers are then drawn at the request's temperature and their shares given as they are.
        """
        return await self._within(request.deadline, self._choose(request))

    async def aclose(self) -> None:
        await self._client.close()

    async def _choose(self, request: ChoiceRequest) -> Choice:
        options, spent = request.options, Usage()
        if request.way != "votes":
            found, spent = await self._look(request)
            if request.way == "exact" or (found is not None and found.listed):
                return _exact(found, request, spent)
        longest = max(len(option.encode("utf-8", "replace")) for option in options)
        body = {
            "messages": [message.to_json() for message in request.messages],
            "temperature": request.temperature,
            "max_tokens": request.max_tokens or max(VOTE_TOKENS, longest + 1),
            **_limit(self._constrain, options),
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
        )

    async def _look(self, request: ChoiceRequest) -> tuple[FirstToken | None, Usage]:
        """The options' probabilities as first token, and the cost; None where they are not to be had."""
        while self._top:
            asked = self._top
            body = {
                "messages": [message.to_json() for message in request.messages],
                "temperature": 1.0,
                "max_tokens": 1,
                "logprobs": True,
                "top_logprobs": asked,
                "seed": request.seed,
            }
            try:
                answer, usage = await self._send(body)
            except _Declined:
                self._top = min(self._top, _TOP_SMALL if asked > _TOP_SMALL else 0)
                continue
            tokens = answer.choices[0].top_tokens()
            # A model that ends at once has no first token; a server that has one and keeps silent about
            # its probability will do so again.
            if not tokens and answer.choices[0].text:
                self._top = 0
            return read_first_token(tokens, request.options), usage
        return None, Usage()

    async def _draw(
        self, body: Mapping[str, Any], n: int, seed: int, on_delta: OnDelta | None
    ) -> tuple[list[BodyChoice], Usage]:
        """`n` choices: in one request where the server can, the missing ones by one request each."""
        if n == 1:
            answer, usage = await self._send({**body, "seed": seed}, on_delta)
            return answer.choices[:1], usage
        choices: list[BodyChoice] = []
        usage = Usage()
        if self._takes_n:
            # Anything short of n, a refusal included, means that n is not to be had here.
            with contextlib.suppress(_Declined):
                answer, usage = await self._send({**body, "n": n, "seed": seed})
                choices = answer.choices[:n]
            self._takes_n = self._takes_n and len(choices) == n
        missing = range(len(choices), n)
        seeds = [derive_seed(seed, "choice", index) if index else seed for index in missing]
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
                tasks += [group.create_task(self._send(body)) for body in bodies]
        except* UsbRecError as caught:
            failures = caught.exceptions
        if failures:
            raise failures[0]
        return [task.result() for task in tasks]

    async def _send(self, body: Mapping[str, Any], on_delta: OnDelta | None = None) -> tuple[Body, Usage]:
        """One request in this server's spelling, sent again while a refusal teaches another spelling.

        Raises _Declined when it refuses what only the caller can do without.
        """
        while True:
            spelled = self._spell(body, streamed=on_delta is not None)
            async with self._slots:
                started = time.monotonic()
                try:
                    answer = await self._within(self._timeout, self._exchange(spelled, on_delta))
                    return answer, answer.cost(time.monotonic() - started)
                except openai.APIError as error:
                    complaint = self._complaint(error)
            # Raised out here, so that the SDK's error, which may quote the key, is not its context.
            if not self._learn(complaint, spelled):
                raise complaint.failure(self._host, self._model)

    def _spell(self, body: Mapping[str, Any], *, streamed: bool) -> dict[str, Any]:
        spelled = {"model": self._model, **body}
        if streamed:
            spelled |= {"stream": True, "stream_options": {"include_usage": True}}
        spelled[self._max_tokens] = spelled.pop("max_tokens")
        return {name: value for name, value in spelled.items() if name not in self._left_out}

    def _learn(self, complaint: Complaint, sent: Mapping[str, Any]) -> bool:
        """Whether another spelling is worth a try."""
        if complaint.status not in (400, 422) or complaint.too_long:
            return False
        if any(name in sent and complaint.names(name) for name in ("n", "logprobs")):
            raise _Declined
        if not complaint.unsupported:
            return False
        if "max_tokens" in sent and complaint.names("max_tokens"):
            self._max_tokens = "max_completion_tokens"
            return True
        refused = [name for name in _DISPENSABLE if name in sent and complaint.names(name)]
        self._left_out.update(refused)
        return bool(refused)

    async def _exchange(self, body: dict[str, Any], on_delta: OnDelta | None) -> Body:
        path = "/chat/completions"
        if on_delta is None:
            return self._read(await self._client.post(path, cast_to=str, body=body))
        chunks = await self._client.post(
            path, cast_to=object, body=body, stream=True, stream_cls=openai.AsyncStream[object]
        )
        async with chunks:
            if "event-stream" in chunks.response.headers.get("content-type", ""):
                return await self._follow(chunks, on_delta)
            # A server that does not stream: its whole answer is one piece.
            answer = self._read(await self._whole(chunks.response.aread()))
            on_delta(answer.choices[0].text)
            return answer

    async def _whole(self, reading: Awaitable[bytes]) -> str:
        """All of a body. The SDK hands it over unread, so that its failures are those of the HTTP library
        underneath; which one that is depends on the SDK's version, so they are not named here."""
        try:
            return (await reading).decode("utf-8", "replace")
        except Exception as error:  # noqa: BLE001
            said = Complaint.read(None, str(error), self._key, connected=False)
        # Raised out here, as in _send.
        raise said.failure(self._host, self._model)

    async def _follow(self, chunks: openai.AsyncStream[object], on_delta: OnDelta) -> Body:
        """Put a stream together. One that ends without a finish_reason broke off and is no answer."""
        pieces: list[str] = []
        thoughts: list[str] = []
        finish: str | None = None
        usage: Any = None
        events = aiter(chunks)
        while True:
            try:
                chunk = Chunk.model_validate(await anext(events))
            except StopAsyncIteration:
                break
            except ValueError:  # an event that is no JSON, or pydantic's: no chunk of a completion
                finish = None
                break
            usage = chunk.usage or usage
            for choice in (chunk.choices or ())[:1]:
                finish = choice.finish_reason or finish
                if choice.delta is None:
                    continue
                thoughts.append(choice.delta.reasoning)
                if piece := choice.delta.text:
                    pieces.append(piece)
                    on_delta(piece)
        if finish is None:
            raise UnusableAnswer(f"The stream from {self._host} broke off or is no stream of completions.")
        message = BodyMessage.of("".join(pieces), "".join(thoughts))
        return Body(choices=[BodyChoice(message=message, finish_reason=finish)], usage=usage)

    def _read(self, text: str) -> Body:
        try:
            return Body.read(text)
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        except ValueError:
            place = ""
        what = "an HTML page" if is_page(text) else f"something else (see {place})" if place else "no JSON"
        raise UnusableAnswer(
            f"The server at {self._host} sent {what} instead of a chat completion; "
            "check --base-url, which usually ends in /v1."
        )

    def _complaint(self, error: openai.APIError) -> Complaint:
        if isinstance(error, openai.APIConnectionError):
            return Complaint.read(None, str(error.__cause__ or error.message), self._key, connected=False)
        status = error.status_code if isinstance(error, openai.APIStatusError) else None
        return Complaint.read(status, error.body or error.message, self._key)

    async def _within(self, seconds: float | None, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError:
            pass
        raise ModelUnavailable(f"No answer from {self._host} within {seconds:g} seconds.")


def _exact(found: FirstToken | None, request: ChoiceRequest, usage: Usage) -> Choice:
    """What log-probabilities say of the options; no probabilities where there are none."""
    if found is None:
        return Choice(None, "exact", usage=usage)
    raw = {option: found.listed.get(option, 0.0) for option in request.options}
    return Choice(
        temper(raw, request.temperature) if found.listed else None,
        "exact",
        mass=found.mass,
        listed=found.listed,
        least=found.least,
        usage=usage,
    )


class _Declined(Exception):
    """The server refuses `n` or log-probabilities; the caller knows another way."""


def _limit(constrain: Constrain, options: Sequence[str]) -> dict[str, Any]:
    """The field that limits an answer to the options, in the dialect of the server."""
    if constrain == "grammar":
        # What json.dumps escapes, GBNF reads the same way.
        literals = (json.dumps(option, ensure_ascii=False) for option in options)
        return {"grammar": f"root ::= {' | '.join(literals)}"}
    if constrain == "structured":
        return {"structured_outputs": {"choice": list(options)}}
    if constrain == "guided":
        return {"guided_choice": list(options)}
    return {}


def _check_url(url: str) -> tuple[str, bool]:
    """(host and port, whether it is this machine). Raises ConfigError; never repeats what may be a key."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError("The base URL cannot be read; it should look like http://HOST:PORT/v1.") from None
    if "@" in parts.netloc:
        raise ConfigError("The base URL holds a user or password; a key belongs in OPENAI_API_KEY.")
    if parts.scheme not in ("http", "https") or parts.query or parts.fragment or not _URL.fullmatch(url):
        raise ConfigError("The base URL should look like http://HOST:PORT/v1, without ? and #.")
    try:
        address = ipaddress.ip_address(host)
        loopback = address.is_loopback or address.is_unspecified
    except ValueError:
        loopback = host == "localhost" or host.endswith(".localhost")
    return (f"{host}:{port}" if port else host), loopback


def _key() -> str:
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        raise ConfigError("OPENAI_API_KEY holds characters that no key has; copy it again.")
    return key
