"""Command line: subcommands named after the rooms. It reads options, calls a stage and prints."""

from __future__ import annotations

import errno
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

from usbrec.cli.app import app
from usbrec.errors import InputError, InputWarning, Interrupted, ModelRefused, UsbRecError
from usbrec.items.open import LOG

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP})


def main() -> None:
    """Run the command line and exit: 0 finished, 2 input or configuration, 130 Ctrl-C."""
    errors = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    try:
        with _notes(errors):
            app(standalone_mode=True)
    except Interrupted as stopped:
        errors.print(f"\n{stopped}", markup=False)
        sys.exit(130)
    except (InputError, ModelRefused) as error:
        errors.print(f"error: {error}", markup=False)
        sys.exit(2)
    except UsbRecError as error:
        errors.print(f"error: {error}", markup=False)
        sys.exit(1)
    except OSError as error:
        # Whatever asks the system about a path may hear that it is closed or no name at all. Other failures
        # of the system are no fault of what was typed.
        if error.filename is None or error.errno not in _REFUSED:
            raise
        errors.print(
            f"error: {error.filename}: {error.strerror}. Check the path and who may use it.", markup=False
        )
        sys.exit(2)


@contextmanager
def _notes(console: Console) -> Iterator[None]:
    """Print what was left out of an input, and which columns a catalogue was read by, on stderr."""
    notes = _Notes(console)
    level = LOG.level
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        others = warnings.showwarning

        def show(message: Any, category: type[Warning], *rest: Any, **named: Any) -> None:
            if issubclass(category, InputWarning):
                console.print(f"note: {message}", markup=False)
            else:
                others(message, category, *rest, **named)

        warnings.showwarning = show
        LOG.addHandler(notes)
        LOG.setLevel(logging.INFO)
        try:
            yield
        finally:
            LOG.removeHandler(notes)
            LOG.setLevel(level)


class _Notes(logging.Handler):
    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        self._console.print(f"note: {record.getMessage()}", markup=False)
