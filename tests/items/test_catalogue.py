"""The catalogue: what is read from files, what is found by title, and what the errors say."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import SHARED
from usbrec.dialogue import Item
from usbrec.errors import BadLines, ConfigError, InputError, InputWarning
from usbrec.items import Catalogue, FieldMap, load_catalogue, normalise_title, popularity_from, split_title

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/data is not beside the checkout")


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Matrix", "Matrix, The"),
        ("Amélie", "AMELIE"),
        ("Fast & Furious", "Fast and  Furious"),
        ("Pan’s Labyrinth", "Pans Labyrinth"),
        ("E.T. the Extra-Terrestrial", "ET The Extra Terrestrial"),
        ("WALL·E", "Wall-E"),
        ("The House of 1,000 Dolls", "the house of 1000 dolls"),
        ("Alien³", "Alien 3"),
        ("Ame\u0301lie", "Am\u00e9lie"),
    ],
)
def test_spellings_of_one_title_have_one_normal_form(one: str, other: str) -> None:
    assert normalise_title(one) == normalise_title(other)


def test_titles_that_differ_in_a_word_stay_apart() -> None:
    assert normalise_title("Alien") != normalise_title("Aliens")
    assert normalise_title("???") != normalise_title("!!!")


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str) -> None:
    once = normalise_title(text)
    assert normalise_title(once) == once


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Heat  (1995)", ("Heat", 1995)),
        ("Matrix, The (1999)", ("The Matrix", 1999)),
        ("Why Him%3F (2016)", ("Why Him?", 2016)),
        ("%22Wuthering Heights%22", ('"Wuthering Heights"', None)),
        ("100% Wolf (2020)", ("100% Wolf", 2020)),
        ("Love at 99%20 Degrees", ("Love at 99%20 Degrees", None)),
        ("Faust (2011 film)", ("Faust", 2011)),
        ("(500) Days of Summer", ("(500) Days of Summer", None)),
        ("2012", ("2012", None)),
        ("(1999)", ("(1999)", None)),
    ],
)
def test_a_year_in_brackets_at_the_end_is_taken_off_the_title(
    text: str, parts: tuple[str, int | None]
) -> None:
    assert split_title(text) == parts


def test_id2info_of_redial_gives_people_by_importance_and_keeps_what_is_left(tmp_path: Path) -> None:
    row = {
        "name": "Harbour  Lights (1999)",
        "genre": ["drama", "Drama", "crime"],
        "plot": "Two sisters.",
        "writer": ["W"],
        "star": ["S", "D"],
        "director": ["D"],
        "imdb_id": "tt1",
    }
    item = load_catalogue(written(tmp_path, "id2info.json", json.dumps({"17": row}))).items[0]
    assert item == Item(
        "17",
        "Harbour Lights",
        1999,
        ("drama", "crime"),
        ("D", "S", "W"),
        "Two sisters.",
        0.0,
        {"imdb_id": "tt1", "director": "D", "star": "S, D", "writer": "W"},
    )


def test_odd_values_in_optional_fields_count_as_unknown(tmp_path: Path) -> None:
    rows = [
        {"id": 1, "title": "A", "year": "n/a", "genres": None, "popularity": "many"},
        {"id": 2, "title": "B", "year": "-500", "genres": {}, "popularity": "NaN"},
        {"id": 3, "title": "Unknown", "year": 1999.0, "genres": "drama | war", "popularity": "1,204"},
    ]
    path = written(tmp_path, "items.jsonl", "\n".join(map(json.dumps, rows)))
    with pytest.warns(InputWarning, match="line 1: popularity: no popularity can be read from 'many'"):
        a, b, c = load_catalogue(path)
    assert (a.year, a.genres, a.popularity) == (b.year, b.genres, b.popularity) == (None, (), 0.0)
    assert (c.title, c.year, c.genres, c.popularity) == ("Unknown", 1999, ("drama", "war"), 1204.0)


def test_csv_is_read_by_the_usual_names_whatever_their_case_and_delimiter(tmp_path: Path) -> None:
    text = '\ufeffMovie ID;TITLE;Genre;Cast\n\n7;"Up; or Down (2009)";"Drama, War";A. B, C. D\n'
    item = load_catalogue(written(tmp_path, "items.csv", text)).items[0]
    assert item == Item("7", "Up; or Down", 2009, ("Drama", "War"), ("A. B", "C. D"))


def test_a_field_map_says_which_column_is_which(tmp_path: Path) -> None:
    path = written(tmp_path, "shop.csv", "sku,label,made_by,also_by,sold\nx1,Lamp,Ann,Ben,12\n")
    fields = FieldMap(id="SKU", title="label", people=("made_by", "also_by"), popularity="sold")
    lamp = Item(
        "x1", "Lamp", people=("Ann", "Ben"), popularity=12.0, extra={"made_by": "Ann", "also_by": "Ben"}
    )
    assert load_catalogue(path, fields).items == (lamp,)
    with pytest.raises(ConfigError, match=r"title='titel'.*label"):
        load_catalogue(path, FieldMap(title="titel"))


def test_without_an_id_column_the_name_is_the_id(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, "c.csv", "title,year\nHeat,1995\nHeat,1986\n"))
    assert [item.id for item in catalogue] == ["Heat (1995)", "Heat (1986)"]


def test_two_cuts_of_one_film_may_share_a_number_of_a_register(tmp_path: Path) -> None:
    catalogue = load_catalogue(written(tmp_path, "c.csv", "imdbID,Title\ntt1,Long Cut\ntt1,Short Cut\n"))
    assert [item.id for item in catalogue] == ["tt1", "tt1#2"]
    twice = written(tmp_path, "d.csv", "imdbID,Title\ntt1,Long Cut\ntt1,Long Cut\n")
    with pytest.raises(BadLines, match="line 3: id 'tt1' stands already in line 2"):
        load_catalogue(twice, strict=True)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.json", '{"1": {"name": "A"},\n "2": {"name": }}', "a.json:2: broken JSON"),
        ("b.json", b'{"1": {"name": "\xff"}}', "b.json:1: not UTF-8"),
        ("c.csv", "id,colour\n1,red\n", "no title column. Columns: id, colour"),
        ("d.csv", "", "d.csv: the file is empty"),
        ("e.csv", "id,title\n", "a header but no items"),
        ("f.json", "{}", "no items"),
        ("g.json", "3", "not a catalogue"),
        ("h.jsonl", '{"id": 1, "title": "A"}\n{"id": 2, "tit', "line 2: broken JSON"),
        ("i.csv", "id,title\n1,A\n2,\n3,\n", "line 3: no title"),
        ("j.csv", "id,title\n1,A\n1,B\n1,C\n", "line 3: id '1' stands already in line 2"),
        ("k.csv", "id,title\n1,A,B\n", "line 2: 3 columns, the header has 2"),
        ("l.json", '{"1": "A"}', "item '1': not an object"),
        ("m.json", "[" * 100_000, "broken JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_file_place_and_reason(
    tmp_path: Path, name: str, content: str | bytes, says: str
) -> None:
    path = written(tmp_path, name, content)
    with pytest.raises(InputError) as caught:
        load_catalogue(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_catalogue(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        load_catalogue(tmp_path)


def test_of_many_bad_lines_twenty_are_listed_and_the_rest_counted(tmp_path: Path) -> None:
    path = written(tmp_path, "many.csv", "id,title\n" + "".join(f"{n},\n" for n in range(30)))
    with pytest.raises(BadLines, match=r"30 unusable lines") as caught:
        load_catalogue(path)
    assert "line 21:" in str(caught.value)
    assert "line 22:" not in str(caught.value)
    assert "and 10 more" in str(caught.value)


@given(st.text(max_size=60), st.sampled_from([".json", ".jsonl", ".csv", ".txt"]))
def test_whatever_a_file_holds_it_is_a_catalogue_or_an_input_error(
    tmp_path_factory: pytest.TempPathFactory, content: str, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"file{suffix}"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(InputError):
        catalogue = load_catalogue(path)
        assert len(catalogue.digest) == 64
        assert all(catalogue.get(item.id) is item for item in catalogue)


HEATS = Catalogue.from_items(
    [
        Item("a", "Heat", 1986, popularity=1),
        Item("b", "Heat", 1995, popularity=9),
        Item("c", "Signs", 2002),
        Item("d", "Signs", 2002),
        Item("e", "Frozen"),
        Item("f", "Frozen", 2013),
    ]
)


def ids(items: tuple[Item, ...]) -> list[str]:
    return [item.id for item in items]


def test_a_bare_title_finds_all_its_items_the_most_popular_first_ties_by_id() -> None:
    assert ids(HEATS.find("HEAT")) == ["b", "a"]
    assert ids(HEATS.find("Signs")) == ["c", "d"]
    assert HEATS.find("Cold") == ()


def test_a_year_selects_and_falls_back_on_items_of_no_known_year_only() -> None:
    assert ids(HEATS.find("Heat (1986)")) == ["a"]
    assert HEATS.find("Heat (2001)") == ()
    assert ids(HEATS.find("Frozen (2013)")) == ["f"]
    assert ids(HEATS.find("Frozen (2010)")) == ["e"]


def test_resolving_titles_gives_all_items_of_shared_names_in_order_once() -> None:
    assert ids(HEATS.resolve(["Signs (2002)", "Heat (1995)", "Cold", "signs"])) == ["c", "d", "b"]


def test_new_popularity_replaces_the_old_and_leaves_the_catalogue_as_it_was() -> None:
    counted = HEATS.with_popularity({"a": 5, "nobody": 7})
    assert ids(counted.find("Heat")) == ["a", "b"]
    assert ids(HEATS.find("Heat")) == ["b", "a"]
    assert counted.digest != HEATS.digest
    assert HEATS.has_popularity
    assert not HEATS.with_popularity({}).has_popularity


def test_the_digest_depends_on_what_the_items_are_and_not_on_their_order() -> None:
    assert Catalogue.from_items(reversed(HEATS.items)).digest == HEATS.digest
    assert Catalogue.from_items(HEATS.items[1:]).digest != HEATS.digest


def test_a_catalogue_has_items_and_unique_ids() -> None:
    with pytest.raises(InputError, match="no items"):
        Catalogue.from_items([])
    with pytest.raises(InputError, match="'a' stands twice"):
        Catalogue.from_items([Item("a", "A"), Item("a", "B")])
    assert "a" in HEATS
    assert "z" not in HEATS
    assert HEATS.get("z") is None
    assert len(HEATS) == len(list(HEATS)) == 6


def test_popularity_counts_a_target_once_a_dialogue_and_leaves_marked_conversations_out(
    tmp_path: Path,
) -> None:
    rows = [
        {"dialog_id": 1, "rec": ["Heat (1995)", "Signs (2002)"], "context": []},
        {"dialog_id": 1, "rec": ["Heat (1995)"], "context": []},
        {"id": "s", "dialogue_id": "2", "turns": [], "targets": ["Heat (1995)"]},
        {
            "conversationId": "3",
            "in_ievalm_valid": False,
            "items": [{"movie_id": "d", "name": "Signs (2002)"}],
        },
        {"conversationId": "4", "in_ievalm_valid": True, "items": [{"movie_id": "a", "name": "Heat (1986)"}]},
        {"conversationId": "5", "items": [{"movie_id": "f", "name": "Frozen"}]},
    ]
    path = written(tmp_path, "rows.jsonl", "\n".join(map(json.dumps, rows)))
    # A title alone counts for both items of the name, an id for that item.
    assert popularity_from(path, HEATS) == {"b": 2.0, "c": 1.0, "d": 2.0, "f": 1.0}


def test_popularity_from_something_else_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(BadLines, match="line 1: no id of the session"):
        popularity_from(written(tmp_path, "a.jsonl", '{"text": "hello"}\n'), HEATS)
    with pytest.raises(BadLines, match="line 1: field 'rec' must be a list"):
        popularity_from(written(tmp_path, "b.jsonl", '{"dialog_id": 1, "rec": "Heat"}\n'), HEATS)
    with pytest.raises(InputError, match="none of its items"):
        popularity_from(written(tmp_path, "c.jsonl", '{"dialog_id": 1, "rec": ["Cold"]}\n'), HEATS)


@needs_shared
@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("redial/id2info.json", 6583),
        ("opendialkg/id2info.json", 3672),
        ("catalogue/wikidata_movies_cc0.csv", 17472),
    ],
)
def test_the_published_catalogues_load_whole(path: str, size: int) -> None:
    catalogue = load_catalogue(SHARED / path)
    assert len(catalogue) == size
    assert sum(bool(item.genres) for item in catalogue) > 0.6 * size
    assert sum(bool(item.people) for item in catalogue) > 0.6 * size


@needs_shared
def test_popularity_counted_from_redial_covers_most_of_its_catalogue() -> None:
    catalogue = load_catalogue(SHARED / "redial/id2info.json")
    with pytest.warns(InputWarning, match="59 of 48116 items are not in the catalogue"):
        counts = popularity_from(SHARED / "redial/item_mentions_train.jsonl", catalogue)
    assert len(counts) > 4000
    assert catalogue.with_popularity(counts).has_popularity
