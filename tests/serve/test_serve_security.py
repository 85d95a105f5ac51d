"""Who may come in: this machine alone without keys, with keys whoever has one, and nobody for long."""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import logging
import socket
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from support.service import WISH, Running, replies, twins_on
from usbrec.cli.app import app
from usbrec.errors import BadLines, ConfigError, InputError, ModelRefused, ModelUnavailable
from usbrec.llm import ChatReply, ChatRequest, Choice, ChoiceRequest, ScriptedModel
from usbrec.llm.separated import SeparatedModel
from usbrec.serve.http.api_keys import ApiKeys
from usbrec.serve.http.middleware import host_name, is_this_machine
from usbrec.serve.http.rate_limit import Bucket
from usbrec.serve.server import check_address
from usbrec.serve.storage.key_file import new_key, read_keys

CHAT = "/v1/chat/completions"


def _bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost", "::1", "LOCALHOST"])
def test_without_keys_this_machine_is_served(host: str) -> None:
    check_address(host, None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.nip.io", ""])
def test_without_keys_no_address_that_others_reach_is_listened_on(host: str) -> None:
    with pytest.raises(ConfigError, match="without keys"):
        check_address(host, None)
    check_address(host, ApiKeys(()))


def test_the_command_refuses_such_an_address_before_it_opens_anything(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["serve", "--model", "scripted:nowhere.jsonl", "--host", "0.0.0.0"])
    assert isinstance(result.exception, ConfigError)
    assert "--new-key" in str(result.exception)


def test_hosts_are_read_from_headers() -> None:
    names = {"localhost:80": "localhost", "[::1]:80": "::1", "[::1]": "::1", "a.b": "a.b", "127.0.0.1:": ""}
    for header, name in names.items():
        assert host_name(header) == name or header == "127.0.0.1:"
    assert not is_this_machine("localhost.example.org")


def test_without_keys_any_authorization_is_passed_over() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        for value in ("Bearer sk-whatever", "Basic eDp5", "Nonsense", ""):
            assert service.send("GET", "/v1/models", headers={"authorization": value})[0] == 200


def test_web_pages_of_others_cannot_reach_the_service() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        body = {"messages": WISH}
        # A name of their own that leads here (DNS rebinding), and a page that sends a form here.
        status, answer, _ = service.send("POST", CHAT, body, {"host": "evil.example"})
        assert (status, answer["error"]["code"]) == (403, "host")
        for origin in ("http://evil.example", "null", f"http://localhost:{service.port}", "http://["):
            status, answer, headers = service.send("POST", CHAT, body, {"origin": origin})
            assert (status, answer["error"]["code"]) == (403, "origin")
            for kind in (
                "text/plain",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
            ):
                # What a page may send without asking first.
                status, answer, _ = service.send("POST", CHAT, body, {"origin": origin, "content-type": kind})
                assert (status, answer["error"]["code"]) == (403, "origin")
            assert not any(name.startswith("access-control") for name in headers)
        own = {"origin": f"http://127.0.0.1:{service.port}"}
        assert service.send("POST", CHAT, body, own)[0] == 200
        asked = {"origin": "http://evil.example", "access-control-request-method": "POST"}
        assert service.send("OPTIONS", CHAT, headers=asked)[0] == 403


def test_a_request_with_two_hosts_is_refused() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        head = "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nhost: {}\r\nconnection: close\r\n\r\n"
        for other in ("evil.example", "localhost"):
            with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
                connection.sendall(head.format(other).encode())
                answer = b"".join(iter(lambda: connection.recv(4096), b""))
            assert answer.startswith(b"HTTP/1.1 400")
            assert b"more than one Host" in answer


def test_with_keys_everything_but_health_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    key = new_key(file, "ann")
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(file)) as service:
        assert service.send("GET", "/health")[0] == 200
        paths = [
            "/",
            "/metrics",
            "/v1/models",
            "/openapi.json",
            "/v1/usbrec/info",
            "/nowhere",
            "/static/page.js",
        ]
        for path in paths:
            for wrong in ({}, _bearer("usbrec-wrong"), _bearer(""), {"authorization": "Basic !"}):
                status, answer, headers = service.send("GET", path, headers=wrong)
                assert (status, answer["error"]["code"]) == (401, "invalid_api_key")
                assert headers["www-authenticate"].startswith("Basic")
        assert service.send("POST", CHAT, {"messages": WISH}, _bearer(key))[0] == 200
        # A browser asks for a password, and the key is one.
        basic = base64.b64encode(f"me:{key}".encode()).decode()
        assert service.send("GET", "/v1/models", headers={"authorization": f"Basic {basic}"})[0] == 200
        # Somebody else's name leads here as well: it is the key that counts.
        assert service.send("GET", "/v1/models", headers={"host": "films.example", **_bearer(key)})[0] == 200


