"""Pairs at the point where the seeker has declined the model's first reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from support.films import KNOWLEDGE, sample
from support.seats import seat_of
from usbrec.config import Pairs
from usbrec.errors import ModelRefused, UnusableAnswer, UsbRecError
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.rules import RulesTargetJudge
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.pairs import all_pairs, count_pairs, make_pair
from usbrec.play.seekers.rules import RulesTargetSimulator

OFFERED = "You should see Heat (1995)."
NEAR, FAR, LONG = "Casino (1995) is it.", "Perhaps Alien (1979)?", f"Casino (1995). {'So good! ' * 20}"


async def _record(first: Sequence[str], later: Sequence[str], **settings: Any) -> Mapping[str, Any]:
    """What a sample gives of a model that says `first`, and `later` once it has been answered."""

    def say(request: ChatRequest) -> Sequence[str]:
        answered = any(message.role == "assistant" for message in request.messages)
        return list(later if answered else first)[: request.n]

    chosen = Pairs(**{"drafts": 3, "declined": 2, "min_margin": 0.01, **settings})
    return await make_pair(sample("I liked Goodfellas (1990)."), _table(say), chosen, accept_at=2.0)


def _table(say: Callable[[ChatRequest], Sequence[str]]) -> EpisodeRunner:
    return EpisodeRunner(
        seat_of(ScriptedModel(say)),
        RulesTargetSimulator(KNOWLEDGE, "Why?"),
        RulesTargetJudge(KNOWLEDGE),
        rounds=1,
        seed=1,
        knowledge=KNOWLEDGE,
    )


async def test_after_a_declined_reply_another_item_is_preferred_to_saying_it_again_and_to_a_worse_one() -> (
    None
):
    record = await _record(["What do you like?", OFFERED], [FAR, NEAR, "Why not?"])
    again, worse = record["declined"]
    for pair in (again, worse):
        assert pair["chosen"] == NEAR
        assert [turn["content"] for turn in pair["prompt"][:3]] == [
            "S",
            "I liked Goodfellas (1990).",
            OFFERED,
        ]
        assert pair["prompt"][3]["role"] == "user"
        assert len(pair["prompt"]) == 4
        assert pair["provenance"]["chosen"]["origin"] == "declined"
    assert (again["rejected"], again["provenance"]["rejected"]["origin"]) == (OFFERED, "repeated")
    assert again["provenance"]["rejected"]["score"]["value"] == 0.0
    assert (worse["rejected"], worse["provenance"]["rejected"]["origin"]) == (FAR, "declined")
    assert all_pairs([record])[-2:] == [again, worse]
    assert count_pairs([record])["origins"]["rejected"]["repeated"] == 1


@pytest.mark.parametrize(
    ("first", "later", "settings", "rejected"),
    [
        ([OFFERED], [NEAR, FAR], {"declined": 1}, [OFFERED]),
        ([OFFERED], [NEAR, FAR], {"declined": 0}, []),
        ([OFFERED], [NEAR], {}, [OFFERED]),
        ([OFFERED], [OFFERED, "Heat (1995), then."], {}, []),
        ([OFFERED], [LONG, FAR], {"max_length_ratio": 2.0}, []),
        ([NEAR], [FAR, OFFERED], {}, []),
        (["What do you like?"], [NEAR, FAR], {}, []),
        ([OFFERED], ["1. " + NEAR, "<titles> " + NEAR], {}, []),
        ([OFFERED], ["1. " + NEAR, "So: " + NEAR], {}, [OFFERED]),
    ],
    ids=[
        "one",
        "none asked for",
        "one reply",
        "nothing new",
        "filtered",
        "accepted",
        "nothing offered",
        "marks of the prompt",
        "one without marks",
    ],
)
async def test_which_pairs_there_are(
    first: list[str], later: list[str], settings: dict[str, Any], rejected: list[str]
) -> None:
    record = await _record(first, later, **settings)
    assert [pair["rejected"] for pair in record["declined"]] == rejected


async def test_some_seekers_ask_for_reasons_and_some_do_not() -> None:
    asked = set()
    for number in range(8):
        table_sample = sample("I liked Goodfellas (1990).", id_=f"d{number}:1")
        runner = EpisodeRunner(
            seat_of(ScriptedModel(lambda request: [OFFERED, NEAR][: request.n])),
            RulesTargetSimulator(KNOWLEDGE, "Why?"),
            RulesTargetJudge(KNOWLEDGE),
            rounds=1,
            seed=1,
            knowledge=KNOWLEDGE,
        )
        settings = Pairs(drafts=2, declined=1)
        record = await make_pair(table_sample, runner, settings, accept_at=2.0)
        asked |= {pair["prompt"][-1]["content"].endswith("Why?") for pair in record["declined"]}
    assert asked == {True, False}


@pytest.mark.parametrize(("error", "ends"), [(UnusableAnswer, False), (ModelRefused, True)])
async def test_a_model_that_fails_after_the_first_reply_takes_no_other_pair_away_unless_it_refuses_all(
    error: type[UsbRecError], ends: bool
) -> None:
    def say(request: ChatRequest) -> Sequence[str]:
        if request.messages[-2].role == "assistant":
            raise error("nothing came")
        return [OFFERED, NEAR][: request.n]

    making = make_pair(sample("I liked Goodfellas (1990)."), _table(say), Pairs(declined=2), accept_at=2.0)
    if ends:
        with pytest.raises(error):
            await making
        return
    record = await making
    assert (record["pair"]["chosen"], record["pair"]["rejected"]) == (NEAR, OFFERED)
    assert (record["declined"], record["unmade"]) == ([], {"declined": "nothing came"})
    counts = count_pairs([record])
    assert (counts["pairs"], counts["unmade"]["declined"], counts["unmade"]["focused"]) == (1, 1, 0)
