"""Feature claims: what a reply says that an item has agrees with its columns of yes and no and of numbers."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

HOTELS = load_catalogue(
    [
        {"title": "Casa Sol", "category": "hotel", "city": "Sevilla", "price": "80 €", "pool": "yes",
         "breakfast": "no", "rooms": 12, "stars": 3, "rating": "8.9"},
        {"title": "Hotel Lindenhof", "category": "hotel", "city": "Berlin", "price": "120 €", "pool": "no",
         "breakfast": "yes", "rooms": 45, "stars": 4, "rating": "8.1"},
        {"title": "Villa Morgana", "category": "apartment", "city": "Palermo", "price": "65 €", "pool": "no",
         "breakfast": "no", "rooms": 4, "stars": 2, "rating": "9.2"},
        {"title": "The Grand Quay", "category": "hotel", "city": "Lisbon", "price": "210 €", "pool": "yes",
         "breakfast": "yes", "rooms": 130, "stars": 5, "rating": "9.5"},
        {"title": "Pension Anker", "category": "hotel", "city": "Kiel", "price": "55 €", "pool": "",
         "breakfast": "yes", "rooms": "", "stars": 2, "rating": "7.9"},
    ]
)  # fmt: skip
PHONES = load_catalogue(
    [
        {"title": "Tarn X2", "brand": "Wesko", "category": "phones", "price": "499 €", "storage": "128 GB",
         "waterproof": "yes", "rating": 4.5, "runtime": "20 h"},
        {"title": "Brim Mini", "brand": "Brelko", "category": "phones", "price": "249 €", "storage": "64 GB",
         "waterproof": "no", "rating": 3.9, "runtime": "14 h"},
        {"title": "Oller Max", "brand": "Omnia", "category": "tablets", "price": "1099 €",
         "storage": "512 GB", "waterproof": "yes", "rating": 4.8, "runtime": "9 h"},
    ]
)  # fmt: skip


def _check(catalogue: Catalogue) -> ReplyCheck:
    return ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0))


CHECKS = {id(HOTELS): (HOTELS, _check(HOTELS)), id(PHONES): (PHONES, _check(PHONES))}
HEARD = heard_in([Turn("seeker", "something nice, please")])


def faults(catalogue: Catalogue, reply: str) -> tuple[str, ...]:
    _, check = CHECKS[id(catalogue)]
    return check.made_up(reply, list(catalogue), HEARD)


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("Hotel Lindenhof has a pool.", "pool"),
        ("Casa Sol has no pool.", "pool"),
        ("Casa Sol has breakfast but no pool.", "breakfast"),
        ("Villa Morgana comes with a pool and breakfast.", "pool"),
        ("Das Hotel Lindenhof verfügt über einen Pool.", "Pool"),
        ("Das Casa Sol bietet Frühstück.", "Frühstück"),
        # "ß" is one letter.
        ("Im großen, heißen Sevilla: Das Casa Sol bietet Frühstück.", "Frühstück"),
        ("Groß und weiß: Das Casa Sol hat dreißig Zimmer.", "dreißig"),
        ("I suggest Hotel Lindenhof. It has a pool.", "pool"),
        ("Hotel Lindenhof has 54 rooms.", "54"),
        ("Casa Sol hat 40 Zimmer.", "40"),
        ("The Grand Quay is a 4-star hotel with a pool.", "4"),
        ("Das Casa Sol hat 5 Sterne und einen Pool.", "5"),
        ("Casa Sol has a rating of 9.8.", "9.8"),
        ("Casa Sol hat eine Bewertung von 9,9.", "9,9"),
    ],
)
def test_what_a_place_has_not_is_a_fault(reply: str, wrong: str) -> None:
    assert wrong in faults(HOTELS, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "Casa Sol in Sevilla has a pool but no breakfast.",
        "Das Casa Sol in Sevilla kostet 80 €.",
        "Das Hotel Lindenhof in Berlin kostet 120 € pro Nacht.",
        "Hotel Lindenhof offers breakfast and has 45 rooms.",
        "Villa Morgana has neither a pool nor breakfast.",
        "The Grand Quay is a 5-star hotel with a pool.",
        "Casa Sol has a rating of 8.9.",
        "If you want a pool, Casa Sol is the one for you.",
        "Would you like a hotel with a pool? Hotel Lindenhof has none.",
        "Hotel Lindenhof would be better with a pool.",
        "Unlike Casa Sol, Hotel Lindenhof has no pool.",
        "Casa Sol is cheaper than Hotel Lindenhof and has a pool.",
        "Hotel Lindenhof has a pool table in the lobby.",
        "Das Hotel Lindenhof verfügt über keinen Pool.",
        "At Casa Sol breakfast is not included.",
        "I can book 2 rooms at Casa Sol for you.",
        "Casa Sol is near a pool and a park.",
        "Hotel Lindenhof has everything except a pool.",
        "Hotel Lindenhof has no pool and serves breakfast.",
        "Casa Sol and The Grand Quay have a pool, Villa Morgana has none.",
        "The Grand Quay has 5 stars; a room is 210 €.",
        "Villa Morgana has 2 bedrooms.",
        "Casa Sol (3 stars) has a pool.",
        "Casa Sol (3 stars, 80 €) is nice.",
        "Casa Sol has 3 stars and 12 rooms, and it is 5 minutes from the beach.",
        "At Hotel Lindenhof you can have breakfast from 7 to 10.",
        "Hotel Lindenhof has a breakfast room with 45 seats.",
        "Casa Sol does not only have a pool, it is cheap, too.",
        # What the catalogue does not know is neither right nor wrong.
        "Pension Anker has a pool.",
        "Pension Anker has 20 rooms.",
        "Villa Morgana has 4 rooms and a rating of 9.2.",
    ],
)
def test_what_is_so_or_is_no_claim_may_be_said_of_places(reply: str) -> None:
    assert faults(HOTELS, reply) == ()


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("The Tarn X2 has 256 GB of storage.", "256"),
        ("Das Brim Mini hat 128 GB Speicher.", "128"),
        ("The Tarn X2 is not waterproof.", "waterproof"),
        ("Das Brim Mini ist wasserdicht.", "wasserdicht"),
        ("The Brim Mini is rated 4.8.", "4.8"),
        ("The Brim Mini has at least 128 GB of storage.", "128"),
        ("The Brim Mini costs £249.", "249"),
        ("The Brim Mini costs 249 kr.", "249"),
        ("Das Brim Mini kostet 249 Franken.", "249"),
        ("The Brim Mini costs 249 dollars.", "249"),
    ],
)
def test_what_a_product_has_not_is_a_fault(reply: str, wrong: str) -> None:
    assert wrong in faults(PHONES, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "The Tarn X2 has 128 GB of storage and is waterproof.",
        "Das Brim Mini hat 64 GB Speicher.",
        "Das Tarn X2 ist wasserdicht.",
        "The Oller Max comes with 0.5 TB of storage.",
        "The Oller Max has at least 256 GB of storage.",
        "The Brim Mini has a rating of 3.9 out of 5.",
        "The Brim Mini runs about 15 hours.",
        "The Brim Mini costs 249 €.",
        "The Tarn X2 has 64 GB more storage than the Brim Mini.",
        "The Tarn X2 has twice the storage of the Brim Mini.",
        "The Brim Mini comes with a waterproof case.",
        "The Tarn X2 with 128 GB costs 499 €, the Oller Max with 512 GB costs 1099 €.",
    ],
)
def test_what_is_so_may_be_said_of_products(reply: str) -> None:
    assert faults(PHONES, reply) == ()
