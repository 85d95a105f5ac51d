"""A Ray cluster of two machines on this one, started as its documents say, and its processes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: By this variable of their environment the processes of a cluster are told from those of others.
_MARK = "USBREC_TEST_CLUSTER"


@dataclass(frozen=True)
class Cluster:
    """A head and a second machine, with a processor each; `folder` is where Ray keeps what it writes."""

    address: str
    folder: Path
    mark: str

    def workers(self) -> set[int]:
        """The processes that play rows."""
        return {pid for pid, command in self._processes() if b"usbrec.stages.worker" in command}

    def relays(self) -> set[int]:
        """The actors that have a worker each."""
        return {pid for pid, command in self._processes() if command.startswith(b"ray::Relay")}

    def second_machine(self) -> int:
        """The process whose end is that machine's."""
        raylets = [
            (pid, command) for pid, command in self._processes() if b"/raylet/raylet\0" in command + b"\0"
        ]
        (found,) = [pid for pid, command in raylets if b"--head" not in command]
        return found

    def _processes(self) -> Iterator[tuple[int, bytes]]:
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            with contextlib.suppress(OSError):
                if f"{_MARK}={self.mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                    yield int(folder.name), (folder / "cmdline").read_bytes()

    def end(self) -> None:
        for pid, _ in self._processes():
            if pid != os.getpid():
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)


@contextlib.contextmanager
def cluster_of_two() -> Iterator[Cluster]:
    """Two machines that take connections with a token, which this process has in its environment."""
    with tempfile.TemporaryDirectory(prefix="ray-", ignore_cleanup_errors=True) as folder:
        token = Path(folder) / "token"
        token.write_text(secrets.token_hex(32), encoding="ascii")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        cluster = Cluster(f"127.0.0.1:{port}", Path(folder), secrets.token_hex(8))
        ray = shutil.which("ray", path=str(Path(sys.executable).parent))
        assert ray is not None
        security = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN_PATH": str(token)}
        # Ray's workers stand back behind all others by default, and the machines of tests are shared.
        quick = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_worker_niceness": "0"}
        environment = {**os.environ, **security, **quick, _MARK: cluster.mark}
        where = [
            ["--head", "--node-ip-address=127.0.0.1", f"--port={port}", "--include-dashboard=false"],
            [f"--address={cluster.address}", "--node-ip-address=127.0.0.1"],
        ]
        before = {name: os.environ.get(name) for name in security}
        try:
            for one in where:
                options = ["--num-cpus=1", "--object-store-memory=100000000"]
                options += [f"--temp-dir={folder}"] if "--head" in one else []
                subprocess.run([ray, "start", *one, *options], env=environment, check=True, timeout=240)
            os.environ.update(security)
            yield cluster
        finally:
            for name, value in before.items():
                os.environ.pop(name, None)
                if value is not None:
                    os.environ[name] = value
            cluster.end()
            time.sleep(0.5)
