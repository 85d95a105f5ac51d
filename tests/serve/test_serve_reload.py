"""A changed catalogue takes the place of the old one while people are being answered."""

from __future__ import annotations

import contextlib
import gc
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support.servers import Answer, LocalServer, Seen, completion
from support.service import Running
from usbrec.config import Config, load_config
from usbrec.dialogue import Conversation, Reply, Turn
from usbrec.serve.catalogue import CatalogueSource, Ending
from usbrec.serve.models import ServedModels, open_models, seat_models
from usbrec.serve.reload import CatalogueReloader
from usbrec.stages.inputs import read_catalogue_anew

CHAT = "/v1/chat/completions"
LAMP = [{"role": "user", "content": "I need a lamp for the hall."}]


def _table(version: int, count: int = 30) -> str:
    rows = [f"v{version}-{n},Harbour Lamp {version}{n:03d},lamps\n" for n in range(count)]
    return "".join(["id,title,genres\n", *rows])


def _put(path: Path, text: str) -> None:
    """As a shop does it: whoever reads has the old file or the new one."""
    partial = path.with_suffix(".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _version(item: str) -> int:
    return int(item.partition("-")[0].removeprefix("v"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "lamps.csv"
    file.write_text(_table(1), encoding="utf-8")
    return file


def _config(recommender: str = "rules:retriever", watch: float = 0.05, **more: Any) -> Config:
    return load_config(None, {"seats": {"recommender": recommender}, "serving": {"watch": watch}, **more})


@contextlib.contextmanager
def _watching(path: Path, config: Config | None = None) -> Iterator[Running]:
    config = config or _config()
    reloader = CatalogueReloader(config, CatalogueSource(path))
    with Running(open_models(config, path), reloader=reloader) as service:
        yield service


def _status(service: Running) -> dict[str, Any]:
    found: dict[str, Any] = service.send("GET", "/v1/usbrec/info")[1]["catalogue_status"]
    return found


def _wait(found: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not found():
        assert time.monotonic() < end
        time.sleep(0.02)


def _named(service: Running) -> list[str]:
    status, answer, _ = service.send("POST", CHAT, {"messages": LAMP})
    assert status == 200
    return [item["id"] for item in answer["usbrec"]["items"]]


class _Loop(threading.Thread):
    """One client that asks again and again: when each request began and ended, its status, the versions of
    the items that it was given."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self.url, self.over = url, False
        self.seen: list[tuple[float, float, int, set[int]]] = []

    def run(self) -> None:
        body = json.dumps({"messages": LAMP}).encode()
        while not self.over:
            headers = {"content-type": "application/json"}
            request = urllib.request.Request(self.url + CHAT, body, headers)
            began = time.monotonic()
            status, versions = 0, set[int]()
            with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=20) as answer:
                status = answer.status
                items = json.load(answer)["usbrec"]["items"]
                versions = {_version(item["id"]) for item in items}
            self.seen.append((began, time.monotonic(), status, versions))


@contextlib.contextmanager
def _command(path: Path, log: Path) -> Iterator[subprocess.Popen[str]]:
    """`usbrec serve` in a process of its own, which reads the catalogue again at SIGHUP alone."""
    options = ["--port", "0", "--catalogue", str(path), "--model", "rules:retriever", "--watch", "0"]
    # Into a file: nobody reads a pipe meanwhile, and one that is full would stop the service.
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "usbrec", "serve", *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate(timeout=20)


def test_everybody_is_answered_while_the_catalogue_changes_and_told_of_what_there_is(
    path: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with _command(path, log) as process:
        assert process.stdout is not None
        url = process.stdout.readline().split(" at ")[-1].strip().removesuffix("/v1")
        clients = [_Loop(url) for _ in range(4)]
        for client in clients:
            client.start()
        written, taken = {1: 0.0}, {1: 0.0}
        for version in range(2, 8):
            time.sleep(0.1)
            written[version] = time.monotonic()
            _put(path, _table(version))
            process.send_signal(signal.SIGHUP)
            _wait(lambda version=version: _health(url)["reloads"] == version - 1)
            taken[version] = time.monotonic()
        time.sleep(0.1)
        for client in clients:
            client.over = True
        for client in clients:
            client.join(20)
        process.terminate()
        assert process.wait(15) == 0
    seen = [one for client in clients for one in client.seen]
    assert len(seen) > 50
    assert {status for _, _, status, _ in seen} == {200}
    for began, ended, _, versions in seen:
        assert versions
        assert min(versions) >= max(version for version, at in taken.items() if at <= began)
        assert max(versions) <= max(version for version, at in written.items() if at <= ended)
    assert len({version for _, _, _, versions in seen for version in versions}) == 7
    events = [json.loads(line)["event"] for line in log.read_text().splitlines() if line.startswith("{")]
    assert events.count("catalogue taken up") == 6


def _health(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{url}/health", timeout=20) as answer:
        found: dict[str, Any] = json.load(answer)["catalogue"]
    return found


def test_a_request_keeps_the_catalogue_that_it_began_with(path: Path) -> None:
    held = threading.Event()

    def says_the_first(seen: Seen) -> Answer:
        titles = re.findall(r"Harbour Lamp \d+", json.dumps(seen.body))
        assert held.wait(20)
        return completion(f"{titles[0]} is what I would take.")

    with LocalServer(says_the_first) as server:
        config = _config("openai:m", models={"base_url": server.url, "max_retries": 0})
        with _watching(path, config) as service:
            under_way: list[str] = []
            waiting = threading.Thread(target=lambda: under_way.extend(_named(service)))
            waiting.start()
            assert server.arrived.wait(20)
            _put(path, _table(2))
            _wait(lambda: _status(service)["reloads"] == 1)
            held.set()
            waiting.join(20)
            assert {_version(item) for item in under_way} == {1}
            assert {_version(item) for item in _named(service)} == {2}
            # What the client still has of the old catalogue, and the model says again, is not said.
            old = [*LAMP, {"role": "assistant", "content": "Harbour Lamp 1001!"}, LAMP[0]]
            _, answer, _ = service.send("POST", CHAT, {"messages": old})
            assert {_version(item["id"]) for item in answer["usbrec"]["items"]} == {2}


#: Torn within its last row, which has a cell less.
_HALF = _table(2)[: len(_table(2)) * 2 // 3].rpartition(",")[0]
#: What becomes of the file, and why it is not taken up.
_UNUSABLE: list[tuple[str | bytes | None, str]] = [
    (_HALF, "unfinished"),
    (_table(2).rstrip("\n"), "unfinished"),
    (_table(2, count=9), "shrunk"),
    (None, "vanished"),
    ("", "unusable"),
    (b"\xff\xfe\x00\x01 no text \x9d", "unusable"),
    ("colour\nred\n", "unusable"),
]


@pytest.mark.parametrize(("text", "code"), _UNUSABLE, ids=range(len(_UNUSABLE)))
def test_the_catalogue_of_before_stays_where_the_file_cannot_be_used(
    path: Path, text: str | bytes | None, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with _watching(path) as service, caplog.at_level(logging.INFO, "usbrec.serve"):
        before = _status(service)
        if text is None:
            path.unlink()
        else:
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        _wait(lambda: _status(service)["problem"] is not None)
        status = _status(service)
        assert (status["problem"]["code"], status["digest"]) == (code, before["digest"])
        assert path.name in status["problem"]["message"]
        assert {_version(item) for item in _named(service)} == {1}
        health = service.send("GET", "/health")[1]
        assert (health["status"], health["catalogue"]["problem"]["code"]) == ("ok", code)
        assert "message" not in health["catalogue"]["problem"]
        assert "usbrec_catalogue_stale 1.0" in service.send("GET", "/metrics")[1]
        _put(path, _table(3))
        _wait(lambda: _status(service)["problem"] is None)
        assert {_version(item) for item in _named(service)} == {3}
        assert "usbrec_catalogue_stale 0.0" in service.send("GET", "/metrics")[1]
    kept = [record.fields for record in caplog.records if record.message == "catalogue kept"]  # type: ignore[attr-defined]
    assert [one["reason"] for one in kept] == [code]


def test_a_file_that_is_being_written_is_left_alone_until_it_stands_still(path: Path) -> None:
    with _watching(path, _config(watch=0.2)) as service:
        text = _table(2)
        with path.open("w", encoding="utf-8", buffering=1) as file:
            for start in range(0, len(text), 100):
                file.write(text[start : start + 100])
                file.flush()
                time.sleep(0.05)
                assert {_version(item) for item in _named(service)} == {1}
        _wait(lambda: _status(service)["reloads"] == 1)
        assert _status(service)["items"] == 30
        assert _status(service)["problem"] is None


def test_what_looks_half_written_is_taken_up_when_it_is_said_twice(path: Path) -> None:
    with _watching(path, _config(watch=0.0)) as service:

        def hang_up(text: str | None = None) -> str | None:
            if text is not None:
                _put(path, text)
            told = _events(service)
            service.hang_up()
            _wait(lambda: _events(service) > told)
            problem = _status(service)["problem"]
            return None if problem is None else str(problem["code"])

        assert hang_up(_table(2).rstrip("\n")) == "unfinished"
        assert hang_up() is None
        # From now on such files are known, and one that is torn is none of them.
        assert hang_up(_table(3).rstrip("\n")) is None
        assert hang_up(_HALF) == "unfinished"
        # Who asks may take most items out; who only writes the file is asked whether it is so.
        assert hang_up(_table(4, count=3)) is None
        assert _status(service)["items"] == 3


def _events(service: Running) -> float:
    """How many changed catalogues were looked at."""
    found = re.findall(
        r"^usbrec_catalogue_reloads_total.* ([0-9.]+)$", service.send("GET", "/metrics")[1], re.M
    )
    return sum(map(float, found))


class _Own:
    """A shop's own system, of which there is to be one."""

    made = 0

    def __init__(self) -> None:
        type(self).made += 1

    def reply(self, conversation: Conversation) -> Reply:
        return Reply("This one.", tuple(item.id for item in conversation.candidates[:1]))


def test_the_catalogue_of_before_is_free_without_a_collection_of_garbage(path: Path) -> None:
    config = _config("rules:retriever")
    before = open_models(config, path)
    before.build()
    assert before.knowledge is not None
    gone = [weakref.ref(thing) for thing in (before.knowledge.catalogue, before.knowledge.linker)]
    path.write_text(_table(2), encoding="utf-8")
    on = gc.isenabled()
    gc.disable()
    try:
        after = seat_models(config, read_catalogue_anew(path, None), before)
        after.build()
        assert after.items((), Turn("recommender", "Harbour Lamp 2001, as Harbour Lamp 1001 was."))
        del before
        assert [ref() for ref in gone] == [None, None]
    finally:
        if on:
            gc.enable()


def test_models_and_own_systems_go_on_as_they_are(path: Path) -> None:
    config = _config(f"python:{__name__}:_Own", play={"candidates": 3})
    with _watching(path, config) as service:
        assert {_version(item) for item in _named(service)} == {1}
        for version in (2, 3):
            _put(path, _table(version))
            _wait(lambda version=version: _status(service)["reloads"] == version - 1)
            assert {_version(item) for item in _named(service)} == {version}
        assert _Own.made == 1


def _sessions(*items: str) -> str:
    rows = [{"id": f"s{place}", "items": [item]} for place, item in enumerate(items)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_interactions_that_change_are_counted_anew(path: Path, tmp_path: Path) -> None:
    clicks = tmp_path / "clicks.jsonl"
    clicks.write_text(_sessions("v1-7"), encoding="utf-8")
    config = _config("rules:popular")
    reloader = CatalogueReloader(config, CatalogueSource(path, clicks))
    with Running(open_models(config, path, clicks), reloader=reloader) as service:
        assert _named(service) == ["v1-7"]
        _put(clicks, _sessions("v1-9", "v1-9", "v1-7"))
        _wait(lambda: _status(service)["reloads"] == 1)
        assert _named(service) == ["v1-9"]


def test_the_models_are_those_of_before_whatever_the_catalogue(path: Path) -> None:
    config = _config("openai:m", models={"base_url": "http://127.0.0.1:9/v1"})
    before = open_models(config, path)
    after: ServedModels = seat_models(config, before.catalogue, before)
    assert before.behind is not None
    assert after.behind is not None
    assert after.behind.seated == before.behind.seated
    assert after.language_model is not None
    assert list(after.behind.seated.values()) == list(after.behind.models)


@pytest.mark.parametrize(
    ("name", "text", "ending"),
    [
        ("a.csv", "id,title\n1,A\n", Ending.WHOLE),
        ("a.csv", "id,title\r\n1,A\r\n", Ending.WHOLE),
        ("a.csv", "id,title\n1,A", Ending.OPEN),
        ("a.csv", "id,title,text\n1,A", Ending.TORN),
        ("a.csv", 'id,title\n1,"A, b', Ending.TORN),
        ("a.csv", 'id,title,text\n1,A,"two\nlines"', Ending.OPEN),
        ("a.tsv", "id\ttitle\tyear\n1\tA", Ending.TORN),
        ("a.jsonl", '{"title": "A"}\n{"title": "B"}', Ending.OPEN),
        ("a.jsonl", '{"title": "A"}\n{"title": "B', Ending.TORN),
        ("a.json", '[{"title": "A"', Ending.WHOLE),
    ],
)
def test_how_a_file_ends_shows_whether_it_is_whole(
    tmp_path: Path, name: str, text: str, ending: Ending
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert CatalogueSource(path).ending() is ending
    path.write_text(text, encoding="utf-16")
    assert CatalogueSource(path).ending() is ending


def test_a_file_that_is_renamed_into_place_is_another_one_whatever_its_time_and_size(path: Path) -> None:
    source = CatalogueSource(path)
    before, stat = source.stamps(), path.stat()
    _put(path, path.read_text().replace("v1-1,", "v2-1,"))
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert source.stamps() != before


def _priced(*rows: tuple[str, int, int]) -> str:
    lamps = [f"{name},Harbour Lamp {name},lamps,{price},{stock}\n" for name, price, stock in rows]
    return "".join(["id,title,genres,price,stock\n", *lamps])


def test_a_filter_is_held_against_the_columns_of_the_catalogue_that_answers(path: Path) -> None:
    def ask(**wanted: Any) -> tuple[int, Any]:
        status, answer, _ = service.send("POST", CHAT, {"messages": LAMP, "filter": wanted})
        return status, answer

    def items(**wanted: Any) -> list[str]:
        status, answer = ask(**wanted)
        assert status == 200
        return [item["id"] for item in answer["usbrec"]["items"]]

    cheap = {"price": {"max": 50}, "stock": {"min": 1}}
    _put(path, _priced(("A1", 40, 3), ("B2", 90, 3)))
    with _watching(path) as service:
        assert items(**cheap) == ["A1"]
        # Prices and stock change places: what was cheap is dear.
        _put(path, _priced(("A1", 90, 3), ("B2", 40, 3)))
        _wait(lambda: _status(service)["reloads"] == 1)
        assert items(**cheap) == ["B2"]
        _put(path, _priced(("A1", 90, 3), ("B2", 40, 0)))
        _wait(lambda: _status(service)["reloads"] == 2)
        status, answer = ask(**cheap)
        assert status == 200
        assert answer["usbrec"]["items"] == []
        assert "nothing here fits" in answer["choices"][0]["message"]["content"]
        # The column is gone: the filter cannot be used any more, and the service goes on.
        _put(path, "id,title,genres\nA1,Harbour Lamp A1,lamps\nB2,Harbour Lamp B2,lamps\n")
        _wait(lambda: _status(service)["reloads"] == 3)
        status, answer = ask(**cheap)
        assert status == 400
        assert answer["error"]["param"] == "filter"
        assert _named(service)


def test_filters_hold_in_every_answer_while_prices_change(path: Path) -> None:
    """Of A1 and B2 one always costs 40 and the other 90: a price of its own catalogue comes with each."""
    swapped = [_priced(("A1", 40, 3), ("B2", 90, 3)), _priced(("A1", 90, 3), ("B2", 40, 3))]
    _put(path, swapped[0])
    wrong: list[Any] = []
    told: set[str] = set()
    with _watching(path, _config(watch=0.02)) as service:
        done = threading.Event()

        def ask() -> None:
            while not done.is_set():
                status, answer, _ = service.send(
                    "POST", CHAT, {"messages": LAMP, "filter": {"price": {"max": 50}}}
                )
                found = answer["usbrec"]["items"] if status == 200 else []
                if len(found) != 1 or found[0]["columns"]["price"] != 40.0:
                    wrong.append((status, answer))
                told.update(item["id"] for item in found)

        asking = [threading.Thread(target=ask) for _ in range(3)]
        for one in asking:
            one.start()
        for change in range(1, 5):
            _put(path, swapped[change % 2])
            _wait(lambda change=change: _status(service)["reloads"] >= change)  # type: ignore[misc]
        done.set()
        for one in asking:
            one.join()
    assert wrong == []
    assert told == {"A1", "B2"}
