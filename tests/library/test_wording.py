"""What a program is told: its own arguments, what plays where nobody is named, and what was read as what."""

from __future__ import annotations

import inspect
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import usbrec
from support import ROOT
from usbrec.errors import ConfigError, InputWarning, Interrupted, SeatFailed, UnusableAnswer, UsbRecError
from usbrec.library.in_memory import without_folder
from usbrec.library.seats import _tell_once, tell_of_nobody
from usbrec.library.wording import for_python

BOOKS = ROOT / "docs" / "examples" / "books.jsonl"
ITEMS = ROOT / "docs" / "examples" / "books.csv"
ARGUMENTS = inspect.signature(usbrec.evaluate).parameters


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("rules work on items: add --catalogue FILE.", "rules work on items: add the argument catalogue."),
        ("--candidates shows items", "candidates shows items"),
        ("take another --judge, or --judge rules.", 'take another judge, or judge="rules".'),
        ("--ranker runs/r: no such folder.", 'ranker="runs/r": no such folder.'),
        ("show --candidates 10", "show candidates=10"),
        ("--ses-judge rules works on items", 'the setting search.judge = "rules" works on items'),
        ("With --strict (in Python, strict=True) it is refused.", "With strict=True it is refused."),
        ("Choose another folder with -o.", "Choose another folder with the argument out."),
        ("`usbrec train ranker -o DIR` writes one.", "`usbrec train ranker -o DIR` writes one."),
        (
            "Train one: usbrec train ranker x.jsonl --catalogue FILE -o r",
            "Train one: usbrec train ranker x.jsonl --catalogue FILE -o r",
        ),
        (
            "Stopped. What is finished is kept: the same command goes on from there.",
            "Stopped. What is finished is kept: the same call goes on from there.",
        ),
        (
            "Check its server, then run the same command again.",
            "Check its server, then make the same call again.",
        ),
        ("Let it list more (vLLM: --max-logprobs 20)", "Let it list more (vLLM: --max-logprobs 20)"),
    ],
)
def test_options_are_named_as_arguments_or_settings_and_commands_stay(said: str, told: str) -> None:
    assert for_python(said, ARGUMENTS) == told


class Broken:
    def reply(self, conversation: usbrec.Conversation) -> str:
        raise ConnectionError("the shelf is shut")


@pytest.mark.parametrize("kept", [False, True])
def test_a_failure_of_a_run_in_memory_names_no_folder_that_is_gone(tmp_path: Path, kept: bool) -> None:
    out = tmp_path / "run" if kept else None
    with pytest.raises(UsbRecError) as told:
        usbrec.evaluate(BOOKS, recommender=Broken(), catalogue=ITEMS, limit=2, out=out, progress=False)
    said = str(told.value)
    assert "the shelf is shut" in said
    assert "command" not in said
    assert "make the same call again" in said
    assert ("usbrec-" in said, str(tmp_path) in said) == (False, kept), said
    assert kept or "this run, which is held in memory" in said


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/tmp/usbrec-a: no row was answered.", "this run, which is held in memory: no row was answered."),
        ("/tmp/usbrec-a/run.db: full.", "run.db of this run, which is held in memory: full."),
        ("/tmp/usbrec-ab: full.", "/tmp/usbrec-ab: full."),
        (
            "Row 5: down\nWhat is finished stays: run the same command again when it is back.",
            'Row 5: down\nNothing is kept. To go on later where it stops, give a folder: out="runs/NAME".',
        ),
        (
            "/tmp/usbrec-a: no room. What is finished is kept: the same command goes on from there.",
            "this run, which is held in memory: no room.\nNothing is kept. To go on later where it stops, "
            'give a folder: out="runs/NAME".',
        ),
    ],
)
def test_of_a_run_in_memory_nothing_is_said_to_be_kept(said: str, told: str) -> None:
    assert without_folder(said, "/tmp/usbrec-a") == told


class Stopping:
    """An object that Ctrl-C reaches before anything is played: while it is asked who it is."""

    @property
    def identity(self) -> None:
        raise KeyboardInterrupt

    def reply(self, conversation: usbrec.Conversation) -> str:
        return "Dune"


