"""Chat-completions client: vLLM, SGLang, llama.cpp, Ollama, hosted models.

Retries are the HTTP client's (http.py), the bound on requests in flight and the deadline the connection's
(connection.py). Servers differ in what they accept: which fields and roles one takes is the dialect's
(dialect.py); that it refuses `n` or log-probabilities is noticed here once, and remembered for the life of
the instance.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from pydantic import ValidationError

from usbrec.dialogue import Usage
from usbrec.errors import CannotDo, ConfigError, UnusableAnswer, UsbRecError
from usbrec.llm.choices import FirstToken, read_first_token, read_option, why_untold
from usbrec.llm.openai import OPENAI, OPENAI_URL
from usbrec.llm.openai.connection import (
    OPENAI_KEY,
    Address,
    Connection,
    fill_headers,
    read_key,
)
from usbrec.llm.openai.dialect import Declined, Dialect, SystemRole
from usbrec.llm.openai.errors import Complaint, is_page
from usbrec.llm.openai.http import HttpFailure, Stream
from usbrec.llm.openai.responses import Body, BodyChoice, Chunk
from usbrec.llm.openai.slots import Slots
from usbrec.llm.openai.statuses import error_in, error_of, error_of_event, withholds, words_of
from usbrec.llm.openai.streamed import Gathered
from usbrec.llm.protocol import (
    ChatReply,
    ChatRequest,
    Choice,
    ChoiceRequest,
    Completion,
    one_by_one_seed,
    temper,
)
from usbrec.llm.reasoning import ReasoningMarks
from usbrec.llm.stops import StopFilter, cut_place
from usbrec.storage import parse_json

_log = logging.getLogger(__name__)

OnDelta = Callable[[str], None]
Constrain = Literal["none", "grammar", "structured", "guided"]

#: Tokens of a vote: a digit with a word such as "Score:" before it. Longer options get more.
VOTE_TOKENS = 8
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
    takes = frozenset({"tools", "tool_choice", "parallel_tool_calls", "response_format"})

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
    ) -> None:
        if not model:
            raise ConfigError(
                f"{server}: needs a model's name after the colon, such as {server}:gpt-4o-mini."
            )
        if concurrency < 1 or not timeout > 0 or max_retries < 0:
            raise ConfigError("concurrency must be at least 1, timeout above 0, max_retries at least 0.")
        url = (base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI_URL).strip()
        address = Address.read(url, key=api_key_env or f"a variable that servers.{server}.api_key_env names")
        key = "" if api_key_env is None else read_key(api_key_env)
        if api_key_env is not None and not key and not (address.loopback and api_key_env == OPENAI_KEY):
            raise ConfigError(
                f"The server at {address.host} needs a key: set {api_key_env} "
                "(to any word, if it wants none)."
            )
        self._connection = Connection(
            address,
            slots or Slots(concurrency),
            key,
            fill_headers(headers or {}, f"servers.{server}.headers"),
            timeout,
            max_retries,
            is_openai=server == OPENAI,
        )
        # Where a refusal tells to look.
        self._key_is = api_key_env or f"servers.{server}.api_key_env"
        self._url_is = "--base-url" if server == OPENAI else f"servers.{server}.base_url"
        self._server = server
        self._model = model
        self._constrain: Constrain = constrain
        self._dialect = Dialect(model, self.name, server, extra_body or {}, system_role)
        # What the settings say, whatever the server then refuses.
        self._identity: dict[str, Any] = {} if server == OPENAI else {"server": server}
        self._identity |= {"extra_body": dict(extra_body)} if extra_body else {}
        self._identity |= {} if system_role == "system" else {"system_role": system_role}
        self._takes_n = supports_n
        self._short = 0
        self._marks = reasoning
        self._top = _TOP
        self._gave_logprobs = False
        self._told_of_cuts = False
        self._told_of_ends = False
        self._told_of_parts = False
        self._told_of_late_errors = False

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
        return frozenset(self._dialect.left_out)

    @property
    def connection(self) -> Connection:
        return self._connection

    @property
    def server(self) -> str:
        """The server's name in the settings."""
        return self._server

    @property
    def system_role(self) -> SystemRole:
        """How the system text is sent: "user" also where the server has refused a system message."""
        return self._dialect.system_role

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
        choices, usage = await self._connection.within(request.deadline, drawn)
        if tell is not None and (held := stopping.end()):
            tell(held)
        self._tell_of_cuts(usage)
        completions = tuple(_until_stop(choice.completion(), request.stop) for choice in choices)
        # One empty draft of several is a draft less; nothing but empty ones is no answer.
        if not any(one.text.strip() or one.tool_calls for one in completions):
            raise UnusableAnswer(f"The server at {self._connection.host} gave {choices[0].why_empty()}.")
        return ChatReply(completions, usage)

    async def choose(self, request: ChoiceRequest) -> Choice:
        """Exact from the first token's log-probabilities; votes where these cannot tell the options apart.

        `votes` answers are then drawn at the request's temperature and their shares given as they are.
        """
        choice = await self._connection.within(request.deadline, self._choose(request))
        self._tell_of_cuts(choice.usage)
        return choice

    async def aclose(self) -> None:
        await self._connection.aclose()

    async def _choose(self, request: ChoiceRequest) -> Choice:
        options, spent = request.options, Usage()
        if request.way != "votes":
            found, untold, spent = await self._look(request)
            if request.way == "exact" or (found is not None and found.listed):
                return _exact(found, untold, request, spent)
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

    async def _look(self, request: ChoiceRequest) -> tuple[FirstToken | None, str, Usage]:
        """The options' probabilities as first token, and the cost; None where they are not to be had, with
        the reason where something was listed."""
        spent, again = Usage(), True
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
            tokens: Sequence[tuple[str, float]] = ()
            try:
                answer, usage = await self.send(body)
            except Declined:
                if not self._gave_logprobs:
                    self._top = min(self._top, _TOP_SMALL if asked > _TOP_SMALL else 0)
                    continue
            else:
                spent += usage
                tokens = answer.choices[0].top_tokens()
                if tokens or not answer.choices[0].text:
                    # A model that ends at once has no first token.
                    self._gave_logprobs = self._gave_logprobs or bool(tokens)
                    found = read_first_token(tokens, request.options)
                    return found, why_untold(tokens) if found is None else "", spent
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
        """One request in the fields this server takes, sent again while a refusal teaches other ones.

        Raises Declined when it refuses what only the caller can do without. Without `learn`, what it refuses
        is refused: nothing is left out, now or later.
        """
        while True:
            fields = self.fields(body, streamed=on_delta is not None)
            async with self._connection.slots:
                started = time.monotonic()
                try:
                    answer = await self._connection.within(
                        self._connection.timeout, self._exchange(fields, on_delta)
                    )
                    cost = answer.cost(time.monotonic() - started, sent=fields)
                    self._tell_of_parts(answer)
                    return answer.ended_by(fields), cost
                except HttpFailure as failure:
                    complaint = self._connection.complaint(failure)
            # Raised out here, so that what the server said, which may quote the key, is not its context.
            if not (learn and self._dialect.learn(complaint, fields)):
                raise self._cannot_do(complaint, fields) or self._failure(complaint)

    def _tell_of_cuts(self, cost: Usage) -> None:
        """A word about the first prompt that the server seems to have cut."""
        if cost.cut_prompts and not self._told_of_cuts:
            self._told_of_cuts = True
            _log.warning(
                "%s: the server counted %d tokens for a prompt that has far more: it cuts prompts, and the "
                "model does not see all it is asked about. Give it a larger context on the server; "
                "`cut_prompts` in the results counts such calls.",
                self.name,
                cost.prompt_tokens // cost.calls,
            )

    def _tell_of_parts(self, answer: Body) -> None:
        """A word about the first part of a reply that is left out."""
        found = next((kind for one in answer.choices if (kind := one.message.unknown_part)), "")
        if found and not self._told_of_parts:
            self._told_of_parts = True
            _log.warning(
                "%s: its replies hold parts of the type %.60r, which nobody here knows: their words are left "
                "out, for they may be thoughts.",
                self.name,
                found,
            )

    def _tell_of_late_error(self, said: Any) -> None:
        """A word about the first error behind the end of a reply."""
        if not self._told_of_late_errors:
            self._told_of_late_errors = True
            _log.warning(
                "%s: behind the end of a reply its stream holds an error, and the reply counts as whole. It "
                "says: %s",
                self.name,
                self._connection.words(said),
            )

    def fields(self, body: Mapping[str, Any], *, streamed: bool) -> dict[str, Any]:
        """A request's body as this server takes it, with what the settings add."""
        return self._dialect.fields(body, streamed=streamed)

    async def _exchange(self, body: dict[str, Any], on_delta: OnDelta | None) -> Body:
        async with self._connection.stream("/chat/completions", body) as answer:
            if answer.events:
                # Some servers stream whether they are asked to or not.
                return await self._follow(answer, on_delta or (lambda _: None))
            # A server that does not stream: its whole answer is one piece.
            whole = self._read(await answer.text())
        if on_delta is not None:
            on_delta(whole.choices[0].text)
        return whole

    async def _follow(self, stream: Stream, on_delta: OnDelta) -> Body:
        """Put a stream together. One that ends without a finish_reason, and without "[DONE]" behind words,
        broke off and is no answer, and neither is one with an error before its end. What comes behind that,
        an error or a lost connection, takes nothing back, unless it withholds the reply."""
        gathered = Gathered()
        said: Any = None
        try:
            async for data in stream.data():
                try:
                    event = parse_json(data)
                    if event is None:
                        # Nothing is said with it.
                        continue
                    if error_of_event(event) is not None:
                        if gathered.ended and not withholds(error_of(event)):
                            self._tell_of_late_error(error_of(event))
                            break
                        raise HttpFailure(None, error_of(event))
                    said = words_of(event) or said
                    piece = gathered.add(Chunk.model_validate(event))
                except ValueError:  # an event that is no JSON, or pydantic's: no chunk of a completion
                    gathered.broken = not gathered.ended
                    break
                if piece:
                    said = None
                    on_delta(piece)
        except HttpFailure as failure:
            if failure.connected or not gathered.ended:
                raise
        if held := gathered.end():
            on_delta(held)
        # Other words of the server behind those of the reply may say why it broke off.
        if (body := gathered.body(done=stream.done and said is None)) is None:
            words = "" if said is None else f" It says: {self._connection.words(said)}"
            raise UnusableAnswer(
                f"The stream from {self._connection.host} broke off or is no stream of completions.{words}"
            )
        if not gathered.ended and not self._told_of_ends:
            self._told_of_ends = True
            _log.warning(
                "%s: its streams end without a finish_reason, so that a reply which the limit of tokens cut "
                "may be taken for a whole one.",
                self.name,
            )
        return body

    def _read(self, text: str) -> Body:
        try:
            return Body.read(text)
        except ValidationError as error:
            place = ".".join(str(part) for part in error.errors(include_input=False)[0]["loc"])
        except ValueError:
            place = ""
        what = "an HTML page" if is_page(text) else f"something else (see {place})" if place else "no JSON"
        said = None if is_page(text) or '"choices"' in text else error_in(text)
        says = f"; it says: {self._connection.words(said)}" if said else ""
        if place.startswith("choices") and '"choices"' in text:
            raise UnusableAnswer(
                f"The server at {self._connection.host} sent a chat completion without a reply that could be "
                f"read (see {place}); it says: {self._connection.words(text)}"
            )
        raise UnusableAnswer(
            f"The server at {self._connection.host} sent {what} instead of a chat completion{says}. "
            f"Check {self._url_is}, which usually ends in /v1."
        )

    def _cannot_do(self, said: Complaint, sent: Mapping[str, Any]) -> CannotDo | None:
        """The error for a server that does not do what a client's own fields ask for; None for another."""
        asked = self.takes & sent.keys()
        refused = said.status in (400, 422) and not said.too_long and not said.refuses_model
        named = said.status is not None and any(said.names(name) for name in asked)
        if not asked or not (refused or named):
            return None
        return CannotDo(
            f"The server at {self._connection.host} does not take this request with "
            f"{', '.join(sorted(asked))}; it says: {said.reason}"
        )

    def _failure(self, said: Complaint) -> UsbRecError:
        return said.failure(self._connection.host, self._model, key=self._key_is, url=self._url_is)


def _until_stop(completion: Completion, stops: Sequence[str]) -> Completion:
    """The reply up to its first stop text, which some servers do not know and others do not heed."""
    place = cut_place(completion.text, stops)
    return completion if place is None else replace(completion, text=completion.text[:place], finish="stop")


def _exact(found: FirstToken | None, untold: str, request: ChoiceRequest, usage: Usage) -> Choice:
    """What log-probabilities say of the options; no probabilities where there are none."""
    if found is None:
        return Choice(None, "exact", usage=usage, untold=untold)
    raw = {option: found.listed.get(option, 0.0) for option in request.options}
    return Choice(
        temper(raw, request.temperature) if found.listed else None,
        "exact",
        mass=found.mass,
        listed=found.listed,
        least=found.least,
        hidden=found.hidden,
        usage=usage,
    )


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
