"""Vote race: of drafts whose votes are drawn one by one, those that can win no more get no more of them.

A server that takes no `n` gives one vote a request, ten for each draft of a search, and the votes of a draft
that has lost already decide nothing. So all drafts get a few votes, then the one ahead gets its rest, then
those that may still pass it get theirs a pair at a time. With a chance of 0 a draft is out when no votes that
are still to come could make it win: the draft chosen is that of all votes. With a chance above 0 it is out,
too, when the chance that its whole votes pass the leader's is that small, shared among the drafts; the chance
is that of a Dirichlet-multinomial draw after the votes so far, with half a vote for each digit before them.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from usbrec.dialogue import Score
from usbrec.enhancement.budget import BudgetSpent
from usbrec.errors import ModelError
from usbrec.judge.model import DIGITS, LEAST_READABLE, ModelJudge
from usbrec.llm.protocol import Choice, ScoringMethod

#: So many votes each draft gets before any is out.
FIRST = 3
#: So many at a time those behind the leader get then: fewer would save a vote here and there, for more waits.
PORTION = 2
#: Votes for each digit that are taken for drawn before the first, where chances are told (Jeffreys).
_BEFORE = 0.5

#: Draws a vote: (draft, place among its votes) -> the choice of this one vote, or None where that failed.
DrawVote = Callable[[int, int], Awaitable[Choice | None]]
#: Does all of some work, at once where that may be.
DoAll = Callable[[Iterable[Coroutine[Any, Any, None]]], Awaitable[None]]


@dataclass
class Tally:
    """The votes of one draft: how often each digit was read, how many could not be, and how many there are
    to be in all. `out` says that no more are drawn."""

    votes: int
    read: Counter[str] = field(default_factory=Counter)
    unreadable: int = 0
    method: ScoringMethod = "votes"
    out: bool = False

    def add(self, choice: Choice) -> None:
        """Take one vote in."""
        self.method = choice.method
        shares = choice.probabilities
        if shares is None:
            self.unreadable += 1
        else:
            self.read[max(shares, key=lambda digit: shares[digit])] += 1

    @property
    def drawn(self) -> int:
        return self.readable + self.unreadable

    @property
    def readable(self) -> int:
        return self.read.total()

    @property
    def left(self) -> int:
        return self.votes - self.drawn

    @property
    def mean(self) -> Fraction | None:
        """The mean of the votes read; None where fewer could be read than a score needs."""
        if not self.readable or self.readable < LEAST_READABLE * self.drawn:
            return None
        return Fraction(_sum(self.read[digit] for digit in DIGITS), self.readable)

    @property
    def sure(self) -> bool:
        """Whether it has a score however the rest of the votes come out."""
        return self.readable >= LEAST_READABLE * self.votes

    def ends(self) -> Mapping[Fraction, float]:
        """The means that all votes together can come to, and how likely each is; what is to come is taken for
        readable, which loses no mean that could be the highest or lowest."""
        return _ends(tuple(self.read[digit] for digit in DIGITS), self.left)

    def choice(self) -> Choice:
        """The votes drawn, as if they had been asked for at once."""
        shares = {digit: self.read[digit] / self.readable for digit in DIGITS} if self.readable else None
        return Choice(shares, self.method, votes=self.drawn, unreadable=self.unreadable)


@dataclass
class VoteRace:
    """One race of drafts, in their order: among equals the earlier wins. `chance` is how likely the draft
    chosen may be another than that of all votes, 0 for never. A draft whose vote failed is out."""

    tallies: Sequence[Tally]
    chance: float

    async def run(self, draw: DrawVote, do_all: DoAll) -> None:
        """Draw votes until the race is decided."""
        votes: dict[tuple[int, int], Choice | None] = {}

        async def one(draft: int, place: int) -> None:
            votes[draft, place] = await draw(draft, place)

        wanted = dict.fromkeys(range(len(self.tallies)), FIRST)
        while wanted:
            places = [
                (draft, self.tallies[draft].drawn + more)
                for draft, count in wanted.items()
                for more in range(min(count, self.tallies[draft].left))
            ]
            await do_all(one(draft, place) for draft, place in places)
            # In their order, whichever came first.
            for draft, place in places:
                if (vote := votes[draft, place]) is None:
                    self.tallies[draft].out = True
                else:
                    self.tallies[draft].add(vote)
            wanted = self._next()

    def _next(self) -> dict[int, int]:
        """How many votes each draft gets next; none once the race is decided."""
        leader = self._leader()
        if leader is None:
            return {draft: tally.left for draft, tally in self._racing() if tally.left}
        for draft, tally in self._racing():
            if draft != leader and tally.left and self._beaten(draft, leader):
                tally.out = True
        racing = dict(self._racing())
        if len(racing) == 1 and (racing[leader].sure or self.chance > 0.0):
            return {}
        if racing[leader].left:
            return {leader: racing[leader].left}
        return {draft: PORTION for draft, tally in racing.items() if tally.left}

    def _racing(self) -> list[tuple[int, Tally]]:
        return [(draft, tally) for draft, tally in enumerate(self.tallies) if not tally.out]

    def _leader(self) -> int | None:
        """Who is ahead by the votes so far; among equals one who has all votes, then the earlier."""
        ahead = [
            (-mean, tally.left > 0, draft)
            for draft, tally in self._racing()
            if (mean := tally.mean) is not None
        ]
        return min(ahead)[2] if ahead else None

    def _beaten(self, draft: int, leader: int) -> bool:
        """Whether all votes of `draft` can, or but for the chance allowed will, not pass the leader's."""
        ahead = self.tallies[leader]
        if self.chance == 0.0 and not ahead.sure:
            return False
        theirs, ours = self.tallies[draft].ends(), ahead.ends()
        if self.chance == 0.0:
            most, least = max(theirs), min(ours)
            return most < least or (most == least and leader < draft)
        passed = sum(
            ours[over] * theirs[mean]
            for over in ours
            for mean in theirs
            if mean > over or (mean == over and draft < leader)
        )
        return passed <= self.chance / (len(self.tallies) - 1)


