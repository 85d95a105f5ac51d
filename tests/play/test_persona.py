"""Personas: patience, vagueness and talkativeness, in the seeker's seat and in the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.films import KNOWLEDGE, recommender, sample, seeker
from support.seats import seat_of
from usbrec.data import load_samples, samples_digest
from usbrec.dialogue import Sample, Turn
from usbrec.errors import BadLines
from usbrec.llm import ChatRequest, ScriptedModel
from usbrec.play.relay import play_on
from usbrec.play.seekers.base import Seeker
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.model import ModelSimulator, ModelTargetSimulator
from usbrec.play.seekers.persona import Persona
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts

PROMPTS = Prompts()


def _wanting(persona: Persona | None, *, targets: tuple[str, ...] = ("Casino (1995)",)) -> Targets:
    one = sample("hello", targets=targets)
    made = {} if persona is None else persona.to_json()
    return Targets.of(Sample(one.id, one.dialogue_id, one.turns, one.targets, seeker=made), KNOWLEDGE)


def _seat(persona: Persona | None) -> Seeker:
    return RulesTargetSimulator(KNOWLEDGE, "Why?").seat(_wanting(persona))


async def _say(seat: Seeker, replies: list[str]) -> list[tuple[str, bool]]:
    """What the seeker answers to these replies, and whether they leave."""
    turns: list[Turn] = [seeker("hello")]
    said = []
    for reply in replies:
        turns.append(recommender(reply))
        answer = await seat.answer(turns, explain=False, seed=len(turns))
        turns.append(seeker(answer.text))
        said.append((answer.text, answer.left))
    return said


# In the seat


async def test_a_seeker_leaves_after_as_many_unfitting_offers_as_their_patience() -> None:
    offers = ["Alien (1979)?", "Halloween (1978)?", "Heat (1995)?", "Airplane! (1980)?"]
    for patience in (1, 2, 3):
        said = await _say(_seat(Persona(patience=patience)), offers[:patience])
        assert [left for _, left in said] == [False] * (patience - 1) + [True]
    assert not any(left for _, left in await _say(_seat(None), offers))


async def test_questions_and_repeated_offers_cost_no_patience() -> None:
    replies = ["What do you like?", "Alien (1979)?", "As I said, Alien (1979)!", "Who do you like?"]
    assert not any(left for _, left in await _say(_seat(Persona(patience=2)), replies))


async def test_an_accepted_target_is_never_left() -> None:
    seat = _seat(Persona(patience=1))
    answer = await seat.answer((seeker("hi"), recommender("Casino (1995)?")), explain=True, seed=0)
    assert answer.accepted
    assert not answer.left


async def test_an_episode_ends_when_the_seeker_leaves() -> None:
    model = ScriptedModel(lambda request: "How about Alien (1979) or Halloween (1978)?")
    played = await play_on(
        (seeker("hello"),),
        recommender=seat_of(model),
        seeker=_seat(Persona(patience=1)),
        rounds=5,
        seed=0,
    )
    assert [turn.role for turn in played.turns] == ["recommender", "seeker"]
    assert not played.accepted


async def test_refusals_in_the_recorded_context_count() -> None:
    turns = (seeker("hi"), recommender("Alien (1979)?"), seeker("No."), recommender("Heat (1995)?"))
    assert (await _seat(Persona(patience=2)).answer(turns, explain=False, seed=0)).left
    assert not (await _seat(Persona(patience=3)).answer(turns, explain=False, seed=0)).left


async def test_a_vague_fact_comes_before_the_straight_one() -> None:
    remaining = (Fact("person", ("Scorsese",), vague=True), Fact("person", ("Martin Scorsese",)))
    said = await _say(_seat(Persona(remaining=remaining)), ["Hm.", "Who?", "And?"])
    assert "Scorsese" in said[0][0]
    assert "Martin" not in said[0][0]
    assert "Martin Scorsese" in said[1][0]
    assert "Scorsese" not in said[2][0]


async def test_a_seeker_tells_what_remains_in_its_order_and_nothing_else() -> None:
    remaining = (Fact("person", ("Sharon Stone",)), Fact("style", ("slow",)))
    said = [text for text, _ in await _say(_seat(Persona(remaining=remaining)), ["Hm.", "Hm.", "Hm."])]
    assert "Sharon Stone" in said[0]
    assert "slow" in said[1]
    assert not any("crime" in text.lower() for text in said)


async def test_a_talkative_seeker_often_tells_two_things_at_once() -> None:
    def two(text: str) -> bool:
        return "crime" in text.lower() and "1990s" in text

    async def share(talkativeness: float) -> float:
        seat = _seat(Persona(talkativeness=talkativeness))
        turns = (seeker("hello"), recommender("Hm."))
        answers = [await seat.answer(turns, explain=False, seed=seed) for seed in range(100)]
        return sum(two(answer.text) for answer in answers) / 100

    assert await share(0.0) == 0
    assert 0.3 < await share(1.0) < 0.7


async def test_without_a_persona_the_seeker_says_what_the_default_persona_says() -> None:
    replies = ["Try Alien (1979).", "Who do you like?", "Try Heat (1995).", "Hm?"]
    assert await _say(_seat(None), replies) == await _say(_seat(Persona()), replies)


async def test_what_would_name_a_target_is_not_told_even_if_it_remains() -> None:
    remaining = (Fact("item", ("Casino (1995)",)), Fact("person", ("Sharon Stone",)))
    ((text, _),) = await _say(_seat(Persona(remaining=remaining)), ["Hm."])
    assert "Casino" not in text
    assert "Sharon Stone" in text


# A model in the seat


async def test_a_model_is_told_its_persona_and_one_without_is_told_nothing_new() -> None:
    model = ScriptedModel(lambda request: "No, thanks.")
    simulator = ModelTargetSimulator(ModelSimulator(model, PROMPTS, 0.7, 64), 2)
    persona = Persona(patience=2, vagueness=0.9, remaining=(Fact("person", ("Sharon Stone",)),))
    for one in (None, persona):
        await simulator.seat(_wanting(one)).answer((seeker("a"), recommender("b")), explain=False, seed=0)
    requests = [request for request in model.requests if isinstance(request, ChatRequest)]
    plain, played = (request.messages[0].content for request in requests)
    assert played.startswith(plain)
    manner = played.removeprefix(plain)
    assert "hint rather than tell" in manner
    assert "Sharon Stone" in manner
    assert "After 2 recommendations" in manner


async def test_whether_a_model_seeker_leaves_is_counted_and_not_claimed() -> None:
    model = ScriptedModel(lambda request: "Goodbye, I am leaving!")
    simulator = ModelTargetSimulator(ModelSimulator(model, PROMPTS, 0.7, 64), 2)
    said = await _say(simulator.seat(_wanting(Persona(patience=2))), ["Hm?", "Alien (1979)?", "Heat (1995)?"])
    assert [left for _, left in said] == [False, False, True]


# In the file

facts = st.builds(
    Fact,
    st.sampled_from(["genre", "era", "person", "style", "item"]),
    st.lists(st.text(min_size=1), min_size=1, max_size=3).map(tuple),
    st.booleans(),
)
shares = st.floats(0, 1)
personas = st.builds(
    Persona,
    st.none() | st.integers(1, 9),
    shares,
    shares,
    st.lists(st.text(), max_size=3).map(tuple),
    st.none() | st.lists(facts, max_size=4).map(tuple),
)


@given(personas)
@settings(max_examples=50)
def test_a_persona_reads_back_from_its_json(persona: Persona) -> None:
    assert Persona.from_json(json.loads(json.dumps(persona.to_json()))) == persona


def test_a_sample_of_people_is_written_as_it_always_was() -> None:
    one = sample("hello")
    assert "seeker" not in one.to_json()
    assert Sample.from_json(one.to_json()) == one
    assert samples_digest([one]) != samples_digest([Sample(**_fields(one), seeker={"patience": 1})])


def _fields(one: Sample) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "dialogue_id", "turns", "targets", "label", "source")}


def _row(persona: Any) -> dict[str, Any]:
    return {
        "id": "s",
        "turns": [{"role": "seeker", "text": "Hi"}],
        "targets": ["Heat (1995)"],
        "seeker": persona,
    }


def test_a_hand_written_persona_may_say_little(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    for given_, read in (({"patience": 2}, {"patience": 2}), ({}, {}), (None, {}), ({"mood": 1}, {})):
        path.write_text(json.dumps(_row(given_)))
        assert load_samples(path)[0].seeker == read


@pytest.mark.parametrize(
    ("persona", "complaint"),
    [
        ("shy", "seeker: expected an object, found 'shy'"),
        ({"patience": 0}, "seeker.patience: expected a whole number from 1, or null for no end"),
        ({"patience": True}, "seeker.patience: expected a whole number from 1, or null for no end"),
        ({"vagueness": 2}, "seeker.vagueness: expected a number from 0 to 1"),
        ({"talkativeness": "much"}, "seeker.talkativeness: expected a number from 0 to 1"),
        ({"revealed": "x"}, "seeker.revealed: expected a list, found 'x'"),
        ({"remaining": [1]}, "seeker.remaining[0]: expected an object, found a number"),
        ({"remaining": [{"kind": "genre"}]}, "seeker.remaining[0].words: missing"),
        ({"remaining": [{"kind": "genre", "words": []}]}, "seeker.remaining[0].words: empty; "),
        (
            {"remaining": [{"kind": "smell", "words": ["x"]}]},
            "seeker.remaining[0].kind: expected genre, era, person, style, item, value, found 'smell'",
        ),
        (
            {"remaining": [{"kind": "era", "words": ["x"], "vague": 1}]},
            "seeker.remaining[0].vague: expected true or false",
        ),
    ],
)
def test_a_persona_that_cannot_be_is_named_with_its_line_and_field(
    persona: Any, complaint: str, tmp_path: Path
) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text(json.dumps(_row(persona)) + "\n")
    with pytest.raises(BadLines) as caught:
        load_samples(path)
    assert caught.value.problems[0].startswith(f"line 1: {complaint}")
