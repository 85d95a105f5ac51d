"""iEvaLM's two modes: attribute questions and free chat, with the ranking behind each round."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from support.fake_runs import failed_row, row, run_of, write_run
from support.films import CATALOGUE, FILMS, KNOWLEDGE, recommender, sample, seeker
from support.retriever import ScriptedRetriever
from support.seats import TEMPLATE, seat_of
from usbrec.cli.app import app
from usbrec.cli.tables import print_comparison
from usbrec.config import Config
from usbrec.dialogue import Item, Sample, Turn
from usbrec.errors import ConfigError, InputError
from usbrec.evaluation.comparison.compare import Comparison, compare
from usbrec.evaluation.report.page import write_report
from usbrec.evaluation.runs.results import load_run, summarise
from usbrec.evaluation.runs.rows import check_row
from usbrec.items import AttributeRetriever, Catalogue, Linker, Similarity
from usbrec.items.knowledge import Knowledge
from usbrec.judge.model import ModelJudge
from usbrec.judge.persuasion import PersuasionJudge
from usbrec.llm import ScriptedModel
from usbrec.play.baselines import BaselineRecommender
from usbrec.play.questions.asking import (
    Asked,
    Asker,
    InformationAsker,
    ModelAsker,
    Pick,
    Questioning,
    entropy,
)
from usbrec.play.questions.attributes import attributes_to_ask, values_of
from usbrec.play.questions.ranking import LISTED, Ranking, round_records
from usbrec.play.recommender import RecommenderSeat
from usbrec.play.targets import Targets
from usbrec.prompts import Prompts
from usbrec.stages import evaluate

PROMPTS = Prompts()
TARGET = "Casino (1995)"


def in_order(ids: Sequence[str]) -> ScriptedRetriever:
    return ScriptedRetriever(ids, knowledge=KNOWLEDGE)


class Says:
    """An asker that does what it is told, round by round, then recommends."""

    def __init__(self, *picks: str | None) -> None:
        self.picks = list(picks)

    async def pick(self, turns: Sequence[Turn], left: Sequence[str], *, last: bool, seed: int) -> Pick:
        return Pick(self.picks.pop(0) if self.picks else None, {})


ALL = tuple(film.id for film in FILMS)


def questioning(
    asker: Asker, said: str = "No idea.", *, ids: Sequence[str] = ALL, rounds: int = 5, shown: int = 3
) -> Questioning:
    model = ScriptedModel(lambda request: said)
    return Questioning(
        seat_of(model, system="SYSTEM"),
        asker,
        ("genre", "people"),
        Ranking(in_order(ids), KNOWLEDGE),
        PROMPTS,
        rounds=rounds,
        shown=shown,
    )


async def played(asked: Questioning, row: Sample) -> Asked:
    return await asked.play(row, Targets.of(row, KNOWLEDGE), seed=1)


# What is asked and answered


async def test_the_seeker_answers_with_what_the_targets_have_and_is_asked_for_each_attribute_once() -> None:
    game = await played(questioning(Says("genre", "people")), sample("hi"))
    said = [turn.text for turn in game.turns[:4]]
    assert said[0] == "Which genre do you have in mind?"
    assert "Crime" in said[1]
    assert "Drama" in said[1]
    assert "Sharon Stone" in said[3]


async def test_an_attribute_that_is_not_known_leaves_no_preference() -> None:
    bare = Catalogue([Item("x", "Some Film"), *FILMS])
    knowledge = Knowledge.of(bare, Similarity(), baseline_items=5, seed=0)
    targets = Targets.of(sample("hi", targets=("Some Film",)), knowledge)
    answer = questioning(Says()).answer(targets, "genre")
    assert answer == PROMPTS.render("ask_unknown", attribute="genre")


names = st.sampled_from(["Jay", "Silent Bob", "Jay and Silent Bob", "Jay, Silent Bob", "Ann Lee", "drama"])


@given(st.lists(names, max_size=5), st.lists(names, min_size=1, max_size=3))
def test_an_answer_never_names_a_target_whatever_its_attributes_are_called(
    people: list[str], titles: list[str]
) -> None:
    items = [
        Item(str(place), title, people=tuple(people), genres=("drama",))
        for place, title in enumerate(dict.fromkeys(titles))
    ]
    knowledge = Knowledge.of(Catalogue(items), Similarity(), baseline_items=5, seed=0)
    targets = Targets.of(sample("hi", targets=tuple(titles)), knowledge)
    for attribute in ("people", "genre"):
        text = questioning(Says()).answer(targets, attribute)
        assert not targets.matcher.named(text)


def test_attributes_are_the_roles_of_people_where_a_catalogue_tells_them_apart_and_else_people() -> None:
    assert attributes_to_ask(CATALOGUE) == ("genre", "people")
    film = replace(FILMS[0], extra={"director": "Michael Mann", "star": "Al Pacino, Al Pacino | B", "x": "y"})
    assert attributes_to_ask(Catalogue([film])) == ("genre", "star", "director")
    assert values_of(film, "star") == ("Al Pacino", "B")
    assert attributes_to_ask(Catalogue([film]), ["x", "decade", "x"]) == ("x", "decade")
    assert values_of(film, "decade") == ("1990s",)


def test_an_attribute_that_no_item_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"has director\. There are: genre, people, decade"):
        attributes_to_ask(CATALOGUE, ["genre", "director"])
    with pytest.raises(ConfigError, match="There are: none"):
        attributes_to_ask(Catalogue([Item("x", "Some Film")]))


# Who asks


def test_entropy_is_in_bits() -> None:
    assert entropy({"a": 1, "b": 1, "c": 2}) == pytest.approx(1.5)
    assert entropy({"a": 7}) == entropy({}) == 0.0


async def test_rules_ask_for_what_splits_the_first_candidates_most_and_stop_when_it_tells_little() -> None:
    horrors = in_order(["f8", "f9", "f10", "f11"])  # one genre for most, different people
    asker = InformationAsker(horrors, KNOWLEDGE)
    turns = sample("hi").turns
    pick = await asker.pick(turns, ("genre", "people"), last=False, seed=1)
    assert pick.attribute == "people"
    assert pick.weights == {"genre": pytest.approx(0.811278), "people": 2.0}
    assert (await asker.pick(turns, ("genre",), last=False, seed=1)).attribute is None
    assert (await asker.pick(turns, ("genre", "people"), last=True, seed=1)).attribute is None


async def test_a_model_chooses_a_letter_among_what_is_left() -> None:
    model = ScriptedModel(lambda request: "", choose=lambda request: {"A": 0.2, "B": 0.5, "C": 0.3})
    asker = ModelAsker(model, TEMPLATE, PROMPTS)
    pick = await asker.pick(sample("hi").turns, ("genre", "star"), last=False, seed=1)
    assert pick.attribute == "star"
    assert pick.weights == {"genre": 0.2, "star": 0.5, "recommend": 0.3}
    asked = model.requests[0].messages[-1].content
    assert "A: ask me about the genre\nB: ask me about the star\nC: recommend now" in asked


async def test_a_choice_that_cannot_be_read_recommends_and_is_marked() -> None:
    model = ScriptedModel(lambda request: "I would rather sing.")
    asker = ModelAsker(model, TEMPLATE, PROMPTS)
    assert await asker.pick(sample("hi").turns, ("genre",), last=False, seed=1) == Pick(None, None)


# How it goes


async def test_a_target_among_the_shown_items_ends_the_dialogue() -> None:
    game = await played(questioning(Says("genre"), ids=("f1", "f4", "f2", "f3")), sample("hi"))
    assert [turn.role for turn in game.turns] == ["recommender", "seeker"] * 2
    assert game.turns[2].text == "I would recommend these: Heat (1995); Casino (1995); Collateral (2004)."
    assert "thank you" in game.turns[3].text
    assert len(game.lists) == 3


async def test_what_was_declined_is_not_recommended_again_and_the_retriever_does_not_read_it() -> None:
    asked = questioning(Says(), rounds=3)
    game = await played(asked, sample("hi", targets=("True Grit (2010)",)))
    assert [listed.items[:3] for listed in game.lists[1:]] == [
        ("f1", "f2", "f3"),
        ("f4", "f5", "f6"),
        ("f7", "f8", "f9"),
    ]
    retriever = asked.ranking.retriever
    assert isinstance(retriever, ScriptedRetriever)
    assert set(retriever.read) == {sample("hi").turns}


async def test_what_the_model_names_leads_the_list_and_its_own_words_are_kept() -> None:
    said = "As you liked Alien (1979), try Casablanca (1942)."
    game = await played(questioning(Says(), said, rounds=1), sample("I liked Alien (1979)."))
    assert game.lists[1].items[:3] == ("f19", "f8", "f1")
    assert game.lists[1].fresh[:2] == ("f19", "f1")
    assert game.said[0].text == said
    assert game.turns[0].text.startswith("I would recommend these: Casablanca (1942); Alien (1979)")


async def test_the_answer_to_a_question_moves_the_list() -> None:
    retriever = AttributeRetriever(CATALOGUE, Linker(CATALOGUE), Similarity())
    asked = replace(questioning(Says("people")), ranking=Ranking(retriever, KNOWLEDGE), rounds=1)
    row = sample("hi", targets=("The Big Sleep (1946)",))
    game = await played(asked, row)
    before, after = round_records(game.lists, Targets.of(row, KNOWLEDGE), 1)
    assert after["ranks"][0] < before["ranks"][0]


async def test_the_same_dialogue_is_played_twice() -> None:
    knowledge = KNOWLEDGE
    retriever = AttributeRetriever(CATALOGUE, Linker(CATALOGUE), Similarity())
    control = RecommenderSeat(BaselineRecommender("retriever", knowledge, retriever), TEMPLATE)
    asked = replace(
        questioning(InformationAsker(retriever, knowledge)),
        recommender=control,
        ranking=Ranking(retriever, knowledge),
    )
    row = sample("Something like Heat (1995)?")
    assert await played(asked, row) == await played(asked, row)


# The list of a round


def chat(*turns: Turn, context: str = "hi") -> list[tuple[str, ...]]:
    lists = Ranking(in_order(ALL), KNOWLEDGE).of_chat(sample(context).turns, turns)
    return [listed.items for listed in lists]


def test_in_free_chat_a_reply_leads_the_list_of_its_round_and_is_gone_from_the_next() -> None:
    lists = chat(recommender("Try Alien (1979)."), seeker("No."), recommender("Then Heat (1995)."))
    assert [listed[:2] for listed in lists] == [("f1", "f2"), ("f8", "f1"), ("f1", "f2")]
    assert "f8" not in lists[2]


def test_a_reply_that_only_asks_has_the_list_with_the_answer_in_it() -> None:
    retriever = in_order(ALL)
    Ranking(retriever, KNOWLEDGE).of_chat(
        sample("hi").turns, (recommender("What do you like?"), seeker("Westerns."))
    )
    assert [turn.text for turn in retriever.read[-1]] == ["hi", "What do you like?", "Westerns."]


@given(
    st.permutations(ALL),
    st.lists(st.sampled_from(ALL), max_size=4),
    st.lists(st.sampled_from(FILMS), max_size=3),
)
def test_a_list_holds_nothing_twice_and_nothing_declined(
    order: list[str], declined: list[str], named: list[Item]
) -> None:
    context = [seeker(f"I liked {film.name}.") for film in named]
    listed = Ranking(in_order(order), KNOWLEDGE).after(
        context, first=tuple(dict.fromkeys(order[3:5])), without=set(declined)
    )
    assert len(set(listed.items)) == len(listed.items) <= LISTED
    assert not set(listed.items) & set(declined)
    assert set(listed.items) | set(declined) >= set(ALL)
    assert set(listed.fresh) == set(listed.items) - {film.id for film in named}


def test_a_dialogue_that_ended_keeps_its_last_list_and_unknown_targets_are_passed_over() -> None:
    lists = Ranking(in_order(ALL), KNOWLEDGE).of_chat(sample("hi").turns, [recommender("Casino (1995)!")])
    targets = Targets.of(sample("hi", targets=("Unheard Of (1901)", TARGET)), KNOWLEDGE)
    records = round_records(lists, targets, 3)
    assert [(record["round"], record["over"], record["ranks"]) for record in records] == [
        (0, False, [4]),
        (1, False, [1]),
        (2, True, [1]),
        (3, True, [1]),
    ]


# Results


def ranked(sample_id: str, *ranks: list[int | None], repeat: bool = False, **more: Any) -> dict[str, Any]:
    rounds = [
        {"round": number, "over": False, "ranks": found, "fresh_ranks": found}
        for number, found in enumerate(ranks)
    ]
    return row(sample_id, 1.0, repeat=repeat) | {"rounds": rounds} | more


ROWS = [
    ranked("a", [None, 30], [1, 30]),
    ranked("b", [10], [None]),
    ranked("c", [], []),
    ranked("d", [2], [2], repeat=True),
    failed_row("e"),
]


def summary(rows: list[dict[str, Any]], mode: str = "ask") -> Mapping[str, Any]:
    return summarise(rows, config={"mode": mode}, seed=1, resamples=100)


def means(group: Mapping[str, Any]) -> list[float]:
    return [group[k]["mean"] for k in ("1", "10", "50")]


def test_recall_is_over_targets_and_of_its_round_while_success_is_over_dialogues_and_stays() -> None:
    first, last = summary(ROWS)["by_round"]
    assert means(first["recall"]) == [0.0, 0.5, 0.75]
    assert means(last["recall"]) == [0.25, 0.5, 0.75]
    assert [last["recall"]["1"]["n"], last["success"]["1"]["n"]] == [4, 3]
    assert means(first["success"]) == pytest.approx([0.0, 2 / 3, 1.0], abs=1e-6)
    assert means(last["success"]) == pytest.approx([1 / 3, 1.0, 1.0], abs=1e-6)


def test_rows_that_repeat_a_named_item_stand_apart_in_every_round() -> None:
    assert means(summary(ROWS)["by_round"][1]["non_repeats"]["recall"]) == pytest.approx(
        [1 / 3, 1 / 3, 2 / 3], abs=1e-6
    )


def test_recall_of_the_run_is_that_of_the_last_round_and_null_in_free_chat() -> None:
    assert summary(ROWS)["recall"] == {"1": 0.25, "10": 0.5, "50": 0.75}
    assert summary(ROWS, "episode")["recall"] is None
    assert summary(ROWS, "episode")["by_round"] is not None
    bare = summary([row("a", 1.0)])
    assert [bare[name] for name in ("recall", "by_round", "rounds_to_success", "persuasiveness")] == [
        None
    ] * 4


def test_rounds_to_success_are_over_those_that_had_one() -> None:
    found = summary(ROWS)["rounds_to_success"]
    assert [(found[k]["mean"], found[k]["n"]) for k in ("1", "10", "50")] == [
        (1.0, 1),
        (pytest.approx(1 / 3, abs=1e-6), 3),
        (0.0, 3),
    ]


@given(st.lists(st.lists(st.none() | st.integers(1, 60), min_size=2, max_size=2), min_size=1, max_size=6))
def test_recall_and_success_grow_with_the_length_of_list_and_success_with_the_rounds(
    ranks: list[list[int | None]],
) -> None:
    rounds = summary([ranked("a", *ranks), ranked("b", *reversed(ranks))])["by_round"]
    for entry in rounds:
        for measure in ("recall", "success"):
            assert means(entry[measure]) == sorted(means(entry[measure]))
        assert all(r <= s for r, s in zip(means(entry["recall"]), means(entry["success"]), strict=True))
    for k in range(3):
        over_time = [means(entry["success"])[k] for entry in rounds]
        assert over_time == sorted(over_time)


def test_unreadable_ratings_of_an_explanation_are_counted_and_never_0() -> None:
    rated = [
        ranked(name, [1], persuasion={"value": value})
        for name, value in zip("abc", (2.0, 1.0, None), strict=True)
    ]
    found = summary([*rated, row("d", 1.0)])["persuasiveness"]
    assert (found["mean"], found["n"], found["unreadable"]) == (1.5, 2, 1)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"rounds": 5},
        {"rounds": [{"ranks": [0], "fresh_ranks": [1]}]},
        {"rounds": [{"ranks": [1]}]},
        {"rounds": [{"ranks": [1], "fresh_ranks": [1]}, {"ranks": [1, 2], "fresh_ranks": [1, 2]}]},
        {"persuasion": {"value": 3}},
        {"persuasion": "good"},
    ],
)
def test_ranks_and_ratings_that_are_none_are_refused(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(spoiled))):
        check_row(ranked("a", [1]) | spoiled)


@pytest.mark.parametrize("spoiled", [5, [5], [{"round": 0}], [{"recall": {"1": 0.5}}]])
def test_a_results_file_with_spoiled_rounds_is_refused_with_the_field(tmp_path: Path, spoiled: Any) -> None:
    folder = write_run(tmp_path / "run", [ranked("a", [1])])
    results = json.loads((folder / "results.json").read_text())
    (folder / "results.json").write_text(json.dumps(results | {"by_round": spoiled}))
    with pytest.raises(InputError, match="by_round"):
        load_run(folder)


def test_the_report_shows_the_rounds_of_the_runs_that_have_them(tmp_path: Path) -> None:
    runs = [run_of("asks", ROWS), run_of("plain", [row("a", 1.0)])]
    page = write_report(tmp_path / "r.html", runs, title="R", comparison=compare(runs)).read_text()
    assert "Round by round" in page
    assert "mean round of success: 1.00 at 1 (1 dialogues)" in page
    without = write_report(tmp_path / "p.html", runs[1:], title="R", comparison=compare(runs[1:])).read_text()
    assert "Round by round" not in without


# Persuasiveness


async def test_a_model_rates_how_persuasive_an_explanation_is() -> None:
    model = ScriptedModel(lambda request: "", choose=lambda request: {"0": 0.1, "1": 0.3, "2": 0.6})
    rating = await PersuasionJudge(ModelJudge(model, PROMPTS, temperature=1.0)).rate(
        sample("hi").turns,
        [recommender("Heat (1995), for its quiet tension.")],
        Targets.of(sample("hi"), KNOWLEDGE),
        seed=1,
    )
    assert rating.value == pytest.approx(1.5)
    asked = model.requests[0].messages[-1].content
    assert "quiet tension" in asked
    assert TARGET in asked


# The stage


def printed(comparison: Comparison) -> str:
    text = io.StringIO()
    print_comparison(comparison, Console(file=text, width=100, color_system=None))
    return text.getvalue()


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Three samples and the films, in folders of a user's."""
    rows = [
        sample("Something like Heat (1995)?", id_="a:1"),
        sample("Hi", "Hello", "a comedy, please", id_="b:1", targets=("The Naked Gun (1988)",)),
        sample("I saw Alien (1979)", id_="c:1", targets=("Alien (1979)", "Halloween (1978)")),
    ]
    samples, catalogue = tmp_path / "samples.jsonl", tmp_path / "films.jsonl"
    samples.write_text("".join(json.dumps(one.to_json()) + "\n" for one in rows))
    films = [
        {"id": f.id, "title": f.title, "year": f.year, "genres": list(f.genres), "people": list(f.people)}
        | {"popularity": f.popularity}
        for f in FILMS
    ]
    catalogue.write_text("".join(json.dumps(film) + "\n" for film in films))
    return samples, catalogue


