"""Training run: a base model and examples in, a PEFT adapter out, with what it did to held-out pairs."""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import peft
import torch
from safetensors import SafetensorError
from transformers import PrinterCallback, TrainerCallback, TrainerState

from usbrec.config import Training
from usbrec.engine import Progress
from usbrec.errors import ConfigError, InputError, Interrupted
from usbrec.llm.transformers.adapters import with_adapter
from usbrec.llm.transformers.checkpoint import (
    checkpoint_of,
    load_config,
    load_model,
    load_tokenizer,
    without_future_warnings,
)
from usbrec.llm.transformers.devices import half_precision
from usbrec.llm.transformers.memory import GrowingHeap, give_back_memory
from usbrec.llm.transformers.sound import check_tokenizer, longest_text
from usbrec.llm.transformers.tokens import chat_template, turn_tokens
from usbrec.storage import write_text
from usbrec.training.data import Encoded, Encoder, Example, Split
from usbrec.training.measure import held_out_measures, surface_accuracy
from usbrec.training.policy import Players, played_measures
from usbrec.training.settings import Method
from usbrec.training.trainers import make_policy_trainer, make_trainer
from usbrec.training.voice import Playing, Voice

#: Bytes that checkpoints and the adapter need for each of the adapter's weights: twice kept, with two
#: moments of the optimiser, and once saved, four bytes each.
_BYTES_A_WEIGHT = 28

#: Dropout before the adapters.
DROPOUT = 0.0


@dataclass(frozen=True, slots=True)
class Task:
    """What to train. `adapter` is one to go on from: the base's own where None."""

    method: Method
    base: str
    adapter: Path | None
    settings: Training
    seed: int
    device: str


def encode(task: Task, split: Split, *, reply: int | None = None) -> tuple[list[Encoded], list[Encoded], int]:
    """Examples in tokens (training, held out), and how many were left out as too long.

    `reply` is how many tokens a reply may take where replies are still to be drawn. Raises InputError when
    none to train on is left.
    """
    encoder = Encoder(load_tokenizer(task.base), task.base)
    limit = min(task.settings.max_length, longest_text(load_config(task.base)))

    def fitting(examples: Sequence[Example]) -> list[Encoded]:
        encoded = [encoder(example) for example in examples]
        return [one for one in encoded if _length(one, reply) <= limit]

    train, held_out = fitting(split.train), fitting(split.held_out)
    left_out = len(split.train) + len(split.held_out) - len(train) - len(held_out)
    if not train:
        raise InputError(
            f"All {left_out} examples are longer than train.max_length = {limit} tokens. Raise it, or show "
            "fewer candidates and worked exchanges in the prompt."
            if limit == task.settings.max_length
            else f"All {left_out} examples are longer than the {limit} tokens that {task.base} was made for. "
            "Show fewer candidates and worked exchanges in the prompt."
        )
    return train, held_out, left_out


def _length(one: Encoded, reply: int | None) -> int:
    return len(one.prompt) + (max(len(one.chosen), len(one.rejected or ())) if reply is None else reply)


def train_adapter(
    task: Task, train: Sequence[Encoded], held_out: Sequence[Encoded], out: Path, *, progress: Progress
) -> Mapping[str, Any]:
    """Train, or go on from the last checkpoint in ``out/work``; writes the adapter and ``history.jsonl``.

    Returns what was measured. Raises InputError (adapter and base do not fit, no room on the disk,
    the loss is no number), Interrupted on Ctrl-C.
    """
    settings = task.settings

    def make(model: Any, tokenizer: Any, watch: TrainerCallback) -> Any:
        return make_trainer(
            task.method,
            model,
            tokenizer,
            train,
            settings,
            work=out / "work",
            seed=task.seed,
            cpu=task.device == "cpu",
            callback=watch,
        )

    def measure(model: Any, tokenizer: Any) -> dict[str, Any]:
        return held_out_measures(model, held_out, pad=tokenizer.pad_token_id, batch=settings.batch)

    with without_future_warnings(), _memory_back():
        measured, _ = _train(task, out, progress, make, measure)
    measured["examples"] = len(train)
    if any(one.rejected for one in train):
        measured["held_out"]["by_looks"] = surface_accuracy(
            [one.example for one in train], [one.example for one in held_out]
        )
    return measured


