"""`usbrec audit`: what may have made a run's figures other than they should be."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from usbrec.cli import options as o
from usbrec.cli.fitting import FittingTable
from usbrec.cli.progress import Bars, wide_console
from usbrec.engine import step
from usbrec.evaluation.audit import audit as audit_of
from usbrec.evaluation.audit.overlap import WAYS
from usbrec.evaluation.report import formatting
from usbrec.stages.inputs import read_catalogue
from usbrec.stages.run_folder import write_json

_MANY = 5


def audit(
    run: Annotated[Path, typer.Argument(help="Folder of `usbrec evaluate` or `usbrec pairs`.")],
    train: Annotated[
        list[Path] | None,
        typer.Option(help="Dialogues, samples or pairs that something was trained on; may be given again."),
    ] = None,
    catalogue: o.Catalogue = None,
    out: Annotated[Path | None, typer.Option("-o", "--out", help="Also write the findings as JSON.")] = None,
    seed: Annotated[int, typer.Option(help="Of the intervals.")] = 0,
) -> None:
    """Look for leaks, confused roles, copies, odd seekers, rows that were trained on, and poisoned pairs."""
    bars = Bars()
    with step(bars, "reading items"):
        items = None if catalogue is None else read_catalogue(catalogue, None)
    with step(bars, "looking at every row"):
        found = audit_of(run, train=train or (), catalogue=items, seed=seed)
    console = wide_console()
    (print_rows if found["kind"] == "rows" else print_pairs)(found, console)
    if out is not None:
        console.print(f"Findings: {write_json(out, found)}", markup=False, soft_wrap=True)


def print_rows(found: Mapping[str, Any], console: Console) -> None:
    """Print what was found in played rows, a line a check."""
    table = FittingTable()
    table.add_column("rows in which")
    for heading in ("rows", "score with", "score without", "hits with", "hits without"):
        table.add_column(heading, justify="right")
    for check in found["checks"]:
        groups = [check[side][name] for name in ("ieval", "hit") for side in ("with", "without")]
        kinds: tuple[formatting.Kind, ...] = ("score", "score", "share", "share")
        cells = [_estimate(one, kind) for one, kind in zip(groups, kinds, strict=True)]
        table.add_row(check["told"], f"{check['rows']} of {check['of']}", *cells)
    console.print(table)
    whole, clean = found["all"], found["clean"]
    without = f"the {clean['n']} of them in which no target leaks and nothing was trained on"
    told = f"{without}, {_plain_estimate(clean['ieval'], 'score')}"
    if not clean["n"]:
        told = "in each of them a target leaks, or something was trained on"
    console.print(
        f"All {whole['n']} rows score {_plain_estimate(whole['ieval'], 'score')}; {told}.", soft_wrap=True
    )
    seekers = found["seekers"]
    early = [seekers[name] for name in ("target_named", "no_target_named")]
    if any(one["n"] for one in early):
        shares = [formatting.number(one["ended_early"], "share") for one in early]
        console.print(
            f"Ended before the last round: {shares[0]} of {early[0]['n']} episodes in which a target had "
            f"been named by then, {shares[1]} of {early[1]['n']} in which none was named.",
            soft_wrap=True,
        )
    if seekers["accepts"] is not None:
        what = "whatever is recommended" if seekers["accepts"] == "always" else "nothing, not even a target"
        _mind(console, f"these seekers accept {what}.")
    for check in found["checks"]:
        if check["rows"]:
            _list(console, check["told"], check["rows"], check["samples"])
        if any(check.get("ways", {}).values()):
            told = "; ".join(f"{WAYS[way]} {count}" for way, count in check["ways"].items() if count)
            console.print(f"Found by (a row may be found in several ways): {told}.", soft_wrap=True)
        if check.get("id_alone"):
            shown = ", ".join(map(formatting.printable, check["id_alone_samples"][:_MANY]))
            _mind(
                console,
                f"{check['id_alone']} of them are found by their id alone and have other words ({shown}): "
                "parts of a dialogue of which others were trained on, or ids that are alike by chance.",
            )


def print_pairs(found: Mapping[str, Any], console: Console) -> None:
    """Print what was found in preference pairs."""
    console.print(f"{found['pairs']} pairs of {found['rows']} rows.")
    told = (
        ("duplicates", "stand there before"),
        ("contradictions", "stand there the other way round as well"),
        ("against_scores", "prefer a side whose score is not the higher one"),
        ("never_played", "have a draft that nobody played"),
    )
    for name, what in told:
        if found[name] is None:
            console.print(f"Not known, without candidates.jsonl: how many {what}.")
            continue
        _list(console, what, found[name]["pairs"], found[name]["samples"])
    for name in ("phrases", "items"):
        if found[name] is None:
            console.print("Not known, without --catalogue: which items are preferred.")
            continue
        for one in found[name].get("most_chosen", []):
            share = formatting.number(one["share"], "share")
            line = f"Chosen in {one['chosen']} pairs ({share}): {formatting.printable(one['item'])}"
            console.print(line, markup=False, soft_wrap=True)
        for one in found[name]["told"]:
            mark = formatting.printable(one["mark"])
            _mind(console, f"{mark!r} stands in {one['chosen']} chosen and {one['rejected']} rejected sides.")
        more = found[name]["found"] - len(found[name]["told"])
        if more > 0:
            console.print(f"... and {more} more {name}.")


def _list(console: Console, what: str, count: int, samples: list[str]) -> None:
    shown = ", ".join(formatting.printable(one) for one in samples[:_MANY])
    more = f" and {len(samples) - _MANY} more" if len(samples) > _MANY else ""
    console.print(f"{count}: {what}" + (f" ({shown}{more})" if samples else ""), markup=False, soft_wrap=True)


def _mind(console: Console, text: str) -> None:
    console.print(Text.assemble(("Mind: ", "bold yellow"), text), soft_wrap=True)


def _estimate(one: Mapping[str, Any], kind: formatting.Kind) -> Text:
    if one["mean"] is None:
        return Text("-")
    low, high = one["ci95"]
    interval = formatting.limits(low, high, kind)
    return Text.assemble(formatting.number(one["mean"], kind), "\n", (interval, "dim"))


def _plain_estimate(one: Mapping[str, Any], kind: formatting.Kind) -> str:
    low, high = one["ci95"]
    return f"{formatting.number(one['mean'], kind)} {formatting.limits(low, high, kind)}"
