"""Runs with constraints: a shop's samples from file to results, and the films that know nothing of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import usbrec
from support import ROOT
from support.command import refused
from support.command import usbrec as command
from support.shop import SHOP_CSV
from usbrec.config import Config, dump_config, load_config
from usbrec.data import load_samples
from usbrec.errors import BadLines, ConfigError, InputError
from usbrec.evaluation import load_run
from usbrec.items.constraints.filters import FilterError
from usbrec.prompts import Prompts

EXAMPLES = ROOT / "docs" / "examples"
pytestmark = pytest.mark.filterwarnings("ignore::usbrec.errors.InputWarning")

SHOES = """\
sku,title,genres,price,in_stock,description
A1,Trail Runner Pro Shoe,"shoes, running",189.00,0,"Our fastest running shoe."
A2,Park Jogger Shoe,"shoes, running",59.00,1,"A running shoe for beginners."
A3,City Rain Jacket,"jackets, rain",99.00,1,"Keeps you dry."
"""
ASKED = {
    "id": "a",
    "dialogue": [{"role": "user", "text": "I need running shoes under 80 dollars that you have in stock."}],
    "targets": ["Park Jogger Shoe"],
}


class Stubborn:
    """Recommends one shoe whatever is said."""

    identity: Mapping[str, Any] = {"version": 1}

    def reply(self, conversation: usbrec.Conversation) -> str:
        return "Try the Trail Runner Pro Shoe."


def run(tmp_path: Path, samples: Any = None, **settings: Any) -> usbrec.Run:
    shoes = tmp_path / "shoes.csv"
    shoes.write_text(SHOES)
    rows = [ASKED] if samples is None else samples
    return usbrec.evaluate(rows, catalogue=shoes, second_judge=False, progress=False, **settings)


def first_reply(found: usbrec.Run) -> str:
    return found.episodes[0].played[0].text


@pytest.mark.parametrize(
    "settings",
    [
        {"candidates": 3},
        {"candidates": 3, "ses": True},
        {"candidates": 3, "config": {"play": {"fallback": "item"}}},
    ],
)
def test_a_price_and_a_stock_that_are_asked_for_are_heeded(tmp_path: Path, settings: dict[str, Any]) -> None:
    model = usbrec.ScriptedModel(lambda request: "Try the Trail Runner Pro Shoe.")
    found = run(tmp_path, recommender=model, **settings)
    assert first_reply(found) == "I would suggest Park Jogger Shoe."
    assert found.results["violated"]["mean"] == 0.0
    assert found.scores["ieval"].mean == 2.0


def test_the_retriever_heeds_them_too(tmp_path: Path) -> None:
    assert first_reply(run(tmp_path, recommender="rules:retriever")) == "I recommend Park Jogger Shoe."


def test_without_candidates_a_violation_is_scored_nothing_and_counted(tmp_path: Path) -> None:
    found = run(tmp_path, recommender=Stubborn())
    assert found.scores["ieval"].mean == 0.0
    assert {name: found.results["violated"][name] for name in ("rows", "mean", "n")} == {
        "rows": 1, "mean": 1.0, "n": 1
    }  # fmt: skip
    assert found.episodes[0].facts["violated"][0] == ["in stock: yes", "price below 80"]


def test_a_recommender_in_python_is_told_the_constraints(tmp_path: Path) -> None:
    heard: list[list[dict[str, Any]]] = []

    class Listening:
        def reply(self, conversation: usbrec.Conversation) -> str:
            heard.append([one.to_json() for one in conversation.constraints])
            return "Try Park Jogger Shoe."

    run(tmp_path, recommender=Listening(), candidates=2)
    assert [(one["column"], one["operator"], one["value"], one["turn"]) for one in heard[0]] == [
        ("in_stock", "=", True, 0),
        ("price", "<", 80.0, 0),
    ]


def test_words_are_not_read_where_the_settings_say_so(tmp_path: Path) -> None:
    found = run(tmp_path, recommender=Stubborn(), config={"play": {"constraints": "off"}})
    assert "violated" not in found.results
    assert found.scores["ieval"].mean is not None
    assert found.scores["ieval"].mean > 0


def test_a_filter_of_the_run_holds_in_every_dialogue(tmp_path: Path) -> None:
    row = {**ASKED, "dialogue": [{"role": "user", "text": "Running shoes, please."}]}
    model = usbrec.ScriptedModel(lambda request: "Try the Trail Runner Pro Shoe.")
    found = run(tmp_path, [row], recommender=model, candidates=3, filter={"in_stock": True})
    assert first_reply(found) == "I would suggest Park Jogger Shoe."
    assert found.results["config"]["play"]["filter"] == {"in_stock": True}
    with pytest.raises(FilterError, match=r"play.filter: the catalogue has no column 'stok'"):
        run(tmp_path, [row], recommender=Stubborn(), filter={"stok": True})


def test_a_filter_that_leaves_rows_without_a_target_is_told_and_one_that_nothing_meets_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    row = {**ASKED, "dialogue": [{"role": "user", "text": "Running shoes, please."}]}
    run(tmp_path, [row], recommender=Stubborn(), filter={"price": {"max": 60}})
    assert "none of the targets" not in caplog.text
    run(tmp_path, [row], recommender=Stubborn(), filter={"price": {"min": 60}})
    assert "play.filter: none of the targets of 1 of 1 rows meets it" in caplog.text
    with pytest.raises(ConfigError, match=r"play\.filter: no item of the catalogue meets it"):
        run(tmp_path, [row], recommender=Stubborn(), filter={"price": {"min": 600}})


def test_the_examples_of_the_shop_end_as_they_should() -> None:
    found = usbrec.evaluate(
        EXAMPLES / "shop.jsonl",
        catalogue=SHOP_CSV,
        recommender="rules:retriever",
        rounds=4,
        second_judge=False,
        progress=False,
    )
    assert [episode.hit for episode in found.episodes] == [True, True, True]
    assert [episode.score.value for episode in found.episodes] == [2.0, 2.0, 2.0]
    assert "nothing here fits" in found.episodes[2].played[-2].text


def test_films_know_nothing_of_constraints(tmp_path: Path) -> None:
    found = usbrec.evaluate(
        EXAMPLES / "books.jsonl",
        catalogue=EXAMPLES / "books.csv",
        recommender="rules:retriever",
        second_judge=False,
        progress=False,
        out=tmp_path / "run",
    )
    assert "violated" not in found.results
    assert all("violated" not in episode.facts for episode in found.episodes)
    assert "constraints" not in found.results["config"]["play"]
    assert "columns" not in found.results["config"]["catalogue"]
    assert "constraints" not in (tmp_path / "run" / "config.toml").read_text()
    assert "violates" not in usbrec.compare(found, found, names=["a", "b"]).to_markdown()
    assert load_run(tmp_path / "run").results["n"] == found.results["n"]


def test_settings_that_came_later_are_written_only_where_they_are_set() -> None:
    assert "filter" not in dump_config(Config())
    assert "nothing_fits" not in Prompts().texts()
    asked = load_config({"play": {"filter": {"price": {"max": 3}}, "constraints": "off"}})
    assert load_config(asked.model_dump()) == asked
    assert asked.decides()["play"]["filter"] == {"price": {"max": 3}}
    assert asked.decides() != Config().decides()
    assert "constraints" not in Config().decides()["play"]


@pytest.mark.parametrize(
    ("constraints", "targets", "message"),
    [
        ({"prize": 3}, ["Park Jogger Shoe"], "did you mean 'price'"),
        ({"price": {"max": 20}}, ["Park Jogger Shoe"], "none of its targets meets its constraints"),
        ({"price": {"max": 60}}, [], "no targets, though 1 items meet its constraints"),
        ({"price": {"max": 3, "min": 5}}, [], "contradict"),
    ],
)
def test_samples_with_constraints_that_cannot_be_are_told_before_anybody_plays(
    tmp_path: Path, constraints: dict[str, Any], targets: list[str], message: str
) -> None:
    with pytest.raises(BadLines, match=message):
        run(tmp_path, [{**ASKED, "constraints": constraints, "targets": targets}], recommender=Stubborn())


def test_when_a_constraint_is_told_is_checked_where_samples_are_read(tmp_path: Path) -> None:
    row = {**ASKED, "constraints": {"price": {"max": 60, "told": "later"}}}
    with pytest.raises(BadLines, match="expected volunteered, asked, kept, hidden, said, found 'later'"):
        usbrec.load_samples([row])
    with pytest.raises(InputError, match="targets"):
        usbrec.load_samples([{**ASKED, "targets": []}])
    (sample,) = usbrec.load_samples([{**ASKED, "targets": [], "constraints": {"price": {"max": 1}}}])
    assert usbrec.Sample.from_json(json.loads(json.dumps(sample.to_json()))) == sample


def test_simulated_seekers_ask_for_what_their_target_has(tmp_path: Path) -> None:
    out = tmp_path / "seekers.jsonl"
    arguments = ("samples", "catalogue", SHOP_CSV, "-o", out, "--number", "24")
    assert command(*arguments, "--constraints", "16").returncode == 0
    samples = load_samples(out)
    constrained = [sample for sample in samples if sample.constraints]
    assert len(constrained) == 16
    told = [
        condition.get("told", "volunteered")
        for sample in constrained
        for condition in sample.constraints.values()
    ]
    assert set(told) == {"volunteered", "asked", "kept"}
    assert any(not sample.targets for sample in constrained)
    found = usbrec.evaluate(
        out, catalogue=SHOP_CSV, recommender="rules:retriever", rounds=4, second_judge=False, progress=False
    )
    assert found.results["failed"] == 0
    assert found.results["violated"]["rows"] >= 16
    again = tmp_path / "again.jsonl"
    command("samples", "catalogue", SHOP_CSV, "-o", again, "--number", "24", "--constraints", "16")
    assert again.read_bytes() == out.read_bytes()


def test_seekers_without_constraints_are_the_ones_of_before(tmp_path: Path) -> None:
    plain, some = tmp_path / "plain.jsonl", tmp_path / "some.jsonl"
    command("samples", "catalogue", SHOP_CSV, "-o", plain, "--number", "20")
    command("samples", "catalogue", SHOP_CSV, "-o", some, "--number", "20", "--constraints", "5")
    before, now = load_samples(plain), load_samples(some)
    assert not any(sample.constraints for sample in before)
    assert [one for one, other in zip(now, before, strict=True) if not one.constraints and one != other] == []


def test_books_have_no_column_that_constraints_could_be_made_of(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text("title,genre\nDune,science fiction\nEmma,romance\n")
    told = refused("samples", "catalogue", path, "-o", tmp_path / "o.jsonl", "--constraints", "2")
    assert "no column of the catalogue can be asked for" in told.replace("\n", " ")


def test_a_run_with_other_types_of_columns_is_another_run(tmp_path: Path) -> None:
    samples = tmp_path / "one.jsonl"
    samples.write_text(json.dumps(ASKED))
    path = tmp_path / "shoes.csv"
    path.write_text(SHOES)
    settings: dict[str, Any] = {
        "catalogue": path, "recommender": "rules:retriever", "second_judge": False, "progress": False,
        "out": tmp_path / "run",
    }  # fmt: skip
    usbrec.evaluate(samples, **settings)
    with pytest.raises(InputError, match="another configuration"):
        usbrec.evaluate(samples, config={"catalogue": {"columns": {"price": "text"}}}, **settings)
    with pytest.raises(ConfigError, match="columns"):
        load_config({"catalogue": {"columns": {"price": "money"}}})


def test_where_nothing_is_asked_no_table_of_columns_is_made(tmp_path: Path) -> None:
    books = usbrec.load_catalogue(EXAMPLES / "books.csv")
    usbrec.evaluate(
        EXAMPLES / "books.jsonl",
        catalogue=books,
        recommender=f"scripted:{EXAMPLES / 'book-model.jsonl'}",
        candidates=4,
        ses=True,
        limit=3,
        second_judge=False,
        progress=False,
    )
    assert "columns" not in books.kept


def test_simulated_seekers_demand_what_their_words_are_held_against(tmp_path: Path) -> None:
    """A catalogue with two prices has one that "under 50" is about, and a demand is on that one."""
    items, out = tmp_path / "lamps.csv", tmp_path / "seekers.jsonl"
    rows = [f"{n},Lamp {chr(65 + n)},{'desk' if n % 2 else 'floor'},{20 + n},{n}" for n in range(24)]
    items.write_text("\n".join(["id,title,category,price,special_price", *rows]), encoding="utf-8")
    made = command("samples", "catalogue", items, "-o", out, "--number", "20", "--constraints", "12")
    assert made.returncode == 0
    demanded = {column for sample in load_samples(out) for column in sample.constraints}
    assert "current price" in demanded
    assert not demanded & {"price", "special_price"}
