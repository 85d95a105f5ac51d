"""A process that has imported the command line and waits; a copy of it becomes each command asked for.

Run as a program with the address of a socket and the modules to import beforehand (``PACKAGE:*`` with all
names that it gives out); it ends when its standard input does. `Command` is how another process gives a
command. The standard library suffices, so giving one is cheap.

A copy shares its memory with what it was copied from, a page for as long as neither writes to it. To collect
garbage or to take modules apart writes to all of it, which takes longer than most commands do. So what was
imported is left alone, also at a command's end.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Self


class Command:
    """A command that runs with these three streams; whoever lets go of it kills it.

    `program` is a file of Python that is run with `args` in place of the command line.
    """

    def __init__(
        self,
        address: str,
        args: Sequence[str],
        *,
        cwd: str,
        env: Mapping[str, str],
        streams: Sequence[int] = (0, 1, 2),
        program: str | None = None,
    ) -> None:
        self._wire = socket.socket(socket.AF_UNIX)
        self._wire.connect(address)
        asked = json.dumps({"program": program, "args": list(args), "cwd": cwd, "env": dict(env)}).encode()
        socket.send_fds(self._wire, [len(asked).to_bytes(8, "big")], list(streams))
        self._wire.sendall(asked)
        self.pid = self._number()
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, as `subprocess` counts them; after `timeout` seconds without one, TimeoutError."""
        if self._code is None:
            self._wire.settimeout(timeout)
            self._code = self._number()
        return self._code

    def poll(self) -> int | None:
        """Its exit code, None while it runs."""
        if self._code is None and select.select([self._wire], [], [], 0)[0]:
            self._code = self._number()
        return self._code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._wire.close()

    def _number(self) -> int:
        answer = self._wire.recv(4, socket.MSG_WAITALL)
        if len(answer) < 4:
            raise RuntimeError("the process that commands are copied from has gone")
        return int.from_bytes(answer, "big", signed=True)


def _copies(listener: socket.socket) -> tuple[str | None, list[str]]:
    """Wait for commands and copy this process for each. It returns in the copies alone: their program and
    arguments."""
    waker, woken = socket.socketpair()
    woken.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken.fileno())
    running: dict[int, socket.socket] = {}
    while True:
        ready = select.select([0, listener, waker, *running.values()], [], [])[0]
        if waker in ready:
            waker.recv(4096)
        for pid, wire in list(running.items()):
            if 0 in ready or wire in ready:  # nobody waits for it any more
                os.kill(pid, signal.SIGKILL)
            ended, status = os.waitpid(pid, 0 if 0 in ready else os.WNOHANG)
            if ended:
                with running.pop(pid) as wire:
                    code = os.waitstatus_to_exitcode(status)
                    _tell(wire, code)
        if 0 in ready:
            sys.exit()
        if listener in ready:
            wire = listener.accept()[0]
            head, streams, _, _ = socket.recv_fds(wire, 8, 3)
            asked = wire.recv(int.from_bytes(head, "big"), socket.MSG_WAITALL)
            pid = os.fork()
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for end in (listener, waker, woken, wire, *running.values()):
                    end.close()
                return _become(json.loads(asked), streams)
            _tell(wire, pid)
            running[pid] = wire
            for stream in streams:
                os.close(stream)


def _tell(wire: socket.socket, number: int) -> None:
    with contextlib.suppress(OSError):  # nobody waits for it any more
        wire.send(number.to_bytes(4, "big", signed=True), socket.MSG_NOSIGNAL)


def _become(asked: Mapping[str, object], streams: Sequence[int]) -> tuple[str | None, list[str]]:
    """Take over streams, folder and environment; signals do what they do in a process that a shell starts."""
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    return asked["program"], list(asked["args"])  # type: ignore[return-value, call-overload]


def _end(code: int | None) -> None:
    """What Python does at its end, without taking apart what was imported."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


def _main(address: str, *beforehand: str) -> None:
    for name in beforehand:
        module, _, thing = name.partition(":")
        found = importlib.import_module(module)
        # A package imports its names when they are asked for.
        for one in getattr(found, "__all__", ()) if thing == "*" else ():
            getattr(found, one)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        gc.collect()
        gc.freeze()
        print("ready", flush=True)
        program, args = _copies(listener)
    sys.argv[:] = [program or "usbrec", *args]
    try:
        if program is None:
            from usbrec.cli import main

            main()
        else:
            runpy.run_path(program, run_name="__main__")
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        _end(ended.code)
    _end(0)


if __name__ == "__main__":
    _main(*sys.argv[1:])
