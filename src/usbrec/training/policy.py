"""Policy gradient: replies are drawn from the model in training, and the reward of each is the score of the
episode that follows from it.

Replies to one prompt form a group and are compared with one another, so no model of values is needed.
GRPO (Shao et al. 2024) divides a reply's distance from its group's mean by the group's spread, takes the
mean over tokens, and adds the distance from the starting model to the loss; RLOO (Ahmadian et al. 2024)
holds each reply against the mean of the others, takes whole replies, and takes the distance off the reward.
GRPO's paper first takes the mean of each reply; here, as in TRL, every token of a pass weighs the same, so
that long replies are not let off. Each draw is learnt from once: there is no older policy to correct for,
and nothing to clip.

Learnt is the first reply of an episode, or every reply of it (`train.replies`, see policy_loss.py); of a
ranked list (`play.list_length`) each place by itself (ranks.py).

TRL has trainers of these names. They prefill a prompt anew for each of its replies, when drawing and when
learning; here a group shares its prompt in both (see packed.py), which for prompts ten times as long as the
replies is most of the work.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from transformers import Trainer

from usbrec.engine import Progress
from usbrec.keys import derive_seed
from usbrec.training.data import Encoded, Encoder
from usbrec.training.dialogues import PlayedDialogue, play_dialogues, played_first_replies
from usbrec.training.layout import layout_of
from usbrec.training.packed import SHARED, Layout, Packed, pack, token_logps
from usbrec.training.policy_loss import credited_loss, dialogue_loss, divergence
from usbrec.training.ranks import rank_returns
from usbrec.training.settings import Method, Reward
from usbrec.training.voice import Drawn, Playing, Voice

#: What is counted over a step's passes; of everything else the mean is taken.
_COUNTS = ("replies", "unscored", "too_long")


class Players:
    """Plays a model's replies as `playing` says: the first one of each episode, or whole dialogues."""

    def __init__(self, voice: Voice, playing: Playing, encoder: Encoder, longest: int) -> None:
        self._voice, self._playing, self._encoder, self._longest = voice, playing, encoder, longest

    @property
    def list_length(self) -> int:
        """How many places the replies' lists have; 1 where they are none."""
        return self._playing.list_length

    def __call__(
        self, model: Any, rows: Sequence[Encoded], *, n: int, temperature: float, seed: int, penalty: float
    ) -> list[list[PlayedDialogue]]:
        """`n` episodes on each row."""
        drawing: Mapping[str, Any] = {"n": n, "temperature": temperature, "seed": seed, "penalty": penalty}
        dialogues = self._playing.dialogues
        if dialogues is None:
            drawn = self._voice(model, rows, **drawing)
            played = played_first_replies(rows, drawn, self._playing.play)
            return played if self._playing.list_length == 1 else self._placed(played)
        longest = self._longest - self._playing.max_tokens
        return play_dialogues(model, self._voice, rows, dialogues, self._encoder, longest=longest, **drawing)

    def _placed(self, groups: Sequence[Sequence[PlayedDialogue]]) -> list[list[PlayedDialogue]]:
        """The same with the place of each token of the lists that were said."""
        return [
            [
                replace(
                    one,
                    replies=tuple(
                        replace(reply, drawn=self._voice.with_places(reply.drawn, reply.after.reward))
                        for reply in one.replies
                    ),
                )
                for one in group
            ]
            for group in groups
        ]


def played_measures(
    model: Any,
    players: Players,
    rows: Sequence[Encoded],
    penalty: float,
    *,
    batch: int,
    seed: int,
    progress: Progress,
    label: str,
) -> dict[str, Any]:
    """Of held-out prompts: the mean `score` of the episodes that follow from the likeliest reply (of whole
    dialogues, from the likeliest replies), the share with a `hit`, how many could not be scored, and the
    share of replies that were cut off. `penalty` is the frequency penalty of the seat."""
    if not rows:
        return {"n": 0}
    played: list[PlayedDialogue] = []
    progress.start(label, len(rows), 0)
    try:
        for start in range(0, len(rows), batch):
            part = rows[start : start + batch]
            found = players(model, part, n=1, temperature=0.0, seed=seed, penalty=penalty)
            played += [group[0] for group in found]
            for group in found:
                progress.advance(failed=group[0].outcome.value is None)
    finally:
        progress.finish()
    told = _told(played)
    names = {"reward": "score", "hit_rate": "hit", "unscored": "unscored", "unfinished": "unfinished"}
    return {"n": len(rows), **{name: told[key] for key, name in names.items()}}


def _told(played: Sequence[PlayedDialogue]) -> dict[str, Any]:
    known: list[Reward] = [one.outcome for one in played if one.outcome.value is not None]
    drawn = [one.drawn for dialogue in played for one in dialogue.replies]
    return {
        "replies": len(drawn),
        "reward": round(sum(one.value or 0.0 for one in known) / len(known), 6) if known else None,
        "hit_rate": round(sum(one.hit for one in known) / len(known), 6) if known else None,
        "unscored": len(played) - len(known),
        "tokens": round(sum(len(one.tokens) for one in drawn) / len(drawn), 6),
        "unfinished": round(sum(not one.whole for one in drawn) / len(drawn), 6),
    }


