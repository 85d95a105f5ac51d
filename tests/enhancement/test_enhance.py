"""Self-enhancement: drafts are played forward, the best is said, within one budget, and all is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from support.films import KNOWLEDGE, seeker
from support.seats import TEMPLATE, after, draw, language_model
from usbrec.config import Search
from usbrec.dialogue import Conversation, Score, Turn
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.errors import ModelUnavailable, PromptTooLong
from usbrec.judge.rules import RulesProfileJudge
from usbrec.llm import ChatModel, ChatRequest, Message, ScriptedModel
from usbrec.play.language_model import LanguageModel
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.record import Preferences
from usbrec.play.protocol import Drawn, Recommender, Sampling
from usbrec.play.seekers.base import SeekerAnswer
from usbrec.play.seekers.rules import RulesInternalSimulator

WISH = after(seeker("I loved Goodfellas (1990), more crime please."))
DRAFTS = ["Finding Nemo (2003)!", "Casino (1995)!", "Alien (1979)!"]


def _replies(request: ChatRequest) -> Sequence[str]:
    """The greedy reply is the worst; of the drafts the second is the best."""
    return DRAFTS[0] if request.temperature == 0.0 else DRAFTS[1:]


def _enhanced(model: ChatModel, *, judge: Any = None, simulator: Any = None, **search: Any) -> SelfEnhanced:
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE),
        simulator or RulesInternalSimulator(KNOWLEDGE, "Why?"),
        judge or RulesProfileJudge(KNOWLEDGE),
    )
    return SelfEnhanced(language_model(MeteredModel(model)), seats, Search(**search), opening="Hello!")


class Patient:
    """A seeker who never accepts, for trees of full depth."""

    def seat(self, preferences: Preferences) -> Patient:
        return self

    async def answer(self, turns: Sequence[Turn], *, explain: bool, seed: int) -> SeekerAnswer:
        return SeekerAnswer(f"Hm, what else? ({len(turns)})")


class CountingJudge:
    """Scores by a function of what was played; None is unreadable."""

    def __init__(self, value: Any) -> None:
        self.value = value

    async def score(
        self, context: Sequence[Turn], played: Sequence[Turn], preferences: Preferences, *, seed: int
    ) -> Score:
        value = self.value(played)
        return Score(value, "rules", unreadable=int(value is None))


async def test_the_best_draft_is_said_and_the_trace_says_why() -> None:
    reply = await draw(_enhanced(ScriptedModel(_replies), rounds=1), WISH)
    assert reply.text == "Casino (1995)!"
    assert reply.trace is not None
    assert [draft["text"] for draft in reply.trace["drafts"]] == DRAFTS
    assert reply.trace["chosen"] == 1
    assert reply.trace["stopped"] is None
    assert "Liked items: Goodfellas (1990)" in reply.trace["profile"]
    values = [draft["value"] for draft in reply.trace["drafts"]]
    assert values[1] > max(values[0], values[2])


async def test_the_greedy_reply_is_one_of_the_drafts_and_wins_ties() -> None:
    level = CountingJudge(lambda played: 0.5)
    reply = await draw(_enhanced(ScriptedModel(_replies), judge=level, rounds=1), WISH)
    assert reply.text == DRAFTS[0]


async def test_flat_search_plays_each_draft_once_to_the_end() -> None:
    model = ScriptedModel(_replies)
    reply = await draw(_enhanced(model, simulator=Patient(), rounds=3), WISH)
    assert reply.trace is not None
    for draft in reply.trace["drafts"]:
        (leaf,) = draft["leaves"]
        assert [turn["role"] for turn in leaf["turns"]] == ["seeker", "recommender"] * 2
    # Greedy, the drafts in one request, and two continuations for each of three drafts.
    assert len(model.requests) == 2 + 3 * 2


async def test_tree_search_branches_at_every_later_turn_and_takes_the_mean_of_the_leaves() -> None:
    hits = CountingJudge(lambda played: 1.0 if "Casino" in played[-1].text else 0.0)
    model = ScriptedModel(_replies)
    reply = await draw(_enhanced(model, simulator=Patient(), judge=hits, kind="tree", rounds=2), WISH)
    assert reply.trace is not None
    for draft in reply.trace["drafts"]:
        assert len(draft["leaves"]) == 3
        assert draft["value"] == pytest.approx(1 / 3, abs=1e-6)


async def test_the_rounds_left_in_the_dialogue_bound_how_far_drafts_are_played() -> None:
    model = ScriptedModel(_replies)
    reply = await draw(_enhanced(model, simulator=Patient(), rounds=5), replace(WISH, round=2, rounds=2))
    assert reply.trace is not None
    assert all(draft["leaves"][0]["turns"] == [] for draft in reply.trace["drafts"])
    assert len(model.requests) == 2


async def test_a_horizon_bounds_how_far_drafts_are_played() -> None:
    lengths: list[int] = []
    judge = CountingJudge(lambda played: lengths.append(len(played)) or float(len(played)))
    for horizon in (1, 2, None):
        enhanced = _enhanced(
            ScriptedModel(_replies), judge=judge, simulator=Patient(), rounds=3, drafts=2, horizon=horizon
        )
        await draw(enhanced, WISH)
    # A reply alone, a reply with an answer and the next reply, and all three rounds.
    assert sorted(set(lengths)) == [1, 3, 5]


async def test_rounds_before_the_given_one_are_not_enhanced() -> None:
    model = ScriptedModel(_replies)
    enhanced = _enhanced(model, from_round=2, rounds=1)
    assert (await draw(enhanced, replace(WISH, round=1, rounds=2))).trace is None
    assert (await draw(enhanced, replace(WISH, round=2, rounds=2))).trace is not None


@pytest.mark.parametrize("calls", range(1, 9))
async def test_a_budget_in_calls_holds_and_the_best_so_far_is_said(calls: int) -> None:
    model = ScriptedModel(_replies)
    enhanced = _enhanced(model, simulator=Patient(), rounds=3, max_calls=calls)
    reply = await draw(enhanced, WISH)
    assert len(model.requests) <= calls
    assert reply.text in DRAFTS
    assert reply.trace is not None
    assert reply.trace["stopped"] == (None if calls >= 8 else "calls")
    assert reply.trace["usage"]["calls"] == len(model.requests)


@pytest.mark.parametrize("calls", range(2, 9))
async def test_a_budget_in_calls_buys_whole_drafts_one_after_the_other(calls: int) -> None:
    enhanced = _enhanced(ScriptedModel(_replies), simulator=Patient(), rounds=3, max_calls=calls)
    trace = (await draw(enhanced, WISH)).trace
    assert trace is not None
    # Two calls draft; each of the three drafts is played on by two.
    judged = [draft["value"] is not None for draft in trace["drafts"]]
    assert judged == [place < (calls - 2) // 2 for place in range(3)]


async def test_what_was_drafted_when_the_calls_ran_out_is_judged_where_that_costs_none() -> None:
    trace = (await draw(_enhanced(ScriptedModel(_replies), rounds=1, max_calls=1), WISH)).trace
    assert trace is not None
    assert trace["stopped"] == "calls"
    assert [draft["value"] is not None for draft in trace["drafts"]] == [True]


class NoProfiler:
    """Fails, as a model does that is given too long a dialogue."""

    async def preferences(self, turns: Sequence[Turn], *, seed: int) -> Preferences:
        raise PromptTooLong("too long")


async def test_without_a_profile_the_search_goes_on_and_says_so() -> None:
    judge = CountingJudge(lambda played: 2.0 if "Casino" in played[0].text else 0.0)
    seats = InternalSeats(NoProfiler(), RulesInternalSimulator(KNOWLEDGE, "Why?"), judge)
    model = language_model(MeteredModel(ScriptedModel(_replies)))
    reply = await draw(SelfEnhanced(model, seats, Search(rounds=1), opening="Hello!"), WISH)
    assert reply.text == "Casino (1995)!"
    assert reply.trace is not None
    assert reply.trace["failures"] == ["PromptTooLong: too long"]


async def test_what_a_request_asks_for_holds_for_every_draft() -> None:
    model = ScriptedModel(_replies)
    enhanced = _enhanced(
        model, simulator=Patient(), judge=CountingJudge(lambda played: 1.0), kind="tree", rounds=2, drafts=8
    )
    reply = await draw(enhanced, WISH, stop=("!",), top_p=0.3, drafts=2)
    assert {(one.stop, one.top_p) for one in model.requests} == {(("!",), 0.3)}
    assert reply.trace is not None
    assert all(len(draft["leaves"]) <= 2 for draft in reply.trace["drafts"])
    assert max(one.n for one in model.requests) == 1


async def test_a_budget_in_tokens_stops_the_search() -> None:
    model = ScriptedModel(_replies)
    reply = await draw(_enhanced(model, simulator=Patient(), rounds=3, max_tokens=30), WISH)
    assert reply.trace is not None
    assert reply.trace["stopped"] == "tokens"
    spent = reply.trace["usage"]
    assert spent["prompt_tokens"] + spent["completion_tokens"] < 60


async def test_a_deadline_holds_and_says_so() -> None:
    async def slow(seconds: float) -> Drawn:
        model = ScriptedModel(_replies, tokens_per_second=20.0)
        enhanced = _enhanced(model, simulator=Patient(), rounds=9)
        loop = asyncio.get_running_loop()
        started = loop.time()
        reply = await draw(enhanced, WISH, deadline=seconds)
        assert loop.time() - started < seconds + 0.3
        return reply

    reply = await slow(0.5)
    assert reply.text in DRAFTS
    assert reply.trace is not None
    assert reply.trace["stopped"] == "deadline"


async def test_an_unreadable_score_is_no_zero_and_a_draft_without_any_is_not_chosen() -> None:
    unreadable = CountingJudge(lambda played: None if "Casino" in played[0].text else -0.0)
    reply = await draw(_enhanced(ScriptedModel(_replies), judge=unreadable, rounds=1), WISH)
    assert reply.trace is not None
    assert reply.trace["drafts"][1]["value"] is None
    assert reply.trace["drafts"][1]["note"] == "no score could be read"
    assert reply.text == DRAFTS[0]
    nothing = CountingJudge(lambda played: None)
    reply = await draw(_enhanced(ScriptedModel(_replies), judge=nothing, rounds=1), WISH)
    assert reply.text == DRAFTS[0]


async def test_a_draft_whose_continuation_fails_loses_and_the_others_are_judged() -> None:
    def replies(request: ChatRequest) -> Sequence[str]:
        if any(message.content == DRAFTS[1] for message in request.messages):
            raise ModelUnavailable("503")
        return _replies(request)

    reply = await draw(_enhanced(ScriptedModel(replies), simulator=Patient(), rounds=2), WISH)
    assert reply.trace is not None
    assert "503" in reply.trace["drafts"][1]["note"]
    assert reply.trace["drafts"][0]["value"] is not None


async def test_searches_side_by_side_do_not_pay_for_each_other() -> None:
    enhanced = _enhanced(ScriptedModel(_replies), simulator=Patient(), rounds=3, max_calls=8)
    replies = await asyncio.gather(*(draw(enhanced, WISH, seed=seed) for seed in range(5)))
    assert [reply.trace["stopped"] for reply in replies if reply.trace] == [None] * 5


async def test_several_replies_are_the_best_drafts_best_first() -> None:
    reply = await draw(_enhanced(ScriptedModel(_replies), rounds=1), WISH, n=3)
    assert len(reply.replies) == 3
    assert reply.text == "Casino (1995)!"
    assert {one.text for one in reply.replies} == set(DRAFTS)


async def test_worked_examples_are_no_part_of_the_profile() -> None:
    examples = (Message("user", "I really enjoyed Alien."), Message("assistant", "You should try Halloween."))
    enhanced = SelfEnhanced(
        language_model(MeteredModel(ScriptedModel(_replies)), examples=examples),
        InternalSeats(
            RulesExtractor(KNOWLEDGE), RulesInternalSimulator(KNOWLEDGE, "Why?"), RulesProfileJudge(KNOWLEDGE)
        ),
        Search(rounds=1),
        opening="Hello!",
    )
    reply = await draw(enhanced, WISH)
    assert reply.trace is not None
    assert "Alien" not in reply.trace["profile"]
    assert "Goodfellas" in reply.trace["profile"]


async def test_it_is_a_recommender_under_a_name_of_its_own() -> None:
    enhanced: Recommender = _enhanced(ScriptedModel(_replies))
    assert enhanced.name == "scripted:ses"
    # So it can be put around itself, as around any other.
    assert (await draw(enhanced, WISH)).trace is not None


async def _random(*drafts: str, names_new: bool = True, seed: int = 0) -> Drawn:
    model = ScriptedModel(lambda request: drafts[0] if request.temperature == 0.0 else list(drafts[1:]))
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE),
        RulesInternalSimulator(KNOWLEDGE, "Why?"),
        RulesProfileJudge(KNOWLEDGE),
        KNOWLEDGE.names_new if names_new else None,
    )
    settings = Search(choice="random", drafts=len(drafts))
    enhanced = SelfEnhanced(language_model(MeteredModel(model)), seats, settings, opening="Hello!")
    return await draw(enhanced, WISH, seed=seed)


async def test_as_a_control_a_draft_is_drawn_among_those_that_name_a_new_item() -> None:
    silent, known, new = "Hm, well.", "Goodfellas (1990)!", ["Casino (1995)!", "Alien (1979)!"]
    said = [(await _random(silent, known, *new, seed=seed)).text for seed in range(12)]
    assert set(said) == set(new), "each is said for some seed, and nothing else"
    again = [(await _random(silent, known, *new, seed=seed)).text for seed in range(12)]
    assert said == again
    reply = await _random(silent, *new)
    assert reply.trace is not None
    assert {draft["note"] for draft in reply.trace["drafts"]} == {"not played"}


async def test_the_control_draws_among_all_drafts_where_none_names_an_item_or_none_is_known() -> None:
    drafts = ("Hm, well.", "Casino (1995)!", "Who knows?")
    said = {(await _random(*drafts, names_new=False, seed=seed)).text for seed in range(16)}
    assert said == set(drafts)
    assert (await _random("Hm, well.", "Who knows?")).text in ("Hm, well.", "Who knows?")


async def test_drafts_know_which_round_they_are_for() -> None:
    model = ScriptedModel(_replies)
    heard: list[Conversation] = []

    class Listening(LanguageModel):
        async def draw(self, conversation: Conversation, sampling: Sampling) -> Drawn:
            heard.append(conversation)
            return await super().draw(conversation, sampling)

    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE), RulesInternalSimulator(KNOWLEDGE, "Why?"), RulesProfileJudge(KNOWLEDGE)
    )
    inner = Listening(MeteredModel(model), TEMPLATE)
    enhanced = SelfEnhanced(inner, seats, Search(rounds=1), opening="Hello!")
    await draw(enhanced, replace(WISH, round=2, rounds=3))
    assert {(one.round, one.rounds) for one in heard[:2]} == {(2, 3)}
