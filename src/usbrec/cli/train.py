"""`usbrec train`: a ranker, a judge, a seeker, or an adapter of a model by one of the methods."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.agreement import print_judge
from usbrec.cli.fidelity import print_seeker
from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.training import print_examples, print_training
from usbrec.training.settings import Method

train = typer.Typer(
    help="Train what recommends, what judges, or who seeks.", no_args_is_help=True, add_completion=False
)


@train.command("ranker")
def train_ranker(
    samples: Annotated[list[Path], typer.Argument(help="Samples to learn from, one file or several.")],
    catalogue: Annotated[Path, typer.Option(help="The items to rank.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The ranker's folder.")],
    interactions: Annotated[
        Path | None, typer.Option(help="Mentions or clicks without text (.jsonl), to learn from as well.")
    ] = None,
    leave_out: Annotated[
        list[Path] | None, typer.Option(help="Samples whose dialogues are not learnt from (repeatable).")
    ] = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    limit: o.Limit = None,
    seed: o.Seed = None,
) -> None:
    """Train a ranker of the catalogue: for `--ranker`, and for `evaluate --mode retrieval`."""
    about = stages.make_ranker(
        samples,
        out,
        catalogue=catalogue,
        interactions=interactions,
        leave_out=leave_out or (),
        config=o.settings(config, limit=limit, seed=seed, strict=strict),
        progress=Bars(),
    )
    typer.echo(
        f"{out}: a ranker of {about['items']} items, learnt from {about['samples']} samples of "
        f"{about['dialogues']} dialogues and {about['sessions']} sessions in {about['seconds']:.0f} s"
    )


@train.command("judge")
def train_judge(
    dialogues: Annotated[
        list[Path], typer.Argument(help="Dialogues that people rated, one file or several.")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The judge's folder, for --judge trained:DIR.")],
    kind: Annotated[str | None, typer.Option(help="The format, where the content does not tell.")] = None,
    config: o.ConfigFile = None,
    seed: o.Seed = None,
) -> None:
    """Learn a judge from people's ratings, and measure it on dialogues and systems that are left out."""
    made = stages.make_judge(dialogues, out, kind=kind, config=o.settings(config, seed=seed), progress=Bars())
    print_judge(made, wide_console())
    wide_console().print(f"Judge: {out}, as --judge trained:{out}", markup=False, soft_wrap=True)


@train.command("seeker")
def train_seeker(
    dialogues: Annotated[
        list[Path], typer.Argument(help="Recorded dialogues of people, one file or several.")
    ],
    catalogue: Annotated[Path, typer.Option(help="The items that they are about.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="The seeker's folder, for --seeker trained:DIR.")],
    kind: Annotated[str | None, typer.Option(help="The format, where the content does not tell.")] = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    limit: o.Limit = None,
    seed: o.Seed = None,
) -> None:
    """Fit a seeker by rules to how the people of recorded dialogues react, tell and ask."""
    made = stages.make_seeker(
        dialogues,
        out,
        catalogue=catalogue,
        kind=kind,
        config=o.settings(config, limit=limit, seed=seed, strict=strict),
        progress=Bars(),
    )
    print_seeker(made, wide_console())
    wide_console().print(f"Seeker: {out}, as --seeker trained:{out}", markup=False, soft_wrap=True)


def _trains(method: Method, text: str) -> None:
    """Make `train METHOD` a subcommand that says `text` of itself."""

    def command(
        data: Annotated[
            Path, typer.Argument(help="Pairs (.jsonl), a run of `usbrec pairs`, or samples (sft).")
        ],
        out: Annotated[Path, typer.Option("-o", "--out", help="The adapter's folder.")],
        model: Annotated[
            str | None, typer.Option(help="Base model, with +ADAPTER to go on from one; smollm2-135m.")
        ] = None,
        preset: Annotated[str | None, typer.Option(help="cpu or paper.")] = None,
        max_steps: Annotated[int | None, typer.Option(help="End after so many steps.")] = None,
        dry_run: Annotated[bool, typer.Option(help="Show what would be learnt, and train nothing.")] = False,
        catalogue: o.Catalogue = None,
        interactions: o.Interactions = None,
        candidates: o.Candidates = None,
        ranker: o.Ranker = None,
        config: o.ConfigFile = None,
        strict: o.Strict = False,
        limit: o.Limit = None,
        seed: o.Seed = None,
    ) -> None:
        settings = o.settings(
            config,
            strict=strict,
            recommender=model,
            candidates=candidates,
            ranker=ranker,
            limit=limit,
            seed=seed,
            preset=preset,
            max_steps=max_steps,
        )
        given: dict[str, Any] = {"config": settings, "catalogue": catalogue, "interactions": interactions}
        if dry_run:
            print_examples(stages.show_examples(method, data, **given), wide_console())
            return
        done = stages.train_model(method, data, out, **given, progress=Bars())
        print_training(done, wide_console())
        wide_console().print(f"Adapter: {out}", markup=False, soft_wrap=True)

    train.command(method, help=text)(command)


_trains("sft", "Learn to say the labels of samples, or the chosen replies of pairs.")
_trains("simpo", "Learn to prefer, without a reference model (the paper's choice).")
_trains("dpo", "Learn to prefer, held near the model it starts from.")
_trains("kto", "Learn from good and bad replies that need not be paired.")


def _plays(method: Method, text: str) -> None:
    """Make `train METHOD`, which learns from episodes, a subcommand that says `text` of itself."""

    def command(
        samples: o.Samples,
        out: Annotated[Path, typer.Option("-o", "--out", help="The adapter's folder.")],
        model: Annotated[
            str | None, typer.Option(help="Base model, with +ADAPTER to go on from one; smollm2-135m.")
        ] = None,
        preset: Annotated[str | None, typer.Option(help="cpu or paper.")] = None,
        max_steps: Annotated[int | None, typer.Option(help="End after so many steps.")] = None,
        dry_run: Annotated[bool, typer.Option(help="Show prompts and scores, and train nothing.")] = False,
        simulator: o.Simulator = None,
        judge: o.Judge = None,
        base_url: o.BaseUrl = None,
        catalogue: o.Catalogue = None,
        interactions: o.Interactions = None,
        candidates: o.Candidates = None,
        ranker: o.Ranker = None,
        rounds: o.Rounds = None,
        config: o.ConfigFile = None,
        strict: o.Strict = False,
        limit: o.Limit = None,
        concurrency: o.Concurrency = None,
        seed: o.Seed = None,
    ) -> None:
        settings = o.settings(
            config,
            strict=strict,
            recommender=model,
            simulator=simulator,
            judge=judge,
            base_url=base_url,
            candidates=candidates,
            ranker=ranker,
            rounds=rounds,
            limit=limit,
            concurrency=concurrency,
            seed=seed,
            preset=preset,
            max_steps=max_steps,
        )
        given: dict[str, Any] = {"config": settings, "catalogue": catalogue, "interactions": interactions}
        if dry_run:
            print_examples(stages.show_examples(method, samples, **given), wide_console())
            return
        done = stages.train_model(method, samples, out, **given, progress=Bars())
        print_training(done, wide_console())
        wide_console().print(f"Adapter: {out}", markup=False, soft_wrap=True)

    train.command(method, help=text)(command)


_plays("grpo", "Learn from the score itself: draw replies, play them on, compare them in their group.")
_plays("rloo", "The same, each reply held against the mean of the others.")
