"""What is complained of, denied, taken back or offered beside another thing is not asked for."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import open_linker
from usbrec.items.constraints.filters import in_words
from usbrec.items.constraints.reading import ConstraintReader

FILMS = load_catalogue(
    [
        {"title": "Harrow Lane", "year": 1994, "genres": "Drama, War", "runtime": 131, "country": "France",
         "language": "French", "mood": "dark"},
        {"title": "Oslo Nights", "year": 1985, "genres": "Comedy", "runtime": 95, "country": "Norway",
         "language": "Norwegian", "mood": "funny"},
        {"title": "Steel Meridian", "year": 2021, "genres": "Action", "runtime": 148,
         "country": "United States", "language": "English", "mood": "scary"},
    ]
)  # fmt: skip
PHONES = load_catalogue(
    [
        {"title": "Volta X2", "brand": "Volta", "color": "black", "price": "449 €", "waterproof": "yes",
         "os": "Android", "material": "glass"},
        {"title": "Orchard 15", "brand": "Orchard", "color": "white", "price": "999 €", "waterproof": "yes",
         "os": "iOS", "material": "metal"},
        {"title": "Kestrel Lite", "brand": "Kestrel", "color": "red", "price": "329 €", "waterproof": "no",
         "os": "Android", "material": "plastic"},
    ]
)  # fmt: skip
HOTELS = load_catalogue(
    [
        {"title": "Bellavista", "city": "Nice", "country": "France", "price": "140 €", "breakfast": "yes",
         "pool": "yes", "pets": "no", "parking": "yes", "wifi": "free", "type": "hotel"},
        {"title": "Pension Rosi", "city": "Munich", "country": "Germany", "price": "65 €", "breakfast": "no",
         "pool": "no", "pets": "yes", "parking": "no", "wifi": "paid", "type": "guest house"},
        {"title": "Seaside", "city": "Vienna", "country": "Austria", "price": "28 €", "breakfast": "no",
         "pool": "no", "pets": "no", "parking": "no", "wifi": "free", "type": "hostel"},
    ]
)  # fmt: skip
FOOD = load_catalogue(
    [
        {"title": "Oat Crunch", "category": "cereal", "price": "3.49 €", "allergens": "gluten, nuts",
         "organic": "yes", "vegan": "yes"},
        {"title": "Rice Crackers", "category": "snack", "price": "1.99 €", "allergens": "soy",
         "organic": "no", "vegan": "yes"},
        {"title": "Greek Yogurt", "category": "dairy", "price": "2.29 €", "allergens": "milk",
         "organic": "no", "vegan": "no"},
    ]
)  # fmt: skip
COURSES = load_catalogue(
    [
        {"title": "Aquarelle", "category": "art", "online": "no", "location": "Berlin", "weekday": "Tuesday"},
        {"title": "Basics of Yoga", "category": "fitness", "online": "yes", "location": "Hamburg",
         "weekday": "Monday"},
    ]
)  # fmt: skip
READERS = {
    name: ConstraintReader(items, open_linker(items))
    for name, items in (
        ("films", FILMS),
        ("phones", PHONES),
        ("hotels", HOTELS),
        ("food", FOOD),
        ("courses", COURSES),
    )
}


def read(items: str, *texts: str) -> list[str]:
    """What holds after turns of recommender and seeker in turn; the last one is the seeker's."""
    roles = ("seeker", "recommender")
    turns = [Turn(roles[(len(texts) - 1 - place) % 2], text) for place, text in enumerate(texts)]
    return [in_words(one) for one in READERS[items].read(turns)]


