"""Learning a trained judge: ridge regression with signs, settings chosen inside the folds it is measured by.

Weights of features that can only speak for a reply are at least 0, of those that can only speak against it at
most 0 (non-negative least squares with a ridge): a few hundred dialogues cannot teach that by themselves. The
overall satisfaction is learnt together with the other ratings of the dialogue (`blend`), because a person's
one whole number is noisy and their mean is less so.

Cross-validation leaves out whole dialogues, or whole systems; in each fold the settings are chosen by a
cross-validation of the rest, left out in the same way.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from usbrec.dialogue import RecordedDialogue
from usbrec.engine import Progress, Silent
from usbrec.errors import InputError
from usbrec.judge.aspects import ASPECTS, people_rated, rated_twice
from usbrec.judge.copies import homes_of
from usbrec.judge.trained.features import Encode, Exchange, Features, exchanges
from usbrec.judge.trained.model import (
    OVERALL,
    Line,
    Lines,
    Ratings,
    TrainedJudge,
    dialogue_digest,
    means_of,
    said_in,
)
from usbrec.play.languages import Languages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

#: Fewer rated dialogues than these teach nothing.
LEAST = 30
#: Folds of the cross-validation over dialogues, and of the one inside that chooses settings.
FOLDS, INNER = 10, 5
#: A feature is held between these shares of its values in the ratings learnt from.
_RANGE = (0.01, 0.99)


@dataclass(frozen=True, slots=True)
class Settings:
    """`penalty` of the ridge, `blend`: how much the other ratings weigh in the target, `meaning`: whether
    features of a sentence encoder are used."""

    penalty: float
    blend: float
    meaning: bool


GRID = tuple(itertools.starmap(Settings, itertools.product((10.0, 30.0, 100.0), (0.0, 1.0), (False, True))))


@dataclass(frozen=True, slots=True)
class _Rated:
    """A dialogue with its features (with those of meaning last, where there are any) and people's ratings."""

    id: str
    key: str
    home: str
    said: Sequence[str]
    system: str
    dataset: str
    found: Sequence[Exchange]
    replies_n_f: Floats
    whole: Mapping[str, float]
    turns: Mapping[str, Floats]
    ratings: Mapping[str, float]


@dataclass(frozen=True)
class Learnt:
    """A judge, and what it predicts for the dialogues of its own file while they are left out: by the way of
    leaving out ("dialogues"; "systems" where there are two; "architectures" where some system of several data
    sets is named after them), by dialogue."""

    judge: TrainedJudge
    left_out: Mapping[str, Mapping[str, Ratings]]


def learn_judge(
    dialogues: Sequence[RecordedDialogue],
    encode: Encode | None,
    *,
    name: str,
    seed: int = 0,
    languages: Languages | None = None,
    progress: Progress | None = None,
) -> Learnt:
    """Learn from people's ratings; without `encode` from words alone.

    Deterministic in its arguments. Raises InputError where too few dialogues are rated, a rating lies outside
    its scale, or all ratings are the same.
    """
    progress = progress or Silent()
    rows = _read(dialogues, encode, languages or Languages(), progress)
    _check(rows)
    grid = [one for one in GRID if encode is not None or not one.meaning]
    ways = {"dialogues": _by_dialogue(rows, FOLDS, seed)}
    for way in ("systems", "architectures"):
        groups = {_group(row, way) for row in rows}
        if len(groups - {""}) > 1 and (way == "systems" or groups != {row.system for row in rows}):
            ways[way] = _by_group(rows, way)
    left_out: dict[str, dict[str, Ratings]] = {}
    chosen: dict[str, list[Settings]] = {}
    progress.start("judge", sum(max(folds) + 1 for folds in ways.values()) + 1, 0, "folds")
    for way, folds in ways.items():
        left_out[way], chosen[way] = {}, []
        for fold in range(max(folds) + 1):
            rest = [row for row, at in zip(rows, folds, strict=True) if at != fold]
            settings = _best(rest, grid, way, seed)
            lines = _fit(rest, settings)
            features = _features(settings.meaning)
            for row, at in zip(rows, folds, strict=True):
                if at == fold:
                    left_out[way][row.id] = _predict(lines, features, row)
            chosen[way].append(settings)
            progress.advance(failed=False)
    settings = _best(rows, grid, "dialogues", seed)
    lines = _fit(rows, settings)
    progress.advance(failed=False)
    progress.finish()
    known = {
        row.key: {
            "turns": {
                aspect: [round(told[aspect], 3) for told in left_out["dialogues"][row.id].turns.values()]
                for aspect in lines.turn
            },
            "whole": {
                aspect: round(value, 3) for aspect, value in left_out["dialogues"][row.id].whole.items()
            },
            "said": list(row.said),
        }
        for row in rows
    }
    about = {
        "settings": asdict(settings),
        "chosen": {way: [asdict(one) for one in settings] for way, settings in chosen.items()},
        "learnt_from": {
            "dialogues": len(rows),
            "turns": sum(len(row.found) for row in rows),
            "systems": sorted({row.system for row in rows if row.system}),
            "datasets": sorted({row.dataset for row in rows}),
            "seed": seed,
        },
    }
    judge = TrainedJudge(
        name, lines, encode if settings.meaning else None, about, known, languages or Languages()
    )
    return Learnt(judge, left_out)


