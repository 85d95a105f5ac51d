"""Cut replies: what the catalogue does not have is left out, names in small letters are found."""

from __future__ import annotations

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in

CHECK = ReplyCheck(KNOWLEDGE)
HEARD = heard_in((seeker("I want a good film for tonight."),))


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("Heat (1995) is tense. Hans Zimmer wrote the score.", "Heat (1995) is tense."),
        ("Heat (1995), scored by Hans Zimmer, is tense.", "Heat (1995) is tense."),
        ("Heat (1995) is fun, but Shadow Falls has more depth.", "Heat (1995) is fun."),
        ("Heat (1995) is fun. Shadow Falls is better. It is longer. Enjoy!", "Heat (1995) is fun. Enjoy!"),
        ("Heat (1995) stars Al Pacino, Robert De Niro and Greta Vance.",
         "Heat (1995) stars Al Pacino, Robert De Niro."),
        ("Try Heat (1995) with Tom Hanks.", "Try Heat (1995)."),
    ],
)  # fmt: skip
def test_the_clause_or_sentence_about_what_is_not_ours_is_cut(reply: str, left: str) -> None:
    assert CHECK.cut(reply, CATALOGUE.items, HEARD) == left


@pytest.mark.parametrize(
    "reply",
    ["I'd pick Shadow Falls over Heat (1995).", "Shadow Falls is good, but Heat (1995) is better.",
     "Try Shadow Falls.", "If you liked Heat (1995), try Shadow Falls.", "Heat (1995), Up, Shadow Falls.",
     "1. Heat (1995)\n2. Shadow Falls (2011)", "Heat (1995) was directed by Greta Vance.",
     "Heat (1995), scored by Hans Zimmer."],
)  # fmt: skip
def test_nothing_is_cut_where_what_is_left_would_say_another_thing(reply: str) -> None:
    assert CHECK.cut(reply, CATALOGUE.items, HEARD) is None


@pytest.mark.parametrize(
    "reply",
    [
        "If you have two hours, give serenade a chance.",
        "Well, catalyst is one of the best films I know.",
        "Great taste! atlantics has the same dark humor.",
        "A quiet gem: to live.",
        "You could watch quicksand or Heat (1995).",
        "Schauen Sie sich den audeze maxwell an, er ist leicht und robust.",
        "Vielleicht gefällt dir meridian, das ist ein Klassiker.",
        "1731 comes highly recommended.",
    ],
)
def test_names_of_ordinary_words_in_small_letters_are_made_up(reply: str) -> None:
    assert CHECK.made_up(reply, CATALOGUE.items, HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "Heat (1995) won no Oscar for Best Picture, but it should have.",
        "Heat (1995) is full of wit, pace and heart.",
        "You're welcome! Have a lovely evening.",
        "Do you want to laugh or to think?",
        "Heat (1995) ist schwarzhumorig, beklemmend und großartig gespielt.",
        "I'm thinking Heat (1995).",
    ],
)
def test_ordinary_talk_is_left_as_it_is(reply: str) -> None:
    assert CHECK.made_up(reply, CATALOGUE.items, HEARD) == ()


def test_a_person_behind_has_must_be_the_items_own() -> None:
    assert CHECK.made_up("Heat (1995) has Tom Hanks in the lead.", CATALOGUE.items, HEARD)
    assert not CHECK.made_up("Heat (1995) has Al Pacino in the lead.", CATALOGUE.items, HEARD)
