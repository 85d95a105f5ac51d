"""Ids of recommended items in logs that a catalogue writes otherwise; what `--leave-out` knows again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.films import CATALOGUE, sample, seeker
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.errors import InputWarning
from usbrec.items import Catalogue
from usbrec.stages.given_items import with_known_items
from usbrec.stages.ranking import _without

NUMBERED = Catalogue.from_items([replace(one, id=one.id.removeprefix("f")) for one in CATALOGUE])


@pytest.mark.parametrize(
    ("given", "read"),
    [("12,13", ("12", "13")), ("12, 13", ("12", "13")), ("12.0", ("12",)), ("12.0,13.0", ("12", "13"))],
)
def test_ids_in_one_cell_and_numbers_of_frames_are_the_catalogues(given: str, read: tuple[str, ...]) -> None:
    turns = (seeker("Hi"), Turn("recommender", "These.", (given,)))
    with pytest.warns(InputWarning, match="1 ids of recommended items"):
        (found,) = with_known_items("log.csv", [RecordedDialogue("d", turns)], NUMBERED)
    assert found.turns[1].items == read


@pytest.mark.parametrize("given", ["12", "nowhere", "12,nowhere", "12.5"])
def test_other_ids_stay_as_they_are(given: str) -> None:
    turns = (seeker("Hi"), Turn("recommender", "These.", (given,)))
    (found,) = with_known_items("log.csv", [RecordedDialogue("d", turns)], NUMBERED)
    assert found.turns[1].items == (given,)


def test_a_dialogue_that_is_left_out_is_known_by_its_words_under_another_id() -> None:
    """Else a ranker learns what it is measured on, because its file has other ids."""
    said = "I have been looking for a slow thriller about a thief who wants to stop, for weeks now."
    other = "Something with a ship and a cat, and nobody to hear you scream, please."
    learnt = [sample(said, id_="a:1"), sample(other, id_="b:1")]
    test = [sample("Hello!", "Hello, what do you like?", said, id_="1:3")]
    with pytest.warns(
        InputWarning, match="1 of 2 dialogues stand in the files of --leave-out under other ids"
    ):
        kept, held_out = _without(learnt, test)
    assert [one.id for one in kept] == ["b:1"]
    assert held_out == {"1"}
