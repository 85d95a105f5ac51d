"""Whatever stands in a file, a reader gives lawful samples or an InputError, and nothing else."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.author_files import FILES
from usbrec.data import (
    KINDS,
    limit_samples,
    load_samples,
    read_ievalm,
    read_inspired,
    read_own,
    read_redial,
    samples_digest,
    write_samples,
)
from usbrec.dialogue import Sample, Turn
from usbrec.errors import BadLines, InputError

READERS: dict[str, Callable[[Path], tuple[Sample, ...]]] = {
    "redial": read_redial,
    "ievalm": read_ievalm,
    "inspired": read_inspired,
    "own": read_own,
    "sniffed": load_samples,
}

VALID: dict[str, Any] = {
    "redial": {
        "conversationId": "9",
        "initiatorWorkerId": 1,
        "respondentWorkerId": 2,
        "movieMentions": {"10": "Heat (1995)", "11": None},
        "initiatorQuestions": {"10": {"suggested": 1, "seen": 0, "liked": 1}},
        "respondentQuestions": [],
        "messages": [
            {"senderWorkerId": 1, "text": "Not @11 &amp; co"},
            {"senderWorkerId": 2, "text": "@10 then"},
        ],
    },
    "ievalm": {
        "dialog_id": "9",
        "turn_id": 2,
        "context": ["", "What?", "A heist"],
        "rec": ["Heat (1995)"],
        "resp": "Heat (1995)!",
    },
    "inspired": [
        {"role": "SEEKER", "text": "A heist", "movie": [], "movie_name": []},
        {"role": "RECOMMENDER", "text": "heat", "movie": ["Heat (1995)"], "movie_name": ["heat"]},
    ],
    "own": {
        "id": "9:2",
        "dialogue_id": "9",
        "turns": [{"role": "seeker", "text": "A heist"}],
        "targets": ["Heat (1995)"],
        "label": None,
        "source": "",
    },
}
VALID["sniffed"] = VALID["own"]

ODD_TEXTS = [
    "",
    " ",
    "\x00",
    "\ud800",
    "\udc00x",
    "\ufeff",
    "\u2028",
    "@10",
    "a@",
    "&#0;",
    "&#xd800;",
    "9" * 400,
]
ODD_NUMBERS = [True, False, None, 0, -1, 2, 10**400, 1.5, float("nan"), float("inf"), -0.0]
TEXTS = st.sampled_from(ODD_TEXTS) | st.text(st.characters(), max_size=8)
SCALARS = st.sampled_from(ODD_NUMBERS) | TEXTS
JSON_VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, row: Any) -> Any:
    """`row` with one to three of its values, at any depth, reworded, replaced, removed or doubled."""
    row = copy.deepcopy(row)
    for _ in range(draw(st.integers(1, 3))):
        holder = row
        while holder:
            key = draw(st.sampled_from(sorted(holder) if isinstance(holder, dict) else range(len(holder))))
            inner = holder[key]
            if isinstance(inner, dict | list) and inner and draw(st.integers(0, 3)):
                holder = inner
                continue
            change = draw(st.sampled_from(["reword", "reword", "replace", "remove", "double"]))
            if change == "reword" and isinstance(inner, str):
                more = draw(TEXTS)
                holder[key] = draw(st.sampled_from([inner + more, more + inner, more]))
            elif change == "remove":
                del holder[key]
            elif change == "double" and isinstance(holder, list):
                holder.append(copy.deepcopy(inner))
            else:
                holder[key] = draw(JSON_VALUES)
            break
    return row


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hostile")


def check(kind: str, folder: Path, content: bytes) -> None:
    """The law: lawful samples that survive a write, or an error that says where and what."""
    path = folder / f"{kind}.jsonl"
    path.write_bytes(content)
    error: InputError | None = None
    samples: tuple[Sample, ...] = ()
    try:
        samples = READERS[kind](path)
    except InputError as raised:
        error = raised
    if error is not None:
        assert str(path) in str(error)
        str(error).encode("utf-8")
        for problem in error.problems if isinstance(error, BadLines) else ():
            assert re.match(r"line [1-9]\d*: \S", problem), problem
            assert len(problem) < 500
            assert "\n" not in problem
        return
    assert samples
    assert len({sample.id for sample in samples}) == len(samples)
    for sample in samples:
        assert sample.id.strip()
        assert sample.dialogue_id.strip()
        assert sample.turns[-1].role == "seeker"
        assert all(isinstance(turn.text, str) and turn.text.strip() for turn in sample.turns)
        assert sample.targets
        assert all(title and title == title.strip() for title in sample.targets)
        assert len(set(sample.targets)) == len(sample.targets)
        assert sample.label is None or sample.label.strip()
    copied = folder / f"{kind}-copy.jsonl"
    write_samples(copied, samples)
    assert read_own(copied) == load_samples(copied) == samples
    assert samples_digest(limit_samples(samples, len(samples))) == samples_digest(samples)


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_rows_of_any_json_are_read_or_refused(kind: str, folder: Path, data: st.DataObject) -> None:
    rows = data.draw(st.lists(JSON_VALUES | st.just(VALID[kind]), max_size=3))
    check(kind, folder, "\n".join(json.dumps(row) for row in rows).encode())


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=120)
@given(data=st.data())
def test_rows_that_are_nearly_right_are_read_or_refused(kind: str, folder: Path, data: st.DataObject) -> None:
    rows = data.draw(
        st.lists(mutated(VALID[kind]), min_size=1, max_size=2) | mutated(VALID[kind]).map(lambda row: [row])
    )
    check(kind, folder, "\n".join(json.dumps(row) for row in rows).encode())


@pytest.mark.parametrize("kind", READERS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_files_with_damaged_bytes_are_read_or_refused(kind: str, folder: Path, data: st.DataObject) -> None:
    content = json.dumps(VALID[kind]).encode() + b"\r\n"
    start = data.draw(st.integers(0, len(content)))
    stop = data.draw(st.integers(start, min(len(content), start + 4)))
    wedge = data.draw(st.binary(max_size=4) | st.sampled_from([b"\xef\xbb\xbf", b"\n", b"\r", b"\x00", b'"']))
    check(kind, folder, content[:start] + wedge + content[stop:])


@pytest.mark.parametrize("kind", READERS)
@pytest.mark.parametrize("depth", [900, 3000, 100_000])
def test_nesting_of_any_depth_is_read_or_refused(kind: str, depth: int, folder: Path) -> None:
    check(kind, folder, b"[" * depth + b"]" * depth)
    check(kind, folder, b'{"id": ' * depth + b"1" + b"}" * depth)


STORABLE = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
IDS = STORABLE.filter(str.strip)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(
        st.builds(
            Sample,
            id=IDS,
            dialogue_id=IDS,
            turns=STORABLE.map(lambda text: (Turn("recommender", "Hi"), Turn("seeker", f"a{text}"))),
            targets=st.lists(STORABLE.map(lambda text: f"T{text}T"), min_size=1, unique=True).map(tuple),
            label=st.none() | STORABLE.map(lambda text: f"l{text}"),
            source=STORABLE,
        ),
        min_size=1,
        max_size=3,
        unique_by=lambda sample: sample.id,
    )
)
def test_writing_and_reading_gives_the_samples_back(folder: Path, samples: list[Sample]) -> None:
    path = folder / "law.jsonl"
    write_samples(path, samples)
    assert list(read_own(path)) == samples


def test_every_kind_that_can_be_named_is_attacked() -> None:
    """OpenDialKG rows go through the iEvaLM reader; test_formats_hostile.py attacks the authors' files."""
    attacked = {*READERS, *FILES} - {"sniffed"}
    assert set(KINDS) <= {kind.removesuffix("-rows") for kind in attacked} | {"opendialkg"}
