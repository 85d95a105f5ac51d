"""Typed columns and filters: what a column holds is told, and a filter leaves the items that meet it."""

from __future__ import annotations

import json
import operator
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.shop import SHOP, SHOP_CSV
from usbrec import load_catalogue as load_from_memory
from usbrec.config import load_config
from usbrec.dialogue import Constraint, Item
from usbrec.errors import BadLines, ConfigError, InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.constraints import column_arrays
from usbrec.items.constraints.column_arrays import places_of
from usbrec.items.constraints.column_table import ColumnTable, open_columns
from usbrec.items.constraints.column_types import ColumnTypes, TypedColumn
from usbrec.items.constraints.filters import FilterError, contradictions, in_words, read_filter
from usbrec.items.files.report import ReadingReport
from usbrec.stages.inputs import read_catalogue

TABLE = open_columns(SHOP)


def types_of(*rows: Mapping[str, str], **given: Any) -> dict[str, TypedColumn]:
    types = ColumnTypes(given)
    for row in rows:
        types.add(row)
    return {column.name: column for column in types.columns()}


def left(wanted: object, table: ColumnTable = TABLE) -> list[str]:
    allowed = table.allowed(read_filter(wanted, table))
    return [item.id for item in table.catalogue if item.id in allowed]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["9.99", "12", "1,299.00"], "number"),
        (["9,99 €", "12 €", "1.299,00 €"], "number"),
        (["16 GB", "8 GB", "32 GB"], "number"),
        (["0", "1", "1"], "yes-no"),
        (["true", "false", "True"], "yes-no"),
        (["ja", "nein", "ja"], "yes-no"),
        (["in stock", "out of stock"], "yes-no"),
        (["red", "blue", "red"], "category"),
        (["red, blue", "green"], "category"),
        (["S", "M", "42"], "category"),
        (["https://shop.example/a", "https://shop.example/b"], "text"),
        (["/images/a.jpg", "/images/b.jpg"], "text"),
        (
            ["A shoe made for long walks in the hills.", "A lighter one for the city."],
            "text",
        ),
    ],
)
def test_a_columns_type_follows_from_its_cells(cells: list[str], kind: str) -> None:
    assert types_of(*({"x": cell} for cell in cells))["x"].type == kind


def test_commas_before_fractions_in_one_cell_make_points_thousands_in_another() -> None:
    column = types_of({"weight": "12,5"}, {"weight": "1.299"}, {"weight": "950,75"})["weight"]
    assert [column.number(text) for text in ("12,5", "1.299", "950,75")] == [12.5, 1299.0, 950.75]
    column = types_of({"weight": "12.5"}, {"weight": "1.299"})["weight"]
    assert column.number("1.299") == 1.299


def test_a_price_that_cannot_be_read_is_told_and_its_item_stays_without() -> None:
    with pytest.warns(InputWarning, match=r"'price': 1 cells are no numbers \('ask us' in line 14\)"):
        catalogue = load_catalogue(SHOP_CSV, strict=False)
    assert len(catalogue) == 24
    table = open_columns(catalogue)
    item = catalogue.get("S13")
    assert item is not None
    assert table.value(item, "price") is None
    assert not table.meets("S13", Constraint("price", "<=", 1e9))
    with pytest.raises(BadLines, match="ask us"):
        load_catalogue(SHOP_CSV, strict=True)


def test_the_report_tells_types_with_currencies_and_survives_json() -> None:
    report = SHOP.report
    assert report is not None
    assert "price (number in €)" in report.columns_told()
    assert "colour (category)" in report.columns_told()
    assert ReadingReport.from_json(json.loads(json.dumps(report.to_json()))) == report


