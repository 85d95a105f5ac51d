"""A judge's measured agreement in a form that stands beside scores: JSON, and a sentence of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from usbrec.dialogue import RecordedDialogue
from usbrec.keys import digest

#: All data sets together, where there are several; and the data set of dialogues that name none.
ALL, UNNAMED = "all", "(not named)"
#: As JSON: ``judge``, ``measured``, and either ``why`` not or what :func:`measured_of` gives.
Measured: TypeAlias = "Mapping[str, Any]"
#: Said in place of the figures.
NOT_MEASURED = "not measured"
#: Ratings of the overall satisfaction, by their names in files.
_OVERALL = ("dialogue_overall", "overall")


def measured_of(dialogues: Sequence[RecordedDialogue], results: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the results of `usbrec agreement`: Pearson's correlation of the overall satisfaction by
    data set (of the first rating, where nobody rated that), and what it was measured on."""
    agreement = results["agreement"]
    rating = next((name for name in _OVERALL if name in agreement), next(iter(agreement), None))
    told = {} if rating is None else agreement[rating]
    sources = sorted({one.source for one in dialogues if one.source})
    return {
        "rating": rating,
        "overall": {
            dataset: {"pearson": one["pearson"]["value"], "ci95": one["pearson"]["ci95"], "n": one["n"]}
            for dataset, one in told.items()
            if dataset != ALL or len(told) == 1
        },
        "dialogues": len(dialogues),
        "systems": len({one.system for one in dialogues if one.system}),
        "sources": sources,
        "held_out": bool(results["held_out"]),
        "dialogues_digest": digest([one.to_json() for one in dialogues])[:16],
    }


def no_measure(judge: str, why: str) -> Measured:
    """That nothing was measured, and why."""
    return {"judge": judge, "measured": False, "why": why}


def values_of(measured: Measured) -> list[str]:
    """The correlations by data set, as ".60"; none where nothing was measured."""
    if not measured.get("measured"):
        return []
    return [_number(one["pearson"]) for one in measured["overall"].values()]


def in_words(measured: Measured) -> str:
    """A sentence: the judge, how far it agrees with people, and what that was measured on."""
    judge = measured["judge"]
    if not measured.get("measured"):
        return f"Judge {judge}: agreement with people {NOT_MEASURED} ({measured['why']})."
    told = ", ".join(
        f"{_number(one['pearson'])}{_limits(one['ci95'])}" + ("" if dataset == UNNAMED else f" on {dataset}")
        for dataset, one in measured["overall"].items()
    )
    where = " and ".join(measured["sources"]) or "recorded dialogues"
    systems = f" of {measured['systems']} systems" if measured["systems"] else ""
    left_out = ", each left out of what the judge learnt from" if measured["held_out"] else ""
    what = "overall satisfaction" if measured["rating"] in _OVERALL else str(measured["rating"])
    return (
        f"Judge {judge}: agrees with people by {told} (Pearson, {what}), measured on {measured['dialogues']} "
        f"recorded dialogues{systems} ({where}){left_out}; not on the dialogues scored here."
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}".replace("0.", ".", 1)


def _limits(ci95: Sequence[float | None]) -> str:
    low, high = ci95
    return "" if low is None or high is None else f" [{_number(low)}, {_number(high)}]"
