"""Metrics, one family a file: rows, scores, replies, cost, rankings, rounds."""

from usbrec.evaluation.metrics.calibrated import calibrated, calibrated_rows, calibration, on_one_scale
from usbrec.evaluation.metrics.columns import Measure, Row
from usbrec.evaluation.metrics.cost import search_counts, usage_sums
from usbrec.evaluation.metrics.lists import list_ndcg
from usbrec.evaluation.metrics.passes import (
    Basis,
    basis_of,
    dialogues_of,
    ks_of,
    pass_by_sample,
    pass_interval,
    passes,
)
from usbrec.evaluation.metrics.replies import (
    counted_replies,
    diversity,
    items_given,
    reply_counts,
    violated,
    violated_interval,
)
from usbrec.evaluation.metrics.rows import (
    facts_of,
    first_hit,
    hit,
    interval,
    leaked,
    mean,
    mean_of,
    measured,
    names_item,
    replies_of,
    score,
    second_score,
    unreadable,
)
from usbrec.evaluation.metrics.scores import (
    random_similarity,
    score_methods,
    second_judge,
    spread_of,
    training_spread,
    unreadable_reasons,
    vote_counts,
)

#: What is taken of every run, in one reading of its rows.
MEASURES: tuple[Measure, ...] = (score, hit, first_hit, leaked, second_score, calibrated, list_ndcg)

__all__ = [
    "MEASURES",
    "Basis",
    "Measure",
    "Row",
    "basis_of",
    "calibrated",
    "calibrated_rows",
    "calibration",
    "counted_replies",
    "dialogues_of",
    "diversity",
    "facts_of",
    "first_hit",
    "hit",
    "interval",
    "items_given",
    "ks_of",
    "leaked",
    "mean",
    "mean_of",
    "measured",
    "names_item",
    "on_one_scale",
    "pass_by_sample",
    "pass_interval",
    "passes",
    "random_similarity",
    "replies_of",
    "reply_counts",
    "score",
    "score_methods",
    "search_counts",
    "second_judge",
    "second_score",
    "spread_of",
    "training_spread",
    "unreadable",
    "unreadable_reasons",
    "usage_sums",
    "violated",
    "violated_interval",
    "vote_counts",
]
