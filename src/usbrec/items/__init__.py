"""Catalogue of items, with the linker, the similarity and the retriever that read it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.items.attributes import genres_in, people_in
    from usbrec.items.catalogue import Catalogue
    from usbrec.items.files.columns import FieldMap
    from usbrec.items.interactions import Session, read_sessions
    from usbrec.items.linking.linker import Linker
    from usbrec.items.linking.matcher import TitleMatcher, matcher_of
    from usbrec.items.linking.reading import Mention
    from usbrec.items.open import load_catalogue, open_linker
    from usbrec.items.popularity import popularity_from
    from usbrec.items.retrieval.attributes import AttributeRetriever
    from usbrec.items.retrieval.base import Retriever
    from usbrec.items.retrieval.ranker import LearnedRanker, open_ranker, ranked_items
    from usbrec.items.similarity import RandomSimilarity, Similarity, Traits, TraitTable, rescale, traits_of
    from usbrec.items.targets import known_targets
    from usbrec.items.titles import normalise_title, split_title
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "attributes": "genres_in people_in",
            "catalogue": "Catalogue",
            "files.columns": "FieldMap",
            "interactions": "Session read_sessions",
            "linking.linker": "Linker",
            "linking.matcher": "TitleMatcher matcher_of",
            "linking.reading": "Mention",
            "open": "load_catalogue open_linker",
            "popularity": "popularity_from",
            "retrieval.attributes": "AttributeRetriever",
            "retrieval.base": "Retriever",
            "retrieval.ranker": "LearnedRanker open_ranker ranked_items",
            "similarity": "RandomSimilarity Similarity Traits TraitTable rescale traits_of",
            "targets": "known_targets",
            "titles": "normalise_title split_title",
        },
    )

__all__ = [
    "AttributeRetriever",
    "Catalogue",
    "FieldMap",
    "LearnedRanker",
    "Linker",
    "Mention",
    "RandomSimilarity",
    "Retriever",
    "Session",
    "Similarity",
    "TitleMatcher",
    "TraitTable",
    "Traits",
    "genres_in",
    "known_targets",
    "load_catalogue",
    "matcher_of",
    "normalise_title",
    "open_linker",
    "open_ranker",
    "people_in",
    "popularity_from",
    "ranked_items",
    "read_sessions",
    "rescale",
    "split_title",
    "traits_of",
]
