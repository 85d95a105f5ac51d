"""Terminal output while work runs: progress bars, and a console wide enough for tables."""

from __future__ import annotations

from rich.console import Console

from usbrec.library.bars import Bars

__all__ = ["Bars", "wide_console"]


def wide_console() -> Console:
    """Where results are printed; into a pipe or file, wide enough that tables keep their columns."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=120)
