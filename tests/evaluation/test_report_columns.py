"""What a report says of each kind of run: its columns, their meanings, its figures, and why rows are lost."""

from __future__ import annotations

import html
import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.fake_runs import failed_row, row, run_of
from usbrec.dialogue import Usage
from usbrec.evaluation.comparison.compare import compare
from usbrec.evaluation.comparison.summary import primary_outcome
from usbrec.evaluation.comparison.tables import page_table, power_table, systems_table
from usbrec.evaluation.metrics.lists import BESIDE
from usbrec.evaluation.report.page import write_report
from usbrec.evaluation.report.plots import _range
from usbrec.evaluation.runs.results import Run


def page_of(folder: Path, *runs: Run) -> str:
    write_report(folder / "r.html", runs, title="A report", comparison=compare(runs, resamples=50))
    return (folder / "r.html").read_text(encoding="utf-8")


def words_of(page: str) -> str:
    """The page's text without its figures and style."""
    text = re.sub(r"<(svg|style).*?</\1>|<[^>]*>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(text).split())


def figures_of(page: str) -> list[str]:
    return re.findall(r"<figcaption>(.*?)</figcaption>", page)


def lists(name: str, value: float = 0.5) -> Run:
    found: dict[str, Any] = {
        "length": 3,
        "items": ["a", "b"],
        "retrieved": ["a", "b", "c"],
        "ranks": [1],
        "retrieved_ranks": [2],
        "unknown_targets": 0,
        **dict.fromkeys(BESIDE, 0),
    }
    return run_of(name, [row(str(n), value) | {"list": found} for n in range(4)])


def test_of_ranked_lists_the_score_and_ndcg_are_what_the_legend_says(tmp_path: Path) -> None:
    page = page_of(tmp_path, lists("one"))
    text = words_of(page)
    assert "iEval score: score of a list in [0, 2]; each place as rules score its item alone" in text
    assert "comparable" not in text
    assert "NDCG: discounted gain" in text
    assert "NDCG of the ranked lists" in figures_of(page)
    single = run_of("single", [row(str(n), 0.5) for n in range(4)])
    legends = [
        dict(systems_table(compare(runs).systems).legend)["iEval"]
        for runs in ([single], [single, lists("l")])
    ]
    assert "comparable" in legends[0]
    assert "list" not in legends[0]
    assert "comparable" in legends[1]
    assert "of lists each place" in legends[1]


def test_what_the_terminal_shows_of_a_system_the_page_shows_too() -> None:
    runs = [
        lists("lists"),
        run_of("votes", [row(str(n), 1.0, method="votes") for n in range(3)] + [row("9", None)]),
    ]
    systems = compare(runs, resamples=50).systems
    shown, page = systems_table(systems), page_table(systems)
    assert len(page.headings) >= len(shown.headings)
    for cells, on_page in zip(shown.rows, page.rows, strict=True):
        assert {(cell.text, cell.interval) for cell in cells} <= {
            (cell.text, cell.interval) for cell in on_page
        }
    assert "Scored\nby" in page.headings
    assert "Failed" in page.headings, "that no row failed is told on a page"


def test_how_often_all_trials_succeed_stands_in_the_report(tmp_path: Path) -> None:
    rows = [
        row(f"s{n}#{trial}", 2.0 if trial else 0.0, dialogue_id=f"d{n}")
        | {"trial": {"of": f"s{n}", "number": trial + 1}}
        for n in range(3)
        for trial in range(2)
    ]
    page = page_of(tmp_path, run_of("twice", rows))
    assert re.search(r"Pass\^1</th>\s*<th scope=\"col\">Pass\^2</th>", page)
    assert "Pass^1: chance that a trial of a sample succeeds" in words_of(page)


def test_a_report_without_a_score_has_no_empty_figure_and_says_why(tmp_path: Path) -> None:
    page = page_of(tmp_path, run_of("mute", [row("a", None), row("b", None), failed_row("c")]))
    assert not any("score" in heading.lower() for heading in figures_of(page))
    text = words_of(page)
    lost = "3 of 3 rows have no score (1 failed: openai:small-model: no answer within 120 s after 5 tries; "
    assert f"{lost}2 unreadable: the answer was no score); so there is no mean" in text
    assert "No score: the answer was no score." in text
    assert "iEval score" in page_table(compare([run_of("mute", [row("a", None)])]).systems).headings


def test_costs_are_drawn_where_they_differ(tmp_path: Path) -> None:
    def costing(name: str, calls: int) -> Run:
        return run_of(name, [row(str(n), 0.5, usage=Usage(calls, 80, 8, 0, 1.0)) for n in range(3)])

    assert not any(
        "per row" in one for one in figures_of(page_of(tmp_path, costing("a", 2), costing("b", 2)))
    )
    drawn = [
        one for one in figures_of(page_of(tmp_path, costing("a", 2), costing("b", 3))) if "per row" in one
    ]
    assert drawn == ["Score and model calls per row"]


def test_a_difference_that_cannot_be_told_from_none_is_marked_as_elsewhere(tmp_path: Path) -> None:
    one, two = (
        run_of(name, [row(str(n), value) for n in range(4)]) for name, value in (("a", 0.5), ("b", 0.5))
    )
    text = words_of(page_of(tmp_path, one, two))
    assert "0.00 ?" in text
    assert "A question mark: the data cannot tell" in text


@given(
    ends=st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=5), width=st.sampled_from([0.2, 0.4])
)
def test_an_axis_holds_its_numbers_and_nothing_that_cannot_be(ends: list[float], width: float) -> None:
    low, high = _range(ends, width, least=0.0, most=2.0)
    assert 0.0 <= low <= min(ends) <= max(ends) <= high <= 2.0
    assert high - low >= min(2.0, width) - 1e-9
    free = _range([value - 1 for value in ends], width)
    assert free[0] < min(ends) - 1
    assert math.isclose(free[1] - free[0], 1.24 * max(max(ends) - min(ends), width))


