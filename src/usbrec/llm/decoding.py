"""Draws replies to several prompts at once, token by token.

On a processor a pass through a small model costs hardly more for sixteen tokens than for one, and on a GPU
for hundreds. So all replies go on in one pass, and whichever has ended leaves it. The replies to one
prompt read the same keys and values; only what each has said itself is kept for it alone.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from usbrec.keys import derive_seed
from usbrec.llm.base import ChatRequest, Completion

#: What our attention is called where transformers looks for it.
_ATTENTION = "usbrec_shared_prompt"
#: What an attention of some architectures has beside queries, keys and values: not computed here.
_SPECIAL = ("sliding_window", "softcap", "s_aux", "position_bias")


@dataclass
class Prompt:
    """A prompt gone through: its tokens, its key-value cache, the logits (1, vocabulary) of what comes
    next, and how many tokens were not computed again."""

    ids: list[int]
    cache: Any
    logits: Any
    cached: int


@dataclass
class Drawing:
    """A request on its way: its prompt, and the replies so far. `stopped` says that nobody waits any more."""

    request: ChatRequest
    prompt: Prompt
    stopped: Callable[[], bool] = lambda: False
    started: float = field(default_factory=time.monotonic)
    lines: list[Line] = field(init=False)
    told: str = ""

    def __post_init__(self) -> None:
        self.lines = [Line(self, index) for index in range(self.request.n)]

    def completions(self, tokenizer: Any) -> tuple[Completion, ...]:
        return tuple(line.completion(tokenizer) for line in self.lines)

    def over(self) -> bool:
        """Whether what is still open has to stay as it is."""
        late = self.request.deadline is not None and time.monotonic() - self.started >= self.request.deadline
        return late or self.stopped()

    def tell(self, tokenizer: Any) -> None:
        """Pass on what is new and whole of the only reply."""
        if self.request.on_delta is None or self.request.n > 1:
            return
        text = tokenizer.decode(self.lines[0].said, skip_special_tokens=True)
        cut = _cut(text, self.request.stop)
        text = text if cut is None else text[:cut]
        # A character of several tokens is told when it is whole.
        if not text.endswith("\N{REPLACEMENT CHARACTER}") and len(text) > len(self.told):
            self.request.on_delta(text[len(self.told) :])
            self.told = text


class Line:
    """One reply: the tokens said, and its own random numbers."""

    def __init__(self, drawing: Drawing, index: int) -> None:
        import torch

        self.drawing = drawing
        self.said: list[int] = []
        self.finish: str | None = None
        seed = derive_seed(drawing.request.seed, "reply", index) % 2**63
        self._draw = torch.Generator().manual_seed(seed)

    def chance(self) -> float:
        """The next random number, in [0, 1)."""
        import torch

        return float(torch.rand((), generator=self._draw, dtype=torch.float64))

    def say(self, token: int, ends: frozenset[int], tokenizer: Any) -> None:
        request = self.drawing.request
        if token in ends:
            self.finish = "stop"
            return
        self.said.append(token)
        if request.stop and _cut(tokenizer.decode(self.said), request.stop) is not None:
            self.finish = "stop"
        elif len(self.said) >= request.max_tokens:
            self.finish = "length"

    def completion(self, tokenizer: Any) -> Completion:
        text = tokenizer.decode(self.said, skip_special_tokens=True)
        cut = _cut(text, self.drawing.request.stop)
        return Completion(text if cut is None else text[:cut], "stop" if self.finish == "stop" else "length")


def draw_all(model: Any, tokenizer: Any, drawings: Sequence[Drawing]) -> None:
    """Draw every reply of `drawings` to its end, or until nobody waits for it any more."""
    import torch

    ends = model.generation_config.eos_token_id
    ends = frozenset({tokenizer.eos_token_id, *(ends if isinstance(ends, list) else [ends])})
    lines = [line for drawing in drawings for line in drawing.lines]
    if not lines:
        return
    logits_lv = torch.cat([line.drawing.prompt.logits for line in lines]).cpu()
    passes: _Together | _Apart | None = None
    with torch.inference_mode():
        while True:
            for line, token in zip(lines, _tokens(logits_lv, lines), strict=True):
                line.say(token, ends, tokenizer)
            for drawing in drawings:
                drawing.tell(tokenizer)
            going = [
                place for place, line in enumerate(lines) if line.finish is None and not line.drawing.over()
            ]
            if not going:
                return
            passes = passes or _passes(model, lines)
            if len(going) < len(lines):
                lines = [lines[place] for place in going]
                passes.keep(going)
            logits_lv = passes.next(lines).float().cpu()


def _tokens(logits_lv: Any, lines: Sequence[Line]) -> list[int]:
    """The next token of each line, from logits of shape (lines, vocabulary)."""
    import torch

    for logits_v, line in zip(logits_lv, lines, strict=True):
        penalty = line.drawing.request.frequency_penalty
        if penalty and line.said:
            logits_v.index_add_(0, torch.tensor(line.said), torch.full((len(line.said),), -penalty))
    tokens: list[int] = logits_lv.argmax(-1).tolist()
    drawn = [place for place, line in enumerate(lines) if line.drawing.request.temperature > 0.0]
    if not drawn:
        return tokens
    heat = torch.tensor([lines[place].drawing.request.temperature for place in drawn])[:, None]
    chances_dv = (logits_lv[drawn] / heat).softmax(-1)
    for row, place in enumerate(drawn):
        top_p = lines[place].drawing.request.top_p
        if top_p < 1.0:
            ordered, where = chances_dv[row].sort(descending=True)
            # The token that reaches top_p belongs to it.
            chances_dv[row, where[ordered.cumsum(0) - ordered >= top_p]] = 0.0
    sums_dv = chances_dv.cumsum(-1)
    chance = torch.tensor([lines[place].chance() for place in drawn], dtype=sums_dv.dtype)[:, None]
    # Right of equal sums: a token without any chance is never drawn, also not by a 0.
    picked = torch.searchsorted(sums_dv, chance * sums_dv[:, -1:], right=True)[:, 0]
    for row, place in enumerate(drawn):
        last = int(chances_dv[row].nonzero()[-1])
        tokens[place] = min(int(picked[row]), last)
    return tokens


def _passes(model: Any, lines: Sequence[Line]) -> _Together | _Apart:
    """How these lines are taken through the model: together where it computes as we know."""
    together = _Together(model)
    return together if together.possible() else _Apart(model, lines)


class _Together:
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
            keys, values = (
                torch.stack(
                    [torch.nn.functional.pad(one, (0, 0, 0, longest - one.shape[2]))[0] for one in of_prompts]
                )
                for of_prompts in ([layer.keys for layer in layers], [layer.values for layer in layers])
            )
            self.layers.append((keys.transpose(-1, -2).contiguous(), values, hidden_pm.to(keys.dtype)))

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


class _Apart:
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
    drawing = Drawing(ChatRequest((), n=2), Prompt(ids, cache, logits, 0))
    for line in drawing.lines:
        line.said.append(ids[0])
    ours = _Together(model).next(drawing.lines).float()
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
    prompts_of: _Together | None = None,
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


def _cut(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop text begins, or None."""
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    return min(found, default=None)
