"""Decoders of the packaged model: that of `hf:` seats, with and without our shared attention, that of policy
gradient, and transformers' own.

    python bench/decoders.py [--prompt 400] [--reply 32]

Each draws as many replies as said, prefilling included, at temperature 1 on one thread; seconds of processor
time, the median of three rounds after one that is not counted. No reply ends before its last token.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable

import torch
from transformers import DynamicCache

from usbrec.llm.protocol import ChatRequest, Message
from usbrec.llm.transformers import decoding
from usbrec.llm.transformers.checkpoint import load_model, load_tokenizer
from usbrec.llm.transformers.devices import half_precision
from usbrec.llm.transformers.sequences import DecodingRequest, Prompt
from usbrec.llm.transformers.shared_prefix import PerPromptPass, forward_pass_of
from usbrec.llm.transformers.tokens import ReplyDecoder
from usbrec.training.voice import draw_replies

BASE = "smollm2-135m"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--prompt", type=int, default=400)
    parser.add_argument("--reply", type=int, default=32)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    model, tokenizer = load_model(BASE, dtype=half_precision("cpu")).eval(), load_tokenizer(BASE)
    decoder = ReplyDecoder(tokenizer)
    generator = torch.Generator().manual_seed(0)
    for prompts, replies in ((1, 4), (1, 8), (4, 4)):
        ids = [
            torch.randint(1000, 40000, (asked.prompt,), generator=generator).tolist() for _ in range(prompts)
        ]
        ways: dict[str, Callable[[], object]] = {
            "hf: seats": lambda ids=ids, n=replies: seat(model, decoder, ids, n, asked.reply, shared=True),
            "hf: seats, plain pass": lambda ids=ids, n=replies: seat(
                model, decoder, ids, n, asked.reply, shared=False
            ),
            "policy gradient": lambda ids=ids, n=replies: policy(model, ids, n, asked.reply),
            "transformers": lambda ids=ids, n=replies: own(model, ids, n, asked.reply),
        }
        for name, way in ways.items():
            taken = []
            for _ in range(4):
                started = time.process_time()
                way()
                taken.append(time.process_time() - started)
            print(f"{prompts} x {replies}  {name:<22} {statistics.median(taken[1:]):6.2f} s", flush=True)


def seat(
    model: object, decoder: ReplyDecoder, ids: list[list[int]], n: int, length: int, *, shared: bool
) -> None:
    drawn = []
    for prompt in ids:
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            told = model(
                input_ids=torch.tensor([prompt]), past_key_values=cache, use_cache=True, logits_to_keep=1
            )
        request = ChatRequest((Message("user", ""),), n=n, temperature=1.0, max_tokens=length)
        drawn.append(DecodingRequest(request, Prompt(prompt, cache, told.logits[:, -1].float(), 0)))
    decoding.forward_pass_of = forward_pass_of if shared else PerPromptPass
    decoding.draw_all(model, decoder, frozenset(), drawn)


def policy(model: object, ids: list[list[int]], n: int, length: int) -> None:
    decoding.forward_pass_of = forward_pass_of
    with torch.inference_mode():
        draw_replies(model, ids, n=n, temperature=1.0, max_tokens=length, ends=(), seed=0)


def own(model: object, ids: list[list[int]], n: int, length: int) -> None:
    with torch.inference_mode():
        model.generate(
            torch.tensor(ids),
            do_sample=True,
            temperature=1.0,
            top_k=0,
            num_return_sequences=n,
            min_new_tokens=length,
            max_new_tokens=length,
        )


if __name__ == "__main__":
    main()
