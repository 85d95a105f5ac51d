"""The command itself, in a process of its own: where it is, what it logs and counts, how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openai
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from typer.testing import CliRunner

from support.command import started
from support.servers import LocalServer, stream
from support.service import WISH, Running, replies, twins_on
from usbrec.cli.app import app
from usbrec.cli.serving import seconds
from usbrec.errors import ConfigError, ModelUnavailable
from usbrec.llm import ScriptedModel
from usbrec.serve.observe.telemetry import Spans
from usbrec.serve.storage.key_file import new_key
from usbrec.serve.storage.store import Store

CHAT = "/v1/chat/completions"


class Process:
    """`usbrec serve` with these options, on a free port."""

    def __init__(self, *options: str, log: Path, env: Mapping[str, str] | None = None) -> None:
        self._log = log.open("w")
        self.started = time.monotonic()
        ours, theirs = os.pipe()
        self._stdout = os.fdopen(ours)
        with os.fdopen(theirs, "w") as stdout:
            command = ("serve", "--port", "0", *options)
            self.process = started(*command, env=env, stdout=stdout, stderr=self._log)
        self.hello = self._stdout.readline()
        self.url = self.hello.split(" at ")[-1].strip()

    def client(self) -> openai.OpenAI:
        return openai.OpenAI(base_url=self.url, api_key="none", max_retries=0, timeout=20)

    def end(self, by: int) -> int:
        self.process.send_signal(by)
        return self.process.wait(15)

    def close(self) -> None:
        with self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(15)
        self._stdout.close()
        self._log.close()


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "script.jsonl"
    path.write_text('{"say": ["Casino (1995) is a secret pleasure."]}\n', encoding="utf-8")
    return path


@contextlib.contextmanager
def serving(*options: str, log: Path, env: Mapping[str, str] | None = None) -> Iterator[Process]:
    process = Process(*options, log=log, env=env)
    try:
        yield process
    finally:
        process.close()


def test_the_command_says_where_it_is_logs_json_and_ends_well(script: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving("--model", f"scripted:{script}", "--ses", log=log) as service:
        assert service.hello.startswith(
            "scripted:script.jsonl:ses, scripted:script.jsonl at http://127.0.0.1:"
        )
        with service.client() as client:
            first = client.models.list().data[0].id
            answer = client.chat.completions.create(model=first, messages=WISH)
            assert answer.choices[0].message.content == "Casino (1995) is a secret pleasure."
        assert service.end(signal.SIGTERM) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["event"] for line in lines] == ["started", "request", "request", "stopped"]
    assert {"time", "level", "id", "seconds"} <= set(lines[2])
    assert (lines[2]["route"], lines[2]["status"], lines[2]["finish"]) == (CHAT, 200, "stop")
    assert "secret" not in log.read_text()
    assert "Goodfellas" not in log.read_text()


@pytest.mark.usefixtures("interruptible")
def test_texts_are_logged_when_asked_for(script: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving("--model", f"scripted:{script}", "--log-texts", log=log) as service:
        with service.client() as client:
            client.chat.completions.create(model="scripted:script.jsonl", messages=WISH)
        assert service.end(signal.SIGINT) == 130
    (line,) = [json.loads(line) for line in log.read_text().splitlines() if "reply" in line and "{" in line]
    assert (line["said"], line["reply"]) == (WISH[0]["content"], "Casino (1995) is a secret pleasure.")


def test_it_ends_within_ten_seconds_whatever_is_going_on(tmp_path: Path) -> None:
    piece = {"id": "c", "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}
    with LocalServer(lambda _: stream(*[piece] * 2000, pause=0.05)) as server:
        options = ["--model", "openai:m", "--base-url", server.url]
        with serving(*options, log=tmp_path / "log") as service, service.client() as client:
            chunks = client.chat.completions.create(model="openai:m", messages=WISH, stream=True)
            next(iter(chunks))
            told = time.monotonic()
            assert service.end(signal.SIGTERM) == 0
            assert time.monotonic() - told < 10
            chunks.close()
        assert server.left.wait(5)


def test_a_collector_that_does_not_answer_is_not_waited_for(script: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        where = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{silent.getsockname()[1]}"}
        options = ["--model", f"scripted:{script}", "--telemetry"]
        with serving(*options, log=log, env=where) as service:
            with service.client() as client:
                client.chat.completions.create(model="scripted:script.jsonl", messages=WISH)
            told = time.monotonic()
            assert service.end(signal.SIGTERM) == 0
            assert time.monotonic() - told < 10
    # What the library has to say of it, it says as our log does.
    assert all(json.loads(line)["event"] for line in log.read_text().splitlines())


def test_it_ends_at_once_while_it_is_still_loading(script: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    os.mkfifo(keys)
    process = subprocess.Popen(
        [sys.executable, "-m", "usbrec", "serve", "--model", f"scripted:{script}", "--keys", str(keys)]
    )
    try:
        # Opened for writing as soon as it is opened for reading: now it waits for what never comes.
        with keys.open("wb"):
            process.send_signal(signal.SIGTERM)
            assert process.wait(5) == 0
    finally:
        process.kill()
        process.wait(5)


@pytest.mark.model
def test_a_model_that_reads_a_long_prompt_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    words = " ".join(f"I liked film number {number} a lot." for number in range(350))
    with serving(log=tmp_path / "log") as service:
        port = int(service.url.rpartition(":")[2].removesuffix("/v1"))
        body = json.dumps({"messages": [{"role": "user", "content": words}]}).encode()
        with socket.create_connection(("127.0.0.1", port)) as connection:
            head = f"POST {CHAT} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(body)}\r\n"
            connection.sendall(head.encode() + b"content-type: application/json\r\n\r\n" + body)
            time.sleep(1)
            told = time.monotonic()
            assert service.end(signal.SIGTERM) == 0
            assert time.monotonic() - told < 10


def test_a_killed_service_has_lost_no_acknowledged_reply(script: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    options = ["--model", f"scripted:{script}", "--store", str(store)]
    acknowledged: list[tuple[str, int]] = []
    for _ in range(2):
        with serving(*options, log=tmp_path / "log") as service:
            with service.client() as client:
                for _ in range(5):
                    answer = client.chat.completions.create(
                        model="scripted:script.jsonl", messages=WISH, extra_body={"usbrec": {"store": True}}
                    )
                    ours: Any = (answer.model_extra or {})["usbrec"]
                    acknowledged.append((ours["session"], ours["turn"]))
            service.end(signal.SIGKILL)
    opened = Store(store)
    kept = {(session.id, turn) for session in opened.sessions() for turn in session.exchanges}
    opened.close()
    assert len(kept) == 10
    assert kept == set(acknowledged)


def test_what_cannot_be_served_is_said_before_anything_listens(script: Path, tmp_path: Path) -> None:
    model, keys = ["--model", f"scripted:{script}"], tmp_path / "made.jsonl"
    new_key(keys, "ann")
    with Running(twins_on(ScriptedModel(replies))) as other:
        for options, words in (
            (["--port", str(other.port)], "Choose another --port"),
            (["--host", "no.such.host.invalid", "--keys", str(tmp_path / "keys")], "no such file"),
            (["--host", "a..b", "--keys", str(keys)], "--host a..b: not a name"),
            (["--deadline", "soon"], "a time such as 2s"),
            (["--candidates", "3"], "add --catalogue"),
            (["--store", str(tmp_path)], "cannot be opened"),
        ):
            result = CliRunner().invoke(app, ["serve", *model, *options])
            assert isinstance(result.exception, Exception), options
            assert words in str(result.exception), result.exception


def test_times_are_read_with_their_units() -> None:
    assert [seconds(text) for text in ("2s", "500ms", "1m", "2", "1.5 s")] == [2.0, 0.5, 60.0, 2.0, 1.5]
    for text in ("", "0s", "-1s", "2h", "nan"):
        with pytest.raises(ConfigError):
            seconds(text)


def test_prometheus_reads_what_was_done() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        for model in ("scripted", "scripted:ses"):
            assert service.send("POST", CHAT, {"messages": WISH, "model": model})[0] == 200
        service.send("GET", "/made/up/path")
        service.send("BREW", "/v1/models")
        _, text, headers = service.send("GET", "/metrics")
    assert headers["content-type"].startswith("text/plain")
    values = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    route = f'route="{CHAT}"'
    assert values[f'usbrec_requests_total{{method="POST",{route},status="200"}}'] == "2.0"
    assert values['usbrec_requests_total{method="GET",route="other",status="404"}'] == "1.0"
    assert values[f"usbrec_request_seconds_count{{{route}}}"] == "2.0"
    assert values['usbrec_drafts_total{model="scripted:ses"}'] == "3.0"
    assert float(values['usbrec_model_calls_total{model="scripted:ses"}']) >= 2
    assert float(values['usbrec_tokens_total{kind="completion",model="scripted"}']) == 3
    assert values['usbrec_replies_total{end="stop",model="scripted"}'] == "1.0"
    assert values["usbrec_replies_in_progress"] == "0.0"
    assert "made/up" not in text


def test_a_reply_is_a_span_by_the_conventions_and_tells_no_words(tmp_path: Path) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    spans = Spans(provider.get_tracer("usbrec"), provider.shutdown)
    store = tmp_path / "store.db"
    with Running(twins_on(ScriptedModel(replies)), spans=spans, store=store) as service:
        body = {"messages": WISH, "model": "scripted:ses", "max_tokens": 50, "stop": ["END"]}
        trace = "0af7651916cd43dd8448eb211c80319c"
        headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
        _, answer, _ = service.send("POST", CHAT, {**body, "usbrec": {"store": True}}, headers)
        (span,) = exporter.get_finished_spans()
    # It is part of the trace of whoever asks.
    assert (f"{span.context.trace_id:032x}", span.kind) == (trace, SpanKind.CLIENT)
    assert span.name == "chat scripted:ses"
    found = dict(span.attributes or {})
    assert found["gen_ai.operation.name"] == "chat"
    assert found["gen_ai.response.id"] == answer["id"]
    assert found["gen_ai.request.max_tokens"] == 50
    assert found["gen_ai.request.stop_sequences"] == ("END",)
    assert found["gen_ai.conversation.id"] == answer["usbrec"]["session"]
    assert found["gen_ai.usage.output_tokens"] == answer["usage"]["completion_tokens"]
    assert found["gen_ai.response.finish_reasons"] == ("stop",)
    assert "Casino" not in str(found)
    assert span.end_time is not None
    assert span.start_time is not None
    assert span.end_time >= span.start_time


def test_a_failed_reply_is_a_failed_span() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def away(_: object) -> str:
        raise ModelUnavailable("away")

    with Running(twins_on(ScriptedModel(away)), spans=Spans(provider.get_tracer("usbrec"))) as service:
        assert service.send("POST", CHAT, {"messages": WISH})[0] == 503
        (span,) = exporter.get_finished_spans()
    assert not span.status.is_ok
    assert dict(span.attributes or {})["error.type"] == "model_unavailable"
    provider.shutdown()


@pytest.mark.model
def test_the_packaged_model_serves_both_of_itself(tmp_path: Path) -> None:
    catalogue = tmp_path / "films.csv"
    rows = ["title,year,genres", "Casino,1995,Crime", "Goodfellas,1990,Crime", "Alien,1979,Horror"]
    catalogue.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with serving("--catalogue", str(catalogue), "--deadline", "20s", log=tmp_path / "log") as service:
        with service.client() as client:
            assert [model.id for model in client.models.list().data] == ["smollm2-135m", "smollm2-135m:ses"]
            for model in ("smollm2-135m", "smollm2-135m:ses"):
                started = time.monotonic()
                answer = client.chat.completions.create(model=model, messages=WISH, max_tokens=24)
                assert time.monotonic() - started < 20
                assert answer.choices[0].message.content
        with urllib.request.urlopen(service.url.removesuffix("/v1") + "/health") as health:
            assert json.load(health)["model"] == "smollm2-135m"
        assert service.end(signal.SIGTERM) == 0


def test_without_the_extra_the_command_says_so_and_the_others_work(script: Path, tmp_path: Path) -> None:
    store = tmp_path / "store.db"
    Store(store).close()
    hidden = (
        "import sys; sys.modules |= dict.fromkeys(['fastapi', 'starlette', 'uvicorn', 'prometheus_client']); "
    )
    for options, words in (
        (["serve", "--model", f"scripted:{script}"], "pip install 'usbrec[serve]'"),
        (["export", str(store), "--to", "samples"], "Nothing to export"),
    ):
        code = f"{hidden}sys.argv[1:] = {options!r}; from usbrec.cli import main; main()"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.returncode == 2, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
