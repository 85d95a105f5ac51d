"""GRPO with TRL, a seeker as a tool: python docs/examples/learn_with_trl_tools.py MODEL_FOLDER"""

import sys

from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from usbrec.library.trl_environment import trl_environment, trl_tool_reward
from usbrec.stages.environment import Environment


def learn(
    model,
    samples="docs/examples/books.jsonl",
    catalogue="docs/examples/books.csv",
    out="runs/trl-tools",
    trainer_class=GRPOTrainer,
    **settings,
):
    with Environment(samples, catalogue) as environment:
        trainer = trainer_class(
            model=model,
            args=GRPOConfig(out, report_to=[], logging_steps=1, **settings),
            train_dataset=Dataset.from_list(environment.prompts()),
            reward_funcs=trl_tool_reward,
            environment_factory=trl_environment(environment),
        )
        trainer.train()
    return trainer


if __name__ == "__main__":
    learn(sys.argv[1], max_steps=10)
