"""Collections of garbage: how often Python looks for objects that hold one another and nobody else holds.

A look goes through what was made since the last one, and now and then through all there is. While rows are
read or played nearly all of that is in use, so that looks find next to nothing.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from usbrec.on_demand import MADE_BETWEEN_LOOKS as MADE_BETWEEN_LOOKS

_lock = threading.Lock()
#: How many want looks to be rare just now, and what was set before the first of them.
_wanted = 0
_before = gc.get_threshold()


@contextmanager
def without_collections() -> Iterator[None]:
    """Looks put off: each would go through all that has been read by then."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def rare_collections() -> Iterator[None]:
    """Looks further apart, for what goes on for long. They become as they were when the last of several that
    run at once has ended; who has them rarer, or switched off, keeps that."""
    global _wanted, _before
    with _lock:
        if not _wanted:
            _before = gc.get_threshold()
            if 0 < _before[0] < MADE_BETWEEN_LOOKS:
                gc.set_threshold(MADE_BETWEEN_LOOKS, *_before[1:])
        _wanted += 1
    try:
        yield
    finally:
        with _lock:
            _wanted -= 1
            if not _wanted:
                gc.set_threshold(*_before)
