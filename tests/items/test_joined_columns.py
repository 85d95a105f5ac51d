"""Columns that say something only together: options, offers beside usual prices, currencies."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

import usbrec
from support.shop import meeting, read_written
from usbrec.errors import InputWarning
from usbrec.items.constraints.column_types import is_stock, stock_number

WOO = """ID,Type,Name,In stock?,Stock,Sale price,Regular price,Attribute 1 name,Attribute 1 value(s)
10,variable,T-Shirt Basic,1,,,,Size,"S, M, L"
11,variation,T-Shirt Basic - S,1,4,15,19.90,Size,S
12,variation,T-Shirt Basic - M,0,0,,19.90,Size,M
13,simple,Hoodie Zip,1,7,,59.00,Color,Black
"""
SHOPIFY = """Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant Inventory Qty,Variant Price
Wool Sock,Size,S,Color,Red,5,12.00
Linen Shirt,Size,M,Color,White,0,49.00
Rain Cape,Title,Default Title,,,9,89.00
"""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("A hoodie under 60 euro, please.", ["11", "12", "13"]),
        ("Something under 16 euro.", ["11"]),
        ("It should be in size M.", ["10", "12"]),
        ("In black, please.", ["13"]),
    ],
)
def test_a_woocommerce_export_has_one_price_and_options_by_their_names(
    tmp_path: Path, said: str, found: list[str]
) -> None:
    """Items without an offer cost what is usual; "Attribute 1 value(s)" is what "Attribute 1 name" says."""
    assert meeting(read_written(tmp_path, WOO)[0], said) == found


def test_what_was_put_together_is_told(tmp_path: Path) -> None:
    """A reader of the report sees where the price and the options come from."""
    report = read_written(tmp_path, WOO)[0].report
    assert report is not None
    told = report.columns_told()
    assert "'price' is what an item costs now: 'Sale price' where it has one that is lower" in told
    assert "Options, named in the file's cells: Size, Color" in told
    assert "Attribute 1 name" not in report.others


def test_a_shopify_export_has_its_options_and_its_stock(tmp_path: Path) -> None:
    """ "Title" of "Default Title" stands where a product has no options."""
    catalogue = read_written(tmp_path, SHOPIFY)[0]
    assert [item.extra.get("Size") for item in catalogue] == ["S", "M", None]
    assert all("Option1 Value" not in item.extra for item in catalogue)
    assert meeting(catalogue, "It has to be in stock.") == ["Wool Sock", "Rain Cape"]


@pytest.mark.parametrize(
    ("header", "rows", "found"),
    [
        ("price,special_price", ["12.50,9.99", "12.50,", "8.00,0"], ["a", "c"]),
        ("actual_price,discounted_price", ["₹1299,₹999", "₹999,₹8", "₹7,₹6"], ["b", "c"]),
        ("price,uvp", ["12.50,9.00", "9.00,12.50", "8.00,"], ["b", "c"]),
        ("price,discount", ["12.50,3.00", "9.00,2.00", "8.00,"], ["b", "c"]),
    ],
)
def test_what_an_item_costs_is_the_lower_of_offer_and_usual_price(
    tmp_path: Path, header: str, rows: list[str], found: list[str]
) -> None:
    """A recommended price is nobody's, and what is taken off is no price."""
    lines = [f"{one},Thing {one.upper()},{row}" for one, row in zip("abc", rows, strict=True)]
    catalogue = read_written(tmp_path, "\n".join([f"id,title,{header}", *lines]))[0]
    assert meeting(catalogue, "Under 10, please.") == found


def test_a_column_of_currencies_belongs_to_the_prices(tmp_path: Path) -> None:
    """Several are told, as those that stand in the cells; one is that of the column."""
    rows = "id,title,price,currency\na,Thing A,29.90,EUR\nb,Thing B,24.90,{}\n"
    several = read_written(tmp_path, rows.format("CHF"))[1]
    assert "'price' are in several currencies (€, CHF) and are compared as they are" in several
    one, told = read_written(tmp_path, rows.format("EUR"))
    assert "several currencies" not in told
    assert [column.currency for column in one.types if column.name == "price"] == ["€"]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("Nur noch 2", 2),
        ("Only 2 left in stock!", 2),
        ("plus que 1", 1),
        ("mehr als 10 auf Lager", 11),
        ("10+", 10),
        ("0 left", 0),
        ("<5", 1),
        ("Low stock", 1),
        ("auf Lager (3 Stk.)", 3),
        ("Backorder", 0),
        ("https://schema.org/PreOrder", None),
        ("in 3 Tagen lieferbar", None),
        ("Lieferzeit 3-5 Tage", None),
        ("2 of 5", None),
        ("ships in 2 weeks", None),
    ],
)
def test_a_stock_in_words_says_how_many_there_are(cell: str, number: float | None) -> None:
    """What says a delivery's days says no stock."""
    assert stock_number(cell) == number