def _read(
    dialogues: Sequence[RecordedDialogue], encode: Encode | None, languages: Languages, progress: Progress
) -> list[_Rated]:
    """The dialogues in which a recommender speaks and whose overall satisfaction is rated, by id."""
    features = Features(encode)
    kept = []
    for dialogue in sorted(dialogues, key=lambda one: one.id):
        if twice := rated_twice(dialogue.ratings):
            raise InputError(f"dialogue {dialogue.id!r}, ratings: {twice}")
        ratings = people_rated(dialogue.ratings)
        if OVERALL in ratings and (found := exchanges(dialogue.turns)):
            kept.append((dialogue, ratings, found))
    rows = []
    same = homes_of(dialogue for dialogue, _, _ in kept)
    progress.start("features", len(kept), 0, "dialogues")
    for dialogue, ratings, found in kept:
        language = languages.told(dialogue.turns)
        replies_n_f = features.of_replies(found, language)
        rated = [people_rated(dialogue.rated(one.turn)) for one in found]
        rows.append(
            _Rated(
                dialogue.id,
                dialogue_digest(dialogue.turns),
                same[dialogue.id],
                said_in(dialogue.turns),
                dialogue.system,
                dialogue.dataset,
                found,
                replies_n_f,
                features.of_dialogue(found, replies_n_f, language),
                {
                    aspect.name: np.array([told.get(aspect.name, math.nan) for told in rated])
                    for aspect in ASPECTS.values()
                    if aspect.level == "turn"
                },
                ratings,
            )
        )
        progress.advance(failed=False)
    progress.finish()
    return rows


def _check(rows: Sequence[_Rated]) -> None:
    """Raises InputError."""
    if len(rows) < LEAST:
        raise InputError(
            f"{len(rows)} dialogues have a rating of the overall satisfaction (ratings.dialogue_overall or "
            f"ratings.overall, 0 to 4) and a reply; a judge learns from {LEAST} or more."
        )
    wrong = [
        f"  {row.id}: {name} {value:g}, and its scale is 0 to {ASPECTS[name].top}"
        for row in rows
        for name, value in [*row.ratings.items(), *((n, v) for n, told in row.turns.items() for v in told)]
        if name in ASPECTS and not (math.isnan(value) or 0 <= value <= ASPECTS[name].top)
    ]
    if wrong:
        listed = "\n".join(wrong[:20]) + (f"\n  ... and {len(wrong) - 20} more" if len(wrong) > 20 else "")
        raise InputError(
            f"{len(wrong)} ratings lie outside their scales; bring them to these first:\n{listed}"
        )
    if len({row.ratings[OVERALL] for row in rows}) < 2:
        raise InputError("all dialogues have the same rating of the overall satisfaction: nothing to learn.")


def _by_dialogue(rows: Sequence[_Rated], folds: int, seed: int) -> list[int]:
    """A fold for each row; those that say the same, whoever wrote it how, stand in one."""
    key_of = {row.id: row.key for row in rows}
    groups = [key_of.get(row.home, row.key) for row in rows]
    keys = list(dict.fromkeys(groups))
    order = np.random.default_rng([seed, len(keys)]).permutation(len(keys))
    fold = {key: int(place) % min(folds, len(keys)) for key, place in zip(keys, order, strict=True)}
    return [fold[key] for key in groups]


def _by_group(rows: Sequence[_Rated], way: str) -> list[int]:
    groups = sorted({_group(row, way) for row in rows})
    return [groups.index(_group(row, way)) for row in rows]


def _group(row: _Rated, way: str) -> str:
    """The system, or its architecture: its name without the data set that it was made for."""
    return row.system if way == "systems" else row.system.removesuffix(f"_{row.dataset}")


def _best(rows: Sequence[_Rated], grid: Sequence[Settings], way: str, seed: int) -> Settings:
    """The settings of the greatest correlation with people, over folds of `rows` left out the same way."""
    grouped = way != "dialogues" and len({_group(row, way) for row in rows}) > 1
    folds = _by_group(rows, way) if grouped else _by_dialogue(rows, INNER, seed + 1)
    wanted = np.array([row.ratings[OVERALL] for row in rows])
    datasets = sorted({row.dataset for row in rows})
    best: tuple[float, Settings] | None = None
    for settings in grid:
        predicted = np.zeros(len(rows))
        features = _features(settings.meaning)
        for fold in range(max(folds) + 1):
            lines = _fit([row for row, at in zip(rows, folds, strict=True) if at != fold], settings, OVERALL)
            for place, (row, at) in enumerate(zip(rows, folds, strict=True)):
                if at == fold:
                    predicted[place] = _predict(lines, features, row).whole[OVERALL]
        found = [
            _correlation(predicted[of], wanted[of])
            for dataset in datasets
            for of in [np.array([row.dataset == dataset for row in rows])]
        ]
        value = math.fsum(found) / len(found)
        if best is None or value > best[0] + 1e-9:
            best = (value, settings)
    assert best is not None, "the grid is not empty"
    return best[1]


