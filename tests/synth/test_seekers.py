"""Seekers made from a catalogue alone: whom they want, what they tell, and that they never name it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from support import ROOT
from support.films import CATALOGUE, FILMS, KNOWLEDGE
from usbrec.cli.app import app
from usbrec.config import Config, Seekers
from usbrec.data import load_samples
from usbrec.dialogue import Item, Sample
from usbrec.errors import ConfigError, InputError
from usbrec.items import AttributeRetriever, Catalogue, Linker, Similarity, load_catalogue
from usbrec.items.knowledge import Knowledge
from usbrec.play.seekers.facts import facts_of
from usbrec.play.targets import Targets
from usbrec.stages import make_samples
from usbrec.synth.generator import Made, SeekerDistribution, make_seekers
from usbrec.synth.sampling import drawn, split_items

BOOKS = ROOT / "docs" / "examples" / "books.csv"
SHARED = ROOT.parent / "shared" / "data"
REDIAL, WIKIDATA = "redial/id2info.json", "catalogue/wikidata_movies_cc0.csv"


def _knowledge(catalogue: Catalogue) -> Knowledge:
    return Knowledge.of(catalogue, Similarity(), baseline_items=50, seed=0)


def _made(number: int, *, knowledge: Knowledge = KNOWLEDGE, seed: int = 0, **fields: Any) -> Made:
    chosen = SeekerDistribution(**fields)
    return make_seekers(knowledge, noun="film", distribution=chosen, number=number, seed=seed)


def _names_a_target(sample: Sample, catalogue: Catalogue, linker: Linker) -> bool:
    """Asked without the code under test: does a turn link to an item of a target's title?"""
    wanted = {item.id for item in catalogue.resolve(sample.targets)}
    return any(mention.item_id in wanted for turn in sample.turns for mention in linker.link(turn.text))


def _hits(samples: Sequence[Sample], knowledge: Knowledge, k: int = 10) -> float:
    """The share of samples with a target among the attribute retriever's first `k`."""
    retriever = AttributeRetriever(knowledge.catalogue, knowledge.linker, knowledge.similarity)
    found = 0
    for sample in samples:
        wanted = {item.id for item in knowledge.catalogue.resolve(sample.targets)}
        found += any(item_id in wanted for item_id, _ in retriever.rank(sample.turns, k))
    return found / len(samples)


# What a sample is


def test_a_made_sample_ends_with_the_seeker_has_no_label_and_a_dialogue_of_its_own() -> None:
    samples = _made(40, seed=3).samples
    assert [sample.id for sample in samples] == [f"catalogue:3:{number}" for number in range(40)]
    for sample in samples:
        assert sample.dialogue_id == sample.id
        assert sample.turns[-1].role == "seeker"
        assert sample.label is None
        assert sample.source == "catalogue"
        assert all(turn.text.strip() for turn in sample.turns)


def test_the_same_seed_makes_the_same_samples_and_another_one_others() -> None:
    assert _made(20).samples == _made(20).samples
    other = _made(20, seed=1).samples
    assert [sample.turns for sample in _made(20).samples] != [sample.turns for sample in other]


def test_a_smaller_number_makes_the_beginning_of_a_larger_one() -> None:
    assert _made(30).samples[:12] == _made(12).samples


def test_contexts_differ_in_length_and_openings_in_words() -> None:
    samples = _made(200, knowledge=_knowledge(load_catalogue(BOOKS))).samples
    assert len({len(sample.turns) for sample in samples}) >= 4
    assert len({sample.turns[-1].text for sample in samples}) > 150
    assert {len(sample.targets) for sample in samples} == {1, 2, 3}


def test_without_exchanges_the_seeker_speaks_once() -> None:
    for sample in _made(30, exchanges=0).samples:
        assert [turn.role for turn in sample.turns].count("seeker") == 1


def test_what_was_told_and_what_remains_are_the_first_targets_attributes() -> None:
    for sample in _made(60, vaguest=0.0).samples:
        first = CATALOGUE.find(sample.targets[0])[0]
        known = {fact.text for fact in facts_of(first)}
        remaining = {" and ".join(fact["words"]) for fact in sample.seeker["remaining"]}
        said = " ".join(turn.text for turn in sample.turns if turn.role == "seeker").lower()
        told = known & set(sample.seeker["revealed"])
        assert told | remaining == known
        assert not told & remaining
        for fact in sample.seeker["remaining"]:
            assert not all(word.lower() in said for word in fact["words"])


def test_liked_items_are_like_the_target_and_are_named() -> None:
    linker = KNOWLEDGE.linker
    seen = 0
    for sample in _made(60).samples:
        for name in sample.seeker["revealed"]:
            for item in CATALOGUE.find(name) if "(" in name else ():
                seen += 1
                wanted = CATALOGUE.find(sample.targets[0])[0]
                similar = KNOWLEDGE.similarity(KNOWLEDGE.traits[item.id], KNOWLEDGE.traits[wanted.id])
                assert similar > 0
                text = " ".join(turn.text for turn in sample.turns)
                assert item.title.lower() in text.lower()
                # In lower case and without the year a short title cannot be told from a word.
                assert item.name not in text or any(m.item_id == item.id for m in linker.link(text))
    assert seen > 20


