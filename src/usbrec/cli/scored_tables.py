"""Tables of scored recorded dialogues on the terminal: ratings and facts, a column a system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from usbrec.cli.fitting import FittingTable
from usbrec.evaluation.agreement.measured import in_words
from usbrec.evaluation.report import formatting
from usbrec.evaluation.report.money import costs_told
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon.detection import name_of

#: Systems that stand side by side in one table, and the letters of their names.
_SIDE_BY_SIDE, _NAME = 3, 18
#: Facts shown, in order: what they are called here, and whether they are shares.
_TURN = {
    "recommends": ("recommends something new", True),
    "repeats": ("names an item again", True),
    "out_of_catalogue": ("names what is not there", True),
    "asks": ("asks", True),
    "words": ("words", False),
    "accepted": ("accepted, of answered", True),
    "declined": ("declined, of answered", True),
}
_DIALOGUE = {
    "recommended": ("something real", True),
    "first_recommendation": ("replies until then", False),
    "accepted": ("something accepted", True),
    "target_named": ("target named", True),
    "turns": ("turns", False),
    "seeker_words": ("seeker's words", False),
}


def print_scored(results: Mapping[str, Any], console: Console) -> None:
    """Print means with intervals of all dialogues and of each system, and what was lost."""
    groups = {"all": results, **results["by_system"]}
    names = list(groups)
    for start in range(0, len(names), _SIDE_BY_SIDE):
        console.print(_table({name: groups[name] for name in names[start : start + _SIDE_BY_SIDE]}))
        console.print()
    for line in _told(results):
        console.print(Text(line, style="dim"))


def _table(groups: Mapping[str, Mapping[str, Any]]) -> Table:
    drawn = FittingTable(padding=(0, 2, 0, 0))
    drawn.add_column("", no_wrap=True)
    for name in groups:
        shown = formatting.clipped(formatting.printable(name), _NAME)
        drawn.add_column(Text(shown), justify="right", no_wrap=True)
    drawn.add_row("dialogues", *(str(group["dialogues"]) for group in groups.values()))
    aspects = next(iter(groups.values()))["aspects"]
    for aspect, told in aspects.items():
        level = "a turn" if told["level"] == "turn" else "a dialogue"
        label = f"{aspect.replace('_', ' ')} ({level}, 0-{told['top']})"
        drawn.add_row(label, *(_cell(group["aspects"][aspect], share=False) for group in groups.values()))
    for level, shown_facts, where in (("turn", _TURN, "reply"), ("dialogue", _DIALOGUE, "dialogue")):
        for fact, (label, share) in shown_facts.items():
            cells = [group["facts"][level].get(fact) for group in groups.values()]
            if any(cell is not None and cell["n"] for cell in cells):
                drawn.add_row(f"{where}: {label}", *(_cell(cell, share=share) for cell in cells))
    return drawn


def _cell(interval: Mapping[str, Any] | None, *, share: bool) -> str:
    if interval is None or interval["mean"] is None:
        return "-"
    low, high = interval["ci95"]
    mean = _number(interval["mean"], share)
    return mean if low is None else f"{mean} [{_number(low, share)}, {_number(high, share)}]"


def _number(value: float, share: bool) -> str:
    return f"{100 * value:.0f} %" if share else f"{value:.2f}"


def _told(results: Mapping[str, Any]) -> list[str]:
    told = ["Means with 95 % intervals over dialogues; docs/results.md says what each row is."]
    if not results["catalogue"]:
        told.append(
            "No catalogue: whether what was recommended exists, is new or was taken is not known; "
            "--catalogue FILE tells."
        )
    unread = {code: count for code, count in results["languages"].items() if code not in LANGUAGES}
    if unread and results["catalogue"]:
        counts = ", ".join(f"{name_of(code)} {count}" for code, count in unread.items())
        told.append(f"Answers were not read in dialogues of a language that rules do not know: {counts}.")
    if results["failed"]:
        told.append(
            f"{results['failed']} dialogues failed and are left out; the same command tries them again."
        )
    lost = {name: one["unreadable"] for name, one in results["aspects"].items() if one["unreadable"]}
    if lost:
        counts = ", ".join(f"{name} {count}" for name, count in lost.items())
        told.append(f"Ratings that could not be read, and are left out: {counts}.")
    if results["left_out"]:
        told.append(f"{results['left_out']} entries of the file hold no dialogue.")
    if "judge_agreement" in results:
        told.append(in_words(results["judge_agreement"]))
    if "cost" in results:
        told.append(costs_told(results["cost"]))
    return told
