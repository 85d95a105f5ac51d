#!/usr/bin/env bash
# peft 0.21.0: merging adapters that were trained with rank-stabilised scaling multiplies their effect, by
# sqrt(rank): four times at rank 16 for a plain copy, 5.7 times for the mean of two.
#
# Expected: `add_weighted_adapter` merges adapters by weights. By its docstring `svd` (the default) and `cat` "are
# precise methods": weights .5 and .5 give the mean of the two changes of the base, weight 1 on one adapter a copy.
#
# Instead: with `use_rslora=True` the merged change points in the right direction (cosine 1) and is too long: at
# rank 16 and `lora_alpha` 16, by 4 for one adapter at weight 1, by sqrt(32) = 5.66 for the mean of two with `cat`
# or with `svd` at full rank. Without rank-stabilised scaling both are exact. No error, no warning.
#
# Cause, in peft/tuners/lora/model.py: the weights already contain each adapter's scaling, and the new adapter gets
# `lora_alpha` = its rank so that its own scaling is 1. But it copies `use_rslora` from the first adapter, with
# which alpha = r means sqrt(r).
#
# Why it matters: the mean over training seeds, or a mix of an adapter for policy and one for style, is a common
# last step after preference training, and rank-stabilised scaling a common choice for ranks of 16 and above. A
# merged model that is tuned five times too strongly reads like a failed method, not like a factor. (Weights divided
# by sqrt(new rank) give the right adapter.)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  peft==0.21.0 transformers==5.23.0 accelerate==1.15.0 numpy==2.4.6
HF_HUB_OFFLINE=1 "$work/venv/bin/python" - <<'EOF_PYTHON'
import math
import sys

import torch
from peft import LoraConfig, get_peft_model

RANK = 16
torch.set_num_threads(1)


@torch.no_grad()
def merged(rank_stabilised, combination, weights):
    """How long the merged change is against the weighted sum of the changes, and the cosine between them."""
    torch.manual_seed(0)
    base = torch.nn.ModuleDict({"projection": torch.nn.Linear(64, 64, bias=False)})
    config = LoraConfig(
        r=RANK,
        lora_alpha=RANK,
        use_rslora=rank_stabilised,
        target_modules=["projection"],
        init_lora_weights=False,
    )
    model = get_peft_model(base, config, adapter_name="seed1")
    model.add_adapter("seed2", config)
    adapters = ["seed1", "seed2"][: len(weights)]
    rank = {"svd_rank": RANK * len(weights)} if combination == "svd" else {}
    model.base_model.add_weighted_adapter(adapters, weights, "merged", combination_type=combination, **rank)
    layer = model.base_model.model["projection"]
    wanted = sum(weight * layer.get_delta_weight(name) for name, weight in zip(adapters, weights, strict=True))
    got = layer.get_delta_weight("merged")
    return float(got.norm() / wanted.norm()), float((got * wanted).sum() / got.norm() / wanted.norm())


print("rank-stabilised, combination, weights: length against the weighted sum, cosine")
seen = True
for rank_stabilised in (False, True):
    for combination, weights in (("svd", [1.0]), ("svd", [0.5, 0.5]), ("cat", [0.5, 0.5])):
        length, cosine = merged(rank_stabilised, combination, weights)
        print(f"{rank_stabilised!s:6} {combination} {weights}: {length:.3f}, {cosine:.3f}")
        expected = math.sqrt(RANK * len(weights)) if rank_stabilised else 1.0
        seen = seen and abs(length - expected) < 1e-3 and abs(cosine - 1.0) < 1e-3
print("as found: merged adapters are sqrt(rank) too strong" if seen else "changed: see the lengths above")
sys.exit(0 if seen else 1)
EOF_PYTHON
