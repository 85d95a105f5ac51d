"""Closed vocabulary: every part of a reply is a title, a value of its item, or a listed word."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from support.films import KNOWLEDGE, seeker
from support.seats import after, draw, grounded
from usbrec.config import Play
from usbrec.dialogue import Item
from usbrec.errors import InputWarning
from usbrec.items import AttributeRetriever, Catalogue, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.llm import ScriptedModel
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.grounding.grounded import Grounded
from usbrec.play.grounding.naming.check import ReplyCheck, heard_in
from usbrec.play.grounding.naming.closed_words import closed_words, has_closed_words
from usbrec.play.languages import Languages
from usbrec.prompts import Prompts

FILMS = (
    Item("h", "Heat", 1995, ("crime", "thriller"), ("Michael Mann", "Al Pacino", "Robert De Niro")),
    Item("a", "Alien", 1979, ("horror",), ("Ridley Scott", "Sigourney Weaver")),
    Item("t", "The Third Man", 1949, ("mystery",), ("Carol Reed", "Orson Welles"), also=("Der dritte Mann",)),
    Item("n", "2012", 2009, ("action",), ("Roland Emmerich",)),
    Item("e", "Airplane!", 1980, ("comedy",), ("Jim Abrahams",)),
)


def _product(number: int, name: str, brand: str, kind: str, **extra: str) -> Item:
    columns = {"Price": "49.90 €", "Stock": "3", "Battery Hours": "30", "Colour": "black", **extra}
    return Item(f"p{number}", name, 2020 + number, (kind,), (brand,), extra=columns)


SHOP = (
    _product(0, "Arlo Q4", "Arlo", "gaming"),
    _product(1, "Murmio Dovel 3", "Murmio", "studio", Price="99 €", Stock="0", Colour="red"),
    _product(3, "Quarzo 32", "Quarzo", "studio", Price="75 €", Stock="12", Colour="white"),
    _product(4, "Evenmoor Lake", "Evenmoor", "gaming", Price="120 €", Stock="1", Colour="white"),
    _product(2, "Arlo Night Walk", "Arlo", "in-ear", Price="19.50 €", Stock="", **{"Battery Hours": "8"}),
)


def _check(items: tuple[Item, ...]) -> ReplyCheck:
    return ReplyCheck(Knowledge.of(Catalogue(items), Similarity(), seed=0), strict=True, closed=True)


CLOSED, SHOPPED = _check(FILMS), _check(SHOP)
HEARD = heard_in((seeker("I want something good for tonight, please."),))


def _said(text: str, check: ReplyCheck = CLOSED) -> bool:
    items = FILMS if check is CLOSED else SHOP
    return not check.made_up(text, items, HEARD)


def _sold(text: str) -> bool:
    return _said(text, SHOPPED)


@pytest.mark.parametrize(
    "reply",
    [
        "You should try Heat.",
        "I would recommend Heat (1995), directed by Michael Mann.",
        "How about Alien? It is a wonderful film.",
        'I recommend "The Third Man" for your movie night.',
        "1. Heat: a gripping story\n2. Alien: a classic",
        "Michael Mann's Heat would be a great choice.",
        "Heat is from 1995, and Alien is from 1979.",
        "What kind of films do you usually enjoy?",
        "Airplane! is very funny.",
        "Mein Vorschlag: Heat.",
        "Wie wäre es mit Alien?",
        "Hast du Heat schon gesehen?",
    ],
)
def test_titles_values_and_words_of_the_list_are_said(reply: str) -> None:
    assert _said(reply)


@pytest.mark.parametrize(
    "name",
    [
        "Vertigo", "Mirror", "Nobody", "Closer", "The Paper Garden", "the paper garden", "Heat Wave",
        "Heat 2",
        "Return to Heat", "Son of Heat", "Young Heat",
        "Super Heat", "Good Heat", "The Heat Story", "Heat: Origins",
        "Heat (Director's Cut)",
        "45", "1987", "2046", "XR-5", "Sony WH-77", "R.O.O.K.", "60/40", "#Lost", "Th3 Wall", "K-91",
        "サイレンス", "Тихий час", "기생충", "שלום", "Ηθος", '"quiet nights"', "«Tundra»", "**Ember**",
        "come and see", "past lives", "slow water", "if i stay", "down with love", "Otto Kranz", "Heat Alien",
    ],
)  # fmt: skip
def test_no_kind_of_name_that_is_none_of_ours_is_said(name: str) -> None:
    """One word, numerals, brands, other scripts, small letters, quotes, letters with full stops, and around a
    title of ours."""
    said = [
        frame
        for frame in (
            "You should try {}, because it is fun.",
            "I would recommend {} for tonight.",
            "Have you seen {}?",
        )
        if _said(frame.format(name))
    ]
    assert said == []


@pytest.mark.parametrize(
    "claim",
    [
        "Try Heat from 1996.", "I recommend Heat (1979).", "How about Heat by Ridley Scott?",
        "Alien, directed by Michael Mann, is great.", "Heat stars Sigourney Weaver.", "Try Heat from 2012.",
        "I recommend Heat and Alien, directed by Michael Mann.", "Heat won many hearts.",
        "Heat is not a thriller.", "Alien isn't by Ridley Scott.", "Heat is shorter than Alien.",
        "Heat is the oldest of them.",
    ],
)  # fmt: skip
def test_a_claim_about_a_film_is_of_that_film_or_not_said(claim: str) -> None:
    assert not _said(claim)


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("The Arlo Q4 costs 49.90 euro.", True), ("The Arlo Q4 costs 99 euro.", False),
        ("The Arlo Q4 costs 49.90 dollars.", False), ("The Arlo Q4 is under 49.90 euro.", False),
        ("The Arlo Q4 costs 30 euro.", False), ("The Arlo Q4 has 30 hours of battery.", True),
        ("The Arlo Q4 charges in 30 minutes.", False), ("The Arlo Q4 is free.", False),
        ("The Arlo Q4 has 49.90 hours of battery.", False), ("The Arlo Q4 is in stock.", True),
        ("The Arlo Q4 is sold out.", False), ("The Murmio Dovel 3 is sold out.", True),
        ("The Murmio Dovel 3 is in stock.", False), ("The Arlo Night Walk is in stock.", False),
        ("The Arlo Night Walk is sold out.", False), ("The Arlo Q4 is not in stock.", False),
        ("I suggest the Arlo Q4 in black.", True), ("I suggest the Arlo Q4 in red.", False),
        ("I suggest the Arlo Q4 by Arlo.", True), ("I suggest the Arlo Q4 by Murmio.", False),
        ("The Arlo Q4 is cheaper than the Murmio Dovel 3.", False), ("The Arlo Q4 is new.", False),
        ("The Arlo Q4 is not black.", False), ("Der Arlo Q4 ist nicht von Arlo.", False),
        ("Take the Arlo Q4 from 2020.", True), ("Take the Arlo Q4 from 2021.", False),
        ("You find Arlo Q4 under studio.", False), ("You find Arlo Q4 under gaming.", True),
        ("Arlo 2020 is a good model.", False), ("Take the Murmio Q4.", False), ("Take the Arlo Q7.", False),
        ("Take the Arlo Q4 Pro.", False), ("Der Arlo Q4 kostet 49,90 Euro.", True),
        ("Der Arlo Q4 kostet 50 Euro.", False), ("Der Arlo Q4 ist auf Lager.", True),
        ("Der Murmio Dovel 3 ist auf Lager.", False), ("Der Arlo Q4 ist neu.", False),
        ("Ich empfehle den Arlo Q4.", True), ("Ich empfehle den Blaumeise Q4.", False),
    ],
)  # fmt: skip
def test_what_is_said_of_a_product_is_in_its_columns(claim: str, right: bool) -> None:
    assert _sold(claim) is right


def test_of_two_products_a_value_stands_beside_the_one_that_has_it() -> None:
    assert _sold("- Arlo Q4 (49.90 €)\n- Murmio Dovel 3 (99 €)")
    assert not _sold("- Arlo Q4 (99 €)\n- Murmio Dovel 3 (49.90 €)")
    assert not _sold("Unlike the Arlo Q4, the Murmio Dovel 3 is great for travel and comes in black.")


@pytest.mark.parametrize(
    "reply", ["Super Heat.", "Great Heat is my pick.", "Prima Alien.", "Nothing is great."]
)
def test_no_word_at_the_beginning_makes_a_name_of_it(reply: str) -> None:
    assert not _said(reply)


def test_a_sentence_begins_with_a_capital() -> None:
    assert _said("It is great. You should try Heat.")
    assert not _said("It is great. you should try Heat.")
    assert not _said("you should try Heat.")


_LISTED = sorted(closed_words("en").all | {"heat", "alien", "film"})
_OTHER = st.from_regex(r"[a-z]{3,9}", fullmatch=True).filter(
    lambda word: (
        word not in closed_words("en").all
        and word not in closed_words("de").all
        and word not in closed_words("en").lists["price_words"]
        and word not in {"heat", "alien"}
    )
)
_FRAMES = (
    "You should try Heat tonight, because it is very funny.",
    "How about Alien? It is a wonderful film.",
    "I would recommend The Third Man (1949), directed by Carol Reed.",
)


@given(st.sampled_from(_FRAMES), st.integers(0, 11), _OTHER, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_word_that_is_not_listed_is_refused_wherever_it_stands(
    frame: str, place: int, word: str, capital: bool
) -> None:
    words = frame.split(" ")
    at = place % (len(words) + 1)
    words.insert(at, word.capitalize() if capital else word)
    assert not _said(" ".join(words))


_PIECES = st.one_of(
    st.sampled_from(_LISTED),
    st.sampled_from(
        ["Heat", "Alien", "The Third Man", "Heat (1995)", "Michael Mann", "Ridley Scott", "1995", "1979"]
    ),
    st.sampled_from([".", ",", "?", "\n", "“", "(", ")", "-", ":", "'s"]),
    st.sampled_from(["Solaris", "solaris", "X2", "静", "77", "I", "You", "The", "It", "Try"]),
)


@given(st.lists(_PIECES, min_size=1, max_size=9))
@example(["77", ".", "Heat"])
@example(["The Third Man", "cliche", "'s"])
@settings(max_examples=300, deadline=None)
def test_what_is_said_is_made_of_titles_values_and_listed_words_alone(pieces: list[str]) -> None:
    text = re.sub(r" ([.,?:)]|'s)", r"\1", " ".join(pieces))
    if not _said(text):
        return
    left = re.sub(r"(?m)^\s*[0-9]{1,2}[.)] ", " ", text)  # the number of a list's entry says nothing
    values = [name for item in FILMS for name in (*item.people, str(item.year))]
    for known in sorted(
        [*(title for item in FILMS for title in item.titles), *values], key=len, reverse=True
    ):
        left = re.sub(rf"(?<!\w){re.escape(known)}(?!\w)", " ", left)
    lasts = {name.split()[-1] for item in FILMS for name in item.people}
    listed = closed_words("en").all | closed_words("de").all
    phrases = {w for some in closed_words("en").phrases.values() for phrase in some for w in phrase}
    for word in re.findall(r"\w+(?:['’-]\w+)*", left):
        bare = word.removesuffix("'s")  # a listed word may stand in the genitive
        assert bare.lower() in listed | phrases | {"s"} or bare in lasts, (word, text)


def _film_seat(reply: str) -> Grounded:
    retriever = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    grounding = Grounding(KNOWLEDGE, retriever, Prompts(), 4, languages=Languages())
    return grounded(ScriptedModel(lambda request: reply), grounding, redraws=0, naming="closed")


async def test_the_fixed_sentence_keeps_the_item_of_a_refused_reply() -> None:
    title = KNOWLEDGE.catalogue.items[-1].title
    seat = _film_seat(f"{title} throws popcorn at zombies.")
    drawn = await draw(seat, after(seeker("A crime film, please.")))
    reply = drawn.replies[0]
    assert (reply.grounding or {})["fallback"]
    assert title in reply.text


async def test_the_item_that_another_is_compared_with_is_not_the_one_kept() -> None:
    seat = _film_seat("Instead of Heat, snuggle up with Alien and popcorn.")
    drawn = await draw(seat, after(seeker("A film, please.")))
    assert "Alien" in drawn.replies[0].text
    assert "Heat" not in drawn.replies[0].text


async def test_a_language_without_a_list_is_told_once() -> None:
    seat = _film_seat("Je vous recommande un bon film pour ce soir.")
    french = after(seeker("Bonjour, je voudrais regarder un bon film policier ce soir avec ma famille."))
    with pytest.warns(InputWarning, match="French.*no list of words"):
        drawn = await draw(seat, french)
    assert (drawn.replies[0].grounding or {})["fallback"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        await draw(seat, french)


def test_the_way_is_a_setting_and_the_default_stays() -> None:
    assert Play().naming == "checked"
    assert Play(naming="closed").naming == "closed"
    assert [language for language in ("en", "de", "fr") if has_closed_words(language)] == ["en", "de"]


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_list_has_words_that_claim_what_only_columns_hold(language: str) -> None:
    claims = "new newer cheap cheaper shorter longest won available stock neu neue billiger kürzer verfügbar"
    assert closed_words(language).all.isdisjoint(claims.split())


@pytest.mark.parametrize("language", ["en", "de"])
def test_fixed_sentences_are_said_in_words_of_the_list(language: str) -> None:
    sentence = Prompts().say("fallback_item", language, title="Heat")
    assert _said(sentence), sentence
