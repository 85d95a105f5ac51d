"""Tiny random models of architectures with windows, states, caps and scales of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import transformers

from support.tiny_models import PLAIN, SPECIAL, byte_letters, tiny_tokenizer

VOCABULARY = 256 + len(SPECIAL) + len(PLAIN) + 1
WINDOW = 16
#: Architecture, and what it has beside the sizes that all have.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "a window": ("MistralConfig", {"sliding_window": WINDOW, "head_dim": 8}),
    "windows in turn": (
        "Gemma3TextConfig",
        {"sliding_window": WINDOW, "head_dim": 8, "query_pre_attn_scalar": 8},
    ),
    "windows and sinks": (
        "GptOssConfig",
        {"sliding_window": WINDOW, "head_dim": 8, "num_local_experts": 4, "num_experts_per_tok": 2},
    ),
    "convolutions": ("Lfm2Config", {"layer_types": ["conv", "full_attention"] * 2}),
    "linear attention": (
        "Qwen3NextConfig",
        {
            "head_dim": 8,
            "linear_num_value_heads": 4,
            "linear_num_key_heads": 2,
            "linear_key_head_dim": 8,
            "linear_value_head_dim": 8,
            "num_experts": 4,
            "num_experts_per_tok": 2,
            "moe_intermediate_size": 16,
            "shared_expert_intermediate_size": 16,
        },
    ),
    "a state that longer texts begin anew": (
        "JambaConfig",
        {
            "num_experts": 4,
            "attn_layer_period": 2,
            "attn_layer_offset": 1,
            "mamba_d_state": 8,
            "mamba_dt_rank": 4,
            "use_mamba_kernels": False,
        },
    ),
    "windows by places": (
        "GPTNeoConfig",
        {
            "num_layers": 4,
            "num_heads": 4,
            "attention_types": [[["global", "local"], 2]],
            "window_size": 40,
        },
    ),
    "slopes in place of positions": ("BloomConfig", {"n_head": 4, "n_layer": 3}),
}
#: Further ones, whose logits are not what the output layer gives.
SCALED: dict[str, tuple[str, dict[str, Any]]] = {
    "scaled logits": ("GraniteConfig", {"logits_scaling": 8.0}),
    "logits scaled down": ("CohereConfig", {"logit_scale": 0.0625}),
    "capped logits": (
        "Gemma2Config",
        {"final_logit_softcapping": 3.0, "sliding_window": 4096, "head_dim": 8, "query_pre_attn_scalar": 8},
    ),
}
#: A text model inside one that reads pictures, too: its sizes stand in a part of the configuration.
PICTURES: tuple[str, dict[str, Any]] = (
    "Gemma3Config",
    {
        "sliding_window": WINDOW,
        "head_dim": 8,
        "query_pre_attn_scalar": 8,
        "vision_config": {
            "hidden_size": 16,
            "intermediate_size": 16,
            "num_hidden_layers": 1,
            "num_attention_heads": 2,
            "image_size": 28,
            "patch_size": 14,
        },
    },
)
TEMPLATE = (
    "{% for m in messages %}<|start|>{{ m.role }}\n{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|start|>assistant\n{% endif %}"
)


def tiny_of(kind: str, more: dict[str, Any]) -> Any:
    """A model of the configuration `kind`, with `more` beside the sizes that all have."""
    pictures = more.get("vision_config")
    made = getattr(transformers, kind)
    sizes = {
        "vocab_size": VOCABULARY,
        "hidden_size": 32,
        "intermediate_size": 48,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "max_position_embeddings": 2048,
        "eos_token_id": 256,
        "bos_token_id": 258,
        "pad_token_id": 256,
        "initializer_range": 0.2,
        **{name: value for name, value in more.items() if name != "vision_config"},
    }
    config = made(**sizes) if pictures is None else made(text_config=sizes, vision_config=pictures)
    torch.manual_seed(0)
    return transformers.AutoModelForCausalLM.from_config(config).eval()


def write_tiny(folder: Path, kind: str, more: dict[str, Any]) -> Path:
    """The same with a tokenizer, as a folder; it says letters alone, no marks of turns or thoughts."""
    model = tiny_of(kind, more)
    letters = [letter.isascii() and letter.isalpha() for letter in byte_letters()]
    hidden = [place for place, said in enumerate(letters) if not said]
    with torch.no_grad():
        model.get_output_embeddings().weight[[*hidden, *range(256, VOCABULARY)]] = 0.0
    model.save_pretrained(folder)
    tiny_tokenizer(TEMPLATE).save_pretrained(folder)
    return folder
