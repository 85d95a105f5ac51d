"""Everyday titles: words that are also titles are targets only where they are written as such."""

from __future__ import annotations

from typing import Any

import pytest

from support.author_files import chat, kit_dialogue, walk
from usbrec.data.dialoguekit import transcript_of
from usbrec.data.opendialkg import transcript_of as of_graph


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("It's a big problem.", False),
        ("How about Big?", True),
        ('You could see "big".', True),
        ("big (1988) is a comedy", True),
    ],
)
def test_a_path_to_an_ordinary_word_is_a_target_where_it_is_a_title(message: str, named: bool) -> None:
    row = {
        "Messages": [
            chat("user", "A comedy?"),
            walk("assistant", ("Comedy", "~has_genre", "Big")),
            chat("assistant", message),
        ],
        "User Rating": "",
        "Assistant Rating": "",
    }
    assert of_graph(row).utterances[-1].titles == (("Big",) if named else ())


def kit(said: str, recommended: str, *listed: str) -> Any:
    about = {"recommended_movie": recommended, "movie_dict": dict.fromkeys(listed, 1)}
    return transcript_of(kit_dialogue(("USER", "Hi"), ("AGENT", said), metadata=about))


def test_a_recommended_word_is_a_target_where_it_is_a_title() -> None:
    read = kit("It is frightening, accept it", "Accept", "Accept (2016)")
    assert (list(read.samples()), read.utterances[-1].titles) == ([], ())
    assert "names 'Accept (2016)'" in read.unusable
    (sample,) = kit("What about Accept?", "Accept", "Accept (2016)").samples()
    assert sample.targets == ("Accept (2016)",)


def test_of_two_films_of_one_title_the_one_whose_year_is_told_is_meant() -> None:
    both = ("Fright (1971)", "Fright (1999)")
    read = kit("See Fright.", "Fright", *both)
    assert (list(read.samples()), read.dialogue().targets) == ([], ())
    assert read.unusable == "it does not say which of 'Fright (1971)', 'Fright (1999)' was recommended"
    (sample,) = kit("See Fright, from 1999.", "Fright", *both).samples()
    assert sample.targets == ("Fright (1999)",)
    assert kit("Fright of 1971, not of 1999.", "Fright", *both).unusable
