"""Ids of recommended items in logs that a catalogue writes otherwise; what `--leave-out` knows again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.films import CATALOGUE, sample, seeker
from usbrec.data import write_samples
from usbrec.dialogue import RecordedDialogue, Turn
from usbrec.errors import InputError, InputWarning
from usbrec.items import Catalogue
from usbrec.stages.given_items import with_known_items
from usbrec.stages.ranking import _without, make_ranker

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


def test_samples_of_items_that_are_gone_are_told_of_where_a_ranker_is_trained(tmp_path: Path) -> None:
    """A shop trains from what people took, and some of that has left the catalogue or has a new title."""
    kept = "Alien (1979)"
    taken = [kept, "Lamp of Yesterday", "f1", "Lamp of Yesterday"]
    lines = [replace(sample(f"Wish {n}.", id_=f"d{n}:1"), targets=(title,)) for n, title in enumerate(taken)]
    write_samples(tmp_path / "harvest.jsonl", lines)
    (tmp_path / "items.csv").write_text("id,title\nf1,Alien (1979)\nf2,Heat (1995)\n")
    told = (
        r"3 of 4 samples teach the ranker nothing: .* such as 'Lamp of Yesterday' of 'd1:1'\. 'f1' is an id"
    )
    # Too few are left to learn from, which is the error; that most were lost is said before.
    with pytest.warns(InputWarning, match=told), pytest.raises(InputError, match="there are 1"):
        make_ranker([tmp_path / "harvest.jsonl"], tmp_path / "ranker", catalogue=tmp_path / "items.csv")
