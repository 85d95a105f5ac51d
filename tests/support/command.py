"""`usbrec` as scripts start it: each command a process of its own, with its exit code and what it printed.

To import what a command needs takes a second or two of processor time, and the tests give some two
hundred commands. So most are copies of a process that has imported it all (support/forked.py), one beside
each worker. `fresh=True` starts Python itself: for what two starts may do differently, as sets do.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from support import forked
from usbrec.cli.app import SUBCOMMANDS

#: What commands import when they come to need it: the subcommands themselves, the stages, the libraries.
_NEEDED = ("usbrec.cli", *(one.home.partition(":")[0] for one in SUBCOMMANDS), "usbrec.stages:*")
_NEEDED += (
    "usbrec.llm:*",
    "usbrec.items:*",
    "usbrec.serve:*",
    "uvicorn",
    "openai",
    "openai.types.chat",
    "scipy.special",
    "scipy.stats",
)
_NEEDED += ("matplotlib.figure", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg")
#: The same for what trains, ranks, plays on transformers or asks the sentence model: ten seconds to import.
_NEEDED_BY_MODELS = ("torch", "transformers", "sentence_transformers", "lightgbm", "peft", "trl")
#: `usbrec` for a shell.
_SHIM = """#!{python} -IS
import os, sys
sys.path.insert(0, {here!r})
import forked
sys.exit(forked.Command({address!r}, sys.argv[1:], cwd=os.getcwd(), env=os.environ).wait())
"""


def usbrec(
    *args: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    typed: str = "",
    fresh: bool = False,
    models: bool = False,
    timeout: float = 600,
) -> subprocess.CompletedProcess[str]:
    """Give a command and wait for its end, at most `timeout` seconds. `env` is added to this process's;
    `typed` is what it is told.

    `models` for one that runs models here: what these need is imported beforehand, too.
    """
    environment = {**os.environ, **(env or {})}
    command = [sys.executable, "-m", "usbrec", *map(str, args)]
    if fresh:
        return subprocess.run(
            command,
            input=typed,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment,
            cwd=cwd,
            check=False,
        )
    return _ended(None, args, environment, cwd, typed, models, timeout)


def program(
    file: Path, *args: str | Path, env: Mapping[str, str] | None = None, cwd: Path, models: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a file of Python with these arguments where all that commands need is imported already."""
    return _ended(file, args, {**os.environ, **(env or {})}, cwd, "", models, 600)


def started(
    *args: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdout: IO[Any] | None = None,
    stderr: IO[Any] | None = None,
    models: bool = False,
    file: Path | None = None,
) -> forked.Command:
    """A command that has begun, or the program in `file`; what it prints is not kept unless a file or pipe is
    given for it."""
    with Path(os.devnull).open("r+b") as nothing:
        return forked.Command(
            str(_waiting(models=models) / "socket"),
            [*map(str, args)],
            cwd=str(cwd or Path.cwd()),
            env={**os.environ, **(env or {})},
            streams=[nothing.fileno(), (stdout or nothing).fileno(), (stderr or nothing).fileno()],
            program=None if file is None else str(file),
        )


def _ended(
    file: Path | None,
    args: Sequence[str | Path],
    env: Mapping[str, str],
    cwd: Path | None,
    typed: str,
    models: bool,
    timeout: float,
) -> subprocess.CompletedProcess[str]:
    with contextlib.ExitStack() as stack:
        streams = [stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8")) for _ in range(3)]
        streams[0].write(typed)
        streams[0].seek(0)
        command = stack.enter_context(
            forked.Command(
                str(_waiting(models=models) / "socket"),
                [*map(str, args)],
                cwd=str(cwd or Path.cwd()),
                env=env,
                streams=[stream.fileno() for stream in streams],
                program=None if file is None else str(file),
            )
        )
        code = command.wait(timeout)
        for stream in streams[1:]:
            stream.seek(0)
        said = [stream.read() for stream in streams[1:]]
        return subprocess.CompletedProcess([str(file or "usbrec"), *map(str, args)], code, *said)


def refused(*args: str | Path, env: Mapping[str, str] | None = None, models: bool = False) -> str:
    """The message of a command that must end with exit code 2, without a traceback."""
    result = usbrec(*args, env=env, models=models)
    assert result.returncode == 2, result.stderr
    assert "Traceback" not in result.stderr + result.stdout
    return result.stderr


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """What is started meanwhile ends at Ctrl-C, though these tests were started by what ignores it.

    A background job of a script and what `nohup` starts hand that down to their children.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def folder_of_the_command(*, models: bool = False) -> Path:
    """A folder for a shell's PATH in which `usbrec` stands."""
    return _waiting(models=models)


@functools.cache
def _waiting(*, models: bool = False) -> Path:
    """Start what commands are copied from; a folder with its socket, and with `usbrec` for a shell."""
    folder = Path(tempfile.mkdtemp(prefix="usbrec-"))
    address = str(folder / "socket")
    here = Path(__file__).parent
    beforehand = (*_NEEDED, *(_NEEDED_BY_MODELS if models else ()))
    process = subprocess.Popen(
        [sys.executable, str(here / "forked.py"), address, *beforehand],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )

    def end() -> None:
        process.communicate()
        shutil.rmtree(folder)

    atexit.register(end)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    shim = folder / "usbrec"
    shim.write_text(_SHIM.format(python=sys.executable, here=str(here), address=address), encoding="utf-8")
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    return folder
