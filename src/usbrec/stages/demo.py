"""`usbrec demo`: the whole loop, small, on the packaged model and the project's own dialogues."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console

from usbrec.config import Config, Seats
from usbrec.engine import Progress
from usbrec.evaluate import compare, load_run, print_table, write_report
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs

MODEL = "smollm2-135m"
#: So many rows fit into a few minutes on two cores; --all plays every row.
ROWS = 20
PAIR_ROWS = 10
JUDGED_ROWS = 6


def demo(out: str | Path, *, all_rows: bool, progress: Progress, console: Console) -> Path:
    """Pairs, then plain, self-enhanced and the controls on the same rows, then a few rows with the model
    in every seat; returns the report's path. Goes on where an earlier call stopped."""
    out = Path(out)
    data = resources.files("usbrec.data") / "demo"
    with resources.as_file(data) as folder:
        files = {"samples": folder / "dialogues.jsonl", "catalogue": folder / "catalogue.csv"}
        rows = None if all_rows else ROWS
        by_rules = _config(rows, recommender=MODEL)
        console.print(
            f"Drawing and playing first replies of {MODEL} for preference pairs, then playing the same rows "
            "plain, self-enhanced and by the controls.",
            soft_wrap=True,
        )
        pairs = make_pairs(
            files["samples"],
            out / "pairs",
            config=by_rules.model_copy(update={"limit": None if all_rows else PAIR_ROWS}),
            catalogue=files["catalogue"],
            progress=progress,
        )
        systems = {
            "plain": by_rules,
            "self-enhanced": by_rules.model_copy(update={"enhanced": True}),
            "retriever": _config(rows, recommender="rules:retriever"),
            "popular": _config(rows, recommender="rules:popular"),
            "random": _config(rows, recommender="rules:random"),
        }
        for name, config in systems.items():
            _evaluate(out / name, config, files, progress)
        judged = _config(None if all_rows else JUDGED_ROWS, recommender=MODEL, others=MODEL)
        for name, config in {
            "plain, model judge": judged,
            "self-enhanced, model judge": judged.model_copy(update={"enhanced": True}),
        }.items():
            _evaluate(out / name.replace(", ", "-").replace(" ", "-"), config, files, progress)
    runs = [load_run(out / name) for name in systems]
    comparison = compare(runs, seed=by_rules.seed)
    print_table(comparison, console)
    second = [load_run(out / f"{name}-model-judge") for name in ("plain", "self-enhanced")]
    console.print("\nThe same model in every seat, a few rows (a model this small is no judge):")
    print_table(compare(second, seed=by_rules.seed), console)
    return write_report(
        out / "report.html",
        [*runs, *second],
        title="USB-Rec demo",
        comparison=comparison,
        pairs={"counts": pairs, "examples": _examples(out / "pairs" / "pairs.jsonl")},
        seed=by_rules.seed,
    )


def _config(rows: int | None, *, recommender: str, others: str = "rules") -> Config:
    return Config(limit=rows, seats=Seats(recommender=recommender, simulator=others, judge=others))


def _evaluate(out: Path, config: Config, files: Mapping[str, Path], progress: Progress) -> None:
    evaluate(files["samples"], out, config=config, catalogue=files["catalogue"], progress=progress)


def _examples(path: Path, most: int = 4) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:most]]
