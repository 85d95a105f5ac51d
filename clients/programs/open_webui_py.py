"""Open WebUI: its own server before ours; a chat, its tasks, and what it shows of errors."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from checks import FAIL, FAIL_LATE, PLAIN, REPLY, SEARCH, URL, WISH, run, same

#: Seconds that it may take to start for the first time: it makes its database.
STARTS = 900
HISTORY = [{"role": "user", "content": WISH}, {"role": "assistant", "content": REPLY}]
where = {"url": "", "token": ""}


@contextlib.contextmanager
def serving() -> Iterator[None]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATA_DIR": folder,
            "OPENAI_API_BASE_URL": URL,
            "OPENAI_API_BASE_URLS": URL,
            "OPENAI_API_KEY": "none",
            "OPENAI_API_KEYS": "none",
            "ENABLE_OLLAMA_API": "False",
            "WEBUI_AUTH": "False",
            "WEBUI_SECRET_KEY": "a secret of this test",
            "OFFLINE_MODE": "True",
            "HF_HUB_OFFLINE": "1",
            # Without documents no embedding model is needed.
            "RAG_EMBEDDING_ENGINE": "openai",
            "BYPASS_EMBEDDING_AND_RETRIEVAL": "True",
        }
        command = [str(Path(sys.executable).parent / "open-webui"), "serve", "--host", "127.0.0.1"]
        with (Path(folder) / "log").open("w+") as log:
            server = subprocess.Popen(
                [*command, "--port", str(port)],
                env=os.environ | settings,
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                where["url"] = f"http://127.0.0.1:{port}"
                end = time.monotonic() + STARTS
                while True:
                    with contextlib.suppress(OSError):
                        urllib.request.urlopen(f"{where['url']}/health", timeout=5).read()
                        break
                    if server.poll() is not None or time.monotonic() > end:
                        log.seek(0)
                        raise SystemExit(f"Open WebUI did not start:\n{log.read()[-4000:]}")
                    time.sleep(0.5)
                where["token"] = send("/api/v1/auths/signin", {"email": "", "password": ""})["token"]
                yield
            finally:
                server.terminate()
                server.wait(30)


def raw(path: str, body: object = None) -> tuple[int, str]:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {where['token']}"}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(where["url"] + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def send(path: str, body: object = None) -> dict:
    status, text = raw(path, body)
    assert status == 200, f"{status}: {text[:300]}"
    return json.loads(text)


def said(text: str) -> list:
    return [{"role": "user", "content": text}]


def models() -> None:
    listed = [model["id"] for model in send("/api/models")["data"]]
    same([name for name in (PLAIN, SEARCH) if name in listed], [PLAIN, SEARCH])


def chat() -> None:
    for model in (PLAIN, SEARCH):
        answer = send("/api/chat/completions", {"model": model, "messages": said(WISH), "stream": False})
        same(answer["choices"][0]["message"]["content"], REPLY)
        # What Open WebUI adds of its own accord must not turn a chat into something else.
        same(answer["usbrec"]["passed_on"], None)
        same(answer["usbrec"]["enhanced"], model == SEARCH)


def built_in_tools() -> None:
    # As from its own page, where it offers tools of its own.
    body = {"model": SEARCH, "messages": said(WISH), "stream": False, "session_id": "s-1"}
    answer = send("/api/chat/completions", body)
    same(answer["choices"][0]["message"]["content"], REPLY)
    same(answer["usbrec"]["passed_on"], None)


def stream() -> None:
    status, text = raw("/api/chat/completions", {"model": SEARCH, "messages": said(WISH), "stream": True})
    lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: {")]
    chunks = [json.loads(line) for line in lines]
    words = [chunk["choices"][0]["delta"].get("content") or "" for chunk in chunks if chunk.get("choices")]
    same((status, "".join(words)), (200, REPLY))


def tasks() -> None:
    for task, part in (("title", "title"), ("tags", "tags"), ("follow_up", "follow_ups")):
        body = {"model": SEARCH, "messages": HISTORY, "chat_id": "c-1"}
        answer = send(f"/api/v1/tasks/{task}/completions", body)
        found = json.loads(answer["choices"][0]["message"]["content"])
        assert found.get(part), found
        ours = answer["usbrec"]
        same((ours["passed_on"], ours["trace"], ours["items"]), ("task", None, []))


def other_tasks() -> None:
    queries = {"model": SEARCH, "messages": HISTORY, "type": "web_search", "prompt": WISH}
    emoji = {"model": SEARCH, "prompt": WISH, "chat_id": "c-1"}
    merged = {"model": SEARCH, "prompt": WISH, "responses": [REPLY], "stream": False}
    for task, body in (("queries", queries), ("emoji", emoji), ("moa", merged)):
        status, text = raw(f"/api/v1/tasks/{task}/completions", body)
        if status == 200:
            same(json.loads(text)["usbrec"]["passed_on"], "task")


def errors() -> None:
    for text in (FAIL, FAIL_LATE):
        for streamed in (False, True):
            body = {"model": PLAIN, "messages": said(text), "stream": streamed}
            status, told = raw("/api/chat/completions", body)
            assert status >= 400 or '"error"' in told, f"{status}: {told[:300]}"


with serving():
    run(models, chat, built_in_tools, stream, tasks, other_tasks, errors)
