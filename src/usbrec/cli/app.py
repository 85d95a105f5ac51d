"""Subcommands of `usbrec` by name; each is imported when it runs or its own help is asked for."""

from __future__ import annotations

from typing import Annotated

import typer

import usbrec
from usbrec.cli.subcommands import Subcommand, group_of

#: In the order of the help page. The texts are those that the commands have themselves.
SUBCOMMANDS = (
    Subcommand(
        "demo",
        "usbrec.cli.demo:demo",
        "The whole loop, small, on the packaged model: the six systems trained and tested, controls, report.",
    ),
    Subcommand(
        "samples",
        "usbrec.cli.samples:samples",
        "Read a data set in its own format and write samples, or make them from a catalogue alone.",
    ),
    Subcommand(
        "pairs",
        "usbrec.cli.pairs:pairs",
        "Build preference pairs (PODCS): draw first replies, play them, keep best over worst.",
    ),
    Subcommand(
        "evaluate",
        "usbrec.cli.evaluate:evaluate",
        "Play every sample with a simulated seeker, score it, and report with intervals.",
    ),
    Subcommand(
        "score",
        "usbrec.cli.scoring:score",
        "Score dialogues that people had with any system: facts by rules, aspects by a judge.",
    ),
    Subcommand(
        "benchmark",
        "usbrec.cli.benchmark:benchmark",
        "Run a recommender on the field's own table of recorded dialogues, beside the published rows.",
    ),
    Subcommand(
        "agreement",
        "usbrec.cli.agreement:agreement",
        "Hold a judge against people who rated the same dialogues: correlations with intervals, and checks.",
    ),
    Subcommand(
        "fidelity",
        "usbrec.cli.fidelity:fidelity",
        "Hold a simulated seeker against the people of recorded dialogues, answer by answer.",
    ),
    Subcommand(
        "experiment",
        "usbrec.cli.experiment:experiment",
        "Train and test the six systems side by side: plain, SFT and RL, each with and without SES.",
    ),
    Subcommand(
        "chat",
        "usbrec.cli.chatting:chat",
        "Talk to the recommender; `/why` shows what it considered, `/help` what else there is.",
    ),
    Subcommand(
        "serve",
        "usbrec.cli.serving:serve",
        "Answer OpenAI's protocol, plain and self-enhanced, with a page to talk to.",
    ),
    Subcommand(
        "compare", "usbrec.cli.compare:compare", "Hold runs against each other, on the rows they share."
    ),
    Subcommand(
        "audit",
        "usbrec.cli.audit:audit",
        "Look for leaks, confused roles, copies, odd seekers, rows that were trained on, and poisoned pairs.",
    ),
    Subcommand(
        "export",
        "usbrec.cli.export:export",
        "Write pairs or samples in the shape a trainer reads, or a trained model as one checkpoint.",
    ),
    Subcommand("models", "usbrec.cli.models:models", "Packaged models, and what a model supports."),
    Subcommand("train", "usbrec.cli.train:train", "Train what recommends, what judges, or who seeks."),
)

app = typer.Typer(
    name="usbrec",
    cls=group_of(SUBCOMMANDS),
    help="Language models that recommend well in conversation: simulate, score, pair, enhance, evaluate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"usbrec {usbrec.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """What stands before the name of a subcommand."""
