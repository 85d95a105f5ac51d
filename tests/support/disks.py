"""Disks that fill up and folders that nobody may write to, as the operating system makes them.

What goes beyond a limit on the size of a process's files (`ulimit -f`) is refused as by a full disk, to
every user and everywhere. A disk that is really full, or really read-only, needs a mount of one's own, which
a user namespace gives where the system allows it.
"""

from __future__ import annotations

import contextlib
import functools
import resource
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from support.command import program

_LIMITED = """
import resource, sys
size = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
from usbrec.cli import main
main()
"""


def with_little_room(
    size: int, *args: str | Path, cwd: Path, models: bool = False
) -> subprocess.CompletedProcess[str]:
    """`usbrec` where no file can become larger than `size` bytes."""
    file = cwd / "limited.py"
    if not file.exists():
        file.write_text(_LIMITED, encoding="utf-8")
    return program(file, str(size), *args, cwd=cwd, models=models)


@contextlib.contextmanager
def no_room(size: int = 0) -> Iterator[None]:
    """While it lasts no file of this process can be written to beyond `size` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@functools.cache
def can_mount() -> bool:
    """Whether this user gets mounts of their own."""
    try:
        return _in_namespace("mount -t tmpfs -o size=64k none /mnt", None).returncode == 0
    except OSError:
        return False


def in_namespace(script: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A shell script that may mount, in which `usbrec` is this checkout's; ends at the first failure."""
    return _in_namespace(
        f'set -e\nusbrec() {{ {shlex.quote(sys.executable)} -m usbrec "$@"; }}\n{script}', cwd
    )


def _in_namespace(script: str, cwd: Path | None) -> subprocess.CompletedProcess[str]:
    command = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
