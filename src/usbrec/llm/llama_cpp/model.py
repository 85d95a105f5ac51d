"""GGUF models in this process, through llama.cpp (`xllamacpp`), with answers that repeat.

On llama.cpp the same prompt, seed and temperature can give other words, because a warm prefix cache or
a busy neighbour slot changes the order of floating-point sums. What makes answers repeat here:

- one request in flight for each instance, and one instance for each worker of the engine;
- every slot has a stream of its own in the key-value cache (``kv_unified`` off), no cache is shared
  between slots or kept in host memory, and this module chooses the slot, not the server;
- a unit of work starts with all slots cold. Inside a unit the slot whose conversation shares the
  longest beginning with the new one is used warm, which depends on nothing but the unit's own calls.

Prefill is what costs on a CPU (100 to 280 tokens a second for the packaged model), so drafts go out in
one request with `n`, which computes the prompt once.

Prompts are written here, by the file's own chat template (llm/chat_template.py), as they are where the model
is trained: llama.cpp is given one that passes them on, since its own additions would differ.
"""

from __future__ import annotations

import asyncio
import json
import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from usbrec.dialogue import Usage
from usbrec.errors import ConfigError, InputError, ModelError, ModelUnavailable, PromptTooLong, UnusableAnswer
from usbrec.extras import extra
from usbrec.keys import derive_seed
from usbrec.llm.chat_template import ChatTemplate, TemplateRefusal, jinja_template
from usbrec.llm.choices import read_option
from usbrec.llm.llama_cpp.header import read_header
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion, Message, temper
from usbrec.llm.reasoning import names_marks
from usbrec.lockstep import current_scope
from usbrec.storage import Stamped, content_digest, stamped

T = TypeVar("T")

#: Slots of one instance: the most replies one request can draw.
SLOTS = 4
#: What is heeded of a client's own fields: llama.cpp makes a grammar of it.
_TAKES = frozenset({"response_format"})
#: The chat template that llama.cpp is given: the prompt as it is.
_PASSED_ON = "{{ messages[0]['content'] }}"
#: How deep raw log-probabilities are read before the grammar-limited second look of `choose`.
_TOP = 64
#: So many characters at the beginning of two first messages are worth keeping for the second.
_WORTH = 200


class LlamaCppModel:
    """A GGUF file as a ChatModel.

    `context` is the longest prompt plus reply in tokens. `instances` are loaded as workers first use
    them, each with `threads` threads; weights are mapped from one file. `adapter` is a LoRA file beside
    them (see lora_to_gguf.py). A model that can reason first replies at once, as in training, but with
    `thinking` and no adapter.
    Raises ConfigError when the file is missing, is no GGUF model, or xllamacpp is not installed.
    """

    parallel = False
    takes = _TAKES

    def __init__(
        self,
        path: str | Path,
        *,
        adapter: Path | None = None,
        name: str | None = None,
        context: int = 4096,
        instances: int = 1,
        threads: int = 1,
        thinking: bool = False,
    ) -> None:
        self._path = Path(path)
        try:
            with self._path.open("rb") as file:
                if file.read(4) != b"GGUF":
                    raise ConfigError(f"{self._path}: not a GGUF model file.")
        except (FileNotFoundError, IsADirectoryError):
            raise ConfigError(f"{self._path}: no such model file.") from None
        except OSError as error:
            raise ConfigError(f"{self._path}: cannot be read ({error.strerror}). Check the path.") from None
        with extra("local", f"A model in this process ({self._path.name})"):
            import xllamacpp  # noqa: F401  (heavy and optional: checked here, loaded where it is used)
        self._adapter = adapter
        self._name = name or self._path.name
        self._context = context
        self._threads = threads
        # An adapter has learnt replies to prompts without thoughts.
        self._thinking = thinking and adapter is None
        self._reading = threading.Lock()
        self._read: _Template | None = None
        self._instances = [_Instance(self._load, self._template) for _ in range(max(1, instances))]

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> Mapping[str, Any]:
        # Thread count belongs here: it changes how sums are split, and so, rarely, a word.
        return {
            "backend": "llama.cpp",
            "model": self._name,
            "weights": _weights(stamped(self._path)),
            "context": self._context,
            "threads": self._threads,
            **({} if self._adapter is None else {"adapter": content_digest(self._adapter)}),
            **({"thinking": True} if self._thinking else {}),
        }

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Draw `n` replies; more than SLOTS are drawn in several requests with derived seeds. Those that the
        deadline leaves no time for are empty; not one word in time is ModelUnavailable."""
        instance = self._instance()
        async with instance.lock:
            completions: list[Completion] = []
            usage = Usage()
            deadline = None if request.deadline is None else time.monotonic() + request.deadline
            while len(completions) < request.n:
                seed = request.seed if not completions else derive_seed(request.seed, len(completions))
                count = min(SLOTS, request.n - len(completions))
                drawn, cost = await _in_thread(partial(instance.draw, request, count, seed, deadline))
                completions += drawn
                usage += cost
                if _over(deadline):
                    # What is still missing stays empty, so that what was said in time is not lost.
                    completions += [Completion("", "length")] * (request.n - len(completions))
        if not any(completion.text for completion in completions):
            if _over(deadline):
                raise ModelUnavailable("The model did not say a word before the deadline.")
            raise UnusableAnswer(f"{self._name}: the model ended its reply without a word.")
        return ChatReply(tuple(completions), usage)

    async def choose(self, request: ChoiceRequest) -> Choice:
        """Exact where the options differ in their first token, votes limited by a grammar otherwise."""
        instance = self._instance()
        async with instance.lock:
            return await _in_thread(partial(instance.choose, request))

    async def aclose(self) -> None:
        for instance in self._instances:
            instance.server = None

    def _instance(self) -> _Instance:
        scope = current_scope.get()
        instance = self._instances[(scope.worker if scope else 0) % len(self._instances)]
        if scope is not None and instance.unit != scope.unit:
            instance.unit = scope.unit
            instance.held = [None] * SLOTS
        return instance

    def _template(self) -> _Template:
        """The file's chat template. Raises InputError where it has none."""
        with self._reading:
            if self._read is None:
                self._read = _read_template(self._path, self.name, thinking=self._thinking)
            return self._read

    def _load(self) -> Any:
        import xllamacpp

        params = xllamacpp.CommonParams()
        params.chat_template = _PASSED_ON
        params.use_jinja = True
        params.reasoning_format = xllamacpp.common_reasoning_format.COMMON_REASONING_FORMAT_NONE
        params.special = self._template().marked
        params.model.path = str(self._path)
        params.n_parallel = SLOTS
        params.n_ctx = self._context * SLOTS
        params.cpuparams.n_threads = self._threads
        params.cpuparams_batch.n_threads = self._threads
        if self._adapter is not None:
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(self._adapter), 1.0)]
        params.verbosity = -1
        params.warmup = False
        params.kv_unified = False
        params.cache_ram_mib = 0
        params.slot_prompt_similarity = 0.0
        params.n_ctx_checkpoints = 0
        params.ctx_shift = False
        try:
            return xllamacpp.Server(params)
        except RuntimeError as error:
            raise ConfigError(f"{self._path}: llama.cpp cannot load this model ({error}).") from None


