"""Company claims: for how many and for what age a reply says an item is has to agree with its columns."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

GAMES = load_catalogue(
    [
        {"title": title, "publisher": maker, "category": "games", "price": f"{price} €", "min_players": least,
         "max_players": most, "min_age": age, "playtime": minutes}
        for title, maker, price, least, most, age, minutes in (
            ("Harbour Lights", "Kobold", 35, 2, 4, 10, 60), ("Fox Trail", "Tortuga", 20, 1, 6, 5, 20),
            ("Ironvale", "Kobold", 60, 1, 5, 14, 150), ("Two Lanterns", "Tortuga", 25, 2, 2, 3, 30),
        )
    ]
)  # fmt: skip
CHECK = ReplyCheck(Knowledge.of(GAMES, Similarity(), seed=0))
HEARD = heard_in([Turn("seeker", "something nice, please")])


@pytest.mark.parametrize(
    "reply",
    [
        "Harbour Lights is for 2 to 4 players.",
        "Harbour Lights is for two to four players.",
        "Harbour Lights plays 2-4.",
        "Harbour Lights plays up to 4.",
        "Harbour Lights supports up to four players.",
        "Harbour Lights can be played by 2 to 4 people.",
        "Harbour Lights is a game for two.",
        "Harbour Lights works with 3 players.",
        "Harbour Lights is great for two players.",
        "Harbour Lights (2-4 players) is lovely.",
        "Fox Trail can be played solo.",
        "Fox Trail plays solo.",
        "Fox Trail has a solo mode.",
        "Fox Trail is for 5 year olds and up.",
        "Fox Trail is for ages 5 and up.",
        "Fox Trail is suitable for 5-year-olds.",
        "Fox Trail is for kids from 5.",
        "Fox Trail is suitable for children aged 5 and over.",
        "Fox Trail is a good choice for 6-10 year olds.",
        "Two Lanterns is for two players only.",
        "Two Lanterns is a two-player game.",
        "Two Lanterns is a game for 2.",
        "Fox Trail ist für 1 bis 6 Spieler.",
        "Fox Trail ist für bis zu 6 Spieler.",
        "Fox Trail ist ab 5 Jahren.",
        "Fox Trail ist solo spielbar.",
        "Two Lanterns spielt man zu zweit.",
        "Ironvale can be played alone and takes 150 minutes.",
        "Harbour Lights needs at least two players.",
        "Harbour Lights seats four.",
        "Harbour Lights is for 3-5 year olds? No.",
        "Harbour Lights is not for solo play.",
        "Harbour Lights cannot be played solo.",
        "Harbour Lights has no solo mode.",
        "Harbour Lights is for 2 to 4 players, but Fox Trail plays up to 6.",
        "If you want to play alone, Harbour Lights is not it.",
        "You want a solo game? Harbour Lights is for at least two.",
        "I recommend Fox Trail. It plays up to 6.",
        "Harbour Lights costs 35 € and is for 4.",
        "Two Lanterns is better than Fox Trail for two players.",
    ],
)
def test_what_an_item_is_for_may_be_said(reply: str) -> None:
    assert CHECK.made_up(reply, list(GAMES), HEARD) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Harbour Lights is for 2 to 6 players.",
        "Harbour Lights is for two to six players.",
        "Harbour Lights plays 2-6.",
        "Harbour Lights plays up to 6.",
        "Harbour Lights supports up to six players.",
        "Harbour Lights can be played by 2 to 5 people.",
        "Two Lanterns is a game for four.",
        "Two Lanterns works with 3 players.",
        "Two Lanterns is great for three players.",
        "Two Lanterns (2-4 players) is lovely.",
        "Harbour Lights can be played solo.",
        "Harbour Lights plays solo.",
        "Harbour Lights has a solo mode.",
        "Harbour Lights can be played alone.",
        "Harbour Lights is for 5 year olds and up.",
        "Harbour Lights is for ages 5 and up.",
        "Harbour Lights is suitable for 5-year-olds.",
        "Harbour Lights is for kids from 5.",
        "Harbour Lights is for 3-5 year olds.",
        "Harbour Lights is suitable for children aged 5 and over.",
        "Two Lanterns is a four-player game.",
        "Fox Trail ist für 1 bis 8 Spieler.",
        "Fox Trail ist für bis zu 8 Spieler.",
        "Fox Trail ist ab 3 Jahren.",
        "Harbour Lights ist solo spielbar.",
        "Two Lanterns spielt man zu viert.",
        "Harbour Lights seats six.",
        "I recommend Harbour Lights. It plays up to 6.",
        "Fox Trail plays up to 6, and Harbour Lights plays up to 6.",
    ],
)
def test_what_an_item_is_not_for_is_a_fault(reply: str) -> None:
    assert CHECK.made_up(reply, list(GAMES), HEARD)


def test_a_shop_without_such_columns_holds_nothing_against_them() -> None:
    books = load_catalogue(
        [{"title": "Alder Farm", "price": "9 €"}, {"title": "Birch Lane", "price": "12 €"}]
    )
    check = ReplyCheck(Knowledge.of(books, Similarity(), seed=0))
    assert check.made_up("Alder Farm is for 3-5 year olds.", list(books), HEARD) == ()
