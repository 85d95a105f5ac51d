"""Terminal output while work runs: progress bars, and a console wide enough for tables."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from usbrec.library.bars import Bars

__all__ = ["Bars", "steps_told", "wide_console"]


def wide_console() -> Console:
    """Where results are printed; into a pipe or file, wide enough that tables keep their columns."""
    console = Console(highlight=False, emoji=False)
    return console if console.is_terminal else Console(highlight=False, emoji=False, width=120)


def steps_told() -> Callable[[str], None]:
    """Prints what begins where the bars are, so that what goes to standard output is the result alone."""
    steps = Console(stderr=True, emoji=False)
    return lambda line: steps.print(line, style="bold", markup=False, highlight=False)
