"""Lean rows say all that whole rows say, and the whole ones are found again where they are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.fake_runs import failed_row, realistic, row, write_run
from usbrec.errors import InputError
from usbrec.evaluation import compare, load_run, summarise, write_report
from usbrec.evaluation.runs.lean import digest_of_rows, lean
from usbrec.keys import digest


def test_lean_runs_are_summed_up_compared_and_shown_as_whole_ones(tmp_path: Path) -> None:
    runs = realistic(tmp_path)
    small = [load_run(run.path, as_lean=True) for run in runs]
    assert [digest(list(run.rows)) for run in small] != [digest(list(run.rows)) for run in runs]
    for run, other in zip(runs, small, strict=True):
        config = dict(run.results["config"])
        assert summarise(other.rows, config=config, seed=1) == summarise(run.rows, config=config, seed=1)
    compared = [compare(listed, seed=3, resamples=200) for listed in (runs, small)]
    assert compared[0].to_json() == compared[1].to_json()
    pages = [
        write_report(
            tmp_path / f"{place}.html", listed[:2], title="t", comparison=compare(listed[:2], seed=3)
        )
        for place, listed in enumerate((runs, small))
    ]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_another_context_is_told_of_lean_runs_too(tmp_path: Path) -> None:
    other = [row("a", 1.0, targets=("Salt Road (2001)",)), row("b", 0.5)]
    folders = [
        write_run(tmp_path / "one", [row("a", 1.0), row("b", 0.5)]),
        write_run(tmp_path / "two", other),
    ]
    told = [
        compare([load_run(folder, as_lean=as_lean) for folder in folders]).warnings
        for as_lean in (False, True)
    ]
    assert told[0] == told[1]
    assert any("1 samples have the same id but another context" in line for line in told[0])


def test_a_file_changed_since_is_told(tmp_path: Path) -> None:
    folder = write_run(tmp_path / "run", [row("a", 1.0), failed_row("b"), row("c", 0.5)])
    run = load_run(folder, as_lean=True)
    assert run.whole(["c", "b", "z"]) == {one["sample_id"]: one for one in load_run(folder).rows[1:]}
    file = folder / "episodes.jsonl"
    file.write_text("".join(reversed(file.read_text().splitlines(keepends=True))))
    with pytest.raises(InputError, match="no longer the file that was read"):
        run.whole(["a"])


_ROWS = st.lists(
    st.builds(
        row,
        st.uuids().map(str),
        st.none() | st.floats(0, 2),
        reply=st.text(max_size=20),
        repeat=st.booleans(),
        leaks=st.integers(0, 3),
        traces=st.sampled_from(
            [(), (None,), ({"drafts": [{"text": "a"}], "chosen": 0, "stopped": "calls"},)]
        ),
    )
    | st.builds(failed_row, st.uuids().map(str)),
    max_size=4,
)


@given(_ROWS)
def test_rows_one_by_one_have_the_digest_of_their_list_and_lean_twice_is_lean(rows: list[dict]) -> None:
    assert digest_of_rows(iter(rows)) == digest(rows)
    once = [lean(one) for one in rows]
    assert [lean(one) for one in once] == once
    summed = [summarise(listed, config={}, seed=0, resamples=20) for listed in (rows, once)]
    assert summed[0] == summed[1]
