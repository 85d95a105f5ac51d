"""What must not be said: a target is masked wherever a linker reads it, also beside titles that it knows."""

from __future__ import annotations

import pytest

from support.films import recommender, seeker
from usbrec.dialogue import Item, Sample
from usbrec.items import Catalogue, TitleMatcher
from usbrec.items.knowledge import Knowledge
from usbrec.items.similarity import Similarity
from usbrec.play.targets import Targets

TITLES = ("Heat", "Frozen", "Inception", "The Prestige", "Brave", "Coco", "Soul", "Room", "Whiplash")
KNOWLEDGE = Knowledge.of(Catalogue([Item(title, title, 2000) for title in TITLES]), Similarity(), seed=0)


def targets(title: str) -> Targets:
    return Targets.of(Sample("s", "d", (seeker("Hi"),), (f"{title} (2000)",)), KNOWLEDGE)


@pytest.mark.parametrize(
    ("title", "text", "masked"),
    [
        ("Heat", "Heat and Frozen are good", "that one and Frozen are good"),
        ("The Prestige", "i loved inception and the prestige", "i loved inception and that one"),
        ("Soul", "brave, coco and soul", "brave, coco and that one"),
        ("Room", "Some options: Room, Whiplash and Carol.", "Some options: that one, Whiplash and Carol."),
    ],
)
def test_a_target_beside_a_title_of_the_catalogue_is_masked(title: str, text: str, masked: str) -> None:
    secret = targets(title).unsaid([seeker("Hi")])
    assert secret.betrayed(text)
    assert secret.mask(text, "that one") == masked
    assert not secret.betrayed(masked)


def test_what_was_said_may_be_said_again() -> None:
    secret = targets("Heat").unsaid([recommender("Frozen or Heat?")])
    assert not secret.betrayed("Heat and Frozen are good")


@pytest.mark.parametrize(
    ("title", "text", "masked"),
    [
        ("Heat (1995)", "Heat or Ronin?", "that one or Ronin?"),
        ("Alien (1979)", "Alien and Predator are great", "that one and Predator are great"),
        ("Heat (1995)", "Heat, Ronin und Drive sind gut.", "that one, Ronin und Drive sind gut."),
        ("Soul (2020)", "Brave, Coco and Soul", "Brave, Coco and that one"),
        ("Heat (1995)", "In Summer, heat is bad", "In Summer, heat is bad"),
        ("Heat (1995)", "the heat and the noise", "the heat and the noise"),
        ("Drama (2015)", "Comedy, Drama and Horror", "Comedy, Drama and Horror"),
        ("Carol (2015)", "Carol and Susan came over", "Carol and Susan came over"),
    ],
)
def test_without_a_catalogue_a_capitalised_word_beside_it_may_be_a_title(
    title: str, text: str, masked: str
) -> None:
    assert TitleMatcher([title]).mask(text) == masked
