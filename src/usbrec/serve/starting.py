"""Bring the service up: check what it was given, bind its address, say where it is, end in good order."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from usbrec.config import Config, Serving
from usbrec.errors import ConfigError, Interrupted
from usbrec.serve.keyring import Keyring, read_keys
from usbrec.serve.logs import log, log_to_stderr
from usbrec.serve.store import Store

#: Seconds that replies in progress get when the service is told to end; all is over within ten.
_LAST_SECONDS = 5


def start(
    config: Config,
    *,
    catalogue: Path | None = None,
    interactions: Path | None = None,
    say: Callable[[str], None] = print,
) -> None:
    """Serve until told to stop. Raises InputError before anything listens, Interrupted on Ctrl-C."""
    if missing := [name for name in ("fastapi", "uvicorn", "prometheus_client") if not _installed(name)]:
        raise ConfigError(
            f"usbrec serve needs the extra 'serve' ({', '.join(missing)} missing): "
            "pip install 'usbrec[serve]'."
        )
    settings = config.serving
    keyring = None if settings.keys is None else read_keys(settings.keys)
    check_address(settings.host, keyring)
    from usbrec.serve.telemetry import Spans, collected_spans
    from usbrec.serve.twins import open_twins

    spans = collected_spans() if settings.telemetry else Spans()
    twins = open_twins(config, catalogue, interactions)
    with bound(settings) as listening:
        store = None if settings.store is None else Store(settings.store)
        try:
            import uvicorn

            from usbrec.serve.app import make_app

            log_to_stderr()

            class Told(uvicorn.Server):
                """Says where it is once it listens and its signals are its own, not before."""

                async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                    await super().startup(sockets)
                    host, port = listening.getsockname()[:2]
                    where = f"[{host}]" if ":" in host else host
                    say(f"{', '.join(twins.models)} at http://{where}:{port}/v1")
                    log("started", {"models": list(twins.models), "keys": keyring is not None})

            server = Told(
                uvicorn.Config(
                    make_app(twins, config, keyring=keyring, store=store, spans=spans),
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    timeout_graceful_shutdown=_LAST_SECONDS,
                    backlog=2048,
                )
            )

            async def serve() -> None:
                await twins.warm_up()
                with _ending_quietly():
                    await server.serve(sockets=[listening])
                log("stopped")

            # The fastest loop there is, as uvicorn would choose it.
            loop = server.config.get_loop_factory()
            with asyncio.Runner(loop_factory=loop) as runner:
                runner.run(serve())
        except KeyboardInterrupt:
            raise Interrupted("Stopped.") from None
        finally:
            if store is not None:
                store.close()


def check_address(host: str, keyring: Keyring | None) -> None:
    """Raises ConfigError for an address that others can reach while there are no keys."""
    from usbrec.serve.door import is_this_machine

    if keyring is None and not is_this_machine(host):
        raise ConfigError(
            f"--host {host}: others could reach this address, and without keys they would all be let in. "
            "Make a key (usbrec serve --keys FILE --new-key NAME) and serve with --keys FILE, or leave "
            "--host out."
        )


@contextlib.contextmanager
def bound(settings: Serving) -> Iterator[socket.socket]:
    """A socket bound where the settings say, not listening yet. Raises ConfigError."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigError(f"--host {host}: no address of this machine ({error.strerror}).") from None
    with listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(address)
        except OSError as error:
            raise ConfigError(
                f"{host}:{port} cannot be listened on ({error.strerror}). Choose another --port; 0 takes a "
                "free one."
            ) from None
        yield listening


@contextlib.contextmanager
def _ending_quietly() -> Iterator[None]:
    """Being told to end is no failure: the server raises the signal again when it is done with it."""
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
