"""What of a label is learnt: whole, or the sentence that names the target."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, film_files
from usbrec.config import Config, Play, Search, Seats, Training
from usbrec.dialogue import Item
from usbrec.errors import InputError
from usbrec.items import Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.stages.labels import naming_sentence
from usbrec.stages.training import read_examples
from usbrec.training import split

NOBODY = Knowledge.of(
    Catalogue.from_items((*CATALOGUE, Item("n", "Mr. Nobody", 2009), Item("u", "Up!", 1976))),
    Similarity(),
    baseline_items=10,
    seed=0,
)


@pytest.mark.parametrize(
    ("label", "sentence"),
    [
        ("Casino (1995).", "Casino (1995)."),
        ("I hate rain. Have you seen Casino (1995) ? It has Joe Pesci.", "Have you seen Casino (1995) ?"),
        ('He said "go!" Casino (1995) is long! Heat (1995) too.', "Casino (1995) is long!"),
        ("Casino (1995) or Heat (1995)? Both.", None),
        ("Casino (1995), I mean Casino (1995). Yes.", "Casino (1995), I mean Casino (1995)."),
        ("Nothing comes to my mind. Sorry!", None),
        ("Well. Mr. Nobody (2009) is odd. Yes.", "Mr. Nobody (2009) is odd."),
        ("Well. Up! (1976) is odd. Yes.", "Up! (1976) is odd."),
        ("", None),
    ],
)
def test_the_sentence_that_names_one_item_first(label: str, sentence: str | None) -> None:
    assert naming_sentence(label, NOBODY, frozenset()) == sentence


@given(st.lists(st.sampled_from(["Casino (1995)", "Heat (1995)", "Mr. Nobody (2009)", "so", "?", ".", "! "])))
def test_a_sentence_is_part_of_its_label_and_names_what_the_label_names_first(words: list[str]) -> None:
    label = " ".join(words)
    named = NOBODY.named(label)
    sentence = naming_sentence(label, NOBODY, frozenset())
    if sentence is None:
        assert not named or len(set(named)) > 1
    else:
        assert sentence in label
        assert set(NOBODY.named(sentence)) == {named[0]}


@given(st.text(max_size=80))
def test_no_text_breaks_the_reading_of_labels(label: str) -> None:
    sentence = naming_sentence(label, KNOWLEDGE, frozenset())
    assert sentence is None or sentence in label


def _learnt(tmp_path: Path, label: str, **settings: Any) -> list[str]:
    script = tmp_path / "model.jsonl"
    script.write_text(json.dumps({"say": "Hm."}) + "\n", encoding="utf-8")
    config = Config(
        seats=Seats(recommender=f"scripted:{script}", simulator="rules", judge="rules"),
        play=Play(rounds=1, examples=0, **settings),
        search=Search(focus=0),
        train=Training(labels="naming"),
    )
    files = film_files(tmp_path, label=label)
    found = read_examples("sft", files["samples"], config, files["catalogue"], None)
    return [one.chosen for one in found]


def test_naming_sentences_are_learnt_where_they_name_a_target(tmp_path: Path) -> None:
    assert _learnt(tmp_path, "It rains. Try Casino (1995). Bye!", candidates=3) == ["Try Casino (1995)."] * 4
    assert _learnt(tmp_path, "Try Heat (1995). Or Casino (1995).", candidates=3) == []
    assert _learnt(tmp_path, "Casino (1995) and Heat (1995).", candidates=3) == []


def test_without_candidates_labels_stay_whole(tmp_path: Path) -> None:
    label = "It rains. Try Casino (1995). Bye!"
    assert _learnt(tmp_path, label) == [label] * 4


def test_where_no_label_counts_the_error_says_what_would(tmp_path: Path) -> None:
    assert _learnt(tmp_path, "Hm.", candidates=3) == []
    with pytest.raises(InputError, match=r"it has to name a target first; train\.labels = \"naming\""):
        split([], share=0.1, seed=0)
