"""Audit of played rows: leaks of the target, confused roles, copies, odd seekers, rows that were trained on.

A check looks at each row and flags it or not; where it cannot say, the row counts in neither group. What a
run scores with and without the flagged rows says how much of its figures hangs on them. The texts are read
anew, by words alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from usbrec.dialogue import Episode, Turn
from usbrec.evaluation import metrics
from usbrec.evaluation.audit.overlap import WAYS, Seen, copied
from usbrec.evaluation.metrics import Row
from usbrec.evaluation.statistics import SCORE, SHARE
from usbrec.patterns import LazyPattern
from usbrec.play.targets import Targets

#: Ids of flagged rows that are told; the rest are counted.
SHOWN = 20
#: Share of a turn that stands in an earlier one from which on it is a copy.
COPY = 0.6
#: Rows that something is said of seekers from on, and shares that make one always or never accept.
LEAST, ALWAYS, NEVER = 10, 0.5, 0.1

_SPEAKER = r"(?:^|\n)\s*[*_#>]*(?:{})[*_]*\s*:"
_SEEKER = LazyPattern(_SPEAKER.format("seeker|user|customer|human|client"), re.I)
_RECOMMENDER = LazyPattern(_SPEAKER.format("recommender|assistant|system|bot|agent|ai"), re.I)
#: What only the other side says.
_ASKS_AS_SEEKER = LazyPattern(
    r"\b(?:can|could|would) you (?:please )?(?:recommend|suggest)\b|\bi(?:'m| am) looking for (?:a|an|some)\b"
    r"|\bdo you have any (?:recommendations|suggestions)\b",
    re.I,
)
_RECOMMENDS = LazyPattern(
    r"\bi(?:'d| would)? (?:highly )?(?:recommend|suggest)\b"
    r"|\byou (?:should|might|may) (?:like|enjoy|try|watch)\b"
    r"|\bhow about\b|\bhave you (?:seen|read|heard|tried)\b",
    re.I,
)


@dataclass(frozen=True)
class Check:
    """What is looked for: `flags` says of a played row whether it is so, None where nobody can say."""

    name: str
    told: str
    flags: Callable[[_Read], bool | None]


class _Read:
    """A played row: its episode, and where its targets are named."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.episode = Episode.from_json(row["episode"])
        sample = self.episode.sample
        self.targets = Targets.of(sample, None) if sample.targets else None
        turns = self.episode.turns
        self.named = [self.targets is not None and self.targets.named_by(turn.text) for turn in turns]
        # What tells a target away needs not name it as the linker asks for.
        self.spelt = [
            named or (self.targets is not None and bool(self.targets.matcher.betrayed(turn.text)))
            for named, turn in zip(self.named, turns, strict=True)
        ]
        self.begins = len(sample.turns)

    @property
    def turns(self) -> Sequence[Turn]:
        return self.episode.turns

    def first(self, role: str, start: int) -> int | None:
        """The first turn of a role from `start` on that names a target."""
        places = range(start, len(self.turns))
        return next((at for at in places if self.named[at] and self.turns[at].role == role), None)

    def first_spelt(self, role: str, start: int) -> int | None:
        """The same of one that names a target or spells it out."""
        places = range(start, len(self.turns))
        return next((at for at in places if self.spelt[at] and self.turns[at].role == role), None)


def _in_context(read: _Read) -> bool | None:
    return None if read.targets is None else any(read.named[: read.begins])


def _seeker_tells(read: _Read) -> bool | None:
    if read.targets is None:
        return None
    seeker, recommender = read.first_spelt("seeker", read.begins), read.first_spelt("recommender", 0)
    told = seeker is not None and (recommender is None or seeker < recommender)
    return told or read.episode.leaks > 0


def _repeated(read: _Read) -> bool | None:
    if read.targets is None:
        return None
    said = read.first("recommender", read.begins)
    return said is not None and any(read.named[:said])


def _confused(read: _Read) -> bool | None:
    return any(_wrong_role(turn) for turn in read.episode.played)


def _wrong_role(turn: Turn) -> bool:
    if turn.role == "recommender":
        recommends = _RECOMMENDS.search(turn.text)
        return bool(_SEEKER.search(turn.text) or (_ASKS_AS_SEEKER.search(turn.text) and not recommends))
    return bool(_RECOMMENDER.search(turn.text) or _RECOMMENDS.search(turn.text))


def _copies(read: _Read) -> bool | None:
    turns = read.turns
    return any(
        copied(turn.text, (earlier.text for earlier in turns[:at])) >= COPY
        for at, turn in enumerate(turns)
        if at >= read.begins
    )


