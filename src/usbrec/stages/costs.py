"""Costs of a run in money: what its recorded calls come to by the prices of their servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from usbrec.config import Config
from usbrec.dialogue import Usage
from usbrec.journal import Journal
from usbrec.llm.prices import Prices, prices_of

if TYPE_CHECKING:
    from usbrec.stages.probing_seats import HasModels


def costs_of(
    journal: Journal, config: Config, participants: HasModels, probe: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any] | None:
    """What all calls of a run cost; None where no server has prices. The small requests of a `probe` are only
    counted: nobody kept their tokens."""
    prices = {model.name: prices_of(seat, config.servers) for seat, model in participants.seated.items()}
    if not any(prices.values()):
        return None
    return costs_by(prices, journal.usages()) | {
        "probe_calls": sum(found["calls"] for found in probe.values() if prices.get(found["model"]))
    }


def costs_by(
    prices: Mapping[str, Prices | None], usages: Mapping[str, Mapping[bool, Usage]]
) -> dict[str, Any]:
    """The same from the usage of each model, by whether its answers have counted tokens."""
    models: dict[str, dict[str, Any]] = {}
    total, counts = 0.0, {"priced_calls": 0, "unknown_calls": 0, "unpriced_calls": 0}
    for name, by_counted in sorted(usages.items()):
        price, usage = prices.get(name), sum(by_counted.values(), Usage())
        cost = None
        if price is None:
            counts["unpriced_calls"] += usage.calls
        else:
            counts["unknown_calls"] += by_counted.get(False, Usage()).calls
            counts["priced_calls"] += by_counted.get(True, Usage()).calls
            cost = price.cost(by_counted.get(True, Usage())) or 0.0
            total += cost
        models[name] = {
            "calls": usage.calls,
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.completion_tokens,
            "cached_tokens": usage.cached_tokens,
            "cost": cost,
        }
    currency = next((price.currency for price in prices.values() if price is not None), None)
    return {"currency": currency, "total": total, **counts, "models": models}
