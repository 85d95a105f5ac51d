"""TRL rollouts: whole dialogues with a simulated seeker for TRL's GRPOTrainer (`rollout_func`, TRL 1.16)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usbrec.errors import ConfigError
from usbrec.stages.environment import Environment


def trl_rollout(environment: Environment, *, max_tokens: int = 64) -> Callable[[Any, Any], dict[str, Any]]:
    """A `rollout_func`: the trainer's model replies, the seeker answers, until the dialogue ends.

    All dialogues of a call go on in step, a batch of replies a round, of `max_tokens` tokens at most each and
    otherwise drawn as the trainer draws (`temperature`, `top_p` ...). The seeker's words stand between them
    and are masked (`env_mask`), so that the model learns from its own tokens alone. The score is handed on as
    `score`: use :func:`trl_reward` as the reward. Prompts have to be those of :meth:`Environment.prompts`.

    A dialogue that failed, or whose score cannot be read, has the reward None: TRL compares the others of its
    group without it, and it teaches nothing. A warning counts them. Raises InputError where two samples have
    one prompt; the rollout raises ModelRefused where no dialogue of a call has a score.
    """
    environment.check_prompts()

    def rollout(prompts: Sequence[Sequence[Mapping[str, Any]]], trainer: Any) -> dict[str, Any]:
        tokenizer = trainer.processing_class
        talks = [environment.begin_at(prompt) for prompt in prompts]
        messages = [[dict(message) for message in prompt] for prompt in prompts]
        asked = [_tokens(tokenizer, _rendered(tokenizer, chat)) for chat in messages]
        said: list[list[int]] = [[] for _ in prompts]
        mask: list[list[int]] = [[] for _ in prompts]
        going = list(range(len(prompts)))
        while going:
            drawn = _drawn(trainer, [asked[place] + said[place] for place in going], max_tokens)
            replies = [tokenizer.decode(tokens, skip_special_tokens=True) for tokens in drawn]
            answers = environment.say_all([talks[place] for place in going], replies)
            for place, tokens, reply, answer in zip(going, drawn, replies, answers, strict=True):
                said[place] += tokens
                mask[place] += [1] * len(tokens)
                if answer is None:
                    continue
                messages[place] += [
                    {"role": "assistant", "content": reply},
                    {"role": "user", "content": answer},
                ]
                between = _between(tokenizer, messages[place], ended=tokens[-1] in trainer.eos_token_ids)
                said[place] += between
                mask[place] += [0] * len(between)
            going = [place for place, answer in zip(going, answers, strict=True) if answer is not None]
        return {
            "prompt_ids": asked,
            "completion_ids": said,
            "env_mask": mask,
            "score": environment.scores(talks),
            "logprobs": None,
        }

    return rollout


def trl_reward(
    completions: Sequence[Any],
    score: Sequence[float | None],
    log_metric: Callable[[str, float], None] | None = None,
    **_: Any,
) -> list[float | None]:
    """The scores that :func:`trl_rollout` hands on; None for a dialogue without one, whose share of all is
    logged as `unscored`."""
    if log_metric is not None:
        log_metric("unscored", sum(value is None for value in score) / len(score))
    return list(score)


def _drawn(trainer: Any, prompts: Sequence[Sequence[int]], max_tokens: int) -> list[list[int]]:
    """A reply to each prompt in tokens, the one that ended it included."""
    import torch
    from trl.models.utils import unwrap_model_for_generation

    device, pad = trainer.accelerator.device, trainer.processing_class.pad_token_id
    width = max(map(len, prompts))
    ids = torch.full((len(prompts), width), pad, dtype=torch.long)
    seen = torch.zeros((len(prompts), width), dtype=torch.long)
    for row, prompt in enumerate(prompts):
        ids[row, width - len(prompt) :] = torch.tensor(list(prompt))
        seen[row, width - len(prompt) :] = 1
    settings = copy.deepcopy(trainer.generation_config)
    settings.max_new_tokens = max_tokens
    with (
        unwrap_model_for_generation(
            trainer.model_wrapped, trainer.accelerator, generation_kwargs=trainer.generation_kwargs
        ) as model,
        torch.no_grad(),
    ):
        was_training = model.training
        model.eval()
        out = model.generate(
            input_ids=ids.to(device), attention_mask=seen.to(device), generation_config=settings
        )
        model.train(was_training)
    return [_to_its_end(row, trainer.eos_token_ids) for row in out[:, width:].tolist()]


def _to_its_end(tokens: list[int], ends: Sequence[int]) -> list[int]:
    for place, token in enumerate(tokens):
        if token in ends:
            return tokens[: place + 1]
    return tokens


def _tokens(tokenizer: Any, text: str) -> list[int]:
    found: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return found


def _rendered(tokenizer: Any, messages: Sequence[Mapping[str, Any]]) -> str:
    return str(tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True))


#: Stands for a reply where only what the template writes behind it is wanted.
_ANY = "reply"


def _between(tokenizer: Any, messages: Sequence[Mapping[str, Any]], *, ended: bool) -> list[int]:
    """The tokens between a reply and the next one: the end of its turn (unless it `ended` by itself), the
    seeker's turn, and what begins the next. Raises ConfigError."""
    *earlier, reply, answer = messages
    before = _rendered(tokenizer, earlier) + _ANY
    whole = _rendered(tokenizer, [*earlier, {**reply, "content": _ANY}, answer])
    if not whole.startswith(before):
        raise ConfigError(
            "The chat template writes earlier turns otherwise than it asks for a reply, so several rounds "
            "cannot be one completion. Take another template, or play one round (play.rounds = 1)."
        )
    between = whole[len(before) :]
    if ended and tokenizer.eos_token:
        between = between.removeprefix(tokenizer.eos_token)
    return _tokens(tokenizer, between)
