"""People beside titles in replies: the one who made a film may stand before its title or behind a comma."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

FILMS = load_catalogue(
    [
        {
            "title": title,
            "year": year,
            "director": director,
            "actors": actors,
            "genres": genres,
            "runtime": runtime,
            "plot": plot,
        }
        for title, year, director, actors, genres, runtime, plot in (
            ("Dune", 2021, "Denis Villeneuve", "Zendaya", "science fiction", "155 min", "A desert planet."),
            ("Parasite", 2019, "Bong Joon-ho", "Song Kang-ho", "thriller", "132 min", "A poor family."),
            ("Heat", 1995, "Michael Mann", "Al Pacino", "crime", "170 min", "A thief in Los Angeles."),
            ("Amélie", 2001, "Jean-Pierre Jeunet", "Audrey Tautou", "romance", "122 min", "In Montmartre."),
            ("Alien", 1979, "Ridley Scott", "Sigourney Weaver", "horror", "117 min", "A crew in space."),
        )
    ]
)
CHECK = ReplyCheck(Knowledge.of(FILMS, Similarity(), seed=0))


def made_up(reply: str) -> tuple[str, ...]:
    """What is made up in a reply to a seeker without wishes of their own."""
    return CHECK.made_up(reply, list(FILMS), heard_in([seeker("A good film, please")]))


@pytest.mark.parametrize(
    "reply",
    [
        "Denis Villeneuve's Dune is stunning.",
        "Michael Mann's Heat is tense.",
        "Ridley Scott's Alien is scary.",
        "Try Ridley Scott’s Alien tonight.",
        "Dune, Villeneuve's epic from 2021, is good.",
        "Heat, Mann's crime film from 1995.",
        "Parasite, Bong Joon-ho's thriller from 2019, is dark.",
        "Parasite dauert 132 Minuten.",
        "Heat läuft 170 Minuten.",
        "Heat, Regie: Michael Mann.",
        "Amélie spielt in Montmartre.",
    ],
)
def test_who_made_a_film_may_stand_beside_its_title(reply: str) -> None:
    assert made_up(reply) == ()


@pytest.mark.parametrize(
    "reply",
    [
        "Ridley Scott's Dune is stunning.",
        "Michael Mann's Alien is scary.",
        "James Cameron's Alien is scary.",
        "Dune, Villeneuve's epic from 1984, is good.",
        "Dune, Lynch's epic from 1984, is good.",
        "Denis Villeneuve's Sicario is stunning.",
        "Sicario dauert 121 Minuten.",
        "Heat, Regie: Ridley Scott.",
        "Heat, Regie: Steven Spielberg.",
    ],
)
def test_another_person_or_year_beside_it_is_a_fault(reply: str) -> None:
    assert made_up(reply)
