"""Clients that are slow or many lock nobody out: heads, bodies and replies have their time."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.command import started
from support.service import WISH, Running, replies, twins_on
from usbrec.llm import ScriptedModel
from usbrec.serve.http.connections import room_for

CHAT = "/v1/chat/completions"
HALF = b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\nx-slow: "


def _connected(port: int, *pieces: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=10)
    for piece in pieces:
        connection.sendall(piece)
    return connection


def _answer(connection: socket.socket) -> bytes:
    """All that comes until the service closes the connection."""
    found = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            found += piece
    return found


def _one_answer(connection: socket.socket) -> bytes:
    """One whole answer with a length, in however many pieces it comes."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += connection.recv(65536)
    head, _, body = found.partition(b"\r\n\r\n")
    length = next(
        int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + body


@contextlib.contextmanager
def _several(port: int, count: int, *pieces: bytes) -> Iterator[list[socket.socket]]:
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(_connected(port, *pieces)) for _ in range(count)]


def test_a_head_that_does_not_come_in_time_ends_its_connection() -> None:
    with Running(twins_on(ScriptedModel(replies)), serving={"head_seconds": 0.3}) as service:
        began = time.monotonic()
        with _several(service.port, 3, HALF) as half, _connected(service.port) as silent:
            # Who sends a byte now and then does not gain time.
            for _ in range(3):
                half[0].sendall(b"a")
                time.sleep(0.05)
            assert all(_answer(one).startswith(b"HTTP/1.1 408") for one in [*half, silent])
        assert 0.2 < time.monotonic() - began < 5
        # The second request of a connection has its time as the first had.
        whole = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
        with _connected(service.port, whole) as again:
            assert _one_answer(again).startswith(b"HTTP/1.1 200")
            again.sendall(HALF)
            assert _answer(again).startswith(b"HTTP/1.1 408")
        with _connected(service.port, HALF) as slow:
            time.sleep(0.1)
            slow.sendall(b"a\r\n\r\n")
            assert slow.recv(65536).startswith(b"HTTP/1.1 200")


def test_a_body_that_does_not_come_in_time_is_a_408_and_ends_its_connection() -> None:
    head = f"POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000\r\n\r\n{{".encode()
    with Running(twins_on(ScriptedModel(replies)), serving={"body_seconds": 0.3}) as service:
        with _connected(service.port, head) as slow:
            answer = _answer(slow)
        assert answer.startswith(b"HTTP/1.1 408")
        assert b"body_too_slow" in answer
        assert b"connection: close" in answer
        assert service.send("POST", CHAT, {"messages": WISH})[0] == 200


def test_a_client_that_does_not_read_its_reply_is_let_go(caplog: pytest.LogCaptureFixture) -> None:
    with Running(twins_on(ScriptedModel(replies)), serving={"body_seconds": 0.3}) as service:
        # Each answer has some 30 kB: together far more than what the system keeps for who does not read.
        asking = b"GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n" * 400
        with socket.socket() as deaf:
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            deaf.connect(("127.0.0.1", service.port))
            deaf.sendall(asking)
            end = time.monotonic() + 8
            while service.server.server_state.total_requests == 0 or service.server.server_state.connections:
                assert time.monotonic() < end
                time.sleep(0.02)
            assert service.server.server_state.total_requests < 400
        # Who reads, though slowly, gets all of it.
        with _connected(service.port, asking[: len(asking) // 40]) as slow:
            found = 0
            while found < 10:
                found += slow.recv(20_000).count(b"HTTP/1.1 200")
                time.sleep(0.01)
    assert not caplog.records


def test_who_asks_at_once_is_heard_though_all_places_are_taken() -> None:
    slow = twins_on(ScriptedModel(lambda _: "word " * 100, tokens_per_second=20.0))
    with Running(slow, serving={"connections": 4}) as service:
        with _several(service.port, 40, HALF) as half:
            assert service.send("GET", "/health")[0] == 200
            # The oldest made room; none of them got an answer.
            assert _answer(half[0]) == b""
        body = json.dumps({"messages": WISH, "stream": True}).encode()
        ask = (
            f"POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n\r\n".encode() + body
        )
        with _several(service.port, 4, ask) as busy:
            for one in busy:
                assert one.recv(100).startswith(b"HTTP/1.1 200")
            # Whoever is being answered is not sent away for others.
            with _connected(service.port, HALF) as late:
                answer = _answer(late)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"retry-after" in answer


_FEW_FILES = """
import resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
from usbrec.cli import main
main()
"""


def test_a_hundred_half_requests_lock_nobody_out_where_few_files_may_be_open(tmp_path: Path) -> None:
    script, program, log = (tmp_path / name for name in ("script.jsonl", "few.py", "log"))
    script.write_text('{"say": ["Casino (1995)."]}\n', encoding="utf-8")
    program.write_text(_FEW_FILES, encoding="utf-8")
    ours, theirs = os.pipe()
    command = ("serve", "--port", "0", "--model", f"scripted:{script}")
    with os.fdopen(ours) as said, log.open("w") as errors:
        with os.fdopen(theirs, "w") as stdout:
            process = started(*command, stdout=stdout, stderr=errors, file=program)
        with process:
            port = int(said.readline().rsplit(":", 1)[1].partition("/")[0])
            with _several(port, 100, HALF):
                for _ in range(3):
                    with _connected(port, b"GET /health HTTP/1.0\r\nhost: localhost\r\n\r\n") as one:
                        assert _answer(one).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines[0]["event"] == "fewer connections"
    assert lines[0]["connections"] == 64
    assert all(line["event"] in ("fewer connections", "started", "request", "stopped") for line in lines)


def test_the_bound_follows_the_limit_on_open_files(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    limits = [1024, 1024]
    monkeypatch.setattr(resource, "getrlimit", lambda _: tuple(limits))
    monkeypatch.setattr(resource, "setrlimit", lambda _, told: limits.__setitem__(slice(2), told))
    assert room_for(1000) == (512, 256)
    limits[:] = [1024, 1_000_000]
    assert room_for(1000) == (1000, 2048)
    # The limit that a process may raise is raised as far as is wanted.
    assert limits[0] == 1000 + 2048 + 256


def test_a_connection_stays_open_longer_than_clients_keep_theirs() -> None:
    # Of those that are kept open, httpx keeps one for 5 seconds.
    whole = b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n"
    with Running(twins_on(ScriptedModel(replies))) as service, _connected(service.port, whole) as connection:
        assert _one_answer(connection).startswith(b"HTTP/1.1 200")
        time.sleep(6)
        connection.sendall(whole)
        assert _one_answer(connection).startswith(b"HTTP/1.1 200")
