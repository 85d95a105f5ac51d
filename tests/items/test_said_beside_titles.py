"""What people say beside titles in scripts without capitals, and in small letters."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

CASELESS = (
    *("변호인", "명량", "박하", "三体", "教父", "火花", "リング", "ベランダ"),
    *("ร่างทรง", "คู่กรรม", "الممر", "الناظر"),
)
OTHERS = ("Ирония судьбы", "La vie est belle", "Una mujer fantástica", "Schlagzeug", "Geige", "Le soleil")
TITLES = (*CASELESS, *OTHERS)


def named(text: str) -> list[str]:
    linker = Linker([Item(str(place), title) for place, title in enumerate(TITLES)])
    return [mention.title for mention in linker.link(text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("변호인 보다 잠들었어", ["변호인"]),
        ("요즘 명량 핫하던데", ["명량"]),
        ("명량 말고 최신작 없나요?", ["명량"]),
        ("教父看多少遍都不腻", ["教父"]),
        ("没有什么比得上教父", ["教父"]),
        ("火花見ながら寝ちゃった", ["火花"]),
        ("リングに勝るものはない", ["リング"]),
        ("ตอนจบร่างทรงช็อกมาก", ["ร่างทรง"]),
        ("คู่กรรมคือที่สุด", ["คู่กรรม"]),
        ("في حد ما شاف الممر؟", ["الممر"]),
        ("هل يوجد جزء ثان من الناظر؟", ["الناظر"]),
        ("в восторге от иронии судьбы", ["Ирония судьбы"]),
        ("rien ne vaut la vie est belle", ["La vie est belle"]),
        ("no hay secuela de una mujer fantástica", ["Una mujer fantástica"]),
    ],
)
def test_what_is_said_of_films_alone_names_them(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "박하 한 봉지 주세요",
        "ベランダに洗濯物を干した",
        "j'aime le soleil",
        "Mein Neffe spielt gut Schlagzeug.",
        "Sie spielt Geige.",
    ],
)
def test_what_is_grown_dried_or_played_is_no_title(text: str) -> None:
    assert named(text) == []
