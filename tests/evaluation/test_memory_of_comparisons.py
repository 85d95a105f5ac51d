"""What a comparison holds of runs with many rows is some hundred bytes a row, never the rows."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.fake_runs import row, write_run
from usbrec import long_lists
from usbrec.evaluation import compare, load_run
from usbrec.evaluation.metrics.columns import Columns, Texts
from usbrec.long_lists import LongList


def _runs(folder: Path, count: int) -> list[Path]:
    """Two runs of so many rows, each a dialogue of its own, with a context that takes room."""
    said = [f"You could watch Nine Winters (2008), part {place}." for place in range(count)]
    return [
        write_run(
            folder / f"{name}-{count}",
            [
                row(f"redial-{place:06}", (place * step % 21) / 10, reply=reply)
                for place, reply in enumerate(said)
            ],
        )
        for name, step in (("one", 7), ("two", 11))
    ]


def _most_held(folders: list[Path]) -> int:
    """The most that Python holds while two runs are read and compared, in bytes."""
    tracemalloc.start()
    try:
        compare([load_run(folder, as_lean=True) for folder in folders], resamples=20)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_rows_of_a_comparison_are_not_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_lists, "HELD", 50)
    few, many = _runs(tmp_path, 500), _runs(tmp_path, 3000)
    _most_held(few)  # what is held of the first comparison alone: modules, patterns, names of fields
    more = _most_held(many) - _most_held(few)
    # Of each row of two runs: ids, the place of its dialogue, what measures say, and what sorting them takes.
    assert more / 2500 < 500


def test_a_long_list_read_to_its_end_holds_no_block() -> None:
    listed = LongList((f"{number:05}" * 20 for number in range(2000)), held=10)
    tracemalloc.start()
    try:
        assert sum(map(len, listed)) == 200_000
        assert tracemalloc.get_traced_memory()[0] < 20_000
    finally:
        tracemalloc.stop()


_TEXTS = st.lists(st.text(max_size=3) | st.sampled_from(["a", "a\0", "\0", "é", "𝒳", "\ud83d", "a" * 60]))


@given(_TEXTS)
def test_ranks_of_texts_are_their_places_in_order(texts: list[str]) -> None:
    ranks, number = Texts(texts).ranks()
    order = sorted(set(texts))
    assert number == len(order)
    assert ranks.dtype == np.int32
    assert [order[place] for place in ranks.tolist()] == texts


@given(st.lists(st.none() | st.floats(-2, 2) | st.integers(0, 3)))
def test_a_measure_is_held_as_it_was_taken(values: list[float | None]) -> None:
    columns = Columns([_told(place, value) for place, value in enumerate(values)])
    held = columns.values(_value)
    assert len(held) == len(values)
    assert [None if np.isnan(one) else one for one in held.tolist()] == values


def _told(place: int, value: float | None) -> dict[str, object]:
    return {"sample_id": str(place), "dialogue_id": "d", "repeat": False, "episode": None, "value": value}


def _value(told: object) -> float | None:
    assert isinstance(told, dict)
    value: float | None = told["value"]
    return value


def test_two_readers_of_one_long_list_see_the_same() -> None:
    listed = LongList(range(1000), held=10)
    readers: list[Iterator[int]] = [iter(listed), iter(listed)]
    assert all(one == other for one, other in zip(*readers, strict=True))
    assert list(listed) == list(range(1000))
