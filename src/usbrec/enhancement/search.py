"""Self-enhancement search (paper: SES): draft several replies, play each forward, say the best.

Before it answers, the model drafts M replies (the greedy one among them), sums up what the seeker seems
to like, and plays each draft forward against an internal simulated user who knows only that summary.
An internal judge scores where each continuation ends. Flat search branches once; tree search branches
again at every later recommender turn, and a draft's score is the mean over its leaves (paper section 4).

The published search makes its calls one after another without a bound; this one has a single budget,
and when it runs out says the best so far. Nothing here can hold a sample or a target: the search knows
what any recommender knows, the conversation.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from usbrec.config import Search
from usbrec.dialogue import Conversation, Reply, Turn
from usbrec.enhancement.budget import BudgetSpent, Meter, current_meter
from usbrec.enhancement.internal_seats import InternalSeats
from usbrec.enhancement.liking import preferences_of
from usbrec.enhancement.narrowing import ALONE, VIOLATES, best_looking, told_apart_by
from usbrec.enhancement.ranking import at_random, by_worth
from usbrec.enhancement.trace import Draft, PlayedLeaf, trace_json
from usbrec.enhancement.vote_race import voted
from usbrec.errors import ModelError, ModelUnavailable
from usbrec.judge.model import ModelProfileJudge
from usbrec.keys import derive_seed
from usbrec.lockstep import in_lockstep, in_strands
from usbrec.play.language_model import PromptTemplate
from usbrec.play.preferences.record import Preferences
from usbrec.play.protocol import Drawn, Recommender, Sampling, SearchProgress
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.relay import Leaf, Played, play_tree
from usbrec.play.said import said
from usbrec.play.seats import alternating

#: The first draft gets this share of the time there is, so that a model that cuts itself off is heard.
_FIRST_DRAFT = 0.9


@dataclass
class OneSearch:
    """One search for one reply."""

    base: Recommender
    seats: InternalSeats
    settings: Search
    conversation: Conversation
    sampling: Sampling
    opening: str
    drafts: list[Draft] = field(default_factory=list)
    preferences: Preferences = field(default_factory=Preferences)
    stopped: str | None = None
    heard: list[str] = field(default_factory=list)
    played: int = 0
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        knowledge = self.seats.knowledge
        if knowledge is not None:
            hard = knowledge.constraints(self.conversation.turns, self.conversation.constraints)
            if hard:
                self.conversation = replace(self.conversation, constraints=hard)
        self.turns = alternating(self.conversation.turns, opening=self.opening)
        self.round = self.conversation.round or 1
        self.rounds = self.conversation.rounds or self.round + self.settings.rounds - 1
        horizon = self.settings.horizon or self.rounds
        self.played_to = min(self.rounds, self.round + horizon - 1)
        self.wanted = max(self.sampling.drafts or self.settings.drafts, self.sampling.n)
        # What decides a reply holds for every draft and every inner turn; who listens hears the search alone.
        self.seat = RecommenderSeat(
            self.base,
            PromptTemplate("", self.opening),
            replace(self.sampling, drafts=None, deadline=None, on_delta=None, on_progress=None),
        )
        # Where there is a clock, what the first draft has come to by its end has to be heard.
        meter = current_meter.get()
        self.timed = meter is not None and meter.ends is not None
        # One after the other where calls or tokens are counted: a budget then buys whole drafts, and a
        # replay, which asks in this order, finds the same calls.
        counted = self.settings.max_calls is not None or self.settings.max_tokens is not None
        together = self.base.parallel or (in_lockstep() and not self.timed)
        self.at_once = together and not counted
        self.kinds: set[Hashable] = set()
        # A budget buys drafts one after the other, and who asks for several replies asks for an order.
        self.races = (
            self.settings.race is not None and not counted and not self.timed and self.sampling.n == 1
        )

    async def run(self) -> Drawn:
        meter = current_meter.get() or Meter()
        try:
            # The clock interrupts what is in flight; calls and tokens are checked before each call.
            async with asyncio.timeout(meter.remaining()):
                await self._search()
        except BudgetSpent as spent:
            self.stopped = spent.limit
        except TimeoutError:
            self.stopped = meter.ends_because
        if not self.drafts and self.stopped == "deadline":
            # Whoever set a deadline waits no longer: what was heard until then is what there is.
            if not (text := said("".join(self.heard)).text):
                raise ModelUnavailable(f"{self.base.name} did not say a word before the deadline.")
            self.drafts.append(Draft(Reply(text, finish="length")))
        if not self.drafts:
            # Not even one draft in time: what the model can say at once is better than nothing.
            return await self._base_reply()
        return self._reply(meter)

    async def _base_reply(self) -> Drawn:
        token = current_meter.set(None)
        try:
            return await self.base.draw(self.conversation, self.sampling)
        finally:
            current_meter.reset(token)

    async def _search(self) -> None:
        self._tell("drafting", 0)
        if self.at_once and not self.timed:
            await self._begin_at_once()
        else:
            await self._begin()
        if self.settings.choice == "random":
            return
        playing = await self._worth_playing()
        judge = self.seats.judge
        if self._votes_singly and isinstance(judge, ModelProfileJudge):
            await self._race(playing, judge)
        else:
            await self._do(self._play(draft) for draft in playing)

    async def _do(self, work: Iterable[Coroutine[Any, Any, None]]) -> None:
        """Do all of it, at once where that may be."""
        if self.at_once:
            await in_strands(work)
        else:
            for one in work:
                await one

    @property
    def _votes_singly(self) -> bool:
        """Whether drafts are judged by votes that come one a request, and race for them."""
        judge = self.seats.judge
        return (
            self.races
            and self.settings.kind == "flat"
            and isinstance(judge, ModelProfileJudge)
            and judge.base.scoring.way == "votes"
            and judge.base.scoring.singly
        )

    async def _worth_playing(self) -> list[Draft]:
        """The drafts that are played on and judged; the others are told why they are not."""
        drafts = list(self.drafts)
        violates = [self._violates(place) for place in range(len(drafts))] if self._constrained else []
        if self.races and not all(violates):
            for draft, violated in zip(drafts, violates, strict=False):
                draft.note = VIOLATES if violated else None
            drafts = [draft for draft in drafts if draft.note is None]
            violates = [False] * len(drafts)
        if self.races and len(drafts) == 1:
            drafts[0].note = ALONE
            return []
        if self.settings.first_look is None or self.played_to == self.round:
            return drafts
        keep = max(self.settings.first_look, self.sampling.n)
        if len(drafts) <= keep:
            return drafts
        await self._do(self._look(draft) for draft in drafts)
        best = best_looking(drafts, keep, violates or [False] * len(drafts))
        return best if keep > 1 else []

    async def _look(self, draft: Draft) -> None:
        """What the judge says of a draft where it stands."""
        said = Turn("recommender", draft.text, draft.reply.items)
        try:
            score = await self.seats.judge.score(
                self.turns, (said,), self.preferences, seed=derive_seed(self.sampling.seed, "judge")
            )
        except BudgetSpent as spent:
            self.stopped = spent.limit
        except ModelError as error:
            draft.note = f"{type(error).__name__}: {error}"
        else:
            draft.look = score.value

    async def _race(self, playing: Sequence[Draft], judge: ModelProfileJudge) -> None:
        """Play all drafts, then have them race for votes: the same votes as without a race, but fewer."""
        ends: dict[int, Played] = {}

        async def play(place: int) -> None:
            async def leaf(played: Played) -> None:
                ends[place] = played

            await self._play(playing[place], leaf)

        await self._do(play(place) for place in range(len(playing)))
        runners = [(playing[place], ends[place]) for place in sorted(ends)]
        asked = [judge.text(self.turns, end.turns, self.preferences) for _, end in runners]
        self._tell("judging", self.played)
        scores = await voted(
            judge.base,
            asked,
            seed=derive_seed(self.sampling.seed, "judge"),
            chance=self.settings.race or 0.0,
            do_all=self._do,
        )
        for (draft, end), score in zip(runners, scores, strict=True):
            if isinstance(score, ModelError):
                draft.note = f"{type(score).__name__}: {score}"
                continue
            if score.value is None:
                draft.note = score.detail.get("why")
            draft.leaves.append(PlayedLeaf(end.turns[1:], score))

    async def _begin(self) -> None:
        """Drafts and profile, one after the other. The greedy draft comes first: whatever the budget, there
        is something to say."""
        self._add(await self._first())
        if self.settings.choice == "random":
            if self.seats.focusing is not None:
                # The drafts of the search that this one is held against depend on the profile.
                self.preferences = await self._preferences()
            await self._draft()
            return
        self.preferences = await self._preferences()
        try:
            await self._draft()
        except BudgetSpent as spent:
            # What is there may still be judged, where that costs no call.
            self.stopped = spent.limit

    async def _begin_at_once(self) -> None:
        """The same requests without waiting for one another: only drafts that share the candidates depend on
        the profile and on the greedy draft."""
        focused = self.seats.focusing is not None
        drawn: list[Reply] = []
        failures: list[str] = []

        async def greedy() -> None:
            self._add(await self._greedy(self.turns, self.round, self.sampling.seed))

        async def profile() -> None:
            self.preferences = await self._preferences()

        async def others() -> None:
            if more := self.wanted - 1:
                await self._others(
                    self.turns, [], more, self.round, self.sampling.seed, drawn.append, failures.append
                )

        profiled = focused or self.settings.choice != "random"
        await in_strands([greedy(), *([profile()] if profiled else []), *([] if focused else [others()])])
        if focused:
            await self._draft()
        # In the order in which they come one after the other.
        for reply in drawn:
            self._add(reply)
        self.failures += failures

    async def _first(self) -> Reply:
        """The greedy draft; where there is a clock, the model knows of it and is listened to."""
        meter = current_meter.get()
        left = None if meter is None else meter.remaining()
        if left is None:
            return await self._greedy(self.turns, self.round, self.sampling.seed)
        allowed = _FIRST_DRAFT * left
        hurried = replace(self.seat.sampling, deadline=allowed, on_delta=self.heard.append)
        started = time.monotonic()
        try:
            return await replace(self.seat, sampling=hurried).reply(
                self._at(self.turns, self.round), seed=self.sampling.seed
            )
        except BudgetSpent:
            raise
        except ModelError:
            # A server's model that ran into its deadline has failed; to the search, time is up.
            if meter is None or time.monotonic() - started < allowed:
                raise
            raise BudgetSpent(meter.ends_because) from None

    async def _preferences(self) -> Preferences:
        """What the seeker wants, and what an item must be for them."""
        return await preferences_of(
            self.conversation, self.turns, self.seats.extractor, self.sampling.seed, self.failures.append
        )

    async def _draft(self) -> None:
        if more := self.wanted - 1:
            drafted = [draft.text for draft in self.drafts]
            await self._others(self.turns, drafted, more, self.round, self.sampling.seed, self._add)

    def _add(self, reply: Reply) -> None:
        kind = self._kind(reply, self.turns)
        if kind in self.kinds:
            return
        self.kinds.add(kind)
        self.drafts.append(Draft(reply))
        self._tell("drafting", len(self.drafts))

    def _kind(self, reply: Reply, turns: Sequence[Turn]) -> Hashable:
        """What tells a reply apart from others at the same place."""
        return told_apart_by(reply.text, turns, self.seats.knowledge) if self.settings.alike else reply.text

    def _tell(self, stage: Literal["drafting", "playing", "judging"], drafts: int) -> None:
        if self.sampling.on_progress is not None:
            of = self.wanted if stage == "drafting" else len(self.drafts)
            self.sampling.on_progress(SearchProgress(stage, drafts, of))

    def _at(self, turns: Sequence[Turn], round_: int, focus: tuple[str, ...] | None = None) -> Conversation:
        """The conversation as it stands after `turns`, some of them imagined."""
        return replace(
            self.conversation,
            turns=tuple(turns),
            round=round_,
            rounds=self.rounds,
            candidates=(),
            focus=focus,
        )

    async def _greedy(self, turns: Sequence[Turn], round_: int, seed: int) -> Reply:
        return await self.seat.reply(self._at(turns, round_), seed=seed)

    async def _others(
        self,
        turns: Sequence[Turn],
        drafted: Sequence[str],
        n: int,
        round_: int,
        seed: int,
        add: Callable[[Reply], None],
        fail: Callable[[str], None] | None = None,
    ) -> None:
        """Draw up to `n` replies beside those `drafted`, and `add` them in an order that no clock decides,
        also where a budget ran out on the way. One that fails is done without, and told to `fail`."""
        failed: dict[int, str] = {}
        focusing = self.seats.focusing
        foci = [] if focusing is None else focusing.foci(turns, self.preferences, drafted, n)
        asked: list[tuple[int, tuple[str, ...] | None]] = [(1, focus) for focus in foci]
        if n > len(foci):
            asked.append((n - len(foci), None))
        drawn: list[Sequence[Reply]] = [()] * len(asked)

        async def draw(place: int) -> None:
            count, focus = asked[place]
            try:
                drawn[place] = await self.seat.draft(
                    self._at(turns, round_, focus),
                    n=count,
                    temperature=self.settings.temperature,
                    seed=derive_seed(seed, "drafts", *(focus or ())),
                )
            except BudgetSpent:
                raise
            except ModelError as error:
                failed[place] = f"{type(error).__name__}: {error}"

        try:
            if self.at_once:
                await in_strands(draw(place) for place in range(len(asked)))
            else:
                for place in range(len(asked)):
                    await draw(place)
        finally:
            for replies in drawn:
                for reply in replies:
                    add(reply)
            for place in sorted(failed):
                (fail or self.failures.append)(failed[place])

    async def _branch(self, turns: Sequence[Turn], round_: int, seed: int) -> Sequence[Reply]:
        if self.settings.kind == "flat":
            return [await self._greedy(turns, round_, seed)]
        more = (self.sampling.drafts or self.settings.drafts) - 1
        first: list[Reply] = []
        drawn: list[Reply] = []

        async def greedy() -> None:
            first.append(await self._greedy(turns, round_, seed))

        if self.seats.focusing is None and self.at_once and not self.timed:
            await in_strands([greedy(), self._others(turns, [], more, round_, seed, drawn.append)])
        else:
            await greedy()
            await self._others(turns, [first[0].text], more, round_, seed, drawn.append)
        if not self.settings.alike:
            return list({reply.text: reply for reply in (*first, *drawn)}.values())
        told_apart: dict[Hashable, Reply] = {}
        for reply in (*first, *drawn):
            told_apart.setdefault(self._kind(reply, turns), reply)
        return list(told_apart.values())

    async def _play(self, draft: Draft, leaf: Leaf | None = None) -> None:
        """Play one draft to its leaves, which are judged where nobody else takes them; a failure on the
        model's side leaves it with what it has."""

        async def judged(played: Played) -> None:
            self._tell("judging", self.played)
            score = await self.seats.judge.score(
                self.turns, played.turns, self.preferences, seed=derive_seed(self.sampling.seed, "judge")
            )
            draft.leaves.append(PlayedLeaf(played.turns[1:], score))

        self._tell("playing", self.played)
        try:
            # All drafts meet the same seeker with the same seeds, so that they are compared like with like.
            await play_tree(
                self.turns,
                branch=self._branch,
                seeker=self.seats.simulator.seat(self.preferences),
                rounds=self.played_to,
                seed=derive_seed(self.sampling.seed, "play"),
                start=self.round,
                first=draft.reply,
                leaf=leaf or judged,
            )
        except BudgetSpent as spent:
            self.stopped = spent.limit
            draft.note = f"the budget of {spent.limit} ran out"
        except ModelError as error:
            draft.note = f"{type(error).__name__}: {error}"
        self.played += 1
        self._tell("playing", self.played)

    def _ranked(self) -> list[int]:
        """The drafts' indices, best first."""
        if self.settings.choice == "random":
            names_new = self.seats.names_new
            order = at_random(
                self.drafts,
                seed=derive_seed(self.sampling.seed, "choice"),
                names_new=None if names_new is None else lambda text: names_new(self.turns, text),
            )
        else:
            order = by_worth(self.drafts)
        return sorted(order, key=self._violates) if self._constrained else order

    @property
    def _constrained(self) -> bool:
        return bool(self.conversation.constraints)

    def _violates(self, index: int) -> bool:
        """Whether a draft names an item that is none for this seeker."""
        knowledge, hard = self.seats.knowledge, self.conversation.constraints
        if knowledge is None:
            return False
        named = knowledge.named(self.drafts[index].text, knowledge.named_in(self.turns))
        return any(knowledge.violated(item_id, hard) for item_id in named)

    def _reply(self, meter: Meter) -> Drawn:
        ranked = self._ranked()
        said = [self.drafts[ranked[place % len(ranked)]].reply for place in range(self.sampling.n)]
        if self.sampling.on_delta is not None:
            self.sampling.on_delta(said[0].text)
        usage = meter.usage.whatever_order()
        trace = trace_json(
            search=self.settings.kind,
            profile=self.preferences.to_text(),
            drafts=self.drafts,
            chosen=ranked[0],
            stopped=self.stopped,
            failures=self.failures,
            usage=usage,
        )
        return Drawn(tuple(replace(reply, trace=trace) for reply in said), usage, trace)
