"""Scores that a vote states behind a label in a sentence: read where it is one number, and else not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.llm.written_scores import read_score

DIGITS = ("0", "1", "2")
#: Sentences and remarks in which a judge gives a score behind its label.
STATED = (
    "The score is {}.",
    "The score is **{}**.",
    "Score: {} (comparable)",
    "**Score: {}** (comparable)",
    "Score: {} - it fits",
    "Score: {}. It fits.",
    "Rating - {} (comparable)",
    "**Rating**: {} — partly",
    "My rating for this reply is {} out of 2.",
    "The final score would be {}",
    "Based on the conversation, the score is {}.",
    "Die Bewertung ist {}.",
    "La puntuación es {}.",
    "Il punteggio è {}.",
    "Оценка: {} (частично)",
)
BESIDE = (
    "The recommender named 2 titles, and 1 of the films fits.",
    "Dracula (1897) and Toy Story 2 are what the seeker likes.",
    "It asked in turn 1 and named 3 films in turn 2.",
)


@given(
    score=st.sampled_from(DIGITS),
    stated=st.sampled_from(STATED),
    before=st.lists(st.sampled_from(BESIDE), max_size=2),
    behind=st.lists(st.sampled_from(BESIDE), max_size=2),
    between=st.sampled_from([" ", "\n", "\n\n"]),
)
def test_a_score_that_one_sentence_states_is_read_whatever_it_is(
    score: str, stated: str, before: list[str], behind: list[str], between: str
) -> None:
    said = stated.format(score)
    said = said if said.endswith((".", ")")) or not behind else f"{said}."
    if before and between == " " and not stated.startswith(("The", "I ", "I'", "It", "So", "My", "Based")):
        between = "\n"
    assert read_score(between.join([*before, said, *behind]), DIGITS) == score


@given(
    one=st.sampled_from(DIGITS),
    other=st.sampled_from(DIGITS),
    first=st.sampled_from(STATED),
    second=st.sampled_from(STATED),
)
def test_two_statements_of_two_numbers_are_none(one: str, other: str, first: str, second: str) -> None:
    read = read_score(f"{first.format(one)}\n{second.format(other)}", DIGITS)
    assert read == (one if one == other else None)


@given(
    score=st.sampled_from(DIGITS),
    stated=st.sampled_from([form for form in STATED if "2" not in form]),
    other=st.sampled_from(
        ["It is on a scale of 1 to 10.", "(out of 10)", "The maximum score is 5.", "Wait, no."]
    ),
)
def test_a_statement_on_another_scale_or_taken_back_is_none(score: str, stated: str, other: str) -> None:
    assert read_score(f"{stated.format(score)}\n{other}", DIGITS) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        *(("评分是1。", "1"), ("得分：1（一般）", "1"), ("点数は1です。", "1")),
        *(
            ("評価は1です。", "1"),
            ("점수는 1점입니다.", "1"),
        ),
        *(("Score is 0 out of 2 because no title was named.", "0"), ("The answer is **1**", "1")),
        ("Score: 1 (scale 0-2)", "1"),
        ("Let me see: 0 means none, 1 means partly, 2 means in full. The score is 1.", "1"),
    ],
)
def test_a_number_that_is_explained_beside_it_is_read(text: str, option: str) -> None:
    assert read_score(text, DIGITS) == option


@pytest.mark.parametrize(
    "text",
    [
        # no label
        *("0, because nothing fits", "1 - partly satisfied", "2 (excellent)", "I give it a 1", "I'd say 2"),
        *("It deserves a 2.", "Score: one", "The score is two."),
        # two numbers
        *("I would give 1 or 2.", "The score is 1 or 2.", "I'd say 1, maybe 2.", "The score is one or two."),
        *(
            "Between 1 and 2.",
            "1 – or 2",
            "1 (or 2)",
            "1 – or",
            "1 (maybe",
            "Score: 1 (or",
            "The score is 1, not 2.",
            "1-2",
            "I'd give it 1-2.",
        ),
        *("I would give it 2, but it repeats itself, so I give 1.", "Score: 1 (maybe; 2 if generous)"),
        # another one's, on a condition, or none at all
        *("The score is not 2.", "I would not give this 2.", "I can't give it 2.", "The maximum score is 2."),
        *("A score of 2 would need the target.", "If it had named the target, the score would be 2."),
        *(
            "I would give it 2 if it had asked.",
            "I would give at most 1.",
            "It gets at least 1.",
            "No score: 1 film",
        ),
        *(
            "Den Wert 2 würde ich nicht geben.",
            "Ich gebe höchstens 1.",
            "我不给1分。",
            "The previous score was 2.",
        ),
        # another scale, a part of one, and what is counted
        *(
            "I would rate this 8/10",
            "I would rate this 1/10",
            "I would give this 2 out of 5",
            "The score is 3.",
        ),
        *("I would give this 1/2", "The score is 1.5.", "The score is -1.", "Score -1", "I give it 1 star."),
        *(
            "I give 2 reasons.",
            "I would give this 2 out of 2 films.",
            "score 1 - 2 films fit",
            "It gets 2 titles right.",
        ),
        *("1 of 2 films fit", "2 films fit.", "Toy Story 2", "1. The seeker wanted a castle."),
        "1: The seeker wanted a castle and the recommender asked",
    ],
)
def test_what_leaves_the_number_open_is_none(text: str) -> None:
    assert read_score(text, DIGITS) is None
