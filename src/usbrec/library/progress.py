"""Progress bars where the work was called: on a terminal, in a notebook, or as plain lines."""

from __future__ import annotations

import html
import sys
import time
from dataclasses import dataclass
from typing import Any

from usbrec.engine import Progress, Silent
from usbrec.errors import ConfigError
from usbrec.library.bars import Bars

#: Seconds between two pictures of a notebook's bar: each is a message to the browser.
_PICTURE = 0.25


def progress_shown(progress: Progress | bool | None) -> Progress:
    """What is told how far the work is: an object of the caller's, nobody (False), or by default a bar where
    the caller will see it."""
    if progress is False:
        return Silent()
    if progress is None or progress is True:
        return NotebookBars() if in_notebook() else Bars()
    if not all(callable(getattr(progress, name, None)) for name in ("start", "advance", "finish")):
        raise ConfigError(
            f"progress={progress!r}: True, False or an object with start, advance and finish is wanted "
            "(usbrec.engine.Progress)."
        )
    return progress


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return getattr(shell, "kernel", None) is not None


class NotebookBars:
    """A bar a stage below the cell, drawn anew as rows come in; needs no widgets.

    Work whose parts cannot be counted (a total of 0) has a bar without an end while it lasts.
    """

    def __init__(self) -> None:
        self._display: Any = None
        self._ended: list[_Stage] = []
        self._stage: _Stage | None = None
        self._drawn = 0.0

    def start(self, label: str, total: int, done: int, unit: str = "rows") -> None:
        self._stage = _Stage(label, unit, total, done, before=done, begun=time.monotonic())
        self._draw()

    def advance(self, *, failed: bool) -> None:
        if self._stage is not None:
            self._stage.done += 1
            self._stage.failed += failed
        if time.monotonic() - self._drawn >= _PICTURE:
            self._draw()

    def finish(self) -> None:
        if self._stage is not None and self._stage.total:
            self._stage.ended = time.monotonic()
            self._ended.append(self._stage)
        self._stage = None
        self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        if self._display is not None:
            self._display.update(self)
        elif self._stage is not None:
            from IPython import display

            self._display = display.display(self, display_id=True)  # type: ignore[no-untyped-call]

    def _stages(self) -> list[_Stage]:
        return self._ended if self._stage is None else [*self._ended, self._stage]

    def __repr__(self) -> str:
        return "\n".join(stage.line() for stage in self._stages())

    def _repr_html_(self) -> str:
        return "<br>".join(stage.html() for stage in self._stages())


@dataclass
class _Stage:
    """How far one stage is; times in seconds of a clock."""

    label: str
    unit: str
    total: int
    done: int
    before: int
    begun: float
    failed: int = 0
    ended: float | None = None

    def line(self) -> str:
        if not self.total:
            return f"{self.label} ..."
        took = (time.monotonic() if self.ended is None else self.ended) - self.begun
        new, left = self.done - self.before, self.total - self.done
        parts = [f"{self.label}: {self.done} of {self.total} {self.unit}"]
        if self.failed:
            parts.append(f"{self.failed} failed")
        if self.before:
            parts.append(f"{self.before} done before")
        parts.append(_clock(took))
        if new and left:
            parts.append(f"about {_clock(took / new * left)} left")
        return ", ".join(parts)

    def html(self) -> str:
        far = f' value="{self.done}" max="{self.total}"' if self.total else ""
        return f'<progress{far} style="width: 16em"></progress> {html.escape(self.line())}'


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