@pytest.mark.parametrize(
    ("items", "text", "expected"),
    [
        # What all that there is has in common is a complaint, or told.
        ("films", "I hate that everything is in English", []),
        ("phones", "I hate that everything is black", []),
        ("films", "Ich hasse es, dass alles auf Englisch ist", []),
        ("phones", "everything here is plastic, that's a pity", []),
        ("films", "all the movies you recommend are in English, French please", ["language is French"]),
        ("phones", "they're all black, I want white", ["color is white"]),
        ("phones", "I need everything to be black", ["color is black"]),
        ("phones", "everything should be waterproof", ["waterproof: yes"]),
        ("phones", "show me everything that is black", ["color is black"]),
        # What another thing is.
        ("phones", "my roof is red and the walls are white", []),
        ("films", "that one was funny", []),
        ("phones", "the color is white", ["color is white"]),
        ("phones", "the phones must be white", ["color is white"]),
        # What somebody is used to, has or hears of.
        ("phones", "I'm used to Android but want to switch", []),
        ("phones", "Schwarz habe ich schon genug", []),
        ("phones", "the shop down the road has one for 400 euros", []),
        ("phones", "do you have one for 400 euros?", ["price at most 400"]),
        # Denials.
        ("films", "it shouldn't be older than 2010", ["year at least 2010"]),
        ("films", "I don't want anything newer than 2000", ["year at most 2000"]),
        ("films", "it shouldn't be from 1995", ["year not 1995"]),
        ("hotels", "nothing with a pool", ["pool: no"]),
        ("hotels", "nothing that has a pool", ["pool: no"]),
        ("hotels", "nothing without a pool", ["pool: yes"]),
        ("hotels", "I can't do without a pool", ["pool: yes"]),
        ("hotels", "no hotel without breakfast", ["breakfast: yes"]),
        ("hotels", "no hotels with a pool", []),
        ("hotels", "without a pool", ["pool: no"]),
        ("hotels", "without breakfast or parking", ["breakfast: no", "parking: no"]),
        ("hotels", "no pool and free parking", ["pool: no", "parking: yes"]),
        ("hotels", "breakfast not included", ["breakfast: no"]),
        ("hotels", "breakfast not included is fine", []),
        ("hotels", "pets are not allowed, I hope", ["pets: no"]),
        ("hotels", "a place where pets are allowed", ["pets: yes"]),
        # What need not be.
        ("phones", "Es sollte wasserdicht sein, muss aber nicht", []),
        ("phones", "it should be waterproof, but it's not a must", []),
        ("phones", "waterproof, but not a must, and black", ["color is black"]),
        ("phones", "it should be black. It doesn't have to be waterproof", ["color is black"]),
        ("hotels", "something in Vienna even if it has no pool", ["city is Vienna"]),
        # Either will do.
        ("hotels", "with pool or breakfast", []),
        ("hotels", "with a pool or a gym", []),
        ("food", "organic or not, I don't care", []),
        ("food", "vegan or vegetarian", []),
        ("courses", "online or in Berlin", []),
        ("courses", "in Berlin or online", []),
        ("courses", "in Berlin or Hamburg", ["location one of Berlin, Hamburg"]),
        ("phones", "Android or BlackBerry", []),
        ("hotels", "with a pool, or with breakfast at least", []),
        ("hotels", "pool or no pool, I don't care", []),
        ("hotels", "under 100, or 120 with breakfast", ["price at most 120"]),
        ("phones", "black, or maybe white", ["color one of black, white"]),
        ("phones", "something in black or dark red", ["color one of black, red"]),
        ("films", "this one is too dark", []),
        ("films", "not too dark", []),
        ("phones", "I'm not used to iOS", []),
        ("phones", "black or something like that", ["color is black"]),
        ("phones", "black phones or white ones", ["color one of black, white"]),
        ("hotels", "French or Italian", ["country is France"]),
        # Places and languages.
        ("hotels", "somewhere near Vienna", []),
        ("hotels", "not far from Vienna", []),
        ("hotels", "not near Vienna", ["city not Vienna"]),
        ("hotels", "I'd rather not move from Munich", []),
        ("films", "Im Original auf Norwegisch", []),
        ("films", "in Norwegian", ["language is Norwegian"]),
        ("hotels", "in Österreich", ["country is Austria"]),
        ("hotels", "with free parking", ["parking: yes"]),
        ("hotels", "free wifi", ["wifi is free"]),
        # Allergens are no wishes.
        ("food", "it can contain nuts", []),
        ("food", "I love nuts", []),
        ("food", "something with nuts", ["allergens is nuts"]),
        ("food", "nuts-free, please", ["allergens not nuts"]),
    ],
)
def test_only_what_is_asked_for_holds(items: str, text: str, expected: list[str]) -> None:
    assert read(items, text) == expected


@pytest.mark.parametrize(
    ("items", "turns", "expected"),
    [
        ("food", ("Any allergies?", "nuts"), ["allergens not nuts"]),
        ("food", ("Any allergies?", "yes, gluten and soy"), ["allergens not gluten", "allergens not soy"]),
        ("food", ("Any allergies?", "only gluten"), ["allergens not gluten"]),
        ("food", ("Any allergies?", "no, but organic please"), ["organic: yes"]),
        ("food", ("Any allergies?", "none that I know of"), []),
        ("food", ("Are you allergic to nuts?", "yes"), ["allergens not nuts"]),
        ("food", ("Are you allergic to nuts?", "no"), []),
        ("food", ("Is there anything you can't eat?", "nuts"), ["allergens not nuts"]),
        ("food", ("Hast du Allergien?", "soy"), ["allergens not soy"]),
        ("courses", ("Which weekday?", "any but Monday"), ["weekday not Monday"]),
        ("films", ("Do you want it in French?", "yes, or English"), ["language one of French, English"]),
        ("films", ("Do you want it in French?", "yes"), ["language is French"]),
        ("courses", ("Would online be ok?", "yes"), []),
        ("films", ("Would two hours be ok?", "yes"), ["runtime at most 120"]),
        ("films", ("Is an hour ok?", "yes"), ["runtime at most 60"]),
        ("phones", ("Black please", "Volta X2.", "forget the colour, but waterproof"), ["waterproof: yes"]),
        ("phones", ("It must be black", "Volta X2.", "never mind the color"), []),
        ("phones", ("Black please", "Volta X2.", "scrap the black"), []),
        ("food", ("Only organic", "Oat Crunch.", "scrap the organic thing"), []),
        ("food", ("Organic please", "Oat Crunch.", "cheaper, even if not organic"), ["price below 3.49"]),
        ("hotels", ("With a pool", "Bellavista.", "don't forget the pool"), ["pool: yes"]),
        ("hotels", ("With a pool", "Bellavista.", "vergiss den Pool"), []),
    ],
)
def test_a_turn_is_read_by_those_before_it(items: str, turns: tuple[str, ...], expected: list[str]) -> None:
    assert read(items, *turns) == expected
