#!/usr/bin/env bash
# xllamacpp 2026.10.11549 (llama.cpp's server): after a request with a LoRA adapter, the next plain request on that
# slot gets an answer of neither model, computed by the base on the adapter's cache.
#
# Expected: a request may choose its adapters by `"lora": [{"id": 0, "scale": 1.0}]`; adapters not listed count 0,
# and without the field the server's own scales hold (here 0.0, an adapter that is loaded and not applied). The same
# prompt at temperature 0 then has the same log-probabilities before and after someone else's request.
#
# Instead: base, adapter, base: the second base answer differs from the first, and from the adapter's; the answer
# itself says that the whole prompt but one token came from the cache. With `cache_prompt: false` the first figures
# are back. A base request that says `"lora": [{"id": 0, "scale": 0.0}]` is answered rightly too.
#
# Cause, in llama.cpp's tools/server (launch_slot_with_task): where a request names adapters, the slot's cached
# prompt is dropped if they differ from the last ones; where it names none, the slot takes the default scales and
# keeps the cache that the adapter wrote.
#
# Why it matters: one process that serves a model before and after training is the usual way to compare the two on
# a small machine. Their prompts are the same by design, so that the "before" of each comparison is read partly
# from the trained model's cache; judges read by log-probabilities move silently.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
  xllamacpp==2026.10.11549 gguf==0.19.0 numpy==2.4.6
"$work/venv/bin/python" - "$work" 2>"$work/messages" <<'EOF_PYTHON' || { cat "$work/messages"; exit 1; }
import sys

import gguf
import numpy as np
import xllamacpp

FOLDER = sys.argv[1]
WORDS, WIDTH, INNER, RANK = 64, 32, 64, 4
PROMPT = [1, *range(3, 35)]
rng = np.random.default_rng(0)


def random(*shape):
    return (rng.standard_normal(shape) * 0.5).astype(np.float32)


def save(name, tensors, describe):
    file = gguf.GGUFWriter(f"{FOLDER}/{name}.gguf", "llama")
    describe(file)
    for tensor, values in tensors.items():
        file.add_tensor(tensor, values)
    file.write_header_to_file()
    file.write_kv_data_to_file()
    file.write_tensors_to_file()
    file.close()


def describe_base(file):
    file.add_vocab_size(WORDS)
    file.add_context_length(512)
    file.add_embedding_length(WIDTH)
    file.add_block_count(2)
    file.add_feed_forward_length(INNER)
    file.add_head_count(2)
    file.add_head_count_kv(2)
    file.add_layer_norm_rms_eps(1e-5)
    file.add_rope_dimension_count(WIDTH // 2)
    file.add_tokenizer_model("llama")
    file.add_token_list(["<unk>", "<s>", "</s>", *(f"\u2581w{number}" for number in range(WORDS - 3))])
    file.add_token_scores([0.0] * WORDS)
    kind = gguf.TokenType
    file.add_token_types([kind.UNKNOWN, kind.CONTROL, kind.CONTROL] + [kind.NORMAL] * (WORDS - 3))
    file.add_bos_token_id(1)
    file.add_eos_token_id(2)
    file.add_unk_token_id(0)


def describe_adapter(file):
    file.add_type(gguf.GGUFType.ADAPTER)
    file.add_string("adapter.type", "lora")
    file.add_float32("adapter.lora.alpha", float(RANK))


base = {
    "token_embd.weight": random(WORDS, WIDTH),
    "output.weight": random(WORDS, WIDTH),
    "output_norm.weight": np.ones(WIDTH, np.float32),
}
adapter = {}
for layer in range(2):
    for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
        base[f"blk.{layer}.{part}.weight"] = random(WIDTH, WIDTH)
    base[f"blk.{layer}.ffn_gate.weight"] = random(INNER, WIDTH)
    base[f"blk.{layer}.ffn_up.weight"] = random(INNER, WIDTH)
    base[f"blk.{layer}.ffn_down.weight"] = random(WIDTH, INNER)
    base[f"blk.{layer}.attn_norm.weight"] = base[f"blk.{layer}.ffn_norm.weight"] = np.ones(WIDTH, np.float32)
    adapter[f"blk.{layer}.ffn_down.weight.lora_a"] = random(RANK, INNER) * 0.3
    adapter[f"blk.{layer}.ffn_down.weight.lora_b"] = random(WIDTH, RANK) * 0.3
save("base", base, describe_base)
save("adapter", adapter, describe_adapter)

params = xllamacpp.CommonParams()
params.model.path = f"{FOLDER}/base.gguf"
params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(f"{FOLDER}/adapter.gguf", 0.0)]
params.n_ctx, params.n_parallel, params.verbosity, params.warmup = 256, 1, -1, False
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)


def ask(label, **extra):
    body = {"prompt": PROMPT, "max_tokens": 1, "temperature": 0.0, "logprobs": 3, **extra}
    answer = server.handle_completions(body)
    best = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    best = {token["id"]: round(token["logprob"], 2) for token in best}
    cached = answer["usage"]["prompt_tokens_details"]["cached_tokens"]
    print(f"{label:42} {best}, {cached} of {len(PROMPT)} prompt tokens from the cache")
    return best, cached


before, _ = ask("base")
again, _ = ask("base again")
tuned, _ = ask("with the adapter", lora=[{"id": 0, "scale": 1.0}])
after, reused = ask("base")
fresh, _ = ask("base, cache_prompt false", cache_prompt=False)
ask("with the adapter", lora=[{"id": 0, "scale": 1.0}])
named, _ = ask("base, the adapter named with scale 0", lora=[{"id": 0, "scale": 0.0}])
seen = before == again == fresh == named and after not in (before, tuned) and reused == len(PROMPT) - 1
print("as found: a plain request reads the adapter's cache" if seen else "changed: see the lines above")
sys.exit(0 if seen else 1)
EOF_PYTHON
