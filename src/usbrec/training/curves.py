"""Learning curves as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: What is drawn, where a method logs it: the key in the history, and what it says.
_PANELS = (
    ("loss", "loss"),
    ("reward", "score of drawn replies, spread in a group"),
    ("hit_rate", "share of drawn replies that hit"),
    ("no_signal", "share of groups without a difference"),
    ("kl", "distance from the start, nats a token"),
    ("tokens", "tokens of a reply"),
    ("unfinished", "share of replies cut off"),
    ("rewards/accuracies", "share of pairs in the right order"),
    ("rewards/margins", "margin of the rewards"),
    ("mean_token_accuracy", "share of tokens guessed"),
    ("grad_norm", "norm of the gradient"),
)

#: Panels side by side.
_COLUMNS = 5
#: Where a quantity's deviation stands, which is drawn as a band about it.
_SPREADS = {"reward": "spread"}


def draw_curves(history: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Draw what the history holds, a panel a quantity, over the steps."""
    from matplotlib.figure import Figure

    panels = [(key, label) for key, label in _PANELS if any(key in row for row in history)]
    columns = min(_COLUMNS, max(1, len(panels)))
    rows = max(1, math.ceil(len(panels) / columns))
    figure = Figure(figsize=(4 * columns, 3 * rows), layout="constrained")
    for number, (key, label) in enumerate(panels, start=1):
        axes = figure.add_subplot(rows, columns, number)
        points = [(row["step"], float(row[key])) for row in history if key in row]
        axes.plot(*zip(*points, strict=True), color="#1f5f8b", linewidth=1.2)
        if key in _SPREADS:
            _band(axes, [row for row in history if key in row], key, _SPREADS[key])
        axes.set_title(label, fontsize=9)
        axes.set_xlabel("step", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    return path


def _band(axes: Any, rows: Sequence[Mapping[str, Any]], key: str, spread: str) -> None:
    steps = [row["step"] for row in rows]
    low = [float(row[key]) - float(row[spread]) for row in rows]
    high = [float(row[key]) + float(row[spread]) for row in rows]
    axes.fill_between(steps, low, high, color="#1f5f8b", alpha=0.15, linewidth=0)
