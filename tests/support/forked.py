"""A process that has imported the command line and waits; a copy of it becomes each command asked for.

Run as a program with the address of a socket and the modules to import beforehand (``PACKAGE:*`` with all
names that it gives out); it ends when its standard input does. `ask` is how another process gives a command.
The standard library suffices, so asking is cheap.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping, Sequence


def ask(
    address: str,
    args: Sequence[str],
    *,
    cwd: str,
    env: Mapping[str, str],
    streams: Sequence[int] = (0, 1, 2),
    timeout: float | None = None,
) -> int:
    """Give a command with these three streams and wait for its exit code (as `subprocess` counts them)."""
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(timeout)
        wire.connect(address)
        asked = json.dumps({"args": list(args), "cwd": cwd, "env": dict(env)}).encode()
        socket.send_fds(wire, [len(asked).to_bytes(8, "big")], list(streams))
        wire.sendall(asked)
        answer = wire.recv(4)
    if len(answer) < 4:
        raise RuntimeError("the process that commands are copied from has gone")
    return int.from_bytes(answer, "big", signed=True)


def _copies(listener: socket.socket) -> list[str]:
    """Wait for commands and copy this process for each. It returns in the copies alone: their arguments."""
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
                    wire.send(code.to_bytes(4, "big", signed=True), socket.MSG_NOSIGNAL)
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
            running[pid] = wire
            for stream in streams:
                os.close(stream)


def _become(asked: Mapping[str, object], streams: Sequence[int]) -> list[str]:
    """Take over streams, folder and environment; signals do what they do in a process that a shell starts."""
    for place, stream in enumerate(streams):
        os.dup2(stream, place)
        os.close(stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.chdir(str(asked["cwd"]))
    os.environ.clear()
    os.environ.update(asked["env"])  # type: ignore[call-overload]
    return list(asked["args"])  # type: ignore[call-overload]


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
        print("ready", flush=True)
        sys.argv[:] = ["usbrec", *_copies(listener)]
    from usbrec.cli import main

    main()


if __name__ == "__main__":
    _main(*sys.argv[1:])
