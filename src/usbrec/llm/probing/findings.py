"""Finding records: what a model was found to support, what that costs, and what helps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

Supported = Literal["yes", "no", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was tried. `observed` is what came; `consequence` what it costs here or what will be
    wrong, "" where nothing will; `remedy` what helps, "" where nothing is needed or known."""

    name: str
    supported: Supported
    observed: str
    consequence: str = ""
    remedy: str = ""

    @property
    def line(self) -> str:
        """All of it in one line."""
        said = (self.observed, self.consequence, self.remedy)
        return f"{self.name}: {self.supported}. " + " ".join(_sentence(part) for part in said if part)

    def to_json(self) -> dict[str, str]:
        return {
            "name": self.name,
            "supported": self.supported,
            "observed": self.observed,
            "consequence": self.consequence,
            "remedy": self.remedy,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Probe:
    """What was found of a seat, with `calls` requests that took `seconds` together; `model` is its name in
    records. Nothing is found of a seat without a model: `told` then says why."""

    seat: str
    model: str
    findings: tuple[Finding, ...]
    calls: int = 0
    seconds: float = 0.0
    told: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "seat": self.seat,
            "model": self.model,
            "calls": self.calls,
            "seconds": self.seconds,
            "findings": [finding.to_json() for finding in self.findings],
            **({"told": self.told} if self.told else {}),
        }

    @property
    def wrong(self) -> Sequence[Finding]:
        """The findings that cost something or make something wrong."""
        return [finding for finding in self.findings if finding.consequence]


def _sentence(part: str) -> str:
    return part if part.endswith((".", "!", "?")) else f"{part}."
