"""The curves of a training as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

#: What is drawn, where a method logs it: the key in the history, and what it says.
_PANELS = (
    ("loss", "loss"),
    ("rewards/accuracies", "share of pairs in the right order"),
    ("rewards/margins", "margin of the rewards"),
    ("mean_token_accuracy", "share of tokens guessed"),
    ("grad_norm", "norm of the gradient"),
)


def draw_curves(history: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Draw what the history holds, a panel a quantity, over the steps."""
    from matplotlib.figure import Figure

    panels = [(key, label) for key, label in _PANELS if any(key in row for row in history)]
    figure = Figure(figsize=(4 * max(1, len(panels)), 3), layout="constrained")
    for number, (key, label) in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), number)
        points = [(row["step"], float(row[key])) for row in history if key in row]
        axes.plot(*zip(*points, strict=True), color="#1f5f8b", linewidth=1.2)
        axes.set_title(label, fontsize=9)
        axes.set_xlabel("step", fontsize=8)
        axes.tick_params(labelsize=8)
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    return path
