#!/usr/bin/env bash
# trl 1.16.0: log-probabilities of the reference that an earlier run precomputed are used again after a setting
# changed that they depend on.
#
# Expected: `precompute_ref_log_probs` only saves memory. As long as the weights are those of the reference, the
# loss is ln 2 = 0.6931 and all rewards are 0, whatever `ld_alpha` or `max_length` is.
#
# Instead: a run with `ld_alpha=0.5` that follows a run without it, on the same rows, starts at a loss of 0.4708
# and a reward of +0.51 for the chosen answers; one with `max_length=6` (cut from the left) at 0.4722. Each alone,
# with an empty cache, starts at 0.6931. There is no warning. (The learning rate is 0 below, so that the first log
# shows the state before training.)
#
# Cause, in trl/trainer/dpo_trainer.py: `_precompute_ref_logps` keeps its result in the cache of the data set under
# a hash of the rows and of the reference's weights. `ld_alpha`, and the cut to `max_length`, which the collator
# makes, are in neither. (With `max_length` set and the default cut from the right, a filter step happens to hash
# all settings, and the fault does not show. `max_length=None` and `truncation_mode="keep_end"`, which is
# deprecated, have no such step.) The cache lies on disk with rows from `load_dataset`, so it outlives the process.
#
# Why it matters: a sweep over `ld_alpha` (the setting against long answers) or over the length, with memory saved
# by precomputing, is exactly such a sequence of runs. All but the first train against a wrong reference, their
# margins and accuracies start above zero, and which run is right depends on the order. Empty the cache in between.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  trl==1.16.0 transformers==5.23.0 accelerate==1.15.0 datasets==5.2.0 tokenizers==0.23.3 numpy==2.4.6
HF_HUB_OFFLINE=1 HF_HOME="$work/hf" "$work/venv/bin/python" - "$work" <<'EOF_PYTHON'
import json
import math
import pathlib
import sys

import torch
from datasets import load_dataset
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast, set_seed
from trl import DPOConfig, DPOTrainer

torch.set_num_threads(1)
work = pathlib.Path(sys.argv[1])
words = ["<pad>", "<end>", "<unk>", *"i liked heat and alien what next try aliens up".split()]
tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=tokenizer, eos_token="<end>", pad_token="<pad>", unk_token="<unk>"
)
rows = [
    {"prompt": "i liked alien", "chosen": " try aliens and heat and alien", "rejected": " try up"},
    {"prompt": "i liked heat", "chosen": " try heat and alien what next", "rejected": " try alien"},
]
(work / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))


def first_log(cache, **changed):
    set_seed(0)
    shape = LlamaConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2
    )
    settings = DPOConfig(
        output_dir=str(work / "run"),
        precompute_ref_log_probs=True,
        per_device_train_batch_size=2,
        max_steps=1,
        logging_steps=1,
        learning_rate=0.0,
        use_cpu=True,
        bf16=False,
        report_to=[],
        save_strategy="no",
        disable_tqdm=True,
        **{"max_length": None, **changed},
    )
    data = load_dataset("json", data_files=str(work / "rows.jsonl"), split="train", cache_dir=str(work / cache))
    trainer = DPOTrainer(LlamaForCausalLM(shape), args=settings, train_dataset=data, processing_class=tokenizer)
    trainer.train()
    entry = trainer.state.log_history[0]
    return [round(float(entry[name]), 4) for name in ("loss", "rewards/chosen", "rewards/rejected")]


sweeps = [{"ld_alpha": 0.5}, {"max_length": 6, "truncation_mode": "keep_end"}]
first = first_log("common", max_length=None)
alone = [first_log(f"empty{number}", **setting) for number, setting in enumerate(sweeps)]
after = [first_log("common", **setting) for setting in sweeps]
print("loss, reward chosen, reward rejected before any step; first run:", first)
for setting, one, two in zip(sweeps, alone, after, strict=True):
    print(setting, "with an empty cache:", one, "after the first run:", two)
start = [round(math.log(2), 4), 0.0, 0.0]
seen = first == start and all(one == start for one in alone) and all(abs(two[0] - start[0]) > 0.1 for two in after)
print("as found: the earlier run's reference is used" if seen else "changed: see the lines above")
sys.exit(0 if seen else 1)
EOF_PYTHON
