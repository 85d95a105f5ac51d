"""Years said of a title in words choose among those who share it; years of something else do not."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker, split_title

#: The most popular first: what is read without a year.
_TITLES = (
    "Crash (2004)|Crash (1996)|Dune (2021)|Dune (1984)|It (2017)|It (1990)|The Thing (2011)|The Thing (1982)"
    "|Beauty and the Beast (1991)|Beauty and the Beast (2017)|Titanic (1997)|Titanic (1953)"
    "|The Lion King (1994)|The Lion King (2019)|Ghostbusters (2016)|Ghostbusters (1984)|Heat (1995)"
)
_ROWS = [split_title(name) for name in _TITLES.split("|")]
LINKER = Linker([Item(f"{t} {y}", t, y, popularity=-place) for place, (t, y) in enumerate(_ROWS)])


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Crash is a 1996 film by Cronenberg.", "Crash 1996"),
        ("Crash was a controversial 1996 thriller", "Crash 1996"),
        ("Crash is a dark, controversial drama from 1996.", "Crash 1996"),
        ("Crash, a 1996 drama, is odd.", "Crash 1996"),
        ("Crash (a 1996 film)", "Crash 1996"),
        ("crash is a 1996 drama", "Crash 1996"),
        ("I saw a 1996 film, Crash.", "Crash 1996"),
        ("Dune is the 1984 David Lynch film", "Dune 1984"),
        ("Dune is David Lynch's 1984 film", "Dune 1984"),
        ("Dune is a movie that was released in 1984", "Dune 1984"),
        ("Dune is an epic directed by David Lynch in 1984", "Dune 1984"),
        ("I saw It, a 1990 miniseries", "It 1990"),
        ("The 2017 live-action Beauty and the Beast", "Beauty and the Beast 2017"),
        ("Beauty and the Beast (2017 live action)", "Beauty and the Beast 2017"),
        ("Disney's 2017 live action remake of Beauty and the Beast", "Beauty and the Beast 2017"),
        ("The 1982 Carpenter film The Thing", "The Thing 1982"),
        ('The 1982 sci-fi horror classic "The Thing"', "The Thing 1982"),
        ("the Thing from 1982 is great", "The Thing 1982"),
        ("The 2019 Jon Favreau remake of The Lion King", "The Lion King 2019"),
        ("Ghostbusters: the 1984 comedy", "Ghostbusters 1984"),
        ("Dune ist ein Science-Fiction-Film aus dem Jahr 1984", "Dune 1984"),
        ("Dune est un film sorti en 1984", "Dune 1984"),
        ("Dune es una película de ciencia ficción de 1984", "Dune 1984"),
        ("Dune — фильм 1984 года", "Dune 1984"),
        # Years of something else.
        ("Crash is about a 1996 film", "Crash 2004"),
        ("Crash is a sequel to a 1996 film", "Crash 2004"),
        ("Crash is a film about a 1996 film", "Crash 2004"),
        ("Crash is a film set in 1996", "Crash 2004"),
        ("Crash is better than the 1996 version", "Crash 2004"),
        ("A 1996 film. Crash is great.", "Crash 2004"),
        ("the 1996 parody of Crash", "Crash 2004"),
        ("the 1984 sequel to Dune", "Dune 2021"),
        ("In 1984 Dune was odd", "Dune 2021"),
        ("Dune est inspiré d'un film de 1984", "Dune 2021"),
        ("Dune es mejor que la película de 1984", "Dune 2021"),
        ("Dune ist das Remake eines Films aus dem Jahr 1984", "Dune 2021"),
        ("Titanic is a 1912 disaster", "Titanic 1997"),
        ("Heat is a 1986 action film", "Heat 1995"),
    ],
)
def test_a_title_is_the_work_of_the_year_that_it_is_said_to_be_of(text: str, item: str) -> None:
    assert named(text) == [item]


@pytest.mark.parametrize("text", ["It is a 2017 horror film", "It is a film from 1990"])
def test_a_pronoun_with_a_year_behind_it_names_nothing(text: str) -> None:
    assert named(text) == []
