"""Progress where stderr is no terminal: a line a stage, and one for a step that lasts."""

from __future__ import annotations

import time

import pytest

from usbrec.engine import step
from usbrec.library.bars import Bars


def test_a_step_that_cannot_be_counted_is_told_of_only_where_it_lasts(
    capsys: pytest.CaptureFixture[str],
) -> None:
    quick = Bars(patience=30.0)
    with step(quick, "reading"):
        pass
    assert capsys.readouterr().err == ""
    slow = Bars(patience=0.01)
    told = ""
    with step(slow, "report"):
        while not told:
            time.sleep(0.01)
            told = capsys.readouterr().err
    assert told == "report ...\n"


def test_a_step_ends_where_an_error_ends_it(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars(patience=0.05)
    with pytest.raises(ValueError, match="torn"), step(bars, "reading"):
        raise ValueError("torn")
    time.sleep(0.1)
    assert capsys.readouterr().err == ""


def test_what_is_counted_has_a_line_at_its_begin(capsys: pytest.CaptureFixture[str]) -> None:
    bars = Bars()
    bars.start("second judge", 12, 0, "texts to embed")
    bars.advance(failed=False)
    bars.finish()
    assert capsys.readouterr().err == "second judge: 12 texts to embed\n"
