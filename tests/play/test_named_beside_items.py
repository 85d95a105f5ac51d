"""Templates of the lexicon: what a sentence sets beside an item of ours is an item, too."""

from __future__ import annotations

import re

import pytest

from support.films import CATALOGUE, KNOWLEDGE, seeker
from usbrec.lexicon import words
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.play.grounding.naming.position_words import de, en, phrases, position

STRICT, CHECKED = ReplyCheck(KNOWLEDGE, strict=True), ReplyCheck(KNOWLEDGE)
HEARD = heard_in((seeker("I want a tense film for tonight, please."),))
GERMAN = heard_in((seeker("Kannst du mir einen Film für heute empfehlen?"),))


def _made_up(reply: str, *, strict: bool = True) -> tuple[str, ...]:
    return (STRICT if strict else CHECKED).made_up(reply, CATALOGUE.items, HEARD)


@pytest.mark.parametrize(
    "reply",
    [
        "Honestly, rather glass and smoke than Heat tonight.",
        "I'd rather watch slow water than Heat.",
        "The other side of town rather than Heat, if you ask me.",
        "You are torn between Heat and slow water? Go with the second.",
        "Is slow water funnier than Heat? I think so.",
        "Which one sounds better, Heat or slow water?",
        "There are two I'd name (quiet hours and Heat).",
        "Toy Story and quiet hours and Alien, one after the other!",
        "Alien and Heat are tense, yet slow water has a lighter touch.",
        "If your dad likes Heat, then he will sit through a summer's lease as well.",
        "For laughs: Casino. For tears: quiet hours. For both: Heat.",
        "a) Heat\nb) half a life ago\nWhich one shall it be?",
        "Heat in Love is over before you know it.",
        "Son of Heat, a film of the nineties.",
        "Eher Heat oder eher 1847?",
        "Lieber glass als Heat, würde ich sagen.",
        "Besser als Heat finde ich Vagabond.",
        "Zwei Filme fallen mir ein – Heat und Vom Suchen und Finden.",
    ],
)
def test_what_is_set_beside_an_item_is_one(reply: str) -> None:
    assert _made_up(reply)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "reply",
    [
        "Honestly, rather Alien than Heat tonight.",
        "I'd rather see something new than Heat.",
        "Heat rather than Alien, if you ask me.",
        "You are torn between Heat and Alien? Go with the second.",
        "You are torn between Heat and the remake?",
        "Which one sounds better, Heat or Alien?",
        "There are two I'd name (Alien and Heat).",
        "For laughs: Casino. For tears: Heat. For both: Alien.",
        "a) Heat\nb) Alien\nWhich one shall it be?",
        "Plan A: Heat; plan B: Alien.",
        "Heat is two hours longer than Alien.",
        "Heat is long, but the ending is better.",
        "Go for Heat; you can thank me later.",
        "Yes it is, Heat was good too.",
        "Eher Heat oder eher Alien?",
        "Lieber Alien als Heat, würde ich sagen.",
        "Lieber etwas Lustiges als Heat?",
        "Besser als Heat finde ich Alien.",
        "Zwei Filme fallen mir ein – Casino und Alien.",
        "Verstehe. Und was magst du gar nicht?",
        "Unser Vorschlag: Heat.",
    ],
)
def test_items_of_ours_and_what_is_none_may_stand_there(reply: str, *, strict: bool) -> None:
    assert _made_up(reply, strict=strict) == ()


def test_a_sentence_is_held_to_its_template_where_names_are_only_checked() -> None:
    assert _made_up("Honestly, rather glass and smoke than Heat tonight.", strict=False)


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name", ["M.A.R.K.", "R.O.O.K.", "e.a.r."])
def test_letters_with_full_stops_are_a_name(name: str, *, strict: bool) -> None:
    assert _made_up(f"I'd pair Heat with {name} tonight.", strict=strict)


@pytest.mark.parametrize(
    "reply", ["Heat, a.k.a. the best of them, is tense.", "Try Heat, if R.S.T. Mann says so."]
)
def test_usual_letters_and_those_of_a_person_are_none(reply: str) -> None:
    assert {"a.k.a.", "R.S.T."}.isdisjoint(_made_up(reply, strict=False))


@pytest.mark.parametrize(
    ("reply", "refused"),
    [
        ("People compare it with Heat, yet the hear! has a lighter touch.", True),
        ("As tense as Heat, but shorter: the hear!.", True),
        ("Airplane! has a lighter touch.", False),
        ("Same here! it is a tense one. Try Heat.", False),
    ],
)
def test_a_mark_that_ends_no_sentence_is_part_of_a_name(reply: str, *, refused: bool) -> None:
    assert any("hear!" in one or "the hear" in one for one in _made_up(reply)) is refused


@pytest.mark.parametrize("reply", ["877.", "700!", "Il mare dentro casa.", "가을 역."])
def test_a_few_words_of_no_language_are_a_name_to_who_speaks_one(reply: str) -> None:
    assert _made_up(reply)
    assert STRICT.made_up(reply, CATALOGUE.items, heard_in((seeker("Bonsoir !"),))) == ()


@pytest.mark.parametrize(
    "reply",
    ["Al Pacino has made better-known films, but Heat is the one.", "Thanks to Al Pacino, Heat never drags."],
)
def test_people_of_the_catalogue_name_no_item(reply: str) -> None:
    assert _made_up(reply) == ()


@pytest.mark.parametrize("code", ["en", "de"])
@pytest.mark.parametrize("name", ["templates", "templates_alone"])
def test_each_template_says_where_a_name_stands(code: str, name: str) -> None:
    for template in phrases(code, name):
        assert template.count("NAME") == 1
        assert ("ITEM" in template) is (name == "templates") or "(?=" in template or "or" in template
        re.compile(template)


def test_words_of_positions_stand_in_the_lexicon() -> None:
    assert {"but", "while"} <= en("clauses")
    assert {"than", "over"} <= en("ranked")
    assert {"lieben", "sehen"} <= de("liked")
    assert {"vom", "zum"} <= de("with_article")
    # Each list that is one text is of words alone.
    for code in ("en", "de"):
        for name, listed in words(code, "positions").items():
            if isinstance(listed, str):
                assert position(code, name)
                assert all(word.isalpha() for word in listed.split()), name


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("Ridley Scott hat Heat gedreht.", ("Ridley Scott",)),
        ("Ridley Scott directed Heat.", ("Ridley Scott",)),
        ("Michael Mann hat Heat gedreht.", ()),
        ("Ridley Scott hat Heat gesehen.", ()),
    ],
)
def test_who_is_said_to_have_made_an_item_is_one_of_its_people(reply: str, wrong: tuple[str, ...]) -> None:
    assert _made_up(reply, strict=False) == wrong
