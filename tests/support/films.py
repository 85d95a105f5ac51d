"""A small catalogue and the people around it, for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from usbrec.dialogue import Item, Sample, Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge


def _film(number: int, title: str, year: int, genres: str, people: str, popularity: float = 1.0) -> Item:
    return Item(
        id=f"f{number}",
        title=title,
        year=year,
        genres=tuple(genres.split(", ")),
        people=tuple(people.split(", ")),
        popularity=popularity,
    )


FILMS = (
    _film(1, "Heat", 1995, "Crime, Thriller", "Michael Mann, Al Pacino, Robert De Niro", 90),
    _film(2, "Collateral", 2004, "Crime, Thriller", "Michael Mann, Tom Cruise, Jamie Foxx", 60),
    _film(3, "Goodfellas", 1990, "Crime, Drama", "Martin Scorsese, Robert De Niro, Joe Pesci", 95),
    _film(4, "Casino", 1995, "Crime, Drama", "Martin Scorsese, Robert De Niro, Sharon Stone", 70),
    _film(5, "Airplane!", 1980, "Comedy", "Jim Abrahams, Robert Hays, Leslie Nielsen", 80),
    _film(6, "The Naked Gun", 1988, "Comedy, Crime", "David Zucker, Leslie Nielsen", 55),
    _film(7, "Super Troopers", 2001, "Comedy, Crime", "Jay Chandrasekhar, Steve Lemme", 40),
    _film(8, "Alien", 1979, "Horror, Sci-Fi", "Ridley Scott, Sigourney Weaver", 99),
    _film(9, "The Thing", 1982, "Horror, Sci-Fi", "John Carpenter, Kurt Russell", 85),
    _film(10, "The Thing", 2011, "Horror, Sci-Fi", "Matthijs van Heijningen Jr., Joel Edgerton", 30),
    _film(11, "Halloween", 1978, "Horror", "John Carpenter, Jamie Lee Curtis", 75),
    _film(12, "Notting Hill", 1999, "Comedy, Romance", "Roger Michell, Julia Roberts, Hugh Grant", 65),
    _film(13, "Pretty Woman", 1990, "Comedy, Romance", "Garry Marshall, Julia Roberts, Richard Gere", 66),
    _film(14, "Toy Story", 1995, "Animation, Family, Comedy", "John Lasseter, Tom Hanks, Tim Allen", 97),
    _film(15, "Toy Story 2", 1999, "Animation, Family, Comedy", "John Lasseter, Tom Hanks, Tim Allen", 88),
    _film(16, "Finding Nemo", 2003, "Animation, Family", "Andrew Stanton, Albert Brooks", 93),
    _film(17, "Unforgiven", 1992, "Western, Drama", "Clint Eastwood, Gene Hackman", 72),
    _film(18, "True Grit", 2010, "Western, Drama", "Joel Coen, Jeff Bridges", 58),
    _film(19, "Casablanca", 1942, "Drama, Romance", "Michael Curtiz, Humphrey Bogart", 86),
    _film(20, "The Big Sleep", 1946, "Crime, Drama", "Howard Hawks, Humphrey Bogart", 33),
)

CATALOGUE = Catalogue.from_items(FILMS)
KNOWLEDGE = Knowledge.of(CATALOGUE, Similarity(), baseline_items=500, seed=0)


def seeker(text: str) -> Turn:
    return Turn("seeker", text)


def recommender(text: str) -> Turn:
    return Turn("recommender", text)


def sample(
    *texts: str, targets: tuple[str, ...] = ("Casino (1995)",), label: str | None = None, id_: str = "s:1"
) -> Sample:
    """Turns alternate and end with the seeker."""
    turns = tuple(
        seeker(text) if (len(texts) - 1 - index) % 2 == 0 else recommender(text)
        for index, text in enumerate(texts)
    )
    return Sample(id_, id_.split(":")[0], turns, targets, label)


def film_files(folder: Path, *, label: str | None = None) -> Mapping[str, Path]:
    """Four samples that want Casino, and the catalogue of films, as files."""
    catalogue, samples = folder / "films.csv", folder / "samples.jsonl"
    lines = [
        f'{item.id},"{item.title}",{item.year},"{"|".join(item.genres)}","{"|".join(item.people)}"'
        for item in CATALOGUE
    ]
    catalogue.write_text("id,title,year,genres,people\n" + "\n".join(lines) + "\n", encoding="utf-8")
    rows = [sample("I liked Goodfellas (1990).", label=label, id_=f"d{number}:1") for number in range(4)]
    samples.write_text("".join(json.dumps(row.to_json()) + "\n" for row in rows), encoding="utf-8")
    return {"catalogue": catalogue, "samples": samples}
