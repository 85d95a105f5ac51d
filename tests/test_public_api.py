"""The names at the root: which there are, that they cost nothing before they are used, and what they are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import ROOT

NAMES = [
    "Adapter",
    "Agreement",
    "Catalogue",
    "Comparison",
    "Config",
    "Conversation",
    "Enhanced",
    "Episode",
    "Fidelity",
    "FittedSeeker",
    "Item",
    "OpenModel",
    "Pairs",
    "PreferencePair",
    "RecordedDialogue",
    "Reply",
    "Run",
    "Sample",
    "Score",
    "ScoredDialogues",
    "ScriptedModel",
    "Turn",
    "aevaluate",
    "agreement",
    "ascore",
    "compare",
    "enhance",
    "errors",
    "evaluate",
    "fidelity",
    "load_catalogue",
    "load_config",
    "load_samples",
    "make_pairs",
    "open_model",
    "score",
    "train",
    "train_seeker",
]


def test_the_names_at_the_root_are_those_that_are_promised() -> None:
    assert usbrec.__all__ == NAMES
    assert dir(usbrec) == sorted([*NAMES, "__version__"])


def test_importing_the_package_imports_nothing_that_takes_time() -> None:
    asked = "import sys, usbrec; print(sorted({name.partition('.')[0] for name in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    for name in ("numpy", "pandas", "pydantic", "scipy", "openai", "rich", "asyncio"):
        assert f"'{name}'" not in loaded.stdout


def test_a_name_that_is_not_there_is_said_to_be_missing() -> None:
    assert not hasattr(usbrec, "evaluation_of_everything")


def test_every_public_name_says_what_it_is_and_functions_what_they_raise_with_an_example() -> None:
    for name in NAMES:
        thing = getattr(usbrec, name)
        said = inspect.getdoc(thing)
        assert said, name
        if inspect.isfunction(thing):
            assert "Raises" in said, name
            assert "```python\nimport" in said, name


#: Books that the examples of the documents use.
EXAMPLES = ROOT / "docs" / "examples"
BOOKS: dict[str, Any] = {"samples": EXAMPLES / "books.jsonl", "catalogue": EXAMPLES / "books.csv"}


def test_no_submodule_takes_the_name_of_a_function(tmp_path: Path) -> None:
    for module in pkgutil.walk_packages(usbrec.__path__, "usbrec."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    quiet: dict[str, Any] = {
        "limit": 2,
        "progress": False,
        "config": {"statistics": {"resamples": 100}, "play": {"rounds": 1}, "judging": {"second": False}},
    }
    model = f"scripted:{EXAMPLES / 'book-model.jsonl'}"
    for _ in range(2):
        run = usbrec.evaluate(**BOOKS, recommender="rules:retriever", **quiet)
        assert usbrec.compare(run, run).systems[1].name == "rules:retriever #2"
        assert usbrec.enhance(model, catalogue=BOOKS["catalogue"]).reply_sync("A murder, please.").text
        assert usbrec.open_model(model).name == "scripted:book-model.jsonl"
        assert usbrec.make_pairs(**BOOKS, recommender=model, drafts=2, **quiet).results["n"] == 2
        with pytest.raises(usbrec.errors.ConfigError, match="can be trained"):
            usbrec.train("simpo", [], base="rules:best", out=tmp_path / "adapter")


OUTSIDE = """
import usbrec
from collections.abc import Coroutine

class Librarian:
    def reply(self, conversation: usbrec.Conversation) -> usbrec.Reply:
        return usbrec.Reply("Dune", items=("b1",))

catalogue: usbrec.Catalogue = usbrec.load_catalogue([{"title": "Dune"}])
samples: tuple[usbrec.Sample, ...] = usbrec.load_samples("books.jsonl")
run: usbrec.Run = usbrec.evaluate(samples, recommender=Librarian(), catalogue=catalogue, rounds=2)
mean: float | None = run.scores["ieval"].mean
interval: tuple[float | None, float | None] = run.scores["ieval"].ci95
turns: tuple[usbrec.Turn, ...] = run.episodes[0].turns
both: usbrec.Comparison = usbrec.compare(run, "runs/plain", names=["mine", "plain"])
text: str = both.to_latex()
judged: usbrec.Agreement = usbrec.agreement("rated.jsonl", judge="openai:qwen3", out="runs/agreement")
seekers: usbrec.Fidelity = usbrec.fidelity("recorded.jsonl", catalogue=catalogue, seeker="rules")
both_tables: str = judged.to_latex() + seekers.to_latex()
model: usbrec.OpenModel = usbrec.open_model("openai:qwen3", extra_body={"top_k": 20})
better: usbrec.Enhanced = usbrec.enhance(model, catalogue=catalogue, drafts=3)
reply: usbrec.Reply = better.reply_sync("Something slow, please.")
items: tuple[str, ...] | None = reply.items
pairs: usbrec.Pairs = usbrec.make_pairs(samples, recommender="openai:qwen3")
pair: usbrec.PreferencePair = pairs[0]
adapter: usbrec.Adapter = usbrec.train("simpo", pairs, base="smollm2-135m", out="runs/adapter")
version: str = usbrec.__version__

async def main() -> usbrec.Run:
    await better.reply(usbrec.Conversation((usbrec.Turn("seeker", "Something slow, please."),)))
    return await usbrec.aevaluate(samples, recommender=adapter.seat)

wrong: int = run.name  # assignment
usbrec.evaluate(samples, round=2)  # call-arg
usbrec.evaluation_of_everything  # attr-defined
"""
#: What is imported beside us is not looked into: it takes a minute.
FOREIGN = (
    "anyio fastapi httpx huggingface_hub IPython jinja2 matplotlib numpy openai opentelemetry "
    "prometheus_client pydantic rich scipy starlette torch transformers typer uvicorn"
)


def test_a_program_outside_is_checked_against_our_types(tmp_path: Path) -> None:
    assert (Path(usbrec.__file__).parent / "py.typed").is_file()
    (tmp_path / "program.py").write_text(OUTSIDE)
    skipped = ",".join(f"{name}.*" for name in FOREIGN.split())
    (tmp_path / "mypy.ini").write_text(
        f"[mypy]\nstrict = true\ncache_dir = {tmp_path / 'cache'}\n[mypy-{skipped}]\nfollow_imports = skip\n"
    )
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "program.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    errors = re.findall(r"^program\.py:(\d+): error: .*\[([a-z-]+)\]$", checked.stdout, re.MULTILINE)
    expected = [
        (str(number), line.partition("  # ")[2])
        for number, line in enumerate(OUTSIDE.splitlines(), start=1)
        if "  # " in line
    ]
    assert errors == expected, checked.stdout
