"""What an object in a seat holds: compared where it can be, told of where it cannot."""

from __future__ import annotations

import collections
import dataclasses
import io
import logging
import random
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from usbrec.play.own.calls import CallQueue, OwnObject
from usbrec.play.own.state import digest_of


@dataclasses.dataclass
class Shelf:
    books: list[str]


class Slotted:
    __slots__ = ("count",)

    def __init__(self, count: int) -> None:
        self.count = count


def scaled(by: int) -> Callable[[int], int]:
    return lambda one: one * by


#: Two makers each of values that are not the same.
OTHER: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "lists": (lambda: ["Dune"], lambda: ["Emma"]),
    "mappings": (lambda: {"Dune": 1}, lambda: {"Dune": 2}),
    "sets": (lambda: {"Dune", "Emma"}, lambda: {"Dune"}),
    "nested": (lambda: {"a": [(1, {"b"})]}, lambda: {"a": [(1, {"c"})]}),
    "arrays": (lambda: np.arange(4.0), lambda: np.arange(4.0) + 1),
    "arrays of other shapes": (lambda: np.zeros((2, 3)), lambda: np.zeros((3, 2))),
    "frames": (lambda: pd.DataFrame({"a": [1]}), lambda: pd.DataFrame({"a": [2]})),
    "objects": (lambda: Shelf(["Dune"]), lambda: Shelf(["Emma"])),
    "objects with slots": (lambda: Slotted(1), lambda: Slotted(2)),
    "counters": (lambda: collections.Counter("aab"), lambda: collections.Counter("abb")),
    "functions": (lambda: scaled(2), lambda: scaled(3)),
    "bytes": (lambda: b"a", lambda: b"b"),
}


@pytest.mark.parametrize("kind", OTHER)
def test_contents_that_differ_have_other_digests_and_equal_ones_the_same(kind: str) -> None:
    one, other = OTHER[kind]
    first, opaque = digest_of({"held": one()})
    assert first is not None
    assert opaque == ()
    assert digest_of({"held": one()}) == (first, ())
    assert digest_of({"held": other()})[0] != first


def test_texts_and_numbers_alone_have_no_digest_of_their_own() -> None:
    assert digest_of({"name": "x", "factor": 1.5, "nothing": None}) == (None, ())


def round_about() -> list[Any]:
    ring: list[Any] = []
    ring.append(ring)
    return ring


@pytest.mark.parametrize("opaque", [random.Random(1), io.StringIO("x"), round_about(), (one for one in "a")])
def test_what_cannot_be_compared_is_named(opaque: Any) -> None:
    assert digest_of({"books": ["Dune"], "odd": opaque}) == (digest_of({"books": ["Dune"]})[0], ("odd",))


def test_locks_and_loggers_decide_no_answer() -> None:
    held = {"lock": threading.Lock(), "event": threading.Event(), "log": logging.getLogger("x")}
    assert digest_of(held)[1] == ()


class Library:
    def __init__(self, books: Any) -> None:
        self.books = books

    def reply(self, conversation: object) -> str:
        return str(self.books)


def seated(thing: object) -> OwnObject:
    return OwnObject.seated(thing, "recommender", "object:Library", "reply", CallQueue())


def test_two_objects_of_one_class_with_other_contents_are_two() -> None:
    assert seated(Library(["Dune"])).identity != seated(Library(["Emma"])).identity
    assert seated(Library(["Dune"])).identity == seated(Library(["Dune"])).identity


def test_what_an_object_holds_and_nobody_can_compare_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    for seed in (1, 2, 3):
        _ = seated(Library(random.Random(seed))).identity
    told = [record.getMessage() for record in caplog.records if "cannot be compared" in record.getMessage()]
    assert len(told) == 1
    assert "books" in told[0]
    assert "identity" in told[0]
