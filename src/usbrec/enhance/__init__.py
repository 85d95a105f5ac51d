"""Self-enhancement: wraps a ChatModel and is a ChatModel."""

from usbrec.enhance.budget import MeteredModel
from usbrec.enhance.search import InternalSeats, SelfEnhanced

__all__ = ["InternalSeats", "MeteredModel", "SelfEnhanced"]
