"""Titles of a word beside a cue of their own: possessives, hashtags, joined titles, signs; and names."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker

TITLES = (
    "Dixit; Wings; Catan; 活着; 爱; 英雄; 8½; π; 1984; 300; Dune; Emma; Anna; Juno; Heat; Up; It; Her;"
    "Friday; Paris; Get Out; Titanic; Inception; The Matrix; Pulp Fiction; Toy Story 3; Forrest Gump; Frozen;"
    "Love; Alien; Drama"
)
LINKER = Linker([Item(title.strip(), title.strip()) for title in TITLES.split(";")])


def named(text: str) -> list[str]:
    return [mention.item_id for mention in LINKER.link(text)]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Orwell's 1984", ["1984"]),
        ("I read Orwell's 1984.", ["1984"]),
        ("Orwell's 1984 is great.", ["1984"]),
        ("I love Austen's Emma.", ["Emma"]),
        ("Jane Austen's Emma", ["Emma"]),
        ("Villeneuve's Dune was long.", ["Dune"]),
        ("Dickens’ Heat", ["Heat"]),
        ("Disney's Frozen", ["Frozen"]),
        ("Pixar's Up is lovely.", ["Up"]),
        ("Dune's desert", ["Dune"]),
        ("Dune's desert is great.", ["Dune"]),
        ("Heat's ending was great.", ["Heat"]),
        ("Heat's awesome!", ["Heat"]),
        ("Titanic's ending made me cry.", ["Titanic"]),
        ("Inception's plot is odd.", ["Inception"]),
        ("Emma's soundtrack is lovely.", ["Emma"]),
        ("dune's ending was good", ["Dune"]),
        ("i hated heat's plot", ["Heat"]),
        ("Alien's design by Giger", ["Alien"]),
        ("Alien by Ridley Scott", ["Alien"]),
    ],
)
def test_a_possessive_before_or_behind_a_title_tells_that_it_is_one(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "Toyota's 1984 model",
        "Anna's Emma is five.",
        "Emma's house is big.",
        "Emma's story is sad.",
        "We met at Juno's house.",
        "It's Up to you.",
        "Let's Heat things up.",
        "Friday's menu",
        "Monday's Heat",
        "Friday's plot meeting",
        "Love's a strange thing.",
        "Paris's streets are full.",
        "It's great.",
        "What's Her name?",
        "Heat's on.",
        "Germany's 300 islands",
        "the movie's ending was good",
        "it's plot was thin",
        "Frozen by Monday Morning traffic",
    ],
)
def test_what_people_days_and_cities_have_names_nothing(text: str) -> None:
    assert named(text) == []


def test_whoever_made_an_item_makes_its_title_of_any_word_behind_the_name() -> None:
    linker = Linker([Item("it", "It", people=("Stephen King",)), Item("up", "Up", people=("Pete Docter",))])
    assert [one.item_id for one in linker.link("king's it and King's Up")] == []
    assert [one.item_id for one in linker.link("Stephen King's It is long.")] == ["it"]
    assert [one.item_id for one in linker.link("Docter's Up made me cry.")] == ["up"]
    assert not linker.link("The king's it girl")


@pytest.mark.parametrize(
    "text",
    [
        "My name is Juno.",
        "my name is juno",
        "I'm Juno, nice to meet you.",
        "I am Juno.",
        "Call me Juno.",
        "My name is Forrest Gump.",
        "My sister Juno likes comedies.",
        "My little brother Dune watched it.",
        "There was a girl named Juno.",
        "Mein Name ist Juno.",
        "Ich heiße Juno.",
        "Je m'appelle Juno.",
        "Me llamo Juno.",
        "Ik heet Juno.",
    ],
)
def test_the_name_of_whoever_speaks_or_is_spoken_of_names_no_title(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("My favorite is Juno.", ["Juno"]),
        ("I'm watching Juno.", ["Juno"]),
        ("For my daughter Frozen is best.", ["Frozen"]),
        ("It is a movie called Juno.", ["Juno"]),
        ("My name is Sam and I like Juno.", ["Juno"]),
        ("I am Sam. Juno is my favorite.", ["Juno"]),
        ('My name is "Juno" is wrong', ["Juno"]),
    ],
)
def test_a_title_behind_other_words_than_those_before_a_name_is_named(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Dune & Emma", ["Dune", "Emma"]),
        ("Dune and Emma.", ["Dune", "Emma"]),
        ("Dune, Emma, Heat", ["Dune", "Emma", "Heat"]),
        ("Maybe Dune or Emma?", ["Dune", "Emma"]),
        ("Inception & Emma", ["Inception", "Emma"]),
        ("Heat vs Up", ["Heat", "Up"]),
        ("Dune und Emma", ["Dune", "Emma"]),
    ],
)
def test_joined_titles_that_are_all_that_is_said_are_named(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    "text",
    [
        "Emma and Anna",
        "Anna & Emma.",
        "Friday & Paris",
        "Love Drama.",
        "Love and peace",
        "Up and down we go",
        "300, 1984",
        "Paris and Emma went home.",
    ],
)
def test_people_days_and_numbers_that_are_joined_name_nothing(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("#Dune", ["Dune"]),
        ("Loving #Dune so far", ["Dune"]),
        ("#TheMatrix", ["The Matrix"]),
        ("watching #thematrix and #PulpFiction", ["The Matrix", "Pulp Fiction"]),
        ("#ToyStory3!", ["Toy Story 3"]),
        ("#GetOut", ["Get Out"]),
        ("#getout", []),
        ("so much #love for you", []),
        ("happy #friday", []),
        ("#ToyStory4", []),
        ("#TheMatrices", []),
    ],
)
def test_a_hashtag_names_the_title_that_it_is_joined_of(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("8 1/2", ["8½"]),
        ("I love 8 1/2.", ["8½"]),
        ("I loved 8½", ["8½"]),
        ("Have you seen 8½?", ["8½"]),
        ("π", ["π"]),
        ("I loved π.", ["π"]),
        ("Have you seen π?", ["π"]),
        ("π was great", ["π"]),
        ("I walked 8 1/2 miles.", []),
        ("I read 8 1/2 pages.", []),
        ("It lasts 8 1/2 hours.", []),
        ("How long? 8 1/2 hours.", []),
        ("π is a number.", []),
        ("The value of π is 3.14.", []),
    ],
)
def test_a_title_that_is_a_sign_or_a_fraction_is_seen_or_all_that_is_said(
    text: str, titles: list[str]
) -> None:
    assert named(text) == titles


def test_a_fraction_is_the_same_title_however_it_is_written() -> None:
    linker = Linker([Item("naked", "The Naked Gun 2 1/2"), Item("weeks", "9½ Weeks")])
    found = linker.link("I saw The Naked Gun 2½ and 9 1/2 Weeks")
    assert [one.item_id for one in found] == [
        "naked",
        "weeks",
    ]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Emma it is", ["Emma"]),
        ("Emma it is then!", ["Emma"]),
        ("Okay, Dune it is.", ["Dune"]),
        ("Emma, please.", ["Emma"]),
        ("Emma sounds good.", ["Emma"]),
        ("Friday it is.", []),
        ("Paris it is!", []),
        ("It sounds good", []),
        ("Drama, please.", []),
        ("Emma, please stop.", []),
        ("Emma sounds upset.", []),
    ],
)
def test_a_title_that_is_chosen_is_named_and_a_day_or_a_city_is_not(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Dixit spielen wir oft", ["Dixit"]),
        ("Catan macht Spaß.", ["Catan"]),
        ("Wings war langweilig", ["Wings"]),
        ("Wings war gut.", ["Wings"]),
        ("Cold war films are good.", []),
        ("War is bad, gut feeling", []),
        ("我推荐活着", ["活着"]),
        ("我推荐活着。", ["活着"]),
        ("你看过活着吗？", ["活着"]),
        ("活着很好看", ["活着"]),
        ("我看完了爱。", ["爱"]),
        ("活着真累", []),
        ("我想活着。", []),
        ("我喜欢活着", []),
        ("我推荐爱情电影", []),
        ("她推荐了爱心早餐", []),
    ],
)
def test_a_short_sentence_of_german_or_chinese_says_what_is_played_seen_or_recommended(
    text: str, titles: list[str]
) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("There we go. In Heat he is great.", ["Heat"]),
        ("We live in Heat, Oklahoma.", []),
        ("I'm from Paris.", []),
        ("I grew up in Dune.", []),
    ],
)
def test_who_lives_somewhere_is_said_in_the_same_sentence(text: str, titles: list[str]) -> None:
    assert named(text) == titles


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("1984を読みました。", ["1984"]),
        ("1984 읽어봤어?", ["1984"]),
        ("1984를 봤어요", ["1984"]),
        ("你看过1984吗？", ["1984"]),
        ("Hast du 1984 gelesen?", ["1984"]),
        ("1984年に読みました。", []),
        ("1984년에 봤어요.", []),
        ("300円を払いました。", []),
        ("我1984年出生。", []),
        ("Das war 1984.", []),
        ("In 1984 we moved to Paris.", []),
        ("It cost 300 dollars.", []),
        ("Cuesta 300 euros.", []),
    ],
)
def test_a_number_is_a_title_where_it_is_read_or_seen_and_no_year_or_price(
    text: str, titles: list[str]
) -> None:
    assert named(text) == titles
