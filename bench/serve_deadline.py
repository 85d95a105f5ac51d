"""How punctual the service is: how long before its deadline an answer is there, and how soon it ends.

    python bench/serve_deadline.py

Models that are too slow answer under a deadline, in one piece, as a stream and after a search; a server that
says nothing is not waited for; and `usbrec serve` is told to end (SIGTERM) while it streams. Printed are a
line each: what, seconds, seconds allowed. Exit 1 when one took longer than it was allowed to.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openai
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.films import CATALOGUE
from support.servers import Answer, LocalServer, stream
from support.service import WISH, Running, replies, twins_on
from usbrec.config import load_config
from usbrec.llm import ScriptedModel
from usbrec.serve.models import seat_models

LONG = " ".join(f"word{number}" for number in range(200))
#: The service ends within ten seconds whatever is going on.
ENDS_WITHIN = 10.0


def answered(service: Running, model: str, *, streamed: bool = False, **ours: Any) -> float:
    """Seconds until the answer is there, on a connection that is open."""
    with service.client(timeout=30) as client:
        client.models.list()
        started = time.monotonic()
        answer = client.chat.completions.create(
            model=model, messages=WISH, stream=streamed, extra_body={"usbrec": ours}
        )
        if streamed:
            list(answer)
        return time.monotonic() - started


def under_a_deadline() -> Iterator[tuple[str, float, float]]:
    slow = twins_on(ScriptedModel(lambda _: LONG, tokens_per_second=10.0))
    with Running(slow, serving={"deadline": 1.0}) as service:
        for model in ("scripted", "scripted:ses"):
            yield f"{model}, in one piece", answered(service, model), 1.0
            yield f"{model}, streamed", answered(service, model, streamed=True), 1.0
        yield "less asked for", answered(service, "scripted", deadline=0.4), 0.4
    with Running(twins_on(ScriptedModel(replies, tokens_per_second=5.0), rounds=5)) as service:
        yield "a search", answered(service, "scripted:ses", deadline=1.6), 1.6
    with LocalServer([Answer(delay=None)]) as server:
        given = {"seats": {"recommender": "openai:m"}, "models": {"base_url": server.url, "max_retries": 0}}
        for catalogue in (None, CATALOGUE):
            twins = seat_models(load_config(None, given), catalogue)
            with Running(twins, serving={"deadline": 0.5}) as service:
                yield "a server that says nothing", answered(service, "openai:m"), 0.5


def ending() -> Iterator[tuple[str, float, float]]:
    """`usbrec serve` in a process of its own, told to end in the middle of a stream."""
    piece = {"id": "c", "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]}
    with LocalServer(lambda _: stream(*[piece] * 2000, pause=0.05)) as server:
        command = [sys.executable, "-m", "usbrec", "serve", "--port", "0", "--model", "openai:m"]
        with subprocess.Popen(
            [*command, "--base-url", server.url], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as service:
            try:
                assert service.stdout is not None
                url = service.stdout.readline().split(" at ")[-1].strip()
                with openai.OpenAI(base_url=url, api_key="none", max_retries=0, timeout=30) as client:
                    chunks = client.chat.completions.create(model="openai:m", messages=WISH, stream=True)
                    next(iter(chunks))
                    told = time.monotonic()
                    service.terminate()
                    service.wait(60)
                    yield "ends while it streams", time.monotonic() - told, ENDS_WITHIN
                    chunks.close()
            finally:
                service.kill()


def main() -> int:
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    table = Table("measured", "seconds", "allowed", box=None)
    late = False
    for name, seconds, allowed in (*under_a_deadline(), *ending()):
        table.add_row(name, f"{seconds:.2f}", f"{allowed:.2f}")
        late |= seconds >= allowed
    Console(width=100).print(table)
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
