"""What is said to a question whether something is important is a demand, or none, and never an exclusion."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

PHONES = load_catalogue(
    [
        {"title": "Volta X2", "price": "449 €", "ram": "8 GB", "storage": "128 GB", "organic": "yes",
         "colour": "black", "pool": "yes"},
        {"title": "Kestrel", "price": "329 €", "ram": "16 GB", "storage": "64 GB", "organic": "no",
         "colour": "red", "pool": "no"},
    ]
)  # fmt: skip
READER = ConstraintReader(PHONES, open_linker(PHONES))


def read(*texts: str) -> list[str]:
    """What holds after turns of recommender and seeker in turn; the last one is the seeker's."""
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READER.read(turns)]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Is organic important to you?", "very", ["organic: yes"]),
        ("Is organic important to you?", "yes, very", ["organic: yes"]),
        ("Is organic important to you?", "no", []),
        ("Is organic important to you?", "not really", []),
        ("Is organic important to you?", "somewhat", []),
        ("Is organic important to you?", "yes, but not very", []),
        ("Ist Ihnen Bio wichtig?", "sehr", ["organic: yes"]),
        ("Ist Ihnen Bio wichtig?", "nein", []),
        ("Ist Ihnen Bio wichtig?", "eher nicht", []),
        ("How important is a pool to you?", "absolutely essential", ["pool: yes"]),
        ("How important is a pool to you?", "not at all", []),
        ("Legen Sie Wert auf Bio?", "unbedingt", ["organic: yes"]),
        ("Is black important?", "yes", ["colour is black"]),
        ("Do you care whether it is organic?", "no", []),
        # "How much" of a thing is no price.
        ("How much RAM?", "16", ["ram exactly 16"]),
        ("How much memory?", "16", []),
        ("Wie viel Arbeitsspeicher?", "16", []),
        ("How much?", "300", ["price at most 300"]),
        ("How much money do you have?", "300", ["price at most 300"]),
        ("Wie viel darf es kosten?", "300", ["price at most 300"]),
    ],
)
def test_an_answer_about_importance_is_read_by_its_question(
    question: str, answer: str, expected: list[str]
) -> None:
    assert read(question, answer) == expected


@pytest.mark.parametrize(
    ("question", "answer"),
    [("Is organic important to you?", "not really"), ("Ist Ihnen Bio wichtig?", "nein")],
)
def test_what_is_not_important_is_taken_back(question: str, answer: str) -> None:
    assert read("organic, please", question, answer) == []
