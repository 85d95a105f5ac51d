"""The learned ranker: what each source learns, training end to end, its folder, retrieval mode."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.command import refused, usbrec
from support.films import CATALOGUE, FILMS, film_files, seeker
from usbrec.data import write_samples
from usbrec.dialogue import Item, Sample, Turn
from usbrec.errors import BadLines, InputError
from usbrec.evaluation.metrics.ranked import summarise_ranked
from usbrec.items import Catalogue, Linker, Retriever, open_ranker, read_sessions
from usbrec.items.interactions import Session
from usbrec.items.retrieval.dialogue_context import DECAY, ItemIndex, Reader
from usbrec.items.retrieval.encoder import SentenceEncoder
from usbrec.items.retrieval.features import FEATURES
from usbrec.items.retrieval.learnt_from import LearntFrom, read_learnt_from, write_learnt_from
from usbrec.items.retrieval.ranker import item_vectors, read_ranker, write_ranker
from usbrec.items.retrieval.ranker_training import RankerSettings, train_ranker
from usbrec.items.retrieval.sources.cooccurrence import Conversation, Cooccurrence, popularity_of
from usbrec.items.retrieval.sources.dialogue_bm25 import DialogueBM25
from usbrec.items.retrieval.sources.knn import Neighbours

INDEX = ItemIndex(CATALOGUE)
READER = Reader(INDEX, Linker(CATALOGUE))


def row(title: str) -> int:
    return next(number for number, item in enumerate(INDEX.items) if item.title == title)


def dialogues(count: int) -> list[Sample]:
    """Seekers who like one film of a pair, say so, and are happy with the other; each pair has its words."""
    pairs = [
        ("Heat (1995)", "Collateral (2004)", "a tense heist at night"),
        ("Goodfellas (1990)", "Casino (1995)", "gangsters and big money"),
        ("Airplane! (1980)", "The Naked Gun (1988)", "silly jokes, slapstick"),
        ("Alien (1979)", "Halloween (1978)", "something frightening in the dark"),
        ("Notting Hill (1999)", "Pretty Woman (1990)", "a sweet romance"),
        ("Toy Story (1995)", "Finding Nemo (2003)", "to watch with my kids"),
    ]
    made = []
    for number in range(count):
        liked, target, words = pairs[number % len(pairs)]
        openings = (
            f"I loved {liked}.",
            f"{liked} was great, now I want {words}.",
            f"Tonight {words} please.",
        )
        made.append(
            Sample(
                f"d{number}:1",
                f"d{number}",
                (Turn("seeker", openings[number // len(pairs) % len(openings)]),),
                (target,),
                label=f"Then watch {target}.",
            )
        )
    return made


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ranker")
    write_ranker(folder, train_ranker(dialogues(72), CATALOGUE, settings=RankerSettings(rounds=60)))
    return folder


def test_a_ranker_is_known_to_have_learnt_from_what_it_is_measured_on(trained: Path, tmp_path: Path) -> None:
    learnt = dialogues(6)
    new = [replace(one, id=f"new-{one.id}", dialogue_id=f"new-{one.dialogue_id}") for one in dialogues(3)]
    catalogue = film_files(tmp_path)["catalogue"]
    write_samples(tmp_path / "samples.jsonl", [*learnt, *new])
    arguments = ("benchmark", "inspired", tmp_path / "samples.jsonl", "--catalogue", catalogue)
    told = usbrec(*arguments, "--ranker", trained, "-o", tmp_path / "out", models=True).stdout
    assert "learnt from 6 of these 9 dialogues" in " ".join(told.split())
    rows = [json.loads(line) for line in (tmp_path / "out" / "mentions.jsonl").read_text().splitlines()]
    assert [row["sample_id"] for row in rows if row.get("learnt_from")] == [one.id for one in learnt]
    evaluation = ("evaluate", *arguments[2:], "--mode", "retrieval", "--ranker", trained)
    told = usbrec(*evaluation, "-o", tmp_path / "retrieval", models=True).stderr
    assert "was learnt from 6 of these 9 dialogues" in " ".join(told.split())
    shutil.copytree(trained, tmp_path / "old")
    about = json.loads((tmp_path / "old" / "ranker.json").read_text())
    del about["files"]["learnt_from.npy"]
    (tmp_path / "old" / "ranker.json").write_text(json.dumps(about))
    (tmp_path / "old" / "learnt_from.npy").unlink()
    told = usbrec(*arguments, "--ranker", tmp_path / "old", "-o", tmp_path / "out-old", models=True).stdout
    assert "not known whether the ranker was learnt" in " ".join(told.split())


LONG = "I would like to see something slow and dark about a heist that goes wrong tonight"


@pytest.mark.parametrize(
    ("turns", "dialogue", "items", "known"),
    [
        (("Hi", LONG), "a", (), True),
        (
            ("HI!", "other words than those of the one that was learnt from, all of them, every one"),
            "a",
            (),
            True,
        ),
        (("Hello there", f"{LONG}."), "elsewhere", (), True),
        (("Hello there", LONG, LONG.replace("dark", "light")), "elsewhere", (), True),
        (("Hello there", LONG, *(f"{number} {LONG}" for number in range(2))), "elsewhere", (), False),
        (("Hello there",), "a", (), False),
        (("Hi, what kind of movies do you like best?",), "elsewhere", (), False),
        (("Hello there",), "s", ("f1",), True),
        (("Hello there",), "s", ("f2",), False),
        (("Hello there",), "a", ("f1",), False),
    ],
)
def test_a_dialogue_is_known_again_by_its_beginning_its_words_or_its_items(
    turns: tuple[str, ...], dialogue: str, items: tuple[str, ...], known: bool, tmp_path: Path
) -> None:
    greeting = Turn("seeker", "Hi, what kind of movies do you like best?")
    before = Sample("a:1", "a", (seeker("Hi"), seeker(LONG), greeting), ("Heat (1995)",))
    write_learnt_from(tmp_path, LearntFrom.of([before], [Session("s", (("f1", None),))]))
    learnt = read_learnt_from(tmp_path)
    assert learnt is not None
    assert (
        learnt.holds([Sample("x:1", dialogue, tuple(map(seeker, turns)), ("Heat (1995)",))], items) == known
    )


def test_a_turn_weighs_less_the_longer_ago_it_was() -> None:
    """The last utterance weighs one, each earlier one the decay of the next; the latest mention counts."""
    context = READER.read(
        (seeker("I like Heat (1995)"), Turn("recommender", "Casino (1995)?"), seeker("Heat (1995) more"))
    )
    assert context.named() == {row("Heat"): 1.0, row("Casino"): DECAY}
    assert context.latest()[row("Casino")] == (1, False)


def test_what_was_recommended_beside_an_item_goes_with_it() -> None:
    """Companions and EASE rank the film that was recommended with another above one that never was."""
    heat, collateral, alien = row("Heat"), row("Collateral"), row("Alien")
    conversations = [
        Conversation(str(number), ((heat, True), (collateral, False))) for number in range(5)
    ] + [Conversation("x", ((alien, True), (alien, False)))]
    learned = Cooccurrence.fit(conversations, len(INDEX))
    for score_n in learned.score({heat: 1.0}):
        assert score_n[collateral] == score_n.max() > score_n[alien]
    assert popularity_of(conversations, len(INDEX))[collateral] == 5


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=6), max_size=12))
def test_cooccurrence_of_any_conversations_is_finite_and_no_item_goes_with_itself(
    mentions: list[list[tuple[int, bool]]],
) -> None:
    """Whatever was said, scores are finite numbers, and to name an item gives it no score of its own."""
    learned = Cooccurrence.fit(
        [Conversation(str(number), tuple(said)) for number, said in enumerate(mentions)], 10
    )
    for named in range(10):
        for score_n in learned.score({named: 1.0}):
            assert np.isfinite(score_n).all()
            assert score_n[named] == 0


def test_an_item_is_found_by_the_talk_around_it() -> None:
    """Words said where a film was recommended find it; its own title does not count."""
    told = READER.read((seeker("something haunted and gloomy"),))
    other = READER.read((seeker("a cheerful dance"),))
    examples = [(told, None, (row("Alien"),)), (other, None, (row("Casablanca"),))]
    spoken = DialogueBM25.fit(examples, len(INDEX))
    score_n = spoken.score(READER.read((seeker("are there gloomy films?"),)))
    assert score_n.argmax() == row("Alien")
    assert score_n[row("Casablanca")] == 0


def test_neighbours_share_out_what_was_right_in_like_contexts() -> None:
    """The scores of the nearest contexts' targets sum to one target a context."""
    vectors = np.eye(4, dtype=np.float32)
    neighbours = Neighbours.fit(vectors, [(0,), (1,), (1,), ()], 3)
    score_n = neighbours.score(vectors[0])
    assert score_n.argmax() == 0
    assert score_n.sum() <= 1.0 + 1e-6


