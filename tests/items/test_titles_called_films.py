"""Titles that a sentence calls a film or likes, beside places, people and ordinary nouns."""

from __future__ import annotations

import pytest

from usbrec.dialogue import Item
from usbrec.items import Linker, TitleMatcher, split_title

NAMES = (
    "Inception (2010)|Casablanca (1942)|Munich (2005)|Vienna (2019)|Brooklyn (2015)|Manhattan (1979)"
    "|Oslo (2021)"
    "|Detroit (2017)|Belfast (2021)|Fargo (1996)|Lincoln (2012)|Carrie (1976)|Rebecca (1940)|Matilda (1996)"
    "|Annie (1982)|Juno (2007)|Das Boot (1981)|Der Pate (1972)|Der Richter (2014)|Die Welle (2008)"
    "|Die Brücke (1959)|Das Fest (1998)|Der Untergang (2004)|Das Experiment (2001)|Der Vorleser (1995)"
    "|Volver (2006)|La haine (1995)|La familia (2017)|Ирония судьбы (1976)|Бригада (2002)|Вий (1967)"
    "|Крёстный отец (1972)|Оно (2017)|الممر (2019)|霸王别姬 (1993)|无间道 (2002)|盗梦空间 (2010)|英雄 (2002)"
    "|기생충 (2019)|인셉션 (2010)|도둑들 (2012)|꿈 (1990)|Es (2017)"
)
LINKER = Linker([Item(split_title(name)[0], *split_title(name)) for name in NAMES.split("|")])


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("Das Boot ist mein Lieblingsfilm.", ["Das Boot"]),
        ("Das Boot ist ein Film von 1981.", ["Das Boot"]),
        ("Der Richter ist ein toller Film.", ["Der Richter"]),
        ("Die Welle ist ein wirklich sehr guter Film.", ["Die Welle"]),
        ("Die Brücke war ein guter Film.", ["Die Brücke"]),
        ("Der Untergang ist ein großartiger Film.", ["Der Untergang"]),
        ("Der Pate ist sehr spannend.", ["Der Pate"]),
        ("Der Vorleser hat mich sehr berührt.", ["Der Vorleser"]),
        ("Der Pate von Coppola ist alt.", ["Der Pate"]),
        ("Kennst du den Paten?", ["Der Pate"]),
        ("Gestern habe ich den Paten gesehen.", ["Der Pate"]),
        ("Ich mag Der Pate und Das Boot.", ["Der Pate", "Das Boot"]),
        ("Der Pate.", ["Der Pate"]),
        ("Der Pate kenne ich schon.", ["Der Pate"]),
        ("Der Vorleser mit Kate Winslet hat drei Preise.", ["Der Vorleser"]),
        ("Der Pate bitte.", ["Der Pate"]),
        ("Das Boot rocks big time", ["Das Boot"]),
        ("Ирония судьбы — мой любимый фильм.", ["Ирония судьбы"]),
        ("Мой любимый фильм — Ирония судьбы.", ["Ирония судьбы"]),
        ("Крестный отец — лучший фильм.", ["Крёстный отец"]),
        ("Вий — замечательный фильм.", ["Вий"]),
        ("Бригада — лучший сериал.", ["Бригада"]),
        ("Inception — замечательный фильм.", ["Inception"]),
        ("La haine est un film magnifique.", ["La haine"]),
        ("Volver es mi película favorita.", ["Volver"]),
        ("La familia es una película venezolana.", ["La familia"]),
        ("الممر فيلم رائع", ["الممر"]),
        ("我喜欢霸王别姬。", ["霸王别姬"]),
        ("我很喜欢无间道", ["无间道"]),
        ("盗梦空间是我的最爱", ["盗梦空间"]),
        ("기생충 같은 영화 추천해 주세요.", ["기생충"]),
        ("인셉션같은 영화 추천해 주세요.", ["인셉션"]),
        ("도둑들 비슷한 영화 있어요?", ["도둑들"]),
        ("Casablanca is great", ["Casablanca"]),
        ("We watched Casablanca last summer", ["Casablanca"]),
        ("Have you seen Munich?", ["Munich"]),
        ("We loved Brooklyn and Manhattan, what a pair of films.", ["Brooklyn", "Manhattan"]),
        ("I enjoyed the acting in Belfast.", ["Belfast"]),
        ("His best work in Fargo is the scene in the snow.", ["Fargo"]),
        ("Lincoln was a great film about the president.", ["Lincoln"]),
        ("Juno is my daughter's favourite.", ["Juno"]),
        ("Juno is my favorite movie.", ["Juno"]),
        ("Thanks, Matilda sounds great!", ["Matilda"]),
        ("Rebecca is a masterpiece.", ["Rebecca"]),
        ("Try Casablanca.", ["Casablanca"]),
    ],
)
def test_what_a_sentence_calls_a_film_or_likes_is_named(text: str, titles: list[str]) -> None:
    assert [mention.item_id for mention in LINKER.link(text)] == titles


