"""Shared-prefix forward pass: sequences of one prompt advance by a token each over one cache.

Where the model computes plain attention, all sequences go in one pass, those of one prompt reading the same
keys and values. Any other architecture gets one pass for the sequences of each prompt.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

from usbrec.llm.protocol import ChatRequest
from usbrec.llm.transformers.sequences import DecodingRequest, DecodingSequence, Prompt

#: The name of our attention in transformers' register.
_ATTENTION = "usbrec_shared_prompt"
#: Further arguments that the attention of some architectures takes: not computed here.
_SPECIAL = ("sliding_window", "softcap", "s_aux", "position_bias")


def forward_pass_of(model: Any, sequences: Sequence[DecodingSequence]) -> SharedPrefixPass | PerPromptPass:
    """The forward pass for these sequences: a shared one where the model allows it."""
    together = SharedPrefixPass(model)
    return together if together.possible() else PerPromptPass(model, sequences)


class SharedPrefixPass:
    """All sequences in one pass, each reading its prompt's keys and values beside its own."""

    def __init__(self, model: Any) -> None:
        from transformers import DynamicCache

        self._model = model
        self._said = DynamicCache(config=model.config)
        self._prefixes = _PrefixCaches((), model)
        self._where_n: tuple[Any, Any] | None = None

    def possible(self) -> bool:
        """Whether the model takes our attention, and has no other kind of layers."""
        layers = getattr(self._model.config.get_text_config(), "layer_types", None) or ()
        return all(kind == "full_attention" for kind in layers) and shares_prompts(self._model)

    def keep(self, places: Sequence[int]) -> None:
        import torch

        if self._said.layers:
            self._said.batch_select_indices(torch.tensor(places, device=self._model.device))

    def next(self, sequences: Sequence[DecodingSequence]) -> Any:
        """The logits (sequences, vocabulary) after each sequence's last token."""
        import torch

        # Requests with the same prompt may share its cache.
        prompts = list(
            {id(sequence.decoding.prompt.cache): sequence.decoding.prompt for sequence in sequences}.values()
        )
        # Prompts without open sequences stay until they are the greater part: dropping copies the others.
        if not self._prefixes.prompts or 2 * len(prompts) <= len(self._prefixes.prompts):
            self._prefixes = _PrefixCaches(prompts, self._model)
        self._where_n = self._prefixes.places(sequences)
        device = self._model.device
        places = [len(sequence.decoding.prompt.ids) + len(sequence.said) - 1 for sequence in sequences]
        return self._model(
            input_ids=torch.tensor([[sequence.said[-1]] for sequence in sequences], device=device),
            position_ids=torch.tensor(places, device=device)[:, None],
            # Of no meaning here; given so that none is made.
            attention_mask=torch.zeros((1, 1, 1, 1), device=device),
            past_key_values=self._said,
            use_cache=True,
            shared_pass=self,
        ).logits[:, -1]

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        """Attention of one new token a sequence: query (n, heads, 1, d), key and value of the sequences' own
        tokens (n, shared heads, t, d); returns (n, 1, heads, d)."""
        import torch

        count, heads, _, width = query.shape
        shared = key.shape[1]
        where_n = self._where_n
        keys_psdm, values_psmd, hidden_pm = self._prefixes.layers[layer]
        length = values_psmd.shape[2]
        query_nsgd = (query * scaling).view(count, shared, heads // shared, width)

        def at_prompts(values_n: Any) -> Any:
            """(n, s, g, x) as (p, s, rows, x): sequences of one prompt are one matrix."""
            rows = values_n.new_zeros((*self._prefixes.shape, *values_n.shape[1:]))
            rows[where_n] = values_n
            return rows.transpose(1, 2).flatten(2, 3)

        def at_sequences(rows: Any) -> Any:
            rows = rows.unflatten(2, (self._prefixes.shape[1], heads // shared))
            return rows.transpose(1, 2)[where_n]

        theirs_nsgm = at_sequences(at_prompts(query_nsgd) @ keys_psdm + hidden_pm[:, None, None])
        own_nsgt = query_nsgd @ key.transpose(-1, -2)
        weight = torch.cat([theirs_nsgm, own_nsgt], -1).softmax(-1, dtype=torch.float32).to(query.dtype)
        read_nsgd = (
            at_sequences(at_prompts(weight[..., :length]) @ values_psmd) + weight[..., length:] @ value
        )
        return read_nsgd.reshape(count, 1, heads, width)


class _PrefixCaches:
    """The keys and values of several prompts in one tensor, padded to the longest.

    `layers` has of each layer keys (p, s, d, m), values (p, s, m, d), and (p, m): 0 for what is there and
    minus infinity behind a prompt's end. `shape` is the number of prompts and the most sequences of one.
    """

    def __init__(self, prompts: Sequence[Prompt], model: Any) -> None:
        import torch

        self.prompts = prompts
        self._row = {id(prompt.cache): row for row, prompt in enumerate(prompts)}
        self.shape = (len(prompts), 1)
        self.layers: list[tuple[Any, Any, Any]] = []
        if not prompts:
            return
        longest = max(len(prompt.ids) for prompt in prompts)
        hidden_pm = torch.zeros((len(prompts), longest), device=model.device)
        for row, prompt in enumerate(prompts):
            hidden_pm[row, len(prompt.ids) :] = -math.inf
        for layers in zip(*(prompt.cache.layers for prompt in prompts), strict=True):
            keys = _side_by_side([layer.keys for layer in layers], longest)
            values = _side_by_side([layer.values for layer in layers], longest)
            self.layers.append((keys.transpose(-1, -2), values, hidden_pm.to(keys.dtype)))

    def places(self, sequences: Sequence[DecodingSequence]) -> tuple[Any, Any]:
        """For each sequence the row of its prompt and its place among that prompt's sequences."""
        import torch

        counts = [0] * len(self.prompts)
        rows, places = [], []
        for sequence in sequences:
            row = self._row[id(sequence.decoding.prompt.cache)]
            rows.append(row)
            places.append(counts[row])
            counts[row] += 1
        self.shape = (len(self.prompts), max(counts))
        device = self.layers[0][0].device
        return torch.tensor(rows, device=device), torch.tensor(places, device=device)


def _side_by_side(of_prompts: Sequence[Any], longest: int) -> Any:
    """Tensors (1, s, m, d) of different m as one (p, s, longest, d), zeros behind the shorter ones."""
    first = of_prompts[0]
    together = first.new_empty((len(of_prompts), first.shape[1], longest, first.shape[3]))
    for row, one in enumerate(of_prompts):
        together[row, :, : one.shape[2]] = one[0]
        together[row, :, one.shape[2] :] = 0
    return together


class PerPromptPass:
    """Each prompt's sequences in a pass of their own, on copies of its cache: works with any architecture.

    Layers with a state cannot be repeated for several sequences: there each has a pass of its own.
    """

    def __init__(self, model: Any, sequences: Sequence[DecodingSequence]) -> None:
        self._model = model
        self._sequences = list(sequences)
        #: By prompt, or by sequence.
        self._caches: dict[int, Any] = {}

    def keep(self, places: Sequence[int]) -> None:
        import torch

        kept = set(places)
        before: dict[int, list[bool]] = {}
        for place, sequence in enumerate(self._sequences):
            before.setdefault(_together(sequence), []).append(place in kept)
        self._sequences = [self._sequences[place] for place in places]
        for which, stays in before.items():
            if which in self._caches and not all(stays):
                rows = [row for row, staying in enumerate(stays) if staying]
                if rows:
                    self._caches[which].batch_select_indices(torch.tensor(rows, device=self._model.device))
                else:
                    del self._caches[which]

    def next(self, sequences: Sequence[DecodingSequence]) -> Any:
        import torch

        together: dict[int, list[DecodingSequence]] = {}
        for sequence in sequences:
            together.setdefault(_together(sequence), []).append(sequence)
        logits = []
        for which, its in together.items():
            if which not in self._caches:
                # A copy: the prompt's own stays as it is for the next request of the unit.
                self._caches[which] = copy.deepcopy(its[0].decoding.prompt.cache)
                if len(its) > 1:
                    self._caches[which].batch_repeat_interleave(len(its))
            said = torch.tensor([[sequence.said[-1]] for sequence in its], device=self._model.device)
            cache = self._caches[which]
            logits.append(self._model(input_ids=said, past_key_values=cache, use_cache=True).logits[:, -1])
        return torch.cat(logits)


def _together(sequence: DecodingSequence) -> int:
    """What says which sequences go through the model as one batch."""
    from transformers.cache_utils import DynamicLayer, DynamicSlidingWindowLayer

    plain = (DynamicLayer, DynamicSlidingWindowLayer)
    repeats = all(type(layer) in plain for layer in sequence.decoding.prompt.cache.layers)
    return id(sequence.decoding) if repeats else id(sequence)


def shares_prompts(model: Any) -> bool:
    """Whether `model` can decode several prompts in one pass: it computes plain attention, through
    transformers' register. Tried once, before anybody else uses the model."""
    known: bool | None = getattr(model, "_usbrec_shares_prompts", None)
    if known is None:
        known = model._usbrec_shares_prompts = _try_our_attention(model)
    return known


def _try_our_attention(model: Any) -> bool:
    """Set our attention, and check the logits of one token after a short prompt."""
    import torch
    from transformers import AttentionInterface, AttentionMaskInterface
    from transformers.masking_utils import sdpa_mask

    before = model.config._attn_implementation
    if before != "sdpa":
        return False
    AttentionInterface.register(_ATTENTION, _attention)
    AttentionMaskInterface.register(_ATTENTION, sdpa_mask)
    try:
        model.set_attn_implementation(_ATTENTION)
        with torch.inference_mode():
            if _computes_as_it_should(model):
                return True
    except (TypeError, ValueError, AttributeError, KeyError, RuntimeError, NotImplementedError):
        pass
    model.set_attn_implementation(before)
    return False


def _computes_as_it_should(model: Any) -> bool:
    """Whether one token after a short prompt gets the probabilities through ours that it gets without."""
    import torch
    from transformers import DynamicCache

    ids = [token % model.config.get_text_config().vocab_size for token in range(100, 132)]
    cache = DynamicCache(config=model.config)
    tensor = torch.tensor([ids], device=model.device)
    logits = model(input_ids=tensor, past_key_values=cache, use_cache=True).logits[:, -1]
    decoding = DecodingRequest(ChatRequest((), n=2), Prompt(ids, cache, logits, 0))
    for sequence in decoding.sequences:
        sequence.said.append(ids[0])
    ours = SharedPrefixPass(model).next(decoding.sequences).float()
    plain = model(input_ids=torch.tensor([[*ids, ids[0]]], device=model.device)).logits[:, -1].float()
    # Of 2 at most: without its prompt a token is 1.8 away, rounding in half precision makes up to 0.2.
    far = float((ours.softmax(-1) - plain.softmax(-1)).abs().sum(-1).max())
    return math.isfinite(far) and far < 0.5


def _attention(
    module: Any,
    query: Any,
    key: Any,
    value: Any,
    attention_mask: Any,
    *,
    shared_pass: SharedPrefixPass | None = None,
    **kwargs: Any,
) -> tuple[Any, None]:
    """Called by transformers: its own attention, except in a shared-prefix pass."""
    if shared_pass is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        out: tuple[Any, None] = sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)
        return out
    if special := [name for name in _SPECIAL if kwargs.get(name) is not None]:
        raise NotImplementedError(", ".join(special))
    scaling = kwargs.get("scaling") or query.shape[-1] ** -0.5
    return shared_pass.attend(module.layer_idx, query, key, value, scaling), None
