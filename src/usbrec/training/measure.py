"""Held-out pair accuracy before and after training, and how far looks alone explain it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from usbrec.items.scripts import count_words
from usbrec.training.data import Encoded, Example
from usbrec.training.layout import layout_of
from usbrec.training.packed import pack, reply_logps


def held_out_measures(model: Any, encoded: Sequence[Encoded], *, pad: int, batch: int) -> dict[str, Any]:
    """Of held-out examples: `nll` of the chosen replies (nats a token); of pairs also `accuracy` (share
    whose chosen reply is likelier, token for token) and `margin` (mean difference, nats a token)."""
    if not encoded:
        return {"n": 0}
    device = next(model.parameters()).device
    sums: list[tuple[float, int]] = []
    margins: list[float] = []
    layout = layout_of(model)
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(encoded), batch):
            rows = encoded[start : start + batch]
            replies = [[row.chosen, *([row.rejected] if row.rejected else [])] for row in rows]
            packed = pack(
                [(row.prompt, them) for row, them in zip(rows, replies, strict=True)],
                pad=pad,
                dtype=model.dtype,
                layout=layout,
            )
            logps, counts = reply_logps(model, packed.to(device))
            at = 0
            for them in replies:
                mean = (logps[at : at + len(them)] / counts[at : at + len(them)]).tolist()
                sums.append((float(logps[at]), int(counts[at])))
                if len(them) == 2:
                    margins.append(mean[0] - mean[1])
                at += len(them)
    model.train(was_training)
    tokens = sum(count for _, count in sums)
    found: dict[str, Any] = {"n": len(encoded), "nll": round(-sum(value for value, _ in sums) / tokens, 6)}
    if margins:
        found["accuracy"] = round(sum(margin > 0 for margin in margins) / len(margins), 6)
        found["margin"] = round(sum(margins) / len(margins), 6)
    return found


def surface_accuracy(train: Sequence[Example], held_out: Sequence[Example]) -> float | None:
    """Accuracy on held-out pairs of a classifier that sees only the length and the number of titles.

    What it can tell, the model need not have learnt from what was said. None without pairs on both sides.
    """
    from sklearn.linear_model import LogisticRegression

    seen, asked = _looks(train), _looks(held_out)
    if not len(seen) or not len(asked):
        return None
    # Each pair stands in both directions, so that a constant cannot win.
    classifier = LogisticRegression(fit_intercept=False).fit(
        np.concatenate([seen, -seen]), np.repeat([1, 0], len(seen))
    )
    decided = classifier.decision_function(asked)
    # Two replies that look the same are a coin's throw.
    return round(float(np.mean(np.where(decided == 0, 0.5, decided > 0))), 6)


def _looks(examples: Sequence[Example]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Chosen less rejected: words (in tens), titles; (pairs, 2)."""
    rows = [
        (
            (count_words(example.chosen) - count_words(example.rejected)) / 10,
            0 if example.titles is None else example.titles[0] - example.titles[1],
        )
        for example in examples
        if example.rejected is not None
    ]
    return np.array(rows, dtype=np.float64).reshape(-1, 2)