@pytest.mark.parametrize(
    "text",
    [
        "Der Pate hat dem Kind ein Rad geschenkt.",
        "Der Pate kommt heute zu Besuch.",
        "Der Untergang der Titanic war 1912.",
        "Das Experiment ist misslungen, sagte der Professor.",
        "Der Vorleser hat heute frei.",
        "Das Fest war laut.",
        "Ich freue mich, denn das Fest beginnt um acht Uhr.",
        "Wir feiern das Fest mit Freunden.",
        "Der Richter hat ihn verurteilt.",
        "Der Richter ist ein Film-Fan.",
        "Das Boot ist im Film kaputt.",
        "Die Brücke ist ein Meisterwerk der Ingenieure.",
        "Es ist ein toller Film.",
        "Das war ein guter Film.",
        "Она — лучший режиссёр.",
        "Оно — мой любимый фильм?",
        "La haine est un poison.",
        "Volver es mejor que irse.",
        "La familia es un tesoro.",
        "الممر ضيق",
        "我喜欢英雄。",
        "꿈 같은 영화였어요.",
        "고양이 기생충 약을 사야 해요.",
        "We visited Munich last summer.",
        "We visited Manhattan and Brooklyn.",
        "I am flying to Oslo on Friday.",
        "I work in Detroit.",
        "The weather in Belfast is bad.",
        "Restaurants in Casablanca are cheap.",
        "We drove past Lincoln, Nebraska.",
        "Greetings from Munich!",
        "Thanks, Rebecca!",
        "Gracias, Rebecca.",
        "Merci, Rebecca !",
        "Thanks, Matilda!",
        "Thank you so much, Carrie.",
        "Good morning, Annie.",
        "Rebecca told me about you.",
        "Annie and Matilda came over.",
        "My friend Carrie likes comedies.",
        "Juno is my dog.",
        "Lincoln was the 16th president of the United States.",
    ],
)
def test_places_people_and_ordinary_nouns_are_no_titles(text: str) -> None:
    assert LINKER.link(text) == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("霸王别姬", "霸王别姬那种的"),
        ("기생충", "기생충으로부터 시작하죠"),
        ("盗梦空间", "盗梦空间就是我要的"),
        ("Das Boot", "Das Boot liegt mir am Herzen."),
        ("Бригада", "Бригада всегда со мной."),
        ("Alien: Covenant (2017)", "I want Covenant."),
        ("Harbour Lights (2011)", "Try Harbour\u00a0Lights (2011)."),
        ("Harbour Lights (2011)", "Try Harbour\u202fLights."),
        ("Harbour Lights (2011)", "Try Harbour\u200bLights."),
        ("Harbour Lights (2011)", "Try Harbour\u00adLights."),
        ("Harbour Lights (2011)", "Try Har\u00adbour Lights."),
        ("Harbour Lights (2011)", "Try **Harbour** Lights."),
        ("Harbour Lights (2011)", "I would like to see Harbour\nLights if I may."),
    ],
)
def test_a_secret_title_is_masked_wherever_its_words_stand(title: str, text: str) -> None:
    matcher = TitleMatcher([title])
    assert matcher.betrayed(text) == (title,)
    masked = matcher.mask(text, "X")
    assert "X" in masked
    assert matcher.betrayed(masked) == ()


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("It (2017)", "It is nice and I want it."),
        ("Up (2009)", "Get up early. Up we go!"),
        ("Her (2013)", "I told her that Her Majesty left."),
        ("Big (1988)", "A big one, please."),
        ("The Room (2003)", "We left the room early."),
        ("About Time (2013)", "It's about time for a film."),
        ("Chicago (2002)", "I live in Chicago."),
        ("Emma (2020)", "My sister Emma likes it."),
        ("Dune (2021)", "Dune (1984) please."),
        ("英雄", "他是我们的英雄。"),
        ("Das Boot", "Wir mieten heute das Boot am See."),
        ("Halo 3 (2007)", "Halo 5 is the one I want."),
    ],
)
def test_ordinary_words_places_and_people_are_not_masked(title: str, text: str) -> None:
    matcher = TitleMatcher([title])
    assert matcher.betrayed(text) == ()
    assert matcher.mask(text, "X") == text


@pytest.mark.parametrize("gap", ["\u00a0", "\u202f", "\u200b", "\u00ad", "**", "\n"])
def test_what_is_not_seen_between_words_hides_no_title(gap: str) -> None:
    linker = Linker([Item("1", "Harbour Lights", 2011)])
    text = f"I would try Harbour{'** ' if gap == '**' else gap}Lights if I were you."
    assert [mention.item_id for mention in linker.link(text)] == ["1"]


@pytest.mark.parametrize(
    "text", ["Harbour\nLights", "1. Harbour\n2. Lights", "Try Harbour.\nLights are off.", "a\n\nb"]
)
def test_lines_of_a_list_and_sentences_are_no_wrapped_title(text: str) -> None:
    assert Linker([Item("1", "Harbour Lights", 2011)]).link(text) == ()
