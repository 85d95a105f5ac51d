"""Retrieval: the items of a catalogue that come into question for a dialogue."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.items.retrieval.attributes import AttributeRetriever
    from usbrec.items.retrieval.base import RequestReader, Retriever
    from usbrec.items.retrieval.ranker import LearnedRanker, open_ranker, ranked_items
    from usbrec.items.retrieval.requests import RequestRetriever
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "attributes": "AttributeRetriever",
            "base": "RequestReader Retriever",
            "ranker": "LearnedRanker open_ranker ranked_items",
            "requests": "RequestRetriever",
        },
    )

__all__ = [
    "AttributeRetriever",
    "LearnedRanker",
    "RequestReader",
    "RequestRetriever",
    "Retriever",
    "open_ranker",
    "ranked_items",
]