CHECKS = (
    Check("target_in_context", "the context names a target", _in_context),
    Check(
        "seeker_names_target",
        "the seeker names a target first, or did before it was drawn again",
        _seeker_tells,
    ),
    Check("target_repeated", "the target that the recommender names was named before", _repeated),
    Check("role_confusion", "a speaker speaks as the other one", _confused),
    Check("copying", "a turn copies an earlier one", _copies),
)
#: Flags that make a row easier than its score says: what is left without them is told as `clean`.
LEAKS = ("target_in_context", "seeker_names_target", "target_repeated", "trained_on")


def audit_rows(
    rows: Sequence[Row], *, rounds: int | None, seen: Seen | None = None, seed: int = 0, resamples: int = 2000
) -> dict[str, Any]:
    """What the checks find in the rows of one run; `rounds` is how many an episode has at most, `seen` what
    was trained on."""
    played = [row for row in rows if row["episode"] is not None]
    read = [_Read(row) for row in played]
    checks = list(CHECKS)
    if seen is not None:
        trained = seen
        checks.append(
            Check(
                "trained_on",
                "the row's dialogue or its words were trained on",
                lambda one: None if (ways := _ways(one, trained)) is None else bool(ways),
            )
        )

    def outcome(group: Sequence[Row]) -> dict[str, Any]:
        found: dict[str, Any] = {"n": len(group)}
        for name, measure, ends in (("ieval", metrics.score, SCORE), ("hit", metrics.hit, SHARE)):
            # One place for all groups: the same rows have the same interval.
            at = f"audit/{name}"
            interval = metrics.interval(group, measure, seed=seed, place=at, resamples=resamples, within=ends)
            found[name] = interval.to_json()
        return found

    flags = {check.name: [check.flags(one) for one in read] for check in checks}
    found = []
    for check in checks:
        flagged = [row for row, flag in zip(played, flags[check.name], strict=True) if flag]
        others = [row for row, flag in zip(played, flags[check.name], strict=True) if flag is False]
        ids = [row["sample_id"] for row in flagged]
        found.append(
            {
                "check": check.name,
                "told": check.told,
                "rows": len(flagged),
                "of": len(flagged) + len(others),
                "with": outcome(flagged),
                "without": outcome(others),
                "samples": ids[:SHOWN],
                **(_found_by(read, seen) if seen is not None and check.name == "trained_on" else {}),
            }
        )
    leaky = [any(flags[name][at] for name in LEAKS if name in flags) for at in range(len(played))]
    clean = [row for row, leak in zip(played, leaky, strict=True) if not leak]
    return {
        "rows": len(rows),
        "failed": len(rows) - len(played),
        "all": outcome(played),
        "clean": outcome(clean),
        "checks": found,
        "seekers": _acceptance(read, rounds),
    }


def _ways(read: _Read, seen: Seen) -> tuple[str, ...] | None:
    sample = read.episode.sample
    return seen.ways(sample.dialogue_id, [turn.text for turn in sample.turns], sample.label or "")


def _found_by(read: Sequence[_Read], seen: Seen) -> dict[str, Any]:
    """In how many rows each way finds an overlap, and in how many none but the id: these may be other
    dialogues, whose ids are alike by chance. `id_alone_samples` are the first of them."""
    ways = [(one.row["sample_id"], _ways(one, seen) or ()) for one in read]
    alone = [sample_id for sample_id, found in ways if found == ("id",)]
    return {
        "ways": {way: sum(way in found for _, found in ways) for way in WAYS},
        "id_alone": len(alone),
        "id_alone_samples": alone[:SHOWN],
    }


def _acceptance(read: Sequence[_Read], rounds: int | None) -> dict[str, Any]:
    """How often an episode ended early, where a target had been named and where none had: only a seeker who
    accepts, or leaves, ends one. A seeker that always does so accepts whatever comes; one that never does
    accepts nothing."""
    ended: dict[bool, list[bool]] = {True: [], False: []}
    for one in read:
        replies = [at for at in range(one.begins, len(one.turns)) if one.turns[at].role == "recommender"]
        if rounds is None or one.targets is None or not replies:
            continue
        hit = any(one.named[at] for at in replies)
        # Named in the last round alone it cannot be told from an episode that was over.
        if hit and not any(one.named[at] for at in replies[: rounds - 1]):
            continue
        ended[hit].append(len(replies) < rounds)
    shares: Mapping[str, Mapping[str, Any]] = {
        name: {"n": len(ended[hit]), "ended_early": metrics.mean(map(float, ended[hit]))}
        for name, hit in (("target_named", True), ("no_target_named", False))
    }
    named, unnamed = shares["target_named"], shares["no_target_named"]
    verdict = None
    if unnamed["n"] >= LEAST and unnamed["ended_early"] >= ALWAYS:
        verdict = "always"
    elif named["n"] >= LEAST and named["ended_early"] <= NEVER:
        verdict = "never"
    return {**shares, "accepts": verdict}
