"""Before a run's first row it is found out what its servers leave out, told once, and kept with the run."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.odd_servers import odd_server
from support.results_page import undocumented
from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.config import Config, load_config
from usbrec.data import load_samples
from usbrec.dialogue import Usage
from usbrec.errors import ModelRefused
from usbrec.evaluation import compare, load_run
from usbrec.journal import Journal
from usbrec.stages import evaluate, make_pairs, probe_seat
from usbrec.stages.policy import RolloutRewards

BOOKS, SAMPLES = ROOT / "docs" / "examples" / "books.csv", ROOT / "docs" / "examples" / "books.jsonl"


def config_of(server: LocalServer, **more: Any) -> Config:
    given: dict[str, Any] = {
        "limit": 2,
        "seats": {"recommender": "openai:m", "simulator": "rules", "judge": "rules"},
        "models": {"base_url": server.url, "max_retries": 0},
        "play": {"rounds": 1},
        "judging": {"second": False},
        "statistics": {"resamples": 100},
    }
    return load_config(None, given | more)


def posts(server: LocalServer) -> list[Any]:
    return [seen.body for seen in server.requests if seen.method == "POST"]


def probing(body: Any) -> bool:
    """Whether a request is one of the probe's."""
    words = ("secret word", "Make up a person", "code word")
    return any(word in message["content"] for message in body["messages"] for word in words)


def test_a_good_server_is_asked_few_questions_and_nothing_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with LocalServer(odd_server()) as server:
        results = evaluate(SAMPLES, tmp_path / "run", config=config_of(server), catalogue=BOOKS)
        asked = [body for body in posts(server) if probing(body)]
    assert 0 < len(asked) <= 6
    assert results["probe"]["openai:m"]["calls"] == len(asked)
    assert caplog.records == []
    assert not undocumented("usbrec evaluate", results)
    assert results["cut_prompts"] == 0


def test_what_will_be_wrong_is_told_once_and_stays_with_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with LocalServer(odd_server(ignores_temperature=True)) as server:
        config = config_of(server)
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        before = len(server.requests)
        again = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        assert len(server.requests) == before, "what is known is not asked again"
        replayed = evaluate(
            SAMPLES, tmp_path / "replay", config=config, catalogue=BOOKS, replay=tmp_path / "run"
        )
        assert len(server.requests) == before
    assert results == again == replayed
    told = [record.getMessage() for record in caplog.records]
    assert [line.partition(".")[0] for line in told] == ["openai:m: temperature: no"]
    for name in ("run", "replay"):
        warnings = compare([load_run(tmp_path / name)], seed=0).warnings
        assert any("nothing is sampled" in warning for warning in warnings)
        assert "nothing is sampled" in (tmp_path / name / "report.html").read_text()


def test_a_server_whose_n_gives_copies_is_asked_one_by_one_also_after_a_stop(tmp_path: Path) -> None:
    with LocalServer(odd_server(copies=True)) as server:
        config = config_of(server, enhanced=True, search={"drafts": 3, "rounds": 1})
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        rest = [body for body in posts(server) if not probing(body)]
        seen = len(server.requests)
        more = config.with_(limit=3)
        evaluate(SAMPLES, tmp_path / "more", config=more, catalogue=BOOKS, reuse=tmp_path / "run")
        later = [seen.body for seen in server.requests[seen:] if seen.method == "POST"]
    assert all(body.get("n", 1) == 1 for body in rest)
    assert {finding["supported"] for finding in results["probe"]["openai:m"]["findings"][1:2]} == {"no"}
    assert later
    assert not any(map(probing, later))
    assert all(body.get("n", 1) == 1 for body in later)


def test_a_server_that_cuts_prompts_is_told_of_and_the_calls_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with LocalServer(odd_server(cuts_at=20)) as server:
        results = evaluate(SAMPLES, tmp_path / "run", config=config_of(server), catalogue=BOOKS)
        replayed = evaluate(
            SAMPLES,
            tmp_path / "replay",
            config=config_of(server),
            catalogue=BOOKS,
            replay=tmp_path / "run",
        )
    assert results["cut_prompts"] == results["calls"] > 0
    assert replayed["cut_prompts"] == results["cut_prompts"]
    told = [record.getMessage() for record in caplog.records]
    assert sum("cuts prompts, and the model does not see all" in line for line in told) == 1
    assert sum(line.startswith("openai:m: context: no") for line in told) == 1
    warnings = compare([load_run(tmp_path / "run")], seed=0).warnings
    assert any(f"of {results['calls']} of {results['calls']} prompts" in warning for warning in warnings)


