"""A model through transformers, with or without a LoRA adapter: the seat ``hf:BASE[+ADAPTER]``.

The adapter is merged into the weights when the model is loaded, so it costs nothing afterwards. A prompt
is gone through once however many replies are drawn, and inside a unit of work what a prompt shares with
the one before is not computed again; a unit starts cold, so that its words depend on nothing but itself.
On processors with bfloat16 the weights are kept in it.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from usbrec.dialogue import Usage
from usbrec.engine import current_scope
from usbrec.errors import ConfigError, InputError, PromptTooLong, UnusableAnswer
from usbrec.keys import derive_seed, digest
from usbrec.llm.base import (
    ChatReply,
    ChatRequest,
    Choice,
    ChoiceRequest,
    Completion,
    Message,
    temper,
)
from usbrec.llm.checkpoint import (
    ADAPTER_FILES,
    checkpoint_of,
    load_model,
    load_tokenizer,
    without_future_warnings,
)

R = TypeVar("R")


@dataclass
class _Prompt:
    """A prompt gone through: its tokens, its key-value cache, what comes next, and how much was there."""

    ids: list[int]
    cache: Any
    logits: Any
    cached: int


@dataclass
class _Warm:
    """What a lane computed last, and in which unit."""

    unit: str
    ids: list[int]
    cache: Any


class TransformersModel:
    """A ChatModel on torch. `context` is prompt and reply together in tokens, `lanes` how many units work at
    once (each has a cache of its own), `threads` those of one of them, `device` auto, cpu or cuda.

    Loading happens with the first request. Raises InputError or ConfigError then.
    """

    parallel = False

    def __init__(
        self,
        base: str,
        *,
        adapter: Path | None = None,
        name: str,
        context: int = 4096,
        lanes: int = 1,
        threads: int = 1,
        device: str = "auto",
    ) -> None:
        self._base = base
        self._adapter = adapter
        self._name = name
        self._context = context
        self._threads = threads
        self._wanted_device = device
        self._workers = ThreadPoolExecutor(max_workers=lanes, thread_name_prefix="hf")
        self._warm: dict[int, _Warm] = {}
        self._loading = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Digests of the weights and the adapter, and what they are computed in."""
        import torch
        import transformers

        place = Path(checkpoint_of(self._base))
        weights = sorted(place.glob("*.safetensors")) if place.is_dir() else []
        return {
            "backend": "transformers",
            "base": digest([_content(file) for file in weights]) if weights else self._base,
            "adapter": None
            if self._adapter is None
            else digest([_content(self._adapter / name) for name in ADAPTER_FILES]),
            "dtype": str(half_precision(self._device)).removeprefix("torch."),
            "device": self._device.partition(":")[0],
            "context": self._context,
            "threads": self._threads,
            "versions": [torch.__version__, transformers.__version__],
        }

    async def chat(self, request: ChatRequest) -> ChatReply:
        return await self._work(lambda warm, stopped: self._chat(request, warm, stopped))

    async def choose(self, request: ChoiceRequest) -> Choice:
        return await self._work(lambda warm, stopped: self._choose(request, warm))

    async def aclose(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._warm.clear()
        self._loaded = None

    async def _work(self, what: Callable[[_Warm, threading.Event], R]) -> R:
        """Do `what` on a worker; a cancelled call ends there after the token it is at."""
        scope = current_scope.get()
        unit, lane = (scope.unit, scope.lane) if scope else ("", 0)
        warm = self._warm.get(lane)
        if warm is None or warm.unit != unit or not unit:
            warm = self._warm[lane] = _Warm(unit, [], None)
        stopped = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers, what, warm, stopped)
        finally:
            stopped.set()

    @property
    def _device(self) -> str:
        return device_of(self._wanted_device)

    def _open(self) -> tuple[Any, Any]:
        with self._loading:
            if self._loaded is None:
                import torch

                torch.set_num_threads(self._threads)
                self._loaded = (load_tokenizer(self._base), self._merged())
            return self._loaded

    def _merged(self) -> Any:
        import torch

        if self._adapter is None:
            return load_model(self._base, dtype=half_precision(self._device), device=self._device)
        import peft

        # Merged in full precision: in half of it, small changes would be rounded away.
        model = load_model(self._base, dtype=torch.float32)
        try:
            with without_future_warnings():
                merged = peft.PeftModel.from_pretrained(model, str(self._adapter)).merge_and_unload()
        except (RuntimeError, ValueError, KeyError) as error:
            raise InputError(
                f"{self._adapter}: this adapter does not fit {self._base} "
                f"({str(error).splitlines()[0][:200]})."
            ) from None
        return merged.to(self._device, half_precision(self._device)).eval()

    def _read(self, messages: tuple[Message, ...], reply: int, warm: _Warm) -> _Prompt:
        """Go through the prompt, from where it differs from the one before in this unit."""
        import torch
        from transformers import DynamicCache

        tokenizer, model = self._open()
        try:
            text = tokenizer.apply_chat_template(
                [message.to_json() for message in messages], tokenize=False, add_generation_prompt=True
            )
        except Exception as error:  # noqa: BLE001 - a template is somebody's program
            raise UnusableAnswer(f"{self.name}: its chat template refuses the dialogue ({error}).") from None
        ids = tokenizer(text, add_special_tokens=False)["input_ids"]
        limit = min(self._context, model.config.max_position_embeddings)
        if len(ids) + reply > limit:
            raise PromptTooLong(
                f"{self.name}: prompt ({len(ids)} tokens) and reply ({reply}) do not fit into {limit} tokens."
            )
        shared = 0
        # The last token is always computed, because what comes next is read off it.
        for old, new in zip(warm.ids, ids[:-1], strict=False):
            if old != new:
                break
            shared += 1
        cache = warm.cache if shared else DynamicCache(config=model.config)
        if shared:
            cache.crop(shared - cache.get_seq_length())
        with torch.inference_mode():
            answer = model(
                input_ids=torch.tensor([ids[shared:]], device=self._device),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
        warm.ids, warm.cache = ids, cache
        return _Prompt(ids, cache, answer.logits[:, -1].float(), shared)

    def _chat(self, request: ChatRequest, warm: _Warm, stopped: threading.Event) -> ChatReply:
        import torch

        started = time.monotonic()
        prompt = self._read(request.messages, request.max_tokens, warm)
        tokenizer, model = self._open()
        ends = model.generation_config.eos_token_id
        ends = {tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])}
        # A copy: the prompt's own stays as it is for the next request of the unit.
        cache = copy.deepcopy(prompt.cache)
        if request.n > 1:
            cache.batch_repeat_interleave(request.n)
        said: list[list[int]] = [[] for _ in range(request.n)]
        finish: list[str | None] = [None] * request.n
        draws = [
            torch.Generator().manual_seed(derive_seed(request.seed, "reply", index) % 2**63)
            for index in range(request.n)
        ]
        logits = prompt.logits.cpu().repeat(request.n, 1)
        shown = ""
        with torch.inference_mode():
            while True:
                for index in range(request.n):
                    if finish[index] is not None:
                        continue
                    token = _drawn(logits[index], said[index], request, draws[index])
                    if token in ends:
                        finish[index] = "stop"
                        continue
                    said[index].append(token)
                    if request.stop and _cut(tokenizer.decode(said[index]), request.stop) is not None:
                        finish[index] = "stop"
                    elif len(said[index]) >= request.max_tokens:
                        finish[index] = "length"
                if request.on_delta is not None and request.n == 1:
                    shown = _tell(request, tokenizer.decode(said[0], skip_special_tokens=True), shown)
                if all(finish):
                    break
                if stopped.is_set() or _late(request, started):
                    break
                last = [one[-1] if one else prompt.ids[-1] for one in said]
                logits = (
                    model(
                        input_ids=torch.tensor(last, device=self._device)[:, None],
                        past_key_values=cache,
                        use_cache=True,
                    )
                    .logits[:, -1]
                    .float()
                    .cpu()
                )
        replies = []
        for tokens, ended in zip(said, finish, strict=True):
            text = tokenizer.decode(tokens, skip_special_tokens=True)
            cut = _cut(text, request.stop)
            replies.append(
                Completion(text if cut is None else text[:cut], "stop" if ended == "stop" else "length")
            )
        usage = Usage(1, len(prompt.ids), sum(map(len, said)), prompt.cached, time.monotonic() - started)
        return ChatReply(tuple(replies), usage)

    def _choose(self, request: ChoiceRequest, warm: _Warm) -> Choice:
        import torch

        started = time.monotonic()
        tokenizer, model = self._open()
        options = {
            option: tokenizer(option, add_special_tokens=False)["input_ids"] for option in request.options
        }
        prompt = self._read(request.messages, max(map(len, options.values())), warm)
        first = prompt.logits[0].log_softmax(-1)
        found: dict[str, float] = {}
        with torch.inference_mode():
            for option, tokens in options.items():
                total = float(first[tokens[0]])
                if len(tokens) > 1:
                    after = model(
                        input_ids=torch.tensor([tokens[:-1]], device=self._device),
                        past_key_values=copy.deepcopy(prompt.cache),
                        use_cache=True,
                    ).logits[0]
                    rest = torch.tensor(tokens[1:], device=self._device)[:, None]
                    total += float(after.float().log_softmax(-1).gather(1, rest).sum())
                found[option] = total
        top = max(found.values())
        raw = {option: float(torch.tensor(value - top).exp()) for option, value in found.items()}
        single = all(len(tokens) == 1 for tokens in options.values())
        return Choice(
            temper({option: value / sum(raw.values()) for option, value in raw.items()}, request.temperature),
            "exact",
            mass=float(torch.tensor(list(found.values())).exp().sum()) if single else None,
            usage=Usage(1, len(prompt.ids), 0, prompt.cached, time.monotonic() - started),
        )


