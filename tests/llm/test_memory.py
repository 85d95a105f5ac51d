"""Freed memory goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

_HOLES = """
import sys
from usbrec.llm.transformers.memory import give_back_memory

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 >> 20

# Blocks too small to be mapped each by itself; every hundredth stays, so that the heap's end cannot shrink.
blocks = [bytearray(b"x" * 60_000) for _ in range(4_000)]
kept = blocks[::100]
del blocks
before = resident()
give_back_memory()
print(before, resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's figures, glibc's heap")
def test_a_heap_full_of_holes_is_given_back() -> None:
    done = subprocess.run([sys.executable, "-c", _HOLES], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before - after > 150
