"""Workers of a run on a Ray cluster (`--engine ray`): each is an actor that runs one process (ray_relay.py).

What the settings say goes to an actor as an argument of a call, never into the description of the job or of
the actor, which Ray keeps and shows. So do the environment variables that settings name, which hold keys.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import pickle
import signal
import socket
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from usbrec.config import Config
from usbrec.errors import ConfigError
from usbrec.llm.openai.connection import variables_sent
from usbrec.stages.ray_relay import Relay
from usbrec.stages.shares import Given, Hear, Job, Workers

_log = logging.getLogger(__name__)

#: Seconds in which a worker may end by itself before its actor is ended.
_TO_END = 10.0
#: Seconds that a cluster has to take a connection.
_TO_ANSWER = 10.0
#: Seconds after which it is told that no machine has room yet.
_PATIENCE = 30.0
#: A database has its latest rows beside it for as long as somebody writes.
_BESIDE = ("", "-wal")


@contextlib.contextmanager
def ray_workers(config: Config, given: Given) -> Iterator[Workers]:
    """Workers on the cluster that the settings or RAY_ADDRESS name, or on one that is started here for as
    long as this lasts. Raises ConfigError where there is none to be had."""
    try:
        import ray
    except ImportError as error:
        raise ConfigError(
            f"--engine ray needs the extra 'ray' ({error.name} is missing): pip install 'usbrec[ray]'."
        ) from None
    files = _packed(given)
    theirs = ray.is_initialized()
    with _quiet():
        if not theirs:
            _connect(ray, config.engine.address or os.environ.get("RAY_ADDRESS") or "local")
        try:
            yield _OnRay(ray, config, files)
        finally:
            if not theirs:
                ray.shutdown()


def _connect(ray: Any, address: str) -> None:
    """Join the cluster. Raises ConfigError."""
    options: dict[str, Any] = {}
    host, colon, port = address.rpartition(":")
    if colon and port.isdecimal() and "/" not in host:
        # Ray would try for minutes.
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=_TO_ANSWER).close()
        except (OSError, OverflowError) as error:
            raise _no_cluster(address, error) from None
    if address == "local":
        # Nobody looks at it: no dashboard, and nothing sent to Ray's makers.
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        # Ray's own processes of work stand back behind all others of a machine by default.
        os.environ.setdefault("RAY_worker_niceness", "0")
        options = {"include_dashboard": False}
    here = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGTERM) if here else None
    try:
        ray.init(
            address=address, log_to_driver=False, configure_logging=False, ignore_reinit_error=True, **options
        )
    except (OSError, RuntimeError, ValueError, AssertionError, ImportError, ray.exceptions.RayError) as error:
        ray.shutdown()
        raise _no_cluster(address, error) from None
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _no_cluster(address: str, error: BaseException) -> ConfigError:
    why = str(error).strip().partition("\n")[0] or type(error).__name__
    return ConfigError(
        f"--engine ray: no cluster can be used at {address} ({why}). Set RAY_ADDRESS, or address in "
        "[engine], to the HOST:PORT that `ray start --head` told; this machine needs the same versions of "
        "Python and Ray, and the cluster's token."
    )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """What Ray says of itself is not for whoever runs a command."""
    logger = logging.getLogger("ray")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


def _packed(given: Given) -> dict[str, dict[str, bytes]]:
    """The files that a run reads, by what they are for. Files that the settings name stay where they are."""
    files = {
        "samples": given.samples,
        "catalogue": given.catalogue,
        "interactions": given.interactions,
        "replay": given.replay and f"{given.replay}/run.db",
        "reuse": given.reuse and f"{given.reuse}/run.db",
    }
    return {
        purpose: {
            Path(path).name + end: Path(path + end).read_bytes()
            for end in _BESIDE
            if not end or Path(path + end).is_file()
        }
        for purpose, path in files.items()
        if path is not None
    }


class _OnRay:
    name = "--engine ray"
    advice = "Each machine of the cluster needs the same version of usbrec, and memory for each process."
    # A machine may be gone while others are there.
    patience = 2
    sends_rows = True

    def __init__(self, ray: Any, config: Config, files: Mapping[str, Mapping[str, bytes]]) -> None:
        self._ray = ray
        # Once to each machine, however many workers it has.
        self._files = ray.put(dict(files))
        self._asked = config.models.concurrency if "concurrency" in config.models.model_fields_set else None
        self._usual = config.models.workers(in_process=False)
        threads = {name: os.environ[name] for name in ("OMP_NUM_THREADS",) if name in os.environ}
        self._variables = variables_sent(config.servers.values()) | threads
        needs = {"num_cpus": 1, "num_gpus": config.engine.gpus}
        self._relay = ray.remote(**needs, scheduling_strategy="SPREAD")(Relay)
        there = ray.cluster_resources()
        fit = int(there.get("CPU", 0))
        if config.engine.gpus:
            fit = min(fit, int(there.get("GPU", 0) / config.engine.gpus))
        if fit < 1:
            raise ConfigError(
                f"--engine ray: the cluster has {there.get('CPU', 0):g} processors and "
                f"{there.get('GPU', 0):g} GPUs, which is no room for one process. Add machines, or set "
                "engine.gpus lower."
            )
        wanted = config.models.processes if "processes" in config.models.model_fields_set else fit
        self.number = min(fit, wanted)

    def at_once(self, units: int, *, in_process: bool) -> int:
        if self._asked is not None:
            return 0
        return 1 if in_process else max(self._usual, units // self.number)

    async def started(self, given: Given, job: Job) -> _OnMachine:
        actor = self._relay.remote()
        sent = pickle.dumps(replace(given, variables=self._variables))
        begun = actor.begin.remote(sent, pickle.dumps(job), self._files, str(Path.cwd()))
        return _OnMachine(self._ray, actor, begun)


class _OnMachine:
    """A worker on a machine of the cluster."""

    def __init__(self, ray: Any, actor: Any, begun: Any) -> None:
        self._ray, self._actor, self._begun = ray, actor, begun

    async def ended(self, hear: Hear) -> str | None:
        place = "a machine of the cluster"
        try:
            place = await self._placed()
            while True:
                told, over, ending = await self._actor.told.remote()
                # Rows share a wait for the disk, and none counts before it is there.
                await asyncio.gather(*(hear(one) for one in told if "row" in one))
                for one in told:
                    if "row" not in one:
                        await hear(one)
                if over:
                    return ending and f"{ending}, on {place}"
        except self._ray.exceptions.RayError as error:
            return f"{_reason(error)}, on {place}"

    async def _placed(self) -> str:
        """The machine's name, once there is room for the worker."""
        begun = asyncio.ensure_future(_awaited(self._begun))
        done, _ = await asyncio.wait([begun], timeout=_PATIENCE)
        if not done:
            _log.warning(
                "--engine ray: a worker waits for a free processor of the cluster; `ray status` shows who "
                "has it."
            )
        return str(await begun)

    async def stop(self) -> None:
        with contextlib.suppress(self._ray.exceptions.RayError, TimeoutError):
            await asyncio.wait_for(_awaited(self._actor.stop.remote()), _TO_END)
        with contextlib.suppress(self._ray.exceptions.RayError):
            self._ray.kill(self._actor)


async def _awaited(reference: Any) -> Any:
    return await reference


def _reason(error: BaseException) -> str:
    """Why an actor is gone: the first sentence of the last line, which says it."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[-1].partition(". ")[0].rstrip(".") if lines else ""
    return f"{type(error).__name__}: {said}"[:300]