def packed_rounds(
    groups: Sequence[Sequence[PlayedDialogue]],
    *,
    pad: int,
    dtype: torch.dtype,
    layout: Layout = SHARED,
) -> list[tuple[Packed, Tensor]]:
    """The replies of each round as one batch, a prompt once for all replies to it, with the number that each
    of them has when counted prompt by prompt, episode by episode, round by round."""
    packs = []
    for prompts in _by_round(groups):
        rows = [(prompt, [one.tokens for _, one in said]) for prompt, said in prompts.items()]
        thoughts = [[one.thought for _, one in said] for said in prompts.values()]
        numbers = torch.tensor([number for said in prompts.values() for number, _ in said])
        packs.append((pack(rows, pad=pad, dtype=dtype, thoughts=thoughts, layout=layout), numbers))
    return packs


def places_of_tokens(groups: Sequence[Sequence[PlayedDialogue]]) -> Tensor:
    """The place in its list of every token that is learnt, (N,), in the order of :func:`packed_rounds`."""
    return torch.tensor(
        [
            place
            for prompts in _by_round(groups)
            for said in prompts.values()
            for _, drawn in said
            for place in drawn.places
        ],
        dtype=torch.long,
    )


def _by_round(
    groups: Sequence[Sequence[PlayedDialogue]],
) -> list[dict[tuple[int, ...], list[tuple[int, Drawn]]]]:
    """For each round the replies by their prompt, each with its number."""
    first = 0
    rounds: list[dict[tuple[int, ...], list[tuple[int, Drawn]]]] = []
    for group in groups:
        for dialogue in group:
            for turn, one in enumerate(dialogue.replies):
                if turn == len(rounds):
                    rounds.append({})
                rounds[turn].setdefault(one.prompt, []).append((first + turn, one.drawn))
            first += len(dialogue.replies)
    return rounds


class PolicyTrainer(Trainer):  # type: ignore[misc]
    """Draws, plays and learns, a pass at a time; the rest (optimiser, schedule, checkpoints) is the parent's.

    What the passes of a step saw goes into the history beside the loss: `reward` (mean score), `spread` (its
    deviation inside a group, mean), `no_signal` (share of groups whose replies all get the same reward),
    `hit_rate`, `tokens` (mean length), `unfinished` (share), `replies` and `unscored` (counts) and, where it
    is weighed, `kl` (nats a token from the starting model). Of whole dialogues (`whole`) also `rounds` (mean)
    and `too_long` (those that ended because the next prompt would not have fitted). Of lists also `places`
    (mean number of those that are filled).
    """

    def __init__(
        self,
        *,
        method: Method,
        rows: Sequence[Encoded],
        players: Players,
        whole: bool,
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
        self._players = players
        self._whole = whole
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
        played = self._players(
            model,
            rows,
            n=self._generations,
            temperature=self._temperature,
            seed=derive_seed(self.args.seed, "draw", *place),
            penalty=0.0,
        )
        device = self.accelerator.device
        packs = [
            (packed.to(device), numbers.to(device))
            for packed, numbers in packed_rounds(
                played, pad=self._pad, dtype=model.dtype, layout=layout_of(model)
            )
        ]
        start = None
        if self._kl:
            # First the starting model, then the one with a gradient: no weight may change after its pass.
            with torch.no_grad(), self._at_the_start():
                start, _ = self._logps(model, packs)
        logps, reply = self._logps(model, packs)
        told = _told([one for group in played for one in group])
        told |= _compared_groups([[one.outcome.value for one in group] for group in played])
        if start is not None and len(logps):
            told["kl"] = round(float(divergence(logps.detach(), start).mean()), 8)
        if self._whole:
            told["rounds"] = round(told["replies"] / sum(map(len, played)), 6)
            told["too_long"] = sum(one.too_long for group in played for one in group)
        lists = self._players.list_length
        if lists > 1:
            told["places"] = round(
                sum(len(one.outcome.ranks) for group in played for one in group) / told["replies"], 6
            )
        self._passes.append(told)
        if lists > 1:
            part = reply * (lists + 1) + places_of_tokens(played).to(device)
            gained = [[rank_returns(one.outcome, lists) for one in group] for group in played]
            return credited_loss(logps, start, part, gained, method=self._method, kl=self._kl)
        scores = [[one.scores for one in group] for group in played]
        return dialogue_loss(logps, start, reply, scores, method=self._method, kl=self._kl)

    def _logps(self, model: Any, packs: Sequence[tuple[Packed, Tensor]]) -> tuple[Tensor, Tensor]:
        """The log-probability of every token of every round's replies, and its reply's number, (N,)."""
        parts = [(token_logps(model, packed, self._temperature), numbers) for packed, numbers in packs]
        return (
            torch.cat([logps for (logps, _), _ in parts]),
            torch.cat([numbers[reply] for (_, reply), numbers in parts]),
        )

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
