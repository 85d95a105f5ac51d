"""A language model of the packaged one's architecture, small enough that to load and train it takes no time.

What it says is built in: a film's name, each of the films as likely as the others, and then it ends its turn
(or, where it is to write lists, is as likely to write a comma and another one).
Its other weights are random and small, so that training can change what it says.
"""

from __future__ import annotations

from pathlib import Path

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from support.films import FILMS

_START, _END = "<|im_start|>", "<|im_end|>"
#: ChatML, as the packaged model has it.
_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] "
    "+ '<|im_end|>' + '\n' }}{% endfor %}{% if add_generation_prompt %}"
    "{{ '<|im_start|>assistant\n' }}{% endif %}"
)
#: How much likelier what is built in is than any other token, in nats.
_SURE = 9.0


def small_checkpoint(folder: Path, *, lists: bool = False) -> str:
    """Write the model and its tokenizer into `folder`; returns the path as a base is named."""
    tokenizer = _tokenizer()
    model = _model(tokenizer, lists)
    tokenizer.save_pretrained(str(folder))
    model.save_pretrained(str(folder))
    return str(folder)


def _tokenizer() -> PreTrainedTokenizerFast:
    """A token for each byte and for each film."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    inner = Tokenizer(models.BPE({letter: place for place, letter in enumerate(alphabet)}, []))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    inner.decoder = decoders.ByteLevel()
    inner.add_special_tokens([_START, _END])
    inner.add_tokens([AddedToken(film.name, normalized=False) for film in FILMS])
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token=_END, pad_token=_END)
    tokenizer.chat_template = _TEMPLATE
    return tokenizer


def _model(tokenizer: PreTrainedTokenizerFast, lists: bool) -> LlamaForCausalLM:
    torch.manual_seed(0)
    end = tokenizer.convert_tokens_to_ids(_END)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=64,
            intermediate_size=96,
            num_hidden_layers=4,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=8192,
            eos_token_id=end,
            bos_token_id=None,
            pad_token_id=end,
        )
    )
    films = [tokenizer.convert_tokens_to_ids(film.name) for film in FILMS]
    line, comma = tokenizer("\n,", add_special_tokens=False)["input_ids"]
    with torch.no_grad():
        seen, told = model.get_input_embeddings().weight, model.get_output_embeddings().weight
        torch.nn.init.normal_(seen)
        film = torch.randn_like(seen[line])
        seen[films] = film + 0.3 * seen[films]
        told[films] += _SURE * seen[line] / seen[line].norm() ** 2
        told[end] += _SURE * film / film.norm() ** 2
        if lists:
            told[comma] += _SURE * film / film.norm() ** 2
            told[films] += _SURE * seen[comma] / seen[comma].norm() ** 2
    return model
