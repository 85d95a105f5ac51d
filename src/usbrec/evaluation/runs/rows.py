"""Row check: whether a line of `episodes.jsonl` is a row, asked once where files come in."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from usbrec.dialogue import Episode, Turn, Usage
from usbrec.evaluation.metrics.lists import BESIDE, ORDERS


def check_row(row: Any) -> dict[str, Any]:
    """`row` itself, with `episode` and `failed` filled in; ValueError says which field is wrong.

    Everything that metrics, comparison and report read is looked at, down to the drafts of a search;
    fields that nothing reads are let through, so a newer version may add some.
    """
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    for name, kind in (("sample_id", str), ("dialogue_id", str), ("usage", dict)):
        if not isinstance(row.get(name), kind):
            raise ValueError(f"field {name} is missing or not of type {kind.__name__}")
    where = f"sample {row['sample_id']!r}"
    if not isinstance(row.get("repeat"), bool) and (row.get("repeat"), row.get("episode")) != (None, None):
        raise ValueError(f"{where}: field repeat is {row.get('repeat')!r}, not true or false")
    if row.get("episode") is None and not isinstance(row.get("failed"), str):
        raise ValueError(f"{where}: neither field episode nor field failed says what became of it")
    try:
        usage = Usage.from_json(row["usage"])
        episode = None if row.get("episode") is None else Episode.from_json(row["episode"])
    except (KeyError, TypeError, AttributeError, ValueError) as problem:
        raise ValueError(f"{where}: episode or usage is not whole ({problem})") from None
    tokens = (usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
    cuts = (usage.cut_prompts, usage.cut_replies, usage.end_tokens, usage.removed_characters)
    counts = (usage.calls, *tokens, *cuts)
    if not all(map(_is_count, counts)) or not _is_number(usage.seconds):
        raise ValueError(f"{where}: field usage holds something that is no number")
    if episode is not None:
        for name, holds in _EPISODE.items():
            if not holds(episode):
                raise ValueError(f"{where}: field episode.{name} is not what it should be")
    rounds = row.get("rounds", [])
    if not _is_list(rounds, _is_round) or len(set(map(_targets, rounds))) > 1:
        raise ValueError(f"{where}: field rounds does not hold the ranks of its targets in every round")
    if row.get("persuasion") is not None and not _is_score(row["persuasion"]):
        raise ValueError(f"{where}: field persuasion is no score")
    if row.get("anchors") is not None and not _are_anchors(row["anchors"]):
        raise ValueError(f"{where}: field anchors holds neither scores nor a reason")
    if row.get("second_judge") is not None and not _is_opinion(row["second_judge"]):
        raise ValueError(f"{where}: field second_judge is no score with the name of its judge")
    if row.get("trial") is not None and not _is_trial(row["trial"]):
        raise ValueError(f"{where}: field trial does not say which trial of which sample this is")
    if row.get("task") is not None and not _is_task(row["task"]):
        raise ValueError(f"{where}: field task does not say whether the task was done")
    if row.get("list") is not None and not _is_ranked_list(row["list"]):
        raise ValueError(f"{where}: field list does not hold the places of its targets in two lists")
    return {**dict.fromkeys(("repeat", "episode", "failed")), **row}


def _is_ranked_list(value: Any) -> bool:
    """A reply's list and the retriever's: no place behind the last, as many ranks in both."""
    length: Any = value.get("length") if isinstance(value, Mapping) else None
    if not _is_count(length) or length < 1:
        return False
    ranks: list[Any] = [value.get(name) for name in ORDERS.values()]
    return (
        all(_is_list(value.get(name), _is_text) for name in ("items", "retrieved"))
        and all(_is_list(one, lambda rank: rank is None or _is_rank(rank, length)) for one in ranks)
        and len(ranks[0]) == len(ranks[1])
        and all(_is_count(value.get(name)) for name in ("unknown_targets", *BESIDE))
    )


def _is_rank(value: Any, length: int) -> bool:
    return _is_count(value) and 1 <= value <= length


def _is_trial(value: Any) -> bool:
    return isinstance(value, Mapping) and _is_text(value.get("of")) and _is_count(value.get("number"))


def _is_task(value: Any) -> bool:
    """What became of a task: by the linked item and, of a recommender with tools, by the call."""
    if not isinstance(value, Mapping) or value.get("linked") is None:
        return False
    return all(
        isinstance(one, Mapping)
        and isinstance(one.get("success"), bool)
        and _is_list(one.get("violated"), _is_text)
        for one in (value["linked"], value.get("called"))
        if one is not None
    )


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_list(value: object, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, list | tuple) and all(map(holds, value))


def _is_score(value: Any) -> bool:
    """A score as JSON, or null where a draft could not be scored."""
    if not isinstance(value, Mapping) or "value" not in value:
        return False
    number = value["value"]
    return number is None or (_is_number(number) and 0 <= number <= 2)


def _is_opinion(value: Any) -> bool:
    """What the second judge said: a score, its name, and the score of random items."""
    return (
        _is_score(value)
        and _is_text(value.get("name"))
        and (value.get("mean") is None or _is_number(value["mean"]))
    )


def _are_anchors(value: Any) -> bool:
    """What the judge said of a target and of random items, or why it said nothing."""
    if not isinstance(value, Mapping):
        return False
    if "why" in value:
        return _is_text(value["why"])
    return (
        _is_score(value.get("target")) and _is_list(value.get("others"), _is_score) and bool(value["others"])
    )


def _is_turn(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and value.get("role") in ("seeker", "recommender")
        and _is_text(value.get("text"))
        and (value.get("items") is None or _is_list(value["items"], _is_text))
        and _is_text(value.get("reasoning", ""))
    )


def _is_said(turn: Turn) -> bool:
    """The same of a turn as it was read: most have words alone."""
    words_alone = turn.items is None and turn.reasoning == "" and turn.data == "" and turn.calls == ()
    if words_alone and type(turn.text) is str and turn.role in ("seeker", "recommender"):
        return True
    return _is_turn(turn.to_json())


def _is_leaf(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and _is_list(value.get("turns", []), _is_turn)
        and (value.get("score") is None or _is_score(value["score"]))
    )


def _is_draft(value: Any) -> bool:
    return (
        isinstance(value, Mapping)
        and _is_text(value.get("text"))
        and (value.get("value") is None or _is_number(value["value"]))
        and (value.get("note") is None or _is_text(value["note"]))
        and _is_list(value.get("leaves", []), _is_leaf)
    )


def _is_trace(value: Any) -> bool:
    """What a search considered, or null for a reply given without one."""
    if value is None:
        return True
    return (
        isinstance(value, Mapping)
        and _is_list(value.get("drafts"), _is_draft)
        and _is_count(value.get("chosen"))
        and (value.get("stopped") is None or _is_text(value["stopped"]))
        and _is_list(value.get("failures", []), _is_text)
    )


def _is_round(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        _is_list(value.get(name), lambda rank: rank is None or (_is_count(rank) and rank > 0))
        for name in ("ranks", "fresh_ranks")
    )


def _targets(record: Mapping[str, Any]) -> tuple[int, int]:
    return len(record["ranks"]), len(record["fresh_ranks"])


_FACTS: dict[str, Callable[[Any], bool]] = {
    "words": lambda value: _is_list(value, _is_count),
    "unfinished": _is_count,
    "ran_on": _is_count,
    "seeker_ran_on": _is_count,
    "beside": lambda value: _is_list(value, _is_count),
    "named": lambda value: _is_list(value, lambda reply: _is_list(reply, _is_text)),
    "new": lambda value: _is_list(value, lambda item: item is None or _is_text(item)),
    "out_of_catalogue": lambda value: _is_list(value, lambda reply: _is_list(reply, _is_text)),
    "targets": lambda value: _is_list(value, _is_text),
    "candidates": lambda value: _is_list(value, lambda reply: _is_list(reply, _is_text)),
    "redraws": lambda value: _is_list(value, _is_count),
    "mended": lambda value: _is_list(value, lambda done: isinstance(done, bool)),
    "items_given": lambda value: _is_list(value, lambda given: isinstance(given, bool)),
    "unknown_items": lambda value: _is_list(value, lambda reply: _is_list(reply, _is_text)),
    "constraints": lambda value: _is_list(value, _is_count),
    "violated": lambda value: _is_list(value, lambda reply: _is_list(reply, _is_text)),
    "fallback": lambda value: _is_list(value, lambda used: isinstance(used, bool)),
    "not_understood": lambda value: _is_list(value, lambda reply: _is_list(reply, _is_text)),
}


def _are_facts(facts: Any) -> bool:
    return isinstance(facts, Mapping) and all(
        holds(facts[name]) for name, holds in _FACTS.items() if name in facts
    )


_EPISODE: dict[str, Callable[[Episode], bool]] = {
    "sample": lambda episode: (
        _is_text(episode.sample.id)
        and all(map(_is_said, episode.sample.turns))
        and all(map(_is_text, episode.sample.targets))
    ),
    "played": lambda episode: all(map(_is_said, episode.played)),
    "score": lambda episode: (
        _is_score({"value": episode.score.value})
        and episode.score.method in ("exact", "votes", "forced", "rules", "trained", "own")
        and _is_count(episode.score.votes)
        and _is_count(episode.score.unreadable)
        and isinstance(episode.score.detail, Mapping)
    ),
    "hit": lambda episode: isinstance(episode.hit, bool),
    "leaks": lambda episode: _is_count(episode.leaks),
    "facts": lambda episode: _are_facts(episode.facts),
    "traces": lambda episode: all(map(_is_trace, episode.traces)),
}