@pytest.mark.parametrize("kept", [False, True])
def test_ctrl_c_before_the_first_row_is_an_interruption_too(tmp_path: Path, kept: bool) -> None:
    out = tmp_path / "run" if kept else None
    said = "the same call goes on from there" if kept else "give a folder: out="
    with pytest.raises(Interrupted, match=said):
        usbrec.evaluate(BOOKS, recommender=Stopping(), catalogue=ITEMS, limit=2, out=out, progress=False)


@pytest.mark.parametrize("seed", [2**63, 2**64, -(2**63), 2**128])
def test_a_seed_that_no_record_can_hold_is_refused_before_anything_is_played(seed: int) -> None:
    with pytest.raises(ConfigError, match="seed"):
        usbrec.evaluate(BOOKS, recommender="rules:best", catalogue=ITEMS, seed=seed)


def test_two_names_that_are_the_same_are_refused_and_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    run = usbrec.evaluate(BOOKS, recommender="rules:best", catalogue=ITEMS, limit=2, progress=False)
    with pytest.raises(ConfigError, match="two runs of one name"):
        usbrec.compare(run, run, names=["x", "x"])
    with pytest.raises(ConfigError, match="seed='a': a whole number"):
        usbrec.compare(run, run, names=["x", "y"], seed="a")  # type: ignore[arg-type]
    for given in ({"seed": True}, {"resamples": 2.0}):
        with pytest.raises(ConfigError, match="a whole number is wanted"):
            usbrec.compare(run, run, names=["x", "y"], **given)  # type: ignore[arg-type]
    compared = usbrec.compare(run, run, names=["x", "y"], seed=np.int64(2))  # type: ignore[arg-type]
    assert compared.save(tmp_path / "x.json").is_file()


BAD: dict[str, Any] = {
    "no catalogue": lambda: usbrec.evaluate(BOOKS, recommender="rules:retriever"),
    "no catalogue for candidates": lambda: usbrec.evaluate(BOOKS, recommender="smollm2-135m", candidates=3),
    "rules cannot be enhanced": lambda: usbrec.evaluate(
        BOOKS, recommender="rules:best", catalogue=ITEMS, ses=True
    ),
    "no such rule": lambda: usbrec.evaluate(BOOKS, recommender="rules:x", catalogue=ITEMS),
    "questions without items": lambda: usbrec.evaluate(BOOKS, recommender="smollm2-135m", mode="ask"),
    "a ranking without items": lambda: usbrec.evaluate(BOOKS, mode="retrieval"),
    "no ranker": lambda: usbrec.evaluate(BOOKS, mode="retrieval", ranker="nowhere/at/all"),
    "popularity of nothing": lambda: usbrec.evaluate(BOOKS, recommender="rules:popular", catalogue=ITEMS),
    "a count of no items": lambda: usbrec.evaluate(BOOKS, recommender="smollm2-135m", interactions=BOOKS),
    "pairs without items": lambda: usbrec.make_pairs(BOOKS, recommender="smollm2-135m", candidates=3),
    "pairs by rules": lambda: usbrec.make_pairs(BOOKS, recommender="smollm2-135m", judge="rules"),
    "a search without items": lambda: usbrec.enhance("smollm2-135m", judge="rules").reply_sync(["Hello?"]),
    "a model that is not here": lambda: usbrec.train("sft", BOOKS, base="openai:x", out="runs/none"),
    "a server's key": lambda: usbrec.open_model("openai:x", base_url="http://example.org"),
}


@pytest.mark.parametrize("name", BAD)
def test_no_error_tells_a_program_to_give_an_option(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsbRecError) as told:
        BAD[name]()
    assert " --" not in f" {told.value}".partition("usbrec ")[0]


def test_a_run_that_nobody_is_named_for_says_once_who_plays(caplog: pytest.LogCaptureFixture) -> None:
    _tell_once.cache_clear()
    caplog.set_level(logging.WARNING)
    for recommender, config in (
        ("rules:best", None),
        (None, {"seats": {"recommender": "smollm2-135m"}}),
    ):
        tell_of_nobody(config, recommender)
    assert not caplog.records
    tell_of_nobody(None, None)
    tell_of_nobody({"seed": 1}, None)
    (told,) = caplog.records
    assert "No recommender is named, so the packaged model smollm2-135m plays" in told.getMessage()