def test_the_user_may_say_what_a_column_holds(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("title,size\nA,42\nB,43\n")
    config = load_config({"catalogue": {"columns": {"Size": "category"}}})
    catalogue = read_catalogue(path, None, config.catalogue)
    assert [column.type for column in catalogue.types] == ["category"]
    assert catalogue.types[0].given
    with pytest.raises(ConfigError, match=r"'length' is none of the further columns. These are: size"):
        load_catalogue(path, types={"length": "number"})
    with pytest.raises(ConfigError, match="one of number, yes-no, category, text"):
        load_from_memory([{"title": "A", "size": "42"}], types={"size": "colour"})  # type: ignore[dict-item]


def test_a_truth_of_json_is_a_further_column() -> None:
    catalogue = load_from_memory([{"title": "A", "in_stock": True}, {"title": "B", "in_stock": False}])
    assert left({"in_stock": True}, open_columns(catalogue)) == ["A"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"price": {"max": 20}}, ["S16", "S17", "S18", "S19"]),
        ({"price": {"above": 200}}, ["S06", "S08"]),
        ({"price": 59}, ["S02"]),
        ({"price": "1.049,00 €"}, ["S06"]),
        ({"price": [59, 9.9]}, ["S02", "S18"]),
        ({"Price": {"min": 100}, "stock": {"above": 0}}, ["S05", "S08", "S15"]),
        ({"brand": "ALTRO", "colour": "blue"}, ["S02", "S07"]),
        ({"brand": {"not": ["Altro", "Marwen", "Kolbe"]}, "colour": ["red", "grey"]}, ["S08", "S17", "S20"]),
        ({"genres": "boots"}, ["S05", "S06"]),
        ({"genre": {"contains": "boo"}}, ["S05", "S06"]),
        ({"price": {"has": False}}, ["S13"]),
        ({"image": {"contains": "S07.jpg"}}, ["S07"]),
        ({"audience": {"is": "children"}}, ["S11", "S16"]),
        ({}, [item.id for item in SHOP]),
    ],
)
def test_a_filter_leaves_what_meets_it(wanted: object, expected: list[str]) -> None:
    assert left(wanted) == expected


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"prise": 3}, "no column 'prise'; did you mean 'price'"),
        ({"wheels": 3}, r"no column 'wheels'. Columns: .*price \(number in €\), stock \(number\)"),
        ({"price": "cheap"}, "price: expected a number, found 'cheap'"),
        ({"price": True}, "price: expected a number, found True"),
        ({"price": float("nan")}, "expected a number"),
        ({"price": {"contains": "9"}}, "'contains' does not fit a column of numbers"),
        ({"colour": {"max": 3}}, "'max' does not fit a column of categories"),
        ({"colour": None}, "expected a text, found None"),
        ({"colour": []}, "an empty list"),
        ({"colour": {}}, "an empty object"),
        ({"colour": {"like": "red"}}, "'like' is no condition. There are is, not"),
        ({"price": {"in": 3}}, "expected a list"),
        ({"price": {"max": [3]}}, "expected one value"),
        ({"price": {"min": 9, "max": 3}}, "price at least 9 and price at most 3 contradict each other"),
        ({"price": {"above": 3, "max": 3}}, "contradict"),
        ({"price": {"is": 3, "not": 3}}, "contradict"),
        ({"price": {"in": [1, 2], "min": 5}}, "contradict"),
        ({"colour": {"is": "red", "not": "Red"}}, "contradict"),
        ({"colour": {"in": ["red", "blue"], "not": ["red", "blue"]}}, "contradict"),
        ({"brand": {"has": True}, "price": {"has": 1}}, "expected true or false"),
        ({"year": 1990}, "no column 'year'"),
        ([1], "expected an object"),
        ({f"c{number}": number for number in range(300)}, "more than 200"),
    ],
)
def test_a_filter_that_cannot_be_used_says_why(wanted: object, message: str) -> None:
    with pytest.raises(FilterError, match=message):
        read_filter(wanted, TABLE)


def test_a_decade_is_ten_years() -> None:
    table = open_columns(Catalogue([Item("a", "A", 1989), Item("b", "B", 1990), Item("c", "C", 1999)]))
    assert left({"decade": "1990s"}, table) == ["b", "c"]
    with pytest.raises(FilterError, match="expected a decade"):
        read_filter({"decade": 1991}, table)


