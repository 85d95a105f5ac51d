"""What a run costs in money, said where prices are given, and estimated before anybody is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support import ROOT
from support.results_page import listed, undocumented
from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.cli.app import app
from usbrec.config import load_config
from usbrec.dialogue import Sample, Turn, Usage
from usbrec.errors import ConfigError
from usbrec.evaluation.report.money import costs_told, money
from usbrec.llm.prices import Prices
from usbrec.stages import evaluate, make_pairs
from usbrec.stages.estimating import estimate, estimate_pairs

BOOKS, SAMPLES = ROOT / "docs" / "examples" / "books.csv", ROOT / "docs" / "examples" / "books.jsonl"
PRICES = {"price_input": 2.0, "price_output": 10.0, "price_cached": 0.5, "currency": "EUR"}
USAGE = {
    "prompt_tokens": 1000,
    "completion_tokens": 20,
    "prompt_tokens_details": {"cached_tokens": 400},
}
#: 600 tokens at 2, 400 at 0.5, and 20 at 10, for a million each.
EACH = (600 * 2.0 + 400 * 0.5 + 20 * 10.0) / 1e6


def settings(url: str, *, limit: int = 3, **server: Any) -> dict[str, Any]:
    return {
        "limit": limit,
        "seats": {"recommender": "shop:m", "seeker": "rules", "judge": "rules"},
        "servers": {"shop": {"base_url": url, "max_retries": 0, **server}},
        "judging": {"second": False},
        "play": {"rounds": 2},
    }


def answers(seen: Seen) -> Answer:
    return completion(*["Try Dracula (1897)."] * seen.body.get("n", 1), usage=USAGE)


def test_a_run_says_what_it_cost_and_a_replay_by_todays_prices(tmp_path: Path) -> None:
    with LocalServer(answers) as server:
        config = load_config(settings(server.url, **PRICES))
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        requests = len(server.requests)
    cost = results["cost"]
    asked = sum(model["calls"] for model in cost["models"].values())
    assert asked == results["calls"] > 0
    # The small requests before the first row are paid for, too, and nobody kept their tokens: told.
    assert asked + cost["probe_calls"] == requests > asked
    assert cost["total"] == pytest.approx(asked * EACH, abs=1e-6)
    assert (cost["currency"], cost["priced_calls"], cost["unknown_calls"]) == ("EUR", asked, 0)
    told = (
        f"Cost: {cost['total']:.4f} EUR for {asked} calls; without {cost['probe_calls']} calls that found out"
    )
    assert costs_told(cost).startswith(told)
    assert undocumented("Costs", {"cost": cost}) == set()
    assert {name.split(".")[1] for name in listed("Costs")} == cost.keys()
    dearer = load_config(settings(server.url, **{**PRICES, "price_output": 1010.0}))
    again = evaluate(SAMPLES, tmp_path / "again", config=dearer, catalogue=BOOKS, replay=tmp_path / "run")
    assert again["cost"]["total"] == pytest.approx(asked * (EACH + 20 * 1000 / 1e6), abs=1e-6)
    # Without prices there is no cost anywhere, and the recorded calls are the same.
    plain = load_config(settings(server.url))
    none = evaluate(SAMPLES, tmp_path / "none", config=plain, catalogue=BOOKS, replay=tmp_path / "run")
    assert "cost" not in none
    names = ("run", "none")
    assert len({(tmp_path / name / "episodes.jsonl").read_bytes() for name in names}) == 1
    same = {key: value for key, value in results.items() if key not in ("cost", "config")}
    assert same == {key: value for key, value in none.items() if key != "config"}


def test_a_search_says_in_its_trace_what_it_cost(tmp_path: Path) -> None:
    with LocalServer(answers) as server:
        config = load_config({**settings(server.url, limit=1, **PRICES), "enhanced": True})
        evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    (row,) = [json.loads(line) for line in (tmp_path / "run" / "episodes.jsonl").read_text().splitlines()]
    usage = row["episode"]["traces"][0]["usage"]
    assert usage["calls"] > 1
    assert usage["cost"] == pytest.approx(usage["calls"] * EACH)
    assert "uncosted" not in usage


def test_calls_whose_tokens_nobody_counted_are_of_unknown_cost(tmp_path: Path) -> None:
    def uncounted(seen: Seen) -> Answer:
        return completion(*["Try Dracula (1897)."] * seen.body.get("n", 1))

    with LocalServer(uncounted) as server:
        config = load_config(settings(server.url, **PRICES))
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    cost, asked = results["cost"], results["calls"]
    assert (cost["total"], cost["priced_calls"], cost["unknown_calls"]) == (0, 0, asked)
    assert f"{asked} calls of unknown cost" in costs_told(cost)


def test_models_without_a_price_are_counted_apart(tmp_path: Path) -> None:
    with LocalServer(answers) as priced, LocalServer(lambda _: completion("1", usage=USAGE)) as free:
        given = settings(priced.url, **PRICES)
        given["servers"]["court"] = {"base_url": free.url, "max_retries": 0}
        given["seats"]["judge"] = "court:j"
        results = evaluate(SAMPLES, tmp_path / "run", config=load_config(given), catalogue=BOOKS)
    cost = results["cost"]
    assert cost["unpriced_calls"] == cost["models"]["court:j"]["calls"] > 0
    assert [model["cost"] is None for _, model in sorted(cost["models"].items())] == [True, False]
    assert "of models without a price" in costs_told(cost)


def test_pairs_say_what_they_cost(tmp_path: Path) -> None:
    with LocalServer(answers) as server:
        config = load_config(settings(server.url, **PRICES))
        results = make_pairs(SAMPLES, tmp_path / "pairs", config=config, catalogue=BOOKS)
    assert results["cost"]["total"] == pytest.approx(results["calls"] * EACH, abs=1e-6)
    assert results["calls"] > 0


def test_cached_tokens_cost_as_others_where_no_price_of_their_own_is_given() -> None:
    usage = Usage(1, 1000, 20, cached_tokens=400)
    assert Prices(2.0, 10.0).cost(usage) == pytest.approx((1000 * 2.0 + 20 * 10.0) / 1e6)
    assert Prices(2.0, 10.0, 0.5).cost(usage) == pytest.approx(EACH)
    assert Prices(2.0, 10.0).cost(Usage(1)) is None
    assert Prices(2.0, 10.0).cost(Usage()) == 0.0
    total = Usage(1) + Usage(1, cost=0.25) + Usage(2, cost=0.5, uncosted=1)
    assert (total.cost, total.uncosted) == (0.75, 1)
    assert Usage.from_json(total.to_json()) == total
    assert (Usage(1) + Usage(1)).cost is None


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        ({"price_input": -1.0, "price_output": 1.0}, "greater than or equal to 0"),
        ({"price_input": 1.0, "price_output": 1e9}, "less than or equal to 100000"),
        ({"price_input": float("nan"), "price_output": 1.0}, "price_input"),
        ({"price_input": 1.0}, "price_output is missing"),
        ({"price_output": 1.0}, "price_input is missing"),
        ({"price_cached": 1.0}, "price_cached needs"),
        ({"price_input": "cheap", "price_output": 1.0}, "valid number"),
        ({"price_input": 1.0, "price_output": 1.0, "currency": ""}, "currency"),
    ],
)
def test_prices_that_cannot_be_are_refused(prices: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load_config(settings("http://127.0.0.1:9/v1", **prices))


def test_prices_in_two_currencies_have_no_sum() -> None:
    given = settings("http://127.0.0.1:9/v1", **PRICES)
    given["servers"]["other"] = {**given["servers"]["shop"], "currency": "USD"}
    with pytest.raises(ConfigError, match="EUR and USD"):
        load_config(given)


def test_small_amounts_are_told_as_they_are() -> None:
    assert [money(amount, "USD") for amount in (0.0, 0.01234, 1234.5, 1e-7)] == [
        "0.00 USD",
        "0.0123 USD",
        "1,234.50 USD",
        "less than 0.0001 USD",
    ]


def _file(tmp_path: Path, given: dict[str, Any]) -> Path:
    import tomli_w

    path = tmp_path / "settings.toml"
    path.write_text(tomli_w.dumps(given))
    return path


def test_an_estimate_asks_nobody_and_comes_near_what_is_asked(tmp_path: Path) -> None:
    with LocalServer(answers) as server:
        given = settings(server.url, limit=6, **PRICES)
        given["play"]["candidates"] = 5
        found = estimate(SAMPLES, config=load_config(given), catalogue=BOOKS)
        command = ["evaluate", str(SAMPLES), "--catalogue", str(BOOKS), "-o", str(tmp_path / "run")]
        told = CliRunner().invoke(app, [*command, "--config", str(_file(tmp_path, given)), "--estimate"])
        assert told.exit_code == 0, told.output
        assert server.requests == []
        # Where nothing is written, no folder need be named.
        without = CliRunner().invoke(
            app, [*command[:4], "--config", str(tmp_path / "settings.toml"), "--estimate"]
        )
        assert without.output == told.output
        assert not (tmp_path / "run").exists()
        results = evaluate(SAMPLES, tmp_path / "run", config=load_config(given), catalogue=BOOKS)
    (counted,) = found.models.values()
    # The real recommender names one book again and again, which takes further draws; the first candidate,
    # said in their place, may be accepted at once.
    assert results["n"] <= counted.calls <= 1.25 * results["calls"]
    assert counted.cost is not None
    assert counted.most is not None
    assert 0.0 < counted.cost < counted.most
    for word in ("about", "at most", "EUR", "without asking a model", f"{counted.calls:,}"):
        assert word in told.output


def test_an_estimate_grows_with_the_rows_and_with_the_search() -> None:
    def calls(limit: int, **more: Any) -> int:
        given = {**settings("http://127.0.0.1:9/v1", limit=limit), **more}
        found = estimate(SAMPLES, config=load_config(given), catalogue=BOOKS, rows=3)
        assert (found.rows, found.of) == (3, limit * more.get("trials", 1))
        assert all(counted.cost is None for counted in found.models.values())
        return sum(counted.calls for counted in found.models.values())

    assert calls(6) == 2 * calls(3)
    assert calls(3, trials=4) == 4 * calls(3)
    assert calls(3, enhanced=True, search={"drafts": 3}) > 2 * calls(3)
    judged = {"seats": {"recommender": "shop:m", "seeker": "shop:m", "judge": "shop:j"}}
    assert calls(3, **judged) == 3 * (2 + 1 + 1)


def test_the_most_of_an_estimate_holds_on_a_server_that_gives_one_answer_a_call(tmp_path: Path) -> None:
    """Many servers take no `n`: each of ten votes is then a call that reads the prompt."""

    def counting(seen: Seen) -> Answer:
        if (seen.body.get("n") or 1) > 1:
            return complaint("n: only 1 is supported", 400, param="n")
        read = sum(len(message["content"]) // 4 for message in seen.body["messages"])
        return completion("1", usage={"prompt_tokens": read, "completion_tokens": 1})

    with LocalServer(counting) as server:
        given = settings(server.url, limit=3, **PRICES) | {
            "seats": {"recommender": "rules:retriever", "seeker": "rules", "judge": "shop:j"},
            "judging": {"second": False, "way": "votes"},
        }
        config = load_config(given)
        (counted,) = estimate(SAMPLES, config=config, catalogue=BOOKS).models.values()
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    # That of the rows: what finds out how the judge scores is asked once, however many there are.
    spent = (results["prompt_tokens"] * 2.0 + results["completion_tokens"] * 10.0) / 1e6
    assert counted.cost is not None
    assert counted.most is not None
    assert counted.cost < spent <= counted.most
    assert counted.prompt_tokens < results["prompt_tokens"] <= counted.most_prompt_tokens


def test_a_prompt_without_blanks_between_words_has_a_token_a_character() -> None:
    def prompts(said: str) -> int:
        rows = [Sample("a:1", "a", (Turn("seeker", said),), ("Dracula (1897)",))]
        given = settings("http://127.0.0.1:9/v1", limit=1) | {"play": {"rounds": 1}}
        (counted,) = estimate(rows, config=load_config(given), catalogue=BOOKS).models.values()
        return counted.prompt_tokens

    wish = "我想看一本关于吸血鬼的小说，最好是经典的"
    assert prompts(wish * 20) - prompts(wish * 10) >= 10 * (len(wish) - 1)


def test_the_cost_of_an_estimate_says_which_calls_have_no_price(tmp_path: Path) -> None:
    given = settings("http://127.0.0.1:9/v1", **PRICES)
    given["servers"]["plain"] = {"base_url": "http://127.0.0.1:9/v1"}
    given["seats"] |= {"judge": "plain:j"}
    command = ["evaluate", str(SAMPLES), "--catalogue", str(BOOKS), "--estimate"]
    told = CliRunner().invoke(app, [*command, "--config", str(_file(tmp_path, given))])
    assert told.exit_code == 0, told.output
    assert "EUR, without 3 calls of models that have no price." in told.output


def test_an_estimate_of_pairs_comes_near_what_is_asked(tmp_path: Path) -> None:
    with LocalServer(answers) as server:
        given = settings(server.url, limit=4, **PRICES) | {"pairs": {"drafts": 3}}
        path = str(_file(tmp_path, given))
        command = ["pairs", str(SAMPLES), "--catalogue", str(BOOKS), "--config", path, "--estimate"]
        told = CliRunner().invoke(app, command)
        assert told.exit_code == 0, told.output
        assert server.requests == []
        found = estimate_pairs(SAMPLES, config=load_config(given), catalogue=BOOKS)
        results = make_pairs(SAMPLES, tmp_path / "pairs", config=load_config(given), catalogue=BOOKS)
    (counted,) = found.models.values()
    # A stand-in's drafts all differ, and so all are played.
    assert results["calls"] <= counted.calls <= 4 * results["calls"]
    assert f"{counted.calls:,}" in told.output
    assert "EUR" in told.output
    missing = CliRunner().invoke(app, [*command[:-1]])
    assert "-o FOLDER" in str(missing.exception)


def test_a_run_needs_a_folder() -> None:
    result = CliRunner().invoke(app, ["evaluate", str(SAMPLES), "--recommender", "openai:m"])
    assert isinstance(result.exception, ConfigError)
    assert "-o FOLDER" in str(result.exception)


def test_nobody_stands_in_for_a_system_of_the_users_own() -> None:
    given = {**settings("http://127.0.0.1:9/v1"), "seats": {"recommender": "http://127.0.0.1:9/reply"}}
    with pytest.raises(ConfigError, match="system of your own"):
        estimate(SAMPLES, config=load_config(given), catalogue=BOOKS)


def test_a_ranking_asks_no_model() -> None:
    config = load_config({"mode": "retrieval", "limit": 3})
    assert estimate(SAMPLES, config=config, catalogue=BOOKS).models == {}
