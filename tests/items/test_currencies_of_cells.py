"""Currencies of cells: amounts as people of several countries write them, and what is told of several."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from usbrec.errors import InputWarning
from usbrec.items import Catalogue, load_catalogue
from usbrec.items.files.amounts import currencies_of, money


def read(folder: Path, name: str, cells: list[str]) -> tuple[Catalogue, str]:
    """A catalogue with one further column, and what reading it told."""
    path = folder / "items.tsv"
    rows = [f"{place}\tThing {chr(65 + place)}\t{cell}" for place, cell in enumerate(cells)]
    path.write_text("\n".join([f"id\ttitle\t{name}", *rows]), encoding="utf-8")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", InputWarning)
        catalogue = load_catalogue(path)
    return catalogue, "".join(str(one.message) for one in told)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("１２００円", (1200, "円")),
        ("１，２００円", (1200, "円")),
        ("120 บาท", (120, "บาท")),
        ("12 dollars", (12, "dollars")),
        ("12€50", (12.5, "€")),
        ("١٢٠ ريال", (120, "ريال")),
        ("١٢٫٥ ريال", (12.5, "ريال")),
        ("Rs. 1,200", (1200, "Rs.")),
        ("kr 5,-", (5, "kr")),
        ("$12/month", None),
        ("12 pounds", None),
        ("12 players", None),
        ("12", None),
        ("1250", None),
    ],
)
def test_an_amount_is_read_in_any_digits(text: str, amount: tuple[float, str] | None) -> None:
    assert money(text) == amount


@pytest.mark.parametrize(
    "cells",
    [
        ["１２００円", "900円", "700円"],
        ["120 บาท", "80 บาท", "95 บาท"],
        ["12€50", "9 €", "14€"],
        ["١٢٠ ريال", "٨٠ ريال", "٩٠ ريال"],
        ["12 dollars", "9 dollars", "$8"],
    ],
)
def test_a_column_of_such_amounts_is_one_of_numbers(tmp_path: Path, cells: list[str]) -> None:
    catalogue, told = read(tmp_path, "cost", cells)
    numbers = [catalogue.types[0].number(item.extra["cost"]) for item in catalogue]
    assert numbers == [found[0] for cell in cells if (found := money(cell))]
    assert (len(numbers), told) == (3, "")


def test_prices_that_cannot_be_read_are_counted_whatever_the_column_is(tmp_path: Path) -> None:
    catalogue, told = read(tmp_path, "price", ["12 per head and night", "14 per head and night"])
    assert catalogue.types[0].unreadable == 2
    assert "'price': 2 cells are no numbers ('12 per head and night' in line 2" in told
    assert read(tmp_path, "price", ["on request", "on request"])[1] == ""


@pytest.mark.parametrize(
    ("signs", "currencies"),
    [
        (["¥", "円"], ["円"]),
        (["¥", "元"], ["元"]),
        (["₹", "Rs."], ["₹"]),
        (["€", "EUR", "euros"], ["€"]),
        (["€", "£"], ["€", "£"]),
        (["円", "元", "¥"], ["円", "元", "¥"]),
        (["kr", "SEK"], ["SEK"]),
    ],
)
def test_signs_of_one_currency_are_one(signs: list[str], currencies: list[str]) -> None:
    assert currencies_of(signs) == currencies


def test_several_currencies_are_a_warning_and_two_signs_of_one_are_none(tmp_path: Path) -> None:
    _, told = read(tmp_path, "price", ["9 €", "8 £", "7 €"])
    assert "the amounts of 'price' are in several currencies (€, £)" in told
    assert read(tmp_path, "price", ["¥900", "800円", "¥700"])[1] == ""
    assert read(tmp_path, "price", ["₹900", "Rs. 800", "INR 700"])[1] == ""
