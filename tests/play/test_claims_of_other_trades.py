"""What a reply says of flats, courses, medicine and recipes is held against their columns."""

from __future__ import annotations

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

HEARD = heard_in((Turn("seeker", "I want something good, please."),))
FLATS = load_catalogue(
    [
        {"id": "1", "title": "Ossel Loft", "rent_cold": "695 €", "rent_warm": "860 €", "deposit": "2085 €"},
        {"id": "2", "title": "Marbel Attic", "rent_cold": "420 €", "rent_warm": "510 €", "deposit": "840 €"},
    ]
)
COURSES = load_catalogue(
    [
        {"course_id": "1", "course_title": "Tolke Pottery", "duration_weeks": "8", "hours_per_week": "3",
         "price": "120 €", "seats_left": "0"},
        {"course_id": "2", "course_title": "Virr Painting", "duration_weeks": "6", "hours_per_week": "2",
         "price": "95 €", "seats_left": "5"},
    ]
)  # fmt: skip
MEDICINE = load_catalogue(
    [
        {"PZN": "01", "Produktname": "Ossel Saft", "Preis": "6,49 €", "Rezeptpflichtig": "nein",
         "Altersfreigabe": "ab 12 Jahre", "Lagerbestand (Stück)": "3"},
        {"PZN": "02", "Produktname": "Marbel Dragees", "Preis": "8,50 €", "Rezeptpflichtig": "ja",
         "Altersfreigabe": "ab 4 Jahre", "Lagerbestand (Stück)": "0"},
    ]
)  # fmt: skip
RECIPES = load_catalogue(
    [
        {"id": "1", "title": "Ossel Soup", "calories": "310 kcal", "price": "3 €"},
        {"id": "2", "title": "Marbel Salad", "calories": "280 kcal", "price": "4 €"},
    ]
)


@pytest.mark.parametrize(
    ("catalogue", "text", "right"),
    [
        (FLATS, "The Ossel Loft costs 695 €.", True),
        (FLATS, "The Ossel Loft costs 860 € warm.", True),
        (FLATS, "The Ossel Loft costs 695 € warm.", False),
        (FLATS, "The Ossel Loft costs 860 € cold.", False),
        (FLATS, "The deposit for the Ossel Loft is 2085 €.", True),
        (FLATS, "The deposit for the Ossel Loft is 695 €.", False),
        (FLATS, "The Ossel Loft costs 2085 €.", False),
        (COURSES, "Tolke Pottery takes 8 weeks.", True),
        (COURSES, "Tolke Pottery takes 6 weeks.", False),
        (COURSES, "Virr Painting has 5 seats left.", True),
        (COURSES, "Virr Painting has 3 seats left.", False),
        (COURSES, "Tolke Pottery still has places.", False),
        (COURSES, "Tolke Pottery is fully booked.", True),
        (COURSES, "Virr Painting is fully booked.", False),
        (MEDICINE, "Ossel Saft ist rezeptfrei.", True),
        (MEDICINE, "Marbel Dragees ist rezeptfrei.", False),
        (MEDICINE, "Ossel Saft ist ab 6 Jahren.", False),
        (MEDICINE, "Ossel Saft ist ab 12 Jahren.", True),
        (MEDICINE, "Ossel Saft ist auf Lager.", True),
        (MEDICINE, "Marbel Dragees ist auf Lager.", False),
        (RECIPES, "Marbel Salad has 280 kcal.", True),
        (RECIPES, "Marbel Salad has 500 kcal.", False),
    ],
)
def test_a_claim_is_true_or_a_fault(catalogue: Catalogue, text: str, right: bool) -> None:
    check = ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0))
    assert (not check.made_up(text, tuple(catalogue), HEARD)) is right


@pytest.mark.parametrize("column", ["Variant Inventory Qty", "units_in_stock", "Lieferbar", "Bestand"])
def test_a_stock_of_any_name_is_held_against_what_is_said(column: str) -> None:
    """Only columns of a few names were, so that nothing could be said to be in stock."""
    rows = [("1", "Ossel Lamp", "3"), ("2", "Marbel Lamp", "0")]
    catalogue = load_catalogue(
        [{"id": id_, "title": title, "price": "9 €", column: cell} for id_, title, cell in rows]
    )
    check = ReplyCheck(Knowledge.of(catalogue, Similarity(), seed=0))
    told = [
        not check.made_up(f"The {item.title} is in stock.", tuple(catalogue), HEARD) for item in catalogue
    ]
    assert told == [True, False]
