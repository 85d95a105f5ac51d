"""Runs whose judge gives one vote a request: a race asks for fewer, replays the same and mixes with none."""

from __future__ import annotations

import filecmp
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.results_page import undocumented
from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.config import Config, load_config
from usbrec.errors import ConfigError, InputError
from usbrec.keys import digest
from usbrec.stages import evaluate

BOOKS, SAMPLES = ROOT / "docs" / "examples" / "books.csv", ROOT / "docs" / "examples" / "books.jsonl"
SAYINGS = ("Try Dracula (1897).", "Try Emma (1815).", "How about Frankenstein (1818)?", "What do you like?")


def _without_n(seen: Seen) -> Answer:
    """Says and votes by a digest of what is asked, one answer a request, without log-probabilities."""
    body = seen.body
    if body.get("n", 1) > 1 or body.get("logprobs"):
        return complaint("not supported", param="n" if "n" in body else "logprobs")
    drawn = int(digest([body["messages"], body.get("seed") if body.get("temperature") else 0])[:8], 16)
    asked = "\n".join(message["content"] for message in body["messages"])
    if "digit" in asked[-400:]:
        return completion(str(drawn % 3))
    return completion(SAYINGS[drawn % len(SAYINGS)])


def _config(server: LocalServer, **search: Any) -> Config:
    return load_config(
        None,
        {
            "limit": 2,
            "enhanced": True,
            "seats": {"recommender": "openai:m", "simulator": "rules", "judge": "openai:m"},
            "models": {"base_url": server.url, "max_retries": 0},
            "search": {"drafts": 4, **search},
            "judging": {"second": False},
            "statistics": {"resamples": 100},
        },
    )


def _run(server: LocalServer, out: Path, replay: Path | None = None, **search: Any) -> Any:
    return evaluate(SAMPLES, out, config=_config(server, **search), catalogue=BOOKS, replay=replay)


def test_an_exact_race_says_the_same_with_fewer_requests_and_replays_without_a_server(tmp_path: Path) -> None:
    with LocalServer(_without_n) as server:
        whole = _run(server, tmp_path / "whole")
        asked = len(server.requests)
        raced = _run(server, tmp_path / "raced", race=0.0)
        fewer = len(server.requests) - asked
        seen = len(server.requests)
        again = _run(server, tmp_path / "again", replay=tmp_path / "raced", race=0.0)
        before = _run(server, tmp_path / "before", replay=tmp_path / "whole")
        assert len(server.requests) == seen, "a replay asks nobody"
    assert fewer < asked
    assert raced["ieval"] == whole["ieval"]
    assert raced["scoring"]["openai:m"].pop("one_by_one") is True
    assert raced["scoring"] == whole["scoring"]
    assert not undocumented("usbrec evaluate", raced)
    assert again["ieval"] == raced["ieval"]
    assert before == whole
    for first, second in (("raced", "again"), ("whole", "before")):
        left, right = (tmp_path / name / "episodes.jsonl" for name in (first, second))
        assert filecmp.cmp(left, right, shallow=False)


def test_a_run_that_was_begun_without_a_race_does_not_go_on_with_one(tmp_path: Path) -> None:
    with LocalServer(_without_n) as server:
        _run(server, tmp_path / "run")
        for search in ({"race": 0.0}, {"alike": True}, {"first_look": 2}):
            with pytest.raises((ConfigError, InputError), match="config"):
                _run(server, tmp_path / "run", **search)
