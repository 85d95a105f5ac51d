"""Server start: checks what it was given, binds its address, says where it is, ends in good order."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib.util
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from usbrec.config import Config, Serving
from usbrec.errors import ConfigError, Interrupted
from usbrec.serve.http.api_keys import ApiKeys
from usbrec.serve.observe.logs import log, log_to_stderr
from usbrec.serve.storage.key_file import read_keys
from usbrec.serve.storage.store import Store

if TYPE_CHECKING:
    import uvicorn

    from usbrec.serve.reload import CatalogueReloader

#: Seconds that replies in progress get when the service is told to end.
_LAST_SECONDS = 5
#: Seconds after which it has ended, whatever goes on.
_ALL_SECONDS = 8.5


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
    with _ending_while_it_loads(), _Hangups(reloads=catalogue is not None) as hangups:
        _serve(config, catalogue, interactions, say, hangups)


def _serve(
    config: Config,
    catalogue: Path | None,
    interactions: Path | None,
    say: Callable[[str], None],
    hangups: _Hangups,
) -> None:
    settings = config.serving
    api_keys = None if settings.keys is None else read_keys(settings.keys)
    check_address(settings.host, api_keys)
    from usbrec.serve.catalogue import CatalogueSource
    from usbrec.serve.models import open_models
    from usbrec.serve.observe.telemetry import Spans, collected_spans
    from usbrec.serve.reload import CatalogueReloader

    spans = collected_spans() if settings.telemetry else Spans()
    reloader = None
    if catalogue is not None:
        ranker = None if config.ranker is None else Path(config.ranker)
        # How the files stand before they are read: what changes from here on is taken up.
        reloader = CatalogueReloader(config, CatalogueSource(catalogue, interactions, ranker))
    served = open_models(config, catalogue, interactions)
    with bound(settings) as listening, _LastMoment() as last_moment:
        store = None if settings.store is None else Store(settings.store)
        try:
            import uvicorn

            from usbrec.serve.app import make_app
            from usbrec.serve.http.connections import room_for, server_options

            log_to_stderr()
            connections, backlog = room_for(settings.connections)
            if connections < settings.connections:
                told = {"connections": connections, "because": "this process may have no more files open"}
                log("fewer connections", told, level=logging.WARNING)

            class Told(uvicorn.Server):
                """Says where it is once it listens and its signals are its own, not before."""

                def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                    last_moment.begin(130 if sig == signal.SIGINT else 0)
                    super().handle_exit(sig, frame)

                async def startup(self, sockets: list[socket.socket] | None = None) -> None:
                    await super().startup(sockets)
                    host, port = listening.getsockname()[:2]
                    where = f"[{host}]" if ":" in host else host
                    say(f"{', '.join(served.models)} at http://{where}:{port}/v1")
                    log("started", {"models": list(served.models), "keys": api_keys is not None})

            server = Told(
                uvicorn.Config(
                    make_app(served, config, api_keys=api_keys, store=store, spans=spans, reloader=reloader),
                    server_header=False,
                    timeout_graceful_shutdown=_LAST_SECONDS,
                    backlog=backlog,
                    **server_options(settings, connections),
                )
            )

            async def serve() -> None:
                await served.warm_up()
                gc.collect()
                # Later collections, which stop everybody, pass over what stays.
                gc.freeze()
                if reloader is not None:
                    hangups.heard_by(reloader)
                with _ending_quietly(server):
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


def check_address(host: str, api_keys: ApiKeys | None) -> None:
    """Raises ConfigError for an address that others can reach while there are no keys."""
    from usbrec.serve.http.middleware import is_this_machine

    if api_keys is None and not is_this_machine(host):
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
    except UnicodeError:
        # So Python says that a part of a name is empty or has more than 63 characters.
        raise ConfigError(f"--host {host}: not a name that a machine can have. Correct it.") from None
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


class _LastMoment:
    """Ends the process when it does not end by itself in time.

    A model that reads a long prompt in a thread cannot be interrupted, and a process waits for its threads.
    Nothing is lost: what was acknowledged is on the disk.
    """

    def __init__(self) -> None:
        self._timer: threading.Timer | None = None

    def __enter__(self) -> _LastMoment:
        return self

    def __exit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def begin(self, code: int) -> None:
        """The service is told to end. Only the first time counts."""
        if self._timer is None:
            self._timer = threading.Timer(_ALL_SECONDS, self._end, (code,))
            self._timer.daemon = True
            self._timer.start()

    def _end(self, code: int) -> None:
        log("stopped by force", {"because": "a model could not be interrupted"}, level=logging.WARNING)
        os._exit(code)


@contextlib.contextmanager
def _ending_while_it_loads() -> Iterator[None]:
    """End at once on SIGTERM while nobody is answered yet. The first process of a container, which a service
    may be, is not ended by a signal that it does not handle."""
    before = signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _ending_quietly(server: uvicorn.Server) -> Iterator[None]:
    """Being told to end is no failure: the server raises the signal again when it is done with it. One that
    comes before it listens to signals is not forgotten."""
    before = signal.signal(signal.SIGTERM, lambda *_: setattr(server, "should_exit", True))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _Hangups:
    """Has the catalogue read again on SIGHUP, also on one that comes while the service loads. Without a
    catalogue, and where the terminal of the service is gone, it ends the service as ever."""

    def __init__(self, *, reloads: bool) -> None:
        self._reloads = reloads and hasattr(signal, "SIGHUP")
        self._reloader: CatalogueReloader | None = None
        self._on_terminal = _has_terminal()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._early = False
        self._before: Any = None

    def __enter__(self) -> _Hangups:
        if self._reloads:
            self._before = signal.signal(signal.SIGHUP, self._hung_up)
        return self

    def __exit__(self, *_: object) -> None:
        if self._reloads:
            signal.signal(signal.SIGHUP, self._before)

    def heard_by(self, reloader: CatalogueReloader) -> None:
        """From now on it is asked, in the running loop."""
        self._reloader, self._loop = reloader, asyncio.get_running_loop()
        if self._early:
            reloader.ask()

    def _hung_up(self, *_: object) -> None:
        if self._on_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        elif self._loop is None or self._reloader is None:
            self._early = True
        else:
            # The loop may be gone at the very end.
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._reloader.ask)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def _installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
