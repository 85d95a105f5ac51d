"""Method cache that does not keep its object alive: what nobody uses any more is free at once.

A cache of a bound method, kept by the object itself, is a circle that only a collection of garbage opens, and
one of a large catalogue stops every thread for it.
"""

from __future__ import annotations

import functools
import weakref
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def cached_method(method: Callable[P, T], *, maxsize: int) -> Callable[P, T]:
    """`method`, bound to an object that will keep what is returned, with its last `maxsize` answers kept."""
    weak = weakref.WeakMethod(cast("Any", method))

    @functools.lru_cache(maxsize=maxsize)
    def answer(*arguments: Any) -> T:
        bound = weak()
        assert bound is not None, "whoever has the cache has its object"
        return cast("T", bound(*arguments))

    return cast("Callable[P, T]", answer)
