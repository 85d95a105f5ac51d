"""Whatever stands in a file of a published format, what is read is lawful, or an InputError says why not."""

from __future__ import annotations

import copy
import json
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.test_data_hostile import JSON_VALUES, TEXTS, mutated
from support.author_files import (
    FILES,
    INSPIRED_COLUMNS,
    OPENDIALKG_COLUMNS,
    PIER_TALK,
    table,
    text_of,
    write_beside,
)
from usbrec.data import load_samples, read_dialogues, read_own, write_samples
from usbrec.errors import BadLines, InputError, InputWarning

KINDS = {kind: kind.removesuffix("-rows") for kind in FILES}
OF_JSON = [kind for kind, (content, _) in FILES.items() if not isinstance(content, str)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("formats")
    write_beside(folder)
    return folder


def read(load: Callable[[], Any], path: Path) -> Any:
    """What is read; None where it was refused in words that say where."""
    error: InputError
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InputWarning)
            return load()
    except InputError as raised:
        error = raised
    assert str(path) in str(error)
    str(error).encode("utf-8")
    for problem in error.problems if isinstance(error, BadLines) else ():
        assert re.match(r"(line [1-9]\d*|[a-z]+\.json)(, \[\d+\])?: \S", problem), problem
        assert len(problem) < 600
        assert "\n" not in problem
    return None


def check(kind: str | None, folder: Path, content: bytes) -> None:
    path = folder / "file"
    path.write_bytes(content)
    samples = read(lambda: load_samples(path, kind), path)
    if samples is not None:
        assert len({sample.id for sample in samples}) == len(samples) > 0
        for sample in samples:
            assert sample.turns[-1].role == "seeker"
            assert all(turn.text.strip() for turn in sample.turns)
            assert sample.targets
            assert all(title and title == title.strip() for title in sample.targets)
        copied = folder / "copy"
        write_samples(copied, samples)
        assert read_own(copied) == samples
    dialogues = read(lambda: read_dialogues(path, kind), path)
    if dialogues is not None:
        assert len({one.id for one in dialogues}) == len(dialogues) > 0
        for one in dialogues:
            assert one.turns
            assert len(one.turn_ratings) in (0, len(one.turns))
        copied = folder / "dialogues"
        copied.write_bytes(b"".join(json.dumps(one.to_json()).encode() + b"\n" for one in dialogues))
        assert read_dialogues(copied) == dialogues


@pytest.mark.parametrize("kind", OF_JSON)
@pytest.mark.parametrize("named", [True, False])
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_documents_that_are_nearly_right_are_read_or_refused(
    kind: str, named: bool, folder: Path, data: st.DataObject
) -> None:
    content = FILES[kind][0]
    changed = data.draw(mutated(content if isinstance(content, list) else [content]))
    indent = data.draw(st.sampled_from([None, 1]))
    check(KINDS[kind] if named else None, folder, json.dumps(changed, indent=indent).encode())


@pytest.mark.parametrize("kind", FILES)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_any_json_is_read_or_refused_as_any_format(kind: str, folder: Path, data: st.DataObject) -> None:
    value = data.draw(JSON_VALUES | st.lists(JSON_VALUES, max_size=3))
    check(KINDS[kind], folder, json.dumps(value, indent=data.draw(st.sampled_from([None, 1]))).encode())


@pytest.mark.parametrize("kind", FILES)
@settings(deadline=None, max_examples=20)
@given(data=st.data())
def test_files_with_damaged_bytes_are_read_or_refused(kind: str, folder: Path, data: st.DataObject) -> None:
    content = text_of(FILES[kind][0]).encode()
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, min(len(content), start + 4)))
    odd = [b"\xef\xbb\xbf", b"\n", b"\r", b"\x00", b'"', b"\t", b",", b"]", b"\xff", b"User: "]
    wedge = data.draw(st.binary(max_size=4) | st.sampled_from(odd))
    named = data.draw(st.booleans())
    check(KINDS[kind] if named else None, folder, content[:start] + wedge + content[stop:])


CELLS = TEXTS.map(lambda text: text.encode("utf-8", "replace").decode()) | st.sampled_from(
    ["SEEKER", "RECOMMENDER", "d1", "d2", "Up (2009);;", "reject", '"', "a\nb", "\t", "\r"]
)


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_lines_of_inspired_with_any_cells_are_read_or_refused(folder: Path, data: st.DataObject) -> None:
    lines = data.draw(
        st.lists(st.dictionaries(st.sampled_from(INSPIRED_COLUMNS), CELLS, max_size=8), max_size=4)
    )
    for line in lines:
        if data.draw(st.booleans()):
            line |= {"dialog_id": "d1", "speaker": data.draw(st.sampled_from(["SEEKER", "recommender"]))}
    check(None, folder, table(lines).encode())


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_rows_of_opendialkg_with_any_messages_are_read_or_refused(folder: Path, data: st.DataObject) -> None:
    messages = data.draw(mutated([copy.deepcopy(list(PIER_TALK))]) | JSON_VALUES.map(lambda value: [value]))
    rows = [
        {"Messages": json.dumps(one), "User Rating": data.draw(CELLS), "Assistant Rating": data.draw(CELLS)}
        for one in messages
    ]
    check(None, folder, table(rows, OPENDIALKG_COLUMNS, ",").encode())


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_text_that_somebody_speaks_is_read_or_refused(folder: Path, data: st.DataObject) -> None:
    parts = st.sampled_from(
        ["1", "Conversation_2:", "# Books", "User: Hi", "Agent: Lantern Pier", "", "x", "User:"]
    )
    lines = data.draw(st.lists(parts | CELLS, min_size=1, max_size=8))
    check(data.draw(st.sampled_from([None, "llm-redial"])), folder, "\n".join(lines).encode())


@pytest.mark.parametrize("beside", ["entity2id.json", "item_map.json", "final_data.jsonl", "catalog.json"])
@pytest.mark.parametrize("content", ["", "[", "[]", "3", '{"a": {}}', '[{"title": 5}]', "\x00"])
def test_files_that_belong_to_others_may_hold_anything(beside: str, content: str, tmp_path: Path) -> None:
    write_beside(tmp_path)
    (tmp_path / beside).write_text(content)
    for kind in ("crslab", "zero-shot", "llm-redial", "tau-rec"):
        check(kind, tmp_path, text_of(FILES[kind][0]).encode())


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xef\xbb\xbf", b"[]", b"[\n]", b"{}", b"null", b"[1, 2]"]
)
@pytest.mark.parametrize("kind", [None, *KINDS.values()])
def test_files_with_nothing_in_them_are_refused(kind: str | None, content: bytes, folder: Path) -> None:
    path = folder / "empty"
    path.write_bytes(content)
    assert read(lambda: load_samples(path, kind), path) is None
    assert read(lambda: read_dialogues(path, kind), path) is None


@pytest.mark.parametrize("depth", [900, 100_000])
@pytest.mark.parametrize("kind", [None, *KINDS.values()])
def test_nesting_of_any_depth_is_read_or_refused(kind: str | None, depth: int, folder: Path) -> None:
    check(kind, folder, b'[\n{"conversation": ' + b"[" * depth + b"]" * depth + b"}]")
