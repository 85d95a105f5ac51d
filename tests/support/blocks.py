"""Runs a document's blocks of Python in one namespace, in their order, as a reader does who follows it.

    python blocks.py FILE     FILE holds a JSON list of [place, text]

Where some block awaits something outside of a function, as notebooks allow, all of them run beside a running
event loop, as they would there.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def awaits(text: str) -> bool:
    """Whether a block is no plain Python because it awaits something outside of a function."""
    try:
        compile(text, "block", "exec")
    except SyntaxError:
        return True
    return False


async def _run(blocks: Sequence[tuple[str, str]]) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    for place, text in blocks:
        code = compile(text, place, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        answer = eval(code, names)
        if inspect.isawaitable(answer):
            await answer


def main() -> None:
    blocks = [(place, text) for place, text in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))]
    if any(awaits(text) for _, text in blocks):
        asyncio.run(_run(blocks))
        return
    names: dict[str, Any] = {"__name__": "__main__"}
    for place, text in blocks:
        exec(compile(text, place, "exec"), names)


if __name__ == "__main__":
    main()
