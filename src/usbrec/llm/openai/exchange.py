"""Exchange with a server: a request in the fields it takes, and its answer, whole or streamed, as a body.

What a server refuses is learnt by its dialect and the request sent again; what is odd about its answers is
told once. Retries are the HTTP client's (http.py), the bound on requests in flight and the deadline the
connection's (connection.py).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from usbrec.dialogue import Usage
from usbrec.errors import CannotDo, UnreadableAnswer, UnusableAnswer, UsbRecError
from usbrec.llm.openai.connection import Connection
from usbrec.llm.openai.dialect import Dialect
from usbrec.llm.openai.errors import Complaint, is_page
from usbrec.llm.openai.http import HttpFailure, Stream
from usbrec.llm.openai.responses import Body, Chunk
from usbrec.llm.openai.statuses import error_in, error_of, error_of_event, withholds, words_of
from usbrec.llm.openai.streamed import Gathered
from usbrec.storage import parse_json

_log = logging.getLogger(__name__)

OnDelta = Callable[[str], None]
#: What is sent to a server as a client wrote it.
TAKES = frozenset({"tools", "tool_choice", "parallel_tool_calls", "response_format"})


class Exchange:
    """Requests to `model` over one connection, in one dialect. `name` is the model's in messages; `key_is`
    and `url_is` say where key and address are set, for those who have to look there."""

    def __init__(
        self, connection: Connection, dialect: Dialect, *, model: str, name: str, key_is: str, url_is: str
    ) -> None:
        self.connection = connection
        self.dialect = dialect
        self.name = name
        self._model = model
        self._key_is = key_is
        self._url_is = url_is
        self._told_of_cuts = False
        self._told_of_ends = False
        self._told_of_parts = False
        self._told_of_late_errors = False

    async def send(
        self, body: Mapping[str, Any], on_delta: OnDelta | None = None, *, learn: bool = True
    ) -> tuple[Body, Usage]:
        """One request in the fields this server takes, sent again while a refusal teaches other ones.

        Raises Declined when it refuses what only the caller can do without. Without `learn`, what it refuses
        is refused: nothing is left out, now or later.
        """
        while True:
            fields = self.dialect.fields(body, streamed=on_delta is not None)
            async with self.connection.slots:
                started = time.monotonic()
                try:
                    answer = await self.connection.within(
                        self.connection.timeout, self._exchange(fields, on_delta)
                    )
                    cost = answer.cost(time.monotonic() - started, sent=fields)
                    self._tell_of_parts(answer)
                    return answer.ended_by(fields), cost
                except HttpFailure as failure:
                    complaint = self.connection.complaint(failure)
            # Raised out here, so that what the server said, which may quote the key, is not its context.
            if not (learn and self.dialect.learn(complaint, fields)):
                raise self._cannot_do(complaint, fields) or self._failure(complaint)

    def tell_of_cuts(self, cost: Usage) -> None:
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
        if self._told_of_parts:
            return
        if found := next((kind for one in answer.choices if (kind := one.message.unknown_part)), ""):
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
                self.connection.words(said),
            )

    async def _exchange(self, body: dict[str, Any], on_delta: OnDelta | None) -> Body:
        async with self.connection.stream("/chat/completions", body) as answer:
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
            words = "" if said is None else f" It says: {self.connection.words(said)}"
            raise UnusableAnswer(
                f"The stream from {self.connection.host} broke off or is no stream of completions.{words}"
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
        says = f"; it says: {self.connection.words(said)}" if said else ""
        if place.startswith("choices") and '"choices"' in text:
            raise UnreadableAnswer(
                f"The server at {self.connection.host} sent a chat completion without a reply that could be "
                f"read (see {place}); it says: {self.connection.words(text)}"
            )
        raise UnreadableAnswer(
            f"The server at {self.connection.host} sent {what} instead of a chat completion{says}. "
            f"Check {self._url_is}, which usually ends in /v1."
        )

    def _cannot_do(self, said: Complaint, sent: Mapping[str, Any]) -> CannotDo | None:
        """The error for a server that does not do what a client's own fields ask for; None for another."""
        asked = TAKES & sent.keys()
        refused = said.status in (400, 422) and not said.too_long and not said.refuses_model
        named = said.status is not None and any(said.names(name) for name in asked)
        if not asked or not (refused or named):
            return None
        return CannotDo(
            f"The server at {self.connection.host} does not take this request with "
            f"{', '.join(sorted(asked))}; it says: {said.reason}"
        )

    def _failure(self, said: Complaint) -> UsbRecError:
        return said.failure(self.connection.host, self._model, key=self._key_is, url=self._url_is)
