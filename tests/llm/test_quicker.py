"""Whoever names the packaged model where another backend is several times as quick is told so, once."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from usbrec.llm import quicker
from usbrec.llm.open import read_seat

MODEL = "smollm2-135m"


def _processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(f"processor\t: 0\nflags\t\t: fpu sse2 {flags}\n\nprocessor\t: 1\n")
    monkeypatch.setattr(quicker, "_CPUINFO", path)


@pytest.mark.parametrize(
    ("flags", "seat", "found"),
    [
        ("avx512f avx512_bf16", MODEL, f"hf:{MODEL}"),
        ("amx_bf16", MODEL, f"hf:{MODEL}"),
        ("avx512f", MODEL, None),
        ("avx512_bf16", f"hf:{MODEL}", None),
        ("avx512_bf16", "rules", None),
        ("avx512_bf16", "model.gguf", None),
    ],
)
def test_the_quicker_seat_is_named_where_the_processor_has_bfloat16(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, seat: str, found: str | None
) -> None:
    _processor(tmp_path, monkeypatch, flags)
    assert quicker.quicker_seat(read_seat(seat, {})) == found
    line = quicker.told(read_seat(seat, {}))
    assert (line is None) == (found is None)
    assert line is None or (found is not None and found in line and "new folder" in line)


def test_what_is_not_installed_is_not_recommended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _processor(tmp_path, monkeypatch, "avx512_bf16")

    def find(name: str, *_: Any) -> None:
        assert name in ("torch", "transformers")

    monkeypatch.setattr(importlib.util, "find_spec", find)
    assert quicker.quicker_seat(read_seat(MODEL, {})) is None


def test_a_system_that_says_nothing_of_its_processor_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quicker, "_CPUINFO", tmp_path / "missing")
    assert quicker.told(read_seat(MODEL, {})) is None
