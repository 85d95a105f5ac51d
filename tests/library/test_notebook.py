"""In a real kernel: the example notebook runs, shows how far it is, and stops when it is interrupted."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from support import ROOT

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def _texts(cell: Any) -> str:
    return "\n".join(
        str(output.get("text") or output.get("data") or output.get("evalue")) for output in cell.outputs
    )


def test_the_example_notebook_evaluates_a_class_on_fifty_rows_with_progress_and_a_table() -> None:
    notebook = nbformat.read(ROOT / "docs" / "examples" / "evaluate.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "a notebook without outputs is kept"
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    cells = [_texts(cell) for cell in notebook.cells if cell.cell_type == "code"]
    assert "(1578, 70)" in cells[0]
    assert "Genres: 50 of 50 rows" in cells[2]
    assert "<progress" in cells[2]
    assert "<table>" in cells[2]
    assert "rules:retriever: 50 of 50 rows" in cells[3]
    assert "<td>retriever</td>" in cells[3]
    assert "genres" in cells[3]
    assert "last_reply" in cells[4]
    assert cells[5].count("0.") >= 3


SLOW = """
import asyncio, time
import usbrec

class Slow:
    identity = {{"name": "slow"}}

    async def reply(self, conversation):
        print("asked", flush=True)
        await asyncio.sleep({seconds})
        return "Have you read Dune (1965)?"

def run(progress=False):
    return usbrec.evaluate(
        {samples!r}, recommender=Slow(), catalogue={catalogue!r}, out={out!r}, concurrency=1,
        config={{"judging": {{"second": False}}, "play": {{"rounds": 1}}}}, progress=progress,
    )
"""


async def _executed(client: NotebookClient, place: int) -> Any:
    return await client.async_execute_cell(client.nb.cells[place], place)


async def test_interrupting_a_kernel_stops_a_run_and_the_same_cell_goes_on_with_it(tmp_path: Path) -> None:
    books = ROOT / "docs" / "examples"
    prepared = SLOW.format(
        seconds=0.5,
        samples=str(books / "books.jsonl"),
        catalogue=str(books / "books.csv"),
        out=str(tmp_path / "run"),
    )
    cells = [prepared, "run()", "run(progress=True).scores['hit'].n"]
    client = NotebookClient(
        new_notebook(cells=[new_code_cell(cell) for cell in cells]),
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
    )
    async with client.async_setup_kernel():
        await _executed(client, 0)
        running = asyncio.create_task(_executed(client, 1))
        async with asyncio.timeout(60):
            while _texts(client.nb.cells[1]).count("asked") < 3:  # noqa: ASYNC110 - the client tells nobody
                await asyncio.sleep(0.02)
        await client.km.interrupt_kernel()
        await running
        assert "goes on from there" in _texts(client.nb.cells[1])
        await _executed(client, 2)
    again = _texts(client.nb.cells[2])
    assert "2 done before" in again
    assert again.count("asked") == 4
    assert "'6'" in again
