"""Similarity: the laws of the measure, the table that computes it in bulk, the baseline."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items import (
    Catalogue,
    RandomSimilarity,
    Similarity,
    Traits,
    TraitTable,
    genres_in,
    people_in,
    rescale,
    traits_of,
)

SAME = Similarity()

NAMES = st.frozensets(st.sampled_from("abcdefgh"), max_size=6)
TRAITS = st.builds(Traits, NAMES, NAMES, st.none() | st.integers(1900, 2030))
MEASURES = st.builds(
    Similarity,
    st.floats(0.0, 2.0),
    st.floats(0.0, 2.0),
    st.floats(0.01, 2.0),
    st.floats(0.5, 50.0),
)


@given(MEASURES, TRAITS, TRAITS)
def test_similarity_is_symmetric_and_between_zero_and_one(measure: Similarity, a: Traits, b: Traits) -> None:
    assert measure(a, b) == measure(b, a)
    assert 0.0 <= measure(a, b) <= 1.0 + 1e-12


@given(TRAITS)
def test_an_item_is_wholly_like_itself_unless_nothing_is_known_of_it(traits: Traits) -> None:
    assert SAME(traits, traits) == (0.0 if traits == Traits() else 1.0)


@given(MEASURES, TRAITS, st.lists(TRAITS, max_size=8))
def test_the_table_gives_the_numbers_of_the_measure(
    measure: Similarity, one: Traits, many: list[Traits]
) -> None:
    table = TraitTable(many, measure)
    assert np.allclose(table.to(one), [measure(one, other) for other in many], atol=1e-12)
    assert np.allclose(table.best([one, *many]), [measure.best(other, [one, *many]) for other in many])


def test_each_attribute_counts_as_stated() -> None:
    a = Traits(frozenset({"war", "drama"}), frozenset({"ann", "ben", "cyd", "dan"}), 2000)
    assert SAME(a, Traits(genres=frozenset({"war", "crime"}))) == pytest.approx(1 / 3)
    assert SAME(a, Traits(people=frozenset({"ann", "ben", "cyd", "eve", "fay"}))) == 1.0
    assert SAME(a, Traits(people=frozenset({"ann", "eve"}))) == 0.5
    assert SAME(a, Traits(year=2010)) == pytest.approx(math.exp(-1))
    mixed = Traits(frozenset({"war", "drama"}), frozenset({"eve"}), 2010)
    assert SAME(a, mixed) == pytest.approx(0.5 + 0.2 * math.exp(-1))


def test_attributes_that_one_side_lacks_do_not_count() -> None:
    assert SAME(Traits(year=2000), Traits(genres=frozenset({"war"}))) == 0.0
    assert SAME(Traits(genres=frozenset({"war"}), year=2000), Traits(genres=frozenset({"war"}))) == 1.0


def test_the_best_of_many_is_the_greatest_and_of_none_zero() -> None:
    a = Traits(year=2000)
    assert SAME.best(a, [Traits(year=1990), Traits(year=1999)]) == pytest.approx(math.exp(-0.1))
    assert SAME.best(a, []) == 0.0


@pytest.mark.parametrize(
    "settings",
    [{"genre_weight": -0.1}, {"genre_weight": 0, "people_weight": 0, "era_weight": 0}, {"era_scale": 0}],
)
def test_weights_without_sense_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="similarity"):
        Similarity(**settings)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sci-Fi", "Science Fiction"),
        ("science fiction film", "SciFi"),
        ("Crime Fiction", "crime"),
        ("Adventure Film", "adventure"),
        ("Family (Film genre) #395", "family"),
        ("Biographical film", "Biography"),
        ("animated", "Animation"),
    ],
)
def test_genres_have_one_name_whatever_the_catalogue_calls_them(one: str, other: str) -> None:
    assert Traits.of([one]) == Traits.of([other]) != Traits()


def test_genres_that_combine_others_count_as_these() -> None:
    assert Traits.of(["Romantic comedy"]).genres == {"romance", "comedy"}
    assert Traits.of(["Fiction"]).genres == {"fiction"}
    assert Traits.of(["", "#3", "..."]).genres == frozenset()


def test_people_are_compared_without_case() -> None:
    assert traits_of(Item("1", "A", people=("Ann  Lee", "ann lee"))).people == {"ann lee"}


def catalogue_of(size: int) -> Catalogue:
    genres = ("drama", "comedy", "war", "crime", "horror")
    return Catalogue.from_items(
        Item(
            f"i{n}",
            f"Title {n}",
            1950 + n % 70,
            (genres[n % 5], genres[n % 3]),
            (f"Person {n % 40}", f"Star {n % 90}"),
        )
        for n in range(size)
    )


def mean_by_hand(catalogue: Catalogue, ids: Sequence[str], to: list[Traits]) -> float:
    items = [catalogue.get(item_id) for item_id in ids]
    return sum(SAME.best(traits_of(item), to) for item in items if item) / len(items)


def test_the_baseline_is_the_mean_over_a_seeded_sample() -> None:
    catalogue = catalogue_of(300)
    baseline = RandomSimilarity(catalogue, SAME, size=50, seed=3)
    to = [traits_of(catalogue.items[7]), traits_of(catalogue.items[100])]
    assert len(set(baseline.ids)) == 50
    assert baseline.mean(to) == pytest.approx(mean_by_hand(catalogue, baseline.ids, to))
    assert baseline.mean(to) == baseline.mean(to[::-1])
    assert baseline.mean([]) == 0.0


def test_the_sample_depends_on_the_seed_and_not_on_the_order_of_the_catalogue() -> None:
    catalogue = catalogue_of(300)
    turned = Catalogue.from_items(reversed(catalogue.items))
    first = RandomSimilarity(catalogue, SAME, size=50, seed=3).ids
    assert RandomSimilarity(turned, SAME, size=50, seed=3).ids == first
    assert RandomSimilarity(catalogue, SAME, size=50, seed=4).ids != first


def test_a_small_catalogue_is_its_own_sample() -> None:
    assert len(RandomSimilarity(catalogue_of(20), SAME, size=500, seed=0).ids) == 20
    with pytest.raises(ConfigError, match="0 items"):
        RandomSimilarity(catalogue_of(20), SAME, size=0)


def test_a_mean_over_five_hundred_items_takes_less_than_five_milliseconds() -> None:
    catalogue = catalogue_of(2000)
    baseline = RandomSimilarity(catalogue, SAME)
    targets = [[traits_of(item)] for item in catalogue.items[:50]]
    began = time.process_time()
    for to in targets:
        baseline.mean(to)
    assert (time.process_time() - began) / len(targets) < 0.005


@given(st.floats(0, 1), st.floats(0, 1))
def test_rescaling_puts_the_mean_at_zero_and_equality_at_one(similarity: float, mean: float) -> None:
    value = rescale(similarity, mean)
    assert 0.0 <= value <= 1.0
    assert rescale(mean, mean) == 0.0
    assert rescale(1.0, mean) == (1.0 if mean < 1.0 else 0.0)
    assert RandomSimilarity.rescale(similarity, mean) == value


SPOKEN = Catalogue.from_items(
    [
        Item("1", "A", genres=("Comedy", "Sci-Fi", "mystery"), people=("Ann Lee", "Cher")),
        Item("2", "B", genres=("romance", "horror"), people=("Ann Lee-Smith",)),
    ]
)


def test_genres_are_heard_under_the_names_people_use() -> None:
    assert genres_in("Something funny and SCIFI, maybe scary mysteries", SPOKEN) == (
        "comedy",
        "science fiction",
        "horror",
        "mystery",
    )
    assert genres_in("a rom-com or a western", SPOKEN) == ("romance", "comedy")
    assert genres_in("rocket science", SPOKEN) == ()


def test_people_are_heard_by_their_full_names() -> None:
    assert people_in("ann lee's films, or Ann Lee Smith", SPOKEN) == ("Ann Lee", "Ann Lee-Smith")
    assert people_in("Ann and Lee and Cher", SPOKEN) == ()
