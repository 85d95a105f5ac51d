"""What all tests share: coroutines run, and no test reaches a real server or the user's cache by chance."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

from support.command import interruptible

# The tests run in as many processes as there are cores. Threads that wait for each other would spin there, at
# four times the processor time. It is set before anything is imported that reads it.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Hundreds of commands are started. Where a machine's settings forbid to keep compiled modules, each would
# compile all of ours anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# No deadline: the machines are shared. In CI the same examples every time, so that what is red is the change;
# elsewhere new ones, which is how faults are found.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that play on a model first: the longest of them, begun last, would keep one core waiting."""
    items.sort(key=lambda item: item.get_closest_marker("model") is None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def`` tests to their end."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    asyncio.run(pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in wanted}))
    return True


@pytest.fixture(autouse=True)
def _no_accidental_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key or address from the developer's shell must not turn a test into a bill."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(name="interruptible")
def _interruptible() -> Iterator[None]:
    """For tests that press Ctrl-C: a shell that started the tests may ignore it, and hand that down."""
    with interruptible():
        yield
