"""Tables on a narrow terminal: words fold, columns go below, and every number stays whole."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.text import Text

from usbrec.cli.fitting import FittingTable
from usbrec.cli.tables import rounds_table

NUMBERS = ("1,353", "14,823", "+27.6 pp ?", "[−0.88, −0.57]", "< 0.001", "0.111")


def table(words: int = 2, **look: object) -> FittingTable:
    found = FittingTable(words=words, **look)
    for place, heading in enumerate(
        ("system", "measure", "tokens", "all", "difference", "interval", "p", "q")
    ):
        found.add_column(heading, justify="left" if place < words else "right", no_wrap=True)
    found.add_row("self-enhanced", "iEval score, not repeated", *NUMBERS)
    found.add_row(Text("b"), "hit", *("0" for _ in NUMBERS), style="dim")
    return found


def printed(found: object, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(found)
    return out.getvalue()


@pytest.mark.parametrize("width", [30, 44, 60, 80, 200])
def test_no_number_is_cut_and_no_line_is_longer_than_the_terminal(width: int) -> None:
    text = printed(table(), width)
    for number in NUMBERS:
        assert text.count(number) == 1, number
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width


def test_columns_without_room_follow_below_with_the_same_words_in_front() -> None:
    text = printed(table(title="Planned"), 60)
    assert text.count("system") == text.count("self-enhanced") == 2
    assert text.count("Planned") == 1
    assert "self-enhanced" not in printed(table(), 20).splitlines()[1], "words fold where nothing else helps"


def test_where_everything_fits_nothing_is_changed() -> None:
    assert printed(table(), 200) == printed(table(), 120)
    assert len(printed(table(), 120).splitlines()) == 3


def test_recall_by_round_fits_a_hundred_columns() -> None:
    interval = {"1": {"mean": 1.0}, "10": {"mean": 1.0}, "50": {"mean": 1.0}}
    entry = {"round": 2, "recall": interval, "success": interval, "non_repeats": {"recall": interval}}
    lines = printed(rounds_table([entry]), 100).splitlines()
    assert lines[-1].count("100.0 %") == 9
