"""Columns of catalogues in languages beside English and German: what each holds, and the kind of item."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import pytest

from usbrec.errors import InputWarning
from usbrec.items import load_catalogue
from usbrec.items.constraints.column_roles import is_maker, is_origin, is_present_price
from usbrec.items.constraints.column_types import is_stock
from usbrec.items.kinds import kind_of, noun_in

# A header, and one cell a column; id, title, person, year and genre first.
_BOOKS = {
    "es": "código,título,autor,año,género,precio,existencias,descripción,idioma,url,imagen,valoración",
    "fr": "référence,titre,auteur,année,genre,prix,stock,résumé,langue,lien,image,note",
    "it": "codice,titolo,autore,anno,genere,prezzo,disponibilità,descrizione,lingua,link,immagine,voto",
    "pt": "código,título,autor,ano,gênero,preço,estoque,descrição,idioma,link,imagem,avaliação",
    "nl": "id,titel,auteur,jaar,genre,prijs,voorraad,beschrijving,taal,link,afbeelding,beoordeling",
    "zh": "编号,书名,作者,出版年份,类型,价格,库存,简介,语言,链接,图片,评分",
    "ja": "番号,書名,著者,発行年,ジャンル,価格,在庫,説明,言語,リンク,画像,評価",
    "ko": "번호,책제목,저자,출판년도,장르,가격,재고,설명,언어,링크,이미지,평점",
}
_DIRECTORS = {
    "es": "director,reparto",
    "fr": "réalisateur,acteurs",
    "it": "regista,attori",
    "pt": "diretor,elenco",
    "nl": "regisseur,acteurs",
    "zh": "导演,主演",
    "ja": "監督,出演者",
    "ko": "감독,출연",
}


def _file(path: Path, header: str) -> Path:
    rows = [
        f"A{n},Obra {word},Ana Ruiz {n},{1990 + n},drama,{n + 3}.50,{n},Un texto largo {n} sobre {word},es,"
        f"https://example.org/{n},{n}.jpg,4.{n}"
        for n, word in enumerate(("verde", "larga", "azul", "clara", "brava", "menor"))
    ]
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("language", _BOOKS)
def test_the_usual_columns_of_a_shop_are_known_in_its_language(language: str, tmp_path: Path) -> None:
    header = _BOOKS[language]
    catalogue = load_catalogue(_file(tmp_path / "shop.csv", header))
    names = header.split(",")
    report = catalogue.report
    assert report is not None
    taken = {use: columns for use, columns in report.columns.items() if columns}
    expected = dict(zip(("id", "title", "people", "year", "genres"), names, strict=False))
    assert taken == {use: (name,) for use, name in (expected | {"text": names[7]}).items()}
    item = catalogue.items[0]
    assert (item.id, item.title, item.people, item.year) == ("A0", "Obra verde", ("Ana Ruiz 0",), 1990)
    assert is_present_price(names[5])
    assert is_stock(names[6])
    assert is_maker(names[2])
    types = {column.name: column.type for column in report.types}
    assert types[names[5]] == types[names[11]] == "number"
    assert kind_of(catalogue) == "books"


@pytest.mark.parametrize("language", _DIRECTORS)
def test_a_director_or_a_cast_makes_a_catalogue_one_of_films(language: str, tmp_path: Path) -> None:
    people = _DIRECTORS[language]
    path = tmp_path / "items.csv"
    path.write_text(f"id,title,{people}\n1,Uno,Ana Ruiz,Luis Gil\n2,Dos,Eva Sol,Ana Ruiz\n", encoding="utf-8")
    catalogue = load_catalogue(path)
    assert kind_of(catalogue) == "films"
    assert catalogue.items[0].people == ("Ana Ruiz", "Luis Gil")


@pytest.mark.parametrize(
    ("file", "noun"),
    [
        ("libros.csv", "libros"),
        ("mis_películas.csv", "películas"),
        ("livres-2024.json", "livres"),
        ("prodotti.csv", "prodotti"),
        ("boeken.csv", "boeken"),
        ("Bücher.csv", "bücher"),
        ("电影列表.csv", "电影"),
        ("도서.csv", "도서"),
        ("日本.csv", None),
        ("booking.csv", None),
        ("barn.csv", None),
        ("data.csv", None),
    ],
)
def test_the_name_of_a_file_says_what_its_items_are_called(file: str, noun: str | None) -> None:
    assert noun_in(file) == noun


def test_two_columns_that_could_be_the_title_are_told_in_any_language(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text("id,título,nombre\n1,Rayuela,Ana\n2,Ficciones,Luis\n", encoding="utf-8")
    with pytest.warns(InputWarning, match="titles are taken from 'título' and not from 'nombre'"):
        report = load_catalogue(path).report
    assert report is not None
    assert (report.columns["title"], report.titles_not_from) == (("título",), ("nombre",))


@pytest.mark.parametrize("name", ["marca", "éditeur", "uitgever", "出版社", "ブランド", "제조사"])
def test_makers_are_known_in_more_languages(name: str) -> None:
    assert is_maker(name)


@pytest.mark.parametrize("name", ["país", "pays", "paese", "产地", "原産国", "원산지"])
def test_origins_are_known_in_more_languages(name: str) -> None:
    assert is_origin(name)


@pytest.mark.parametrize(
    ("cells", "value", "told"),
    [
        (["899.00", "49.99", "1.299"], 1299.0, False),
        (["0.99", "1.49", "12.99", "2.199"], 2.199, False),
        (["12.99", "9.50", "1.299"], 1299.0, True),
        (["0.99", "12.99", "899.00", "1.299"], 1299.0, True),
        (["12,99", "9,50", "1.299"], 1299.0, False),
        (["350", "89", "1.299"], 1299.0, False),
    ],
)
def test_points_before_three_digits_are_read_by_all_prices_of_their_column(
    cells: list[str], value: float, told: bool, tmp_path: Path
) -> None:
    path = tmp_path / "shop.csv"
    rows = [f"Lamp {n};{cell}" for n, cell in enumerate(cells)]
    path.write_text("\n".join(["title;price", *rows]) + "\n")
    with pytest.warns(InputWarning) if told else nullcontext():
        report = load_catalogue(path).report
    assert report is not None
    (price,) = report.types
    assert price.number(cells[-1]) == value
    assert bool(price.mixed) == told
    assert ("points before three digits" in report.told()) == told


@pytest.mark.parametrize(
    ("name", "cells", "values"),
    [
        ("votes", ["350", "1.299", "12.043"], [350, 1299, 12043]),
        ("votes", ["1.299", "2.431.000"], [1299, 2431000]),
        ("votes", ["1.299", "12.5"], [1.299, 12.5]),
        ("popularity", ["1.299", "350.123", "21.946"], [1.299, 350.123, 21.946]),
        ("popularity", ["350", "1.299"], [350, 1299]),
        ("popularity", ["3500", "1.299"], [3500, 1.299]),
        ("reviews", ["1,299", "350", "1.2k"], [1299, 350, 1200]),
    ],
)
def test_counts_with_points_before_three_digits_are_thousands(
    name: str, cells: list[str], values: list[float], tmp_path: Path
) -> None:
    path = tmp_path / "items.csv"
    path.write_text(
        "\n".join([f"title;{name}", *(f"Lamp {n};{cell}" for n, cell in enumerate(cells))]) + "\n"
    )
    assert [item.popularity for item in load_catalogue(path)] == values
