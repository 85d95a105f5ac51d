"""Real servers under the seats: `make test-clients`.

llama.cpp's own server runs the packaged model, transformers' its checkpoint; litellm's and optillm's proxies
stand before llama.cpp's. Each is probed (`usbrec models probe`) and plays two rows of a search. What a proxy
needs is installed into a folder of its own; what cannot be installed is skipped with the reason.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from installing import FOLDER, venv_with

from support import ROOT
from support.command import usbrec
from usbrec.llm import packaged_model_path
from usbrec.llm.transformers.checkpoint import checkpoint_of

pytestmark = pytest.mark.clients

#: Seconds that a server may take to answer its first request.
START = 300
#: Seconds that a probe, or two rows of a search, may take on a busy machine, and that one request may.
LONGEST, REQUEST = 2400, 1000


@dataclass(frozen=True)
class Server:
    """One server: what is installed, how it starts (a port and the upstream's address given), and the name of
    its model ("": the checkpoint's folder). What comes `alone` is installed without what it says it needs."""

    name: str
    packages: tuple[str, ...]
    start: Callable[[Path, int, str], list[str]]
    model: str
    env: dict[str, str] = field(default_factory=dict)
    alone: tuple[str, ...] = ()


_LLAMA_CPP = """
import sys, time, xllamacpp
settings = xllamacpp.CommonParams()
settings.model.path, settings.port = sys.argv[1], int(sys.argv[2])
settings.n_ctx, settings.n_parallel, settings.use_jinja = 8192, 4, True
server = xllamacpp.Server(settings)
time.sleep(3600)
"""


def _llama_cpp(_: Path, port: int, __: str) -> list[str]:
    return [sys.executable, "-c", _LLAMA_CPP, str(packaged_model_path()), str(port)]


def _transformers(_: Path, port: int, __: str) -> list[str]:
    command = Path(sys.executable).with_name("transformers")
    return [str(command), "serve", "--port", str(port), "--device", "cpu", checkpoint_of("smollm2-135m")]


def _litellm(folder: Path, port: int, upstream: str) -> list[str]:
    settings = folder / "proxy.yaml"
    settings.write_text(
        "model_list:\n"
        f'  - {{model_name: m, litellm_params: {{model: openai/m, api_base: "{upstream}", api_key: none}}}}\n'
        "general_settings: {dangerously_permit_weak_or_unset_master_key: true}\n"
        "litellm_settings: {telemetry: false}\n"
    )
    command = folder / "bin" / "litellm"
    return [str(command), "--config", str(settings), "--host", "127.0.0.1", "--port", str(port)]


def _optillm(folder: Path, port: int, upstream: str) -> list[str]:
    return [
        str(folder / "bin" / "optillm"),
        "--port",
        str(port),
        "--base-url",
        upstream,
        "--approach",
        "none",
    ]


SERVERS = (
    Server("llama.cpp", (), _llama_cpp, "m"),
    Server("transformers", (), _transformers, "", env={"HF_HUB_OFFLINE": "1"}),
    Server(
        "litellm-proxy",
        ("litellm[proxy]==1.108.7",),
        _litellm,
        "m",
        env={"LITELLM_LOCAL_MODEL_COST_MAP": "True"},
    ),
    # Its approaches and plugins want torch, spaCy and an optimum that pip looks for half an hour: gigabytes
    # which a proxy without an approach never loads.
    Server(
        "optillm",
        (
            *("flask", "openai", "cerebras_cloud_sdk", "z3-solver<=4.15.4.0", "networkx", "numpy", "sympy"),
            *("pyyaml", "aiohttp", "math-verify"),
        ),
        _optillm,
        "m",
        env={"OPENAI_API_KEY": "none"},
        alone=("optillm==0.4.0",),
    ),
)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextlib.contextmanager
def _running(server: Server, upstream: str) -> Iterator[str]:
    """The server's address, once it answers."""
    folder = venv_with(server.name, server.packages, server.alone) if server.packages else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            server.start(folder, port, upstream), stdout=out, stderr=out, env={**os.environ, **server.env}
        )
    try:
        until = time.monotonic() + START
        url = f"http://127.0.0.1:{port}/v1"
        while True:
            # llama.cpp's server listens before its model is loaded, and answers 503 until then.
            with contextlib.suppress(OSError):
                asked = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                asked.request("GET", "/v1/models")
                if asked.getresponse().status != http.HTTPStatus.SERVICE_UNAVAILABLE:
                    break
            if process.poll() is not None or time.monotonic() > until:
                pytest.fail(f"{server.name} did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.5)
        yield url
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:  # one that still computes does not listen
            process.kill()
            process.wait(30)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with _running(SERVERS[0], "") as url:
        yield url


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
def test_a_server_is_probed_and_plays_rows(server: Server, upstream: str, tmp_path: Path) -> None:
    with contextlib.ExitStack() as stack:
        url = upstream if server is SERVERS[0] else stack.enter_context(_running(server, upstream))
        here = {"OPENAI_API_KEY": "none"}
        model = server.model or checkpoint_of("smollm2-135m")
        patient = tmp_path / "patient.toml"
        patient.write_text(f"[models]\ntimeout = {REQUEST}\n")
        probed = usbrec(
            *("models", "probe", f"openai:{model}", "--base-url", url, "--json", "--config", patient),
            env=here,
            timeout=LONGEST,
        )
        assert probed.returncode == 0, probed.stderr
        found = {one["name"]: one["supported"] for one in json.loads(probed.stdout)["findings"]}
        print(server.name, json.dumps(found))
        assert {found[name] for name in ("model", "max_tokens", "temperature", "usage")} == {"yes"}
        books = ROOT / "docs" / "examples"
        played = usbrec(
            "evaluate",
            *(books / "books.jsonl", "--catalogue", books / "books.csv", "--limit", "2"),
            *("--recommender", f"openai:{model}", "--seeker", "rules", "--judge", "rules"),
            *("--base-url", url, "--ses", "-o", tmp_path / "run", "--config", patient),
            env=here,
            timeout=LONGEST,
        )
        assert played.returncode == 0, played.stderr
        results = json.loads((tmp_path / "run" / "results.json").read_text())
        assert (results["n"], results["failed"], results["lost_calls"]) == (2, 0, 0)
        assert results["prompt_tokens"] > 0
