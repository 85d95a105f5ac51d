"""Tiny language models with a chat template of the test's choice: a checkpoint, and a .gguf file of the same.

A token is a byte or a mark; the weights are random, so what such a model says means nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, TokenType, quants
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

#: Tokens that end a turn or stand in templates; of marks of thoughts, one pair is special and one is not.
SPECIAL = ("<|end|>", "<|start|>", "<bos>", "<turn>", "<end_of_turn>", "[THINK]", "[/THINK]")
PLAIN = ("<think>", "</think>")
_WIDTH, _LAYERS, _HEADS, _CONTEXT = 32, 2, 4, 2048
#: Of each family, the width of the inner layers and the heads of keys and values.
_SHAPES = {"llama": (48, 4), "qwen2": (64, 2)}
Family = Literal["llama", "qwen2"]


def byte_letters() -> list[str]:
    """The 256 letters of byte-level vocabularies, in the order of the bytes."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = iter(range(256, 512))
    return [chr(byte if byte in shown else next(hidden)) for byte in range(256)]


def tiny_tokenizer(template: str | None, *, eos: str = "<|end|>") -> PreTrainedTokenizerFast:
    """A tokenizer of bytes and marks, with `template` as its chat template."""
    letters = byte_letters()
    core = Tokenizer(models.BPE(vocab={letter: place for place, letter in enumerate(letters)}, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    core.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in SPECIAL])
    core.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in PLAIN])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=core, eos_token=eos, pad_token=eos, extra_special_tokens=list(SPECIAL)
    )
    if template is not None:
        tokenizer.chat_template = template
    return tokenizer


def tiny_model(
    seed: int = 0, *, spread: float = 0.4, family: Family = "llama"
) -> LlamaForCausalLM | Qwen2ForCausalLM:
    """A random model over the vocabulary of `tiny_tokenizer`; a wide `spread` makes likely tokens clear."""
    torch.manual_seed(seed)
    inner, kv_heads = _SHAPES[family]
    kinds = {"llama": (LlamaConfig, LlamaForCausalLM), "qwen2": (Qwen2Config, Qwen2ForCausalLM)}
    config_kind, model_kind = kinds[family]
    config = config_kind(
        vocab_size=256 + len(SPECIAL) + len(PLAIN) + 1,
        hidden_size=_WIDTH,
        intermediate_size=inner,
        num_hidden_layers=_LAYERS,
        num_attention_heads=_HEADS,
        num_key_value_heads=kv_heads,
        max_position_embeddings=_CONTEXT,
        initializer_range=spread,
        eos_token_id=256,
        bos_token_id=258,
        pad_token_id=256,
    )
    model = model_kind(config)
    for name, weights in model.named_parameters():
        if name.endswith(".bias"):  # they begin as nothing, and could be left out unseen
            torch.nn.init.normal_(weights, std=spread)
    if family == "qwen2":
        # It says printable letters alone: of bytes that are no character llama.cpp tells no probability.
        letters = [
            place for place, letter in enumerate(byte_letters()) if letter.isascii() and letter.isprintable()
        ]
        hidden = [place for place in range(config.vocab_size) if place not in set(letters)]
        with torch.no_grad():
            model.get_output_embeddings().weight[hidden] = 0.0
    return model


def write_checkpoint(
    folder: Path, template: str | None, *, eos: str = "<|end|>", seed: int = 0, family: Family = "llama"
) -> Path:
    """The tiny model and its tokenizer as a folder that transformers loads."""
    tiny_model(seed, family=family).save_pretrained(str(folder))
    tiny_tokenizer(template, eos=eos).save_pretrained(str(folder))
    return folder


def write_gguf(
    path: Path,
    template: str | None,
    *,
    seed: int = 0,
    adds_bos: bool = False,
    family: Family = "llama",
    kind: GGMLQuantizationType = GGMLQuantizationType.F32,
) -> Path:
    """The same model as a .gguf file, its matrices of `kind`; `adds_bos` lets llama.cpp begin each text with
    <bos>."""
    model = tiny_model(seed, family=family)
    inner, kv_heads = _SHAPES[family]
    writer = GGUFWriter(path, family)
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(inner)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("default")
    letters = byte_letters()
    # A file has to have a merge; nobody says these two bytes.
    writer.add_token_list([*letters, *SPECIAL, *PLAIN, letters[0] + letters[1]])
    writer.add_token_types(
        [TokenType.NORMAL] * 256
        + [TokenType.CONTROL] * len(SPECIAL)
        + [TokenType.USER_DEFINED] * len(PLAIN)
        + [TokenType.NORMAL]
    )
    writer.add_token_merges([f"{letters[0]} {letters[1]}"])
    writer.add_eos_token_id(256)
    writer.add_bos_token_id(258)
    writer.add_add_bos_token(adds_bos)
    if template is not None:
        writer.add_chat_template(template)
    for name, tensor in model.state_dict().items():
        values = _values(name, tensor, family)
        if values.ndim > 1 and kind != GGMLQuantizationType.F32:
            writer.add_tensor(_gguf_name(name), quants.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(_gguf_name(name), values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


_GGUF_NAMES = {
    "model.embed_tokens": "token_embd",
    "model.norm": "output_norm",
    "lm_head": "output",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def _gguf_name(name: str) -> str:
    module, _, kind = name.rpartition(".")
    if module.startswith("model.layers."):
        _, _, number, inner = module.split(".", 3)
        return f"blk.{number}.{_GGUF_NAMES[inner]}.{kind}"
    return f"{_GGUF_NAMES[module]}.{kind}"


def _values(name: str, tensor: torch.Tensor, family: Family) -> Any:
    values = tensor.float().numpy()
    if family == "llama" and ("q_proj" in name or "k_proj" in name):
        # llama.cpp rotates neighbouring pairs of these models where the checkpoint rotates halves.
        head = values.reshape(_HEADS, 2, _WIDTH // _HEADS // 2, values.shape[1])
        values = head.swapaxes(1, 2).reshape(values.shape)
    return np.ascontiguousarray(values, dtype=np.float32)
