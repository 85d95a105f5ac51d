"""Answering of a request: the queue, the deadline, and what is said when it is over.

Two clocks keep a deadline. The model is told of the first, so that it can end by itself (a search says the
best draft so far); the second does not wait for the model any more. Then the reply is what was heard until
there, cut off (`finish_reason: length`), or with candidates the fixed sentence with the first one.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from usbrec.config import Play, Serving
from usbrec.dialogue import Constraint, Conversation, Item, Turn, Usage
from usbrec.enhancement.budget import Meter, current_meter
from usbrec.errors import InputError, ModelError, UnusableAnswer
from usbrec.llm.stops import ended_at_once
from usbrec.llm.written_calls import without_calls
from usbrec.play.protocol import Drawn, Sampling, SearchProgress
from usbrec.play.said import ONLY_CALLS
from usbrec.serve.http.errors import ServiceError
from usbrec.serve.http.queue import RequestQueue
from usbrec.serve.models import ServedModel, ServedModels
from usbrec.serve.openai.schema import ChatBody
from usbrec.serve.passing import CallingReply, Cause, PassedOn, passed_on

#: What is told on the way: a piece of text, or how far the search is.
Update = str | SearchProgress


@dataclass(frozen=True, slots=True)
class Said:
    """One reply of the model: its text and why it ended; `items` are the ids that it gives itself,
    `tool_calls` the calls of tools that it asks for, in OpenAI's form."""

    text: str
    finish: Literal["stop", "length"]
    items: tuple[str, ...] | None = None
    tool_calls: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Finished:
    """All that a reply came to. `shown` has what the columns that are given back hold for each of the
    `items`, `units` their currencies and units. `late` says that the clock ended it; `turn` is its number in
    its session; `not_understood` are words of the last message that no item has, `constraints` what an item
    had to be: the request's filter, and what was read in its words."""

    said: tuple[Said, ...]
    usage: Usage = field(default_factory=Usage)
    trace: Mapping[str, Any] | None = None
    items: tuple[Item, ...] = ()
    shown: tuple[Mapping[str, Any], ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    late: bool = False
    session: str | None = None
    turn: int | None = None
    not_understood: tuple[str, ...] = ()
    constraints: tuple[Constraint, ...] = ()


@dataclass(frozen=True)
class GenerationRequest:
    """A request as it was understood: `deadline` is in seconds from when it came in. To its end it keeps the
    models, and with them the catalogue, that were `served` then."""

    served: ServedModels
    model: ServedModel
    conversation: Conversation
    sampling: Sampling
    deadline: float | None
    arrived: float = field(default_factory=time.monotonic)

    @property
    def passed_on(self) -> Cause | None:
        """Why it goes to the language model as it is; None for a conversation."""
        recommender = self.model.recommender
        return recommender.cause if isinstance(recommender, PassedOn) else None


@dataclass
class UsageSoFar:
    """What a reply has cost that did not come to its end; `usage` is nothing until then."""

    usage: Usage = field(default_factory=Usage)


def understand(
    body: ChatBody, served: ServedModels, settings: Serving, play: Play, seed: int
) -> GenerationRequest:
    """Raises ServiceError for an unknown model, and for what nobody may ask for here."""
    model = served.first if body.model is None else served.models.get(body.model)
    if model is None:
        there = ", ".join(served.models)
        raise ServiceError(
            404,
            f"The model {str(body.model)[:200]!r} does not exist here. There are: {there}.",
            param="model",
            code="model_not_found",
        )
    if body.logprobs:
        raise ServiceError(400, "logprobs are not given by these models.", param="logprobs")
    conversation = body.conversation()
    if conversation.system is None and not conversation.turns:
        raise ServiceError(400, "messages hold no words.", param="messages")
    ours = body.usbrec
    drafts = None if ours is None else ours.drafts
    _at_most("usbrec.drafts", drafts, settings.most_drafts)
    _at_most("usbrec.rounds", conversation.rounds, settings.most_rounds)
    conversation = _filtered(body, conversation, served)
    passing = passed_on(body, conversation, served)
    if passing is not None and passing.cause != "task" and conversation.constraints:
        raise ServiceError(
            400,
            f"filter: a request with {passing.cause} goes to the language model as it is, which nothing "
            "holds to a filter. Leave one of them out.",
            param="filter",
        )
    if passing is not None:
        model = ServedModel(served.plain.name, passing, enhanced=False)
        if passing.cause == "task":
            # Nobody's words: nothing is to be linked in them.
            conversation = replace(conversation, turns=())
    # What is to be read by a program is worth nothing when it is cut, or keeps clear of quotation marks.
    longest = body.max_completion_tokens or body.max_tokens
    longest = longest or (settings.max_tokens if passing is None else settings.longest_reply)
    penalty = play.frequency_penalty if passing is None else 0.0
    temperature = play.temperature if body.temperature is None else body.temperature
    if body.temperature is None and (body.n or 1) > 1 and not model.enhanced:
        # A search ranks its drafts; a model alone says the likeliest reply again and again.
        temperature = temperature or _SEVERAL_TEMPERATURE
    sampling = Sampling(
        n=body.n or 1,
        temperature=temperature,
        # OpenAI takes 0 for the likeliest token alone, and backends do not all.
        top_p=1.0 if body.top_p is None else max(body.top_p, 0.01),
        max_tokens=min(longest, settings.longest_reply),
        frequency_penalty=penalty if body.frequency_penalty is None else max(0.0, body.frequency_penalty),
        stop=body.stops(),
        seed=seed if body.seed is None else body.seed % 2**31,
        drafts=drafts,
    )
    clocks = [
        clock for clock in (settings.deadline, None if ours is None else ours.deadline) if clock is not None
    ]
    return GenerationRequest(served, model, conversation, sampling, min(clocks, default=None))


def _filtered(body: ChatBody, conversation: Conversation, served: ServedModels) -> Conversation:
    """The conversation with the constraints of the request's filter. Raises ServiceError."""
    given = body.wanted
    if given is None:
        return conversation
    try:
        return replace(conversation, constraints=served.filtered(given))
    except InputError as problem:
        raise ServiceError(400, str(problem), param="filter", code="invalid_filter") from None


#: Temperature of several replies where neither request nor settings say one.
_SEVERAL_TEMPERATURE = 0.7


def _at_most(param: str, value: int | None, most: int) -> None:
    if value is not None and value > most:
        raise ServiceError(400, f"{param} is {value}; here it is at most {most}.", param=param)


class Answerer:
    """Answers through the queue."""

    def __init__(self, queue: RequestQueue) -> None:
        self._queue = queue
        self._left_behind: set[asyncio.Task[Drawn]] = set()

    async def answer(
        self, request: GenerationRequest, tell: Callable[[Update], None], used: UsageSoFar
    ) -> Finished:
        """Raises ModelError or ServiceError. Who cancels this cancels the model's calls, and finds in `used`
        what they have cost."""
        heard = _Heard(tell)
        # The search counts its calls in the context of its task, where they can be read from here.
        context = copy_context()
        context.run(current_meter.set, Meter())
        work = asyncio.create_task(self._work(request, heard), context=context)
        try:
            await asyncio.wait({work}, timeout=_left(request, _SECOND))
        finally:
            # Not waited for: a model in a thread ends at its next token, and holds its turn until then.
            if not work.done():
                used.usage = self._cost_so_far(request, heard, context)
                self._left_behind.add(work)
                work.add_done_callback(self._left)
                work.cancel()
        if work.done():
            # A library that cancels what it was asked for must not look like a client that went away.
            error = ModelError("The model's call was cancelled.") if work.cancelled() else work.exception()
            if error is None:
                finished = self._finished(request, work.result())
                if any(one.text or one.items or one.tool_calls for one in finished.said):
                    return finished
                if all(
                    ended_at_once(request.sampling.stop, one.finish, one.reasoning)
                    for one in work.result().replies
                ):
                    return finished
                used.usage = finished.usage
                raise UnusableAnswer(f"{request.model.name}: {_why_empty(work.result())}")
            if not (isinstance(error, ModelError) and _nearly_over(request)):
                used.usage = self._cost_of_failing(request, heard, context, error)
                raise error
            used.usage = self._cost_so_far(request, heard, context)
        heard.stop()
        return self._at_the_end(request, heard, used.usage)

    async def aclose(self) -> None:
        """Give what was cancelled a moment to be over; a model that reads a prompt can take any time."""
        if self._left_behind:
            await asyncio.wait(self._left_behind, timeout=_LAST_MOMENT)

    def _left(self, work: asyncio.Task[Drawn]) -> None:
        self._left_behind.discard(work)
        if not work.cancelled():
            # Looked at, so that nobody writes a failure that no one waits for any more into the log, words
            # and all.
            work.exception()

    async def _work(self, request: GenerationRequest, heard: _Heard) -> Drawn:
        await request.served.read(request.conversation.turns)
        heard.read = True
        async with self._queue.turn():
            heard.started = True
            left = _left(request, _FIRST)
            return await request.model.recommender.draw(
                request.conversation,
                replace(
                    request.sampling,
                    deadline=None if left is None else max(left, 0.001),
                    on_delta=heard.piece,
                    on_progress=heard.progress,
                ),
            )

    def _finished(self, request: GenerationRequest, drawn: Drawn) -> Finished:
        said = tuple(
            Said(
                one.text.strip(),
                one.finish,
                one.items,
                one.tool_calls if isinstance(one, CallingReply) else (),
            )
            for one in drawn.replies
        )
        turns = request.conversation.turns
        held = request.passed_on is None
        unknown = request.served.not_understood(turns) if held else ()
        constraints = request.served.constraints(request.conversation) if held else ()
        items = self._items(request, turns, said)
        finished = Finished(
            said, drawn.usage, drawn.trace, items, not_understood=unknown, constraints=constraints
        )
        return self._with_columns(request, finished)

    def _with_columns(self, request: GenerationRequest, finished: Finished) -> Finished:
        """The same with what the columns that are given back hold for its items."""
        shown = tuple(request.served.shown(item) for item in finished.items)
        return replace(finished, shown=shown, units=request.served.units) if any(shown) else finished

    def _at_the_end(self, request: GenerationRequest, heard: _Heard, usage: Usage) -> Finished:
        # What was not read by now is so long that looking into it would keep everybody waiting.
        turns = request.conversation.turns if heard.read else ()
        text = heard.text.strip()
        if not text and request.passed_on is None:
            text = request.served.at_least(replace(request.conversation, turns=turns)) or ""
        if not text and (not heard.started or request.passed_on is not None):
            raise ServiceError(
                503, "The model was busy until the deadline; try again.", code="busy", retry_after=1
            )
        said = tuple(Said(text, "length") for _ in range(request.sampling.n))
        finished = Finished(said, usage, None, self._items(request, turns, said), late=True)
        return self._with_columns(request, finished)

    def _items(
        self, request: GenerationRequest, turns: Sequence[Turn], said: Sequence[Said]
    ) -> tuple[Item, ...]:
        # What a call of a tool that was written as text asks for is not recommended, shown or not.
        text, _ = without_calls(said[0].text, shown=False)
        return request.served.items(turns, Turn("recommender", text, said[0].items))

    def _cost_so_far(self, request: GenerationRequest, heard: _Heard, context: Context) -> Usage:
        """What the calls have cost that are over, and about what the one under way has: nobody has counted
        its tokens yet, and whoever goes away in the middle has had them all the same."""
        if not heard.started:
            return Usage()
        messages = request.served.seat.template.messages(request.conversation)
        read = sum(len(message.content) for message in messages) // _CHARACTERS
        under_way = Usage(calls=1, prompt_tokens=read, completion_tokens=len(heard.text.split()))
        return _counted(heard, context) + under_way

    def _cost_of_failing(
        self, request: GenerationRequest, heard: _Heard, context: Context, error: BaseException
    ) -> Usage:
        """The same for a reply that failed. A model that answered, though with nothing usable, has read
        the prompt; one that was not to be had has cost a call and no tokens, or trying again would be paid
        for."""
        if not heard.started or heard.text or isinstance(error, UnusableAnswer):
            return self._cost_so_far(request, heard, context)
        return _counted(heard, context) + Usage(calls=1)


def _why_empty(drawn: Drawn) -> str:
    if any(without_calls(one.reasoning)[1] for one in drawn.replies):
        return ONLY_CALLS
    return (
        "the reply is empty: the model answered with no text, or with a call of a tool that was not offered."
    )


class _Heard:
    """What the model said so far, told on in the event loop, wherever the model runs."""

    def __init__(self, tell: Callable[[Update], None]) -> None:
        self._tell: Callable[[Update], None] | None = tell
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._pieces: list[str] = []
        #: Whether titles were looked for in what was said, and the model was asked.
        self.read = self.started = False
        #: That of the search, which is gone from its context once the search has failed.
        self.meter: Meter | None = None

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def piece(self, text: str) -> None:
        self._here(self._hear, text)

    def progress(self, progress: SearchProgress) -> None:
        self.meter = current_meter.get() or self.meter
        self._here(self._pass_on, progress)

    def stop(self) -> None:
        """What comes from now on is not heard."""
        self._tell = None

    def _here(self, what: Callable[[Update], None], update: Update) -> None:
        if threading.get_ident() == self._thread:
            what(update)
        else:
            self._loop.call_soon_threadsafe(what, update)

    def _hear(self, update: Update) -> None:
        if self._tell is not None:
            self._pieces.append(str(update))
            self._tell(update)

    def _pass_on(self, update: Update) -> None:
        if self._tell is not None:
            self._tell(update)


#: Characters of a text that are about a token.
_CHARACTERS = 4
#: Seconds that cancelled calls get at the very end.
_LAST_MOMENT = 1.0
#: Shares of the deadline, and seconds at most, that the two clocks end before it.
_FIRST = (0.15, 0.3)
_SECOND = (0.075, 0.15)


def _counted(heard: _Heard, context: Context) -> Usage:
    """What the calls that are over have cost."""
    meter = heard.meter or context.get(current_meter)
    return Usage() if meter is None else meter.usage


def _left(request: GenerationRequest, early: tuple[float, float]) -> float | None:
    """Seconds until a clock that is `early` strikes; None without a deadline."""
    if request.deadline is None:
        return None
    share, most = early
    return max(
        0.0, request.arrived + request.deadline - min(share * request.deadline, most) - time.monotonic()
    )


def _nearly_over(request: GenerationRequest) -> bool:
    """Whether a model that fails now fails for want of time: a search keeps a tenth of it for itself."""
    left = _left(request, _FIRST)
    return left is not None and request.deadline is not None and left <= 0.15 * request.deadline