# Never the target


@given(st.integers(0, 2**31 - 1))
@settings(max_examples=15)
def test_no_turn_names_a_target(seed: int) -> None:
    for sample in _made(25, seed=seed).samples:
        assert not _names_a_target(sample, CATALOGUE, KNOWLEDGE.linker)
        assert not Targets.of(sample, KNOWLEDGE).named_in(sample.turns)


words = st.sampled_from(
    [
        "It",
        "Crime",
        "Drama",
        "{}",
        "{noun}",
        "The Book",
        "Heat",
        "Heat 2",
        "Ann Lee",
        "1990s",
        "Any Ideas",
        "Older",
    ]
)
items = st.builds(
    Item,
    id=st.uuids().map(str),
    title=words,
    year=st.none() | st.integers(1950, 2010),
    genres=st.lists(words, max_size=2, unique=True).map(tuple),
    people=st.lists(words, max_size=2, unique=True).map(tuple),
    popularity=st.sampled_from([0.0, 1.0, 1e9]),
)


@given(st.lists(items, min_size=1, max_size=8, unique_by=lambda item: item.id))
@settings(max_examples=60)
def test_titles_that_are_genres_names_or_templates_are_kept_secret_too(some: list[Item]) -> None:
    catalogue = Catalogue.from_items(some)
    try:
        made = _made(6, knowledge=_knowledge(catalogue))
    except InputError:
        # Every item is undescribed, or nothing can be said of any without naming it.
        return
    linker = Linker(catalogue)
    assert len(made.samples) == 6
    for sample in made.samples:
        assert not _names_a_target(sample, catalogue, linker)
        assert "{a}" not in sample.turns[-1].text


# Who is wanted


def test_every_described_item_is_a_target_before_any_is_one_again() -> None:
    firsts = [sample.targets[0] for sample in _made(2 * len(FILMS)).samples]
    names = {film.name for film in FILMS}
    assert set(firsts[: len(FILMS)]) == names
    assert set(firsts[len(FILMS) :]) == names


def test_items_of_which_only_the_title_is_known_are_skipped_and_counted() -> None:
    catalogue = Catalogue.from_items([*FILMS, Item("x", "Unheard Of"), Item("y", "Nobody Knows")])
    made = _made(40, knowledge=_knowledge(catalogue))
    assert made.undescribed == 2
    assert not {"Unheard Of", "Nobody Knows"} & {sample.targets[0] for sample in made.samples}


def test_a_catalogue_of_bare_titles_is_refused() -> None:
    bare = _knowledge(Catalogue.from_items([Item("x", "Heat"), Item("y", "Ronin")]))
    with pytest.raises(InputError, match="No item has a genre"):
        _made(1, knowledge=bare)


def test_popular_items_come_sooner_and_rare_ones_come_too() -> None:
    items = [
        Item(str(number), f"Title {number}", 1990, popularity=1000.0 * (number < 5)) for number in range(100)
    ]
    firsts = [{item.id for item in drawn(items, 0.5, seed)[:10]} for seed in range(40)]
    popular = sum(len(first & set("01234")) for first in firsts) / 40
    assert popular > 3
    evenly = [{item.id for item in drawn(items, 0.0, seed)[:10]} for seed in range(40)]
    assert sum(len(first & set("01234")) for first in evenly) / 40 < 1
    assert len(set.union(*firsts)) > 60


def test_second_targets_are_much_like_the_first() -> None:
    related = [sample for sample in _made(100).samples if len(sample.targets) > 1]
    assert related
    for sample in related:
        first, *others = (KNOWLEDGE.traits[CATALOGUE.find(title)[0].id] for title in sample.targets)
        assert all(KNOWLEDGE.similarity(first, other) >= 0.5 for other in others)
    assert all(len(sample.targets) == 1 for sample in _made(60, related=0.0).samples)


def test_the_seekers_shown_in_the_documents_are_among_those_that_its_command_makes(tmp_path: Path) -> None:
    make_samples(BOOKS, tmp_path / "train.jsonl", test=tmp_path / "test.jsonl")
    made = (*load_samples(tmp_path / "train.jsonl"), *load_samples(tmp_path / "test.jsonl"))
    said = {
        (
            " or ".join(one.targets),
            " ".join(f"*{t.text}*" if t.role == "recommender" else t.text for t in one.turns),
        )
        for one in made
    }
    page = (ROOT / "docs" / "own-catalogue.md").read_text(encoding="utf-8")
    table = page.partition("| wanted | what was said |")[2].partition("\n\n")[0]
    shown = [tuple(cell.strip() for cell in row.split("|")[1:3]) for row in table.splitlines()[2:]]
    assert len(shown) == 2
    assert set(shown) <= said


# What the openings are good for


def test_most_openings_lead_to_their_target_on_the_shelf_of_books() -> None:
    """Chance would find about .11; an opening that said nothing of the target would not do better."""
    knowledge = _knowledge(load_catalogue(BOOKS))
    assert _hits(_made(120, knowledge=knowledge).samples, knowledge) > 0.75


