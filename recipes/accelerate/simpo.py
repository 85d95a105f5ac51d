"""SimPO on the pairs of a run, on as many GPUs as `accelerate launch` gives it (see the README beside it).

`usbrec train` works in one process: it owns its folder, measures held-out pairs and goes on where it was
killed. This script gives up the first two for several processes, and learns the same thing from the same
replies with the same settings. It writes a PEFT adapter that every seat takes as hf:MODEL+FOLDER.
"""

from __future__ import annotations

import argparse
from typing import Any

from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl.experimental.cpo import CPOConfig, CPOTrainer


def main() -> None:
    parser = argparse.ArgumentParser(description="SimPO on the file that `usbrec export --to trl` writes.")
    parser.add_argument("--model", required=True, help="a checkpoint's folder, or a hub's name")
    parser.add_argument("--pairs", required=True, help="preferences.jsonl")
    parser.add_argument("--out", required=True, help="folder of the adapter")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--beta", type=float, default=0.5)
    parser.add_argument("--gamma", type=float, default=0.5)
    parser.add_argument("--learning-rate", type=float, default=1e-5)
    parser.add_argument("--epochs", type=float, default=1.0)
    parser.add_argument("--max-steps", type=int, default=-1)
    parser.add_argument("--batch", type=int, default=1, help="pairs a process takes at a time")
    parser.add_argument("--accumulate", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    tokenizer = AutoTokenizer.from_pretrained(asked.model)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    trainer = CPOTrainer(
        model=AutoModelForCausalLM.from_pretrained(asked.model, dtype="auto"),
        args=CPOConfig(
            output_dir=asked.out,
            loss_type="simpo",
            cpo_alpha=0.0,  # SimPO itself, without the likelihood that CPO adds
            beta=asked.beta,
            simpo_gamma=asked.gamma,
            learning_rate=asked.learning_rate,
            num_train_epochs=asked.epochs,
            max_steps=asked.max_steps,
            per_device_train_batch_size=asked.batch,
            gradient_accumulation_steps=asked.accumulate,
            warmup_steps=0.1,
            lr_scheduler_type="cosine",
            max_length=2048,
            logging_steps=1,
            save_steps=50,
            save_total_limit=2,
            seed=asked.seed,
            data_seed=asked.seed,
            report_to="none",
            bf16=False,
        ),
        train_dataset=load_dataset("json", data_files=asked.pairs, split="train").map(
            _as_texts, fn_kwargs={"tokenizer": tokenizer}
        ),
        processing_class=tokenizer,
        peft_config=LoraConfig(
            r=asked.rank,
            lora_alpha=2 * asked.rank,
            target_modules="all-linear",
            task_type="CAUSAL_LM",
        ),
    )
    trainer.train()
    trainer.save_model(asked.out)


def _as_texts(pair: dict[str, Any], tokenizer: Any) -> dict[str, str]:
    """Prompt and replies as texts. What a template writes after a reply's end would be learnt, and counted
    in its length, if TRL applied it; of a text it learns the words and one end."""
    prompt = tokenizer.apply_chat_template(pair["prompt"], tokenize=False, add_generation_prompt=True)
    return {"prompt": prompt} | {side: pair[side][0]["content"] for side in ("chosen", "rejected")}


if __name__ == "__main__":
    main()
