"""Service log: a JSON object a line on the error stream; what was said only where that is asked for.

Of what a library says only the first line is kept: further ones can quote an error, and that the words of
somebody.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from typing import Any

LOGGER = logging.getLogger("usbrec.serve")


class Lines(logging.Formatter):
    """A record as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
            + f".{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "event": record.getMessage().partition("\n")[0],
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[0] is not None:
            # Where it happened, without the message: that could hold what somebody said.
            frames = traceback.extract_tb(record.exc_info[2])
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-8:]]
        return json.dumps(line)


def log(
    event: str,
    fields: Mapping[str, Any] | None = None,
    *,
    level: int = logging.INFO,
    error: BaseException | None = None,
) -> None:
    """A line that says `event`, with `fields` beside it; of an `error` its class and where it happened."""
    LOGGER.log(level, event, extra={"fields": dict(fields or {})}, exc_info=error)


def log_to_stderr() -> None:
    """Our lines, and what the web server and other libraries warn of."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    for name, level in (("", logging.WARNING), ("usbrec.serve", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(level)
        logger.propagate = False