def settings(recommender: str, **more: Any) -> Config:
    return Config.model_validate(
        {
            "seats": {"recommender": recommender, "simulator": "rules", "judge": "rules"},
            "play": {"rounds": 3, "examples": 0},
            "statistics": {"resamples": 100},
        }
        | more
    )


def test_ask_mode_fills_recall_and_both_modes_count_rounds(files: tuple[Path, Path], tmp_path: Path) -> None:
    samples, catalogue = files
    for mode in ("ask", "episode"):
        found = evaluate(
            samples, tmp_path / mode, config=settings("rules:retriever", mode=mode), catalogue=catalogue
        )
        assert [entry["round"] for entry in found["by_round"]] == [0, 1, 2, 3]
        assert (found["recall"] is None) == (mode == "episode")
        assert found["persuasiveness"] is None
        assert load_run(tmp_path / mode).results == found


def test_ask_mode_takes_the_seekers_seat_by_rules_and_needs_no_other_model(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, catalogue = files
    seats = {"recommender": "rules:retriever", "simulator": "openai:nobody", "judge": "rules"}
    found = evaluate(
        samples, tmp_path / "run", config=settings("", mode="ask", seats=seats), catalogue=catalogue
    )
    assert found["config"]["seats"]["simulator"] == "rules"
    assert found["calls"] == 0


@pytest.fixture
def script(tmp_path: Path) -> str:
    path = tmp_path / "model.jsonl"
    lines = [
        {"when": "Answer with the letter", "choose": {"A": 0.6, "B": 0.3, "C": 0.1}},
        {"when": "Does the explanation", "choose": {"1": 1.0}},
        {"when": "Answer with the digit", "choose": {"0": 0.5, "1": 0.5}},
        {"say": "Casino (1995) is just that, and so is Nothing At All (1999)."},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return f"scripted:{path}"


def test_a_model_asks_recommends_and_is_counted_for_its_own_words(
    files: tuple[Path, Path], script: str, tmp_path: Path
) -> None:
    samples, catalogue = files
    config = settings(script, mode="ask", asking={"attributes": ["genre"]})
    found = evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    rows = {one["sample_id"]: one for one in load_run(tmp_path / "run").rows}
    assert [one["attribute"] for one in rows["a:1"]["asked"]] == ["genre", None]
    assert found["asked"] == {"attributes": {"genre": 3}, "recommended": 3, "unreadable": 0}
    assert rows["a:1"]["rounds"][2]["ranks"] == [1]
    assert rows["a:1"]["rounds"][3]["over"]
    assert found["replies"]["out_of_catalogue"]["share"] > 0
    assert found["failed"] == 0


def test_a_model_in_the_judges_seat_rates_explanations_in_free_chat(
    files: tuple[Path, Path], script: str, tmp_path: Path
) -> None:
    samples, catalogue = files
    config = settings(
        "", seats={"recommender": script, "simulator": "rules", "judge": script}, judging={"persuasion": True}
    )
    found = evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    assert (found["persuasiveness"]["mean"], found["persuasiveness"]["n"]) == (1.0, 3)
    assert "persuasive" in printed(compare([load_run(tmp_path / "run")]))


def test_persuasion_is_not_asked_about_unless_the_settings_say_so(
    files: tuple[Path, Path], script: str, tmp_path: Path
) -> None:
    samples, catalogue = files
    seats = {"recommender": script, "simulator": "rules", "judge": script}
    for name, judging in (("off", {}), ("on", {"persuasion": True})):
        evaluate(
            samples, tmp_path / name, config=settings("", seats=seats, judging=judging), catalogue=catalogue
        )
    off, on = (load_run(tmp_path / name) for name in ("off", "on"))
    assert on.results["calls"] == off.results["calls"] + 3, "one question a row"
    assert off.results["persuasiveness"] is None
    assert not any("persuasion" in row for row in off.rows)
    # The table names the judge by its file, which lies in a folder of this test's name.
    assert "persua" not in printed(compare([off])).replace(tmp_path.name, "")
    assert "ersuasive" not in (tmp_path / "off" / "report.html").read_text()
    assert on.results["ieval"] == off.results["ieval"]
    assert not compare([off, on]).warnings, "it changes no score"


def test_resuming_and_replaying_give_the_same_bytes(
    files: tuple[Path, Path], script: str, tmp_path: Path
) -> None:
    samples, catalogue = files
    config = settings(script, mode="ask")
    evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    written = (tmp_path / "run" / "episodes.jsonl").read_bytes()
    evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    assert (tmp_path / "run" / "episodes.jsonl").read_bytes() == written
    evaluate(samples, tmp_path / "again", config=config, catalogue=catalogue, replay=tmp_path / "run")
    assert (tmp_path / "again" / "episodes.jsonl").read_bytes() == written


def test_a_failed_row_is_counted_and_has_no_ranks(files: tuple[Path, Path], tmp_path: Path) -> None:
    samples, catalogue = files
    path = tmp_path / "model.jsonl"
    lines = [
        {"when": "comedy", "error": "garbage"},
        {"when": "letter", "choose": {"C": 1.0}},
        {"say": "Heat."},
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    config = settings(f"scripted:{path}", mode="ask")
    found = evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    assert (found["n"], found["failed"]) == (3, 1)
    assert found["by_round"][0]["success"]["1"]["n"] == 2


def test_ask_mode_says_what_it_misses_and_leaves_nothing_behind(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, catalogue = files
    config = settings("rules:retriever", mode="ask")
    with pytest.raises(ConfigError, match="--catalogue"):
        evaluate(samples, tmp_path / "run", config=config)
    config = settings("rules:retriever", mode="ask", asking={"attributes": ["genre", "colour"]})
    with pytest.raises(ConfigError, match="colour"):
        evaluate(samples, tmp_path / "run", config=config, catalogue=catalogue)
    assert not (tmp_path / "run").exists()


def test_the_command_line_takes_the_mode_and_prints_the_rounds(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    samples, catalogue = files
    options = ["--mode", "ask", "--rounds", "2", "--recommender", "rules:retriever", "--judge", "rules"]
    command = ["evaluate", str(samples), "--catalogue", str(catalogue), "-o", str(tmp_path / "run"), *options]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "after round" in done.output
