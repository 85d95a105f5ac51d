"""Export of a comparison: CSV, JSON, LaTeX, Markdown, or the HTML report, by the file's ending."""

from __future__ import annotations

import csv as csv_format
import html
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from usbrec.errors import ConfigError
from usbrec.evaluation.comparison.columns import Cell, on_one_line
from usbrec.evaluation.comparison.estimates import COLUMNS, estimates
from usbrec.evaluation.comparison.tables import (
    Table,
    differences_table,
    power_table,
    replies_table,
    systems_table,
)
from usbrec.evaluation.report import formatting
from usbrec.extras import extra
from usbrec.patterns import LazyPattern
from usbrec.storage import write_text

if TYPE_CHECKING:
    import pandas as pd

    from usbrec.evaluation.comparison.compare import Comparison

#: The report is no text of the comparison alone: it shows dialogues of the runs.
_REPORT = ".html"


def save(comparison: Comparison, path: str | Path, *, title: str = "Comparison") -> Path:
    """Write a comparison as the ending of `path` says. Raises ConfigError and InputError."""
    ending = ending_of(path)
    if ending == _REPORT:
        # The report draws figures: half a second that only a report should cost.
        from usbrec.evaluation.report.page import write_report

        return write_report(path, comparison.runs, title=title, comparison=comparison)
    return write_text(path, _TEXTS[ending](comparison))


def ending_of(path: str | Path) -> str:
    """The ending that says what is written into a file. Raises ConfigError where it says nothing."""
    ending = Path(path).suffix.lower()
    if ending != _REPORT and ending not in _TEXTS:
        known = ", ".join(sorted((_REPORT, *_TEXTS)))
        told = f"{ending} is none of" if ending else "this name has none, of"
        raise ConfigError(f"{path}: the ending says what to write, and {told} {known}. Choose one of these.")
    return ending


def csv(comparison: Comparison) -> str:
    """The flat table of estimates; a field is empty where there is nothing to say."""
    written = io.StringIO()
    writer = csv_format.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(estimates(comparison))
    return written.getvalue()


def frame(comparison: Comparison) -> pd.DataFrame:
    """The same table in pandas. Raises ConfigError where pandas is not installed."""
    with extra("frames", "to_pandas", instead="to_csv and to_json hold the same."):
        import pandas as pd
    return pd.DataFrame(list(estimates(comparison)), columns=list(COLUMNS))


def json_text(comparison: Comparison) -> str:
    return json.dumps(comparison.to_json(), ensure_ascii=False, indent=2) + "\n"


def latex(comparison: Comparison) -> str:
    """The tables that people read as ``tabular`` environments."""
    return latex_of(_tables(comparison))


def latex_of(tables: Iterable[Table]) -> str:
    """Any tables as ``tabular`` environments, what they need on top."""
    parts = ["% Needs \\usepackage{booktabs}."]
    for table in tables:
        columns = "l" * table.words + "r" * (len(table.headings) - table.words)
        lines = [
            f"\\begin{{tabular}}{{{columns}}}",
            "\\toprule",
            _latex_row([Cell(on_one_line(heading)) for heading in table.headings]),
            "\\midrule",
            *map(_latex_row, table.rows),
            "\\bottomrule",
            "\\end{tabular}",
        ]
        parts.append("\n".join(lines))
    if _OTHER_SCRIPTS.search("\n".join(parts)):
        parts[0] += (
            "\n% Has letters that pdfLaTeX lacks: XeLaTeX and LuaLaTeX have them, with a font that does."
        )
    return "\n\n".join(parts) + "\n"


def markdown(comparison: Comparison) -> str:
    """The same tables with pipes, the warnings below."""
    parts = []
    for table in _tables(comparison):
        lines = [
            _markdown_row([Cell(on_one_line(heading)) for heading in table.headings], len(table.headings)),
            "|"
            + "|".join("---" if place < table.words else "--:" for place in range(len(table.headings)))
            + "|",
            *(_markdown_row(cells, table.words) for cells in table.rows),
        ]
        parts.append("\n".join(lines))
    parts += [f"Mind: {_markdown_text(warning)}" for warning in comparison.warnings]
    return "\n\n".join(parts) + "\n"


def html_tables(comparison: Comparison) -> str:
    """The same tables in HTML, intervals below their means, the warnings below."""
    parts = []
    for table in _tables(comparison):
        headings = "".join(f"<th>{html.escape(on_one_line(heading))}</th>" for heading in table.headings)
        rows = (f"<tr>{''.join(map(_html_cell, cells))}</tr>" for cells in table.rows)
        parts.append(f"<table><thead><tr>{headings}</tr></thead><tbody>{''.join(rows)}</tbody></table>")
    parts += [f"<p>Mind: {html.escape(formatting.printable(warning))}</p>" for warning in comparison.warnings]
    return "\n".join(parts)


def _html_cell(cell: Cell) -> str:
    interval = f"<br><small>{html.escape(cell.interval)}</small>" if cell.interval else ""
    return f"<td>{html.escape(formatting.printable(cell.text))}{interval}</td>"


_TEXTS: Mapping[str, Callable[[Comparison], str]] = {
    ".csv": csv,
    ".json": json_text,
    ".md": markdown,
    ".tex": latex,
}


def _tables(comparison: Comparison) -> list[Table]:
    tables = (
        systems_table(comparison.systems),
        replies_table(comparison.systems),
        differences_table(comparison),
        power_table(comparison),
    )
    return [table for table in tables if table is not None]


def _latex_row(cells: Sequence[Cell]) -> str:
    return " & ".join(map(_latex_cell, cells)) + r" \\"


def _latex_cell(cell: Cell) -> str:
    text = latex_text(cell.text)
    return f"{text} {{\\scriptsize {latex_text(cell.interval)}}}" if cell.interval else text


#: Beyond Latin letters and the punctuation of texts: pdfLaTeX stops at these.
_OTHER_SCRIPTS = LazyPattern("[^\\0-\u017f\u2010-\u2030\u20ac]")
_LATEX = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": "$<$",
    ">": "$>$",
    "|": "$|$",
    '"': "''",
    # Behind the end of a row these two would be read as its options.
    "[": "{[}",
    "*": "{*}",
    "\u2212": "$-$",
    "\u2013": "--",
    "\u2026": r"\ldots{}",
    "\ufffd": "?",
    "\u00a0": "~",
}


def latex_text(text: str) -> str:
    """Text as LaTeX prints it, whatever characters it has."""
    return "".join(_LATEX.get(character, character) for character in formatting.printable(text))


def _markdown_row(cells: Sequence[Cell], words: int) -> str:
    """The first `words` cells may hold what Markdown would read as its own; numbers hold nothing of it."""
    texts = [
        _markdown_text(cell.text) if place < words else f"{cell.text} {cell.interval}".strip()
        for place, cell in enumerate(cells)
    ]
    return "| " + " | ".join(texts) + " |"


def _markdown_text(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>|~&])", r"\\\1", formatting.printable(text))
