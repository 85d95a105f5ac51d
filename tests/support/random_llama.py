"""A random model of a few thousand weights, for what is computed with a model whatever it says."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from transformers import LlamaConfig, LlamaForCausalLM


def tiny(seed: int = 0) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=64,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=128,
            initializer_range=0.4,  # far from uniform, so that the likeliest token is clear
        )
    )


def alone(
    model: LlamaForCausalLM, prompt: Sequence[int], reply: Sequence[int], temperature: float = 1.0
) -> torch.Tensor:
    """The log-probability of each token of `reply`, by one forward pass over one plain sequence."""
    logits = model(input_ids=torch.tensor([[*prompt, *reply]])).logits[0, len(prompt) - 1 : -1]
    return (logits / temperature).log_softmax(-1).gather(1, torch.tensor(list(reply))[:, None])[:, 0]
