"""Further titles: a.k.a., originals in brackets, articles, subtitles, numbers; and texts that name them."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Catalogue, Linker, TitleMatcher
from usbrec.items.further_titles import read_titles


@pytest.mark.parametrize(
    ("cell", "title", "also", "year"),
    [
        ("Tin Drum, The (Blechtrommel, Die) (1979)", "The Tin Drum", ("Die Blechtrommel",), 1979),
        ("Hell (Enfer, L') (1994)", "Hell", ("L'Enfer",), 1994),
        ("Storm (a.k.a. Big Storm, a.k.a. Gale) (1990)", "Storm", ("Big Storm", "Gale"), 1990),
        ("Storm (aka Gale) (Sturm, Der) (1990)", "Storm", ("Gale", "Der Sturm"), 1990),
        ("Storm aka Gale (1990)", "Storm", ("Gale",), 1990),
        (
            "I Am Peru (Soy Peru/Ya Peru) (1964)",
            "I Am Peru",
            ("Soy Peru/Ya Peru", "Soy Peru", "Ya Peru"),
            1964,
        ),
        ("Away (千の神)", "Away", ("千の神",), None),
        ("Prince, The (Wizards, #6)", "The Prince", (), None),
        ("Saga (Saga, #1)", "Saga", (), None),
        ("Saga (Saga, #2)", "Saga (Saga, #2)", (), None),
        ("Saga (Saga, #1-3)", "Saga (Saga, #1-3)", (), None),
        ("The Hunger Games (The Hunger Games, #1)", "The Hunger Games", (), None),
        ("Dark (Director's Cut) (2002)", "Dark (Director's Cut)", (), 2002),
        ("Bird or (The Virtue of Ignorance) (2014)", "Bird or (The Virtue of Ignorance)", (), 2014),
        ("Shirt (Pack of 3)", "Shirt (Pack of 3)", (), None),
        ("Live, Love, Die", "Live, Love, Die", (), None),
        ("Candide (1759)", "Candide", (), 1759),
        ("1984", "1984", (), None),
    ],
)
def test_a_cell_gives_its_titles(cell: str, title: str, also: tuple[str, ...], year: int | None) -> None:
    assert read_titles(cell) == (title, also, year)


CELLS = [
    "Tin Drum, The (Blechtrommel, Die) (1979)",
    "Thr33 Nights (a.k.a. Three Nights) (1995)",
    "The Hunter (1981)",
    "Marie: The Hunter (a.k.a. The Hunter) (1994)",
    "Xeno: Obelisk (2017)",
    "Xeno (1979)",
    "Max Gear: Dusty Road (2015)",
    "Colours: Red (1994)",
    "Wives: The Movie (2008)",
    "Twin A: Gemini Dawn (2001)",
    "Twin B: Gemini Dawn (2002)",
    "1984 (1949)",
    "300 (2006)",
    "Candide (1759)",
]


def catalogue() -> Catalogue:
    found = [(str(number), read_titles(cell)) for number, cell in enumerate(CELLS)]
    return Catalogue(Item(item_id, part.title, part.year, also=part.also) for item_id, part in found)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Try Die Blechtrommel.", ["0"]),
        ("I loved The Tin Drum!", ["0"]),
        ("Watch Tin Drum, The (1979) tonight.", ["0"]),
        ("three nights was great", ["1"]),
        ("Thr33 Nights (1995), then.", ["1"]),
        ("Watch The Hunter.", ["2"]),
        ("The Hunter (1994) is good", ["3"]),
        ("Have you seen Obelisk?", ["4"]),
        ("There is an obelisk in the park.", []),
        ("I watched Xeno.", ["5"]),
        ("Have you seen Dusty Road?", ["6"]),
        ("Dusty Road (2015) is fun.", ["6"]),
        ("He lives on Dusty Road now.", []),
        ("I saw 300 on a plane.", ["12"]),
        ("we drove down a dusty road", []),
        ("I wear Red.", []),
        ("I saw The Movie.", []),
        ("I like Gemini Dawn.", []),
        ("Have you read 1984?", ["11"]),
        ("have you read 1984 by George Orwell", ["11"]),
        ("Something from 1984, please.", []),
        ("I was born in 1984.", []),
        ("Have you seen 300?", ["12"]),
        ("I watched 300 films.", []),
        ("I read 300 pages a day.", []),
        ("Candide (1759) please", ["13"]),
    ],
)
def test_each_of_an_items_names_links_and_nothing_else_does(text: str, ids: list[str]) -> None:
    assert [mention.item_id for mention in Linker(catalogue()).link(text)] == ids


def test_an_article_behind_a_title_is_no_title_that_the_catalogue_lacks() -> None:
    assert Linker(catalogue()).out_of_catalogue("Watch Tin Drum, The (1979) tonight.") == ()


def test_targets_are_found_by_either_name_and_as_the_catalogue_writes_them() -> None:
    items = catalogue()
    for name in ("Die Blechtrommel", "Tin Drum, The", "Die Blechtrommel (1979)", CELLS[0]):
        assert [item.id for item in items.find(name)] == ["0"], name
    assert [item.id for item in items.find("The Hunter")] == ["2"]
    assert [item.id for item in items.find("The Hunter (1994)")] == ["3"]
    assert items.find("Die Blechtrommel (1950)") == ()


def test_without_a_catalogue_both_names_of_a_given_title_are_found_and_masked() -> None:
    matcher = TitleMatcher([CELLS[0]])
    assert matcher.named("Die Blechtrommel, of course") == (CELLS[0],)
    assert "Drum" not in matcher.mask("The Tin Drum is what I want.")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("I loved Ciudad de los Perros, La (1995)", True),
        ("I loved Ciudad de los Perros, La.", True),
        ("I loved La Ciudad de los Perros.", True),
        ("Ciudad de los Perros was great", True),
        ("la ciudad tiene perros", False),
        ("The city of dogs is la ciudad", False),
    ],
)
def test_an_article_of_another_language_may_stand_last_or_be_left_out(text: str, found: bool) -> None:
    items = (
        Item("1", "The Dog Town", 1995, also=("La Ciudad de los Perros",)),
        Item("2", "Plain Salt", 1995),
    )
    assert [one.item_id for one in Linker(items).link(text)] == (["1"] if found else [])
