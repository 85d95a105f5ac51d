"""Model probes: what the model of a seat supports, found out with a handful of small real requests."""

from __future__ import annotations

from usbrec.llm.probing.brief import Needs, probe_briefly
from usbrec.llm.probing.findings import Finding, Probe, Supported
from usbrec.llm.probing.full import probe_model

__all__ = ["Finding", "Needs", "Probe", "Supported", "probe_briefly", "probe_model"]