def test_in_stock_is_met_by_what_is_nearly_gone(tmp_path: Path) -> None:
    """The last two are in stock; a cell that says neither, as a pre-order, is told."""
    rows = ["auf Lager", "Nur noch 2", "ausverkauft", "vorbestellbar", ">10", "in 3 Tagen lieferbar"]
    lines = [f"{place};Ding {place};{cell};9,90" for place, cell in enumerate(rows)]
    catalogue, told = read_written(tmp_path, "\n".join(["Art.-Nr.;Bezeichnung;Bestand;Preis", *lines]))
    assert meeting(catalogue, "Es muss auf Lager sein.") == ["0", "1", "4"]
    assert "'Bestand': 2 cells are no numbers ('vorbestellbar' in line 5, 'in 3 Tagen" in told


VARIANTS = """Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty,Image Src
sock,Wool Sock,Size,S,14.00,0,1.jpg
sock,,,M,12.00,3,
sock,,,L,,-1,
sock,,,,,,2.jpg
shirt,Linen Shirt,Size,M,49.00,0,3.jpg
cape,Rain Cape,Title,Default Title,89.00,9,4.jpg
other,,,,5.00,1,
"""


def test_rows_of_variants_are_one_item(tmp_path: Path) -> None:
    """All options, the lowest price, the sum of the stock; a row of another product without a title is lost
    and told."""
    catalogue, told = read_written(tmp_path, VARIANTS)
    assert [item.title for item in catalogue] == ["Wool Sock", "Linen Shirt", "Rain Cape"]
    sock = next(iter(catalogue)).extra
    shown = (sock["Size"], sock["Variant Price"], sock["Variant Inventory Qty"], sock["Image Src"])
    assert shown == ("S, M, L", "12.00", "3", "1.jpg")
    assert "3 rows without a title are variants of the item above (the same 'Handle')" in told
    assert "line 8: no title" in told
    assert meeting(catalogue, "In size M, please.") == ["sock", "shirt"]
    assert meeting(catalogue, "Under 13, please.") == ["sock"]


def test_rows_without_titles_in_a_file_without_handles_are_left_out(tmp_path: Path) -> None:
    """What has no handle belongs to nothing."""
    catalogue, told = read_written(tmp_path, "id,title,price\na,Thing,5\nb,,6\nc,Other,7\n")
    assert [item.id for item in catalogue] == ["a", "c"]
    assert "line 3: no title" in told


def test_objects_in_a_cell_say_their_amount_or_are_told() -> None:
    """One offer of schema.org is its price; of a list of objects without names nobody knows what is meant."""
    offer = {"price": 12.5, "priceCurrency": "EUR", "availability": "InStock"}
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        items = list(
            usbrec.load_catalogue(
                [
                    {"id": "a", "title": "Thing A", "offers": [offer]},
                    {"id": "b", "title": "Thing B", "offers": [offer, offer]},
                ]
            )
        )
    assert [item.extra.get("offers") for item in items] == ["12.5", None]
    assert "row 2: offers: an object in which no key holds a name" in "".join(
        str(one.message) for one in told
    )


@pytest.mark.parametrize(
    ("name", "stock"),
    [
        ("Verfügbarkeit", True),
        ("units_in_stock", True),
        ("Lagerbestand (Stück)", True),
        ("product_availability", True),
        ("Qty available", True),
        ("total stock", True),
        ("stock_location", False),
        ("availability_date", False),
        ("Variant Inventory Policy", False),
        ("Menge", False),
    ],
)
def test_what_is_called_a_stock(name: str, stock: bool) -> None:
    """A name of several words is one where nothing in it says something else."""
    assert is_stock(name) is stock