def device_of(wanted: str) -> str:
    """ "cpu" or "cuda" for the setting `models.device`. Raises ConfigError for one that is not there."""
    import torch

    there = torch.cuda.is_available()
    if wanted == "auto":
        return "cuda" if there else "cpu"
    if wanted.startswith("cuda") and not there:
        raise ConfigError(f"models.device = {wanted!r}: PyTorch sees no such device here. Use cpu or auto.")
    return wanted


def half_precision(device: str) -> Any:
    """bfloat16 where the device computes in it, else float32 (torch.dtype)."""
    import torch

    if device.startswith("cuda"):
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if torch.cpu._is_avx512_bf16_supported() else torch.float32


def _content(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _drawn(logits: Any, said: list[int], request: ChatRequest, draw: Any) -> int:
    """The next token, from logits of shape (vocabulary,)."""
    import torch

    if request.frequency_penalty and said:
        times = torch.ones(len(said))
        logits = logits.index_add(0, torch.tensor(said), times, alpha=-request.frequency_penalty)
    if request.temperature == 0.0:
        return int(logits.argmax())
    chances = (logits / request.temperature).softmax(-1)
    if request.top_p < 1.0:
        ordered, places = chances.sort(descending=True)
        # The token that reaches top_p belongs to it.
        ordered[ordered.cumsum(0) - ordered >= request.top_p] = 0.0
        return int(places[torch.multinomial(ordered, 1, generator=draw)])
    return int(torch.multinomial(chances, 1, generator=draw))


def _cut(text: str, stops: tuple[str, ...]) -> int | None:
    """Where the first stop text begins, or None."""
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    return min(found, default=None)


def _late(request: ChatRequest, started: float) -> bool:
    return request.deadline is not None and time.monotonic() - started >= request.deadline


def _tell(request: ChatRequest, text: str, shown: str) -> str:
    """Pass on what is new and whole; returns what has been told."""
    cut = _cut(text, request.stop)
    text = text if cut is None else text[:cut]
    # A character of several tokens is told when it is whole.
    if request.on_delta is None or text.endswith("\N{REPLACEMENT CHARACTER}") or len(text) <= len(shown):
        return shown
    request.on_delta(text[len(shown) :])
    return text
