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
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from usbrec.dialogue import Usage
from usbrec.errors import ConfigError, ModelUnavailable, UnusableAnswer
from usbrec.extras import extra
from usbrec.keys import derive_seed
from usbrec.llm.llama_cpp.instance import SLOTS, TAKES, Instance
from usbrec.llm.llama_cpp.streamed import is_over
from usbrec.llm.llama_cpp.template import FileTemplate, read_template
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Completion
from usbrec.llm.stops import ended_at_once
from usbrec.lockstep import current_scope
from usbrec.storage import content_digest

T = TypeVar("T")

#: The chat template that llama.cpp is given: the prompt as it is.
_PASSED_ON = "{{ messages[0]['content'] }}"


class LlamaCppModel:
    """A GGUF file as a ChatModel.

    `context` is the longest prompt plus reply in tokens. `instances` are loaded as workers first use
    them, each with `threads` threads; weights are mapped from one file. `adapter` is a LoRA file beside
    them (see lora_to_gguf.py). A model that can reason first replies at once, as in training, but with
    `thinking` and no adapter.
    Raises ConfigError when the file is missing, is no GGUF model, or xllamacpp is not installed.
    """

    parallel = False
    takes = TAKES

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
        self._read: FileTemplate | None = None
        self._instances = [Instance(self._load, self._template) for _ in range(max(1, instances))]

    @property
    def name(self) -> str:
        return self._name

    @property
    def identity(self) -> Mapping[str, Any]:
        # Thread count belongs here: it changes how sums are split, and so, rarely, a word.
        return {
            "backend": "llama.cpp",
            "model": self._name,
            "weights": content_digest(self._path),
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
                if is_over(deadline):
                    # What is still missing stays empty, so that what was said in time is not lost.
                    completions += [Completion("", "length")] * (request.n - len(completions))
        stopped = any(ended_at_once(request.stop, one.finish, "") for one in completions)
        if not stopped and not any(completion.text for completion in completions):
            if is_over(deadline):
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

    def _instance(self) -> Instance:
        scope = current_scope.get()
        instance = self._instances[(scope.worker if scope else 0) % len(self._instances)]
        if scope is not None and instance.unit != scope.unit:
            instance.unit = scope.unit
            instance.held = [None] * SLOTS
        return instance

    def _template(self) -> FileTemplate:
        """The file's chat template. Raises InputError where it has none."""
        with self._reading:
            if self._read is None:
                self._read = read_template(self._path, self.name, thinking=self._thinking)
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
