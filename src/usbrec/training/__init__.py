"""Training a recommender's model: supervised, by preferences; adapters in and out.

The heavy libraries (torch, trl, peft) come with the extra ``train`` and are imported when training starts.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usbrec.training.data import Example, Split, digest_of, from_pairs, split
    from usbrec.training.settings import METHODS, Method, needs_pairs
else:
    from usbrec.on_demand import given_out

    __getattr__ = given_out(
        __name__,
        {
            "data": "Example Split digest_of from_pairs split",
            "settings": "METHODS Method needs_pairs",
        },
    )

__all__ = ["METHODS", "Example", "Method", "Split", "digest_of", "from_pairs", "needs_pairs", "split"]
