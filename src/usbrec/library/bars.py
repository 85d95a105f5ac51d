"""Progress bars on the terminal, for whatever takes long."""

from __future__ import annotations

import threading

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)


class Bars:
    """One bar a stage, on stderr; a plain line at its begin where stderr is no terminal.

    A step whose parts cannot be counted has a bar that pulses and leaves nothing behind, or a line as soon as
    it lasts longer than `patience` seconds.
    """

    def __init__(self, *, patience: float = 1.0) -> None:
        self._patience = patience
        self._console = Console(stderr=True, emoji=False)
        self._bars: Progress | None = None
        self._task = TaskID(0)
        self._failed = 0
        self._label = ""
        self._late: threading.Timer | None = None

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None:
        self._failed = 0
        self._label = label
        if not total:
            self._begin_step(label)
            return
        self._bars = Progress(
            TextColumn("{task.description:<24}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}", style="red", markup=False),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._bars.start()
        self._task = self._bars.add_task(label, total=total, completed=done, failed="")
        if not self._console.is_terminal:
            again = f", {done} done before" if done else ""
            self._console.print(f"{label}: {total} {unit}{again}", markup=False)

    def _begin_step(self, label: str) -> None:
        if self._console.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description:<24}", markup=False),
                BarColumn(),
                TimeElapsedColumn(),
                console=self._console,
                transient=True,
            )
            self._bars.start()
            self._task = self._bars.add_task(label, total=None)
            return
        self._late = threading.Timer(
            self._patience, self._console.print, (f"{label} ...",), {"markup": False}
        )
        self._late.daemon = True
        self._late.start()

    def advance(self, *, failed: bool) -> None:
        self._failed += failed
        if self._bars is not None:
            text = f"{self._failed} failed" if self._failed else ""
            self._bars.update(self._task, advance=1, failed=text)

    def finish(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None
        if self._bars is not None:
            self._bars.stop()
            self._bars = None
