"""`usbrec agreement`: a judge held against people's ratings, and the tables of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from usbrec import stages
from usbrec.cli import options as o
from usbrec.cli.fitting import FittingTable
from usbrec.cli.progress import Bars, wide_console
from usbrec.cli.scoring import Aspects, Dialogues, Kind
from usbrec.evaluation.report import formatting
from usbrec.evaluation.report.money import costs_told

AgreementJudge = Annotated[
    str | None,
    typer.Option(
        "--judge",
        help="Model, own object, rules, trained or trained:DIR.",
        rich_help_panel=o.SEATS,
    ),
]
Checks = Annotated[
    bool, typer.Option(help="Also rate flattered and padded dialogues.", rich_help_panel=o.RUN)
]


def agreement(
    dialogues: Dialogues,
    out: o.Out,
    judge: AgreementJudge = None,
    catalogue: o.Catalogue = None,
    config: o.ConfigFile = None,
    strict: o.Strict = False,
    base_url: o.BaseUrl = None,
    aspects: Aspects = None,
    kind: Kind = None,
    checks: Checks = True,
    limit: o.Limit = None,
    seed: o.Seed = None,
    concurrency: o.Concurrency = None,
    replay: o.Replay = None,
) -> None:
    """Hold a judge against people who rated the same dialogues: correlations with intervals, and checks."""
    settings = o.settings(
        config,
        strict=strict,
        judge=judge,
        base_url=base_url,
        limit=limit,
        seed=seed,
        concurrency=concurrency,
    )
    results = stages.agreement(
        dialogues,
        out,
        config=settings,
        catalogue=catalogue,
        aspects=aspects,
        kind=kind,
        checks=checks,
        replay=replay,
        progress=Bars(),
    )
    console = wide_console()
    print_agreement(results, console)
    console.print(f"Rows: {out / 'dialogues.jsonl'}", markup=False, soft_wrap=True)


def print_agreement(results: Mapping[str, Any], console: Console) -> None:
    """Print correlations by aspect and data set, published figures beside them, the orders of systems, and
    what to mind."""
    console.print(correlations_table(results["agreement"]))
    console.print()
    if results["ranking"]:
        console.print(_ranking_table(results["ranking"]))
        console.print()
    for line in _told(results):
        console.print(Text(line, style="dim"))
    for warning in results["mind"]:
        console.print(Text.assemble(("Mind: ", "bold yellow"), formatting.printable(warning)))


def correlations_table(agreement: Mapping[str, Any]) -> Table:
    """A line a rating and data set."""
    drawn = _headed("rating", "data", "n", "Pearson", "over systems", "Spearman", "over systems")
    for rating, sets in agreement.items():
        for dataset, told in sets.items():
            cells = []
            for name in ("pearson", "spearman"):
                one = told[name]
                cells += [f"{_r(one['value'])} {_limits(one['ci95'])}".rstrip(), _limits(one["ci95_systems"])]
            drawn.add_row(
                Text(formatting.printable(rating).replace("_", " ")),
                Text(formatting.clipped(formatting.printable(dataset), 14)),
                str(told["n"]),
                *cells,
            )
    return drawn


def print_judge(made: Mapping[str, Any], console: Console) -> None:
    """Print what `usbrec train judge` found: the agreement on what was left out, and what it learnt from."""
    for way, agreement in made["cross_validated"].items():
        console.print(Text(f"Left out: {way}", style="bold"))
        console.print(correlations_table(agreement))
        console.print()
    told, settings = made["learnt_from"], made["settings"]
    meaning = "words and their meaning" if settings["meaning"] else "words alone"
    console.print(
        Text(
            f"Learnt from {told['dialogues']} dialogues ({told['turns']} replies)"
            + (f" of {len(told['systems'])} systems" if told["systems"] else "")
            + f", from {meaning}; settings chosen inside the folds.",
            style="dim",
        )
    )


def _headed(*headings: str) -> Table:
    drawn = FittingTable(words=2, padding=(0, 2, 0, 0))
    for place, heading in enumerate(headings):
        drawn.add_column(heading, justify="left" if place < 2 else "right", no_wrap=True)
    return drawn


def _ranking_table(ranking: Mapping[str, Any]) -> Table:
    """The systems' order of the overall satisfaction, else of the first rating there is."""
    rating = next((name for name in ("dialogue_overall", "overall") if name in ranking), next(iter(ranking)))
    drawn = _headed("order of systems", "data", "people", "judge", "Kendall's tau")
    for dataset, told in ranking[rating].items():
        tau = told["kendall"]
        for place, (system, means) in enumerate(told["systems"].items()):
            drawn.add_row(
                Text(formatting.clipped(formatting.printable(system), 30)),
                Text(formatting.clipped(formatting.printable(dataset), 14)),
                f"{means['people']:.2f}",
                f"{means['judge']:.2f}",
                f"{_r(tau['value'])} {_limits(tau['ci95'])}" if place == 0 else "",
            )
    return drawn


def _told(results: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "Correlations with people's ratings; 95 % intervals draw dialogues again, or whole systems. "
        "docs/agreement.md says more."
    )
    told = (one["pearson"]["value"] for sets in results["agreement"].values() for one in sets.values())
    if any(value is None for value in told):
        yield "A dash: no correlation can be taken, because all ratings are alike or there are too few."
    if results["published"]:
        published = "; ".join(
            f"{name} {_r(of['redial'])}/{_r(of['opendialkg'])}" for name, of in results["published"].items()
        )
        yield f"Published on all of CRSArena-Eval (Pearson, overall, ReDial/OpenDialKG): {published}."
    for name, one in results["checks"].items():
        if name == "length":
            yield (
                f"Correlation with the words of the replies: judge {_r(one['judge'])}, people "
                f"{_r(one['people'])} (Spearman, {one['n']} dialogues)."
            )
        elif one["mean"] is not None:
            yield f"{_CHECKS[name]}: {one['mean']:+.2f} {_signed(one['ci95'])} of {one['top']} ({one['n']})."
    if results["failed"]:
        yield f"{results['failed']} dialogues failed and are left out; the same command tries them again."
    lost = {name: one["unreadable"] for name, one in results["aspects"].items() if one["unreadable"]}
    if lost:
        counts = ", ".join(f"{name} {count}" for name, count in lost.items())
        yield f"Ratings that could not be read, and are left out: {counts}."
    if "cost" in results:
        yield costs_told(results["cost"])


_CHECKS = {
    "flattery": "A compliment behind every reply moves the judge by",
    "padding": "Empty words behind every reply move it by",
    "position": "Later replies get, against people, more than early ones by",
}


def _r(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}".replace("0.", ".", 1)


def _limits(ci95: Any) -> str:
    low, high = ci95
    return "" if low is None else f"[{_r(low)}, {_r(high)}]"


def _signed(ci95: Any) -> str:
    low, high = ci95
    return "" if low is None else f"[{low:+.2f}, {high:+.2f}]"
