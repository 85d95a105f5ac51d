"""Command line: subcommands named after the rooms. It reads options, calls a stage and prints."""

from __future__ import annotations

import errno
import gc
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from usbrec import on_demand
from usbrec.cli.app import app
from usbrec.errors import InputError, InputWarning, Interrupted, ModelRefused, UsbRecError

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP, errno.EROFS})
_KEPT = "What is finished is kept: the same command goes on from there."


def main() -> None:
    """Run the command line and exit: 0 finished, 2 input or configuration, 130 Ctrl-C."""
    on_demand.in_command = True
    # Python's own number is reached a thousand times while modules are imported and a catalogue is read,
    # which costs a twentieth of a command's time.
    gc.set_threshold(on_demand.MADE_BETWEEN_LOOKS, *gc.get_threshold()[1:])
    try:
        with _notes():
            app(standalone_mode=True)
    except Interrupted as stopped:
        _print(f"\n{stopped}")
        sys.exit(130)
    except (InputError, ModelRefused) as error:
        _print(f"error: {error}")
        sys.exit(2)
    except UsbRecError as error:
        _print(f"error: {error}")
        sys.exit(1)
    except MemoryError:
        _out_of_memory()
    except (ImportError, RuntimeError, SystemError) as error:
        # Only where it is needed, as below.
        from usbrec.extras import NO_MEMORY

        # So a library that cannot be mapped and a thread that cannot be started say it.
        if not any(words in str(error) for words in NO_MEMORY):
            raise
        _out_of_memory()
    except OSError as error:
        # Help and version import as little as they can.
        from usbrec.storage import is_full

        if is_full(error):
            where = "" if error.filename is None else f"{error.filename}: "
            _print(f"error: {where}there is no room to write ({error.strerror}). Make room. {_KEPT}")
            sys.exit(2)
        if error.errno == errno.ENOMEM:
            _out_of_memory()
        # Whatever asks the system about a path may hear that it is closed or no name at all. Other failures
        # of the system are no fault of what was typed.
        if error.filename is None or error.errno not in _REFUSED:
            raise
        _print(f"error: {error.filename}: {error.strerror}. Check the path and who may use it.")
        sys.exit(2)


def _out_of_memory() -> NoReturn:
    _print(
        "error: there is not enough memory for this (see `ulimit -v` and what else runs here). Use fewer "
        f"workers (--concurrency), a smaller model, or fewer rows at a time. {_KEPT}"
    )
    sys.exit(2)


@contextmanager
def _notes() -> Iterator[None]:
    """Print what was left out of an input, which columns a catalogue was read by, and how much was exported,
    on stderr."""
    # By their names: whoever reads no catalogue does not import the room of items.
    logs, notes = [logging.getLogger(name) for name in ("usbrec.catalogue", "usbrec.export")], _Notes()
    levels = [log.level for log in logs]
    with warnings.catch_warnings():
        warnings.simplefilter("always", InputWarning)
        others = warnings.showwarning

        def show(message: Any, category: type[Warning], *rest: Any, **named: Any) -> None:
            if issubclass(category, InputWarning):
                _print(f"note: {message}")
            else:
                others(message, category, *rest, **named)

        warnings.showwarning = show
        for log in logs:
            log.addHandler(notes)
            log.setLevel(logging.INFO)
        try:
            yield
        finally:
            for log, level in zip(logs, levels, strict=True):
                log.removeHandler(notes)
                log.setLevel(level)


class _Notes(logging.Handler):
    """Tells each thing once: an experiment reads its catalogue many times."""

    def __init__(self) -> None:
        super().__init__()
        self._told: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if (line := record.getMessage()) not in self._told:
            self._told.add(line)
            _print(f"note: {line}")


def _print(line: str) -> None:
    # Only what fails or is told needs it here, and `--version` shall answer at once.
    from rich.console import Console

    Console(stderr=True, highlight=False, emoji=False, soft_wrap=True).print(line, markup=False)
