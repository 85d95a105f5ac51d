"""`usbrec demo`: the whole loop, small, on the packaged model and the project's own dialogues.

What seventy rows can tell is told on all of them: the plain model against the self-enhanced one, neither of
which has learnt from any row. The trained systems stand beside it on a few of the rows, because they have
to learn from the others; so few tell no two of them apart, and that is said. All settings are those of the
trials on other data (docs/log.md); none was chosen on these rows.
The quick demo trains nothing and shows a model in the seeker's and the judge's seat instead.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from usbrec.config import (
    Config,
    Dataset,
    Experiment,
    Models,
    Pairs,
    Play,
    Search,
    Seats,
    Training,
    TrainingChanges,
)
from usbrec.engine import Progress
from usbrec.errors import RunFolderError
from usbrec.evaluation import Comparison, compare, load_run, write_report
from usbrec.evaluation.comparison.summary import of_controls, summary_sentence
from usbrec.experiment import Cell, Tell, experiment
from usbrec.llm import model_name
from usbrec.llm.transformers.checkpoint import HF
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs
from usbrec.stages.training import trainable

MODEL = "smollm2-135m"
BASELINES = ("retriever", "popular", "random")
#: The six systems in a few minutes on two cores. How it is played and searched is as in the trials on ReDial
#: from the fifth on, where search gained most once the seeker had answered; short prompts and replies are for
#: time. The pairs differ in the title alone, because so few teach nothing else.
TRAINED = Config(
    limit=12,
    seats=Seats(recommender=MODEL, simulator="rules", judge="rules"),
    models=Models(batch=6),
    play=Play(rounds=2, candidates=8, examples=0, max_tokens=32, fallback="ask", window=3, redraws=1),
    search=Search(drafts=3, temperature=0.3, horizon=1),
    pairs=Pairs(drafts=2, counterfactual=3, focused=0, declined=0),
    train=Training(max_steps=4, learning_rate=1e-4, beta=2.0, nll=0.2),
    experiment=Experiment(
        sft_share=0.5,
        pair_rows=14,
        random_draft=False,
        sft=TrainingChanges(learning_rate=3e-4),
        rl=TrainingChanges(learning_rate=1e-4),
    ),
)
#: Who is played on all rows, and in which folder: the reference first. Plain replies are the greedy drafts of
#: the search, which is therefore played first.
WHOLE = {"B/L": "plain", "SES": "ses", "rules:retriever": "rules-retriever", "rules:best": "rules-best"}
#: Rows that are played in step there: two such batches hold all, one for each core.
WHOLE_BATCH = 35
#: The folder of the six systems.
TRAINED_FOLDER = "trained"
#: So many rows of the quick demo fit into less than five minutes on two cores; --all plays every row.
ROWS = 16
PAIR_ROWS = 4
JUDGED_ROWS = 2

#: What to try when the demo is done.
NEXT = """Next:
  docs/tutorial.md        the same step by step, and how to read a result
  docs/own-catalogue.md   your items and your dialogues; without dialogues, simulated seekers
  docs/own-model.md       your model behind a server; more rows to learn from (`usbrec experiment`)
  docs/log.md             the six systems on 300 rows of ReDial and of OpenDialKG"""


@dataclass(frozen=True)
class Demo:
    """What the demo found: `whole` compares plain, self-enhanced and controls on all rows, with its report;
    `trained` are the six systems on a few rows, with a report of their own."""

    whole: Comparison
    report: Path
    trained: Cell

    @property
    def outcome(self) -> str:
        """In a few sentences, what all rows show and what the few do not."""
        rows, few = self.whole.runs[0].rows, self.trained.rows
        learnt, tested = few["sft"] + few["pairs"], few["test"]
        dialogues = len({row["dialogue_id"] for row in rows})
        apart = any(found.adjusted is not None and found.adjusted < 0.05 for found in self.trained.planned)
        return " ".join(
            [
                summary_sentence(self.whole),
                of_controls(self.whole) or "",
                f"n = {len(rows)} rows of {dialogues} dialogues, 95 % intervals, seed {self.whole.seed}; the "
                "settings of play and search come from trials on other data.",
                f"The trained systems learnt from {learnt} of these rows and are tested on {tested} others,",
                "as planned above." if apart else "which tell no two of them apart.",
            ]
        )


def demo(out: str | Path, *, progress: Progress, tell: Tell, model: str = MODEL) -> Demo:
    """Plain and self-enhanced on all packaged dialogues, then the six systems, trained and tested on parts of
    them; `model`, a seat whose weights are here, recommends. Goes on where an earlier call stopped; raises as
    :func:`usbrec.experiment.experiment`, and RunFolderError in the folder of the quick demo."""
    out = Path(out)
    trainable(model)
    # Both have a folder `ses`, and a finished part is taken for what it says it is.
    _refuse_where(out / "pairs", "usbrec demo --quick")
    with resources.as_file(resources.files("usbrec.data") / "demo") as folder:
        dialogues, catalogue = str(folder / "dialogues.jsonl"), str(folder / "catalogue.csv")
        whole, report = _whole(out, dialogues, catalogue, model, progress=progress, tell=tell)
        dataset = Dataset(train=dialogues, test=dialogues, catalogue=catalogue)
        (cell,) = experiment(
            out / TRAINED_FOLDER,
            config=TRAINED.with_(seats={"recommender": model}),
            dataset=dataset,
            recorded=out / WHOLE["SES"],
            progress=progress,
            tell=tell,
        )
    return Demo(whole, report, cell)


def _whole(
    out: Path, dialogues: str, catalogue: str, model: str, *, progress: Progress, tell: Tell
) -> tuple[Comparison, Path]:
    """The untrained systems and the controls on all rows, and their report."""
    for name in sorted(WHOLE, key=lambda name: name != "SES"):
        tell(f"testing {name} on all rows")
        evaluate(
            dialogues,
            out / WHOLE[name],
            config=whole_config(name, model),
            catalogue=catalogue,
            reuse=out / WHOLE["SES"] if name == "B/L" else None,
            progress=progress,
        )
    runs = [replace(load_run(out / folder), name=name) for name, folder in WHOLE.items()]
    comparison = compare(runs, reference="B/L", seed=TRAINED.seed)
    title = "USB-Rec demo: plain and self-enhanced on all rows"
    return comparison, write_report(out / "report.html", runs, title=title, comparison=comparison)


def whole_config(name: str, model: str = MODEL) -> Config:
    """The settings of a system of `WHOLE` on `model`: those of the six systems, on every row."""
    seat = name if name.startswith("rules:") else HF + model.removeprefix(HF)
    models = {"batch": WHOLE_BATCH}
    return TRAINED.with_(limit=None, seats={"recommender": seat}, models=models, enhanced=name == "SES")


def quick_demo(
    out: str | Path,
    *,
    all_rows: bool,
    progress: Progress,
    tell: Tell,
    show: Callable[[Comparison], None],
    model: str = MODEL,
) -> Path:
    """Pairs, then plain, self-enhanced and the controls on the same rows, then a few rows with `model`
    in every seat; returns the report's path. `tell` hears what is done, `show` is given the comparisons. Goes
    on where an earlier call stopped; raises RunFolderError in the folder of the other demo."""
    out = Path(out)
    _refuse_where(out / TRAINED_FOLDER, "usbrec demo")
    model_name(model)  # refuses what is no language model
    with resources.as_file(resources.files("usbrec.data") / "demo") as folder:
        tell(
            f"{model} draws first replies, each is played to its score, and pairs come out; then it "
            "recommends plain and self-enhanced beside controls without a model, and at last takes every "
            "seat itself on a few rows.\n"
        )
        by_rules = _config(None if all_rows else ROWS, model)
        pairs = make_pairs(
            folder / "dialogues.jsonl",
            out / "pairs",
            config=by_rules.with_(limit=None if all_rows else PAIR_ROWS),
            catalogue=folder / "catalogue.csv",
            progress=progress,
        )
        # Two drafts: with a model in every seat a search makes some twenty calls as it is.
        judged = _config(None if all_rows else JUDGED_ROWS, model, others=model).with_(search={"drafts": 2})
        systems = {
            "plain": by_rules,
            "ses": by_rules.with_(enhanced=True),
            **{kind: _config(by_rules.limit, f"rules:{kind}") for kind in BASELINES},
            "plain-model-judge": judged,
            "ses-model-judge": judged.with_(enhanced=True),
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
    for advice in pairs["advice"]:
        tell(f"\nPairs of {pairs['n']} rows: {advice}")
    tell("\nSeeker and judge by rules:")
    show(comparison)
    tell("\nThe same small model in every seat (it is no judge; two rows to show the way):")
    show(second)
    write_report(
        out / "report-model-judge.html", by_model, title="USB-Rec demo, model judge", comparison=second
    )
    counts = {name: value for name, value in pairs.items() if name not in ("schema", "config", "advice")}
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


def _config(rows: int | None, recommender: str, *, others: str = "rules") -> Config:
    return Config(limit=rows, seats=Seats(recommender=recommender, simulator=others, judge=others))


def _examples(path: Path, most: int = 4) -> list[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:most]]
