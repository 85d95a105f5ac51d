"""Policy gradient: replies are drawn from the model in training, and the reward of each is the score of the
episode that follows from it.

Replies to one prompt form a group and are compared with one another, so no model of values is needed.
GRPO (Shao et al. 2024) divides a reply's distance from its group's mean by the group's spread, takes the
mean over tokens, and adds the distance from the starting model to the loss; RLOO (Ahmadian et al. 2024)
holds each reply against the mean of the others, takes whole replies, and takes the distance off the reward.
GRPO's paper first takes the mean of each reply; here, as in TRL, every token of a pass weighs the same, so
that long replies are not let off. Each draw is learnt from once: there is no older policy to correct for,
and nothing to clip.

TRL has trainers of these names. They prefill a prompt anew for each of its replies, when drawing and when
learning; here a group shares its prompt in both (see packed.py), which for prompts ten times as long as the
replies is most of the work.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import DynamicCache, Trainer

from usbrec.engine import Progress
from usbrec.keys import derive_seed
from usbrec.llm.protocol import ChatRequest
from usbrec.llm.reasoning import ReasoningMarks, separate
from usbrec.llm.transformers.decoding import draw_all
from usbrec.llm.transformers.sequences import DecodingRequest, Prompt
from usbrec.llm.transformers.tokens import ReplyDecoder, chat_template, end_tokens
from usbrec.training.data import Encoded
from usbrec.training.measure import to_device
from usbrec.training.packed import pack, token_logps
from usbrec.training.settings import Method, Play, Reward

#: Added to a group's spread before it divides (as TRL does): nearly equal replies are not blown up.
_LEAST_SPREAD = 1e-4
#: What is counted over a step's passes; of everything else the mean is taken.
_COUNTS = ("replies", "unscored")


@dataclass(frozen=True, slots=True)
class Playing:
    """How replies are played. `max_tokens` and `frequency_penalty` are the seat's own: the first ends every
    reply, the second holds for held-out replies, which are those of the seat, and not while learning,
    because what is learnt has to be what was drawn from. `reasoning` says what marks thoughts."""

    play: Play
    max_tokens: int
    frequency_penalty: float = 0.0
    reasoning: ReasoningMarks = "auto"


@dataclass(frozen=True, slots=True)
class Drawn:
    """A reply in tokens, its end of turn included, and as the seat says it; `whole` unless it was cut off.

    The first `thought` tokens are reasoning, which is not learnt; `lost` says that the limit of tokens came
    before the reply.
    """

    tokens: tuple[int, ...]
    text: str
    whole: bool
    thought: int = 0
    lost: bool = False


def advantages(groups: Sequence[Sequence[float | None]], method: Method) -> list[list[float]]:
    """How much better each reply of a group is than the others; a reply without a reward counts for nothing
    and learns nothing, and neither does one that is alone."""
    return [_compared(values, method) for values in groups]


def _compared(values: Sequence[float | None], method: Method) -> list[float]:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return [0.0] * len(values)
    mean = sum(known) / len(known)
    if method == "rloo":
        # value - mean of the others, written with the mean of all.
        scale = len(known) / (len(known) - 1)
    else:
        spread = (sum((value - mean) ** 2 for value in known) / (len(known) - 1)) ** 0.5
        scale = 1.0 / (spread + _LEAST_SPREAD)
    return [0.0 if value is None else (value - mean) * scale for value in values]


def policy_loss(
    logps: Tensor,
    start: Tensor | None,
    reply: Tensor,
    rewards: Sequence[Sequence[float | None]],
    *,
    method: Method,
    kl: float,
) -> Tensor:
    """The loss of groups of replies, as a scalar with a gradient.

    `logps` and `start` (N,) are the log-probabilities of all reply tokens by the model in training and by
    the one it started from (None where `kl` is 0), `reply` (N,) the number of the reply each belongs to.
    """
    if not len(logps):
        # Nothing but thoughts was said.
        return logps.sum()
    count = sum(map(len, rewards))
    if method == "rloo":
        sums = torch.zeros(count, device=logps.device).index_add(0, reply, logps)
        penalised = [list(group) for group in rewards]
        if start is not None:
            far = torch.zeros(count, device=logps.device).index_add(0, reply, logps.detach() - start)
            cost = iter((kl * far).tolist())
            penalised = [[_less(value, next(cost)) for value in group] for group in penalised]
        gains = _flat(advantages(penalised, method), logps)
        return -(gains * (sums - sums.detach()).exp()).mean()
    gains = _flat(advantages(rewards, method), logps)[reply]
    # The ratio of a model to itself is 1; its gradient is that of the log-probability.
    loss = -(gains * (logps - logps.detach()).exp())
    if start is not None:
        loss = loss + kl * divergence(logps, start)
    return loss.mean()


def divergence(logps: Tensor, start: Tensor) -> Tensor:
    """Schulman's estimate of how far each drawn token's model is from the starting one, in nats: never
    negative, and right on average."""
    behind = start - logps
    return behind.exp() - behind - 1.0


def _less(value: float | None, cost: float) -> float | None:
    return None if value is None else value - cost


def _flat(groups: Sequence[Sequence[float]], like: Tensor) -> Tensor:
    return torch.tensor([value for group in groups for value in group], device=like.device)


@torch.no_grad()
def draw_replies(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    n: int,
    temperature: float,
    max_tokens: int,
    ends: Collection[int],
    seed: int,
    frequency_penalty: float = 0.0,
) -> list[list[tuple[int, ...]]]:
    """`n` replies to each prompt in tokens, the token that ended a reply included.

    Each prompt is prefilled once, and all replies are drawn in one batch by the decoder of `hf:` seats.
    Temperature 0 takes the likeliest token; `frequency_penalty` is as in ChatRequest.
    """
    decodings = []
    for place, prompt in enumerate(prompts):
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            ids = torch.tensor([list(prompt)], device=next(model.parameters()).device)
            said = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        request = ChatRequest(
            (),
            n=n,
            temperature=temperature,
            max_tokens=max_tokens,
            frequency_penalty=frequency_penalty,
            seed=derive_seed(seed, "prompt", place),
        )
        decodings.append(DecodingRequest(request, Prompt(list(prompt), cache, said.logits[:, -1].float(), 0)))
    draw_all(model, None, frozenset(ends), decodings)
    return [[sequence.tokens for sequence in decoding.sequences] for decoding in decodings]


class Voice:
    """Draws replies as the recommender's seat says them."""

    def __init__(self, model: Any, tokenizer: Any, playing: Playing) -> None:
        template = chat_template(tokenizer, "the model")
        self._ends = end_tokens(tokenizer, template, model.generation_config)
        self._decoder = ReplyDecoder(tokenizer, playing.reasoning)
        self._tokenizer = tokenizer
        self._playing = playing

    def __call__(
        self, model: Any, rows: Sequence[Encoded], *, n: int, temperature: float, seed: int, penalty: float
    ) -> list[list[Drawn]]:
        """`n` replies for each row; the model is left in the mode it was in."""
        was_training = model.training
        model.eval()
        drawn = draw_replies(
            model,
            [row.prompt for row in rows],
            n=n,
            temperature=temperature,
            max_tokens=self._playing.max_tokens,
            ends=self._ends,
            seed=seed,
            frequency_penalty=penalty,
        )
        model.train(was_training)
        return [[self._read(tokens) for tokens in group] for group in drawn]

    def _read(self, tokens: tuple[int, ...]) -> Drawn:
        whole = tokens[-1] in self._ends
        answer = self._decoder.decode(tokens, skip_special_tokens=True)
        found = separate(answer, self._playing.reasoning)
        if not found.reasoning and not found.open:
            return Drawn(tokens, answer.strip(), whole)
        text = found.text.strip()
        thought = len(tokens) if found.open else self._before(tokens, text)
        return Drawn(tokens, text, whole, thought, lost=found.open)

    def _before(self, tokens: tuple[int, ...], text: str) -> int:
        """How many tokens stand before the reply `text`; all, where it is not said in one piece."""
        for begin in range(len(tokens) - 1, -1, -1):
            if text in self._decoder.decode(tokens[begin:], skip_special_tokens=True):
                return begin
        return len(tokens)


