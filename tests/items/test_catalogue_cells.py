"""Catalogues as they are: lists of objects in cells, HTML, amounts, encodings, delimiters, unusable rows."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from usbrec.errors import BadLines, ConfigError, InputError, InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.files.amounts import money, number_of
from usbrec.items.files.cells import BrokenCell, names_in, without_html


def written(folder: Path, content: str | bytes, name: str = "c.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ('[{"id": 35, "name": "Comedy"}, {"id": 9648, "name": "Mystery"}]', ["Comedy", "Mystery"]),
        ("[{'id': 35, 'name': 'Comedy'}, {'id': 1, 'name': \"Children's\"}]", ["Comedy", "Children's"]),
        ("{'id': 9, 'name': 'Toy Collection', 'poster': None}", ["Toy Collection"]),
        ("['Comedy', 'Sci-Fi, Fantasy']", ["Comedy", "Sci-Fi, Fantasy"]),
        ("['Comedy' 'Science Fiction'\n 'War']", ["Comedy", "Science Fiction", "War"]),
        ("array(['Comedy', 'War'], dtype=object)", ["Comedy", "War"]),
        ("{'War', 'Comedy'}", ["War", "Comedy"]),
        ("('Comedy', 'War')", ["Comedy", "War"]),
        ("[nan, 'War', None]", ["War"]),
        ("[Comedy, War]", ["Comedy", "War"]),
        ('{"/m/05p553": "Comedy", "/m/082gq": "War"}', ["Comedy", "War"]),
        ("{'Comedy': 1, 'War': 0}", ["Comedy"]),
        ("{'fiction, classics': 12, 'war': 3}", ["fiction", "classics", "war"]),
        ('[{"genre": {"title": {"de": "Krieg", "en": "War"}}}]', ["War"]),
        ([{"label": "Comedy"}, ["War", ["Noir"]], '{"name": "Crime"}'], ["Comedy", "War", "Noir", "Crime"]),
        ('"[\\"Comedy\\"]"', ["Comedy"]),
        ("Comedy|War; R&amp;B", ["Comedy", "War", "R&B"]),
        ("[REC] 2", ["[REC] 2"]),
        ("(no genres listed)", []),
        ('["(no genres listed)"]', []),
        ("[]", []),
    ],
)
def test_the_names_in_a_cell_are_read_however_a_list_is_written(cell: Any, names: list[str]) -> None:
    assert names_in(cell) == names


@pytest.mark.parametrize(
    "cell",
    [
        "[{'id': 28, 'name': 'Act",
        '[{"id": 28, "name": "Action"',
        "[{'id': 28, 'name': 'Action'}]]",
        "[{'id': 28}]",
        "[__import__('os').getcwd()]",
        "['a' for a in 'bc']",
        "[" * 300 + "'a'" + "]" * 300,
        [[[[[[[[[["Action"]]]]]]]]]],
        "['" + "a" * 1_000_000 + "']",
    ],
)
def test_a_cell_that_opens_like_a_list_and_is_none_is_broken(cell: Any) -> None:
    with pytest.raises(BrokenCell):
        names_in(cell)


def test_broken_cells_are_told_and_their_items_stay(tmp_path: Path) -> None:
    rows = "id,title,genres\n1,Heat,\"[{'id': 80, 'name': 'Cri\"\n2,Up,\"[{'id': 1, 'label': 'Family'}]\"\n"
    path = written(tmp_path, rows)
    with pytest.warns(InputWarning, match=r"line 2: genres: neither a list .* cut off"):
        catalogue = load_catalogue(path)
    assert [item.genres for item in catalogue] == [(), ("Family",)]
    assert catalogue.report is not None
    assert catalogue.report.name_keys["genres"] == ("label",)
    assert "genres from 'genres' (names under 'label')" in catalogue.report.columns_told()
    with pytest.raises(BadLines, match="line 2: genres"):
        load_catalogue(path, strict=True)


def test_no_row_of_objects_becomes_a_genre_that_is_no_word(tmp_path: Path) -> None:
    rows = [
        {"title": "Heat", "genres": [{"id": 1, "name": "Crime"}], "cast": [{"name": "Al P.", "role": "V"}]}
    ]
    path = written(tmp_path, json.dumps(rows), "c.json")
    (item,) = load_catalogue(path)
    assert item.genres == ("Crime",)
    assert item.people == ("Al P.",)


def test_tags_and_entities_of_html_are_left_out_and_signs_stay() -> None:
    text = "<p>Tom &amp; Jerry</p><br/>a &lt; b &amp;amp; <b>bold</b>ly<!-- x --><script>f()</script> I <3 it"
    assert without_html(text) == "Tom & Jerry a < b & boldly I <3 it"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$49.99", (49.99, "$")),
        ("49,99 €", (49.99, "€")),
        ("1.299,00 €", (1299.0, "€")),
        ("EUR 1,299.00", (1299.0, "EUR")),
        ("1.299 €", (1299.0, "€")),
        ("12,- €", (12.0, "€")),
        ("CHF 1'299.50", (1299.5, "CHF")),
        ("-$5", (-5.0, "$")),
        ("120 MIN", None),
        ("about $5", None),
        ("49.99", None),
    ],
)
def test_an_amount_with_its_sign_is_a_number(text: str, amount: tuple[float, str] | None) -> None:
    assert money(text) == amount


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.299,00", 1299.0),
        ("1,234", 1234.0),
        ("49,99", 49.99),
        ("1.234", 1.234),
        ("1.234.567", 1234567.0),
        ("-1.234,5", -1234.5),
        ("1,23,456.78", 123456.78),
        ("1.2.3", None),
        ("30.10.1995", None),
        ("192.168.1.1", None),
        ("10_12", None),
        ("x", None),
    ],
)
def test_a_number_has_its_fraction_behind_a_point_or_a_comma(text: str, number: float | None) -> None:
    assert number_of(text) == number


def test_amounts_of_a_catalogue_are_plain_numbers_and_their_signs_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, 'title;price;code\nLamp;"1.299,00 €";007\nVase;$5;1.234\n')
    with pytest.warns(InputWarning, match="in several currencies"):
        catalogue = load_catalogue(path)
    assert [item.extra for item in catalogue] == [
        {"price": "1299", "code": "007"},
        {"price": "5", "code": "1.234"},
    ]
    assert catalogue.report is not None
    assert "Amounts in several currencies are not converted" in catalogue.report.columns_told()


def test_another_encoding_is_said_and_the_message_says_how(tmp_path: Path) -> None:
    path = written(tmp_path, "title,year\nAmélie,2001\n".encode("cp1252"))
    with pytest.raises(InputError, match=r'c\.csv:2: not UTF-8 .*Amélie.*encoding = "cp1252"'):
        load_catalogue(path)
    assert load_catalogue(path, encoding="cp1252").items[0].title == "Amélie"
    with pytest.raises(ConfigError, match="'cp12520' is no encoding"):
        load_catalogue(path, encoding="cp12520")
    marked = written(tmp_path, "title\tyear\nAmélie\t2001\n".encode("utf-16"), "u.csv")
    assert load_catalogue(marked).items[0].name == "Amélie (2001)"


@pytest.mark.parametrize("sign", ["::", "||", "|~|", "~~"])
def test_columns_may_be_separated_by_several_characters(tmp_path: Path, sign: str) -> None:
    rows = [["id", "title", "genres"], ["1", "Heat", "Crime|War"], ["2", f'"Up {sign} Down"', ""]]
    path = written(tmp_path, "\n".join(sign.join(row) for row in rows) + "\n", "c.dat")
    heat, up = load_catalogue(path)
    assert heat.title == "Heat"
    assert heat.genres == ("Crime", "War")
    assert up.title == f"Up {sign} Down"


def test_a_column_without_a_name_makes_no_other_delimiter(tmp_path: Path) -> None:
    (item,) = load_catalogue(written(tmp_path, "title,,year\nHeat,,1995\n"))
    assert item.name == "Heat (1995)"


def test_a_long_description_is_read_and_a_quote_that_never_closes_is_broken(tmp_path: Path) -> None:
    (item,) = load_catalogue(written(tmp_path, f'title,description\nHeat,"{"long " * 40_000}"\n'))
    assert len(item.text) > 131_072
    with pytest.raises(InputError, match=r"c\.csv:3: broken CSV \(a quote"):
        load_catalogue(written(tmp_path, 'title,text\nHeat,x\nUp,"open\nCars,y\n'))


ROWS = "isbn,id,name\n" + "".join(f"x{n},{n},Book {n}\n" for n in range(40))


def test_rows_that_cannot_be_used_are_left_out_and_told(tmp_path: Path) -> None:
    bad = "".join(f"y,{n},\n" for n in range(40, 65))
    path = written(tmp_path, ROWS + bad)
    with pytest.warns(InputWarning) as told:
        catalogue = load_catalogue(path)
    assert len(catalogue) == 40
    message = str(told[0].message)
    assert "25 of 65 rows cannot be used and are left out" in message
    assert "line 42: no title" in message
    assert "line 61: no title" in message
    assert "line 62" not in message
    assert "and 5 more" in message
    assert "id from 'id' (and not from 'isbn'); title from 'name'" in message
    assert "[catalogue] of the settings" in message
    assert catalogue.report is not None
    assert len(catalogue.report.left_out) == 25
    with pytest.raises(BadLines, match="25 unusable lines"):
        load_catalogue(path, strict=True)


def test_a_file_of_which_less_than_half_can_be_used_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "id,title\n1,A\n1,B\n1,C\n")
    with pytest.raises(BadLines, match=r"Less than half of the rows can be used \(1 of 3\).*id from 'id'"):
        load_catalogue(path)


def test_a_line_that_is_no_json_refuses_the_file_and_one_that_is_no_object_is_left_out(
    tmp_path: Path,
) -> None:
    rows = '{"title": "A"}\n{"title": "B"}\n3\n'
    with pytest.warns(InputWarning, match="line 3: not a JSON object"):
        assert len(load_catalogue(written(tmp_path, rows, "a.jsonl"))) == 2
    with pytest.raises(BadLines, match="line 4: broken JSON"):
        load_catalogue(written(tmp_path, rows + '{"title": "C\n', "b.jsonl"))


def test_an_index_tells_again_what_was_left_out_and_can_be_refused(tmp_path: Path) -> None:
    path = written(tmp_path, ROWS + "z,1,Twice\n")

    def load(strict: bool) -> Catalogue:
        return load_catalogue(path, cache=tmp_path / "cache", index_from=5, strict=strict)

    reports = []
    for _ in range(2):
        with pytest.warns(InputWarning, match="line 42: id '1' stands already in line 3"):
            reports.append(load(strict=False).report)
    assert reports[0] == reports[1]
    with pytest.raises(BadLines, match="line 42"):
        load(strict=True)


def test_a_whole_file_is_read_without_a_word(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load_catalogue(written(tmp_path, ROWS)).report is not None


def test_counts_with_a_letter_for_thousands_are_read_and_years_of_no_century_are_told(tmp_path: Path) -> None:
    rows = ["id,title,year,popularity", "1,Heat,1995,1.2M", "2,Up,2009,350k", "3,Jaws,30-Oct-95,15 likes"]
    rows += ['4,Alien,1979,"1,5 Mio."', "5,Ran,0000-00-00,0", "6,Ikiru,,3万", "7,Medea,-431,"]
    path = tmp_path / "films.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.warns(InputWarning) as told:
        items = load_catalogue(path).items
    assert [item.popularity for item in items] == [1_200_000, 350_000, 0, 1_500_000, 0, 30_000, 0]
    assert [item.year for item in items] == [1995, 2009, None, 1979, None, None, None]
    said = str(told[0].message)
    assert "2 cells cannot be read and count as unknown" in said
    assert "no year can be read from '30-Oct-95'" in said
    assert "no popularity can be read from '15 likes'" in said
