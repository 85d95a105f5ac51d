#!/usr/bin/env bash
# trl 1.16.0: one dialogue as long as `max_length` turns a whole model trained by SimPO to NaN, at a logged loss of 0.
#
# Expected: `CPOTrainer` (loss_type "simpo") cuts over-long rows to `max_length`. A row whose prompt alone fills it
# says nothing about the preference: it is left out (as `DPOTrainer` of the same version does), or raises.
#
# Instead: three good rows and one long dialogue, batches of two: after the step that meets it all 12 tensors of the
# model are NaN, and stay so. The log says loss 0, which looks like a solved preference (`grad_norm` beside it says
# nan), training ends without an error, and the model can be saved. The one line about it ("the prompt alone fills
# `max_length`, so truncation leaves an empty completion") comes at tokenisation, and names neither NaN nor the row.
# With "sigmoid" in place of "simpo" the same rows train.
#
# Cause, in trl/experimental/cpo/cpo_trainer.py: only the completion is cut, to no token at all; SimPO divides the
# sum of its log-probabilities by the number of its tokens, 0/0. The batch's mean is then NaN, its gradient reaches
# every weight, and transformers' `logging_nan_inf_filter` (on by default) keeps NaN losses out of the logged ones.
#
# Why it matters: SimPO is the usual loss for length-biased preferences, and dialogues with worked examples,
# candidates and many turns are exactly the prompts that reach `max_length` (1,024 tokens by default).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  trl==1.16.0 transformers==5.23.0 accelerate==1.15.0 datasets==5.2.0 tokenizers==0.23.3 numpy==2.4.6
HF_HUB_OFFLINE=1 HF_HOME="$work/hf" TRL_EXPERIMENTAL_SILENCE=1 "$work/venv/bin/python" - "$work/run" <<'EOF_PYTHON'
import sys

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed
from trl.experimental.cpo import CPOConfig, CPOTrainer

torch.set_num_threads(1)
words = ["<pad>", "<end>", "<unk>", *"i liked heat and alien what next try aliens up".split()]
tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, eos_token="<end>", pad_token="<pad>", unk_token="<unk>"
)
rows = [{"prompt": "i liked alien", "chosen": " try aliens", "rejected": " try up"}] * 3
rows += [{"prompt": "i liked heat and alien " * 20 + "what next", "chosen": " try aliens", "rejected": " try up"}]


def train(loss):
    set_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words),
            hidden_size=16,
            intermediate_size=32,
            num_hidden_layers=1,
            num_attention_heads=2,
        )
    )
    settings = CPOConfig(
        output_dir=sys.argv[1],
        loss_type=loss,
        cpo_alpha=0.0,
        max_length=64,
        per_device_train_batch_size=2,
        max_steps=4,
        logging_steps=1,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        remove_unused_columns=False,
    )
    trainer = CPOTrainer(model, args=settings, train_dataset=Dataset.from_list(rows), processing_class=tokenizer)
    trainer.train()
    tensors = list(model.parameters())
    lost = sum(bool(torch.isnan(tensor).any()) for tensor in tensors)
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    print(f"{loss}: {lost} of {len(tensors)} tensors hold NaN; losses logged: {losses}")
    return lost, len(tensors), losses


lost, tensors, losses = train("simpo")
kept = train("sigmoid")[0]
seen = lost == tensors == 12 and losses[-2:] == [0.0, 0.0] and kept == 0
print("as found: one long prompt turns the model to NaN" if seen else "changed: see the lines above")
sys.exit(0 if seen else 1)
EOF_PYTHON
