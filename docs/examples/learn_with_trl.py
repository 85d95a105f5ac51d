"""GRPO with TRL against our seekers: python docs/examples/learn_with_trl.py MODEL_FOLDER"""

import sys

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from usbrec.library.trl_rollout import trl_reward, trl_rollout
from usbrec.stages.environment import Environment


def learn(
    model,
    samples="docs/examples/books.jsonl",
    catalogue="docs/examples/books.csv",
    out="runs/trl",
    **settings,
):
    with Environment(samples, catalogue) as environment:
        trainer = GRPOTrainer(
            model=model,
            args=GRPOConfig(out, report_to=[], logging_steps=1, **settings),
            train_dataset=Dataset.from_list(environment.prompts()),
            reward_funcs=trl_reward,
            rollout_func=trl_rollout(environment, max_tokens=32),
        )
        trainer.train()
    return trainer


if __name__ == "__main__":
    learn(sys.argv[1], max_steps=10)
