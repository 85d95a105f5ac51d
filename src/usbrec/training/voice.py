"""Replies of the model in training, drawn as the recommender's seat says them."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from transformers import DynamicCache

from usbrec.keys import derive_seed
from usbrec.llm.protocol import ChatRequest
from usbrec.llm.reasoning import ReasoningMarks, separate
from usbrec.llm.transformers.continuing import continues_prompts
from usbrec.llm.transformers.decoding import draw_all
from usbrec.llm.transformers.sequences import DecodingRequest, Prompt
from usbrec.llm.transformers.tokens import ReplyDecoder, chat_template, end_tokens
from usbrec.training.data import Encoded
from usbrec.training.ranks import token_places
from usbrec.training.settings import Dialogues, Play, Reward


@dataclass(frozen=True, slots=True)
class Playing:
    """How replies are played. `max_tokens` and `frequency_penalty` are the seat's own: the first ends every
    reply, the second holds for held-out replies, which are those of the seat, and not while learning,
    because what is learnt has to be what was drawn from. `reasoning` says what marks thoughts. With
    `dialogues` every reply of an episode is the model's own, and `play` is not asked. With a `list_length`
    above 1 replies are lists, whose places are credited apart."""

    play: Play
    max_tokens: int
    frequency_penalty: float = 0.0
    reasoning: ReasoningMarks = "auto"
    dialogues: Dialogues | None = None
    list_length: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """A reply in tokens, its end of turn included, and as the seat says it; `whole` unless it was cut off.

    The first `thought` tokens are reasoning, which is not learnt; `lost` says that the limit of tokens came
    before the reply. Of a list, `places` says to which place each token that is learnt belongs.
    """

    tokens: tuple[int, ...]
    text: str
    whole: bool
    thought: int = 0
    lost: bool = False
    places: tuple[int, ...] = ()


@torch.no_grad()
def draw_replies(
    model: Any,
    prompts: Sequence[Sequence[int]],
    *,
    n: int,
    temperature: float,
    max_tokens: int,
    ends: Collection[int],
    seed: int,
    frequency_penalty: float = 0.0,
) -> list[list[tuple[int, ...]]]:
    """`n` replies to each prompt in tokens, the token that ended a reply included.

    Each prompt is prefilled once, and all replies are drawn in one batch by the decoder of `hf:` seats.
    Temperature 0 takes the likeliest token; `frequency_penalty` is as in ChatRequest.
    """
    continues_prompts(model, model.config.name_or_path)  # or refuses the model
    decodings = []
    for place, prompt in enumerate(prompts):
        cache = DynamicCache(config=model.config)
        with torch.inference_mode():
            ids = torch.tensor([list(prompt)], device=next(model.parameters()).device)
            said = model(input_ids=ids, past_key_values=cache, use_cache=True, logits_to_keep=1)
        request = ChatRequest(
            (),
            n=n,
            temperature=temperature,
            max_tokens=max_tokens,
            frequency_penalty=frequency_penalty,
            seed=derive_seed(seed, "prompt", place),
        )
        decodings.append(DecodingRequest(request, Prompt(list(prompt), cache, said.logits[:, -1].float(), 0)))
    draw_all(model, None, frozenset(ends), decodings)
    return [[sequence.tokens for sequence in decoding.sequences] for decoding in decodings]


class Voice:
    """Draws replies as the recommender's seat says them."""

    def __init__(self, model: Any, tokenizer: Any, playing: Playing) -> None:
        template = chat_template(tokenizer, "the model")
        self._ends = end_tokens(tokenizer, template, model.generation_config)
        self._decoder = ReplyDecoder(tokenizer, playing.reasoning)
        self._tokenizer = tokenizer
        self._playing = playing

    def __call__(
        self, model: Any, rows: Sequence[Encoded], *, n: int, temperature: float, seed: int, penalty: float
    ) -> list[list[Drawn]]:
        """`n` replies for each row; the model is left in the mode it was in."""
        was_training = model.training
        model.eval()
        drawn = draw_replies(
            model,
            [row.prompt for row in rows],
            n=n,
            temperature=temperature,
            max_tokens=self._playing.max_tokens,
            ends=self._ends,
            seed=seed,
            frequency_penalty=penalty,
        )
        model.train(was_training)
        return [[self._read(tokens) for tokens in group] for group in drawn]

    def with_places(self, drawn: Drawn, reward: Reward) -> Drawn:
        """A list with the place of each of its tokens."""
        learnt = drawn.tokens[drawn.thought :]
        ends = [rank.end for rank in reward.ranks]

        def decode(tokens: Sequence[int]) -> str:
            return self._decoder.decode(tokens, skip_special_tokens=True)

        return replace(drawn, places=token_places(learnt, drawn.text, ends, decode))

    def _read(self, tokens: tuple[int, ...]) -> Drawn:
        whole = tokens[-1] in self._ends
        answer = self._decoder.decode(tokens, skip_special_tokens=True)
        found = separate(answer, self._playing.reasoning)
        if not found.reasoning and not found.open:
            return Drawn(tokens, answer.strip(), whole)
        text = found.text.strip()
        thought = len(tokens) if found.open else self._before(tokens, text)
        return Drawn(tokens, text, whole, thought, lost=found.open)

    def _before(self, tokens: tuple[int, ...], text: str) -> int:
        """How many tokens stand before the reply `text`; all, where it is not said in one piece."""
        for begin in range(len(tokens) - 1, -1, -1):
            if text in self._decoder.decode(tokens[begin:], skip_special_tokens=True):
                return begin
        return len(tokens)


@contextlib.contextmanager
def keeping_threads() -> Iterator[None]:
    """A model that is opened in a seat sets PyTorch's threads to its own; afterwards they are as before."""
    threads = torch.get_num_threads()
    try:
        yield
    finally:
        torch.set_num_threads(threads)
