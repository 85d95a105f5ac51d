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


def processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def evaluated(rows: list[dict[str, Any]], url: str, concurrency: int, folder: str) -> None:
    """Play the rows and score them. What is imported here is in the peer's own Python alone."""
    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import (
        ChatMessageAssistant,
        ChatMessageSystem,
        ChatMessageUser,
        GenerateConfig,
        get_model,
    )
    from inspect_ai.scorer import Score, mean, scorer
    from inspect_ai.solver import solver

    def said(state: Any) -> str:
        return "\n".join(message.text for message in state.messages[1:])

    async def asked(text: str, **config: Any) -> str:
        answer = await get_model().generate([ChatMessageUser(content=text)], config=GenerateConfig(**config))
        return str(answer.completion)

    @solver
    def dialogue() -> Any:
        async def solve(state: Any, generate: Any) -> Any:
            state = await generate(state)
            answer = await asked(f"You play a person who wants {state.target.text}.\n{said(state)}")
            state.messages.append(ChatMessageUser(content=answer))
            return await generate(state)

        return solve

    @scorer(metrics=[mean()])
    def judged() -> Any:
        async def score(state: Any, target: Any) -> Score:
            question = f"Wanted: {target.text}.\n{said(state)}\nAnswer with the digit alone."
            return Score(value=float(await asked(question, logprobs=True, top_logprobs=5, max_tokens=1)))

        return score

    def sample_of(row: dict[str, Any], number: int) -> Sample:
        speakers = (ChatMessageAssistant, ChatMessageUser)
        turns = row["context"]
        messages = [speakers[(len(turns) - place) % 2](content=text) for place, text in enumerate(turns)]
        return Sample(
            id=number,
            input=[ChatMessageSystem(content="Recommend."), *messages],
            target="; ".join(row["rec"]),
        )

    samples = [sample_of(row, number) for number, row in enumerate(rows)]
    (log,) = evaluate(
        Task(dataset=MemoryDataset(samples), solver=dialogue(), scorer=judged()),
        model="openai/stub",
        model_base_url=url,
        model_args={"api_key": "stub", "responses_api": False},
        max_connections=concurrency,
        max_samples=concurrency,
        log_dir=folder,
        display="none",
    )
    if log.status != "success":
        raise SystemExit(f"inspect-ai: {log.status}: {log.error.message if log.error else ''}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("url")
    parser.add_argument("rows", type=Path)
    parser.add_argument("--concurrency", type=int, default=256)
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.rows.read_text(encoding="utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        evaluated(rows[:1], options.url, options.concurrency, folder)
        before, started = processor(), time.monotonic()
        evaluated(rows, options.url, options.concurrency, folder)
        print(json.dumps({"cpu": processor() - before, "seconds": time.monotonic() - started}))


if __name__ == "__main__":
    main()
