"""Shared-prefix forward pass: sequences of one prompt advance by a token each over one cache.

Together where the model computes plain attention: all lines in one pass, those of one prompt reading the same
keys and values. Any other architecture takes each prompt's lines through by themselves.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from typing import Any

from usbrec.llm.protocol import ChatRequest
from usbrec.llm.transformers.sequences import DecodingRequest, Line, Prompt

#: What our attention is called where transformers looks for it.
_ATTENTION = "usbrec_shared_prompt"
#: What an attention of some architectures has beside queries, keys and values: not computed here.
_SPECIAL = ("sliding_window", "softcap", "s_aux", "position_bias")


def passes_of(model: Any, lines: Sequence[Line]) -> Together | Apart:
    """How these lines are taken through the model: together where it computes as we know."""
    together = Together(model)
    return together if together.possible() else Apart(model, lines)


class Together:
    """All lines in one pass, each reading its prompt's keys and values beside its own."""

    def __init__(self, model: Any) -> None:
        from transformers import DynamicCache

        self._model = model
        self._said = DynamicCache(config=model.config)
        self._shelf = _Shelf((), model)
        self._where_l: tuple[Any, Any] | None = None

    def possible(self) -> bool:
        """Whether the model takes our attention, and has no other kind of layers."""
        layers = getattr(self._model.config, "layer_types", None) or ()
        return all(kind == "full_attention" for kind in layers) and shares_prompts(self._model)

    def keep(self, places: Sequence[int]) -> None:
        import torch

        if self._said.layers:
            self._said.batch_select_indices(torch.tensor(places, device=self._model.device))

    def next(self, lines: Sequence[Line]) -> Any:
        """The logits (lines, vocabulary) of what follows each line's last token."""
        import torch

        prompts = list({id(line.drawing.prompt): line.drawing.prompt for line in lines}.values())
        # Prompts nobody goes on from are taken down when they are the greater part: that copies the others.
        if not self._shelf.prompts or 2 * len(prompts) <= len(self._shelf.prompts):
            self._shelf = _Shelf(prompts, self._model)
        self._where_l = self._shelf.places(lines)
        device = self._model.device
        places = [len(line.drawing.prompt.ids) + len(line.said) - 1 for line in lines]
        return self._model(
            input_ids=torch.tensor([[line.said[-1]] for line in lines], device=device),
            position_ids=torch.tensor(places, device=device)[:, None],
            # Of no meaning here; given so that none is made.
            attention_mask=torch.zeros((1, 1, 1, 1), device=device),
            past_key_values=self._said,
            use_cache=True,
            prompts_of=self,
        ).logits[:, -1]

    def attend(self, layer: int, query: Any, key: Any, value: Any, scaling: float) -> Any:
        """Attention of one new token a line: query (l, heads, 1, d), key and value (l, shared heads, t, d)
        of what was said; returns (l, 1, heads, d)."""
        import torch

        count, heads, _, width = query.shape
        shared = key.shape[1]
        where_l = self._where_l
        keys_psdm, values_psmd, hidden_pm = self._shelf.layers[layer]
        length = values_psmd.shape[2]
        query_lsgd = (query * scaling).view(count, shared, heads // shared, width)

        def at_prompts(lines_l: Any) -> Any:
            """(l, s, g, x) as (p, s, rows, x): who has the same prompt asks it at once, in one matrix."""
            rows = lines_l.new_zeros((*self._shelf.shape, *lines_l.shape[1:]))
            rows[where_l] = lines_l
            return rows.transpose(1, 2).flatten(2, 3)

        def at_lines(rows: Any) -> Any:
            rows = rows.unflatten(2, (self._shelf.shape[1], heads // shared))
            return rows.transpose(1, 2)[where_l]

        theirs_lsgm = at_lines(at_prompts(query_lsgd) @ keys_psdm + hidden_pm[:, None, None])
        own_lsgt = query_lsgd @ key.transpose(-1, -2)
        weight = torch.cat([theirs_lsgm, own_lsgt], -1).softmax(-1, dtype=torch.float32).to(query.dtype)
        read_lsgd = at_lines(at_prompts(weight[..., :length]) @ values_psmd) + weight[..., length:] @ value
        return read_lsgd.reshape(count, 1, heads, width)


class _Shelf:
    """The keys and values of some prompts laid side by side, as long as the longest.

    `layers` has of each layer keys (p, s, d, m), values (p, s, m, d), and (p, m): 0 for what is there and
    minus infinity behind a prompt's end. `shape` is the number of prompts and the most lines of one.
    """

    def __init__(self, prompts: Sequence[Prompt], model: Any) -> None:
        import torch

        self.prompts = prompts
        self._row = {id(prompt): row for row, prompt in enumerate(prompts)}
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

    def places(self, lines: Sequence[Line]) -> tuple[Any, Any]:
        """For each line the row of its prompt and its place among that prompt's lines."""
        import torch

        counts = [0] * len(self.prompts)
        rows, places = [], []
        for line in lines:
            row = self._row[id(line.drawing.prompt)]
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


class Apart:
    """Each prompt's lines in a pass of their own, on copies of its cache: any architecture goes this way."""

    def __init__(self, model: Any, lines: Sequence[Line]) -> None:
        self._model = model
        self._lines = list(lines)
        self._caches: dict[int, Any] = {}

    def keep(self, places: Sequence[int]) -> None:
        import torch

        kept = set(places)
        before: dict[int, list[bool]] = {}
        for place, line in enumerate(self._lines):
            before.setdefault(id(line.drawing), []).append(place in kept)
        self._lines = [self._lines[place] for place in places]
        for drawing, stays in before.items():
            if drawing in self._caches and not all(stays):
                rows = [row for row, staying in enumerate(stays) if staying]
                if rows:
                    self._caches[drawing].batch_select_indices(torch.tensor(rows, device=self._model.device))
                else:
                    del self._caches[drawing]

    def next(self, lines: Sequence[Line]) -> Any:
        import torch

        together: dict[int, list[Line]] = {}
        for line in lines:
            together.setdefault(id(line.drawing), []).append(line)
        logits = []
        for drawing, its in together.items():
            if drawing not in self._caches:
                # A copy: the prompt's own stays as it is for the next request of the unit.
                self._caches[drawing] = copy.deepcopy(its[0].drawing.prompt.cache)
                if len(its) > 1:
                    self._caches[drawing].batch_repeat_interleave(len(its))
            said = torch.tensor([[line.said[-1]] for line in its], device=self._model.device)
            cache = self._caches[drawing]
            logits.append(self._model(input_ids=said, past_key_values=cache, use_cache=True).logits[:, -1])
        return torch.cat(logits)


def shares_prompts(model: Any) -> bool:
    """Whether replies can go through `model` together, because it computes plain attention, through
    transformers' register. Tried once, before anybody else uses the model."""
    known: bool | None = getattr(model, "_usbrec_shares_prompts", None)
    if known is None:
        known = model._usbrec_shares_prompts = _try_our_attention(model)
    return known


def _try_our_attention(model: Any) -> bool:
    """Set our attention, and see whether one token after a short prompt gets the logits it should."""
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

    ids = list(range(100, 132))
    cache = DynamicCache(config=model.config)
    tensor = torch.tensor([ids], device=model.device)
    logits = model(input_ids=tensor, past_key_values=cache, use_cache=True).logits[:, -1]
    drawing = DecodingRequest(ChatRequest((), n=2), Prompt(ids, cache, logits, 0))
    for line in drawing.lines:
        line.said.append(ids[0])
    ours = Together(model).next(drawing.lines).float()
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
    prompts_of: Together | None = None,
    **kwargs: Any,
) -> tuple[Any, None]:
    """What transformers calls: its own attention, but where lines go on from shared prompts."""
    if prompts_of is None:
        from transformers.integrations.sdpa_attention import sdpa_attention_forward

        out: tuple[Any, None] = sdpa_attention_forward(module, query, key, value, attention_mask, **kwargs)
        return out
    if special := [name for name in _SPECIAL if kwargs.get(name) is not None]:
        raise NotImplementedError(", ".join(special))
    scaling = kwargs.get("scaling") or query.shape[-1] ** -0.5
    return prompts_of.attend(module.layer_idx, query, key, value, scaling), None
