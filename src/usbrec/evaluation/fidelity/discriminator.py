"""Discriminator: how well a classifier tells a simulated seeker's answers from people's.

Logistic regression on words, pairs of words and form, each dialogue scored by a model that was fitted on
others. The area under its curve is the chance that it gives a person's answer a higher score than a
simulated one: .5 is human-like, 1 is told apart without fail. It reads answers alone, not what they answer
to. Nothing is tuned: one penalty, all features.
"""

from __future__ import annotations

import itertools
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.evaluation.statistics import expanded_tail
from usbrec.keys import derive_seed
from usbrec.patterns import LazyPattern

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FOLDS = 5
#: Dialogues below which nothing is said.
LEAST = 10
#: Buckets that words and pairs of words are hashed into.
_BUCKETS = 1 << 14
_PENALTY = 1.0
_TOKEN = LazyPattern(r"\w+|[^\w\s]")
#: Words that are told: those that one side uses most against the other, in so many answers at least.
_TOLD, _OFTEN = 8, 5


@dataclass(frozen=True, slots=True)
class Said:
    """An answer: the dialogue it is of, whether a person gave it, and its text."""

    dialogue: str
    person: bool
    text: str


def tell_apart(answers: Sequence[Said], *, seed: int, resamples: int) -> dict[str, Any]:
    """``auc`` by all features and ``auc_form`` by the form alone (length, marks, capitals), as ``{"value",
    "ci95"}``, dialogues drawn again for the interval; ``people`` and ``seeker``, the words that give each
    away; ``n`` answers of each and ``dialogues``. Values are null below :data:`LEAST` dialogues."""
    dialogues = sorted({one.dialogue for one in answers})
    found: dict[str, Any] = {
        "auc": {"value": None, "ci95": [None, None]},
        "auc_form": {"value": None, "ci95": [None, None]},
        "people": [],
        "seeker": [],
        "n": sum(one.person for one in answers),
        "dialogues": len(dialogues),
    }
    if len(dialogues) < LEAST:
        return found
    order = sorted(dialogues, key=lambda name: (derive_seed(seed, "fold", name), name))
    fold_of = {name: place % FOLDS for place, name in enumerate(order)}
    folds_n = np.array([fold_of[one.dialogue] for one in answers])
    person_n = np.array([one.person for one in answers])
    place_of = {name: place for place, name in enumerate(dialogues)}
    clusters_n = np.array([place_of[one.dialogue] for one in answers])
    for name, words in (("auc", True), ("auc_form", False)):
        scores_n = _left_out(answers, person_n, folds_n, words=words)
        found[name] = _area(scores_n, person_n, clusters_n, derive_seed(seed, name), resamples)
    return found | _telling(answers)


def _left_out(answers: Sequence[Said], person_n: NDArray[np.bool_], folds_n: Any, *, words: bool) -> Floats:
    """The score of each answer by the model of the other folds, shape (n,)."""
    form_n_f = np.array([_form(one.text) for one in answers])
    words_n_w = _words(answers) if words else None
    scores_n = np.zeros(len(answers))
    for fold in range(FOLDS):
        train, test = folds_n != fold, folds_n == fold
        mean_f, spread_f = form_n_f[train].mean(axis=0), form_n_f[train].std(axis=0)
        scaled_n_f = (form_n_f - mean_f) / np.where(spread_f > 0, spread_f, 1.0)
        features = scaled_n_f if words_n_w is None else _beside(scaled_n_f, words_n_w)
        weights = _fitted(features[train], np.where(person_n[train], 1.0, -1.0))
        scores_n[test] = features[test] @ weights[:-1] + weights[-1]
    return scores_n


def _form(text: str) -> list[float]:
    """Length, marks and capitals: what an answer looks like, whatever it says."""
    words = text.split()
    letters = [character for character in text if character.isalpha()]
    return [
        math.log1p(len(words)),
        math.log1p(len(text)) - math.log1p(len(words)),
        float(text.count("?")),
        float(text.count("!")),
        float(text.count(",")),
        float(text[:1].isupper()),
        float(text[-1:] in ".!?"),
        sum(map(str.isupper, letters)) / max(1, len(letters)),
    ]


