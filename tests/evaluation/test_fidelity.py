"""Fidelity of seekers: at which points they are asked, what they are told there, and what is said of them."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, recommender, seeker
from usbrec.dialogue import Item, RecordedDialogue, Turn
from usbrec.evaluation.fidelity.discriminator import LEAST, Said, tell_apart
from usbrec.evaluation.fidelity.points import Point, counterfactual_of, merged, points_of
from usbrec.evaluation.fidelity.reading import read_answer
from usbrec.evaluation.fidelity.summary import summarise_fidelity
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.judge.recorded import RecordedFacts

FACTS = RecordedFacts(KNOWLEDGE)
DIALOGUE = RecordedDialogue(
    "d",
    (
        recommender("Hello, what do you like?"),
        seeker("I loved Goodfellas (1990)."),
        recommender("Have you seen Heat (1995)?"),
        seeker("No, not yet."),
        seeker("Is it long?"),
        recommender("A little. Or Airplane! (1980)?"),
        seeker("I hated that."),
        recommender("Then Collateral (2004)."),
    ),
    targets=("Heat (1995)", "Collateral (2004)"),
)
OPINIONS = {
    "Goodfellas (1990)": True,
    "Heat (1995)": True,
    "Airplane! (1980)": False,
    "Collateral (2004)": True,
}


def test_a_seeker_is_told_what_the_person_liked_but_for_what_is_recommended_just_then() -> None:
    points = list(points_of(DIALOGUE, OPINIONS, FACTS))
    assert [point.id for point in points] == ["d:0", "d:2", "d:4"]
    assert [point.targets for point in points] == [
        ("Heat (1995)", "Collateral (2004)"),
        ("Collateral (2004)",),
        # What was named already stands behind what was not.
        ("Collateral (2004)", "Heat (1995)"),
    ]
    assert all("Goodfellas (1990)" not in point.targets for point in points), "the person named it"
    assert [(point.reaction, point.by) for point in points] == [
        (None, None),
        ("accepted", "form"),
        ("declined", "form"),
    ]
    assert points[1].answer == "No, not yet. Is it long?", "messages of one person are one answer"
    assert points[1].sample.label == "Have you seen Heat (1995)?"


def test_without_a_form_the_dialogues_targets_are_told_and_reactions_are_read_in_the_words() -> None:
    points = list(points_of(DIALOGUE, None, FACTS))
    assert points[1].targets == ("Collateral (2004)",)
    assert [(point.reaction, point.by) for point in points] == [
        (None, None),
        ("open", "words"),
        ("declined", "words"),
    ]


def test_what_the_form_says_nothing_of_is_not_read_in_the_words() -> None:
    (_, second, third) = points_of(DIALOGUE, {"Collateral (2004)": True, "Airplane! (1980)": False}, FACTS)
    assert (second.reaction, second.by) == (None, None)
    assert (third.reaction, third.by) == ("declined", "form")


@given(
    st.lists(
        st.tuples(st.sampled_from(("seeker", "recommender")), st.sampled_from(("a", "b", "", " "))),
        max_size=12,
    )
)
def test_merged_turns_alternate_and_lose_no_word(said: list[tuple[Any, str]]) -> None:
    turns = merged([Turn(role, text) for role, text in said])
    assert all(a.role != b.role for a, b in itertools.pairwise(turns))
    words = " ".join(text for _, text in said).split()
    assert " ".join(turn.text for turn in turns).split() == words


def test_an_answer_is_read_with_titles_left_away() -> None:
    read = read_answer("What's a comedy with Al Pacino like Heat (1995)?", None, DIALOGUE.turns, FACTS)
    assert (read["words"], read["asks"], read["tells"], read["names"]) == (9, True, 2, True)
    read = read_answer("Airplane! (1980)", "accepted", DIALOGUE.turns, FACTS)
    assert (read["asks"], read["tells"], read["names"], read["reaction"]) == (False, 0, True, "accepted")


def test_the_good_recommendation_is_a_target_and_the_bad_one_is_like_none() -> None:
    for point in points_of(DIALOGUE, OPINIONS, FACTS):
        for seed in range(5):
            found = counterfactual_of(point, KNOWLEDGE, seed)
            assert found is not None
            wanted = [KNOWLEDGE.traits[item.id] for item in CATALOGUE.resolve(point.targets)]
            assert CATALOGUE.get(found.good) in CATALOGUE.resolve(point.targets)
            assert KNOWLEDGE.similarity.best(KNOWLEDGE.traits[found.bad], wanted) < 0.1
            assert counterfactual_of(point, KNOWLEDGE, seed) == found


def answers(simulated: str, *, dialogues: int = 30) -> list[Said]:
    draws = random.Random(0)
    said = "yes no i like that film very much thanks another one please have you seen it"
    words = said.split()
    made = []
    for number in range(dialogues):
        for _ in range(3):
            made.append(Said(f"d{number}", True, " ".join(draws.choices(words, k=6))))
            other = " ".join(draws.choices(words, k=6)) if simulated == "alike" else simulated
            made.append(Said(f"d{number}", False, other))
    return made


def test_what_is_said_in_peoples_words_is_not_told_apart_and_one_sentence_is() -> None:
    alike = tell_apart(answers("alike", dialogues=60), seed=0, resamples=200)["auc"]
    assert alike["value"] == pytest.approx(0.5, abs=0.08)
    assert alike["ci95"][1] - alike["ci95"][0] < 0.25
    fixed = tell_apart(answers("Certainly! I would appreciate a recommendation."), seed=0, resamples=200)
    assert fixed["auc"]["value"] > 0.99
    assert "certainly" in fixed["seeker"]
    assert "certainly" not in fixed["people"]
    assert fixed["auc_form"]["value"] > 0.9, "its length and capitals give it away"


def test_the_area_does_not_hang_on_the_order_of_answers_and_is_unknown_of_few_dialogues() -> None:
    made = answers("alike")
    turned = sorted(made, key=lambda one: (one.text, one.dialogue, one.person))
    first, second = (tell_apart(one, seed=3, resamples=50)["auc"]["value"] for one in (made, turned))
    assert first == pytest.approx(second, abs=0.005)
    few = tell_apart(answers("alike", dialogues=LEAST - 1), seed=0, resamples=50)
    assert few["auc"] == {"value": None, "ci95": [None, None]}


def row(number: int, person: Any, simulated: Any, *, good: str = "accepted", bad: str = "declined") -> Any:
    def read(reaction: Any, tells: int = 0) -> dict[str, Any]:
        text = f"I say {reaction} of it."
        return {
            "text": text,
            "words": len(text.split()),
            "tells": tells,
            "reaction": reaction,
            "says": None if reaction is None else "open",
            **dict.fromkeys(("asks", "names", "repeats"), False),
        }

    return {
        "id": f"d{number}:1",
        "dialogue_id": f"d{number}",
        "by": "form",
        "person": read(person),
        "seeker": read(simulated),
        "checks": {"good": {"reaction": good}, "bad": {"reaction": bad}},
        "failed": None,
    }


def test_a_seeker_that_accepts_everything_is_over_cooperative() -> None:
    rows = [row(n, "accepted" if n % 2 else "declined", "accepted", bad="accepted") for n in range(20)]
    found = summarise_fidelity(rows, seed=0, resamples=200)
    assert found["measures"]["accepts"]["people"]["mean"] == 0.5
    assert found["measures"]["accepts"]["difference"]["mean"] == 0.5
    assert found["counterfactual"]["bad"]["mean"] == 1.0
    assert found["reactions"]["accepts_declined"]["mean"] == 1.0
    told = " ".join(found["over_cooperative"])
    for words in (
        "accepts more",
        "declines less",
        "unlike all that it wants",
        "most of what people declined",
    ):
        assert words in told
    assert any("does not tell a good recommendation from a bad one" in one for one in found["mind"])


def test_five_dialogues_do_not_make_a_seeker_over_cooperative() -> None:
    rows = [row(n, "accepted" if n % 2 else "declined", "accepted", bad="accepted") for n in range(5)]
    assert summarise_fidelity(rows, seed=0, resamples=200)["over_cooperative"] == []


def test_a_catalogue_of_twins_has_no_unlike_item() -> None:
    films = [Item(f"t{n}", f"Twin {n}", year=1990, genres=("Crime",)) for n in range(12)]
    known = Knowledge.of(Catalogue(films), Similarity(), seed=0)
    point = Point("d:1", "d", (seeker("A crime film, please."), recommender("Why?")), "x", ("t1",))
    assert counterfactual_of(point, known, 0) is None


def test_a_seeker_that_does_as_people_do_is_not() -> None:
    rows = [row(n, *["accepted" if n % 2 else "declined"] * 2) for n in range(20)]
    found = summarise_fidelity(rows, seed=0, resamples=200)
    assert found["over_cooperative"] == []
    assert found["reactions"]["same"]["mean"] == 1.0
    assert found["counterfactual"]["difference"]["mean"] == 1.0


def test_what_nobody_can_say_is_left_out_on_both_sides_and_failed_answers_are_counted() -> None:
    rows = [row(0, "accepted", None), row(1, None, "accepted"), row(2, "declined", "declined")]
    lost = {**row(3, "accepted", "accepted"), "seeker": None, "failed": "ModelUnavailable: away"}
    found = summarise_fidelity([*rows, lost], seed=0, resamples=50)
    accepts = found["measures"]["accepts"]
    assert (accepts["people"]["n"], accepts["seeker"]["n"], accepts["people"]["mean"]) == (1, 1, 0.0)
    assert (found["points"], found["failed"], found["dialogues"]) == (4, 1, 4)
    assert found["measures"]["words"]["people"]["n"] == 3