def _correlation(a: Floats, b: Floats) -> float:
    if len(a) < 2 or a.std() < 1e-12 or b.std() < 1e-12:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def _features(meaning: bool) -> Features:
    """What says which columns there are; nothing is encoded any more."""
    return Features(_no_encoder if meaning else None)


def _no_encoder(texts: Sequence[str]) -> Any:
    raise AssertionError("features have been read already")


def _predict(lines: Lines, features: Features, row: _Rated) -> Ratings:
    columns = len(features.turn_signs)
    signs = features.dialogue_signs
    return lines.rate_read(
        features, row.found, row.replies_n_f[:, :columns], {name: row.whole[name] for name in signs}
    )


def _fit(rows: Sequence[_Rated], settings: Settings, only: str | None = None) -> Lines:
    """Lines learnt from all of `rows`; with `only`, of the dialogue's aspects that one."""
    features = _features(settings.meaning)
    columns = list(features.turn_signs)
    replies_n_f = np.vstack([row.replies_n_f[:, : len(columns)] for row in rows])
    turn: dict[str, Line] = {}
    for name in rows[0].turns:
        wanted_n = np.concatenate([row.turns[name] for row in rows])
        there = np.isfinite(wanted_n)
        if there.any() and wanted_n[there].std() > 0:
            turn[name] = _line(
                replies_n_f[there], wanted_n[there], features.turn_signs, settings.penalty, ASPECTS[name].top
            )
    signs = {**features.dialogue_signs, **{f"all.{name}?": 1 for name in turn}}
    predicted = {name: line.values(columns, replies_n_f) for name, line in turn.items()}
    names, told, begin = list(features.dialogue_signs), [], 0
    for row in rows:
        end = begin + len(row.found)
        means = means_of({name: values_n[begin:end] for name, values_n in predicted.items()})
        told.append([*(row.whole[name] for name in names), *means.values()])
        begin = end
    whole_n_f = np.array(told)
    dialogue: dict[str, Line] = {}
    for name in [only] if only else _rated_by_all(rows):
        wanted_n = np.array([row.ratings[name] for row in rows])
        others_n = np.zeros(len(rows))
        if name == OVERALL and settings.blend:
            for other in _rated_by_all(rows):
                if other != OVERALL:
                    others_n += np.array([row.ratings[other] for row in rows])
        if wanted_n.std() > 0:
            dialogue[name] = _line(
                whole_n_f, wanted_n, signs, settings.penalty, ASPECTS[name].top, settings.blend * others_n
            )
    return Lines(turn, dialogue)


def _rated_by_all(rows: Sequence[_Rated]) -> list[str]:
    return [
        aspect.name
        for aspect in ASPECTS.values()
        if aspect.level == "dialogue" and all(aspect.name in row.ratings for row in rows)
    ]


def _line(
    rows_n_f: Floats,
    wanted_n: Floats,
    signs: Mapping[str, int],
    penalty: float,
    top: int,
    beside_n: Floats | None = None,
) -> Line:
    """Ridge regression of `wanted_n` held to the signs; weights are found with `beside_n` added to it."""
    from scipy.optimize import nnls  # costs every command a tenth of its start

    low_f, high_f = np.quantile(rows_n_f, _RANGE, axis=0)
    held_n_f = np.clip(rows_n_f, low_f, high_f)
    mean_f, sd_f = held_n_f.mean(axis=0), held_n_f.std(axis=0)
    target_n = wanted_n if beside_n is None else wanted_n + beside_n
    names = list(signs)
    columns, places = [], []
    for place, name in enumerate(names):
        if sd_f[place] < 1e-9:
            continue
        scaled_n = (held_n_f[:, place] - mean_f[place]) / sd_f[place]
        for sign in (signs[name],) if signs[name] else (1, -1):
            columns.append(sign * scaled_n)
            places.append((place, sign))
    weights_f = np.zeros(len(names))
    if columns:
        a_n_k = np.array(columns).T
        # The same problem over the square root of the normal equations, which is as small as the features
        # are.
        gram = a_n_k.T @ a_n_k + penalty * np.eye(len(columns))
        root = np.linalg.cholesky(gram).T
        solved, _ = nnls(root, np.linalg.solve(root.T, a_n_k.T @ (target_n - target_n.mean())))
        for (place, sign), weight in zip(places, solved, strict=True):
            weights_f[place] += sign * weight / sd_f[place]
    slope = 1.0
    predicted_n = (held_n_f - mean_f) @ weights_f
    if beside_n is not None and (spread := float(predicted_n @ predicted_n)) > 1e-12:
        slope = max(0.0, float(predicted_n @ (wanted_n - wanted_n.mean())) / spread)
    weights_f = slope * weights_f
    kept = {
        name: (round(float(low_f[at]), 6), round(float(high_f[at]), 6), round(float(weights_f[at]), 6))
        for at, name in enumerate(names)
        if abs(weights_f[at]) > 1e-6
    }
    return Line(top, round(float(wanted_n.mean() - mean_f @ weights_f), 6), kept)
