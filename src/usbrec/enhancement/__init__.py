"""Self-enhancement: a Recommender around another that compares drafts before it answers."""

from usbrec.enhancement.budget import MeteredModel
from usbrec.enhancement.search import InternalSeats, SelfEnhanced

__all__ = ["InternalSeats", "MeteredModel", "SelfEnhanced"]