def test_training_learns_what_goes_with_what_and_with_which_words(trained: Path) -> None:
    """Asked in words of one pair, or with its film, the ranker puts the other film first."""
    ranker = open_ranker(trained, CATALOGUE)
    assert isinstance(ranker, Retriever)
    for text, right in (("I loved Heat (1995).", "Collateral"), ("silly jokes please", "The Naked Gun")):
        best = [CATALOGUE.get(item_id) for item_id, _ in ranker.rank((seeker(text),), 3)]
        assert right in [item.title for item in best if item is not None], text


def test_what_is_named_is_left_out_unless_kept(trained: Path) -> None:
    """All items are ranked, each once, best first; the named one only with keep_named."""
    ranker = open_ranker(trained)
    turns = (seeker("I loved Heat (1995)."),)
    kept = ranker.rank(turns, 1_000, keep_named=True)
    fresh = ranker.rank(turns, 1_000)
    assert {item_id for item_id, _ in kept} == {item.id for item in FILMS}
    assert {item_id for item_id, _ in kept} - {item_id for item_id, _ in fresh} == {"f1"}
    scores = [score for _, score in kept]
    assert scores == sorted(scores, reverse=True)
    assert ranker.rank(turns, 0) == ()


def test_the_folder_gives_the_same_rankings_as_training_and_the_same_seed_the_same_trees(
    trained: Path, tmp_path: Path
) -> None:
    """Training again with the same seed gives the same trees, and the same rankings from its folder."""
    write_ranker(tmp_path, train_ranker(dialogues(72), CATALOGUE, settings=RankerSettings(rounds=60)))
    assert (tmp_path / "trees.txt").read_bytes() == (trained / "trees.txt").read_bytes()
    turns = (seeker("I loved Alien (1979), anything frightening?"),)
    assert open_ranker(tmp_path).rank(turns, 20) == open_ranker(trained).rank(turns, 20)


