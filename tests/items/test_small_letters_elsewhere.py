"""Titles in small letters throughout, in German, Spanish, French and Russian, where no word is everyday."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

_TITLES = (
    "Der Pate|El padrino|Le Parrain|Крёстный отец|Titanic|Campeones|Nueve reinas|Inception|Les Choristes"
    "|Левиафан|Ночной дозор|Аватар|Gazpacho|Tajine|Борщ|Компас|El grabador"
)
LINKER = Linker([Item(title, title) for title in _TITLES.split("|")])


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("ich mag der pate", ["Der Pate"]),
        ("vi el padrino", ["El padrino"]),
        ("j'ai vu le parrain", ["Le Parrain"]),
        ("смотрел крёстный отец", ["Крёстный отец"]),
        ("busco algo como titanic", ["Titanic"]),
        ("me gustan titanic y campeones", ["Titanic", "Campeones"]),
        ("mis favoritas son inception, titanic y campeones", ["Inception", "Titanic", "Campeones"]),
        ("he visto campeones tres veces", ["Campeones"]),
        ("me aburrí con inception", ["Inception"]),
        ("campeones ya la vi", ["Campeones"]),
        ("je déteste inception", ["Inception"]),
        ("j'ai trouvé inception ennuyeux", ["Inception"]),
        ("rien ne vaut titanic", ["Titanic"]),
        ("что скажешь про левиафана?", ["Левиафан"]),
        ("мне нравятся аватар и левиафан", ["Аватар", "Левиафан"]),
        ("по-моему, аватар переоценён", ["Аватар"]),
        ("аватар уже видел", ["Аватар"]),
    ],
)
def test_what_is_said_beside_it_names_a_title_in_small_letters(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "me gusta el gazpacho",
        "hay gazpacho en la mesa",
        "mi primo es el padrino de la boda",
        "le parrain de mon fils est venu",
        "j'aime le tajine",
        "люблю борщ",
        "компас лежит на столе",
        "мой крёстный отец приехал",
        "el grabador es muy caro",
    ],
)
def test_things_and_people_in_small_letters_name_nothing(text: str) -> None:
    assert named(text) == []
