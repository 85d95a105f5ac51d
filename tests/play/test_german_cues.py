"""What the rules read in German: likes, dislikes, refusals, wishes, decades and genres."""

from __future__ import annotations

import pytest

from support.films import KNOWLEDGE, recommender, seeker
from usbrec.dialogue import Item
from usbrec.items import Catalogue, Similarity, genres_in
from usbrec.items.knowledge import Knowledge
from usbrec.play.languages import Languages
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.phrases import phrases
from usbrec.play.seekers.rules import hint

RULES = RulesExtractor(KNOWLEDGE, Languages(fixed="de"))


@pytest.mark.parametrize(
    ("words", "liked", "disliked"),
    [
        ("Ich mag Horror.", ("horror",), ()),
        ("Ich mag keinen Horror.", (), ("horror",)),
        ("Horror mag ich nicht.", (), ("horror",)),
        ("Ich habe Horror schon immer gehasst.", (), ("horror",)),
        ("Ich hasse Liebesfilme, Horror und Krimis.", (), ("romance", "horror", "crime")),
        ("Ich bin kein Fan von Science-Fiction.", (), ("science fiction",)),
        ("Mit Horrorfilmen kann ich nichts anfangen.", (), ("horror",)),
        ("Von Krimis habe ich genug.", (), ("crime",)),
        ("Horror ist nicht mein Ding.", (), ("horror",)),
        ("Romantische Filme finde ich furchtbar.", (), ("romance",)),
        ("Bloß keine Western!", (), ("western",)),
        ("Etwas Gruseliges ohne Romantik, bitte.", ("horror",), ("romance",)),
        ("Nicht nur Horror, auch Krimis mag ich.", ("horror", "crime"), ()),
        ("Kein Problem, ich mag Thriller.", ("thriller",), ()),
        ("Ich suche einen spannenden Film.", ("thriller",), ()),
        ("Ich liebe romantische Komödien.", ("romance", "comedy"), ()),
        ("Ich hätte gern einen Zeichentrickfilm für Kinder.", ("animation",), ()),
        ("Lustige Geschichten, aber keine Dramen.", ("comedy",), ("drama",)),
    ],
)
def test_likes_and_dislikes_are_told_apart(
    words: str, liked: tuple[str, ...], disliked: tuple[str, ...]
) -> None:
    found = RULES.read((seeker(words),))
    assert set(found.likes.genres) >= set(liked)
    assert found.dislikes.genres == disliked
    assert not set(found.likes.genres) & set(disliked)


@pytest.mark.parametrize(
    ("words", "decades"),
    [
        ("Etwas aus den 90ern.", {1990}),
        ("Am liebsten aus den 1980er Jahren.", {1980}),
        ("achtziger Jahre, bitte", {1980}),
        ("Filme der Siebzigerjahre und der Sechziger", {1970, 1960}),
        ("Aus den Neunzigern", {1990}),
        ("Ein Film von 1994", set()),
        ("Ich bin 90 Jahre alt", set()),
    ],
)
def test_decades_are_read_in_figures_and_words(words: str, decades: set[int]) -> None:
    assert RULES.stated((seeker(words),)).decades == decades


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("Das trifft es nicht ganz. Mir ist nach Horror.", "against"),
        ("Das ist eher nichts für mich.", "against"),
        ("Hm, lieber etwas anderes.", "against"),
        ("Nein danke.", "against"),
        ("Den fand ich schlecht.", "against"),
        ("Nicht mein Geschmack.", "against"),
        ("Den kenne ich schon, der war toll!", "for"),
        ("Super, den mag ich!", "for"),
        ("Kenne ich noch nicht, klingt gut.", "nothing"),
        ("Nein, ich mag Komödien.", "nothing"),
        ("Ich hätte gern eine gute Komödie.", "nothing"),
        ("Habe ich noch nie gesehen.", "nothing"),
    ],
)
def test_an_answer_tells_of_what_was_offered(answer: str, verdict: str) -> None:
    turns = (seeker("Hallo"), recommender("Wie wäre es mit Heat (1995)?"), seeker(answer))
    found = RULES.read(turns)
    told = {"for": (("Heat (1995)",), ()), "against": ((), ("Heat (1995)",)), "nothing": ((), ())}
    assert (found.likes.items, found.dislikes.items) == told[verdict]


@pytest.mark.parametrize("sentence", phrases("de", "films").choices("decline"))
def test_each_german_refusal_of_the_rules_is_read_as_one(sentence: str) -> None:
    turns = (seeker("Hallo"), recommender("Wie wäre es mit Heat (1995)?"), seeker(sentence))
    assert RULES.read(turns).dislikes.items == ("Heat (1995)",)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["films", "books", "music", "products", "places", "items"])
def test_what_german_seekers_hint_at_is_read_as_asked_for(kind: str, seed: int) -> None:
    said = phrases("de", kind)  # type: ignore[arg-type]
    told = (
        Fact("genre", ("Komödie",)),
        Fact("era", (said.decade(1994),)),
        Fact("person", ("Leslie Nielsen",)),
    )
    genre, era, person = (RULES.stated((seeker(hint(fact, seed, said)),)) for fact in told)
    assert genre.wanted.genres == {"comedy"}
    assert era.decades == {1990}
    assert len(person.wanted.people) == 1
    for stated in (genre, era, person):
        assert not stated.unwanted.genres
        assert not stated.unwanted.people


def test_a_german_word_that_is_an_english_genre_is_none_in_german_alone() -> None:
    catalogue = Catalogue.from_items([Item("1", "Das Boot", 1981, ("War", "Drama"))])
    assert genres_in("Das war gut, ich mag es sehr", catalogue) == ()
    assert genres_in("war", catalogue, "de") == ()
    assert genres_in("war", catalogue) == ("war",)
    assert genres_in("I like war movies", catalogue) == ("war",)
    assert genres_in("Ich mag Kriegsfilme und Antikriegsfilme", catalogue) == ("war",)


def test_english_words_are_read_for_the_genres_of_a_german_catalogue_and_the_other_way_round() -> None:
    german = Catalogue.from_items([Item("1", "Tatort", 1981, ("Krimi", "Komödie"))])
    assert genres_in("a crime comedy please", german) == ("krimi", "komödie")
    assert genres_in("Krimis und lustige Filme", german) == ("krimi", "komödie")
    english = Catalogue.from_items([Item("1", "Heat", 1995, ("Crime", "Comedy"))])
    assert genres_in("Krimis und lustige Filme", english) == ("crime", "comedy")


def test_without_a_setting_a_german_dialogue_is_read_as_german_and_an_english_one_as_english() -> None:
    rules = RulesExtractor(Knowledge.of(KNOWLEDGE.catalogue, Similarity(), seed=0), Languages())
    assert rules.read((seeker("Horror mag ich nicht, ich suche etwas Lustiges."),)).dislikes.genres == (
        "horror",
    )
    assert rules.read((seeker("I hate horror, I want something funny."),)).dislikes.genres == ("horror",)