def test_new_items_rank_by_what_they_are_and_gone_ones_are_gone(trained: Path) -> None:
    """On a catalogue with one film more and one fewer, the new one ranks above an unlike unknown one."""
    new = Item("n1", "Night Robbers", 2005, ("Crime", "Thriller"), ("Michael Mann", "Al Pacino"))
    unlike = Item("n2", "Prairie Hymn", 1939, ("Western", "Musical"), ("Nobody Known",))
    other = Catalogue.from_items([*(film for film in FILMS if film.id != "f2"), new, unlike])
    ids = [item_id for item_id, _ in open_ranker(trained, other).rank((seeker("I loved Heat (1995)."),), 50)]
    assert "f2" not in ids
    assert ids.index("n1") < ids.index("n2")


def test_only_a_changed_description_is_encoded_anew(trained: Path) -> None:
    """On a catalogue in which one film's text changed, its embedding alone is another."""
    changed = [
        replace(film, text="a violin maker in Cremona") if film.id == "f18" else film for film in FILMS
    ]
    known = read_ranker(trained)
    vectors = item_vectors(known, ItemIndex(changed), SentenceEncoder())
    others = [number for number, item in enumerate(known.items) if item.id != "f18"]
    assert (vectors[others] == known.item_vectors[others]).all()
    new, old = vectors[row("True Grit")], known.item_vectors[row("True Grit")]
    asked = SentenceEncoder().encode(["a violin maker in Cremona"])[0]
    assert new @ asked > 0.1 + old @ asked


