"""Choosing among options on a server: what log-probabilities say, and the fields that limit an answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Literal

from usbrec.dialogue import Usage
from usbrec.llm.choices import (
    OF_THOUGHTS,
    FirstToken,
    begins_with,
    goes_on,
    quoted,
    read_first_token,
    why_untold,
)
from usbrec.llm.openai.responses import BodyChoice
from usbrec.llm.protocol import Choice, ChoiceRequest, temper
from usbrec.llm.reasoning import ReasoningMarks

Constrain = Literal["none", "grammar", "structured", "guided"]


def read_answer(
    answer: BodyChoice, request: ChoiceRequest, marks: ReasoningMarks
) -> tuple[FirstToken | None, str]:
    """The options' probabilities as the first token of an answer, or None and why its log-probabilities do
    not tell; "" where it has none."""
    tokens = answer.top_tokens()
    if tokens and (why := _not_of_answer(answer, tokens, request, marks)):
        return None, why
    found = read_first_token(tokens, request.options)
    return found, why_untold(tokens) if found is None else ""


def _not_of_answer(
    answer: BodyChoice, tokens: Sequence[tuple[str, float]], request: ChoiceRequest, marks: ReasoningMarks
) -> str:
    """Why the first token is not the answer, "" where it is, or where it may be: the digit that begins
    thoughts, a list or a fraction is no score."""
    if answer.message.reasoning:
        return "the log-probabilities are of its thoughts, which the server tells apart from the answer"
    said, first, whole = answer.text.strip(), answer.first_token(), request.ends_within is not None
    # A row's token may be shown in another way than its text; of the tried ones that is not believed.
    shown = [first] if whole and first is not None else [token for token, _ in tokens]
    if not any(begins_with(said, token, request.options) for token in shown):
        what = f"its answer begins with {quoted(said)}" if said else "its answer is empty"
        return f"{what}, and not with the token whose log-probabilities the server lists"
    if not whole:
        return ""
    found = answer.separated(marks)
    if found.reasoning or found.open:
        return OF_THOUGHTS
    return goes_on(said, found.text, request.options)


def why_unread(answers: Sequence[BodyChoice], words: Callable[[str], str], marks: ReasoningMarks) -> str:
    """Why none of the answers holds a vote, where one shows it: a refusal, a filter, nothing said."""
    for answer in answers:
        if answer.message.refused or answer.withheld or not answer.separated(marks).text.strip():
            return f"it gave {answer.why_empty(marks, words=words)}".rstrip(".")
    return ""


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
