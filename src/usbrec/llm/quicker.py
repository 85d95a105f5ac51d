"""Quicker backend: whether what is installed runs the same model several times as quickly on this processor.

The packaged model reads 450 tokens in 0.4 s through transformers on a processor that computes in bfloat16,
and in 5 s through llama.cpp, which does not use it. It stays the user's choice: the words are
not the same.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from usbrec.llm.open import Seat

_CPUINFO = Path("/proc/cpuinfo")
_BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16"})
_NEEDS = ("torch", "transformers")


def quicker_seat(seat: Seat) -> str | None:
    """How to write the seat of a packaged model on the quicker backend; None where there is none."""
    if seat.kind != "packaged" or not _computes_in_bfloat16():
        return None
    if any(importlib.util.find_spec(name) is None for name in _NEEDS):
        return None
    return f"hf:{seat.text}"


def told(seat: Seat) -> str | None:
    """The line about it, before a run begins."""
    quicker = quicker_seat(seat)
    if quicker is None:
        return None
    return (
        f"{seat.text}: this processor computes in bfloat16, and {quicker} runs the same model there several "
        "times as quickly, prompts above all. Its replies are other words: name it in a new folder."
    )


def _computes_in_bfloat16() -> bool:
    try:
        text = _CPUINFO.read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "")
    return not _BFLOAT16.isdisjoint(flags.split())
