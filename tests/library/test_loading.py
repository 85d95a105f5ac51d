"""Catalogues and samples from frames, mappings and records are those of the file that says the same."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import usbrec
from support import ROOT
from support.author_files import ACCEPTED, PIER_TALK, inspired_table, kit_dialogue, opendialkg_table
from usbrec.data import samples_digest
from usbrec.dialogue import Item, Sample, Turn
from usbrec.errors import BadLines, ConfigError, InputError, InputWarning

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
BOOKS = ROOT / "docs" / "examples" / "books.csv"
TURNS = [{"role": "user", "text": "Something slow, please."}]


def _mappings(table: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def test_a_frame_gives_the_items_of_its_file() -> None:
    from_file = usbrec.load_catalogue(BOOKS)
    assert usbrec.load_catalogue(pd.read_csv(BOOKS)).digest == from_file.digest
    assert usbrec.load_catalogue(pl.read_csv(BOOKS)).digest == from_file.digest
    assert usbrec.load_catalogue(pl.scan_csv(BOOKS)).digest == from_file.digest
    assert usbrec.load_catalogue(pa.Table.from_pandas(pd.read_csv(BOOKS))).digest == from_file.digest
    assert usbrec.load_catalogue(pd.read_csv(BOOKS).to_dict("records")).digest == from_file.digest
    assert usbrec.load_catalogue(list(from_file)).digest == from_file.digest
    assert usbrec.load_catalogue(iter(from_file)).digest == from_file.digest
    assert usbrec.load_catalogue(from_file) is from_file


def test_empty_cells_arrays_and_numbers_of_a_frame_are_read_as_they_are_meant() -> None:
    frame = pd.DataFrame(
        {
            "Movie ID": [1, 2, None],  # the missing one makes pandas write 1.0
            "Title": ["Heat", "Ronin", "Alien (1979)"],
            "year": pd.array([1995, None, None], dtype="Int64"),
            "genres": [np.array(["crime", "drama"]), ("action", "crime"), None],
            "director": ["Michael Mann", pd.NA, "Ridley Scott"],
            "released": pd.to_datetime(["1995-12-15", None, None]),
            "popularity": [np.float32(0.5), 2, float("nan")],
        }
    )
    heat, ronin, alien = usbrec.load_catalogue(frame)
    assert heat == Item(
        "1",
        "Heat",
        1995,
        ("crime", "drama"),
        ("Michael Mann",),
        popularity=0.5,
        extra=heat.extra,
    )
    assert (ronin.id, ronin.year, ronin.genres, ronin.people) == ("2", None, ("action", "crime"), ())
    assert (alien.id, alien.year, alien.popularity) == ("Alien (1979)", 1979, 0.0)


def test_the_named_index_of_a_frame_is_a_column() -> None:
    frame = pd.DataFrame({"id": ["a"], "title": ["Heat"]}).set_index("id")
    assert [item.id for item in usbrec.load_catalogue(frame)] == ["a"]


def test_a_mapping_gives_ids_to_its_items() -> None:
    catalogue = usbrec.load_catalogue({"a": {"title": "Heat"}, "b": {"title": "Ronin"}})
    assert [(item.id, item.title) for item in catalogue] == [("a", "Heat"), ("b", "Ronin")]


def test_columns_of_other_names_are_said() -> None:
    frame = pl.DataFrame({"Naam": ["Heat"], "Van": ["Michael Mann"], "Regie": ["nobody"]})
    (item,) = usbrec.load_catalogue(frame, columns={"title": "Naam", "people": ["Van", "Regie"]})
    assert (item.title, item.people) == ("Heat", ("Michael Mann", "nobody"))
    with pytest.raises(ConfigError, match=r"no column for title='Name'.*Naam, Regie, Van"):
        usbrec.load_catalogue(frame, columns={"title": "Name"})
    with pytest.raises(ConfigError, match=r"no attribute is called 'titel'\. There are: id, title"):
        usbrec.load_catalogue(frame, columns={"titel": "Naam"})


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, lambda table: pd.DataFrame(table).to_dict("records")]
)
def test_a_table_without_titles_is_refused_with_its_columns(make: Any) -> None:
    with pytest.raises(InputError, match=r'Columns: plot, score\..*columns=\{"title": "\.\.\."\}'):
        usbrec.load_catalogue(make({"plot": ["x"], "score": [1]}))


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, lambda table: pd.DataFrame(table).to_dict("records")]
)
def test_rows_that_are_no_items_are_listed_by_their_numbers(make: Any) -> None:
    with pytest.raises(BadLines) as refused:
        usbrec.load_catalogue(make({"id": ["a", "b", "a"], "title": ["Heat", None, "Ronin"]}))
    assert refused.value.problems == ("row 2: no title", "row 3: id 'a' stands already in row 1")
    assert "2 unusable rows" in str(refused.value)


def test_items_that_cannot_stand_together_are_listed_by_their_numbers() -> None:
    heat = Item("a", "Heat")
    with pytest.raises(BadLines) as refused:
        usbrec.load_catalogue([heat, Item("a", "Ronin"), {"title": "Alien"}, Item("b", " ")])  # type: ignore[list-item]
    assert refused.value.problems == (
        "row 2: id 'a' stands already in row 1",
        "row 3: expected an Item, found dict",
        "row 4: no title",
    )


@pytest.mark.parametrize("source", [5, None, b"books.csv"])
def test_what_is_no_catalogue_is_refused_by_its_type(source: Any) -> None:
    with pytest.raises(InputError, match=type(source).__name__):
        usbrec.load_catalogue(source)


def test_an_empty_table_is_refused() -> None:
    with pytest.raises(InputError, match="needs at least one"):
        usbrec.load_catalogue(pd.DataFrame({"title": []}))
    with pytest.raises(InputError, match="needs at least one"):
        usbrec.load_catalogue([])


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two columns are called 'title'"):
        usbrec.load_catalogue(pd.DataFrame([["a", "b"]], columns=["title", "title"]))


def test_samples_as_records_mappings_and_frames_are_those_of_the_file(tmp_path: Path) -> None:
    from_file = usbrec.load_samples(DEMO / "dialogues.jsonl")
    digest = samples_digest(from_file)
    assert usbrec.load_samples(from_file) == from_file
    own = [sample.to_json() for sample in from_file]
    assert samples_digest(usbrec.load_samples(own)) == digest
    assert samples_digest(usbrec.load_samples(pd.DataFrame(own))) == digest
    assert samples_digest(usbrec.load_samples(pl.DataFrame(own, infer_schema_length=None))) == digest
    # A CSV file has the lists as JSON.
    written = pd.DataFrame(own)
    for name in ("turns", "targets"):
        written[name] = written[name].map(json.dumps)
    written.to_csv(tmp_path / "samples.csv", index=False)
    assert samples_digest(usbrec.load_samples(pd.read_csv(tmp_path / "samples.csv"))) == digest


def test_rows_of_another_kind_are_known_or_named() -> None:
    rows = [json.loads(line) for line in (DEMO / "dialogues.jsonl").read_text().splitlines()]
    assert usbrec.load_samples(rows) == usbrec.load_samples(DEMO / "dialogues.jsonl")
    with pytest.raises(BadLines, match=r"row 1: initiatorWorkerId: missing"):
        usbrec.load_samples([{"conversationId": "1", "messages": [], "movieMentions": {}}])
    with pytest.raises(InputError, match="samples, row 1: no sample: it has neither our fields"):
        usbrec.load_samples([{"movieId": 1, "title": "Heat"}])
    with pytest.raises(ConfigError, match="unknown kind of samples 'other'"):
        usbrec.load_samples(rows, kind="other")


def test_a_list_or_a_frame_of_somebodys_format_is_known_and_what_is_left_out_is_named() -> None:
    said = (("USER", "Hi"), ("AGENT", "Lantern Pier."))
    rows = [
        kit_dialogue(*said, metadata=ACCEPTED),
        kit_dialogue(*said, conversation_id="k2", metadata={"recommended_movie": "Salt Road"}),
    ]
    with pytest.warns(
        InputWarning, match="row 2: dialogue 'k2': no turn of the recommender names 'Salt Road'"
    ):
        loaded = usbrec.load_samples(rows)
    assert ([sample.source for sample in loaded], len(loaded.left_out)) == (["dialoguekit"], 1)
    with pytest.raises(BadLines):
        usbrec.load_samples(rows, strict=True)
    frame = pd.read_csv(io.StringIO(inspired_table()), sep="\t")
    assert [sample.source for sample in usbrec.load_samples(frame)] == ["inspired"]
    frame = pd.read_csv(io.StringIO(opendialkg_table(PIER_TALK)))
    assert [sample.targets for sample in usbrec.load_samples(frame)] == [("Salt Road",)]


def test_a_sample_made_by_hand_may_have_lists() -> None:
    turns: Any = [Turn("seeker", "Something slow, please.")]
    titles: Any = ["Heat (1995)"]
    (sample,) = usbrec.load_samples([Sample("s1", "s1", turns, titles)])
    assert sample.turns == (Turn("seeker", "Something slow, please."),)
    assert sample.targets == ("Heat (1995)",)


def test_samples_that_cannot_be_used_are_listed_by_row_and_field() -> None:
    with pytest.raises(BadLines) as refused:
        usbrec.load_samples(
            [
                {"id": "a", "turns": TURNS, "targets": ["Heat"]},
                {"id": "a", "turns": TURNS, "targets": ["Heat"]},
                {"id": "b", "turns": TURNS},
                {"id": "c", "turns": [{"role": "guest", "text": "Hi"}], "targets": ["Heat"]},
                "a text",  # type: ignore[list-item]
            ]
        )
    assert refused.value.problems == (
        "row 2: id: 'a' already stands on row 1",
        "row 3: targets: missing",
        "row 4: turns[0].role: expected seeker, recommender, user or assistant, found 'guest'",
        "row 5: expected a mapping, found str",
    )


def test_no_sample_at_all_is_refused() -> None:
    with pytest.raises(InputError, match="samples: empty"):
        usbrec.load_samples([])


def test_whole_numbers_as_ids_of_items_are_texts_and_what_is_no_text_is_refused() -> None:
    one, two = usbrec.load_catalogue([Item(1, "Heat"), Item(np.int64(2), "Ronin", genres=["crime"])])  # type: ignore[arg-type]
    assert (one.id, two.id, two.genres) == ("1", "2", ("crime",))
    for item, said in [
        (Item(1.5, "Heat"), "id: expected a text, found float"),  # type: ignore[arg-type]
        (Item("1", None), "no title"),  # type: ignore[arg-type]
        (Item("1", "Heat", "1995"), "year: expected a whole number, found str"),  # type: ignore[arg-type]
        (Item("1", "Heat", genres="crime"), "genres: expected a list of texts, found 'crime'"),  # type: ignore[arg-type]
    ]:
        with pytest.raises(BadLines, match=f"row 1: {said}"):
            usbrec.load_catalogue([item])


def test_columns_that_are_called_by_numbers_can_be_named() -> None:
    frame = pd.DataFrame([["Heat", "crime", "Mann"]])
    (heat,) = usbrec.load_catalogue(frame, columns={"title": 0, "genres": [1]})  # type: ignore[dict-item,list-item]
    assert (heat.title, heat.genres) == ("Heat", ("crime",))
    with pytest.raises(ConfigError, match="columns: title is None"):
        usbrec.load_catalogue(frame, columns={"title": None})  # type: ignore[dict-item]


ITEMS = [usbrec.Item("m1", "Jane Eyre"), usbrec.Item("m2", "Dracula"), usbrec.Item("m3", "Emma")]


@pytest.mark.parametrize(
    ("targets", "told"),
    [
        (["m1", "Emma"], "sample s: m1; m1 is the id of an item, and targets are titles"),
        (["nope", "Emma"], "sample s: nope"),
    ],
)
def test_targets_that_the_catalogue_lacks_beside_one_that_it_has_are_told(
    targets: list[str], told: str
) -> None:
    sample = {"id": "s", "dialogue": [{"role": "user", "text": "A book?"}], "targets": targets}
    with pytest.warns(InputWarning, match="1 of 1 samples are played without those of their targets") as seen:
        (loaded,) = usbrec.load_samples([sample], catalogue=ITEMS)
    assert loaded.targets == tuple(targets)
    assert told in str(seen[0].message)


def test_an_id_as_the_only_target_is_told_as_one() -> None:
    sample = {"id": "s", "dialogue": [{"role": "user", "text": "A book?"}], "targets": ["m1"]}
    with pytest.raises(BadLines, match="m1 is the id of an item, and targets are titles"):
        usbrec.load_samples([sample], catalogue=ITEMS)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"popularity": float("nan")}, "row 4: popularity: expected a number, found nan"),
        ({"popularity": "7"}, "row 4: popularity: expected a number, found '7'"),
        ({"popularity": None}, "row 4: popularity: expected a number, found None"),
        ({"extra": {"price": ["3"]}}, "row 4: extra: price: expected a text or a number, found list"),
        ({"extra": ["price"]}, "row 4: extra: expected a mapping, found list"),
        ({"text": 3}, "row 4: text: expected a text, found int"),
    ],
)
def test_items_whose_attributes_are_of_another_kind_are_left_out_and_told(
    wrong: dict[str, Any], told: str
) -> None:
    with pytest.warns(InputWarning, match="1 of 4 rows") as seen:
        assert len(usbrec.load_catalogue([*ITEMS, usbrec.Item("m4", "Sula", **wrong)])) == 3
    said = str(seen[0].message)
    assert told in said
    assert "; ." not in said
    assert "[catalogue]" not in said


def test_numbers_of_items_are_read_as_those_of_files_are() -> None:
    items = [
        usbrec.Item(f"b{place}", title, extra={"price": price, "new": new, "left": None})  # type: ignore[dict-item]
        for place, (title, price, new) in enumerate(
            [("Emma", 3, True), ("Sula", 4.5, False), ("It", 7.0, True)]
        )
    ]
    catalogue = usbrec.load_catalogue(items)
    assert [dict(item.extra) for item in catalogue] == [
        {"price": "3", "new": "true"},
        {"price": "4.5", "new": "false"},
        {"price": "7", "new": "true"},
    ]
    assert {column.name: column.type for column in catalogue.types} == {"price": "number", "new": "yes-no"}


def test_a_role_that_is_none_is_refused_in_records_too() -> None:
    sample = usbrec.Sample("1", "1", (usbrec.Turn("user", "x"),), ("A",))  # type: ignore[arg-type]
    with pytest.raises(BadLines, match="row 1: turns: role 'user' of a Turn is neither"):
        usbrec.load_samples([sample])
