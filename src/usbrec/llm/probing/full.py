"""Full probe: everything that can be tried of a seat's model, in the order of a report."""

from __future__ import annotations

from usbrec.llm.probing.answers import (
    check_choices,
    check_log_probabilities,
    check_model,
    check_reasoning,
    check_schema,
    check_stream,
    check_votes,
    latency_finding,
    usage_finding,
)
from usbrec.llm.probing.asking import Asker, Trial
from usbrec.llm.probing.conversation import check_context, check_history, check_system
from usbrec.llm.probing.findings import Finding, Probe
from usbrec.llm.probing.limits import check_max_tokens, check_stop
from usbrec.llm.probing.sampling import check_draws, check_greedy, check_penalties, check_seed

#: Of the context so much is left to the reply.
_REPLY = 600


async def probe_model(asker: Asker, *, seat: str, name: str, model: str, context: int = 4096) -> Probe:
    """Try what a model supports; `name` is its own on the server, `model` that in records. The longest prompt
    has about `context` tokens, its reply included.

    Raises ModelError or ModelRefused where the first request is not answered.
    """
    trial = Trial(asker)
    findings = [await check_model(trial, name), await check_system(trial), await check_history(trial)]
    several, temperature, drawn = await check_draws(trial)
    findings += [several, temperature, await check_seed(trial, drawn), await check_greedy(trial)]
    findings += [await check_log_probabilities(trial), await check_votes(trial)]
    findings += [await check_max_tokens(trial), await check_stop(trial), *await check_penalties(trial)]
    if asker.is_server:
        findings += [await check_context(trial, max(400, context - _REPLY))]
        findings += [await check_choices(trial), await check_schema(trial), await check_stream(trial)]
        findings += [usage_finding(trial)]
    else:
        seen = f"a prompt that does not fit is refused, never cut (models.context = {context})"
        findings += [Finding("context", "yes", seen)]
    findings += [await check_reasoning(trial), latency_finding(trial)]
    return Probe(seat, model, tuple(findings), trial.calls, round(trial.seconds, 3))