def test_training_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """With the work folder of a stopped training, what stands there is used, and the trees are the same."""
    samples = dialogues(24)
    whole = train_ranker(samples, CATALOGUE, settings=RankerSettings(rounds=5), work=tmp_path)
    (tmp_path / "fold-2.npz").write_bytes(b"torn")
    before = (tmp_path / "fold-1.npz").stat().st_mtime_ns
    again = train_ranker(samples, CATALOGUE, settings=RankerSettings(rounds=5), work=tmp_path)
    assert again.trees.model_to_string() == whole.trees.model_to_string()
    assert (tmp_path / "fold-1.npz").stat().st_mtime_ns == before


def test_nothing_that_is_learnt_from_knows_what_is_popular_in_the_dialogues_of_its_fold(
    tmp_path: Path,
) -> None:
    # Nobody says anything, and each item is recommended once: without its own dialogue it is unknown.
    samples = [
        Sample(f"d{number}:1", f"d{number}", (Turn("seeker", "Hello."),), (item.name,), label=item.name)
        for number, item in enumerate(INDEX.items)
    ]
    train_ranker(samples, CATALOGUE, settings=RankerSettings(rounds=2), work=tmp_path)
    folds = [np.load(path) for path in sorted(tmp_path.glob("fold-*.npz"))]
    features = np.concatenate([fold["features"] for fold in folds])
    right = np.concatenate([fold["right"] for fold in folds]) == 1
    assert right.sum() >= len(samples) // 2
    popular, attributes = (FEATURES.index(name) for name in ("popularity", "attributes score"))
    assert not features[right, popular].any()
    assert not features[right, attributes].any()
    assert features[~right, attributes].any()


def test_sessions_without_text_teach_what_goes_together(tmp_path: Path) -> None:
    """Clicks alone make a film's companion rank above the films nobody chose with it."""
    path = tmp_path / "clicks.jsonl"
    lines = [{"session": f"u{number}", "items": ["f17", "f18"]} for number in range(30)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    sessions = read_sessions(path, CATALOGUE)
    learned = train_ranker(dialogues(24), CATALOGUE, sessions, settings=RankerSettings(rounds=5)).learned
    companions, _ = learned.cooccurrence.score({row("Unforgiven"): 1.0})
    assert companions.argmax() == row("True Grit")


def test_the_text_of_a_dialogue_is_trusted_over_its_session_and_what_is_held_out_is_left_out(
    tmp_path: Path,
) -> None:
    """Only the session of an unknown dialogue that is not held out is counted."""
    path = tmp_path / "mentions.jsonl"
    items = [{"movie_id": "f17", "name": "Unforgiven (1992)", "by": "recommender", "sentiment": "pos"}]
    lines: list[dict[str, Any]] = [
        {"conversationId": "d0", "items": items},
        {"conversationId": "other", "items": items},
        {"conversationId": "kept", "items": items, "in_ievalm_valid": True},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    made = train_ranker(
        dialogues(24), CATALOGUE, read_sessions(path, CATALOGUE), settings=RankerSettings(rounds=2)
    )
    assert made.about["sessions"] == 1
    assert made.learned.popularity[row("Unforgiven")] == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"items": ["f1"]}', "no id of the session"),
        ('{"session": "a", "items": "f1"}', "field 'items' must be a list"),
        ('{"session": "a", "items": [{"by": "seeker"}]}', "without an id or a name"),
        ('{"session": "a", "items": [null]}', "must hold ids, titles or objects"),
        ("[1]", "line 1"),
        ("{", "line 1"),
    ],
)
def test_a_line_that_is_no_session_is_named(tmp_path: Path, line: str, says: str) -> None:
    """A bad line of interactions is an error that says which line and why."""
    path = tmp_path / "bad.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(BadLines, match="line 1") as problem:
        read_sessions(path, CATALOGUE)
    assert says in str(problem.value)


def test_sessions_of_another_catalogue_are_refused(tmp_path: Path) -> None:
    """None of the items known: probably the wrong file."""
    path = tmp_path / "other.jsonl"
    path.write_text('{"session": "a", "items": ["book-1"]}\n')
    with pytest.raises(InputError, match="none of its items"):
        read_sessions(path, CATALOGUE)


def test_too_few_dialogues_are_refused() -> None:
    """What cannot be dealt into folds cannot be learnt from."""
    with pytest.raises(InputError, match="at least 4 dialogues"):
        train_ranker(dialogues(3), CATALOGUE)