class Says:
    def __init__(self, *items: Any, text: str = "") -> None:
        self.answer = usbrec.Reply(text, items)

    def reply(self, conversation: usbrec.Conversation) -> usbrec.Reply:
        return self.answer


def failure_of(recommender: object) -> str:
    with pytest.raises(UsbRecError) as told:
        usbrec.evaluate(BOOKS, recommender=recommender, catalogue=ITEMS, limit=1, progress=False)
    return str(told.value)


def test_a_reply_of_unknown_ids_alone_says_that_they_are_unknown() -> None:
    told = failure_of(Says("b9999", 17.0, "x", "y"))
    assert UnusableAnswer.__name__ in told
    assert "its items are unknown: the catalogue has no id 'b9999', '17', 'x', ..." in told


@pytest.mark.parametrize("items", [(b"b1",), (1.5,), (["b1"],)])
def test_ids_that_are_none_are_told_by_their_type(items: Any) -> None:
    told = failure_of(Says(*items))
    assert SeatFailed.__name__ in told
    assert "not an id in Reply.items" in told


def test_bytes_as_items_are_no_list_of_numbers() -> None:
    assert usbrec.Reply("", b"b1").items == (b"b1",)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "source",
    [
        pl.DataFrame({"id": [1.0, 2.0], "title": ["Dune", "Emma"]}),
        pl.DataFrame({"id": [1.0, 2.0], "title": ["Dune", "Emma"]}, schema_overrides={"id": pl.Float32}),
        pd.DataFrame({"id": [1.0, 2.0], "title": ["Dune", "Emma"]}),
        pd.DataFrame({"id": pd.Series([1.0, 2.0], dtype=object), "title": ["Dune", "Emma"]}),
        [{"id": 1.0, "title": "Dune"}, {"id": 2.0, "title": "Emma"}],
        [{"movie_id": 1.0, "title": "Dune"}, {"movie_id": 2.0, "title": "Emma"}],
        {1.0: {"title": "Dune"}, 2.0: {"title": "Emma"}},
        [usbrec.Item(1.0, "Dune"), usbrec.Item(2.0, "Emma")],  # type: ignore[arg-type]
    ],
)
def test_ids_that_are_fractions_and_whole_are_whole_numbers(source: Any) -> None:
    assert [item.id for item in usbrec.load_catalogue(source)] == ["1", "2"]


def test_ids_that_are_fractions_stay_what_they_are() -> None:
    frame = pl.DataFrame({"id": [1.0, 2.5], "title": ["Dune", "Emma"]})
    assert [item.id for item in usbrec.load_catalogue(frame)] == ["1", "2.5"]


def test_an_index_without_a_name_that_may_hold_ids_is_told_of() -> None:
    frame = pd.DataFrame({"title": ["Dune", "Emma"]}, index=["d1", "e2"])
    with pytest.warns(InputWarning, match=r"index \('d1', ...\) has no name .*rename_axis"):
        usbrec.load_catalogue(frame)
    assert [item.id for item in usbrec.load_catalogue(frame.rename_axis("id"))] == ["d1", "e2"]
    usbrec.load_catalogue(frame.reset_index(drop=True))
    usbrec.load_catalogue(frame.assign(id=["x", "y"]))


@pytest.mark.parametrize("name", ["replay", "interactions", "catalogue", "ranker", "config", "out"])
def test_an_empty_name_of_a_file_is_refused_by_its_argument_and_is_not_the_folder_at_hand(name: str) -> None:
    with pytest.raises(ConfigError, match=f'^{name}="": no name of a file or folder'):
        usbrec.evaluate("docs/examples/books.jsonl", recommender="rules:popular", **{name: ""})


def test_an_empty_name_is_refused_in_whatever_place_it_stands() -> None:
    with pytest.raises(ConfigError, match=r'samples="": no name of a file or folder\. Give one\.$'):
        usbrec.evaluate("")
    with pytest.raises(ConfigError, match='source="": no name'):
        usbrec.load_catalogue("")
    with pytest.raises(ConfigError, match='runs="": no name'):
        usbrec.compare("here", "")
