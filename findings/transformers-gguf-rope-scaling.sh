#!/usr/bin/env bash
# transformers 5.23.0: a GGUF file's stretched positions (RoPE scaling) are dropped in loading, so that the
# checkpoint to be trained is another model than the one that llama.cpp plays.
#
# Expected: `from_pretrained(..., gguf_file=...)` gives the model that the file describes: in the Llama family
# `llama.rope.scaling.type` and `.factor` of the GGUF specification, and the tensor `rope_freqs.weight` by which
# converted Llama 3.x files carry their own scaling. What cannot be read raises or is named in a warning.
#
# Instead: no message; `config.rope_parameters` says "default". A tiny random Llama of 21 tokens' context: written
# plain, llama.cpp and transformers agree on the five best next tokens (to 0.01 in log-probability). With linear
# scaling by 4, or with frequency factors of 4, llama.cpp prefers another token, while transformers answers just as
# for the plain file.
#
# Cause, in transformers/integrations/ggml.py: the table of GGUF keys for "llama" (and for most architectures) knows
# `rope.freq_base` and no `rope.scaling.*`; only gpt-oss has code for them. `rope_freqs.weight` has no counterpart
# among the model's parameters and is left aside without a word.
#
# Why it matters: judging with a GGUF file in llama.cpp and training the same file through transformers is the cheap
# road for a recommender on CPUs. The trained adapter then belongs to a base with other positions, save_pretrained
# makes the loss permanent, and perplexity on short texts hardly shows it: angles differ more the longer the dialogue.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check torch==2.13.0
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  transformers==5.23.0 accelerate==1.15.0 gguf==0.19.0 xllamacpp==2026.10.11549 numpy==2.4.6
HF_HUB_OFFLINE=1 "$work/venv/bin/python" - "$work" 2>"$work/messages" <<'EOF_PYTHON' || { cat "$work/messages"; exit 1; }
import sys

import gguf
import numpy as np
import torch
import xllamacpp
from transformers import AutoModelForCausalLM, GgufConfig

FOLDER = sys.argv[1]
WORDS, WIDTH, INNER, LAYERS, HEADS = 64, 32, 64, 2, 2
PROMPT = [1, *range(3, 23)]
torch.set_num_threads(1)


def write(name, scaling):
    """A Llama of random weights, the same for every `scaling`."""
    rng = np.random.default_rng(0)
    file = gguf.GGUFWriter(f"{FOLDER}/{name}.gguf", "llama")
    file.add_vocab_size(WORDS)
    file.add_context_length(512)
    file.add_embedding_length(WIDTH)
    file.add_block_count(LAYERS)
    file.add_feed_forward_length(INNER)
    file.add_head_count(HEADS)
    file.add_head_count_kv(HEADS)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_rope_dimension_count(WIDTH // HEADS)
    file.add_rope_freq_base(10000.0)
    if scaling == "linear":
        file.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        file.add_rope_scaling_factor(4.0)
    file.add_tokenizer_model("llama")
    file.add_token_list(["<unk>", "<s>", "</s>", *(f"\u2581w{number}" for number in range(WORDS - 3))])
    file.add_token_scores([0.0] * WORDS)
    kind = gguf.TokenType
    file.add_token_types([kind.UNKNOWN, kind.CONTROL, kind.CONTROL] + [kind.NORMAL] * (WORDS - 3))
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    file.add_unk_token_id(0)

    def random(tensor, *shape):
        file.add_tensor(tensor, (rng.standard_normal(shape) * 0.5).astype(np.float32))

    random("token_embd.weight", WORDS, WIDTH)
    random("output.weight", WORDS, WIDTH)
    file.add_tensor("output_norm.weight", np.ones(WIDTH, np.float32))
    if scaling == "factors":
        file.add_tensor("rope_freqs.weight", np.full(WIDTH // HEADS // 2, 4.0, np.float32))
    for layer in range(LAYERS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            random(f"blk.{layer}.{part}.weight", WIDTH, WIDTH)
        random(f"blk.{layer}.ffn_gate.weight", INNER, WIDTH)
        random(f"blk.{layer}.ffn_up.weight", INNER, WIDTH)
        random(f"blk.{layer}.ffn_down.weight", WIDTH, INNER)
        for norm in ("attn_norm", "ffn_norm"):
            file.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(WIDTH, np.float32))
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def by_llama_cpp(name):
    params = xllamacpp.CommonParams()
    params.model.path = f"{FOLDER}/{name}.gguf"
    params.n_ctx, params.n_parallel, params.verbosity, params.warmup = 256, 1, -1, False
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    body = {"prompt": PROMPT, "max_tokens": 1, "temperature": 0.0, "logprobs": 5}
    answer = xllamacpp.Server(params).handle_completions(body)
    best = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    return [(token["id"], round(token["logprob"], 2)) for token in best]


@torch.no_grad()
def by_transformers(name):
    model = AutoModelForCausalLM.from_pretrained(
        FOLDER,
        gguf_file=f"{name}.gguf",
        quantization_config=GgufConfig(dequantize=True),
        dtype=torch.float32,
    )
    best = model(torch.tensor([PROMPT])).logits[0, -1].log_softmax(-1).topk(5)
    tokens = [(token, round(value, 2)) for token, value in zip(best.indices.tolist(), best.values.tolist())]
    return tokens, model.config.rope_parameters


found = {}
for name in ("plain", "linear", "factors"):
    write(name, name)
    tokens, positions = by_transformers(name)
    found[name] = by_llama_cpp(name), tokens, positions
    print(f"{name:8} llama.cpp    {found[name][0]}\n{'':8} transformers {tokens} {positions}")


def alike(first, second):
    return all(a[0] == b[0] and abs(a[1] - b[1]) <= 0.011 for a, b in zip(first, second, strict=True))


plain = found["plain"]
seen = alike(plain[0], plain[1]) and all(
    found[name][1:] == plain[1:] and found[name][0][0][0] != plain[0][0][0] for name in ("linear", "factors")
)
print("as found: RoPE scaling of a GGUF file is dropped" if seen else "changed: see the tokens above")
sys.exit(0 if seen else 1)
EOF_PYTHON
if grep -qi 'rope' "$work/messages"; then
  echo "changed: a message speaks of it"
  grep -i 'rope' "$work/messages"
  exit 1
fi
