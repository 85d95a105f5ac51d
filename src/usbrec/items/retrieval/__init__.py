"""Retrieval: the items of a catalogue that come into question for a dialogue."""

from usbrec.items.retrieval.attributes import AttributeRetriever
from usbrec.items.retrieval.base import Retriever
from usbrec.items.retrieval.ranker import LearnedRanker, open_ranker, ranked_items

__all__ = [
    "AttributeRetriever",
    "LearnedRanker",
    "Retriever",
    "open_ranker",
    "ranked_items",
]
