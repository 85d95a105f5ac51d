"""A run on a Ray cluster of two machines says what one process says, whoever is killed or stopped.

`make test-ray` installs Ray and runs them; the cluster is a real one, of two machines on this one.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.command import refused
from support.ray_clusters import Cluster, cluster_of_two
from support.servers import Answer, LocalServer, Seen, completion
from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.stages.evaluating import evaluate
from usbrec.stages.pairing import make_pairs

DEMO = ROOT / "src" / "usbrec" / "data" / "demo"
KEY, HEADER = "sk-cluster-key-3f1c9a", "tenant-word-77b2e0"
on_ray = [
    pytest.mark.ray,
    pytest.mark.skipif(not os.environ.get("USBREC_RAY"), reason="make test-ray installs Ray and runs it"),
]


@pytest.fixture(name="cluster", scope="module")
def _cluster() -> Iterator[Cluster]:
    # Not imported before it has its token.
    if importlib.util.find_spec("ray") is None:
        pytest.skip("Ray is not installed (extra `ray`)")
    with cluster_of_two() as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", KEY)


class _Server:
    """Names a film that hangs on what was asked alone, and lets nobody in without key and header."""

    def __init__(self) -> None:
        self.delay = 0.0
        rows = (DEMO / "catalogue.csv").read_text(encoding="utf-8").splitlines()[1:]
        self._titles = [row.split(",")[1] for row in rows]

    def __call__(self, seen: Seen) -> Answer:
        if seen.headers.get("authorization") != f"Bearer {KEY}" or seen.headers.get("x-tenant") != HEADER:
            return Answer(401, {"error": {"message": "who is this?"}})
        asked = [seen.body.get(name) for name in ("messages", "seed", "n")] if seen.body else []
        number = int(hashlib.sha256(json.dumps(asked).encode()).hexdigest(), 16)
        texts = [
            f"You may enjoy {self._titles[(number + place) % len(self._titles)]}."
            for place in range((seen.body or {}).get("n") or 1)
        ]
        usage = {"prompt_tokens": len(json.dumps(asked)) // 4, "completion_tokens": 5}
        return completion(*texts, usage=usage, delay=self.delay)


@pytest.fixture(name="asked", scope="module")
def _asked() -> Iterator[tuple[LocalServer, _Server]]:
    answers = _Server()
    with LocalServer(answers) as server:
        yield server, answers


def _config(server: LocalServer, ray: str | None = None, **more: Any) -> Config:
    shop = {"base_url": server.url, "api_key_env": "SHOP_KEY", "headers": {"X-Tenant": HEADER}}
    settings: dict[str, Any] = {
        "seats": {"recommender": "shop:m", "simulator": "rules", "judge": "rules"},
        "servers": {"shop": shop},
        "limit": 8,
        "judging": {"second": False},
        "statistics": {"resamples": 100},
        **more,
    }
    if ray is not None:
        settings["engine"] = {"kind": "ray", "address": ray}
    return Config.model_validate(settings)


Stage = Callable[..., Any]


def _played(stage: Stage, out: Path, config: Config) -> Any:
    stage(DEMO / "dialogues.jsonl", out, config=config, catalogue=DEMO / "catalogue.csv")
    return _said(out)


def _said(out: Path) -> Any:
    """What a run's files and journal hold, less how long it took and where it was played."""

    def timeless(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: timeless(inner) for name, inner in value.items() if name not in ("seconds", "engine")
            }
        return [timeless(inner) for inner in value] if isinstance(value, list) else value

    found: dict[str, Any] = {}
    for name in ("episodes.jsonl", "pairs.jsonl", "candidates.jsonl"):
        if (out / name).exists():
            found[name] = [timeless(json.loads(line)) for line in (out / name).read_text().splitlines()]
    found["results"] = timeless(json.loads((out / "results.json").read_text()))
    with contextlib.closing(sqlite3.connect(out / "run.db")) as database:
        found["calls"] = database.execute(
            "SELECT unit, key, seat, request FROM calls WHERE unit LIKE '%/%' ORDER BY unit, key"
        ).fetchall()
        found["units"] = database.execute("SELECT key, failure FROM units ORDER BY key").fetchall()
    return found


def _finished(out: Path) -> int:
    """How many rows a run has recorded, read beside it."""
    with contextlib.suppress(sqlite3.Error), contextlib.closing(_reader(out)) as database:
        found = database.execute("SELECT count(*) FROM units WHERE key LIKE 'evaluate/%'").fetchone()
        return int(found[0])
    return 0


