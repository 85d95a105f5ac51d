"""`usbrec evaluate`: samples played and scored, and the tables of the run."""

from __future__ import annotations

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.tables import (
    drawn,
    print_comparison,
    print_estimate,
    print_passes,
    ranked_table,
    rounds_table,
)
from usbrec.errors import ConfigError
from usbrec.evaluation import compare as compare_runs
from usbrec.evaluation import load_run
from usbrec.evaluation.comparison.lists import lists_in_words, lists_table
from usbrec.evaluation.report.money import costs_told


def evaluate(
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
    mode: o.Mode = None,
    candidates: o.Candidates = None,
    ranker: o.Ranker = None,
    rounds: o.Rounds = None,
    limit: o.Limit = None,
    trials: o.Trials = None,
    tools: o.Tools = False,
    filter_: o.Filter = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    workers: o.Workers = None,
    engine: o.Engine = None,
    replay: o.Replay = None,
    ses: o.Ses = False,
    ses_simulator: o.SesSimulator = None,
    ses_judge: o.SesJudge = None,
    search: o.Search = None,
    drafts: o.Drafts = None,
    second_judge: o.SecondJudge = True,
    estimate: o.Estimate = False,
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
        trials=trials,
        tools=tools,
        filter=filter_,
        seed=seed,
        concurrency=concurrency,
        workers=workers,
        engine=engine,
        ses=ses,
        ses_simulator=ses_simulator,
        ses_judge=ses_judge,
        search=search,
        search_drafts=drafts,
        second_judge=second_judge,
    )
    if estimate:
        from usbrec.stages.estimating import estimate as estimated

        found = estimated(samples, config=settings, catalogue=catalogue, interactions=interactions)
        print_estimate(found, wide_console())
        return
    if out is None:
        raise ConfigError("usbrec evaluate: -o FOLDER is missing, where the run is kept.")
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
    run = load_run(out, as_lean=True)
    resamples = settings.statistics.resamples
    print_comparison(compare_runs([run], seed=settings.seed, resamples=resamples), console)
    if "passes" in run.results:
        print_passes(run.results["passes"], console)
    if (lists := run.results.get("lists")) is not None:
        console.print(drawn(lists_table(lists)))
        console.print(lists_in_words(lists), markup=False)
    if run.results.get("by_round"):
        console.print(rounds_table(run.results["by_round"]))
    if (items := run.results.get("items")) is not None:
        told = f"{items['source'].capitalize()} in {items['given']} of {items['replies']} replies"
        lacking = f"; {items['unknown']} ids are not in the catalogue" if items["unknown"] else ""
        console.print(f"{told}{lacking}", markup=False)
    if (costs := run.results.get("cost")) is not None:
        console.print(costs_told(costs), markup=False)
    console.print(f"Report: {out / 'report.html'}", markup=False, soft_wrap=True)
