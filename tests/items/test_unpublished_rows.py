"""Drafts, archived and hidden items of a shop's export are not for sale: they are left out, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from usbrec.errors import InputError, InputWarning
from usbrec.items import load_catalogue

SHOPIFY = """Handle,Title,Vendor,Published,Option1 Name,Option1 Value,Variant Price,Status
ossel-boot,Ossel Boot,Wesko,true,Size,41,79.00,active
ossel-boot,,,,,42,79.00,
marbel-cap,Marbel Cap,Wesko,true,,,19.00,draft
tolke-coat,Tolke Coat,Altro,false,,,149.00,active
virr-sock,Virr Sock,Altro,true,,,9.00,archived
"""
WOOCOMMERCE = """ID,Type,SKU,Name,Published,Is featured?,Visibility in catalog,Regular price
1,simple,A1,Ossel Boot,1,0,visible,79
2,simple,A2,Marbel Cap,-1,0,visible,19
3,simple,A3,Tolke Coat,1,0,hidden,149
4,simple,A4,Virr Sock,0,0,visible,9
5,simple,A5,Norr Belt,1,1,search,29
"""


def titles(path: Path, content: str) -> tuple[list[str], str]:
    file = path / "export.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.warns(InputWarning) as told:
        items = load_catalogue(file)
    return [item.title for item in items], "\n".join(str(one.message) for one in told)


def test_shopifys_drafts_and_archived_items_are_left_out(tmp_path: Path) -> None:
    found, told = titles(tmp_path, SHOPIFY)
    assert found == ["Ossel Boot"]
    assert "not for sale are left out: 1 with Status 'draft', 1 with Published 'false', 1 with Status" in told


def test_woocommerces_private_and_hidden_items_are_left_out(tmp_path: Path) -> None:
    found, told = titles(tmp_path, WOOCOMMERCE)
    assert found == ["Ossel Boot", "Norr Belt"]
    assert "1 with Published '-1'" in told
    assert "1 with Visibility in catalog 'hidden'" in told


def test_an_export_without_anything_for_sale_says_so(tmp_path: Path) -> None:
    file = tmp_path / "export.csv"
    lines = SHOPIFY.splitlines()
    file.write_text("\n".join([lines[0], lines[3], lines[5]]) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="left out: 1 with Status 'draft', 1 with Status 'archived'"):
        load_catalogue(file)


def test_columns_of_that_name_elsewhere_say_something_else(tmp_path: Path) -> None:
    file = tmp_path / "books.csv"
    file.write_text(
        "title,author,published,status\nOssel,Ana Kolm,0,draft\nMarbel,Jo Perl,1,archived\n", "utf-8"
    )
    assert len(load_catalogue(file)) == 2