def _words(answers: Sequence[Said]) -> Any:
    """Which words and pairs of words each answer has, sparse, shape (n, those that any has)."""
    from scipy import sparse  # only where something is told apart

    starts, columns = [0], list[int]()
    for one in answers:
        tokens = _TOKEN.findall(one.text.casefold())
        pairs = (f"{a} {b}" for a, b in itertools.pairwise(tokens))
        # Not hash(): that differs from process to process.
        columns += sorted({zlib.crc32(token.encode()) % _BUCKETS for token in (*tokens, *pairs)})
        starts.append(len(columns))
    there, places = np.unique(np.array(columns, dtype=np.int64), return_inverse=True)
    return sparse.csr_matrix(
        (np.ones(len(columns)), places, np.array(starts)), shape=(len(answers), len(there))
    )


def _beside(form_n_f: Floats, words_n_w: Any) -> Any:
    from scipy import sparse  # likewise

    return sparse.hstack([sparse.csr_matrix(form_n_f), words_n_w], format="csr")


def _fitted(features: Any, sign_n: Floats) -> Floats:
    """Weights and, last, the intercept of the penalised logistic regression, shape (features + 1,)."""
    from scipy.optimize import minimize  # likewise

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin_n = sign_n * (features @ weights[:-1] + weights[-1])
        # log(1 + exp(-m)) without overflow.
        value = float(np.logaddexp(0.0, -margin_n).sum() + 0.5 * _PENALTY * weights[:-1] @ weights[:-1])
        pull_n = -sign_n * np.exp(-np.logaddexp(0.0, margin_n))
        slope = np.append(features.T @ pull_n + _PENALTY * weights[:-1], pull_n.sum())
        return value, slope

    found: Floats = minimize(
        loss, np.zeros(features.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 200}
    ).x
    return found


def _area(
    scores_n: Floats, person_n: NDArray[np.bool_], clusters_n: Any, seed: int, resamples: int
) -> dict[str, Any]:
    """The area under the curve, ties halved, with dialogues drawn again."""
    many = int(clusters_n.max()) + 1
    # Scores of equal size share a place: rounding must not order them.
    _, places_n = np.unique(np.round(scores_n, 9), return_inverse=True)
    steps = int(places_n.max()) + 1

    def area(weights_n: Floats) -> float:
        people = np.bincount(places_n, weights=weights_n * person_n, minlength=steps)
        others = np.bincount(places_n, weights=weights_n * ~person_n, minlength=steps)
        below = np.cumsum(others) - others
        return float((people * (below + 0.5 * others)).sum() / (people.sum() * others.sum()))

    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(many, np.full(many, 1 / many), size=resamples)
    areas = [area(counts[clusters_n].astype(np.float64)) for counts in drawn]
    tail = expanded_tail(0.95, many)
    low, high = np.quantile(areas, [tail, 1.0 - tail])
    return {"value": area(np.ones(len(scores_n))), "ci95": [float(low), float(high)]}


def _telling(answers: Sequence[Said]) -> dict[str, list[str]]:
    """The words that people use and the seeker does not, and the other way round, the most telling first."""
    counts: dict[str, list[int]] = {}
    for one in answers:
        for token in set(_TOKEN.findall(one.text.casefold())):
            counts.setdefault(token, [0, 0])[0 if one.person else 1] += 1
    often = {word: both for word, both in counts.items() if sum(both) >= _OFTEN}
    ratio = {word: math.log((a + 1) / (b + 1)) for word, (a, b) in often.items()}
    ranked = sorted(ratio, key=lambda word: (-ratio[word] * math.sqrt(sum(often[word])), word))
    return {
        "people": [word for word in ranked if ratio[word] > 0][:_TOLD],
        "seeker": [word for word in reversed(ranked) if ratio[word] < 0][:_TOLD],
    }