@pytest.mark.parametrize(("file", "least"), [(REDIAL, 0.45), (WIKIDATA, 0.4)])
def test_openings_made_from_real_catalogues_lead_to_their_targets_and_name_none(
    file: str, least: float
) -> None:
    """Chance finds .002 of ReDial's films and .001 of Wikidata's."""
    if not (SHARED / file).is_file():
        pytest.skip("../shared/data is not beside the checkout")
    knowledge = _knowledge(load_catalogue(SHARED / file))
    samples = _made(100, knowledge=knowledge).samples
    assert not any(_names_a_target(sample, knowledge.catalogue, knowledge.linker) for sample in samples)
    assert _hits(samples, knowledge) > least


# The files


def test_what_is_written_reads_back_as_it_was_made(tmp_path: Path) -> None:
    counts = make_samples(BOOKS, tmp_path / "s.jsonl", number=50)
    read = load_samples(tmp_path / "s.jsonl")
    assert counts["samples"] == len(read) == 50
    made = make_seekers(
        _knowledge(load_catalogue(BOOKS)), noun="book", distribution=SeekerDistribution(), number=50, seed=0
    )
    assert read == made.samples


def test_training_and_testing_share_no_wanted_item_and_no_id(tmp_path: Path) -> None:
    counts = make_samples(
        BOOKS, tmp_path / "train.jsonl", number=300, test=tmp_path / "test.jsonl", share=0.3
    )
    train, test = load_samples(tmp_path / "train.jsonl"), load_samples(tmp_path / "test.jsonl")
    assert (counts["samples"], counts["test"]) == (len(train), len(test)) == (210, 90)
    assert not {title for one in train for title in one.targets} & {t for one in test for t in one.targets}
    assert not {one.id for one in train} & {one.id for one in test}


def test_items_of_one_title_are_held_out_together() -> None:
    """Two films are called The Thing, and "The Thing" may be the name of either."""
    for seed in range(20):
        train, test = split_items(CATALOGUE, 0.3, seed)
        assert {"f9", "f10"} <= train or {"f9", "f10"} <= test
        assert train | test == {film.id for film in FILMS}


@pytest.mark.parametrize(
    ("name", "noun"),
    [
        ("books.csv", "book"),
        ("our_songs-2024.csv", "song"),
        ("wikidata_movies_cc0.csv", "movie"),
        ("x.csv", "item"),
    ],
)
def test_an_item_is_called_what_the_file_is_called(name: str, noun: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(BOOKS.read_text(encoding="utf-8"), encoding="utf-8")
    make_samples(tmp_path / name, tmp_path / "out.jsonl", number=60)
    said = " ".join(turn.text.lower() for one in load_samples(tmp_path / "out.jsonl") for turn in one.turns)
    assert f" {noun}" in said
    make_samples(
        tmp_path / name, tmp_path / "out.jsonl", number=60, config=Config(seekers=Seekers(noun="lamp"))
    )
    said = " ".join(turn.text.lower() for one in load_samples(tmp_path / "out.jsonl") for turn in one.turns)
    assert " a lamp" in said
    assert f" a {noun} " not in said


def test_what_is_asked_for_in_vain_is_said_so(tmp_path: Path) -> None:
    out = tmp_path / "s.jsonl"
    with pytest.raises(ConfigError, match="--number 0"):
        make_samples(BOOKS, out, number=0)
    with pytest.raises(ConfigError, match="--number 1"):
        make_samples(BOOKS, out, number=1, test=tmp_path / "t.jsonl")
    with pytest.raises(ConfigError, match="--number 3"):
        make_samples(BOOKS, out, number=3, share=0.9, test=tmp_path / "t.jsonl")
    with pytest.raises(ConfigError, match="add --test"):
        make_samples(BOOKS, out, share=0.5)
    with pytest.raises(ConfigError, match=r"--share 1\.5"):
        make_samples(BOOKS, out, share=1.5, test=tmp_path / "t.jsonl")
    with pytest.raises(ConfigError, match="none on one side"):
        make_samples(BOOKS, out, share=0.001, test=tmp_path / "t.jsonl")
    with pytest.raises(ConfigError, match="name of its own"):
        make_samples(BOOKS, out, test=out)
    assert not out.exists()


def test_the_command_says_how_many_went_where_and_other_kinds_take_no_such_options(tmp_path: Path) -> None:
    train, test = tmp_path / "train.jsonl", tmp_path / "test.jsonl"
    done = CliRunner().invoke(
        app, ["samples", "catalogue", str(BOOKS), "-o", str(train), "--number", "30", "--test", str(test)]
    )
    assert done.exit_code == 0, done.output
    assert "24 simulated seekers" in done.output
    assert "6 simulated seekers" in done.output
    refused = CliRunner().invoke(app, ["samples", "own", str(train), "-o", str(test), "--number", "3"])
    assert isinstance(refused.exception, ConfigError)
    assert len(load_samples(test)) == 6
