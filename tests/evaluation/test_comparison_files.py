"""Comparisons as files and frames: CSV, JSON, LaTeX, Markdown, the report, pandas."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.fake_runs import realistic, row, run_of
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation.comparison.compare import Comparison, compare
from usbrec.evaluation.comparison.estimates import COLUMNS
from usbrec.evaluation.comparison.export import latex_text

HOSTILE = r"a_b & 100% $x$ #1 {c} ~^ \input{/etc/passwd} <i>|*[2]" + "\x1b[2J\n"


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    return compare(realistic(tmp_path_factory.mktemp("runs"), n=12))


@pytest.fixture(scope="module")
def hostile() -> Comparison:
    rows = [row(str(index), index / 10) for index in range(8)]
    return compare([run_of(HOSTILE, rows), run_of("[0.1] plain", rows), run_of("*", rows)])


def test_csv_holds_every_mean_and_every_difference_at_full_precision(
    compared: Comparison, tmp_path: Path
) -> None:
    compared.to_csv(tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    told = [one for one in rows if one["kind"] == "difference"]
    assert len(told) == len(compared.differences)
    for found, one in zip(compared.differences, told, strict=True):
        assert (one["system"], one["reference"]) == (found.other, found.baseline)
        assert float(one["value"]) == found.difference.mean
        assert (float(one["p"]), float(one["p_holm"])) == (found.difference.p_value, found.adjusted)
        assert (float(one["low"]), float(one["high"])) == (found.difference.low, found.difference.high)
    means = {(one["system"], one["measure"], one["rows"]): one for one in rows if one["kind"] == "mean"}
    assert float(means["plain", "ieval", "all"]["value"]) == compared.systems[0].ieval.mean
    assert float(means["plain", "tokens", "all"]["value"]) == compared.systems[0].tokens
    assert float(means["plain", "replies.diversity.share", "all"]["value"]) > 0
    assert ("plain", "second", "all") not in means, "nobody judged"


def test_the_frame_has_the_rows_of_the_csv_and_numbers_as_numbers(
    compared: Comparison, tmp_path: Path
) -> None:
    pandas = pytest.importorskip("pandas")
    frame = compared.to_pandas()
    assert list(frame.columns) == list(COLUMNS)
    assert all(frame[name].dtype == float for name in ("value", "low", "high", "n", "p", "p_holm"))
    read = pandas.read_csv(compared.to_csv(tmp_path / "t.csv"))
    assert frame["value"].to_list() == pytest.approx(read["value"].to_list())
    assert len(frame[(frame.kind == "difference") & (frame.measure == "ieval") & (frame.rows == "all")]) == 3


def test_without_pandas_the_error_says_what_to_install(
    compared: Comparison, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ConfigError, match=re.escape("pip install 'usbrec[frames]'")):
        compared.to_pandas()


def test_json_has_the_differences_of_every_pair_with_interval_and_p(
    compared: Comparison, tmp_path: Path
) -> None:
    read = json.loads(compared.save(tmp_path / "t.json").read_text())
    assert read == json.loads(json.dumps(compared.to_json()))
    pairs = [(one["baseline"], one["other"]) for one in read["differences"] if one["measure"] == "ieval"]
    assert ("self-enhanced", "rules-popular") in pairs
    for one in read["differences"]:
        assert len(one["ci95"]) == 2
        assert 0 < one["p_value"] <= one["p_holm"] <= 1


def _rows_of(latex: str) -> list[str]:
    return [line for line in latex.splitlines() if line.endswith(r"\\")]


def test_latex_has_as_many_cells_a_row_as_columns_and_closes_what_it_opens(
    compared: Comparison, hostile: Comparison
) -> None:
    for text in (compared.to_latex(), hostile.to_latex()):
        tables = re.findall(r"\\begin\{tabular\}\{([lr]+)\}\n(.*?)\\end\{tabular\}", text, re.DOTALL)
        assert len(tables) == text.count(r"\begin{") == text.count(r"\end{")
        for columns, body in tables:
            for line in _rows_of(body):
                assert len(re.findall(r"(?<!\\)&", line)) == len(columns) - 1
                assert not line.startswith(("[", "*")), "it would be read as an option of the row before"
        bare = re.sub(r"\\[{}]", "", text)
        assert bare.count("{") == bare.count("}")
        assert len(re.findall(r"(?<!\\)\$", text)) % 2 == 0


def test_a_hostile_name_is_printed_by_latex_and_markdown_as_it_is(hostile: Comparison) -> None:
    text = hostile.to_latex()
    assert r"a\_b \& 100\% \$x\$ \#1 \{c\} \textasciitilde{}\textasciicircum{}" in text
    assert r"\input" not in text.replace(r"\textbackslash{}input", "")
    assert "\x1b" not in text
    for line in hostile.to_markdown().splitlines():
        if line.startswith("|") and "a\\_b" in line:
            assert "<i>" not in line.replace("\\<i\\>", "")
    heads = [len(re.findall(r"(?<!\\)\|", line)) for line in _first_table(hostile.to_markdown())]
    assert len(set(heads)) == 1


def _first_table(text: str) -> list[str]:
    return text.split("\n\n")[0].splitlines()


@pytest.mark.parametrize(
    ("name", "told"), [("é ü Ł “a” …", False), ("日本", True), ("Ж", True), ("a 🎬", True)]
)
def test_letters_that_pdflatex_lacks_are_told_in_the_file(
    compared: Comparison, name: str, told: bool
) -> None:
    systems = (dataclasses.replace(compared.systems[0], name=name), *compared.systems[1:])
    text = dataclasses.replace(compared, systems=systems).to_latex()
    assert ("XeLaTeX" in text) is told


@settings(max_examples=60)
@given(st.text(max_size=30))
def test_whatever_text_is_escaped_has_no_bare_special_character(text: str) -> None:
    said = latex_text(text)
    bare = re.sub(r"\\[&%$#_{}]|\\text[a-z]+\{\}|\\ldots\{\}|\$[<>|-]\$|\{[\[*]\}", "", said)
    assert not set(bare) & set("&%$#_{}^\\"), said
    assert "\n" not in said


def test_the_ending_says_what_is_written(compared: Comparison, tmp_path: Path) -> None:
    begins = {
        "t.csv": "kind,system,",
        "t.json": "{\n",
        "t.MD": "| system |",
        "t.tex": "% Needs",
        "r.html": "<!doctype html>",
    }
    for name, begin in begins.items():
        assert compared.save(tmp_path / name).read_text(encoding="utf-8").lstrip().startswith(begin)


@pytest.mark.parametrize("name", ["t.xlsx", "t", "t.csv.gz", ".csv", "t.htm"])
def test_an_unknown_ending_is_an_error_that_lists_the_known_ones(
    compared: Comparison, tmp_path: Path, name: str
) -> None:
    with pytest.raises(ConfigError, match=r"\.csv, \.html, \.json, \.md, \.tex"):
        compared.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_input_error(compared: Comparison, tmp_path: Path) -> None:
    (tmp_path / "t.csv").mkdir()
    with pytest.raises(InputError, match=r"t\.csv: cannot be written"):
        compared.to_csv(tmp_path / "t.csv")


def test_one_run_alone_is_written_too(tmp_path: Path) -> None:
    alone = compare([run_of("one", [row(str(index), 0.5) for index in range(4)])])
    assert alone.to_latex().count(r"\begin{tabular}") == 1
    assert alone.to_json()["differences"] == []
    assert "difference" not in alone.to_csv(tmp_path / "t.csv").read_text()
