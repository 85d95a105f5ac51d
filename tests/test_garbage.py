"""Looks for unreachable objects become rarer while rows are played, and as they were afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from usbrec.garbage import MADE_BETWEEN_LOOKS, rare_collections, without_collections


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_looks_are_rare_until_the_last_of_several_has_ended() -> None:
    gc.set_threshold(700, 10, 9)
    first, second = ExitStack(), ExitStack()
    first.enter_context(rare_collections())
    assert gc.get_threshold() == (MADE_BETWEEN_LOOKS, 10, 9)
    second.enter_context(rare_collections())
    first.close()
    assert gc.get_threshold() == (MADE_BETWEEN_LOOKS, 10, 9)
    second.close()
    assert gc.get_threshold() == (700, 10, 9)


@pytest.mark.parametrize("own", [0, MADE_BETWEEN_LOOKS * 2])
def test_whoever_has_them_rarer_or_switched_off_keeps_that(own: int) -> None:
    gc.set_threshold(own, 10, 10)
    with rare_collections():
        assert gc.get_threshold() == (own, 10, 10)
    assert gc.get_threshold() == (own, 10, 10)


def test_looks_are_as_before_where_what_was_played_fails() -> None:
    gc.set_threshold(700, 10, 10)
    with pytest.raises(ValueError, match="no"), rare_collections():
        raise ValueError("no")
    assert gc.get_threshold() == (700, 10, 10)


def test_looks_that_are_put_off_come_again_only_where_there_were_any() -> None:
    with without_collections():
        assert not gc.isenabled()
        with without_collections():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
