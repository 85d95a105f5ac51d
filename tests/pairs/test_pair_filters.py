"""Which pairs are worth learning from: one item on each side, labels that can be reached, silence bounded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.films import CATALOGUE, KNOWLEDGE, film_files, sample
from support.retriever import ScriptedRetriever
from support.seats import seat_of
from usbrec.config import Config, Pairs, Play, Seats
from usbrec.errors import ConfigError
from usbrec.judge.episodes import EpisodeRunner
from usbrec.judge.rules import RulesTargetJudge
from usbrec.llm import ScriptedModel
from usbrec.pairs import make_pair, select_pairs
from usbrec.pairs.filters import least_margin
from usbrec.play.grounding.candidates import Grounding
from usbrec.play.seekers.rules import RulesTargetSimulator
from usbrec.prompts import Prompts
from usbrec.stages import make_pairs

TARGET, NEAR, FAR = "Casino (1995).", "Heat (1995).", "Finding Nemo (2003)."
SILENT = "What do you like?"
NOT_ONE = "a side names not exactly one new item"


def _table(drafts: Sequence[str], shown: Sequence[str] = ()) -> EpisodeRunner:
    model = ScriptedModel(lambda request: drafts if request.n > 1 else "Do you like it?")
    grounding = Grounding(KNOWLEDGE, ScriptedRetriever(shown), Prompts(), 5) if shown else None
    return EpisodeRunner(
        recommender=replace(seat_of(model), grounding=grounding),
        simulator=RulesTargetSimulator(KNOWLEDGE, "Why?"),
        judge=RulesTargetJudge(KNOWLEDGE),
        rounds=1,
        seed=1,
        knowledge=KNOWLEDGE,
    )


async def _made(
    drafts: Sequence[str], label: str | None = None, shown: Sequence[str] = (), **settings: Any
) -> Mapping[str, Any]:
    chosen = Pairs(**{"drafts": max(2, len(drafts)), "one_item": True, **settings})
    one = sample("I liked Goodfellas (1990).", label=label)
    return await make_pair(one, _table(drafts, shown), chosen, accept_at=2.0)


async def test_drafts_of_several_titles_are_passed_over_for_those_with_one() -> None:
    record = await _made(["Casino (1995) or Heat (1995).", TARGET, FAR, "Alien (1979), Heat (1995)!"])
    assert (record["pair"]["chosen"], record["pair"]["rejected"]) == (TARGET, FAR)
    told = record["pair"]["provenance"]
    assert (told["chosen"]["new"], told["chosen"]["titles"], told["chosen"]["words"]) == ("f4", 1, 2)
    assert told["rejected"]["new"] == "f16"


async def test_a_title_of_no_catalogue_makes_a_side_unfit() -> None:
    record = await _made([TARGET, "Finding Nemo (2003), or Xorp Blade (2031)."], label=SILENT)
    assert (record["pair"]["chosen"], record["pair"]["rejected"]) == (TARGET, SILENT)


async def test_what_names_nothing_is_rejected_only_where_no_item_will_do() -> None:
    assert (await _made([TARGET, SILENT, FAR]))["pair"]["rejected"] == FAR
    silent = (await _made([TARGET, SILENT]))["pair"]
    assert silent["rejected"] == SILENT
    assert silent["provenance"]["rejected"]["titles"] == 0


async def test_an_item_the_dialogue_named_already_is_none() -> None:
    record = await _made([TARGET, "Goodfellas (1990) again."], label="More of Goodfellas (1990)!")
    assert (record["pair"], record["dropped"]) == (None, NOT_ONE)


async def test_the_label_is_chosen_only_where_a_candidate_is_a_target() -> None:
    label = "Casino (1995), surely."
    reached = await _made([NEAR, FAR], label, shown=["f1", "f4"])
    assert reached["pair"]["chosen"] == label
    missed = await _made([NEAR, FAR], label, shown=["f1", "f2"])
    assert missed["pair"] is None
    assert missed["dropped"] == "the label cannot be reached from the candidates"
    assert len(missed["candidates"]) == 2, "a label that cannot be chosen need not be played"
    anyway = await _made([NEAR, FAR], label, shown=["f1", "f2"], label_reachable=False)
    assert anyway["pair"]["chosen"] == label


async def test_sides_that_differ_too_little_make_no_pair_by_default() -> None:
    assert least_margin(Pairs()) == 0.2
    record = await _made([NEAR, "Collateral (2004)."], accept_at=0.0, reject_below=2.0)
    assert record["dropped"] in ("margin too small", "no label to fall back on")


def _record(number: int, titles: int | None) -> Mapping[str, Any]:
    pair = None if titles is None else {"provenance": {"rejected": {"titles": titles}}}
    return {"sample_id": f"s{number}", "pair": pair, "dropped": None if pair else "margin too small"}


@given(
    titles=st.lists(st.sampled_from([None, 0, 1]), max_size=60),
    share=st.sampled_from([0.0, 0.1, 0.25, 0.5, 1.0]),
    seed=st.integers(0, 3),
)
def test_silent_pairs_keep_their_share_whatever_the_order(
    titles: list[int | None], share: float, seed: int
) -> None:
    records = [_record(number, count) for number, count in enumerate(titles)]
    settings = Pairs(naming_nothing=share)
    kept = select_pairs(records, settings, seed=seed)
    assert [one["sample_id"] for one in kept] == [one["sample_id"] for one in records]
    pairs = [one["pair"] for one in kept if one["pair"] is not None]
    silent = [pair for pair in pairs if pair["provenance"]["rejected"]["titles"] == 0]
    assert len(silent) <= share * len(pairs) + 1e-9
    assert len(pairs) - len(silent) == titles.count(1), "pairs of two items all stay"
    assert share < 1.0 or len(silent) == titles.count(0)
    assert all((one["pair"] is None) == (one["dropped"] is not None) for one in kept)
    other = select_pairs(list(reversed(records)), settings, seed=seed)
    assert sorted(one["sample_id"] for one in other if one["pair"]) == sorted(
        one["sample_id"] for one in kept if one["pair"]
    )


def test_a_run_applies_the_filters_where_candidates_are_shown_and_counts_the_reasons(
    tmp_path: Path, fake_films: Mapping[str, Path]
) -> None:
    model = tmp_path / "model.jsonl"
    model.write_text('{"say": ["Casino (1995).", "What do you like?"]}\n', encoding="utf-8")
    seats = Seats(recommender=f"scripted:{model}", simulator="rules", judge="rules")
    config = Config(seats=seats, pairs=Pairs(drafts=2, naming_nothing=0.5, one_item=True))
    config = config.with_(play={"rounds": 1})
    results = make_pairs(
        fake_films["samples"], tmp_path / "run", config=config, catalogue=fake_films["catalogue"]
    )
    assert results["pairs"] == 0
    assert results["dropped"] == {"enough pairs whose rejected side names nothing": 4}


async def _twins(drafts: Sequence[str], **settings: Any) -> Sequence[Mapping[str, Any]]:
    """The counterfactual pairs of a row whose list shows Heat, Finding Nemo, Casino (wanted) and Alien."""
    shown = ("f1", "f16", "f4", "f8")
    record = await _made(drafts, shown=shown, **{"counterfactual": 9, **settings})
    return list(record["counterfactual"])


async def test_counterfactual_pairs_differ_in_the_title_alone() -> None:
    pairs = await _twins(["Have you seen Finding Nemo (2003)?", "Try Heat (1995)!", SILENT])
    assert pairs
    for pair in pairs:
        assert "Casino (1995)" in pair["chosen"]
        rejected = pair["provenance"]["rejected"]
        other = CATALOGUE.get(rejected["new"])
        assert other is not None
        assert pair["rejected"] == pair["chosen"].replace("Casino (1995)", other.name)
        assert pair["provenance"]["chosen"]["score"]["value"] == 2.0 > rejected["score"]["value"]
        assert {pair["provenance"][side]["origin"] for side in ("chosen", "rejected")} == {"counterfactual"}
    # What the model itself named comes first, and each of its sentences is used.
    assert {pair["provenance"]["rejected"]["new"] for pair in pairs[:2]} == {"f16", "f1"}
    assert {pair["chosen"] for pair in pairs} == {"Have you seen Casino (1995)?", "Try Casino (1995)!"}
    assert len(await _twins(["Try Heat (1995)!", SILENT], counterfactual=1)) == 1


@pytest.mark.parametrize(
    "drafts",
    [
        [SILENT, "Hm."],
        ["Heat or Casino!"],
        ["Heat (1995), or Alien (1979)."],
        ["Jaws (1975)."],
        ["2. Heat (1995)"],
    ],
)
async def test_without_a_draft_of_one_shown_title_there_is_no_counterfactual(drafts: list[str]) -> None:
    assert await _twins(drafts) == []


async def test_counterfactual_pairs_need_a_list_and_obey_the_filters() -> None:
    record = await _made(["Try Heat (1995)!", SILENT], counterfactual=3)
    assert record["counterfactual"] == []
    assert await _twins(["Try Heat (1995)!"], min_margin=2.0, counterfactual=3) != []
    for pair in await _twins(["Try Heat (1995)!"], min_margin=1.9):
        assert pair["provenance"]["rejected"]["score"]["value"] <= 0.1


@pytest.mark.parametrize(
    ("drafts", "sides"),
    [
        ([TARGET, "Try Casino (1995), it is great.", "Have you seen Finding Nemo (2003)?"], (1, 2)),
        ([TARGET, "Try Heat (1995)!", "Have you seen Finding Nemo (2003)?"], None),
        (["Try Casino (1995)!", FAR], (0, 1)),
        (["*Casino* (1995)!!", FAR], None),
    ],
)
async def test_a_bare_title_is_never_chosen_where_more_is_wanted(
    drafts: list[str], sides: tuple[int, int] | None
) -> None:
    record = await _made(drafts, more_than_title=True)
    pair = record["pair"]
    assert (pair and (pair["chosen"], pair["rejected"])) == (sides and tuple(drafts[n] for n in sides))
    more = await _made(["Casino (1995)", FAR], shown=("f2", "f16"), more_than_title=True, counterfactual=3)
    assert more["counterfactual"] == []


async def test_a_label_that_is_a_bare_title_says_why_there_is_no_pair() -> None:
    record = await _made(["Try Heat (1995)!", FAR], label=TARGET, more_than_title=True)
    assert record["dropped"] == "the chosen side is a title and nothing else"


def test_a_judge_by_belief_reads_no_target(tmp_path: Path, fake_films: Mapping[str, Path]) -> None:
    """With rules:belief in the judge's seat the score is what is expected over what may be wanted: the same
    whatever the row's target, and the best draft is chosen however low its score."""
    script = tmp_path / "says.jsonl"
    script.write_text('{"say": ["Heat (1995).", "Finding Nemo (2003)."]}\n', encoding="utf-8")
    seats = Seats(recommender=f"scripted:{script}", simulator="rules", judge="rules:belief")
    rows = [json.loads(line) for line in fake_films["samples"].read_text().splitlines()]
    scores = []
    for target in ("Casino (1995)", "Finding Nemo (2003)"):
        wanted = tmp_path / f"{target[:3]}.jsonl"
        wanted.write_text("".join(json.dumps({**row, "targets": [target]}) + "\n" for row in rows))
        run = tmp_path / target[:3]
        config = Config(seats=seats, pairs=Pairs(drafts=2, min_margin=0.01), play=Play(rounds=1))
        results = make_pairs(wanted, run, config=config, catalogue=fake_films["catalogue"])
        assert results["pairs"] == 4
        pairs = [json.loads(line) for line in (run / "pairs.jsonl").read_text().splitlines()]
        assert {pair["chosen"] for pair in pairs} == {"Heat (1995)."}
        scores.append([pair["provenance"]["chosen"]["score"]["value"] for pair in pairs])
    assert scores[0] == scores[1]
    assert all(0.0 < score < 2.0 for score in scores[0])


def test_a_filter_by_items_needs_a_catalogue(tmp_path: Path, fake_films: Mapping[str, Path]) -> None:
    config = Config(seats=Seats(recommender="scripted:x.py"), pairs=Pairs(one_item=True))
    with pytest.raises(ConfigError, match=r"pairs\.one_item looks items up: add --catalogue FILE"):
        make_pairs(fake_films["samples"], tmp_path / "run", config=config)
    assert not (tmp_path / "run").exists()


@pytest.fixture
def fake_films(tmp_path: Path) -> Mapping[str, Path]:
    return film_files(tmp_path)
