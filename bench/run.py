"""What `make bench` measures: the parts without a model, and the packaged model's speed.

    python bench/run.py [--model] [--size 1000000]

One line a measurement: the median of several repetitions, in the unit given. `--model` adds prefill and
decode of the packaged model (a minute). Then what a catalogue of `--size` items costs (bench/million.py;
some minutes for a million, 0 leaves it out). Quote figures with the kind of machine they come from.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

from million import MILLION, report
from rich.console import Console
from rich.table import Table

from usbrec.data import load_samples
from usbrec.dialogue import Item, Turn
from usbrec.items import (
    AttributeRetriever,
    Catalogue,
    Linker,
    RandomSimilarity,
    Similarity,
    load_catalogue,
    traits_of,
)
from usbrec.items.knowledge import Knowledge
from usbrec.journal import Journal
from usbrec.judge.rules import RulesTargetJudge
from usbrec.keys import derive_seed
from usbrec.llm import ChatRequest, Message, packaged_model_path
from usbrec.play.targets import Targets

DEMO = Path(str(resources.files("usbrec.data") / "demo"))


def median_seconds(work: Callable[[], object], repeat: int = 5) -> float:
    times = []
    for _ in range(repeat):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def synthetic(size: int) -> Catalogue:
    """Items with made-up two- and three-word titles, drawn from the words of the demo's titles."""
    words = sorted({word for item in load_catalogue(DEMO / "catalogue.csv") for word in item.title.split()})
    genres = ("crime", "drama", "comedy", "horror", "western", "romance", "family", "war")

    def pick(choices: list[str] | tuple[str, ...], *place: str | int) -> str:
        return choices[derive_seed(0, *place) % len(choices)]

    return Catalogue.from_items(
        Item(
            id=f"i{number}",
            title=" ".join(pick(words, number, part) for part in range(2 + number % 2)),
            year=1940 + derive_seed(0, number, "year") % 80,
            genres=tuple({pick(genres, number, "g", part) for part in range(2)}),
            people=tuple(f"Person {derive_seed(0, number, 'p', part) % 9000}" for part in range(3)),
            popularity=float(derive_seed(0, number, "pop") % 1000),
        )
        for number in range(size)
    )


def without_model(rows: list[tuple[str, str]]) -> None:
    catalogue = load_catalogue(DEMO / "catalogue.csv")
    samples = load_samples(DEMO / "dialogues.jsonl")
    texts = [turn.text for sample in samples for turn in sample.turns]
    turns = samples[0].turns
    rows.append(
        ("load the demo catalogue", f"{median_seconds(lambda: load_catalogue(DEMO / 'catalogue.csv')):.3f} s")
    )
    large = synthetic(20_000)
    rows.append(("build a linker, 20,000 titles", f"{median_seconds(lambda: Linker(large), 3):.2f} s"))
    linker = Linker(large)
    seconds = median_seconds(lambda: [linker.link(text) for text in texts])
    rows.append(("link a text, 20,000 titles", f"{1e3 * seconds / len(texts):.3f} ms"))
    similarity = Similarity()
    retriever = AttributeRetriever(large, linker, similarity)
    retriever.rank(turns, 50)
    rows.append(
        (
            "rank 20,000 items by attributes",
            f"{1e3 * median_seconds(lambda: retriever.rank(turns, 50)):.1f} ms",
        )
    )
    wanted = [traits_of(item) for item in large.items[:10]]

    def mean() -> float:
        return RandomSimilarity(large, similarity, size=500).mean(wanted)

    rows.append(("baseline of 500 items, ten targets, cold", f"{1e3 * median_seconds(mean, 3):.0f} ms"))
    knowledge = Knowledge.of(catalogue, similarity, baseline_items=500, seed=0)
    judge = RulesTargetJudge(knowledge)
    targets = [Targets.of(sample, knowledge) for sample in samples]

    def judge_all() -> None:
        for sample, target in zip(samples, targets, strict=True):
            judge.judge(sample.turns, [Turn("recommender", "You should try Heat (1995).")], target)

    rows.append(("score an episode by rules", f"{1e3 * median_seconds(judge_all) / len(samples):.2f} ms"))
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "run.db") as journal:
        answer = {"completions": [["x" * 200, "stop"]], "usage": {}, "trace": None}

        def record() -> None:
            for number in range(500):
                journal.record_call("u", f"k{number}", seat="m", request={"q": "y" * 800}, answer=answer)

        rows.append(("commit a call to the journal", f"{1e3 * median_seconds(record, 3) / 500:.2f} ms"))


async def with_model(rows: list[tuple[str, str]]) -> None:
    from usbrec.llm.llama_cpp.model import LlamaCppModel

    model = LlamaCppModel(packaged_model_path())
    text = "I like films about trains and the people who ride them through the night. " * 20
    await model.chat(ChatRequest((Message("user", "hello"),), max_tokens=1))
    started = time.perf_counter()
    prompt = await model.chat(ChatRequest((Message("user", text),), max_tokens=1))
    prefill = time.perf_counter() - started
    rows.append(("prefill, packaged model, 1 thread", f"{prompt.usage.prompt_tokens / prefill:.0f} tokens/s"))
    for n in (1, 4):
        request = ChatRequest((Message("user", text),), n=n, temperature=0.7 if n > 1 else 0.0, max_tokens=64)
        started = time.perf_counter()
        reply = await model.chat(request)
        speed = reply.usage.completion_tokens / (time.perf_counter() - started)
        rows.append((f"decode, n={n}", f"{speed:.0f} tokens/s"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the parts.")
    parser.add_argument("--model", action="store_true", help="also the packaged model")
    parser.add_argument("--size", type=int, default=MILLION, help="items of the large catalogue (0: none)")
    options = parser.parse_args()
    rows: list[tuple[str, str]] = []
    without_model(rows)
    if options.model:
        asyncio.run(with_model(rows))
    table = Table("measured", "median", box=None)
    for name, value in rows:
        table.add_row(name, value)
    Console(width=100).print(table)
    if options.size:
        report(options.size)


if __name__ == "__main__":
    main()
