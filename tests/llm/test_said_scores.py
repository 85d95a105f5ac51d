"""What stands beside a score: explanations lose none, and what takes a score back or gives another does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.llm.number_words import values, with_digits
from usbrec.llm.said_scores import refuses
from usbrec.llm.written_scores import read_score

DIGITS = ("0", "1", "2")
#: Ways in which an answer gives its score before it explains it.
GIVEN = (
    "{}",
    "Score: {}",
    "**Score:** {}",
    "Score {}",
    "<score>{}</score>",
    "My score is: {}",
    "Rating = {}",
)
#: Sentences of explanations, without words of scoring.
SENTENCES = (
    "Dracula (1897) suits about as well.",
    "The recommender named 2 titles, none of which fits.",
    "Jane Eyre (1847) is one of the titles that the seeker had in mind.",
    "The seeker asked for 1 quiet novel and got three loud ones.",
    "2 titles were named in turn 1.",
    "Se7en, 12 Monkeys and Toy Story 2 are from the 1990s.",
    "It is a 2-hour film in 4 parts.",
    "No one would like this, and everyone knows it.",
    "1 of the 2 films was seen before.",
    "Two out of five titles are new.",
    "The seeker liked 0.",
    "She can't wait for the second one.",
    "Der Film ist von 1994 und hat zwei Teile.",
    "推荐了2部电影，其中1部合适。",
)


@given(
    given_=st.sampled_from(GIVEN),
    score=st.sampled_from(DIGITS),
    sentences=st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=4),
    between=st.sampled_from(["\n\n", "\n", "\n\n*Explanation:* ", "\nReason: "]),
)
def test_an_explanation_changes_no_score_whatever_the_score(
    given_: str, score: str, sentences: list[str], between: str
) -> None:
    assert read_score(f"{given_.format(score)}{between}{' '.join(sentences)}", DIGITS) == score


@given(
    given_=st.sampled_from(GIVEN),
    score=st.sampled_from(DIGITS),
    other=st.sampled_from([*DIGITS, "zero", "one", "two", "Zero", "zwei"]),
    said=st.sampled_from(
        [
            "The score is {}.",
            "Final score: {}",
            "But since nothing fits, the final score is {}.",
            "I would give {}.",
            "So {}.",
            "I rate it {} because it is old.",
            "It should be {}.",
            "That makes it a {}.",
            "{}.",
            "No, it is {}.",
        ]
    ),
    before=st.lists(st.sampled_from(SENTENCES), max_size=2),
)
def test_another_number_that_is_said_to_be_the_score_makes_it_unreadable(
    given_: str, score: str, other: str, said: str, before: list[str]
) -> None:
    value = values().get(other.casefold(), other)
    text = "\n".join([given_.format(score), " ".join(before), said.format(other)])
    if str(value) != score:
        assert read_score(text, DIGITS) is None


@pytest.mark.parametrize(
    "text",
    [
        # taken back
        *("Score: 2\n\nWait, on second thought: zero.", "2\n\nWait, they never named a title. So zero."),
        *("Score: 2\n\nScratch that.", "Score: 2\n\nLet me reconsider.", "1\n\nCorrection: too high."),
        *("Score: 2\n\nHmm, wait. Nothing fits.", "2\n\n更正：0分", "2\n\n评分应为0"),
        '{"score": 2, "note": "On second thought nothing fits."}',
        '{"score": 2, "reason": "The score is 0."}',
        *("Score: 2\n\nHmm, one.", "Note : 2\n\nFinalement, zéro.", "Score: 2\n\nRevised score: 1"),
        # another scale
        *("Score: 2\n\nThis is 2 on a 1-to-10 scale.", "2\n\n2 of 10 points.", "Score: 2\nMax: five"),
        *("Score: 2\n\nA 2 out of 5 rating.", "Score: 2\n\nTen is the maximum.", "Score: 2\n\n10点満点中"),
        *("Score: 2\n(out of ten)", "2\n\nTwo out of five.", "Rating: 2\nScale: one to ten", "2\n\n3/5"),
        *("Score: 2\n\nOn a ten-point scale this is poor.", "评分：2\n（满分十分）", "评分：2\n满分10分"),
        *('{"score": 2, "explanation": "2 out of 10, as nothing fits."}', '{"score": "2", "unit": "of 10"}'),
        *('{"score": 2, "reason": "I would give 2/10."}', '{"score": 2, "scale": "five-point"}'),
        *("Note : 2\n\nC'est 2 sur 10.", "Bewertung: 2\n\n2 von zehn Punkten.", "Score out of 10: 1"),
        # no answer
        *('{"score": 0, "error": "the conversation is empty"}', '{"error": {"code": 3}, "score": 0}'),
        *('{"status": "failed", "score": 0}', '{"score": 0, "reason": "I cannot judge this conversation."}'),
        *("0\n\nI'm sorry, but I can't evaluate this conversation.", "0\n\nUnable to provide a score."),
        *('{"example": {"score": 2}}', '{"previous": {"score": 2}}', '{"format": {"score": 2}}'),
        *(
            '{"score": 0, "success": false}',
            '{"initial": {"score": 2}}',
            "0\n\nNo conversation was provided.",
        ),
        # no number of its own
        *(
            "Score -1",
            "Score: 2\n\nI rate it 7.",
            "Score: 1 star",
            "Toy Story 2",
            "1. The seeker wanted a castle.\n2. It",
            "0.5",
            "2/10",
        ),
    ],
)
def test_no_score_is_read_where_it_is_taken_back_on_another_scale_or_not_given(text: str) -> None:
    assert read_score(text, DIGITS) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        *(("Score 1", "1"), ("Score - 1", "1"), ("Score: 1.0", "1"), ("My score is: 1", "1")),
        *(("Score: 0\nMax score: 2", "0"), ("Score out of 2: 1", "1"), ("Score: 1 point", "1")),
        *(("Final answer: \\boxed{1}", "1"), ("2分", "2"), ("```text\n2\n```", "2"), ("1,0", "1")),
        ("<reasoning>It named 1 of 2 titles</reasoning><score>2</score>", "2"),
        *(("Let me think.\nScore: 1\nIt fits in part.", "1"), ("Score:\n```\n1\n```", "1")),
        *(('{"score": 1, "error": null}', "1"), ('{"score": 1, "errors": []}', "1")),
        *(('{"success": true, "score": 1}', "1"), ('{"rubric": {"max": 2}, "score": 1}', "1")),
        *(('{"example": {"score": 2}, "score": 1}', "1"), ('{"status": "ok", "score": 1}', "1")),
        ('{"reason": "Wait, it does fit.", "score": 1}', "1"),
        ("Score: 0\n\nI cannot give it a higher score.", "0"),
        ("Score: 1\n\nThe recommender could not help the seeker with this request.", "1"),
    ],
)
def test_a_score_in_a_clear_form_is_read(text: str, option: str) -> None:
    assert read_score(text, DIGITS) == option


def test_the_end_of_a_scale_in_words_is_held_against_the_options() -> None:
    five = ("0", "1", "2", "3", "4")
    assert read_score("Score: 4\n\nOut of five.", five) is None
    assert read_score("Score: 4\n\nOut of four.", five) == "4"


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        *(("I cannot judge this conversation.", True), ("I'm unable to rate it.", True)),
        *(("It is not possible to assign a rating.", True), ("Ich kann das Gespräch nicht bewerten.", True)),
        *(("I cannot rate this any higher.", False), ("I can't give it a better score.", False)),
        *(("The seeker cannot rate films.", False), ("It is impossible to judge whether it fits.", False)),
    ],
)
def test_a_judge_that_cannot_judge_is_told_from_one_that_cannot_give_more(text: str, refused: bool) -> None:
    assert refuses(text) is refused


def test_numbers_in_words_are_the_same_in_digits() -> None:
    assert with_digits("a ten-point scale, from one to a hundred; someone") == (
        "a 10-point scale, from 1 to 100; someone"
    )