@dataclass(frozen=True, slots=True)
class _Template:
    """A file's chat template. Where it speaks of marks of thoughts, `marked`, special tokens are given as
    text, so that marks can be told; `stop` are then the texts that end a turn."""

    chat: ChatTemplate
    marked: bool
    stop: tuple[str, ...]


def _read_template(path: Path, name: str, *, thinking: bool) -> _Template:
    header = read_header(path)
    if header.template is None:
        raise InputError(
            f"{path}: holds no chat template, as base models do, so nobody knows how to ask it. Take an "
            "instruction-tuned model."
        )
    try:
        render = jinja_template(header.template, header.tokens)
    except Exception as error:  # noqa: BLE001 - a template is somebody's program
        raise InputError(f"{path}: its chat template cannot be read ({error}). Take another file.") from None
    marked = names_marks(header.template)
    chat = ChatTemplate(render, header.template, name, thinking=thinking)
    return _Template(chat, marked, header.ends if marked else ())


@dataclass(slots=True)
class _Instance:
    """One loaded model and what its slots hold. Methods run in a worker thread, under `lock`."""

    load: Callable[[], Any]
    template: Callable[[], _Template]
    server: Any = None
    unit: str | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    #: The conversation each slot computed last in this unit; None is cold.
    held: list[tuple[Message, ...] | None] = field(default_factory=lambda: [None] * SLOTS)

    def draw(
        self, request: ChatRequest, count: int, seed: int, deadline: float | None, stop: threading.Event
    ) -> tuple[list[Completion], Usage]:
        body = {
            **self._place(request.messages, count),
            "n": count,
            "temperature": request.temperature,
            "top_p": request.top_p,
            "frequency_penalty": request.frequency_penalty,
            "max_tokens": request.max_tokens,
            "stop": [*request.stop, *self.template().stop],
            "seed": seed,
        }
        if request.as_written is not None:
            fields = request.as_written.fields
            body |= {name: fields[name] for name in _TAKES & fields.keys()}
        if request.grammar is not None:
            body["grammar"] = request.grammar.gbnf
        on_delta = request.on_delta if request.n == 1 else None
        stream = _Stream(count, deadline, stop, on_delta)
        started = time.monotonic()
        self._ask({**body, "stream": True, "stream_options": {"include_usage": True}}, stream)
        return stream.completions(), stream.usage(time.monotonic() - started)

    def choose(self, request: ChoiceRequest, stop: threading.Event) -> Choice:
        started = time.monotonic()
        if request.way == "votes":
            return self._vote(request, Usage(), started, stop)
        answer = self._one_token(request, {"logprobs": True, "top_logprobs": _TOP})
        tokens = [(token["token"], float(token["logprob"])) for token in _top(answer, "top_logprobs")]
        usage = _usage(answer)
        raw = _over_options([(token, math.exp(logprob)) for token, logprob in tokens], request.options)
        mass = None if raw is None else sum(raw.values())
        probabilities = raw if raw is not None and all(raw.values()) else None
        if probabilities is None and raw is not None:
            # An option is too unlikely to be listed: a grammar leaves only the options standing.
            limited = {"post_sampling_probs": True, **_limit(request.options)}
            answer = self._one_token(request, {"logprobs": True, "top_logprobs": _TOP, **limited})
            usage += _usage(answer)
            listed = [(token["token"], float(token["prob"])) for token in _top(answer, "top_probs")]
            probabilities = _over_options(listed, request.options)
        told = probabilities is not None and sum(probabilities.values()) > 0.0
        if told or request.way == "exact":
            return Choice(
                temper(probabilities, request.temperature) if told and probabilities else None,
                "exact",
                mass=mass,
                usage=_timed(usage, time.monotonic() - started),
            )
        return self._vote(request, usage, started, stop)

    def _vote(self, request: ChoiceRequest, usage: Usage, started: float, stop: threading.Event) -> Choice:
        longest = max(len(option.encode()) for option in request.options)
        texts: list[str] = []
        while len(texts) < request.votes and not stop.is_set():
            count = min(SLOTS, request.votes - len(texts))
            body = {
                **self._place(request.messages, count),
                **_limit(request.options),
                "n": count,
                "temperature": request.temperature,
                "max_tokens": longest + 1,
                "seed": derive_seed(request.seed, len(texts)),
            }
            answer = self._ask(body)
            usage += _usage(answer)
            texts += [choice["message"]["content"] or "" for choice in answer["choices"]]
        read = [option for text in texts if (option := read_option(text, request.options)) is not None]
        shares = {option: read.count(option) / len(read) for option in request.options} if read else None
        return Choice(
            shares,
            "forced",
            votes=len(texts),
            unreadable=len(texts) - len(read),
            usage=_timed(usage, time.monotonic() - started),
        )

    def _one_token(self, request: ChoiceRequest, extra: Mapping[str, Any]) -> Any:
        body = {"max_tokens": 1, "temperature": 1.0, "top_p": 1.0, "seed": request.seed, "n": 1}
        return self._ask({**self._place(request.messages, 1), **body, **extra})

    def _place(self, messages: tuple[Message, ...], count: int) -> dict[str, Any]:
        """Write the prompt, choose the slot, say whether its prefix may be used. Raises UnusableAnswer."""
        try:
            prompt = self.template().chat.prompt([message.to_json() for message in messages])
        except TemplateRefusal as refusal:
            raise UnusableAnswer(f"The model's chat template refuses the dialogue ({refusal}).") from None
        shared = [0 if held is None else _shared(held, messages) for held in self.held]
        slot = max(range(SLOTS), key=lambda index: (shared[index], self.held[index] is None, index))
        warm = shared[slot] > 0
        # The other replies of a request copy its prompt into the first other slots, whatever these held.
        for other in [index for index in range(SLOTS) if index != slot][: count - 1]:
            self.held[other] = None
        self.held[slot] = messages
        return {
            "messages": [{"role": "user", "content": prompt}],
            "id_slot": slot,
            "cache_prompt": warm,
            # Its own defaults are top-k 40 and min-p 0.05: the request says what it wants, no more.
            "top_k": 0,
            "min_p": 0.0,
        }

    def _ask(self, body: Mapping[str, Any], stream: _Stream | None = None) -> Any:
        if self.server is None:
            self.server = self.load()
        try:
            if stream is None:
                answer = self.server.handle_chat_completions(dict(body))
            else:
                self.server.handle_chat_completions(dict(body), stream.receive)
                answer = stream.error
        except ValueError as error:
            # Some bodies are refused by an exception instead of an error document.
            raise ModelError(f"llama.cpp refused the request: {error}") from None
        _raise_error(answer)
        return answer


