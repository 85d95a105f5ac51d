"""TRL trainers fed with tokens that we made, so that every method learns from the same ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset, disable_progress_bars
from transformers import TrainerCallback, TrainingArguments
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer, SFTConfig, SFTTrainer
from trl.experimental.cpo import CPOConfig, CPOTrainer
from trl.trainer.utils import disable_dropout_in_model

from usbrec.config import Training
from usbrec.training.data import Encoded
from usbrec.training.layout import layout_of
from usbrec.training.packed import pack, reply_logps
from usbrec.training.policy import Players, PolicyTrainer
from usbrec.training.settings import Method

#: Pulls the adapters towards zero.
WEIGHT_DECAY = 0.0
#: Largest norm of a gradient.
CLIP = 1.0
#: TRL wants texts beside the tokens; nothing reads them.
_TEXTS = {"prompt": "", "chosen": "", "rejected": ""}


def make_trainer(
    method: Method,
    model: Any,
    tokenizer: Any,
    encoded: Sequence[Encoded],
    settings: Training,
    *,
    work: Path,
    seed: int,
    cpu: bool,
    callback: TrainerCallback,
) -> Any:
    """A trainer that is ready to run; `model` carries its adapters already."""
    common: dict[str, Any] = {
        **common_arguments(settings, work=work, seed=seed, cpu=cpu),
        "max_length": settings.max_length,
        "activation_checkpointing": False,
    }
    disable_progress_bars()
    rows = Dataset.from_list([row for one in encoded for row in _ROWS[method](one)])
    parts: dict[str, Any] = {
        "model": model,
        "train_dataset": rows,
        "processing_class": tokenizer,
        "callbacks": [callback],
    }
    if method == "sft":
        return (HeadOnReplies if settings.shared_prompt else SFTTrainer)(
            args=SFTConfig(**common, completion_only_loss=True), **parts
        )
    if method == "simpo":
        config = CPOConfig(
            **common,
            loss_type="simpo",
            beta=settings.beta,
            # TRL and the SimPO paper both write the margin inside the sigmoid: beta * difference - gamma.
            simpo_gamma=settings.gamma,
            cpo_alpha=settings.nll,
            remove_unused_columns=False,
        )
        return (SharedPromptSimPO if settings.shared_prompt else SimPO)(args=config, **parts)
    trainer = (
        DPO(args=DPOConfig(**common, beta=settings.beta), **parts)
        if method == "dpo"
        else KTO(args=KTOConfig(**common, beta=settings.beta), **parts)
    )
    _compare_with_the_start(trainer.model)
    return trainer


def _compare_with_the_start(model: Any) -> None:
    """Give the reference of DPO and KTO every weight of the adapter that the model starts with. TRL copies
    those of LoRA between linear layers alone: with embeddings, IA3 and others the reference would be
    another model."""
    weights = dict(model.named_parameters())
    with torch.no_grad():
        for name, weight in weights.items():
            path = name.split(".")
            kept = weights.get(".".join("ref" if part == "default" else part for part in path))
            if kept is not None and "default" in path:
                kept.copy_(weight)


def make_policy_trainer(
    method: Method,
    model: Any,
    tokenizer: Any,
    encoded: Sequence[Encoded],
    settings: Training,
    players: Players,
    *,
    work: Path,
    seed: int,
    cpu: bool,
    callback: TrainerCallback,
) -> PolicyTrainer:
    """The same for a method that learns by playing; of `encoded` only the prompts are read."""
    # Replies are drawn without dropout; with it, the model would be compared with what it is not.
    disable_dropout_in_model(model)
    return PolicyTrainer(
        method=method,
        rows=encoded,
        players=players,
        whole=settings.replies == "all",
        generations=settings.generations,
        temperature=settings.temperature,
        kl=settings.kl,
        pad=tokenizer.pad_token_id,
        model=model,
        processing_class=tokenizer,
        callbacks=[callback],
        args=TrainingArguments(
            **common_arguments(settings, work=work, seed=seed, cpu=cpu), remove_unused_columns=False
        ),
    )


def common_arguments(settings: Training, *, work: Path, seed: int, cpu: bool) -> dict[str, Any]:
    """What every trainer is told."""
    return {
        "output_dir": str(work),
        "per_device_train_batch_size": settings.batch,
        "gradient_accumulation_steps": settings.accumulate,
        "learning_rate": settings.learning_rate,
        "num_train_epochs": settings.epochs,
        "max_steps": settings.max_steps or -1,
        "warmup_steps": settings.warmup,
        "lr_scheduler_type": settings.schedule,
        "weight_decay": WEIGHT_DECAY,
        "max_grad_norm": CLIP,
        "seed": seed,
        "data_seed": seed,
        "use_cpu": cpu,
        "bf16": False,  # the weights are in their own type already, and the adapters in float32
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "save_strategy": "steps",
        "save_steps": settings.checkpoint_steps,
        "save_total_limit": 2,
        "report_to": list(settings.report_to) or "none",
        "disable_tqdm": True,
        "dataloader_pin_memory": not cpu,
    }


def _reply_row(one: Encoded) -> list[dict[str, Any]]:
    mask = [0] * len(one.prompt) + [1] * len(one.chosen)
    return [{"input_ids": [*one.prompt, *one.chosen], "completion_mask": mask}]


def _pair_row(one: Encoded) -> list[dict[str, Any]]:
    ids = {"prompt_ids": one.prompt, "chosen_ids": one.chosen, "rejected_ids": one.rejected or ()}
    return [_TEXTS | {name: list(tokens) for name, tokens in ids.items()}]


def _single_rows(one: Encoded) -> list[dict[str, Any]]:
    return [
        {
            "prompt": "",
            "completion": "",
            "prompt_ids": list(one.prompt),
            "completion_ids": list(reply),
            "label": good,
        }
        for reply, good in ((one.chosen, True), (one.rejected or (), False))
    ]


_ROWS: Mapping[Method, Any] = {"sft": _reply_row, "simpo": _pair_row, "dpo": _pair_row, "kto": _single_rows}


def next_of_another(prompts: Sequence[Sequence[int]]) -> list[int]:
    """For each place the next one, round the end, where another prompt stands; itself where none does."""
    places = list(range(len(prompts)))
    if all(prompt == prompts[0] for prompt in prompts):
        return places
    # Going backwards twice round, the next other one is the neighbour, or what that found.
    for place in reversed(range(2 * len(prompts))):
        here, after = place % len(prompts), (place + 1) % len(prompts)
        places[here] = places[after] if prompts[after] == prompts[here] else after
    return places


class HeadOnReplies(SFTTrainer):  # type: ignore[misc]
    """The same loss, with the model's head on the replies' tokens only: where prompts are ten times as long
    as replies, most of what SFT computes otherwise is never looked at."""

    def compute_loss(
        self,
        model: Any,
        inputs: Mapping[str, torch.Tensor],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | None = None,
    ) -> torch.Tensor:
        rows = []
        for ids, labels in zip(inputs["input_ids"], inputs["labels"], strict=True):
            said = labels != -100
            rows.append((ids[: int(said.int().argmax())].tolist(), [ids[said].tolist()]))
        pad = self.processing_class.pad_token_id
        packed = pack(rows, pad=pad, dtype=model.dtype, layout=layout_of(model))
        sums, counts = reply_logps(model, packed.to(self.accelerator.device))
        return -sums.sum() / (counts.sum() if num_items_in_batch is None else num_items_in_batch)


class DPO(DPOTrainer):  # type: ignore[misc]
    """TRL's DPO on tokens that are there already."""

    def _prepare_dataset(self, dataset: Any, *args: Any, **kwargs: Any) -> Any:
        return dataset


