"""Scores read from votes: the one number that is the vote, and none where there may be two."""

from __future__ import annotations

import pytest

from usbrec.llm.choices import read_option

DIGITS = ("0", "1", "2")


@pytest.mark.parametrize(
    "text",
    [
        # a digit that is explained under another label
        *("0\n\nRelevance: 2", "1\nScore: 2", "0\nFinal: 2", "0.\nAnswer: 2", "**0**\n\n**Fit:** 2"),
        *("0 - the reply ignores the taste.\nQuality: 2", "0\n\nThe reply is off.\nInterest: 2"),
        *(
            "0 because it is off.\nQuality: 2",
            "0, weil es nicht passt.\nNote: 2",
            "0\n评分：2",
            "1) ok\nScore: 2",
        ),
        # a number in a sentence that says it is the score
        *("The score is 0\nPoints: 2", "My verdict is 0 of 2.\nQuality: 2", "Score is 0.\nRelevance: 2"),
        *("I give 0.\nFit: 2", "Reason: the score is 2.\nScore: 1", "Ich gebe 0 weil es fehlt.\nNote: 2"),
        *(
            "我给0分。\n评分：2",
            "I rate it 0 out of 2.\nScore: 2",
            "Reason: It gave Score: 2 before.\nScore: 1",
        ),
        # aspects of which one is a label
        *("Task completion: 0\nRelevance: 2", "Understanding: 0\nQuality: 2", "Efficiency 0\nQuality: 2"),
        *(
            "- Task: 0\n- Quality: 2",
            "1. Relevance: 0\n2. Quality: 2",
            "Relevance: 0\nQuality: 2\nOverall: 1",
        ),
        *(
            "Score (0-5): 4\nScore: 2",
            "Fit (0-10): 7\nScore: 2",
            "Score: 1.5\nRating: 2",
            "Reply: 0, bad\nPoint: 2",
        ),
        *("<understanding>0</understanding><quality>2</quality>", "<relevance>0</relevance>\n<fit>2</fit>"),
        *(
            "<score>1</score> or <score>2</score>",
            "\\boxed{1}\n\\boxed{2}",
            "0\n\\boxed{2}",
            "<score>1/2</score>",
        ),
        # two numbers of one label
        *(
            "Score: 1\nScore: 2",
            "Score:\n1\n2",
            "Final score: 1\nMy score: 2",
            "Answer: 1\n\n**Final answer:** 2",
        ),
        # labels of something else, and numbers of a list that is cut off
        *("Maximum\nPoints: 2", "Rubric\nPoints: 2", "Max score: 2", "Target score: 2", "Key points: 2"),
        *(
            "Reasons:\n1",
            "Let me think.\n\n1.",
            "Score: -\n1",
            "- 1",
            "# 1",
            "Score:",
            "Score:\nhigh",
            "Films:\n2",
        ),
        *("Not my score\n1. It fits.", "Answer points: 2", "Best answer: 2", "Score: not 2", "> Score: 1"),
        *("\\boxed{10}", "\\boxed{}", "<films>2</films>", "<max_score>2</max_score>", "<score>-1</score>"),
        # a scale that is written from its upper end down, and parts of another scale
        *("Score (2-0): 1", "Score (2 to 0): 2", "Scale: 2-0\nScore: 1", "Scale: 2 (worst) - 0\nScore: 1"),
        *('{"scale": "2-0", "score": 1}', "1 out of 5", "1 of 2 films fit", "1 out of 2\nScore: 2"),
    ],
)
def test_a_vote_of_which_there_may_be_two_or_that_is_none_is_unreadable(text: str) -> None:
    assert read_option(text, DIGITS) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        *(("**Score:**\n0", "0"), ("Score:\n1", "1"), ("Score:\n\n**1**", "1"), ("## Score\n2", "2")),
        *(("- Score: 1", "1"), ("# Score: 1", "1"), ("* **Score:** 2", "2"), ("• Rating: 0", "0")),
        *(("Final score: 1", "1"), ("Final answer: 1", "1"), ("Overall score: 2", "2"), ("My score: 1", "1")),
        *(("**Final Answer:** 0", "0"), ("Relevance score: 1", "1"), ("Final score (0-2): 1", "1")),
        *(
            ("Mein Urteil: 1", "1"),
            ("Note finale : 1", "1"),
            ("Puntuación final: 2", "2"),
            ("最终评分：1", "1"),
        ),
        *(("Итоговая оценка: 1", "1"), ("Gesamtbewertung: 0", "0"), ("Nota final: 2", "2")),
        *(("<score>1</score>", "1"), ("<answer>1</answer>", "1"), ("<final_score> 2 </final_score>", "2")),
        *(("\\boxed{1}", "1"), ("$\\boxed{0}$", "0"), ("The answer is \\boxed{1}.", "1")),
        *(
            ("<reason>2 films fit</reason>\n<score>1</score>", "1"),
            ("<output><score>1</score></output>", "1"),
        ),
        # the same vote said twice
        *(
            ("1\nThe reply names 2 films.", "1"),
            ("Score: 1\nMaximum: 2", "1"),
            ("Score: 1\nReason: 2 fit.", "1"),
        ),
        *(("1\n\nScore: 1", "1"), ("Score: 1\nFinal answer: 1", "1"), ("1\n\nExplanation: it fits.", "1")),
        # out of the upper end of the scale
        *(("1 out of 2", "1"), ("Score: 1 out of 2", "1"), ("**2** out of 2", "2"), ("0 von 2.", "0")),
        *(("Score: 1 (out of 2)", "1"), ("Note : 1 sur 2", "1"), ("Score: 1 of 2 points", "1")),
        *(('{"score": "1 out of 2"}', "1"), ("Score (0-2): 1 out of 2", "1")),
        # numbers that are none of a score
        *(("Reason: 2 titles fit.\nScore: 1", "1"), ("The seeker liked Toy Story 2.\nScore: 1", "1")),
        *(
            ("In turn 1 it asks.\nScore: 0", "0"),
            ("It names 2 films.\nScore: 1", "1"),
            ("2部电影。\n评分：1", "1"),
        ),
        *(("Films: 2\nScore: 1", "1"), ("Scale: 0-2\nScore: 1", "1"), ("Confidence: 2\nScore: 1", "1")),
        *(("1. It fits.\n2. It is new.\nScore: 0", "0"), ("Reason: 2 of the films fit.\nScore: 1", "1")),
        *(("Points possible: 2\nPoints: 1", "1"), ("My verdict is 1 of 2.\nScore: 1", "1")),
        *(("The scale goes from 0 to 2.\nScore: 1", "1"), ("It is of 2002.\nScore: 1", "1")),
    ],
)
def test_a_clear_vote_is_read_whatever_stands_around_it(text: str, option: str) -> None:
    assert read_option(text, DIGITS) == option