class _Stream:
    """Collects the pieces of `count` replies, and ends them early on a deadline or a cancelled task."""

    def __init__(
        self,
        count: int,
        deadline: float | None,
        stop: threading.Event,
        on_delta: Callable[[str], None] | None,
    ) -> None:
        self._texts = [""] * count
        self._finish: list[str | None] = [None] * count
        self._pieces = 0
        self._deadline = deadline
        self._stop = stop
        self._on_delta = on_delta
        self._usage: Mapping[str, Any] = {}
        self.error: Any = None

    def receive(self, chunk: Any) -> bool:
        """Called by llama.cpp for each piece; True ends the request."""
        if "error" in chunk:
            self.error = chunk
            return True
        for choice in chunk["choices"]:
            piece = choice["delta"].get("content")
            if piece:
                self._pieces += 1
                self._texts[choice["index"]] += piece
                if self._on_delta is not None:
                    self._on_delta(piece)
            if choice["finish_reason"]:
                self._finish[choice["index"]] = choice["finish_reason"]
        self._usage = chunk.get("usage") or self._usage
        return _over(self._deadline) or self._stop.is_set()

    def completions(self) -> list[Completion]:
        """Replies cut short by the deadline say "length"."""
        return [
            Completion(text.strip(), "stop" if finish == "stop" else "length")
            for text, finish in zip(self._texts, self._finish, strict=True)
        ]

    def usage(self, seconds: float) -> Usage:
        # llama.cpp counts the tokens of one reply only, so with several the pieces are counted.
        counted = int(self._usage.get("completion_tokens", 0)) if len(self._texts) == 1 else 0
        details = self._usage.get("prompt_tokens_details") or {}
        return Usage(
            calls=1,
            prompt_tokens=int(self._usage.get("prompt_tokens", 0)),
            completion_tokens=counted or self._pieces,
            cached_tokens=int(details.get("cached_tokens", 0)),
            seconds=round(seconds, 6),
        )


