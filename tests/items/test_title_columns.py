"""Which column of a catalogue is taken for what, in several languages, and when none is."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path
from typing import Any

import pytest

from usbrec.errors import ConfigError, InputError, InputWarning
from usbrec.items import Catalogue, FieldMap, load_catalogue
from usbrec.items.constraints.column_types import is_price, is_stock
from usbrec.items.files.column_names import column_key

TITLES = [
    "Der Zauberberg",
    "Heat",
    "Im Westen nichts Neues",
    "1984",
    "Signs",
    "Château Margaux",
    "Blue Train",
]
PEOPLE = ["Thomas Mann", "Michael Mann", "E. M. Remarque", "G. Orwell", "M. Night", "Ann Lee", "Miles D."]
#: What stands in the columns of these files, by the letter behind their names.
CELLS = {
    "t": TITLES,
    "p": PEOPLE,
    "i": [f"B00X4WHP{number}E" for number in range(7)],
    "n": [str(number * 1000 + 17) for number in range(7)],
    "y": [str(1990 + number) for number in range(7)],
    "g": ["Rot", "Blau", "Rot", "Blau", "Rot", "Blau", "Rot"],
    "d": [
        f"Ein langer Text über Nummer {number}, und noch mehr davon, und viel mehr." for number in range(7)
    ],
    "a": [f"{number},99 €" for number in range(7)],
    "u": [f"http://shop.example/{number}.jpg" for number in range(7)],
    "e": [""] * 7,
}


def columns(path: Path, header: str) -> Catalogue:
    """A file whose header is "name=letter; name=letter ..."."""
    names, kinds = zip(*(part.split("=") for part in header.split("; ")), strict=True)
    with (path / "shop.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *zip(*(CELLS[kind] for kind in kinds), strict=True)])
    return load_catalogue(path / "shop.csv")


def taken(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    assert catalogue.report is not None
    return {name: found for name, found in catalogue.report.columns.items() if found}


@pytest.mark.parametrize(
    "column",
    [
        "Weinname",
        "hotel_name",
        "book_title",
        "Produktbezeichnung",
        "nom",
        "nombre",
        "título",
        "名称",
        "movie_name",
        "Nombre del producto",
        "Nom du vin",
        "Name des Produkts",
        "Titre_film",
        "GameName",
        "Titel des Buchs",
        "书名",
        "電影名稱",
        "映画名",
        "상품명",
        "название",
        "Desígnation",
        "Filmtitel",
        "restaurant-name",
    ],
)
def test_a_column_that_is_called_a_title_is_one_in_any_language(tmp_path: Path, column: str) -> None:
    """A column that is called a title is one in any language, with the name of a kind before or behind it."""
    catalogue = columns(tmp_path, f"Bild=u; Farbe=g; {column}=t")
    assert [item.title for item in catalogue] == TITLES
    assert taken(catalogue) == {"title": (column,)}


@pytest.mark.parametrize("column", ["game", "Artikel", "Movie", "produit", "vino", "商品", "책", "Книга"])
def test_a_kind_of_item_by_itself_is_the_title_where_its_cells_are(tmp_path: Path, column: str) -> None:
    """What one item is called is a column of titles where words stand in it, and none where numbers or
    codes do."""
    assert taken(columns(tmp_path, f"{column}=t; Farbe=g"))["title"] == (column,)
    for kind in "niyau":
        with pytest.raises(InputError, match="no title column"):
            columns(tmp_path, f"{column}={kind}; Farbe=g")
    assert taken(columns(tmp_path, f"{column}=n; name=t"))["title"] == ("name",)


@pytest.mark.parametrize(
    "column",
    [
        "Art.-Nr.",
        "SKU",
        "asin",
        "ISBN",
        "tconst",
        "EAN",
        "wine_id",
        "Artikel-Nr",
        "ISBN-13",
        "Código",
        "番号",
    ],
)
def test_a_column_of_ids_is_found_by_its_name(tmp_path: Path, column: str) -> None:
    """A column of ids is found by its name, whatever signs stand in it."""
    catalogue = columns(tmp_path, f"{column}=i; name=t")
    assert [item.id for item in catalogue] == CELLS["i"]


def test_numbers_of_something_else_are_no_ids(tmp_path: Path) -> None:
    """The ids of hosts and users are none of items, and a column of ids that repeats goes behind one that
    does not."""
    assert "id" not in taken(columns(tmp_path, "host_id=n; user_id=i; name=t"))
    assert taken(columns(tmp_path, "id=g; sku=i; name=t"))["id"] == ("sku",)
    assert taken(columns(tmp_path, "id=e; sku=i; name=t"))["id"] == ("sku",)


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (
            "Artikelnummer=i; Produktbezeichnung=t; Kategorie=g; Hersteller=p; Artikelbeschreibung=d; Jahr=y",
            {
                "id": "Artikelnummer",
                "title": "Produktbezeichnung",
                "genres": "Kategorie",
                "people": "Hersteller",
            }
            | {"text": "Artikelbeschreibung", "year": "Jahr"},
        ),
        (
            "Código=i; Título=t; Género=g; Autor=p; Sinopsis=d; Año=y; Número de reseñas=n",
            {"id": "Código", "title": "Título", "genres": "Género", "people": "Autor", "text": "Sinopsis"}
            | {"year": "Año", "popularity": "Número de reseñas"},
        ),
        (
            "Référence=i; Titre=t; Catégorie=g; Réalisateur=p; Résumé=d; Année=y; Nombre de votes=n",
            {"id": "Référence", "title": "Titre", "genres": "Catégorie", "people": "Réalisateur"}
            | {"text": "Résumé", "year": "Année", "popularity": "Nombre de votes"},
        ),
        (
            "ISBN=i; 书名=t; 作者=p; 出版社=g; 出版年=y; 类型=g; 内容简介=d; 评价人数=n",
            {
                "id": "ISBN",
                "title": "书名",
                "people": "作者",
                "year": "出版年",
                "genres": "类型",
                "text": "内容简介",
            }
            | {"popularity": "评价人数"},
        ),
        (
            "track_id=i; artists=p; album_id=n; track_name=t; popularity=n; duration_ms=n; track_genre=g",
            {"id": "track_id", "people": "artists", "title": "track_name", "popularity": "popularity"}
            | {"genres": "track_genre"},
        ),
        (
            "AppID=n; Name=t; Release date=y; Price=a; About the game=d; Developers=p; Genres=g",
            {
                "id": "AppID",
                "title": "Name",
                "year": "Release date",
                "text": "About the game",
                "genres": "Genres",
            }
            | {"people": "Developers"},
        ),
        (
            "id=n; name=t; host_id=n; host_name=p; room_type=g; price=a; number_of_reviews=n",
            {"id": "id", "title": "name", "popularity": "number_of_reviews"},
        ),
        (
            "book=t; author=p; description=d; genres=g; avg_rating=y; num_ratings=n; url=u",
            {"title": "book", "people": "author", "text": "description", "genres": "genres"}
            | {"popularity": "num_ratings"},
        ),
        (
            "movie_title=t; director_name=p; movie_genres=g; title_year=y; num_voted_users=n; movie_link=u",
            {
                "title": "movie_title",
                "people": "director_name",
                "genres": "movie_genres",
                "year": "title_year",
            }
            | {"popularity": "num_voted_users"},
        ),
    ],
)
def test_the_columns_of_files_as_they_are_found(tmp_path: Path, header: str, wanted: dict[str, str]) -> None:
    """Columns in German, Spanish, French and Chinese, and those of widely used files, are what they say."""
    found = taken(columns(tmp_path, header))
    assert found == {name: (column,) for name, column in wanted.items()}


@pytest.mark.parametrize(
    ("header", "title", "passed"),
    [
        ("title=t; name=p", "title", ("name",)),
        ("name=p; title=t", "title", ("name",)),
        ("title=g; name=t", "name", ()),
        ("title=e; name=t", "name", ()),
        ("name=g; product_name=t", "product_name", ()),
        ("nombre=n; produit=t", "produit", ()),
        ("nombre_de_pages=n; titre=t", "titre", ()),
        ("hotel_name=t; restaurant_name=p", "hotel_name", ("restaurant_name",)),
    ],
)
def test_of_two_columns_of_titles_one_is_taken_and_the_other_told(
    tmp_path: Path, header: str, title: str, passed: tuple[str, ...]
) -> None:
    """Of two columns that are called titles the one whose cells are is taken; of two such one, and you
    are told."""
    if passed:
        with pytest.warns(InputWarning) as caught:
            catalogue = columns(tmp_path, header)
        told = str(caught[0].message)
        assert f"titles are taken from {title!r} and not from {passed[0]!r}" in told
        assert "To say otherwise: title = " in told
        other = load_catalogue(tmp_path / "shop.csv", FieldMap(title=passed[0]))
        assert taken(other)["title"] == passed
    else:
        catalogue = columns(tmp_path, header)
    assert taken(catalogue)["title"] == (title,)
    assert [item.title for item in catalogue] == TITLES
    assert catalogue.report is not None
    assert catalogue.report.titles_not_from == passed


OTHERS = ["River Hall", "Old Barn", "Town Stage", "Harbour House", "Castle Yard", "Old Mill", "Quay"]
FIRST = ["Thomas", "Michael", "Erich", "George", "Manoj", "Ann", "Miles"]


@pytest.mark.parametrize(
    ("header", "title", "passed"),
    [
        # A part of a person's name beside "name" says whose name it is.
        ("Name=p; Vorname=f; Werk=t; Preis=a", "Werk", ()),
        ("nombre=f; apellido=p; libro=t; precio=a", "libro", ()),
        ("nombre=f; apellido=p; obra=t; precio=a", "obra", ()),
        ("first_name=f; name=p; work=t; price=a", "work", ()),
        ("Nom=p; Prénom=f; Titre=t; Prix=a", "Titre", ()),
        ("last_name=p; name=f; book_title=t; price=a", "book_title", ()),
        # Where the items may be people themselves, or where nothing says whose name it is, the other is told.
        ("last_name=p; name=t; Opus=o; price=a", "name", ("Opus",)),
        ("first_name=f; name=t; price=a", "name", ("first_name",)),
        ("name=t; book=o; price=a", "name", ("book",)),
        ("name=t; film=o; price=a", "name", ("film",)),
        # What takes place goes before where it does, and both are told.
        ("Event=t; Venue=o; Date=y", "Event", ("Venue",)),
        ("Performance=t; Venue=o", "Performance", ("Venue",)),
        ("Venue=o; Exhibition=t", "Exhibition", ("Venue",)),
        ("Tour=t; Destination=o", "Tour", ("Destination",)),
        ("Trip=t; Hotel=o", "Trip", ("Hotel",)),
        ("Course=t; Restaurant=o", "Course", ("Restaurant",)),
        ("Hotel=t; Property=o", "Hotel", ("Property",)),
        ("Hotel=t; Chef=o", "Hotel", ("Chef",)),
        ("Plant=o; Product=t", "Product", ("Plant",)),
        ("Work=o; Artwork=t", "Artwork", ("Work",)),
        ("Treatment=o; Product=t", "Product", ("Treatment",)),
        ("Podcast Title=t; Episode Title=o", "Podcast Title", ("Episode Title",)),
        # Nothing to tell.
        ("title=t; taster_name=o; price=a", "title", ()),
        ("name=t; album=o; price=a", "name", ()),
        ("Hotel=t; price=a", "Hotel", ()),
        ("Venue=t; City=o", "Venue", ()),
        ("name=t; genre=g; book=n", "name", ()),
    ],
)
def test_of_a_title_and_its_rival_none_is_taken_without_a_word(
    tmp_path: Path, header: str, title: str, passed: tuple[str, ...]
) -> None:
    """Where another column may as well hold the titles you are told, unless the names say which it is."""
    cells = {**CELLS, "o": OTHERS, "f": FIRST}
    names, kinds = zip(*(part.split("=") for part in header.split("; ")), strict=True)
    with (tmp_path / "shop.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([names, *zip(*(cells[kind] for kind in kinds), strict=True)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InputWarning)
        catalogue = load_catalogue(tmp_path / "shop.csv")
    assert catalogue.report is not None
    assert (taken(catalogue)["title"], catalogue.report.titles_not_from) == ((title,), passed)
    assert [item.title for item in catalogue] == TITLES
    told = "".join(str(warning.message) for warning in caught)
    assert [f"and not from {name!r}" in told for name in passed] == [True for _ in passed]
    assert bool(told) == bool(passed)


@pytest.mark.parametrize(
    ("column", "cells", "attribute"),
    [
        ("popularity", ["high", "low", "medium", "low", "high"], "popularity"),
        ("Reviews", ["Great", "Broke after a week", "Heavy", "Love it", "Solid"], "popularity"),
        ("count", ["many", "few", "many", "few", "few"], "popularity"),
        ("released", ["yes", "no", "yes", "no", "no"], "year"),
        ("star", ["yes", "no", "yes", "no", "no"], "people"),
        ("artist", ["1", "2", "3", "4", "5"], "people"),
    ],
)
def test_a_column_that_is_not_what_it_is_called_is_a_further_one_and_told(
    tmp_path: Path, column: str, cells: list[str], attribute: str
) -> None:
    """Where no cell is what its column's name says, the cells are kept as they are, and you are told."""
    with (tmp_path / "shop.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("title", column), *zip(TITLES[:5], cells, strict=True)])
    with pytest.warns(InputWarning, match=f"'{column}': its cells are no {attribute}"):
        catalogue = load_catalogue(tmp_path / "shop.csv")
    assert attribute not in taken(catalogue)
    assert [item.extra[column] for item in catalogue] == cells
    assert all(item.popularity == 0 and item.year is None and not item.people for item in catalogue)


@pytest.mark.parametrize(
    ("column", "cells", "attribute", "broken"),
    [
        (
            "popularity",
            ["12", "1.2k", "many", "n/a", ""],
            "popularity",
            ["line 4: popularity: no"],
        ),
        ("released", ["1999", "2001-05-01", "soon", "tba", "-500"], "year", ["line 4: released: no"]),
        ("artist", ["311", "Adele", "1975", "Yes", "U2"], "people", []),
        ("stars", ["Ann Lee", "Jo Fox", "Max Au", "", "Li Na"], "people", []),
    ],
)
def test_a_few_odd_cells_leave_a_column_what_it_is_called(
    tmp_path: Path, column: str, cells: list[str], attribute: str, broken: list[str]
) -> None:
    """A few cells that are none of the attribute are told with their place, and the others count."""
    with (tmp_path / "shop.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("title", column), *zip(TITLES[:5], cells, strict=True)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)
        catalogue = load_catalogue(tmp_path / "shop.csv")
    assert taken(catalogue)[attribute] == (column,)
    assert catalogue.report is not None
    assert not catalogue.report.not_taken
    assert [
        told.startswith(place) for told, place in zip(catalogue.report.broken_cells, broken, strict=True)
    ] == [True for _ in broken]


def test_another_column_takes_the_place_of_one_that_is_not_what_it_is_called(tmp_path: Path) -> None:
    """Of "popularity" with words and "votes" with numbers the latter is the popularity."""
    (tmp_path / "a.csv").write_text("title,popularity,votes\nHeat,high,12\nSigns,low,3\nEmma,low,4\n")
    with pytest.warns(InputWarning, match="'popularity': its cells are no popularity"):
        catalogue = load_catalogue(tmp_path / "a.csv")
    assert [item.popularity for item in catalogue] == [12, 3, 4]
    assert [item.extra for item in catalogue] == [{"popularity": word} for word in ("high", "low", "low")]


def test_titles_in_several_languages_are_titles_of_one_item(tmp_path: Path) -> None:
    """Of "title_en" and "title_de" the first is the title, and the other a further one."""
    catalogue = columns(tmp_path, "title_en=t; title_de=p; year=y")
    assert (catalogue.items[0].title, catalogue.items[0].also) == ("Der Zauberberg", ("Thomas Mann",))
    assert taken(columns(tmp_path, "original_title=t; year=y")) == {
        "title": ("original_title",),
        "year": ("year",),
    }


@pytest.mark.parametrize("column", ["x", "ürün", "Sortenname", "Kram"])
def test_where_no_name_says_it_the_only_column_with_titles_is_taken_and_told(
    tmp_path: Path, column: str
) -> None:
    """Where no name says it the only column whose cells can be titles is taken and told; --strict refuses."""
    with pytest.warns(InputWarning, match=f"no column is called a title; by its cells it is '{column}'"):
        catalogue = columns(tmp_path, f"nr=i; {column}=t; Farbe=g; Preis=a; Bild=u; Lang=d")
    assert [item.title for item in catalogue] == TITLES
    with pytest.raises(ConfigError, match="Say which it is"):
        load_catalogue(tmp_path / "shop.csv", strict=True)
    assert len(load_catalogue(tmp_path / "shop.csv", FieldMap(title=column), strict=True)) == len(TITLES)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("Opus=t; Von=p", "no column is plainly the title; it could be 'Opus' or 'Von'"),
        ("first_name=p; last_name=t", "no title column"),
        ("username=t; rating=n", "no title column"),
        ("host_name=p; address=t", "no title column"),
        ("image=t; id=n", "no title column"),
        ("x=i; y=n", "no title column"),
        ("x=u; y=y", "no title column"),
        ("x=g; y=a", "no title column"),
        ("x=d; y=a", "no title column"),
        ("description=t; id=n", "no title column"),
    ],
)
def test_a_file_whose_titles_cannot_be_known_is_refused(tmp_path: Path, header: str, why: str) -> None:
    """A file whose titles cannot be known is refused, and the message says what it could be and how to
    say it."""
    with pytest.raises(InputError, match=why) as caught:
        columns(tmp_path, header)
    assert 'say which it is: title = "..."' in str(caught.value)


