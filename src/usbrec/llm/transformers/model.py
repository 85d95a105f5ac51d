"""Transformers chat model, with or without a LoRA adapter: the seat ``hf:BASE[+ADAPTER]``.

The adapter is merged into the weights when the model is loaded, so it costs nothing afterwards. A prompt
is prefilled once however many replies are drawn, and inside a unit of work the prefix that a prompt shares
with the one before is not computed again; a unit starts with the system message alone, which is the same for
all, so that its words depend on nothing but itself. Units of a lockstep batch (see lockstep.py) have their
replies drawn in one pass, token by token (decoding.py). On processors with bfloat16 the weights are kept in
it.
"""

from __future__ import annotations

import asyncio
import copy
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from usbrec.dialogue import Usage
from usbrec.errors import ModelError, PromptTooLong, UnusableAnswer
from usbrec.extras import extra
from usbrec.keys import digest
from usbrec.llm.chat_template import ChatTemplate, TemplateRefusal
from usbrec.llm.drawn_choices import drawn_votes, looked_at
from usbrec.llm.protocol import ChatReply, ChatRequest, Choice, ChoiceRequest, Message, temper
from usbrec.llm.reasoning import ReasoningMarks
from usbrec.llm.transformers.adapters import merged
from usbrec.llm.transformers.checkpoint import (
    ADAPTER_FILES,
    checkpoint_of,
    digest_beside,
    load_model,
    load_tokenizer,
    revision_of,
    weights_of,
)
from usbrec.llm.transformers.continuing import continues_prompts
from usbrec.llm.transformers.decoding import draw_all
from usbrec.llm.transformers.devices import device_of, half_precision
from usbrec.llm.transformers.limits import GrammarLimits
from usbrec.llm.transformers.memory import GrowingHeap, give_back_memory
from usbrec.llm.transformers.precision import in_precision
from usbrec.llm.transformers.prefilled import Prefilled, begun_with
from usbrec.llm.transformers.sequences import DecodingRequest, Prompt, TokenLimit
from usbrec.llm.transformers.sound import check_tokenizer, longest_text
from usbrec.llm.transformers.tokens import ReplyDecoder, chat_template, encode, end_tokens, turn_tokens
from usbrec.lockstep import Strand, current_scope
from usbrec.storage import content_digest

R = TypeVar("R")


#: So many system messages stay prefilled.
_SYSTEM_MESSAGES = 8


@dataclass(frozen=True)
class _Asked:
    """A request, and the strand of a unit that asks it; None outside a unit."""

    request: ChatRequest
    strand: Strand | None = field(compare=False)


@dataclass(frozen=True)
class _Loaded:
    """The model, and what turns messages into tokens and tokens into replies."""

    tokenizer: Any
    model: Any
    template: ChatTemplate
    decoder: ReplyDecoder
    ends: frozenset[int]
    #: Whether a prompt may be computed behind the cache of its beginning.
    continues: bool


