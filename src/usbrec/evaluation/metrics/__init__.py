"""Metrics, one family a file: rows, scores, replies, cost, rankings, rounds."""

from usbrec.evaluation.metrics.cost import search_counts, usage_sums
from usbrec.evaluation.metrics.replies import diversity, items_given, reply_counts
from usbrec.evaluation.metrics.rows import (
    Measure,
    Row,
    facts_of,
    first_hit,
    hit,
    interval,
    leaked,
    mean,
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

__all__ = [
    "Measure",
    "Row",
    "diversity",
    "facts_of",
    "first_hit",
    "hit",
    "interval",
    "items_given",
    "leaked",
    "mean",
    "measured",
    "names_item",
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
    "vote_counts",
]
