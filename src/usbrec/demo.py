"""`usbrec demo`: the whole loop, small, on the packaged model and the project's own dialogues.

The demo is an experiment like any other, with settings that fit into a quarter of an hour on two cores.
The quick one trains nothing and shows a model in the seeker's and the judge's seat instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from usbrec.config import Config, Dataset, Experiment, Pairs, Play, Search, Seats, Training
from usbrec.engine import Progress
from usbrec.errors import RunFolderError
from usbrec.evaluation import Comparison, compare, load_run, write_report
from usbrec.experiment import Cell, Tell, experiment
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs

MODEL = "smollm2-135m"
BASELINES = ("retriever", "popular", "random")
#: The six systems in less than a quarter of an hour on two cores. One round and few drafts: most of the time
#: is spent on reading prompts. The pairs differ in the title alone, because so few teach nothing else.
TRAINED = Config(
    limit=12,
    seats=Seats(recommender=MODEL, simulator="rules", judge="rules"),
    play=Play(rounds=1, candidates=8, examples=0, max_tokens=48, fallback="ask"),
    search=Search(drafts=3, temperature=0.3),
    pairs=Pairs(drafts=2, temperature=0.9, counterfactual=3),
    train=Training(max_steps=12, learning_rate=1e-4, beta=2.0, nll=0.2),
    experiment=Experiment(sft_share=0.5, sft_learning_rate=3e-4, rl_learning_rate=1e-4),
)
#: So many rows of the quick demo fit into less than five minutes on two cores; --all plays every row.
ROWS = 16
PAIR_ROWS = 4
JUDGED_ROWS = 2


def demo(out: str | Path, *, progress: Progress, tell: Tell) -> Cell:
    """The six systems, trained and tested on the packaged dialogues. Goes on where an earlier call stopped;
    raises as :func:`usbrec.experiment.experiment`, and RunFolderError in the folder of the quick demo."""
    # Both have a folder `ses`, and a finished part is taken for what it says it is.
    _refuse_where(Path(out) / "pairs", "usbrec demo --quick")
    with resources.as_file(resources.files("usbrec.data") / "demo") as folder:
        dialogues = str(folder / "dialogues.jsonl")
        dataset = Dataset(train=dialogues, test=dialogues, catalogue=str(folder / "catalogue.csv"))
        (cell,) = experiment(out, config=TRAINED, dataset=dataset, progress=progress, tell=tell)
    return cell


def quick_demo(
    out: str | Path,
    *,
    all_rows: bool,
    progress: Progress,
    tell: Tell,
    show: Callable[[Comparison], None],
) -> Path:
    """Pairs, then plain, self-enhanced and the controls on the same rows, then a few rows with the model
    in every seat; returns the report's path. `tell` hears what is done, `show` is given the comparisons. Goes
    on where an earlier call stopped; raises RunFolderError in the folder of the other demo."""
    out = Path(out)
    _refuse_where(out / "run.db", "usbrec demo")
    with resources.as_file(resources.files("usbrec.data") / "demo") as folder:
        tell(
            f"{MODEL} draws first replies, each is played to its score, and pairs come out; then it "
            "recommends plain and self-enhanced beside controls without a model, and at last takes every "
            "seat itself on a few rows.\n"
        )
        by_rules = _config(None if all_rows else ROWS)
        pairs = make_pairs(
            folder / "dialogues.jsonl",
            out / "pairs",
            config=by_rules.model_copy(update={"limit": None if all_rows else PAIR_ROWS}),
            catalogue=folder / "catalogue.csv",
            progress=progress,
        )
        # Two drafts: with a model in every seat a search makes some twenty calls as it is.
        judged = _config(None if all_rows else JUDGED_ROWS, others=MODEL).model_copy(
            update={"search": Search(drafts=2)}
        )
        systems = {
            "plain": by_rules,
            "ses": by_rules.model_copy(update={"enhanced": True}),
            **{kind: _config(by_rules.limit, recommender=f"rules:{kind}") for kind in BASELINES},
            "plain-model-judge": judged,
            "ses-model-judge": judged.model_copy(update={"enhanced": True}),
        }
        for name, config in systems.items():
            evaluate(
                folder / "dialogues.jsonl",
                out / name,
                config=config,
                catalogue=folder / "catalogue.csv",
                progress=progress,
            )
    runs = {name: load_run(out / name) for name in systems}
    by_model = [run for name, run in runs.items() if name.endswith("-model-judge")]
    judged_by_rules = [run for name, run in runs.items() if not name.endswith("-model-judge")]
    comparison = compare(judged_by_rules, reference="plain", seed=by_rules.seed)
    second = compare(by_model, seed=by_rules.seed)
    tell("\nSeeker and judge by rules:")
    show(comparison)
    tell("\nThe same small model in every seat (it is no judge; two rows to show the way):")
    show(second)
    write_report(
        out / "report-model-judge.html", by_model, title="USB-Rec demo, model judge", comparison=second
    )
    counts = {name: value for name, value in pairs.items() if name not in ("schema", "config")}
    return write_report(
        out / "report.html",
        judged_by_rules,
        title="USB-Rec demo",
        comparison=comparison,
        pairs={"counts": counts, "examples": _examples(out / "pairs" / "pairs.jsonl")},
    )


def _refuse_where(mark: Path, other: str) -> None:
    if mark.exists():
        raise RunFolderError(f"{mark.parent}: this folder holds a run of `{other}`. Name another with -o.")


def _config(rows: int | None, *, recommender: str = MODEL, others: str = "rules") -> Config:
    return Config(limit=rows, seats=Seats(recommender=recommender, simulator=others, judge=others))


def _examples(path: Path, most: int = 4) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:most]]
