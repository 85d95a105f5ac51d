"""What an object in a seat holds: compared where it can be, told of where it cannot."""

from __future__ import annotations

import collections
import dataclasses
import functools
import io
import logging
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
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


PAIR = [lambda one: one + 1, lambda one: one + 2]  # as a line of several systems has them
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
    "arguments bound by name": (lambda: functools.partial(max, key=2), lambda: functools.partial(max, key=3)),
    "functions on one line": (lambda: PAIR[0], lambda: PAIR[1]),
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


def test_what_an_object_holds_and_nobody_can_compare_is_told_at_every_run(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for seed in (1, 2, 3):
        _ = seated(Library(random.Random(seed))).identity
    told = [record.getMessage() for record in caplog.records if "cannot be compared" in record.getMessage()]
    assert len(told) == 3
    assert "books" in told[0]
    assert "identity" in told[0]


MANY = {number: [number] for number in range(100_001)}
FEW = {"pick": "Dune"}


class OfALot:
    def reply(self, conversation: object) -> str:
        return f"{MANY[1]} {FEW['pick']}"


def test_what_is_too_large_to_compare_hides_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    before = seated(OfALot()).identity
    monkeypatch.setitem(FEW, "pick", "Emma")
    assert seated(OfALot()).identity != before


#: Programs that make `thing`, by what is written otherwise where `SAID` is another text.
WRITTEN = """
## a class attribute
class R:
    pick = SAID
    def reply(self, c): return self.pick
thing = R()
## a mapping of its module
CHOICES = {'pick': [SAID]}
class R:
    def reply(self, c): return CHOICES['pick'][0]
thing = R()
## a record of its module
import types
CHOICES = types.SimpleNamespace(pick=SAID)
class R:
    def reply(self, c): return CHOICES.pick
thing = R()
## slots
class R:
    __slots__ = ('pick',)
    def reply(self, c): return self.pick
thing = R()
thing.pick = SAID
## slots with a list
class R:
    __slots__ = ('pick',)
    def reply(self, c): return self.pick
thing = R()
thing.pick = [SAID]
## a data class with slots
import dataclasses
@dataclasses.dataclass(slots=True)
class R:
    pick: object
    def reply(self, c): return self.pick
thing = R(SAID)
## a static method
class R:
    @staticmethod
    def pick(): return SAID
    def reply(self, c): return self.pick()
thing = R()
## a class method
class R:
    @classmethod
    def pick(cls): return SAID
    def reply(self, c): return self.pick()
thing = R()
## a property
class R:
    @property
    def pick(self): return SAID
    def reply(self, c): return self.pick
thing = R()
## a cached property
import functools
class R:
    @functools.cached_property
    def pick(self): return SAID
    def reply(self, c): return self.pick
thing = R()
## a cached function
import functools
class R:
    @functools.lru_cache
    def pick(self): return SAID
    def reply(self, c): return self.pick()
thing = R()
## a base class
class Base:
    def pick(self): return SAID
class R(Base):
    def reply(self, c): return self.pick()
thing = R()
## a closure
def made(k):
    class R:
        def reply(self, c): return k
    return R()
thing = made(SAID)
## a default
K = SAID
class R:
    def reply(self, c, k=K): return k
thing = R()
## a constant beside it
K = SAID
class R:
    def reply(self, c): return K
thing = R()
## a function beside it
def pick(): return SAID
class R:
    def reply(self, c): return pick()
thing = R()
## a function that calls itself
def pick(n): return pick(n - 1) if n else SAID
class R:
    def reply(self, c): return pick(2)
thing = R()
## a class beside it
class Pick:
    k = SAID
class R:
    def reply(self, c): return Pick.k
thing = R()
## an enum beside it
import enum
class Pick(enum.Enum):
    K = SAID
class R:
    def reply(self, c): return Pick.K
thing = R()
## a class attribute of what it holds
class Shelf:
    k = SAID
class R:
    def __init__(self): self.shelf = Shelf()
    def reply(self, c): return self.shelf.k
thing = R()
## a method of what it holds
class Shelf:
    def k(self): return SAID
class R:
    def __init__(self): self.shelf = Shelf()
    def reply(self, c): return self.shelf.k()
thing = R()
## a class that is given
class R:
    @staticmethod
    def reply(c): return SAID
thing = R
## an inner function
class R:
    def reply(self, c):
        def inner(): return SAID
        return inner()
thing = R()
"""
#: Programs in which Python or a library writes into the class, or that change what they refer to.
UNCHANGED = """
## a model of pydantic
import pydantic
class R(pydantic.BaseModel):
    k: int = 1
    def reply(self, c): return 'x'
thing = R()
## a named tuple
import collections
class R(collections.namedtuple('P', 'a b')):
    def reply(self, c): return 'x'
thing = R(1, 2)
## an abstract class
import abc
class R(abc.ABC):
    def reply(self, c): return 'x'
thing = R()
## a generic class
from typing import Generic, TypeVar
T = TypeVar('T')
class R(Generic[T]):
    def reply(self, c): return 'x'
thing = R()
## a counter beside it
N = 0
class R:
    def reply(self, c):
        global N
        N += 1
        return 'x'
thing = R()
"""


def programs(text: str) -> dict[str, str]:
    parts = (part.split("\n", 1) for part in text.strip().removeprefix("## ").split("\n## "))
    return dict(parts)


def made_by(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(program, names)
    return dict(seated(names["thing"]).identity)


@pytest.mark.parametrize("kind", programs(WRITTEN))
def test_an_object_that_is_written_otherwise_is_another(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    program = programs(WRITTEN)[kind]
    first = made_by(program.replace("SAID", "'B01'"))
    assert made_by(program.replace("SAID", "'B01'")) == first
    assert made_by(program.replace("SAID", "'B02'")) != first
    assert not caplog.records


@pytest.mark.parametrize("kind", programs(UNCHANGED))
def test_what_libraries_write_into_a_class_is_no_reason_to_warn(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    program = programs(UNCHANGED)[kind]
    assert made_by(program) == made_by(program)
    assert not caplog.records


def test_the_same_file_of_a_user_is_the_same_object_in_another_process(tmp_path: Path) -> None:
    file = tmp_path / "shelves.py"
    file.write_text(programs(WRITTEN)["a constant beside it"].replace("SAID", "frozenset('abcdef')"))
    asked = (
        "import sys; sys.path.insert(0, sys.argv[1]); import shelves\n"
        "from usbrec.play.own.state import code_of\nprint(code_of(shelves.R))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", asked, str(tmp_path)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1
    assert "None" not in said.pop()


SHELL = """
import sys
from usbrec.play.own.calls import CallQueue, OwnObject
for said in ("B01", "B02"):
    names = {"__name__": "__main__"}
    exec(f"class R:\\n    def reply(self, c): return {said!r}\\nthing = R()", names)
    print(OwnObject.seated(names["thing"], "recommender", "object:R", "reply", CallQueue()).identity)
"""


def test_what_is_written_at_the_prompt_of_a_package_is_the_users(tmp_path: Path) -> None:
    shell = tmp_path / "site-packages" / "shell"
    shell.mkdir(parents=True)
    (shell / "__main__.py").write_text(SHELL)
    paths = os.pathsep.join([str(shell.parent), *sys.path])
    command = [sys.executable, "-m", "shell"]
    told = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert len(set(told)) == len(told) == 2