@pytest.mark.parametrize("damage", ["trees.txt", "learned.npz", "items.jsonl", "ranker.json"])
def test_a_damaged_folder_is_refused(trained: Path, tmp_path: Path, damage: str) -> None:
    """Any torn file of a ranker is an InputError, never a crash."""
    folder = tmp_path / "copy"
    shutil.copytree(trained, folder)
    content = (folder / damage).read_bytes()
    (folder / damage).write_bytes(content[: len(content) // 3])
    with pytest.raises(InputError, match=r"damaged|version|belong together|read"):
        read_ranker(folder)


def ranked_row(name: str, ranks: Sequence[int | None], *, repeat: bool = False) -> dict[str, Any]:
    return {
        "sample_id": name,
        "dialogue_id": name,
        "target_ids": [["a"] for _ in ranks],
        "ranks": list(ranks),
        "fresh_ranks": list(ranks),
        "repeat": repeat,
        "listed": ["a", "b"],
        "seconds": 0.01,
    }


def test_figures_count_every_target_once() -> None:
    """Recall, NDCG and MRR of hand-made ranks are what the formulas give, micro-averaged over targets."""
    rows = [ranked_row("1", [1, 20]), ranked_row("2", [None]), ranked_row("3", [4], repeat=True)]
    results = summarise_ranked(rows, popularity={"a": 3.0, "b": 1.0, "c": 1.0}, config={}, seed=0)
    assert results["targets"] == 4
    assert results["recall"] == {"1": 0.25, "10": 0.5, "50": 0.75}
    expected = (1 + 1 / math.log2(5) + 1 / math.log2(21)) / 4
    assert results["intervals"]["ndcg"]["50"]["mean"] == pytest.approx(expected, abs=1e-6)
    assert results["intervals"]["mrr"]["10"]["mean"] == pytest.approx((1 + 1 / 4) / 4)
    assert results["non_repeats"]["n"] == 3
    assert results["repeats"]["recall"]["10"]["mean"] == 1.0
    assert results["head"]["items"] == 1
    assert results["head"]["n"] == 4
    assert results["coverage"] == {
        "1": pytest.approx(1 / 3),
        "10": pytest.approx(2 / 3),
        "50": pytest.approx(2 / 3),
    }


def test_the_command_line_trains_ranks_and_grounds(tmp_path: Path) -> None:
    """train ranker, evaluate --mode retrieval with and without a catalogue file, resume, refusals."""
    write_samples(tmp_path / "train.jsonl", dialogues(24))
    write_samples(tmp_path / "test.jsonl", dialogues(6))
    films = [
        {"id": film.id, "title": film.title, "year": film.year, "genres": list(film.genres)} for film in FILMS
    ]
    catalogue = tmp_path / "films.jsonl"
    catalogue.write_text("".join(json.dumps(film) + "\n" for film in films))
    ranker, run = tmp_path / "ranker", tmp_path / "run"
    train = ("train", "ranker", tmp_path / "train.jsonl", "--catalogue", catalogue, "-o", ranker)
    made = usbrec(*train, models=True)
    assert made.returncode == 0, made.stderr
    assert not (ranker / "work").exists()
    assert usbrec(*train, models=True).returncode == 0
    assert "seed" in refused(*train, "--seed", "1", models=True)
    evaluate = ("evaluate", tmp_path / "test.jsonl", "--mode", "retrieval", "--ranker", ranker)
    done = usbrec(*evaluate, "-o", run, models=True)
    assert done.returncode == 0, done.stderr
    results = json.loads((run / "results.json").read_text())
    assert results["n"] == results["targets"] == 6
    assert results["recall"]["10"] > 0.5
    assert results["ieval"]["mean"] is None
    again = usbrec(*evaluate, "--catalogue", catalogue, "-o", tmp_path / "run2", models=True)
    assert again.returncode == 0, again.stderr
    assert "--catalogue" in refused(
        "evaluate", tmp_path / "test.jsonl", "--mode", "retrieval", "-o", tmp_path / "x", models=True
    )
    assert "no ranker there" in refused(
        *evaluate[:-1], tmp_path / "nowhere", "-o", tmp_path / "y", models=True
    )
