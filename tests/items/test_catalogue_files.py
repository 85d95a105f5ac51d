"""Catalogues from Parquet and SQLite, columns named in the settings, and lists written in a cell."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.command import usbrec
from usbrec.config import load_config
from usbrec.dialogue import Item
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.items import FieldMap, load_catalogue

EXAMPLES = ROOT / "docs" / "examples"

ROWS: list[dict[str, Any]] = [
    {"id": 1, "title": "Heat", "year": 1995, "genres": ["Crime", "Drama"], "people": ["M. Mann"], "sold": 3},
    {"id": 2, "title": "Signs (2002)", "year": None, "genres": None, "people": [], "sold": 2},
]
ITEMS = (
    Item("1", "Heat", 1995, ("Crime", "Drama"), ("M. Mann",), extra={"sold": "3"}),
    Item("2", "Signs", 2002, extra={"sold": "2"}),
)


def parquet(path: Path, rows: list[dict[str, Any]]) -> Path:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def database(path: Path, *statements: str) -> Path:
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
    return path


def test_parquet_gives_the_items_that_the_same_rows_give_elsewhere(tmp_path: Path) -> None:
    """Parquet gives the items that the same rows give elsewhere, whatever the file is called."""
    assert load_catalogue(parquet(tmp_path / "films.parquet", ROWS)).items == ITEMS
    assert load_catalogue(parquet(tmp_path / "films.data", ROWS)).items == ITEMS


def test_dates_and_decimals_of_parquet_are_read_as_written(tmp_path: Path) -> None:
    """Dates and decimals of a database are years and numbers."""
    released, price = datetime.date(2001, 2, 3), decimal.Decimal("4.50")
    rows = [{"title": "A", "release date": released, "price": price, "raw": b"\xff"}]
    (item,) = load_catalogue(parquet(tmp_path / "a.parquet", rows))
    assert item == Item("A (2001)", "A", 2001, extra={"price": "4.50"})


def test_bad_rows_of_parquet_are_named_by_their_number(tmp_path: Path) -> None:
    """Bad rows of a Parquet file are named by their number."""
    rows = [{"id": 1, "title": "A"}, {"id": 1, "title": "B"}, {"id": 3, "title": None}]
    with pytest.raises(BadLines) as caught:
        load_catalogue(parquet(tmp_path / "a.parquet", rows))
    assert "row 2: id '1' stands already in row 1" in str(caught.value)
    assert "row 3: no title" in str(caught.value)


def test_a_torn_parquet_file_is_refused_by_name(tmp_path: Path) -> None:
    """A torn Parquet or SQLite file, or a text that bears the suffix, is refused by name."""
    path = parquet(tmp_path / "a.parquet", ROWS)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputError, match=r"a\.parquet: broken Parquet"):
        load_catalogue(path)
    db = database(tmp_path / "b.db", "CREATE TABLE t (title)", "INSERT INTO t VALUES ('A')")
    db.write_bytes(db.read_bytes()[:3000])
    with pytest.raises(InputError, match=r"b\.db: cannot be read as SQLite"):
        load_catalogue(db)
    (tmp_path / "c.sqlite").write_text("id,title\n1,A\n")
    with pytest.raises(InputError, match="does not begin like a sqlite file"):
        load_catalogue(tmp_path / "c.sqlite")


def test_without_pyarrow_the_message_says_what_to_install(tmp_path: Path) -> None:
    """Without pyarrow a Parquet file is an input error that says what to install."""
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and so on PAR1")
    script = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from usbrec.errors import InputError\nfrom usbrec.items import load_catalogue\n"
        "try: load_catalogue(sys.argv[1])\nexcept InputError as error: print(error)"
    )
    command = [sys.executable, "-c", script, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "pip install 'usbrec[retrieval]'" in done.stdout


def test_sqlite_reads_the_only_table_and_writes_nothing(tmp_path: Path) -> None:
    """The only table of a SQLite file is read, lists written in JSON too, and the file stays as it was."""
    path = database(
        tmp_path / "shop.db",
        "CREATE TABLE films (id INTEGER, title TEXT, year REAL, genres TEXT, people BLOB, sold)",
        """INSERT INTO films VALUES (1, 'Heat', 1995.0, '["Crime", "Drama"]', CAST('M. Mann' AS BLOB), 3)""",
        "INSERT INTO films VALUES (2, 'Signs (2002)', NULL, '[]', x'ff', 2)",
    )
    before = path.read_bytes()
    assert load_catalogue(path).items == ITEMS
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["shop.db"]


def test_of_several_tables_the_settings_name_one(tmp_path: Path) -> None:
    """Of several tables one has to be named, a view as well; the message lists what there is."""
    quoted = '"the ""films"""'
    path = database(
        tmp_path / "shop.db",
        f"CREATE TABLE {quoted} (title)",
        f"INSERT INTO {quoted} VALUES ('Heat')",
        "CREATE TABLE orders (id)",
        f"CREATE VIEW shown AS SELECT title || '!' AS title FROM {quoted}",
    )
    with pytest.raises(ConfigError, match=r'Tables: orders, shown, the "films"\. Say table'):
        load_catalogue(path)
    with pytest.raises(ConfigError, match=r"no table 'films'\. Tables: orders"):
        load_catalogue(path, table="films")
    assert [item.title for item in load_catalogue(path, table='The "Films"')] == ["Heat"]
    assert [item.title for item in load_catalogue(path, table="shown")] == ["Heat!"]
    with pytest.raises(InputError, match="a header but no items"):
        load_catalogue(path, table="orders")
    with pytest.raises(ConfigError, match="is for SQLite files"):
        load_catalogue(EXAMPLES / "books.csv", table="books")


