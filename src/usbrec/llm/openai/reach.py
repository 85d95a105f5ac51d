"""Whether a server can be reached: told soon where it cannot, and not waited for again and again.

A request is tried as often as the settings say. Where not one try of a first request got there, the server
is down or its address wrong, and the requests after it are tried once each until one gets there: a run whose
server is away ends after the time of one request. A server that was there before is waited for as set, each
time.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

#: The user is told after so many tries that did not get there, or so many seconds.
_TOLD_AFTER, _TOLD_WITHIN = 2, 2.0

_log = logging.getLogger(__name__)


@dataclass
class Reach:
    """What is known of the way to one server, which messages call `name`; shared by the seats on it."""

    name: str = ""
    #: Whether anything ever came from there.
    reached: bool = False
    #: Whether all tries of a request failed to get there, and none has since.
    given_up: bool = False
    #: Tries that did not get there since something last came.
    tries: int = 0
    _told: bool = False

    def heard(self) -> None:
        """Something came from there, be it a refusal."""
        self.reached, self.given_up, self.tries, self._told = True, False, 0, False

    def failed(self, why: str, *, seconds: float, left: float) -> bool:
        """A try did not get there, so many `seconds` after the first of its request; `left` is how long it
        will be tried. Whether to try again: not where nothing is left, nor where it was given up before."""
        self.tries += 1
        if self.given_up and not self.reached:
            return False
        if left <= 0:
            self.given_up = True
            return False
        if not self._told and (self.tries >= _TOLD_AFTER or seconds >= _TOLD_WITHIN):
            self._told = True
            _log.warning(
                "%s cannot be reached: %s. It is tried again for up to %.0f seconds.", self.name, why, left
            )
        return True

    @property
    def never(self) -> str:
        """What a message adds of a server that was never there; "" for one that was."""
        if self.reached:
            return ""
        times = "once" if self.tries == 1 else f"{self.tries} times"
        return f"; it was tried {times} and never reached: does it run there?"
