"""Command line: subcommands named after the rooms. It reads options, calls a stage and prints."""

from __future__ import annotations

import errno
import sys

from rich.console import Console

from usbrec.cli.app import app
from usbrec.errors import InputError, Interrupted, ModelRefused, UsbRecError

_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP})


def main() -> None:
    """Run the command line and exit: 0 finished, 2 input or configuration, 130 Ctrl-C."""
    errors = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)
    try:
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