class KTO(KTOTrainer):  # type: ignore[misc]
    """TRL's KTO on tokens that are there already. Its estimate of the distance from the base model pairs
    each prompt with a reply to another one (KTO paper, section 4.1): that of the next row whose prompt is
    another."""

    def _prepare_dataset(self, dataset: Any, processing_class: Any, args: Any, name: str) -> Any:
        def mismatched(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
            others = next_of_another(rows["prompt_ids"])
            return {**rows, "KL_completion_ids": [rows["completion_ids"][place] for place in others]}

        if not self.calculate_KL:
            return dataset
        return dataset.map(mismatched, batched=True, batch_size=None)


class SimPO(CPOTrainer):  # type: ignore[misc]
    """TRL's SimPO on tokens that are there already."""

    def tokenize_row(self, feature: Mapping[str, Any], model: Any = None) -> dict[str, Any]:
        prompt = feature["prompt_ids"]
        row: dict[str, Any] = {"prompt_input_ids": prompt, "prompt_attention_mask": [1] * len(prompt)}
        for side in ("chosen", "rejected"):
            reply = feature[f"{side}_ids"]
            row[f"{side}_input_ids"] = [*prompt, *reply]
            row[f"{side}_attention_mask"] = [1] * (len(prompt) + len(reply))
            row[f"{side}_labels"] = [-100] * len(prompt) + list(reply)
        return row


class SharedPromptSimPO(SimPO):
    """The same loss, with each prompt prefilled once for both of its replies (see packed.py)."""

    def concatenated_forward(self, model: Any, batch: Mapping[str, Any]) -> tuple[torch.Tensor, ...]:
        rows = []
        for chosen, chosen_labels, rejected, rejected_labels in zip(
            batch["chosen_input_ids"],
            batch["chosen_labels"],
            batch["rejected_input_ids"],
            batch["rejected_labels"],
            strict=True,
        ):
            said = chosen_labels != -100
            prompt = chosen[: int(said.int().argmax())].tolist()
            rows.append((prompt, [chosen[said].tolist(), rejected[rejected_labels != -100].tolist()]))
        packed = pack(rows, pad=self.pad_token_id, dtype=model.dtype, layout=layout_of(model))
        sums, counts = reply_logps(model, packed.to(self.accelerator.device))
        means = sums / counts
        nothing = torch.zeros(1)  # TRL logs the mean of all logits, which are not computed here
        nll = -sums[0::2].sum() / counts[0::2].sum()
        return means[0::2], means[1::2], nothing, nothing, nll
