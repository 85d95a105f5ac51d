"""Fits a seeker's manner to what people do at the points of their recorded dialogues.

Shares are first those of people's answers. Then the seeker with this manner answers the same points, and each
share is moved by what is still missing: what it says is not what it was told to say, because it repeats
nothing, tells what it is asked for and speaks in sentences of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from usbrec.evaluation.fidelity.points import Point
from usbrec.items.knowledge import Knowledge
from usbrec.play.seekers.manner import Manner

#: What `read_answer` says of an answer.
Read = Mapping[str, Any]

#: So often the shares are moved; after that they go to and fro.
_ROUNDS = 5
#: Words of a sentence that tells nothing, on average.
_CHAT = 7.0
#: Fewer dialogues say nothing of the next step of patience.
_AT_RISK = 20


@dataclass(frozen=True)
class Answered:
    """A point with what the person's answer says, and how near to a target the best of what was recommended
    is (0 where nothing was)."""

    point: Point
    person: Read
    near: float


def nearness(point: Point, knowledge: Knowledge) -> float:
    """The best similarity of what is recommended at a point to one of its targets, in [0, 1]."""
    targets = [knowledge.traits[item.id] for item in knowledge.catalogue.resolve(point.targets)]
    there = [knowledge.traits[one] for one in point.recommended if one in knowledge.traits]
    return max((knowledge.similarity.best(one, targets) for one in there), default=0.0)


def fit_manner(
    points: Sequence[Answered], play: Callable[[Manner], Sequence[Read]], patience: Sequence[float] = ()
) -> Manner:
    """The manner of the people who answered at `points`; `play` lets a seeker with a manner answer there, in
    this order. Points at which people's reaction is known are needed (ValueError)."""
    manner = replace(_counted(points), patience=tuple(patience))
    for _ in range(_ROUNDS):
        moved = {
            name: round(min(1.0, max(0.0, getattr(manner, name) + by)), 3)
            for name, by in _missing(points, play(manner), manner.likes_from).items()
        }
        manner = replace(manner, **moved)
    return manner


def _missing(points: Sequence[Answered], played: Sequence[Read], likes_from: float) -> dict[str, float]:
    """By how much each share is too low, where a seeker who likes what is near gave the answers `played`."""
    offered = [bool(one.point.recommended) for one in points]
    liked = [one.near >= likes_from for one in points]
    groups = {
        "recommended": _where(offered),
        "else": _where(not one for one in offered),
        "liked": _where(here and likes for here, likes in zip(offered, liked, strict=True)),
        "declined": _where(here and not likes for here, likes in zip(offered, liked, strict=True)),
    }

    def lacks(of: str, group: str) -> float:
        """How much more of it people's answers have in a group."""
        by = [_measure(points[at].person, of) - _measure(played[at], of) for at in groups[group]]
        return float(np.mean(by)) if by else 0.0

    def as_part(missing: float, part: str) -> float:
        """What is missing of recommendations, as a share of those that can make up for it."""
        return missing * len(groups["recommended"]) / len(groups[part]) if groups[part] else 0.0

    return {
        "says_liked": as_part(lacks("accepted", "recommended"), "liked"),
        "says_declined": as_part(lacks("declined", "recommended"), "declined"),
        **{f"tells_{group}": lacks("tells", group) for group in ("liked", "declined", "else")},
        **{f"asks_{group}": lacks("asks", group) for group in ("recommended", "else")},
        **{f"chats_{group}": lacks("words", group) / _CHAT for group in ("recommended", "else")},
    }


def _measure(read: Read, of: str) -> float:
    if of in ("accepted", "declined"):
        return float(read["says"] == of)
    return float(read[of] or 0) if of == "words" else float(bool(read[of]))


def _where(flags: Iterable[bool]) -> list[int]:
    return [place for place, flag in enumerate(flags) if flag]


def _counted(points: Sequence[Answered]) -> Manner:
    """The shares as they stand in people's answers."""
    recommended = [one for one in points if one.point.recommended]
    told = [one for one in recommended if one.person["reaction"] in ("accepted", "declined")]
    if not told:
        raise ValueError("no reaction is known")
    likes = float(np.mean([one.person["reaction"] == "accepted" for one in told]))
    at_else = [one.person for one in points if not one.point.recommended]
    people = [one.person for one in recommended]
    yes, no = (_mean(float(one["says"] == way) for one in people) for way in ("accepted", "declined"))
    tells, asks = (
        _mean(float(bool(one["tells"])) for one in people),
        _mean(float(one["asks"]) for one in people),
    )
    return Manner(
        likes_from=round(min(1.0, float(np.quantile([one.near for one in told], 1 - likes))), 3),
        says_liked=min(1.0, yes / likes) if likes else 0.0,
        says_declined=min(1.0, no / (1 - likes)) if likes < 1 else 0.0,
        tells_liked=tells,
        tells_declined=tells,
        tells_else=_mean(float(bool(one["tells"])) for one in at_else),
        asks_recommended=asks,
        asks_else=_mean(float(one["asks"]) for one in at_else),
        chats_recommended=0.0,
        chats_else=0.0,
    )


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return float(np.mean(found)) if found else 0.0


def patience_of(points: Iterable[Point]) -> tuple[float, ...]:
    """The share of people who are still there after the first, second ... recommendation that they declined
    (Kaplan and Meier's estimate), from all points of their dialogues in order. Whose last answer declines one
    has left; of all others it is known only that they bore so many."""
    reactions: dict[str, list[str | None]] = {}
    for point in points:
        reactions.setdefault(point.dialogue_id, []).append(point.reaction if point.recommended else None)
    bore = [(one.count("declined"), one[-1] == "declined") for one in reactions.values()]
    left, found = 1.0, list[float]()
    for step in range(1, max((many for many, _ in bore), default=0) + 1):
        at_risk = sum(many >= step for many, _ in bore)
        if at_risk < _AT_RISK:
            break
        left *= 1 - sum(many == step and ended for many, ended in bore) / at_risk
        found.append(round(left, 3))
    return tuple(found)
