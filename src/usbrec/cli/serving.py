"""`usbrec serve`: options into settings, then the service."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from usbrec import serve as service
from usbrec.cli import options as o
from usbrec.config import load_config
from usbrec.errors import ConfigError

_SERVICE = "Service"


def serve(
    model: Annotated[
        str | None, typer.Option(help="The model that recommends; smollm2-135m.", rich_help_panel="Seats")
    ] = None,
    ses: Annotated[
        bool,
        typer.Option("--ses", help="List the self-enhanced model first.", rich_help_panel="Self-enhancement"),
    ] = False,
    catalogue: o.Catalogue = None,
    interactions: o.Interactions = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    filter_: o.Filter = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    recommender: o.Recommender = None,
    base_url: o.BaseUrl = None,
    ses_simulator: o.SesSimulator = None,
    ses_judge: o.SesJudge = None,
    search: o.Search = None,
    drafts: o.Drafts = None,
    rounds: Annotated[
        int | None, typer.Option(help="Rounds that drafts are played.", rich_help_panel="Self-enhancement")
    ] = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    host: Annotated[
        str | None,
        typer.Option(help="Address; without keys of this machine alone.", rich_help_panel=_SERVICE),
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0: a free one.", rich_help_panel=_SERVICE)] = None,
    deadline: Annotated[
        str | None, typer.Option(help="Each reply comes within it: 2s, 500ms.", rich_help_panel=_SERVICE)
    ] = None,
    watch: Annotated[
        float | None,
        typer.Option(
            help="Look for a changed catalogue every so many seconds; 0: at SIGHUP alone.",
            rich_help_panel=_SERVICE,
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="Store conversations, feedback and votes.", rich_help_panel=_SERVICE)
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="Only who has one of these keys comes in.", rich_help_panel=_SERVICE)
    ] = None,
    new_key: Annotated[
        str | None, typer.Option(help="Add a key to --keys, print it, and end.", rich_help_panel=_SERVICE)
    ] = None,
    admin: Annotated[
        bool,
        typer.Option(
            "--admin", help="The --new-key sees in /metrics what each key used.", rich_help_panel=_SERVICE
        ),
    ] = False,
    forget: Annotated[
        str | None,
        typer.Option(help="Delete a person's sessions from --store, and end.", rich_help_panel=_SERVICE),
    ] = None,
    log_texts: Annotated[
        bool, typer.Option("--log-texts", help="Log what is said.", rich_help_panel=_SERVICE)
    ] = False,
    telemetry: Annotated[
        bool, typer.Option("--telemetry", help="Send OpenTelemetry spans.", rich_help_panel=_SERVICE)
    ] = False,
) -> None:
    """Answer OpenAI's protocol, plain and self-enhanced, with a page to talk to."""
    overrides: dict[str, Any] = {
        "seed": seed,
        "enhanced": True if ses else None,
        "ranker": None if ranker is None else str(ranker),
        # The other seats are inside the search: --ses-simulator and --ses-judge say who sits there.
        "seats": {"recommender": recommender or model},
        "catalogue": {"strict": strict or None},
        "models": {"base_url": base_url, "concurrency": concurrency},
        "play": {
            "candidates": candidates,
            "filter": None if filter_ is None else o.read_filter_option(filter_),
        },
        "search": {
            "simulator": ses_simulator,
            "judge": ses_judge,
            "kind": search,
            "drafts": drafts,
            "rounds": rounds,
        },
        "serving": {
            "host": host,
            "port": port,
            "deadline": None if deadline is None else seconds(deadline),
            "store": None if store is None else str(store),
            "keys": None if keys is None else str(keys),
            "watch": watch,
            "log_texts": log_texts or None,
            "telemetry": telemetry or None,
        },
    }
    settings = load_config(config, overrides)
    if new_key is not None:
        if settings.serving.keys is None:
            raise ConfigError("--new-key adds a key to a file: say which with --keys FILE.")
        typer.echo(service.new_key(settings.serving.keys, new_key, admin=admin))
        return
    if admin:
        raise ConfigError("--admin is for a key that is made: add --new-key NAME.")
    if forget is not None:
        if settings.serving.store is None:
            raise ConfigError("--forget deletes from a store: say which with --store FILE.")
        gone = service.forget(settings.serving.store, forget)
        typer.echo(f"{gone} {'session' if gone == 1 else 'sessions'} deleted.")
        return
    # Where it is goes to where results go, and the log to the error stream.
    out = Console(highlight=False, emoji=False, soft_wrap=True)
    service.start(
        settings,
        catalogue=catalogue,
        interactions=interactions,
        say=lambda line: out.print(line, markup=False),
    )


def seconds(text: str) -> float:
    """ "2s", "500ms", "1m" or "2" in seconds. Raises ConfigError."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(ms|s|m|)", text.strip())
    if found is None or not float(found[1]) > 0.0:
        raise ConfigError(f"--deadline {text}: a time such as 2s, 500ms or 1m.")
    return float(found[1]) * {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}[found[2]]
