"""Freed memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HOLES = """
import sys
from usbrec.llm.transformers.memory import GrowingHeap, give_back_memory, resident

heap = GrowingHeap(slack=SLACK << 20)
# Blocks too small to be mapped each by itself; every hundredth stays, so that the heap's end cannot shrink.
blocks = [bytearray(b"x" * 60_000) for _ in range(4_000)]
kept = blocks[::100]
del blocks
before = resident()
GIVE_BACK
print(before >> 20, resident() >> 20)
"""


def _held(give_back: str, slack: int = 64) -> tuple[int, int]:
    """The megabytes in memory before and after."""
    code = _HOLES.replace("GIVE_BACK", give_back).replace("SLACK", str(slack))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    return before, after


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's figures, glibc's heap")
def test_a_heap_full_of_holes_is_given_back() -> None:
    before, after = _held("give_back_memory()")
    assert before - after > 150


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's figures, glibc's heap")
def test_a_heap_that_has_grown_is_given_back_while_it_is_used() -> None:
    before, after = _held("heap.look()")
    assert before - after > 150
    before, after = _held("heap.look()", slack=1024)
    assert before - after < 50, "a little is not worth the time"