@pytest.mark.parametrize(
    ("text", "option"),
    [
        # names of numbers that are no scores
        *(
            (f'{{"{name}": 2}}', None)
            for name in ("target_score", "perfect_score", "ideal_score", "best_score")
        ),
        *((f'{{"{name}": 2}}', None) for name in ("data_points", "key_points", "not_relevance", "max_score")),
        *(
            (f'{{"{name}": 2}}', None)
            for name in ("minScore", "dataPoints", "worst-score", "no_fit", "pointValue")
        ),
        *(
            (f'{{"{name}": 2}}', None)
            for name in ("first_choice", "total_score", "number_of_points", "other_answer")
        ),
        *((f'{{"{name}": 2}}', "2") for name in ("score", "final_score", "satisfactionRating", "user_score")),
        *((f'{{"{name}": 2}}', "2") for name in ("Overall Score", "relevance_score", "task_score", "SCORE")),
        # beside a score they are looked past, and what may be another score is not
        *(('{"target_score": 2, "score": 1}', "1"), ('{"answer": 1, "confidence": 2}', "1")),
        *(('{"score": 1, "films": 2, "year": 1995}', "1"), ('{"score": 1, "reason": "2 films fit"}', "1")),
        *(('{"task_completion": 0, "relevance": 2}', None), ('{"understanding": "0", "quality": 2}', None)),
        *(('{"score": 1, "total_score": 2}', None), ('{"task_completion": 1, "relevance": 1}', "1")),
        # words beside the score
        *(('{"verdict": "bad", "score": 0}', "0"), ('{"assessment": "It fits.", "score": 1}', "1")),
        *(('{"answer": "Yes", "score": 1}', "1"), ('{"final": true, "score": 1}', "1")),
        *(('{"evaluation": "2 films fit.", "score": 1}', "1"), ('{"response": null, "rating": 2}', "2")),
        *(('{"verdict": "2", "score": 0}', None), ('{"verdict": "a 2", "score": 0}', None)),
        *(
            ('{"answer": "two", "score": 0}', None),
            ('{"verdict": "bad"}', None),
            ('{"verdict": 2, "score": 0}', None),
        ),
        *(('{"score": "high", "rating": 1}', None), ('{"score": null, "rating": 1}', None)),
        *(('{"score": 1.5, "rating": 1}', None), ('{"verdict": "I give 0", "score": 2}', None)),
    ],
)
def test_an_object_is_read_by_the_field_that_is_the_score(text: str, option: str | None) -> None:
    assert read_option(text, DIGITS) == option
