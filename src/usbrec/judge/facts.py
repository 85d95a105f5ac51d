"""Reply facts: counts about what a recommender said, kept beside every score.

They show the ways in which a score can be had without recommending well: naming many titles, titles
that no catalogue has, long or unfinished text, one item for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from usbrec.dialogue import Constraint, Turn
from usbrec.items.constraints.filters import in_words
from usbrec.items.knowledge import Knowledge
from usbrec.items.scripts import count_words
from usbrec.play.seekers.wishes import says_nothing_fits
from usbrec.play.targets import Targets


def first_new_items(
    context: Sequence[Turn], played: Sequence[Turn], knowledge: Knowledge
) -> tuple[tuple[str, ...], ...]:
    """For each recommender reply in `played`, the ids it names that the dialogue had not named before,
    in order. Rules look at the first of each reply only."""
    named = set(knowledge.named_in(context))
    found: list[tuple[str, ...]] = []
    for turn in played:
        ids = knowledge.named_by(turn, named)
        if turn.role == "recommender":
            found.append(tuple(dict.fromkeys(item_id for item_id in ids if item_id not in named)))
        named.update(ids)
    return tuple(found)


def constraints_of_replies(
    context: Sequence[Turn], played: Sequence[Turn], targets: Targets
) -> list[tuple[Constraint, ...]]:
    """What each recommender reply in `played` had to meet where it recommends something."""
    turns = (*context, *played)
    return [
        targets.constraints(turns[:place])
        for place, turn in enumerate(turns)
        if place >= len(context) and turn.role == "recommender"
    ]


def nothing_fits_said(context: Sequence[Turn], played: Sequence[Turn], knowledge: Knowledge) -> bool:
    """Whether some reply in `played` says that nothing fits and recommends nothing."""
    replies = [turn for turn in played if turn.role == "recommender"]
    new = first_new_items(context, played, knowledge)
    return any(not items and says_nothing_fits(turn.text) for turn, items in zip(replies, new, strict=True))


def reply_facts(
    context: Sequence[Turn],
    played: Sequence[Turn],
    *,
    unfinished: int,
    ran_on: int = 0,
    seeker_ran_on: int = 0,
    targets: Targets,
    groundings: Sequence[Mapping[str, Any] | None] = (),
) -> Mapping[str, Any]:
    """Facts about the recommender's replies, as JSON; without a catalogue only words and unfinished, and how
    many replies (`ran_on`) and answers of the seeker (`seeker_ran_on`) went on with the next speaker's turn.

    ``named`` are the ids each reply names, ``new`` the first new one or None, ``beside`` how many
    words stand beside the titles, ``out_of_catalogue`` what is written like a title and is none, ``targets``
    the ids of the targets. Where replies were grounded,
    ``candidates`` are the ids each one was shown, ``redraws`` how often it was drawn again, ``fallback``
    whether a fixed sentence stands in for it, ``mended`` whether it was mended; a reply that
    was given (a label) was shown none; ``not_understood`` are the words asked for that no item has, where
    there are any. Where something is asked of items (price, stock, brand),
    ``constraints`` counts what each reply had to meet, and ``violated`` says what its first new item does
    not. Where a system says itself what it recommends, ``items_given`` says
    of which replies, and ``unknown_items`` are the ids it gave that the catalogue lacks.
    """
    turns = [turn for turn in played if turn.role == "recommender"]
    replies = [turn.text for turn in turns]
    facts: dict[str, Any] = {
        "replies": len(replies),
        "words": list(map(count_words, replies)),
        "unfinished": unfinished,
        # Left out where there are none, so that recorded rows keep their bytes.
        **({"ran_on": ran_on} if ran_on else {}),
        **({"seeker_ran_on": seeker_ran_on} if seeker_ran_on else {}),
    }
    knowledge = targets.knowledge
    if knowledge is None:
        return facts
    new = first_new_items(context, played, knowledge)
    return facts | {
        "named": [list(dict.fromkeys(knowledge.named_by(turn))) for turn in turns],
        "new": [items[0] if items else None for items in new],
        "beside": [knowledge.words_beside(turn) for turn in turns],
        "out_of_catalogue": [list(turn.read_by(knowledge.linker).out_of_catalogue) for turn in turns],
        "targets": [item.id for item in targets.items],
        **_constraint_facts(context, played, new, targets),
        **_grounding_facts(groundings),
        **_given_facts(turns, groundings),
    }


def _constraint_facts(
    context: Sequence[Turn], played: Sequence[Turn], new: Sequence[Sequence[str]], targets: Targets
) -> Mapping[str, Any]:
    """Of each reply, which constraints the item it recommends does not meet; nothing without constraints."""
    knowledge = targets.knowledge
    if knowledge is None or not (targets.wishes or knowledge.given or knowledge.reader):
        return {}
    asked = constraints_of_replies(context, played, targets)
    if not any(asked):
        return {}
    violated = [
        [in_words(one) for one in knowledge.violated(items[0], constraints)] if items else []
        for items, constraints in zip(new, asked, strict=True)
    ]
    return {"constraints": list(map(len, asked)), "violated": violated}


def _grounding_facts(groundings: Sequence[Mapping[str, Any] | None]) -> Mapping[str, Any]:
    if not any(grounding is not None and "candidates" in grounding for grounding in groundings):
        return {}
    given: Mapping[str, Any] = {"candidates": [], "redraws": 0, "mended": False, "fallback": False}
    facts: dict[str, Any] = {name: [(grounding or given)[name] for grounding in groundings] for name in given}
    words = [list((grounding or {}).get("not_understood", ())) for grounding in groundings]
    # Left out where all was understood, so that such rows are what they were.
    return facts | ({"not_understood": words} if any(words) else {})


def _given_facts(turns: Sequence[Turn], groundings: Sequence[Mapping[str, Any] | None]) -> Mapping[str, Any]:
    """What the recommender's own system gave; nothing where it gave nothing in any reply."""
    given = [turn.items is not None for turn in turns]
    if not any(given):
        return {}
    unknown = [list((grounding or {}).get("unknown", ())) for grounding in groundings]
    return {"items_given": given, "unknown_items": unknown}
