"""Exports of shops with all of their columns: one price, variants of an item together, nothing hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.shop import meeting, read_written
from usbrec.items.constraints.column_roles import asked_price, is_fee, present_prices
from usbrec.items.constraints.column_types import is_price, is_stock, said_of_stock
from usbrec.items.constraints.measures import unit_named
from usbrec.items.open import open_linker

SHOPIFY_HEADER = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Variant Grams,"
    "Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Compare At Price,Image Src,Cost per item,Included / EU,Price / EU,Compare At Price / EU,Status\n"
)
SHOPIFY = (
    SHOPIFY_HEADER
    + """lamp,Desk Lamp,<p>Warm &amp; fair</p>,Lumo,,,true,Hue,Black,900,s,3,deny,39,49,l,15,true,45,55,active
lamp,,,,,,,,White,700,shopify,0,deny,35,,,14,true,,,
rug,Wool Rug,,Norr,Rugs,wool,true,Title,Default Title,4000,,0,deny,120,,r,60,true,140,,active
rug,,,,,,,,,,,,,,,r2,,,,,
bowl,Oak Bowl,,Norr,Bowls,wood,true,Title,Default Title,300,shopify,0,continue,20,,b,8,true,,,active
vase,Clay Vase,,Kiln,Vases,clay,true,Title,Default Title,1200,shopify,0,deny,25,,v,9,true,,,active
clock,Wall Clock,,Lumo,Clocks,wood,true,Title,Default Title,700,shopify,8,deny,55,,c,22,true,,,active
clock-1,Wall Clock,,Kiln,Clocks,metal,true,Title,Default Title,700,shopify,2,deny,75,,d,31,true,,,active
"""
)
WOO_HEADER = (
    "ID,Type,SKU,Name,Published,Is featured?,Visibility in catalog,Date sale price starts,"
    "Date sale price ends,In stock?,Stock,Weight (kg),Sale price,Regular price,Categories,Parent,Brands,"
    "Attribute 1 name,Attribute 1 value(s)\n"
)
WOO = """11,simple,BT,Trail Bottle,1,0,visible,,,1,20,.3,,19.00,Bottles,,Hydra,Colour,"Red, Blue"
13,variation,SH-S,Rain Jacket - S,1,0,visible,2026-11-01,2026-12-31,1,3,.5,79.00,99.00,,SH,,Size,S
12,variable,SH,Rain Jacket,1,1,visible,,,1,,,,,"Clothing, Clothing > Jackets",,Norr,Size,"S, M"
14,variation,SH-M,Rain Jacket - M,1,0,visible,,,0,0,.6,,69.00,,id:12,,Size,M
15,variation,SH-L,Rain Jacket - L,0,0,visible,,,1,9,.7,,9.00,,SH,,Size,L
16,variable,,Secret Hat,-1,0,visible,,,1,,,,,Hats,,Norr,Size,"S, M"
17,variation,HA,Secret Hat - S,1,0,visible,,,1,9,.1,,25.00,,id:16,,Size,S
18,simple,MU,Enamel Mug,1,0,visible,,,1,0,.2,8.00,12.00,Mugs,,Hydra,Colour,White
19,variation,OLD,Lone Sock - S,1,0,visible,,,1,4,.1,,5.00,,SOCK,,Size,S
"""


def test_what_a_shopify_item_costs_is_no_price_of_another_market_and_not_what_the_shop_pays(
    tmp_path: Path,
) -> None:
    catalogue, told = read_written(tmp_path, SHOPIFY)
    assert [column.name for column in present_prices(catalogue.types)] == ["Variant Price"]
    assert meeting(catalogue, "Under 30 euro, please.") == ["bowl", "vase"]
    assert "Columns of single markets are not read: Compare At Price / EU, Included / EU, Price / EU" in told


def test_a_variant_that_is_gone_gives_its_item_neither_price_nor_weight(tmp_path: Path) -> None:
    """The white lamp is cheaper and sold out; an old price of the black one stays beside its own."""
    lamp = next(iter(read_written(tmp_path, SHOPIFY)[0])).extra
    cells = [lamp[name] for name in ("Variant Price", "Variant Compare At Price", "Variant Grams", "Hue")]
    assert cells == ["39", "49", "900", "Black, White"]


def test_an_old_price_of_a_dearer_variant_is_not_the_items(tmp_path: Path) -> None:
    rows = "lamp,Desk Lamp,,Lumo,Lamps,led,true,Colour,Black,900,shopify,3,deny,39,,l,15,true,,,active\n"
    rows += "lamp,,,,,,,,White,700,shopify,2,deny,59,79,,14,true,,,\n"
    (lamp,) = read_written(tmp_path, SHOPIFY_HEADER + rows)[0]
    assert (lamp.extra["Variant Price"], lamp.extra.get("Variant Compare At Price")) == ("39", None)


def test_what_is_not_counted_or_can_be_ordered_without_stock_is_there(tmp_path: Path) -> None:
    """Shopify writes 0 for a stock that it does not track."""
    found = meeting(read_written(tmp_path, SHOPIFY)[0], "It has to be in stock.")
    assert found == ["lamp", "rug", "bowl", "clock", "clock-1"]


def test_a_shopify_item_is_known_by_its_handle_and_its_vendor(tmp_path: Path) -> None:
    """Two clocks of one name by two makers are two items, and descriptions have no tags."""
    catalogue, told = read_written(tmp_path, SHOPIFY)
    assert "cannot be used" not in told
    assert [item.people for item in catalogue if item.title == "Wall Clock"] == [("Lumo",), ("Kiln",)]
    assert next(iter(catalogue)).text == "Warm & fair"
    (mention,) = open_linker(catalogue).link("Take the Kiln Wall Clock.")
    assert mention.candidates == ("clock-1",)


def test_a_woocommerce_item_costs_its_offer_or_its_usual_price(tmp_path: Path) -> None:
    """The dates of an offer are no offers themselves."""
    catalogue = read_written(tmp_path, WOO_HEADER + WOO)[0]
    assert meeting(catalogue, "Under 30 euro, please.") == ["11", "18", "19"]
    assert meeting(catalogue, "Under 10 euro, please.") == ["18", "19"]


def test_variations_are_read_with_their_item_wherever_they_stand(tmp_path: Path) -> None:
    """The cheaper size is gone, the cheapest is not published; a variation of no item of the file is one."""
    catalogue, told = read_written(tmp_path, WOO_HEADER + WOO)
    items = {item.id: item for item in catalogue}
    assert list(items) == ["11", "12", "18", "19"]
    jacket = items["12"].extra
    shown = [jacket[name] for name in ("price", "Size", "Stock", "In stock?", "Weight (kg)")]
    assert shown == ["79.00", "S, M", "3", "1", ".5"]
    assert "2 rows are variants of another item (by 'Parent')" in told
    assert "2 rows of variants are not for sale, or of items that are not" in told


@pytest.mark.parametrize(
    ("name", "price"),
    [
        ("Kaltmiete", True),
        ("rent_warm", True),
        ("Gesamtpreis", True),
        ("Aktionspreis", True),
        ("Date sale price starts", False),
        ("for_rent", False),
    ],
)
def test_what_is_called_a_price(name: str, price: bool) -> None:
    assert is_price(name) is price


@pytest.mark.parametrize("name", ["Cost per item", "Kaution", "deposit", "Preis pro Liter", "Versandkosten"])
def test_what_is_paid_beside_a_price_is_a_fee(name: str) -> None:
    assert is_fee(name)


def test_a_bound_on_what_a_flat_costs_is_about_its_rent(tmp_path: Path) -> None:
    """It was held against the deposit, because that alone had a currency."""
    rows = "id,title,deposit,rent\na,Loft,900 €,1200 €\nb,Attic,2000 €,700 €\n"
    assert meeting(read_written(tmp_path, rows)[0], "Under 1000 euro, please.") == ["b"]
    other = "id,title,deposit,fee for cleaning,monthly\na,Loft,900 €,50 €,1200 €\nb,Attic,2000 €,60 €,700 €\n"
    price = asked_price(read_written(tmp_path, other)[0].types)
    assert price is not None
    assert price.name == "monthly"


def test_of_two_prices_the_one_with_tax_is_what_people_pay(tmp_path: Path) -> None:
    rows = "id,title,price_net,price_gross\na,Disc,41,49\nb,Pad,9,11\n"
    assert meeting(read_written(tmp_path, rows)[0], "Under 10, please.") == []


@pytest.mark.parametrize(
    ("name", "stock"),
    [
        ("seats_left", True),
        ("freie Plätze", True),
        ("available_rooms", True),
        ("Zimmer", False),
        ("rooms", False),
        ("left", False),
        ("available_from", False),
    ],
)
def test_what_can_be_booked_has_a_stock(name: str, stock: bool) -> None:
    assert is_stock(name) is stock


@pytest.mark.parametrize(
    ("cell", "there"),
    [("sofort", True), ("ausgebucht", False), ("fully booked", False), ("vermietet", False), ("maybe", None)],
)
def test_what_is_booked_or_sold_is_gone(cell: str, there: bool | None) -> None:
    assert said_of_stock(cell) is there


def test_a_column_that_says_that_items_are_gone_says_which_are_there(tmp_path: Path) -> None:
    catalogue, _ = read_written(tmp_path, "id,title,price,sold_out\na,Loft,5,no\nb,Attic,7,yes\nc,Hut,7,\n")
    assert meeting(catalogue, "It has to be in stock.") == ["a"]
    assert catalogue.report is not None
    assert "'in stock' is what 'sold_out' denies" in catalogue.report.columns_told()


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("hours_per_week", "hour"),
        ("duration_weeks", "week"),
        ("kwh_per_100_km", "kwh"),
        ("words_per_minute", ""),
        ("price_per_night", ""),
    ],
)
def test_the_unit_of_a_name_is_that_of_what_is_counted(name: str, unit: str) -> None:
    assert unit_named(name) == unit


@pytest.mark.parametrize(
    ("header", "rows", "numbers"),
    [
        ("Preis;Kilometerstand", ["9.450 €;98.500 km", "6.900 €;15 km"], [98_500, 15]),
        ("Verbrauch;Kilometerstand", ["5,8 l/100km;98.500 km", "4,6 l/100km;12.300 km"], [98_500, 12_300]),
        ("price;weight", ["€9,450;1.250 kg", "€6.50;2.125 kg"], [1.25, 2.125]),
    ],
)
def test_points_before_three_digits_are_what_the_rest_of_the_file_says(
    tmp_path: Path, header: str, rows: list[str], numbers: list[float]
) -> None:
    """A mileage of 98.500 km beside a price of 9.450 € is no trip of a hundred kilometres."""
    lines = [f"{place};Car {place};{row}" for place, row in enumerate(rows)]
    catalogue = read_written(tmp_path, "\n".join([f"id;title;{header}", *lines]))[0]
    column = catalogue.types[-1]
    assert [column.number(item.extra[column.name]) for item in catalogue] == numbers


@pytest.mark.parametrize("cells", [("98.500 km", "12.300 km"), ("1.234", "89")])
def test_points_that_nothing_explains_are_told(tmp_path: Path, cells: tuple[str, str]) -> None:
    told = read_written(tmp_path, f"id;title;km\na;A;{cells[0]}\nb;B;{cells[1]}\n")[1]
    assert "which nothing in the file explains: they are read as of fractions" in told


def test_two_things_of_one_name_by_two_makers_are_two_items_without_ids(tmp_path: Path) -> None:
    catalogue, told = read_written(
        tmp_path, "name,maker,price\nClock,Lumo,5\nClock,Kiln,7\nClock,Kiln,7\nLamp,Lumo,3\n"
    )
    assert [item.id for item in catalogue] == ["Clock", "Clock, Kiln", "Lamp"]
    assert "id 'Clock, Kiln' stands already in line 3" in told


@pytest.mark.parametrize("name", ["PZN", "part_no", "job_id", "Objektnummer"])
def test_more_names_of_ids(tmp_path: Path, name: str) -> None:
    catalogue = read_written(tmp_path, f"{name},title\n077,Thing\n078,Thing\n")[0]
    assert [item.id for item in catalogue] == ["077", "078"]


def test_tags_of_html_are_taken_out_of_every_cell(tmp_path: Path) -> None:
    rows = "id,title,category,details\n1,Cap,<span>Hats</span>,<p>Dry &amp; warm</p>\n2,Hat,Hats,5 < 6\n"
    catalogue = read_written(tmp_path, rows)[0]
    assert [(item.genres, item.extra["details"]) for item in catalogue] == [
        (("Hats",), "Dry & warm"),
        (("Hats",), "5 < 6"),
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "pool, gym",
        "pool / gym",
        "pool • gym",
        "pool\ngym",
        "- pool\n- gym",
        "<ul><li>pool</li><li>gym</li></ul>",
        "pool<br>gym",
    ],
)
def test_several_things_in_one_cell_are_several(tmp_path: Path, cell: str) -> None:
    """However a shop writes its lists; a text of several lines stays one."""
    rows = f'id,title,price,amenities\n1,Inn,5,"{cell}"\n2,Hall,6,gym\n3,Hut,7,sauna\n'
    assert meeting(read_written(tmp_path, rows)[0], "It has to have a pool.") == ["1"]


def test_lines_of_a_text_are_no_list(tmp_path: Path) -> None:
    text = "Warm and dry.\nMade for long walks in the rain."
    (item,) = read_written(tmp_path, f'id,title,care\n1,Coat,"{text}"\n')[0]
    assert item.extra["care"] == "Warm and dry. Made for long walks in the rain."


def test_the_year_of_a_car_is_that_of_its_first_registration(tmp_path: Path) -> None:
    (item,) = read_written(tmp_path, "id;Bezeichnung;Erstzulassung\n1;Ossel Kombi;03/2016\n")[0]
    assert item.year == 2016


def test_a_price_of_nothing_among_others_is_told(tmp_path: Path) -> None:
    """It may be a price that nobody entered; in a list of free things it is none."""
    rows = ["1,Ossel Lamp,0.00", "2,Marbel Lamp,9", "3,Tolke Lamp,12"]
    told = read_written(tmp_path, "\n".join(["id,title,price", *rows]))[1]
    assert "1 prices are 0, which is read as free" in told
    assert (
        "which is read as free"
        not in read_written(tmp_path, "id,title,price\n1,Walk,0\n2,Talk,0\n3,Tour,5\n")[1]
    )


MAGENTO_HEADER = (
    "sku,name,product_type,price,special_price,special_price_from_date,qty,is_in_stock,product_online,"
    "visibility,additional_attributes,configurable_variations\n"
)
MAGENTO = """A,Ossel Bag,simple,45,39,1/1/2026,10,1,1,"Catalog, Search","color=Black,material=Leather",
B,Tolke Bag,configurable,,,,0,1,1,"Catalog, Search",,"sku=C,size=S|sku=D,size=L"
C,Tolke Bag-S,simple,60,,,3,1,1,Not Visible Individually,size=S,
D,Tolke Bag-L,simple,50,,,0,0,1,Not Visible Individually,size=L,
E,Virr Bag,simple,25,,,5,1,2,"Catalog, Search",color=Black,
F,Lone Bag,simple,20,,,5,1,1,Not Visible Individually,color=Black,
"""
SHOPWARE_HEADER = (
    "id;parentId;productNumber;name;manufacturer;price_net;price_gross;purchase_prices_gross;stock;active\n"
)
SHOPWARE = """a;;SW1;Ossel Lampe;Lumo;33,61;39,99;10,00;0;1
b;a;SW1.1;;;42,01;49,99;11,00;3;1
c;a;SW1.2;;;25,20;29,99;11,00;0;1
d;;SW2;Tolke Lampe;Lumo;16,80;19,99;5,00;3;0
e;d;SW2.1;;;16,80;19,99;5,00;3;1
"""
PRESTASHOP = """Product ID;Name;Reference;Category;Price (tax excl.);Price (tax incl.);Quantity;Status
1;Oak Chair;CH;Chairs;100.00;119.00;4;1
2;Iron Bench;BE;Benches;40.00;47.60;9;0
"""


def test_a_magento_export_has_attributes_variants_and_what_is_online(tmp_path: Path) -> None:
    """What is not visible by itself is a variant, or in no shop."""
    catalogue = read_written(tmp_path, MAGENTO_HEADER + MAGENTO)[0]
    assert [item.id for item in catalogue] == ["A", "B"]
    assert meeting(catalogue, "In black, please.") == ["A"]
    bag = list(catalogue)[1].extra
    assert [bag[name] for name in ("current price", "size", "qty")] == ["60", "S, L", "3"]


def test_a_shopware_export_has_variants_by_their_parent(tmp_path: Path) -> None:
    """The cheaper one is gone; what is not active has no variants; what the shop pays is no price."""
    (lamp,) = read_written(tmp_path, SHOPWARE_HEADER + SHOPWARE)[0]
    assert (lamp.title, lamp.extra["price_gross"], lamp.extra["stock"]) == ("Ossel Lampe", "49,99", "3")
    assert is_fee("purchase_prices_gross")


def test_a_price_that_is_told_with_its_tax_is_no_fee(tmp_path: Path) -> None:
    """PrestaShop's "Price (tax incl.)" was none, so that nothing had a price."""
    catalogue = read_written(tmp_path, PRESTASHOP)[0]
    assert next(column.name for column in present_prices(catalogue.types)) == "Price (tax incl.)"
    assert [item.id for item in catalogue] == ["1"]
    assert is_fee("tax")
    assert is_fee("shipping incl. tax")


@pytest.mark.parametrize(
    "cells",
    [
        ["inklusive", "nicht enthalten", "auf Anfrage", "ja", "ja"],
        ["erlaubt", "nicht erlaubt", "auf Anfrage", "erlaubt", "erlaubt"],
        ["included", "not included", "on request", "included", "included"],
        ["allowed", "forbidden", "on request", "allowed", "yes"],
        ["vorhanden", "keine", "auf Anfrage", "vorhanden", "vorhanden"],
    ],
)
def test_yes_and_no_in_other_words(tmp_path: Path, cells: list[str]) -> None:
    rows = [f"{place};Inn {place};{cell}" for place, cell in enumerate(cells)]
    catalogue = read_written(tmp_path, "\n".join(["id;title;breakfast", *rows]))[0]
    (column,) = catalogue.types
    said = [column.said(item.extra["breakfast"]) for item in catalogue]
    assert (column.type, said) == ("yes-no", [True, False, None, True, True])