def outcomes_of(rows: Sequence[Encoded], drawn: Sequence[Sequence[Drawn]], play: Play) -> list[list[Reward]]:
    """The outcome of each reply. One without a word is none to any seat: it gets the lowest score; one whose
    reasoning used up its tokens is a failed draft, whose score nobody knows."""
    asked = [
        (row.example.sample_id, one.text)
        for row, group in zip(rows, drawn, strict=True)
        for one in group
        if one.text
    ]
    threads = torch.get_num_threads()
    played = iter(play(asked))
    torch.set_num_threads(threads)  # a model that is opened in a seat sets its own
    return [
        [next(played) if one.text else Reward(None if one.lost else 0.0) for one in group] for group in drawn
    ]


def played_measures(
    model: Any,
    voice: Voice,
    rows: Sequence[Encoded],
    playing: Playing,
    *,
    batch: int,
    seed: int,
    progress: Progress,
    label: str,
) -> dict[str, Any]:
    """Of held-out prompts: the mean `score` of the episodes that follow from the likeliest reply, the share
    with a `hit`, how many could not be scored, and the share of replies that were cut off."""
    if not rows:
        return {"n": 0}
    drawn: list[Drawn] = []
    outcomes: list[Reward] = []
    progress.start(label, len(rows), 0)
    try:
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            said = voice(model, part, n=1, temperature=0.0, seed=seed, penalty=playing.frequency_penalty)
            found = outcomes_of(part, said, playing.play)
            drawn += [group[0] for group in said]
            outcomes += [group[0] for group in found]
            for group in found:
                progress.advance(failed=group[0].value is None)
    finally:
        progress.finish()
    told = _told(outcomes, drawn)
    names = {"reward": "score", "hit_rate": "hit", "unscored": "unscored", "unfinished": "unfinished"}
    return {"n": len(rows), **{name: told[key] for key, name in names.items()}}


