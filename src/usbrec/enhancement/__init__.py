"""Self-enhancement: a Recommender around another that compares drafts before it answers."""

from typing import TYPE_CHECKING

from usbrec.on_demand import given_out

if TYPE_CHECKING:
    from usbrec.enhancement.budget import MeteredModel
    from usbrec.enhancement.internal_seats import InternalSeats
    from usbrec.enhancement.self_enhanced import SelfEnhanced
else:
    __getattr__ = given_out(
        __name__,
        {
            "budget": "MeteredModel",
            "internal_seats": "InternalSeats",
            "self_enhanced": "SelfEnhanced",
        },
    )

__all__ = ["InternalSeats", "MeteredModel", "SelfEnhanced"]
