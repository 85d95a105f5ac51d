"""Settings that save requests of a search, and what they leave as it was: the choice of an exact race."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import KNOWLEDGE, seeker
from support.seats import after, draw, language_model
from usbrec.config import Config, Search
from usbrec.dialogue import Constraint, Score, Turn, Usage
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.enhancement.vote_race import FIRST, Tally, VoteRace
from usbrec.errors import ModelUnavailable
from usbrec.judge.model import DIGITS, ModelJudge, ModelProfileJudge, Scoring, score_of
from usbrec.keys import digest
from usbrec.llm import ChatRequest, Choice, ChoiceRequest, ScriptedModel
from usbrec.llm.protocol import Around, one_by_one_seed
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.record import Preferences
from usbrec.play.seekers.rules import RulesInternalSimulator

WISH = after(seeker("I loved Goodfellas (1990), more crime please."))
DRAFTS = ["Finding Nemo (2003)!", "Casino (1995)!", "Alien (1979)!", "Heat (1995)!"]


class Singly(Around):
    """A judge that gives one vote a request, as a server without n does; `lost` of ten cannot be read."""

    def __init__(self, salt: int, *, lost: int = 0, fails: str = "") -> None:
        super().__init__(ScriptedModel(lambda request: _drafts(request)))
        self.salt, self.lost, self.fails = salt, lost, fails
        self.votes = 0

    async def choose(self, request: ChoiceRequest) -> Choice:
        asked = request.messages[-1].content
        if self.fails and self.fails in asked:
            raise ModelUnavailable("no vote")
        read = []
        for place in range(request.votes):
            self.votes += 1
            drawn = int(digest([self.salt, asked, one_by_one_seed(request.seed, place)])[:8], 16)
            read += [] if drawn % 10 < self.lost else [DIGITS[drawn // 10 % 3]]
        shares = {digit: read.count(digit) / len(read) for digit in DIGITS} if read else None
        lost = request.votes - len(read)
        return Choice(shares, "votes", request.votes, lost, usage=Usage(calls=request.votes))


def _drafts(request: ChatRequest) -> Sequence[str]:
    return DRAFTS[0] if request.temperature == 0.0 else DRAFTS[1:]


def _by_votes(model: Singly, *, singly: bool = True, **search: Any) -> SelfEnhanced:
    from usbrec.prompts import Prompts

    metered = MeteredModel(model)
    scoring = Scoring("votes", singly=singly)
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE),
        RulesInternalSimulator(KNOWLEDGE, "Why?"),
        ModelProfileJudge(ModelJudge(metered, Prompts(), scoring=scoring)),
    )
    return SelfEnhanced(language_model(metered), seats, Search(**{"rounds": 1, **search}), opening="Hello!")


@pytest.mark.parametrize("lost", [0, 2, 6])
async def test_a_race_that_goes_by_what_can_still_win_chooses_what_all_votes_choose(lost: int) -> None:
    all_votes = raced = 0
    for salt in range(60):
        whole, fewer = Singly(salt, lost=lost), Singly(salt, lost=lost)
        reply = await draw(_by_votes(whole), WISH)
        again = await draw(_by_votes(fewer, race=0.0), WISH)
        assert again.text == reply.text
        assert reply.trace is not None
        assert again.trace is not None
        for drafted, first in zip(again.trace["drafts"], reply.trace["drafts"], strict=True):
            assert drafted["value"] in (None, first["value"]) or drafted["text"] == again.text
        all_votes, raced = all_votes + whole.votes, raced + fewer.votes
    assert all_votes == 60 * 40
    assert raced < 0.9 * all_votes or lost == 6


async def test_what_is_out_of_the_race_says_after_how_many_votes_and_has_no_score() -> None:
    for salt in range(20):
        trace = (await draw(_by_votes(Singly(salt), race=0.0), WISH)).trace
        assert trace is not None
        for draft in trace["drafts"]:
            (leaf,) = draft["leaves"]
            if leaf["score"]["votes"] < 10 and draft["value"] is None:
                said = f"could not win any more after {leaf['score']['votes']} of 10 votes"
                assert draft["note"] == leaf["score"]["detail"]["why"] == said
                return
    pytest.fail("nobody was out of any race")


@pytest.mark.parametrize(
    "kept", [{"singly": False, "race": 0.0}, {"race": 0.0, "kind": "tree"}, {"race": 0.0, "max_calls": 99}]
)
async def test_votes_are_asked_for_together_where_they_come_together_or_a_budget_counts(
    kept: dict[str, Any],
) -> None:
    model = Singly(3)
    trace = (await draw(_by_votes(model, **kept), WISH)).trace
    assert trace is not None
    assert [leaf["score"]["votes"] for draft in trace["drafts"] for leaf in draft["leaves"]] == [10] * 4


async def test_a_draft_whose_vote_fails_loses_the_race_and_says_why() -> None:
    reply = await draw(_by_votes(Singly(3, fails="Casino"), race=0.0), WISH)
    assert reply.text != "Casino (1995)!"
    assert reply.trace is not None
    assert reply.trace["drafts"][1]["note"] == "ModelUnavailable: no vote"
    assert reply.trace["drafts"][1]["leaves"] == []


async def _each(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    for one in work:
        await one


def _raced(votes: Sequence[Sequence[str]], chance: float) -> tuple[int, int, int]:
    """Which draft all of these votes choose, which one a race for them, and how many that drew."""

    async def draw_vote(draft: int, place: int) -> Choice:
        vote = votes[draft][place]
        return Choice({digit: float(digit == vote) for digit in DIGITS} if vote else None, "votes", 1)

    def best(scores: Sequence[Score | None]) -> int:
        ranks = [(s is None or s.value is None, 0.0 if s is None else -(s.value or 0.0)) for s in scores]
        return min(range(len(ranks)), key=lambda draft: ranks[draft])

    whole = [Tally(len(one)) for one in votes]
    for tally, drawn in zip(whole, votes, strict=True):
        for vote in drawn:
            tally.add(Choice({digit: float(digit == vote) for digit in DIGITS} if vote else None, "votes", 1))
    race = VoteRace([Tally(len(one)) for one in votes], chance)
    asyncio.run(race.run(draw_vote, _each))
    chosen = best([None if tally.out else score_of(tally.choice()) for tally in race.tallies])
    return best([score_of(tally.choice()) for tally in whole]), chosen, sum(t.drawn for t in race.tallies)


@given(
    st.integers(1, 12).flatmap(
        lambda n: st.lists(st.lists(st.sampled_from(["", *DIGITS]), min_size=n, max_size=n), min_size=1)
    )
)
def test_whatever_the_votes_are_an_exact_race_chooses_what_all_of_them_choose(votes: list[list[str]]) -> None:
    whole, raced, drawn = _raced(votes, 0.0)
    assert raced == whole
    assert drawn <= sum(map(len, votes))


def test_a_race_with_a_chance_errs_no_more_often_than_it_says_and_draws_fewer_votes() -> None:
    generator, changed, drawn, exact = random.Random(0), 0, 0, 0
    for _ in range(400):
        votes = []
        for _ in range(4):
            shares = [generator.gammavariate(0.5, 1.0) + 1e-9 for _ in DIGITS]
            votes.append(generator.choices(DIGITS, shares, k=10))
        whole, raced, some = _raced(votes, 0.1)
        changed, drawn, exact = changed + (whole != raced), drawn + some, exact + _raced(votes, 0.0)[2]
    assert changed / 400 <= 0.1
    assert drawn < 0.9 * exact < 0.9 * 16_000


def test_nobody_is_out_before_each_has_had_its_first_votes() -> None:
    assert _raced([["2"] * 10, ["0"] * 10], 0.5)[2] >= 2 * FIRST


class Judge:
    """Scores what was played by a table of words, and keeps what it was asked."""

    def __init__(self, worth: dict[str, float]) -> None:
        self.worth = worth
        self.asked: list[int] = []

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, *, seed: int
    ) -> Score:
        self.asked.append(len(played))
        value = next((worth for word, worth in self.worth.items() if word in played[0].text), None)
        return Score(value, "rules")


def _judged(judge: Any, replies: Any = _drafts, **search: Any) -> tuple[SelfEnhanced, ScriptedModel]:
    model = ScriptedModel(replies)
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE), RulesInternalSimulator(KNOWLEDGE, "Why?"), judge, knowledge=KNOWLEDGE
    )
    search = {"rounds": 2, **search}
    return SelfEnhanced(language_model(MeteredModel(model)), seats, Search(**search), opening="Hello!"), model


WORTH = {"Nemo": 0.1, "Casino": 0.9, "Alien": 0.5, "Heat": 0.8}


async def test_only_the_drafts_that_look_best_where_they_stand_are_played_on() -> None:
    judge = Judge(WORTH)
    enhanced, model = _judged(judge, first_look=2)
    reply = await draw(enhanced, WISH)
    assert reply.text == "Casino (1995)!"
    # Casino's seeker accepts it, and Heat is played on by a request; two requests have drafted.
    assert judge.asked == [1, 1, 1, 1, 2, 3]
    assert len(model.requests) == 3
    assert reply.trace is not None
    drafts = reply.trace["drafts"]
    assert [draft["look"] for draft in drafts] == [0.1, 0.9, 0.5, 0.8]
    assert [draft["value"] for draft in drafts] == [None, 0.9, None, 0.8]
    assert {draft["note"] for draft in drafts if draft["value"] is None} == {
        "not played on: at the first look others were better"
    }


async def test_a_first_look_at_one_says_the_best_where_it_stands_and_plays_nothing() -> None:
    judge = Judge(WORTH)
    enhanced, model = _judged(judge, first_look=1)
    reply = await draw(enhanced, WISH)
    assert (reply.text, judge.asked, len(model.requests)) == ("Casino (1995)!", [1] * 4, 2)


async def test_in_the_last_round_drafts_are_judged_once_whatever_the_first_look() -> None:
    judge = Judge(WORTH)
    enhanced, _ = _judged(judge, first_look=2)
    reply = await draw(enhanced, replace(WISH, round=2, rounds=2))
    assert (reply.text, judge.asked) == ("Casino (1995)!", [1] * 4)


async def test_as_many_drafts_are_played_on_as_replies_are_asked_for() -> None:
    enhanced, _ = _judged(Judge(WORTH), first_look=1)
    drawn = await draw(enhanced, WISH, n=3)
    assert [reply.text for reply in drawn.replies] == ["Casino (1995)!", "Heat (1995)!", "Alien (1979)!"]
    assert drawn.trace is not None
    assert [draft["value"] is None for draft in drawn.trace["drafts"]] == [True, False, False, False]


async def test_drafts_alike_are_one_and_the_first_of_them_is_kept() -> None:
    said = ["Have you seen CASINO (1995)?", "What do you like?", "what do you  like", "Heat (1995)!"]

    def replies(request: ChatRequest) -> Sequence[str]:
        return "Casino (1995)!" if request.temperature == 0.0 else said

    for alike, kept in ((False, ["Casino (1995)!", *said]), (True, ["Casino (1995)!", said[1], said[3]])):
        enhanced, _ = _judged(Judge(WORTH), replies, alike=alike, rounds=1, drafts=5)
        trace = (await draw(enhanced, WISH)).trace
        assert trace is not None
        assert [draft["text"] for draft in trace["drafts"]] == kept


async def test_drafts_that_name_what_was_named_before_are_told_apart_by_their_words() -> None:
    def replies(request: ChatRequest) -> Sequence[str]:
        return "Goodfellas (1990), why?" if request.temperature == 0.0 else ["Goodfellas (1990) again?"]

    enhanced, _ = _judged(Judge(WORTH), replies, alike=True, rounds=1, drafts=2)
    trace = (await draw(enhanced, WISH)).trace
    assert trace is not None
    assert len(trace["drafts"]) == 2


async def test_the_only_draft_is_said_without_being_played_or_judged() -> None:
    judge = Judge(WORTH)
    enhanced, model = _judged(judge, lambda request: ["Casino (1995)!"] * request.n, race=0.0)
    reply = await draw(enhanced, WISH)
    assert (reply.text, judge.asked, len(model.requests)) == ("Casino (1995)!", [], 2)
    assert reply.trace is not None
    assert reply.trace["drafts"][0]["note"] == "the only draft that could be said"


async def test_what_the_seeker_rules_out_is_not_played_on_where_another_draft_stands() -> None:
    wish = replace(WISH, constraints=(Constraint("year", "<=", 2000),))
    whole, raced = Judge(WORTH | {"Nemo": 2.0}), Judge(WORTH | {"Nemo": 2.0})
    reply = await draw(_judged(whole)[0], wish)
    again = await draw(_judged(raced, race=0.0)[0], wish)
    assert again.text == reply.text == "Casino (1995)!"
    assert (len(whole.asked), len(raced.asked)) == (4, 3)
    assert again.trace is not None
    assert again.trace["drafts"][0]["note"] == "names what the seeker rules out, where another draft does not"


def test_runs_without_these_settings_are_the_runs_they_were() -> None:
    names = {"alike", "first_look", "race"}
    assert names.isdisjoint(Config().decides()["search"])
    assert names.isdisjoint(Search().model_dump(mode="json"))
    for name, value in (("alike", True), ("first_look", 2), ("race", 0.0)):
        config = Config.model_validate({"search": {name: value}})
        assert config.decides()["search"][name] == value
