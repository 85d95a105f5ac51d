"""Checks of a client: each fails with an exception; what came of them is printed as JSON."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Callable

#: The service, with /v1.
URL = sys.argv[1] if len(sys.argv) > 1 else ""
PLAIN, SEARCH = "openai:m", "openai:m:ses"
WISH = "I loved Goodfellas (1990), more crime please."
#: What the model's server fails at, at once or in the middle of a stream.
FAIL, FAIL_LATE = "Please fail.", "Please fail late."
REPLY = "How about Casino (1995)?"


def raises(work: Callable[[], object], kind: type[BaseException] = Exception) -> None:
    """Whether `work` raises, rather than giving an empty answer."""
    try:
        got = work()
    except kind:
        return
    raise AssertionError(f"nothing was raised; the client gave {got!r}"[:300])


def same(found: object, expected: object) -> None:
    assert found == expected, f"{found!r} is not {expected!r}"[:300]


def run(*checks: Callable[[], None]) -> None:
    results = {}
    for check in checks:
        try:
            check()
            results[check.__name__] = "ok"
        except BaseException as error:  # noqa: BLE001 - whatever a client raises is its result
            traceback.print_exc()
            results[check.__name__] = f"{type(error).__name__}: {error}"[:500]
    print("\n" + json.dumps(results))
