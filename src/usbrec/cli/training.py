"""Terminal output of a training run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text


def print_training(done: Mapping[str, Any], console: Console) -> None:
    """What was learnt from, and held-out examples before and after."""
    table = Table(title=f"Training: {done['method']}", title_justify="left", box=None, show_header=False)
    table.add_row("examples", f"{done['examples']} ({done['too_long']} left out as too long)")
    table.add_row("steps", f"{done['steps']}, {done['trainable']:,} weights, {done['seconds']:.0f} s")
    if done["loss"] is not None:
        table.add_row("loss", f"{done['loss']['first']:.3f} -> {done['loss']['last']:.3f}")
    if done.get("reward") is not None:
        table.add_row(
            "score of drawn replies", f"{done['reward']['first']:.3f} -> {done['reward']['last']:.3f}"
        )
    if "replies" in done:
        table.add_row("replies drawn", f"{done['replies']} ({done['unscored']} without a score)")
    before, after = done["held_out"]["before"], done["held_out"]["after"]
    for key, name in (
        ("nll", "nats a token"),
        ("accuracy", "pairs in the right order"),
        ("margin", "margin, nats a token"),
        ("score", "episode score"),
        ("hit", "hit rate"),
        ("unfinished", "replies cut off"),
    ):
        if before.get(key) is not None and after.get(key) is not None:
            table.add_row(f"held out ({after['n']}): {name}", f"{before[key]:.3f} -> {after[key]:.3f}")
    if (looks := done["held_out"].get("by_looks")) is not None:
        table.add_row("  told by length and titles alone", f"{looks:.3f}")
    console.print(table)


def print_examples(shown: Mapping[str, Any], console: Console) -> None:
    """Examples as the model reads them, the part that is learnt apart."""
    console.print(
        f"{shown['examples']} examples to learn from, {shown['held_out']} held out, {shown['too_long']} left "
        f"out as too long; {shown['tokens']['median']} tokens in the middle, "
        f"{shown['tokens']['longest']} at most."
    )
    generations = shown.get("generations")
    for one in shown["shown"]:
        text = Text(one["prompt"], style="dim")
        for key, words, style in (
            ("chosen", "learnt", "green"),
            ("rejected", "not preferred", "red"),
            ("label", f"{generations} replies are drawn; the label would be worth {_score(one)}", "green"),
        ):
            if one.get(key) is not None:
                text.append(f"\n{words}: ", style="bold")
                text.append(one[key], style=style)
        console.print(Panel(text, title=Text(one["sample_id"]), title_align="left"))


def _score(one: Mapping[str, Any]) -> str:
    return "no score" if one.get("score") is None else f"{one['score']:.2f} of 2"
