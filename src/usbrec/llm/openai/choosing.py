"""Choosing among options on a server: what log-probabilities say, and the fields that limit an answer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Literal

from usbrec.dialogue import Usage
from usbrec.llm.choices import FirstToken
from usbrec.llm.protocol import Choice, ChoiceRequest, temper

Constrain = Literal["none", "grammar", "structured", "guided"]


def exact_choice(found: FirstToken | None, untold: str, request: ChoiceRequest, usage: Usage) -> Choice:
    """What log-probabilities say of the options; no probabilities where there are none."""
    if found is None:
        return Choice(None, "exact", usage=usage, untold=untold)
    raw = {option: found.listed.get(option, 0.0) for option in request.options}
    return Choice(
        temper(raw, request.temperature) if found.listed else None,
        "exact",
        mass=found.mass,
        listed=found.listed,
        least=found.least,
        hidden=found.hidden,
        usage=usage,
    )


def limiting_fields(constrain: Constrain, options: Sequence[str]) -> dict[str, Any]:
    """The field that limits an answer to the options, in the dialect of the server."""
    if constrain == "grammar":
        # What json.dumps escapes, GBNF reads the same way.
        literals = (json.dumps(option, ensure_ascii=False) for option in options)
        return {"grammar": f"root ::= {' | '.join(literals)}"}
    if constrain == "structured":
        return {"structured_outputs": {"choice": list(options)}}
    if constrain == "guided":
        return {"guided_choice": list(options)}
    return {}
