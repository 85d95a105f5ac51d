"""Seekers of every trade: dialogues made from catalogues of any kind, in English and German."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import ROOT
from usbrec.config import Config
from usbrec.data import load_samples
from usbrec.dialogue import Item, Turn
from usbrec.errors import ConfigError, InputError
from usbrec.items import Catalogue, Linker, Similarity, load_catalogue
from usbrec.items.constraints.column_table import open_columns
from usbrec.items.constraints.filters import read_filter
from usbrec.items.kinds import KINDS, Kind
from usbrec.items.knowledge import Knowledge
from usbrec.lexicon import LANGUAGES
from usbrec.lexicon.detection import detect
from usbrec.play.languages import Languages
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.play.seekers.voices import Voices
from usbrec.play.targets import Targets
from usbrec.stages import make_samples
from usbrec.synth.generator import SeekerDistribution, make_seekers

BOOKS = ROOT / "docs" / "examples" / "books.csv"
BRANDS, COLOURS = ("Sony", "Bose", "JBL", "Teufel"), ("Black", "White", "Red")


def _headphones(number: int = 40) -> Catalogue:
    return Catalogue.from_items(
        [
            Item(
                f"P{n}",
                f"{BRANDS[n % 4]} Major-{100 + 7 * n}",
                genres=(("Over-ear", "In-ear", "Sports headphones")[n % 3],),
                people=(BRANDS[n % 4],),
                extra={"Brand": BRANDS[n % 4], "Colour": COLOURS[n % 3], "Price": str(10 + n)},
            )
            for n in range(number)
        ]
    )


def _knowledge(catalogue: Catalogue) -> Knowledge:
    return Knowledge.of(catalogue, Similarity(), baseline_items=50, seed=0)


_words = st.sampled_from(
    [
        "It",
        "Heat",
        "Das ist es",
        "Perfect",
        "{}",
        "{noun}",
        "Sony",
        "Red",
        "Berlin",
        "Ja",
        "None",
        "1990er",
        "Any",
    ],
)
_items = st.builds(
    Item,
    id=st.uuids().map(str),
    title=_words,
    year=st.none() | st.integers(1950, 2010),
    genres=st.lists(_words, max_size=2, unique=True).map(tuple),
    people=st.lists(_words, max_size=2, unique=True).map(tuple),
    extra=st.dictionaries(st.sampled_from(["City", "Farbe", "Brand", "Nonsense"]), _words, max_size=3),
)


@given(
    some=st.lists(_items, min_size=1, max_size=8, unique_by=lambda item: item.id),
    language=st.sampled_from(LANGUAGES),
    kind=st.sampled_from(KINDS),
    seed=st.integers(0, 1000),
)
@settings(max_examples=80)
def test_no_seeker_of_any_kind_and_language_names_the_target_before_accepting(
    some: list[Item], language: str, kind: Kind, seed: int
) -> None:
    catalogue = Catalogue.from_items(some)
    knowledge = _knowledge(catalogue)
    voices = Voices.about(catalogue, Languages(language), kind=kind)
    try:
        made = make_seekers(
            knowledge,
            noun="book",
            distribution=SeekerDistribution(),
            number=4,
            seed=seed,
            voices=voices,
            language=language,
        )
    except InputError:
        # Every item is undescribed, or nothing can be said of any without naming it.
        return
    linker = Linker(catalogue)
    for sample in made.samples:
        wanted = {item.id for item in catalogue.resolve(sample.targets)}
        assert not any(
            mention.item_id in wanted for turn in sample.turns for mention in linker.link(turn.text)
        )
        assert not Targets.of(sample, knowledge).named_in(sample.turns)
        seat = RulesTargetSimulator(knowledge, "", voices).seat_by_rules(Targets.of(sample, knowledge))
        turns = [*sample.turns, Turn("recommender", "What else?")]
        for fact in seat.untold(turns):
            assert fact.words


@pytest.mark.parametrize("language", LANGUAGES)
def test_seekers_of_products_speak_of_brands_and_colours_and_in_their_language(language: str) -> None:
    catalogue = _headphones()
    made = make_seekers(
        _knowledge(catalogue),
        noun="product",
        distribution=SeekerDistribution(),
        number=60,
        seed=0,
        language=language,
    ).samples
    said = [turn.text for sample in made for turn in sample.turns]
    assert detect("\n".join(said)) == language
    assert sum(any(brand in text for brand in BRANDS) for text in said) > 20
    remaining = [fact for sample in made for fact in sample.seeker["remaining"]]
    told = {fact["words"][0] for fact in remaining if fact["kind"] == "value"}
    assert told == set(COLOURS)
    assert {fact["column"] for fact in remaining if fact["kind"] == "value"} == {"Colour"}
    assert not any(str(10 + n) in text.split() for n in range(40) for text in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_made_seekers_go_through_a_file_and_play_on_in_their_language(language: str, tmp_path: Path) -> None:
    rows = ["sku,name,brand,category,colour"]
    rows += [
        f"{item.id},{item.title},{item.people[0]},{item.genres[0]},{item.extra['Colour']}"
        for item in _headphones(30)
    ]
    (tmp_path / "shop.csv").write_text("\n".join(rows) + "\n")
    make_samples(tmp_path / "shop.csv", tmp_path / "s.jsonl", config=Config().with_(language=language))
    samples = load_samples(tmp_path / "s.jsonl")
    assert len(samples) == 30
    knowledge = _knowledge(_headphones(30))
    languages = Languages.of_samples("auto", samples)
    assert languages.usual == language
    voices = Voices.about(knowledge.catalogue, languages)
    for sample in samples[:10]:
        seat = RulesTargetSimulator(knowledge, "", voices).seat_by_rules(Targets.of(sample, knowledge))
        answer = seat.say([*sample.turns, Turn("recommender", "…?")], explain=False, seed=1)
        assert detect(answer.text) in (language, None)


def test_the_settings_say_kind_and_sentences(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[music]\ngreetings = ["Ahoy!"]\nwants = ["Sing me {a} {noun}."]\n')
    config = Config().with_(catalogue={"kind": "music"}, seekers={"templates": str(own), "noun": "ballad"})
    make_samples(BOOKS, tmp_path / "s.jsonl", config=config)
    samples = load_samples(tmp_path / "s.jsonl")
    said = "\n".join(turn.text for sample in samples for turn in sample.turns)
    assert "Sing me a ballad." in said
    assert "Ahoy!" in said
    assert "Good morning!" not in said


def test_sentences_that_cannot_be_used_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[music]\nwants = ["Sing me {title}."]\n')
    with pytest.raises(ConfigError, match=r"music\.wants: .* holds \{title\}"):
        make_samples(BOOKS, tmp_path / "s.jsonl", config=Config().with_(seekers={"templates": str(own)}))
    assert not (tmp_path / "s.jsonl").exists()


def test_a_value_is_checked_where_a_file_of_samples_is_read(tmp_path: Path) -> None:
    row = {
        "id": "a",
        "dialogue": [{"role": "user", "text": "Hello"}],
        "targets": ["x"],
        "seeker": {"remaining": [{"kind": "value", "words": ["Red"], "column": "Colour"}]},
    }
    (tmp_path / "s.jsonl").write_text(json.dumps(row) + "\n")
    (sample,) = load_samples(tmp_path / "s.jsonl")
    assert sample.seeker["remaining"] == [{"kind": "value", "words": ["Red"], "column": "Colour"}]


def test_seekers_made_in_german_tell_what_they_demand_in_german(tmp_path: Path) -> None:
    config = Config.model_validate({"language": "de"})
    shop = str(ROOT / "docs" / "examples" / "shop.csv")
    with pytest.warns(Warning, match="ask us"):
        make_samples(shop, tmp_path / "s.jsonl", config=config, number=24, constraints=24)
    seekers = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    last = [one["turns"][-1]["text"] for one in seekers if one.get("constraints")]
    said = "\n".join(last)
    assert len(last) >= 12
    for word in ("please", "should", "budget is", "has to be", "Nothing over"):
        assert word not in said
    assert "Bitte nicht" in said
    assert "Budget ist" in said or "kosten" in said
    # What was said in a few words ends before the demand begins.
    assert not re.search(r"[a-zäöüß] (?:Es (?:darf|soll|muss)|Bitte|Nicht von|Mein Budget)", said)


def test_columns_with_german_names_have_their_meaning(tmp_path: Path) -> None:
    shop = tmp_path / "laden.csv"
    shop.write_text(
        "Artikelnummer;Artikelname;Marke;Kategorie;Preis;Lager;Beschreibung\n"
        "A1;Brando Kocher;Brando;Küche;29,90 €;3;Kocht schnell.\n"
        "A2;Lumo Lampe;Lumo;Licht, Büro;49,00 €;0;Leuchtet warm.\n",
        "utf-8",
    )
    catalogue = load_catalogue(shop)
    item = catalogue.get("A2")
    assert item is not None
    assert (item.title, item.people, item.genres, item.text) == (
        "Lumo Lampe",
        ("Lumo",),
        ("Licht", "Büro"),
        "Leuchtet warm.",
    )
    table = open_columns(catalogue)
    assert table.allowed(read_filter({"brand": "Brando", "Preis": {"max": 30}}, table)).count == 1
