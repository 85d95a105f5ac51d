"""Measured agreement: how far a judge agrees with people, kept in the cache and told beside scores.

The figures stand under a digest of the judge's model and prompts: another model, or other words in a prompt,
is another judge, and of that one nothing is known. What was measured is a judge's ratings of recorded
dialogues that people rated; a judge of played dialogues reads targets or a profile as well, which the
reminder says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from usbrec.dialogue import RecordedDialogue
from usbrec.errors import InputError
from usbrec.evaluation.agreement.measured import Measured, measured_of, no_measure
from usbrec.keys import digest
from usbrec.llm import find_seat
from usbrec.prompts import Prompts
from usbrec.stages.trained_seat import open_judge
from usbrec.storage import cache_folder, write_text

#: Other versions of what is kept are left alone.
_VERSION = 1


def keep_measured(
    seat: str,
    identities: Mapping[str, Mapping[str, Any]],
    prompts: Prompts,
    dialogues: Sequence[RecordedDialogue],
    results: Mapping[str, Any],
) -> None:
    """Keep the figures of `usbrec agreement`; of one set of dialogues the last. Where the cache cannot be
    written, nothing is kept."""
    identity = _identity(seat, identities)
    if identity is None:
        return
    path = _file(identity, prompts)
    measured = _read(path)
    one = measured_of(dialogues, results)
    kept = [other for other in measured if other["dialogues_digest"] != one["dialogues_digest"]]
    try:
        write_text(path, json.dumps({"version": _VERSION, "measured": [*kept, one]}, indent=1) + "\n")
    except InputError:
        return


def measured_agreement(
    seat: str,
    identities: Mapping[str, Mapping[str, Any]],
    prompts: Prompts,
) -> Measured:
    """What is known of the agreement of the judge in `seat` with people, as JSON: of several measurements the
    one on most dialogues, else what a trained judge's own file says."""
    found = find_seat(seat)
    if found is not None and found.is_rules:
        return no_measure(seat, "rules read targets, which no dialogues that people rated have")
    identity = _identity(seat, identities)
    measured = [] if identity is None else _read(_file(identity, prompts))
    trained = found is not None and found.kind == "trained"
    if trained and (own := open_judge(seat).about.get("agreement")):
        # The judge's own file counts on the dialogues it was learnt from; whoever has others, has measured
        # anew.
        measured = [own, *(one for one in measured if not one["held_out"])]
    if not measured:
        return no_measure(seat, "usbrec agreement DIALOGUES measures it, on dialogues that people rated")
    return {"judge": seat, "measured": True, **max(measured, key=lambda one: one["dialogues"])}


def _identity(seat: str, identities: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """What decides the judge's answers; None where nobody knows, as of an object that does not say."""
    identity = identities.get(f"judge {seat}") or identities.get(seat)
    return None if identity is None or identity.get("backend") == "replay" else identity


def _file(identity: Mapping[str, Any], prompts: Prompts) -> Path:
    key = digest({"judge": dict(identity), "prompts": dict(prompts.judging_texts())})
    return cache_folder() / "agreement" / f"{key[:32]}.json"


def _read(path: Path) -> list[dict[str, Any]]:
    """What is kept; nothing of a file that is missing, damaged or of another version."""
    try:
        data = json.loads(path.read_text("utf-8"))
        measured = data["measured"] if data["version"] == _VERSION else []
        return [
            one for one in measured if isinstance(one["dialogues"], int) and isinstance(one["overall"], dict)
        ]
    except (OSError, ValueError, KeyError, TypeError):
        return []