_COLOURS = ("red", "blue", "green", "Dark Red")
_cells = st.fixed_dictionaries(
    {},
    optional={
        "price": st.integers(-20, 20).map(lambda number: f"{number / 4:g}"),
        "stock": st.sampled_from(["0", "1"]),
        "colour": st.lists(st.sampled_from(_COLOURS), min_size=1, max_size=2, unique=True).map(", ".join),
        "note": st.text("ab c", max_size=5).filter(str.strip),
    },
)
_numbers = st.integers(-20, 20).map(lambda number: number / 4)
_constraints = st.one_of(
    st.builds(Constraint, st.just("price"), st.sampled_from(["<=", "<", ">=", ">", "=", "!="]), _numbers),
    st.builds(
        Constraint,
        st.just("price"),
        st.sampled_from(["in", "not in"]),
        st.lists(_numbers, min_size=1, max_size=3).map(tuple),
    ),
    st.builds(Constraint, st.just("stock"), st.sampled_from(["=", "!="]), st.booleans()),
    st.builds(Constraint, st.just("colour"), st.sampled_from(["=", "!="]), st.sampled_from(_COLOURS)),
    st.builds(
        Constraint,
        st.just("colour"),
        st.sampled_from(["in", "not in"]),
        st.lists(st.sampled_from(_COLOURS), min_size=1, max_size=3).map(tuple),
    ),
    st.builds(
        Constraint,
        st.just("note"),
        st.sampled_from(["contains", "not contains"]),
        st.text("ab", min_size=1, max_size=2),
    ),
    st.builds(
        Constraint, st.sampled_from(["price", "stock", "colour", "note"]), st.sampled_from(["has", "has not"])
    ),
)
_GIVEN: dict[str, Any] = {"price": "number", "stock": "yes-no", "colour": "category", "note": "text"}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "=": operator.eq,
}  # fmt: skip


def _by_hand(extra: Mapping[str, str], one: Constraint) -> bool:
    """Whether a row meets a constraint, one row at a time."""
    negated = {"!=": "=", "not in": "in", "not contains": "contains", "has not": "has"}.get(one.operator)
    if negated:
        return not _by_hand(extra, Constraint(one.column, negated, one.value))  # type: ignore[arg-type]
    text = extra.get(one.column)
    if text is None:
        return False
    if one.operator == "has":
        return True
    if one.operator == "contains":
        return str(one.value).casefold() in " ".join(text.casefold().split())
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    if one.column == "price":
        compare = _COMPARE["=" if one.operator == "in" else one.operator]
        return any(compare(float(text), value) for value in values)
    if one.column == "stock":
        return (text == "1") is one.value
    return any(value in text.split(", ") for value in values)


def _shop(rows: list[dict[str, str]]) -> Catalogue:
    report = ReadingReport(
        "rows", columns={"title": ("title",)}, types=tuple(types_of(*rows, **_GIVEN).values())
    )
    return Catalogue([Item(f"i{n}", f"T{n}", extra=row) for n, row in enumerate(rows)]).reported(report)


_EVERY = {"price": "1", "stock": "1", "colour": "red", "note": "a"}


