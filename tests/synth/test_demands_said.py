"""What seekers by rules demand is said so that it is read as just that, and is true of what they look for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from usbrec import load_catalogue
from usbrec.dialogue import Turn
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import LANGUAGES
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.phrases import phrases
from usbrec.play.seekers.voices import Voices
from usbrec.play.seekers.wishes import read_wishes, spoken
from usbrec.synth.constraints import with_constraints
from usbrec.synth.generator import SeekerDistribution, make_seekers

NAMES = ("Amber", "Birch", "Cedar", "Dusk", "Ember", "Fennel", "Grove", "Iron", "Juniper", "Kestrel",
         "Lantern", "Meadow", "Nettle", "Orchard")  # fmt: skip
PLACES = [
    {
        "id": f"h{number}",
        "name": f"{name} House",
        "city": ("Lisbon", "Porto", "Rome")[number % 3],
        "price_per_night": f"€{60 + 7 * number}.50",
        "pool": ("yes", "no")[number % 2],
        "pets_allowed": ("no", "yes", "no")[number % 3],
        "wheelchair_accessible": ("yes", "yes", "no")[number % 3],
        "board": ("none", "half board", "other")[number % 3],
        "opened": f"20{10 + number % 4}-05-01",
        "chain": ("Brim", "Tarn")[number % 2],
    }
    for number, name in enumerate(NAMES)
]


def _knowledge(catalogue: Catalogue) -> Knowledge:
    return Knowledge.of(catalogue, Similarity(), baseline_items=5, seed=0)


KNOWN = _knowledge(load_catalogue(PLACES))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "wish",
    [
        {"price_per_night": {"below": 74.5}},
        {"price_per_night": {"max": 88.5}},
        {"price_per_night": {"min": 80}},
        {"price_per_night": {"above": 80}},
        {"pool": True},
        {"pool": False},
        {"pets_allowed": True},
        {"pets_allowed": False},
        {"wheelchair_accessible": True},
        {"city": "Porto"},
        {"city": {"not": "Rome"}},
        {"chain": "Brim"},
        {"chain": {"not": "Brim"}},
    ],
)
def test_a_demand_as_it_is_said_is_read_as_that_demand(wish: dict[str, Any], language: str) -> None:
    (one,) = read_wishes(wish, KNOWN.columns)
    said = {spoken(one, seed, language) for seed in range(12)}
    for text in said:
        read = KNOWN.reader.read((Turn("seeker", text),)) if KNOWN.reader is not None else ()
        assert [replace(each, turn=None, words=None) for each in read] == [one.constraint], text


def test_a_price_is_told_with_its_currency_and_cents() -> None:
    (wish,) = read_wishes({"price_per_night": {"below": 74.5}}, KNOWN.columns)
    assert {spoken(wish, seed) for seed in range(12)} == {
        "It should cost less than €74.50.",
        "Less than €74.50, please.",
    }
    assert "weniger als 74,50 €" in "".join(spoken(wish, seed, "de") for seed in range(12))


def test_answers_dates_and_none_are_neither_told_nor_demanded() -> None:
    made = make_seekers(KNOWN, noun="place", distribution=SeekerDistribution(), number=40, seed=1).samples
    told = {
        fact["column"]
        for sample in made
        for fact in (sample.seeker or {})["remaining"]
        if fact["kind"] == "value"
    }
    assert told <= {"city", "chain"}
    demanded = [
        (column, value)
        for sample in with_constraints(made, KNOWN, 40, seed=1)
        for column, condition in sample.constraints.items()
        for value in (condition.values() if isinstance(condition, dict) else [condition])
    ]
    assert len(demanded) > 20
    assert not [one for one in demanded if one[0] == "opened" or one[1] in ("none", "other")]


def test_two_items_of_one_title_give_no_seeker_demands_of_the_other() -> None:
    rows = [{**one, "name": PLACES[number % 7]["name"]} for number, one in enumerate(PLACES)]
    rows += [{**PLACES[0], "id": "alone", "name": "Pebble Court"}]
    knowledge = _knowledge(load_catalogue(rows))
    made = make_seekers(knowledge, noun="place", distribution=SeekerDistribution(), number=20, seed=2).samples
    demanding = [one for one in with_constraints(made, knowledge, 20, seed=2) if one.constraints]
    assert demanding
    assert {title for one in demanding for title in one.targets[:1]} <= {"Pebble Court"}


def test_sentences_of_ones_own_for_a_column_go_before_the_packaged_ones(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[places.columns]\n"city" = ["Right in the middle of {}."]\n', encoding="utf-8")
    fact = Fact("value", ("Porto",), column="city")
    assert phrases("en", "places", own).about("told", fact) == ("Right in the middle of {}.",)
    pink = [Fact("value", ("pink",), column=column) for column in ("Flower colour", "colour")]
    assert len({phrases("en", "products").about("told", one) for one in pink}) == 1


def test_columns_of_answers_are_not_told() -> None:
    assert Voices.about(KNOWN.catalogue).columns == ("city", "chain")
