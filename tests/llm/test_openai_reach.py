"""A server that is not there is told of soon, by its name, and waited for once and not by each request."""

from __future__ import annotations

import socket
import time

import pytest

from support.servers import Answer, LocalServer, completion
from usbrec.config import Models, Server
from usbrec.errors import ModelUnavailable, PromptTooLong, UnusableAnswer
from usbrec.llm.open import ModelOpener
from usbrec.llm.openai import http
from usbrec.llm.openai.client import OpenAIModel
from usbrec.llm.openai.reach import Reach
from usbrec.llm.protocol import ChatModel, ChatRequest, Message

ASKED = ChatRequest((Message("user", "A film?"),))


@pytest.fixture(autouse=True)
def brief_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_FIRST_WAIT", 0.05)
    monkeypatch.setattr(http, "_LAST_WAIT", 0.1)


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def on(port: int, retries: int = 4) -> OpenAIModel:
    return OpenAIModel(
        "m", base_url=f"http://127.0.0.1:{port}/v1", server="lab", api_key_env=None, max_retries=retries
    )


async def failure_of(model: ChatModel) -> str:
    with pytest.raises(ModelUnavailable) as told:
        await model.chat(ASKED)
    return str(told.value)


async def test_it_is_told_once_before_the_last_try_with_name_address_and_how_long(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = closed_port()
    model = on(port)
    said = await failure_of(model)
    await failure_of(model)
    await model.aclose()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert f"127.0.0.1:{port} (servers.lab) cannot be reached" in told[0]
    assert "tried again for up to" in told[0]
    assert f"127.0.0.1:{port} (servers.lab) failed" in said
    assert "it was tried 5 times and never reached" in said


async def test_one_that_was_never_there_is_tried_once_by_the_next_requests() -> None:
    model = on(closed_port())
    await failure_of(model)
    started = time.monotonic()
    assert "tried 6 times" in await failure_of(model)
    await model.aclose()
    assert time.monotonic() - started < 0.05


async def test_seats_on_one_server_share_what_is_known_of_it_and_those_on_another_do_not() -> None:
    ports = closed_port(), closed_port()
    servers = {
        name: Server(base_url=f"http://127.0.0.1:{port}/v1", max_retries=3)
        for name, port in zip(("lab", "other"), ports, strict=True)
    }
    opener = ModelOpener(Models(), servers)
    one, two, elsewhere = opener.open("lab:m"), opener.open("lab:n"), opener.open("other:m")
    assert "tried 4 times" in await failure_of(one)
    assert "tried 5 times" in await failure_of(two)
    said = await failure_of(elsewhere)
    assert "(servers.other)" in said
    assert "tried 4 times" in said
    for model in (one, two, elsewhere):
        await model.aclose()


async def test_one_that_comes_is_waited_for_as_set_when_it_goes_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with LocalServer([completion("Heat")]) as server:
        port = int(server.url.split(":")[2].split("/")[0])
        model = on(port)
        assert (await model.chat(ASKED)).text == "Heat"
    for _ in range(2):
        started = time.monotonic()
        said = await failure_of(model)
        assert time.monotonic() - started > 0.2
        assert "never reached" not in said
    assert sum("cannot be reached" in record.getMessage() for record in caplog.records) == 1
    await model.aclose()


async def test_after_it_was_given_up_the_first_answer_makes_it_one_that_was_there() -> None:
    reach = Reach("lab")
    assert not reach.failed("refused", seconds=9.0, left=0.0)
    assert not reach.failed("refused", seconds=0.0, left=9.0)
    reach.heard()
    assert reach.failed("refused", seconds=0.0, left=9.0)
    assert reach.never == ""


async def test_a_refusal_is_an_answer_and_is_not_told_as_silence(caplog: pytest.LogCaptureFixture) -> None:
    with LocalServer([Answer(503, "busy"), Answer(503, "busy"), Answer(503, "busy")]) as server:
        model = OpenAIModel("m", base_url=server.url, server="lab", api_key_env=None, max_retries=2)
        with pytest.raises(ModelUnavailable, match=r"\(servers\.lab\) answered 503"):
            await model.chat(ASKED)
        await model.aclose()
    assert not any("cannot be reached" in record.getMessage() for record in caplog.records)


async def test_a_name_that_is_not_known_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    model = OpenAIModel(
        "m", base_url="http://nowhere.invalid:8000/v1", server="lab", api_key_env=None, max_retries=3
    )
    said = await failure_of(model)
    await model.aclose()
    assert "nowhere.invalid:8000 (servers.lab) failed" in said
    assert any(
        "nowhere.invalid:8000 (servers.lab) cannot" in record.getMessage() for record in caplog.records
    )


async def test_without_tries_left_within_the_time_the_failure_is_told_and_not_the_time() -> None:
    model = OpenAIModel(
        "m",
        base_url=f"http://127.0.0.1:{closed_port()}/v1",
        server="lab",
        api_key_env=None,
        max_retries=1000,
        timeout=0.5,
    )
    started = time.monotonic()
    assert "never reached" in await failure_of(model)
    await model.aclose()
    assert 0.2 < time.monotonic() - started < 0.6


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(400, {"error": {"message": "maximum context length is 10"}}), PromptTooLong),
        (Answer(400, {"error": {"message": "bad"}}), UnusableAnswer),
    ],
)
async def test_keys_stand_in_no_message(
    answer: Answer, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAB_KEY", "secret-key-of-the-lab")
    with LocalServer([answer]) as server:
        model = OpenAIModel("m", base_url=server.url, server="lab", api_key_env="LAB_KEY", max_retries=0)
        with pytest.raises(error) as told:
            await model.chat(ASKED)
        await model.aclose()
    assert "secret" not in str(told.value)
