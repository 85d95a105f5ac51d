"""Long lists say what was put in, whether it is held or lies on the disk, and hold little of it."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec import long_lists
from usbrec.data.samples import LongSamples
from usbrec.dialogue import Sample, Turn
from usbrec.errors import InputError
from usbrec.keys import digest, digest_of_list
from usbrec.long_lists import LongList, like, picked
from usbrec.rough_set import RoughSet


@given(st.lists(st.text(max_size=4), max_size=40), st.integers(0, 20), st.integers(1, 7))
def test_what_was_put_in_is_read_back_in_order_at_any_place(entries: list[str], held: int, most: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(long_lists, "_MOST", most)
        listed = LongList(entries, held=held)
    assert listed.on_disk == (len(entries) > held)
    assert list(listed) == entries
    assert len(listed) == len(entries)
    assert [listed[place] for place in range(-len(entries), len(entries))] == entries * 2
    assert list(listed[1:-1]) == entries[1:-1]
    with pytest.raises(IndexError):
        listed[len(entries)]


def test_entries_put_in_between_two_readings_are_there_in_the_second() -> None:
    listed = LongList(range(5), held=2)
    assert list(listed) == list(range(5))
    for number in range(5, 700):
        listed.append(number)
    assert list(listed) == list(range(700))


def test_blocks_become_smaller_for_large_entries() -> None:
    listed = LongList((bytes([number]) * 100_000 for number in range(40)), held=1)
    assert [entry[0] for entry in listed] == list(range(40))
    blocks = [later - first for first, later in pairwise(listed._firsts)]
    assert sum(blocks) + len(listed._held) == 40
    assert max(blocks) <= 3


def test_a_full_disk_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(long_lists.tempfile, "TemporaryFile", full)
    with pytest.raises(InputError, match=r"No space left on device.*TMPDIR"):
        LongList(range(4), held=3)


def test_several_threads_read_at_once() -> None:
    listed = LongList(range(5_000), held=0)
    found: list[bool] = []

    def read() -> None:
        found.append(list(listed) == list(range(5_000)))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4


def test_what_is_picked_or_made_of_a_list_lies_where_that_lies() -> None:
    listed = LongList(range(9), held=4)
    assert picked(listed, range(9)) is listed
    assert picked(listed, [1, 2]) == [1, 2] or tuple(picked(listed, [1, 2])) == (1, 2)
    doubled = like(listed, [2 * number for number in listed])
    assert list(doubled) == [2 * number for number in range(9)]
    assert picked([5, 6, 7], [0, 2]) == (5, 7)
    assert like([1], [2, 3]) == (2, 3)


def test_neighbouring_samples_share_their_turns_when_they_are_read_back() -> None:
    samples = LongSamples(
        (
            Sample(str(number), "d", (Turn("seeker", "A film?"), Turn("seeker", f"No, {number}.")), ("Heat",))
            for number in range(6)
        ),
        held=1,
    )
    first, second = list(samples)[:2]
    assert first.turns[0] is second.turns[0]
    assert second == Sample("1", "d", (Turn("seeker", "A film?"), Turn("seeker", "No, 1.")), ("Heat",))


@given(st.lists(st.text(max_size=3), max_size=50), st.text(max_size=3))
def test_a_rough_set_lacks_nothing_that_was_added(texts: list[str], other: str) -> None:
    rough = RoughSet(texts)
    assert all(text in rough for text in texts)
    assert other in texts or other not in RoughSet()


def test_a_rough_set_is_seldom_wrong() -> None:
    rough = RoughSet(f"evaluate/{number}" for number in range(20_000))
    wrong = sum(f"pairs/{number}" in rough for number in range(20_000))
    assert wrong < 200


@given(st.lists(st.recursive(st.text() | st.integers(), st.lists, max_leaves=3)))
def test_the_digest_of_a_list_is_that_of_its_values_one_by_one(values: list[object]) -> None:
    assert digest_of_list(iter(values)) == digest(values)
