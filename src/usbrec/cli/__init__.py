"""Command line: subcommands named after the rooms. It reads options, calls a stage and prints."""

from __future__ import annotations

import errno
import sys

from usbrec.cli.app import app
from usbrec.errors import InputError, Interrupted, ModelRefused, UsbRecError

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP})


def main() -> None:
    """Run the command line and exit: 0 finished, 2 input or configuration, 130 Ctrl-C."""
    try:
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
    except OSError as error:
        # Whatever asks the system about a path may hear that it is closed or no name at all. Other failures
        # of the system are no fault of what was typed.
        if error.filename is None or error.errno not in _REFUSED:
            raise
        _print(f"error: {error.filename}: {error.strerror}. Check the path and who may use it.")
        sys.exit(2)


def _print(error: str) -> None:
    # Only what fails needs it here, and `--version` shall answer at once.
    from rich.console import Console

    Console(stderr=True, highlight=False, emoji=False, soft_wrap=True).print(error, markup=False)
