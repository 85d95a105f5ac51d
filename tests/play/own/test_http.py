"""A recommender over plain HTTP: what it is sent, what it may answer, and what becomes of anything else."""

from __future__ import annotations

import asyncio
import http.server
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.films import CATALOGUE, FILMS, sample
from support.servers import Answer, LocalServer, Seen
from usbrec.config import Models, load_config
from usbrec.dialogue import Conversation, Reply, Turn, Usage
from usbrec.errors import ConfigError, ModelRefused, ModelUnavailable, UnusableAnswer, UsbRecError
from usbrec.event_loop import run
from usbrec.play.own.http import HttpRecommender
from usbrec.stages import evaluate

ROWS = tuple(sample("I liked Goodfellas (1990).", id_=f"d{number}:1") for number in range(6))
SOON = {"retry-after-ms": "10"}


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    # Plain HTTP only: reading the machine's certificates for each client would take most of the time.
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("SSL_CERT_DIR", str(Path(__file__).parent))


def address(server: LocalServer) -> str:
    return f"http://127.0.0.1:{server.port}/reply"


def ask(server: LocalServer, conversation: Conversation | None = None, **models: Any) -> Reply:
    async def work() -> Reply:
        service = HttpRecommender(address(server), Models(**{"max_retries": 1, **models}))
        try:
            reply = await service.ask(conversation or Conversation((Turn("seeker", "Hello"),), 1, 2))
            assert reply.usage.calls == 1
            return replace(reply, usage=Usage())  # seconds are another each time
        finally:
            await service.aclose()

    return run(work())


def play(
    tmp_path: Path, script: Sequence[Answer] | Callable[[Seen], Answer], **over: Any
) -> tuple[Mapping[str, Any], list[Seen]]:
    with LocalServer(script) as server:
        config = load_config(
            None,
            {
                "seats": {"recommender": address(server), "simulator": "rules", "judge": "rules"},
                "judging": {"second": False},
                "models": {"max_retries": 1},
                **over,
            },
        )
        results = evaluate(ROWS, tmp_path / "run", config=config, catalogue=CATALOGUE)
        return results, server.requests


def test_turns_candidates_and_round_go_out_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "openai-key-123")
    asked = Conversation(
        (Turn("seeker", "Hi"), Turn("recommender", "Heat?", ("f1",)), Turn("seeker", "No.")),
        2,
        3,
        candidates=FILMS[:2],
        profile="hidden",
        system="hidden",
    )
    with LocalServer([Answer(body={"text": "Casino (1995)?"})]) as server:
        assert ask(server, asked) == Reply("Casino (1995)?")
        (seen,) = server.requests
    assert (seen.method, seen.path) == ("POST", "/reply")
    assert seen.body == {
        "turns": [
            {"role": "seeker", "text": "Hi"},
            {"role": "recommender", "text": "Heat?"},
            {"role": "seeker", "text": "No."},
        ],
        "candidates": [{"id": "f1", "title": "Heat"}, {"id": "f2", "title": "Collateral"}],
        "round": 2,
    }
    assert "authorization" not in seen.headers
    assert "openai-key-123" not in json.dumps(seen.headers)