class TransformersModel:
    """A ChatModel on torch. `context` is prompt plus reply in tokens, `workers` how many units run at
    once (each has a cache of its own), `threads` those of one of them, `device` auto, cpu or cuda. Prompts
    are those of training: a model that can reason first replies at once, but with `thinking` and no adapter.
    `reasoning` says which special tokens mark thoughts.

    Loading happens with the first request. Raises InputError or ConfigError then, and ConfigError at once
    without the extra ``train``.
    """

    parallel = False

    def __init__(
        self,
        base: str,
        *,
        adapter: Path | None = None,
        name: str,
        context: int = 4096,
        workers: int = 1,
        threads: int = 1,
        device: str = "auto",
        thinking: bool = False,
        reasoning: ReasoningMarks = "auto",
    ) -> None:
        with extra("train", f"The seat hf:{base}"):  # Heavy and optional: checked here, loaded where used.
            import torch  # noqa: F401
            import transformers  # noqa: F401

            if adapter is not None:
                import peft  # noqa: F401
        self._base = base
        self._adapter = adapter
        self._name = name
        self._context = context
        self._threads = threads
        self._wanted_device = device
        # An adapter has learnt replies to prompts without thoughts.
        self._thinking = thinking and adapter is None
        self._marks = reasoning
        self._workers = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="hf")
        self._system_caches: dict[tuple[int, ...], Any] = {}
        self._loading = threading.RLock()
        self._loaded: _Loaded | None = None
        self._limits: GrammarLimits | None = None
        self._heap = GrowingHeap()

    @property
    def name(self) -> str:
        return self._name

    @cached_property
    def identity(self) -> Mapping[str, Any]:
        """Digests of the weights and the adapter, and what they are computed in."""
        import torch
        import transformers

        place = Path(checkpoint_of(self._base))
        weights = weights_of(place) if place.is_dir() else []
        revision = revision_of(self._base)
        return {
            "backend": "transformers",
            "base": digest([content_digest(file) for file in weights]) if weights else self._base,
            # A hub's name stands for other weights once its owner has put them there.
            **({} if revision is None else {"revision": revision}),
            # Other settings, words or templates compute and ask otherwise with the same weights.
            **({"beside": digest_beside(place)} if place.is_dir() else {}),
            "adapter": None
            if self._adapter is None
            else digest([content_digest(self._adapter / name) for name in ADAPTER_FILES]),
            "dtype": str(half_precision(self._device)).removeprefix("torch."),
            "device": self._device.partition(":")[0],
            "context": self._context,
            "threads": self._threads,
            **({"thinking": True} if self._thinking else {}),
            "versions": [torch.__version__, transformers.__version__],
        }

    async def chat(self, request: ChatRequest) -> ChatReply:
        scope = current_scope.get()
        if scope is None or scope.lockstep is None:
            asked = _Asked(request, None if scope is None else scope.strand)
            return await self._work(lambda stopped: self._chat([asked], stopped)[0])
        reply: ChatReply = await scope.lockstep.ask(
            scope.unit, self._chat_together, _Asked(request, scope.strand), scope.strand.path
        )
        return reply

    async def choose(self, request: ChoiceRequest) -> Choice:
        scope = current_scope.get()
        strand = None if scope is None else scope.strand
        return await self._work(lambda stopped: self._answer(request, strand, stopped))

    async def aclose(self) -> None:
        self._workers.shutdown(wait=False, cancel_futures=True)
        self._system_caches.clear()
        self._loaded = None
        give_back_memory()

    async def _chat_together(self, asked: Sequence[_Asked]) -> Sequence[ChatReply | ModelError]:
        return await self._work(lambda stopped: self._chat(asked, stopped))

    async def _work(self, what: Callable[[threading.Event], R]) -> R:
        """Do `what` on a worker; a cancelled call ends there after the token it is at."""
        stopped = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._workers, what, stopped)
        finally:
            stopped.set()

    @property
    def _device(self) -> str:
        return device_of(self._wanted_device)

    def _open(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                import torch

                torch.set_num_threads(self._threads)
                tokenizer, model = load_tokenizer(self._base), self._merged()
                template = chat_template(tokenizer, self.name, thinking=self._thinking)
                check_tokenizer(self._base, tokenizer, model, turn_tokens(tokenizer, template))
                self._loaded = _Loaded(
                    tokenizer,
                    model,
                    template,
                    ReplyDecoder(tokenizer, self._marks),
                    end_tokens(tokenizer, template, model.generation_config),
                    continues_prompts(model, self.name),
                )
            return self._loaded

    def _merged(self) -> Any:
        import torch

        if self._adapter is None:
            return load_model(self._base, dtype=half_precision(self._device), device=self._device)
        # Merged in full precision: in half of it, small changes would be rounded away.
        model = merged(load_model(self._base, dtype=torch.float32), self._base, self._adapter)
        return in_precision(model, half_precision(self._device)).to(self._device).eval()

    def _prefill(
        self,
        messages: tuple[Message, ...],
        reply: int,
        strand: Strand | None,
        there: dict[tuple[int, ...], Prompt] | None = None,
    ) -> Prompt:
        """Prefill the prompt from where it differs from the strand's last one; one that is `there` already is
        not computed again."""
        from transformers import DynamicCache

        model = self._open().model
        ids = self._ids(messages)
        limit = min(self._context, longest_text(model.config))
        if len(ids) + reply > limit:
            raise PromptTooLong(
                f"{self.name}: prompt ({len(ids)} tokens) and reply ({reply}) do not fit into {limit} tokens."
            )
        there = {} if there is None else there
        prompt = there.get(tuple(ids))
        if prompt is None:
            last: Prefilled | None = None if strand is None else strand.kept(self)
            whole = not self._open().continues
            shared, cache = (0, None) if whole else begun_with(last, ids)
            if cache is None and not whole:
                shared, cache = begun_with(self._prefilled_system(messages), ids)
            if cache is None:
                shared, cache = 0, DynamicCache(config=model.config)
            logits = self._pass(ids[shared:], cache)
            prompt = there[tuple(ids)] = Prompt(ids, cache, logits, shared)
        else:
            prompt = replace(prompt, cached=len(ids) - 1)
        if strand is not None:
            strand.keep(self, Prefilled(ids, prompt.cache))
        return prompt

    def _ids(self, messages: Sequence[Message]) -> list[int]:
        """The tokens of a dialogue, with what begins a reply behind it. Raises UnusableAnswer."""
        loaded = self._open()
        try:
            text = loaded.template.prompt([message.to_json() for message in messages])
        except TemplateRefusal as refusal:
            raise UnusableAnswer(
                f"{self.name}: its chat template refuses the dialogue ({refusal})."
            ) from None
        return encode(loaded.tokenizer, text)

    def _prefilled_system(self, messages: Sequence[Message]) -> Prefilled:
        """The prefilled system message; empty where there is none.

        It is computed once, always by itself, so that it does not depend on which unit asks first.
        """
        from transformers import DynamicCache

        if messages[0].role != "system":
            return Prefilled([], None)
        loaded = self._open()
        ids = encode(loaded.tokenizer, loaded.template.opening(messages[0].to_json()))
        if not ids:
            # A template may want a user's turn: then every unit prefills the whole prompt.
            return Prefilled([], None)
        key = tuple(ids)
        with self._loading:
            cache = self._system_caches.get(key)
            if cache is None:
                cache = DynamicCache(config=loaded.model.config)
                self._pass(ids, cache)
                self._system_caches[key] = cache
                if len(self._system_caches) > _SYSTEM_MESSAGES:
                    del self._system_caches[next(iter(self._system_caches))]
            return Prefilled(ids, cache)

    def _pass(self, ids: Sequence[int], cache: Any) -> Any:
        """Run tokens through the model after those in `cache`; the logits (1, vocabulary) that follow."""
        import torch

        model = self._open().model
        with torch.inference_mode():
            answer = model(
                input_ids=torch.tensor([list(ids)], device=self._device),
                past_key_values=cache,
                use_cache=True,
                logits_to_keep=1,
            )
        return answer.logits[:, -1].float()

    def _after(self, tokens: Sequence[int], cache: Any) -> Any:
        """The logits (tokens, vocabulary) after each of `tokens` behind a cached prompt."""
        import torch

        loaded = self._open()
        parts = [tokens] if loaded.continues else [[token] for token in tokens]
        ids = [torch.tensor([part], device=self._device) for part in parts]
        return torch.cat(
            [loaded.model(input_ids=part, past_key_values=cache, use_cache=True).logits[0] for part in ids]
        )

    def _chat(self, asked: Sequence[_Asked], stopped: threading.Event) -> list[Any]:
        """For each request its reply; the ModelError that it alone met, where there are others."""
        decodings: list[DecodingRequest | ModelError] = []
        there: dict[tuple[int, ...], Prompt] = {}
        for one in asked:
            request, started = one.request, time.monotonic()
            try:
                prompt = self._prefill(request.messages, request.max_tokens, one.strand, there)
            except ModelError as error:
                if len(asked) == 1:
                    raise
                decodings.append(error)
                continue
            decodings.append(DecodingRequest(request, prompt, stopped.is_set, self._limit(request), started))
        loaded = self._open()
        draw_all(
            loaded.model,
            loaded.decoder,
            loaded.ends,
            [decoding for decoding in decodings if isinstance(decoding, DecodingRequest)],
        )
        self._heap.look()
        return [
            decoding
            if isinstance(decoding, ModelError)
            else ChatReply(decoding.completions(loaded.decoder), _usage(decoding, len(asked)))
            for decoding in decodings
        ]

    def _limit(self, request: ChatRequest) -> Callable[[], TokenLimit] | None:
        """What limits replies to the grammar of a request. Raises ConfigError without llguidance."""
        if request.grammar is None:
            return None
        loaded = self._open()
        if self._limits is None:
            self._limits = GrammarLimits(
                loaded.tokenizer, loaded.model.config.get_text_config().vocab_size, loaded.ends
            )
        return self._limits.of(request.grammar)

    def _answer(self, request: ChoiceRequest, strand: Strand | None, stopped: threading.Event) -> Choice:
        # One strand of several begins anew, so that it gets the digits that any other would get here.
        if strand is not None and strand.path:
            strand = None

        def draw(asked: ChatRequest) -> ChatReply:
            # No longer than there is room.
            room = min(self._context, longest_text(self._open().model.config))
            room = max(1, min(asked.max_tokens, room - len(self._ids(asked.messages))))
            reply: ChatReply = self._chat([_Asked(replace(asked, max_tokens=room), strand)], stopped)[0]
            return reply

        if request.way == "votes":
            return drawn_votes(request, draw)
        return looked_at(self._choose(request, strand), request, draw)

    def _choose(self, request: ChoiceRequest, strand: Strand | None) -> Choice:
        import torch

        started = time.monotonic()
        loaded = self._open()
        options = {option: encode(loaded.tokenizer, option) for option in request.options}
        prompt = self._prefill(request.messages, max(map(len, options.values())), strand)
        first = prompt.logits[0].log_softmax(-1)
        found: dict[str, float] = {}
        with torch.inference_mode():
            for option, tokens in options.items():
                total = float(first[tokens[0]])
                if len(tokens) > 1:
                    after = self._after(tokens[:-1], copy.deepcopy(prompt.cache))
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


def _usage(decoding: DecodingRequest, together: int) -> Usage:
    """A reply's usage; its share of the time of the `together` requests that were decoded at once."""
    said = sum(len(sequence.said) for sequence in decoding.sequences)
    seconds = (time.monotonic() - decoding.started) / together
    return Usage(1, len(decoding.prompt.ids), said, decoding.prompt.cached, seconds)
