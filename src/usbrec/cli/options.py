"""Command-line options that several subcommands share, laid over the configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.library.settings import laid_over
from usbrec.storage import json_problem, parse_json

SEATS = "Seats"
RUN = "Run"
_SES = "Self-enhancement"

Samples = Annotated[Path, typer.Argument(help="Samples: a file of ours, or iEvaLM rows (.jsonl).")]
Estimate = Annotated[
    bool,
    typer.Option(
        "--estimate",
        help="Say how many calls, tokens and (with prices) how much money it will take, and end: no model is "
        "asked.",
        rich_help_panel=RUN,
    ),
]
#: The same where `--estimate` writes nothing.
OutUnlessEstimated = Annotated[
    Path | None, typer.Option("-o", "--out", help="Run folder; the same command goes on in it.")
]
Out = Annotated[Path, typer.Option("-o", "--out", help="Run folder; the same command goes on in it.")]
Catalogue = Annotated[
    Path | None,
    typer.Option(help="Items: CSV, JSON(L), Parquet or SQLite. Rules need it.", rich_help_panel=RUN),
]
Interactions = Annotated[
    Path | None,
    typer.Option(help="Mentions or samples to count popularity from.", rich_help_panel=RUN),
]
Strict = Annotated[
    bool,
    typer.Option(
        "--strict",
        help="Refuse rows of catalogue and samples that cannot be used, instead of leaving them out.",
        rich_help_panel=RUN,
    ),
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", help="Settings (TOML); options go before it.", rich_help_panel=RUN)
]
Model = Annotated[
    str | None,
    typer.Option(help="Model of all seats not named otherwise.", rich_help_panel=SEATS),
]
Recommender = Annotated[
    str | None,
    typer.Option(
        help="Model, rules:random, :popular, :retriever, :best, or your own (python:, plugin:, http:).",
        rich_help_panel=SEATS,
    ),
]
Simulator = Annotated[
    str | None,
    typer.Option(
        "--seeker", "--simulator", help="Model, rules, rules:people or trained:DIR.", rich_help_panel=SEATS
    ),
]
Judge = Annotated[
    str | None, typer.Option(help="Model, rules, trained or trained:DIR.", rich_help_panel=SEATS)
]
BaseUrl = Annotated[
    str | None,
    typer.Option(help="OpenAI-compatible server for openai: models.", rich_help_panel=SEATS),
]
Mode = Annotated[
    str | None,
    typer.Option(help="episode (free chat), retrieval or ask (attribute questions).", rich_help_panel=RUN),
]
Candidates = Annotated[
    int | None,
    typer.Option(help="Lay N retrieved items before the recommender (0: none).", rich_help_panel=RUN),
]
Ranker = Annotated[
    Path | None,
    typer.Option(help="A ranker's folder that retrieves; else attributes do.", rich_help_panel=RUN),
]
Rounds = Annotated[int | None, typer.Option(help="Rounds of an episode.", rich_help_panel=RUN)]
Limit = Annotated[
    int | None, typer.Option(help="Only N samples, the same whatever the seed.", rich_help_panel=RUN)
]
Trials = Annotated[
    int | None,
    typer.Option(help="Play each sample so often, and tell how often all succeed.", rich_help_panel=RUN),
]
Tools = Annotated[
    bool,
    typer.Option(
        "--tools",
        help="Let the recommender's model call tools that search the catalogue.",
        rich_help_panel=RUN,
    ),
]
Filter = Annotated[
    str | None,
    typer.Option(
        "--filter",
        help='What every recommended item must be, such as \'{"price": {"max": 50}}\'.',
        rich_help_panel=RUN,
    ),
]
Seed = Annotated[int | None, typer.Option(help="Where all random draws come from.", rich_help_panel=RUN)]
Concurrency = Annotated[int | None, typer.Option(help="Units of work at once.", rich_help_panel=RUN)]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers", min=1, help="Processes that play rows (1; on a cluster all).", rich_help_panel=RUN
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="Where they are: processes (here) or ray (a cluster).", rich_help_panel=RUN),
]
Replay = Annotated[
    Path | None,
    typer.Option(help="A recorded run folder that answers instead of the models.", rich_help_panel=RUN),
]
Ses = Annotated[bool, typer.Option("--ses", help="Self-enhance the recommender.", rich_help_panel=_SES)]
SesSimulator = Annotated[
    str | None, typer.Option(help="Internal simulator: the name of a model, or rules.", rich_help_panel=_SES)
]
SesJudge = Annotated[
    str | None,
    typer.Option(
        help="Internal judge: the name of a model, rules, rules:belief, trained.", rich_help_panel=_SES
    ),
]
Search = Annotated[str | None, typer.Option(help="flat or tree.", rich_help_panel=_SES)]
_SEEKERS = "Only with a catalogue"
Number = Annotated[
    int | None,
    typer.Option(help="Seekers to make; by default 1000, or fewer for few items.", rich_help_panel=_SEEKERS),
]
Test = Annotated[
    Path | None,
    typer.Option(help="A second file, for testing: its seekers want other items.", rich_help_panel=_SEEKERS),
]
Share = Annotated[
    float | None,
    typer.Option(help="Share of items and seekers for --test; by default 0.2.", rich_help_panel=_SEEKERS),
]
Noun = Annotated[
    str | None, typer.Option(help="What one item is called, such as book.", rich_help_panel=_SEEKERS)
]
Writer = Annotated[
    str | None,
    typer.Option(help="A model that puts what seekers say into its own words.", rich_help_panel=_SEEKERS),
]
Language = Annotated[
    str | None,
    typer.Option(
        help="Language of the seekers: en or de; by default the catalogue's.", rich_help_panel=_SEEKERS
    ),
]
Constraints = Annotated[
    int,
    typer.Option(min=0, help="So many seekers ask for a price, a stock, a brand.", rich_help_panel=_SEEKERS),
]
SecondJudge = Annotated[
    bool,
    typer.Option(
        "--second-judge/--no-second-judge",
        help="Let a sentence model score the dialogues, too.",
        rich_help_panel=RUN,
    ),
]
Drafts = Annotated[int | None, typer.Option(help="Drafts of a reply (pairs: of a sample).")]


def read_filter_option(text: str) -> dict[str, Any]:
    """The filter of `--filter`. Raises ConfigError for what is no JSON object; what its columns are, only the
    catalogue knows."""
    try:
        value = parse_json(text)
    except ValueError as error:
        raise ConfigError(f"--filter: {json_problem(error)}. {_FILTER}") from None
    if not isinstance(value, dict):
        raise ConfigError(f"--filter: expected an object, found {text[:60]!r}. {_FILTER}")
    return value


_FILTER = (
    'A filter looks like --filter \'{"price": {"max": 50}, "stock": {"min": 1}}\' (docs/constraints.md).'
)


def settings(
    config: Path | None,
    *,
    model: str | None = None,
    recommender: str | None = None,
    simulator: str | None = None,
    judge: str | None = None,
    base_url: str | None = None,
    mode: str | None = None,
    candidates: int | None = None,
    ranker: Path | None = None,
    rounds: int | None = None,
    limit: int | None = None,
    trials: int | None = None,
    tools: bool = False,
    filter: str | None = None,  # noqa: A002 - the setting's name
    seed: int | None = None,
    noun: str | None = None,
    writer: str | None = None,
    language: str | None = None,
    strict: bool = False,
    second_judge: bool = True,
    concurrency: int | None = None,
    workers: int | None = None,
    engine: str | None = None,
    ses: bool = False,
    ses_simulator: str | None = None,
    ses_judge: str | None = None,
    search: str | None = None,
    search_drafts: int | None = None,
    pair_drafts: int | None = None,
    horizon: int | None = None,
    preset: str | None = None,
    max_steps: int | None = None,
    method: str | None = None,
    training_seeds: int | None = None,
    iterations: int | None = None,
) -> Config:
    """The configuration file with the options given laid over it. Raises ConfigError."""
    seats = {"recommender": recommender or model, "simulator": simulator or model, "judge": judge or model}
    return laid_over(
        config,
        seats,
        mode=mode,
        limit=limit,
        trials=trials,
        tools=tools or None,
        filter=None if filter is None else read_filter_option(filter),
        seed=seed,
        ranker=ranker,
        base_url=base_url,
        concurrency=concurrency,
        workers=workers,
        engine=engine,
        rounds=rounds,
        candidates=candidates,
        # What is on by default is not set by being on.
        second_judge=None if second_judge else False,
        ses=ses or None,
        ses_simulator=ses_simulator,
        ses_judge=ses_judge,
        search=search,
        search_drafts=search_drafts,
        pair_drafts=pair_drafts,
        horizon=horizon,
        noun=noun,
        writer=writer,
        language=language,
        strict=strict or None,
        preset=preset,
        max_steps=max_steps,
        method=method,
        training_seeds=training_seeds,
        iterations=iterations,
    )
