"""Further fields and headers of a seat: one server under two names, and where none can be sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, completion
from usbrec.config import load_config
from usbrec.errors import ConfigError
from usbrec.stages import evaluate

SAMPLES, BOOKS = Path("docs/examples/books.jsonl"), Path("docs/examples/books.csv")


def test_two_seats_on_one_server_have_fields_and_headers_of_their_own(tmp_path: Path) -> None:
    def answer(seen: Seen) -> Answer:
        return completion(*(["1"] if seen.body["model"] == "j" else ["Try Dracula (1897)."]))

    with LocalServer(answer) as server:
        named = {
            name: {
                "base_url": server.url,
                "headers": {"X-Lane": name},
                "extra_body": {"chat_template_kwargs": {"enable_thinking": thinking}},
                "max_retries": 0,
            }
            for name, thinking in (("quick", False), ("slow", True))
        }
        config = load_config(
            {
                "limit": 1,
                "seats": {"recommender": "quick:m", "seeker": "rules", "judge": "slow:j"},
                "servers": named,
                "judging": {"second": False},
            }
        )
        assert evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)["failed"] == 0
        sent = {
            (seen.body["model"], seen.headers["x-lane"], str(seen.body["chat_template_kwargs"]))
            for seen in server.requests
        }
    assert sent == {
        ("m", "quick", "{'enable_thinking': False}"),
        ("j", "slow", "{'enable_thinking': True}"),
    }


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"models": {"extra_body": {"top_k": 5}}}, r"extra_body is now a server's own: \[servers.NAME\]"),
        ({"models": {"headers": {"X-A": "b"}}}, "models in this process take none"),
        ({"servers": {"hf": {"extra_body": {"top_k": 5}}}}, "hf begins another kind of seat, which takes no"),
        ({"servers": {"openai": {"extra_body": {"messages": []}}}}, "messages is no further field"),
    ],
)
def test_where_no_field_can_be_sent_the_settings_say_where_one_can(
    settings: Mapping[str, Any], problem: str
) -> None:
    with pytest.raises(ConfigError, match=problem):
        load_config(settings)
