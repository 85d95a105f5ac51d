"""Seekers' sentences: complete for each language and kind, replaceable by a file, and checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import ROOT
from usbrec.dialogue import Item
from usbrec.errors import ConfigError
from usbrec.items import Catalogue, Similarity
from usbrec.items.kinds import KINDS, Kind, kind_of, kind_of_noun, telling_columns
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import LANGUAGES, words
from usbrec.play.languages import Languages
from usbrec.play.seekers.facts import Fact
from usbrec.play.seekers.phrases import _BY_FACT, _LISTS, phrases, problems_of
from usbrec.play.seekers.rules import hint
from usbrec.play.seekers.voices import Voices

#: What only fits films, or what one sees or reads, in each language.
FILM_TALK = {
    "en": r"\b(films?|movies?|watch(ed|ing)?|seen|credits|came to its end|screen|actors?|read|listen)\b",
    "de": r"\b(films?|filme|gesehen|sehen|abspann|zu ende|schluss war|kino|lesen?|gelesen|hören?|umschlag)\b",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_packaged_sentences_pass_the_check_of_a_users_file(language: str) -> None:
    assert list(problems_of(words(language, "seekers"))) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_language_and_kind_has_every_list(language: str, kind: Kind) -> None:
    said = phrases(language, kind)
    for name in _LISTS:
        assert said.choices(name)
    for name in _BY_FACT:
        for fact in (
            Fact("genre", ("x",)),
            Fact("era", ("x",)),
            Fact("person", ("x",)),
            Fact("value", ("x",)),
        ):
            assert said.about(name, fact)
    assert {fact for fact, _ in said.asked_for()} == {"person", "era", "genre", "value"}


def test_languages_have_the_same_kinds_and_lists() -> None:
    english, german = (words(language, "seekers") for language in ("en", "de"))
    for kind in KINDS:
        for name in set(english["items"]) | set(english.get(kind, {})):
            assert name in german["items"] or name in german.get(kind, {}), (kind, name)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["products", "places", "items"])
def test_seekers_of_things_that_are_no_films_do_not_talk_of_films(language: str, kind: Kind) -> None:
    table = phrases(language, kind).table[kind]
    said = [one for name in _LISTS for one in table[name]]
    said += [one for name in _BY_FACT for many in table[name].values() for one in many]
    assert [one for one in said if re.search(FILM_TALK[language], one, re.I)] == []


_texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(str.strip)


@given(
    language=st.sampled_from(LANGUAGES),
    kind=st.sampled_from(KINDS),
    fact=st.builds(
        Fact,
        st.sampled_from(["genre", "era", "person", "value"]),
        st.lists(_texts, min_size=1, max_size=2).map(tuple),
        st.booleans(),
        st.sampled_from(["", "City", "colour", "Farbe", "anything", "cuisine"]),
    ),
    noun=st.one_of(_texts, st.sampled_from(["film", "Kopfhörer", "{a}", "book"])),
    seed=st.integers(0, 2**31 - 1),
)
def test_every_sentence_renders_for_any_column_and_word(
    language: str, kind: Kind, fact: Fact, noun: str, seed: int
) -> None:
    said = phrases(language, kind)
    told = said.joined(fact.words)
    assert told in hint(fact, seed, said)
    for name in _BY_FACT:
        for form in said.about(name, fact):
            rendered = form.replace("{}", "X")
            assert ("X" in rendered) == (name != "asks")
    for name in ("wants", "opens"):
        filled = said.fill(said.choices(name), noun)
        assert filled
        assert all("{noun}" not in one or "{noun}" in noun for one in filled)


def test_a_german_sentence_whose_article_nobody_knows_is_left_out() -> None:
    said = phrases("de", "products")
    assert "Ich suche einen Kopfhörer." in said.fill(said.choices("wants"), "Kopfhörer")
    other = said.fill(said.choices("wants"), "Zwitscherdings")
    assert other
    assert not any("Zwitscherdings" in one for one in other)
    assert said.noun("book") == "Buch"


# A file of the user's own


def test_a_file_replaces_the_lists_that_it_has_and_no_others(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[products]\naccept = ["Sold!"]\n[products.hints]\nperson = ["Make it {}."]\n')
    said = phrases("en", "products", file)
    assert said.choices("accept") == ("Sold!",)
    assert hint(Fact("person", ("Sony",)), 3, said) == "Make it Sony."
    assert said.choices("decline") == phrases("en", "products").choices("decline")
    assert phrases("en", "films", file).choices("accept") == phrases("en", "films").choices("accept")
    # A file is of one language.
    assert phrases("de", "products", file).choices("accept") == phrases("de", "products").choices("accept")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[gadgets]\n", "gadgets: no such part"),
        ('[films]\nhello = ["x"]\n', "films.hello: no such list"),
        ('[films]\naccept = "yes"\n', "films.accept: expected a list of at least one sentence"),
        ("[films]\naccept = []\n", "films.accept: expected a list of at least one sentence"),
        ("[films]\naccept = [3]\n", "films.accept: expected texts, found 3"),
        (
            '[films]\naccept = ["Yes, {title}!"]\n',
            "'Yes, {title}!' holds {title}; it may hold no placeholder",
        ),
        ('[films]\nwants = ["I want {}."]\n', "holds {}; it may hold {noun} and {a}"),
        ('[films]\nliked = ["I liked it."]\n', "must hold {} once"),
        ('[films.hints]\nperson = ["{} and {}"]\n', "must hold {} once"),
        ('[films.hints]\nsmell = ["{}"]\n', "films.hints.smell: no such fact"),
        ('[films]\nhints = ["{}"]\n', "films.hints: expected a table of lists, found list"),
        ("films = 3\n", "films: expected a table of lists, found int"),
        ('language = "fr"\n', "language: expected en or de, found 'fr'"),
        ('decade = "old"\n', "decade: must hold {} once"),
        ("older = 3\n", "older: expected a text, found int"),
        ('[films.asked_for]\nperson = ["(who"]\n', "'(who' is no regular expression"),
        ('[films.columns]\n"(city" = ["in {}"]\n', "'(city' is no regular expression"),
        ("[nouns]\nfilm = 3\n", "nouns: expected a table of texts"),
        ("[films\n", "cannot be read as TOML"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_place(text: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"own\.toml") as caught:
        phrases("en", "films", file)
    assert complaint in str(caught.value)


def test_the_file_that_the_documents_show_is_accepted() -> None:
    file = ROOT / "docs" / "examples" / "sentences" / "shop.toml"
    assert file.read_text("utf-8") in (ROOT / "docs" / "seekers.md").read_text("utf-8")
    assert phrases("en", "products", file).choices("greetings")[0] == "Hi!"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file of seekers' sentences"):
        phrases("en", "films", tmp_path / "none.toml")


# Which kind, and which columns


def _items(genres: tuple[str, ...] = (), **extra: Any) -> Catalogue:
    return Catalogue.from_items(
        [
            Item(str(n), f"Thing {n}", genres=genres, extra={k: v[n % 2] for k, v in extra.items()})
            for n in range(8)
        ]
    )


@pytest.mark.parametrize(
    ("catalogue", "kind"),
    [
        (_items(Director=("Ann Lee", "Bo Li")), "films"),
        (_items(("Drama", "Crime")), "films"),
        (_items(Author=("Ann Lee", "Bo Li")), "books"),
        (_items(ISBN=("1", "2")), "books"),
        (_items(Artist=("Ann Lee", "Bo Li")), "music"),
        (_items(("Jazz",)), "music"),
        (_items(Brand=("Sony", "Bose")), "products"),
        (_items(Price=("1", "2")), "products"),
        (_items(Marke=("Sony", "Bose"), Preis=("1", "2")), "products"),
        (_items(City=("Rome", "Bonn"), Cuisine=("Thai", "Italian")), "places"),
        (_items(("Stuff",)), "items"),
        (_items(Price=("1", "2"), Author=("Ann Lee", "Bo Li")), "books"),
    ],
)
def test_columns_and_genres_show_the_kind_of_a_catalogue(catalogue: Catalogue, kind: Kind) -> None:
    assert kind_of(catalogue) == kind


def test_what_one_item_is_called_shows_its_kind() -> None:
    assert [kind_of_noun(noun) for noun in ("Movies", "book", "songs", "restaurant", "gizmo", None)] == [
        *("films", "books", "music", "places"),
        *(None, None),
    ]


def test_only_columns_of_short_repeated_words_are_told() -> None:
    catalogue = Catalogue.from_items(
        [
            Item(
                str(n),
                f"Thing {n}",
                extra={
                    "Colour": ("Red", "Blue")[n % 2],
                    "Price": str(n),
                    "In stock": ("yes", "no")[n % 2],
                    "Link": f"https://shop.example/{n}",
                    "Serial": f"word{'abcdefgh'[n]}",
                    "Notes": "a long text about many things of this one",
                },
            )
            for n in range(8)
        ]
    )
    assert telling_columns(catalogue) == ("Colour",)
    voices = Voices.about(catalogue, Languages("de"), kind="products")
    (fact,) = voices.facts(catalogue.items[0], phrases("de", "products"))
    assert fact == Fact("value", ("Red",), column="Colour")
    assert "Farbe" in hint(fact, 0, phrases("de", "products"))


def test_films_and_books_are_told_by_genre_year_and_people_alone() -> None:
    catalogue = _items(("Drama",), Director=("Ann Lee", "Bo Li"), Country=("France", "Spain"))
    assert Voices.about(catalogue).columns == ()
    knowledge = Knowledge.of(catalogue, Similarity(), seed=0)
    assert Voices.about(knowledge.catalogue, kind="products").columns != ()