@pytest.mark.parametrize(
    ("further", "told"),
    [
        ({"recommendations": ["f4"]}, "'recommendations'"),
        ({"item_id": "f4"}, "'item_id'"),
        ({"ids": ["f4"]}, "'ids'"),
        ({"id": "r-1", "session_id": "s", "took": 3, "items": None}, ""),
        ({"recommendations": ["f4"], "items": ["f4"]}, ""),
    ],
)
def test_items_under_another_name_are_told(
    further: Mapping[str, Any], told: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They count for nothing, and the words alone are scored: once a run, that is said."""
    with caplog.at_level(logging.WARNING, logger="usbrec.play.own.http"):
        play(tmp_path, [Answer(body={"text": "This one.", **further})])
    said = [one.getMessage() for one in caplog.records if one.name == "usbrec.play.own.http"]
    assert len(said) == bool(told)
    assert all(told in one for one in said)


def test_a_service_plays_a_run_and_its_items_are_scored(tmp_path: Path) -> None:
    body = {"text": "This one.", "items": ["f4", "f99"]}
    results, requests = play(tmp_path, [Answer(body=body)], play={"candidates": 3})
    assert results["hit_first"]["mean"] == 1.0
    assert results["items"]["source"] == "items given by the system"
    assert results["items"]["unknown"] == 6
    assert len(requests[0].body["candidates"]) == 3
    assert len(requests[0].body["turns"]) == 1, "no worked examples and no system text"


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (Answer(body="<html>hello</html>"), "an HTML page"),
        (Answer(body="hello"), "no JSON"),
        (Answer(body=""), "no JSON"),
        (Answer(body=["Casino"]), 'JSON without a text under "text"'),
        (Answer(body={"text": None}), 'JSON without a text under "text"'),
        (Answer(body={"reply": "Casino"}), 'JSON without a text under "text"'),
        (Answer(body={"text": "x", "items": "f4"}), 'list of ids under "items"'),
        (Answer(body={"text": "x", "items": [None]}), 'list of ids under "items"'),
        (Answer(body={"text": "x", "items": {"f4": 1}}), 'list of ids under "items"'),
        (Answer(400, {"detail": "no\nturns"}), "answered 400: no turns"),
        (Answer(body="[" * 100_000), "JSON"),
    ],
)
def test_garbage_is_an_unusable_answer_that_says_what_came(answer: Answer, named: str) -> None:
    with LocalServer([answer]) as server, pytest.raises(UnusableAnswer) as caught:
        ask(server)
    assert named in str(caught.value)
    assert address(server) in str(caught.value)


@pytest.mark.parametrize("status", [200, 201, 202, 203, 207])
def test_a_reply_is_one_under_any_status_of_success(status: int) -> None:
    with LocalServer([Answer(status, {"text": "Casino (1995)?", "items": ["f4"]})]) as server:
        assert ask(server) == Reply("Casino (1995)?", ("f4",))
        assert len(server.requests) == 1


@pytest.mark.parametrize(("status", "body"), [(204, ""), (201, "  \n"), (205, "")])
def test_a_success_without_a_body_is_no_reply(status: int, body: str) -> None:
    with (
        LocalServer([Answer(status, body)]) as server,
        pytest.raises(UnusableAnswer, match=f"answered {status}"),
    ):
        ask(server)


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_fails_for_the_moment_is_tried_again(status: int) -> None:
    with LocalServer([Answer(status, "", SOON), Answer(body={"text": "Casino (1995)?"})]) as server:
        assert ask(server).text == "Casino (1995)?"
    with LocalServer([Answer(status, "busy", SOON)]) as server:
        with pytest.raises(ModelUnavailable, match=f"answered {status} to the last try"):
            ask(server)
        assert len(server.requests) == 2


def test_nobody_listening_is_unavailable() -> None:
    with LocalServer([]) as server:
        pass
    with pytest.raises(ModelUnavailable, match="connection to"):
        ask(server, max_retries=0)


def test_a_late_answer_is_given_up_at_the_deadline() -> None:
    with LocalServer([Answer(delay=None)]) as server:
        started = time.monotonic()
        with pytest.raises(ModelUnavailable, match=r"0\.3 seconds"):
            ask(server, timeout=0.3)
        assert time.monotonic() - started < 15.0


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_a_service_that_refuses_everything_ends_the_run_at_once(status: int, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match=f"answered {status}"):
        play(tmp_path, [Answer(status, {"detail": "no"})])


def test_a_service_of_which_nothing_can_be_used_ends_the_run_after_the_first_rows(tmp_path: Path) -> None:
    asked: list[Seen] = []

    def garbage(seen: Seen) -> Answer:
        asked.append(seen)
        return Answer(body="hello")

    with pytest.raises(ModelRefused, match="The first 5 rows all failed"):
        play(tmp_path, garbage, models={"concurrency": 1, "max_retries": 0})
    assert len(asked) == 5


def test_one_bad_answer_fails_its_row_and_the_run_goes_on(tmp_path: Path) -> None:
    answers = [Answer(body={"text": "Casino (1995)?"}), Answer(body="oops"), Answer(body={"text": "Heat?"})]
    results, _ = play(tmp_path, answers, models={"concurrency": 1}, play={"rounds": 1})
    assert (results["n"], results["failed"]) == (6, 1)


@pytest.mark.parametrize(
    "seat", ["http://", "http://user:s3cret@localhost/x", "http://localhost/x?key=s3cret", "https://[::g]/x"]
)
def test_an_address_that_cannot_be_used_is_refused_without_its_secrets(seat: str, tmp_path: Path) -> None:
    config = load_config(None, {"seats": {"recommender": seat, "simulator": "rules", "judge": "rules"}})
    with pytest.raises(ConfigError, match="recommender's address") as caught:
        evaluate(ROWS, tmp_path / "run", config=config, catalogue=CATALOGUE)
    assert "s3cret" not in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("seat", ["simulator", "judge"])
def test_only_a_recommender_may_be_a_service(seat: str, tmp_path: Path) -> None:
    seats = {"recommender": "rules:retriever", "simulator": "rules", "judge": "rules"}
    config = load_config(None, {"seats": {**seats, seat: "http://localhost:1/x"}})
    with pytest.raises(ConfigError, match="only a recommender"):
        evaluate(ROWS, tmp_path / "run", config=config, catalogue=CATALOGUE)


@settings(max_examples=25)
@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["text", "items", "error", "detail"]), inner, max_size=3)
        ),
    ),
    status=st.sampled_from([200, 400, 404, 422]),
)
def test_whatever_a_service_says_is_a_reply_or_a_failure_of_ours(body: Any, status: int) -> None:
    answer = Answer(status, json.dumps(body), {"content-type": "application/json"})
    with LocalServer([answer]) as server:
        try:
            reply = ask(server, max_retries=0)
        except UsbRecError:
            return
        assert isinstance(reply.text, str)
        assert reply.items is None or all(isinstance(one, str) for one in reply.items)


SAID = json.dumps({"text": "Amélie (2001)?"}, ensure_ascii=False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SAID.encode(), "application/json"),
        (SAID.encode("utf-8-sig"), "application/json"),
        (SAID.encode("latin-1"), "application/json; charset=iso-8859-1"),
        (SAID.encode(), "text/plain; charset=iso-8859-1"),
    ],
)
def test_an_answer_is_read_in_the_encoding_that_it_has(body: bytes, kind: str) -> None:
    assert asyncio.run(_asked(body, kind)).text == "Amélie (2001)?"


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "text/plain"])
def test_an_answer_whose_letters_would_be_lost_fails_its_row(kind: str) -> None:
    """A title without its accent is the title of nothing: a hit would be missed without a word."""
    with pytest.raises(UnusableAnswer, match=r"no UTF-8, so letters of it would be lost.*charset"):
        asyncio.run(_asked(SAID.encode("latin-1"), kind))


async def _asked(body: bytes, kind: str) -> Reply:
    """What a service is heard to say that answers with these bytes."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        asking = HttpRecommender(f"http://127.0.0.1:{server.server_port}/reply", Models())
        try:
            return await asking.ask(Conversation((Turn("seeker", "Hi"),)))
        finally:
            await asking.aclose()
            server.shutdown()