def train_by_playing(
    task: Task,
    train: Sequence[Encoded],
    held_out: Sequence[Encoded],
    playing: Playing,
    out: Path,
    *,
    progress: Progress,
) -> Mapping[str, Any]:
    """The same for a method that draws replies to the prompts and learns from how they fare.

    Held-out prompts are answered by the likeliest reply and played, before and after (whole dialogues: by
    the likeliest replies). Raises as
    :func:`train_adapter`, and whatever `playing` raises.
    """
    settings = task.settings

    def players(model: Any, tokenizer: Any) -> Players:
        encoder = Encoder(tokenizer, task.base)
        return Players(Voice(model, tokenizer, playing), playing, encoder, settings.max_length)

    def make(model: Any, tokenizer: Any, watch: TrainerCallback) -> Any:
        return make_policy_trainer(
            task.method,
            model,
            tokenizer,
            train,
            settings,
            players(model, tokenizer),
            work=out / "work",
            seed=task.seed,
            cpu=task.device == "cpu",
            callback=watch,
        )

    def measure(model: Any, tokenizer: Any) -> dict[str, Any]:
        return played_measures(
            model,
            players(model, tokenizer),
            held_out,
            playing.frequency_penalty,
            batch=settings.batch * settings.generations,
            seed=task.seed,
            progress=progress,
            label="held out",
        )

    with without_future_warnings(), _memory_back():
        measured, history = _train(task, out, progress, make, measure)
    rewards = [row["reward"] for row in history if "reward" in row]
    return {
        **measured,
        "examples": len(train),
        "replies": sum(row["replies"] for row in history),
        "unscored": sum(row["unscored"] for row in history),
        "reward": {"first": rewards[0], "last": rewards[-1]} if rewards else None,
    }


@contextlib.contextmanager
def _memory_back() -> Iterator[None]:
    """What a training took is given back at its end: an experiment plays on in the same process."""
    try:
        yield
    finally:
        give_back_memory()


