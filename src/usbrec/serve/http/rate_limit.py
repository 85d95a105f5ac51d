"""Rate limit of each key: requests a minute, and tokens an hour for all its searches."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from usbrec.serve.http.errors import ServiceError


@dataclass
class Bucket:
    """Token bucket: fills up to `size` in `seconds`, evenly."""

    size: float
    seconds: float
    clock: Callable[[], float] = time.monotonic
    level: float = field(init=False)
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.level, self.at = self.size, self.clock()

    def take(self, amount: float) -> None:
        """Take tokens, also more than there are: the level is then below zero until it fills up again."""
        self._fill()
        self.level -= amount

    def wait(self, amount: float) -> float:
        """Seconds until so many tokens are there; 0 when they are now."""
        self._fill()
        return max(0.0, amount - self.level) * self.seconds / self.size

    def _fill(self) -> None:
        now = self.clock()
        self.level = min(self.size, self.level + (now - self.at) * self.size / self.seconds)
        self.at = now


@dataclass
class RateLimit:
    """Rate limit of one key. `spent` are all its tokens so far."""

    requests: Bucket
    tokens: Bucket
    spent: int = 0

    @classmethod
    def of(cls, requests_per_minute: int, tokens_per_hour: int) -> RateLimit:
        return cls(Bucket(requests_per_minute, 60.0), Bucket(tokens_per_hour, 3600.0))

    def acquire(self) -> None:
        """Count a request. Raises ServiceError (429)."""
        if wait := self.requests.wait(1.0):
            raise ServiceError(
                429,
                f"More than {self.requests.size:g} requests a minute with this key.",
                code="rate_limit_exceeded",
                retry_after=wait,
            )
        self.requests.take(1.0)

    def check_budget(self) -> None:
        """Raises ServiceError (429) when the tokens of this hour are spent."""
        if wait := self.tokens.wait(1.0):
            raise ServiceError(
                429,
                f"This key's budget of {self.tokens.size:g} tokens an hour is spent. Fewer drafts cost less.",
                kind="insufficient_quota",
                code="search_budget_exceeded",
                retry_after=wait,
            )

    def charge(self, tokens: int) -> None:
        self.spent += tokens
        self.tokens.take(tokens)