def test_pairs_are_probed_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with LocalServer(odd_server(drops_system=True)) as server:
        results = make_pairs(SAMPLES, tmp_path / "pairs", config=config_of(server), catalogue=BOOKS)
    assert results["probe"]["openai:m"]["findings"][0]["supported"] == "no"
    assert any("dropped without a word" in record.getMessage() for record in caplog.records)
    assert not undocumented("usbrec pairs", results)


def test_a_server_that_is_away_when_a_run_begins_is_probed_when_it_goes_on(tmp_path: Path) -> None:
    whole, there = odd_server(), [False]

    def answer(seen: Seen) -> Answer:
        return whole(seen) if there[0] else complaint("not yet", 503)

    with LocalServer(answer) as server:
        config = config_of(server)
        with pytest.raises(ModelRefused, match="not yet"):
            evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        there[0] = True
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    assert results["probe"]["openai:m"]["findings"]
    assert results["failed"] == 0


def test_models_whose_behaviour_is_known_are_not_probed(tmp_path: Path) -> None:
    script = tmp_path / "m.jsonl"
    script.write_text('{"say": "Try Dracula (1897)."}\n')
    seats = {"recommender": f"scripted:{script}", "simulator": "rules", "judge": "rules"}
    config = load_config(None, {"seats": seats, "judging": {"second": False}, "limit": 1})
    assert evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)["probe"] == {}


def votes_lost(lost: int, told: str = "0, because it is not what was asked for") -> Callable[[Seen], Answer]:
    """A judge without log-probabilities that loses so many of each ten votes."""

    def answer(seen: Seen) -> Answer:
        asked = "\n".join(message["content"] for message in seen.body["messages"])
        if "digit" in asked[-400:]:
            votes = [told] * lost + ["2"] * (10 - lost)
            return completion(*votes[: seen.body.get("n", 1)])
        return completion(*["Try Dracula (1897)."] * seen.body.get("n", 1))

    return answer


def judged(server: LocalServer, tmp_path: Path) -> Any:
    seats = {"recommender": "openai:m", "simulator": "rules", "judge": "openai:m"}
    return evaluate(SAMPLES, tmp_path / "run", config=config_of(server, seats=seats), catalogue=BOOKS)


def test_a_judge_of_whose_votes_most_are_lost_scores_no_row_and_the_share_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    reason = r"no row has a score.*only 3 of 10 votes could be read"
    with LocalServer(votes_lost(7)) as server, pytest.raises(ModelRefused, match=reason):
        judged(server, tmp_path)
    results = json.loads((tmp_path / "run" / "results.json").read_text())
    assert results["unreadable"] == 2
    assert results["votes"] == {"drawn": 20, "unreadable": 14, "share": 0.7}
    assert results["scoring"]["openai:m"]["readable_votes"] == 0.3
    assert any("of its votes 30% could be read" in record.getMessage() for record in caplog.records)
    assert "14 of 20 votes of the judge (70%)" in (tmp_path / "run" / "report.html").read_text()


def test_a_judge_of_whose_votes_some_are_lost_scores_by_the_others_and_says_so(tmp_path: Path) -> None:
    with LocalServer(votes_lost(4)) as server:
        results = judged(server, tmp_path)
    assert (results["unreadable"], results["ieval"]["mean"], results["votes"]["share"]) == (0, 2.0, 0.4)
    warnings = compare([load_run(tmp_path / "run")], seed=0).warnings
    assert any("8 of 20 votes of the judge (40%) could not be read" in warning for warning in warnings)


def test_a_judge_of_whose_votes_none_can_be_read_ends_the_run_before_its_first_row(tmp_path: Path) -> None:
    with LocalServer(votes_lost(10)) as server, pytest.raises(ModelRefused, match="0% could be read"):
        judged(server, tmp_path)