async def voted(
    judge: ModelJudge, asked: Sequence[str], *, seed: int, chance: float, do_all: DoAll
) -> list[Score | ModelError]:
    """The scores of drafts that race for the votes of a judge, who is `asked` one text of each; of a draft
    that is out a score without a value, of one whose vote failed the error."""
    failed: dict[int, ModelError] = {}

    async def draw(draft: int, place: int) -> Choice | None:
        try:
            return await judge.vote(asked[draft], place, seed=seed)
        except BudgetSpent:
            raise
        except ModelError as error:
            failed.setdefault(draft, error)
            return None

    tallies = [Tally(judge.votes) for _ in asked]
    await VoteRace(tallies, chance).run(draw, do_all)
    scores: list[Score | ModelError] = []
    for draft, tally in enumerate(tallies):
        score = judge.score_of_votes(tally.choice())
        if tally.out:
            why = f"could not win any more after {tally.drawn} of {tally.votes} votes"
            score = replace(score, value=None, detail={"why": why})
        scores.append(failed.get(draft, score))
    return scores


@functools.lru_cache(4096)
def _ends(read: tuple[int, ...], left: int) -> Mapping[Fraction, float]:
    """The means of votes `read`, by digit, with `left` more, and their Dirichlet-multinomial chances."""
    found: dict[Fraction, float] = {}
    for more in _splits(left, len(DIGITS)):
        mean = Fraction(_sum(read) + _sum(more), max(1, sum(read) + left))
        found[mean] = found.get(mean, 0.0) + _chance(more, [times + _BEFORE for times in read])
    return found


def _sum(counts: Iterable[int]) -> int:
    return sum(int(digit) * times for digit, times in zip(DIGITS, counts, strict=True))


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """All ways to share `total` votes among `parts` digits."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)


def _chance(counts: Sequence[int], weights: Sequence[float]) -> float:
    """The Dirichlet-multinomial probability of these counts."""
    total, weight = sum(counts), sum(weights)
    log = math.lgamma(total + 1) + math.lgamma(weight) - math.lgamma(weight + total)
    for count, each in zip(counts, weights, strict=True):
        log += math.lgamma(each + count) - math.lgamma(each) - math.lgamma(count + 1)
    return math.exp(log)