def test_hits_of_none_are_drawn_from_zero_on(tmp_path: Path) -> None:
    page = page_of(tmp_path, run_of("never", [row(str(n), 0.0) for n in range(5)]))
    assert "The same, on rows that repeat no named item" not in figures_of(page), (
        "it would be the same figure"
    )
    assert "\u2212" not in "".join(re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL))


@pytest.mark.parametrize(("count", "named"), [(6, 6), (12, 3)])
def test_of_many_systems_a_sentence_names_the_ends_and_the_first(count: int, named: int) -> None:
    def run(n: int) -> Run:
        hits = [row(str(at), 0.0, hit=at < (n + 5) % count) for at in range(count)]
        return run_of(f"<{n}>", hits)

    told = primary_outcome(compare([run(n) for n in range(count)], resamples=20))
    assert told is not None
    same = primary_outcome(compare([replace(run(0), name=f"<{n}>") for n in range(count)], resamples=20))
    assert same is not None
    assert same.count("by <") == (count if count <= 6 else 0)
    assert ("by each of the 12 systems" in same) == (count == 12)
    assert told.count("<") == named
    assert "<0>" in told
    if count == 12:
        assert "0.0 % by <7> to 91.7 % by <6>; 41.7 % by <0>." in told


def test_what_rows_can_tell_of_hits_is_a_difference_in_points() -> None:
    def run(name: str, every: int) -> Run:
        return run_of(name, [row(str(n), 0.5, hit=n % every == 0) for n in range(12)])

    table = power_table(compare([run("a", 2), run("b", 3)], resamples=50, power=True))
    assert table is not None
    (found,) = [cells for cells in table.rows if cells[2].text == "hit"]
    assert re.fullmatch(r"\d+\.\d pp", found[5].text)