def test_only_hashes_of_keys_are_kept_and_each_has_its_own_salt(tmp_path: Path) -> None:
    file = tmp_path / "sub" / "keys.jsonl"
    keys = [new_key(file, name) for name in ("ann", "bob")]
    text = file.read_text(encoding="utf-8")
    assert not any(key in text or key.removeprefix("usbrec-") in text for key in keys)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ring = read_keys(file)
    assert [found and found.name for found in map(ring.find, keys)] == ["ann", "bob"]
    assert ring.find(keys[0][:-1]) is None
    assert ring.keys[0].salt != ring.keys[1].salt
    with pytest.raises(ConfigError, match="ann"):
        new_key(file, "ann")
    with pytest.raises(ConfigError):
        new_key(file, " ")


def test_a_bad_key_file_is_told_line_by_line(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    new_key(file, "ann")
    good = file.read_text(encoding="utf-8")
    file.write_text(
        good + '{"name": "x"}\nnonsense\n' + good.replace('"salt"', '"tokens_per_hour": 0, "salt"')
    )
    with pytest.raises(BadLines) as bad:
        read_keys(file)
    assert len(bad.value.problems) == 3
    file.write_text(good + good)
    with pytest.raises(InputError, match="more than one"):
        read_keys(file)


def test_the_command_makes_a_key_and_shows_it_once(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    result = CliRunner().invoke(app, ["serve", "--keys", str(file), "--new-key", "ann"])
    assert result.exit_code == 0
    found = read_keys(file).find(result.output.strip())
    assert found is not None
    assert found.name == "ann"
    assert isinstance(CliRunner().invoke(app, ["serve", "--new-key", "ann"]).exception, ConfigError)


def test_a_key_file_that_cannot_be_looked_at_is_refused_in_words(tmp_path: Path) -> None:
    # Such a name is refused where a closed folder is, and to every user.
    with pytest.raises(InputError, match="cannot be written"):
        new_key(tmp_path / ("k" * 300), "ann")


def test_each_key_has_so_many_requests_a_minute(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    ann, bob = new_key(file, "ann"), new_key(file, "bob")
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lines[0]["requests_per_minute"] = 2
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(file)) as service:
        found = [service.send("GET", "/v1/models", headers=_bearer(ann)) for _ in range(3)]
        assert [status for status, _, _ in found] == [200, 200, 429]
        assert found[2][1]["error"]["code"] == "rate_limit_exceeded"
        assert 1 <= int(found[2][2]["retry-after"]) <= 31
        assert service.send("GET", "/v1/models", headers=_bearer(bob))[0] == 200


def test_a_key_whose_tokens_are_spent_cannot_search_but_look(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    key = new_key(file, "ann", admin=True)
    settings = {"tokens_per_hour": 40}
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(file), serving=settings) as service:
        body = {"messages": WISH, "model": "scripted:ses"}
        status, answer, _ = service.send("POST", CHAT, body, _bearer(key))
        assert status == 200
        assert answer["usage"]["total_tokens"] > 40
        status, answer, headers = service.send("POST", CHAT, body, _bearer(key))
        assert (status, answer["error"]["code"]) == (429, "search_budget_exceeded")
        assert int(headers["retry-after"]) > 60
        assert service.send("GET", "/v1/models", headers=_bearer(key))[0] == 200
        text = service.send("GET", "/metrics", headers=_bearer(key))[1]
        assert 'usbrec_budget_used_tokens_total{key="ann"}' in text


def test_control_characters_of_a_model_reach_neither_clients_nor_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd, clean = "Casino\x1b]0;owned\x07 (1995)\u202e!\x00", "Casino]0;owned (1995)!"
    served = twins_on(SeparatedModel(ScriptedModel(lambda _: odd), opens_in_prompt=False))
    with (
        caplog.at_level(logging.INFO, "usbrec.serve"),
        Running(served, serving={"log_texts": True}) as service,
    ):
        body = {"messages": WISH, "model": "scripted"}
        answer = service.send("POST", CHAT, body)[1]
        assert answer["choices"][0]["message"]["content"] == clean
        stream = service.send("POST", CHAT, {**body, "stream": True})[1]
        events = [json.loads(line[6:]) for line in stream.splitlines() if line.startswith("data: {")]
        assert "".join(one["choices"][0]["delta"].get("content") or "" for one in events) == clean
        text = service.send("GET", "/metrics")[1]
    assert 'usbrec_removed_characters_total{model="scripted"} 8.0' in text
    fields = [record.__dict__.get("fields", {}) for record in caplog.records]
    assert [line["reply"] for line in fields if "reply" in line] == [clean, clean]


def test_what_each_key_has_used_is_for_an_admins_key_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    ann, bob = new_key(file, "ann"), new_key(file, "bob")
    command = ["serve", "--keys", str(file), "--new-key", "ops", "--admin"]
    ops = CliRunner().invoke(app, command).output.strip()
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(file)) as service:
        for key in (ann, bob):
            assert service.send("POST", CHAT, {"messages": WISH}, _bearer(key))[0] == 200
        seen, all_of_it = (service.send("GET", "/metrics", headers=_bearer(key))[1] for key in (ann, ops))
    assert "bob" not in seen
    assert "ann" not in seen
    values = dict(line.rsplit(" ", 1) for line in all_of_it.splitlines() if not line.startswith("#"))
    each = [float(values[f'usbrec_budget_used_tokens_total{{key="{name}"}}']) for name in ("ann", "bob")]
    assert min(each) > 0
    assert f"usbrec_budget_used_by_all_tokens_total {sum(each)}" in seen
    assert isinstance(CliRunner().invoke(app, ["serve", "--admin"]).exception, ConfigError)
    row = json.loads(file.read_text(encoding="utf-8").splitlines()[0]) | {"admin": 1}
    file.write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(BadLines, match="admin is true or false"):
        read_keys(file)


@pytest.mark.parametrize("name", ["scripted", "scripted:ses"])
def test_whoever_goes_away_in_the_middle_has_spent_their_tokens_all_the_same(
    tmp_path: Path, name: str
) -> None:
    file = tmp_path / "keys.jsonl"
    key = new_key(file, "ann", admin=True)
    slow = twins_on(ScriptedModel(lambda _: "word " * 100, tokens_per_second=20.0))
    with Running(slow, api_keys=read_keys(file)) as service:
        with service.client(api_key=key) as client:
            stream = client.chat.completions.create(
                model=name, messages=WISH, stream=True, extra_body={"usbrec": {"progress": True}}
            )
            next(iter(stream))
            time.sleep(0.3)
            stream.close()
        counted = 'usbrec_budget_used_tokens_total{key="ann"}'
        end = time.monotonic() + 5
        while counted not in (text := service.send("GET", "/metrics", headers=_bearer(key))[1]):
            assert time.monotonic() < end
            time.sleep(0.05)
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(values[counted]) >= len(WISH[0]["content"]) // 4
    assert float(values[f'usbrec_model_calls_total{{model="{name}"}}']) >= 1


def test_a_reply_that_fails_is_paid_for_as_far_as_the_model_has_answered(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    key = new_key(file, "ann", admin=True)

    def failing(request: ChatRequest) -> str:
        if "away" in request.messages[-1].content:
            raise ModelUnavailable("away")
        if "nothing" in request.messages[-1].content:
            return " "
        if request.temperature > 0.0:
            raise ModelRefused("no drafts")
        return "Casino (1995)!"

    def spent(text: str) -> tuple[float, float, float]:
        values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
        names = (
            'usbrec_budget_used_tokens_total{key="ann"}',
            'usbrec_model_calls_total{model="scripted"}',
            'usbrec_model_calls_total{model="scripted:ses"}',
        )
        plain, calls, searched = (float(values.get(name, 0)) for name in names)
        return plain, calls, searched

    with Running(twins_on(ScriptedModel(failing)), api_keys=read_keys(file)) as service:

        def ask(model: str, words: str) -> tuple[float, float, float]:
            messages = [{"role": "user", "content": words}]
            body = {"messages": messages, "model": model, "temperature": 0}
            assert service.send("POST", CHAT, body, _bearer(key))[0] >= 500
            return spent(service.send("GET", "/metrics", headers=_bearer(key))[1])

        # Nobody was reached: a call, and no tokens.
        assert ask("scripted", "Are you away?") == (0.0, 1.0, 0.0)
        # The prompt was read, though nothing came of it.
        tokens, calls, _ = ask("scripted", "Say nothing of crime films, please.")
        assert tokens > 0
        assert calls == 2
        # The greedy draft was there when the next call was refused.
        after, _, searched = ask("scripted:ses", "A crime film, please.")
        assert after > tokens
        assert searched == 2


def test_a_session_is_there_for_the_key_that_began_it_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys.jsonl"
    ann, bob = (_bearer(new_key(file, name)) for name in ("ann", "bob"))
    store = tmp_path / "store.db"
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(file), store=store) as service:
        begun = service.send("POST", "/v1/usbrec/sessions", {"user": "eve"}, ann)[1]["session"]
        path = f"/v1/usbrec/sessions/{begun}"
        said = {"messages": WISH, "usbrec": {"session": begun}}
        liked = {"turn": 0, "kind": "liked"}
        assert service.send("POST", CHAT, said, ann)[0] == 200
        for method, where, body in (
            ("GET", path, None),
            ("POST", f"{path}/feedback", liked),
            ("POST", CHAT, said),
            ("DELETE", path, None),
        ):
            assert service.send(method, where, body, bob)[0] == 404
        assert service.send("DELETE", "/v1/usbrec/users/eve", headers=bob)[1] == {"deleted": 0}
        assert service.send("POST", f"{path}/feedback", liked, ann)[0] == 200
        kept = service.send("GET", path, headers=ann)[1]
        assert (len(kept["exchanges"]), len(kept["feedback"])) == (1, 1)
        assert service.send("DELETE", "/v1/usbrec/users/eve", headers=ann)[1] == {"deleted": 1}


def test_an_allowance_fills_up_again_evenly() -> None:
    now = [0.0]
    bucket = Bucket(60, 60.0, lambda: now[0])
    for _ in range(60):
        assert bucket.wait(1) == 0.0
        bucket.take(1)
    assert bucket.wait(1) == pytest.approx(1.0)
    bucket.take(10)
    now[0] = 10.5
    assert bucket.wait(1) == pytest.approx(0.5)
    now[0] = 1000.0
    assert bucket.wait(60) == 0.0
    assert bucket.wait(61) > 0.0


def test_bodies_have_a_limit_whether_they_tell_their_length_or_not() -> None:
    with Running(twins_on(ScriptedModel(replies)), serving={"body_bytes": 2000}) as service:
        status, answer, _ = service.send("POST", CHAT, b"x" * 3000)
        assert (status, answer["error"]["code"]) == (413, "body_too_large")
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
        connection.request(
            "POST", CHAT, iter([b"y" * 1500] * 2), {"content-type": "application/json"}, encode_chunked=True
        )
        assert connection.getresponse().status == 413
        connection.close()
        assert service.send("POST", CHAT, {"messages": WISH})[0] == 200


def test_every_answer_tells_browsers_what_they_may_load() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        for path in ("/", "/v1/models", "/nowhere", "/health"):
            _, _, headers = service.send("GET", path)
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert headers["x-content-type-options"] == "nosniff"


def test_neither_keys_nor_words_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "keys.jsonl"
    key = new_key(file, "ann")
    caplog.set_level(logging.INFO)

    def broken(request: object) -> str:
        raise ZeroDivisionError(f"Goodfellas {key}")

    with Running(twins_on(ScriptedModel(broken)), api_keys=read_keys(file)) as service:
        assert service.send("POST", CHAT, {"messages": WISH}, _bearer(key))[0] == 500
        assert service.send("DELETE", "/v1/usbrec/users/Annabel", headers=_bearer(key))[0] == 404
    from usbrec.serve.observe.logs import Lines

    lines = [Lines().format(record) for record in caplog.records if record.name == "usbrec.serve"]
    found = [json.loads(line) for line in lines]
    assert {"request", "failure"} <= {line["event"] for line in found}
    (failure,) = [line for line in found if line["event"] == "failure"]
    assert failure["error"] == "ZeroDivisionError"
    assert any("test_serve_security" in place for place in failure["where"])
    (request,) = [line for line in found if line.get("route") == CHAT]
    assert (request["key"], request["status"], request["model"]) == ("ann", 500, "scripted")
    everything = " ".join(lines)
    assert key not in everything
    assert "Goodfellas" not in everything
    assert "Annabel" not in everything


def test_what_fails_when_nobody_waits_for_it_any_more_is_not_quoted_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stubborn:
        """Fails instead of ending when it is cancelled."""

        name = "stubborn"
        identity: Mapping[str, Any] = {"backend": "stubborn"}
        parallel = True

        async def chat(self, request: ChatRequest) -> ChatReply:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                raise ZeroDivisionError(request.messages[-1].content) from None
            raise AssertionError("it was not cancelled")

        async def choose(self, request: ChoiceRequest) -> Choice:
            raise NotImplementedError

        async def aclose(self) -> None:
            return

    with Running(twins_on(Stubborn()), serving={"deadline": 0.3}) as service:
        for _ in range(2):
            _, answer, _ = service.send("POST", CHAT, {"messages": WISH, "model": "stubborn"})
            assert answer["choices"][0]["finish_reason"] == "length"
    gc.collect()
    assert "Goodfellas" not in caplog.text


def test_of_what_libraries_log_the_lines_that_may_quote_somebody_are_left_out() -> None:
    from usbrec.serve.observe.logs import Lines

    said = "Task exception was never retrieved\nfuture: <Task exception=ValueError('Goodfellas')>"
    record = logging.LogRecord("asyncio", logging.ERROR, "", 0, said, None, None)
    assert json.loads(Lines().format(record))["event"] == "Task exception was never retrieved"


def test_a_key_that_is_wrong_is_told_from_none(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    file = tmp_path / "keys.jsonl"
    new_key(file, "ann")
    caplog.set_level(logging.INFO, "usbrec.serve")
    with Running(twins_on(ScriptedModel(replies)), api_keys=read_keys(file)) as service:
        _, missing, _ = service.send("GET", "/v1/models")
        _, wrong, _ = service.send("GET", "/v1/models", headers=_bearer("usbrec-wrong"))
    assert missing["error"]["message"] == "A key is needed: Authorization: Bearer KEY."
    assert "not known here" in wrong["error"]["message"]
    assert "usbrec-wrong" not in wrong["error"]["message"]
    assert [line["reason"] for line in _lines(caplog)] == ["no API key", "unknown API key"]


def test_the_log_says_why_a_request_was_refused_and_quotes_nothing_of_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "usbrec.serve")
    part = [{"type": "Goodfellas", "url": "x"}]
    asked = (
        ({"messages": WISH, "temperature": 9}, "temperature: Input should be less than or equal to 2"),
        ({"messages": []}, "messages: List should have at least 1 item after validation, not 0"),
        ({"messages": [{"role": "Goodfellas"}]}, "messages.0.role: Input should be"),
        ({"messages": [{"role": "user", "content": part}]}, "a message holds a part that is no text"),
        ({"messages": WISH, "logprobs": True}, "logprobs are not given by these models."),
        ({"messages": WISH, "usbrec": {"drafts": 9}}, "usbrec.drafts is 9; here it is at most 8."),
        ({"messages": WISH, "model": "Goodfellas"}, "model_not_found"),
        (b'{"messages": Goodfellas', "JSON decode error"),
    )
    with Running(twins_on(ScriptedModel(replies))) as service:
        for body, _ in asked:
            assert service.send("POST", CHAT, body)[0] in (400, 404)
    # A line is written once its answer is away: all are there when the service has ended.
    found = [line["reason"] for line in _lines(caplog)]
    assert len(found) == len(asked)
    for reason, (_, expected) in zip(found, asked, strict=True):
        assert expected in reason
    assert "Goodfellas" not in json.dumps(_lines(caplog))


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """The lines of requests that the log has."""
    from usbrec.serve.observe.logs import Lines

    lines = [json.loads(Lines().format(one)) for one in caplog.records if one.name == "usbrec.serve"]
    return [line for line in lines if line["event"] == "request"]
