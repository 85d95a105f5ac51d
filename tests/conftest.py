"""What all tests share: coroutines run, and no test reaches a real server or the user's cache by chance."""

from __future__ import annotations

import asyncio
import inspect
import os

import pytest
from hypothesis import settings

# No deadline: the machines are shared. In CI the same examples every time, so that what is red is the change;
# elsewhere new ones, which is how faults are found.
settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


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
