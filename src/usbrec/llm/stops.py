"""Stop texts: a reply ends before the first of them, whole and while it streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def cut_place(text: str, stops: Sequence[str]) -> int | None:
    """Where the first stop text begins, or None."""
    found = [place for stop in stops if (place := text.find(stop)) >= 0]
    return min(found, default=None)


def begun(text: str, stops: Sequence[str]) -> int:
    """How many characters at the end of `text` are the beginning of a stop text."""
    lengths = (length for stop in stops for length in range(1, len(stop)) if text.endswith(stop[:length]))
    return max(lengths, default=0)


def ended_at_once(stops: Sequence[str], finish: str, thought: str) -> bool:
    """Whether an answer without text is one that a stop text ended before its first word: its reply is ""."""
    return bool(stops) and finish == "stop" and not thought


def may_be_stopped(text: str, stops: Sequence[str]) -> bool:
    """Whether a stop text may have cut a reply, which few servers tell: it is empty, breaks off within a
    sentence, or is one line or paragraph where these end it."""
    if not stops:
        return False
    text = text.strip()
    if not text or text[-1] not in _ENDS:
        return True
    return any(not stop.strip() and stop.strip(" \t") not in text for stop in stops if stop)


#: What a sentence ends with, also inside quotes, brackets and emphasis.
_ENDS = frozenset(".!?…。！？)\"'”»*_」》）")


class StopFilter:
    """What of a streamed reply may be passed on: pieces in, pieces before the first stop text out. What may
    become one is held back, because it cannot be taken back once it is passed on."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = [stop for stop in stops if stop]
        self._held = ""
        self._ended = False

    def feed(self, piece: str) -> str:
        """What may be passed on now that `piece` has come."""
        if self._ended:
            return ""
        text = self._held + piece
        place = cut_place(text, self._stops)
        if place is not None:
            self._ended, self._held = True, ""
            return text[:place]
        kept = len(text) - begun(text, self._stops)
        self._held = text[kept:]
        return text[:kept]

    def passing(self, tell: Callable[[str], None]) -> Callable[[str], None]:
        """`tell`, given only what may be passed on."""

        def hear(piece: str) -> None:
            if new := self.feed(piece):
                tell(new)

        return hear

    def end(self) -> str:
        """What was held back and has become none."""
        held, self._held = self._held, ""
        return held