def test_few_rows_do_not_decide_by_their_cells(tmp_path: Path) -> None:
    """Two rows are too few to tell titles from anything else, but a name that says it is enough."""
    (tmp_path / "a.csv").write_text("x,y\nHeat,1\nSigns,2\n")
    with pytest.raises(InputError, match="no title column"):
        load_catalogue(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("game,y\nHeat,1\nSigns,2\n")
    assert [item.title for item in load_catalogue(tmp_path / "a.csv")] == ["Heat", "Signs"]


@pytest.mark.parametrize(
    ("name", "price", "stock"),
    [
        ("Precio (€)", True, False),
        ("prix", True, False),
        ("售价", True, False),
        ("价格(元)", True, False),
        ("Preço", True, False),
        ("sticker", False, False),
        ("priority", False, False),
        ("en_stock", False, True),
        ("库存", False, True),
        ("stockings", False, False),
    ],
)
def test_prices_and_stocks_have_names_in_other_languages(name: str, price: bool, stock: bool) -> None:
    """Columns of prices and stocks are known by their names in other languages, and not by half a name."""
    assert (is_price(name), is_stock(name)) == (price, stock)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Art.-Nr.", "artnr"),
        ("Título", "titulo"),
        ("Movie ID", "movieid"),
        ("名 称", "名称"),
        ("#", "#"),
        ("가격", "가격"),
    ],
)
def test_a_name_is_compared_by_its_letters_and_digits(name: str, key: Any) -> None:
    """A column's name is compared by its letters and digits, without accents."""
    assert column_key(name) == key
