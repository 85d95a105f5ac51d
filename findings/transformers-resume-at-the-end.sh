#!/usr/bin/env bash
# transformers 5.23.0: a training resumed from the checkpoint of its last step makes one step more than `max_steps`.
#
# Expected: `Trainer.train(resume_from_checkpoint=...)` from the checkpoint that `max_steps` (or the last epoch) wrote
# finds nothing left to do, and gives the weights of that checkpoint.
#
# Instead: it draws another batch, makes a step, and stops only then: `global_step` is 3 of 2. With a constant learning
# rate (or any schedule that does not end at 0) the weights are others than the finished training's. Resumed from an
# earlier checkpoint both are right. Nothing is logged about it.
#
# Cause: the loop over epochs looks at `max_steps` after a step, never before one; where the last epoch has batches
# left, the first of them is trained on.
#
# Why it matters: a job killed between its last checkpoint and the saving of its model (full disk, pre-emption, a
# crash in the final evaluation) is resumed exactly there; it counts a step and logs a loss too many, and may give
# another model than an undisturbed one.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$work/venv/bin/pip" install --quiet --disable-pip-version-check transformers==5.23.0 accelerate==1.15.0 numpy==2.4.6
HF_HUB_OFFLINE=1 HF_HOME="$work/hf" "$work/venv/bin/python" - "$work/run" <<'EOF_PYTHON'
import sys

import torch
from transformers import GPT2Config, GPT2LMHeadModel, Trainer, TrainingArguments

torch.set_num_threads(1)
rows = [{"input_ids": [number] * 4, "labels": [number] * 4} for number in range(8)]


def train(resume=None):
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=8, vocab_size=16, n_positions=8))
    settings = TrainingArguments(
        sys.argv[1],
        max_steps=2,
        save_steps=1,
        learning_rate=0.01,
        lr_scheduler_type="constant",
        per_device_train_batch_size=2,
        use_cpu=True,
        report_to=[],
        disable_tqdm=True,
    )
    trainer = Trainer(model, settings, train_dataset=rows)
    trainer.train(resume_from_checkpoint=resume)
    return trainer.state.global_step, model.lm_head.weight.detach().clone()


steps, weights = train()
earlier, same = train(f"{sys.argv[1]}/checkpoint-1")
after, other = train(f"{sys.argv[1]}/checkpoint-2")
print(f"steps of 2: undisturbed {steps}, resumed from step 1 {earlier}, resumed from step 2 {after}")
print(f"largest difference of a weight: {(weights - same).abs().max():.2g}, {(weights - other).abs().max():.2g}")
seen = (steps, earlier, after) == (2, 2, 3) and torch.equal(weights, same) and not torch.equal(weights, other)
print("as found: a finished training goes a step too far" if seen else "changed: see the lines above")
sys.exit(0 if seen else 1)
EOF_PYTHON
