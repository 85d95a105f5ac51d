"""Brief probe: what would make a run's numbers wrong, found with a few requests before its first row."""

from __future__ import annotations

from dataclasses import dataclass

from usbrec.errors import ModelUnavailable
from usbrec.llm.probing.answers import check_reasoning_briefly, usage_finding
from usbrec.llm.probing.asking import Asker, Trial
from usbrec.llm.probing.conversation import check_context_briefly, check_system
from usbrec.llm.probing.findings import Finding, Probe
from usbrec.llm.probing.sampling import check_draws


@dataclass(frozen=True, slots=True)
class Needs:
    """What a run needs of a model: whether it is told things in a system message, and how many letters its
    longest prompts may have."""

    system: bool
    letters: int


async def probe_briefly(asker: Asker, needs: Needs, *, seat: str, model: str) -> Probe | None:
    """At most seven small requests. None where nobody was there: whether to go on is for the run to find out.

    Raises ModelError where the first request fails otherwise, ModelRefused where every one would.
    """
    trial = Trial(asker)
    findings: list[Finding] = []
    try:
        if needs.system:
            findings.append(await check_system(trial))
        several, temperature, _ = await check_draws(trial, alone=False)
        findings += [several, temperature]
        findings.append(await check_context_briefly(trial, needs.letters))
        if (reasoning := await check_reasoning_briefly(trial)) is not None:
            findings.append(reasoning)
    except ModelUnavailable:
        return None
    findings.append(usage_finding(trial))
    return Probe(seat, model, tuple(findings), trial.calls, round(trial.seconds, 3))
