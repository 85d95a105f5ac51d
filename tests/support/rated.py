"""Made-up dialogues with made-up ratings by people, and a judge that is learnt from them."""

from __future__ import annotations

import functools
import json
from pathlib import Path

from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.judge.trained.learning import Learnt, learn_judge

_FILMS = ("Heat", "Casino", "Collateral", "Goodfellas", "Unforgiven", "Halloween", "Airplane", "Casablanca")
_GENRES = ("thriller", "drama", "western", "comedy", "horror film")


def rated_dialogue(number: int, overall: float) -> RecordedDialogue:
    """A dialogue that is the better by what is named in it, whatever its rating."""
    good, film, genre = number % 3, _FILMS[number % 8], _GENRES[number % 5]
    other = _FILMS[(number * 3 + 1) % 8]
    replies = (
        ("I do not know that one.", "I do not know that one."),
        (f"Have you seen {film} ({1980 + number})?", "I do not know that one."),
        (f"Have you seen {film} ({1980 + number})?", f"Then {other} will suit, a {genre} with a fine cast."),
    )[good]
    answers = ("That is not what I asked.", "No, something else?", "Thanks, I'll watch it!")
    turns = (
        Turn("seeker", f"Hello {number}, can you recommend a {genre}?"),
        Turn("recommender", replies[0]),
        Turn("seeker", "No, another one please." if good else "What is it about?"),
        Turn("recommender", replies[1]),
        Turn("seeker", answers[good]),
    )
    relevance = [{"relevance": 2.0 if place <= good - 1 else 0.0} for place in range(2)]
    return RecordedDialogue(
        f"d{number}",
        turns,
        f"system-{number % 4}",
        source="own",
        ratings={"dialogue_overall": overall, "understanding": float(good)},
        turn_ratings=({}, relevance[0], {}, relevance[1], {}),
    )


#: What people would rate, with a little disagreement.
RATED = tuple(
    rated_dialogue(number, 2.0 * (number % 3) - (number % 7 == 6) * (number % 3 > 0)) for number in range(40)
)


@functools.cache
def learnt() -> Learnt:
    """From words alone: nothing is encoded."""
    return learn_judge(RATED, None, name="trained:x")


def rated_file(folder: Path, dialogues: tuple[RecordedDialogue, ...] = RATED) -> Path:
    path = folder / "rated.jsonl"
    path.write_text("".join(json.dumps(one.to_json()) + "\n" for one in dialogues), encoding="utf-8")
    return path
