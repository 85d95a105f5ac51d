"""Nothing that comes in over the wire makes the service fail or tell of its inside.

USBREC_HOSTILE sets how many requests each of the two tests sends (docs/serve.md has the long run).
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.config import SchemathesisConfig

from support.service import Running, replies, twins_on
from usbrec.llm import ScriptedModel

REQUESTS = int(os.environ.get("USBREC_HOSTILE", "120"))
PATIENT = settings(
    deadline=None,
    max_examples=REQUESTS,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("store")
    with Running(twins_on(ScriptedModel(replies), rounds=1), store=folder / "store.db") as running:
        yield running


def _harmless(status: int, text: str) -> None:
    assert status < 500, text
    assert "Traceback" not in text
    assert 'File "' not in text
    if status >= 400:
        assert set(json.loads(text)["error"]) == {"message", "type", "param", "code"}


def test_requests_made_from_the_openapi_document_find_no_fault(service: Running) -> None:
    root = service.url.removesuffix("/v1")
    schema = schemathesis.openapi.from_url(f"{root}/openapi.json", config=SchemathesisConfig())
    operations = [result.ok() for result in schema.get_all_operations()]
    assert {(one.method.upper(), one.path) for one in operations} >= {
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/usbrec/sessions/{session}/feedback"),
        ("DELETE", "/v1/usbrec/users/{user}"),
    }
    each = max(5, REQUESTS // len(operations))
    sent = 0
    for operation in operations:
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @settings(PATIENT, max_examples=each)
            @given(case=operation.as_strategy(generation_mode=mode))
            def ask(case: Any) -> None:
                nonlocal sent
                sent += 1
                response = case.call(timeout=20)
                _harmless(response.status_code, response.content.decode())

            try:
                ask()
            except Unsatisfiable:
                # An operation without a parameter or a body cannot be asked wrongly.
                assert mode is schemathesis.GenerationMode.NEGATIVE
    assert sent >= REQUESTS // 2


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
_FIELDS = st.sampled_from(
    [
        "messages",
        "model",
        "stream",
        "stream_options",
        "n",
        "temperature",
        "top_p",
        "max_tokens",
        "stop",
        "seed",
    ]
)
_BODIES = st.one_of(
    st.binary(max_size=200),
    _JSON.map(lambda value: json.dumps(value).encode()),
    st.dictionaries(_FIELDS, _JSON, max_size=6).map(
        lambda fields: json.dumps({"messages": [{"role": "user", "content": "Hi"}], **fields}).encode()
    ),
    st.dictionaries(
        st.sampled_from(["drafts", "rounds", "deadline", "profile", "session", "store"]), _JSON
    ).map(
        lambda ours: json.dumps(
            {"messages": [{"role": "user", "content": "Hi"}], "model": "scripted:ses", "usbrec": ours}
        ).encode()
    ),
)
_HEADERS = st.dictionaries(
    st.sampled_from(["authorization", "origin", "content-type", "x-request-id", "cookie", "host", "range"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
    max_size=3,
)
_PATHS = st.sampled_from(
    ["/v1/chat/completions", "/v1/usbrec/sessions", "/v1/usbrec/votes", "/v1/usbrec/sessions/x/feedback"]
) | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30).map(lambda path: f"/{path}")


def test_random_bytes_bodies_headers_and_paths_find_no_fault(service: Running) -> None:
    @settings(PATIENT)
    @given(st.sampled_from(["GET", "POST", "PUT", "DELETE", "BREW"]), _PATHS, _BODIES, _HEADERS)
    def ask(method: str, path: str, body: bytes, headers: dict[str, str]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        try:
            connection.putrequest(method, path, skip_host="host" in headers)
            for name, value in {"content-type": "application/json", **headers}.items():
                connection.putheader(name, value)
            connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        # What is no HTTP at all the web server itself turns away, in its own words.
        if (
            answer.getheader("x-request-id") is not None
            and answer.getheader("content-type") == "application/json"
        ):
            _harmless(answer.status, text)
        assert answer.status < 500, text

    ask()
    assert service.send("GET", "/health")[0] == 200
