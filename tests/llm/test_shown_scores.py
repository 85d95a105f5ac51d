"""Numbers behind a label that are no score: an example, a stand-in, a difference, another scale."""

from __future__ import annotations

import pytest

from usbrec.llm.written_scores import read_score

DIGITS = ("0", "1", "2")
#: How a score should look.
SHOWN = (
    "Example: Score: 2",
    "For example, Score: 2",
    "For example: score: 1",
    "Your answer should look like this: Score: 1",
    "Output format: Score: 2",
    "Beispiel: Bewertung: 1",
    "z. B. Bewertung: 1",
    "Exemple : Note : 1",
    "Ejemplo: Puntuación: 1",
    "例：得分：1",
    "Example answer: 2",
    "Sample output: 1",
    "Expected output: 2",
    "Template: <score>2</score>",
    "Example:\nScore: 2",
    "Example:\n2",
    "Here is an example:\nScore: 2",
    "Format:\n<score>1</score>",
    "Example 1:\nScore: 2",
    "Reference answer: 2",
    "Gold answer: 2",
    "Ground truth: 2",
    "Target: 2",
)
#: What stands in its place.
STAND_INS = (
    "Score: 0 (default)",
    "Score: 1 (placeholder)",
    "Score: 0 (error)",
    "Score: 0 (fallback)",
    "Score: 0 (not applicable)",
    "Score: 0 (n/a)",
    "Score: 0 (no data)",
    "Score: 0 (insufficient information)",
    "Score: 0 (Platzhalter)",
    "Score: 0 (Fehler)",
    "Bewertung: 0 (Standardwert)",
    '{"score": 0, "status": "error"}',
    '{"score": 0, "placeholder": true}',
    '{"score": 0, "valid": false}',
    '{"score": 0, "applicable": false}',
    "Score: 0 as a default",
    "Score: 1 by default",
    "Score: 0 (the dialogue could not be read)",
)
#: How far it is from something.
DIFFERENCES = (
    "The score is 2 points lower than expected.",
    "The score is 1 point below the maximum.",
    "The score is 1 point off the maximum.",
    "The score is 1 point higher than before.",
    "The rating is 2 points too high.",
    "My score is 1 point less than for the target.",
    "Die Bewertung ist 1 Punkt niedriger als zuvor.",
    "Die Bewertung ist 2 Punkte schlechter.",
    "La note est 1 point plus basse.",
    "La puntuación es 1 punto menos.",
    "Die Bewertung ist 1 Punkt unter dem Maximum.",
    "Оценка на 1 балл ниже.",
    "Score: 2 points lower",
    "Score: 1 point below",
    "Score: 1 lower",
)
#: Numbers beside another best one.
OTHER_BESTS = (
    "Score: 2; 10 would be perfect",
    "Score: 2. The best possible is 10.",
    "Score: 2. The best possible score is 10.",
    "Note : 2 sur 20",
    "Score: 2 (where 10 is best)",
    "Score: 2 (where 5 = excellent)",
    "Score: 2, with 5 being the best",
    "Score: 2 (5 being the highest)",
    "Score: 1 (1 = low, 5 = high)",
    "Score: 1 (scale: 0-10)",
    "Score: 2\n\nScale: 0 = worst, 10 = best",
    "Bewertung: 2 (10 wäre perfekt)",
    "Bewertung: 2, wobei 10 das Beste ist",
    "Bewertung: 2 (10 ist das Maximum)",
    "Bewertung: 2. Höchstwert ist 10.",
    "Puntuación: 2, siendo 10 lo mejor",
    "Puntuación: 2 (máximo 10)",
    "Note : 2, 10 étant le maximum",
    "得分：2（最高10分）",
    "評価：2（最高は10）",
    "점수: 2 (최고 10점)",
    "Оценка: 2 (максимум 10)",
    "Оценка: 2, где 10 — лучший",
    "Score: 1 (perfect = 10)",
    "Score: 1 (best: 10)",
    "Score: 1 star (five stars is best)",
    "Score: 1 of five",
    "Score: 1 (1 to 5)",
    "Score: 1 (between 1 and 10)",
    "Score: 1 (10 max)",
    "Score: 1 (ten is the best)",
    "Score: 1, since 3 would mean perfect",
)
#: Scores that are given, whatever is said beside them.
GIVEN = (
    ("In the requested format:\nScore: 1", "1"),
    ("Here is my answer in the requested format:\n\nScore: 2", "2"),
    ('Following the format:\n{"score": 1}', "1"),
    ("My rating is as follows:\nScore: 0", "0"),
    ("Format: one digit.\nScore: 1", "1"),
    ("Score: 2; 12 Monkeys is perfect", "2"),
    ("Toy Story 3 is perfect. Score: 2", "2"),
    ("Score: 1 (comparable)", "1"),
    ("Score: 2 (10 films fit)", "2"),
    ("Score: 1. The seeker wanted 3 films.", "1"),
    ("Score: 2. Released in 1999, one of the best 10 films.", "2"),
    ("Score: 2\n\nReason: Top 10 material.", "2"),
    ("Score: 1\nThe reply is lower in quality than the target.", "1"),
    ("Score: 2. It is the best of 10 options.", "2"),
    ("Score: 1. An example would be Dracula.", "1"),
    ("Score: 1, for example because of Dracula.", "1"),
    ("For example, Dracula fits. Score: 1", "1"),
    ("Example: Dracula.\nScore: 1", "1"),
    ("Score: 0. The error is the wrong genre.", "0"),
)


@pytest.mark.parametrize("text", SHOWN)
def test_a_score_that_shows_how_one_looks_is_none(text: str) -> None:
    assert read_score(text, DIGITS) is None


@pytest.mark.parametrize("text", STAND_INS)
def test_a_number_in_place_of_a_score_is_none(text: str) -> None:
    assert read_score(text, DIGITS) is None


@pytest.mark.parametrize("text", DIFFERENCES)
def test_how_far_a_score_is_from_another_is_none(text: str) -> None:
    assert read_score(text, DIGITS) is None


@pytest.mark.parametrize("text", OTHER_BESTS)
def test_a_score_beside_another_best_one_is_none(text: str) -> None:
    assert read_score(text, DIGITS) is None


@pytest.mark.parametrize(("text", "option"), GIVEN)
def test_a_score_that_is_given_stays_one_beside_such_words(text: str, option: str) -> None:
    assert read_score(text, DIGITS) == option