@pytest.mark.parametrize("lists", [True, False])
def test_votes_that_a_grammar_limits_are_shown_as_forced(lists: bool, tmp_path: Path) -> None:
    """Also where log-probabilities show that the digits hold less than the floor before the grammar."""

    def answer(seen: Seen) -> Answer:
        if "grammar" in seen.body:
            return completion(*["2"] * seen.body.get("n", 1))
        if seen.body.get("logprobs") and lists:
            shares = {"So": 0.6, "0": 0.2, "1": 0.1, "2": 0.087}
            top = [{"token": token, "logprob": math.log(share)} for token, share in shares.items()]
            return completion("So", logprobs={"content": [{**top[0], "top_logprobs": top}]})
        return completion(*["Try Dracula (1897)."] * seen.body.get("n", 1))

    with LocalServer(answer) as server:
        seats = {"recommender": "openai:m", "simulator": "rules", "judge": "openai:m"}
        config = config_of(server, seats=seats)
        config = config.with_(models=config.models.model_copy(update={"constrain": "grammar"}))
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    assert (results["score"]["forced"], results["ieval"]["mean"]) == (2, 2.0)
    warnings = [one for one in compare([load_run(tmp_path / "run")], seed=0).warnings if "(forced)" in one]
    assert len(warnings) == 1
    assert "2 of 2 rows are scored by votes that a grammar limits to digits" in warnings[0]
    assert ("hold 0.39 of the probability (floor: 0.5)" in warnings[0]) == lists


def test_training_that_plays_tries_its_judge_once_before_the_first_episode(tmp_path: Path) -> None:
    script = tmp_path / "m.jsonl"
    script.write_text('{"say": "Try Dracula (1897)."}\n')
    seats = {"recommender": f"scripted:{script}", "simulator": "rules", "judge": "openai:m"}
    sample = load_samples(SAMPLES)[0]
    asked: list[int] = []
    with LocalServer(odd_server(lists=0)) as server:
        for reply in ("Try Dracula (1897).", "Try Emma (1815)."):
            with (
                Journal(tmp_path / "run.db") as journal,
                RolloutRewards.open(config_of(server, seats=seats), SAMPLES, BOOKS, None, journal) as rewards,
            ):
                assert rewards([(sample.id, reply)])[0].value == 1.0
            asked.append(sum(map(probing, posts(server))))
        last = posts(server)[-1]
    assert asked[0] == asked[1] > 0
    assert "logprobs" not in last, "it is known that this judge votes"


def test_a_recommender_of_ones_own_is_asked_for_a_reply() -> None:
    with LocalServer([Answer(body={"text": "Try Dracula.", "items": ["b1"]})]) as server:
        found = probe_seat(f"{server.url}/reply")
    assert {one.name: one.supported for one in found.findings} == {"recommender": "yes", "items": "yes"}
    assert "nothing else" in found.told
    assert probe_seat("rules:popular").told.endswith("there is nothing to probe.")


def test_a_scripted_model_is_probed_through_the_two_questions(tmp_path: Path) -> None:
    script = tmp_path / "m.jsonl"
    script.write_text('{"choose": {"0": 0.2, "1": 0.6, "2": 0.2}, "say": ["Ada has a kettle.", "Bo."]}\n')
    found = {one.name: one for one in probe_seat(f"scripted:{script}").findings}
    assert found["log-probabilities"].supported == "yes"
    assert "streaming" not in found


def test_a_cost_without_cut_prompts_is_written_as_before() -> None:
    assert "cut_prompts" not in Usage(calls=1).to_json()
    cut = Usage(calls=2, cut_prompts=1) + Usage(calls=1)
    assert Usage.from_json(cut.to_json()) == cut


@pytest.mark.parametrize("room", [64, 400])
def test_thoughts_that_the_limit_cuts_before_their_only_mark_hit_nothing(tmp_path: Path, room: int) -> None:
    """Their opening mark stands in the prompt, so that a cut answer holds no mark at all."""
    words = ("Okay, the person wants Jane Eyre (1847). " * 30 + "</think>\n\nTry Dracula (1897).").split(" ")

    def thinks(seen: Seen) -> Answer:
        if seen.method == "GET":
            return Answer(body={"data": [{"id": "m"}]})
        longest = seen.body["max_tokens"]
        text = " ".join(words[:longest])
        return completion(
            *[text] * seen.body.get("n", 1), finish="length" if longest < len(words) else "stop"
        )

    with LocalServer(thinks) as server:
        config = config_of(server, play={"rounds": 1, "max_tokens": room})
        if room < len(words):
            with pytest.raises(ModelRefused, match="still reasoning"):
                evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
            return
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    assert results["hit"]["mean"] == 0.0
