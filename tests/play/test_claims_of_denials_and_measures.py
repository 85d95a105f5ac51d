"""Denials, measures in all their forms and features said of several items, in replies of shops."""

from __future__ import annotations

import pytest

from support.films import seeker
from usbrec import load_catalogue
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

SOUND = load_catalogue(
    [
        {"title": title, "brand": brand, "price": f"{price} €", "stock": 4, "wireless": wireless,
         "noise_cancelling": quiet, "battery_hours": hours}
        for title, brand, price, wireless, quiet, hours in (
            ("Arlo Q4", "Arlo", 59, "yes", "no", 22),
            ("Besk Tide", "Besk", 329, "yes", "yes", 60),
            ("Besk Drum", "Besk", 99, "yes", "yes", 24),
            ("Corma Desk", "Corma", 199, "no", "no", ""),
            ("Corma Jog", "Corma", 69, "yes", "no", 10),
        )
    ]
)  # fmt: skip
HOUSES = load_catalogue(
    [
        {"title": "Hotel Uferblick", "city": "Konstanz", "stars": 4, "price_per_night": "129 €", "pool": "no",
         "breakfast": "yes", "rooms": 42, "distance_km": 0.4},
        {"title": "Casa Verde", "city": "Lisbon", "stars": 3, "price_per_night": "84 €", "pool": "yes",
         "breakfast": "yes", "rooms": 20, "distance_km": 0.6},
        {"title": "Villa Corallo", "city": "Florence", "stars": 4, "price_per_night": "175 €", "pool": "yes",
         "breakfast": "no", "rooms": 26, "distance_km": 1.8},
        {"title": "Motel Polarstern", "city": "Hamburg", "stars": 1, "price_per_night": "49 €", "pool": "no",
         "breakfast": "no", "rooms": 80, "distance_km": 7.5},
    ]
)  # fmt: skip
GAMES = load_catalogue(
    [
        {"title": title, "publisher": maker, "price": f"{price} €", "min_players": least, "max_players": most,
         "minutes": minutes, "min_age": age, "pages": pages}
        for title, maker, price, least, most, minutes, age, pages in (
            ("Raven Harvest", "Foxglove", 39, 2, 4, 90, 12, 24),
            ("Waffle Alarm", "Pebble", 14, 2, 6, 15, 6, 8),
            ("Iron Wagon", "Foxglove", 64, 3, 6, 180, 14, 40),
        )
    ]
)  # fmt: skip
CHECKS = {id(one): ReplyCheck(Knowledge.of(one, Similarity(), seed=0)) for one in (SOUND, HOUSES, GAMES)}


def made_up(catalogue: Catalogue, reply: str) -> tuple[str, ...]:
    """What is made up in a reply to a seeker without wishes of their own."""
    return CHECKS[id(catalogue)].made_up(reply, list(catalogue), heard_in([seeker("Something nice, please")]))


@pytest.mark.parametrize(
    ("catalogue", "reply", "wrong"),
    [
        (SOUND, "The Besk Tide doesn't have noise cancelling.", "noise cancelling"),
        (SOUND, "The Besk Tide doesn’t come with noise cancelling.", "noise cancelling"),
        (SOUND, "The Arlo Q4 isn't wireless.", "wireless"),
        (SOUND, "The Arlo Q4 is wired.", "wired"),
        (SOUND, "The Besk Tide and the Arlo Q4 both have noise cancelling.", "noise cancelling"),
        (SOUND, "The Besk Tide and the Arlo Q4 have noise cancelling.", "noise cancelling"),
        (SOUND, "I have the Besk Tide and the Arlo Q4. Both have noise cancelling.", "noise cancelling"),
        (SOUND, "Neither the Arlo Q4 nor the Besk Tide has noise cancelling.", "noise cancelling"),
        (SOUND, "With its noise cancelling the Arlo Q4 is good for trains.", "noise cancelling"),
        (SOUND, "The Arlo Q4 runs for 40 hours.", "40"),
        (SOUND, "The Arlo Q4 has 40 hours of battery life.", "40"),
        (SOUND, "Der Akku des Arlo Q4 hält 40 Stunden.", "40"),
        (HOUSES, "Villa Corallo serves breakfast.", "breakfast"),
        (HOUSES, "Motel Polarstern hat ein Schwimmbad.", "Schwimmbad"),
        (HOUSES, "Relax by the pool at Motel Polarstern.", "pool"),
        (HOUSES, "Hotel Uferblick has five stars.", "five"),
        (HOUSES, "Das Hotel Uferblick hat fünf Sterne.", "fünf"),
        (HOUSES, "Hotel Uferblick, 5 stars, is nice.", "5"),
        (HOUSES, "Hotel Uferblick is 3 km from the centre.", "3"),
        (HOUSES, "Hotel Uferblick liegt 3 km vom Zentrum entfernt.", "3"),
        (GAMES, "Raven Harvest takes 45 minutes.", "45"),
        (GAMES, "Raven Harvest is for up to 6 players.", "6"),
        (GAMES, "Waffle Alarm is for 3 to 8 players.", "3"),
        (GAMES, "Waffle Alarm ist für 2 bis 8 Spieler.", "2"),
        (GAMES, "Waffle Alarm ist ab 10 Jahren.", "10"),
        (GAMES, "Raven Harvest, 42 pages, is good.", "42"),
    ],
)
def test_what_is_not_so_is_a_fault_however_it_is_said(catalogue: Catalogue, reply: str, wrong: str) -> None:
    assert wrong in made_up(catalogue, reply)


