"""TRL rollouts: whole dialogues with a simulated seeker for TRL's GRPOTrainer (`rollout_func`, TRL 1.16)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from usbrec.errors import ConfigError
from usbrec.stages.environment import Environment


def trl_rollout(environment: Environment, *, max_tokens: int = 64) -> Callable[[Any, Any], dict[str, Any]]:
    """A `rollout_func`: the trainer's model replies, the seeker answers, until the dialogue ends.

    Replies of `max_tokens` tokens at most are drawn at the trainer's temperature. The seeker's words stand
    between them and are masked (`env_mask`), so that the model learns from its own tokens alone. The score is
    handed on as `score`: use :func:`trl_reward` as the reward. Prompts have to be those of
    :meth:`Environment.prompts`.
    """

    def rollout(prompts: Sequence[Sequence[Mapping[str, Any]]], trainer: Any) -> dict[str, Any]:
        import torch

        tokenizer, device = trainer.processing_class, trainer.accelerator.device
        model = trainer.accelerator.unwrap_model(trainer.model)
        out: dict[str, list[Any]] = {"prompt_ids": [], "completion_ids": [], "env_mask": [], "score": []}
        for prompt in prompts:
            talk, messages = environment.begin_at(prompt), [dict(message) for message in prompt]
            text = _rendered(tokenizer, messages)
            ids = tokenizer(text, add_special_tokens=False)["input_ids"]
            said: list[int] = []
            mask: list[int] = []
            while True:
                with torch.no_grad():
                    drawn = model.generate(
                        input_ids=torch.tensor([ids + said], device=device),
                        attention_mask=torch.ones((1, len(ids) + len(said)), dtype=torch.long, device=device),
                        do_sample=True,
                        temperature=trainer.temperature,
                        max_new_tokens=max_tokens,
                        pad_token_id=tokenizer.pad_token_id,
                    )[0, len(ids) + len(said) :].tolist()
                reply = tokenizer.decode(drawn, skip_special_tokens=True)
                said, mask = said + drawn, mask + [1] * len(drawn)
                answer = talk.say(reply.strip())
                if answer is None:
                    break
                messages += [{"role": "assistant", "content": reply}, {"role": "user", "content": answer}]
                between = _between(tokenizer, messages, ended=drawn[-1] == tokenizer.eos_token_id)
                said, mask = said + between, mask + [0] * len(between)
            out["prompt_ids"].append(ids)
            out["completion_ids"].append(said)
            out["env_mask"].append(mask)
            out["score"].append(talk.score())
        return {**out, "logprobs": None}

    return rollout


def trl_reward(completions: Sequence[Any], score: Sequence[float | None], **_: Any) -> list[float | None]:
    """The scores that :func:`trl_rollout` hands on; None for a dialogue whose judge gave none."""
    return list(score)


def _rendered(tokenizer: Any, messages: Sequence[Mapping[str, Any]]) -> str:
    return str(tokenizer.apply_chat_template(list(messages), tokenize=False, add_generation_prompt=True))


def _between(tokenizer: Any, messages: Sequence[Mapping[str, Any]], *, ended: bool) -> list[int]:
    """The tokens between a reply and the next one: the end of its turn (unless it `ended` by itself), the
    seeker's turn, and what begins the next."""
    before = _rendered(tokenizer, messages[:-2]) + messages[-2]["content"]
    whole = _rendered(tokenizer, messages)
    if not whole.startswith(before):
        raise ConfigError(
            "The chat template writes earlier turns otherwise than it asks for a reply, so several rounds "
            "cannot be one completion. Take another template, or play one round (play.rounds = 1)."
        )
    between = whole[len(before) :]
    if ended and tokenizer.eos_token:
        between = between.removeprefix(tokenizer.eos_token)
    found: list[int] = tokenizer(between, add_special_tokens=False)["input_ids"]
    return found
