"""Money formatting: amounts, and what a run cost in a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def costs_told(costs: Mapping[str, Any]) -> str:
    """The costs in a sentence, with what they leave out."""
    told = f"Cost: {money(costs['total'], costs['currency'])} for {_calls(costs['priced_calls'])}"
    if costs["unknown_calls"]:
        told += f"; {_calls(costs['unknown_calls'])} of unknown cost, for the server counted no tokens"
    if costs.get("probe_calls"):
        told += f"; without {_calls(costs['probe_calls'])} that found out what the server supports"
    if costs["unpriced_calls"]:
        told += f"; {_calls(costs['unpriced_calls'])} of models without a price"
    return f"{told}."


def money(amount: float, currency: str | None) -> str:
    """An amount with as many digits as help: ``0.0123 USD``."""
    digits = 2 if amount >= 1 or amount == 0 else 4
    text = f"{amount:,.{digits}f}"
    if amount > 0 and float(text.replace(",", "")) == 0:
        text = "less than 0.0001"
    return text if currency is None else f"{text} {currency}"


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count:,} calls"
