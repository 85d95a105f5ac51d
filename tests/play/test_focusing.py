"""Drafts that are each shown other candidates: what they are shown, what is asked, what is learnt of it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, film_files, sample, seeker
from support.retriever import ScriptedRetriever
from support.seats import after, draw, grounded, seat_of
from usbrec.config import Config, Pairs, Play, Search, Seats
from usbrec.enhancement import InternalSeats, MeteredModel, SelfEnhanced
from usbrec.errors import ModelUnavailable
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.rules import RulesProfileJudge, RulesTargetJudge
from usbrec.llm import ChatReply, ChatRequest, Choice, ChoiceRequest, ScriptedModel
from usbrec.pairs import all_pairs, make_pair
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.focus import Focusing
from usbrec.play.preferences.belief import Beliefs
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.record import Preferences
from usbrec.play.preferences.scores import PreferenceScorer, PreferenceScores
from usbrec.play.protocol import Drawn
from usbrec.play.seekers.rules import RulesInternalSimulator, RulesTargetSimulator
from usbrec.prompts import Prompts
from usbrec.stages import evaluate, make_pairs
from usbrec.stages.training import read_examples

PROMPTS = Prompts()
CRIME = (seeker("I loved Goodfellas (1990). More crime please."),)
WISH = after(*CRIME)
#: The list in the retriever's order: Finding Nemo, Heat, Casino, Alien.
SHOWN = ("f16", "f1", "f4", "f8")
NAMES = {item_id: item.name for item_id in SHOWN if (item := CATALOGUE.get(item_id))}


GROUNDING = Grounding(KNOWLEDGE, ScriptedRetriever(SHOWN), PROMPTS, len(SHOWN))
BY_TASTE = PreferenceScorer(KNOWLEDGE)


def _says_what_it_is_shown(request: ChatRequest) -> str:
    """Names the one title it is asked about; from a whole list always the first."""
    asked = request.messages[-1].content
    shown = [line for line in asked.splitlines() if "(" in line and " | " in line]
    return f"Try {shown[0].split(' | ')[0].removeprefix('1. ')}!"


def _enhanced(model: Any, *, focusing: Focusing | None, **search: Any) -> SelfEnhanced:
    seats = InternalSeats(
        RulesExtractor(KNOWLEDGE),
        RulesInternalSimulator(KNOWLEDGE, "Why?", 2.0),
        RulesProfileJudge(KNOWLEDGE),
        KNOWLEDGE.names_new,
        focusing,
    )
    return SelfEnhanced(grounded(MeteredModel(model), GROUNDING), seats, Search(**search), opening="Hello!")


async def _drafts(model: Any, *, focusing: Focusing | None, **search: Any) -> tuple[Drawn, list[str]]:
    reply = await draw(_enhanced(model, focusing=focusing, **{"rounds": 1, **search}), WISH)
    assert reply.trace is not None
    return reply, [draft["text"] for draft in reply.trace["drafts"]]


# Who is shown what


@given(
    shown=st.lists(st.sampled_from([item.id for item in CATALOGUE]), min_size=1, max_size=12, unique=True),
    each=st.integers(1, 5),
    n=st.integers(1, 8),
    named=st.integers(0, 12),
    sorted_by_taste=st.booleans(),
)
def test_foci_share_out_what_was_not_named_best_first(
    shown: list[str], each: int, n: int, named: int, sorted_by_taste: bool
) -> None:
    grounding = Grounding(KNOWLEDGE, ScriptedRetriever(shown), PROMPTS, len(shown))
    worth = BY_TASTE if sorted_by_taste else None
    profile = RulesExtractor(KNOWLEDGE).read(CRIME)
    drafted = [f"{item.name}?" for item_id in shown[:named] if (item := CATALOGUE.get(item_id))]
    said = KNOWLEDGE.named_in(CRIME)
    gone = {item_id for text in drafted for item_id in KNOWLEDGE.named(text, said)}

    foci = Focusing(grounding, each, worth).foci(CRIME, profile, drafted, n)

    given = [item_id for focus in foci for item_id in focus]
    left = [item_id for item_id in shown if item_id not in gone]
    assert len(foci) == min(n, -(-len(left) // each))
    assert all(len(focus) == each for focus in foci[:-1])
    assert len(given) == len(set(given)), "nobody is shown what another one is"
    if worth is not None:
        value = worth.after(CRIME, profile).score
        left.sort(key=value, reverse=True)
        assert [value(item_id) for item_id in given] == [value(item_id) for item_id in left[: len(given)]]
    assert given == left[: len(given)], "as ordered, ties as the retriever has them"


def test_worth_is_what_the_internal_judge_by_rules_would_say() -> None:
    profile = RulesExtractor(KNOWLEDGE).read(CRIME)
    by_taste = BY_TASTE.after(CRIME, profile).score
    assert by_taste("f4") > by_taste("f16"), "Casino is nearer to Goodfellas than Finding Nemo"
    # A profile that the seeker corrected goes before the dialogue.
    animation = RulesExtractor(KNOWLEDGE).read((seeker("I love Finding Nemo (2003)."),))
    corrected = BY_TASTE.after(CRIME, animation).score
    assert corrected("f16") > corrected("f4")
    beliefs = Beliefs(KNOWLEDGE, ScriptedRetriever(SHOWN))
    believed = PreferenceScorer(KNOWLEDGE, beliefs).after(CRIME, Preferences())
    assert believed.score("f8") == PreferenceScores.of(beliefs.after(CRIME), KNOWLEDGE).expected(("f8",))


# Inside a search


async def test_the_greedy_draft_sees_the_list_and_each_other_draft_one_candidate_of_its_own() -> None:
    model = ScriptedModel(_says_what_it_is_shown)
    reply, drafts = await _drafts(model, focusing=Focusing(GROUNDING, 1, BY_TASTE), drafts=3)
    first, *others = (request.messages[-1].content for request in model.requests)
    assert all(name in first for name in NAMES.values())
    for asked in others:
        assert sum(name in asked for name in NAMES.values()) == 1
        assert asked.startswith(CRIME[0].text)
    assert drafts[0] == "Try Finding Nemo (2003)!"
    assert "Try Casino (1995)!" in drafts, "the nearest to what is liked is among the first that are tried"
    assert reply.text == "Try Casino (1995)!"
    assert reply.replies[0].grounding is not None
    assert reply.replies[0].grounding["candidates"] == list(SHOWN), "what there was to choose from"


async def test_without_focus_drafts_of_one_prompt_are_what_they_were() -> None:
    _, drafts = await _drafts(ScriptedModel(_says_what_it_is_shown), focusing=None, drafts=3)
    assert drafts == ["Try Finding Nemo (2003)!"]


async def test_drafts_that_no_candidate_is_left_for_see_the_whole_list() -> None:
    model = ScriptedModel(_says_what_it_is_shown)
    await _drafts(model, focusing=Focusing(GROUNDING, 2), drafts=6)
    asked = [request.messages[-1].content for request in model.requests]
    counts = [sum(name in one for name in NAMES.values()) for one in asked]
    # The greedy draft has named one: of the three left two are shown together, and one is over.
    assert counts == [4, 2, 1, 4]
    assert model.requests[-1].n == 3


async def test_in_a_tree_later_branches_are_shown_candidates_of_their_own_too() -> None:
    model = ScriptedModel(_says_what_it_is_shown)
    search = {"drafts": 2, "kind": "tree", "rounds": 2}
    reply, _ = await _drafts(model, focusing=Focusing(GROUNDING, 1), **search)
    assert reply.trace is not None
    said = [
        leaf["turns"][-1]["text"]
        for draft in reply.trace["drafts"]
        for leaf in draft["leaves"]
        if leaf["turns"][-1]["role"] == "recommender"
    ]
    assert len(set(said)) > 1


class _Fails:
    """Fails whenever it is asked about one title."""

    parallel = True
    name = "fails"
    identity: Mapping[str, Any] = {}

    def __init__(self, about: str) -> None:
        self._about = about

    async def chat(self, request: ChatRequest) -> ChatReply:
        if f"about {self._about}?" in request.messages[-1].content:
            raise ModelUnavailable("gone")
        # Whoever answers last must not come last.
        await asyncio.sleep(0.02 if "Heat" in request.messages[-1].content else 0.0)
        return await ScriptedModel(_says_what_it_is_shown).chat(request)

    async def choose(self, request: ChoiceRequest) -> Choice:
        raise NotImplementedError

    async def aclose(self) -> None:
        return


async def test_a_draft_that_fails_is_done_without_and_told_of() -> None:
    focusing = Focusing(GROUNDING, 1)
    reply, drafts = await _drafts(_Fails("Casino (1995)"), focusing=focusing, drafts=4)
    assert drafts == ["Try Finding Nemo (2003)!", "Try Heat (1995)!", "Try Alien (1979)!"]
    assert reply.trace is not None
    assert reply.trace["failures"] == ["ModelUnavailable: gone"]
    reply, _ = await _drafts(_Fails("nothing"), focusing=focusing, drafts=4)
    assert "failures" not in (reply.trace or {})


@pytest.mark.parametrize("calls", range(1, 5))
async def test_a_budget_that_runs_out_between_drafts_keeps_those_there_are(calls: int) -> None:
    model = ScriptedModel(_says_what_it_is_shown)
    reply, drafts = await _drafts(model, focusing=Focusing(GROUNDING, 1, BY_TASTE), drafts=4, max_calls=calls)
    assert len(drafts) == calls
    assert reply.trace is not None
    assert reply.trace["stopped"] == (None if calls == 4 else "calls")


async def test_a_random_draft_is_one_of_the_same_drafts() -> None:
    focusing = Focusing(GROUNDING, 1, BY_TASTE)
    _, drafts = await _drafts(ScriptedModel(_says_what_it_is_shown), focusing=focusing, drafts=4)
    one, same = await _drafts(
        ScriptedModel(_says_what_it_is_shown), focusing=focusing, drafts=4, choice="random"
    )
    assert same == drafts
    assert one.text in drafts


@pytest.mark.parametrize(
    "first", ["What do you like?", "It is good.", "Casino (1995) is better.", "Goodfellas (1990), again."]
)
async def test_a_draft_that_does_not_name_what_it_is_asked_about_is_drawn_again(first: str) -> None:
    answers = iter([first, "Alien (1979) is tense.", "Heat (1995)."])
    model = ScriptedModel(lambda request: next(answers))
    asked = after(*CRIME, round=1, rounds=2, focus=("f8", "f1"))
    reply = await draw(grounded(model, GROUNDING, redraws=2), asked)
    assert reply.text == "Alien (1979) is tense."
    assert (reply.replies[0].grounding or {})["redraws"] == 1
    answers = iter([first, "Hm.", "No."])
    model = ScriptedModel(lambda request: next(answers))
    assert (await draw(grounded(model, GROUNDING, redraws=2), asked)).text == first


async def test_whoever_asks_about_one_candidate_gets_one_reply_and_no_search() -> None:
    model = ScriptedModel(_says_what_it_is_shown)
    reply = await draw(_enhanced(model, focusing=Focusing(GROUNDING, 1)), after(*CRIME, focus=("f8",)))
    assert (reply.text, reply.trace) == ("Try Alien (1979)!", None)
    assert len(model.requests) == 1


async def test_a_base_is_asked_with_the_prompt_alone_so_that_records_keep_their_keys() -> None:
    model = ScriptedModel(_says_what_it_is_shown)
    await draw(grounded(model, GROUNDING), after(*CRIME, round=2, rounds=3, focus=("f8",), profile="Horror."))
    assert isinstance(model.requests[0], ChatRequest)
    assert not {"focus", "round", "rounds", "profile"} & set(model.requests[0].to_json())
    assert model.requests[0] == ChatRequest(model.requests[0].messages, max_tokens=64)


# What is learnt of it


def _table(drafts: Sequence[str]) -> EpisodeRunner:
    """A model that says `drafts` when it is asked about one title, and otherwise asks."""

    def say(request: ChatRequest) -> Sequence[str] | str:
        return drafts if "What is good about" in request.messages[-1].content else "What do you like?"

    model = ScriptedModel(say)
    return EpisodeRunner(
        recommender=seat_of(model, grounding=GROUNDING, redraws=0, fallback="ask"),
        simulator=RulesTargetSimulator(KNOWLEDGE, "Why?"),
        judge=RulesTargetJudge(KNOWLEDGE),
        rounds=1,
        seed=1,
        knowledge=KNOWLEDGE,
    )


async def _focused(drafts: Sequence[str], **settings: Any) -> Sequence[Mapping[str, Any]]:
    chosen = Pairs(**{"drafts": len(drafts), "one_item": True, "focused": 2, "min_margin": 0.01, **settings})
    record = await make_pair(sample("I liked Goodfellas (1990)."), _table(drafts), chosen, accept_at=2.0)
    assert all_pairs([record])[-len(record["focused"]) or 99 :] == record["focused"]
    return list(record["focused"])


async def test_focused_pairs_choose_a_reply_that_says_more_than_a_title_where_there_is_one() -> None:
    pairs = await _focused(["Casino (1995)", "Casino (1995) is tense.", "It is long."], more_than_title=True)
    assert {pair["chosen"] for pair in pairs} == {"Casino (1995) is tense."}


async def test_focused_pairs_prefer_the_reply_that_names_what_is_shown() -> None:
    pairs = await _focused(["It is quiet and long.", "Casino (1995) is tense.", "Heat (1995), Alien (1979)."])
    assert [pair["prompt"][-1]["content"].splitlines()[-1] for pair in pairs] == [
        "What is good about Finding Nemo (2003)?",
        "What is good about Heat (1995)?",
    ]
    for pair in pairs:
        assert (pair["chosen"], pair["rejected"]) == ("Casino (1995) is tense.", "It is quiet and long.")
        assert {pair["provenance"][side]["origin"] for side in ("chosen", "rejected")} == {"focused"}


@pytest.mark.parametrize(
    ("drafts", "settings"),
    [
        (["It is long.", "It is quiet."], {}),
        (["Heat (1995) and Alien (1979).", "It is long."], {}),
        (["Casino (1995).", "It is quiet and long and slow and sad and good."], {"max_length_ratio": 2.0}),
        (["Casino (1995).", "Casino (1995)!!"], {}),
        (["Casino (1995).", "It is."], {"focused": 0}),
        (["1. Casino (1995)", "It is."], {"more_than_title": True}),
    ],
)
async def test_no_focused_pair_without_one_named_item_or_against_the_filters(
    drafts: list[str], settings: dict[str, Any]
) -> None:
    assert await _focused(drafts, **settings) == []


def _config(tmp_path: Path, say: Sequence[Mapping[str, Any]], **settings: Any) -> Config:
    script = tmp_path / "model.jsonl"
    script.write_text("".join(json.dumps(line) + "\n" for line in say), encoding="utf-8")
    seats = Seats(recommender=f"scripted:{script}", simulator="rules", judge="rules")
    return Config(seats=seats, play=Play(rounds=1, candidates=3, examples=0), **settings)


def test_labels_are_learnt_as_replies_to_the_title_alone_too(
    tmp_path: Path,
) -> None:
    films = film_files(tmp_path, label="Casino (1995), or Heat (1995)?")

    def examples(focus: int) -> list[tuple[str, str, str]]:
        config = _config(tmp_path, [{"say": "Hm."}], search=Search(focus=focus))
        found = read_examples("sft", films["samples"], config, films["catalogue"], None)
        return [(one.sample_id, one.prompt[-1]["content"].splitlines()[-1], one.chosen) for one in found]

    plain, more = examples(0), examples(1)
    assert {question for _, question, _ in plain} <= {"Which of these titles would suit me, if any?"}
    focused = [one for one in more if one[1].startswith("What is good about ")]
    assert focused
    assert [one for one in more if one not in focused] == plain
    assert {question for _, question, _ in focused} == {"What is good about Casino (1995)?"}


def test_a_run_focuses_its_drafts_and_counts_focused_pairs(
    tmp_path: Path,
) -> None:
    films = film_files(tmp_path)
    config = _config(tmp_path, [{"say": ["Casino (1995) is tense.", "What do you like?"]}])
    config = config.model_copy(
        update={"search": Search(drafts=3, focus=1, rounds=1), "enhanced": True, "pairs": Pairs(focused=1)}
    )
    evaluate(films["samples"], tmp_path / "ses", config=config, catalogue=films["catalogue"])
    lines = (tmp_path / "ses" / "episodes.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines
    assert all(json.loads(line)["failed"] is None for line in lines)
    results = make_pairs(
        films["samples"],
        tmp_path / "pairs",
        config=config.model_copy(update={"enhanced": False}),
        catalogue=films["catalogue"],
    )
    assert "focused" in results["origins"]["chosen"]
