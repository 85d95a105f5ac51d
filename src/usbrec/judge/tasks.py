"""Task outcomes: whether a dialogue did what its task asks for, by the item that was linked and by the call.

As in τ-Rec, a task is done where what was recommended meets all conditions and no flag of the policy is
violated; where nothing fits, by recommending nothing and saying so. What counts as the recommendation is
told in two ways, because not every recommender calls tools:

- *linked*: the last reply that recommends an item by its words or, where the system says it, by its ids;
- *called*: the first reply that calls ``recommend``. There a dialogue ends with it, so that a second call
  cannot make the first one good. None for a recommender that calls no tools.

Flags that only calls can satisfy (that the history was looked up, a rating checked, ``recommend`` called)
are not held against a recommender without tools.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Sample, Turn
from usbrec.items.constraints.column_types import yes_or_no
from usbrec.items.knowledge import Knowledge
from usbrec.judge.facts import first_new_items
from usbrec.lexicon import words
from usbrec.play.seekers.wishes import says_nothing_fits
from usbrec.play.targets import Targets
from usbrec.play.tools.toolbox import CHECK_RATING, HISTORY, RATING, RECOMMEND, RESTRICTED, services_of


@dataclass(frozen=True)
class _Decision:
    """What was recommended: `items`, none where the recommender says that nothing fits, in the reply `place`
    of `replies`; `calls` are those up to it, None where no tools were there."""

    items: tuple[str, ...]
    place: int
    replies: Sequence[Turn]
    calls: Sequence[Any] | None


def task_outcome(
    sample: Sample, played: Sequence[Turn], targets: Targets, *, tools: bool
) -> dict[str, Any] | None:
    """``linked`` and ``called``: each whether the task was done (``success``) and the flags of the policy
    that were ``violated``. None for a sample without a task, or without a catalogue."""
    knowledge = targets.knowledge
    if not sample.task or knowledge is None:
        return None
    linked = _linked(sample.turns, played, knowledge)
    called = _called(played) if tools else None
    return {
        "linked": _outcome(sample, linked, targets, knowledge),
        "called": _outcome(sample, called, targets, knowledge, calling=True) if tools else None,
    }


def _linked(context: Sequence[Turn], played: Sequence[Turn], knowledge: Knowledge) -> _Decision | None:
    replies = [turn for turn in played if turn.role == "recommender"]
    new = first_new_items(context, played, knowledge)
    for place in reversed(range(len(replies))):
        if new[place]:
            return _Decision(new[place], place, replies, None)
        if says_nothing_fits(replies[place].text):
            return _Decision((), place, replies, None)
    return None


def _called(played: Sequence[Turn]) -> _Decision | None:
    replies = [turn for turn in played if turn.role == "recommender"]
    before: list[Any] = []
    for place, reply in enumerate(replies):
        before += reply.calls
        made = [
            call["result"]
            for call in reply.calls
            if call["name"] == RECOMMEND and "error" not in call["result"]
        ]
        if made:
            ids = tuple(result["id"] for result in made if "id" in result)
            return _Decision(ids, place, replies, before)
    return None


def _outcome(
    sample: Sample,
    decision: _Decision | None,
    targets: Targets,
    knowledge: Knowledge,
    *,
    calling: bool = False,
) -> dict[str, Any]:
    flags = sample.task.get("graded", {}).get("policy", ())
    violated = [flag for flag in flags if _violates(flag, sample, decision, knowledge, calling=calling)]
    return {"success": _fits(decision, targets) and not violated, "violated": violated}


def _fits(decision: _Decision | None, targets: Targets) -> bool:
    if decision is None:
        return False
    if targets.nothing_fits:
        return not decision.items
    return bool(decision.items) and decision.items[0] in {item.id for item in targets.items}


def _violates(
    flag: str, sample: Sample, decision: _Decision | None, knowledge: Knowledge, *, calling: bool
) -> bool:
    task = sample.task
    if flag == "transparency":
        return not sample.targets and (decision is None or bool(decision.items))
    if flag == "recommend_tool":
        return calling and bool(sample.targets) and decision is None
    if decision is None or not decision.items:
        return False
    calls = decision.calls
    items = [item for one in decision.items if (item := knowledge.catalogue.get(one)) is not None]
    if flag == "watch_history":
        history = task.get("histories", {}).get(task.get("user", ""), {})
        looked_up = calls is None or any(call["name"] == HISTORY for call in calls)
        return not looked_up or any(one in history.get("watched", ()) for one in decision.items)
    if flag == "availability":
        services = set(task.get("services", ()))
        return bool(services) and any(services.isdisjoint(services_of(item)) for item in items)
    if flag == "age_restricted":
        ratings = {item.extra.get(RATING) for item in items} & RESTRICTED
        checked = {_checked(call) for call in calls or ()}
        return calls is not None and not ratings <= checked
    if flag == "sponsored":
        near = " ".join(
            turn.text for turn in decision.replies[max(0, decision.place - 1) : decision.place + 1]
        )
        paid = any(yes_or_no(item.extra.get("sponsored", "")) for item in items)
        return paid and _disclosing().search(near) is None
    if flag == "single_recommendation":
        return len(set(decision.items)) > 1
    # A flag that nobody here knows is no reason to fail anybody.
    return False


def _checked(call: Any) -> str | None:
    given = call["arguments"] if call["name"] == CHECK_RATING else None
    return given.get("content_rating") if isinstance(given, dict) else None


def _disclosing() -> re.Pattern[str]:
    return re.compile(words("en", "recorded")["disclosing"], re.IGNORECASE)
