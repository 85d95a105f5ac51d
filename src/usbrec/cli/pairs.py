"""`usbrec pairs`: preference pairs, and how many of which origin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.table import Table

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.progress import Bars, steps_told, wide_console
from usbrec.cli.tables import print_estimate
from usbrec.errors import ConfigError
from usbrec.evaluation.report.money import costs_told


def pairs(
    samples: o.Samples,
    out: o.OutUnlessEstimated = None,
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
    filter_: o.Filter = None,
    estimate: o.Estimate = False,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    workers: o.Workers = None,
    engine: o.Engine = None,
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
        filter=filter_,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
        workers=workers,
        engine=engine,
        pair_drafts=drafts,
        horizon=rounds,
    )
    if estimate:
        from usbrec.stages.estimating import estimate_pairs

        found = estimate_pairs(samples, config=settings, catalogue=catalogue, interactions=interactions)
        print_estimate(found, wide_console())
        return
    if out is None:
        raise ConfigError("usbrec pairs: -o FOLDER is missing, where the pairs are kept.")
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
    if "cost" in results:
        console.print(costs_told(results["cost"]), markup=False)
    for told in results["advice"]:
        console.print(f"Mind: {told}", markup=False)
    console.print(f"Pairs: {out / 'pairs.jsonl'}", markup=False, soft_wrap=True)