def _told(outcomes: Sequence[Reward], drawn: Sequence[Drawn]) -> dict[str, Any]:
    values = [outcome.value for outcome in outcomes if outcome.value is not None]
    hits = [outcome.hit for outcome in outcomes if outcome.value is not None]
    return {
        "replies": len(drawn),
        "reward": round(sum(values) / len(values), 6) if values else None,
        "hit_rate": round(sum(hits) / len(hits), 6) if hits else None,
        "unscored": len(outcomes) - len(values),
        "tokens": round(sum(len(one.tokens) for one in drawn) / len(drawn), 6),
        "unfinished": round(sum(not one.whole for one in drawn) / len(drawn), 6),
    }


class PolicyTrainer(Trainer):  # type: ignore[misc]
    """Draws, plays and learns, a pass at a time; the rest (optimiser, schedule, checkpoints) is the parent's.

    What the passes of a step saw goes into the history beside the loss: `reward` (mean score), `spread` (its
    deviation inside a group, mean), `no_signal` (share of groups whose replies all get the same reward),
    `hit_rate`, `tokens` (mean length), `unfinished` (share), `replies` and `unscored` (counts) and, where it
    is weighed, `kl` (nats a token from the starting model).
    """

    def __init__(
        self,
        *,
        method: Method,
        rows: Sequence[Encoded],
        voice: Voice,
        playing: Playing,
        generations: int,
        temperature: float,
        kl: float,
        pad: int,
        **parts: Any,
    ) -> None:
        super().__init__(
            train_dataset=[{"row": number} for number in range(len(rows))],
            data_collator=lambda batch: {"row": torch.tensor([one["row"] for one in batch])},
            **parts,
        )
        # The loss is a mean over a pass, so those of accumulated passes are averaged.
        self.model_accepts_loss_kwargs = False
        self._method = method
        self._rows = rows
        self._voice = voice
        self._playing = playing
        self._generations = generations
        self._temperature = temperature
        self._kl = kl
        self._pad = pad
        self._passes: list[dict[str, Any]] = []
        # Kept before a checkpoint is loaded: the distance is always that from the first model.
        self._start = {
            name: weight.detach().clone()
            for name, weight in self.model.named_parameters()
            if weight.requires_grad and kl
        }

    def compute_loss(
        self,
        model: Any,
        inputs: Mapping[str, Tensor],
        return_outputs: bool = False,
        num_items_in_batch: Tensor | None = None,
    ) -> Tensor:
        rows = [self._rows[number] for number in inputs["row"].tolist()]
        # Nothing but the place in the training decides a draw: a resumed one goes on as it would have.
        place = [self.state.global_step, *(row.example.sample_id for row in rows)]
        drawn = self._voice(
            model,
            rows,
            n=self._generations,
            temperature=self._temperature,
            seed=derive_seed(self.args.seed, "draw", *place),
            penalty=0.0,
        )
        outcomes = outcomes_of(rows, drawn, self._playing.play)
        rewards = [[outcome.value for outcome in group] for group in outcomes]
        replies = [
            (row.prompt, [one.tokens for one in group]) for row, group in zip(rows, drawn, strict=True)
        ]
        thoughts = [[one.thought for one in group] for group in drawn]
        packed = pack(replies, pad=self._pad, dtype=model.dtype, thoughts=thoughts)
        packed = to_device(packed, self.accelerator.device)
        start = None
        if self._kl:
            # First the starting model, then the one with a gradient: no weight may change after its pass.
            with torch.no_grad(), self._at_the_start():
                start, _ = token_logps(model, packed, self._temperature)
        logps, reply = token_logps(model, packed, self._temperature)
        told = _told(
            [outcome for group in outcomes for outcome in group], [one for group in drawn for one in group]
        )
        told |= _compared_groups(rewards)
        if start is not None and len(logps):
            told["kl"] = round(float(divergence(logps.detach(), start).mean()), 8)
        self._passes.append(told)
        return policy_loss(logps, start, reply, rewards, method=self._method, kl=self._kl)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Adds what the passes since the last entry saw."""
        if "loss" in logs and self._passes:
            logs |= _over_passes(self._passes)
            self._passes = []
        super().log(logs, start_time)

    def floating_point_ops(self, inputs: Mapping[str, Any]) -> int:
        """Not counted: most of them are spent on drawing replies."""
        return 0

    @contextlib.contextmanager
    def _at_the_start(self) -> Iterator[None]:
        self._swap()
        try:
            yield
        finally:
            self._swap()

    def _swap(self) -> None:
        """Change the adapters' weights for those they started with, and back."""
        for name, weight in self.model.named_parameters():
            if name in self._start:
                weight.data, self._start[name] = self._start[name], weight.data


def _compared_groups(rewards: Sequence[Sequence[float | None]]) -> dict[str, Any]:
    spreads = []
    for group in rewards:
        known = torch.tensor([value for value in group if value is not None], dtype=torch.float64)
        spreads.append(float(known.std()) if len(known) > 1 else 0.0)
    return {
        "spread": round(sum(spreads) / len(spreads), 6),
        "no_signal": round(sum(spread < 1e-9 for spread in spreads) / len(spreads), 6),
    }


def _over_passes(passes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Counts and means over passes; a quantity that none of them saw is left out."""
    over: dict[str, Any] = {}
    for key in dict.fromkeys(name for one in passes for name in one):
        values = [one[key] for one in passes if one.get(key) is not None]
        if values:
            over[key] = sum(values) if key in _COUNTS else round(sum(values) / len(values), 8)
    return over