@pytest.mark.parametrize(
    ("catalogue", "reply"),
    [
        (SOUND, "The Arlo Q4 doesn't have noise cancelling."),
        (SOUND, "The Arlo Q4 doesn’t come with noise cancelling."),
        (SOUND, "The Corma Desk isn't wireless."),
        (SOUND, "The Corma Desk is wired."),
        (SOUND, "The Arlo Q4 is not wired."),
        (SOUND, "The Besk Tide and the Besk Drum both have noise cancelling."),
        (SOUND, "Neither the Arlo Q4 nor the Corma Jog has noise cancelling."),
        (SOUND, "I recommend the Arlo Q4 and the Besk Tide, which has noise cancelling."),
        (SOUND, "With its noise cancelling the Besk Tide is good for trains."),
        (SOUND, "The Arlo Q4 runs for 22 hours."),
        (SOUND, "The Arlo Q4 has 22 hours of battery life."),
        (SOUND, "The Arlo Q4 has up to 22 hours of battery life."),
        (SOUND, "Der Akku des Arlo Q4 hält 22 Stunden."),
        (SOUND, "The Arlo Q4 charges in 2 hours and runs for 22 hours."),
        (SOUND, "The Arlo Q4 takes 2 hours to charge."),
        (SOUND, "The Arlo Q4 takes 2 hours."),
        (HOUSES, "Villa Corallo doesn't offer breakfast."),
        (HOUSES, "Hotel Uferblick has breakfast but it doesn't have a pool."),
        (HOUSES, "Das Casa Verde hat ein Schwimmbad."),
        (HOUSES, "Relax by the pool at Casa Verde."),
        (HOUSES, "There is no pool at Motel Polarstern."),
        (HOUSES, "Hotel Uferblick has four stars."),
        (HOUSES, "Hotel Uferblick, 4 stars, is nice."),
        (HOUSES, "Hotel Uferblick is 400 m from the centre."),
        (HOUSES, "Hotel Uferblick is 3 km from the airport."),
        (HOUSES, "Hotel Uferblick is 5 minutes from the lake."),
        (HOUSES, "Hotel Uferblick has two rooms free for you."),
        (GAMES, "Raven Harvest takes 90 minutes."),
        (GAMES, "Raven Harvest takes 5 minutes to explain."),
        (GAMES, "Raven Harvest takes about 85 minutes."),
        (GAMES, "Raven Harvest is for up to 4 players."),
        (GAMES, "Raven Harvest is good for 3 players."),
        (GAMES, "Waffle Alarm ist für 2 bis 6 Spieler."),
        (GAMES, "Waffle Alarm ist ab 6 Jahren."),
        (GAMES, "Raven Harvest, 24 pages, is good."),
    ],
)
def test_what_is_so_may_be_said_in_all_these_ways(catalogue: Catalogue, reply: str) -> None:
    assert made_up(catalogue, reply) == ()
