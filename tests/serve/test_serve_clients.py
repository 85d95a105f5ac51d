"""Applications as they are: LangChain, and Open WebUI's requests as it sends them."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from langchain_openai import ChatOpenAI

from support import ROOT
from support.films import KNOWLEDGE
from support.service import DRAFTS, WISH, Running, replies, twins_on
from usbrec.llm import ScriptedModel


def _langchain(service: Running, model: str, **options: Any) -> ChatOpenAI:
    given: dict[str, Any] = {"base_url": service.url, "api_key": "none", "max_retries": 0, **options}
    return ChatOpenAI(model=model, **given)


def test_langchain_asks_and_streams() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        chat = _langchain(service, "scripted:ses", extra_body={"usbrec": {"drafts": 3, "rounds": 1}})
        answer = chat.invoke([("system", "You sell films."), ("user", WISH[0]["content"])])
        assert answer.content == "Casino (1995)!"
        assert answer.response_metadata["finish_reason"] == "stop"
        assert answer.usage_metadata is not None
        pieces = list(_langchain(service, "scripted", stream_usage=True).stream(WISH[0]["content"]))
        assert "".join(str(piece.content) for piece in pieces) == DRAFTS[0]
        assert sum((piece.usage_metadata or {"output_tokens": 0})["output_tokens"] for piece in pieces) == 3


async def test_langchain_asks_side_by_side() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        answers = await _langchain(service, "scripted").abatch([WISH[0]["content"]] * 5)
        assert [answer.content for answer in answers] == [DRAFTS[0]] * 5


@pytest.fixture
def webui() -> Callable[..., Any]:
    """A request as Open WebUI's backend sends it: a key although none is needed, and who is asking."""

    def send(service: Running, method: str, path: str, body: Any = None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        headers = {
            "Content-Type": "application/json",
            "Authorization": "Bearer sk-none",
            "X-OpenWebUI-User-Name": "Ann",
            "X-OpenWebUI-Chat-Id": "c-1",
            "Accept": "*/*",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": "Python/3.11 aiohttp/3.12",
        }
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.getheader("content-type") or "", text

    return send


def test_open_webuis_sequence_of_requests_is_answered(webui: Callable[..., Any]) -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        # It lists the models, when the connection is set up and for every page.
        status, _, text = webui(service, "GET", "/v1/models")
        assert status == 200
        model = json.loads(text)["data"][1]["id"]
        # A chat streams. "stream_options" comes with models that are set to tell their usage.
        chat = {
            "stream": True,
            "model": model,
            "messages": [
                {"role": "system", "content": "You sell films."},
                {"role": "user", "content": WISH[0]["content"]},
            ],
            "stream_options": {"include_usage": True},
        }
        status, kind, text = webui(service, "POST", "/v1/chat/completions", chat)
        assert (status, "text/event-stream" in kind) == (200, True)
        events = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
        assert events[-1] == "[DONE]"
        chunks = [json.loads(event) for event in events[:-1]]
        said = "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"])
        assert said == "Casino (1995)!"
        assert chunks[-1]["usage"]["total_tokens"] > 0
        # Then it wants a title, tags and follow-up questions, in one go each.
        for task in ("a concise, 3-5 word title", "1-3 broad tags", "3-5 relevant follow-up questions"):
            history = f"USER: {WISH[0]['content']}\nASSISTANT: {said}"
            prompt = (
                f"### Task:\nGenerate {task}.\n### Output:\nJSON\n<chat_history>\n{history}\n</chat_history>"
            )
            body = {
                "model": model,
                "messages": [{"role": "user", "content": prompt}],
                "stream": False,
                "max_completion_tokens": 1000,
            }
            status, _, text = webui(service, "POST", "/v1/chat/completions", body)
            assert status == 200
            assert json.loads(text)["choices"][0]["message"]["content"]
        # The next turn brings the whole conversation, and settings that somebody has moved.
        body = {
            **chat,
            "messages": [
                *chat["messages"],
                {"role": "assistant", "content": said},
                {"role": "user", "content": [{"type": "text", "text": "Seen it. Another?"}]},
            ],
            "temperature": 0.8,
            "top_p": 0.9,
            "max_tokens": 4096,
            "frequency_penalty": 0.1,
            "seed": 0,
            "stop": ["<|end|>"],
            "logit_bias": {},
            "reasoning_effort": "low",
        }
        status, _, text = webui(service, "POST", "/v1/chat/completions", body)
        assert status == 200
        assert "[DONE]" in text


def test_a_conversation_that_goes_on_is_read_from_the_messages() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service, service.client() as client:
        turns: list[Any] = [*WISH]
        for _ in range(3):
            answer = client.chat.completions.create(model="scripted:ses", messages=turns)
            said = answer.choices[0].message.content or ""
            assert KNOWLEDGE.named(said)
            turns += [{"role": "assistant", "content": said}, {"role": "user", "content": "Another one?"}]
        trace = (answer.model_extra or {})["usbrec"]["trace"]
        assert "Goodfellas (1990)" in trace["profile"]


def test_the_example_in_the_document_works(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "serve.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```py\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    with Running(twins_on(ScriptedModel(replies))) as service:
        code = example.replace("http://localhost:8000/v1", service.url).replace("smollm2-135m", "scripted")
        names: dict[str, Any] = {}
        exec(compile(code, "serve.md", "exec"), names)
        names["client"].close()
    said, item, profile = capsys.readouterr().out.split("\n", 2)
    assert (said, item) == ("Casino (1995)!", "f4 Casino 1995")
    assert profile.startswith("Liked genres: ")


def test_the_page_and_its_files_come_from_the_service_itself() -> None:
    with Running(twins_on(ScriptedModel(replies))) as service:
        status, text, headers = service.send("GET", "/")
        assert status == 200
        assert headers["content-type"].startswith("text/html")
        files = re.findall(r'(?:src|href)="/?(static/[^"]+)"', text)
        assert files
        for file in files:
            status, _, headers = service.send("GET", f"/{file}")
            assert (status, headers["x-content-type-options"]) == (200, "nosniff")
        for outside in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
            assert service.send("GET", outside)[0] == 404