def test_what_a_database_has_in_its_log_is_read_and_changes_the_items(tmp_path: Path) -> None:
    """Rows that a database still holds in its write-ahead log are items too."""
    path = tmp_path / "shop.db"
    with contextlib.closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE films (title)")
        writer.execute("INSERT INTO films VALUES ('Heat')")
        writer.commit()
        assert [item.title for item in load_catalogue(path, index_from=1, cache=tmp_path / "c")] == ["Heat"]
        writer.execute("INSERT INTO films VALUES ('Signs')")
        writer.commit()
        found = [item.title for item in load_catalogue(path, index_from=1, cache=tmp_path / "c")]
    assert found == ["Heat", "Signs"]


def test_a_named_id_column_goes_before_the_keys_of_a_json_object(tmp_path: Path) -> None:
    """A named id column goes before the keys of a JSON object."""
    path = tmp_path / "a.json"
    path.write_text('{"17": {"name": "Heat", "imdb_id": "tt1"}}')
    assert [item.id for item in load_catalogue(path)] == ["17"]
    assert [item.id for item in load_catalogue(path, FieldMap(id="imdb_id"))] == ["tt1"]


def test_a_column_that_only_a_late_line_has_is_a_column(tmp_path: Path) -> None:
    """A column that only a late line of JSONL has is a column."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "A"}\n\n{"title": "B", "Director": "D"}\n')
    assert [item.people for item in load_catalogue(path)] == [(), ("D",)]


def test_csv_keeps_odd_line_ends_and_separators_inside_a_cell(tmp_path: Path) -> None:
    """Line ends of any system end a row, unless they stand in quotes; other separators end none."""
    path = tmp_path / "a.csv"
    path.write_bytes('title,plot\r\nA,"x\r\ny"\rB,x\u2028y\x0cz\n\nC,"x'.encode() + b'\ny"')
    assert [(item.title, item.text) for item in load_catalogue(path)] == [
        ("A", "x y"), ("B", "x y z"), ("C", "x y"),
    ]  # fmt: skip


SHELF = """
[catalogue]
id = "Regal"
title = "Werk"
people = ["Von"]
year = "Jahr"
genres = "Sparte"
"""


def test_the_settings_say_which_column_is_which(tmp_path: Path) -> None:
    """The table [catalogue] is used; a column that is not there ends it with code 2 and a list."""
    settings = tmp_path / "shelf.toml"
    settings.write_text(SHELF)
    assert load_config(settings).catalogue.people == ("Von",)
    samples = tmp_path / "samples.jsonl"
    title = next(iter(load_catalogue(EXAMPLES / "shelf.csv", FieldMap(title="Werk")))).title
    dialogue = [{"role": "user", "text": "Something good?"}]
    samples.write_text(json.dumps({"id": "a", "dialogue": dialogue, "targets": [title]}))
    command = ["evaluate", samples, "--catalogue", EXAMPLES / "shelf.csv", "--config", settings]
    command += ["--recommender", "rules:random", "--simulator", "rules", "--judge", "rules"]
    done = usbrec(*command, "-o", tmp_path / "run")
    assert done.returncode == 0, done.stderr
    settings.write_text(SHELF.replace("Werk", "Titel"))
    done = usbrec(*command, "-o", tmp_path / "other")
    assert done.returncode == 2
    assert "title='Titel'" in done.stderr
    assert "Columns: Jahr, Regal, Sparte, Von, Werk" in done.stderr
