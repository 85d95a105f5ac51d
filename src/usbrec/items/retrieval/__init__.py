"""Retrieval: which items of a catalogue come into question for a dialogue."""

from usbrec.items.retrieval.base import Retriever
from usbrec.items.retrieval.by_attributes import AttributeRetriever

__all__ = ["AttributeRetriever", "Retriever"]
