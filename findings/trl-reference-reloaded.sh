#!/usr/bin/env bash
# trl 1.16.0: without `ref_model`, a model tuned in the same program is aligned against the checkpoint it was once
# loaded from, not against itself.
#
# Expected: with `ref_model=None`, `DPOTrainer` and `KTOTrainer` take "the initial policy corresponding to `model`,
# i.e. the model state before DPO training starts" (their docstrings). Before the first step policy and reference
# are then the same: a logged loss of ln 2 = 0.6931 (DPO) and 0.5 (KTO), all rewards 0.
#
# Instead: a model loaded with `from_pretrained`, tuned for 50 steps and handed over as it is starts at 0.6234 and
# 0.4706, with rewards of -0.07 and -0.30 and a margin of 0.23 that no preference training has earned. The same
# weights, saved and loaded again, start at 0.6931 and 0.5. There is no warning. (The learning rate is 0 below, so
# that the first log shows the state before training.)
#
# Cause, in trl/trainer/dpo_trainer.py and kto_trainer.py: the reference is no copy of `model`, but a second model
# made by `create_model_from_path(model.config._name_or_path)`, the name that transformers noted when it loaded the
# weights. Whatever happened to the weights since (tuning, a merged adapter, new weights by `load_state_dict`) is
# not in it. GRPO and RLOO with `beta` above 0 have the same lines.
#
# Why it matters: supervised tuning and then preference training in one script, or an adapter merged before it, is
# the usual order. The KL anchor, the rewards, the margins and the accuracy logged are then against the base model,
# and the result differs from that of the same recipe run as two scripts. Hand over a loaded copy as `ref_model`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  trl==1.16.0 transformers==5.23.0 accelerate==1.15.0 datasets==5.2.0 tokenizers==0.23.3 numpy==2.4.6
HF_HUB_OFFLINE=1 HF_HOME="$work/hf" "$work/venv/bin/python" - "$work" <<'EOF_PYTHON'
import math
import sys

import torch
from datasets import Dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed
from trl import DPOConfig, DPOTrainer, KTOConfig, KTOTrainer

torch.set_num_threads(1)
work = sys.argv[1]
words = ["<pad>", "<end>", "<unk>", *"i liked heat and alien what next try aliens up".split()]
tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, eos_token="<end>", pad_token="<pad>", unk_token="<unk>"
)
pairs = [
    {"prompt": "i liked alien", "chosen": " try aliens", "rejected": " try up"},
    {"prompt": "i liked heat", "chosen": " try heat and", "rejected": " try alien"},
]
singles = [
    {"prompt": row["prompt"], "completion": row[side], "label": side == "chosen"}
    for row in pairs
    for side in ("chosen", "rejected")
]


def load(name):
    return AutoModelForCausalLM.from_pretrained(f"{work}/{name}")


def first_log(kind, model):
    trainer_class, config_class, rows = {
        "DPO": (DPOTrainer, DPOConfig, pairs),
        "KTO": (KTOTrainer, KTOConfig, singles),
    }[kind]
    settings = config_class(
        output_dir=f"{work}/run",
        per_device_train_batch_size=len(rows),
        max_steps=1,
        logging_steps=1,
        learning_rate=0.0,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
    )
    trainer = trainer_class(
        model, args=settings, train_dataset=Dataset.from_list(rows), processing_class=tokenizer
    )
    trainer.train()
    entry = trainer.state.log_history[0]
    return [round(float(entry[name]), 4) for name in ("loss", "rewards/chosen", "rewards/rejected")]


set_seed(0)
base = LlamaConfig(
    vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
)
LlamaForCausalLM(base).save_pretrained(f"{work}/base")
tuned = load("base")
optimizer = torch.optim.Adam(tuned.parameters(), 0.01)
ids = torch.tensor([tokenizer("i liked alien try aliens <end>")["input_ids"]])
for _ in range(50):
    tuned(input_ids=ids, labels=ids).loss.backward()
    optimizer.step()
    optimizer.zero_grad()
tuned.save_pretrained(f"{work}/tuned")

found = {}
for kind in ("DPO", "KTO"):
    found[kind] = {
        "as loaded": first_log(kind, load("base")),
        "tuned here": first_log(kind, tuned),
        "tuned, saved and loaded": first_log(kind, load("tuned")),
    }
for kind, logs in found.items():
    for case, values in logs.items():
        print(f"{kind}, model {case}: loss, reward chosen, reward rejected before any step: {values}")
seen = all(
    logs["as loaded"] == logs["tuned, saved and loaded"] == [equal, 0.0, 0.0]
    and abs(logs["tuned here"][0] - equal) > 0.02
    and logs["tuned here"][1] - logs["tuned here"][2] > 0.1
    for logs, equal in ((found["DPO"], round(math.log(2), 4)), (found["KTO"], 0.5))
)
print("as found: the reference is not the model handed over" if seen else "changed: see the lines above")
sys.exit(0 if seen else 1)
EOF_PYTHON
