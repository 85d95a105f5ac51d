"""The same plain rows in inspect-ai: what its own process takes of the processor a call.

    python -m venv FOLDER && FOLDER/bin/pip install inspect-ai openai
    FOLDER/bin/python bench/inspect_peer.py URL ROWS [--concurrency 256]

ROWS is a JSONL file with "context" (texts in turn, the seeker last) and "rec" (titles). As in our plain rows,
a row is two replies, a seeker's turn between them and a judge's question with log-probabilities. A first run
of one row is not counted: it loads what the others need.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as evaluate
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    get_model,
)
from inspect_ai.scorer import Score, Target, mean, scorer
from inspect_ai.solver import Generate, TaskState, solver


def processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@solver
def dialogue() -> Any:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        said = "\n".join(message.text for message in state.messages[1:])
        asked = f"You play a person who wants {state.target.text}.\n{said}"
        answer = await get_model().generate([ChatMessageUser(content=asked)])
        state.messages.append(ChatMessageUser(content=answer.completion))
        return await generate(state)

    return solve


@scorer(metrics=[mean()])
def judged() -> Any:
    async def score(state: TaskState, target: Target) -> Score:
        said = "\n".join(message.text for message in state.messages[1:])
        asked = f"Wanted: {target.text}.\n{said}\nAnswer with the digit alone."
        config = GenerateConfig(logprobs=True, top_logprobs=5, max_tokens=1)
        answer = await get_model().generate([ChatMessageUser(content=asked)], config=config)
        return Score(value=float(answer.completion))

    return score


def sample_of(row: dict[str, Any], number: int) -> Sample:
    messages: list[ChatMessage] = [ChatMessageSystem(content="Recommend.")]
    for place, text in enumerate(row["context"]):
        speaker = ChatMessageUser if (len(row["context"]) - place) % 2 else ChatMessageAssistant
        messages.append(speaker(content=text))
    return Sample(id=number, input=messages, target="; ".join(row["rec"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("rows", type=Path)
    parser.add_argument("--concurrency", type=int, default=256)
    options = parser.parse_args()
    lines = options.rows.read_text(encoding="utf-8").splitlines()
    samples = [sample_of(json.loads(line), number) for number, line in enumerate(lines)]
    with tempfile.TemporaryDirectory() as folder:

        def run(some: list[Sample]) -> None:
            (log,) = evaluate(
                Task(dataset=MemoryDataset(some), solver=dialogue(), scorer=judged()),
                model="openai/stub",
                model_base_url=options.url,
                model_args={"api_key": "stub", "responses_api": False},
                max_connections=options.concurrency,
                max_samples=options.concurrency,
                log_dir=folder,
                display="none",
            )
            if log.status != "success":
                raise SystemExit(f"inspect-ai: {log.status}: {log.error.message if log.error else ''}")

        run(samples[:1])
        before, started = processor(), time.monotonic()
        run(samples)
        print(json.dumps({"cpu": processor() - before, "seconds": time.monotonic() - started}))


if __name__ == "__main__":
    main()
