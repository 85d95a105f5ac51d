"""Twelve real clients in front of the service: `make test-clients`.

Each is installed, at the version below, into a folder of its own under USBREC_CLIENTS (the machine's folder
for temporary files without it) and kept there; what cannot be installed is skipped with the reason. Their
programs stand in clients/programs and print what came of each check. The model is one on a scripted server.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from installing import FOLDER, install, into_venv
from upstream import answer

from support.films import CATALOGUE
from support.servers import LocalServer
from support.service import Running
from usbrec.config import load_config
from usbrec.serve.models import seat_models

pytestmark = pytest.mark.clients

PROGRAMS = Path(__file__).parent / "programs"
#: Seconds that a client may take to be installed, and to run.
INSTALL, RUN = 1800, 1200
_ZOD = "zod@4.6.7"


@dataclass(frozen=True)
class Client:
    """One client: what is installed, by which manager, and the program that drives it."""

    name: str
    packages: tuple[str, ...]
    program: str

    @property
    def of_npm(self) -> bool:
        return self.program.endswith(".mjs")

    @property
    def folder(self) -> Path:
        return FOLDER / self.name


CLIENTS = (
    Client("openai-py", ("openai==3.57.0",), "openai_py.py"),
    Client("openai-npm", ("openai@7.59.0", _ZOD), "openai_npm.mjs"),
    Client(
        "ai-npm",
        ("ai@7.0.173", "@ai-sdk/openai@4.0.118", "@ai-sdk/openai-compatible@3.0.92", _ZOD),
        "ai_npm.mjs",
    ),
    Client("langchain-py", ("langchain-openai==1.7.4",), "langchain_py.py"),
    Client("langchain-npm", ("@langchain/openai@1.6.0", "@langchain/core", _ZOD), "langchain_npm.mjs"),
    Client("litellm", ("litellm==1.110.2",), "litellm_py.py"),
    Client("pydantic-ai", ("pydantic-ai-slim[openai]==2.66.0",), "pydantic_ai_py.py"),
    Client("instructor", ("instructor==1.17.0",), "instructor_py.py"),
    Client("open-webui", ("open-webui==0.12.4",), "open_webui_py.py"),
    Client("dspy", ("dspy==3.4.1",), "dspy_py.py"),
    Client("promptfoo", ("promptfoo@0.121.20",), "promptfoo.mjs"),
    Client("inspect-ai", ("inspect-ai==0.3.285", "openai==3.57.0"), "inspect_ai_py.py"),
)


def _installed(client: Client) -> list[str]:
    """The command that runs the client's program, once it is installed. Skips where it cannot be."""
    folder, ready = client.folder, client.folder / ".ready"
    if client.of_npm and shutil.which("npm") is None:
        pytest.skip("npm is not installed")
    if not (ready.is_file() and ready.read_text().split() == list(client.packages)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        if client.of_npm:
            (folder / "package.json").write_text('{"private": true, "type": "module"}')
            install(
                [
                    "npm",
                    "install",
                    "--silent",
                    "--no-audit",
                    "--no-fund",
                    "--legacy-peer-deps",
                    *client.packages,
                ],
                folder,
            )
        else:
            into_venv(folder, client.packages)
        ready.write_text("\n".join(client.packages))
    if not client.of_npm:
        return [str(folder / "bin" / "python"), str(PROGRAMS / client.program)]
    # Packages are looked for beside the program.
    for file in ("checks.mjs", client.program):
        shutil.copy(PROGRAMS / file, folder / file)
    return ["node", str(folder / client.program)]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with LocalServer(answer) as server:
        given = {
            "seats": {"recommender": "openai:m"},
            "models": {"base_url": server.url, "max_retries": 0},
            "search": {"drafts": 2},
        }
        with Running(seat_models(load_config(None, given), CATALOGUE)) as service:
            yield service.url


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.name)
def test_a_client_gets_words_json_and_errors_as_it_expects_them(
    client: Client, url: str, tmp_path: Path
) -> None:
    command = _installed(client)
    # Their own words to their makers are none of this test's, and nor is what this machine knows of OpenAI.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "PYTHON"))}
    quiet = {
        "DO_NOT_TRACK": "1",
        "PROMPTFOO_DISABLE_TELEMETRY": "1",
        "PROMPTFOO_DISABLE_UPDATE": "1",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LANGSMITH_TRACING": "false",
        "HF_HUB_OFFLINE": "1",
        "NO_PROXY": "127.0.0.1,localhost",
    }
    done = subprocess.run(
        [*command, url], cwd=tmp_path, env={**kept, **quiet}, capture_output=True, text=True, timeout=RUN
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    results = json.loads(lines[-1])
    assert results
    assert set(results.values()) == {"ok"}, f"{json.dumps(results, indent=1)}\n{done.stderr[-3000:]}"
