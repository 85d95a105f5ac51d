"""Self-enhancement: wraps a ChatModel and is a ChatModel."""

from usbrec.enhancement.budget import MeteredModel
from usbrec.enhancement.search import InternalSeats, SelfEnhanced

__all__ = ["InternalSeats", "MeteredModel", "SelfEnhanced"]