async def _in_thread(work: Callable[[threading.Event], T]) -> T:
    """Run blocking `work` in a thread; a cancelled task stops it at the next token and waits for that."""
    stop = threading.Event()
    future = asyncio.get_running_loop().run_in_executor(None, work, stop)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        stop.set()
        # The slot must be idle before anyone else may use the instance.
        await asyncio.wait([future])
        if not future.cancelled():
            # Looked at, because a failure that nobody looked at is written to the error stream.
            future.exception()
        raise


def _over(deadline: float | None) -> bool:
    return deadline is not None and time.monotonic() > deadline


@lru_cache(maxsize=8)
def _weights(file: Stamped) -> str:
    """The digest of a model file as it stands: two files of one size and name are not the same model."""
    return content_digest(file[0])


def _shared(held: Sequence[Message], messages: Sequence[Message]) -> int:
    """How many characters of whole leading messages two conversations have in common; where the first
    messages differ, as in questions about one dialogue, how many these begin with, if it is worth a slot."""
    length = 0
    for ours, theirs in zip(messages, held, strict=False):
        if ours != theirs:
            break
        length += len(ours.content) + 1
    if not length and messages[0].role == held[0].role:
        begin = _alike(messages[0].content, held[0].content)
        return begin if begin >= _WORTH else 0
    return length


def _alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (ours, theirs) in pairs if ours != theirs), min(len(one), len(other)))


def _over_options(tokens: Sequence[tuple[str, float]], options: Sequence[str]) -> dict[str, float] | None:
    """The probability of each option's first token; None when a token could begin two options."""
    mass = dict.fromkeys(options, 0.0)
    for token, probability in tokens:
        text = token.strip()
        begins = [option for option in options if text and option.startswith(text)]
        if len(begins) > 1:
            return None
        if begins:
            mass[begins[0]] += probability
    return mass


def _limit(options: Sequence[str]) -> dict[str, str]:
    alternatives = " | ".join(json.dumps(option, ensure_ascii=False) for option in options)
    return {"grammar": f"root ::= {alternatives}"}


def _top(answer: Any, field_name: str) -> Sequence[Mapping[str, Any]]:
    content = (answer["choices"][0].get("logprobs") or {}).get("content") or []
    return content[0].get(field_name, []) if content else []


def _usage(answer: Any) -> Usage:
    usage = answer.get("usage", {})
    return Usage(
        calls=1,
        prompt_tokens=int(usage.get("prompt_tokens", 0)),
        completion_tokens=int(usage.get("completion_tokens", 0)) * len(answer["choices"]),
        cached_tokens=int((usage.get("prompt_tokens_details") or {}).get("cached_tokens", 0)),
    )


def _timed(usage: Usage, seconds: float) -> Usage:
    return usage + Usage(seconds=round(seconds, 6))


def _raise_error(answer: Any) -> None:
    if not (isinstance(answer, Mapping) and "error" in answer):
        return
    error = answer["error"]
    message = str(error.get("message", error))
    if error.get("type") == "exceed_context_size_error":
        raise PromptTooLong(f"{message}; set a larger context under [models] in the configuration")
    raise ModelError(f"llama.cpp refused the request: {message}")
