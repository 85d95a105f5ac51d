"""A judge learnt from people's ratings: its features, how it learns, what it says and what it must not."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.films import recommender, seeker
from support.rated import RATED, learnt, rated_dialogue
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.errors import InputError
from usbrec.judge.trained.features import MEANING, TURN, Features, exchanges
from usbrec.judge.trained.learning import LEAST, learn_judge
from usbrec.judge.trained.model import (
    FILE,
    Line,
    TrainedJudge,
    dialogue_digest,
    judge_to_json,
    open_trained,
)

COMPLIMENT = " What wonderful taste you have! You are the cleverest person I ever talked with."


def no_vectors(texts: Any) -> Any:
    """An encoder to which nothing is like anything."""
    return np.zeros((len(texts), 4), dtype=np.float32)


def said(*texts: str) -> tuple[Turn, ...]:
    """Turns that the seeker begins."""
    return tuple(recommender(text) if at % 2 else seeker(text) for at, text in enumerate(texts))


def read(*texts: str) -> list[dict[str, float]]:
    features = Features()
    rows = features.of_replies(exchanges(said(*texts)))
    return [dict(zip(features.turn_signs, row, strict=True)) for row in rows]


def packaged() -> TrainedJudge:
    return open_trained("trained", no_vectors, "all-MiniLM-L6-v2")


def test_features_tell_repeats_doubled_words_requests_and_how_a_reply_is_taken() -> None:
    first, second, third = read(
        "Can you recommend a thriller?",
        "Try Heat (1995) or Casino.",
        "What is Heat about?",
        "Try Heat (1995) or Casino.",
        "That's not what I asked!",
        "the the the film film.",
    )
    assert (first["offers_asked"], first["new_names"] > 0, first["copies_earlier"]) == (1.0, True, 0.0)
    assert (second["same"], second["named_again"], second["new_names"]) == (1.0, 1.0, 0.0)
    assert second["answer_complains"] == 1.0
    assert first["answer_complains"] == 0.0
    assert third["doubled"] > 0.4 > first["doubled"] == 0.0
    assert (third["last"], third["bare"]) == (1.0, 1.0)


def test_a_list_in_answer_to_a_question_about_an_item_is_seen_and_one_for_a_request_is_not() -> None:
    entries = "1: Heat (1995)\n2: Casino (1995)\n3: Collateral (2004)"
    (asked,) = read("What is Heat about?", entries)
    (wanted,) = read("Can you recommend something like Heat?", entries)
    assert (asked["list_for_question"], wanted["list_for_question"]) == (1.0, 0.0)
    assert asked["entries"] == wanted["entries"] > 1.0


def test_only_the_replies_that_were_played_are_read_with_what_was_said_before_them() -> None:
    turns = said("A thriller?", "Heat (1995).", "Another?", "Heat (1995).")
    (played,) = exchanges(turns, first=2)
    assert (played.turn, played.asked, played.replied) == (3, "Another?", ("Heat (1995).",))


def test_features_of_meaning_are_cosines_and_empty_texts_are_like_nothing() -> None:
    def encode(texts: Any) -> Any:
        return np.array([[1.0, 0.0] if "thriller" in text else [0.0, 1.0] for text in texts])

    features = Features(encode)
    turns = said("A thriller?", "A good thriller is Heat.", "", "Hello.")
    first, second = features.of_replies(exchanges(turns))
    names = list(features.turn_signs)
    assert set(names) == {*TURN, *MEANING}
    assert first[names.index("near_asked")] == 1.0
    assert second[names.index("near_asked")] == 0.0
    assert second[names.index("near_earlier")] == 0.0


def test_it_learns_what_people_rated_and_says_how_well_on_what_it_had_not_seen() -> None:
    found = learnt()
    people = [one.ratings["dialogue_overall"] for one in RATED]
    for way in ("dialogues", "systems"):
        judged = [found.left_out[way][one.id].whole["overall"] for one in RATED]
        assert np.corrcoef(people, judged)[0, 1] > 0.8, way
    assert found.judge.tops == {"relevance": 2, "understanding": 2, "overall": 4}


def test_weights_keep_the_signs_of_their_features_whatever_the_data_say() -> None:
    upside_down = [
        RecordedDialogue(
            one.id,
            one.turns,
            one.system,
            ratings={"overall": 4 - one.ratings["dialogue_overall"]},
        )
        for one in RATED
    ]
    judge = learn_judge(upside_down, None, name="trained:x").judge
    signs = {**Features().turn_signs, **Features().dialogue_signs}
    for line in (*judge.lines.turn.values(), *judge.lines.dialogue.values()):
        for name, (_, _, weight) in line.features.items():
            assert signs.get(name, 1) * weight >= 0, name


def test_the_same_dialogues_in_any_order_teach_the_same_judge() -> None:
    again = learn_judge(tuple(reversed(RATED)), None, name="trained:x")
    assert judge_to_json(again.judge, None) == judge_to_json(learnt().judge, None)


def test_a_dialogue_it_was_learnt_from_is_rated_as_while_it_was_left_out() -> None:
    found = learnt()
    one = RATED[0]
    remembered, fresh = found.judge.rate(one.turns), found.judge.rate(one.turns, remembered=False)
    assert remembered is not None
    assert fresh is not None
    assert (remembered.held_out, fresh.held_out) == (True, False)
    told = found.left_out["dialogues"][one.id]
    assert remembered.whole["overall"] == pytest.approx(told.whole["overall"], abs=6e-4)
    assert set(remembered.turns) == set(told.turns)
    other = (*one.turns, seeker("Thanks!"))
    assert found.judge.rate(other) == found.judge.rate(other, remembered=False)


def _told_at_length(number: int) -> RecordedDialogue:
    """A dialogue with an opening that several have, and a request and a reply that no other has."""
    one = rated_dialogue(number, 2.0 * (number % 3))
    opening = Turn("seeker", "Hello, I have the evening free and would like to watch a movie.")
    asked = Turn("seeker", f"I saw number {number} of the series and want {number + 1} more of the kind.")
    reply = Turn(
        "recommender", f"Then {number} evenings are full with part {number + 2} of it, I should think."
    )
    turns = (opening, one.turns[1], asked, reply)
    return replace(one, turns=turns, turn_ratings=())


def test_a_dialogue_that_is_nearly_one_it_was_learnt_from_is_told() -> None:
    learnt_from = tuple(map(_told_at_length, range(40)))
    judge = learn_judge(learnt_from, None, name="trained:x").judge
    turns = learnt_from[0].turns
    changed = tuple(replace(turn, text=f"{turn.text.upper()} ") for turn in turns)
    for near, alike in (
        (turns, False),  # known word for word, so it was left out
        (changed, True),
        (turns[:3], True),
        (_told_at_length(99).turns, False),  # the opening alone
        ((seeker("Hello there!"), *turns[3:]), False),  # the system's sentence alone
    ):
        ratings = judge.rate(near)
        assert ratings is not None
        assert ratings.alike is alike
        assert ratings.held_out is (near == turns)
    assert judge.rate(changed, remembered=False) == judge.lines.rate(Features(None), exchanges(changed))


def test_its_score_is_half_of_the_satisfaction_with_what_was_played() -> None:
    judge = learnt().judge
    context, played = said("Can you recommend a thriller?"), (recommender("Try Heat (1995)."),)
    score = asyncio.run(judge.score(context, played, None, seed=0))
    assert score.method == "trained"
    assert score.value == pytest.approx(score.detail["overall"] / 2)
    nothing = asyncio.run(judge.score(context, (), None, seed=0))
    assert (nothing.value, nothing.unreadable) == (None, 1)


@pytest.mark.parametrize("ending", [COMPLIMENT, " Indeed, indeed, so it is, as one may say." * 3])
def test_flattery_and_padding_do_not_raise_what_the_packaged_judge_says(ending: str) -> None:
    judge = packaged()
    dialogues = [
        said("Hi, a thriller please.", "Try Heat (1995).", "Thanks, another?", "How about Casino (1995)?"),
        said("A thriller please.", "I have not seen that one."),
        said("A comedy?", "What do you like?", "Slapstick.", "1: Airplane!\n2: Top Secret!\n3: Hot Shots!"),
    ]
    for turns in dialogues:
        flattered = tuple(
            recommender(turn.text + ending) if turn.role == "recommender" else turn for turn in turns
        )
        plain, raised = judge.rate(turns, remembered=False), judge.rate(flattered, remembered=False)
        assert plain is not None
        assert raised is not None
        assert raised.whole["overall"] <= plain.whole["overall"] + 0.1


def test_the_packaged_judge_says_what_it_was_learnt_from_and_how_far_it_agrees() -> None:
    judge = packaged()
    assert judge.about["learnt_from"]["dialogues"] == len(judge.known) == 234
    measured = judge.about["agreement"]["overall"]
    assert measured["redial"]["pearson"] > 0.6
    assert measured["opendialkg"]["pearson"] > 0.7
    left_out = judge.about["cross_validated"]
    assert set(left_out) == {"dialogues", "systems", "architectures"}


def test_a_judge_is_written_and_read_back_the_same(tmp_path: Path) -> None:
    judge = learnt().judge
    (tmp_path / FILE).write_text(json.dumps(judge_to_json(judge, None)))
    back = open_trained(f"trained:{tmp_path}", no_vectors, "words")
    assert back.lines == judge.lines
    assert back.identity == judge.identity
    assert back.encode is None
    assert back.rate(RATED[3].turns) == judge.rate(RATED[3].turns)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"schema": "usbrec.judge/9"}, "this version reads"),
        ({"encoder": "another"}, "it needs the sentence encoder 'another'"),
        ({"dialogue": {}}, "no line for overall"),
        ({"turn": {"relevance": {"top": 2, "intercept": 0, "features": {"charm": [0, 1, 1]}}}}, "'charm'"),
        ({"turn": {"relevance": {"top": 2, "intercept": 0, "features": {"asks": [0, 1]}}}}, "unpack"),
        ({"turn": 7}, "items"),
    ],
)
def test_a_file_that_is_no_judge_is_refused_by_name(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    (tmp_path / FILE).write_text(json.dumps({**judge_to_json(learnt().judge, None), **change}))
    with pytest.raises(InputError) as caught:
        open_trained(f"trained:{tmp_path}", no_vectors, "words")
    assert str(tmp_path / FILE) in str(caught.value)
    assert told in str(caught.value)


def test_too_few_ratings_wrong_scales_and_ratings_that_are_all_one_are_refused() -> None:
    with pytest.raises(InputError, match=f"learns from {LEAST} or more"):
        learn_judge(RATED[: LEAST - 1], None, name="x")
    beyond = [*RATED[1:], rated_dialogue(99, 7.0)]
    with pytest.raises(
        InputError, match=r"1 ratings lie outside.*\n +d99: overall 7, and its scale is 0 to 4"
    ):
        learn_judge(beyond, None, name="x")
    with pytest.raises(InputError, match="nothing to learn"):
        learn_judge([rated_dialogue(at, 2.0) for at in range(LEAST)], None, name="x")


def test_a_value_stays_within_its_scale_and_a_feature_within_what_was_seen() -> None:
    line = Line(4, 1.0, {"asks": (0.0, 1.0, 2.0)})
    values = line.values(["place", "asks"], np.array([[0.0, 0.5], [0.0, 9.0], [0.0, -9.0]]))
    assert values.tolist() == [2.0, 3.0, 1.0]
    assert Line(2, 5.0, {}).values(["asks"], np.zeros((1, 1))).tolist() == [2.0]


def test_digests_tell_who_said_what() -> None:
    assert dialogue_digest(said("a", "b")) != dialogue_digest(said("a", "c"))
    assert dialogue_digest((seeker("a"),)) != dialogue_digest((recommender("a"),))
