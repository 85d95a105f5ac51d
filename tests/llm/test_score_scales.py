"""Scales beside scores: one on another scale than the options' is unreadable, one on theirs is read."""

from __future__ import annotations

import pytest

from usbrec.llm.written_scores import read_score

DIGITS = ("0", "1", "2")


@pytest.mark.parametrize(
    "text",
    [
        '{"score": 2, "max": 10}',
        '{"score": 2, "scale": 10}',
        '{"score": 2, "scale": "1-10"}',
        '{"score": 2, "out_of": 10}',
        '{"score": 2, "outOf": "10"}',
        '{"score": 2, "maximum": 5}',
        '{"score": {"value": 2, "max": 10}}',
        "Maximum: 10\nScore: 2",
        "Scale: 1-5\nScore: 2",
        "Rubric: 1-10\nScore: 2",
        "<max>10</max><score>2</score>",
        "Highest possible: 10\nScore: 1",
        "Score: 2\nMaximum: 10",
        '{"score": 2, "range": [1, 10]}',
        '{"score": 2, "scale": {"min": 1, "max": 10}}',
        '{"max_score": 10, "score": 2}',
        '{"score": 1, "best": 5, "worst": 1}',
        '{"score": 2, "of": 10}',
        '{"score":1,"target_score":8}',
        "On a scale from 0 to 10:\nScore: 2",
        "I use a 10-point scale.\nScore: 2",
        "The maximum is 10.\nScore: 2",
        '{"score": 2, "scale": "1 (low) to 10 (high)"}',
        "Échelle : 1 à 5\nNote : 2",
        "Skala: 1-10\nBewertung: 1",
        "Out of: 10\nScore: 2",
        '{"min": 1, "score": 2}',
        '{"scale":"-1 to 1","score":1}',
        '{"score": 2, "scale_max": 10}',
        '{"score":2,"max":10.0}',
        "The scale goes from 1 to 5.\nScore: 2",
        '{"reason": "On a scale of 1 to 10 it is fine.", "score": 2}',
    ],
)
def test_a_score_on_another_scale_is_unreadable(text: str) -> None:
    assert read_score(text, DIGITS) is None


@pytest.mark.parametrize(
    ("text", "option"),
    [
        ('{"score": 2, "max": 2}', "2"),
        ('{"score": 1, "scale": "0-2"}', "1"),
        ('{"score": 1, "scale": "0: not, 1: partly, 2: fully"}', "1"),
        ('{"score": 1, "range": [0, 2]}', "1"),
        ('{"score": 1, "scale":[0,1,2]}', "1"),
        ('{"score": 2, "out_of": 2}', "2"),
        ("Maximum: 2\nScore: 1", "1"),
        ("Scale: 0-2\nScore: 2", "2"),
        ("Scale: 0 to 2\nScore: 1", "1"),
        ("Rubric: 0-2\nScore: 1", "1"),
        ("<max>2</max><score>1</score>", "1"),
        ('{"score": 2, "max_items": 10}', "2"),
        ('{"score":1,"films":12}', "1"),
        ('{"score":1,"confidence":0.9}', "1"),
        ('{"score": 1, "min": 0, "max": 2}', "1"),
        ("I use a 3-point scale.\nScore: 2", "2"),
        ("On a scale from 0 to 2 this is good.\nScore: 2", "2"),
        ('{"score": 2, "scale": "3-point"}', "2"),
        ('{"score": 2, "max_tokens": 100}', "2"),
        ("The film is a masterpiece of scale.\nScore: 2", "2"),
        ("Maximum number of films: 10\nScore: 2", "2"),
        ("Year range: 1980-1999\nScore: 1", "1"),
        ('{"score":1,"price_range":"10-20"}', "1"),
        ('{"score":1,"scale":"relevance"}', "1"),
        ("Rubric: fully relevant\nScore: 2", "2"),
        ('{"target_score": 2, "score": 1}', "1"),
        ("Best film: 10 Things I Hate About You\nScore: 2", "2"),
        ("The scale of the epic is 10 times larger.\nScore: 2", "2"),
        ("Possible issues: 3 titles repeated\nScore: 1", "1"),
        ("Limit: 100 words\nScore: 2", "2"),
        ("Quality of the reply: good\nScore: 2", "2"),
        ('{"reason": "It is 10 times the scale of Heat.", "score": 2}', "2"),
        ("Rubric: 1 means partly relevant\nScore: 1", "1"),
    ],
)
def test_a_score_on_the_scale_of_the_options_is_read(text: str, option: str) -> None:
    assert read_score(text, DIGITS) == option


def test_the_scale_is_that_of_the_options_that_are_asked_for() -> None:
    assert read_score('{"score": 4, "max": 5}', ("1", "2", "3", "4", "5")) == "4"
    assert read_score('{"score": 4, "max": 10}', ("1", "2", "3", "4", "5")) is None
