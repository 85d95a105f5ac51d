"""What a seeker may be after: a belief over items, the judge that scores by it, the control that obeys it."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, sample, seeker
from support.retriever import ScriptedRetriever
from support.seats import after, draw
from usbrec.dialogue import Sample, Turn
from usbrec.items import AttributeRetriever
from usbrec.judge.rules import RulesBeliefJudge, RulesTargetJudge
from usbrec.play.baselines import BaselineRecommender
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.targets import Targets

CONTEXT = (seeker("Something like Heat (1995), please."),)
NAMES = tuple(item.name for item in CATALOGUE if item.title != "Heat")


def _value(retriever: ScriptedRetriever, *replies: str, items: int = 30, temperature: float = 1.0) -> float:
    judge = RulesBeliefJudge(KNOWLEDGE, Beliefs(KNOWLEDGE, retriever, items=items, temperature=temperature))
    played = [
        turn for reply in replies for turn in (Turn("recommender", reply), seeker("Something else, please."))
    ][:-1]
    score = asyncio.run(judge.score(CONTEXT, played, Preferences(), seed=0))
    assert score.value is not None
    return score.value


@given(
    scores=st.dictionaries(st.sampled_from([item.id for item in CATALOGUE]), st.floats(-8, 8), min_size=1),
    temperature=st.floats(0.2, 5),
    replies=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
)
def test_a_score_by_belief_is_the_target_judges_mean_over_what_may_be_wanted(
    scores: dict[str, float], temperature: float, replies: list[str]
) -> None:
    retriever = ScriptedRetriever(sorted(scores.items(), key=lambda pair: -pair[1]))
    belief = Beliefs(KNOWLEDGE, retriever, temperature=temperature).after(CONTEXT).belief or ()
    assert sum(probability for _, probability in belief) == pytest.approx(1.0)
    texts = [f"Try {name}." for name in replies]
    played = [turn for text in texts for turn in (Turn("recommender", text), seeker("No."))][:-1]
    expected = 0.0
    for item_id, probability in belief:
        item = CATALOGUE.get(item_id)
        assert item is not None
        wanted = Targets.of(Sample("s", "s", CONTEXT, (item.name,), None), KNOWLEDGE)
        judged = RulesTargetJudge(KNOWLEDGE).judge(CONTEXT, played, wanted).value
        expected += probability * (judged or 0.0)
    assert _value(retriever, *texts, temperature=temperature) == pytest.approx(expected, abs=1e-5)


@given(first=st.sampled_from(NAMES), more=st.lists(st.sampled_from(NAMES), max_size=4))
def test_listing_titles_does_not_pay(first: str, more: list[str]) -> None:
    retriever = ScriptedRetriever([(item.id, 0.0) for item in CATALOGUE])
    alone = _value(retriever, f"Try {first}.")
    assert _value(retriever, f"Try {first}, or {', or '.join(more)}.") <= alone if more else True
    assert _value(retriever, "I do not know.") == 0.0


def test_what_is_good_for_most_beats_what_is_a_little_likelier() -> None:
    # Alien is likeliest, but four crime films together are far likelier, and each is good for all of them.
    retriever = ScriptedRetriever([("f8", 0.3), ("f3", 0.0), ("f4", 0.0), ("f1", 0.0), ("f2", 0.0)])
    assert _value(retriever, "Try Casino (1995).") > _value(retriever, "Try Alien (1979).")
    # Trusting the order more, or looking no further than the first, turns it round.
    for sharper in ({"temperature": 0.05}, {"items": 1}):
        assert _value(retriever, "Try Alien (1979).", **sharper) > _value(
            retriever, "Try Casino (1995).", **sharper
        )


def test_the_retriever_is_asked_once_for_all_drafts_of_a_reply() -> None:
    retriever = ScriptedRetriever([("f3", 0.0), ("f4", 0.0)])
    beliefs = Beliefs(KNOWLEDGE, retriever)
    assert beliefs.after(CONTEXT) is beliefs.after(list(CONTEXT))
    assert len(retriever.read) == 1


async def test_the_best_control_obeys_the_belief_where_there_is_one() -> None:
    retriever = ScriptedRetriever([("f8", 0.3), ("f3", 0.0), ("f4", 0.0), ("f2", 0.0)])
    believing = BaselineRecommender("best", KNOWLEDGE, retriever, 4, Beliefs(KNOWLEDGE, retriever))
    (said,) = (await draw(believing, after(CONTEXT[0]))).replies
    scores = PreferenceScores.of(Beliefs(KNOWLEDGE, retriever).after(CONTEXT), KNOWLEDGE)
    best = max(("f8", "f3", "f4", "f2"), key=lambda item_id: scores.expected((item_id,)))
    item = CATALOGUE.get(best)
    assert item is not None
    assert best != "f8"
    assert said.text == f"I recommend {item.name}."
    assert believing.identity != BaselineRecommender("best", KNOWLEDGE, retriever, 4).identity


def test_an_empty_belief_expects_nothing() -> None:
    assert _value(ScriptedRetriever(), "Try Casino (1995).") == 0.0
    one = sample("Something like Heat (1995), please.")
    ranked = AttributeRetriever(CATALOGUE, KNOWLEDGE.linker, KNOWLEDGE.similarity).rank(one.turns, 5)
    belief = Beliefs(KNOWLEDGE, ScriptedRetriever(ranked), items=3).after(one.turns).belief
    assert belief is not None
    assert belief[0][0] == ranked[0][0]
