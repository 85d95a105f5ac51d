"""How a service answers while its catalogue changes under it.

    python bench/serve_reload.py [--items 100000] [--reloads 5] [--clients 4]

`usbrec serve` runs in a process of its own, with the rules' retriever in the recommender's seat, so that
what is measured is reading, linking and retrieving. Clients in this process ask one request after the
other. A file of so many items, each time others, is renamed into place and SIGHUP sent. Printed is JSON:
requests, and those that failed; replies that name an item of an earlier catalogue than the one served when
they were asked for; seconds from SIGHUP until the new one is served; percentiles of the answers'
milliseconds while nothing is read and while a catalogue is; and the memory of the service after the first
and after the last reload, in MiB. Exit 1 where a request failed or named what had gone.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_BODY = json.dumps({"messages": [{"role": "user", "content": "A quiet lamp for the hall, please."}]})
_GENRES = ("lamps", "chairs", "tables", "shelves", "rugs")
_WORDS = ("Harbour", "Meadow", "Quarry", "Lantern", "Juniper", "Cobalt", "Marble", "Sparrow")


def write(path: Path, version: int, items: int) -> None:
    """A catalogue of which every id says the version."""
    partial = path.with_suffix(".part")
    with partial.open("w", encoding="utf-8") as file:
        file.write("id,title,genres,price,description\n")
        for n in range(items):
            name = f"{_WORDS[n % 8]} {_WORDS[n // 8 % 8]} {version}{n:06d}"
            file.write(
                f"v{version}-{n},{name},{_GENRES[n % 5]},{n % 400},A plain thing for {n % 90} rooms.\n"
            )
    partial.replace(path)


class Client(threading.Thread):
    """Asks again and again: begin, end, status, versions of what was named."""

    def __init__(self, host: str) -> None:
        super().__init__(daemon=True)
        self.host, self.over = host, False
        self.seen: list[tuple[float, float, int, set[int]]] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        while not self.over:
            began, status, versions = time.monotonic(), 0, set[int]()
            try:
                connection.request(
                    "POST", "/v1/chat/completions", _BODY, {"content-type": "application/json"}
                )
                answer = connection.getresponse()
                status, found = answer.status, json.loads(answer.read())
                if status == 200:
                    items = found["usbrec"]["items"]
                    versions = {int(item["id"].partition("-")[0][1:]) for item in items}
            except (OSError, http.client.HTTPException, ValueError):
                connection.close()
            self.seen.append((began, time.monotonic(), status, versions))


def health(host: str) -> dict[str, Any]:
    with contextlib.closing(http.client.HTTPConnection(host, timeout=60)) as connection:
        connection.request("GET", "/health")
        found: dict[str, Any] = json.loads(connection.getresponse().read())["catalogue"]
        return found


def memory(process: int) -> float:
    """Resident memory in MiB, 0 where the system does not say."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0


def percentile(values: list[float], share: float) -> float:
    return round(1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))], 1) if values else 0.0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--reloads", type=int, default=5)
    parser.add_argument("--clients", type=int, default=4)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, log = Path(folder) / "shop.csv", Path(folder) / "log"
        write(path, 1, given.items)
        with log.open("w") as errors:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "usbrec", "serve", "--port", "0", "--watch", "0"),
                    *("--model", "rules:retriever", "--catalogue", str(path)),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            try:
                return measure(process, path, given)
            finally:
                process.kill()
                process.wait()


def measure(process: subprocess.Popen[str], path: Path, given: argparse.Namespace) -> int:
    assert process.stdout is not None
    host = urlsplit(process.stdout.readline().split(" at ")[-1].strip()).netloc
    clients = [Client(host) for _ in range(given.clients)]
    for client in clients:
        client.start()
    time.sleep(3)
    reading: list[tuple[float, float]] = []
    taken, memories = {1: 0.0}, []
    for version in range(2, given.reloads + 2):
        write(path, version, given.items)
        sent = time.monotonic()
        process.send_signal(signal.SIGHUP)
        while health(host)["reloads"] < version - 1:
            time.sleep(0.05)
        taken[version] = time.monotonic()
        reading.append((sent, taken[version]))
        memories.append(round(memory(process.pid)))
        time.sleep(2)
    for client in clients:
        client.over = True
    for client in clients:
        client.join()
    seen = [one for client in clients for one in client.seen]
    failed = sum(status != 200 for _, _, status, _ in seen)
    gone = sum(
        bool(versions) and min(versions) < max(v for v, at in taken.items() if at <= began)
        for began, _, _, versions in seen
    )
    during = [
        ended - began
        for began, ended, _, _ in seen
        if any(began < last and first < ended for first, last in reading)
    ]
    quiet = [
        ended - began
        for began, ended, _, _ in seen
        if not any(began < last and first < ended for first, last in reading)
    ]
    print(
        json.dumps(
            {
                "items": given.items,
                "requests": len(seen),
                "failed": failed,
                "named_what_had_gone": gone,
                "reload_seconds": [round(last - first, 1) for first, last in reading],
                "quiet_ms": {"p50": percentile(quiet, 0.5), "p99": percentile(quiet, 0.99)},
                "reading_ms": {
                    "requests": len(during),
                    "p50": percentile(during, 0.5),
                    "p99": percentile(during, 0.99),
                    "longest": percentile(during, 1.0),
                },
                "memory_mib": [memories[0], memories[-1]],
            }
        )
    )
    return int(failed > 0 or gone > 0)


if __name__ == "__main__":
    sys.exit(main())