def _reader(out: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{out / 'run.db'}?mode=ro", uri=True)


@contextlib.contextmanager
def _once(ready: Callable[[], bool], then: Callable[[], None]) -> Iterator[threading.Event]:
    """Does something in the middle of what the block does."""
    done, over = threading.Event(), threading.Event()

    def wait() -> None:
        while not over.is_set():
            if ready():
                then()
                done.set()
                return
            time.sleep(0.01)

    thread = threading.Thread(target=wait)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


class TestOnACluster:
    pytestmark = on_ray

    @pytest.mark.parametrize(
        ("stage", "more"),
        [(evaluate, {"enhanced": True}), (make_pairs, {"pairs": {"drafts": 3}})],
        ids=["evaluate", "pairs"],
    )
    def test_rows_are_what_one_process_makes_and_no_key_is_written_down(
        self,
        cluster: Cluster,
        asked: tuple[LocalServer, _Server],
        tmp_path: Path,
        stage: Stage,
        more: dict[str, Any],
    ) -> None:
        server, _ = asked
        alone = _played(stage, tmp_path / "alone", _config(server, **more))
        assert _played(stage, tmp_path / "ray", _config(server, cluster.address, **more)) == alone
        assert not (tmp_path / "ray" / "workers").exists()
        assert not cluster.workers()
        written = [path for path in cluster.folder.rglob("*") if path.is_file()]
        assert any("job" in path.name or "worker" in path.name for path in written)
        for path in [*written, *tmp_path.rglob("*")]:
            if path.is_file():
                content = path.read_bytes()
                assert KEY.encode() not in content, path
                assert HEADER.encode() not in content, path

    @pytest.mark.parametrize("whom", ["worker", "relay"])
    def test_a_killed_worker_costs_its_unfinished_rows_alone(
        self,
        cluster: Cluster,
        asked: tuple[LocalServer, _Server],
        tmp_path: Path,
        caplog: pytest.LogCaptureFixture,
        whom: str,
    ) -> None:
        server, answers = asked
        alone = _played(evaluate, tmp_path / "alone", _config(server))
        answers.delay = 0.3
        before = len(server.requests)
        config = _config(server, cluster.address, models={"concurrency": 2})

        def kill() -> None:
            os.kill(min(cluster.workers() if whom == "worker" else cluster.relays()), signal.SIGKILL)

        try:
            with _once(lambda: len(server.requests) > before + 9, kill) as killed:
                played = _played(evaluate, tmp_path / "ray", config)
        finally:
            answers.delay = 0.0
        assert killed.is_set()
        (told,) = [line for line in caplog.messages if "ended by itself" in line]
        assert played["episodes.jsonl"] == alone["episodes.jsonl"]
        rows = int(told.rpartition("The ")[2].split()[0])
        assert 1 <= rows <= 4
        # Who was killed had one row under way, of which at most all calls are asked again.
        calls = len(alone["calls"])
        assert calls < len(server.requests) - before <= calls + 2 * calls // 8 + 4
        assert _said(tmp_path / "ray")["calls"] == alone["calls"]

    def test_a_machine_that_is_gone_costs_its_unfinished_rows_alone_and_ctrl_c_loses_nothing(
        self, cluster: Cluster, asked: tuple[LocalServer, _Server], tmp_path: Path
    ) -> None:
        server, answers = asked
        before = len(server.requests)
        alone = _played(evaluate, tmp_path / "alone", _config(server))
        # What was asked before the first row.
        probing = len(server.requests) - before - len(alone["calls"])
        config, out = tmp_path / "config.toml", tmp_path / "ray"
        from usbrec.config import dump_config

        text = dump_config(_config(server, cluster.address, models={"concurrency": 2, "processes": 2}))
        config.write_text(text.replace("(left out)", HEADER), encoding="utf-8")
        command = [sys.executable, "-m", "usbrec", "evaluate", str(DEMO / "dialogues.jsonl")]
        command += ["--catalogue", str(DEMO / "catalogue.csv"), "--config", str(config), "-o", str(out)]
        answers.delay = 0.4
        try:
            before = len(server.requests)
            with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
                while len(server.requests) < before + probing + 9 and process.poll() is None:
                    time.sleep(0.02)
                process.send_signal(signal.SIGINT)
                _, printed = process.communicate(timeout=120)
            assert process.returncode == 130, printed
            assert "Stopped" in printed
            assert not cluster.workers()
            kept = _finished(out)
            assert 1 <= kept < 8

            before = len(server.requests)
            second = cluster.second_machine()
            answers.delay = 1.5  # so that rows are under way when it is gone
            with (
                _once(lambda: len(server.requests) > before + 3, lambda: os.kill(second, signal.SIGKILL)),
                subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process,
            ):
                _, printed = process.communicate(timeout=300)
            assert process.returncode == 0, printed
            assert "ended by itself" in printed
            assert "played by others" in printed
        finally:
            answers.delay = 0.0
        assert _said(out)["episodes.jsonl"] == alone["episodes.jsonl"]
        assert _said(out)["calls"] == alone["calls"]
        assert not cluster.workers()

    def test_an_address_without_a_cluster_is_told(self, tmp_path: Path) -> None:
        config = Config.model_validate(
            {
                "seats": {"recommender": "rules:popular", "simulator": "rules", "judge": "rules"},
                "engine": {"kind": "ray", "address": "127.0.0.1:1"},
            }
        )
        with pytest.raises(ConfigError, match=r"no cluster can be used at 127\.0\.0\.1:1"):
            evaluate(
                DEMO / "dialogues.jsonl", tmp_path / "out", config=config, catalogue=DEMO / "catalogue.csv"
            )
        assert not (tmp_path / "out").exists()


def test_without_ray_the_extra_is_named_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    config = Config.model_validate(
        {
            "seats": {"recommender": "rules:popular", "simulator": "rules", "judge": "rules"},
            "engine": {"kind": "ray"},
        }
    )
    with pytest.raises(ConfigError, match=r"extra 'ray' \(ray is missing\): pip install 'usbrec\[ray\]'"):
        evaluate(DEMO / "dialogues.jsonl", tmp_path / "a", config=config, catalogue=DEMO / "catalogue.csv")
    assert not list(tmp_path.iterdir())


def test_another_engine_is_refused_with_those_there_are(tmp_path: Path) -> None:
    told = refused("evaluate", DEMO / "dialogues.jsonl", "--engine", "dask", "-o", tmp_path / "out")
    assert "engine.kind" in told
    assert "'processes' or 'ray'" in told