@given(st.lists(_cells, max_size=12), st.lists(_constraints, max_size=4))
def test_a_filter_is_what_looking_at_each_item_gives(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]], wanted: list[Constraint]
) -> None:
    catalogue = _shop([_EVERY, *rows])
    table = ColumnTable.build(catalogue)
    folder = tmp_path_factory.mktemp("table")
    table.save(folder)
    expected = [item.id for item in catalogue if all(_by_hand(item.extra, one) for one in wanted)]
    for each in (table, ColumnTable.open(folder, catalogue)):
        allowed = each.allowed(wanted)
        assert [item.id for item in catalogue if item.id in allowed] == expected
        assert allowed.count == len(expected)
    # What contradicts itself is met by no item whatever.
    if expected:
        assert not contradictions(wanted)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["price", "colour", "stock", "image", "is", "max", "min", "in", "not", "has", "x"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_is_a_filter_or_is_refused_with_a_reason(value: object) -> None:
    try:
        constraints = read_filter(value, TABLE)
    except FilterError:
        return
    assert TABLE.allowed(constraints).count <= len(SHOP)
    assert all(map(in_words, constraints))
    assert [Constraint.from_json(one.to_json()) for one in constraints] == list(constraints)


def test_a_large_catalogues_table_lies_beside_its_index_and_is_made_anew_when_damaged(tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text(
        "title,price,colour,url\n"
        + "".join(f"T{n},{n}.50 €,{'red' if n % 2 else 'blue'},http://x/{n}\n" for n in range(30))
    )

    def table() -> ColumnTable:
        return open_columns(load_catalogue(path, cache=tmp_path / "cache", index_from=5))

    wanted = {"price": {"max": 9}, "colour": "red", "url": {"contains": "/7"}}
    assert left(wanted, table()) == ["T7"]
    files = list((tmp_path / "cache").glob("*/columns-*/*.values.npy"))
    assert files
    assert left(wanted, table()) == ["T7"]
    files[0].write_bytes(b"broken")
    assert left(wanted, table()) == ["T7"]


@given(st.text("ab\n/é", max_size=60), st.text("ab/é", min_size=1, max_size=7))
def test_words_are_found_in_a_text_where_they_stand(text: str, needle: str) -> None:
    content, wanted = text.encode(), needle.encode()
    places = [at for at in range(len(content)) if content.startswith(wanted, at)]
    assert places_of(wanted, content).tolist() == places


@pytest.mark.parametrize("few", [0, 1, 100])
def test_every_item_whose_text_has_the_words_is_found_and_no_other(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whether they are found one by one or all at once.
    monkeypatch.setattr(column_arrays, "_FEW", few)
    texts = ["https://shop.example/p/7", "", "https://shop.example/p/70", "shop", "p/7", "é/p/7/"]
    items = [Item(f"i{place}", f"Thing {place}", extra={"url": text}) for place, text in enumerate(texts)]
    report = ReadingReport("rows", columns={"title": ("title",)}, types=(TypedColumn("url", "text"),))
    table = ColumnTable.build(Catalogue(items).reported(report))
    for words in ("/p/7", "shop", "p/70", "é", "7", "nothing", "example/p/7"):
        allowed = table.allowed((Constraint("url", "contains", words),))
        assert [one.id for one in items if one.id in allowed] == [
            f"i{place}" for place, text in enumerate(texts) if words in text
        ], words


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("ja", "nein", "3", "12"), (1.0, 0.0, 3.0, 12.0)),
        (("3", "0", "auf Lager", "12"), (3.0, 0.0, 1.0, 12.0)),
        (("yes", "5", "sold out", "n/a"), (1.0, 5.0, 0.0, None)),
    ],
)
def test_a_stock_that_is_counted_and_said_is_a_number(
    cells: tuple[str, ...], values: tuple[float | None, ...], tmp_path: Path
) -> None:
    path = tmp_path / "shop.csv"
    rows = (f"B{n},Boot {n},{cell},9 €\n" for n, cell in enumerate(cells))
    path.write_text("id,title,stock,price\n" + "".join(rows))
    catalogue = load_catalogue(path)
    table = open_columns(catalogue)
    assert tuple(table.value(item, "stock") for item in catalogue) == values
    (stock,) = [column for column in table.columns if column.name == "stock"]
    assert (stock.type, stock.unreadable) == ("number", 0)
    # Which words are numbers is known of a stock alone.
    assert types_of(*({"size": cell} for cell in cells))["size"].number("ja") is None


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("4 stars", "5 stars", "3 stars"), (4.0, 5.0, 3.0)),
        (("★★★★", "★★★★★", "★★★☆☆"), (4.0, 5.0, 3.0)),
        (("****", "*****", "***"), (4.0, 5.0, 3.0)),
        (("4*", "5*S", "3.5*"), (4.0, 5.0, 3.5)),
        (("4 Sterne", "5 Sterne Superior", "3½"), (4.0, 5.0, None)),
        (("4", "5", "3"), (4.0, 5.0, 3.0)),
    ],
)
def test_stars_are_numbers_however_they_are_written(
    cells: tuple[str, ...], values: tuple[float | None, ...], tmp_path: Path
) -> None:
    path = tmp_path / "hotels.csv"
    path.write_text("id,title,stars\n" + "".join(f"H{n},House {n},{cell}\n" for n, cell in enumerate(cells)))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        catalogue = load_catalogue(path)
    assert ["1 cells are no numbers ('3½' in line 4)" in str(one.message) for one in caught] == (
        [True] if None in values else []
    )
    assert [item.people for item in catalogue] == [()] * len(cells)
    assert tuple(open_columns(catalogue).value(item, "stars") for item in catalogue) == values


@pytest.mark.parametrize(
    ("prices", "currency"),
    [(("42,00 €", "80.90 EUR", "€373.99"), "€"), (("$5.00", "USD 6"), "$"), (("$5.00", "6 €"), "$/€")],
)
def test_a_currency_is_one_however_it_is_written(
    prices: tuple[str, ...], currency: str, tmp_path: Path
) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("title;price\n" + "".join(f"Thing {n};{price}\n" for n, price in enumerate(prices)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)  # of several currencies
        (price,) = load_catalogue(path).types
    assert (price.type, price.currency) == ("number", currency)