def _train(
    task: Task,
    out: Path,
    progress: Progress,
    make: Callable[[Any, Any, TrainerCallback], Any],
    measure: Callable[[Any, Any], dict[str, Any]],
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What every method shares. `make` makes the trainer of (model, tokenizer, callback), `measure` looks at
    (model, tokenizer) before and after; returns what was measured, and the history."""
    started = time.monotonic()
    settings = task.settings
    torch.manual_seed(task.seed)
    # A model that sat in a seat of this process has left PyTorch with the threads of a seat.
    torch.set_num_threads(_cores())
    tokenizer = load_tokenizer(task.base)
    model = _with_adapters(task)
    check_tokenizer(
        task.base,
        tokenizer,
        model,
        turn_tokens(tokenizer, chat_template(tokenizer, task.base)) | {tokenizer.pad_token_id},
    )
    _room(model, out)
    watch = _Watch(progress, task.method)
    work = out / "work"
    try:
        before = measure(model, tokenizer)
        trainer = make(model, tokenizer, watch)
        trainer.remove_callback(PrinterCallback)
        trainer._save_checkpoint = _told_of_faults(trainer._save_checkpoint, work)
        _go_through(trainer, _last_whole(work))
        after = None if watch.broken is not None else measure(trainer.model, tokenizer)
    except KeyboardInterrupt:
        raise Interrupted(
            "Stopped. The same command goes on from the last checkpoint "
            f"(train.checkpoint_steps = {settings.checkpoint_steps})."
        ) from None
    finally:
        watch.close()
    if watch.broken is not None:
        raise InputError(
            f"{out}: the loss at step {watch.broken} is not a number; training was stopped, and the last "
            f"checkpoint stands in {work}. Lower train.learning_rate, and use another folder with -o."
        )
    history = [row for row in trainer.state.log_history if "loss" in row]
    _told_of_faults(_save, out)(trainer.model, task.base, out)
    write_text(out / "history.jsonl", "".join(json.dumps(row) + "\n" for row in history))
    measured: dict[str, Any] = {
        "held_out": {"before": before, "after": after},
        "steps": trainer.state.global_step,
        "trainable": sum(weight.numel() for weight in trainer.model.parameters() if weight.requires_grad),
        "loss": {"first": history[0]["loss"], "last": history[-1]["loss"]} if history else None,
        "seconds": round(time.monotonic() - started, 3),
    }
    return measured, history


def _go_through(trainer: Any, checkpoint: str | None) -> None:
    """Train, on from a checkpoint where there is one."""
    if checkpoint is not None:
        state = TrainerState.load_from_json(str(Path(checkpoint) / "trainer_state.json"))
        if 0 < state.max_steps <= state.global_step:
            # Stopped behind the last step: from there transformers would do one more.
            trainer._load_from_checkpoint(checkpoint)
            trainer.state = state
            return
    trainer.train(resume_from_checkpoint=checkpoint)


def _cores() -> int:
    told = os.environ.get("OMP_NUM_THREADS", "")
    there = getattr(os, "sched_getaffinity", None)
    return int(told) if told.isdigit() else len(there(0)) if there else os.cpu_count() or 1


def _with_adapters(task: Task) -> Any:
    settings = task.settings
    model = load_model(task.base, dtype=half_precision(task.device), device=task.device)
    model.config.use_cache = False
    if task.adapter is not None:
        adapted = with_adapter(model, task.base, task.adapter, trainable=True)
        adapted.peft_config["default"].base_model_name_or_path = checkpoint_of(task.base)
        return adapted
    depth = model.config.get_text_config().num_hidden_layers
    layers = min(settings.layers, depth)
    config = peft.LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=DROPOUT,
        target_modules=list(settings.targets),
        layers_to_transform=None if layers == depth else list(range(depth - layers, depth)),
        task_type="CAUSAL_LM",
    )
    try:
        return peft.get_peft_model(model, config)
    except ValueError as error:
        raise ConfigError(
            f"train.targets: {task.base} has none of these layers ({str(error).splitlines()[0][:200]})."
        ) from None


def _room(model: Any, out: Path) -> None:
    weights = sum(weight.numel() for weight in model.parameters() if weight.requires_grad)
    out.mkdir(parents=True, exist_ok=True)
    free, needed = shutil.disk_usage(out).free, weights * _BYTES_A_WEIGHT
    if free < needed:
        raise InputError(
            f"{out}: the checkpoints need {needed / 1e6:.0f} MB and {free / 1e6:.0f} MB are free. Make room, "
            "or name another folder with -o."
        )


def _told_of_faults(save: Callable[..., None], folder: Path) -> Callable[..., None]:
    """`save` that raises InputError when `folder` takes no more: the libraries that write tensors raise
    errors of their own there, of no common class."""

    def saved(*args: Any, **kwargs: Any) -> None:
        try:
            save(*args, **kwargs)
        except (OSError, RuntimeError, SafetensorError) as error:
            raise InputError(
                f"{folder}: cannot be written ({str(error).splitlines()[0][:200]}). Make room; the same "
                "command then goes on from the last checkpoint."
            ) from None

    return saved


def _last_whole(work: Path) -> str | None:
    """The newest checkpoint that was written to its end: its state is written last, and may itself have been
    cut short by a full disk or a killed process."""
    whole = [path.parent for path in work.glob("checkpoint-*/trainer_state.json") if _is_json(path)]
    return str(max(whole, key=lambda path: int(path.name.rpartition("-")[2]))) if whole else None


def _is_json(path: Path) -> bool:
    try:
        return isinstance(json.loads(path.read_text(encoding="utf-8")), dict)
    except (OSError, ValueError):
        return False


def _save(model: Any, base: str, out: Path) -> None:
    """The adapter's two files, moved into place whole."""
    # The name as the user wrote it: a path inside somebody's cache would mean nothing elsewhere.
    model.peft_config["default"].base_model_name_or_path = base
    partial = out / "work" / "adapter"
    shutil.rmtree(partial, ignore_errors=True)
    # The embeddings are never trained here; "auto" would ask a hub about the base model.
    model.save_pretrained(str(partial), selected_adapters=["default"], save_embedding_layers=False)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (partial / name).replace(out / name)


class _Watch(TrainerCallback):  # type: ignore[misc]
    """Draws progress, gives freed memory back, and stops a training whose loss is no number."""

    def __init__(self, progress: Progress, method: Method) -> None:
        self._progress = progress
        self._method = method
        self._open = False
        self._heap = GrowingHeap()
        self.broken: int | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._progress.start(f"train {self._method}", state.max_steps, state.global_step, "steps")
        self._open = True

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._progress.advance(failed=False)
        self._heap.look()

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(float(loss)):
            self.broken = state.global_step
            control.should_training_stop = True
            control.should_save = False

    def close(self) -> None:
        if self._open:
            self._progress.finish()
            self._open = False
