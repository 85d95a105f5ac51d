"""A glance says "no" only where the linker finds nothing, and says it of most texts."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usbrec.dialogue import Turn
from usbrec.items import TitleMatcher, matcher_of
from usbrec.items.linking.linker import Linker

TITLES = (
    "The Shining (1980)",
    "Alien (1979)",
    "It (2017)",
    "Toy Story 3 (2010)",
    "Spider-Man: Far from Home (2019)",
    "E.T. the Extra-Terrestrial (1982)",
    "Monsters, Inc. (2001)",
    "Matrix, The (1999)",
    "Slap Shot",
    "Mother!",
)
BEFORE = ("", "I liked ", "have you seen ", "the ", '"', "(", "Ich mag ", "My sister's ", "Heat, ", "not ")
BEHIND = ("", " (1980)", " (1979)", " 1999", "'s end", '"', "?", " and more", " 2", " ist gut und schön", "!")


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """A title, in part or whole, with up to two errors, among other words."""
    title = draw(st.sampled_from(TITLES))
    title = draw(st.sampled_from((title, title.rpartition(" (")[0] or title, title.lower(), title.upper())))
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(title)))
        kind = draw(st.sampled_from(("lose", "add", "change", "swap", "cut")))
        letter = draw(st.sampled_from("aeqx -':1"))
        if kind == "lose":
            title = title[:place] + title[place + 1 :]
        elif kind == "add":
            title = title[:place] + letter + title[place:]
        elif kind == "change":
            title = title[:place] + letter + title[place + 1 :]
        elif kind == "swap":
            title = title[:place] + title[place : place + 2][::-1] + title[place + 2 :]
        else:
            title = title[place:]
    return draw(st.sampled_from(BEFORE)) + title + draw(st.sampled_from(BEHIND))


@given(st.lists(st.sampled_from(TITLES), min_size=1, max_size=3), st.lists(misspelt(), max_size=3))
def test_what_the_linker_finds_is_found_with_a_glance_before_it(titles: list[str], texts: list[str]) -> None:
    matcher = TitleMatcher(titles)
    turns = [Turn("seeker", text) for text in texts]
    for turn in turns:
        assert matcher.named(turn.text) == matcher.named_by_turn(turn) == matcher._linked(turn.text)
    assert matcher.named_in(turns) == matcher._linked(" ".join(texts))


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("The Shining (1980)", "I loved The Shinign (1980) a lot."),
        ("The Shining (1980)", "I loved The Sining (1980) a lot."),
        ("The Shining (1980)", "I loved The Shiniing (1980) a lot."),
        ("Alien (1979)", "Alein (1979) was great"),
        ("Toy Story 3 (2010)", "Have you seen Toy Srory 3 (2010)?"),
        ("Monsters, Inc. (2001)", "Have you seen Monstres, Inc.?"),
        ("Matrix, The (1999)", "The Matirx (1999)!"),
    ],
)
def test_a_title_with_one_typing_error_is_seen_at_a_glance(title: str, text: str) -> None:
    assert TitleMatcher((title,)).named(text) == TitleMatcher((title,))._linked(text) == (title,)


@pytest.mark.parametrize(
    "text",
    [
        "I am looking for something scary, like what you said before, with a house in the snow.",
        "The Big Sleep (1946), perhaps. What do you think?",
        "Not that one; my sister saw it in 2019 and did not like the ending at all.",
    ],
)
def test_a_text_that_holds_nothing_like_a_title_is_not_linked(text: str) -> None:
    with mock.patch.object(Linker, "link", side_effect=AssertionError("linked")):
        assert TitleMatcher(("The Shining (1980)", "Toy Story 3 (2010)")).named(text) == ()


def test_a_text_in_another_language_or_script_is_left_to_the_linker() -> None:
    assert TitleMatcher(("Le Parrain",)).named("J'ai vu la fin du Parrain et je l'ai aimée.") == (
        "Le Parrain",
    )
    assert TitleMatcher(("Бригада",)).named("Ты смотрел «Бригаду»?") == ("Бригада",)


def test_who_asks_for_the_same_titles_gets_the_same_matcher() -> None:
    assert matcher_of(TITLES[:2]) is matcher_of(tuple(TITLES[:2]))
    assert matcher_of(TITLES[:2]) is not matcher_of(TITLES[1:3])
