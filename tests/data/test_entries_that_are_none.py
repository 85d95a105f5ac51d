"""Entries of a file of dialogues that hold no dialogue: told with their place, in every format and
container."""

from __future__ import annotations

import copy
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from support.author_files import (
    FILES,
    arena_dialogue,
    inspired_line,
    rated_dialogue,
    table,
    text_of,
    write_beside,
)
from usbrec.data import load_samples, read_dialogues
from usbrec.errors import BadLines, InputError, InputWarning

OF_JSON = [kind for kind, (content, _) in FILES.items() if not isinstance(content, str)]


def entries_of(kind: str) -> list[Any]:
    content = copy.deepcopy(FILES[kind][0])
    return content if isinstance(content, list) else [content]


def problems(path: Path, kind: str) -> tuple[str, ...]:
    # Tasks are no dialogues, and the arena gives no samples: each is read as what it holds.
    with pytest.raises(BadLines) as caught:
        load_samples(path) if kind == "tau-rec" else read_dialogues(path)
    return caught.value.problems


@pytest.mark.parametrize("kind", OF_JSON)
@pytest.mark.parametrize("bad", [None, 5, "words", [], [None], True])
@pytest.mark.parametrize("first", [True, False])
def test_an_entry_that_is_no_object_is_told_with_its_place(
    kind: str, bad: Any, first: bool, tmp_path: Path
) -> None:
    """An entry that is no object is told with its place, in a list on one line, on several, and as lines."""
    write_beside(tmp_path)
    path = tmp_path / "data.json"
    good = entries_of(kind)
    entries = [bad, *good] if first else [*good, bad]
    at = 0 if first else len(good)
    for indent in (None, 1):
        path.write_text(json.dumps(entries, indent=indent))
        (problem,) = problems(path, kind)
        assert f"[{at}].row: expected an object, found" in problem
    path.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
    (problem,) = problems(path, kind)
    assert problem.startswith(f"line {at + 1}: row: expected an object, found")


def silent(kind: str) -> Any:
    """A dialogue of a format in which nobody says anything."""
    entry = entries_of(kind)[0]
    field = next(
        name
        for name in ("conversation", "conversations", "dialogue", "messages", "utterances", "dialog")
        if name in entry
    )
    entry[field] = []
    named = next(name for name in entry if name.casefold().replace("_", " ") in _IDS)
    entry[named] = 4711 if isinstance(entry[named], int) else "silent1"
    return entry


_IDS = {"id", "conv id", "conversation id", "conversationid"}
OF_WORDS = [kind for kind in OF_JSON if kind not in ("zero-shot", "tau-rec")]


@pytest.mark.parametrize("kind", OF_WORDS)
def test_a_dialogue_without_words_is_left_out_and_told(kind: str, tmp_path: Path) -> None:
    """A dialogue in which nobody says anything is left out and told; the others are read."""
    write_beside(tmp_path)
    path = tmp_path / "data.json"
    path.write_text(json.dumps([silent(kind), *entries_of(kind)], indent=1))
    with pytest.warns(
        InputWarning, match=r"1 entries cannot be used .*\n.*line 2, \[0\]: dialogue '.*': nobody says"
    ):
        dialogues = read_dialogues(path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        path.write_text(json.dumps(entries_of(kind), indent=1))
        assert read_dialogues(path) == dialogues


def test_an_empty_dialogue_that_was_rated_is_one_and_blank_ones_alone_are_refused(tmp_path: Path) -> None:
    """What people rated stays, whatever was said; a file of silence has no dialogue in it."""
    path = tmp_path / "data.json"
    rated = rated_dialogue()
    for turn in rated["dialogue"]:
        turn["utterance"] = " "
    path.write_text(json.dumps([rated]))
    assert len(read_dialogues(path)) == 1
    blank = arena_dialogue()
    for turn in blank["conversation"]:
        turn["utterance"] = None
    path.write_text(json.dumps([blank]))
    with pytest.raises(InputError, match="nobody says anything"):
        read_dialogues(path)


@pytest.mark.parametrize(
    "content",
    [
        table([inspired_line("d1", "SEEKER", "Hi")], ("dialog_id", "speaker", "movies")),
        "SKU,Title,Publication Year\n1,Dune,1965\n",
        "id;title;Preis (€)\n1;Dune;3\n",
        "Message\tRanking\n[]\t1\n",
    ],
)
@pytest.mark.parametrize("kind", [None, "inspired", "own"])
def test_a_table_of_no_known_format_is_told_by_its_columns(
    content: str, kind: str | None, tmp_path: Path
) -> None:
    """A table of none of the known formats, a catalogue say, is told by its columns, and is no broken
    JSON."""
    path = tmp_path / "data.csv"
    path.write_text(content, encoding="utf-8")
    for read in (load_samples, read_dialogues):
        with pytest.raises(
            InputError, match=r"a table of none of the known formats\. Its columns: "
        ) as caught:
            read(path, kind)
        assert "broken JSON" not in str(caught.value)


@pytest.mark.parametrize(
    "line", ['{"id": "a", "turns": [', '{"id", "a"}', "'id', 'turns'", "Hello, I am new here. So, what now?"]
)
def test_a_line_with_commas_is_no_table(line: str, tmp_path: Path) -> None:
    """A broken line with commas in it is a broken line, and the lines behind it are read."""
    path = tmp_path / "data.jsonl"
    path.write_text(line + "\n" + text_of(entries_of("dialoguekit")[0]).replace("\n", " ") + "\n")
    with pytest.raises(BadLines, match="line 1: broken JSON"):
        read_dialogues(path)
