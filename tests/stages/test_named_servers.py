"""Recommender, seeker and judge on three servers, each with an address, a key and headers of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.servers import Answer, LocalServer, Seen, complaint, completion
from usbrec.config import load_config
from usbrec.errors import ModelRefused
from usbrec.stages import evaluate

BOOKS, SAMPLES = ROOT / "docs" / "examples" / "books.csv", ROOT / "docs" / "examples" / "books.jsonl"
KEYS = {name: f"{name}-key-8c1f0e7d" for name in ("front", "people", "court")}


def guarded(name: str, *replies: str) -> Callable[[Seen], Answer]:
    """A server that lets in nobody but who has its key and its header, and asks for its further field."""

    def answer(seen: Seen) -> Answer:
        if seen.headers.get("authorization") != f"Bearer {KEYS[name]}":
            return complaint("no such key", 401)
        if seen.headers.get("x-team") != f"team-{name}" or seen.body.get("lane") != name:
            return complaint("no such team", 403)
        return completion(*replies * seen.body.get("n", 1))

    return answer


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, key in KEYS.items():
        monkeypatch.setenv(f"{name.upper()}_KEY", key)
        monkeypatch.setenv(f"{name.upper()}_TEAM", f"team-{name}")


def settings(tmp_path: Path, **servers: LocalServer) -> Path:
    lines = ["limit = 3", "[seats]", 'recommender = "front:r:8b"', 'seeker = "people:s"', 'judge = "court:j"']
    for name, server in servers.items():
        lines += [
            f"[servers.{name}]",
            f'base_url = "{server.url}"',
            f'api_key_env = "{name.upper()}_KEY"',
            f'headers = {{ X-Team = "${{{name.upper()}_TEAM}}", X-Literal = "literal-secret-{name}" }}',
            f'extra_body = {{ lane = "{name}" }}',
            "max_retries = 0",
        ]
    path = tmp_path / "three.toml"
    path.write_text("\n".join([*lines, "[judging]", "second = false", ""]))
    return path


def test_three_named_servers_play_one_run_and_the_results_say_which(tmp_path: Path) -> None:
    with (
        LocalServer(guarded("front", "Try Dracula (1897).")) as front,
        LocalServer(guarded("people", "Something quieter, please.")) as people,
        LocalServer(guarded("court", "1")) as court,
    ):
        config = load_config(settings(tmp_path, front=front, people=people, court=court))
        results = evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        assert results["failed"] == 0
        assert results["ieval"]["mean"] == 1.0
        for server, model in ((front, "r:8b"), (people, "s"), (court, "j")):
            assert {seen.body["model"] for seen in server.requests} == {model}
        urls = [server.url for server in (front, people, court)]
    assert results["seats"] == {
        "recommender": {"seat": "front:r:8b", "server": "front", "model": "r:8b", "base_url": urls[0]},
        "simulator": {"seat": "people:s", "server": "people", "model": "s", "base_url": urls[1]},
        "judge": {"seat": "court:j", "server": "court", "model": "j", "base_url": urls[2]},
    }
    report = (tmp_path / "run" / "report.html").read_text()
    assert f"recommender r:8b on front, {urls[0]}; seeker s on people, {urls[1]}; judge j on court" in report
    replayed = evaluate(SAMPLES, tmp_path / "again", config=config, catalogue=BOOKS, replay=tmp_path / "run")
    assert replayed == results, "a replay says where the answers came from"
    live, again = (tmp_path / name / "results.json" for name in ("run", "again"))
    assert live.read_bytes() == again.read_bytes()
    # Neither keys nor values of headers are in any file; their names are.
    written = b"".join(path.read_bytes() for path in (tmp_path / "run").iterdir())
    for name, key in KEYS.items():
        assert key.encode() not in written
        assert f"literal-secret-{name}".encode() not in written
        assert f"team-{name}".encode() not in written
    assert b"X-Literal" in written
    assert b"${FRONT_TEAM}" in written
    with pytest.raises(Exception, match="X-Literal was left out"):
        load_config(tmp_path / "run" / "config.toml")


def test_each_server_is_sent_its_own_key_and_no_other(tmp_path: Path) -> None:
    with (
        LocalServer(guarded("front", "Try Dracula (1897).")) as front,
        LocalServer(guarded("people", "Something quieter.")) as people,
        LocalServer(guarded("court", "1")) as court,
    ):
        config = load_config(settings(tmp_path, front=front, people=people, court=court))
        evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
        for name, server in (("front", front), ("people", people), ("court", court)):
            others = [key for other, key in KEYS.items() if other != name]
            sent = json.dumps([[seen.headers, seen.body] for seen in server.requests])
            assert KEYS[name] in sent
            assert not any(key in sent for key in others)


def test_a_rejected_key_names_the_variable_of_its_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEOPLE_KEY", "expired-key-1")
    with (
        LocalServer(guarded("front", "Try Dracula (1897).")) as front,
        LocalServer(guarded("people", "Hm.")) as people,
        LocalServer(guarded("court", "1")) as court,
    ):
        config = load_config(settings(tmp_path, front=front, people=people, court=court))
        with pytest.raises(ModelRefused, match="PEOPLE_KEY") as caught:
            evaluate(SAMPLES, tmp_path / "run", config=config, catalogue=BOOKS)
    assert "expired-key-1" not in str(caught.value)


def test_requests_to_a_server_are_bounded_over_all_seats_on_it(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"

    def slow(seen: Seen) -> Answer:
        return completion("1" if seen.body["model"] == "j" else "Hm.", delay=0.02)

    with LocalServer(slow) as server:
        path.write_text(
            f'[seats]\nrecommender = "lab:r"\nseeker = "lab:s"\njudge = "lab:j"\n[judging]\nsecond = false\n'
            f'[servers.lab]\nbase_url = "{server.url}"\nconcurrency = 2\n'
        )
        evaluate(SAMPLES, tmp_path / "run", config=load_config(path))
        assert server.most_in_flight == 2


def test_further_fields_decide_a_run_and_addresses_do_not(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"

    def run(**more: Any) -> None:
        with LocalServer(lambda seen: completion("1")) as server:
            lines = [f"{name} = {json.dumps(value)}" for name, value in more.items()]
            path.write_text(
                '[seats]\nrecommender = "lab:r"\nseeker = "lab:r"\njudge = "lab:r"\n[judging]\n'
                f'second = false\n[servers.lab]\nbase_url = "{server.url}"\n' + "\n".join(lines) + "\n"
            )
            evaluate(SAMPLES, tmp_path / "run", config=load_config(path))

    run(system_role="system")
    run(timeout=9.0)
    with pytest.raises(Exception, match="system_role"):
        run(system_role="user")
